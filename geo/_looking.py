"""What a boundary sees when it looks straight out: the compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# a boundary looks at a road that runs within 60° of its own direction: the end of a road, seen along it, is no frontage
MIN_COSINE = 0.5
# an edge that is seen end on covers nothing
NO_WIDTH_M = 1e-9


@njit(cache=True, nogil=True)
def look_out(
    x0: NDArray[np.float64],
    y0: NDArray[np.float64],
    x1: NDArray[np.float64],
    y1: NDArray[np.float64],
    start: NDArray[np.int64],
    lookers: NDArray[np.int64],
    road_edges: NDArray[np.float64],
    road_of: NDArray[np.int64],
    road_near: NDArray[np.int64],
    road_start: NDArray[np.int64],
    half_width: NDArray[np.float64],
    others_near: NDArray[np.int64],
    others_start: NDArray[np.int64],
    bounds: NDArray[np.float64],
    distance: float,
    tolerance: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Looker, road, length and least distance, for every looker and every road that it sees.

    ``road_near[road_start[k]:road_start[k + 1]]`` are the road edges near looker ``k``, grouped by road;
    ``others_near`` in the same way the parcels that may stand in between, itself among them.
    """
    size = 16
    looker_out = np.empty(size, np.int64)
    road_out = np.empty(size, np.int64)
    length_out = np.empty(size)
    least_out = np.empty(size)
    count = 0
    for k in range(len(lookers)):
        row = lookers[k]
        near = road_near[road_start[k] : road_start[k + 1]]
        seen = np.zeros(len(near))
        least = np.full(len(near), np.inf)
        for i in range(start[row], start[row + 1]):
            _from_edge(
                x0, y0, x1, y1, start, i, near, road_edges, road_of, half_width,
                others_near[others_start[k] : others_start[k + 1]], bounds, distance, tolerance, seen, least,
            )  # fmt: skip
        at = 0
        while at < len(near):
            # the first edge of a road carries the sum of the road
            road = road_of[near[at]]
            if seen[at] > 0.0:
                if count == size:
                    looker_out, road_out = _doubled(looker_out), _doubled(road_out)
                    length_out, least_out = _doubled(length_out), _doubled(least_out)
                    size *= 2
                looker_out[count] = row
                road_out[count] = road
                length_out[count] = seen[at]
                least_out[count] = max(0.0, least[at])
                count += 1
            while at < len(near) and road_of[near[at]] == road:
                at += 1
    return looker_out[:count], road_out[:count], length_out[:count], least_out[:count]


@njit(cache=True, nogil=True)
def _doubled(array):  # type: ignore[no-untyped-def]
    larger = np.empty(2 * len(array), array.dtype)
    larger[: len(array)] = array
    return larger


@njit(cache=True, nogil=True)
def _hit(ax, ay, ux, uy, length, cx, cy, dx, dy):  # type: ignore[no-untyped-def]
    """Where the rays that leave an edge at right angles to the outside meet another: from, to, height at from, slope.

    Heights are positive outside (to the right of the edge).
    """
    s0 = ux * (cx - ax) + uy * (cy - ay)
    s1 = ux * (dx - ax) + uy * (dy - ay)
    h0 = uy * (cx - ax) - ux * (cy - ay)
    h1 = uy * (dx - ax) - ux * (dy - ay)
    if s0 > s1:
        s0, s1, h0, h1 = s1, s0, h1, h0
    if s1 - s0 < NO_WIDTH_M or s1 <= 0.0 or s0 >= length:
        return 0.0, 0.0, 0.0, 0.0
    slope = (h1 - h0) / (s1 - s0)
    begin, end = max(0.0, s0), min(length, s1)
    return begin, end, h0 + slope * (begin - s0), slope


