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


@njit(cache=True, nogil=True)
def inside(xy, tail, head, edge_start, bounds, px, py, owner):  # type: ignore[no-untyped-def]
    """Pairs (point, row) of points that lie inside a row other than their owner."""
    found = np.empty((16, 2), np.int64)
    count = 0
    points = len(px)
    if points == 0:
        return found[:0]
    west, south, east, north = px.min(), py.min(), px.max(), py.max()
    columns = max(1, int(np.sqrt(points)))
    width = max((east - west) / columns, 1e-3)
    height = max((north - south) / columns, 1e-3)
    cell = np.empty(points, np.int64)
    for k in range(points):
        cell[k] = min(columns - 1, int((py[k] - south) / height)) * columns + min(
            columns - 1, int((px[k] - west) / width)
        )
    begin = np.zeros(columns * columns + 1, np.int64)
    for k in range(points):
        begin[cell[k] + 1] += 1
    begin = np.cumsum(begin)
    order = np.argsort(cell, kind="mergesort")
    for row in range(len(bounds)):
        if not bounds[row, 0] <= east or bounds[row, 2] < west or bounds[row, 1] > north or bounds[row, 3] < south:
            continue
        c0 = max(0, int((bounds[row, 0] - west) / width) if bounds[row, 0] > west else 0)
        c1 = min(columns - 1, int((bounds[row, 2] - west) / width))
        r0 = max(0, int((bounds[row, 1] - south) / height) if bounds[row, 1] > south else 0)
        r1 = min(columns - 1, int((bounds[row, 3] - south) / height))
        for r in range(r0, r1 + 1):
            for at in range(begin[r * columns + min(c0, columns - 1)], begin[r * columns + c1 + 1]):
                k = order[at]
                x, y = px[k], py[k]
                if owner[k] == row or x < bounds[row, 0] or x > bounds[row, 2]:
                    continue
                if y < bounds[row, 1] or y > bounds[row, 3]:
                    continue
                odd = False
                for i in range(edge_start[row], edge_start[row + 1]):
                    # taken from below to above, so that both sides of a common edge judge alike
                    low, high = tail[i], head[i]
                    if xy[low, 1] > xy[high, 1]:
                        low, high = high, low
                    if xy[low, 1] <= y < xy[high, 1]:
                        rise = xy[high, 1] - xy[low, 1]
                        cross = (xy[high, 0] - xy[low, 0]) * (y - xy[low, 1]) - (x - xy[low, 0]) * rise
                        if cross > 0:
                            odd = not odd
                if odd:
                    if count == len(found):
                        larger = np.empty((2 * count, 2), np.int64)
                        larger[:count] = found
                        found = larger
                    found[count, 0] = k
                    found[count, 1] = row
                    count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def _spread(xy, tail, head, loose, cell, reach, west, south, columns, begin, members, fill):  # type: ignore[no-untyped-def]
    """Enter loose edges in the cells that they pass within reach of: counted first, filled in at the second call."""
    for k in range(len(loose)):
        i = loose[k]
        x0, y0 = xy[tail[i], 0] - west, xy[tail[i], 1] - south
        x1, y1 = xy[head[i], 0] - west, xy[head[i], 1] - south
        if x0 > x1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        c0, c1 = int((x0 - reach) / cell), int((x1 + reach) / cell)
        for c in range(c0, c1 + 1):
            if c0 == c1 or x1 - x0 < reach:
                low, high = min(y0, y1), max(y0, y1)
            else:
                s = min(1.0, max(0.0, (c * cell - reach - x0) / (x1 - x0)))
                t = min(1.0, max(0.0, ((c + 1) * cell + reach - x0) / (x1 - x0)))
                one, other = y0 + s * (y1 - y0), y0 + t * (y1 - y0)
                low, high = min(one, other), max(one, other)
            for r in range(int((low - reach) / cell), int((high + reach) / cell) + 1):
                slot = r * columns + c
                if fill:
                    members[begin[slot]] = k
                    begin[slot] += 1
                else:
                    begin[slot + 1] += 1


