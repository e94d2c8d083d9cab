"""Which few parcels, joined into one piece of land, are large enough and have enough frontage: found exactly.

A group is a set of parcels that hang together through the pairs given. It answers when its area lies within the
bounds, its frontage is long enough, every two of its kinds fit, and no parcel of it can be left out: without any one of
them the rest falls apart or is no answer. Area and frontage add up, so every set that meets the conditions contains an
answer.

Best first: fewest parcels; then least surplus over the area asked for, in whole 亩; then most compact (to 0.001, see
`geo.compactness`); then least surplus to 0.01 m²; then the lowest rows.

All groups are walked through, by size, each once (see `geo._groups`); what cannot become large enough is left early.
The walk stops when it has looked at ``most_steps`` partial groups, and `Found.proven` says up to which size it is
complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# what one question may cost: half a microsecond each
MOST_STEPS: Final = 20_000_000
# 8 parcels of a dense fabric make a few million groups around each parcel: more is a question for a plan, not a search
MOST_PARCELS: Final = 8
_NO_LIMIT: Final = np.iinfo(np.int64).max // 4
MET, FAILED, NOT_EXAMINED = 1, 0, 2


@dataclass(frozen=True, slots=True)
class Land:
    """The parcels, one entry a row.

    ``kind`` is a number below the length of ``fits``, which says of two kinds whether they may be in one group
    (symmetric). Rows that are not ``open`` are in no group.
    """

    centi_m2: NDArray[np.int64]
    perimeter_m: NDArray[np.float64]
    frontage_m: NDArray[np.float64]
    kind: NDArray[np.uint8]
    fits: NDArray[np.bool_]
    open: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.centi_m2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; areas in hundredths of a m²."""

    least_centi_m2: int
    most_parcels: int
    most_centi_m2: int | None = None
    least_frontage_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """One answer: its rows, rising, and its sums; ``perimeter_m`` leaves out boundaries that its members share."""

    rows: tuple[int, ...]
    centi_m2: int
    perimeter_m: float
    frontage_m: float


@dataclass(frozen=True, slots=True)
class Found:
    """The best answers of each size in order, how many there are of each size, and how far that is proven.

    ``counts[n - 1]`` are the answers of n parcels; sizes above ``proven`` were not walked through to the end.
    ``member`` marks the rows that are in an answer.
    """

    groups: tuple[Group, ...]
    counts: tuple[int, ...]
    proven: int
    steps: int
    member: NDArray[np.bool_]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Reach:
    """What groups with each seed in them can come to, answers or not; one entry a seed.

    ``verdict`` is MET, FAILED or NOT_EXAMINED; ``groups`` a group that meets the conditions (rows, -1 fills);
    ``largest_centi_m2`` the largest area of a group within the most that is asked for; ``longest_m`` the longest
    frontage of one that is large enough, negative when none is.
    """

    verdict: NDArray[np.uint8]
    groups: NDArray[np.int64]
    largest_centi_m2: NDArray[np.int64]
    longest_m: NDArray[np.float64]
    steps: int


def search(land: Land, pairs: pd.DataFrame, wanted: Wanted, *, keep: int = 20, most_steps: int = MOST_STEPS) -> Found:
    """Find the best answers, ``keep`` of each size.

    Parameters
    ----------
    pairs
        ``left``, ``right`` (rows of ``land``) and ``length_m``, the boundary that the two share: the pairs that join.

    Raises
    ------
    ValueError
        ``group_size_out_of_range`` when more than MOST_PARCELS, or none, are asked for.
    """
    from geo._groups import search_size  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it

    _check(wanted)
    graph = _Graph(land, pairs, within=_around_the_large(land, pairs, wanted))
    member = np.zeros(len(graph.row), dtype=np.bool_)
    groups: list[Group] = []
    counts: list[int] = []
    steps, proven = 0, 0
    for size in range(1, wanted.most_parcels + 1):
        rows, sums, held, total, used, whole = search_size(
            *graph.joins, graph.shared, graph.area, graph.perimeter, graph.front, graph.kind, land.fits, graph.row,
            *_bounds(wanted), size, keep, most_steps - steps, member,
        )  # fmt: skip
        steps += int(used)
        counts.append(int(total))
        groups += [_group(rows[at], sums[at]) for at in range(held)]
        if not whole:
            break
        proven = size
    marked = np.zeros(len(land), dtype=np.bool_)
    marked[graph.row[member]] = True
    return Found(tuple(groups), tuple(counts), proven, steps, marked)


