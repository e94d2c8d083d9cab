"""Editing boundaries from the desk: shown first, written on a word, taken back; hostile drawings are refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import streamlit as st
from pyproj import CRS

from geo.crs import converter, storage_crs
from planning import parcel_previews
from planning.atlas import Atlas
from ui import desk, desk_acts, desk_draft, desk_edit
from ui.desk_draft import Draft
from ui.desk_map import Act
from ui.session import Tab

DRAFT = 2


@pytest.fixture
def tab(atlas: Atlas) -> Tab:
    held = Tab(atlas.scenario(DRAFT))
    held.select(atlas.parcels().ids[:1])
    return held


def across(atlas: Atlas, row: int = 0) -> str:
    """A line through the middle of a parcel, as the browser sends it."""
    west, south, east, north = atlas.parcels().geoms[row].bounds
    x, y = np.array([(west + east) / 2] * 2), np.array([south - 20, north + 20])
    lon, lat = converter(storage_crs(atlas.epsg), CRS.from_epsg(4326)).points(x, y)
    return ";".join(f"{a:.9f},{b:.9f}" for a, b in zip(lon, lat, strict=True))


def test_a_drawn_line_is_shown_and_written_only_on_a_word(tab: Tab, atlas: Atlas) -> None:
    before = atlas.parcels()
    desk.obey(tab, Act("cut", across(atlas)))
    assert isinstance(tab.draft, Draft)
    assert len(desk_draft.preview_of(tab)) == len(tab.draft.plan.pieces) >= 2
    assert atlas.parcels().revision == before.revision
    desk.obey(tab, Act("edit_confirm"))
    after = atlas.parcels()
    assert desk_draft.preview_of(tab) == []
    assert len(after) == len(before) + len(tab.selection) - 1
    assert int(after.centi_m2.sum()) == int(before.centi_m2.sum())
    assert int(after.centi_m2[after.row_of(tab.selection)].sum()) == int(before.centi_m2[0])
    desk_acts.undo(tab)
    assert tab.selection.tolist() == [int(before.ids[0])]
    assert np.array_equal(atlas.parcels().ids, before.ids)


def test_a_draft_that_is_let_go_leaves_nothing(tab: Tab, atlas: Atlas) -> None:
    desk.obey(tab, Act("cut", across(atlas)))
    desk.obey(tab, Act("edit_cancel"))
    assert (tab.draft, desk_draft.preview_of(tab)) == (None, [])


@pytest.mark.parametrize(
    "sent", [None, 7, "", "a,b;c,d", "120,30", "120,30,1;121,30,1", "nan,30;120,31", "1e999,30;120,31", "120,91;120,95",
             "120,30;" * 30_000, "120,30;120,30"],
)  # fmt: skip
@pytest.mark.parametrize("verb", ["cut", "draw"])
def test_a_hostile_drawing_is_refused(tab: Tab, verb: str, sent: object) -> None:
    desk_edit.obey(tab, verb, sent)
    assert tab.draft is None
    assert tab.outcome is not None
    assert tab.outcome.faults


def test_a_boundary_that_moved_under_the_draft_is_not_written(tab: Tab, atlas: Atlas) -> None:
    other = Tab(atlas.scenario(DRAFT))
    other.select(atlas.parcels().ids[:1])
    for one in (tab, other):
        desk.obey(one, Act("cut", across(atlas)))
    desk_draft.confirm(other)
    desk_draft.confirm(tab)
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["boundary_changed"]


def test_a_code_in_use_keeps_the_draft_and_says_so(tab: Tab, atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.obey(tab, Act("cut", across(atlas)))
    draft = tab.draft
    taken = str(atlas.parcels().codes[1])
    monkeypatch.setattr(st, "session_state", {f"edit_code_{id(draft)}_0": taken})
    desk_draft.confirm(tab)
    assert tab.draft is draft
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["code_in_use"]
    monkeypatch.setattr(st, "session_state", {f"edit_code_{id(draft)}_0": "新-01"})
    desk_draft.confirm(tab)
    assert "新-01" in atlas.parcels().id_of_code


def test_a_drawn_road_is_cut_out_and_its_width_changed_while_it_waits(tab: Tab, atlas: Atlas) -> None:
    before = int(atlas.parcels().centi_m2.sum())
    tab.editing.road_m = 10.0
    desk.obey(tab, Act("road", across(atlas)))
    narrow = tab.draft
    assert isinstance(narrow, Draft)
    assert narrow.choice == "road"
    tab.editing.road_m = 20.0
    assert narrow.again is not None
    narrow.again()
    wide = tab.draft
    assert isinstance(wide, Draft)
    taken = [sum(shape.area for shape in one.plan.taken) for one in (narrow, wide)]
    assert taken[1] == pytest.approx(2 * taken[0], rel=0.05)
    desk.obey(tab, Act("edit_confirm"))
    assert before - int(atlas.parcels().centi_m2.sum()) == pytest.approx(taken[1] * 100, abs=2)


def test_a_preview_made_void_by_others_says_so(run, atlas: Atlas) -> None:
    app = run("desk")
    tab: Tab = app.session_state["tab"]
    tab.select(atlas.parcels().ids[:1])
    desk.obey(tab, Act("cut", across(atlas)))
    app.run()
    assert "edit_confirm" in {one.key for one in app.button}
    other = Tab(atlas.scenario(DRAFT))
    other.select(atlas.parcels().ids[5:6])
    desk.obey(other, Act("cut", across(atlas, 5)))
    desk_draft.confirm(other)
    app.run()
    assert not app.exception
    assert "edit_confirm" not in {one.key for one in app.button}
    assert "刚才的预览已作废" in " ".join(str(block.proto.body) for block in app.get("html"))


def test_a_road_without_a_selection_is_refused(tab: Tab, atlas: Atlas) -> None:
    line = across(atlas)
    tab.select(np.empty(0, dtype=np.int64))
    desk.obey(tab, Act("road", line))
    assert tab.draft is None
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["nothing_selected"]


def beside(atlas: Atlas) -> tuple[int, int]:
    """The rows of two parcels that share an edge, end to end, and differ in cluster."""
    parcels, state = atlas.parcels(), atlas.scenario(DRAFT)
    for left, right in parcels.adjacency.query("kind == 'edge'")[["left", "right"]].itertuples(index=False):
        joined = shapely.union(parcels.geoms[left], parcels.geoms[right])
        area = parcels.geoms[left].area + parcels.geoms[right].area
        if state.cluster[left] != state.cluster[right] and joined.geom_type == "Polygon" and area == joined.area:
            return int(left), int(right)
    raise AssertionError


def test_a_merge_of_different_clusters_waits_for_the_one_that_leads(tab: Tab, atlas: Atlas) -> None:
    rows = list(beside(atlas))
    ids = atlas.parcels().ids[rows]
    tab.select(ids)
    desk_edit._begin_merge(tab)
    draft = tab.draft
    assert isinstance(draft, Draft)
    assert draft.undecided
    assert {note.code for note in draft.plan.notes} == {"clusters_differ"}
    desk_draft.confirm(tab)
    assert tab.draft is draft
    tab.editing.main = int(ids[1])
    wanted = atlas.scenario(DRAFT).code_at(rows[1])
    assert draft.again is not None
    draft.again()
    desk_draft.confirm(tab)
    assert tab.outcome is not None
    assert tab.outcome.faults == ()
    after = atlas.scenario(DRAFT)
    assert after.code_at(int(atlas.parcels().row_of(tab.selection)[0])) == wanted


def test_sides_are_numbered_on_the_map_only_while_one_is_chosen(tab: Tab, atlas: Atlas) -> None:
    assert desk_edit.guides_of(tab, atlas) == []
    tab.editing.open, tab.editing.side = True, 1
    guides = desk_edit.guides_of(tab, atlas)
    assert [one["chosen"] for one in guides] == [at == 1 for at in range(len(guides))]
    back = converter(CRS.from_epsg(4326), storage_crs(atlas.epsg))
    for guide, side in zip(guides, parcel_previews.sides_of(atlas, int(tab.selection[0])), strict=True):
        x, y = back.points(*np.array(guide["line"]).T)
        assert float(np.hypot(*np.diff([x, y]).ravel())) == pytest.approx(side.length_m, abs=0.01)
    desk.obey(tab, Act("cut", across(atlas)))
    assert desk_edit.guides_of(tab, atlas) == []


def test_only_roads_that_lie_on_the_parcels_are_offered(atlas: Atlas) -> None:
    parcels, roads = atlas.parcels(), atlas.layer("roads")
    width = roads.frame["width_m"].to_numpy(dtype=float)
    strips = shapely.buffer(roads.geoms, np.nan_to_num(width) / 2)
    for row in range(0, len(parcels), 25):
        over = set(roads.ids[shapely.intersects(strips, parcels.geoms[row])].tolist())
        listed = {one.id for one in parcel_previews.roads_over(atlas, parcels.ids[row : row + 1])}
        # a buffer's round corners are polygons: what only touches one of them may differ
        assert listed ^ over <= set(roads.ids[shapely.distance(strips, parcels.geoms[row]) < 0.1].tolist())


def test_the_panel_asks_what_fits_the_selection(run, atlas: Atlas) -> None:
    app = run("desk")
    tab: Tab = app.session_state["tab"]
    tab.select(atlas.parcels().ids[:1])
    app.button(key="edit_open").click().run()
    assert not app.exception
    assert {"edit_area", "edit_snap"} <= {one.key for one in app.button}
    app.number_input(key="edit_mu").set_value(20.0).run()
    app.button(key="edit_area").click().run()
    assert not app.exception
    assert {"edit_confirm", "edit_cancel"} <= {one.key for one in app.button}
    assert "edit_area" not in {one.key for one in app.button}
    app.button(key="edit_confirm").click().run()
    tab = app.session_state["tab"]
    assert len(tab.selection) == 2
    app.button(key="edit_merge").click().run()
    assert not app.exception
    app.button(key="edit_confirm").click().run()
    app.button(key="edit_close").click().run()
    said = " ".join(str(block.proto.body) for block in app.get("html"))
    assert "沿革" in said
    assert said.index("按面积分割") < said.index("合并地块")


def test_the_check_and_the_panel_for_boundaries_give_way_to_each_other(run, atlas: Atlas) -> None:
    app = run("desk")
    app.button(key="check_open").click().run()
    tab: Tab = app.session_state["tab"]
    tab.select(atlas.parcels().ids[:1])
    app.button(key="edit_open").click().run()
    assert {"edit_close"} <= {one.key for one in app.button}
    assert "check_close" not in {one.key for one in app.button}
    app.button(key="check_open").click().run()
    assert not app.exception
    assert "check_close" in {one.key for one in app.button}
    assert "edit_close" not in {one.key for one in app.button}
