"""The best allocation that can be found in a time, and how far from the best there could be it is at most.

It begins with an allocation by growth. Round by round the rooted program (in the first round the linear relaxation,
without contiguity) is solved for a bound and for where clusters want to lie; from the cores of those pieces the ordered
program gives an allocation that holds together. Pieces that were found apart become cuts of the next round. It ends
when the bound is near enough, when time is up, or when it is stopped. In large problems the relaxation also says which
clusters a parcel has no prospect of.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from geo.territories import Graph, distances, pieces, surroundings
from planning.allocation_growth import grown
from planning.allocation_model import Cut, Model, modelled, ordered, rooted
from planning.allocation_problem import FREE, NOWHERE, Floats, Mask, Problem, Rows, faults_of, value_of
from planning.programs import INFINITE, Solved, solve

# above so many places for a cluster the first round is the linear relaxation
LARGE: Final = 6_000
# a parcel's cheapest clusters by price that a large problem goes on with
_PROSPECTS: Final = 3
# pieces of a solution that become cuts in one round, the largest of each cluster left out
_MOST_CUTS: Final = 400
_NEAR: Final = 0.1
_MOST_OF_IT: Final = 0.5
# shares of the time that is left
_BOUND_PART, _ANSWER_PART = 0.3, 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: ``stage`` bound | answer | cuts, seconds of those allowed, the bound and the best worth so far."""

    stage: str
    seconds: float
    of: float
    bound: float | None
    worth: float | None


@dataclass(frozen=True)
class Allocated:
    """``status``: found | infeasible | none (nothing in the time); ``given`` by parcel, NOWHERE for none."""

    status: str
    given: Rows
    worth: float
    bound: float
    seconds: float
    rounds: int
    stopped: bool = False

    @property
    def gap(self) -> float:
        """How much better an allocation could be at most, as a share of this one."""
        return gap_of(self.bound, self.worth)


def gap_of(bound: float, worth: float) -> float:
    """(bound - worth) / worth, never below 0."""
    if not np.isfinite(bound) or not np.isfinite(worth):
        return float("inf")
    return max(bound - worth, 0.0) / max(abs(worth), 1e-9)


Watch = Callable[[Progress], bool]


@dataclass
class _Search:
    problem: Problem
    gap: float
    seconds: float
    watch: Watch
    began: float
    bound: float = INFINITE
    worth: float = -INFINITE
    given: Rows | None = None
    cuts: list[Cut] = field(default_factory=list)
    stopped: bool = False
    rounds: int = 0

    @property
    def spent(self) -> float:
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        return max(self.seconds - self.spent, 0.0)

    def is_done(self) -> bool:
        """Whether it was stopped, time is up, or the bound is near enough."""
        return self.stopped or self.left <= 0.0 or gap_of(self.bound, self.worth) <= self.gap

    def hear(self, stage: str, bound: float, worth: float) -> bool:
        """Tell how far it is; whether it is to stop."""
        told = Progress(
            stage, self.spent, self.seconds, bound if np.isfinite(bound) else None,
            worth if np.isfinite(worth) else None,
        )  # fmt: skip
        self.stopped = self.stopped or self.watch(told)
        return self.stopped

    def on_bound(self, bound: float, _: float | None) -> bool:
        self.hear("cuts" if self.cuts else "bound", min(bound, self.bound), self.worth)
        return self.stopped or gap_of(min(bound, self.bound), self.worth) <= self.gap

    def on_answer(self, _: float, worth: float | None) -> bool:
        best = max(self.worth, -INFINITE if worth is None else worth)
        self.hear("answer", self.bound, best)
        return self.stopped or gap_of(self.bound, best) <= self.gap

    def lower(self, bound: float) -> None:
        self.bound = min(self.bound, bound)

    def keep(self, given: Rows) -> None:
        """Take an allocation that holds when it is better than the best."""
        if faults_of(self.problem, given):
            return
        worth = value_of(self.problem, given).total
        if worth > self.worth:
            self.worth, self.given = worth, given


