"""Edges of a whole layer laid against one another: the compiled part of the coverage check.

Edges are directed, the inside on the left. In a coverage each edge has its twin, the same two vertices the other way
round, or has nothing beside it. What follows looks only at edges without a twin: there are few of them where parcels
are sound, and areas that two parcels share or that none has are bounded by nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._threads import in_blocks

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
def _same(bits, one, other):  # type: ignore[no-untyped-def]
    return bits[one, 0] == bits[other, 0] and bits[one, 1] == bits[other, 1]


@njit(cache=True, nogil=True)
def _hash_point(bits, at):  # type: ignore[no-untyped-def]
    return _mixed(bits[at, 0] + np.uint64(0x9E3779B97F4A7C15) * _mixed(bits[at, 1]))


class Layout(NamedTuple):
    """Directed edges of a layer and what is seen on the way, by row or part.

    Attributes
    ----------
    tail, head
        ``(edges,)`` places in xy, the inside on the left. No edge has length 0.
    edge_start
        ``(rows + 1,)`` into edges.
    part_area, part_length
        m² (holes taken off) and m of boundary, by part.
    doubtful
        ``(rows,)`` whether the row must be judged by the exact, slower test of validity.
    marks
        ``(rows,)`` a number that is the same for the same set of edges, however the rings begin.
    bounds
        ``(rows, 4)`` west, south, east, north; NaN without edges.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    edge_start: NDArray[np.int64]
    part_area: NDArray[np.float64]
    part_length: NDArray[np.float64]
    doubtful: NDArray[np.bool_]
    marks: NDArray[np.uint64]
    bounds: NDArray[np.float64]


def lay_out(
    xy: NDArray[np.float64], ring_start: NDArray[np.int64], part_start: NDArray[np.int64], row_start: NDArray[np.int64]
) -> Layout:
    """Lay the rings of a layer out as edges."""
    rows, parts = len(row_start) - 1, len(part_start) - 1
    edge_start = np.zeros(rows + 1, np.int64)
    in_blocks(lambda begin, end: _count(xy, ring_start, part_start, row_start, edge_start, begin, end), rows)
    np.cumsum(edge_start, out=edge_start)
    edges = int(edge_start[-1])
    layout = Layout(
        np.empty(edges, np.int32), np.empty(edges, np.int32), edge_start, np.zeros(parts), np.zeros(parts),
        np.zeros(rows, np.bool_), np.zeros(rows, np.uint64), np.full((rows, 4), np.nan),
    )  # fmt: skip
    in_blocks(lambda begin, end: _lay_out(xy, ring_start, part_start, row_start, layout, begin, end), rows)
    return layout


@njit(cache=True, nogil=True)
def _count(xy, ring_start, part_start, row_start, edge_start, begin, end):  # type: ignore[no-untyped-def]
    """Enter the number of edges of each row in the place after it."""
    for row in range(begin, end):
        count = 0
        for ring in range(part_start[row_start[row]], part_start[row_start[row + 1]]):
            for k in range(ring_start[ring], ring_start[ring + 1] - 1):
                count += xy[k, 0] != xy[k + 1, 0] or xy[k, 1] != xy[k + 1, 1]
        edge_start[row + 1] = count