def reach(
    land: Land, pairs: pd.DataFrame, seeds: NDArray[np.int64], wanted: Wanted, *, most_steps: int = MOST_STEPS
) -> Reach:
    """Find out what groups with each seed (an open row) in them can come to."""
    from geo._groups import reach_from  # noqa: PLC0415 - as above

    _check(wanted)
    graph = _Graph(land, pairs)
    verdict, groups, largest, longest, steps = reach_from(
        *graph.joins, graph.area, graph.front, graph.kind, land.fits, graph.node[seeds], *_bounds(wanted),
        wanted.most_parcels, most_steps,
    )  # fmt: skip
    rows = np.where(groups >= 0, graph.row[np.maximum(groups, 0)] if len(graph.row) else -1, -1)
    return Reach(verdict, rows, largest, longest, int(steps))


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    two = Land(
        np.array([100, 100]), np.ones(2), np.zeros(2), np.zeros(2, np.uint8), np.ones((1, 1), np.bool_),
        np.ones(2, np.bool_),
    )  # fmt: skip
    pair = pd.DataFrame({"left": [0], "right": [1], "length_m": [0.5]})
    search(two, pair, Wanted(150, 2))
    reach(two, pair, np.array([0]), Wanted(150, 2))


class _Graph:
    """Open rows as nodes in the order of falling area, and who joins whom as offsets into one list."""

    def __init__(self, land: Land, pairs: pd.DataFrame, *, within: NDArray[np.bool_] | None = None) -> None:
        rows = np.flatnonzero(land.open if within is None else land.open & within)
        self.row = rows[np.argsort(-land.centi_m2[rows], kind="stable")].astype(np.int64)
        self.node = np.full(len(land), -1, dtype=np.int64)
        self.node[self.row] = np.arange(len(self.row))
        self.area = land.centi_m2[self.row].astype(np.int64)
        self.perimeter = land.perimeter_m[self.row].astype(np.float64)
        self.front = land.frontage_m[self.row].astype(np.float64)
        self.kind = land.kind[self.row].astype(np.uint8)
        left, right = self.node[pairs["left"].to_numpy()], self.node[pairs["right"].to_numpy()]
        both = (left >= 0) & (right >= 0)
        one, other = np.concatenate([left[both], right[both]]), np.concatenate([right[both], left[both]])
        length = np.tile(pairs["length_m"].to_numpy(dtype=np.float64)[both], 2)
        order = np.lexsort((other, one))
        self.shared = length[order]
        counts = np.bincount(one, minlength=len(self.row))
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        self.joins = (start, other[order].astype(np.int64))


def _around_the_large(land: Land, pairs: pd.DataFrame, wanted: Wanted) -> NDArray[np.bool_]:
    """Rows that a group can hold: one of its n parcels has an n-th of the area, and it is n - 1 steps across."""
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    both = land.open[left] & land.open[right]
    left, right = left[both], right[both]
    within = land.open & (land.centi_m2 * wanted.most_parcels >= wanted.least_centi_m2)
    for _ in range(wanted.most_parcels - 1):
        onward = np.union1d(right[within[left]], left[within[right]])
        if within[onward].all():
            break
        within[onward] = True
    return within


def _check(wanted: Wanted) -> None:
    if not 1 <= wanted.most_parcels <= MOST_PARCELS:
        raise ValueError("group_size_out_of_range", wanted.most_parcels)


def _bounds(wanted: Wanted) -> tuple[int, int, float]:
    most = _NO_LIMIT if wanted.most_centi_m2 is None else wanted.most_centi_m2
    return wanted.least_centi_m2, most, float(wanted.least_frontage_m)


def _group(rows: NDArray[np.int64], sums: NDArray[np.float64]) -> Group:
    # sums of areas came through float64, exact below 90,000 km²
    return Group(tuple(rows.tolist()), int(sums[0]), float(sums[1]), float(sums[2]))
