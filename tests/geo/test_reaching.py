"""Areas and strips: what lies in them, exactly, by figures worked out by hand and by other ways of asking."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as some

from geo.overlay import overlaps
from geo.reaching import Areas, segments

LOT = np.array([shapely.box(0.0, 0.0, 100.0, 100.0)])


def test_what_lies_on_an_area_is_measured_to_the_last_digit():
    found = Areas(np.array([shapely.box(80.0, 0.0, 200.0, 100.0)])).common(LOT)
    assert found.area_m2.tolist() == [2_000.0]
    assert found.distance_m.tolist() == [0.0]


def test_a_strip_along_a_straight_line_is_exact():
    line = shapely.LineString([(-60.0, -500.0), (-60.0, 500.0)])
    found = Areas(np.array([line]), 65.0).common(LOT)
    assert found.area_m2[0] == pytest.approx(500.0, abs=1e-9)
    assert found.distance_m.tolist() == [60.0]


def test_each_area_has_its_own_reach():
    lines = np.array([shapely.LineString([(-x, -500.0), (-x, 500.0)]) for x in (10.0, 10.0)])
    found = Areas(lines, np.array([5.0, 15.0])).common(LOT)
    assert found.other.tolist() == [1]
    assert found.area_m2[0] == pytest.approx(500.0)


def test_a_circle_round_a_school_is_one_to_the_grain_of_coordinates():
    """The part of a circle beyond a chord, by the formula of a circular segment."""
    half = np.array([shapely.box(-1_000.0, -1_000.0, 100.0, 1_000.0)])
    found = Areas(np.array([shapely.Point(180.0, 0.0)]), 100.0).common(half)
    by_formula = 100.0**2 * np.arccos(0.8) - 80.0 * np.sqrt(100.0**2 - 80.0**2)
    # the arc is 129 m long and no chord leaves it by more than a millimetre
    assert by_formula - 0.09 < found.area_m2[0] <= by_formula


def test_a_chord_leaves_the_arc_by_no_more_than_a_millimetre():
    for radius in (5.0, 65.0, 100.0, 300.0):
        assert radius * (1 - np.cos(np.pi / 4 / segments(radius))) <= 0.001


def test_what_lies_in_none_of_the_areas_is_outside():
    inside = np.array([shapely.box(-1_000.0, -1_000.0, 50.0, 1_000.0), shapely.box(50.0, 0.0, 60.0, 100.0)])
    found = Areas(inside).outside(np.concatenate([LOT, [shapely.box(-90.0, 0.0, -10.0, 50.0)]]))
    assert found.subject.tolist() == [0]
    assert found.area_m2.tolist() == [4_000.0]


def test_a_lot_that_meets_no_boundary_is_outside_whole():
    found = Areas(np.array([shapely.box(500.0, 0.0, 600.0, 100.0)])).outside(LOT)
    assert (found.area_m2.tolist(), found.distance_m.tolist()) == ([10_000.0], [400.0])


def test_nothing_is_found_of_nothing():
    nothing = np.zeros(0, dtype=object)
    assert len(Areas(nothing).common(LOT)) == len(Areas(LOT).common(nothing)) == len(Areas(nothing).outside(LOT)) == 0


def test_a_broken_area_is_mended_before_it_is_measured():
    tie = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    assert Areas(np.array([tie])).common(LOT).area_m2[0] == pytest.approx(5_000.0)


boxes = some.lists(
    some.tuples(*(some.integers(0, 40) for _ in range(2)), *(some.integers(1, 30) for _ in range(2))), max_size=6
)


@given(boxes, boxes)
def test_overlaps_are_those_that_the_plain_overlay_finds(mine, theirs):
    def drawn(listed):
        held = np.empty(len(listed), dtype=object)
        held[:] = [shapely.box(x, y, x + w, y + h) for x, y, w, h in listed]
        return held

    lots, areas = drawn(mine), drawn(theirs)
    found, other = Areas(areas).common(lots), overlaps(lots, areas)
    assert found.subject.tolist() == other["subject"].tolist()
    assert found.other.tolist() == other["other"].tolist()
    assert found.area_m2 == pytest.approx(other["area_m2"].to_numpy())


@given(some.integers(0, 300), some.integers(1, 200))
def test_a_reach_takes_all_that_is_near_and_nothing_else(gap, reach):
    lot = np.array([shapely.box(gap, 0.0, gap + 10.0, 10.0)])
    found = Areas(np.array([shapely.box(-10.0, 0.0, 0.0, 10.0)]), float(reach)).common(lot)
    # facing sides: the strip is a rectangle there
    assert found.area_m2.sum() == pytest.approx(10.0 * min(10.0, max(0.0, reach - gap)), abs=1e-6)
