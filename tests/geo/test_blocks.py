"""Contiguous blocks, against a plain walk over the pairs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.adjacency import adjacency
from geo.blocks import blocks
from tests.geo.shapes import array, lots


def joined(*pairs, kind="edge"):
    return pd.DataFrame({"left": [a for a, _ in pairs], "right": [b for _, b in pairs], "kind": [kind for _ in pairs]})


def test_labels_come_in_the_order_of_first_members():
    assert blocks(6, joined((1, 4), (2, 5))).tolist() == [0, 1, 2, 3, 1, 2]


def test_nothing_joined_is_as_many_blocks():
    assert blocks(3, joined()).tolist() == [0, 1, 2]
    assert blocks(0, joined()).tolist() == []


def test_a_corner_does_not_join_unless_asked():
    parcels = array(shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(2, 1, 3, 2))
    pairs = adjacency(parcels)
    assert blocks(3, pairs).tolist() == [0, 1, 1]
    assert blocks(3, pairs, kinds=("edge", "corner")).tolist() == [0, 0, 0]


def test_a_street_parts_two_blocks():
    parcels = np.concatenate([lots(5, 2), shapely.transform(lots(5, 2), lambda xy: xy + np.array((0, 36)))])
    assert blocks(20, adjacency(parcels)).tolist() == [0] * 10 + [1] * 10


@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=60))
def test_blocks_are_those_of_a_walk(edges):
    found = blocks(30, joined(*edges))
    around = {row: {row} for row in range(30)}
    for one, other in edges:
        around[one].add(other)
        around[other].add(one)
    for row in range(30):
        reached, waiting = {row}, [row]
        while waiting:
            fresh = around[waiting.pop()] - reached
            reached |= fresh
            waiting += fresh
        assert set(np.flatnonzero(found == found[row]).tolist()) == reached


def test_a_long_chain_is_one_block():
    chain = np.random.default_rng(1).permutation(20_000)
    assert blocks(20_000, joined(*zip(chain[:-1].tolist(), chain[1:].tolist(), strict=True))).max() == 0
