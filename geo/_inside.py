"""Rows that lie within another row whose outline was cut, too far from its pieces to be met beside them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._lanes import place_of
from geo._layer import Layer
from geo._pieces import SHELL, WHOLE_SHELL, box_of, seen_of
from geo._threads import in_blocks
from geo._tree import NODE, bottom_nodes, seen_tree, tree_of

# a ray is followed through so many pieces one by one, through more along the tree
_FEW_PIECES: Final = 64


def inside_long_ones(layer: Layer) -> list[NDArray[np.int64]]:
    """Notes of rows that lie within a row whose shell was cut: its pieces may be too far away to be met."""
    pieces = layer.pieces
    cut = np.unique(pieces.row[(pieces.about & (SHELL | WHOLE_SHELL)) == SHELL]).astype(np.int64)
    if not len(cut):
        return []
    over = tree_of(_boxes_of(layer, cut))

    def look(begin: int, end: int) -> NDArray[np.int64]:
        return np.asarray(_within(layer, over, cut, begin, end))

    return in_blocks(look, len(pieces.start) - 1)


@njit(cache=True, nogil=True)
def _boxes_of(layer, rows):  # type: ignore[no-untyped-def]
    box = np.empty((len(rows), 4))
    seen = seen_of(layer.xy, layer.pieces)
    for k in range(len(rows)):
        box[k, 0], box[k, 1], box[k, 2], box[k, 3] = box_of(seen, rows[k])
    return box


@njit(cache=True, nogil=True)
def _within(layer, over, cut, begin, end):  # type: ignore[no-untyped-def]
    """Notes of the rows begin … end that have a vertex within a row whose shell was cut, and their box in its box."""
    xy, pieces = layer.xy, layer.pieces
    seen, seen_over = seen_of(xy, pieces), seen_tree(over)
    notes = np.empty((64, 4), np.int64)
    noted = 0
    nodes = np.empty(64, np.int64)
    leaves = np.empty(1024, np.int64)
    stack = np.empty((256, 2), np.int64)
    for row in range(begin, end):
        w, s, e, n = box_of(seen, row)
        if not w <= e:
            continue
        hits = bottom_nodes(seen_over, w, s, e, n, 0, place_of(nodes), len(nodes), place_of(stack))
        if hits > len(nodes):
            nodes = np.empty(2 * hits, np.int64)
            hits = bottom_nodes(seen_over, w, s, e, n, 0, place_of(nodes), len(nodes), place_of(stack))
        for hit in range(hits):
            for q in range(nodes[hit], min(nodes[hit] + NODE, len(over.order))):
                if not ((over.west[q] <= w) & (over.east[q] >= e) & (over.south[q] <= s) & (over.north[q] >= n)):
                    continue
                far = cut[over.order[q]]
                if far == row:
                    continue
                k = pieces.first[pieces.start[row]]
                inside, leaves = _has_point(
                    xy, pieces, layer.tree, far, over.east[q], xy[k, 0], xy[k, 1], leaves, stack
                )
                if inside:
                    if noted == len(notes):
                        more = np.empty((2 * noted, 4), np.int64)
                        more[:noted] = notes
                        notes = more
                    notes[noted, 0], notes[noted, 1] = min(row, far), max(row, far)
                    notes[noted, 2] = notes[noted, 3] = -1
                    noted += 1
    return notes[:noted].copy()


@njit(cache=True, nogil=True)
def _has_point(xy, pieces, tree, row, east, x, y, nodes, stack):  # type: ignore[no-untyped-def]
    """Whether a point lies in a row, by the edges that a ray to the east crosses; and room for nodes again."""
    inside = False
    size = len(tree.order)
    if pieces.start[row + 1] - pieces.start[row] <= _FEW_PIECES:
        for piece in range(pieces.start[row], pieces.start[row + 1]):
            inside ^= _crossed(xy, pieces, piece, x, y)
        return inside, nodes
    hits = bottom_nodes(seen_tree(tree), x, y, east, y, 0, place_of(nodes), len(nodes), place_of(stack))
    if hits > len(nodes):
        nodes = np.empty(2 * hits, np.int64)
        hits = bottom_nodes(seen_tree(tree), x, y, east, y, 0, place_of(nodes), len(nodes), place_of(stack))
    for hit in range(hits):
        for q in range(nodes[hit], min(nodes[hit] + NODE, size)):
            if pieces.row[tree.order[q]] == row:
                inside ^= _crossed(xy, pieces, tree.order[q], x, y)
    return inside, nodes


@njit(cache=True, nogil=True)
def _crossed(xy, pieces, piece, x, y):  # type: ignore[no-untyped-def]
    """Whether a ray to the east crosses an odd number of the edges of a piece."""
    odd = False
    if pieces.box[piece, 1] > y or pieces.box[piece, 3] < y or pieces.box[piece, 2] < x:
        return odd
    for k in range(pieces.first[piece], pieces.end[piece]):
        ay, by = xy[k, 1], xy[k + 1, 1]
        if (ay > y) != (by > y) and x < xy[k, 0] + (y - ay) * (xy[k + 1, 0] - xy[k, 0]) / (by - ay):
            odd = not odd
    return odd
