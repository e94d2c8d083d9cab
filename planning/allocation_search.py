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
from typing import Final

import numpy as np

from planning.allocation_annealing import COOL, HOT, MILD, WARM, WILD, annealed, together
from planning.allocation_cutting import Cutting
from planning.allocation_growth import grown
from planning.allocation_model import Model
from planning.allocation_problem import NOWHERE, Floats, Problem, Rows, faults_of, value_of
from planning.programs import INFINITE, Some, solve

# above so many places for a cluster whole parcels are not branched on
LARGE: Final = 6_000
# parts of the time that is left: for the first cooling, for cuts, for HiGHS's own ways, for a chain of coolings and for
# one of them, for one in a large problem
_FIRST_PART, _CUTS_PART, _AT_ONCE_PART, _CHAIN_PART, _ONE_PART, _LARGE_PART = 0.15, 0.6, 0.07, 0.08, 0.08, 0.6
# chains of coolings: where they begin, and how hot each is
_LINKS: Final = 4
_CHAINS: Final = (("wanted", (MILD,) * _LINKS), ("grown", (HOT, HOT, WARM, WARM)), ("wanted", (WARM,) * _LINKS))
_SEEDS: Final = (20, 1020)
# how long a cooling of a chain is
_LONG: Final = 3.0
# how much nearer than asked HiGHS goes before it is content: its own best may lie in pieces, and not count
_NEARER: Final = 0.98
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
                # in this order: who sees the worth from another thread finds what has it
                self.given = given
                self.worth = worth

    def start(self, model: Model) -> Some | None:
        """The best so far as columns of a program."""
        return None if self.given is None else model.start(self.given)

    def grant(self, part: float) -> None:
        """Give what follows a part of the time that is left."""
        self.ends = self.spent + part * self.left

    def anneal(self, given: Rows, heat: float, *, seed: int, part: float) -> None:
        """Anneal in a part of the time that is left."""
        self.stage = "answer"
        self.grant(part)
        began = self.spent

        def keep(best: Rows) -> float:
            self.keep(best)
            if self.hear(INFINITE, None):
                return 1.0
            return (self.spent - began) / max(self.ends - began, 1e-9)

        annealed(self.problem, given, heat=heat, seed=seed, keep=keep)


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
    mine, beside = _Chain(state, begun, seed=_SEEDS[0]), _Chain(state, begun, seed=_SEEDS[1], done=_LINKS)
    with _annealing(state, beside):
        status, shares = _cut_down(state, cutting)
        if status != "infeasible" and shares is not None and not state.is_done():
            wanted = mine.wanted = beside.wanted = together(problem, shares)
            if large:
                _from_wanted(state, wanted)
            else:
                state.anneal(wanted, COOL, seed=2, part=_ONE_PART)
                if cutting.cuts < problem.parcels and not state.is_done():
                    _at_once(state, cutting, beside.asked.append)
                _by_chain(state, mine)
                status = _whole(state, cutting, beside.asked.append)
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


def _from_wanted(state: _Search, wanted: Rows) -> None:
    """Anneal from where the linear program wants clusters to lie; one long cooling, and what time is left from it."""
    state.anneal(wanted, MILD, seed=2, part=_LARGE_PART)
    if not state.is_done():
        state.anneal(wanted if state.given is None else state.given, COOL, seed=3, part=_LARGE_PART)


def _by_chain(state: _Search, chain: _Chain) -> None:
    state.stage = "answer"
    state.grant(_CHAIN_PART)
    while not state.hear(INFINITE, None):
        chain.cool(lambda: state.hear(INFINITE, None), part=_ONE_PART)


def _at_once(state: _Search, cutting: Cutting, begin_from: Callable[[Rows], None]) -> None:
    """Have HiGHS look for answers in its own ways for a while: where pieces hardly matter it finds them best.

    Where more cuts than parcels were needed they matter, and what it finds is no answer.
    """
    state.stage = "cuts"
    state.rounds += 1
    state.grant(_AT_ONCE_PART)
    model = cutting.model

    def take(values: Floats) -> None:
        state.keep(model.given(values))
        begin_from(together(state.problem, model.shares(values)))

    solved = solve(model.program, relative_gap=state.gap / 4, hear=state.hear, start=state.start(model), take=take)
    state.lower(solved.bound)
    if solved.values is not None:
        cutting.cut(solved.values, every=True)


def _whole(state: _Search, cutting: Cutting, begin_from: Callable[[Rows], None]) -> str:
    """Solve with whole parcels, cut what lies in pieces and have it annealed, until it is near enough."""
    status = "stopped"
    while not state.is_done():
        state.stage = "cuts"
        state.rounds += 1
        state.ends = INFINITE
        model = cutting.model
        known = state.worth

        def offer(model: Model = model) -> Some | None:
            nonlocal known
            if state.worth <= known:
                return None
            known = state.worth
            return state.start(model)

        # HiGHS looks at its own limit where it asks nobody
        most = state.left if state.clock is time.monotonic else INFINITE
        solved = solve(
            model.program, relative_gap=state.gap * _NEARER, seconds=most, hear=state.hear, start=state.start(model),
            offer=offer,
        )  # fmt: skip
        status = solved.status
        state.lower(solved.bound)
        if status == "infeasible" or solved.values is None:
            break
        state.keep(model.given(solved.values))
        begin_from(together(state.problem, model.shares(solved.values)))
        if not cutting.cut(solved.values, every=True):
            break
    return status


@dataclass
class _Chain:
    """Coolings one after the other, each from the best of its own; after some it begins anew elsewhere.

    Chains that know nothing of each other find more than one that always goes on from the best of all.
    """

    state: _Search
    grown: Rows
    seed: int
    wanted: Rows | None = None
    asked: list[Rows] = field(default_factory=list)
    best: Rows | None = None
    done: int = 0

    def cool(self, stop: Callable[[], bool], *, part: float = 1.0) -> None:
        """One more, in at most a part of the time that is left."""
        state = self.state
        if self.asked:
            start, heat = self.asked.pop(), COOL
        else:
            chain, at = divmod(self.done, _LINKS)
            self.done += 1
            begins, heats = _CHAINS[chain % len(_CHAINS)]
            if at == 0:
                self.best = self.wanted if begins == "wanted" else self.grown
            heat, start = heats[at], self.grown if self.best is None else self.best
        began, ends = state.spent, state.spent + part * state.left

        def keep(best: Rows) -> float:
            state.keep(best)
            if stop():
                return 1.0
            return (state.spent - began) / max(ends - began, 1e-9)

        self.seed += 1
        found = annealed(state.problem, start, heat=heat, seed=self.seed, keep=keep, part=_LONG)
        if found is not None and self._worth(found) > self._worth(self.best):
            self.best = found

    def _worth(self, given: Rows | None) -> float:
        if given is None or faults_of(self.state.problem, given):
            return -INFINITE
        return value_of(self.state.problem, given).total


@contextmanager
def _annealing(state: _Search, chain: _Chain) -> Iterator[None]:
    """Anneal in a thread of its own until the block ends.

    The kernel and HiGHS both let go of the interpreter: on two cores neither waits for the other.
    """
    ended = threading.Event()

    def run() -> None:
        while not ended.is_set() and not state.is_done():
            chain.cool(lambda: ended.is_set() or state.is_done())

    thread = threading.Thread(target=run, name="annealing")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
