"""Segments parted where they meet and cross: compiled part of the coverage check.

Ends within ``MEETS_M`` of a segment lie on it: the foot of a perpendicular is seldom on its line to the last bit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._nearing import _apart, _crosses, _spread
from geo._twins import _vertices

# far above the rounding of coordinates, far below what a fault is
MEETS_M: Final = 1e-7

Points = NDArray[np.float64]


def parted(
    start: Points, end: Points, filled: NDArray[np.bool_]
) -> tuple[Points, NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Segments parted where they meet or cross, each pair of ends once: places, the two of each piece, filled sides."""
    count = len(start)
    xy = np.concatenate([start, end])
    tail, head = np.arange(count, dtype=np.int32), np.arange(count, 2 * count, dtype=np.int32)
    cell = float(np.hypot(*(end - start).T).mean()) if count else 1.0
    of, at = _meetings(xy, tail, head, cell)
    every = np.concatenate([xy, at]) + 0.0
    node, nodes = _vertices(every.view(np.uint64), np.arange(len(every), dtype=np.int32))
    places = np.empty((nodes, 2))
    places[node] = every
    return places, *_chained(places, node, of, at, filled)


@njit(cache=True, nogil=True)
def _chained(places, node, of, at, filled):  # type: ignore[no-untyped-def]
    """Go along each segment from its start by the places on it to its end: the pieces, each once, and filled sides.

    ``node`` are the numbers of all starts, of all ends, and of the places ``at`` on the segments ``of``.
    """
    count = len(filled)
    begin = np.zeros(count + 1, np.int64)
    for k in range(len(of)):
        begin[of[k] + 1] += 1
    begin = np.cumsum(begin)
    # segment k has its start, then its places, then its end, from begin[k] + 2 k on
    chain = np.empty(len(of) + 2 * count, np.int32)
    way = np.empty(len(chain))
    filled_to = np.empty(count, np.int64)
    for k in range(count):
        first = begin[k] + 2 * k
        chain[first], way[first] = node[k], 0.0
        filled_to[k] = first + 1
        chain[begin[k + 1] + 2 * k + 1] = node[count + k]
    for k in range(len(of)):
        i = of[k]
        dx, dy = at[k, 0] - places[node[i], 0], at[k, 1] - places[node[i], 1]
        far, slot = dx * dx + dy * dy, filled_to[i]
        while way[slot - 1] > far:
            way[slot], chain[slot] = way[slot - 1], chain[slot - 1]
            slot -= 1
        way[slot], chain[slot] = far, node[2 * count + k]
        filled_to[i] += 1
    onward = np.ones(len(chain), np.bool_)
    for k in range(count):
        onward[begin[k + 1] + 2 * k + 1] = False
    chain = _merged(places, chain, onward)
    return _each_once(len(places), chain, onward, begin, filled)


@njit(cache=True, nogil=True)
def _each_once(nodes, chain, onward, begin, filled):  # type: ignore[no-untyped-def]
    """Pieces of chains by their two places, the lower first, each once, and which of their sides are filled."""
    start = np.zeros(nodes + 1, np.int64)
    for k in range(len(chain) - 1):
        if onward[k] and chain[k] != chain[k + 1]:
            start[min(chain[k], chain[k + 1]) + 1] += 1
    start = np.cumsum(start)
    last = start[:-1].copy()
    high = np.empty(start[-1], np.int32)
    sides = np.zeros(2 * len(high), np.bool_)
    for segment in range(len(filled)):
        for k in range(begin[segment] + 2 * segment, begin[segment + 1] + 2 * segment + 1):
            one, other = chain[k], chain[k + 1]
            if one == other:
                continue
            low, far = min(one, other), max(one, other)
            slot = start[low]
            while slot < last[low] and high[slot] != far:
                slot += 1
            if slot == last[low]:
                high[slot] = far
                last[low] += 1
            sides[2 * slot + (one > other)] |= filled[segment]
    tail, head = np.empty(len(high), np.int32), np.empty(len(high), np.int32)
    count = 0
    for low in range(nodes):
        for slot in range(start[low], last[low]):
            tail[count], head[count] = low, high[slot]
            sides[2 * count], sides[2 * count + 1] = sides[2 * slot], sides[2 * slot + 1]
            count += 1
    return tail[:count], head[:count], sides[: 2 * count]


