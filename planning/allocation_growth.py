"""A first allocation by growth: clusters in turn take the best parcel that touches what they have, until the quota.

It is where the search begins, so that there is something to improve, and to give back, from the first second.
"""

from __future__ import annotations

import numpy as np

from geo.territories import Graph, pieces
from planning.allocation_problem import FREE, NOWHERE, Mask, Problem, Rows, areas_of


def grown(problem: Problem) -> Rows:
    """Grow every cluster from what is locked for it, else from its best parcel; it may come out short."""
    given = np.where(problem.fixed >= 0, problem.fixed, NOWHERE).astype(np.int64)
    graph = Graph.of(problem.parcels, problem.joined)
    may = problem.may() & (problem.fixed == FREE)[:, None]
    near = _barring(problem)
    for held in np.flatnonzero(given >= 0).tolist():
        _bar(may, near, held, int(given[held]))
    area = areas_of(problem, given)
    seeds = np.array([len(pieces(given == k, problem.joined)) for k in range(problem.clusters)])
    open_ = list(range(problem.clusters))
    # one parcel at a time: each changes what the next may be
    while open_:
        for k in list(open_):
            seeds_left = not problem.blocks[k] or seeds[k] < problem.blocks[k]
            row = _best(problem, graph, given, may[:, k], k, area[k], may_seed=bool(seeds_left))
            if row < 0 or area[k] >= problem.quota[k]:
                open_.remove(k)
                continue
            seeds[k] += not (given[graph.of_row(row)] == k).any()
            given[row] = k
            area[k] += problem.area[row]
            may[row] = False
            _bar(may, near, row, k)
    return given


def _best(problem: Problem, graph: Graph, given: Rows, may: Mask, k: int, area: float, *, may_seed: bool) -> int:
    """The best parcel that touches the cluster, or any where a piece may begin; -1 where there is none."""
    fits = may & (given == NOWHERE) & (problem.area <= problem.most[k] - area)
    member = np.flatnonzero(given == k)
    touching = np.zeros(problem.parcels, dtype=bool)
    if len(member):
        touching[np.concatenate([graph.of_row(int(row)) for row in member])] = True
    rows = np.flatnonzero(fits & touching)
    if not len(rows) and may_seed:
        rows = np.flatnonzero(fits)
    return int(rows[np.argmax(problem.score[rows, k])]) if len(rows) else -1


def _barring(problem: Problem) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """By a parcel and its cluster, which parcels may not have which clusters."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one, other, k, not_beside in problem.apart.tolist():
        found.setdefault((one, k), []).append((other, not_beside))
        found.setdefault((other, not_beside), []).append((one, k))
    return found


def _bar(may: Mask, near: dict[tuple[int, int], list[tuple[int, int]]], row: int, k: int) -> None:
    for other, not_beside in near.get((row, k), ()):
        may[other, not_beside] = False
