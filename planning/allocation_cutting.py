"""The bound of an allocation that hangs together: a linear program, cut where shares hang together too thinly.

Clusters are held in part. Round by round the shares are looked through for demands of contiguity that they miss
(geo.separators); these are added, and the program is solved again from where it stood, until nothing is missed. Roots
come early in an order: what has an earlier parcel has no later root, so that roots cannot be spread out. Every row
holds for all allocations, so that the program is a bound at any time, and with whole parcels the better program.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.separators import Separator, separators
from geo.territories import Graph
from planning.allocation_model import Model, rooted
from planning.allocation_problem import Floats, Problem, Rows
from planning.programs import Hear, Solved, Standing

# demands of one cluster in one round, and of the order of its roots
_MOST_CUTS: Final = 200
_MOST_ORDERS: Final = 5
_SLACK: Final = 0.02


class Cutting:
    """The rooted program of a problem and what was cut off it; ``given`` says where roots are looked for first."""

    def __init__(self, problem: Problem, given: Rows | None, hear: Hear) -> None:
        self.problem = problem
        self.model: Model = rooted(problem)
        self.cuts = 0
        self._standing = Standing(self.model.program, hear)
        self._graph = Graph.of(problem.parcels, problem.joined)
        first = problem.score.copy()
        for rows, weight in ((given, 1e2), (problem.fixed, 1e4)):
            if rows is not None:
                first += weight * (rows[:, None] == np.arange(problem.clusters)[None, :])
        self._order = np.argsort(-first, axis=0, kind="stable")

    def solve(self) -> Solved:
        """Solve the linear program."""
        return self._standing.solve()

    def cut(self, values: Floats, *, every: bool = False) -> int:
        """Add the demands that a solution misses; how many there are."""
        shares, roots = self.model.shares(values), self._roots(values)
        rows: list[tuple[Rows, Floats, float]] = []
        for k in np.flatnonzero(self.problem.blocks > 0).tolist():
            least = float(self.problem.least[k]) if self.problem.blocks[k] == 1 else 0.0
            found = separators(
                self._graph, shares[:, k], roots[:, k], self.problem.area, least=least, most=_MOST_CUTS, every=every,
                slack=_SLACK,
            )  # fmt: skip
            rows += [self._separated(one, k) for one in found]
            rows += self._ordered(shares[:, k], roots[:, k], k)
        if rows:
            place = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
            self._standing.add_rows(
                place, np.concatenate([columns for columns, _, _ in rows]),
                np.concatenate([factors for _, factors, _ in rows]), upper=np.array([upper for _, _, upper in rows]),
            )  # fmt: skip
        self.cuts += len(rows)
        return len(rows)

    def _roots(self, values: Floats) -> Floats:
        roots = np.zeros(self.model.at.shape)
        if self.model.root is not None:
            there = self.model.root >= 0
            roots[there] = values[self.model.root[there]]
        return roots

    def _separated(self, one: Separator, k: int) -> tuple[Rows, Floats, float]:
        """x(target) <= x(border) + r(inside)."""
        roots = self.model.root[one.inside, k] if self.model.root is not None else one.inside[:0]
        beyond = np.concatenate([self.model.at[one.border, k], roots])
        beyond = beyond[beyond >= 0]
        columns = np.concatenate([[self.model.at[one.target, k]], beyond]).astype(np.int64)
        return columns, np.concatenate([[1.0], -np.ones(len(beyond))]), 0.0

    def _ordered(self, share: Floats, root: Floats, k: int) -> list[tuple[Rows, Floats, float]]:
        """x(u) + r(all that come later) <= pieces: the first parcel of a piece is its root."""
        if self.model.root is None:
            return []
        order = self._order[:, k]
        order = order[self.model.at[order, k] >= 0]
        later = np.cumsum(root[order][::-1])[::-1] - root[order]
        pieces = float(self.problem.blocks[k])
        missed = share[order] + later - pieces
        worst = np.argsort(-missed, kind="stable")[:_MOST_ORDERS]
        found = []
        for at in worst[missed[worst] > _SLACK].tolist():
            columns = np.concatenate([[self.model.at[order[at], k]], self.model.root[order[at + 1 :], k]])
            found.append((columns.astype(np.int64), np.ones(len(columns)), pieces))
        return found
