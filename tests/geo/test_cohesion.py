"""Cohesion: counted by hand on boards of letters, by networkx-free search on crooked ones, and moves by doing them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

from geo.cohesion import cohesion, moves

NONE = 255
A, B = 0, 1


def board(*rows):
    """Squares of 100 m: the classes row by row, and pairs along edges of 100 m."""
    letters = "".join(rows)
    wide = len(rows[0])
    classes = np.array([NONE if one == "." else ord(one) - ord("a") for one in letters], dtype=np.uint8)
    pairs = [(at, at + 1) for at in range(len(letters)) if (at + 1) % wide]
    pairs += [(at, at + wide) for at in range(len(letters) - wide)]
    left, right = np.array(sorted(pairs)).reshape(-1, 2).T
    return classes, pd.DataFrame({"left": left, "right": right, "length_m": 100.0})


def test_a_board_counted_by_hand():
    classes, edges = board("aab", "a.b", "b.a")
    found = cohesion(classes, np.full(9, 10), edges)
    assert (found.parcels[A], found.orphans[A], found.blocks[A]) == (4, 1, 2)
    assert (found.parcels[B], found.orphans[B], found.blocks[B]) == (3, 1, 2)
    assert found.shared_m[A] == 200.0
    # a–b across three edges; a–. across one at the corner below and one beside the third
    assert found.bordering_m[A] == 100.0 * 6
    assert found.like_share[A] == pytest.approx(400 / 1000)
    assert found.largest_share[A] == pytest.approx(3 / 4)
    assert found.coherence[A] == pytest.approx((3**2 + 1) / 16)
    assert np.isnan(found.like_share[7])


def test_one_block_is_whole_and_strangers_have_nothing():
    classes, edges = board("aaaa")
    found = cohesion(classes, np.array([1, 2, 3, 4]), edges)
    assert (found.coherence[A], found.largest_share[A], found.like_share[A]) == (1.0, 1.0, 1.0)
    assert (found.orphans[B], found.blocks[B], found.coherence[B]) == (0, 0, 0.0)


@some.composite
def boards(draw):
    wide, high = draw(some.integers(1, 5)), draw(some.integers(1, 5))
    letters = draw(some.lists(some.sampled_from("abc."), min_size=wide * high, max_size=wide * high))
    classes, edges = board(*["".join(letters[at * wide : (at + 1) * wide]) for at in range(high)]) if (
        wide * high > 1
    ) else board("ab")  # fmt: skip
    lengths = draw(some.lists(some.integers(1, 200), min_size=len(edges), max_size=len(edges)))
    return classes, edges.assign(length_m=np.array(lengths, dtype=float))


def counted(classes, edges):
    """Orphans and metres shared of all classes, by plain loops."""
    like, shared = set(), 0.0
    for left, right, length in edges.itertuples(index=False):
        if classes[left] == classes[right] != NONE:
            like |= {left, right}
            shared += length
    return sum(one != NONE and at not in like for at, one in enumerate(classes)), shared


@given(boards())
def test_sums_over_classes_are_those_of_plain_loops(one):
    classes, edges = one
    found = cohesion(classes, np.ones(len(classes), dtype=np.int64), edges)
    orphans, shared = counted(classes, edges)
    assert found.orphans[:NONE].sum() == orphans
    assert found.shared_m[:NONE].sum() == pytest.approx(shared)
    assert found.parcels.sum() == len(classes)


@given(boards())
def test_a_move_changes_what_it_says_when_it_is_done(one):
    classes, edges = one
    orphans, shared = counted(classes, edges)
    told = moves(classes, edges, none=NONE)
    for row, to, change, metres in told.itertuples(index=False):
        done = classes.copy()
        done[row] = to
        then_orphans, then_shared = counted(done, edges)
        assert then_orphans - orphans == change
        assert then_shared - shared == pytest.approx(metres)


@given(boards())
def test_every_move_beside_a_neighbour_is_told_once(one):
    classes, edges = one
    expected = set()
    for left, right in edges[["left", "right"]].itertuples(index=False):
        for row, other in ((left, right), (right, left)):
            if classes[other] not in (NONE, classes[row]):
                expected.add((row, int(classes[other])))
    told = moves(classes, edges, none=NONE)
    assert sorted(zip(told["row"], told["to"].astype(int), strict=True)) == sorted(expected)
