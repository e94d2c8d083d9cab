"""After an edit only what is in reach is measured again, and the answer is that of measuring everything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity, box

from geo.adjacency import adjacency, updated
from geo.flat import FlatPolygons
from geo.index import ParcelIndex
from tests.geo.shapes import YIWU, array, at, lots

DISTANCES = st.sampled_from([
    {},
    {"tolerance_m": 0.001},
    {"near_m": 3.0},
    {"across_m": 6.0},
    {"near_m": 2.0, "across_m": 12.0},
])  # fmt: skip
AS = st.sampled_from([lambda geoms: geoms, FlatPolygons.of, ParcelIndex])


def town(seed):
    """Two blocks of squares with a street of 4 m between."""
    east, north = YIWU
    block = lots(4, 2)
    return at(np.concatenate([block, at(block, 0, 24)]), east, north, turn=seed * 0.1)


def redrawn(geoms, origin, row, rng):
    if geoms[row] is None:
        return geoms, origin
    moved = affinity.translate(geoms[row], *rng.uniform(-3, 3, 2) * rng.choice([1.0, 0.01, 0.001]))
    return array(*geoms[:row], moved, *geoms[row + 1 :]), np.concatenate([origin[:row], [-1], origin[row + 1 :]])


def removed(geoms, origin, row, _rng):
    return np.delete(geoms, row), np.delete(origin, row)


def emptied(geoms, origin, row, _rng):
    return array(*geoms[:row], None, *geoms[row + 1 :]), np.concatenate([origin[:row], [-1], origin[row + 1 :]])


def added(geoms, origin, row, rng):
    near = shapely.bounds(geoms[row])
    x, y = (near[:2] if np.isfinite(near[0]) else np.array(YIWU)) + rng.uniform(-8, 8, 2)
    new = box(x, y, x + rng.uniform(0.5, 9), y + rng.uniform(0.5, 9))
    return array(*geoms[:row], new, *geoms[row:]), np.concatenate([origin[:row], [-1], origin[row:]])


def split(geoms, origin, row, rng):
    if geoms[row] is None:
        return geoms, origin
    west, south, east, north = shapely.bounds(geoms[row])
    cut = west + (east - west) * rng.uniform(0.2, 0.8)
    parts = [shapely.intersection(geoms[row], box(w, south, e, north)) for w, e in ((west, cut), (cut, east))]
    return array(*geoms[:row], *parts, *geoms[row + 1 :]), np.concatenate([origin[:row], [-1, -1], origin[row + 1 :]])


def merged(geoms, origin, row, _rng):
    if row + 1 >= len(geoms):
        return geoms, origin
    both = shapely.union_all(geoms[row : row + 2])
    return array(*geoms[:row], both, *geoms[row + 2 :]), np.concatenate([origin[:row], [-1], origin[row + 2 :]])


def moved_to_the_end(geoms, origin, row, _rng):
    order = np.append(np.delete(np.arange(len(geoms)), row), row)
    return geoms[order], origin[order]


EDITS = (redrawn, removed, emptied, added, split, merged, moved_to_the_end)


@settings(max_examples=160, deadline=None)
@given(seed=st.integers(0, 10_000), distances=DISTANCES, form=AS, rounds=st.integers(1, 12))
def test_a_run_of_edits_ends_where_a_full_run_does(seed, distances, form, rounds):
    rng = np.random.default_rng(seed)
    geoms = town(seed)
    found = adjacency(geoms, **distances)
    for _ in range(rounds):
        before, origin = geoms, np.arange(len(geoms))
        for _ in range(rng.integers(1, 4)):
            if len(geoms) > 2:
                edit = EDITS[rng.integers(len(EDITS))]
                geoms, origin = edit(geoms, origin, int(rng.integers(len(geoms))), rng)
        found = updated(found, form(before), form(geoms), origin, **distances)
        pd.testing.assert_frame_equal(found, adjacency(geoms, **distances), atol=1e-9)


def test_nothing_is_measured_again_where_nothing_changed():
    geoms = lots(30, 30)
    found = adjacency(geoms)
    # what was known of the untouched is taken as it is: a mark in it stays
    marked = found.assign(length_m=found["length_m"] + 1000.0)
    after = geoms.copy()
    after[0] = box(0, 0, 10, 9.9)
    origin = np.arange(900)
    origin[0] = -1
    again = updated(marked, ParcelIndex(geoms), ParcelIndex(after), origin)
    measured = again["length_m"] < 1000.0
    assert set(again.loc[measured, "left"]) == {0}
    assert len(again) == len(found)


def test_many_at_once_are_as_good_as_one():
    geoms = lots(20, 20)
    after = geoms.copy()
    after[::3] = shapely.set_precision(shapely.buffer(after[::3], -0.04), 0.001)
    origin = np.where(np.arange(400) % 3 == 0, -1, np.arange(400))
    found = updated(adjacency(geoms), geoms, after, origin)
    pd.testing.assert_frame_equal(found, adjacency(after), atol=1e-9)
