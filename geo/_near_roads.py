"""A sparse grid of the ground near roads: which road edges and which pieces of boundary each of its cells holds.

Cells are kept by blocks of 4 by 4, those of a block side by side. Blocks that no road comes near are not held at all,
so the grid grows with the length of the roads, not with the extent of the map; a stray parcel in another zone costs
nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._buffers import doubled

# 2⁶⁴ over the golden ratio, as a signed number: spreads neighbouring blocks over the table (Knuth, TAOCP 6.4)
SPREAD = -7046029254386353131
# cells of a block
_SIDE_BITS = 2
_SIDE_MASK = (1 << _SIDE_BITS) - 1
_OF_BLOCK = 1 << (2 * _SIDE_BITS)


@njit(cache=True, nogil=True, error_model="numpy")
def _place_of(keys, blocks, key):  # type: ignore[no-untyped-def]
    """Where a block stands in the table, or the free place where it would."""
    mask = len(keys) - 1
    at = ((key * SPREAD) >> 32) & mask
    while blocks[at] >= 0 and keys[at] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _key_of(column, line):  # type: ignore[no-untyped-def]
    """One number for the block of a cell."""
    return ((column >> _SIDE_BITS) << 32) ^ ((line >> _SIDE_BITS) & 0xFFFFFFFF)


@njit(cache=True, nogil=True, error_model="numpy")
def _slot_in(block, column, line):  # type: ignore[no-untyped-def]
    return (block << (2 * _SIDE_BITS)) | ((column & _SIDE_MASK) << _SIDE_BITS) | (line & _SIDE_MASK)


@njit(cache=True, nogil=True, error_model="numpy")
def slot_of(keys, blocks, column, line):  # type: ignore[no-untyped-def]
    """Number of a cell, -1 where there is none; a cell that has one may yet have no road near."""
    block = blocks[_place_of(keys, blocks, _key_of(column, line))]
    return -1 if block < 0 else _slot_in(np.int64(block), column, line)


@njit(cache=True, nogil=True, error_model="numpy")
def cell_at(place, per_m):  # type: ignore[no-untyped-def]
    """Column of an x or line of a y."""
    return int(np.floor(place * per_m))


@njit(cache=True, nogil=True, error_model="numpy")
def clipped(x0, y0, x1, y1, west, east):  # type: ignore[no-untyped-def]
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
def _larger(keys, blocks):  # type: ignore[no-untyped-def]
    new_keys = np.zeros(2 * len(keys), np.int64)
    new_blocks = np.full(2 * len(keys), -1, np.int32)
    for at in range(len(keys)):
        if blocks[at] >= 0:
            to = _place_of(new_keys, new_blocks, keys[at])
            new_keys[to], new_blocks[to] = keys[at], blocks[at]
    return new_keys, new_blocks


@njit(cache=True, nogil=True, error_model="numpy")
def cells_of_roads(
    edges: NDArray[np.float64], reach: NDArray[np.float64], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]]:
    """Every cell within ``reach`` of a road edge (rows x0, y0, x1, y1).

    Returns
    -------
    keys, blocks
        Hash table of the blocks of cells: their numbers, -1 where the table is empty.
    start, held
        Road edges of slot ``s`` (see `slot_of`): ``held[start[s]:start[s + 1]]``.
    """
    per_m = 1.0 / cell
    keys, blocks = np.zeros(256, np.int64), np.full(256, -1, np.int32)
    entries = np.empty((64 + 16 * len(edges), 2), np.int32)
    used = count = 0
    for i in range(len(edges)):
        x0, y0, x1, y1 = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        r = reach[i]
        for column in range(cell_at(min(x0, x1) - r, per_m), cell_at(max(x0, x1) + r, per_m) + 1):
            south, north = clipped(x0, y0, x1, y1, column * cell - r, (column + 1) * cell + r)
            for line in range(cell_at(south - r, per_m), cell_at(north + r, per_m) + 1):
                key = _key_of(column, line)
                at = _place_of(keys, blocks, key)
                if blocks[at] < 0:
                    if 2 * (used + 1) > len(keys):
                        keys, blocks = _larger(keys, blocks)
                        at = _place_of(keys, blocks, key)
                    keys[at], blocks[at] = key, used
                    used += 1
                if count == len(entries):
                    entries = doubled(entries)
                entries[count, 0], entries[count, 1] = _slot_in(np.int64(blocks[at]), column, line), i
                count += 1
    entries = entries[:count]
    start = np.zeros(_OF_BLOCK * used + 1, np.int64)
    count_entries(entries, start)
    for s in range(1, len(start)):
        start[s] += start[s - 1]
    held = np.empty(count, np.int32)
    fill_entries(entries, 0, start[:-1].copy(), held)
    return keys, blocks, start, held


@njit(cache=True, nogil=True, error_model="numpy")
def count_entries(entries, start):  # type: ignore[no-untyped-def]
    """Add the number of entries (slot, value) of each slot ``s`` to ``start[s + 1]``."""
    for e in range(len(entries)):
        start[entries[e, 0] + 1] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def fill_entries(entries, base, at, held):  # type: ignore[no-untyped-def]
    """Write the values of the entries, and ``base`` more, to where their slots are ``at``, which moves on."""
    for e in range(len(entries)):
        slot = entries[e, 0]
        held[at[slot]] = entries[e, 1] + base
        at[slot] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def rows_by_place(nearby, asked, slots):  # type: ignore[no-untyped-def]
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
