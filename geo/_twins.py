"""Edges that have their twin, and rings of those that have none: compiled part of the coverage check."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._coverage import _hash_point, _mixed, _same
from geo._dealing import dealt
from geo._threads import in_blocks

# hands of edges that a thread takes at a time, at least
_FEWEST_HANDS: Final = 4


def matched(
    xy: NDArray[np.float64], tail: NDArray[np.int32], head: NDArray[np.int32], cell: float
) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """For every edge 0 = exactly one twin, 1 = none, 2 = run over more than once in one direction; and its group.

    The group is the first edge between the same two vertices, either way round. ``cell`` is metres: edges of one cell
    are looked at together, in tables and coordinates that fit in a core's cache.
    """
    kind, group = np.empty(len(tail), np.uint8), np.empty(len(tail), np.int32)

    def choose(hands: int, hand: NDArray[np.uint16], begin: int, end: int) -> None:
        _hand_of_edges(xy, tail, head, 0.5 / cell, hands, hand, begin, end)

    order, start = dealt(choose, len(tail))

    def work(begin: int, end: int) -> None:
        _match(xy, tail, head, order, start, kind, group, begin, end)

    in_blocks(work, len(start) - 1, smallest=_FEWEST_HANDS)
    return kind, group


@njit(cache=True, nogil=True)
def _hand_of_edges(xy, tail, head, scale, hands, hand, begin, end):  # type: ignore[no-untyped-def]
    """Choose a hand by the cell of the middle, which is the same for both directions of an edge."""
    for i in range(begin, end):
        x = np.floor((xy[tail[i], 0] + xy[head[i], 0]) * scale)
        y = np.floor((xy[tail[i], 1] + xy[head[i], 1]) * scale)
        hand[i] = _hand_of_cell(x, y, hands)


@njit(cache=True, nogil=True)
def _hand_of_cell(x, y, hands):  # type: ignore[no-untyped-def]
    place = np.uint64(np.int64(x)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(np.int64(y))
    return np.uint16((_mixed(place) >> np.uint64(20)) & np.uint64(hands - 1))


@njit(cache=True, nogil=True)
def _hash_edge(bits, one, other):  # type: ignore[no-untyped-def]
    """The same for both directions."""
    x, y = bits[one, 0] + bits[other, 0], bits[one, 1] + bits[other, 1]
    across = bits[one, 0] ^ bits[other, 0]
    return _mixed(x + np.uint64(0x9E3779B97F4A7C15) * y + np.uint64(0xD1B54A32D192ED03) * across)


@njit(cache=True, nogil=True)
def _match(xy, tail, head, order, start, kind, group, begin, end):  # type: ignore[no-untyped-def]
    bits = xy.view(np.uint64)
    table = np.empty(0, np.int32)
    same = np.empty(0, np.uint8)
    opposite = np.empty(0, np.uint8)
    hashed = np.empty(0, np.uint64)
    for hand in range(begin, end):
        first, last = start[hand], start[hand + 1]
        size = 16
        while size < 2 * (last - first):
            size *= 2
        if len(table) < size:
            table, same, opposite = np.empty(size, np.int32), np.empty(size, np.uint8), np.empty(size, np.uint8)
            hashed = np.empty(size, np.uint64)
        table[:size] = -1
        mask = np.uint64(size - 1)
        # apart from what follows, many are spread at a time
        for k in range(last - first):
            i = order[first + k]
            hashed[k] = _hash_edge(bits, tail[i], head[i]) & mask
        for k in range(last - first):
            i, slot = order[first + k], hashed[k]
            while True:
                at = table[slot]
                if at < 0:
                    table[slot] = i
                    group[i] = i
                    kind[i] = 1
                    same[slot] = 1
                    opposite[slot] = 0
                    break
                if _same(bits, tail[i], tail[at]) and _same(bits, head[i], head[at]):
                    same[slot] = 2
                elif _same(bits, tail[i], head[at]) and _same(bits, head[i], tail[at]):
                    opposite[slot] = min(opposite[slot] + 1, 2)
                else:
                    slot = (slot + np.uint64(1)) & mask
                    continue
                group[i] = at
                twins = same[slot] == 1 and opposite[slot] == 1
                kind[i] = kind[at] = 0 if twins else 2
                break
        # an edge that is run over more than once is so for all that run along it
        for k in range(first, last):
            kind[order[k]] = kind[group[order[k]]]


def linked(
    xy: NDArray[np.float64], tail: NDArray[np.int32], head: NDArray[np.int32], loose: NDArray[np.int64], cell: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Follow the loose edges round what lies outside: the next of each, and vertices where parcels lie over others.

    Returns
    -------
    following
        place in ``loose`` of the edge after each, -1 where there is none.
    crowded
        ``(n, 2)`` places in ``loose`` of edges of parcels that cover the same ground at a common vertex.
    """
    following = np.full(len(loose), -1, np.int64)
    ends = np.concatenate([tail[loose], head[loose]])

    def choose(hands: int, hand: NDArray[np.uint16], begin: int, end: int) -> None:
        _hand_of_ends(xy, ends, 1.0 / cell, hands, hand, begin, end)

    order, start = dealt(choose, len(ends))

    def work(begin: int, end: int) -> NDArray[np.int64]:
        found: NDArray[np.int64] = _link(xy, ends, order, start, following, begin, end)
        return found

    return following, np.concatenate(in_blocks(work, len(start) - 1, smallest=_FEWEST_HANDS))


