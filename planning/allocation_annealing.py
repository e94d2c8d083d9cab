"""Allocations made better parcel by parcel, from where clusters want to lie to one that keeps every demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from geo.annealing import Annealing, Board
from geo.territories import Graph, distances, pieces
from planning.allocation_problem import FREE, HIGHEST_SCORE, NOWHERE, Floats, Problem, Rows, value_of

# heat in 分 of a parcel of middling size: what a step may lose and be taken in one case out of three
WILD, HOT, WARM, MILD, COOL = 24.0, 12.0, 4.8, 2.4, 1.2
_COLD: Final = 0.05
# a third of a second or less
_SLICE: Final = 2_000_000
_STEPS_EACH: Final = 60_000
_MOST_STEPS: Final = 100_000_000
_MOST_OF_IT: Final = 0.5
_CLOSED: Final = 1e9


def board_of(problem: Problem) -> Board:
    """A problem as what annealing takes."""
    return Board(
        may=problem.may(), worth=problem.area[:, None] * problem.score, free=problem.fixed == FREE, size=problem.area,
        least=problem.least, quota=problem.quota, most=problem.most, over=HIGHEST_SCORE, limit=problem.blocks,
        joined=problem.joined, sides=problem.shared, side_worth=problem.shared_m * problem.edge_worth,
        apart=problem.apart,
    )  # fmt: skip


def annealed(
    problem: Problem, given: Rows, *, heat: float, seed: int, keep: Callable[[Rows], float], part: float = 1.0
) -> Rows | None:
    """The best allocation on the way from one.

    ``keep`` is told the best so far after each slice, and says which part of the time for all of it is gone: it cools
    by that when it goes before the steps do, and ends at 1.
    """
    unit = float(problem.area.mean())
    whole = int(min(_STEPS_EACH * problem.parcels, _MOST_STEPS) * part)
    slice_ = 1.0 / max(-(-whole // _SLICE), 1)
    state = Annealing(board_of(problem), given, worth=value_of(problem, given).total, seed=seed)
    gone = 0.0
    while gone < 1.0:
        upto = min(gone + slice_, 1.0)
        hot, cold = (unit * heat * (_COLD / heat) ** at for at in (gone, upto))
        state.run(int(whole * slice_), hot=hot, cold=cold)
        best = state.best
        said = keep(given if best is None else best)
        # as much again as this slice took, before the time is up
        slice_ = max(slice_, min(said - gone, 1.0)) if said > upto else slice_
        gone = max(upto, said)
    return state.best


def together(problem: Problem, shares: Floats) -> Rows:
    """What clusters hold most of, without what lies apart and what may not lie together; quotas may be missed."""
    best = shares.argmax(axis=1)
    most = shares[np.arange(len(best)), best] > _MOST_OF_IT
    given = np.where(problem.fixed == FREE, np.where(most, best, NOWHERE), problem.fixed).astype(np.int64)
    _let_go(problem, given)
    graph = Graph.of(problem.parcels, problem.joined)
    for k in np.flatnonzero(problem.blocks > 0).tolist():
        _tied(problem, graph, given, k)
    _let_go(problem, given)
    return given


def _let_go(problem: Problem, given: Rows) -> None:
    """Take from clusters what they may not have beside others, and the smaller pieces beyond their limit."""
    for one, other, k, not_beside in problem.apart.tolist():
        if given[one] == k and given[other] == not_beside:
            loose = one if problem.fixed[one] == FREE else other
            given[loose] = given[loose] if problem.fixed[loose] != FREE else NOWHERE
    for k in np.flatnonzero(problem.blocks > 0).tolist():
        found = _ranked(problem, given, k)
        for rows in found[problem.blocks[k] :]:
            given[rows[problem.fixed[rows] == FREE]] = NOWHERE


def _ranked(problem: Problem, given: Rows, k: int) -> list[Rows]:
    """The pieces of a cluster, those with the most locked land first, then the largest."""
    found = pieces(given == k, problem.joined)
    kept = problem.fixed == k
    return sorted(found, key=lambda rows: (-problem.area[rows[kept[rows]]].sum(), -problem.area[rows].sum()))


def _tied(problem: Problem, graph: Graph, given: Rows, k: int) -> None:
    """Join pieces with locks, where there are more than may be, by the shortest ways there are."""
    open_ = problem.may()[:, k] & (problem.fixed == FREE)
    for one, other, mine, theirs in problem.apart.tolist():
        for row, beside, own, near in ((one, other, mine, theirs), (other, one, theirs, mine)):
            if own == k and given[beside] == near:
                open_[row] = False
    costs = np.where(given == NOWHERE, 1.0, 1.5)
    costs = np.where(open_, costs, _CLOSED)
    costs = np.where(given == k, 1e-3, costs)
    found = [rows for rows in _ranked(problem, given, k) if (problem.fixed[rows] == k).any()]
    while len(found) > problem.blocks[k]:
        far = distances(graph, costs, found[0].tolist())
        ends = [int(rows[np.argmin(far[rows])]) for rows in found[1:]]
        row = min(ends, key=lambda end: far[end])
        if far[row] >= _CLOSED:
            return
        # walk back, always to what is nearer
        while far[row] > 0.0:
            given[row] = k
            near = graph.of_row(row)
            row = int(near[np.argmin(far[near])])
        found = [rows for rows in _ranked(problem, given, k) if (problem.fixed[rows] == k).any()]
