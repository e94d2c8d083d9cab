"""Who faces whom across a street: looking straight out from every edge to the first boundary that is there.

Seen from an edge, the boundaries before it are stretches of height (metres out) over the edge. The lowest of them hides
what lies behind it, whoever it belongs to; where it is another parcel's and turned towards the edge, the two face.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._lanes import place_of
from geo._layer import Layer
from geo._pieces import BACKWARD
from geo._threads import in_blocks
from geo._tree import NODE, bottom_nodes, seen_tree

# boundaries face when they are turned by less than 45° from opposite
_LEAST_COSINE = 0.7071067811865476
# boundaries no further apart than coordinates with a zone prefix can tell (4e7 m in a double: 7e-9 m) are one boundary:
# of stacked parcels each is faced
_AS_LOW_M = 1e-6


def faced(layer: Layer, tolerance_m: float, across_m: float) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pairs of rows ``(n, 2)``, left < right, sorted, that face each other, and the mean of both facing lengths."""
    if not len(layer.tree.order):
        return np.zeros((0, 2), np.int64), np.zeros(0)

    def look(begin: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        return _look(layer, float(tolerance_m), float(across_m), begin, end)  # type: ignore[no-any-return]

    seen = in_blocks(look, -(-len(layer.tree.order) // NODE), smallest=64)
    pairs = np.sort(np.concatenate([each for each, _ in seen]), axis=1)
    length = np.concatenate([each for _, each in seen])
    rows = len(layer.pieces.start)
    key, place = np.unique(pairs[:, 0] * rows + pairs[:, 1], return_inverse=True)
    mean = np.asarray(0.5 * np.bincount(place, length, len(key)), dtype=np.float64)
    return np.column_stack([key // rows, key % rows]), mean


@njit(cache=True, nogil=True)
def _look(layer, tolerance, across, begin, end):  # type: ignore[no-untyped-def]
    """Rows and the rows seen from them, with the length of edge from which they are seen, piece by piece."""
    xy, pieces, tree = layer.xy, layer.pieces, layer.tree
    size = len(tree.order)
    pairs = np.empty((256, 2), np.int64)
    lengths = np.empty(256)
    count = 0
    nodes = np.empty(64, np.int64)
    stack = np.empty((256, 2), np.int64)
    seen = seen_tree(tree)
    edges = np.empty((256, 4))
    owner = np.empty(256, np.int64)
    for p in range(begin * NODE, min(end * NODE, size)):
        one = tree.order[p]
        row = pieces.row[one]
        west, south, east, north = (
            tree.west[p] - across, tree.south[p] - across, tree.east[p] + across, tree.north[p] + across,
        )  # fmt: skip
        if not west <= east:
            continue
        hits = bottom_nodes(seen, west, south, east, north, 0, place_of(nodes), len(nodes), place_of(stack))
        if hits > len(nodes):
            nodes = np.empty(2 * hits, np.int64)
            hits = bottom_nodes(seen, west, south, east, north, 0, place_of(nodes), len(nodes), place_of(stack))
        n = 0
        for hit in range(hits):
            for q in range(nodes[hit], min(nodes[hit] + NODE, size)):
                if (tree.west[q] > east) | (tree.east[q] < west) | (tree.south[q] > north) | (tree.north[q] < south):
                    continue
                edges, owner, n = _seen_edges(xy, pieces, tree.order[q], west, south, east, north, edges, owner, n)
        backward = (pieces.about[one] & BACKWARD) != 0
        before = count
        for k in range(pieces.first[one], pieces.end[one]):
            ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
            if backward:
                ax, ay, bx, by = bx, by, ax, ay
            length = np.hypot(bx - ax, by - ay)
            if length <= 0.0:
                continue
            over, whose = _before_edge(ax, ay, bx, by, length, row, edges, owner, n, tolerance, across)
            pairs, lengths, count = _add_lowest(over, whose, tolerance, row, before, pairs, lengths, count)
    return pairs[:count].copy(), lengths[:count].copy()


@njit(cache=True, nogil=True)
def _seen_edges(xy, pieces, piece, west, south, east, north, edges, owner, n):  # type: ignore[no-untyped-def]
    first, end = pieces.first[piece], pieces.end[piece]
    if n + end - first > len(edges):
        more = np.empty((2 * (n + end - first), 4))
        more[:n] = edges[:n]
        edges = more
        owners = np.empty(len(more), np.int64)
        owners[:n] = owner[:n]
        owner = owners
    backward = (pieces.about[piece] & BACKWARD) != 0
    for k in range(first, end):
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        if (max(ax, bx) < west) | (min(ax, bx) > east) | (max(ay, by) < south) | (min(ay, by) > north):
            continue
        if backward:
            ax, ay, bx, by = bx, by, ax, ay
        edges[n, 0], edges[n, 1], edges[n, 2], edges[n, 3] = ax, ay, bx, by
        owner[n] = pieces.row[piece]
        n += 1
    return edges, owner, n


@njit(cache=True, nogil=True)
def _before_edge(ax, ay, bx, by, length, row, edges, owner, n, tolerance, across):  # type: ignore[no-untyped-def]
    """Boundaries before an edge as ``begin, height, end, height``, and whose they are: −1 hides and does not face."""
    over = np.empty((16, 4))
    whose = np.empty(16, np.int64)
    count = 0
    ux, uy = (bx - ax) / length, (by - ay) / length
    for k in range(n):
        cx, cy, dx, dy = edges[k, 0] - ax, edges[k, 1] - ay, edges[k, 2] - ax, edges[k, 3] - ay
        # the inside is on the left of the edge: out is to the right
        h, g = cx * uy - cy * ux, dx * uy - dy * ux
        if max(h, g) < -tolerance or min(h, g) > across:
            continue
        s, e = cx * ux + cy * uy, dx * ux + dy * uy
        if max(s, e) <= 0.0 or min(s, e) >= length or s == e:
            continue
        # the edge itself and what runs on from it; and the edge of who is stacked on this parcel, which hides nothing
        if max(h, g) <= max(tolerance, _AS_LOW_M) and (owner[k] == row or e > s):
            continue
        run = abs(e - s)
        faces = owner[k] != row and e < s and run >= _LEAST_COSINE * np.hypot(e - s, g - h)
        if e < s:
            s, h, e, g = e, g, s, h
        slope = (g - h) / (e - s)
        begin, end = max(s, 0.0), min(e, length)
        low, high = h + (begin - s) * slope, h + (end - s) * slope
        # keep what is neither behind the edge nor beyond the strip
        if min(low, high) < -tolerance or max(low, high) > across:
            one, other = begin + (-tolerance - low) / slope, begin + (across - low) / slope
            begin, end = max(begin, min(one, other)), min(end, max(one, other))
            low, high = h + (begin - s) * slope, h + (end - s) * slope
        if begin >= end:
            continue
        if count == len(over):
            more = np.empty((2 * count, 4))
            more[:count] = over
            over = more
            owners = np.empty(2 * count, np.int64)
            owners[:count] = whose
            whose = owners
        over[count, 0], over[count, 1], over[count, 2], over[count, 3] = begin, low, end, high
        whose[count] = owner[k] if faces else -1
        count += 1
    return over[:count], whose[:count]


@njit(cache=True, nogil=True)
def _add_lowest(over, whose, tolerance, row, before, pairs, lengths, count):  # type: ignore[no-untyped-def]
    """Add to whoever is lowest over each part of an edge, to all where several lie in one place, the part's length."""
    n = len(over)
    worth = False
    for i in range(n):
        worth |= whose[i] >= 0
    if not worth:
        return pairs, lengths, count
    for at in _turns(over):
        # `at` goes up: a part lies between one turn and the next
        begin, end = at[0], at[1]
        middle = 0.5 * (begin + end)
        lowest = np.inf
        for i in range(n):
            if over[i, 0] <= middle < over[i, 2]:
                lowest = min(lowest, _height(over, i, middle))
        if lowest <= tolerance:
            continue
        for i in range(n):
            seen = whose[i]
            if seen < 0 or not over[i, 0] <= middle < over[i, 2] or _height(over, i, middle) > lowest + _AS_LOW_M:
                continue
            again = False  # one parcel drawn twice in one place is seen once
            for j in range(i):
                again |= (
                    whose[j] == seen
                    and over[j, 0] <= middle < over[j, 2]
                    and _height(over, j, middle) <= lowest + _AS_LOW_M
                )
            if not again:
                pairs, lengths, count = _add(row, seen, end - begin, before, pairs, lengths, count)
    return pairs, lengths, count


@njit(cache=True, nogil=True)
def _height(over, i, at):  # type: ignore[no-untyped-def]
    return over[i, 1] + (at - over[i, 0]) * (over[i, 3] - over[i, 1]) / (over[i, 2] - over[i, 0])


@njit(cache=True, nogil=True)
def _add(row, seen, length, before, pairs, lengths, count):  # type: ignore[no-untyped-def]
    k = before
    while k < count and pairs[k, 1] != seen:
        k += 1
    if k == count:
        if count == len(pairs):
            more = np.empty((2 * count, 2), np.int64)
            more[:count] = pairs
            pairs = more
            further = np.empty(2 * count)
            further[:count] = lengths
            lengths = further
        pairs[count, 0], pairs[count, 1], lengths[count] = row, seen, 0.0
        count += 1
    lengths[k] += length
    return pairs, lengths, count


@njit(cache=True, nogil=True)
def _turns(over):  # type: ignore[no-untyped-def]
    """Parts ``(begin, end)`` of an edge over which the order of the boundaries above it does not change."""
    n = len(over)
    crossings = 0
    at = np.empty(2 * n + n * n)
    for i in range(n):
        at[2 * i], at[2 * i + 1] = over[i, 0], over[i, 2]
        for j in range(i):
            low, high = max(over[i, 0], over[j, 0]), min(over[i, 2], over[j, 2])
            if low >= high:
                continue
            one = (over[i, 3] - over[i, 1]) / (over[i, 2] - over[i, 0])
            other = (over[j, 3] - over[j, 1]) / (over[j, 2] - over[j, 0])
            apart = over[i, 1] + (low - over[i, 0]) * one - over[j, 1] - (low - over[j, 0]) * other
            after = apart + (high - low) * (one - other)
            if apart * after < 0.0:
                at[2 * n + crossings] = low + (high - low) * apart / (apart - after)
                crossings += 1
    turns = np.sort(at[: 2 * n + crossings])
    parts = np.empty((max(0, len(turns) - 1), 2))
    parts[:, 0], parts[:, 1] = turns[:-1], turns[1:]
    return parts
