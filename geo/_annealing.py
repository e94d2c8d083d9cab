"""Territories that change by one parcel after another, by simulated annealing: the compiled part of annealing.

Metropolis et al., J. Chem. Phys. 21(6), 1953; Kirkpatrick, Gelatt and Vecchi, Science 220(4598), 1983. A step is worth
what it changes of the sum and is taken by that alone; whether territories still hang together is asked last, by a walk
in breadth that ends where it began in nearly every case. Random numbers: xorshift64* (Vigna, ACM Trans. Math. Softw.
42(4), 2016), whose state the caller keeps: slices of any length make one sequence.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NONE = -1


@njit(cache=True, nogil=True, inline="always")
def _drawn(random):  # type: ignore[no-untyped-def]
    """Draw a number from 0 to below 1."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * 1.1102230246251565e-16


@njit(cache=True, nogil=True)
def _touched(start, near, given, row, k, stamp, stamps, queue, most):  # type: ignore[no-untyped-def]
    """Count the pieces of k, ``row`` left out, that ``row`` touches; it stops counting at ``most``."""
    sought = 0
    first = NONE
    mark = stamps[0] + 2
    stamps[0] = mark
    for at in range(start[row], start[row + 1]):
        other = near[at]
        if given[other] == k and other != row:
            sought += 1
            stamp[other] = mark - 1
            if first < 0:
                first = other
    if sought <= 1:
        return sought
    found = 0
    stamp[row] = mark
    begin = start[row]
    while sought > 0:
        if first < 0:
            while stamp[near[begin]] != mark - 1:
                begin += 1
            first = near[begin]
        found += 1
        if found >= most:
            return found
        stamp[first] = mark
        sought -= 1
        queue[0] = first
        head, tail = 0, 1
        first = NONE
        while head < tail and sought > 0:
            here = queue[head]
            head += 1
            for at in range(start[here], start[here + 1]):
                other = near[at]
                if given[other] == k and stamp[other] != mark:
                    if stamp[other] == mark - 1:
                        sought -= 1
                    stamp[other] = mark
                    queue[tail] = other
                    tail += 1
    return found


@njit(cache=True, nogil=True, inline="always")
def _charge(area, least, quota, most, over, outside):  # type: ignore[no-untyped-def]
    """Price an area: what lies beyond the quota, and, dearer, what lies outside the bounds."""
    price = 0.0
    if area > quota:
        price += (area - quota) * over
    if area < least:
        price += (least - area) * outside
    elif area > most:
        price += (area - most) * outside
    return price


@njit(cache=True, nogil=True)
def anneal(  # type: ignore[no-untyped-def]
    start, near, side_start, side_near, side_worth, bar_start, bar_own, bar_near, bar_near_own,
    movable, may, worth, area, least, quota, most, over, outside, scatter, limit,
    given, has, pieces, sums, best, random, steps, hot, cold,
):  # fmt: skip
    """Try ``steps`` moves while it cools from ``hot`` to ``cold``.

    Changes ``given``, ``has`` (area by territory), ``pieces``, ``best`` (the best arrangement within all bounds) and
    ``sums``: the worth now, that of the best, and what it is charged now for lying outside its bounds. Territories in
    more pieces than their ``limit`` (0: any number) never fall into more.
    """
    count = len(given)
    clusters = len(quota)
    stamp = np.zeros(count, np.int64)
    stamps = np.zeros(1, np.int64)
    queue = np.empty(count + 1, np.int64)
    is_best = False
    heat = hot
    factor = (cold / hot) ** (256.0 / max(steps, 1))
    moved = 0
    for step in range(steps):
        if step % 256 == 255:
            heat *= factor
        row = movable[int(_drawn(random) * len(movable))]
        a = given[row]
        degree = start[row + 1] - start[row]
        pick = int(_drawn(random) * (degree + 1))
        if pick < degree:
            b = given[near[start[row] + pick]]
        elif a >= 0:
            b = NONE
        else:
            b = int(_drawn(random) * clusters)
        if b == a or (b >= 0 and not may[row, b]):
            continue
        # what it changes
        change = 0.0
        bound = 0.0
        size = area[row]
        if a >= 0:
            change -= worth[row, a]
            was = _charge(has[a], least[a], quota[a], most[a], 0.0, outside)
            now = _charge(has[a] - size, least[a], quota[a], most[a], 0.0, outside)
            bound += now - was
            change -= max(has[a] - size - quota[a], 0.0) * over - max(has[a] - quota[a], 0.0) * over
        if b >= 0:
            change += worth[row, b]
            was = _charge(has[b], least[b], quota[b], most[b], 0.0, outside)
            now = _charge(has[b] + size, least[b], quota[b], most[b], 0.0, outside)
            bound += now - was
            change -= max(has[b] + size - quota[b], 0.0) * over - max(has[b] - quota[b], 0.0) * over
        for at in range(side_start[row], side_start[row + 1]):
            other = given[side_near[at]]
            if other >= 0:
                if other == a:
                    change -= side_worth[at]
                elif other == b:
                    change += side_worth[at]
        gain = change - bound
        if gain < 0.0 and _drawn(random) >= np.exp(gain / heat):
            continue
        # whether it may be
        fits = True
        if b >= 0:
            for at in range(bar_start[row], bar_start[row + 1]):
                if bar_own[at] == b and given[bar_near[at]] == bar_near_own[at]:
                    fits = False
                    break
            if not fits:
                continue
        more_b = 0
        if b >= 0 and limit[b] > 0:
            if pieces[b] == 1 and pick < degree:
                joins = 1
            else:
                joins = _touched(start, near, given, row, b, stamp, stamps, queue, count)
            more_b = 1 - joins
            if more_b > 0 and pieces[b] + more_b > limit[b]:
                continue
        more_a = 0
        if a >= 0 and limit[a] > 0:
            room = limit[a] - pieces[a] + 1
            left = _touched(start, near, given, row, a, stamp, stamps, queue, max(room, 1) + 1)
            more_a = left - 1
            if more_a > 0 and pieces[a] + more_a > limit[a]:
                continue
        # what is best is copied when it is about to be left for less
        if is_best and (change < 0.0 or bound > 0.0):
            best[:] = given
            is_best = False
        given[row] = b
        moved += 1
        if a >= 0:
            has[a] -= size
            if limit[a] > 0:
                bound += scatter * (max(pieces[a] + more_a - limit[a], 0) - max(pieces[a] - limit[a], 0))
            pieces[a] += more_a
        if b >= 0:
            has[b] += size
            if limit[b] > 0:
                bound += scatter * (max(pieces[b] + more_b - limit[b], 0) - max(pieces[b] - limit[b], 0))
            pieces[b] += more_b
        sums[0] += change
        sums[2] += bound
        if sums[2] <= 1e-6 and sums[0] > sums[1] + 1e-7:
            sums[1] = sums[0]
            is_best = True
    if is_best:
        best[:] = given
    return moved
