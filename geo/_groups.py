"""Walking through all connected groups of parcels up to a size, each once: the compiled part of grouping.

Order of enumeration: Wernicke's ESU (IEEE/ACM Trans. Comput. Biol. Bioinform. 3(4), 2006). A group is built from its
first member outwards; a node is a candidate once, when it is first seen next to the group. Nodes are numbered by
falling area, so that the first member is the largest: with its area the whole group is bounded from the start.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# what a float sum of lengths may be short of, in metres
SLACK_M = 1e-6
_NEVER = np.int64(1) << np.int64(62)


@njit(cache=True, nogil=True)
def search_size(  # type: ignore[no-untyped-def]
    start, near, shared, area, perimeter, front, kind, fits, row,
    least, most, least_front, size, keep, budget, member,
):  # fmt: skip
    """All groups of exactly ``size`` nodes that meet the conditions and could spare none of their nodes.

    Fills ``member`` with the nodes that are in one. Gives the best ``keep`` groups (rows, area, perimeter, frontage),
    how many there are, how many partial groups were looked at, and whether the budget of those was enough.
    """
    nodes = len(area)
    best = np.full((keep, size), -1, np.int64)
    keys = np.full((keep, 3), _NEVER, np.int64)
    measures = np.zeros((keep, 3))
    held = 0
    total = 0
    steps = 0
    seen = np.zeros(nodes, np.bool_)
    place = np.full(nodes, -1, np.int64)
    cap = _widest(start) * size + 1
    waiting = np.empty((size, cap), np.int64)
    waits = np.zeros(size, np.int64)
    marked = np.empty((size, cap), np.int64)
    marks = np.zeros(size, np.int64)
    group = np.empty(size, np.int64)
    sums = np.zeros(size, np.int64)
    fronts = np.zeros(size)
    ball = np.empty(nodes, np.int64)
    most_area = np.zeros(size, np.int64)
    most_front = np.zeros(size)
    for root in range(nodes):
        if area[root] * size < least:
            break  # so are all that follow: no group of this size can be large enough
        if area[root] > most:
            continue
        found = _ball(start, near, root, size - 1, root, ball, seen)
        _top(area, front, ball, found, size, most_area, most_front)
        if area[root] + most_area[size - 1] < least or front[root] + most_front[size - 1] < least_front - SLACK_M:
            continue
        steps += 1
        group[0], sums[0], fronts[0] = root, area[root], front[root]
        if size == 1:
            if area[root] >= least and front[root] >= least_front - SLACK_M:
                total += 1
                member[root] = True
                held = _insert(best, keys, measures, held, group, row, area[root], perimeter[root], front[root], least)
            continue
        if area[root] >= least and front[root] >= least_front - SLACK_M:
            continue  # it is an answer alone: no larger group needs the others
        depth = 0
        seen[root] = True
        place[root] = 0
        waits[0] = _widen(start, near, root, root, seen, waiting[0], 0, marked, marks, 0)
        while depth >= 0:
            if waits[depth] == 0:
                for j in range(marks[depth]):
                    seen[marked[depth, j]] = False
                place[group[depth]] = -1
                depth -= 1
                continue
            waits[depth] -= 1
            new = waiting[depth, waits[depth]]
            steps += 1
            if steps > budget:
                return best, measures, held, total, steps, False
            together = sums[depth] + area[new]
            along = fronts[depth] + front[new]
            left = size - depth - 2
            if together > most or together + most_area[left] < least:
                continue
            if along + most_front[left] < least_front - SLACK_M or not _all_fit(kind, fits, group, depth + 1, new):
                continue
            enough = together >= least and along >= least_front - SLACK_M
            if left == 0:
                if not enough:
                    continue
                group[depth + 1] = new
                place[new] = depth + 1
                outline, spare = _look_at(
                    start, near, shared, area, perimeter, front, group, size, place, together, along, least, least_front
                )
                place[new] = -1
                if not spare:
                    total += 1
                    for j in range(size):
                        member[group[j]] = True
                    held = _insert(best, keys, measures, held, group, row, together, outline, along, least)
                continue
            if enough:
                continue
            depth += 1
            group[depth], sums[depth], fronts[depth] = new, together, along
            place[new] = depth
            for j in range(waits[depth - 1]):
                waiting[depth, j] = waiting[depth - 1, j]
            waits[depth] = _widen(start, near, new, root, seen, waiting[depth], waits[depth - 1], marked, marks, depth)
        seen[root] = False
    return best, measures, held, total, steps, True


@njit(cache=True, nogil=True)
def reach_from(  # type: ignore[no-untyped-def]
    start, near, area, front, kind, fits, seeds, least, most, least_front, size, budget
):  # fmt: skip
    """What groups of up to ``size`` nodes with each seed in them can come to.

    Gives for each seed whether one meets the conditions (1 yes, 0 no, 2 not examined within the budget), that group (-1
    fills), the largest area up to ``most`` that a group has, and the longest frontage of one that is large enough.
    """
    nodes = len(area)
    verdict = np.full(len(seeds), 2, np.uint8)
    groups = np.full((len(seeds), size), -1, np.int64)
    largest = np.zeros(len(seeds), np.int64)
    longest = np.full(len(seeds), -1.0)
    seen = np.zeros(nodes, np.bool_)
    cap = _widest(start) * size + 1
    waiting = np.empty((size, cap), np.int64)
    waits = np.zeros(size, np.int64)
    marked = np.empty((size, cap), np.int64)
    marks = np.zeros(size, np.int64)
    group = np.empty(size, np.int64)
    sums = np.zeros(size, np.int64)
    fronts = np.zeros(size)
    ball = np.empty(nodes, np.int64)
    most_area = np.zeros(size, np.int64)
    most_front = np.zeros(size)
    steps = 0
    for s in range(len(seeds)):
        root = seeds[s]
        if area[root] > most:
            verdict[s] = 0
            largest[s] = area[root]
            continue
        found = _ball(start, near, root, size - 1, -1, ball, seen)
        _top(area, front, ball, found, size, most_area, most_front)
        steps += 1
        group[0], sums[0], fronts[0] = root, area[root], front[root]
        largest[s] = area[root]
        met = area[root] >= least
        if met:
            longest[s] = front[root]
        met = met and front[root] >= least_front - SLACK_M
        depth = 0
        seen[root] = True
        filled = 1
        waits[0] = 0
        marks[0] = 0
        if not met and size > 1:
            waits[0] = _widen(start, near, root, -1, seen, waiting[0], 0, marked, marks, 0)
        spent = False
        while depth >= 0:
            if waits[depth] == 0 or met or spent:
                for j in range(marks[depth]):
                    seen[marked[depth, j]] = False
                depth -= 1
                continue
            waits[depth] -= 1
            new = waiting[depth, waits[depth]]
            steps += 1
            if steps > budget:
                spent = True
                continue
            together = sums[depth] + area[new]
            along = fronts[depth] + front[new]
            left = size - depth - 2
            if together > most or not _all_fit(kind, fits, group, depth + 1, new):
                continue
            largest[s] = max(largest[s], together)
            if together >= least:
                longest[s] = max(longest[s], along)
            if together >= least and along >= least_front - SLACK_M:
                group[depth + 1] = new
                filled = depth + 2
                met = True
                continue
            highest = together + most_area[left]
            grows = highest > largest[s]
            helps = highest >= least and along + most_front[left] > longest[s]
            if left == 0 or not (grows or helps):
                continue
            depth += 1
            group[depth], sums[depth], fronts[depth] = new, together, along
            for j in range(waits[depth - 1]):
                waiting[depth, j] = waiting[depth - 1, j]
            waits[depth] = _widen(start, near, new, -1, seen, waiting[depth], waits[depth - 1], marked, marks, depth)
        seen[root] = False
        if spent:
            return verdict, groups, largest, longest, steps
        verdict[s] = 1 if met else 0
        if met:
            for j in range(filled):
                groups[s, j] = group[j]
    return verdict, groups, largest, longest, steps


@njit(cache=True, nogil=True)
def _widest(start):  # type: ignore[no-untyped-def]
    widest = 1
    for node in range(len(start) - 1):
        widest = max(widest, start[node + 1] - start[node])
    return widest


@njit(cache=True, nogil=True)
def _widen(start, near, node, after, seen, waiting, waits, marked, marks, depth):  # type: ignore[no-untyped-def]
    """Add the neighbours that the group has not seen yet to its candidates; give how many wait now."""
    marks[depth] = 0
    for at in range(start[node], start[node + 1]):
        other = near[at]
        if other > after and not seen[other]:
            seen[other] = True
            marked[depth, marks[depth]] = other
            marks[depth] += 1
            waiting[waits] = other
            waits += 1
    return waits


@njit(cache=True, nogil=True)
def _ball(start, near, root, hops, after, ball, seen):  # type: ignore[no-untyped-def]
    """Fill ``ball`` with the nodes within so many steps of the root, itself left out; give how many they are."""
    seen[root] = True
    found = 0
    first = -1
    for _ in range(hops):
        end = found
        for at in range(max(first, -1), end):
            node = root if at < 0 else ball[at]
            for n in range(start[node], start[node + 1]):
                other = near[n]
                if other > after and not seen[other]:
                    seen[other] = True
                    ball[found] = other
                    found += 1
        first = end
        if found == end:
            break
    for at in range(found):
        seen[ball[at]] = False
    seen[root] = False
    return found


@njit(cache=True, nogil=True)
def _top(area, front, ball, found, size, most_area, most_front):  # type: ignore[no-untyped-def]
    """The most that r more nodes of the ball can add, for r = 0 … size − 1."""
    most_area[:] = 0
    most_front[:] = 0.0
    for at in range(found):
        node = ball[at]
        value = area[node]
        for r in range(1, size):
            if value > most_area[r]:
                value, most_area[r] = most_area[r], value
        length = front[node]
        for r in range(1, size):
            if length > most_front[r]:
                length, most_front[r] = most_front[r], length
    for r in range(1, size):
        most_area[r] += most_area[r - 1]
        most_front[r] += most_front[r - 1]


@njit(cache=True, nogil=True)
def _all_fit(kind, fits, group, count, new):  # type: ignore[no-untyped-def]
    fit = True
    for j in range(count):
        fit &= fits[kind[group[j]], kind[new]]
    return fit


@njit(cache=True, nogil=True)
def _look_at(  # type: ignore[no-untyped-def]
    start, near, shared, area, perimeter, front, group, size, place, together, along, least, least_front
):  # fmt: skip
    """Length of the group's outline, and whether it could spare one of its nodes and still meet the conditions."""
    beside = np.zeros(size, np.int64)
    outline = 0.0
    for i in range(size):
        node = group[i]
        outline += perimeter[node]
        for at in range(start[node], start[node + 1]):
            j = place[near[at]]
            if j >= 0:
                beside[i] |= np.int64(1) << j
                outline -= shared[at]
    for i in range(size):
        node = group[i]
        enough = together - area[node] >= least and along - front[node] >= least_front - SLACK_M
        if enough and _hangs_together(beside, size, i):
            return outline, True
    return outline, False


