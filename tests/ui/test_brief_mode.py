"""Briefing mode as a page: the slide of the address, its bars those of the legend theme, and the story's acts."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from briefing import rendering, tally
from briefing.looks import looks
from briefing.slide import Bars, Table
from layers.draw.rows import encode_rows
from planning import assigning, briefings, saved_views
from planning.actors import Actor
from planning.atlas import Atlas
from planning.saved_views import Place
from ui import brief_looks, brief_mode
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


@pytest.mark.parametrize("template", [key for key in brief_mode.SHOWN if key != "comparison"])
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
    for _ in range(4):
        brief_mode._obey(tab, Act("brief_theme"))
        themes.append(held.theme)
    assert themes == ["stage", "area", "land-use", "cluster"]
    held.template, held.theme = "clusters", "area"
    brief_mode._obey(tab, Act("brief_theme"))
    assert held.theme == "cluster"  # its claim is about clusters


def test_the_theme_of_the_address_is_that_of_print(brief, atlas):
    snapshot = briefings.freeze(atlas, 2)
    slide = rendering.composed(snapshot, rendering.Order(theme="land-use"))
    app = brief(theme="land-use")
    for words in (slide.title, slide.subtitle, "二类工业用地", "M2"):
        assert words in said(app)
    assert "规划用地（色块即图例）" not in said(brief(template="clusters", theme="land-use"))


def test_the_map_s_colours_are_those_of_the_bars_and_supplied_land_is_pale(atlas):
    snapshot = briefings.freeze(atlas, 2)
    told = brief_looks.by_land_use(atlas, snapshot)["tint"]
    rows = np.frombuffer(base64.b64decode(told["key"]), np.uint8)
    groups, known = looks(snapshot, "land-use")
    fills = np.array(told["fills"])[rows]
    assert [fill[:7] for fill in fills] == [known[int(byte)].color for byte in groups]
    assert [len(fill) > 7 for fill in fills] == (~tally.available(snapshot)).tolist()
    assert [told["signs"][row][0] for row in rows] == [known[int(byte)].glyph for byte in groups]


def test_two_scenarios_stand_side_by_side(brief, atlas):
    ids = atlas.parcels().ids[:3].tolist()
    assigning.assign(atlas.db, actor=LI, scenario_id=2, parcel_ids=ids, cluster="chips", reason="试")
    after, before = briefings.freeze(atlas, 2), briefings.freeze(atlas, 1)
    slide = rendering.composed(after, rendering.Order("comparison"), before)
    for against in ("1", "77", ""):
        app = brief(template="comparison", against=against)
        told = said(app)
        assert slide.title in told
        assert rendering.mark_of(after, before) in told
        assert "未改派（淡色）" in told
        table = slide.pieces[0]
        assert isinstance(table, Table)
        assert table.total[1] in told
    tab = Tab(atlas.scenario(2))
    beside = brief_mode._beside(tab, atlas, before)
    assert beside["mode"] == "split"
    changed = np.flatnonzero(after.cluster != before.cluster)
    assert beside["rows"] == encode_rows(changed.astype(np.int64))


def test_a_comparison_without_another_scenario_is_an_overview(atlas):
    held = Brief("comparison")
    assert brief_mode._other(Tab(atlas.scenario(1)), cast("Atlas", _Alone()), held) is None
    assert held.template == "overview"


class _Alone:
    """A database that has one scenario."""

    def scenarios(self):
        return ()


def test_a_map_that_went_on_since_publication_is_told(atlas):
    snapshot = briefings.freeze(atlas, 2)
    assert not brief_mode._drifted(replace(snapshot, state="published"), atlas)
    smaller = replace(snapshot, state="published", centi_m2=snapshot.centi_m2 - 1)
    assert brief_mode._drifted(smaller, atlas)
    # a draft is always of today
    assert not brief_mode._drifted(replace(smaller, state="draft"), atlas)