def search(problem: Problem, *, gap: float = 0.01, seconds: float = 60.0, watch: Watch = lambda _: False) -> Allocated:
    """Allocate; ``watch`` hears how far it is and stops it by returning True, with what was found until then."""
    state = _Search(problem, gap, seconds, watch, time.monotonic())
    large = problem.may().sum() > LARGE
    state.keep(grown(problem))
    shares, may, status = _relaxation(state, narrow=large)
    while status != "infeasible" and shares is not None:
        state.rounds += 1
        _answer(state, shares, may)
        if state.is_done() or large:
            break
        before = len(state.cuts)
        state.cuts += _cuts_of(problem, shares, rest=_MOST_CUTS)
        if len(state.cuts) == before and state.rounds > 1:
            break
        shares, may, status = _whole(state, rooted(problem, state.cuts))
    found = state.given
    if found is None:
        # with an answer at hand the cuts cannot be contradictory: what is infeasible is so without one
        nothing = np.full(problem.parcels, NOWHERE, dtype=np.int64)
        ending = "infeasible" if status == "infeasible" else "none"
        return Allocated(ending, nothing, -INFINITE, state.bound, state.spent, state.rounds, state.stopped)
    return Allocated("found", found, state.worth, state.bound, state.spent, state.rounds, state.stopped)


def _whole(state: _Search, model: Model) -> tuple[Floats | None, Mask | None, str]:
    """Solve a program for a bound; its solution says where clusters want to lie."""
    solved = solve(
        model.program, relative_gap=state.gap / 3, seconds=state.left * _BOUND_PART, hear=state.on_bound
    )  # fmt: skip
    return _told(state, model, solved), None, solved.status


def _told(state: _Search, model: Model, solved: Solved) -> Floats | None:
    state.lower(solved.bound)
    if solved.values is None:
        return None
    state.keep(model.given(solved.values))
    return model.shares(solved.values)


def _relaxation(state: _Search, *, narrow: bool) -> tuple[Floats | None, Mask | None, str]:
    """Solve the linear relaxation; with ``narrow`` go on with the clusters of which each parcel has a prospect."""
    model = modelled(state.problem)
    solved = solve(model.program, seconds=state.left * _ANSWER_PART, relaxed=True, hear=state.on_bound)
    state.lower(solved.bound)
    if solved.values is None:
        return None, None, solved.status
    shares = model.shares(solved.values)
    state.keep(model.given(solved.values))
    if not narrow:
        return shares, None, solved.status
    # the worth of a parcel with a cluster, less what the cluster's last 亩 brings elsewhere: what it gives up by it
    ranked = shares * 1e6 + state.problem.score - _prices(state.problem, shares)
    ranked = np.where(state.problem.may(), ranked, -np.inf)
    kept = np.argsort(-ranked, axis=1, kind="stable")[:, :_PROSPECTS]
    may = np.zeros_like(state.problem.allowed)
    np.put_along_axis(may, kept, values=True, axis=1)
    return shares, may & state.problem.may(), solved.status


def _prices(problem: Problem, shares: Floats) -> Floats:
    """What the last 亩 of each cluster brings: the lowest score among the parcels that it has."""
    has = shares > _MOST_OF_IT
    return np.array([
        np.quantile(problem.score[has[:, k], k], _NEAR) if has[:, k].any() else 0.0 for k in range(problem.clusters)
    ])  # fmt: skip


def _answer(state: _Search, shares: Floats, may: Mask | None) -> None:
    """From where clusters want to lie to an allocation that holds together; the better one is then improved."""
    problem = state.problem
    order = orders(problem, shares)
    # the main pieces stay, what lies apart and what nobody has is dealt with anew; all anew only without any answer:
    # that is the largest program of all
    found = _solved_ordered(state, order, may=may, kept=_main_pieces(problem, shares))
    if not found and state.given is None and not state.is_done():
        _solved_ordered(state, order, may=may, kept=None)
    _improve_all(state)
    if may is None and state.given is not None and not state.is_done():
        own = (state.given[:, None] == np.arange(problem.clusters)[None, :]).astype(np.float64)
        from_best = orders(problem, (own + shares) / 2)
        _solved_ordered(state, from_best, may=None, kept=None)
        _improve_all(state)


