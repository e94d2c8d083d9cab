"""What stretches of boundary that see a road come to, put together: the last compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def runs_of(names, spans, tolerance):  # type: ignore[no-untyped-def]
    """Put stretches together that no more than the tolerance parts, along one ring and on one road.

    Returns the order of the stretches by row and road, and the run of each in that order; a run that is no longer
    than the tolerance is -1.
    """
    count = len(names)
    order = np.arange(count)
    run = np.full(count, -1, np.int64)
    seen = np.zeros(count)
    runs = 0
    first = 0
    while first < count:
        end = first
        while end < count and names[end, 0] == names[first, 0]:
            end += 1
        # most look at one road only
        at = first + 1
        while at < end and names[at - 1, 1] <= names[at, 1]:
            at += 1
        if at < end:
            _by_road(names, order, first, end)
        while first < end:
            # one ring seen by one road
            last = first
            while (
                last < end
                and names[order[last], 1] == names[order[first], 1]
                and names[order[last], 2] == names[order[first], 2]
            ):
                last += 1
            runs = _runs_of_ring(spans, order, first, last, spans[order[first], 3], tolerance, run, runs, seen)
            first = last
    return order, run


@njit(cache=True, nogil=True, error_model="numpy")
def _by_road(names, order, first, end):  # type: ignore[no-untyped-def]
    """Sort the stretches of a row by road, keeping their order along it; as `geo._buffers.sort`."""
    step = 1
    while 3 * step + 1 < end - first:
        step = 3 * step + 1
    while step > 0:
        for i in range(first + step, end):
            value = order[i]
            road = names[value, 1]
            j = i
            while j >= first + step:
                before = order[j - step]
                if names[before, 1] < road or (names[before, 1] == road and before < value):
                    break
                order[j] = before
                j -= step
            order[j] = value
        step //= 3


@njit(cache=True, nogil=True, error_model="numpy")
def _runs_of_ring(spans, order, first, last, length, tolerance, run, runs, seen):  # type: ignore[no-untyped-def]
    at = first
    while at < last:
        end = at + 1
        while end < last and spans[order[end], 0] - spans[order[end - 1], 1] <= tolerance:
            end += 1
        for i in range(at, end):
            run[i] = runs
        runs += 1
        at = end
    # a ring has no beginning: the last run may go on in the first
    if run[last - 1] != run[first] and spans[order[first], 0] + length - spans[order[last - 1], 1] <= tolerance:
        joined = run[last - 1]
        at = last - 1
        while run[at] == joined:
            run[at] = run[first]
            at -= 1
    for i in range(first, last):
        seen[run[i]] += spans[order[i], 1] - spans[order[i], 0]
    for i in range(first, last):
        if seen[run[i]] <= tolerance:
            run[i] = -1
    return runs


@njit(cache=True, nogil=True, error_model="numpy")
def sums_of(names, spans, order, run):  # type: ignore[no-untyped-def]
    """Row, road, length and least distance of the runs, by row and road."""
    rows, roads = np.empty(len(run), np.int64), np.empty(len(run), np.int64)
    length, least = np.empty(len(run)), np.empty(len(run))
    count = 0
    for i in range(len(run)):
        if run[i] < 0:
            continue
        at = order[i]
        if count == 0 or rows[count - 1] != names[at, 0] or roads[count - 1] != names[at, 1]:
            rows[count], roads[count] = names[at, 0], names[at, 1]
            length[count], least[count] = 0.0, np.inf
            count += 1
        length[count - 1] += spans[at, 1] - spans[at, 0]
        least[count - 1] = min(least[count - 1], spans[at, 2])
    return rows[:count].copy(), roads[:count].copy(), length[:count].copy(), least[:count].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def count_rows(row, start):  # type: ignore[no-untyped-def]
    """Add how often each row ``i`` is there to ``start[i + 1]``."""
    for i in row:
        start[i + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_rows(found, start, columns):  # type: ignore[no-untyped-def]
    """Write runs, those of a row together, where their rows start."""
    row, road, length, least = found
    to_row, to_road, to_length, to_least = columns
    at = 0
    for i in range(len(row)):
        at = at + 1 if i and row[i] == row[i - 1] else start[row[i]]
        to_row[at], to_road[at], to_length[at], to_least[at] = row[i], road[i], length[i], least[i]
