"""Curves and weighted means: known points, missing data that are not zero, bounds that hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from layers.criteria import CRITERIA, combined, curve_faults, marks


def test_a_curve_is_straight_between_its_points_and_level_beyond_them():
    curve = ((0.0, 2.0), (10.0, 8.0), (20.0, 0.0))
    assert marks([-5, 0, 5, 10, 15, 99], curve).tolist() == [2, 2, 5, 8, 4, 0]


def test_what_was_not_measured_has_no_mark():
    assert np.isnan(marks([np.nan], ((0.0, 1.0), (1.0, 2.0)))).all()


@pytest.mark.parametrize("key", CRITERIA)
def test_the_curves_to_begin_with_are_curves(key):
    assert curve_faults(CRITERIA[key].curve) == []


@pytest.mark.parametrize(
    ("code", "curve"),
    [
        ("curve_points", [(0.0, 1.0)]),
        ("curve_not_rising", [(1.0, 1.0), (1.0, 2.0)]),
        ("curve_mark_out_of_range", [(0.0, 1.0), (1.0, 11.0)]),
        ("curve_not_finite", [(0.0, 1.0), (float("nan"), 2.0)]),
    ],
)
def test_what_is_no_curve_is_told(code, curve):
    assert code in [name for name, _ in curve_faults(curve)]


def test_a_missing_criterion_leaves_the_score_to_the_others_and_lessens_what_is_known():
    mark = np.array([[10.0, 10.0], [4.0, np.nan]])
    score, known = combined(mark, np.array([0.25, 0.75]))
    assert score.tolist() == [5.5, 10.0]
    assert known.tolist() == [1.0, 0.25]


def test_a_parcel_of_which_nothing_is_known_has_no_score():
    score, known = combined(np.full((2, 1), np.nan), np.array([0.5, 0.5]))
    assert np.isnan(score[0])
    assert known[0] == 0.0


@given(
    hnp.arrays(np.float64, (4, 5), elements=st.floats(0, 10)),
    hnp.arrays(np.bool_, (4, 5)),
    hnp.arrays(np.float64, 4, elements=st.floats(0.01, 5)),
)
def test_a_score_lies_between_the_least_and_the_best_mark_that_there_is(mark, gone, weight):
    mark = np.where(gone, np.nan, mark)
    score, known = combined(mark, weight)
    for at in range(mark.shape[1]):
        there = mark[:, at][~np.isnan(mark[:, at])]
        assert np.isnan(score[at]) == (not len(there))
        if len(there):
            assert there.min() - 1e-9 <= score[at] <= there.max() + 1e-9
    assert ((known >= 0) & (known <= 1 + 1e-9)).all()
