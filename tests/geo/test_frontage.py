"""What a parcel shows to a road, against rays shot one by one."""

from __future__ import annotations

from itertools import pairwise

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


def by_rays(parcels, road, *, distance, step=0.05):
    """Oracle: shoot a ray from every 5 cm of boundary and ask GEOS what it meets."""
    tree = shapely.STRtree(parcels)
    lengths = np.zeros(len(parcels))
    for row, parcel in enumerate(parcels):
        ring = shapely.get_coordinates(shapely.orient_polygons(parcel).exterior)
        for a, b in pairwise(ring):
            length = float(np.hypot(*(b - a)))
            along = (b - a) / length
            if abs(along[0]) < 0.5:  # the road runs east: sides that run within 30° of north do not face it
                continue
            outward = np.array([along[1], -along[0]])
            count = max(1, round(length / step))
            starts = a + along * ((np.arange(count) + 0.5) * length / count)[:, None]
            rays = shapely.linestrings(np.stack([starts + outward * 0.1, starts + outward * distance], axis=1))
            hit = shapely.intersection(rays, road)
            how_far = shapely.distance(shapely.points(starts), hit)
            sight = shapely.linestrings(
                np.stack(
                    [starts + outward * 0.1, starts + outward * np.nan_to_num(how_far, nan=distance)[:, None]], axis=1
                )
            )
            hidden = np.zeros(count, dtype=bool)
            hidden[tree.query(sight, predicate="intersects")[0]] = True
            lengths[row] += length / count * np.sum(~np.isnan(how_far) & ~hidden)
    return lengths


@pytest.mark.parametrize("seed", range(4))
def test_lengths_are_those_of_rays_shot_one_by_one(seed):
    rng = np.random.default_rng(seed)
    middles = np.stack(np.meshgrid(np.arange(4) * 14.0, np.arange(3) * 14.0), axis=-1).reshape(-1, 2)
    middles += rng.uniform(-1.5, 1.5, middles.shape)
    lot = array(box(-5, -4, 5, 4))
    parcels = array(*(at(lot, east, north, rng.uniform(-0.4, 0.4))[0] for east, north in middles))
    road = LineString([(-60, -13 + rng.uniform(-2, 2)), (120, -13 + rng.uniform(-2, 2))])
    found = np.zeros(len(parcels))
    frame = frontage(parcels, array(road), distance_m=30.0)
    found[frame["parcel"]] = frame["frontage_m"]
    assert found == pytest.approx(by_rays(parcels, road, distance=30.0), abs=0.15)


def test_some_parcels_are_measured_among_all():
    parcels = np.concatenate([lots(6, 2), array(box(2, -3, 5, -1))])
    everyone = frontage(parcels, array(SOUTH))
    some = frontage_of(ParcelIndex(parcels), np.array([0, 3, 7]), array(SOUTH))
    assert some.equals(everyone[everyone["parcel"].isin([0, 3, 7])].reset_index(drop=True))
