"""Which parcels a drawn shape takes, against measuring every one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from geo.index import ParcelIndex
from geo.selecting import PREDICATES, ShapeRefused, by_shape, from_ring
from tests.geo.shapes import array, lots

GRID = ParcelIndex(lots(10, 10))


def test_each_predicate_takes_its_share():
    shape = box(-1, -1, 26, 14)
    # columns 0 and 1 are within, column 2 has 6 of 10 m; row 0 within, row 1 has 4 of 10 m
    assert by_shape(GRID, shape, "within").tolist() == [0, 1]
    assert by_shape(GRID, shape, "majority").tolist() == [0, 1, 2]
    assert by_shape(GRID, shape, "touches").tolist() == [0, 1, 2, 10, 11, 12]


def test_half_is_not_more_than_half():
    assert by_shape(GRID, box(0, 0, 5, 10), "majority").tolist() == []
    assert by_shape(GRID, box(0, 0, 5.001, 10), "majority").tolist() == [0]


def test_a_shape_on_the_boundary_holds_the_parcel():
    assert by_shape(GRID, box(10, 10, 20, 20), "within").tolist() == [11]


@given(st.floats(-20, 120), st.floats(-20, 120), st.floats(1, 80), st.integers(0, 1000))
def test_the_three_are_nested_and_equal_to_measuring_every_parcel(x, y, radius, seed):
    angle = np.sort(np.random.default_rng(seed).uniform(0, 2 * np.pi, 9))
    shape = from_ring(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))
    share = shapely.area(shapely.intersection(GRID.geoms, shape)) / 100.0
    majority = by_shape(GRID, shape, "majority")
    assert majority.tolist() == np.flatnonzero(share > 0.5).tolist()
    assert set(by_shape(GRID, shape, "within")) <= set(majority) <= set(by_shape(GRID, shape, "touches"))
    assert set(np.flatnonzero(share > 1e-9)) <= set(by_shape(GRID, shape, "touches"))


def test_a_line_that_crosses_itself_encloses_by_even_odd():
    eight = from_ring(np.array([(0, 0), (20, 20), (20, 0), (0, 20)]))
    assert eight.area == pytest.approx(200.0)
    # twice round the same square is outside again, as on every drawing board
    star = from_ring(np.array([(0, 0), (30, 0), (30, 30), (10, 30), (10, 10), (20, 10), (20, 20), (0, 20)]))
    assert not star.covers(Point(15, 15))
    assert star.covers(Point(5, 5))


def test_missing_parcels_are_never_taken():
    index = ParcelIndex(array(None, shapely.Polygon(), box(0, 0, 1, 1)))
    for predicate in PREDICATES:
        assert by_shape(index, box(-1, -1, 2, 2), predicate).tolist() == [2]
        assert by_shape(index, shapely.Polygon(), predicate).tolist() == []


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([(0, 0), (1, 1)], "shape_too_few_points"),
        ([(0, 0), (1, 1), (0, 0), (1, 1)], "shape_too_few_points"),
        ([(0, 0), (1, 1), (np.inf, 0)], "shape_not_finite"),
    ],
)
def test_what_encloses_nothing_is_refused(ring, code):
    with pytest.raises(ShapeRefused) as refused:
        from_ring(np.array(ring))
    assert refused.value.code == code


def test_a_tangle_that_would_take_minutes_is_refused():
    step = np.arange(1001) * 500 % 1001 * 2 * np.pi / 1001
    with pytest.raises(ShapeRefused) as refused:
        from_ring(np.column_stack([np.cos(step), np.sin(step)]) * 1000)
    assert refused.value.code == "shape_too_tangled"


def test_the_index_cannot_be_changed_nor_change_with_its_source():
    geoms = lots(2, 1)
    index = ParcelIndex(geoms)
    geoms[0] = None
    assert index.areas_m2.tolist() == [100.0, 100.0]
    assert index.geoms[0] is not None
    with pytest.raises(ValueError, match="read-only"):
        index.geoms[0] = None
