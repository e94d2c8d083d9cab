"""Nearest distances against all distances."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.proximity import nearest_m

place = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


def placed(points: list[tuple[int, int]]) -> NDArray[np.object_]:
    return np.array([shapely.Point(*one) for one in points], dtype=np.object_)


@given(st.lists(place, min_size=1, max_size=12), st.lists(place, min_size=1, max_size=12))
def test_the_nearest_is_the_least_of_all_and_the_first_of_equals(ours, theirs):
    shapes, things = placed(ours), placed(theirs)
    distance, nearest = nearest_m(shapes, things)
    every = shapely.distance(shapes[:, None], things[None, :])
    assert np.allclose(distance, every.min(axis=1))
    assert nearest.tolist() == every.argmin(axis=1).tolist()


def test_without_things_there_is_no_distance():
    distance, nearest = nearest_m(placed([(0, 0)]), np.empty(0, dtype=object))
    assert np.isnan(distance).all()
    assert nearest.tolist() == [-1]
