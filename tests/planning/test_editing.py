"""Editing parcels' columns: what may be written, what is refused, what two people do at once, undo."""

from __future__ import annotations

from datetime import date

import pytest

from planning import assigning, editing, scenarios
from planning.errors import Refused, StaleVersion, UndoConflict
from tests.planning.board import DRAFT, LI, WANG


def edit(db, changes, *, actor=LI, seen=None, scenario_id=DRAFT):
    return editing.edit_parcels(db, actor=actor, scenario_id=scenario_id, changes=changes, seen=seen)


def cells(atlas, key):
    return atlas.parcels().frame.loc[key]


def test_an_edit_shows_and_leaves_the_geometry_revision_alone(db, atlas):
    before = atlas.parcels()
    done = edit(
        db, {1: {"owner": " 张三 ", "far_min": "1.5", "stage": "净地", "ready_date": date(2026, 12, 31)}}, seen={1: 1}
    )
    after = atlas.parcels()
    row = after.frame.loc[1]
    assert (row["owner"], row["far_min"], row["stage"], row["ready_date"]) == ("张三", 1.5, "ready", "2026-12-31")
    assert (row["version"], done.field_changes[0].version) == (2, 2)
    assert after.revision == before.revision
    assert after.fields_revision > before.fields_revision
    assert after.geoms is before.geoms


def test_every_wrong_cell_is_named_and_none_is_written(db, atlas):
    wrong = {
        1: {"stage": "sold", "far_min": -1, "area_m2": 5, "code": "X"},
        2: {"far_min": 3, "far_max": 2, "density_max": 101, "ready_date": "tomorrow"},
        3: {"owner": "王五"},
        99: {"owner": "nobody"},
    }
    with pytest.raises(Refused) as caught:
        edit(db, wrong)
    assert sorted((fault.where, fault.code) for fault in caught.value.faults) == [
        ("", "unknown_parcel"),
        ("P00", "not_a_term"),
        ("P00", "not_editable"),
        ("P00", "out_of_range"),
        ("P00", "unknown_field"),
        ("P01", "bounds_crossed"),
        ("P01", "not_a_date"),
        ("P01", "out_of_range"),
    ]
    assert cells(atlas, 3)["owner"] is None


def test_a_lower_bound_is_held_against_the_stored_upper_one(db):
    edit(db, {1: {"far_max": 2.0}})
    with pytest.raises(Refused) as caught:
        edit(db, {1: {"far_min": 2.5}})
    assert caught.value.faults[0].values == {"lower": "far_min", "upper": "far_max", "low": 2.5, "high": 2.0}


@pytest.mark.parametrize("empty", [None, "", "  ", float("nan")])
def test_a_cell_can_be_emptied(db, atlas, empty):
    edit(db, {1: {"owner": "张三"}})
    edit(db, {1: {"owner": empty}})
    assert cells(atlas, 1)["owner"] is None


@pytest.mark.parametrize("value", [float("inf"), "1e999", "一", "nan nan"])
def test_a_number_is_finite(db, value):
    with pytest.raises(Refused):
        edit(db, {1: {"far_min": value}})


def test_the_same_value_is_no_step(db):
    edit(db, {1: {"owner": "张三"}})
    assert edit(db, {1: {"owner": "张三 "}}).command_id is None


def test_two_people_on_one_cell_clash_with_old_mine_theirs(db):
    edit(db, {1: {"owner": "张三"}})
    edit(db, {1: {"owner": "李四"}}, seen={1: 2})
    with pytest.raises(StaleVersion) as caught:
        edit(db, {1: {"owner": "王五"}}, actor=WANG, seen={1: 2})
    clash = caught.value.conflicts[0]
    assert (clash.field, clash.old, clash.mine, clash.theirs, clash.by, clash.version) == (
        "owner", "张三", "王五", "李四", "李工", 3,
    )  # fmt: skip
    edit(db, {1: {"owner": "王五"}}, actor=WANG, seen={1: clash.version})


def test_two_people_on_two_cells_of_a_row_both_keep_theirs(db, atlas):
    edit(db, {1: {"owner": "张三"}}, seen={1: 1})
    edit(db, {1: {"far_min": 1.0}}, actor=WANG, seen={1: 1})
    assert (cells(atlas, 1)["owner"], cells(atlas, 1)["far_min"]) == ("张三", 1.0)


def test_edits_and_strokes_are_undone_in_one_order(db, atlas):
    edit(db, {1: {"owner": "张三"}})
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1], cluster="digital")
    edit(db, {1: {"owner": "李四"}})
    labels = []
    for _ in range(3):
        labels.append(assigning.undo(db, actor=LI, scenario_id=DRAFT).label.values["of"])
        labels.append(cells(atlas, 1)["owner"])
    assert labels == ["edit", "张三", "assign", "张三", "edit", None]
    for _ in range(3):
        assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assert cells(atlas, 1)["owner"] == "李四"


def test_undo_does_not_overwrite_what_another_scenario_edited_since(db, atlas):
    other = scenarios.new(db, actor=WANG, name="方案二")
    edit(db, {1: {"owner": "张三", "note": "甲"}})
    edit(db, {1: {"owner": "李四"}}, scenario_id=other.id, actor=WANG)
    with pytest.raises(UndoConflict) as caught:
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert [(clash.field, clash.theirs) for clash in caught.value.conflicts] == [("owner", "李四")]
    assert cells(atlas, 1)["note"] == "甲"
    assigning.undo(db, actor=LI, scenario_id=DRAFT, keep_theirs=True)
    assert (cells(atlas, 1)["owner"], cells(atlas, 1)["note"]) == ("李四", None)
