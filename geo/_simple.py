"""Polygons of one ring proven simple, quickly: what is not proven is left to a library that can say what is wrong."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

# every edge is held against every other one: beyond this the library's sweep is quicker
MOST_VERTICES: Final = 80
# Shewchuk (1997): the sign of a cross product is certain when it exceeds (3 + 16ε)ε of the sum of its two products
_CERTAIN: Final = 3.330_669_1e-16
_LARGEST: Final = 1e100  # products of what is larger may overflow

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]


@njit(cache=True, nogil=True)
def prove(
    xy: Floats, ring_start: Offsets, part_start: Offsets, row_start: Offsets, begin: int, end: int,
    proven: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Set ``proven`` for the rows ``begin`` to ``end``."""
    for row in range(begin, end):
        part = row_start[row]
        proven[row] = False
        if row_start[row + 1] - part == 1 and part_start[part + 1] - part_start[part] == 1:
            ring = part_start[part]
            proven[row] = _is_simple(xy, ring_start[ring], ring_start[ring + 1])


@njit(cache=True, nogil=True)
def _is_simple(xy: Floats, first: int, last: int) -> bool:
    """Whether a ring is closed and finite, and surely neither touches nor crosses itself, nor turns back."""
    edges = last - first - 1
    if edges < 3 or edges > MOST_VERTICES:
        return False
    if xy[first, 0] != xy[last - 1, 0] or xy[first, 1] != xy[last - 1, 1]:
        return False
    for k in range(first, last):
        # written so that NaN fails it
        if not (abs(xy[k, 0]) < _LARGEST and abs(xy[k, 1]) < _LARGEST):
            return False
    for k in range(first, last - 1):
        after = k + 2 if k + 2 < last else first + 1
        if not _goes_on(xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1], xy[after, 0], xy[after, 1]):
            return False
    for k in range(first, last - 3):
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        # the edge before the first one is its neighbour
        for m in range(k + 2, last - 2 if k == first else last - 1):
            cx, cy, dx, dy = xy[m, 0], xy[m, 1], xy[m + 1, 0], xy[m + 1, 1]
            if max(cx, dx) < west or min(cx, dx) > east or max(cy, dy) < south or min(cy, dy) > north:
                continue
            if _side(ax, ay, bx, by, cx, cy) * _side(ax, ay, bx, by, dx, dy) > 0:
                continue
            if _side(cx, cy, dx, dy, ax, ay) * _side(cx, cy, dx, dy, bx, by) > 0:
                continue
            return False
    return True


@njit(cache=True, nogil=True, inline="always")
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    """1 left of the line, -1 right of it, 0 where rounding leaves it open."""
    one, other = (bx - ax) * (py - ay), (by - ay) * (px - ax)
    cross, bound = one - other, _CERTAIN * (abs(one) + abs(other))
    if cross > bound:
        return 1
    return -1 if cross < -bound else 0


@njit(cache=True, nogil=True, inline="always")
def _goes_on(ax: float, ay: float, bx: float, by: float, cx: float, cy: float) -> bool:
    """Whether two edges in a row meet in nothing but their common vertex: they turn, or go straight on."""
    return _side(ax, ay, bx, by, cx, cy) != 0 or (bx - ax) * (cx - bx) + (by - ay) * (cy - by) > 0.0
