"""Edges without a twin that lie near one another, cross, or lie over another parcel: compiled part of the check."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._coverage import _same

# boundaries that part at more than 1 in 5 do so on purpose
WEDGE = 0.2


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


@njit(cache=True, nogil=True)
def clusters(count, one, other):  # type: ignore[no-untyped-def]
    """Number what hangs together by pairs, each by the lowest of its members."""
    label = np.arange(count)
    for k in range(len(one)):
        low, high = one[k], other[k]
        while label[low] != low:
            label[low] = label[label[low]]
            low = label[low]
        while label[high] != high:
            label[high] = label[label[high]]
            high = label[high]
        label[max(low, high)] = min(low, high)
    for k in range(count):
        # what a label points to comes before it and is settled
        label[k] = label[label[k]]
    return label
