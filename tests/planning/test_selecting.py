"""Each way to select, on the board: by shape, by condition, by neighbours, by search, by what is unassigned."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Transformer
from shapely import LineString, box

from planning import assigning, selecting
from planning.errors import Refused
from planning.lookup import TextIndex
from planning.selecting import Condition
from tests.planning.board import DRAFT, LI, add, parcels

WEST, SOUTH = 500_000.0, 3_240_000.0
TO_LONLAT = Transformer.from_crs(4549, 4326, always_xy=True)


def codes(atlas, found):
    snapshot = atlas.parcels()
    return snapshot.codes[snapshot.row_of(found)].tolist()


def ring(*places):
    """Longitude and latitude of places given in metres from the south-west corner of the board."""
    x, y = np.array(places, dtype=float).T
    return np.column_stack(TO_LONLAT.transform(x + WEST, y + SOUTH))


def rectangle(west, south, east, north):
    return ring((west, south), (east, south), (east, north), (west, north))


@pytest.mark.parametrize(
    ("predicate", "taken"), [("within", ["P01"]), ("majority", ["P01", "P02"]), ("touches", ["P00", "P01", "P02"])]
)
def test_a_drawn_shape_takes_by_the_predicate(atlas, predicate, taken):
    assert codes(atlas, selecting.by_shape(atlas, rectangle(60, -10, 260, 110), predicate)) == taken


def test_a_line_that_crosses_itself_takes_what_it_encloses(atlas):
    eight = ring((-10, -10), (310, 130), (310, -10), (-10, 130))
    assert codes(atlas, selecting.by_shape(atlas, eight, "touches")) == ["P00", "P01", "P02", "P03"]
    assert codes(atlas, selecting.by_shape(atlas, eight, "within")) == []


def test_a_shape_over_half_the_world_takes_everything(atlas):
    world = np.array([(-170, -80), (170, -80), (170, 80), (-170, 80)], dtype=float)
    assert len(selecting.by_shape(atlas, world, "within")) == 10
    ocean = np.array([(-170, -80), (-20, -80), (-20, 80), (-170, 80)], dtype=float)
    assert len(selecting.by_shape(atlas, ocean, "touches")) == 0


@pytest.mark.parametrize(
    ("shape", "predicate", "code"),
    [
        ([(120.0, 29.0), (120.1, 29.1)], "within", "shape_too_few_points"),
        ([(120.0, 29.0), (120.1, 29.1), (np.nan, 29.0)], "within", "shape_not_finite"),
        ([(120.0, 29.0), (120.1, 29.1), (120.2, 29.0)], "around", "unknown_predicate"),
    ],
)
def test_a_shape_that_selects_nothing_is_refused(atlas, shape, predicate, code):
    with pytest.raises(Refused) as refused:
        selecting.by_shape(atlas, shape, predicate)
    assert [fault.code for fault in refused.value.faults] == [code]


def meeting(atlas, *conditions):
    return codes(atlas, selecting.by_condition(atlas, atlas.scenario(DRAFT), [Condition(*one) for one in conditions]))


@pytest.mark.parametrize(
    ("conditions", "taken"),
    [
        ([("cluster", "=", "chips")], ["P00", "P01"]),
        ([("cluster", "in", ("health", None))], [f"P0{nth}" for nth in range(2, 10)]),
        ([("cluster", "empty")], [f"P0{nth}" for nth in range(3, 10)]),
        ([("cluster", "filled"), ("cluster", "!=", "chips")], ["P02"]),
        ([("text", "contains", "p07")], ["P07"]),
        ([("text", "contains", "地块05")], ["P05"]),
        ([("code", "in", ("P01", "P09", "X"))], ["P01", "P09"]),
        ([("name", "contains", "块0"), ("id", "<=", 2)], ["P00", "P01"]),
        ([("stage", "=", "在库"), ("id", "=", 4)], ["P03"]),
        ([("stage", "in", ("ready", "announced"))], []),
        ([("area_mu", ">=", 15), ("area_mu", "<=", "15.0"), ("id", "=", 1)], ["P00"]),
        ([("area_m2", ">", 10_000)], []),
        ([("locked", "=", True)], []),
        ([("ready_date", "<", "2026-01-01")], []),
        ([("far_max", "<=", 3.0)], []),
        ([("far_max", "empty"), ("id", "=", 7)], ["P06"]),
        ([("town", "=", "稠江街道")], []),
    ],
)
def test_parcels_that_meet_every_condition(atlas, conditions, taken):
    assert meeting(atlas, *conditions) == taken


def test_no_condition_is_everything(atlas):
    assert len(meeting(atlas)) == 10


def test_locked_parcels_are_found(db, atlas):
    one = atlas.parcels().ids_of(["P04"]).tolist()
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=one)
    assert meeting(atlas, ("locked", "=", "是")) == ["P04"]


def test_every_wrong_condition_is_told_at_once(atlas):
    wrong = [
        ("colour", "=", "red"),
        ("area_mu", "about", 15),
        ("area_mu", ">", "many"),
        ("stage", "=", "sold"),
        ("cluster", "=", "nonsense"),
        ("town", "in", "稠江街道"),
        ("cluster", "contains", "chips"),
    ]
    with pytest.raises(Refused) as refused:
        meeting(atlas, ("id", "=", 1), *wrong)
    told = [fault.code for fault in refused.value.faults]
    assert told == [
        "unknown_field",
        "unknown_operator",
        "unknown_value",
        "unknown_value",
        "unknown_value",
        "unknown_value",
        "unknown_operator",
    ]
    assert refused.value.faults[0].where == "condition 2"


def test_growing_takes_edges_and_leaves_out_the_members(atlas):
    chosen = atlas.parcels().ids_of(["P03", "P04"])
    assert codes(atlas, selecting.neighbours(atlas, chosen)) == ["P02", "P05"]
    assert len(selecting.neighbours(atlas, [])) == 0


def test_a_corner_is_a_neighbour_only_when_asked(db, atlas):
    extra = parcels(".", prefix="Q")
    add(db, extra.set_geometry(gpd.GeoSeries([box(WEST + 100, SOUTH + 100, WEST + 200, SOUTH + 200)], crs=4549)))
    one = atlas.parcels().ids_of(["Q00"])
    assert codes(atlas, selecting.neighbours(atlas, one)) == ["P01"]
    assert codes(atlas, selecting.neighbours(atlas, one, kinds=("edge", "corner"))) == ["P00", "P01", "P02"]


def test_a_search_finds_codes_and_names_in_every_layer_best_first(db, atlas):
    street = LineString([(WEST, SOUTH - 10), (WEST + 100, SOUTH - 10)])
    add(db, gpd.GeoDataFrame({"code": ["P0"], "name": ["PARK road"]}, geometry=[street], crs=4549), "roads")
    found = selecting.search(atlas, "p0", 4)
    assert [(hit.layer, hit.code) for hit in found] == [
        ("roads", "P0"), ("parcels", "P00"), ("parcels", "P01"), ("parcels", "P02"),
    ]  # fmt: skip
    assert [hit.code for hit in selecting.search(atlas, " park ROAD ", 5)] == ["P0"]
    assert [hit.code for hit in selecting.search(atlas, "块07", 5)] == ["P07"]
    assert selecting.search(atlas, "  ", 5) == []
    assert selecting.search(atlas, "nowhere", 5) == []


def test_a_changed_name_is_found_under_the_new_one():
    index = TextIndex(np.array(["Alpha", None, "al\nbe", "ALPHA beta"], dtype=object))
    assert index.find("alpha", 5) == [(0, 0), (1, 3)]
    assert index.find("al be", 5) == [(0, 2)]
    assert index.containing("a").tolist() == [0, 2, 3]
    assert index.containing("").tolist() == []


def test_the_next_unassigned_comes_round_again(db, atlas):
    state = atlas.scenario(DRAFT)
    every = atlas.parcels().ids.tolist()
    assert selecting.next_unassigned(atlas, state, None) == every[3]
    assert selecting.next_unassigned(atlas, state, every[3]) == every[4]
    assert selecting.next_unassigned(atlas, state, every[9]) == every[3]
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=every, cluster="chips", reason="", seen=None)
    assert selecting.next_unassigned(atlas, atlas.scenario(DRAFT), None) is None


def test_the_values_of_a_column_are_each_told_once(db, atlas):
    add(db, parcels("..", prefix="T").assign(town=["佛堂镇", "佛堂镇"]))
    assert selecting.values_of(atlas.parcels(), "town") == ["佛堂镇"]
