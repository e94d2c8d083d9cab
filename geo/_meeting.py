"""Pieces of which the boxes come within reach of each other, met node by node along the tree."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._lanes import lowest, place_of, sides_of
from geo._tree import NODE, bottom_nodes, seen_tree

# so many boxes are looked at together: each of their four sides has a bit
BOXES, TWO, FOUR, EVERY_FOURTH = np.uint64(16), np.uint64(2), np.uint64(4), np.uint64(0x1111_1111_1111_1111)


@njit(cache=True, nogil=True, error_model="numpy")
def met_within(layer, reach, begin, end):  # type: ignore[no-untyped-def]
    """Meetings of the pieces of the nodes begin … end with those that come later along the tree.

    Places of two pieces in the tree where both are whole rows; else notes of rows and pieces, left < right.
    """
    pieces, tree = layer.pieces, layer.tree
    row_of, start = pieces.row, pieces.start
    order, wests, souths, easts, norths = tree.order, tree.west, tree.south, tree.east, tree.north
    size = len(order)
    # the node over the first place of a lowest node is at over + place / NODE
    over = tree.level[1] if len(tree.level) > 2 else 0
    places = np.empty((4 * NODE * (end - begin) + 64, 2), np.int32)
    count = 0
    notes = np.empty((64, 4), np.int64)
    noted = 0
    nodes = np.empty(64, np.int64)
    # what meets the box of a node, by place, with the boxes: each piece of the node is held against these only
    near, box, close = np.empty(64 * NODE, np.uint64), np.empty((64 * NODE, 4)), np.empty(64 * NODE, np.uint64)
    stack = np.empty((256, 2), np.int64)
    seen = seen_tree(tree)
    for node in range(begin, end):
        first, last = node * NODE, min(node * NODE + NODE, size)
        up = over + node
        west, south, east, north = wests[up] - reach, souths[up] - reach, easts[up] + reach, norths[up] + reach
        if not west <= east:
            continue
        hits = bottom_nodes(seen, west, south, east, north, first, place_of(nodes), len(nodes), place_of(stack))
        if hits > len(nodes):
            nodes = np.empty(2 * hits, np.int64)
            near, box = np.empty(2 * hits * NODE, np.uint64), np.empty((2 * hits * NODE, 4))
            close = np.empty(2 * hits * NODE, np.uint64)
            hits = bottom_nodes(seen, west, south, east, north, first, place_of(nodes), len(nodes), place_of(stack))
        around = np.uint64(0)
        for hit in range(hits):
            for q in range(np.uint64(nodes[hit]), np.uint64(min(nodes[hit] + NODE, size))):
                w, s, e, n = wests[q], souths[q], easts[q], norths[q]
                near[around] = q
                box[around, 0], box[around, 1], box[around, 2], box[around, 3] = w, s, e, n
                around += np.uint64(max(w - east, west - e, s - north, south - n) <= 0.0)
        # those of the node itself come first
        for at in range(around):
            p = near[at]
            if p >= np.uint64(last):
                break
            w, s, e, n = wests[p] - reach, souths[p] - reach, easts[p] + reach, norths[p] + reach
            met = np.uint64(0)
            nth = at + np.uint64(1)
            while nth < around:
                numbers = FOUR * min(BOXES, around - nth)
                low, high = sides_of(place_of(box), FOUR * nth, numbers, w, s, e, n)
                # west and south not beyond the box, east and north not before it
                hit = high & (low >> TWO)
                hit &= (hit >> np.uint64(1)) & EVERY_FOURTH
                if numbers < np.uint64(64):
                    hit &= (np.uint64(1) << numbers) - np.uint64(1)
                while hit:
                    close[met] = near[nth + (lowest(hit) >> TWO)]
                    met += np.uint64(1)
                    hit &= hit - np.uint64(1)
                nth += BOXES
            if not met:
                continue
            one = order[p]
            row = row_of[one]
            alone = start[row + 1] - start[row] == 1
            if count + np.int64(met) > len(places):
                more_places = np.empty((2 * (count + np.int64(met)), 2), np.int32)
                more_places[:count] = places[:count]
                places = more_places
            for k in range(met):
                q = close[k]
                other = order[q]
                far = row_of[other]
                if alone and start[far + 1] - start[far] == 1:
                    places[count, 0], places[count, 1] = p, q
                    count += 1
                    continue
                if far == row:
                    continue
                if noted == len(notes):
                    more = np.empty((2 * noted, 4), np.int64)
                    more[:noted] = notes
                    notes = more
                if row < far:
                    notes[noted, 0], notes[noted, 1], notes[noted, 2], notes[noted, 3] = row, far, one, other
                else:
                    notes[noted, 0], notes[noted, 1], notes[noted, 2], notes[noted, 3] = far, row, other, one
                noted += 1
    return places[:count], notes[:noted].copy()
