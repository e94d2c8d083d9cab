"""Cuts of shares: each is missed by the shares that it was found for, and by no territory of one piece."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.separators import separators
from geo.territories import Graph, pieces

PAIRS = np.array([(a, b) for a, b in combinations(range(9), 2) if b - a == 3 or (b - a == 1 and b % 3)], dtype=np.int64)
GRAPH = Graph.of(9, PAIRS)
SUBSETS = [np.array([bits >> at & 1 for at in range(9)], dtype=bool) for bits in range(1, 512)]
CONNECTED = [member for member in SUBSETS if len(pieces(member, PAIRS)) == 1]
shares = st.lists(st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.8, 1.0]), min_size=9, max_size=9).map(np.array)


@settings(max_examples=60, deadline=None)
@given(shares, shares, st.integers(0, 5), st.booleans())
def test_every_piece_with_a_root_keeps_what_is_found_and_the_shares_miss_it(share, spread, least, every):
    root = np.minimum(share, spread / max(spread.sum(), 1.0))
    size = np.linspace(0.6, 1.4, 9)
    found = separators(GRAPH, share, root, size, least=float(least), most=20, every=every)
    for one in found:
        assert share[one.target] > share[one.border].sum() + root[one.inside].sum()
        for member in CONNECTED:
            if size[member].sum() < least:
                continue
            if member[one.target] and not member[one.border].any():
                # then all of it lies inside, its root too
                assert member[one.inside].sum() == member.sum()


@pytest.mark.parametrize("member", [member for member in SUBSETS if len(pieces(member, PAIRS)) > 1][::5], ids=str)
def test_whole_parcels_in_two_pieces_with_one_root_are_always_told(member):
    root = np.zeros(9)
    root[np.flatnonzero(member)[0]] = 1.0
    assert separators(GRAPH, member.astype(float), root, np.ones(9), least=0.0, most=20)


@pytest.mark.parametrize("member", CONNECTED[::9], ids=str)
def test_one_piece_with_its_root_misses_nothing(member):
    root = np.zeros(9)
    root[np.flatnonzero(member)[-1]] = 1.0
    assert separators(GRAPH, member.astype(float), root, np.ones(9), least=float(member.sum()), most=20) == []
