"""A sparse grid of the ground near roads: which road edges and which parcel edges each of its cells holds.

Cells that no road comes near are not held at all, so the grid grows with the length of the roads, not with the extent
of the map; a stray parcel in another zone costs nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

# 2⁶⁴ over the golden ratio, as a signed number: spreads neighbouring cells over the table (Knuth, TAOCP 6.4)
SPREAD = -7046029254386353131


@njit(cache=True, nogil=True, error_model="numpy")
def place_of(keys, slots, key):  # type: ignore[no-untyped-def]
    """Where a cell stands in the table, or the free place where it would."""
    mask = len(keys) - 1
    at = ((key * SPREAD) >> 32) & mask
    while slots[at] >= 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def key_of(column, line):  # type: ignore[no-untyped-def]
    """One number for a cell."""
    return (column << 32) ^ (line & 0xFFFFFFFF)


@njit(cache=True, nogil=True, error_model="numpy")
def cell_at(place, per_m):  # type: ignore[no-untyped-def]
    """Column of an x or line of a y."""
    return int(np.floor(place * per_m))


@njit(cache=True, nogil=True, error_model="numpy")
def _clipped(x0, y0, x1, y1, west, east):  # type: ignore[no-untyped-def]
    """South and north of the part of an edge between two meridians."""
    if x0 > x1:
        x0, y0, x1, y1 = x1, y1, x0, y0
    south, north = y0, y1
    # an end may lie beyond the other meridian by a rounding
    if x0 < west:
        south = y0 + (y1 - y0) * min(1.0, (west - x0) / (x1 - x0))
    if x1 > east:
        north = y0 + (y1 - y0) * max(0.0, (east - x0) / (x1 - x0))
    return min(south, north), max(south, north)


@njit(cache=True, nogil=True, error_model="numpy")
def _larger(keys, slots):  # type: ignore[no-untyped-def]
    new_keys = np.zeros(2 * len(keys), np.int64)
    new_slots = np.full(2 * len(keys), -1, np.int32)
    for at in range(len(keys)):
        if slots[at] >= 0:
            to = place_of(new_keys, new_slots, keys[at])
            new_keys[to], new_slots[to] = keys[at], slots[at]
    return new_keys, new_slots


@njit(cache=True, nogil=True, error_model="numpy")
def cells_of_roads(
    edges: NDArray[np.float64], reach: NDArray[np.float64], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Every cell within ``reach`` of a road edge (rows x0, y0, x1, y1).

    Returns
    -------
    keys, slots
        Hash table of the cells: a slot is the number of a cell, -1 where the table is empty.
    start, held
        Road edges of slot ``s``: ``held[start[s]:start[s + 1]]``.
    """
    per_m = 1.0 / cell
    keys, slots = np.zeros(256, np.int64), np.full(256, -1, np.int32)
    counts = np.zeros(256, np.int64)
    used = 0
    held = np.empty(0, np.int32)
    for filling in range(2):
        for i in range(len(edges)):
            x0, y0, x1, y1 = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
            r = reach[i]
            for column in range(cell_at(min(x0, x1) - r, per_m), cell_at(max(x0, x1) + r, per_m) + 1):
                south, north = _clipped(x0, y0, x1, y1, column * cell - r, (column + 1) * cell + r)
                for line in range(cell_at(south - r, per_m), cell_at(north + r, per_m) + 1):
                    key = key_of(column, line)
                    at = place_of(keys, slots, key)
                    if filling:
                        held[counts[slots[at]]] = i
                        counts[slots[at]] += 1
                        continue
                    if slots[at] < 0:
                        if 2 * (used + 1) > len(keys):
                            keys, slots = _larger(keys, slots)
                            at = place_of(keys, slots, key)
                            more = np.zeros(2 * len(counts), np.int64)
                            for s in range(used):
                                more[s] = counts[s]
                            counts = more
                        keys[at], slots[at] = key, used
                        used += 1
                    counts[slots[at]] += 1
        if not filling:
            total = 0
            for s in range(used):
                counts[s], total = total, total + counts[s]
            held = np.empty(total, np.int32)
    # filled, each count has become the end of its cell
    start = np.zeros(used + 1, np.int64)
    for s in range(used):
        start[s + 1] = counts[s]
    return keys, slots, start, held


