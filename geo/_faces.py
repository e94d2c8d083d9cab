"""Faces of the plane between segments that meet and cross as they like: compiled part of the coverage check.

Segments are parted where they meet or cross (geo._noding), what encloses nothing is left out, and the faces are walked
round (de Berg et al. 2008, Computational Geometry, ch. 2), as GEOS' polygonizer does it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from geo._noding import parted

Points = NDArray[np.float64]
Indices = NDArray[np.int64]


class Faces(NamedTuple):
    """Rings round faces, anticlockwise, and rings of what lies in them.

    Attributes
    ----------
    xy
        ``(n, 2)`` vertices of all rings, one after another, none closed.
    start
        ``(rings + 1,)`` into xy.
    shell
        ``(rings,)`` the ring in which each lies directly: itself for the outer ring of a face, −1 for none.
    area, length
        Of each ring, m² (negative for what lies in a face) and m.
    held
        ``(rings,)`` whether one of the segments along a ring has its filled side towards the face.
    """

    xy: Points
    start: Indices
    shell: Indices
    area: NDArray[np.float64]
    length: NDArray[np.float64]
    held: NDArray[np.bool_]

    def measured(self) -> tuple[Indices, NDArray[np.float64], NDArray[np.float64]]:
        """The outer ring of each face, and area and boundary of the face, holes counted."""
        inside = self.shell >= 0
        rings = len(self.shell)
        area, length = (
            np.bincount(self.shell[inside], each[inside], rings).astype(np.float64) for each in (self.area, self.length)
        )
        outer: Indices = np.flatnonzero(self.shell == np.arange(rings)).astype(np.int64)
        return outer, area[outer], length[outer]

    def polygons(self, outer: Indices) -> NDArray[np.object_]:
        """Some faces, by their outer rings, as polygons."""
        wanted = np.full(len(self.shell), -1, dtype=np.int64)
        wanted[outer] = np.arange(len(outer))
        ring = np.flatnonzero((self.shell >= 0) & (wanted[self.shell] >= 0))
        # the shell of each polygon comes first, its holes after it
        ring = ring[np.lexsort((self.shell[ring] != ring, wanted[self.shell[ring]]))]
        count = np.diff(self.start)[ring]
        at = np.repeat(self.start[ring] - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
        rings = np.asarray(
            shapely.linearrings(self.xy[at], indices=np.repeat(np.arange(len(ring)), count)), dtype=object
        )
        return np.asarray(shapely.polygons(rings, indices=wanted[self.shell[ring]]), dtype=object)


def faces_between(start: Points, end: Points, filled: NDArray[np.bool_]) -> Faces:
    """Find the faces between segments from ``start`` to ``end``, each ``(n, 2)`` in metres.

    ``filled`` says of which segments the left side is somebody's ground.
    """
    xy, tail, head, sides = parted(start, end, filled)
    steps, first, held = _walked(xy, tail, head, sides)
    area, length = _measured(xy[steps], first)
    shell = np.where(area > 0.0, np.arange(len(area)), -1)
    found = Faces(xy[steps], first, shell, area, length, held)
    _place_holes(found)
    return found


@njit(cache=True, nogil=True)
def _walked(xy, tail, head, sides):  # type: ignore[no-untyped-def]
    """Rings round the faces between segments that meet in common ends only: places, where each starts, `Faces.held`."""
    there = np.ones(len(tail), np.bool_)
    _drop_dangles(len(xy), tail, head, there)
    ring, following, rings = _rings(xy, tail, head, there)
    # a segment with one face on both of its sides joins what is apart, and bounds nothing
    cut = False
    for k in range(len(tail)):
        if there[k] and ring[2 * k] == ring[2 * k + 1]:
            there[k] = False
            cut = True
    if cut:
        _drop_dangles(len(xy), tail, head, there)
        ring, following, rings = _rings(xy, tail, head, there)
    steps = np.empty(2 * len(tail), np.int64)
    start = np.zeros(len(tail) + 1, np.int64)
    count, found = 0, 0
    done = np.zeros(rings, np.bool_)
    stack, halves = np.empty(2 * len(tail), np.int64), np.empty(2 * len(tail), np.int64)
    held = np.zeros(len(tail), np.bool_)
    above = np.full(len(xy), -1, np.int64)
    for half in range(2 * len(tail)):
        if ring[half] < 0 or done[ring[half]]:
            continue
        done[ring[half]] = True
        depth, at = 0, half
        while True:
            place = tail[at // 2] if at % 2 == 0 else head[at // 2]
            if above[place] >= 0:
                # it comes by here again: what lies in between is a ring of its own, that touches the other
                for k in range(above[place], depth):
                    steps[count] = stack[k]
                    held[found] |= sides[halves[k]]
                    count += 1
                    above[stack[k]] = -1
                depth = depth - (count - start[found])
                found += 1
                start[found] = count
            above[place] = depth
            stack[depth], halves[depth] = place, at
            depth += 1
            at = following[at]
            if at == half:
                break
        for k in range(depth):
            steps[count] = stack[k]
            held[found] |= sides[halves[k]]
            count += 1
            above[stack[k]] = -1
        found += 1
        start[found] = count
    return steps[:count], start[: found + 1], held[:found]


@njit(cache=True, nogil=True)
def _measured(xy, start):  # type: ignore[no-untyped-def]
    """Area, less than 0 of what runs clockwise, and length of rings."""
    area, length = np.zeros(len(start) - 1), np.zeros(len(start) - 1)
    for ring in range(len(area)):
        first, last = start[ring], start[ring + 1]
        ox, oy = xy[first, 0], xy[first, 1]
        for at in range(first, last):
            after = at + 1 if at + 1 < last else first
            ax, ay = xy[at, 0] - ox, xy[at, 1] - oy
            bx, by = xy[after, 0] - ox, xy[after, 1] - oy
            area[ring] += (ax * by - ay * bx) / 2
            length[ring] += np.hypot(bx - ax, by - ay)
    return area, length


@njit(cache=True, nogil=True)
def _drop_dangles(places, tail, head, there):  # type: ignore[no-untyped-def]
    """Leave out segments with a free end, until there are none."""
    degree = np.zeros(places, np.int32)
    # the sum of the segments at a place is the last one when one is left
    total = np.zeros(places, np.int64)
    for k in range(len(tail)):
        if there[k]:
            for end in (tail[k], head[k]):
                degree[end] += 1
                total[end] += k
    for place in range(places):
        at = place
        while degree[at] == 1:
            k = total[at]
            there[k] = False
            for end in (tail[k], head[k]):
                degree[end] -= 1
                total[end] -= k
            at = head[k] if tail[k] == at else tail[k]


@njit(cache=True, nogil=True)
def _rings(xy, tail, head, there):  # type: ignore[no-untyped-def]
    """Number the rings, the face on the left of each: the ring of each side of a segment, the side after it, how many.

    The side ``2 k`` runs from tail to head of segment ``k``, ``2 k + 1`` back.
    """
    begin = np.zeros(len(xy) + 1, np.int64)
    for k in range(len(tail)):
        if there[k]:
            begin[tail[k] + 1] += 1
            begin[head[k] + 1] += 1
    begin = np.cumsum(begin)
    out = np.empty(begin[-1], np.int64)
    angle = np.empty(begin[-1])
    filled = begin[:-1].copy()
    for half in range(2 * len(tail)):
        if not there[half // 2]:
            continue
        one, other = tail[half // 2], head[half // 2]
        if half % 2 == 1:
            one, other = other, one
        turn = np.arctan2(xy[other, 1] - xy[one, 1], xy[other, 0] - xy[one, 0])
        # few leave one place: put in order as they come
        at = filled[one]
        while at > begin[one] and angle[at - 1] > turn:
            angle[at], out[at] = angle[at - 1], out[at - 1]
            at -= 1
        angle[at], out[at] = turn, half
        filled[one] += 1
    following = np.full(2 * len(tail), -1, np.int64)
    for place in range(len(xy)):
        first, last = begin[place], begin[place + 1]
        for at in range(first, last):
            # what comes in against one goes on with the next clockwise
            following[out[at] ^ 1] = out[at - 1] if at > first else out[last - 1]
    ring = np.full(2 * len(tail), -1, np.int64)
    rings = 0
    for half in range(2 * len(tail)):
        if following[half] >= 0 and ring[half] < 0:
            at = half
            while ring[at] < 0:
                ring[at] = rings
                at = following[at]
            rings += 1
    return ring, following, rings


def _place_holes(found: Faces) -> None:
    """Enter the face in which each ring that runs clockwise lies: the smallest that holds it."""
    inner, outer = np.flatnonzero(found.area < 0.0), np.flatnonzero(found.area > 0.0)
    if not len(inner):
        return
    x, y = found.xy.T
    first = found.start[:-1]
    sides = ((np.minimum, x), (np.minimum, y), (np.maximum, x), (np.maximum, y))
    bounds = np.stack([most.reduceat(values, first) for most, values in sides], axis=1)
    # the diagonal of a box has the same box
    tree = shapely.STRtree(np.atleast_1d(np.asarray(shapely.points(found.xy[first[inner]]), dtype=object)))
    other, one = tree.query(shapely.linestrings(bounds[outer].reshape(-1, 2, 2)))
    one, other = inner[one], outer[other]
    box, around = bounds[one], bounds[other]
    held = (box[:, :2] >= around[:, :2]).all(axis=1) & (box[:, 2:] <= around[:, 2:]).all(axis=1)
    # the ring round a lone face is its own face the other way round
    held &= found.area[other] > -found.area[one] * (1 + 1e-12)
    one, other = one[held], other[held]
    held = _within(found.xy, found.start, one, other)
    one, other = one[held], other[held]
    order = np.lexsort((found.area[other], one))
    one, other = one[order], other[order]
    smallest = np.ones(len(one), dtype=bool)
    smallest[1:] = one[1:] != one[:-1]
    found.shell[one[smallest]] = other[smallest]


@njit(cache=True, nogil=True)
def _within(xy, start, one, other):  # type: ignore[no-untyped-def]
    """Whether rings lie in others: places that they have in common with them say nothing."""
    found = np.zeros(len(one), np.bool_)
    for k in range(len(one)):
        first, last = start[other[k]], start[other[k] + 1]
        for at in range(start[one[k]], start[one[k] + 1]):
            x, y = xy[at, 0], xy[at, 1]
            odd, on = False, False
            for i in range(first, last):
                j = i + 1 if i + 1 < last else first
                on |= xy[i, 0] == x and xy[i, 1] == y
                low, high = (i, j) if xy[i, 1] <= xy[j, 1] else (j, i)
                if xy[low, 1] <= y < xy[high, 1]:
                    rise = xy[high, 1] - xy[low, 1]
                    odd ^= (xy[high, 0] - xy[low, 0]) * (y - xy[low, 1]) - (x - xy[low, 0]) * rise > 0
            if not on:
                found[k] = odd
                break
    return found
