"""Boundaries that change: what is written, what is refused, what two people do at once, undo and redo."""

from __future__ import annotations

import pytest
import shapely

from planning import assigning, editing, reshaping, scenarios
from planning.atlas import Atlas
from planning.errors import Refused, StaleVersion, UndoConflict
from planning.guarding import verify
from store.database import Database
from tests.planning.board import DRAFT, LI, WANG

# the first parcel of the board, cut back by ten metres on its west
NARROWER = shapely.box(500_010.0, 3_240_000.0, 500_100.0, 3_240_100.0)


def replace(db, shapes, *, actor=LI, seen=None, scenario_id=DRAFT):
    return reshaping.replace_geometries(db, actor=actor, scenario_id=scenario_id, shapes=shapes, seen=seen)


def area(atlas, key):
    return atlas.parcels().frame.loc[key, "area_m2"]


def test_a_replaced_boundary_is_measured_shown_and_proved(db, atlas):
    before = atlas.parcels()
    done = replace(db, {1: NARROWER}, seen={1: 1})
    after = atlas.parcels()
    assert done.reshaped == (1,)
    assert (after.revision, done.shapes_revision) == (before.revision + 1, after.revision)
    assert after.geoms[0].equals(NARROWER)
    row = after.frame.loc[1]
    assert row["area_m2"] == 9_000.0
    # the ellipsoid's area shrank in the same proportion, but for the scale of a few metres
    assert row["area_ellipsoid_m2"] == pytest.approx(before.frame.loc[1, "area_ellipsoid_m2"] * 0.9, rel=1e-7)
    assert row["version"] == 2
    assert atlas.scenario(DRAFT).code_at(0) == "chips"
    assert verify(db).faults == ()


def test_undo_and_redo_go_on_over_a_restart_among_other_acts(db):
    original = Atlas(db).parcels().geoms[0]
    replace(db, {1: NARROWER})
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1], cluster="health")
    editing.edit_parcels(db, actor=LI, scenario_id=DRAFT, changes={1: {"owner": "张三"}})
    url = db.url
    for _ in range(3):
        again = Database.open(url)
        assigning.undo(again, actor=WANG, scenario_id=DRAFT)
        again.close()
    assert Atlas(db).parcels().geoms[0].equals_exact(original, 0)
    for _ in range(3):
        assigning.redo(db, actor=LI, scenario_id=DRAFT)
    atlas = Atlas(db)
    assert atlas.parcels().geoms[0].equals(NARROWER)
    assert atlas.scenario(DRAFT).code_at(0) == "health"
    assert atlas.parcels().frame.loc[1, "owner"] == "张三"
    assert verify(db).faults == ()


def test_the_same_boundary_is_no_step(db, atlas):
    done = replace(db, {1: atlas.parcels().geoms[0]})
    assert (done.command_id, done.reshaped) == (None, ())


def test_every_boundary_that_cannot_be_taken_is_named(db, atlas):
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    with pytest.raises(Refused) as caught:
        replace(db, {1: bow_tie, 2: shapely.Point(0, 0), 3: shapely.Polygon(), 99: NARROWER, 4: NARROWER})
    assert sorted((fault.code, fault.values.get("code")) for fault in caught.value.faults) == [
        ("shape_invalid", "P00"),
        ("shape_invalid", "P02"),
        ("shape_not_polygon", "P01"),
        ("unknown_parcel", None),
    ]
    assert area(atlas, 4) == 10_000.0


@pytest.mark.parametrize("what", [{"parcel_ids": [1]}, {"clusters": ["chips"]}])
def test_a_parcel_locked_in_any_scenario_keeps_its_boundary(db, what):
    other = scenarios.new(db, actor=LI, name="别案")
    assigning.lock(db, actor=LI, scenario_id=other.id, **what)
    with pytest.raises(Refused) as caught:
        replace(db, {1: NARROWER})
    assert [(one.code, dict(one.values)) for one in caught.value.faults] == [
        ("parcel_locked", {"code": "P00", "scenario": "别案"})
    ]


def test_a_stale_boundary_says_what_it_was_mine_and_theirs(db):
    replace(db, {1: NARROWER}, actor=WANG)
    mine = shapely.box(500_020.0, 3_240_000.0, 500_100.0, 3_240_100.0)
    with pytest.raises(StaleVersion) as caught:
        replace(db, {1: mine}, seen={1: 1})
    clash = caught.value.conflicts[0]
    assert (clash.code, clash.field, clash.old, clash.mine, clash.theirs) == ("P00", "geometry", 10_000, 8_000, 9_000)
    assert clash.by == WANG.name
    # insisting is the same call with their version as seen
    assert replace(db, {1: mine}, seen={1: clash.version}).reshaped == (1,)


def test_somebodys_edit_of_a_cell_is_no_clash_with_a_boundary(db):
    editing.edit_parcels(db, actor=WANG, scenario_id=DRAFT, changes={1: {"owner": "张三"}})
    assert replace(db, {1: NARROWER}, seen={1: 1}).reshaped == (1,)
    assert editing.edit_parcels(
        db, actor=WANG, scenario_id=DRAFT, changes={1: {"name": "新名"}}, seen={1: 2}
    ).field_changes


def test_a_boundary_that_others_changed_since_is_not_taken_back(db, atlas):
    replace(db, {1: NARROWER, 2: atlas.parcels().geoms[1].buffer(0).intersection(shapely.box(0, 0, 500_190, 1e7))})
    other = scenarios.new(db, actor=WANG, name="别案")
    theirs = shapely.box(500_030.0, 3_240_000.0, 500_100.0, 3_240_100.0)
    replace(db, {1: theirs}, actor=WANG, scenario_id=other.id)
    with pytest.raises(UndoConflict) as caught:
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert [(one.code, one.old, one.theirs) for one in caught.value.conflicts] == [("P00", 9_000, 7_000)]
    done = assigning.undo(db, actor=LI, scenario_id=DRAFT, keep_theirs=True)
    assert done.reshaped == (2,)
    assert (area(atlas, 1), area(atlas, 2)) == (7_000.0, 10_000.0)
    assert verify(db).faults == ()
