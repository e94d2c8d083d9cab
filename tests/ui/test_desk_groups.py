"""The panel for finding land: what was asked is answered, one click selects it, and what is not found is explained."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
import shapely
from pyproj import CRS
from streamlit.testing.v1 import AppTest

from geo.crs import converter, storage_crs
from planning import ground
from planning.atlas import Atlas
from planning.cards import Area
from planning.group_reasons import Why
from planning.grouping import Asked, GroupSearch, search_groups
from planning.joining import Joining
from ui import desk_groups, group_words
from ui.desk_groups import Groups
from ui.session import Tab

Run = Callable[[str], AppTest]
TAB = "panel_front_zh"
ASKED = Asked(Decimal(150), 3, joining=Joining(20.0, not_across=("motorway", "trunk"), not_across_water=True))


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def labels(app: AppTest) -> list[str]:
    return [str(button.label) for button in app.button]


def opened(run: Run) -> AppTest:
    app = run("desk")
    app.session_state[TAB] = "连片"
    app.run()
    assert not app.exception
    return app


def searched(run: Run) -> AppTest:
    app = opened(run)
    app.button(key="groups_search").click().run()
    assert not app.exception
    return app


def selection(app: AppTest) -> list[int]:
    tab: Tab = app.session_state["tab"]
    return [int(one) for one in tab.selection]


def expected(atlas: Atlas, asked: Asked = ASKED) -> GroupSearch:
    return search_groups(atlas, atlas.scenario(2), asked, keep=10)


def test_the_default_question_lists_what_planning_finds(run: Run, atlas: Atlas) -> None:
    app = searched(run)
    found = expected(atlas)
    picks = [label for label in labels(app) if label.split(".")[0].isdigit() and "亩" in label]
    assert len(picks) == len([one for one in found.answers if one.block.parcels == 1]) > 5
    assert f"符合的组合 {found.total} 个" in said(app)
    codes = atlas.parcels().codes[atlas.parcels().row_of(list(found.answers[0].block.ids))]
    assert str(codes[0]) in said(app)


def test_one_click_selects_the_group_flies_there_and_stays_in_the_panel(run: Run, atlas: Atlas) -> None:
    app = searched(run)
    best = expected(atlas).answers[2].block.ids
    app.button(key="group_pick_3").click().run()
    assert not app.exception
    assert selection(app) == list(best)
    tab: Tab = app.session_state["tab"]
    assert (tab.command.ids.tolist(), tab.command.fly) == (list(best), True)
    assert app.session_state[TAB] == "连片"
    assert "group_pick_3" in [button.key for button in app.button]


def test_groups_of_another_size_are_one_click_away(run: Run, atlas: Atlas) -> None:
    app = searched(run)
    app.session_state["groups_size"] = 2
    app.run()
    best = next(one.block.ids for one in expected(atlas).answers if one.block.parcels == 2)
    app.button(key="group_pick_1").click().run()
    assert not app.exception
    assert selection(app) == list(best)


def test_another_question_is_asked_only_when_told(run: Run, atlas: Atlas) -> None:
    app = searched(run)
    app.number_input(key="groups_least").set_value(300.0).run()
    assert f"符合的组合 {expected(atlas).total} 个" in said(app)
    app.button(key="groups_search").click().run()
    assert f"符合的组合 {expected(atlas, Asked(Decimal(300), 3, joining=ASKED.joining)).total} 个" in said(app)


def test_nothing_found_says_why_and_an_example_is_explained(run: Run) -> None:
    app = opened(run)
    app.number_input(key="groups_least").set_value(5_000.0).run()
    app.button(key="groups_search").click().run()
    assert "没有符合的组合" in said(app)
    assert "并起来面积不够" in said(app)
    example = next(button for button in app.button if str(button.key).startswith("group_example_too_small"))
    example.click().run()
    assert not app.exception
    assert len(selection(app)) == 1
    assert said(app).count("group-why") == 1
    assert "与它连得上的地块全部并起来，也只有" in said(app)


def test_the_form_outlives_a_look_at_another_tab(run: Run) -> None:
    app = opened(run)
    app.number_input(key="groups_least").set_value(210.0).run()
    app.session_state[TAB] = "总览"
    app.run()
    app.session_state[TAB] = "连片"
    app.run()
    assert app.number_input(key="groups_least").value == 210.0
    held: Groups = app.session_state["groups"]
    assert held.form.least_mu == 210.0


def test_all_blocks_are_listed_and_selected_by_one_click(run: Run) -> None:
    app = opened(run)
    app.session_state["groups_mode"] = "blocks"
    app.run()
    assert not app.exception
    assert "两宗以上连成的有" in said(app)
    app.button(key="block_pick_1").click().run()
    assert not app.exception
    assert len(selection(app)) >= 2


def test_the_panel_speaks_english(run: Run) -> None:
    app = run("desk")
    app.query_params["lang"] = "en"
    app.session_state["panel_front_en"] = "Blocks"
    app.session_state["groups"] = Groups(asked=ASKED)
    app.run()
    assert not app.exception
    assert "groups meet the conditions" in said(app)


def test_every_reason_has_its_sentences(atlas: Atlas) -> None:
    assert set(group_words.REASONS) == set(ground.REASONS)
    for code in (None, *ground.REASONS):
        assert group_words.why_sentence(atlas, ASKED, Why(1, code, Area(Decimal(10))))


def test_listed_blocks_are_outlined_on_the_map_with_their_rank(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    app.session_state["groups_mode"] = "blocks"
    app.run()
    held: Groups = app.session_state["groups"]
    assert held.blocks is not None
    assert held.drawn is not None
    drawn, listed = held.drawn[1], held.blocks[1][: desk_groups.LISTED]
    assert [one["label"].split(".")[0] for one in drawn] == [str(at + 1) for at in range(len(listed))]
    to_metres = converter(CRS.from_epsg(4326), storage_crs(atlas.epsg))
    parcels = atlas.parcels()
    for one, block in zip(drawn, listed, strict=True):
        shells = [shapely.Polygon(np.column_stack(to_metres.points(*np.array(ring).T))) for ring in one["rings"]]
        around = shapely.buffer(shapely.union_all(shells), 1.0)
        assert shapely.contains_properly(around, parcels.geoms[parcels.row_of(list(block.ids))]).all()


def test_groups_are_outlined_with_their_rank_and_the_selected_one_can_be_assigned(run: Run, atlas: Atlas) -> None:
    app = searched(run)
    held: Groups = app.session_state["groups"]
    assert held.drawn is not None
    assert [one["label"].split(".")[0] for one in held.drawn[1]] == [str(at + 1) for at in range(len(held.listed))]
    assert "供电" in said(app)
    app.button(key="group_pick_1").click().run()
    tab: Tab = app.session_state["tab"]
    tab.cluster = "digital"
    app.run()
    app.button(key="group_assign").click().run()
    assert not app.exception
    state = atlas.scenario(2)
    best = expected(atlas).answers[0].block.ids
    assert {state.code_at(int(row)) for row in atlas.parcels().row_of(list(best))} == {"digital"}


def test_the_brief_of_the_selected_group_can_be_taken_away(run: Run) -> None:
    app = searched(run)
    app.button(key="group_pick_1").click().run()
    assert not app.exception
    assert len(app.get("download_button")) == 2
