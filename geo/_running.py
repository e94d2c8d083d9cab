"""How far two boundaries run together, and how far apart they are: the compiled part of adjacency."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# coordinates of 3 × 10⁶ m have a last digit of 5 × 10⁻¹⁰ m: what is closer than a micrometre is the same place
SAME_PLACE_M = 1e-6
# edges whose directions differ by less than 2.9° run together
MAX_SINE = 0.05
# a short edge may be turned further, by a slip of its end of a quarter of the tolerance, up to 30°
SLIP = 0.25
MAX_SINE_OF_SHORT_EDGE = 0.5
# from here on a sorted list is quicker than looking at every pair of edges
MANY_PAIRS = 4096


@njit(cache=True, nogil=True)
def measure_pairs(
    x0: NDArray[np.float64],
    y0: NDArray[np.float64],
    x1: NDArray[np.float64],
    y1: NDArray[np.float64],
    start: NDArray[np.int64],
    bounds: NDArray[np.float64],
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    tolerance: float,
    reach: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Facing length, stacked length, gap, and whether the boundaries cross, of each pair of geometries.

    Facing: the insides lie on opposite sides, as with neighbours. Stacked: on the same side. Both are measured along
    each of the two boundaries and averaged. The gap is infinite beyond ``reach``.
    """
    count = len(left)
    facing = np.zeros(count)
    stacked = np.zeros(count)
    gap = np.full(count, np.inf)
    crosses = np.zeros(count, np.bool_)
    for k in range(count):
        one, other = left[k], right[k]
        west = max(bounds[one, 0], bounds[other, 0]) - reach
        south = max(bounds[one, 1], bounds[other, 1]) - reach
        east = min(bounds[one, 2], bounds[other, 2]) + reach
        north = min(bounds[one, 3], bounds[other, 3]) + reach
        mine = _edges_in(x0, y0, x1, y1, start[one], start[one + 1], west, south, east, north)
        theirs = _edges_in(x0, y0, x1, y1, start[other], start[other + 1], west, south, east, north)
        if len(mine) == 0 or len(theirs) == 0:
            continue
        pairs = _close_edges(x0, y0, x1, y1, mine, theirs, reach)
        nearest = np.inf
        for p in range(len(pairs)):
            distance, crossing = _distance(x0, y0, x1, y1, pairs[p, 0], pairs[p, 1], tolerance)
            nearest = min(nearest, distance)
            crosses[k] |= crossing
        gap[k] = 0.0 if nearest < SAME_PLACE_M else nearest
        if gap[k] <= tolerance + SAME_PLACE_M:
            for side in range(2):
                along, same = _run_together(x0, y0, x1, y1, pairs, side, tolerance)
                facing[k] += 0.5 * along
                stacked[k] += 0.5 * same
    return facing, stacked, gap, crosses


@njit(cache=True, nogil=True)
def _edges_in(x0, y0, x1, y1, first, end, west, south, east, north):  # type: ignore[no-untyped-def]
    found = np.empty(end - first, np.int64)
    count = 0
    for i in range(first, end):
        if (
            max(x0[i], x1[i]) >= west
            and min(x0[i], x1[i]) <= east
            and max(y0[i], y1[i]) >= south
            and min(y0[i], y1[i]) <= north
        ):
            found[count] = i
            count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def _close_edges(x0, y0, x1, y1, mine, theirs, reach):  # type: ignore[no-untyped-def]
    """Pairs of edges whose boxes come within reach, sorted by the first edge."""
    many = len(mine) * len(theirs) > MANY_PAIRS
    if many:
        low = np.empty(len(theirs))
        for j in range(len(theirs)):
            low[j] = min(x0[theirs[j]], x1[theirs[j]])
        order = np.argsort(low)
        theirs = theirs[order]
        low = low[order]
        widest = np.empty(len(theirs))
        high = -np.inf
        for j in range(len(theirs)):
            high = max(high, x0[theirs[j]], x1[theirs[j]])
            widest[j] = high
    found = np.empty((max(8, len(mine) + len(theirs)), 2), np.int64)
    count = 0
    for i in mine:
        west = min(x0[i], x1[i]) - reach
        east = max(x0[i], x1[i]) + reach
        south = min(y0[i], y1[i]) - reach
        north = max(y0[i], y1[i]) + reach
        begin, end = 0, len(theirs)
        if many:
            begin = np.searchsorted(widest, west)
            end = np.searchsorted(low, east, side="right")
        for at in range(begin, end):
            j = theirs[at]
            if (
                max(x0[j], x1[j]) >= west
                and min(x0[j], x1[j]) <= east
                and max(y0[j], y1[j]) >= south
                and min(y0[j], y1[j]) <= north
            ):
                if count == len(found):
                    larger = np.empty((2 * count, 2), np.int64)
                    larger[:count] = found
                    found = larger
                found[count, 0] = i
                found[count, 1] = j
                count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def _point_to_edge(px, py, ax, ay, bx, by):  # type: ignore[no-untyped-def]
    dx, dy = bx - ax, by - ay
    t = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy)
    t = min(1.0, max(0.0, t))
    return np.hypot(px - ax - t * dx, py - ay - t * dy)


