"""Which parts of a stretch of boundary see a road behind what stands before it: a compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._buffers import sort

# kinds of road edges met by a ray: a centre line, the near side of a polygon, any other side of a polygon
LINE, NEAR_SIDE, OTHER_SIDE = 0, 1, 2
# columns of hits and walls: from, to, height at from, slope; hits also the half width, the road and the kind
FROM, TO, HEIGHT, SLOPE, HALF, ROAD, KIND = 0, 1, 2, 3, 4, 5, 6


@njit(cache=True, nogil=True, error_model="numpy")
def seen_alone(hits, h, tolerance, seen):  # type: ignore[no-untyped-def]
    """`seen_parts` for one edge of a road and nothing before it, as nearly always; -1 when it has to be asked for."""
    nearest = hits[h, HEIGHT] - hits[h, HALF] + min(0.0, hits[h, SLOPE] * (hits[h, TO] - hits[h, FROM]))
    # one way out: with several, the owners of the arrays are counted
    stretches = -1
    if hits[h, KIND] == OTHER_SIDE:
        stretches = 0
    elif nearest >= -tolerance:
        seen[0, 0], seen[0, 1], seen[0, 2] = hits[h, FROM], hits[h, TO], nearest
        stretches = 1
    return stretches


@njit(cache=True, nogil=True, error_model="numpy")
def seen_parts(hits, first, end, walls, standing, tolerance, cuts, seen):  # type: ignore[no-untyped-def]
    """Write the parts of a stretch that see one road (its hits are ``first`` to ``end``): from, to, least distance.

    How many; -1 when they or the places between may not fit.
    """
    size = 5 * (end - first) + 3 * standing + (end - first) * (standing + end - first)
    if size > len(cuts):
        return -1
    count = _cuts(hits, first, end, walls, standing, tolerance, cuts)
    stretches = 0
    for c in range(count - 1):
        begin, to = cuts[c], cuts[c + 1]
        if to <= begin:
            continue
        middle = 0.5 * (begin + to)
        wall = np.inf
        for w in range(standing):
            if walls[w, FROM] <= middle <= walls[w, TO]:
                wall = min(wall, walls[w, HEIGHT] + walls[w, SLOPE] * (middle - walls[w, FROM]))
        least = np.inf
        for h in range(first, end):
            if hits[h, KIND] == OTHER_SIDE or not hits[h, FROM] <= middle <= hits[h, TO]:
                continue
            front = hits[h, HEIGHT] + hits[h, SLOPE] * (middle - hits[h, FROM]) - hits[h, HALF]
            if front >= -tolerance:
                visible = front <= wall + tolerance
            else:
                # one stands in the road: nothing may stand right before, and the middle of the road lies ahead
                visible = wall > tolerance and (hits[h, KIND] == LINE or _stands_in(hits, first, end, h, middle))
            if visible:
                ends = (
                    hits[h, HEIGHT]
                    - hits[h, HALF]
                    + hits[h, SLOPE] * ((begin if hits[h, SLOPE] > 0.0 else to) - hits[h, FROM])
                )
                least = min(least, ends)
        if least == np.inf:
            continue
        if stretches and seen[stretches - 1, 1] == begin:
            seen[stretches - 1, 1] = to
            seen[stretches - 1, 2] = min(seen[stretches - 1, 2], least)
            continue
        if stretches == len(seen):
            return -1
        seen[stretches, 0], seen[stretches, 1], seen[stretches, 2] = begin, to, least
        stretches += 1
    return stretches


@njit(cache=True, nogil=True, error_model="numpy")
def _stands_in(hits, first, end, near_side, middle):  # type: ignore[no-untyped-def]
    """Whether the near side of a road, behind the boundary, is the last before it, and the far side no nearer."""
    behind = hits[near_side, HEIGHT] + hits[near_side, SLOPE] * (middle - hits[near_side, FROM])
    far = np.inf
    for h in range(first, end):
        if h == near_side or not hits[h, FROM] <= middle <= hits[h, TO]:
            continue
        height = hits[h, HEIGHT] + hits[h, SLOPE] * (middle - hits[h, FROM])
        if height > 0.0:
            far = min(far, height)
        elif height >= behind:
            return False
    return far + behind >= 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _cuts(hits, first, end, walls, standing, tolerance, cuts):  # type: ignore[no-untyped-def]
    """Places between which nothing changes, in order."""
    count = 0
    low, high, in_road = np.inf, -np.inf, False
    for h in range(first, end):
        cuts[count], cuts[count + 1] = hits[h, FROM], hits[h, TO]
        count += 2
        if hits[h, KIND] != OTHER_SIDE:
            low, high = min(low, hits[h, FROM]), max(high, hits[h, TO])
            nearest = hits[h, HEIGHT] + min(0.0, hits[h, SLOPE] * (hits[h, TO] - hits[h, FROM])) - hits[h, HALF]
            if nearest < -tolerance:
                in_road = True
                count = _cut_where(
                    hits[h, FROM], hits[h, TO], hits[h, HEIGHT] - hits[h, HALF] + tolerance, hits[h, SLOPE], cuts, count
                )
    for w in range(standing):
        begin, to, height, slope = walls[w, FROM], walls[w, TO], walls[w, HEIGHT], walls[w, SLOPE]
        cuts[count], cuts[count + 1] = begin, to
        count += 2
        if in_road:
            count = _cut_where(begin, to, height - tolerance, slope, cuts, count)
        for h in range(first, end):
            # where the near side of the road passes behind the wall
            if hits[h, KIND] != OTHER_SIDE:
                from_ = max(begin, hits[h, FROM])
                front = hits[h, HEIGHT] + hits[h, SLOPE] * (from_ - hits[h, FROM]) - hits[h, HALF]
                gap = height + slope * (from_ - begin) + tolerance - front
                count = _cut_where(from_, min(to, hits[h, TO]), gap, slope - hits[h, SLOPE], cuts, count)
    if in_road:
        for h in range(first, end):
            for g in range(h + 1, end):
                # where the far side is as far ahead as the near one is behind
                from_ = max(hits[h, FROM], hits[g, FROM])
                one = hits[h, HEIGHT] + hits[h, SLOPE] * (from_ - hits[h, FROM])
                other = hits[g, HEIGHT] + hits[g, SLOPE] * (from_ - hits[g, FROM])
                to = min(hits[h, TO], hits[g, TO])
                count = _cut_where(from_, to, one + other, hits[h, SLOPE] + hits[g, SLOPE], cuts, count)
    kept = 0
    for c in range(count):
        if low <= cuts[c] <= high:
            cuts[kept] = cuts[c]
            kept += 1
    sort(cuts, kept)
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def _cut_where(begin, to, value, slope, cuts, count):  # type: ignore[no-untyped-def]
    """Note where a value, given at ``begin``, passes 0 before ``to``."""
    if to > begin and slope != 0.0:
        at = begin - value / slope
        if begin < at < to:
            cuts[count] = at
            count += 1
    return count
