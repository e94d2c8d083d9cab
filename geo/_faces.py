"""Faces of the plane between segments that meet and cross as they like: compiled part of the coverage check.

Segments are parted where they meet or cross, what encloses nothing is left out, and the faces are walked round (de Berg
et al. 2008, Computational Geometry, ch. 2), as GEOS' polygonizer does it. Ends within ``MEETS_M`` of a segment lie on
it: the foot of a perpendicular is seldom on its line to the last bit.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from geo._nearing import _apart, _crosses, _spread
from geo._twins import _vertices

# far above the rounding of coordinates, far below what a fault is
MEETS_M: Final = 1e-7

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
    xy, tail, head, sides = _parted(start, end, filled)
    steps, first, held = _walked(xy, tail, head, sides)
    area, length = _measured(xy[steps], first)
    shell = np.where(area > 0.0, np.arange(len(area)), -1)
    found = Faces(xy[steps], first, shell, area, length, held)
    _place_holes(found)
    return found


def _parted(
    start: Points, end: Points, filled: NDArray[np.bool_]
) -> tuple[Points, NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Segments parted where they meet or cross, each pair of ends once: places, the two of each piece, filled sides."""
    count = len(start)
    xy = np.concatenate([start, end])
    tail, head = np.arange(count, dtype=np.int32), np.arange(count, 2 * count, dtype=np.int32)
    cell = float(np.hypot(*(end - start).T).mean()) if count else 1.0
    of, at = _meetings(xy, tail, head, cell)
    every = np.concatenate([xy, at]) + 0.0
    node, nodes = _vertices(every.view(np.uint64), np.arange(len(every), dtype=np.int32))
    places = np.empty((nodes, 2))
    places[node] = every
    return places, *_chained(places, node, of, at, filled)


@njit(cache=True, nogil=True)
def _chained(places, node, of, at, filled):  # type: ignore[no-untyped-def]
    """Go along each segment from its start by the places on it to its end: the pieces, each once, and filled sides.

    ``node`` are the numbers of all starts, of all ends, and of the places ``at`` on the segments ``of``.
    """
    count = len(filled)
    begin = np.zeros(count + 1, np.int64)
    for k in range(len(of)):
        begin[of[k] + 1] += 1
    begin = np.cumsum(begin)
    # segment k has its start, then its places, then its end, from begin[k] + 2 k on
    chain = np.empty(len(of) + 2 * count, np.int32)
    way = np.empty(len(chain))
    filled_to = np.empty(count, np.int64)
    for k in range(count):
        first = begin[k] + 2 * k
        chain[first], way[first] = node[k], 0.0
        filled_to[k] = first + 1
        chain[begin[k + 1] + 2 * k + 1] = node[count + k]
    for k in range(len(of)):
        i = of[k]
        dx, dy = at[k, 0] - places[node[i], 0], at[k, 1] - places[node[i], 1]
        far, slot = dx * dx + dy * dy, filled_to[i]
        while way[slot - 1] > far:
            way[slot], chain[slot] = way[slot - 1], chain[slot - 1]
            slot -= 1
        way[slot], chain[slot] = far, node[2 * count + k]
        filled_to[i] += 1
    onward = np.ones(len(chain), np.bool_)
    for k in range(count):
        onward[begin[k + 1] + 2 * k + 1] = False
    chain = _merged(places, chain, onward)
    return _each_once(len(places), chain, onward, begin, filled)


@njit(cache=True, nogil=True)
def _each_once(nodes, chain, onward, begin, filled):  # type: ignore[no-untyped-def]
    """Pieces of chains by their two places, the lower first, each once, and which of their sides are filled."""
    start = np.zeros(nodes + 1, np.int64)
    for k in range(len(chain) - 1):
        if onward[k] and chain[k] != chain[k + 1]:
            start[min(chain[k], chain[k + 1]) + 1] += 1
    start = np.cumsum(start)
    last = start[:-1].copy()
    high = np.empty(start[-1], np.int32)
    sides = np.zeros(2 * len(high), np.bool_)
    for segment in range(len(filled)):
        for k in range(begin[segment] + 2 * segment, begin[segment + 1] + 2 * segment + 1):
            one, other = chain[k], chain[k + 1]
            if one == other:
                continue
            low, far = min(one, other), max(one, other)
            slot = start[low]
            while slot < last[low] and high[slot] != far:
                slot += 1
            if slot == last[low]:
                high[slot] = far
                last[low] += 1
            sides[2 * slot + (one > other)] |= filled[segment]
    tail, head = np.empty(len(high), np.int32), np.empty(len(high), np.int32)
    count = 0
    for low in range(nodes):
        for slot in range(start[low], last[low]):
            tail[count], head[count] = low, high[slot]
            sides[2 * count], sides[2 * count + 1] = sides[2 * slot], sides[2 * slot + 1]
            count += 1
    return tail[:count], head[:count], sides[: 2 * count]