@njit(cache=True, nogil=True)
def _from_edge(  # type: ignore[no-untyped-def]
    x0, y0, x1, y1, start, i, near, road_edges, road_of, half_width, others, bounds, distance, tolerance, seen, least
):
    length = np.hypot(x1[i] - x0[i], y1[i] - y0[i])
    ux, uy = (x1[i] - x0[i]) / length, (y1[i] - y0[i]) / length
    hits = np.empty((len(near), 5))
    found = 0
    farthest = 0.0
    for n in range(len(near)):
        edge = near[n]
        cx, cy, dx, dy = road_edges[edge, 0], road_edges[edge, 1], road_edges[edge, 2], road_edges[edge, 3]
        run = np.hypot(dx - cx, dy - cy)
        if run == 0.0 or abs(ux * (dx - cx) + uy * (dy - cy)) < MIN_COSINE * run:
            continue
        begin, end, height, slope = _hit(x0[i], y0[i], ux, uy, length, cx, cy, dx, dy)
        begin, end, height = _between(begin, end, height, slope, -tolerance, distance + half_width[near[n]])
        if end > begin:
            hits[found, 0], hits[found, 1], hits[found, 2], hits[found, 3] = begin, end, height, slope
            hits[found, 4] = n
            farthest = max(farthest, height, height + slope * (end - begin))
            found += 1
    if found == 0:
        return
    walls = _walls(x0, y0, x1, y1, start, i, ux, uy, length, others, bounds, farthest, tolerance)
    low, high = hits[:found, 0].min(), hits[:found, 1].max()
    cuts = _cuts(hits[:found], walls, low, high)
    for c in range(len(cuts) - 1):
        width = cuts[c + 1] - cuts[c]
        if width <= 0.0:
            continue
        middle = 0.5 * (cuts[c] + cuts[c + 1])
        wall = np.inf
        for w in range(len(walls)):
            if walls[w, 0] <= middle <= walls[w, 1]:
                wall = min(wall, walls[w, 2] + walls[w, 3] * (middle - walls[w, 0]))
        counted = -1
        for h in range(found):
            begin, end, height, slope = hits[h, 0], hits[h, 1], hits[h, 2], hits[h, 3]
            if not begin <= middle <= end or height + slope * (middle - begin) > wall + tolerance:
                continue
            n = int(hits[h, 4])
            first = n
            while first > 0 and road_of[near[first - 1]] == road_of[near[n]]:
                first -= 1
            ends = min(height + slope * (cuts[c] - begin), height + slope * (cuts[c + 1] - begin))
            least[first] = min(least[first], ends - half_width[near[n]])
            # several edges of one road over the same stretch count once
            if first != counted:
                seen[first] += width
                counted = first


@njit(cache=True, nogil=True)
def _between(begin, end, height, slope, low, high):  # type: ignore[no-untyped-def]
    """The part of a stretch where the height, linear along it, lies between two limits."""
    if end <= begin:
        return 0.0, 0.0, 0.0
    if slope == 0.0:
        return (begin, end, height) if low <= height <= high else (0.0, 0.0, 0.0)
    one = begin + (low - height) / slope
    other = begin + (high - height) / slope
    from_, to = max(begin, min(one, other)), min(end, max(one, other))
    return from_, to, height + slope * (from_ - begin)


@njit(cache=True, nogil=True)
def _walls(x0, y0, x1, y1, start, i, ux, uy, length, others, bounds, farthest, tolerance):  # type: ignore[no-untyped-def]
    """What stands before an edge, up to the farthest road: from, to, height at from, slope."""
    # the ground that the rays sweep
    ox, oy = uy * farthest, -ux * farthest
    west = min(x0[i], x1[i]) + min(0.0, ox) - tolerance
    east = max(x0[i], x1[i]) + max(0.0, ox) + tolerance
    south = min(y0[i], y1[i]) + min(0.0, oy) - tolerance
    north = max(y0[i], y1[i]) + max(0.0, oy) + tolerance
    walls = np.empty((16, 4))
    count = 0
    for other in others:
        if bounds[other, 0] > east or bounds[other, 2] < west or bounds[other, 1] > north or bounds[other, 3] < south:
            continue
        for j in range(start[other], start[other + 1]):
            if (
                j == i
                or min(x0[j], x1[j]) > east
                or max(x0[j], x1[j]) < west
                or min(y0[j], y1[j]) > north
                or max(y0[j], y1[j]) < south
            ):
                continue
            begin, end, height, slope = _hit(x0[i], y0[i], ux, uy, length, x0[j], y0[j], x1[j], y1[j])
            begin, end, height = _between(begin, end, height, slope, -tolerance, farthest + tolerance)
            # a wall faces the edge: its own inside lies beyond it
            if end <= begin or ux * (x1[j] - x0[j]) + uy * (y1[j] - y0[j]) > 0.0:
                continue
            if count == len(walls):
                larger = np.empty((2 * count, 4))
                larger[:count] = walls
                walls = larger
            walls[count, 0], walls[count, 1], walls[count, 2], walls[count, 3] = begin, end, height, slope
            count += 1
    return walls[:count]


@njit(cache=True, nogil=True)
def _cuts(hits, walls, low, high):  # type: ignore[no-untyped-def]
    """Places between which nothing changes: ends of hits and walls, and where a wall passes before a road."""
    size = 2 * (len(hits) + len(walls)) + len(hits) * len(walls)
    cuts = np.empty(size)
    count = 0
    for h in range(len(hits)):
        cuts[count], cuts[count + 1] = hits[h, 0], hits[h, 1]
        count += 2
    for w in range(len(walls)):
        cuts[count], cuts[count + 1] = walls[w, 0], walls[w, 1]
        count += 2
        for h in range(len(hits)):
            lean = hits[h, 3] - walls[w, 3]
            if lean != 0.0:
                at_zero = hits[h, 2] - hits[h, 3] * hits[h, 0] - walls[w, 2] + walls[w, 3] * walls[w, 0]
                cuts[count] = -at_zero / lean
                count += 1
    kept = np.sort(cuts[:count])
    return kept[(kept >= low) & (kept <= high)]
