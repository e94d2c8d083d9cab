"""The page of scenarios as a person uses it, and what the desk does when a colleague paints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from planning import assigning, reviewing, scenarios
from planning.actors import Actor
from planning.atlas import Atlas
from planning.errors import Fault
from planning.watching import mark, news
from tests.people_here import enter
from ui import desk_acts, scenario_words, sentences
from ui.scenario_compare import difference
from ui.session import Pending, Tab, Wish

Run = Callable[[str], AppTest]
LI, WANG = Actor("李工", "app"), Actor("王工", "app")
WORDS = "eight or more"
FRONT = "scenario_front_zh"


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def front(app: AppTest, name: str) -> AppTest:
    app.session_state[FRONT] = name
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def two(atlas: Atlas) -> int:
    """A second draft that differs from the first in three parcels."""
    made = scenarios.new(atlas.db, actor=WANG, name="<b>方案二</b>").id
    free = atlas.parcels().ids[atlas.scenario(2).cluster == 255]
    assigning.assign(atlas.db, actor=LI, scenario_id=2, parcel_ids=free[:2].tolist(), cluster="health")
    assigning.assign(atlas.db, actor=WANG, scenario_id=made, parcel_ids=free[1:3].tolist(), cluster="digital")
    return made


@pytest.mark.parametrize("name", ["方案树", "对比", "合并", "审核", "意见", "改动"])
def test_every_tab_runs(run: Run, two: int, name: str) -> None:
    app = run("scenario_desk")
    app.selectbox(key="scenario_other").set_value(two).run()
    front(app, name)
    assert "<b>" not in said(app)


def test_a_scenario_is_made_on_another_and_renamed(run: Run, atlas: Atlas) -> None:
    app = run("scenario_desk")
    app.text_input(key="tree_name").set_value("子方案").run()
    app.button(key="tree_new").click().run()
    made = next(one for one in atlas.scenarios() if one.name == "子方案")
    assert made.base_id == 2
    app.text_input(key="tree_name").set_value("方案一").run()
    app.button(key="tree_rename").click().run()
    assert "已有名为" in said(app)


def test_a_merge_waits_until_every_conflict_is_decided(run: Run, atlas: Atlas, two: int) -> None:
    app = front(run("scenario_desk"), "合并")
    app.selectbox(key="scenario_other").set_value(two).run()
    assert app.button(key="merge_do").disabled
    app.button_group(key="merge_how").set_value("mine").run()
    assert not app.button(key="merge_do").disabled
    app.button(key="merge_do").click().run()
    assert "已合入 1 宗" in said(app)
    assert (atlas.scenario(2).cluster != atlas.scenario(two).cluster).sum() == 2


def test_a_passphrase_does_not_stay_in_the_session(run: Run, atlas: Atlas) -> None:
    enter(atlas.db, {"李工": ["planner"]}, WORDS)
    app = front(run("scenario_desk"), "审核")
    app.text_input(key="review_words_submit").set_value(WORDS)
    app.button(key="review_do_submit").click().run()
    assert not app.exception
    assert reviewing.steps(atlas.db, 2)[-1].signed_by == "李工"
    assert app.session_state["review_words_submit"] == "" if "review_words_submit" in app.session_state else True


def test_every_fault_of_scenarios_is_a_sentence() -> None:
    for code in scenario_words.FAULTS:
        assert code not in sentences.fault_sentence(Fault(code, {}))


@pytest.mark.parametrize(("exact", "text"), [("12.345675", "+12.345675"), ("-15", "-15"), ("0", "—"), ("0.5", "+0.5")])
def test_differences_are_exact(exact: str, text: str) -> None:
    from decimal import Decimal  # noqa: PLC0415

    assert difference(Decimal(exact)) == text


def test_others_changes_come_in_and_a_selected_parcel_is_asked_about(atlas: Atlas) -> None:
    """The versions that count are those that were seen when the parcels were selected."""
    tab = Tab(atlas.scenario(2))
    ids = atlas.parcels().ids
    tab.select(ids[:1])
    tab.selection = ids[:1]
    before = mark(atlas.db, (2,))
    assigning.assign(atlas.db, actor=WANG, scenario_id=2, parcel_ids=ids[:2].tolist(), cluster="health")
    assert mark(atlas.db, (2,)) != before
    assert news(atlas.db, tab.shown).by == ("王工",)
    assert desk_acts.take_in(tab, atlas)
    assert tab.news.ids == tuple(ids[:2].tolist())
    assert tab.shown.code_at(0) == tab.shown.code_at(1) == "health"
    desk_acts.carry_out(tab, Wish("paint", ids[:1], "chips"))
    assert [one.theirs for one in tab.pending.clashes] == ["health"] if tab.pending else False
    # while it is not decided, nothing more comes in
    assigning.assign(atlas.db, actor=WANG, scenario_id=2, parcel_ids=ids[2:3].tolist(), cluster="health")
    assert not desk_acts.take_in(tab, atlas)
    desk_acts.let_go(tab)
    # selected again: it was seen as it stands
    tab.choose(ids[5:6])
    tab.choose(ids[:1])
    desk_acts.carry_out(tab, Wish("paint", ids[:1], "chips"))
    assert tab.pending is None
    assert atlas.scenario(2).code_at(0) == "chips"


def test_one_in_the_middle_of_something_keeps_the_picture(atlas: Atlas) -> None:
    tab = Tab(atlas.scenario(2))
    tab.pending = Pending(Wish("paint", np.array([1])), ())
    assigning.assign(atlas.db, actor=WANG, scenario_id=2, parcel_ids=[1], cluster="health")
    assert not desk_acts.take_in(tab, atlas)
    assert desk_acts.occupied(tab)
