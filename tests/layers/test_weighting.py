"""The analytic hierarchy process against worked examples that Saaty published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.weighting import JudgementsRefused, matrix_of, priorities

# choosing a school: learning, friends, school life, vocational training, college preparation, music classes. Saaty, The
# Analytic Hierarchy Process, 1980; repeated in European Journal of Operational Research 48, 1990
SCHOOL: list[list[float]] = [
    [1, 4, 3, 1, 3, 4],
    [1 / 4, 1, 7, 3, 1 / 5, 1],
    [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
    [1, 1 / 3, 5, 1, 1, 1 / 3],
    [1 / 3, 5, 5, 1, 1, 3],
    [1 / 4, 1, 6, 3, 1 / 3, 1],
]
# which drink is consumed more in the US: coffee, wine, tea, beer, sodas, milk, water. Saaty, Decision making with the
# analytic hierarchy process, Int. J. Services Sciences 1(1), 2008, table 2
DRINKS: list[list[float]] = [
    [1, 9, 5, 2, 1, 1, 1 / 2],
    [1 / 9, 1, 1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
    [1 / 5, 3, 1, 1 / 3, 1 / 4, 1 / 3, 1 / 9],
    [1 / 2, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [1, 9, 4, 2, 1, 2, 1 / 2],
    [1, 9, 3, 1, 1 / 2, 1, 1 / 3],
    [2, 9, 9, 3, 2, 3, 1],
]


def test_the_school_of_saaty_has_his_weights_and_is_inconsistent():
    found = priorities(SCHOOL)
    assert found.weights == pytest.approx([0.32, 0.14, 0.03, 0.13, 0.24, 0.14], abs=0.006)
    # he calls it inconsistent, and used it to teach that such judgements are looked at again
    assert not found.is_acceptable


def test_the_drinks_of_saaty_have_his_weights_and_are_consistent_enough():
    found = priorities(DRINKS)
    assert found.weights == pytest.approx([0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327], abs=0.002)
    assert found.ratio == pytest.approx(0.022, abs=0.002)
    assert found.is_acceptable


@given(st.lists(st.floats(0.2, 5.0), min_size=1, max_size=8))
def test_judgements_that_follow_from_weights_give_these_weights_back(weights):
    given_ = np.array(weights)
    found = priorities(given_[:, None] / given_[None, :])
    assert found.weights == pytest.approx(given_ / given_.sum(), rel=1e-6)
    assert found.ratio == pytest.approx(0.0, abs=1e-6)


def test_what_was_not_compared_counts_alike_and_the_other_way_round_is_the_inverse():
    assert matrix_of(("a", "b", "c"), {("a", "b"): 4.0}).tolist() == [[1, 4, 1], [0.25, 1, 1], [1, 1, 1]]


@pytest.mark.parametrize(
    ("code", "judgements"),
    [("judgement_unknown", {("a", "z"): 2.0}), ("judgement_out_of_range", {("a", "b"): 10.0})],
)
def test_judgements_outside_the_scale_or_of_nothing_are_refused(code, judgements):
    with pytest.raises(JudgementsRefused) as caught:
        matrix_of(("a", "b"), judgements)
    assert caught.value.code == code


@pytest.mark.parametrize("matrix", [[[1, 2], [2, 1]], [[1, 2]], [[1, -1], [-1, 1]], np.ones((16, 16))])
def test_a_matrix_that_is_no_matrix_of_judgements_is_refused(matrix):
    with pytest.raises(JudgementsRefused):
        priorities(matrix)
