"""Territories made better parcel by parcel: simulated annealing over their boundaries, in slices.

Nothing here knows what a territory is for. Sums of sizes are kept within bounds by charges, pieces and forbidden pairs
by the steps themselves. The same beginning, seed and slices give the same end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.territories import Graph, pieces

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
_GOLDEN = 0x9E3779B97F4A7C15  # an odd number without a pattern: the beginning of the random numbers
_ALL_BITS = 0xFFFFFFFFFFFFFFFF


@dataclass(frozen=True)
class Board:
    """Parcels (n), territories (k), and what an arrangement is worth.

    ``may`` and ``worth`` (n, k); ``free`` (n): what may change; ``size`` (n); ``least``, ``quota``, ``most`` (k): what
    lies beyond a quota costs ``over`` a unit; ``limit`` (k): pieces, 0 for any number. ``joined`` (m, 2) holds a
    territory together; ``sides`` (s, 2) are worth ``side_worth`` within one; ``apart`` (p, 4): two parcels, and the
    territories that they may not have together.
    """

    may: NDArray[np.bool_]
    worth: Floats
    free: NDArray[np.bool_]
    size: Floats
    least: Floats
    quota: Floats
    most: Floats
    over: float
    limit: Rows
    joined: Rows
    sides: Rows
    side_worth: Floats
    apart: Rows


class Annealing:
    """An arrangement that changes; ``given`` (n) holds territories, -1 for none."""

    def __init__(self, board: Board, given: Rows, *, worth: float, seed: int) -> None:
        count, clusters = board.may.shape
        self._board = board
        # dearer than anything that a unit could bring
        top = float((board.worth / np.maximum(board.size, 1e-12)[:, None]).max(initial=0.0))
        self._outside = 3.0 * max(top, board.over, 1e-9)
        self._scatter = self._outside * float(board.size.mean() if count else 0.0)
        graph = Graph.of(count, board.joined)
        self._joins = (graph.start, graph.to)
        self._sides = _runs(count, np.concatenate([board.sides[:, 0], board.sides[:, 1]]),
                            np.concatenate([board.sides[:, 1], board.sides[:, 0]]),
                            np.concatenate([board.side_worth, board.side_worth]))  # fmt: skip
        one, other, own, theirs = board.apart.T
        self._bars = _runs(count, np.concatenate([one, other]), np.concatenate([own, theirs]),
                           np.concatenate([other, one]), np.concatenate([theirs, own]))  # fmt: skip
        self._movable = np.flatnonzero(board.free & board.may.any(axis=1)).astype(np.int64)
        self._given = given.astype(np.int64)
        has = given >= 0
        self._has = np.bincount(given[has], weights=board.size[has], minlength=clusters).astype(np.float64)
        self._pieces = np.array([len(pieces(given == k, board.joined)) for k in range(clusters)], dtype=np.int64)
        self._best = self._given.copy()
        missed = np.maximum(board.least - self._has, 0.0) + np.maximum(self._has - board.most, 0.0)
        more = np.where(board.limit > 0, np.maximum(self._pieces - board.limit, 0), 0)
        charged = float(missed.sum()) * self._outside + float(more.sum()) * self._scatter
        self._sums = np.array([worth, worth if charged <= 0.0 else -np.inf, charged])
        self._random = np.array([(seed * _GOLDEN) & _ALL_BITS], dtype=np.uint64)

    def run(self, steps: int, *, hot: float, cold: float) -> None:
        """Try so many steps; ``hot`` and ``cold`` are in the unit of worth."""
        from geo._annealing import anneal  # noqa: PLC0415 - numba takes half a second to load

        board = self._board
        if not len(self._movable):
            return
        what: tuple[Any, ...] = (
            *self._joins, *self._sides, *self._bars, self._movable, board.may, board.worth, board.size, board.least,
            board.quota, board.most, board.over, self._outside, self._scatter, board.limit, self._given, self._has,
            self._pieces, self._sums, self._best, self._random, steps, hot, cold,
        )  # fmt: skip
        anneal(*what)

    @property
    def best(self) -> Rows | None:
        """The best arrangement within all bounds so far, None before there is one."""
        return self._best.copy() if np.isfinite(self._sums[1]) else None


def _runs(count: int, row: Rows, *columns: NDArray[np.generic]) -> tuple[NDArray[np.generic], ...]:
    """Columns in runs by row: where each row's run starts, and the columns in that order."""
    order = np.argsort(row, kind="stable")
    start = np.searchsorted(row[order], np.arange(count + 1)).astype(np.int64)
    return (start, *(np.ascontiguousarray(column[order]) for column in columns))


def warm() -> None:
    """Load the compiled part, so that the first search of a person does not wait for it."""
    pairs = np.array([[0, 1], [1, 2]], dtype=np.int64)
    one = np.ones(1)
    board = Board(
        np.ones((3, 1), np.bool_), np.ones((3, 1)), np.ones(3, np.bool_), np.ones(3), one, one * 2, one * 3, 10.0,
        np.ones(1, np.int64), pairs, pairs, np.ones(2), np.empty((0, 4), np.int64),
    )  # fmt: skip
    Annealing(board, np.full(3, -1, np.int64), worth=0.0, seed=1).run(8, hot=1.0, cold=0.1)
