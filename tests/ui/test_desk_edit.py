"""Editing boundaries from the desk: shown first, written on a word, taken back; hostile drawings are refused."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from pyproj import CRS

from geo.crs import converter, storage_crs
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
