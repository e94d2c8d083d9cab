"""Pairs that were found, column by column, and how they are put in order."""

from __future__ import annotations

from typing import Final, NamedTuple

import numba
import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._threads import in_blocks

# numbers of geo.adjacency.KINDS, then: no neighbours; to be asked of GEOS
EDGE, CORNER, ACROSS, NEAR, OVERLAP, APART, ASK = range(7)
# so many pairs of one row are sorted by insertion
_MANY_OF_ONE: Final = 32


class Found(NamedTuple):
    """Pairs, left < right, in no order; of kind ASK: the common area is not known, ``stacked_m`` is."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    kind: NDArray[np.uint8]
    length_m: NDArray[np.float64]
    gap_m: NDArray[np.float64]
    overlap_m2: NDArray[np.float64]


def in_order(parts: list[Found], rows: int) -> Found:
    """All pairs, by left and then right row."""
    start = np.zeros(rows + 1, np.int64)
    for part in parts:
        _count(part.left, start)
    np.cumsum(start, out=start)
    found = Found(*room(int(start[-1])))
    place = start[:-1].copy()

    def put(begin: int, end: int) -> None:
        for part in parts:
            _put(part, place, found, begin, end)
        _sort_rows(start, found, begin, end)

    # each core looks at all pairs, and puts those of its rows where they belong
    in_blocks(put, rows, smallest=max(16_384, -(-rows // int(numba.get_num_threads()))))
    return found


@njit(cache=True, nogil=True)
def _count(left, start):  # type: ignore[no-untyped-def]
    for row in left:
        start[row + 1] += 1


@njit(cache=True, nogil=True)
def _put(part, place, found, begin, end):  # type: ignore[no-untyped-def]
    """Put the pairs of the left rows begin … end where those of their row are."""
    left, right, kind, length, gap, common = part
    lefts, rights, kinds, lengths, gaps, commons = found
    for k in range(len(left)):
        row = left[k]
        if not begin <= row < end:
            continue
        at = place[row]
        place[row] += 1
        lefts[at], rights[at], kinds[at] = left[k], right[k], kind[k]
        lengths[at], gaps[at], commons[at] = length[k], gap[k], common[k]


@njit(cache=True, nogil=True)
def _sort_rows(start, found, begin, last):  # type: ignore[no-untyped-def]
    """Sort the pairs of each left row by the right one: the few of a row by insertion."""
    _, right, kind, length, gap, common = found
    for row in range(begin, last):
        first, end = start[row], start[row + 1]
        if end - first > _MANY_OF_ONE:
            order = np.argsort(right[first:end])
            right[first:end] = right[first:end][order]
            kind[first:end] = kind[first:end][order]
            length[first:end] = length[first:end][order]
            gap[first:end] = gap[first:end][order]
            common[first:end] = common[first:end][order]
            continue
        for k in range(first + 1, end):
            if right[k - 1] <= right[k]:
                continue
            r, d, m, g, c = right[k], kind[k], length[k], gap[k], common[k]
            at = k
            while at > first and right[at - 1] > r:
                before = at - 1
                right[at], kind[at] = right[before], kind[before]
                length[at], gap[at], common[at] = length[before], gap[before], common[before]
                at = before
            right[at], kind[at], length[at], gap[at], common[at] = r, d, m, g, c


@njit(cache=True, nogil=True)
def room(count):  # type: ignore[no-untyped-def]
    return (
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.uint8),
        np.empty(count),
        np.empty(count),
        np.empty(count),
    )


@njit(cache=True, nogil=True)
def first_of(found, count):  # type: ignore[no-untyped-def]
    """The first of the pairs there is room for; copied when they are few, not to hold on to the rest."""
    left, right, kind, length, gap, common = found
    if 2 * count > len(left):
        return left[:count], right[:count], kind[:count], length[:count], gap[:count], common[:count]
    return (
        left[:count].copy(),
        right[:count].copy(),
        kind[:count].copy(),
        length[:count].copy(),
        gap[:count].copy(),
        common[:count].copy(),
    )