@njit(cache=True, nogil=True)
def _lay_out(xy, ring_start, part_start, row_start, layout, begin, end):  # type: ignore[no-untyped-def]
    bits = xy.view(np.uint64)
    tail, head = layout.tail, layout.head
    for row in range(begin, end):
        count = layout.edge_start[row]
        mark = np.uint64(0)
        west, south, east, north = np.inf, np.inf, -np.inf, -np.inf
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                first, last = ring_start[ring], ring_start[ring + 1]
                twice = 0.0
                length = 0.0
                ox, oy = xy[first, 0], xy[first, 1]
                for k in range(first, last - 1):
                    ax, ay = xy[k, 0] - ox, xy[k, 1] - oy
                    bx, by = xy[k + 1, 0] - ox, xy[k + 1, 1] - oy
                    twice += ax * by - ay * bx
                    length += np.hypot(bx - ax, by - ay)
                is_shell = ring == part_start[part]
                layout.part_area[part] += abs(twice) / 2 if is_shell else -abs(twice) / 2
                layout.part_length[part] += length
                forward = (twice > 0) == is_shell
                hashed = _hash_point(bits, first)
                for k in range(first, last - 1):
                    if xy[k, 0] != xy[k + 1, 0] or xy[k, 1] != xy[k + 1, 1]:
                        after = _hash_point(bits, k + 1)
                        if forward:
                            tail[count], head[count] = k, k + 1
                            mark += _mixed(hashed + np.uint64(3) * after)
                        else:
                            tail[count], head[count] = k + 1, k
                            mark += _mixed(after + np.uint64(3) * hashed)
                        hashed = after
                        x, y = xy[tail[count], 0], xy[tail[count], 1]
                        west, south, east, north = min(west, x), min(south, y), max(east, x), max(north, y)
                        count += 1
        start = layout.edge_start[row]
        edges = count - start
        parts = row_start[row + 1] - row_start[row]
        simple = parts == 1 and part_start[row_start[row] + 1] - part_start[row_start[row]] == 1
        layout.doubtful[row] = (
            not simple or edges > MANY_EDGES or edges < 3 or not _is_simple(xy, tail, head, start, count)
        )
        layout.marks[row] = mark
        if edges:
            box = layout.bounds[row]
            box[0], box[1], box[2], box[3] = west, south, east, north


@njit(cache=True, nogil=True)
def repeated(xy, ring_start, within):  # type: ignore[no-untyped-def]
    """Whether the next vertex of its ring repeats a vertex, to less than ``within``."""
    found = np.zeros(len(xy), np.bool_)
    for ring in range(len(ring_start) - 1):
        for k in range(ring_start[ring], ring_start[ring + 1] - 1):
            found[k] = abs(xy[k + 1, 0] - xy[k, 0]) < within and abs(xy[k + 1, 1] - xy[k, 1]) < within
    return found


@njit(cache=True, nogil=True)
def same_bounds(bounds, order, key, stride, tolerance):  # type: ignore[no-untyped-def]
    """Pairs of rows whose bounds agree; ``key`` (sorted) is the cell of each row of ``order``, lines of ``stride``."""
    found = [(np.int64(0), np.int64(0)) for _ in range(0)]
    for step in (0, 1, stride - 1, stride, stride + 1):
        begin = 0
        for k in range(len(key)):
            if step == 0:
                begin = k + 1
            while begin < len(key) and key[begin] < key[k] + step:
                begin += 1
            at = begin
            while at < len(key) and key[at] == key[k] + step:
                one, other = order[k], order[at]
                at += 1
                if (
                    abs(bounds[one, 0] - bounds[other, 0]) <= tolerance
                    and abs(bounds[one, 1] - bounds[other, 1]) <= tolerance
                    and abs(bounds[one, 2] - bounds[other, 2]) <= tolerance
                    and abs(bounds[one, 3] - bounds[other, 3]) <= tolerance
                ):
                    found.append((min(one, other), max(one, other)))
    pairs = np.empty((len(found), 2), np.int64)
    for at in range(len(found)):
        pairs[at, 0], pairs[at, 1] = found[at]
    return pairs


@njit(cache=True, nogil=True)
def short(xy, tail, head, limit):  # type: ignore[no-untyped-def]
    """Whether edges are no longer than the limit along either axis."""
    found = np.empty(len(tail), np.bool_)
    for i in range(len(tail)):
        dx, dy = xy[head[i], 0] - xy[tail[i], 0], xy[head[i], 1] - xy[tail[i], 1]
        found[i] = abs(dx) <= limit and abs(dy) <= limit
    return found


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
