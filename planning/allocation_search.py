"""The best allocation that can be found in a time, and how far from the best there could be it is at most.

What finds answers and what proves them are two. Answers: annealing, begun from growth and from where the linear program
wants clusters to lie. Bounds: the linear program, cut until its shares hang together, then the same with whole parcels,
which HiGHS branches on while annealing goes on beside it; where a whole solution lies in pieces, it is cut again, and
annealed. It ends when the bound is near enough, when time is up, or when it is stopped.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Final

import numpy as np

from planning.allocation_annealing import COOL, HOT, MILD, WARM, WILD, annealed, together
from planning.allocation_cutting import Cutting
from planning.allocation_growth import grown
from planning.allocation_problem import NOWHERE, Floats, Problem, Rows, faults_of, value_of
from planning.programs import INFINITE, solve

# above so many places for a cluster whole parcels are not branched on
LARGE: Final = 6_000
# parts of the time that is left: for the first cooling, for cuts, for a cooling from shares, in a large problem too
_FIRST_PART, _CUTS_PART, _SHARES_PART, _LARGE_PART = 0.15, 0.6, 0.08, 0.6
# and for a solve with whole parcels before its solution is looked at; by how much more the next ones have, up to
_WHOLE_PART, _LONGER, _MOST_PART = 0.08, 8.0, 0.6
# of the coolings beside the programs, in turn, each from the best so far
_HEATS: Final = (WARM, HOT, WARM, WILD)
# what a round of cuts brings at the least, as a share of the bound, to go on with cuts
_WORTH_A_ROUND: Final = 2e-5


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
Clock = Callable[[], float]


@dataclass
class _Search:
    problem: Problem
    gap: float
    seconds: float
    watch: Watch
    clock: Clock
    began: float
    ends: float = INFINITE  # when what is going on has had its part of the time
    bound: float = INFINITE
    worth: float = -INFINITE
    given: Rows | None = None
    stage: str = "answer"
    stopped: bool = False
    rounds: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    @property
    def spent(self) -> float:
        return self.clock() - self.began

    @property
    def left(self) -> float:
        return max(self.seconds - self.spent, 0.0)

    def is_done(self) -> bool:
        """Whether it was stopped, time is up, or the bound is near enough."""
        return self.stopped or self.left <= 0.0 or gap_of(self.bound, self.worth) <= self.gap

    def hear(self, bound: float, _: float | None) -> bool:
        """Tell how far it is, as solvers ask; whether it is to stop."""
        bound = min(bound, self.bound)
        told = Progress(
            self.stage, self.spent, self.seconds, bound if np.isfinite(bound) else None,
            self.worth if np.isfinite(self.worth) else None,
        )  # fmt: skip
        self.stopped = self.stopped or self.watch(told)
        return self.is_done() or self.spent >= self.ends or gap_of(bound, self.worth) <= self.gap

    def lower(self, bound: float) -> None:
        self.bound = min(self.bound, bound)

    def keep(self, given: Rows) -> None:
        """Take an allocation that holds when it is better than the best."""
        worth = value_of(self.problem, given).total
        if worth <= self.worth or faults_of(self.problem, given):
            return
        with self.turn:
            if worth > self.worth:
                self.worth, self.given = worth, given

    def grant(self, part: float) -> None:
        """Give what follows a part of the time that is left."""
        self.ends = self.spent + part * self.left

    def anneal(self, given: Rows, heat: float, *, seed: int, part: float, length: float = 1.0) -> None:
        """Anneal in a part of the time that is left; ``length`` is that of the cooling when there is time enough."""
        self.stage = "answer"
        self.grant(part)
        began = self.spent

        def keep(best: Rows) -> float:
            self.keep(best)
            if self.hear(INFINITE, None):
                return 1.0
            return (self.spent - began) / max(self.ends - began, 1e-9)

        annealed(self.problem, given, heat=heat, seed=seed, keep=keep, part=length)


def search(
    problem: Problem,
    *,
    gap: float = 0.01,
    seconds: float = 60.0,
    watch: Watch = lambda _: False,
    clock: Clock = time.monotonic,
) -> Allocated:
    """Allocate; ``watch`` hears how far it is and stops it by returning True, with what was found until then.

    ``clock`` counts the seconds: those of the processor for a measurement on a machine that others use.
    """  # fmt: skip
    state = _Search(problem, gap, seconds, watch, clock, clock())
    large = problem.may().sum() > LARGE
    begun = grown(problem)
    state.keep(begun)
    state.anneal(begun, WILD, seed=1, part=_FIRST_PART)
    cutting = Cutting(problem, state.given, state.hear)
    with _annealing(state) as begin_from:
        status, shares = _cut_down(state, cutting)
        if status != "infeasible" and shares is not None and not state.is_done():
            _from_shares(state, shares, large=bool(large))
            if not large:
                status = _whole(state, cutting, begin_from)
    found = state.given
    if found is None:
        # with an answer at hand the cuts cannot be contradictory: what is infeasible is so without one
        nothing = np.full(problem.parcels, NOWHERE, dtype=np.int64)
        ending = "infeasible" if status == "infeasible" else "none"
        return Allocated(ending, nothing, -INFINITE, state.bound, state.spent, state.rounds, state.stopped)
    return Allocated("found", found, state.worth, state.bound, state.spent, state.rounds, state.stopped)


def _cut_down(state: _Search, cutting: Cutting) -> tuple[str, Floats | None]:
    """Solve the linear program and cut it until that brings no more; how it ended, and the last shares."""
    shares = None
    state.grant(_CUTS_PART)
    while True:
        state.stage = "cuts" if cutting.cuts else "bound"
        state.rounds += 1
        solved = cutting.solve()
        if solved.values is None or solved.status != "optimal":
            return solved.status, shares
        gained = state.bound - solved.bound
        state.lower(solved.bound)
        shares = cutting.model.shares(solved.values)
        if state.hear(INFINITE, None) or not cutting.cut(solved.values):
            return solved.status, shares
        if gained < _WORTH_A_ROUND * abs(state.bound):
            return solved.status, shares


def _from_shares(state: _Search, shares: Floats, *, large: bool) -> None:
    """Anneal from where the linear program wants clusters to lie, more and less warmly."""
    begun = together(state.problem, shares)
    # one long cooling where there is no time for many
    heats = (MILD, COOL) if large else (COOL, MILD, WARM, COOL, MILD, WARM)
    for seed, heat in enumerate(heats, 2):
        if state.is_done():
            return
        from_best = large and seed > 2 and state.given is not None  # noqa: PLR2004 - not the first
        start = state.given if from_best and state.given is not None else begun
        state.anneal(start, heat, seed=seed, part=_LARGE_PART if large else _SHARES_PART)


def _whole(state: _Search, cutting: Cutting, begin_from: Callable[[Rows], None]) -> str:
    """Solve with whole parcels, cut what lies in pieces and have it annealed, until it is near enough."""
    part = _WHOLE_PART
    status = "stopped"
    while not state.is_done():
        state.stage = "cuts"
        state.rounds += 1
        state.grant(part)
        model = cutting.model
        start = None if state.given is None else model.start(state.given)
        # HiGHS looks at its own limit where it asks nobody
        most = state.left if state.clock is time.monotonic else INFINITE
        solved = solve(model.program, relative_gap=state.gap / 4, seconds=most, hear=state.hear, start=start)
        status = solved.status
        state.lower(solved.bound)
        if status == "infeasible":
            break
        part = min(part * _LONGER, _MOST_PART)
        if solved.values is None:
            continue
        state.keep(model.given(solved.values))
        begin_from(together(state.problem, model.shares(solved.values)))
        if not cutting.cut(solved.values, every=True) and status == "optimal" and state.given is not None:
            part = _MOST_PART
    return status


@contextmanager
def _annealing(state: _Search) -> Iterator[Callable[[Rows], None]]:
    """Anneal in a thread of its own until the block ends; what is given is annealed next, else the best in turn.

    The kernel and HiGHS both let go of the interpreter: on two cores neither waits for the other.
    """
    ended = threading.Event()
    asked: list[Rows] = []

    def keep(best: Rows) -> float:
        state.keep(best)
        return 1.0 if ended.is_set() or state.is_done() else 0.0

    def run() -> None:
        for seed in count(20):
            if ended.is_set() or state.is_done():
                return
            given = asked.pop() if asked else None
            if given is not None:
                annealed(state.problem, given, heat=COOL, seed=seed, keep=keep)
                continue
            start = state.given if state.given is not None else grown(state.problem)
            annealed(state.problem, start, heat=_HEATS[seed % len(_HEATS)], seed=seed, keep=keep, part=3.0)

    thread = threading.Thread(target=run, name="annealing")
    thread.start()
    try:
        yield asked.append
    finally:
        ended.set()
        thread.join()