@njit(cache=True, nogil=True)
def _distance(x0, y0, x1, y1, i, j, tolerance):  # type: ignore[no-untyped-def]
    """Distance of two edges, and whether they cross by more than a slip of the pen."""
    ax, ay, bx, by = x0[i], y0[i], x1[i], y1[i]
    cx, cy, dx, dy = x0[j], y0[j], x1[j], y1[j]
    length_i = np.hypot(bx - ax, by - ay)
    length_j = np.hypot(dx - cx, dy - cy)
    # signed distances of each edge's ends from the line of the other
    c = ((bx - ax) * (cy - ay) - (by - ay) * (cx - ax)) / length_i
    d = ((bx - ax) * (dy - ay) - (by - ay) * (dx - ax)) / length_i
    a = ((dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)) / length_j
    b = ((dx - cx) * (by - cy) - (dy - cy) * (bx - cx)) / length_j
    if a * b < 0.0 and c * d < 0.0:
        depth_i = min(0.1 * tolerance, 0.1 * length_i)
        depth_j = min(0.1 * tolerance, 0.1 * length_j)
        return 0.0, min(abs(a), abs(b)) > depth_i and min(abs(c), abs(d)) > depth_j
    nearest = min(
        _point_to_edge(ax, ay, cx, cy, dx, dy),
        _point_to_edge(bx, by, cx, cy, dx, dy),
        _point_to_edge(cx, cy, ax, ay, bx, by),
        _point_to_edge(dx, dy, ax, ay, bx, by),
    )
    return nearest, False


@njit(cache=True, nogil=True)
def _run_together(x0, y0, x1, y1, pairs, side, tolerance):  # type: ignore[no-untyped-def]
    """Length of one boundary (side 0 or 1 of the pairs) that runs along the other: facing it, and stacked on it."""
    if side == 1:
        pairs = pairs[np.argsort(pairs[:, 1], kind="mergesort")]
    size = len(pairs)
    low = np.empty((2, size))
    high = np.empty((2, size))
    total = np.zeros(2)
    at = 0
    while at < size:
        i = pairs[at, side]
        counts = np.zeros(2, np.int64)
        while at < size and pairs[at, side] == i:
            begin, end, kind = _span(x0, y0, x1, y1, i, pairs[at, 1 - side], tolerance)
            if end > begin:
                low[kind, counts[kind]] = begin
                high[kind, counts[kind]] = end
                counts[kind] += 1
            at += 1
        for kind in range(2):
            total[kind] += _union(low[kind, : counts[kind]], high[kind, : counts[kind]])
    return total[0], total[1]


@njit(cache=True, nogil=True)
def _span(x0, y0, x1, y1, i, j, tolerance):  # type: ignore[no-untyped-def]
    """The stretch of edge i along which edge j runs within the tolerance; kind 0 facing, 1 stacked."""
    ux, uy = x1[i] - x0[i], y1[i] - y0[i]
    length = np.hypot(ux, uy)
    ux, uy = ux / length, uy / length
    vx, vy = x1[j] - x0[j], y1[j] - y0[j]
    other_length = np.hypot(vx, vy)
    along = ux * vx + uy * vy
    across = ux * vy - uy * vx
    slip = min(MAX_SINE_OF_SHORT_EDGE, SLIP * tolerance / min(length, other_length))
    if abs(across) > other_length * max(MAX_SINE, slip):
        return 0.0, 0.0, 0
    kind = 0 if along < 0.0 else 1
    from_x, from_y = x0[j] - x0[i], y0[j] - y0[i]
    s = ux * from_x + uy * from_y
    height = ux * from_y - uy * from_x
    begin = max(0.0, min(s, s + along))
    end = min(length, max(s, s + along))
    # height is a straight line over the stretch: keep the part where it is within the tolerance
    limit = tolerance + SAME_PLACE_M
    slope = across / along
    if slope == 0.0:
        if abs(height) > limit:
            return 0.0, 0.0, kind
    else:
        one = s + (-limit - height) / slope
        other = s + (limit - height) / slope
        begin = max(begin, min(one, other))
        end = min(end, max(one, other))
    return begin, end, kind


@njit(cache=True, nogil=True)
def _union(low, high):  # type: ignore[no-untyped-def]
    if len(low) == 1:
        return high[0] - low[0]
    total = 0.0
    reached = -np.inf
    for k in np.argsort(low):
        if high[k] > reached:
            total += high[k] - max(low[k], reached)
            reached = high[k]
    return total