@njit(cache=True, nogil=True)
def _hangs_together(beside, size, without):  # type: ignore[no-untyped-def]
    everyone = ((np.int64(1) << size) - 1) & ~(np.int64(1) << without)
    reached = everyone & -everyone
    while True:
        wider = reached
        for i in range(size):
            if reached >> i & 1:
                wider |= beside[i] & everyone
        if wider == reached:
            return reached == everyone
        reached = wider


@njit(cache=True, nogil=True)
def _insert(best, keys, measures, held, group, row, area, outline, front, least):  # type: ignore[no-untyped-def]
    """Put a group where it ranks among the best: least surplus in whole 亩, most compact, least surplus, first rows."""
    size = best.shape[1]
    rows = np.empty(size, np.int64)
    for j in range(size):
        rows[j] = row[group[j]]
    rows.sort()
    surplus = area - least
    compact = 4.0 * np.pi * (area / 100.0) / (outline * outline) if outline > 0.0 else 0.0
    # hundredths of a m² × 0.0015 / 100 are 亩
    key = (surplus * 15 // 1_000_000, -np.int64(np.rint(compact * 1000.0)), surplus)
    at = held
    while at > 0 and _before(key, rows, keys[at - 1], best[at - 1]):
        at -= 1
    if at == len(best):
        return held
    for j in range(min(held, len(best) - 1), at, -1):
        best[j], keys[j], measures[j] = best[j - 1], keys[j - 1], measures[j - 1]
    best[at] = rows
    keys[at, 0], keys[at, 1], keys[at, 2] = key
    measures[at, 0], measures[at, 1], measures[at, 2] = area, outline, front
    return min(held + 1, len(best))


@njit(cache=True, nogil=True)
def _before(key, rows, other_key, other_rows):  # type: ignore[no-untyped-def]
    for j in range(3):
        if key[j] != other_key[j]:
            return key[j] < other_key[j]
    for j in range(len(rows)):
        if rows[j] != other_rows[j]:
            return rows[j] < other_rows[j]
    return False