@njit(cache=True, nogil=True)
def near(xy, tail, head, row, loose, reach, cell):  # type: ignore[no-untyped-def]
    """Ends of loose edges within reach of a loose edge of another row, and loose edges that cross.

    Returns
    -------
    places
        ``(n, 3)``: place of the end in xy, its edge, the other edge. Ends that the two edges have in common are not
        listed, nor what leaves a common end at a wide angle.
    distance
        ``(n,)`` metres.
    crossing
        ``(m, 2)`` edges.
    """
    places = np.empty((64, 3), np.int64)
    distance = np.empty(64)
    crossing = np.empty((64, 2), np.int64)
    count, crossings = 0, 0
    if len(loose) == 0:
        return places[:0], distance[:0], crossing[:0]
    bits = xy.view(np.uint64)
    west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
    for i in loose:
        for at in (tail[i], head[i]):
            west, south = min(west, xy[at, 0]), min(south, xy[at, 1])
            east, north = max(east, xy[at, 0]), max(north, xy[at, 1])
    west, south = west - 2 * reach, south - 2 * reach
    # no more cells than a few for each edge, however wide the land between them
    cell = max(cell, 4 * reach, np.sqrt((east - west) * (north - south) / (len(loose) + 16)))
    columns = int((east - west + 2 * reach) / cell) + 2
    lines = int((north - south + 2 * reach) / cell) + 2
    begin = np.zeros(columns * lines + 1, np.int64)
    members = np.empty(0, np.int32)
    _spread(xy, tail, head, loose, cell, reach, west, south, columns, begin, members, False)
    begin = np.cumsum(begin)
    members = np.empty(begin[-1], np.int32)
    filled = begin.copy()
    _spread(xy, tail, head, loose, cell, reach, west, south, columns, filled, members, True)
    for slot in range(columns * lines):
        for one in range(begin[slot], begin[slot + 1]):
            i = loose[members[one]]
            ax, ay, bx, by = xy[tail[i], 0], xy[tail[i], 1], xy[head[i], 0], xy[head[i], 1]
            left, right = min(ax, bx) - reach, max(ax, bx) + reach
            low, high = min(ay, by) - reach, max(ay, by) + reach
            for other in range(one + 1, begin[slot + 1]):
                j = loose[members[other]]
                if row[i] == row[j]:
                    continue
                cx, cy, dx, dy = xy[tail[j], 0], xy[tail[j], 1], xy[head[j], 0], xy[head[j], 1]
                if max(cx, dx) < left or min(cx, dx) > right or max(cy, dy) < low or min(cy, dy) > high:
                    continue
                while count + 4 > len(distance):
                    more = np.empty((2 * len(distance), 3), np.int64)
                    more[:count] = places[:count]
                    longer = np.empty(2 * len(distance))
                    longer[:count] = distance[:count]
                    places, distance = more, longer
                before = count
                for side in range(4):
                    at = (tail[i], head[i], tail[j], head[j])[side]
                    far = (head[i], tail[i], head[j], tail[j])[side]
                    mine, theirs = (i, j) if side < 2 else (j, i)
                    if _same(bits, at, tail[theirs]) or _same(bits, at, head[theirs]):
                        continue
                    d = _apart(xy, at, tail[theirs], head[theirs])
                    if d > reach:
                        continue
                    common = _same(bits, far, tail[theirs]) or _same(bits, far, head[theirs])
                    if common and d > WEDGE * np.hypot(xy[at, 0] - xy[far, 0], xy[at, 1] - xy[far, 1]):
                        continue
                    places[count, 0], places[count, 1], places[count, 2] = at, mine, theirs
                    distance[count] = d
                    count += 1
                if count == before and _crosses(ax, ay, bx, by, cx, cy, dx, dy):
                    if crossings == len(crossing):
                        wider = np.empty((2 * crossings, 2), np.int64)
                        wider[:crossings] = crossing
                        crossing = wider
                    crossing[crossings, 0], crossing[crossings, 1] = i, j
                    crossings += 1
    return places[:count], distance[:count], crossing[:crossings]


# boundaries that part at more than 1 in 5 do so on purpose
WEDGE = 0.2


@njit(cache=True, nogil=True)
def _apart(xy, at, one, other):  # type: ignore[no-untyped-def]
    """Distance of a vertex from an edge, metres."""
    ax, ay = xy[one, 0], xy[one, 1]
    dx, dy = xy[other, 0] - ax, xy[other, 1] - ay
    px, py = xy[at, 0] - ax, xy[at, 1] - ay
    t = min(1.0, max(0.0, (px * dx + py * dy) / (dx * dx + dy * dy)))
    return np.hypot(px - t * dx, py - t * dy)


@njit(cache=True, nogil=True)
def _crosses(ax, ay, bx, by, cx, cy, dx, dy):  # type: ignore[no-untyped-def]
    a = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
    b = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
    c = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    d = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
    return a * b < 0.0 and c * d < 0.0


@njit(cache=True, nogil=True)
def parted(xy, tail, edge_start, row, places, distance):  # type: ignore[no-untyped-def]
    """Whether the two boundaries of each place part on purpose: they have a vertex in common not far from it."""
    bits = xy.view(np.uint64)
    found = np.zeros(len(places), np.bool_)
    for k in range(len(places)):
        at, mine, theirs = places[k, 0], row[places[k, 1]], row[places[k, 2]]
        reach = distance[k] / WEDGE
        for j in range(edge_start[theirs], edge_start[theirs + 1]):
            other = tail[j]
            if np.hypot(xy[other, 0] - xy[at, 0], xy[other, 1] - xy[at, 1]) >= reach and not _same(bits, at, other):
                continue
            for i in range(edge_start[mine], edge_start[mine + 1]):
                if _same(bits, tail[i], other):
                    found[k] = True
                    break
            if found[k]:
                break
    return found