@njit(cache=True, nogil=True, error_model="numpy")
def _cells_along(x0, y0, x1, y1, cell, keys, slots, found):  # type: ignore[no-untyped-def]
    """Slots of the cells near roads that an edge runs through: a buffer, and how many of it are meant."""
    per_m = 1.0 / cell
    west, east = cell_at(min(x0, x1), per_m), cell_at(max(x0, x1), per_m)
    south, north = cell_at(min(y0, y1), per_m), cell_at(max(y0, y1), per_m)
    count = 0
    for column in range(west, east + 1):
        low, high = south, north
        if west != east and south != north:
            bottom, top = _clipped(x0, y0, x1, y1, column * cell, (column + 1) * cell)
            low, high = cell_at(bottom, per_m), cell_at(top, per_m)
        for line in range(low, high + 1):
            slot = slots[place_of(keys, slots, key_of(column, line))]
            if slot >= 0:
                if count == len(found):
                    more = np.empty(2 * count, np.int32)
                    for c in range(count):
                        more[c] = found[c]
                    found = more
                found[count] = slot
                count += 1
    return found, count


@njit(cache=True, nogil=True, error_model="numpy")
def _turns_left(xy, first, end):  # type: ignore[no-untyped-def]
    twice = 0.0
    ox, oy = xy[first, 0], xy[first, 1]
    for j in range(first + 1, end - 1):
        twice += (xy[j, 0] - ox) * (xy[j + 1, 1] - oy) - (xy[j + 1, 0] - ox) * (xy[j, 1] - oy)
    return twice > 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def count_walls(xy, ring_start, part_start, row_start, first, end, keys, slots, cell, counts, backward, nearby):  # type: ignore[no-untyped-def]
    """Count the edges of the rows ``first`` to ``end`` in each slot; note which rings run the wrong way round.

    ``nearby`` gets a slot that the row has an edge in, -1 where it has none.
    """
    found = np.empty(64, np.int32)
    per_m = 1.0 / cell
    for row in range(first, end):
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                low, high = ring_start[ring], ring_start[ring + 1]
                backward[ring] = _turns_left(xy, low, high) == (ring > part_start[part])
                column, line = cell_at(xy[low, 0], per_m), cell_at(xy[low, 1], per_m)
                slot = slots[place_of(keys, slots, key_of(column, line))]
                for j in range(low, high - 1):
                    to_column, to_line = cell_at(xy[j + 1, 0], per_m), cell_at(xy[j + 1, 1], per_m)
                    # most edges lie in the cell of the one before
                    if to_column == column and to_line == line:
                        if slot >= 0:
                            counts[slot] += 1
                            nearby[row] = slot
                        continue
                    found, count = _cells_along(
                        xy[j, 0], xy[j, 1], xy[j + 1, 0], xy[j + 1, 1], cell, keys, slots, found
                    )
                    for c in range(count):
                        counts[found[c]] += 1
                        nearby[row] = found[c]
                    column, line = to_column, to_line
                    slot = slots[place_of(keys, slots, key_of(column, line))]


@njit(cache=True, nogil=True, error_model="numpy")
def fill_walls(xy, ring_start, part_start, row_start, first, end, keys, slots, cell, at, backward, nearby, held):  # type: ignore[no-untyped-def]
    """Write the edges counted by `count_walls` from ``at`` on: ``j``, or ``~j`` where the ring runs backward."""
    found = np.empty(64, np.int32)
    per_m = 1.0 / cell
    for row in range(first, end):
        if nearby[row] < 0:
            continue
        for ring in range(part_start[row_start[row]], part_start[row_start[row + 1]]):
            low, high = ring_start[ring], ring_start[ring + 1]
            column, line = cell_at(xy[low, 0], per_m), cell_at(xy[low, 1], per_m)
            slot = slots[place_of(keys, slots, key_of(column, line))]
            for j in range(low, high - 1):
                to_column, to_line = cell_at(xy[j + 1, 0], per_m), cell_at(xy[j + 1, 1], per_m)
                if to_column == column and to_line == line:
                    if slot >= 0:
                        held[at[slot]] = ~j if backward[ring] else j
                        at[slot] += 1
                    continue
                found, count = _cells_along(xy[j, 0], xy[j, 1], xy[j + 1, 0], xy[j + 1, 1], cell, keys, slots, found)
                for c in range(count):
                    held[at[found[c]]] = ~j if backward[ring] else j
                    at[found[c]] += 1
                column, line = to_column, to_line
                slot = slots[place_of(keys, slots, key_of(column, line))]


@njit(cache=True, nogil=True, error_model="numpy")
def by_place(nearby, asked, slots):  # type: ignore[no-untyped-def]
    """Rows asked for that come near a road, in the order of their slots: neighbours one after another."""
    start = np.zeros(slots + 1, np.int64)
    for row in asked:
        if nearby[row] >= 0:
            start[nearby[row] + 1] += 1
    for s in range(slots):
        start[s + 1] += start[s]
    rows = np.empty(start[slots], np.int64)
    for row in asked:
        if nearby[row] >= 0:
            rows[start[nearby[row]]] = row
            start[nearby[row]] += 1
    return rows
