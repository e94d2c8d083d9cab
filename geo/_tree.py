"""A packed tree of boxes in the order of Hilbert's curve, which compiled kernels walk.

Boxes are sorted along the curve and every 16 in a row make a node, 16 nodes a node above (Kamel and Faloutsos 1994,
"Hilbert R-tree"). No box is too large or too far away for it, and neighbours on the ground are neighbours in memory.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._lanes import place_of
from geo._threads import in_blocks

NODE: Final = 16
_BITS: Final = 16


class Tree(NamedTuple):
    """Boxes of the items in the order of the curve, then of the nodes above them, level by level up to one.

    ``order[p]`` is the item at place ``p``; level ``k`` is ``level[k]:level[k + 1]``.
    """

    west: NDArray[np.float64]
    south: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]
    order: NDArray[np.int32]
    level: NDArray[np.int64]


def tree_of(box: NDArray[np.float64]) -> Tree:
    """Make the tree of boxes ``(n, 4)``; an inside-out box (west = inf) is met by nothing."""
    size = len(box)
    extent = np.empty((1, 4))
    extent[0] = _extent(box)
    key = np.empty(size, np.uint64)

    def number(begin: int, end: int) -> None:
        _number(box, extent[0], key, begin, end)

    in_blocks(number, size, smallest=16_384)
    key.sort()
    counts = [size]
    while counts[-1] > 1:
        counts.append(-(-counts[-1] // NODE))
    level = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    sides = [np.empty(int(level[-1])) for _ in range(4)]
    tree = Tree(sides[0], sides[1], sides[2], sides[3], np.empty(size, np.int32), level)

    def fill(begin: int, end: int) -> None:
        _fill(tree, box, key, begin, end)

    in_blocks(fill, size, smallest=16_384)
    _raise_levels(tree)
    return tree


@njit(cache=True, nogil=True)
def _extent(box):  # type: ignore[no-untyped-def]
    west = south = np.inf
    east = north = -np.inf
    for k in range(len(box)):
        if box[k, 0] <= box[k, 2]:
            west, south = min(west, box[k, 0]), min(south, box[k, 1])
            east, north = max(east, box[k, 2]), max(north, box[k, 3])
    return np.array([west, south, east, north])


@njit(cache=True, nogil=True)
def _number(box, extent, key, begin, end):  # type: ignore[no-untyped-def]
    """Place on the curve in the upper half of the key, number of the item in the lower."""
    side = (1 << _BITS) - 1
    across = max(extent[2] - extent[0], extent[3] - extent[1])
    scale = side / across if across > 0.0 else 0.0
    for k in range(begin, end):
        place = np.uint64(0)
        if box[k, 0] <= box[k, 2]:
            x = np.uint64(min(side, max(0.0, (0.5 * (box[k, 0] + box[k, 2]) - extent[0]) * scale)))
            y = np.uint64(min(side, max(0.0, (0.5 * (box[k, 1] + box[k, 3]) - extent[1]) * scale)))
            place = _along_curve(x, y)
        key[k] = (place << np.uint64(32)) | np.uint64(k)


@njit(cache=True, nogil=True)
def _along_curve(x, y):  # type: ignore[no-untyped-def]
    place, none, one, two, three = np.uint64(0), np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3)
    for step in range(np.uint64(_BITS)):
        bit = np.uint64(_BITS - 1) - step
        rx, ry = (x >> bit) & one, (y >> bit) & one
        place = (place << two) | ((three * rx) ^ ry)
        # turn both over and change them, or not, without a branch
        turned = none - (rx & (ry ^ one))
        x, y = x ^ turned, y ^ turned
        changed = (x ^ y) & (none - (ry ^ one))
        x, y = x ^ changed, y ^ changed
    return place


@njit(cache=True, nogil=True)
def _fill(tree, box, key, begin, end):  # type: ignore[no-untyped-def]
    for p in range(begin, end):
        k = np.int64(key[p] & np.uint64(0xFFFFFFFF))
        tree.order[p] = k
        tree.west[p] = box[k, 0]
        tree.south[p] = box[k, 1]
        tree.east[p] = box[k, 2]
        tree.north[p] = box[k, 3]


@njit(cache=True, nogil=True)
def _raise_levels(tree):  # type: ignore[no-untyped-def]
    for up in range(1, len(tree.level) - 1):
        below, end, first = tree.level[up - 1], tree.level[up], tree.level[up]
        for node in range(first, tree.level[up + 1]):
            west = south = np.inf
            east = north = -np.inf
            at = below + (node - first) * NODE
            for k in range(at, min(at + NODE, end)):
                west, south = min(west, tree.west[k]), min(south, tree.south[k])
                east, north = max(east, tree.east[k]), max(north, tree.north[k])
            tree.west[node], tree.south[node], tree.east[node], tree.north[node] = west, south, east, north


class SeenTree(NamedTuple):
    """Places (`geo._lanes.place_of`) of the boxes of a tree and of where its levels begin; numbers of levels, items."""

    west: Any
    south: Any
    east: Any
    north: Any
    level: Any
    levels: Any
    items: Any


@njit(cache=True, nogil=True)
def seen_tree(tree):  # type: ignore[no-untyped-def]
    """Places of a tree; for a function that is given the tree, while it has it."""
    return SeenTree(
        place_of(tree.west), place_of(tree.south), place_of(tree.east), place_of(tree.north), place_of(tree.level),
        len(tree.level) - 1, len(tree.order),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def bottom_nodes(seen, west, south, east, north, from_place, found, room, stack):  # type: ignore[no-untyped-def]
    """First places of the lowest nodes that meet a box and reach beyond ``from_place``; their count.

    ``seen`` is of `seen_tree`; ``found``, with so much room, and ``stack`` are places. ``found`` is filled as far as it
    goes: when the count is larger, ask again with more room.
    """
    count = 0
    top = seen.levels - 1
    if top <= 0:
        if seen.items:
            found[0] = 0
            count = 1
        return count
    depth = 1
    stack[0], stack[1] = top, seen.level[top]
    while depth:
        depth -= 1
        up, node = stack[2 * depth], stack[2 * depth + 1]
        below = seen.level[up - 1]
        at = below + (node - seen.level[up]) * NODE
        if up == 1:
            if count < room:
                found[count] = at
            count += 1
            continue
        span = NODE ** (up - 1)
        for k in range(min(at + NODE, seen.level[up]) - 1, at - 1, -1):
            if (k - below + 1) * span <= from_place:
                break
            if (seen.west[k] <= east) & (seen.east[k] >= west) & (seen.south[k] <= north) & (seen.north[k] >= south):
                stack[2 * depth], stack[2 * depth + 1] = up - 1, k
                depth += 1
    return count
