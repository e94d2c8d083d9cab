"""An allocation problem as a mixed-integer program: who gets what, which boundaries lie within, what holds together.

Columns: ``x[i, k]`` parcel i has cluster k; ``y[e, k]`` both sides of boundary e have k, at most either (so that the
relaxation is that of the metric labelling problem, Kleinberg and Tardos, J. ACM 49(5), 2002); ``over[k]`` 亩 beyond the
quota; with roots also ``r[i, k]``, the one parcel of a piece of k that needs no neighbour.

Contiguity has two forms. Rooted: as many roots as pieces are allowed, and cuts that say that a piece without a root
goes on beyond its surroundings; cuts are added where a solution misses them (planning.allocation_cutting), so what it
gives is a bound at any time. Ordered: every parcel but the cores needs a neighbour earlier in an order; what it gives
holds together, and some answers are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.territories import Graph
from planning.allocation_problem import HIGHEST_SCORE, NOWHERE, Floats, Mask, Problem, Rows
from planning.programs import INFINITE, Program

_HALF = 0.5


@dataclass(frozen=True)
class Model:
    """A program and where its columns are; -1 where a parcel cannot have a cluster."""

    program: Program
    at: Rows
    root: Rows | None = None

    def given(self, values: Floats) -> Rows:
        """The cluster of each parcel in a solution, NOWHERE where it has none."""
        share = self.shares(values)
        best = share.argmax(axis=1)
        return np.where(share[np.arange(len(best)), best] > _HALF, best, NOWHERE).astype(np.int64)

    def shares(self, values: Floats) -> Floats:
        """How much of each parcel each cluster has in a solution."""
        share = np.zeros(self.at.shape)
        there = self.at >= 0
        share[there] = values[self.at[there]]
        return share

    def start(self, given: Rows) -> tuple[Rows, Floats]:
        """An allocation as the columns of ``at`` with their values."""
        there = self.at >= 0
        value = given[:, None] == np.arange(self.at.shape[1])[None, :]
        return self.at[there], value[there].astype(np.float64)


def modelled(problem: Problem, *, may: Mask | None = None) -> Model:
    """The program without contiguity; ``may`` narrows down who may have what."""
    program = Program()
    may = problem.may() if may is None else may
    at = np.full(may.shape, -1, dtype=np.int64)
    row, k = np.nonzero(may)
    must = (problem.fixed[row] == k).astype(np.float64)
    at[row, k] = program.add_columns(problem.area[row] * problem.score[row, k], lower=must, integer=True)
    # a parcel has one cluster at most
    program.add_rows(row.astype(np.int64), at[row, k], 1.0, lower=-INFINITE, upper=np.ones(problem.parcels))
    _quotas(problem, program, at, row, k)
    _boundaries(problem, program, at)
    _apart(problem, program, at)
    return Model(program, at)


def rooted(problem: Problem) -> Model:
    """The program with roots, no more in a cluster than pieces, each of a parcel that the cluster has."""
    model = modelled(problem)
    program, at = model.program, model.at
    root = np.full(at.shape, -1, dtype=np.int64)
    row, k = np.nonzero((at >= 0) & (problem.blocks > 0)[None, :])
    root[row, k] = program.add_columns(np.zeros(len(row)))
    upper = np.where(problem.blocks > 0, problem.blocks, INFINITE).astype(np.float64)
    program.add_rows(k.astype(np.int64), root[row, k], 1.0, lower=-INFINITE, upper=upper)
    each = np.arange(len(row))
    if len(row):
        program.add_rows(
            np.concatenate([each, each]), np.concatenate([root[row, k], at[row, k]]),
            np.concatenate([np.ones(len(row)), -np.ones(len(row))]), lower=-INFINITE, upper=np.zeros(len(row)),
        )  # fmt: skip
    return Model(program, at, root)


def ordered(problem: Problem, order: Floats, *, may: Mask | None = None) -> Model:
    """The program where pieces grow from cores: ``order`` (k, n) is 0 at a cluster's cores, infinite out of reach."""
    may = problem.may() if may is None else may
    reached = np.isfinite(order).T | (problem.blocks == 0)[None, :] | (problem.fixed >= 0)[:, None]
    model = modelled(problem, may=may & reached)
    graph = Graph.of(problem.parcels, problem.joined)
    head = np.repeat(np.arange(problem.parcels), np.diff(graph.start))
    rows, columns, factors, count = [], [], [], 0
    for k in np.flatnonzero(problem.blocks > 0):
        at = model.at[:, k]
        needs = np.flatnonzero((at >= 0) & (order[k] > 0))
        place = np.full(problem.parcels, -1, dtype=np.int64)
        place[needs] = np.arange(count, count + len(needs))
        with np.errstate(invalid="ignore"):
            earlier = (place[head] >= 0) & (order[k][graph.to] < order[k][head]) & (at[graph.to] >= 0)
        rows += [place[needs], place[head[earlier]]]
        columns += [at[needs], at[graph.to[earlier]]]
        factors += [np.ones(len(needs)), -np.ones(int(earlier.sum()))]
        count += len(needs)
    if count:
        model.program.add_rows(
            np.concatenate(rows), np.concatenate(columns), np.concatenate(factors), lower=-INFINITE,
            upper=np.zeros(count),
        )  # fmt: skip
    return model


def _quotas(problem: Problem, program: Program, at: Rows, row: NDArray[np.intp], k: NDArray[np.intp]) -> None:
    area, column = problem.area[row], at[row, k]
    over = program.add_columns(np.full(problem.clusters, -HIGHEST_SCORE), upper=INFINITE)
    each = np.arange(problem.clusters)
    program.add_rows(k.astype(np.int64), column, area, lower=problem.least, upper=problem.most)
    program.add_rows(
        np.concatenate([k, each]), np.concatenate([column, over]), np.concatenate([area, -np.ones(len(each))]),
        lower=-INFINITE, upper=problem.quota,
    )  # fmt: skip


def _boundaries(problem: Problem, program: Program, at: Rows) -> None:
    if not problem.edge_worth or not len(problem.shared):
        return
    one, other = at[problem.shared[:, 0]], at[problem.shared[:, 1]]
    edge, k = np.nonzero((one >= 0) & (other >= 0))
    within = program.add_columns(problem.shared_m[edge] * problem.edge_worth)
    each = np.arange(len(edge))
    for side in (one, other):
        program.add_rows(
            np.concatenate([each, each]), np.concatenate([within, side[edge, k]]),
            np.concatenate([np.ones(len(each)), -np.ones(len(each))]), lower=-INFINITE, upper=np.zeros(len(each)),
        )  # fmt: skip


def _apart(problem: Problem, program: Program, at: Rows) -> None:
    """The first has its cluster, or the second one that may not lie there: a parcel has one cluster at most."""
    one, other, k, not_beside = problem.apart.T if len(problem.apart) else np.empty((4, 0), dtype=np.int64)
    both = (at[one, k] >= 0) & (at[other, not_beside] >= 0)
    if not both.any():
        return
    first, place = np.unique(problem.apart[both][:, :3], axis=0, return_inverse=True)
    each = np.arange(len(first))
    program.add_rows(
        np.concatenate([each, place.ravel()]),
        np.concatenate([at[first[:, 0], first[:, 2]], at[other[both], not_beside[both]]]),
        1.0, lower=-INFINITE, upper=np.ones(len(first)),
    )  # fmt: skip
