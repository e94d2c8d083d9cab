"""Briefing mode as a page: the slide of the address, its bars those of the legend theme, and the story's acts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from briefing import rendering, tally
from briefing.slide import Bars
from planning import briefings, saved_views
from planning.actors import Actor
from planning.saved_views import Place
from ui import brief_mode
from ui.brief_mode import Brief
from ui.desk_map import Act
from ui.session import Tab

LI = Actor("李工", "app")
SCRIPT = "from ui import desk\nfrom ui.words import settle_language\nsettle_language()\ndesk.page()\n"


@pytest.fixture
def brief(atlas):
    def ran(**address) -> AppTest:
        app = AppTest.from_string(SCRIPT, default_timeout=30)
        app.query_params.update({"mode": "brief", "scenario": "2", **address})
        app.run()
        assert not app.exception
        assert atlas.epsg
        return app

    return ran


def said(app) -> str:
    return " ".join(one.body for one in app.get("html"))


@pytest.mark.parametrize("template", brief_mode.SHOWN)
def test_each_slide_is_that_of_print(brief, atlas, template):
    app = brief(template=template)
    slide = rendering.composed(briefings.freeze(atlas, 2), rendering.Order(template))
    told = said(app)
    for words in (slide.title, slide.callout.lead, *(one.label for one in slide.kpis)):
        assert words in told
    assert briefings.freeze(atlas, 2).id in told


def test_nothing_of_an_address_is_believed(brief):
    app = brief(template="nothing", theme="<b>", park="没有", view="9" * 30, at="x")
    assert "可用工业用地储备" in said(app)


@pytest.mark.parametrize("theme", ["cluster", "stage", "area"])
@pytest.mark.parametrize("template", ["overview", "progress", "park"])
def test_bars_of_any_legend_add_up_to_the_same(atlas, template, theme):
    snapshot = briefings.freeze(atlas, 2)
    own = rendering.composed(snapshot, rendering.Order(template)).pieces[0]
    shown = brief_mode.slide_of(snapshot, Brief(template, theme)).pieces[0]
    assert isinstance(own, Bars)
    assert isinstance(shown, Bars)
    assert shown.total == own.total
    assert sum(int(row.count.replace(",", "").replace("—", "0")) for row in shown.rows) == int(
        own.total[2].replace(",", "")
    )
    if template == "overview":
        whole = tally.summed(snapshot, tally.available(snapshot))
        assert shown.total[2] == str(whole.parcels)


def test_a_published_park_that_is_gone_is_not_asked_for(brief):
    assert "高科技产业园" in said(brief(template="park", park="高科技产业园"))


def test_a_view_of_the_address_is_told_and_a_lost_one_is_not(brief, atlas):
    view = saved_views.save(
        atlas.db, actor=LI, scenario_id=2, caption="<b>稠江</b>", place=Place(29.3, 120.0, 13.0, "conflicts")
    )
    assert "1/1　&lt;b&gt;稠江&lt;/b&gt;" in said(brief(view=str(view.id)))
    saved_views.delete(atlas.db, actor=LI, view_id=view.id)
    assert "1/1" not in said(brief(view=str(view.id)))


def test_acts_of_the_browser(atlas, monkeypatch):
    """The same verbs as keys send, on the state that the page holds."""
    held = Brief("overview")
    monkeypatch.setattr(brief_mode, "_held", lambda: held)
    tab = Tab(atlas.scenario(2))
    save = Act("brief_save", json.dumps({"caption": "一", "lat": 29.3, "lng": 120.0, "zoom": 12.0}))
    brief_mode._obey(tab, save)
    (view,) = saved_views.views(atlas.db, 2)
    assert (held.view, view.caption, view.template) == (view.id, "一", "overview")
    for spoiled in ("", "[]", "{}", '{"caption":"x","lat":"a","lng":0,"zoom":1}', 7):
        brief_mode._obey(tab, Act("brief_save", spoiled))
    assert len(saved_views.views(atlas.db, 2)) == 1
    brief_mode._obey(tab, Act("brief_save", json.dumps({"caption": " ", "lat": 1, "lng": 2, "zoom": 3})))
    assert "标题" in held.told
    held.template, held.view = "roads", None
    brief_mode._obey(tab, Act("brief_view", view.id))
    assert held.template == "overview"
    assert [held.view, held.turn] == [view.id, 1]
    brief_mode._obey(tab, Act("brief_view", 999))
    assert "已被删除" in held.told
    themes = []
    for _ in range(3):
        brief_mode._obey(tab, Act("brief_theme"))
        themes.append(held.theme)
    assert themes == ["stage", "area", "cluster"]


def test_a_map_that_went_on_since_publication_is_told(atlas):
    snapshot = briefings.freeze(atlas, 2)
    assert not brief_mode._drifted(replace(snapshot, state="published"), atlas)
    smaller = replace(snapshot, state="published", centi_m2=snapshot.centi_m2 - 1)
    assert brief_mode._drifted(smaller, atlas)
    # a draft is always of today
    assert not brief_mode._drifted(replace(smaller, state="draft"), atlas)
