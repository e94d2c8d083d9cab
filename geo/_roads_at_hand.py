"""The road edges near a box, gathered once for all that looks out of it: a compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._near_roads import cell_at, slot_of

# columns of road edges near a boundary: where they start, how they run, their length, half the width, how far off they
# may be met, whether they bound a polygon, their road, their number
X, Y, EAST, NORTH, LENGTH, WIDE, REACH, IS_AREA, OF_ROAD, EDGE = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9


@njit(cache=True, nogil=True, error_model="numpy")
def box_of(xy, first, end):  # type: ignore[no-untyped-def]
    west, south = xy[first, 0], xy[first, 1]
    east, north = west, south
    for j in range(first + 1, end):
        west, east = min(west, xy[j, 0]), max(east, xy[j, 0])
        south, north = min(south, xy[j, 1]), max(north, xy[j, 1])
    return west, south, east, north


@njit(cache=True, nogil=True, error_model="numpy")
def cells_of(box, cell):  # type: ignore[no-untyped-def]
    """In how many cells a box may lie."""
    return (np.floor((box[2] - box[0]) / cell) + 2.0) * (np.floor((box[3] - box[1]) / cell) + 2.0)


@njit(cache=True, nogil=True, error_model="numpy")
def roads_near(box, edges, road_of, half, reach, length, is_area, roads_in, keys, blocks, road_start, cell, near):  # type: ignore[no-untyped-def]
    """Write the road edges that something in a box may meet, each once, to ``near``: how many; -1 when not all fit."""
    west, south, east, north = box
    per_m = 1.0 / cell
    count = 0
    for column in range(cell_at(west, per_m), cell_at(east, per_m) + 1):
        for line in range(cell_at(south, per_m), cell_at(north, per_m) + 1):
            slot = slot_of(keys, blocks, column, line)
            if slot < 0:
                continue
            for at in range(road_start[slot], road_start[slot + 1]):
                e = roads_in[at]
                cx, cy, dx, dy = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
                r = reach[e]
                known = (
                    ((cx - r > east) & (dx - r > east))
                    | ((cx + r < west) & (dx + r < west))
                    | ((cy - r > north) & (dy - r > north))
                    | ((cy + r < south) & (dy + r < south))
                )
                for n in range(count):
                    known |= near[n, EDGE] == e
                if known:
                    continue
                if count == len(near):
                    return -1
                near[count, X], near[count, Y], near[count, EAST], near[count, NORTH] = cx, cy, dx - cx, dy - cy
                near[count, LENGTH], near[count, WIDE] = length[e], half[e]
                near[count, REACH], near[count, IS_AREA] = r, is_area[e]
                near[count, OF_ROAD], near[count, EDGE] = road_of[e], e
                count += 1
    return count
