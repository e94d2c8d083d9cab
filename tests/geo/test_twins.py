"""Edges dealt into hands: matched and linked as a dictionary of all of them does it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from geo._coverage import lay_out
from geo._dealing import dealt
from geo._twins import linked, matched
from geo.flat import FlatPolygons
from tests.planted import Fabric


@pytest.fixture(scope="module")
def edges():
    """Parcels enough for several hands, one in ten left out, one in fifty given twice, in no order."""
    rng = np.random.default_rng(5)
    geoms = Fabric(rng, 60, 50).geoms
    kept = rng.permutation(len(geoms))[: len(geoms) * 9 // 10]
    flat = FlatPolygons.of(geoms[np.concatenate([kept, kept[::50]])])
    laid = lay_out(flat.xy, flat.ring_start, flat.part_start, flat.row_start)
    return flat.xy, laid.tail, laid.head


def test_a_hand_keeps_the_order_and_holds_what_chose_it():
    wanted = np.random.default_rng(2).integers(0, 1 << 16, 200_000)

    def choose(hands, hand, begin, end):
        hand[begin:end] = wanted[begin:end] % hands

    order, start = dealt(choose, len(wanted))
    hands = len(start) - 1
    assert hands > 1
    assert order.tolist() == np.argsort(wanted % hands, kind="stable").tolist()
    assert np.diff(start).tolist() == np.bincount(wanted % hands, minlength=hands).tolist()


@pytest.mark.parametrize("cell", [1e-3, 80.0, 1e9])
def test_edges_are_matched_as_a_dictionary_does_it(edges, cell):
    xy, tail, head = edges
    members = defaultdict(list)
    ways = list(zip(map(tuple, xy[tail].tolist()), map(tuple, xy[head].tolist()), strict=True))
    for at, (one, other) in enumerate(ways):
        members[min(one, other), max(one, other)].append(at)
    kind, group = matched(xy, tail, head, cell)
    assert {0, 1, 2} == set(kind.tolist())
    for same in members.values():
        assert set(group[same].tolist()) == {same[0]}
        forward = sum(ways[at] == ways[same[0]] for at in same)
        expected = {(1, 1): 1, (1, 2): 0}.get((forward, len(same)), 2)
        assert set(kind[same].tolist()) == {expected}


@pytest.mark.parametrize("cell", [1e-3, 80.0, 1e9])
def test_loose_edges_are_linked_end_to_start(edges, cell):
    xy, tail, head = edges
    loose = np.flatnonzero(matched(xy, tail, head, 80.0)[0] == 1)
    following, _ = linked(xy, tail, head, loose, cell)
    degree: defaultdict[tuple[float, ...], int] = defaultdict(int)
    for at in xy[np.concatenate([tail[loose], head[loose]])].tolist():
        degree[tuple(at)] += 1
    after = following >= 0
    assert (xy[head[loose[after]]] == xy[tail[loose[following[after]]]]).all()
    assert len(set(following[after].tolist())) == after.sum()
    plain = np.array([degree[tuple(at)] == 2 for at in xy[head[loose]].tolist()])
    assert after[plain].mean() > 0.9
    assert (following == linked(xy, tail, head, loose, 33.0)[0]).all()