def _improve_all(state: _Search) -> None:
    """Improve by pairs of clusters until none of them helps."""
    while state.given is not None and not state.is_done():
        before = state.worth
        for pair in _neighbouring(state.problem, state.given):
            _improve(state, pair)
            if state.is_done():
                return
        if state.worth <= before * (1 + 1e-6):
            return


def _solved_ordered(state: _Search, order: Floats, *, may: Mask | None, kept: Rows | None) -> bool:
    problem = state.problem
    narrowed = problem if kept is None else replace(problem, fixed=np.where(problem.fixed == FREE, kept, problem.fixed))
    allowed = narrowed.may() if may is None else narrowed.may() & (may | (narrowed.fixed >= 0)[:, None])
    model = ordered(narrowed, order, may=allowed)
    start = None if state.given is None else model.start(state.given)
    solved = solve(
        model.program, relative_gap=state.gap / 4, seconds=state.left * _ANSWER_PART, hear=state.on_answer,
        start=start,
    )  # fmt: skip
    if solved.values is None:
        return False
    state.keep(model.given(solved.values))
    return True


def _main_pieces(problem: Problem, shares: Floats) -> Rows:
    """The cluster of the parcels in the main pieces, FREE for all others."""
    kept = np.full(problem.parcels, FREE, dtype=np.int64)
    for k in range(problem.clusters):
        found = pieces(shares[:, k] > _MOST_OF_IT, problem.joined)
        found.sort(key=lambda rows: -float(problem.area[rows].sum()))
        for rows in found[: problem.blocks[k] or None]:
            kept[rows] = k
    return kept


def _neighbouring(problem: Problem, given: Rows) -> list[tuple[int, int]]:
    """Pairs of clusters that border on each other, those with the longest common border first."""
    one, other = given[problem.joined[:, 0]], given[problem.joined[:, 1]]
    borders = (one != other) & (one >= 0) & (other >= 0)
    pairs = np.sort(np.stack([one[borders], other[borders]], axis=1), axis=1)
    found, count = np.unique(pairs, axis=0, return_counts=True)
    listed = [(int(a), int(b)) for a, b in found[np.argsort(-count, kind="stable")]]
    alone = set(range(problem.clusters)) - {k for pair in listed for k in pair}
    return [*listed, *((k, k) for k in sorted(alone))]


def _improve(state: _Search, pair: tuple[int, int]) -> None:
    """Share out anew what two clusters have and what nobody has; all others stay."""
    problem, given = state.problem, state.given
    if given is None:
        return
    open_ = (problem.fixed == FREE) & ((given == NOWHERE) | np.isin(given, pair))
    narrowed = replace(problem, fixed=np.where(open_, FREE, given))
    may = narrowed.may()
    mine = np.isin(np.arange(problem.clusters), pair)
    may &= mine[None, :] | (narrowed.fixed >= 0)[:, None]
    share = (given[:, None] == np.arange(problem.clusters)[None, :]).astype(np.float64)
    order = np.stack([
        _order(problem, share[:, k], k) if mine[k] else np.zeros(problem.parcels) for k in range(problem.clusters)
    ])  # fmt: skip
    model = ordered(narrowed, order, may=may)
    solved = solve(
        model.program, relative_gap=state.gap / 20, seconds=min(state.left, max(state.seconds / 8, 2.0)),
        start=model.start(given), hear=lambda _bound, _worth: state.hear("answer", state.bound, state.worth),
    )  # fmt: skip
    if solved.values is not None:
        state.keep(model.given(solved.values))


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


def _cuts_of(problem: Problem, shares: Floats, *, rest: int) -> list[Cut]:
    """Pieces beyond those that a cluster may have, each a cut for every cluster that has such a limit."""
    graph = Graph.of(problem.parcels, problem.joined)
    cuts: list[Cut] = []
    for k in np.flatnonzero(problem.blocks > 0):
        found = pieces(shares[:, k] > _MOST_OF_IT, problem.joined)
        if len(found) <= problem.blocks[k]:
            continue
        found.sort(key=lambda rows: -float(problem.area[rows].sum()))
        for rows in found[1:]:
            around = surroundings(graph, rows)
            cuts += [Cut(int(c), rows, around) for c in np.flatnonzero(problem.blocks > 0)]
    return cuts[:rest]
