"""What is wrong with a geometry, and what mending changes."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon, box

from geo.validity import faults, repair, repair_all
from tests.geo.shapes import array

BOW_TIE = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
HOLE_OUTSIDE = Polygon([(0, 0), (10, 0), (10, 10), (0, 10)], [[(20, 20), (21, 20), (21, 21)]])
SPIKE = Polygon([(0, 0), (10, 0), (10, 10), (5, 10), (5, 20), (5, 10), (0, 10)])


def test_each_fault_has_its_row_its_code_and_its_place():
    with np.errstate(invalid="ignore"):
        wild = Polygon([(0, 0), (1, 0), (np.nan, 1)])
    found = faults(array(box(0, 0, 1, 1), None, Polygon(), BOW_TIE, HOLE_OUTSIDE, wild))
    assert found[["row", "code"]].to_numpy().tolist() == [
        [1, "missing"],
        [2, "empty"],
        [3, "self_intersection"],
        [4, "hole_outside_shell"],
        [5, "not_finite"],
    ]
    assert found[["x", "y"]].to_numpy()[2].tolist() == [5.0, 5.0]
    assert found["x"].isna().tolist() == [True, True, False, False, True]


def test_nothing_wrong_is_an_empty_list_with_the_same_columns():
    found = faults(array(box(0, 0, 1, 1), shapely.Point(0, 0)))
    assert found.columns.tolist() == ["row", "code", "detail", "x", "y"]
    assert len(found) == 0
    assert found["x"].dtype == np.float64


@pytest.mark.parametrize(
    # a ring that lies outside is a part of its own: nothing that was drawn is lost
    ("broken", "area"),
    [(BOW_TIE, 50.0), (HOLE_OUTSIDE, 100.5), (SPIKE, 100.0), (box(0, 0, 2, 2), 4.0)],
)
def test_mending_leaves_valid_polygons_of_the_right_area(broken, area):
    mended, change = repair(broken)
    assert mended.is_valid
    assert mended.geom_type in {"Polygon", "MultiPolygon"}
    assert mended.area == pytest.approx(area)
    assert change == pytest.approx(area - broken.area)


def test_a_polygon_without_area_is_mended_to_nothing():
    mended, change = repair(Polygon([(0, 0), (1, 1), (2, 2)]))
    assert mended.is_empty
    assert change == 0.0


def test_only_broken_polygons_are_touched():
    line, good = shapely.LineString([(0, 0), (1, 1), (0, 1), (1, 0)]), box(0, 0, 1, 1)
    given = array(line, good, None, BOW_TIE)
    mended = repair_all(given)
    assert mended[0] is line
    assert mended[1] is good
    assert mended[2] is None
    assert mended[3].is_valid
    assert given[3] is BOW_TIE
