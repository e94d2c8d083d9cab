"""Pairs of neighbours of a whole layer: walk the tree, measure each pair once, tell its kind.

Most rows are one piece, and pairs of such rows are measured as they are met, some at a time. Pairs with a row of
several pieces (courtyards, several parts, long outlines) are noted piece by piece, put together and measured after.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._common_area import area_below_both, crosses_itself, edges_above, most_above
from geo._found import APART, ASK, CORNER, EDGE, NEAR, OVERLAP, Found, first_of, room
from geo._inside import inside_long_ones
from geo._lanes import place_of
from geo._layer import Layer
from geo._meeting import met_within
from geo._pair import FEW, FOUR, MANY_PAIRS, NONE, ONE, SAME_PLACE_M, TWO, by_west, edges_within, measure_edges
from geo._pieces import BACKWARD, SHELL, WHOLE, WHOLE_SHELL, box_of, seen_of
from geo._prefetch import prefetch
from geo._threads import in_blocks
from geo._tree import NODE

# rounding of areas: a hundredth of a micrometre along the edge of the common box
_ROUNDING_M: Final = 1e-8
# beyond so many pairs of edges the overlay of GEOS, which sorts them, is quicker
_MANY: Final = 4_000_000
# looking for an outline that crosses itself costs the square of its edges: longer ones are taken to be valid
_LONG: Final = 256
# what is known of whether a row crosses itself: a row is looked at once, however many others it overlaps
_UNKNOWN, _SOUND, _CROSSES = range(3)
# so many pairs are measured at a time: their edges stay in the innermost cache
_TOGETHER: Final = 64
# vertices in a line of the cache
_VERTICES_A_LINE: Final = np.uint64(4)


def pairs_of(layer: Layer, tolerance_m: float, near_m: float) -> list[Found]:
    """Find and measure all pairs of a layer."""
    tolerance, near = float(tolerance_m), float(near_m)
    if not len(layer.tree.order):
        return []
    nodes = -(-len(layer.tree.order) // NODE)
    # threads that ask of a row at the same time write the same answer
    crossing = np.zeros(len(layer.pieces.start) - 1, np.uint8)

    def walk(begin: int, end: int) -> tuple[Found, NDArray[np.int64]]:
        places, notes = met_within(layer, max(tolerance, near) + SAME_PLACE_M, begin, end)
        return Found(*_measure_met(layer, places, tolerance, near, crossing)), notes

    met = in_blocks(walk, nodes, smallest=128)
    found = [each for each, _ in met]
    noted = np.concatenate([notes for _, notes in met] + inside_long_ones(layer))
    if len(noted):
        found += _put_together(layer, noted, tolerance, near, crossing)
    return found


def _put_together(
    layer: Layer, noted: NDArray[np.int64], tolerance: float, near: float, crossing: NDArray[np.uint8]
) -> list[Found]:
    """Measure the pairs whose pieces were noted."""
    rows = len(layer.pieces.start)
    order = np.argsort(noted[:, 0] * rows + noted[:, 1], kind="stable")
    noted = noted[order]
    first = np.flatnonzero(np.append(True, (noted[1:, :2] != noted[:-1, :2]).any(axis=1)))
    start = np.append(first, len(noted)).astype(np.int64)

    def measure(begin: int, end: int) -> Found:
        return Found(*_measure_noted(layer, noted, start, tolerance, near, begin, end, crossing))

    return in_blocks(measure, len(first), smallest=512)


@njit(cache=True, nogil=True)
def _contains(box, outer, inner):  # type: ignore[no-untyped-def]
    return (
        box[4 * outer] <= box[4 * inner]
        and box[4 * outer + 1] <= box[4 * inner + 1]
        and box[4 * outer + 2] >= box[4 * inner + 2]
        and box[4 * outer + 3] >= box[4 * inner + 3]
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _measure_met(layer, places, tolerance, near, crossing):  # type: ignore[no-untyped-def]
    """Measure pairs of rows of one piece, given by the places of their pieces."""
    xy, pieces, tree = layer.xy, layer.pieces, layer.tree
    order, row_of = tree.order, pieces.row
    reach = max(tolerance, near) + SAME_PLACE_M
    found = room(len(places))
    lefts, rights, kinds, lengths, gaps, commons = found
    count = 0
    edges, scales = np.empty((2 * WHOLE * _TOGETHER, 4)), np.empty((2 * WHOLE * _TOGETHER, 2))
    start = np.zeros(2 * _TOGETHER + 1, np.uint64)
    told, boxed = np.empty((_TOGETHER, 5)), np.empty(_TOGETHER, np.bool_)
    close = np.empty(WHOLE, np.uint64)
    above, below = np.empty((WHOLE, 6)), np.empty((WHOLE, 6))
    seen, known = seen_of(xy, pieces), place_of(crossing)
    # two rows of at most 64 edges: there is room for all their stretches
    spans = np.empty((2, WHOLE * WHOLE, 3))
    unsorted = (np.empty(0, np.int64), np.empty(0), np.empty(0))
    for before in range(0, len(places), _TOGETHER):
        pairs = min(_TOGETHER, len(places) - before)
        _edges_met(xy, pieces, tree, places, before, pairs, reach, edges, start, boxed)
        measure_edges(edges, scales, start, pairs, unsorted, tolerance, reach, spans, close, told)
        for k in range(pairs):
            one, other = order[places[before + k, 0]], order[places[before + k, 1]]
            if (start[2 * k + 1] == start[2 * k] or start[2 * k + 2] == start[2 * k + 1]) and not boxed[k]:
                continue
            facing, stacked, gap = told[k, 0], told[k, 1], told[k, 2]
            row, far = row_of[one], row_of[other]
            common = 0.0
            if told[k, 3] or stacked > tolerance or (boxed[k] and facing <= tolerance):
                common, above, below = _common(seen, row, far, above, below, known)
            kind, length, gap, common = judged(facing, stacked, gap, common, tolerance, near)
            lefts[count], rights[count] = min(row, far), max(row, far)
            kinds[count] = kind
            lengths[count], gaps[count], commons[count] = length, gap, common
            count += kind != APART
    return first_of(found, count)


@njit(cache=True, nogil=True, error_model="numpy")
def _edges_met(xy, pieces, tree, places, before, pairs, reach, edges, start, boxed):  # type: ignore[no-untyped-def]
    """Fill in the edges of pairs of pieces near the other, where those of each start, and if a box lies in a box."""
    first, end, about = pieces.first, pieces.end, pieces.about
    order, wests, souths, easts, norths = tree.order, tree.west, tree.south, tree.east, tree.north
    # pieces are near each other on the ground, and not in memory: all are asked for before the first is looked at
    for k in range(pairs):
        for side in range(2):
            piece = order[places[before + k, side]]
            at, last = np.uint64(first[piece]), np.uint64(end[piece])
            while at <= last:
                prefetch(xy, at)
                at += _VERTICES_A_LINE
    count = NONE
    points, into = place_of(xy), place_of(edges)
    for k in range(pairs):
        p, q = places[before + k, 0], places[before + k, 1]
        w, s, e, n = wests[p], souths[p], easts[p], norths[p]
        west, south, east, north = wests[q], souths[q], easts[q], norths[q]
        boxed[k] = ((w <= west) & (s <= south) & (e >= east) & (n >= north)) | (
            (west <= w) & (south <= s) & (east >= e) & (north >= n)
        )
        west, south = max(w, west) - reach, max(s, south) - reach
        east, north = min(e, east) + reach, min(n, north) + reach
        for side in range(2):
            piece = order[places[before + k, side]]
            backward = (about[piece] & BACKWARD) != 0
            at, last = np.uint64(first[piece]), np.uint64(end[piece])
            count = edges_within(points, at, last, backward, west, south, east, north, into, count)
            start[2 * k + side + 1] = count


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


@njit(cache=True, nogil=True, error_model="numpy")
def _common(seen, row, far, above, below, crossing):  # type: ignore[no-untyped-def]
    """Common area of two rows, −1 where it is better asked of GEOS; and room for edges again."""
    w, s, e, n = box_of(seen, row)
    west, south, east, north = box_of(seen, far)
    west, south, east, north = max(w, west), max(s, south), min(e, east), min(n, north)
    if west >= east or south >= north:
        return 0.0, above, below
    if most_above(seen, row, west, east) > len(above):
        above = np.empty((2 * most_above(seen, row, west, east), 6))
    if most_above(seen, far, west, east) > len(below):
        below = np.empty((2 * most_above(seen, far, west, east), 6))
    m = edges_above(seen, row, west, east, west, south, place_of(above))
    t = edges_above(seen, far, west, east, west, south, place_of(below))
    if m * t > _MANY:
        return -1.0, above, below
    for each in (row, far):
        if crossing[each] == _UNKNOWN:
            edges = seen.end[seen.start[each + 1] - 1] - seen.first[seen.start[each]]
            crossing[each] = _CROSSES if edges <= _LONG and crosses_itself(seen, each) else _SOUND
        if crossing[each] == _CROSSES:
            return -1.0, above, below
    area = area_below_both(place_of(above), m, place_of(below), t, 0.0, east - west)
    if area <= _ROUNDING_M * (east - west + north - south):
        area = 0.0
    return area, above, below


@njit(cache=True, nogil=True)
def _measure_noted(layer, noted, start, tolerance, near, begin, end, crossing):  # type: ignore[no-untyped-def]
    """Measure pairs begin … end, whose pieces are ``noted[start[k]:start[k + 1]]``; a piece of −1: one lies within."""
    xy, pieces = layer.xy, layer.pieces
    reach = max(tolerance, near) + SAME_PLACE_M
    found = room(end - begin)
    count = 0
    edges, pair, told = np.empty((64, 4)), np.zeros(3, np.uint64), np.empty((1, 5))
    scales = np.empty((64, 2))
    listed, notes = np.empty(64, np.int64), place_of(noted)
    unsorted = (np.empty(0, np.int64), np.empty(0), np.empty(0))
    above, below = np.empty((WHOLE, 6)), np.empty((WHOLE, 6))
    seen, known = seen_of(xy, pieces), place_of(crossing)
    spans = np.empty((2, 64, 3))
    close = np.empty(64, np.uint64)
    for k in range(begin, end):
        row, far = noted[start[k], 0], noted[start[k], 1]
        w, s, e, n = box_of(seen, row)
        west, south, east, north = box_of(seen, far)
        west, south = max(w, west) - reach, max(s, south) - reach
        east, north = min(e, east) + reach, min(n, north) + reach
        boxed = inside = False
        for at in range(start[k], start[k + 1]):
            one, other = noted[at, 2], noted[at, 3]
            if one < 0:
                inside = True
                continue
            shells = seen.about[one] & seen.about[other] & WHOLE_SHELL
            boxed |= (_contains(seen.box, one, other) or _contains(seen.box, other, one)) and shells != 0
        here, there = np.uint64(start[k]), np.uint64(start[k + 1])
        most = _most_noted(seen, notes, here, there)
        if most > len(edges):
            edges, scales = np.empty((2 * most, 4)), np.empty((2 * most, 2))
        if there - here > len(listed):
            listed = np.empty(2 * (there - here), np.int64)
        into = place_of(edges)
        m = both = NONE
        for side in range(2):
            m = both
            if there - here > FEW:
                listed[: there - here] = np.sort(noted[here:there, 2 + side])
            else:
                _list_few(notes, here, there, np.uint64(2 + side), place_of(listed))
            both = _edges_noted(seen, place_of(listed), there - here, west, south, east, north, into, both)
        pair[1], pair[2] = m, both
        t = both - m
        by = by_west(edges, np.int64(m), np.int64(both)) if m * t > MANY_PAIRS else unsorted
        if t > len(close):
            close = np.empty(2 * t, np.uint64)
        measure_edges(edges, scales, pair, 1, by, tolerance, reach, spans, close, told)
        if told[0, 4] > spans.shape[1]:
            spans = np.empty((2, 2 * int(told[0, 4]), 3))
            measure_edges(edges, scales, pair, 1, by, tolerance, reach, spans, close, told)
        facing, stacked, gap, enters = told[0, 0], told[0, 1], told[0, 2], told[0, 3] != 0.0
        # a row of one shell that faces the other along an edge does not lie within it
        if facing > tolerance and _shells(seen, row) == 1 and _shells(seen, far) == 1:
            boxed = False
        common = 0.0
        if enters or boxed or inside or stacked > tolerance:
            common, above, below = _common(seen, row, far, above, below, known)
        kind, length, gap, common = judged(facing, stacked, gap, common, tolerance, near)
        if kind != APART:
            found[0][count], found[1][count] = row, far
            found[2][count] = kind
            found[3][count], found[4][count], found[5][count] = length, gap, common
            count += 1
    return first_of(found, count)


@njit(cache=True, nogil=True)
def _shells(seen, row):  # type: ignore[no-untyped-def]
    """Number of whole shells, two if one was cut."""
    count = 0
    for k in range(seen.start[row], seen.start[row + 1]):
        if seen.about[k] & SHELL:
            count += 1
    return count


@njit(cache=True, nogil=True)
def _most_noted(seen, notes, begin, end):  # type: ignore[no-untyped-def]
    """Edges of the pieces of some notes; ``notes`` is the place of all."""
    count = NONE
    for at in range(begin, end):
        for column in range(TWO, FOUR):
            piece = notes[FOUR * at + column]
            if piece >= 0:
                count += np.uint64(seen.end[piece] - seen.first[piece])
    return count


@njit(cache=True, nogil=True)
def _list_few(notes, begin, end, column, listed):  # type: ignore[no-untyped-def]
    """Write a column of some notes to a list, sorted by insertion."""
    for k in range(end - begin):
        value, at = notes[FOUR * (begin + k) + column], k
        while at > NONE and listed[at - ONE] > value:
            listed[at] = listed[at - ONE]
            at -= ONE  # type: ignore[assignment]
        listed[at] = value


@njit(cache=True, nogil=True)
def _edges_noted(seen, listed, size, west, south, east, north, edges, count):  # type: ignore[no-untyped-def]
    """Add the edges of the listed pieces, each piece once, in the order of the boundary; the new count."""
    before = -1
    for at in range(size):
        piece = listed[at]
        if piece < 0 or piece == before:
            continue
        before = piece
        first, end = np.uint64(seen.first[piece]), np.uint64(seen.end[piece])
        backward = (seen.about[piece] & BACKWARD) != 0
        count = edges_within(seen.xy, first, end, backward, west, south, east, north, edges, count)
    return count
