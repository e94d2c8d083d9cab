"""Territories on a graph of parcels: their pieces, what surrounds a piece, and how near every parcel lies to a core.

Pairs are ``(m, 2)`` positions of parcels that are joined; each pair stands once, in either order. Nothing here knows
what a territory is for. The cut of a piece and the order from a core are what makes contiguity linear:

- a piece S without a core is joined to another only through its surroundings N(S): x_u <= x(N(S)) + cores in S for u
in S.   Carvajal, Constantino, Goycoolea, Vielma and Weintraub, Operations Research 61(4), 2013; Álvarez-Miranda,
Ljubić and   Mutzel, in: Facets of Combinatorial Optimization, Springer, 2013;
- where every member but the core has a neighbour in the territory that comes earlier in one order, the territory is one
  piece: following earlier neighbours ends at the core. Zoltners and Sinha, Management Science 29(11), 1983.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.blocks import labelled

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Graph:
    """Neighbours of each of ``count`` parcels, as runs of ``to`` between ``start[i]`` and ``start[i + 1]``."""

    count: int
    start: Rows
    to: Rows

    @classmethod
    def of(cls, count: int, pairs: Rows) -> Graph:
        both = np.concatenate([pairs, pairs[:, ::-1]]) if len(pairs) else np.empty((0, 2), np.int64)
        order = np.argsort(both[:, 0], kind="stable")
        start = np.searchsorted(both[order, 0], np.arange(count + 1)).astype(np.int64)
        return cls(count, start, both[order, 1].astype(np.int64))

    def of_row(self, row: int) -> Rows:
        """The neighbours of one parcel."""
        return self.to[self.start[row] : self.start[row + 1]]


def pieces(member: NDArray[np.bool_], pairs: Rows) -> list[Rows]:
    """The pieces that the members fall into, each as rising rows; in the order of their first rows."""
    rows = np.flatnonzero(member).astype(np.int64)
    if not len(rows):
        return []
    place = np.full(len(member), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    inside = member[pairs[:, 0]] & member[pairs[:, 1]] if len(pairs) else np.empty(0, np.bool_)
    label = labelled(len(rows), place[pairs[inside, 0]], place[pairs[inside, 1]])
    order = np.argsort(label, kind="stable")
    return np.split(rows[order], np.flatnonzero(np.diff(label[order])) + 1)


def surroundings(graph: Graph, piece: Rows) -> Rows:
    """The parcels that are joined to a piece and not in it, rising."""
    around = np.concatenate([graph.of_row(int(row)) for row in piece]) if len(piece) else piece
    return np.setdiff1d(around, piece)


def distances(graph: Graph, costs: NDArray[np.float64], cores: Iterable[int]) -> NDArray[np.float64]:
    """Least sum of the costs of the parcels walked into, from the nearest core; infinite where no core is reached.

    Costs are positive, so that each parcel reached, cores aside, has a neighbour that is strictly nearer.
    """
    far = np.full(graph.count, np.inf)
    queue: list[tuple[float, int]] = []
    for core in cores:
        far[core] = 0.0
        queue.append((0.0, core))
    heapq.heapify(queue)
    # Dijkstra, Numerische Mathematik 1, 1959; one parcel at a time, some thousand parcels
    while queue:
        walked, row = heapq.heappop(queue)
        if walked > far[row]:
            continue
        for other in graph.of_row(row).tolist():
            reached = walked + costs[other]
            if reached < far[other]:
                far[other] = reached
                heapq.heappush(queue, (reached, other))
    return far
