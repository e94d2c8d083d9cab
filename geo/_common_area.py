"""Area that two polygons have in common, without overlaying them.

A polygon is the sum of the strips below its edges, those of edges that run west counted in and those of edges that run
east counted out. The common area of two is then a sum over pairs of edges: the strip below both. No point of crossing
is looked for, so nothing is special about edges that touch, coincide or almost do.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._lanes import CHUNK, edges_met, lowest
from geo._pieces import BACKWARD

NONE, ONE, TWO, THREE, FOUR, FIVE, SIX = (np.uint64(number) for number in range(7))


@njit(cache=True, nogil=True, error_model="numpy")
def edges_above(seen, row, west, east, ox, oy, edges):  # type: ignore[no-untyped-def]
    """Write the edges of a row that meet a strip from west to east, and count them.

    Six numbers each: both ends from an origin, slope, sign. ``seen`` and ``edges`` are places (`seen_of`).
    """
    count = NONE
    for piece in range(np.uint64(seen.start[row]), np.uint64(seen.start[row + 1])):
        if seen.box[FOUR * piece + TWO] <= west or seen.box[FOUR * piece] >= east:
            continue
        turned = (seen.about[piece] & BACKWARD) != 0
        for k in range(np.uint64(seen.first[piece]), np.uint64(seen.end[piece])):
            at = TWO * k
            ax, ay, bx, by = seen.xy[at], seen.xy[at + ONE], seen.xy[at + TWO], seen.xy[at + THREE]
            if (ax == bx) | (max(ax, bx) <= west) | (min(ax, bx) >= east):
                continue
            sign = 1.0 if (ax > bx) != turned else -1.0
            if ax > bx:
                ax, ay, bx, by = bx, by, ax, ay
            into = SIX * count
            edges[into], edges[into + ONE] = ax - ox, ay - oy
            edges[into + TWO], edges[into + THREE] = bx - ox, by - oy
            edges[into + FOUR] = (by - ay) / (bx - ax)
            edges[into + FIVE] = sign
            count += ONE
    return count


@njit(cache=True, nogil=True)
def most_above(seen, row, west, east):  # type: ignore[no-untyped-def]
    """Edges of the pieces of a row that meet a strip: `edges_above` writes no more."""
    count = NONE
    for piece in range(np.uint64(seen.start[row]), np.uint64(seen.start[row + 1])):
        if not (seen.box[FOUR * piece + TWO] <= west or seen.box[FOUR * piece] >= east):
            count += np.uint64(seen.end[piece] - seen.first[piece])
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def area_below_both(mine, m, theirs, t, west, east):  # type: ignore[no-untyped-def]
    """Sum over pairs of edges within a strip; ``mine`` and ``theirs`` are places of `edges_above`."""
    area = 0.0
    for a in range(m):
        at = SIX * a
        ax, ay, bx, slope, sign = mine[at], mine[at + ONE], mine[at + TWO], mine[at + FOUR], mine[at + FIVE]
        lowest, highest = max(ax, west), min(bx, east)
        for b in range(t):
            at = SIX * b
            cx = theirs[at]
            low, high = max(lowest, cx), min(highest, theirs[at + TWO])
            if low >= high:
                continue
            cy, other = theirs[at + ONE], theirs[at + FOUR]
            p, q = ay + (low - ax) * slope, ay + (high - ax) * slope
            r, s = cy + (low - cx) * other, cy + (high - cx) * other
            above, after = p - r, q - s
            if above * after >= 0.0:
                mean = 0.5 * (min(p, r) + min(q, s))
            else:
                share = above / (above - after)
                middle = p + (q - p) * share
                mean = 0.5 * (share * (min(p, r) + middle) + (1.0 - share) * (middle + min(q, s)))
            area += sign * theirs[at + FIVE] * mean * (high - low)
    return area


@njit(cache=True, nogil=True, error_model="numpy")
def crosses_itself(seen, row):  # type: ignore[no-untyped-def]
    """Whether edges of a row cross each other, away from their ends; ``seen`` is of `seen_of`."""
    xy, box = seen.xy, seen.box
    first, last = np.uint64(seen.start[row]), np.uint64(seen.start[row + 1])
    for one in range(first, last):
        for other in range(one, last):
            if (
                (box[FOUR * one] > box[FOUR * other + TWO])
                | (box[FOUR * one + TWO] < box[FOUR * other])
                | (box[FOUR * one + ONE] > box[FOUR * other + THREE])
                | (box[FOUR * one + THREE] < box[FOUR * other + ONE])
            ):
                continue
            for i in range(np.uint64(seen.first[one]), np.uint64(seen.end[one])):
                at = TWO * i
                ax, ay, bx, by = xy[at], xy[at + ONE], xy[at + TWO], xy[at + THREE]
                west, east, south, north = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
                begin, end = max(i + ONE, np.uint64(seen.first[other])), np.uint64(seen.end[other])
                while begin < end:
                    met = edges_met(xy, begin, min(CHUNK, end - begin), west, south, east, north)
                    while met:
                        at = TWO * begin + lowest(met)
                        met &= met - ONE
                        cx, cy, dx, dy = xy[at], xy[at + ONE], xy[at + TWO], xy[at + THREE]
                        c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
                        d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
                        e = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
                        f = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
                        if c * d < 0.0 and e * f < 0.0:
                            return True
                    begin += CHUNK
    return False
