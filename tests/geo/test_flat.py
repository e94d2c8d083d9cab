"""Polygons as flat arrays."""

from __future__ import annotations

import numpy as np
import shapely

from geo.flat import FlatPolygons

HOLED = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2)], [(4, 4), (5, 4), (5, 5)]])
TWO = shapely.MultiPolygon([shapely.box(20, 0, 21, 1), HOLED])


def test_it_is_what_shapely_gives_as_ragged_arrays() -> None:
    geoms = np.array([TWO, HOLED, shapely.box(0, 0, 1, 1)], dtype=object)
    flat = FlatPolygons.of(geoms)
    _, xy, (rings, parts, rows) = shapely.to_ragged_array(
        [one if one.geom_type == "MultiPolygon" else shapely.MultiPolygon([one]) for one in geoms]
    )
    assert np.array_equal(flat.xy, xy)
    for mine, theirs in ((flat.ring_start, rings), (flat.part_start, parts), (flat.row_start, rows)):
        assert np.array_equal(mine, theirs)


def test_rows_without_area_keep_their_place_and_have_no_parts() -> None:
    geoms = np.array([None, shapely.Polygon(), HOLED, shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)])])
    flat = FlatPolygons.of(geoms)
    assert len(flat) == 5
    assert np.diff(flat.row_start).tolist() == [0, 0, 1, 0, 0]
    assert len(FlatPolygons.of(np.array([], dtype=object))) == 0


def test_it_becomes_shapely_again_row_by_row() -> None:
    geoms = np.array([TWO, None, HOLED, shapely.box(0, 0, 1, 1)], dtype=object)
    found = FlatPolygons.of(geoms).take(np.array([3, 0, 1])).shapes()
    assert shapely.equals(found[:2], geoms[[3, 0]]).all()
    assert shapely.is_empty(found[2])
