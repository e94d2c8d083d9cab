"""Which roads and rivers part two neighbours."""

from __future__ import annotations

import numpy as np
import shapely
from shapely import LineString, box

from geo.adjacency import adjacency
from geo.cuts import barrier_areas, cuts
from tests.geo.shapes import array, at


def parted(parcels, *barriers, widths=None, near_m=30.0):
    """The pairs that are cut, each with its barrier."""
    pairs = adjacency(parcels, near_m=near_m)
    found = cuts(parcels, pairs, barrier_areas(array(*barriers), widths))
    return [
        (int(pairs["left"][pair]), int(pairs["right"][pair]), int(barrier))
        for pair, barrier in zip(found["pair"], found["barrier"], strict=True)
    ]


ACROSS_A_STREET = array(box(0, 0, 50, 40), box(0, 60, 50, 100), box(50, 0, 100, 40))


def test_a_street_between_two_parcels_cuts_them_and_not_the_two_on_one_side():
    assert parted(ACROSS_A_STREET, LineString([(-10, 50), (110, 50)])) == [(0, 1, 0), (1, 2, 0)]


def test_a_road_that_ends_before_them_or_runs_behind_them_does_not():
    behind, short = LineString([(-10, -5), (110, -5)]), LineString([(-80, 50), (-10, 50)])
    assert parted(ACROSS_A_STREET, behind, short) == []


def test_a_river_is_a_polygon_and_touching_it_is_not_crossing_it():
    assert parted(ACROSS_A_STREET, box(-10, 42, 110, 55), box(-10, -20, 110, 0)) == [(0, 1, 0), (1, 2, 0)]


def test_a_road_as_wide_as_the_gap_cuts_what_lies_on_its_edges():
    parcels = array(box(0, 0, 50, 40), box(0, 60, 50, 100))
    assert parted(parcels, LineString([(-10, 50), (60, 50)]), widths=np.array([20.0])) == [(0, 1, 0)]


def test_a_road_along_the_ends_of_two_parcels_is_not_between_them():
    parcels = array(box(0, 0, 50, 40), box(60, 0, 110, 40))
    assert parted(parcels, LineString([(-10, 50), (120, 50)]), box(-10, -20, 120, 0), widths=np.array([20.0, 0])) == []


def test_parcels_drawn_to_the_middle_of_the_road_are_cut_by_it():
    parcels = array(box(0, 0, 50, 40), box(0, 40, 50, 80))
    along, across = LineString([(-10, 40), (60, 40)]), LineString([(25, -10), (25, 90)])
    assert parted(parcels, along, across, widths=np.array([12.0, np.nan])) == [(0, 1, 0)]


def test_a_road_along_a_part_of_the_shared_edge_leaves_the_rest_joined():
    parcels = array(box(0, 0, 50, 40), box(0, 40, 50, 80))
    assert parted(parcels, LineString([(-10, 40), (25, 40)])) == []


def test_it_does_not_depend_on_where_the_parcels_lie_or_how_they_are_turned():
    road = array(LineString([(-10, 50), (110, 50)]))
    moved, road = at(ACROSS_A_STREET, 507_286.0, 3_243_188.0, 0.7), at(road, 507_286.0, 3_243_188.0, 0.7)
    assert parted(moved, road[0]) == [(0, 1, 0), (1, 2, 0)]


def test_points_and_nothing_part_nothing():
    assert parted(ACROSS_A_STREET, shapely.Point(25, 50), None) == []
    assert parted(ACROSS_A_STREET) == []
