"""The panel of cohesion: what it lists, a move that is looked at and one that is taken and undone."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from planning.atlas import Atlas
from planning.cohesion import measures, suggestions
from ui.desk_cohesion import sentence

Run = Callable[[str], AppTest]


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def opened(run: Run) -> AppTest:
    app = run("desk")
    app.session_state["panel_front_zh"] = "账本"
    app.session_state["ledger_mode"] = "cohesion"
    app.run()
    assert not app.exception
    return app


def test_every_suggestion_stands_with_what_it_betters(run: Run, atlas: Atlas) -> None:
    page = said(opened(run))
    found = suggestions(atlas, atlas.scenario(2), most=8)
    assert found.listed
    for one in found.listed:
        assert sentence(one, atlas.clusters()) in page


def test_a_move_that_is_looked_at_is_selected_and_foreseen(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    one = suggestions(atlas, atlas.scenario(2), most=8).listed[1]
    app.button(key="suggestion_look_1").click().run()
    assert not app.exception
    tab = app.session_state["tab"]
    assert (tab.selection.tolist(), tab.cluster) == ([one.parcel_id], one.after)
    assert "ledger-next" in said(app)
    assert suggestions(atlas, atlas.scenario(2), most=8).listed[1] == one


def test_a_move_that_is_taken_betters_the_measures_and_is_one_step(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    one = suggestions(atlas, atlas.scenario(2), most=8).listed[0]
    before = measures(atlas, atlas.scenario(2))
    app.button(key="suggestion_take_0").click().run()
    assert not app.exception
    after = measures(atlas, atlas.scenario(2))
    assert sum(each.orphans for each in after) == sum(each.orphans for each in before) + one.orphans
    app.button(key="undo").click().run()
    assert measures(atlas, atlas.scenario(2)) == before


def test_the_panel_speaks_english(run: Run) -> None:
    app = run("desk")
    app.query_params["lang"] = "en"
    app.session_state["panel_front_en"] = "Totals"
    app.session_state["ledger_mode"] = "cohesion"
    app.run()
    assert not app.exception
    assert "Coherence" in said(app)
