"""Why there is no allocation: the least, in 亩, that quotas, locks, distances and pieces would have to give way.

The elastic program: every demand may be missed at a price, and the cheapest way is told. Greenberg and Murphy, Decision
Support Systems 7(3), 1991; Chinneck, Feasibility and Infeasibility in Optimization, Springer, 2008, chapter 6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from planning.allocation_model import Model, modelled, ordered
from planning.allocation_orders import orders
from planning.allocation_problem import FREE, NOWHERE, Floats, Problem, Rows, blocks_of
from planning.programs import INFINITE, solve

# a lock or a distance gives way only for more land than a quota would: quotas are wishes, locks are decisions
_LOCK_PRICE: Final = 1.5
_APART_PRICE: Final = 2.5
_SECONDS: Final = 20.0
_TRIFLE_MU: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that has to give way.

    ``code``: ``short`` (the quota's least is missed by ``amount`` 亩), ``over`` (its most is passed), ``lock`` (the
    lock of ``parcel`` with ``cluster`` is in the way), ``apart`` (``parcel`` and ``other`` lie too near), ``blocks`` (a
    cluster needs ``amount`` pieces); -1 where a part does not apply.
    """

    code: str
    parcel: int = -1
    other: int = -1
    cluster: int = -1
    amount: float = 0.0


def relaxed(problem: Problem, *, seconds: float = _SECONDS) -> tuple[Need, ...]:
    """The cheapest way to make an allocation possible; without contiguity first, which is looked at last."""
    model, columns = _elastic(problem)
    solved = solve(model.program, relative_gap=0.01, seconds=seconds)
    if solved.values is None:
        return ()
    found = _needs(problem, solved.values, columns)
    if found or not problem.blocks.any():
        return found
    return _blocks(problem, seconds)


def _elastic(problem: Problem) -> tuple[Model, dict[str, Rows]]:
    """The program of a problem whose scores are nothing and whose demands have prices."""
    # quotas, locks and distances are put in anew below, with their ways out
    open_ = replace(
        problem, score=np.zeros_like(problem.score), edge_worth=0.0, least=np.zeros(problem.clusters),
        quota=np.full(problem.clusters, 1e12), most=np.full(problem.clusters, 1e12), apart=np.empty((0, 4), np.int64),
        fixed=np.where(problem.fixed == NOWHERE, NOWHERE, FREE), allowed=problem.allowed | _kept(problem),
    )  # fmt: skip
    model = modelled(open_)
    program, at = model.program, model.at
    columns: dict[str, Rows] = {}
    each = np.arange(problem.clusters)
    columns["short"] = program.add_columns(-np.ones(problem.clusters), upper=INFINITE)
    columns["over"] = program.add_columns(-np.ones(problem.clusters), upper=INFINITE)
    row, k = np.nonzero(at >= 0)
    for name, sign, bounds in (("short", 1.0, (problem.least, INFINITE)), ("over", -1.0, (-INFINITE, problem.most))):
        program.add_rows(
            np.concatenate([k, each]), np.concatenate([at[row, k], columns[name]]),
            np.concatenate([problem.area[row], np.full(problem.clusters, sign)]), lower=bounds[0], upper=bounds[1],
        )  # fmt: skip
    locked = np.flatnonzero(problem.fixed >= 0)
    columns["lock"] = program.add_columns(-_LOCK_PRICE * problem.area[locked] - 1e-3, integer=True)
    place = np.arange(len(locked))
    if len(locked):
        program.add_rows(
            np.concatenate([place, place]), np.concatenate([at[locked, problem.fixed[locked]], columns["lock"]]), 1.0,
            lower=np.ones(len(locked)), upper=INFINITE,
        )  # fmt: skip
    columns["apart"] = _apart(problem, model)
    return model, columns


def _kept(problem: Problem) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(problem.fixed[:, None] == np.arange(problem.clusters)[None, :])


def _apart(problem: Problem, model: Model) -> Rows:
    one, other, k, not_beside = problem.apart.T if len(problem.apart) else np.empty((4, 0), dtype=np.int64)
    price = _APART_PRICE * np.minimum(problem.area[one], problem.area[other]) + 1e-3
    columns = model.program.add_columns(-price)
    if len(one):
        there = (model.at[one, k] >= 0) & (model.at[other, not_beside] >= 0)
        place = np.arange(int(there.sum()))
        model.program.add_rows(
            np.concatenate([place, place, place]),
            np.concatenate([model.at[one, k][there], model.at[other, not_beside][there], columns[there]]),
            np.concatenate([np.ones(2 * len(place)), -np.ones(len(place))]), lower=-INFINITE, upper=np.ones(len(place)),
        )  # fmt: skip
    return columns


def _needs(problem: Problem, values: Floats, columns: dict[str, Rows]) -> tuple[Need, ...]:
    needs = [
        Need(code, cluster=k, amount=float(values[column]))
        for code in ("short", "over")
        for k, column in enumerate(columns[code])
        if values[column] > _TRIFLE_MU
    ]
    locked = np.flatnonzero(problem.fixed >= 0)
    needs += [
        Need("lock", parcel=int(row), cluster=int(problem.fixed[row]), amount=float(problem.area[row]))
        for row, column in zip(locked, columns["lock"], strict=True)
        if values[column] > 0.5  # noqa: PLR2004 - a decision, rounded
    ]
    needs += [
        Need("apart", parcel=int(pair[0]), other=int(pair[1]), cluster=int(pair[2]), amount=float(pair[3]))
        for pair, column in zip(problem.apart, columns["apart"], strict=True)
        if values[column] > 0.5  # noqa: PLR2004 - the same
    ]
    return tuple(needs)


def _blocks(problem: Problem, seconds: float) -> tuple[Need, ...]:
    """All but contiguity can be met: in how many pieces the clusters then lie at least, as far as was found."""
    loose = replace(problem.without_blocks(), score=np.zeros_like(problem.score), edge_worth=1.0)
    solved = solve(modelled(loose).program, relative_gap=0.2, seconds=seconds)
    if solved.values is None:
        return ()
    model = modelled(loose)
    count = blocks_of(problem, model.given(solved.values))
    for more in range(1, int(count.max(initial=1)) + 1):
        wider = replace(problem, blocks=np.where(problem.blocks > 0, problem.blocks + more, 0))
        tried = ordered(wider, orders(wider, model.shares(solved.values)))
        found = solve(tried.program, relative_gap=0.2, seconds=seconds / 2)
        if found.values is not None:
            count = blocks_of(problem, tried.given(found.values))
            break
    return tuple(
        Need("blocks", cluster=int(k), amount=float(count[k]))
        for k in np.flatnonzero((problem.blocks > 0) & (count > problem.blocks))
    )
