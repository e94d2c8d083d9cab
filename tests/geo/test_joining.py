"""Snapping and merging: what runs along a neighbour runs along it exactly, and merging undoes a split."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from geo.cutting import CutRefused
from geo.grid import MOST_SWEPT_M2
from geo.joining import cut_back, merge, snap
from geo.parting import split
from geo.units import centi_m2
from tests.geo.land import EAST, NORTH, lines, polygons, square_grid

many = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow]
)


def several(*geoms):
    held = np.empty(len(geoms), dtype=object)
    held[:] = geoms
    return held


@many
@given(polygons(), lines())
def test_merging_takes_a_split_back(whole, line):
    try:
        pieces = split(whole, line)
    except CutRefused:
        return
    try:
        joined = merge(several(*pieces))
    except CutRefused as refused:
        # the line cut both of two parts that lie apart: their pieces are neighbours of one another no more
        if (refused.code, whole.geom_type) != ("not_adjacent", "MultiPolygon"):
            raise
        return
    new = len(shapely.get_coordinates(joined)) - len(shapely.get_coordinates(whole))
    assert joined.symmetric_difference(whole).area <= MOST_SWEPT_M2 * max(1, new)
    assert abs(int(centi_m2([joined.area])[0]) - int(centi_m2([whole.area])[0])) <= 1


@many
@given(polygons(), lines(), some.integers(0, 20), some.floats(0.2, 0.9))
def test_a_piece_is_merged_with_a_neighbour_that_was_not_cut(whole, line, nth, height):
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(shapely.get_parts(whole)[0])))
    start, end = ring[nth % (len(ring) - 1)], ring[nth % (len(ring) - 1) + 1]
    apex = (start + end) / 2 + height * np.array([end[1] - start[1], start[0] - end[0]])
    neighbour = shapely.Polygon([end, start, apex])
    assume(shapely.area(shapely.intersection(neighbour, whole)) < 1e-9)
    try:
        pieces = split(whole, line)
    except CutRefused:
        return
    for piece in pieces:
        if shapely.length(shapely.intersection(shapely.buffer(piece, 0.002), shapely.LineString([start, end]))) > 1.0:
            joined = merge(several(piece, neighbour))
            assert joined.area == pytest.approx(piece.area + neighbour.area, abs=2.5 * MOST_SWEPT_M2)


@many
@given(some.floats(-0.3, 0.3), some.floats(-0.3, 0.3), some.floats(-0.2, 0.2))
def test_a_parcel_beside_its_neighbours_is_brought_to_them(east, north, turn_deg):
    squares = square_grid(3, 3)
    moved = shapely.affinity.translate(shapely.affinity.rotate(squares[4], turn_deg), east, north)
    others = np.delete(squares, 4)
    found = snap(moved, others, tolerance_m=1.0)
    assert found.geom.equals(squares[4])
    assert found.area_change_m2 == pytest.approx(10_000.0 - moved.area)
    assert shapely.area(shapely.intersection(found.geom, others)).sum() == 0.0


def test_a_neighbours_vertex_along_an_edge_is_put_into_it():
    big = shapely.box(EAST, NORTH - 100.2, EAST + 200, NORTH - 0.2)
    found = snap(big, square_grid(2, 1), tolerance_m=0.5)
    assert (EAST + 100, NORTH) in {tuple(xy) for xy in shapely.get_coordinates(found.geom).tolist()}
    assert (found.moved, found.added) == (2, 1)


def test_a_tolerance_as_wide_as_the_parcel_is_refused():
    thin = shapely.box(EAST, NORTH - 0.4, EAST + 100, NORTH - 0.1)
    with pytest.raises(CutRefused, match="snap_collapses"):
        snap(thin, square_grid(1, 1), tolerance_m=1.0)


@many
@given(polygons(), some.floats(20.0, 250.0))
def test_a_drawn_shape_cut_back_keeps_off_what_is_there(there, radius):
    drawn = shapely.Point(EAST, NORTH).buffer(radius)
    rest = cut_back(drawn, several(there))
    assert rest.is_valid
    assert rest.intersection(there).area < 0.05
    assert rest.area == pytest.approx(drawn.difference(there).area, abs=radius * 0.05)


def test_parcels_that_do_not_touch_are_not_merged_and_the_gap_is_told():
    squares = square_grid(3, 1)
    with pytest.raises(CutRefused) as caught:
        merge(squares[[0, 2]])
    assert (caught.value.code, caught.value.values) == ("not_adjacent", {"gap_m": 100.0})


def test_parcels_that_touch_at_a_corner_only_are_not_merged():
    squares = square_grid(2, 2)
    with pytest.raises(CutRefused, match="not_adjacent"):
        merge(squares[[0, 3]])


def test_parcels_that_overlap_are_not_merged_and_the_area_is_told():
    one = shapely.box(0, 0, 10, 10)
    with pytest.raises(CutRefused) as caught:
        merge(several(one, shapely.box(9, 0, 20, 10)))
    assert (caught.value.code, caught.value.values["change_m2"]) == ("merge_changes_area", -10.0)