@njit(cache=True, nogil=True)
def _hand_of_ends(xy, ends, scale, hands, hand, begin, end):  # type: ignore[no-untyped-def]
    for k in range(begin, end):
        at = ends[k]
        hand[k] = _hand_of_cell(np.floor(xy[at, 0] * scale), np.floor(xy[at, 1] * scale), hands)


@njit(cache=True, nogil=True)
def _link(xy, ends, order, start, following, begin, end):  # type: ignore[no-untyped-def]
    bits = xy.view(np.uint64)
    # tails come first, then heads
    count = len(following)
    crowded = np.empty((16, 2), np.int64)
    crowds = 0
    for hand in range(begin, end):
        members = order[start[hand] : start[hand + 1]]
        vertex_of, vertices = _vertices(bits, ends[members])
        place = np.zeros(vertices + 1, np.int64)
        for k in range(len(members)):
            place[vertex_of[k] + 1] += 1
        place = np.cumsum(place)
        incident = np.empty(len(members), np.int32)
        filled = place[:-1].copy()
        for k in range(len(members)):
            incident[filled[vertex_of[k]]] = members[k]
            filled[vertex_of[k]] += 1
        for vertex in range(vertices):
            first, last = place[vertex], place[vertex + 1]
            if last - first == 2:
                one, other = incident[first], incident[first + 1]
                if one < count <= other:
                    following[other - count] = one
                elif other < count <= one:
                    following[one - count] = other
                continue
            while crowds + last - first > len(crowded):
                larger = np.empty((2 * len(crowded), 2), np.int64)
                larger[:crowds] = crowded[:crowds]
                crowded = larger
            crowds = _turn(xy, ends, incident[first:last], following, crowded, crowds)
    return crowded[:crowds]


@njit(cache=True, nogil=True)
def _vertices(bits, ends):  # type: ignore[no-untyped-def]
    """Number the vertices of some ends: the vertex of each, and how many there are."""
    size = 16
    while size < 2 * len(ends):
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    vertex_of = np.empty(len(ends), np.int32)
    seen_at = np.empty(len(ends), np.int32)
    vertices = 0
    # apart from what follows, many are spread at a time
    hashed = np.empty(len(ends), np.uint64)
    for k in range(len(ends)):
        hashed[k] = _hash_point(bits, ends[k]) & mask
    for k in range(len(ends)):
        at, slot = ends[k], hashed[k]
        while table[slot] >= 0 and not _same(bits, at, seen_at[table[slot]]):
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = vertices
            seen_at[vertices] = at
            vertices += 1
        vertex_of[k] = table[slot]
    return vertex_of, vertices


@njit(cache=True, nogil=True)
def _turn(xy, ends, incident, following, crowded, crowds):  # type: ignore[no-untyped-def]
    """Go round one vertex: link what comes in with what goes out next; note what lies over another."""
    count = len(following)
    angle = np.empty(len(incident))
    for at in range(len(incident)):
        k = incident[at]
        here, there = ends[k], ends[k + count if k < count else k - count]
        angle[at] = np.arctan2(xy[there, 1] - xy[here, 1], xy[there, 0] - xy[here, 0])
    order = np.argsort(angle)
    for at in range(len(order)):
        k = incident[order[at]]
        after = incident[order[(at + 1) % len(order)]]
        if (k < count) == (after < count):
            # two that go out, or two that come in, one after the other: covered twice in between
            crowded[crowds, 0] = k % count
            crowded[crowds, 1] = after % count
            crowds += 1
        elif k >= count:
            following[k - count] = after
    return crowds


@njit(cache=True, nogil=True)
def walk(xy, tail, head, loose, following):  # type: ignore[no-untyped-def]
    """Rings of loose edges: the ring of each edge, and by ring area (a hole's < 0), length and first edge."""
    count = len(loose)
    ring = np.full(count, -2, np.int64)
    area = np.empty(count)
    length = np.empty(count)
    start = np.empty(count, np.int64)
    rings = 0
    for k in range(count):
        if ring[k] != -2:
            continue
        ox, oy = xy[tail[loose[k]], 0], xy[tail[loose[k]], 1]
        twice, total, at = 0.0, 0.0, k
        while at >= 0 and ring[at] == -2:
            ring[at] = rings
            i = loose[at]
            ax, ay = xy[tail[i], 0] - ox, xy[tail[i], 1] - oy
            bx, by = xy[head[i], 0] - ox, xy[head[i], 1] - oy
            twice += ax * by - ay * bx
            total += np.hypot(bx - ax, by - ay)
            at = following[at]
        # a chain that ends, or runs into another, bounds nothing: area 0
        area[rings] = twice / 2 if at == k else 0.0
        length[rings] = total
        start[rings] = k
        rings += 1
    return ring, area[:rings], length[:rings], start[:rings]
