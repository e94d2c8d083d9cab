"""Splitting: nothing is lost or won, no old vertex moves, areas come out as asked; what cannot be is said."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from geo.grid import MOST_REACH_M, MOST_SWEPT_M2, bend, place_beside, to_grid
from geo.parting import CutRefused, corridor, sides, split, split_to_area, take_out
from geo.units import centi_m2
from tests.geo.land import EAST, NORTH, lines, polygons, square_grid

patient = settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
many, some_dozens = settings(patient, max_examples=150), settings(patient, max_examples=50)
SQUARE = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)


def centi(*geoms):
    return int(centi_m2(shapely.area(list(geoms))).sum())


def exact_m2(geom):
    """The area by rational arithmetic, which no rounding of GEOS or of ours can touch."""
    total = Fraction(0)
    for part in shapely.get_parts(geom):
        for nth, ring in enumerate(shapely.get_rings(part)):
            xy = [tuple(map(Fraction, place)) for place in shapely.get_coordinates(ring).tolist()]
            twice = sum((a[0] * b[1] - a[1] * b[0] for a, b in pairwise(xy)), Fraction(0))
            total += abs(twice) / 2 if nth == 0 else -abs(twice) / 2
    return total


def vertices(*geoms):
    return {tuple(xy) for xy in shapely.get_coordinates(list(geoms)).tolist()}


def least_face_m2(whole, line):
    """The smallest face that a line cuts off, by GEOS's overlay."""
    faces = shapely.get_parts(shapely.polygonize([shapely.union(shapely.boundary(whole), line)]))
    return float(shapely.area(faces[shapely.intersects(whole, shapely.point_on_surface(faces))]).min())


def holds(whole, pieces):
    """What must be true of pieces of a whole."""
    assert centi(*pieces) == centi(whole)
    assert all(piece.is_valid for piece in pieces)
    swept = abs(sum(map(exact_m2, pieces)) - exact_m2(whole))
    new = vertices(*pieces) - vertices(whole)
    assert swept <= Fraction(MOST_SWEPT_M2) * max(2, len(new))
    assert vertices(whole) <= vertices(*pieces)
    places = np.array(sorted(new)).reshape(-1, 2)
    off_grid = places[(places != to_grid(places)).any(axis=1)]
    # where the grid has no place beside an edge a vertex lies on the edge, or on what an earlier one left of it
    assert (off_grid == to_grid(off_grid)).any(axis=1).all()
    assert (shapely.distance(shapely.boundary(whole), shapely.points(off_grid)) < 0.001).all()
    for at, one in enumerate(pieces):
        for other in pieces[at + 1 :]:
            assert shapely.area(shapely.intersection(one, other)) < 1e-6


@many
@given(polygons(), lines())
def test_pieces_of_a_line_are_the_whole(whole, line):
    parts = shapely.get_num_geometries(shapely.difference(whole, line.buffer(0.02)))
    if parts == shapely.get_num_geometries(whole):
        return
    try:
        pieces = split(whole, line)
    except CutRefused as refused:
        # a piece of a few square centimetres has no line long enough to be bent
        if refused.code != "cut_too_fine" or least_face_m2(whole, line) > 0.05:
            raise
        return
    assert len(pieces) >= 2
    holds(whole, pieces)


@some_dozens
@given(polygons(), some.floats(0.03, 0.97), some.integers(0, 100), some.sampled_from([0.0, 0.0, 8.0, 16.5]))
def test_a_split_to_an_area_has_it_to_the_hundredth(whole, share, nth, road_m):
    listed = sides(whole)
    area_m2 = round(whole.area * share, 2)
    try:
        near, road, rest = split_to_area(whole, listed[nth % len(listed)], area_m2, road_m=road_m)
    except CutRefused as refused:
        # a road may not find room behind the piece; that is all that may go wrong
        assume(refused.code not in {"area_too_large", "piece_too_narrow"})
        raise
    assert centi(near) == round(area_m2 * 100)
    assert (road is None) == (road_m == 0.0)
    holds(whole, [piece for piece in (near, road, rest) if piece is not None])


@many
@given(polygons(), lines(), some.floats(2.0, 60.0))
def test_a_corridor_and_what_is_beside_it_are_the_whole(whole, line, width_m):
    try:
        beside, within = take_out(np.array([whole], dtype=object), corridor(line, width_m))[0]
    except CutRefused as refused:
        # two parts apart of which one lies in the corridor: nothing to bend, and the roundings may miss the whole's
        if (refused.code, len(shapely.get_parts(whole))) != ("parts_do_not_add_up", 2):
            raise
        return
    if within is None:
        assert beside == (whole,)
    elif not beside:
        assert within is whole
    else:
        holds(whole, [*beside, within])
        # within is what GEOS's overlay says, but for the strips between the outline and where it is led through edges
        overlay = shapely.intersection(whole, corridor(line, width_m))
        outline_m = shapely.length(shapely.intersection(whole, shapely.boundary(corridor(line, width_m))))
        assert within.area == pytest.approx(overlay.area, abs=MOST_REACH_M * outline_m + 0.01)


@many
@given(
    some.tuples(*[some.integers(-400_000, 400_000)] * 2), some.tuples(*[some.integers(-400_000, 400_000)] * 2),
    some.floats(0.05, 0.95),
)  # fmt: skip
def test_a_place_beside_an_edge_leaves_its_area_and_is_the_same_from_both_ends(start, end, share):
    a, b = np.array(start) / 1000 + [EAST, NORTH], np.array(end) / 1000 + [EAST, NORTH]
    assume(np.hypot(*(b - a)) > 1.0)
    at = a + share * (b - a)
    found, reverse = place_beside(a, b, at), place_beside(b, a, at)
    assert found is not None
    assert reverse is not None
    assert (reverse == found).all()
    assert abs(exact_m2(shapely.Polygon([a, found, b]))) <= Fraction(MOST_SWEPT_M2)
    assert np.hypot(*(found - at)) < MOST_REACH_M * np.sqrt(2) + 0.001