@njit(cache=True, nogil=True)
def _meetings(xy, tail, head, cell):  # type: ignore[no-untyped-def]
    """Places where segments meet or cross: the segment, and the place, also more than once."""
    of = np.empty(64, np.int64)
    at = np.empty((64, 2))
    count = 0
    if len(tail) == 0:
        return of[:0], at[:0]
    reach = MEETS_M
    west, south = xy[:, 0].min() - 2 * reach, xy[:, 1].min() - 2 * reach
    east, north = xy[:, 0].max(), xy[:, 1].max()
    cell = max(cell, 1e-3, np.sqrt((east - west) * (north - south) / (len(tail) + 16)))
    columns = int((east - west + 2 * reach) / cell) + 2
    lines = int((north - south + 2 * reach) / cell) + 2
    begin = np.zeros(columns * lines + 1, np.int64)
    members = np.empty(0, np.int32)
    all_ = np.arange(len(tail))
    _spread(xy, tail, head, all_, cell, reach, west, south, columns, begin, members, False)
    begin = np.cumsum(begin)
    members = np.empty(begin[-1], np.int32)
    filled = begin.copy()
    _spread(xy, tail, head, all_, cell, reach, west, south, columns, filled, members, True)
    for slot in range(columns * lines):
        for nth in range(begin[slot], begin[slot + 1]):
            i = members[nth]
            ax, ay, bx, by = xy[tail[i], 0], xy[tail[i], 1], xy[head[i], 0], xy[head[i], 1]
            left, right = min(ax, bx) - reach, max(ax, bx) + reach
            low, high = min(ay, by) - reach, max(ay, by) + reach
            for other in range(nth + 1, begin[slot + 1]):
                j = members[other]
                cx, cy, dx, dy = xy[tail[j], 0], xy[tail[j], 1], xy[head[j], 0], xy[head[j], 1]
                if max(cx, dx) < left or min(cx, dx) > right or max(cy, dy) < low or min(cy, dy) > high:
                    continue
                if count + 4 > len(of):
                    longer, wider = np.empty(2 * len(of), np.int64), np.empty((2 * len(of), 2))
                    longer[:count], wider[:count] = of[:count], at[:count]
                    of, at = longer, wider
                before = count
                meet = False
                for side in range(4):
                    end = (tail[i], head[i], tail[j], head[j])[side]
                    theirs = j if side < 2 else i
                    if _apart(xy, end, tail[theirs], head[theirs]) > reach:
                        continue
                    meet = True
                    x, y = xy[end, 0], xy[end, 1]
                    if (x != xy[tail[theirs], 0] or y != xy[tail[theirs], 1]) and (
                        x != xy[head[theirs], 0] or y != xy[head[theirs], 1]
                    ):
                        of[count], at[count, 0], at[count, 1] = theirs, x, y
                        count += 1
                if not meet and count == before and _crosses(ax, ay, bx, by, cx, cy, dx, dy):
                    # members of a cell ascend, so that the place comes out the same in every cell
                    ex, ey, fx, fy = bx - ax, by - ay, dx - cx, dy - cy
                    t = ((cx - ax) * fy - (cy - ay) * fx) / (ex * fy - ey * fx)
                    of[count], of[count + 1] = i, j
                    for _ in range(2):
                        at[count, 0], at[count, 1] = ax + t * ex, ay + t * ey
                        count += 1
    return of[:count], at[:count]


@njit(cache=True, nogil=True)
def _merged(places, place, onward):  # type: ignore[no-untyped-def]
    """Make places that follow one another on a segment, no farther apart than `MEETS_M`, one."""
    root = np.arange(len(places))
    any_ = False
    for k in range(len(onward)):
        if onward[k]:
            one, other = place[k], place[k + 1]
            dx, dy = places[one, 0] - places[other, 0], places[one, 1] - places[other, 1]
            if one != other and dx * dx + dy * dy <= MEETS_M * MEETS_M:
                while root[one] != one:
                    one = root[one]
                while root[other] != other:
                    other = root[other]
                root[max(one, other)] = min(one, other)
                any_ = True
    if any_:
        for k in range(len(root)):
            # a root has a lower number: what comes before is settled
            root[k] = root[root[k]]
    return root[place]


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
