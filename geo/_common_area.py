"""Area that two polygons have in common, without overlaying them.

A polygon is the sum of the strips below its edges, those of edges that run west counted in and those of edges that run
east counted out. The common area of two is then a sum over pairs of edges: the strip below both. No point of crossing
is looked for, so nothing is special about edges that touch, coincide or almost do.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._pieces import BACKWARD


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def edges_above(xy, pieces, row, west, east, ox, oy, edges):  # type: ignore[no-untyped-def]
    """Edges of a row that meet a strip from west to east: both ends from an origin, slope, sign; and their count."""
    count = 0
    for piece in range(pieces.start[row], pieces.start[row + 1]):
        if pieces.box[piece, 2] <= west or pieces.box[piece, 0] >= east:
            continue
        first, end = pieces.first[piece], pieces.end[piece]
        if count + end - first > len(edges):
            larger = np.empty((2 * (count + end - first), 6))
            larger[:count] = edges[:count]
            edges = larger
        turned = (pieces.about[piece] & BACKWARD) != 0
        for k in range(first, end):
            ax, bx = xy[k, 0], xy[k + 1, 0]
            if ax == bx or max(ax, bx) <= west or min(ax, bx) >= east:
                continue
            ay, by = xy[k, 1], xy[k + 1, 1]
            sign = 1.0 if (ax > bx) != turned else -1.0
            if ax > bx:
                ax, ay, bx, by = bx, by, ax, ay
            edges[count, 0], edges[count, 1] = ax - ox, ay - oy
            edges[count, 2], edges[count, 3] = bx - ox, by - oy
            edges[count, 4] = (by - ay) / (bx - ax)
            edges[count, 5] = sign
            count += 1
    return edges, count


@njit(cache=True, nogil=True, error_model="numpy")
def area_below_both(mine, m, theirs, t, west, east):  # type: ignore[no-untyped-def]
    """Sum over pairs of edges within a strip."""
    area = 0.0
    for a in range(m):
        ax, ay, slope = mine[a, 0], mine[a, 1], mine[a, 4]
        lowest, highest = max(ax, west), min(mine[a, 2], east)
        for b in range(t):
            low, high = max(lowest, theirs[b, 0]), min(highest, theirs[b, 2])
            if low >= high:
                continue
            other = theirs[b, 4]
            p, q = ay + (low - ax) * slope, ay + (high - ax) * slope
            r, s = theirs[b, 1] + (low - theirs[b, 0]) * other, theirs[b, 1] + (high - theirs[b, 0]) * other
            above, after = p - r, q - s
            if above * after >= 0.0:
                mean = 0.5 * (min(p, r) + min(q, s))
            else:
                share = above / (above - after)
                middle = p + (q - p) * share
                mean = 0.5 * (share * (min(p, r) + middle) + (1.0 - share) * (middle + min(q, s)))
            area += mine[a, 5] * theirs[b, 5] * mean * (high - low)
    return area


@njit(cache=True, nogil=True, error_model="numpy")
def crosses_itself(xy, pieces, row):  # type: ignore[no-untyped-def]
    """Whether edges of a row cross each other, away from their ends."""
    for one in range(pieces.start[row], pieces.start[row + 1]):
        for other in range(one, pieces.start[row + 1]):
            if (
                pieces.box[one, 0] > pieces.box[other, 2]
                or pieces.box[one, 2] < pieces.box[other, 0]
                or pieces.box[one, 1] > pieces.box[other, 3]
                or pieces.box[one, 3] < pieces.box[other, 1]
            ):
                continue
            for i in range(pieces.first[one], pieces.end[one]):
                ax, ay, bx, by = xy[i, 0], xy[i, 1], xy[i + 1, 0], xy[i + 1, 1]
                west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
                for j in range(max(i + 1, pieces.first[other]), pieces.end[other]):
                    cx, cy, dx, dy = xy[j, 0], xy[j, 1], xy[j + 1, 0], xy[j + 1, 1]
                    if (max(cx, dx) < west) | (min(cx, dx) > east) | (max(cy, dy) < south) | (min(cy, dy) > north):
                        continue
                    c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
                    d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
                    e = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
                    f = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
                    if c * d < 0.0 and e * f < 0.0:
                        return True
    return False
