"""How far every parcel is from the cores of every cluster: the order in which the ordered program must grow."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.territories import Graph, distances, pieces
from planning.allocation_problem import Floats, Mask, Problem, Rows

_MOST_OF_IT: Final = 0.5


def orders(problem: Problem, shares: Floats) -> Floats:
    """How far every parcel is from the cores of every cluster (k, n): what `allocation_model.ordered` takes."""
    return np.stack([_order(problem, shares[:, k], k) for k in range(problem.clusters)])


def _order(problem: Problem, share: Floats, k: int) -> Floats:
    """How far every parcel is from the cores of a cluster, cheap where the cluster has it already."""
    if not problem.blocks[k]:
        return np.zeros(problem.parcels)
    graph = Graph.of(problem.parcels, problem.joined)
    found = pieces(share > _MOST_OF_IT, problem.joined)
    kept = problem.fixed == k
    if not found:
        found = [np.array([int(np.argmax(np.where(problem.may()[:, k], problem.score[:, k], -np.inf)))])]
    # pieces with locks first: a lock that no core reaches cannot be kept
    found.sort(key=lambda rows: (-problem.area[rows[kept[rows]]].sum(), -problem.area[rows].sum()))
    cores = [_core(problem, rows, kept) for rows in found[: problem.blocks[k]]]
    costs = 1.0 - 0.9999 * np.clip(share, 0.0, 1.0)
    costs = np.where(problem.may()[:, k], costs, 1e6)
    far = distances(graph, costs, cores)
    return np.where(far >= 1e6, np.inf, far)  # noqa: PLR2004 - through a parcel that cannot have it


def _core(problem: Problem, rows: Rows, kept: Mask) -> int:
    """A locked parcel of a piece, else the one that is nearest to its middle by steps."""
    locked = rows[kept[rows]]
    if len(locked):
        return int(locked[np.argmax(problem.area[locked])])
    inside = np.zeros(problem.parcels, dtype=bool)
    inside[rows] = True
    pairs = problem.joined[inside[problem.joined].all(axis=1)] if len(problem.joined) else problem.joined
    graph = Graph.of(problem.parcels, pairs)
    costs = np.ones(problem.parcels)
    # the middle of a longest walk: from any parcel to the farthest, from there to the farthest, half way back
    first = distances(graph, costs, [int(rows[0])])
    one = int(rows[np.argmax(first[rows])])
    there = distances(graph, costs, [one])
    other = int(rows[np.argmax(there[rows])])
    back = distances(graph, costs, [other])
    return int(rows[np.argmin(np.maximum(there[rows], back[rows]))])
