"""Faces between segments: GEOS' polygonizer finds the same."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo._faces import faces_between


def found(segments):
    """Return the faces between segments ``(n, 2, 2)`` as polygons, by area and place."""
    between = faces_between(segments[:, 0], segments[:, 1], np.zeros(len(segments), dtype=bool))
    outer, area, length = between.measured()
    shapes = between.polygons(outer)
    assert shapely.is_valid(shapes).all()
    assert np.allclose(shapely.area(shapes), area)
    assert np.allclose(shapely.length(shapes), length)
    return shapes


def by_geos(segments):
    noded = shapely.get_parts(shapely.union_all(shapely.linestrings(segments)))
    return shapely.get_parts(shapely.polygonize(noded))


def assert_same(ours, theirs):
    assert len(ours) == len(theirs)
    tree = shapely.STRtree(ours)
    points = shapely.point_on_surface(theirs)
    face, hit = tree.query(points, predicate="within")
    assert face.tolist() == list(range(len(theirs)))
    assert len(set(hit.tolist())) == len(ours)
    assert np.allclose(shapely.area(ours[hit]), shapely.area(theirs))
    assert np.allclose(shapely.length(ours[hit]), shapely.length(theirs))


# coordinates of few whole numbers: segments that share ends, touch, cross in one place, run along one another
whole = st.tuples(st.integers(0, 6), st.integers(0, 6))


@given(st.lists(st.tuples(whole, whole).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=40))
def test_whole_numbers(pairs):
    segments = np.array(pairs, dtype=np.float64) * 8 + 500_000.0
    assert_same(found(segments), by_geos(segments))


@pytest.mark.parametrize("count", [10, 100, 600])
def test_lines_at_random(count):
    rng = np.random.default_rng(count)
    start = rng.uniform(0, 1000, (count, 2))
    start += (500_000.0, 3_200_000.0)
    segments = np.stack([start, start + rng.normal(0, 80, (count, 2))], axis=1)
    assert_same(found(segments), by_geos(segments))


def test_rings_within_rings_touching_and_apart():
    square = shapely.box(0, 0, 20, 20)
    shapes = [square, shapely.box(2, 2, 8, 8), shapely.box(3, 3, 5, 5), shapely.Polygon([(20, 20), (12, 18), (18, 12)])]
    coordinates = [shapely.get_coordinates(shape) for shape in shapes]
    segments = np.concatenate([np.stack([xy[:-1], xy[1:]], axis=1) for xy in coordinates])
    faces = found(segments)
    assert sorted(shapely.area(faces).tolist()) == [4.0, 30.0, 36.0 - 4.0, 400.0 - 36.0 - 30.0]
    assert_same(faces, by_geos(segments))


def test_a_foot_that_is_not_on_its_line_to_the_last_bit_closes_a_face():
    a, b, p = np.array([500_000.1, 3_200_000.7]), np.array([500_033.3, 3_200_011.9]), np.array([500_015.0, 3_200_020.0])
    t = ((p - a) @ (b - a)) / ((b - a) @ (b - a))
    foot = a + t * (b - a)
    segments = np.array([[a, b], [p, foot], [p, a]])
    faces = found(segments)
    assert shapely.area(faces).tolist() == pytest.approx([shapely.Polygon([a, foot, p]).area])


def test_no_segments_no_faces():
    assert len(found(np.zeros((0, 2, 2)))) == 0


def test_a_face_is_held_where_a_filled_side_is_towards_it():
    one, other = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    # the second runs the other way round: its inside is on the right
    coordinates = [shapely.get_coordinates(shapely.normalize(each)) for each in (one, other)]
    coordinates[0] = coordinates[0][::-1]
    segments = np.concatenate([np.stack([xy[:-1], xy[1:]], axis=1) for xy in coordinates])
    between = faces_between(segments[:, 0], segments[:, 1], np.ones(len(segments), dtype=bool))
    outer, _, _ = between.measured()
    middles = shapely.get_coordinates(shapely.centroid(between.polygons(outer)))[:, 0]
    held = dict(zip(middles.tolist(), between.held[outer].tolist(), strict=True))
    assert held == {5.0: True, 15.0: False}
