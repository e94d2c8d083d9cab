"""Edges of a whole layer laid against one another: the compiled part of the coverage check.

Edges are directed, the inside on the left. In a coverage each edge has its twin, the same two vertices the other way
round, or has nothing beside it. What follows looks only at edges without a twin: there are few of them where parcels
are sound, and areas that two parcels share or that none has are bounded by nothing else.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# an edge that folds back on the one before it, and edges that nearly touch, are left to the slower, exact judgement
UNSURE = 1e-9
# rings above this are not compared edge by edge
MANY_EDGES = 64


@njit(cache=True, nogil=True)
def _mixed(value):  # type: ignore[no-untyped-def]
    """Spread the bits of a 64-bit number (splitmix64)."""
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _hash_point(bits, at):  # type: ignore[no-untyped-def]
    return _mixed(bits[at, 0] + np.uint64(0x9E3779B97F4A7C15) * _mixed(bits[at, 1]))


@njit(cache=True, nogil=True)
def lay_out(xy, ring_start, part_start, row_start):  # type: ignore[no-untyped-def]
    """Edges (places of their two vertices in xy) by row, measures of parts, and what is seen on the way.

    Returns
    -------
    tail, head
        ``(edges,)`` places in xy, the inside on the left. No edge has length 0.
    edge_start
        ``(rows + 1,)`` into edges.
    part_area, part_length
        m² (holes taken off) and m of boundary, by part.
    doubtful
        ``(rows,)`` whether the row must be judged by the exact, slower test of validity.
    """
    rows = len(row_start) - 1
    tail = np.empty(len(xy), np.int32)
    head = np.empty(len(xy), np.int32)
    edge_start = np.zeros(rows + 1, np.int64)
    part_area = np.zeros(len(part_start) - 1)
    part_length = np.zeros(len(part_start) - 1)
    doubtful = np.zeros(rows, np.bool_)
    count = 0
    for row in range(rows):
        edge_start[row] = count
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                first, end = ring_start[ring], ring_start[ring + 1]
                twice = 0.0
                length = 0.0
                ox, oy = xy[first, 0], xy[first, 1]
                for k in range(first, end - 1):
                    ax, ay = xy[k, 0] - ox, xy[k, 1] - oy
                    bx, by = xy[k + 1, 0] - ox, xy[k + 1, 1] - oy
                    twice += ax * by - ay * bx
                    length += np.hypot(bx - ax, by - ay)
                is_shell = ring == part_start[part]
                part_area[part] += abs(twice) / 2 if is_shell else -abs(twice) / 2
                part_length[part] += length
                forward = (twice > 0) == is_shell
                for k in range(first, end - 1):
                    if xy[k, 0] != xy[k + 1, 0] or xy[k, 1] != xy[k + 1, 1]:
                        tail[count] = k if forward else k + 1
                        head[count] = k + 1 if forward else k
                        count += 1
        edges = count - edge_start[row]
        parts = row_start[row + 1] - row_start[row]
        simple = parts == 1 and part_start[row_start[row] + 1] - part_start[row_start[row]] == 1
        doubtful[row] = (
            not simple or edges > MANY_EDGES or edges < 3 or not _is_simple(xy, tail, head, edge_start[row], count)
        )
    edge_start[rows] = count
    return tail[:count], head[:count], edge_start, part_area, part_length, doubtful


@njit(cache=True, nogil=True)
def _is_simple(xy, tail, head, first, end):  # type: ignore[no-untyped-def]
    """Whether no two edges of one ring come near touching, neighbours aside: surely yes, or perhaps not."""
    for i in range(first, end):
        ax, ay = xy[tail[i], 0], xy[tail[i], 1]
        bx, by = xy[head[i], 0] - ax, xy[head[i], 1] - ay
        if not (np.isfinite(bx) and np.isfinite(by)):
            return False
        west, east = min(0.0, bx), max(0.0, bx)
        south, north = min(0.0, by), max(0.0, by)
        for j in range(i + 1, end):
            cx, cy = xy[tail[j], 0] - ax, xy[tail[j], 1] - ay
            dx, dy = xy[head[j], 0] - ax, xy[head[j], 1] - ay
            if max(cx, dx) < west or min(cx, dx) > east or max(cy, dy) < south or min(cy, dy) > north:
                continue
            scale = UNSURE * (abs(bx) + abs(by)) * (abs(cx) + abs(cy) + abs(dx) + abs(dy))
            if j == i + 1 or (i == first and j == end - 1):
                # neighbours meet in a vertex: they may only not lie on one another
                if abs(bx * (dy - cy) - by * (dx - cx)) <= scale and bx * (dx - cx) + by * (dy - cy) < 0:
                    return False
                continue
            c, d = bx * cy - by * cx, bx * dy - by * dx
            if (c > scale and d > scale) or (c < -scale and d < -scale):
                continue
            ex, ey = dx - cx, dy - cy
            a = ex * (0.0 - cy) - ey * (0.0 - cx)
            b = ex * (by - cy) - ey * (bx - cx)
            if (a > scale and b > scale) or (a < -scale and b < -scale):
                continue
            return False
    return True


@njit(cache=True, nogil=True)
def shape_marks(xy, tail, head, edge_start):  # type: ignore[no-untyped-def]
    """A number by row that is the same for the same set of edges, however the rings begin; and the bounds."""
    bits = xy.view(np.uint64)
    rows = len(edge_start) - 1
    marks = np.zeros(rows, np.uint64)
    bounds = np.full((rows, 4), np.nan)
    for row in range(rows):
        total = np.uint64(0)
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for i in range(edge_start[row], edge_start[row + 1]):
            total += _mixed(_hash_point(bits, tail[i]) + np.uint64(3) * _hash_point(bits, head[i]))
            x, y = xy[tail[i], 0], xy[tail[i], 1]
            west, south, east, north = min(west, x), min(south, y), max(east, x), max(north, y)
        marks[row] = total
        if edge_start[row + 1] > edge_start[row]:
            bounds[row, 0], bounds[row, 1], bounds[row, 2], bounds[row, 3] = west, south, east, north
    return marks, bounds


@njit(cache=True, nogil=True)
def match(xy, tail, head, kind, group, share, shares):  # type: ignore[no-untyped-def]
    """For every edge 0 = exactly one twin, 1 = none, 2 = run over more than once in one direction; and its group.

    ``group`` is the first edge between the same two vertices, either way round. One of several calls, each with its
    share of the edges by their hash: their tables are small, and they run side by side.
    """
    bits = xy.view(np.uint64)
    count = len(tail)
    size = 16
    while size * shares < 2 * count:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    same = np.zeros(count // shares + 16, np.uint8)
    opposite = np.zeros(count // shares + 16, np.uint8)
    place = np.empty(size, np.int32)
    groups = 0
    for i in range(count):
        mark = _mixed(_hash_point(bits, tail[i]) + _hash_point(bits, head[i]))
        if np.int64(mark >> np.uint64(56)) % shares != share:
            continue
        slot = mark & mask
        while True:
            at = table[slot]
            if at < 0:
                if groups == len(same):
                    same = np.concatenate((same, np.zeros(groups, np.uint8)))
                    opposite = np.concatenate((opposite, np.zeros(groups, np.uint8)))
                table[slot] = i
                place[slot] = groups
                group[i] = i
                kind[i] = 1
                same[groups] = 1
                groups += 1
                break
            if _same(bits, tail[i], tail[at]) and _same(bits, head[i], head[at]):
                same[place[slot]] = 2
            elif _same(bits, tail[i], head[at]) and _same(bits, head[i], tail[at]):
                opposite[place[slot]] = min(opposite[place[slot]] + 1, 2)
            else:
                slot = (slot + np.uint64(1)) & mask
                continue
            group[i] = at
            twins = same[place[slot]] == 1 and opposite[place[slot]] == 1
            kind[i] = kind[at] = 0 if twins else 2
            break


@njit(cache=True, nogil=True)
def _same(bits, one, other):  # type: ignore[no-untyped-def]
    return bits[one, 0] == bits[other, 0] and bits[one, 1] == bits[other, 1]


@njit(cache=True, nogil=True)
def spread_kind(kind, group):  # type: ignore[no-untyped-def]
    """An edge that is run over more than once is so for all that run along it."""
    for i in range(len(kind)):
        kind[i] = kind[group[i]]


@njit(cache=True, nogil=True)
def link(xy, tail, head, loose):  # type: ignore[no-untyped-def]
    """Follow the loose edges round what lies outside: the next of each, and vertices where parcels lie over others.

    Returns
    -------
    following
        place in ``loose`` of the edge after each, -1 where there is none.
    crowded
        places in ``loose`` of edges, two by two, of parcels that cover the same ground at a common vertex.
    """
    bits = xy.view(np.uint64)
    count = len(loose)
    size = 16
    while size < 4 * count:
        size *= 2
    mask = np.uint64(size - 1)
    table = np.full(size, -1, np.int32)
    vertex_of = np.empty(2 * count, np.int32)  # tails, then heads
    seen_at = np.empty(2 * count, np.int32)
    vertices = 0
    for k in range(2 * count):
        at = tail[loose[k]] if k < count else head[loose[k - count]]
        slot = _hash_point(bits, at) & mask
        while table[slot] >= 0 and not _same(bits, at, seen_at[table[slot]]):
            slot = (slot + np.uint64(1)) & mask
        if table[slot] < 0:
            table[slot] = vertices
            seen_at[vertices] = at
            vertices += 1
        vertex_of[k] = table[slot]
    begin = np.zeros(vertices + 1, np.int64)
    for k in range(2 * count):
        begin[vertex_of[k] + 1] += 1
    begin = np.cumsum(begin)
    incident = np.empty(2 * count, np.int32)
    filled = begin[:-1].copy()
    for k in range(2 * count):
        incident[filled[vertex_of[k]]] = k
        filled[vertex_of[k]] += 1
    following = np.full(count, -1, np.int64)
    crowded = np.empty((16, 2), np.int64)
    crowds = 0
    for vertex in range(vertices):
        first, end = begin[vertex], begin[vertex + 1]
        if end - first == 2:
            one, other = incident[first], incident[first + 1]
            if one < count <= other:
                following[other - count] = one
            elif other < count <= one:
                following[one - count] = other
            continue
        angle = np.empty(end - first)
        for at in range(first, end):
            k = incident[at]
            i = loose[k] if k < count else loose[k - count]
            here, there = (tail[i], head[i]) if k < count else (head[i], tail[i])
            angle[at - first] = np.arctan2(xy[there, 1] - xy[here, 1], xy[there, 0] - xy[here, 0])
        order = np.argsort(angle)
        for at in range(len(order)):
            k = incident[first + order[at]]
            after = incident[first + order[(at + 1) % len(order)]]
            if (k < count) == (after < count):
                # two that go out, or two that come in, one after the other: covered twice in between
                if crowds == len(crowded):
                    larger = np.empty((2 * crowds, 2), np.int64)
                    larger[:crowds] = crowded
                    crowded = larger
                crowded[crowds, 0] = k % count
                crowded[crowds, 1] = after % count
                crowds += 1
            elif k >= count:
                following[k - count] = after
    return following, crowded[:crowds]


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
