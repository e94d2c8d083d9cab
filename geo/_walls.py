"""Boundaries near roads, cut into pieces that the cells of the ground hold: what may stand before a boundary."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._buffers import doubled
from geo._near_roads import cell_at, clipped, slot_of
from geo._roads_at_hand import box_of, cells_of

# edges of a piece at most: a parcel is one piece, a network of streets is many
MOST_EDGES = 64
# cells that the box of a piece lies in at most, unless it is a single edge
MOST_CELLS = 16
# columns of the walls around a stretch: ends of an edge with its inside on the left, and its number
X0, Y0, X1, Y1, EDGE = 0, 1, 2, 3, 4
# how many of the pieces found last are compared, so that one held by several cells is taken once
_REMEMBERED = 32


@njit(cache=True, nogil=True, error_model="numpy")
def _turns_left(xy, first, end):  # type: ignore[no-untyped-def]
    twice = 0.0
    ox, oy = xy[first, 0], xy[first, 1]
    for j in range(first + 1, end - 1):
        twice += (xy[j, 0] - ox) * (xy[j + 1, 1] - oy) - (xy[j + 1, 0] - ox) * (xy[j, 1] - oy)
    return twice > 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def pieces_near(xy, ring_start, part_start, row_start, first, end, grid, cell, backward, nearby):  # type: ignore[no-untyped-def]
    """Cut the boundaries of the rows ``first`` to ``end`` into pieces, and keep those that may come near a road.

    ``backward`` gets the rings that run the wrong way round, ``nearby`` a slot that the row is in, -1 where it has
    none.

    Returns
    -------
    edges
        First and last but one vertex of each piece, both as ``~j`` where the ring runs backward.
    boxes
        West, south, east, north.
    entries
        Slot and piece.
    """
    keys, blocks, road_start = grid
    per_m = 1.0 / cell
    edges, boxes = np.empty((64 + end - first, 2), np.int32), np.empty((64 + end - first, 4))
    entries = np.empty((64 + 6 * (end - first), 2), np.int32)
    count = held = 0
    for row in range(first, end):
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                low, high = ring_start[ring], ring_start[ring + 1]
                inward = _turns_left(xy, low, high) == (ring > part_start[part])
                backward[ring] = inward
                at = low
                while at < high - 1:
                    to = min(at + MOST_EDGES, high - 1)
                    box = box_of(xy, at, to + 1)
                    while to > at + 1 and not cells_of(box, cell) <= MOST_CELLS:
                        to = (at + to) // 2
                        box = box_of(xy, at, to + 1)
                    before = held
                    west, east = cell_at(box[0], per_m), cell_at(box[2], per_m)
                    south, north = cell_at(box[1], per_m), cell_at(box[3], per_m)
                    across = to == at + 1 and west != east and south != north
                    for column in range(west, east + 1):
                        lowest, highest = south, north
                        if across:
                            bottom, top = clipped(
                                xy[at, 0], xy[at, 1], xy[to, 0], xy[to, 1], column * cell, (column + 1) * cell
                            )
                            lowest, highest = cell_at(bottom, per_m), cell_at(top, per_m)
                        for line in range(lowest, highest + 1):
                            slot = slot_of(keys, blocks, column, line)
                            if slot >= 0 and road_start[slot] < road_start[slot + 1]:
                                if held == len(entries):
                                    entries = doubled(entries)
                                entries[held, 0], entries[held, 1] = slot, count
                                held += 1
                    if held > before:
                        nearby[row] = entries[before, 0]
                        if count == len(edges):
                            edges, boxes = doubled(edges), doubled(boxes)
                        edges[count, 0], edges[count, 1] = (~at, ~to) if inward else (at, to)
                        boxes[count, 0], boxes[count, 1], boxes[count, 2], boxes[count, 3] = box
                        count += 1
                    at = to
    return edges[:count], boxes[:count], entries[:held]


@njit(cache=True, nogil=True, error_model="numpy")
def walls_around(xy, box, keys, blocks, edges, boxes, piece_start, pieces_in, cell, known, around):  # type: ignore[no-untyped-def]
    """Write the edges whose boxes meet a box to ``around``: how many; -1 when not all fit."""
    west, south, east, north = box
    per_m = 1.0 / cell
    count = seen = 0
    for column in range(cell_at(west, per_m), cell_at(east, per_m) + 1):
        for line in range(cell_at(south, per_m), cell_at(north, per_m) + 1):
            slot = slot_of(keys, blocks, column, line)
            if slot < 0:
                continue
            for at in range(piece_start[slot], piece_start[slot + 1]):
                piece = pieces_in[at]
                if (
                    (boxes[piece, 0] > east)
                    | (boxes[piece, 2] < west)
                    | (boxes[piece, 1] > north)
                    | (boxes[piece, 3] < south)
                ):
                    continue
                again = False
                for k in range(min(seen, _REMEMBERED)):
                    again |= known[k] == piece
                if again:
                    continue
                known[seen % _REMEMBERED] = piece
                seen += 1
                first, end = edges[piece, 0], edges[piece, 1]
                backward = first < 0
                if backward:
                    first, end = ~first, ~end
                x1, y1 = xy[first, 0], xy[first, 1]
                for j in range(first, end):
                    x0, y0 = x1, y1
                    x1, y1 = xy[j + 1, 0], xy[j + 1, 1]
                    # compared one by one: the lesser of two has a branch for what is no number
                    if (
                        ((x0 > east) & (x1 > east))
                        | ((x0 < west) & (x1 < west))
                        | ((y0 > north) & (y1 > north))
                        | ((y0 < south) & (y1 < south))
                    ):
                        continue
                    if count == len(around):
                        return -1
                    around[count, EDGE] = j
                    if backward:
                        around[count, X0], around[count, Y0] = x1, y1
                        around[count, X1], around[count, Y1] = x0, y0
                    else:
                        around[count, X0], around[count, Y0] = x0, y0
                        around[count, X1], around[count, Y1] = x1, y1
                    count += 1
    return count