@njit(cache=True, nogil=True)
def _meetings(xy, tail, head, cell):  # type: ignore[no-untyped-def]
    """Places where segments meet or cross: the segment, and the place, also more than once."""
    of = np.empty(64, np.int64)
    at = np.empty((64, 2))
    count = 0
    if len(tail) == 0:
        return of[:0], at[:0]
    reach = MEETS_M
    west, south = xy[:, 0].min() - 2 * reach, xy[:, 1].min() - 2 * reach
    east, north = xy[:, 0].max(), xy[:, 1].max()
    cell = max(cell, 1e-3, np.sqrt((east - west) * (north - south) / (len(tail) + 16)))
    columns = int((east - west + 2 * reach) / cell) + 2
    lines = int((north - south + 2 * reach) / cell) + 2
    begin = np.zeros(columns * lines + 1, np.int64)
    members = np.empty(0, np.int32)
    all_ = np.arange(len(tail))
    _spread(xy, tail, head, all_, cell, reach, west, south, columns, begin, members, False)
    begin = np.cumsum(begin)
    members = np.empty(begin[-1], np.int32)
    filled = begin.copy()
    _spread(xy, tail, head, all_, cell, reach, west, south, columns, filled, members, True)
    for slot in range(columns * lines):
        for nth in range(begin[slot], begin[slot + 1]):
            i = members[nth]
            ax, ay, bx, by = xy[tail[i], 0], xy[tail[i], 1], xy[head[i], 0], xy[head[i], 1]
            left, right = min(ax, bx) - reach, max(ax, bx) + reach
            low, high = min(ay, by) - reach, max(ay, by) + reach
            for other in range(nth + 1, begin[slot + 1]):
                j = members[other]
                cx, cy, dx, dy = xy[tail[j], 0], xy[tail[j], 1], xy[head[j], 0], xy[head[j], 1]
                if max(cx, dx) < left or min(cx, dx) > right or max(cy, dy) < low or min(cy, dy) > high:
                    continue
                if count + 4 > len(of):
                    longer, wider = np.empty(2 * len(of), np.int64), np.empty((2 * len(of), 2))
                    longer[:count], wider[:count] = of[:count], at[:count]
                    of, at = longer, wider
                before = count
                meet = False
                for side in range(4):
                    end = (tail[i], head[i], tail[j], head[j])[side]
                    theirs = j if side < 2 else i
                    if _apart(xy, end, tail[theirs], head[theirs]) > reach:
                        continue
                    meet = True
                    x, y = xy[end, 0], xy[end, 1]
                    if (x != xy[tail[theirs], 0] or y != xy[tail[theirs], 1]) and (
                        x != xy[head[theirs], 0] or y != xy[head[theirs], 1]
                    ):
                        of[count], at[count, 0], at[count, 1] = theirs, x, y
                        count += 1
                if not meet and count == before and _crosses(ax, ay, bx, by, cx, cy, dx, dy):
                    # members of a cell ascend, so that the place comes out the same in every cell
                    ex, ey, fx, fy = bx - ax, by - ay, dx - cx, dy - cy
                    t = ((cx - ax) * fy - (cy - ay) * fx) / (ex * fy - ey * fx)
                    of[count], of[count + 1] = i, j
                    for _ in range(2):
                        at[count, 0], at[count, 1] = ax + t * ex, ay + t * ey
                        count += 1
    return of[:count], at[:count]


@njit(cache=True, nogil=True)
def _merged(places, place, onward):  # type: ignore[no-untyped-def]
    """Make places that follow one another on a segment, no farther apart than `MEETS_M`, one."""
    root = np.arange(len(places))
    any_ = False
    for k in range(len(onward)):
        if onward[k]:
            one, other = place[k], place[k + 1]
            dx, dy = places[one, 0] - places[other, 0], places[one, 1] - places[other, 1]
            if one != other and dx * dx + dy * dy <= MEETS_M * MEETS_M:
                while root[one] != one:
                    one = root[one]
                while root[other] != other:
                    other = root[other]
                root[max(one, other)] = min(one, other)
                any_ = True
    if any_:
        for k in range(len(root)):
            # a root has a lower number: what comes before is settled
            root[k] = root[root[k]]
    return root[place]
