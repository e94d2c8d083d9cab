"""What a parcel shows to a road, against rays shot one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from geo.frontage import frontage, frontage_of
from geo.index import ParcelIndex
from tests.geo.shapes import YIWU, array, at, lots

SOUTH = LineString([(-50, -5), (60, -5)])


def seen(parcels, roads, **options):
    found = frontage(parcels, roads, **options)
    return [
        (int(parcel), int(road), round(float(length), 3), round(float(distance), 3))
        for parcel, road, length, distance in found.itertuples(index=False)
    ]


def test_the_front_row_faces_the_street_and_the_row_behind_does_not():
    assert seen(lots(3, 2), array(SOUTH)) == [(0, 0, 10.0, 5.0), (1, 0, 10.0, 5.0), (2, 0, 10.0, 5.0)]


def test_a_corner_parcel_faces_both_streets():
    west = LineString([(-6, -50), (-6, 60)])
    assert seen(lots(2, 1), array(SOUTH, west)) == [(0, 0, 10.0, 5.0), (0, 1, 10.0, 6.0), (1, 0, 10.0, 5.0)]


def test_a_parcel_in_between_hides_its_own_width():
    kiosk = box(2, -3, 5, -1)
    assert seen(array(box(0, 0, 10, 10), kiosk), array(SOUTH)) == [(0, 0, 7.0, 5.0), (1, 0, 3.0, 2.0)]


def test_a_slit_between_two_parcels_is_no_view():
    front = array(box(0, 10, 20, 20), box(0, 0, 9.99, 8), box(10.04, 0, 20, 8))
    assert [row[0] for row in seen(front, array(SOUTH))] == [1, 2]


def test_another_wing_of_the_same_parcel_hides_too():
    # a hook: the upper arm looks down on the lower one
    hook = Polygon([(0, 0), (10, 0), (10, 2), (2, 2), (2, 4), (10, 4), (10, 6), (0, 6)])
    assert seen(array(hook), array(SOUTH)) == [(0, 0, 10.0, 5.0)]


def test_the_distance_is_measured_to_the_edge_of_the_road():
    far = LineString([(-50, -25), (60, -25)])
    one = array(box(0, 0, 10, 10))
    assert seen(one, array(far)) == []
    assert seen(one, array(far), widths_m=np.array([20.0])) == [(0, 0, 10.0, 15.0)]
    assert seen(one, array(far), widths_m=np.array([np.nan])) == []
    assert seen(one, array(box(-50, -35, 60, -15)), widths_m=np.array([20.0])) == [(0, 0, 10.0, 15.0)]


@pytest.mark.parametrize("north", [0.0, 0.05, -0.05])
def test_a_road_polygon_that_touches_is_faced_at_no_distance(north):
    assert seen(array(box(0, 0, 10, 10)), array(box(-50, -10, 60, north))) == [(0, 0, 10.0, max(0.0, -north))]


def test_a_road_seen_along_its_length_is_not_faced():
    leaving = LineString([(12, 5), (60, 5)])
    assert seen(array(box(0, 0, 10, 10)), array(leaving)) == []


def test_a_road_that_ends_is_faced_only_where_it_is():
    assert seen(array(box(0, 0, 10, 10)), array(LineString([(4, -5), (60, -5)]))) == [(0, 0, 6.0, 5.0)]


def test_a_slanting_road_is_faced_up_to_the_distance():
    # falls away from (0, -16) by 3 m in 5: 20 m away at x = 20/3
    slanting = LineString([(-5, -13), (25, -31)])
    assert seen(array(box(0, 0, 10, 10)), array(slanting)) == [(0, 0, 6.667, 16.0)]


def test_a_road_of_many_pieces_and_lanes_counts_once():
    lanes = shapely.MultiLineString([[(-50, -5), (3, -5), (60, -5)], [(-50, -8), (60, -8)]])
    assert seen(array(box(0, 0, 10, 10)), array(lanes)) == [(0, 0, 10.0, 5.0)]


def test_nothing_to_look_at_is_an_empty_frame():
    for roads in (array(), array(None, LineString(), shapely.Point(0, -1))):
        found = frontage(lots(2, 1), roads)
        assert found.columns.tolist() == ["parcel", "road", "frontage_m", "distance_m"]
        assert len(found) == 0
    assert len(frontage(array(None, Polygon()), array(SOUTH))) == 0
    with pytest.raises(ValueError, match="distance_not_positive"):
        frontage(lots(1, 1), array(SOUTH), distance_m=0.0)


@given(st.floats(0, 2 * np.pi))
def test_turning_and_moving_the_city_changes_nothing(turn):
    parcels = np.concatenate([lots(4, 2), shapely.transform(lots(4, 2), lambda xy: xy + np.array((0, 30)))])
    roads = array(SOUTH, LineString([(-50, 25), (60, 25)]), LineString([(-7, -50), (-7, 80)]))
    straight = frontage(parcels, roads)
    turned = frontage(at(parcels, *YIWU, turn=turn), at(roads, *YIWU, turn=turn))
    assert turned[["parcel", "road"]].equals(straight[["parcel", "road"]])
    assert turned["frontage_m"].to_numpy() == pytest.approx(straight["frontage_m"].to_numpy(), abs=1e-6)
    assert turned["distance_m"].to_numpy() == pytest.approx(straight["distance_m"].to_numpy(), abs=1e-6)


def test_a_road_that_overlaps_further_is_faced_while_its_middle_lies_outside():
    lot = array(box(0, 0, 10, 10))
    assert seen(lot, array(box(-50, -16, 60, 2))) == [(0, 0, 10.0, 0.0)]
    # wider than one can see
    assert seen(lot, array(box(-50, -40, 60, 2))) == [(0, 0, 10.0, 0.0)]
    assert seen(lot, array(box(-50, -2, 60, 6))) == []
    assert seen(lot, array(LineString([(-50, -7), (60, -7)])), widths_m=np.array([18.0])) == [(0, 0, 10.0, 0.0)]


def test_the_row_behind_does_not_face_a_road_that_overlaps_the_row_in_front():
    rows = array(box(0, 0, 10, 3), box(0, 3, 10, 12))
    assert seen(rows, array(box(-50, -16, 60, 5))) == [(0, 0, 10.0, 0.0)]


def test_a_road_through_a_parcel_is_not_faced_by_it_nor_by_the_sides_it_passes():
    assert seen(array(box(0, 0, 60, 60)), array(box(27, -200, 33, 200))) == []
    assert seen(array(box(0, 0, 60, 60)), array(LineString([(30, -200), (30, 200)])), widths_m=np.array([6.0])) == []


def test_a_road_in_a_courtyard_is_faced_from_inside():
    court = Polygon(box(0, 0, 40, 40).exterior, [box(10, 10, 30, 30).exterior])
    lane = LineString([(10, 20), (30, 20)])
    assert seen(array(court), array(lane)) == [(0, 0, 40.0, 10.0)]
    # a parcel that fills the courtyard hides it, and has no road itself
    assert seen(array(court, box(10, 10, 30, 30)), array(SOUTH)) == [(0, 0, 40.0, 5.0)]


def test_both_parts_of_a_parcel_face_the_road_and_one_hides_the_other():
    parts = shapely.MultiPolygon([box(0, 0, 10, 10), box(12, 5, 20, 10), box(0, 12, 20, 20)])
    assert seen(array(parts), array(SOUTH), distance_m=12.0) == [(0, 0, 18.0, 5.0)]


def test_the_land_of_the_road_drawn_as_a_parcel_hides_no_road():
    lots_and_street = array(box(0, 0, 10, 10), box(-50, -16, 60, 0), box(0, -26, 10, -16))
    for street in (array(LineString([(-50, -8), (60, -8)])), array(box(-50, -16, 60, 0))):
        facing = [row for row in seen(lots_and_street, street, widths_m=np.array([16.0])) if row[0] != 1]
        assert facing == [(0, 0, 10.0, 0.0), (2, 0, 10.0, 0.0)]


def test_who_stands_in_another_parcel_does_not_look_through_its_far_side():
    # drawn over one another by half a metre
    assert seen(array(box(0, 0, 10, 10), box(0, 9.5, 10, 20)), array(SOUTH)) == [(0, 0, 10.0, 5.0)]
    # a lot within a park, at its edge, and one in the middle of it
    park = array(box(0, 0, 30, 30), box(2, 0, 8, 6), box(20, 3, 26, 9))
    assert seen(park, array(SOUTH)) == [(0, 0, 30.0, 5.0), (1, 0, 6.0, 5.0)]


def test_slits_do_not_add_up_and_a_boundary_of_small_steps_does():
    front = [box(3.0 * at, 0, 3.0 * at + 2.94, 4) for at in range(8)]
    behind = box(0, 5, 24, 12)
    assert [row[0] for row in seen(array(behind, *front), array(SOUTH))] == list(range(1, 9))
    steps = [(0.04 * at, -0.001 * (at % 2)) for at in range(251)]
    lot = Polygon([*steps, (10.0, 10.0), (0.0, 10.0)])
    assert seen(array(lot), array(SOUTH))[0][2] == pytest.approx(10.0, abs=0.01)


def test_an_acute_corner_is_faced_up_to_its_point():
    assert seen(array(Polygon([(0, 0), (10, 0), (0, 5)])), array(SOUTH)) == [(0, 0, 10.0, 5.0)]


def test_an_edge_of_kilometres_is_faced_where_the_road_runs():
    lot = array(box(0, 0, 3000, 500))
    roads = array(LineString([(-100, -5), (1000, -5)]), LineString([(1500, -10), (4000, -10)]))
    assert seen(lot, roads) == [(0, 0, 1000.0, 5.0), (0, 1, 1500.0, 10.0)]


def test_a_parcel_that_others_surround_faces_nothing():
    middle, *ring = (box(10 * x, 10 * y, 10 * x + 10, 10 * y + 10) for x, y in (
        (1, 1), (0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 2), (2, 2)))  # fmt: skip
    around = shapely.box(-5, -5, 35, 35).exterior
    assert sorted({row[0] for row in seen(array(middle, *ring), array(around))}) == list(range(1, 9))


def test_some_parcels_are_measured_among_all():
    parcels = np.concatenate([lots(6, 2), array(box(2, -3, 5, -1))])
    everyone = frontage(parcels, array(SOUTH))
    some = frontage_of(ParcelIndex(parcels), np.array([0, 3, 7]), array(SOUTH))
    assert some.equals(everyone[everyone["parcel"].isin([0, 3, 7])].reset_index(drop=True))
