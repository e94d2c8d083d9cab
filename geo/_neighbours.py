"""Pairs of neighbours of a whole layer: walk the tree, measure each pair once, tell its kind.

Most rows are one piece, and a pair of such rows is measured as soon as it is met. Pairs with a row of several pieces
(courtyards, several parts, long outlines) are noted piece by piece, put together and measured afterwards.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._common_area import area_below_both, crosses_itself, edges_above
from geo._pair import MANY_PAIRS, SAME_PLACE_M, by_west, edges_within, measure_edges
from geo._pieces import BACKWARD, SHELL, WHOLE, WHOLE_SHELL, Pieces, pieces_of
from geo._threads import in_blocks
from geo._tree import NODE, Tree, bottom_nodes, tree_of
from geo.flat import FlatPolygons

# numbers of geo.adjacency.KINDS, then: no neighbours; to be asked of GEOS
EDGE, CORNER, ACROSS, NEAR, OVERLAP, APART, ASK = range(7)
# rounding of areas: a hundredth of a micrometre along the edge of the common box
_ROUNDING_M: Final = 1e-8
# beyond so many pairs of edges the overlay of GEOS, which sorts them, is quicker
_MANY: Final = 4_000_000
# looking for an outline that crosses itself costs the square of its edges: longer ones are taken to be valid
_LONG: Final = 256
# a ray is followed through so many pieces one by one, through more along the tree
_FEW_PIECES: Final = 64


class Layer(NamedTuple):
    """A layer made ready: coordinates, pieces, tree of the pieces, whether a row is one piece; metres."""

    xy: NDArray[np.float64]
    pieces: Pieces
    tree: Tree


class Found(NamedTuple):
    """Pairs, left < right, in no order; of kind ASK: the common area is not known, ``stacked_m`` is."""

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    kind: NDArray[np.uint8]
    length_m: NDArray[np.float64]
    gap_m: NDArray[np.float64]
    overlap_m2: NDArray[np.float64]


def layer_of(flat: FlatPolygons) -> Layer:
    """Make a layer ready for `pairs_of`."""
    pieces = pieces_of(flat)
    return Layer(flat.xy, pieces, tree_of(pieces.box))


def pairs_of(layer: Layer, tolerance_m: float, near_m: float) -> list[Found]:
    """Find and measure all pairs of a layer."""
    tolerance, near = float(tolerance_m), float(near_m)
    if not len(layer.tree.order):
        return []
    nodes = -(-len(layer.tree.order) // NODE)

    def walk(begin: int, end: int) -> tuple[Found, NDArray[np.int64]]:
        return _walk(layer, tolerance, near, begin, end)  # type: ignore[no-any-return]

    met = in_blocks(walk, nodes, smallest=128)
    found = [Found(*each) for each, _ in met]
    noted = np.concatenate([notes for _, notes in met] + _inside_long_ones(layer))
    if len(noted):
        found += _put_together(layer, noted, tolerance, near)
    return found


def in_order(parts: list[Found], rows: int) -> Found:
    """All pairs, by left and then right row."""
    if not parts:
        return Found(*_room(0))
    left = np.concatenate([part.left for part in parts])
    order = np.argsort(left.astype(np.int64) * rows + np.concatenate([part.right for part in parts]))
    columns = (np.concatenate(column)[order] for column in zip(*parts, strict=True))
    return Found(*columns)


def _inside_long_ones(layer: Layer) -> list[NDArray[np.int64]]:
    """Notes of rows that lie within a row whose shell was cut: its pieces may be too far away to be met."""
    pieces = layer.pieces
    cut = np.unique(pieces.row[(pieces.about & (SHELL | WHOLE_SHELL)) == SHELL]).astype(np.int64)
    if not len(cut):
        return []
    over = tree_of(_boxes_of(pieces, cut))

    def look(begin: int, end: int) -> NDArray[np.int64]:
        return np.asarray(_within(layer, over, cut, begin, end))

    return in_blocks(look, len(pieces.start) - 1)


def _put_together(layer: Layer, noted: NDArray[np.int64], tolerance: float, near: float) -> list[Found]:
    """Measure the pairs whose pieces were noted."""
    rows = len(layer.pieces.start)
    order = np.argsort(noted[:, 0] * rows + noted[:, 1], kind="stable")
    noted = noted[order]
    first = np.flatnonzero(np.append(True, (noted[1:, :2] != noted[:-1, :2]).any(axis=1)))
    start = np.append(first, len(noted)).astype(np.int64)

    def measure(begin: int, end: int) -> Found:
        return Found(*_measure_noted(layer, noted, start, tolerance, near, begin, end))

    return in_blocks(measure, len(first), smallest=512)


@njit(cache=True, nogil=True)
def _room(count):  # type: ignore[no-untyped-def]
    return (
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.uint8),
        np.empty(count),
        np.empty(count),
        np.empty(count),
    )


@njit(cache=True, nogil=True)
def _first_of(found, count):  # type: ignore[no-untyped-def]
    return (
        found[0][:count].copy(),
        found[1][:count].copy(),
        found[2][:count].copy(),
        found[3][:count].copy(),
        found[4][:count].copy(),
        found[5][:count].copy(),
    )


@njit(cache=True, nogil=True)
def _more_room(found, count):  # type: ignore[no-untyped-def]
    larger = _room(2 * count)
    larger[0][:count] = found[0]
    larger[1][:count] = found[1]
    larger[2][:count] = found[2]
    larger[3][:count] = found[3]
    larger[4][:count] = found[4]
    larger[5][:count] = found[5]
    return larger


@njit(cache=True, nogil=True)
def _contains(box, outer, inner):  # type: ignore[no-untyped-def]
    return (
        box[outer, 0] <= box[inner, 0]
        and box[outer, 1] <= box[inner, 1]
        and box[outer, 2] >= box[inner, 2]
        and box[outer, 3] >= box[inner, 3]
    )


@njit(cache=True, nogil=True)
def _box_of(pieces, row):  # type: ignore[no-untyped-def]
    west = south = np.inf
    east = north = -np.inf
    for k in range(pieces.start[row], pieces.start[row + 1]):
        west, south = min(west, pieces.box[k, 0]), min(south, pieces.box[k, 1])
        east, north = max(east, pieces.box[k, 2]), max(north, pieces.box[k, 3])
    return west, south, east, north


@njit(cache=True, nogil=True)
def _walk(layer, tolerance, near, begin, end):  # type: ignore[no-untyped-def]
    """Measure the pairs of one-piece rows met from the nodes begin … end, and note the pieces of the others."""
    xy, pieces, tree = layer.xy, layer.pieces, layer.tree
    size = len(tree.order)
    reach = max(tolerance, near) + SAME_PLACE_M
    found = _room(4 * NODE * (end - begin) + 64)
    count = 0
    notes = np.empty((64, 4), np.int64)
    noted = 0
    nodes = np.empty(64, np.int64)
    stack = np.empty((256, 2), np.int64)
    mine, theirs = np.empty((64, 6)), np.empty((64, 6))
    above, below = np.empty((64, 6)), np.empty((64, 6))
    spans = np.empty((2, WHOLE * WHOLE, 3))
    unsorted = (np.empty(0, np.int64), np.empty(0), np.empty(0))
    for node in range(begin, end):
        first, last = node * NODE, min(node * NODE + NODE, size)
        west = south = np.inf
        east = north = -np.inf
        for p in range(first, last):
            west, south = min(west, tree.west[p]), min(south, tree.south[p])
            east, north = max(east, tree.east[p]), max(north, tree.north[p])
        if not west <= east:
            continue
        hits = bottom_nodes(tree, west - reach, south - reach, east + reach, north + reach, first, nodes, stack)
        if hits > len(nodes):
            nodes = np.empty(2 * hits, np.int64)
            hits = bottom_nodes(tree, west - reach, south - reach, east + reach, north + reach, first, nodes, stack)
        for p in range(first, last):
            one = tree.order[p]
            row = pieces.row[one]
            alone = pieces.start[row + 1] - pieces.start[row] == 1
            w, s, e, n = tree.west[p] - reach, tree.south[p] - reach, tree.east[p] + reach, tree.north[p] + reach
            for hit in range(hits):
                for q in range(max(nodes[hit], p + 1), min(nodes[hit] + NODE, size)):
                    if not ((tree.west[q] <= e) & (tree.east[q] >= w) & (tree.south[q] <= n) & (tree.north[q] >= s)):
                        continue
                    other = tree.order[q]
                    far = pieces.row[other]
                    if far == row:
                        continue
                    if not alone or pieces.start[far + 1] - pieces.start[far] != 1:
                        if noted == len(notes):
                            more = np.empty((2 * noted, 4), np.int64)
                            more[:noted] = notes
                            notes = more
                        if row < far:
                            notes[noted, 0], notes[noted, 1], notes[noted, 2], notes[noted, 3] = row, far, one, other
                        else:
                            notes[noted, 0], notes[noted, 1], notes[noted, 2], notes[noted, 3] = far, row, other, one
                        noted += 1
                        continue
                    west, south = max(w, tree.west[q] - reach), max(s, tree.south[q] - reach)
                    east, north = min(e, tree.east[q] + reach), min(n, tree.north[q] + reach)
                    m = edges_within(
                        xy, pieces.first[one], pieces.end[one], (pieces.about[one] & BACKWARD) != 0,
                        west, south, east, north, mine, 0,
                    )  # fmt: skip
                    t = edges_within(
                        xy, pieces.first[other], pieces.end[other], (pieces.about[other] & BACKWARD) != 0,
                        west, south, east, north, theirs, 0,
                    )  # fmt: skip
                    boxed = (
                        (tree.west[p] <= tree.west[q])
                        & (tree.south[p] <= tree.south[q])
                        & (tree.east[p] >= tree.east[q])
                        & (tree.north[p] >= tree.north[q])
                    ) | (
                        (tree.west[q] <= tree.west[p])
                        & (tree.south[q] <= tree.south[p])
                        & (tree.east[q] >= tree.east[p])
                        & (tree.north[q] >= tree.north[p])
                    )
                    if (m == 0 or t == 0) and not boxed:
                        continue
                    # both have at most 64 edges: there is room for all their stretches
                    facing, stacked, gap, enters, _ = measure_edges(
                        mine, m, theirs, t, unsorted, tolerance, reach, spans
                    )
                    common = 0.0
                    if enters or stacked > tolerance or (boxed and facing <= tolerance):
                        common, above, below = _common(xy, pieces, row, far, above, below)
                    kind, length, gap, common = judged(facing, stacked, gap, common, tolerance, near)
                    if kind == APART:
                        continue
                    if count == len(found[0]):
                        found = _more_room(found, count)
                    found[0][count], found[1][count] = min(row, far), max(row, far)
                    found[2][count] = kind
                    found[3][count], found[4][count], found[5][count] = length, gap, common
                    count += 1
    return _first_of(found, count), notes[:noted].copy()


@njit(cache=True, nogil=True)
def judged(facing, stacked, gap, common, tolerance, near):  # type: ignore[no-untyped-def]
    """Kind of a pair, its length, gap and common area; a common area of −1 is not known."""
    if common < 0.0:
        return ASK, facing, gap, stacked
    if common > 0.0:
        gap = 0.0
    length = facing
    if common > tolerance * max(facing, tolerance):
        kind, length = OVERLAP, facing + stacked
    elif facing > tolerance:
        kind = EDGE
    elif gap <= tolerance + SAME_PLACE_M:
        kind = CORNER
    elif gap <= near + SAME_PLACE_M:
        kind = NEAR
    else:
        kind = APART
    return kind, 0.0 if length < SAME_PLACE_M else length, gap, common


@njit(cache=True, nogil=True)
def _common(xy, pieces, row, far, above, below):  # type: ignore[no-untyped-def]
    """Common area of two rows, −1 where it is better asked of GEOS; and room for edges again."""
    w, s, e, n = _box_of(pieces, row)
    west, south, east, north = _box_of(pieces, far)
    west, south, east, north = max(w, west), max(s, south), min(e, east), min(n, north)
    if west >= east or south >= north:
        return 0.0, above, below
    above, m = edges_above(xy, pieces, row, west, east, west, south, above)
    below, t = edges_above(xy, pieces, far, west, east, west, south, below)
    if m * t > _MANY:
        return -1.0, above, below
    for each in (row, far):
        edges = pieces.end[pieces.start[each + 1] - 1] - pieces.first[pieces.start[each]]
        if edges <= _LONG and crosses_itself(xy, pieces, each):
            return -1.0, above, below
    area = area_below_both(above, m, below, t, 0.0, east - west)
    if area <= _ROUNDING_M * (east - west + north - south):
        area = 0.0
    return area, above, below


@njit(cache=True, nogil=True)
def _measure_noted(layer, noted, start, tolerance, near, begin, end):  # type: ignore[no-untyped-def]
    """Measure pairs begin … end, whose pieces are ``noted[start[k]:start[k + 1]]``; a piece of −1: one lies within."""
    xy, pieces = layer.xy, layer.pieces
    reach = max(tolerance, near) + SAME_PLACE_M
    found = _room(end - begin)
    count = 0
    mine, theirs = np.empty((64, 6)), np.empty((64, 6))
    above, below = np.empty((64, 6)), np.empty((64, 6))
    spans = np.empty((2, 64, 3))
    for k in range(begin, end):
        row, far = noted[start[k], 0], noted[start[k], 1]
        w, s, e, n = _box_of(pieces, row)
        west, south, east, north = _box_of(pieces, far)
        west, south = max(w, west) - reach, max(s, south) - reach
        east, north = min(e, east) + reach, min(n, north) + reach
        boxed = inside = False
        for at in range(start[k], start[k + 1]):
            one, other = noted[at, 2], noted[at, 3]
            if one < 0:
                inside = True
                continue
            shells = pieces.about[one] & pieces.about[other] & WHOLE_SHELL
            boxed |= (_contains(pieces.box, one, other) or _contains(pieces.box, other, one)) and shells != 0
        mine, m = _edges_noted(xy, pieces, noted[start[k] : start[k + 1], 2], west, south, east, north, mine)
        theirs, t = _edges_noted(xy, pieces, noted[start[k] : start[k + 1], 3], west, south, east, north, theirs)
        by = by_west(theirs, t if m * t > MANY_PAIRS else 0)
        facing, stacked, gap, enters, room = measure_edges(mine, m, theirs, t, by, tolerance, reach, spans)
        if room > spans.shape[1]:
            spans = np.empty((2, 2 * room, 3))
            facing, stacked, gap, enters, room = measure_edges(mine, m, theirs, t, by, tolerance, reach, spans)
        # a row of one shell that faces the other along an edge does not lie within it
        if facing > tolerance and _shells(pieces, row) == 1 and _shells(pieces, far) == 1:
            boxed = False
        common = 0.0
        if enters or boxed or inside or stacked > tolerance:
            common, above, below = _common(xy, pieces, row, far, above, below)
        kind, length, gap, common = judged(facing, stacked, gap, common, tolerance, near)
        if kind != APART:
            found[0][count], found[1][count] = row, far
            found[2][count] = kind
            found[3][count], found[4][count], found[5][count] = length, gap, common
            count += 1
    return _first_of(found, count)


@njit(cache=True, nogil=True)
def _shells(pieces, row):  # type: ignore[no-untyped-def]
    """Number of whole shells, two if one was cut."""
    count = 0
    for k in range(pieces.start[row], pieces.start[row + 1]):
        if pieces.about[k] & SHELL:
            count += 1
    return count


@njit(cache=True, nogil=True)
def _edges_noted(xy, pieces, noted, west, south, east, north, edges):  # type: ignore[no-untyped-def]
    """Edges of the noted pieces, each piece once, in the order of the boundary."""
    count = 0
    before = -1
    for piece in np.sort(noted):
        if piece < 0 or piece == before:
            continue
        before = piece
        first, end = pieces.first[piece], pieces.end[piece]
        if count + end - first > len(edges):
            larger = np.empty((2 * (count + end - first), 6))
            larger[:count] = edges[:count]
            edges = larger
        backward = (pieces.about[piece] & BACKWARD) != 0
        count = edges_within(xy, first, end, backward, west, south, east, north, edges, count)
    return edges, count


@njit(cache=True, nogil=True)
def _boxes_of(pieces, rows):  # type: ignore[no-untyped-def]
    box = np.empty((len(rows), 4))
    for k in range(len(rows)):
        box[k, 0], box[k, 1], box[k, 2], box[k, 3] = _box_of(pieces, rows[k])
    return box


@njit(cache=True, nogil=True)
def _within(layer, over, cut, begin, end):  # type: ignore[no-untyped-def]
    """Notes of the rows begin … end that have a vertex within a row whose shell was cut, and their box in its box."""
    xy, pieces = layer.xy, layer.pieces
    notes = np.empty((64, 4), np.int64)
    noted = 0
    nodes = np.empty(64, np.int64)
    leaves = np.empty(1024, np.int64)
    stack = np.empty((256, 2), np.int64)
    for row in range(begin, end):
        w, s, e, n = _box_of(pieces, row)
        if not w <= e:
            continue
        hits = bottom_nodes(over, w, s, e, n, 0, nodes, stack)
        if hits > len(nodes):
            nodes = np.empty(2 * hits, np.int64)
            hits = bottom_nodes(over, w, s, e, n, 0, nodes, stack)
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
    hits = bottom_nodes(tree, x, y, east, y, 0, nodes, stack)
    if hits > len(nodes):
        nodes = np.empty(2 * hits, np.int64)
        hits = bottom_nodes(tree, x, y, east, y, 0, nodes, stack)
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