@many
@given(some.tuples(*[some.integers(-200_000, 200_000)] * 2), some.floats(-0.02, 0.02))
def test_a_bend_moves_the_area_asked_for(vector, area_m2):
    start = np.array([EAST, NORTH])
    end = start + np.array(vector) / 1000
    assume(np.hypot(*(end - start)) > 5.0)
    through = bend(start, end, area_m2)
    assert through is not None
    xy = [tuple(map(Fraction, map(float, place))) for place in (start, *through, end)]
    twice = sum((a[0] * b[1] - a[1] * b[0] for a, b in zip(xy, [*xy[1:], xy[0]], strict=True)), Fraction(0))
    assert float(-twice / 2) == pytest.approx(area_m2, abs=0.0005)


def test_a_square_is_split_where_arithmetic_says():
    west = next(one for one in sides(SQUARE) if one.start[0] == one.end[0] == EAST)
    near, road, rest = split_to_area(SQUARE, west, 2_500.0, road_m=10.0)
    assert road is not None
    assert [shape.bounds[2] - EAST for shape in (near, road)] == pytest.approx([25.0, 35.0], abs=0.001)
    assert [shape.area for shape in (near, road, rest)] == pytest.approx([2_500.0, 1_000.0, 6_500.0], abs=0.11)


def test_sides_are_told_by_bearing_and_length_whatever_vertices_lie_on_them():
    chopped = shapely.Polygon([(0, 0), (40, 0), (100, 0), (100, 100), (0, 100)])
    assert [(round(one.bearing_deg), round(one.length_m)) for one in sides(chopped)] == [
        (90, 100), (0, 100), (270, 100), (180, 100),
    ]  # fmt: skip


def test_a_vertex_that_stands_twice_begins_no_side_and_cuts_as_once():
    twice = shapely.Polygon(
        [(EAST, NORTH), (EAST, NORTH), (EAST + 100, NORTH), (EAST + 100, NORTH + 100), (EAST, NORTH + 100)]
    )
    assert len(sides(twice)) == 4
    assert [one.area for one in split_to_area(twice, sides(twice)[0], 2_500.0) if one] == [2_500.0, 7_500.0]


def test_a_line_from_vertex_to_vertex_puts_no_new_vertex():
    pieces = split(SQUARE, shapely.LineString([(EAST, NORTH), (EAST + 100.004, NORTH + 100.003)]))
    assert vertices(*pieces) == vertices(SQUARE)


def test_parts_that_are_all_cut_add_up_though_none_passes_area_to_another():
    parts = [shapely.box(EAST + west, NORTH, EAST + west + 10.0, NORTH + 10.0004) for west in (0.0, 20.0, 40.0)]
    whole = shapely.MultiPolygon(parts)  # 100.004 m² each, 300.01 m² together
    pieces = split(whole, shapely.LineString([(EAST - 5, NORTH + 5), (EAST + 60, NORTH + 5)]))
    assert len(pieces) == 6
    holds(whole, pieces)


def test_a_corridor_over_one_of_two_parts_is_refused_when_their_roundings_miss_the_wholes():
    whole = shapely.MultiPolygon(
        [shapely.box(EAST + west, NORTH, EAST + west + 10.0, NORTH + 10.0004) for west in (0.0, 20.0)]
    )
    road = shapely.box(EAST - 1, NORTH - 1, EAST + 12, NORTH + 12)
    with pytest.raises(CutRefused, match="parts_do_not_add_up"):
        take_out(np.array([whole], dtype=object), road)


def test_parcels_on_a_road_are_cut_at_the_same_places_of_their_common_edge():
    pair = square_grid(2, 1)
    line = shapely.LineString([(EAST - 50, NORTH + 20.123), (EAST + 250, NORTH + 61.987)])
    left, right = take_out(pair, corridor(line, 12.0))
    shared = [vertices(*pieces, within) for pieces, within in (left, right)]
    on_edge = [{place for place in places if abs(place[0] - EAST - 100) < 0.01} for places in shared]
    assert on_edge[0] == on_edge[1]
    assert len(on_edge[0]) == 4


@pytest.mark.parametrize(
    ("area_m2", "road_m", "code"),
    [(0.0, 0.0, "area_not_positive"), (-3.0, 0.0, "area_not_positive"), (10_000.0, 0.0, "area_too_large"),
     (9_500.0, 10.0, "area_too_large"), (0.5, 0.0, "piece_too_narrow"), (9_999.5, 0.0, "piece_too_narrow")],
)  # fmt: skip
def test_an_area_that_cannot_be_is_refused_with_figures(area_m2, road_m, code):
    with pytest.raises(CutRefused) as caught:
        split_to_area(SQUARE, sides(SQUARE)[0], area_m2, road_m=road_m)
    assert caught.value.code == code
    assert caught.value.values


def test_a_line_that_ends_inside_cuts_nothing():
    with pytest.raises(CutRefused) as caught:
        split(SQUARE, shapely.LineString([(EAST - 10, NORTH + 50), (EAST + 60, NORTH + 50)]))
    assert (caught.value.code, caught.value.values) == ("line_does_not_cut", {"inside_m": 60.0})
