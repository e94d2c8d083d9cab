"""Splitting, merging, drawing, cutting by roads: what begins, what it inherits, what is refused, and back again."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import shapely
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from planning import assigning, editing, reshaping, scenarios
from planning.atlas import Atlas
from planning.errors import Refused, StaleVersion, UndoConflict
from planning.guarding import verify
from store import lineage
from store.database import Database
from tests.planning.board import DRAFT, LI, WANG, add, copy_of, parcels

WEST, SOUTH = 500_000.0, 3_240_000.0
ACT: dict[str, Any] = {"actor": LI, "scenario_id": DRAFT}
# through the first parcel of the board, from north to south
UPRIGHT = shapely.LineString([(WEST + 30.123, SOUTH - 10), (WEST + 41.777, SOUTH + 110)])


def codes(atlas, ids):
    snapshot = atlas.parcels()
    return [str(snapshot.codes[row]) for row in snapshot.row_of(ids)]


def total_m2(db):
    return round(float(Atlas(db).parcels().frame["area_m2"].sum()), 2)


def shows(db, parcel_id, scenario_id=DRAFT):
    atlas = Atlas(db)
    return atlas.scenario(scenario_id).code_at(int(atlas.parcels().row_of([parcel_id])[0]))


def test_pieces_inherit_cells_clusters_of_every_scenario_and_derived_codes(db, atlas):
    other = scenarios.new(db, actor=WANG, name="别案")
    assigning.assign(db, actor=WANG, scenario_id=other.id, parcel_ids=[1], cluster="digital", reason="算力")
    editing.edit_parcels(db, **ACT, changes={1: {"owner": "张三", "declared_area_m2": 9_999.99}})
    before = total_m2(db)
    done = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT)
    assert (done.ended, codes(atlas, done.born)) == ((1,), ["P00-1", "P00-2"])
    frame = atlas.parcels().frame.loc[list(done.born)]
    assert frame["owner"].tolist() == ["张三"] * 2
    assert frame["declared_area_m2"].sum() == pytest.approx(9_999.99)
    assert frame["name"].tolist() == ["地块00"] * 2
    assert total_m2(db) == before
    assert [shows(db, key) for key in done.born] == ["chips", "chips"]
    assert [shows(db, key, other.id) for key in done.born] == ["digital", "digital"]
    assert not Atlas(db).scenario(DRAFT).own[atlas.parcels().row_of(done.born)].any()
    with db.read() as conn:
        assert [(one.from_id, one.to_id, one.status) for one in lineage.touching(conn, [1])] == [
            (1, key, "done") for key in done.born
        ]
    assert verify(db).faults == ()


def test_undo_brings_the_old_parcel_back_and_redo_the_pieces_over_a_restart(db):
    assigning.assign(db, **ACT, parcel_ids=[1], cluster="health")
    done = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT)
    assigning.assign(db, **ACT, parcel_ids=done.born[:1], cluster="digital")
    url = db.url
    for _ in range(2):
        again = Database.open(url)
        assigning.undo(again, actor=LI, scenario_id=DRAFT)
        again.close()
    assert shows(db, 1) == "health"
    assert len(Atlas(db).parcels()) == 10
    for _ in range(2):
        assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assert [shows(db, key) for key in done.born] == ["digital", "health"]
    assert verify(db).faults == ()


def test_a_split_to_an_area_and_a_road_of_a_width(db, atlas):
    done = reshaping.split_to_area(db, **ACT, parcel_id=1, side=0, area_m2=3_333.33, road_m=12.0)
    areas = atlas.parcels().frame.loc[list(done.born), "area_m2"].tolist()
    assert areas[0] == 3_333.33
    assert sum(areas) == pytest.approx(10_000 - 1_200, abs=1.0)
    assert verify(db).faults == ()


def test_a_road_of_the_layer_is_cut_out_of_all_that_it_crosses(db, atlas):
    road = parcels(".").assign(code="R1", name="城西大道", width_m=20.0, road_class="arterial", state="planned")
    road = road.drop(columns=["stage", "cluster"])
    road.geometry = [shapely.LineString([(WEST - 50, SOUTH + 50), (WEST + 250, SOUTH + 50)])]
    (road_id,) = add(db, road, "roads")
    done = reshaping.cut_by_right_of_way(db, **ACT, parcel_ids=[1, 2, 3], road_id=road_id)
    assert done.ended == (1, 2, 3)
    assert len(done.born) == 5  # the road ends within the third parcel
    assert total_m2(db) == 100_000 - 20 * 250
    assert codes(atlas, done.born[:2]) == ["P00-1", "P00-2"]
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    kept = reshaping.cut_by_right_of_way(db, **ACT, parcel_ids=[1], road_id=road_id, keep=True)
    assert len(kept.born) == 3
    assert total_m2(db) == 100_000
    assert verify(db).faults == ()


def test_a_merge_of_different_clusters_is_refused_until_one_is_chosen(db, atlas):
    with pytest.raises(Refused) as caught:
        reshaping.merge(db, **ACT, parcel_ids=[2, 3])
    assert [(one.code, one.values["clusters"]) for one in caught.value.faults] == [
        ("clusters_differ", ("chips", "health"))
    ] * 2
    assert len(atlas.parcels()) == 10
    done = reshaping.merge(db, **ACT, parcel_ids=[2, 3], main_id=3, code="P02")
    assert [shows(db, done.born[0], scenario) for scenario in (1, DRAFT)] == ["health", "health"]
    row = atlas.parcels().frame.loc[done.born[0]]
    assert (row["code"], row["name"], row["area_m2"]) == ("P02", "地块02", 20_000.0)
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert codes(atlas, [2, 3]) == ["P01", "P02"]
    assert verify(db).faults == ()


def test_parcels_of_one_cluster_merge_without_a_choice(db):
    done = reshaping.merge(db, **ACT, parcel_ids=[1, 2])
    assert shows(db, done.born[0]) == "chips"
    assert verify(db).faults == ()


def test_a_drawn_parcel_snaps_and_its_overlap_is_refused_or_cut_off(db, atlas):
    beside = shapely.box(WEST + 0.2, SOUTH + 100.3, WEST + 99.8, SOUTH + 180)
    done = reshaping.draw(db, **ACT, shape=beside, code="N1")
    row = atlas.parcels().frame.loc[done.born[0]]
    assert (row["code"], row["name"]) == ("N1", None)
    assert atlas.parcels().geoms[-1].bounds[1] == SOUTH + 100.0
    over = shapely.box(WEST + 210.0, SOUTH + 80.0, WEST + 290.0, SOUTH + 150.0)
    with pytest.raises(Refused) as caught:
        reshaping.draw(db, **ACT, shape=over, code="N2")
    assert [(one.code, dict(one.values)) for one in caught.value.faults] == [
        ("drawn_overlaps", {"code": "P02", "area_m2": 1_600.0})
    ]
    done = reshaping.draw(db, **ACT, shape=over, code="N2", cut_off=True)
    assert atlas.parcels().frame.loc[done.born[0], "area_m2"] == 4_000.0
    assert verify(db).faults == ()


def test_a_snapped_parcel_keeps_its_id_and_says_how_its_area_changed(db, atlas):
    reshaping.replace_geometries(db, **ACT, shapes={1: shapely.box(WEST, SOUTH, WEST + 99.7, SOUTH + 100)})
    done = reshaping.snap(db, **ACT, parcel_id=1, tolerance_m=0.5)
    assert done.reshaped == (1,)
    assert atlas.parcels().frame.loc[1, "area_m2"] == 10_000.0
    assert verify(db).faults == ()


def test_locked_parcels_are_not_cut(db):
    assigning.lock(db, **ACT, parcel_ids=[1])
    with pytest.raises(Refused) as caught:
        reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT)
    assert caught.value.faults[0].code == "parcel_locked"


def test_a_parcel_that_somebody_split_since_is_a_conflict(db):
    reshaping.split_by_line(db, actor=WANG, scenario_id=DRAFT, parcel_id=1, line=UPRIGHT)
    with pytest.raises(StaleVersion) as caught:
        reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT, seen={1: 1})
    clash = caught.value.conflicts[0]
    assert (clash.code, clash.old, clash.theirs, clash.by) == ("P00", 10_000.0, None, WANG.name)


def test_pieces_that_others_painted_since_are_not_taken_off_the_map(db):
    done = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT)
    other = scenarios.new(db, actor=WANG, name="别案")
    assigning.assign(db, actor=WANG, scenario_id=other.id, parcel_ids=done.born, cluster="health")
    with pytest.raises(UndoConflict) as caught:
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert [(one.code, one.theirs) for one in caught.value.conflicts] == [("P00-1", "health"), ("P00-2", "health")]
    assigning.undo(db, actor=WANG, scenario_id=other.id)
    assert assigning.undo(db, actor=LI, scenario_id=DRAFT).ended == done.born


@pytest.mark.parametrize("given", [["A"], ["A", "A"], ["", "B"], ["P01", "B"], ["x" * 61, "B"], ["a\n", "B"]])
def test_codes_that_cannot_be_are_refused(db, given):
    with pytest.raises(Refused):
        reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT, codes=given)


def test_a_person_may_name_the_pieces_and_one_may_keep_the_code(db, atlas):
    done = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT, codes=["P00", "P00-东"])
    assert codes(atlas, done.born) == ["P00", "P00-东"]


class Reshaping(RuleBasedStateMachine):
    """Cuts, merges and paints in any order, taken back and done again: the board is what it was, and proved."""

    board: ClassVar[Database]

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.db = copy_of(self.board, self.folder / "play.sqlite")
        self.past, self.future = [], []
        self.now = self.picture()

    def teardown(self):
        assert verify(self.db).faults == ()
        self.db.close()
        shutil.rmtree(self.folder)

    def picture(self):
        atlas = Atlas(self.db)
        parcels_, state = atlas.parcels(), atlas.scenario(DRAFT)
        shapes = shapely.to_wkb(parcels_.geoms).tolist()
        return {int(key): (str(code), shape, state.code_at(at)) for at, (key, code, shape) in
                enumerate(zip(parcels_.ids, parcels_.codes, shapes, strict=True))}  # fmt: skip

    def step(self):
        fresh = self.picture()
        if fresh != self.now:
            self.past.append(self.now)
            self.future = []
            self.now = fresh

    def one(self, at):
        return sorted(self.now)[at % len(self.now)]

    @rule(at=some.integers(0, 50), share=some.floats(0.2, 0.8), turn=some.floats(-0.4, 0.4))
    def split(self, at, share, turn):
        west, south, east, north = shapely.from_wkb(self.now[self.one(at)][1]).bounds
        x, lean = west + share * (east - west), turn * (east - west)
        line = shapely.LineString([(x - lean, south - 1), (x + lean, north + 1)])
        try:
            reshaping.split_by_line(self.db, **ACT, parcel_id=self.one(at), line=line)
        except Refused:
            return
        self.step()

    @rule(at=some.integers(0, 50), after=some.integers(1, 3))
    def merge(self, at, after):
        pair = [self.one(at), self.one(at + after)]
        try:
            reshaping.merge(self.db, **ACT, parcel_ids=pair, main_id=pair[0])
        except Refused:
            return
        self.step()

    @rule(at=some.integers(0, 50), cluster=some.sampled_from([None, "chips", "digital"]))
    def paint(self, at, cluster):
        assigning.assign(self.db, **ACT, parcel_ids=[self.one(at)], cluster=cluster)
        # painting what shows already is a step too, though nothing is seen of it: leave those to the painting machine
        if self.picture() == self.now:
            done = assigning.undo(self.db, actor=LI, scenario_id=DRAFT)
            assert done.command_id
            self.future = []
            return
        self.step()

    @rule()
    def undo(self):
        if self.past:
            assigning.undo(self.db, actor=LI, scenario_id=DRAFT)
            self.future.append(self.now)
            self.now = self.past.pop()

    @rule()
    def redo(self):
        if self.future:
            assigning.redo(self.db, actor=LI, scenario_id=DRAFT)
            self.past.append(self.now)
            self.now = self.future.pop()

    @invariant()
    def the_board_is_whole(self):
        assert self.picture() == self.now
        assert np.isclose(total_m2(self.db), 100_000.0, rtol=0, atol=0.05)


def test_any_order_of_cuts_and_merges_and_paint_goes_back_and_forth(made_board):
    Reshaping.board = made_board
    run_state_machine_as_test(Reshaping, settings=settings(max_examples=4, stateful_step_count=10, deadline=None))


def test_codes_do_not_grow_however_often_land_is_cut_and_joined(db, atlas):
    born = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT).born
    seen = {"P00", *codes(atlas, born)}
    for _ in range(6):
        (merged,) = reshaping.merge(db, **ACT, parcel_ids=born).born
        (code,) = codes(atlas, [merged])
        born = reshaping.split_by_line(db, **ACT, parcel_id=merged, line=UPRIGHT).born
        fresh = [code, *codes(atlas, born)]
        # a number is given once, and always behind the code that all began with
        assert not seen & set(fresh)
        assert all(one.startswith("P00-") and one.count("-") == 1 for one in fresh)
        seen |= set(fresh)
    assert len(seen) == 1 + 2 + 6 * 3
    with db.read() as conn:
        assert [(one.from_id, one.status) for one in lineage.touching(conn, born[:1])] == [(merged, "done")]


def test_a_code_with_a_number_of_its_own_is_a_root(db, atlas):
    reshaping.draw(db, **ACT, shape=shapely.box(500_000, 3_240_100, 500_050, 3_240_150), code="P00-7")
    key = int(atlas.parcels().ids_of(["P00-7"])[0])
    upright = shapely.LineString([(500_020, 3_240_090), (500_020, 3_240_160)])
    born = reshaping.split_by_line(db, **ACT, parcel_id=key, line=upright).born
    assert codes(atlas, born) == ["P00-7-1", "P00-7-2"]


def test_what_was_undone_leaves_its_numbers_free(db, atlas):
    reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT)
    assigning.undo(db, **ACT)
    born = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT).born
    assert codes(atlas, born) == ["P00-1", "P00-2"]


def test_a_road_through_parcels_of_one_origin_names_each_piece_once(db, atlas):
    born = reshaping.split_by_line(db, **ACT, parcel_id=1, line=UPRIGHT).born
    west, south, east, north = shapely.total_bounds(atlas.parcels().geoms[atlas.parcels().row_of(born)])
    road = shapely.LineString([(west - 5, (south + north) / 2), (east + 5, (south + north) / 2)])
    pieces = reshaping.split_by_road(db, **ACT, parcel_ids=born, line=road, width_m=8.0).born
    assert sorted(codes(atlas, pieces)) == ["P00-3", "P00-4", "P00-5", "P00-6"]
