"""Pieces, surroundings and distances on graphs, against a plain walk from parcel to parcel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.territories import Graph, distances, pieces, surroundings


def grid(columns, rows):
    cell = np.arange(columns * rows).reshape(rows, columns)
    across = np.stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()], axis=1)
    up = np.stack([cell[:-1].ravel(), cell[1:].ravel()], axis=1)
    return np.concatenate([across, up]).astype(np.int64)


PAIRS = grid(5, 4)


def walked(member, pairs):
    """The pieces, by walking."""
    left = set(np.flatnonzero(member).tolist())
    found = []
    while left:
        at = min(left)
        piece, open_ = {at}, [at]
        while open_:
            here = open_.pop()
            for one, other in pairs.tolist():
                for step in ((one, other), (other, one)):
                    if step[0] == here and step[1] in left and step[1] not in piece:
                        piece.add(step[1])
                        open_.append(step[1])
        left -= piece
        found.append(sorted(piece))
    return found


@given(st.lists(st.booleans(), min_size=20, max_size=20))
def test_pieces_are_those_of_a_walk(member):
    found = pieces(np.array(member), PAIRS)
    assert [one.tolist() for one in found] == walked(np.array(member), PAIRS)


@given(st.sets(st.integers(0, 19), min_size=1, max_size=8))
def test_what_surrounds_a_piece_touches_it_and_is_not_of_it(rows):
    piece = np.array(sorted(rows))
    around = set(surroundings(Graph.of(20, PAIRS), piece).tolist())
    touched = {other for one, other in [*PAIRS.tolist(), *PAIRS[:, ::-1].tolist()] if one in rows}
    assert around == touched - rows


@given(st.lists(st.floats(0.1, 5.0), min_size=20, max_size=20), st.sets(st.integers(0, 19), min_size=1, max_size=3))
def test_every_parcel_but_a_core_has_a_neighbour_strictly_nearer_on_a_shortest_way(costs, cores):
    graph = Graph.of(20, PAIRS)
    cost = np.array(costs)
    far = distances(graph, cost, cores)
    for row in range(20):
        before = far[graph.of_row(row)]
        if row in cores:
            assert far[row] == 0.0
        else:
            assert far[row] == before.min() + cost[row]
            assert before.min() < far[row]


def test_what_no_core_reaches_is_infinitely_far():
    far = distances(Graph.of(3, np.array([[0, 1]])), np.ones(3), [0])
    assert far.tolist() == [0.0, 1.0, np.inf]
