"""How far two boundaries run together, and how far apart they are: edge by edge, for one pair of parcels.

Edges are rows ``x0, y0, x1, y1, length, 1 / length`` of an array, the inside on their left.
"""

from __future__ import annotations

import numpy as np
from numba import njit

# coordinates of 3 × 10⁶ m have a last digit of 5 × 10⁻¹⁰ m: what is closer than a micrometre is the same place
SAME_PLACE_M = 1e-6
# edges whose directions differ by less than 2.9° run together
MAX_SINE = 0.05
# a short edge may be turned further, by a slip of its end of a quarter of the tolerance, up to 30°
SLIP = 0.25
MAX_SINE_OF_SHORT_EDGE = 0.5
# boundaries that cross by less than this share of the tolerance, or of the edge, do so by a slip of the pen
SHALLOW = 0.1
# from here on a sorted list is quicker than looking at every pair of edges
MANY_PAIRS = 4096
# so many stretches are sorted by insertion
FEW = 32
# edges that have a bit of their own, less one
BITS = 63


@njit(cache=True, nogil=True)
def edges_within(xy, first, end, backward, west, south, east, north, edges, count):  # type: ignore[no-untyped-def]
    """Add the edges of a piece that meet a box, in the order of the boundary; the new count."""
    for step in range(end - first):
        k = end - 1 - step if backward else first + step
        ax, ay, bx, by = xy[k, 0], xy[k, 1], xy[k + 1, 0], xy[k + 1, 1]
        if (
            (max(ax, bx) >= west)
            & (min(ax, bx) <= east)
            & (max(ay, by) >= south)
            & (min(ay, by) <= north)
            & ((ax != bx) | (ay != by))
        ):
            if backward:
                ax, ay, bx, by = bx, by, ax, ay
            length = np.sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay))
            if length == 0.0:
                continue
            edges[count, 0] = ax
            edges[count, 1] = ay
            edges[count, 2] = bx
            edges[count, 3] = by
            edges[count, 4] = length
            edges[count, 5] = 1.0 / length
            count += 1
    return count


@njit(cache=True, nogil=True)
def measure_edges(mine, m, theirs, t, sorted_theirs, tolerance, reach, spans):  # type: ignore[no-untyped-def]
    """Facing length, stacked length, gap (inf beyond reach), whether one may enter the other, number of stretches.

    Facing: the insides lie on opposite sides, as with neighbours. Stacked: on the same side. Both are measured along
    each of the two boundaries and averaged. ``spans`` is room for stretches, two lists of ``owner, begin, end``: when
    there are more of them than it holds, nothing else is right, and one asks again with more room. Of many edges
    theirs are sorted (`by_west`) beforehand.
    """
    nearest = np.inf  # squared
    enters = False
    count = 0
    order, low, widest = sorted_theirs
    many = len(order) > 0
    # an edge with one stretch needs no list of them: bits of the edges that have one, and whether any has two
    one_of_mine, one_of_theirs = np.uint64(0), np.uint64(0)
    twice_mine = twice_theirs = max(m, t) > BITS
    for a in range(m):
        ax, ay, bx, by = mine[a, 0], mine[a, 1], mine[a, 2], mine[a, 3]
        west, east = min(ax, bx) - reach, max(ax, bx) + reach
        south, north = min(ay, by) - reach, max(ay, by) + reach
        begin, end = 0, t
        if many:
            begin = np.searchsorted(widest, west)
            end = np.searchsorted(low, east, side="right")
        for at in range(begin, end):
            b = order[at] if many else at
            cx, cy, dx, dy = theirs[b, 0], theirs[b, 1], theirs[b, 2], theirs[b, 3]
            if not ((max(cx, dx) >= west) & (min(cx, dx) <= east) & (max(cy, dy) >= south) & (min(cy, dy) <= north)):
                continue
            starts_at_end, ends_at_start = (ax == dx) & (ay == dy), (bx == cx) & (by == cy)
            if starts_at_end & ends_at_start:
                # the same edge from both sides: most of what is shared in most layers
                nearest = 0.0
                kind, begin_a, end_a, begin_b, end_b = 0, 0.0, mine[a, 4], 0.0, theirs[b, 4]
            else:
                starts_at_start = (ax == cx) & (ay == cy)
                if starts_at_start | starts_at_end | ends_at_start | ((bx == dx) & (by == dy)):
                    # edges that meet in a vertex touch and do not cross: are they parallel?
                    nearest = 0.0
                    if starts_at_start and not enters:
                        enters = _corners_share(mine, m, a, theirs, t, b, SHALLOW * min(tolerance, mine[a, 4]))
                    twice_area = abs((bx - ax) * (dy - cy) - (by - ay) * (dx - cx))
                    slack = SLIP * tolerance * max(mine[a, 5], theirs[b, 5])
                    if twice_area * mine[a, 5] * theirs[b, 5] > max(MAX_SINE, min(MAX_SINE_OF_SHORT_EDGE, slack)):
                        continue
                nearest, enters, kind, begin_a, end_a, begin_b, end_b = _two_edges(
                    mine, m, a, theirs, t, b, tolerance, reach, nearest, enters
                )
                if end_a <= begin_a and end_b <= begin_b:
                    continue
            if count < spans.shape[1]:
                spans[0, count, 0], spans[0, count, 1], spans[0, count, 2] = 2 * a + kind, begin_a, end_a
                spans[1, count, 0], spans[1, count, 1], spans[1, count, 2] = 2 * b + kind, begin_b, end_b
            count += 1
            bit_a, bit_b = np.uint64(1) << np.uint64(a & BITS), np.uint64(1) << np.uint64(b & BITS)
            twice_mine |= (one_of_mine & bit_a) != 0
            twice_theirs |= (one_of_theirs & bit_b) != 0
            one_of_mine |= bit_a
            one_of_theirs |= bit_b
    if count > spans.shape[1]:
        return 0.0, 0.0, nearest, enters, count
    facing, stacked = _joined(spans, 0, count, twice_mine)
    facing_too, stacked_too = _joined(spans, 1, count, twice_theirs)
    gap = np.sqrt(nearest)
    if gap < SAME_PLACE_M:
        gap = 0.0
    return 0.5 * (facing + facing_too), 0.5 * (stacked + stacked_too), gap, enters, count


@njit(cache=True, nogil=True)
def _two_edges(mine, m, a, theirs, t, b, tolerance, reach, nearest, enters):  # type: ignore[no-untyped-def]
    """Distance so far and whether one enters; 0 facing or 1 stacked, and the stretches of both that run together."""
    ax, ay, bx, by = mine[a, 0], mine[a, 1], mine[a, 2], mine[a, 3]
    cx, cy, dx, dy = theirs[b, 0], theirs[b, 1], theirs[b, 2], theirs[b, 3]
    length_a, length_b = mine[a, 4], theirs[b, 4]
    # signed distances of each edge's ends from the line of the other, the inside positive
    ux, uy = (bx - ax) * mine[a, 5], (by - ay) * mine[a, 5]
    vx, vy = (dx - cx) * theirs[b, 5], (dy - cy) * theirs[b, 5]
    c = ux * (cy - ay) - uy * (cx - ax)
    d = ux * (dy - ay) - uy * (dx - ax)
    e = vx * (ay - cy) - vy * (ax - cx)
    f = vx * (by - cy) - vy * (bx - cx)
    if (c * d > 0.0 and min(abs(c), abs(d)) > reach) or (e * f > 0.0 and min(abs(e), abs(f)) > reach):
        return nearest, enters, 0, 0.0, 0.0, 0.0, 0.0
    depth_a, depth_b = SHALLOW * min(tolerance, length_a), SHALLOW * min(tolerance, length_b)
    if e * f < 0.0 and c * d < 0.0:
        nearest = 0.0
        enters |= min(abs(e), abs(f)) > depth_a and min(abs(c), abs(d)) > depth_b
    elif nearest > SAME_PLACE_M * SAME_PLACE_M:
        nearest = min(nearest, _squared_distance(ax, ay, bx, by, cx, cy, dx, dy, mine[a, 5], theirs[b, 5]))
    if not enters:
        depth = min(depth_a, depth_b)
        if (max(e, f) > depth and min(abs(e), abs(f)) <= depth) or (max(c, d) > depth and min(abs(c), abs(d)) <= depth):
            enters = _goes_in(e, f, depth, ax - cx, ay - cy, bx - cx, by - cy, vx, vy, length_b) or _goes_in(
                c, d, depth, cx - ax, cy - ay, dx - ax, dy - ay, ux, uy, length_a
            )
        if abs(ax - cx) <= depth and abs(ay - cy) <= depth:
            enters |= _corners_share(mine, m, a, theirs, t, b, depth)
    along = ux * vx + uy * vy
    across = ux * vy - uy * vx
    slack = SLIP * tolerance * max(mine[a, 5], theirs[b, 5])
    if abs(across) > max(MAX_SINE, min(MAX_SINE_OF_SHORT_EDGE, slack)):
        return nearest, enters, 0, 0.0, 0.0, 0.0, 0.0
    begin_a, end_a = _span(cx - ax, cy - ay, ux, uy, along, across, length_a, length_b, tolerance)
    begin_b, end_b = _span(ax - cx, ay - cy, vx, vy, along, -across, length_b, length_a, tolerance)
    return nearest, enters, 0 if along < 0.0 else 1, begin_a, end_a, begin_b, end_b


@njit(cache=True, nogil=True)
def by_west(edges, count):  # type: ignore[no-untyped-def]
    """Order of the edges by their western end, those ends, and the easternmost of all so far."""
    low = np.empty(count)
    for k in range(count):
        low[k] = min(edges[k, 0], edges[k, 2])
    order = np.argsort(low)
    widest = np.empty(count)
    high = -np.inf
    for at in range(count):
        k = order[at]
        high = max(high, edges[k, 0], edges[k, 2])
        widest[at] = high
    return order, low[order], widest


@njit(cache=True, nogil=True)
def _goes_in(at_start, at_end, depth, sx, sy, ex, ey, vx, vy, length):  # type: ignore[no-untyped-def]
    """Whether an edge starts or ends on the inner part of another edge and lies on the inside of that."""
    if abs(at_start) <= depth and at_end > depth:
        along = sx * vx + sy * vy
        return depth < along < length - depth
    if abs(at_end) <= depth and at_start > depth:
        along = ex * vx + ey * vy
        return depth < along < length - depth
    return False


@njit(cache=True, nogil=True)
def _corners_share(mine, m, a, theirs, t, b, depth):  # type: ignore[no-untyped-def]
    """Whether the insides of two corners at one place, where these edges start, overlap; when in doubt they do."""
    before_a, before_b = _before(mine, m, a), _before(theirs, t, b)
    if before_a < 0 or before_b < 0:
        return True
    if (
        (mine[a, 2] == theirs[before_b, 0])
        & (mine[a, 3] == theirs[before_b, 1])
        & (mine[before_a, 0] == theirs[b, 2])
        & (mine[before_a, 1] == theirs[b, 3])
    ):
        return False  # both ways are the same: a vertex along a shared boundary
    aox, aoy = mine[a, 2] - mine[a, 0], mine[a, 3] - mine[a, 1]
    aix, aiy = mine[before_a, 0] - mine[a, 0], mine[before_a, 1] - mine[a, 1]
    box, boy = theirs[b, 2] - theirs[b, 0], theirs[b, 3] - theirs[b, 1]
    bix, biy = theirs[before_b, 0] - theirs[b, 0], theirs[before_b, 1] - theirs[b, 1]
    scale_a, scale_b = mine[a, 5], theirs[b, 5]
    before_scale_a, before_scale_b = mine[before_a, 5], theirs[before_b, 5]
    return (
        _between(aox, aoy, box, boy, bix, biy, scale_b, before_scale_b, depth)
        or _between(aix, aiy, box, boy, bix, biy, scale_b, before_scale_b, depth)
        or _between(box, boy, aox, aoy, aix, aiy, scale_a, before_scale_a, depth)
        or _between(bix, biy, aox, aoy, aix, aiy, scale_a, before_scale_a, depth)
    )


@njit(cache=True, nogil=True)
def _before(edges, count, k):  # type: ignore[no-untyped-def]
    """The edge that ends where edge k starts, −1 when it is not there or there are two."""
    x, y = edges[k, 0], edges[k, 1]
    if k > 0 and edges[k - 1, 2] == x and edges[k - 1, 3] == y:
        return k - 1
    found = -1
    for other in range(count):
        if edges[other, 2] == x and edges[other, 3] == y:
            if found >= 0:
                return -1
            found = other
    return found


@njit(cache=True, nogil=True)
def _between(x, y, ox, oy, ix, iy, scale_out, scale_in, depth):  # type: ignore[no-untyped-def]
    """Whether a direction lies in the inside of a corner, which is turned left from its way out to its way in."""
    after_out = (ox * y - oy * x) * scale_out > depth
    before_in = (x * iy - y * ix) * scale_in > depth
    if ox * iy - oy * ix > 0.0:
        return after_out and before_in
    return after_out or before_in


@njit(cache=True, nogil=True)
def _squared_distance(ax, ay, bx, by, cx, cy, dx, dy, scale_a, scale_b):  # type: ignore[no-untyped-def]
    """Of two edges that do not cross; scale is one over the length."""
    one, other = scale_a * scale_a, scale_b * scale_b
    return min(
        _from_point(ax, ay, cx, cy, dx, dy, other),
        _from_point(bx, by, cx, cy, dx, dy, other),
        _from_point(cx, cy, ax, ay, bx, by, one),
        _from_point(dx, dy, ax, ay, bx, by, one),
    )


@njit(cache=True, nogil=True)
def _from_point(px, py, ax, ay, bx, by, scale):  # type: ignore[no-untyped-def]
    dx, dy = bx - ax, by - ay
    t = ((px - ax) * dx + (py - ay) * dy) * scale
    t = min(1.0, max(0.0, t))
    ex, ey = px - ax - t * dx, py - ay - t * dy
    return ex * ex + ey * ey


@njit(cache=True, nogil=True)
def _span(fx, fy, ux, uy, along, across, length, other_length, tolerance):  # type: ignore[no-untyped-def]
    """The stretch of an edge along which another, which starts at f from its start, runs within the tolerance."""
    s = ux * fx + uy * fy
    height = ux * fy - uy * fx
    run = along * other_length
    begin = max(0.0, min(s, s + run))
    end = min(length, max(s, s + run))
    # height is a straight line over the stretch: keep the part where it is within the tolerance
    limit = tolerance + SAME_PLACE_M
    rise = across * other_length
    if abs(height) > limit or abs(height + rise) > limit:
        if rise == 0.0:
            return 0.0, 0.0
        run_to_rise = run / rise
        one = s + (-limit - height) * run_to_rise
        other = s + (limit - height) * run_to_rise
        begin = max(begin, min(one, other))
        end = min(end, max(one, other))
    return begin, end


@njit(cache=True, nogil=True)
def _joined(spans, side, count, sort):  # type: ignore[no-untyped-def]
    """Total of the facing and of the stacked stretches of all edges, what overlaps on one edge counted once."""
    if sort:
        _sort(spans[side], count)
    facing = stacked = 0.0
    owner, reached = -1.0, 0.0
    for k in range(count):
        if spans[side, k, 0] != owner:
            owner, reached = spans[side, k, 0], 0.0
        new = spans[side, k, 2] - max(spans[side, k, 1], reached)
        if new > 0.0:
            if np.int64(owner) & 1:
                stacked += new
            else:
                facing += new
            reached = spans[side, k, 2]
    return facing, stacked


@njit(cache=True, nogil=True)
def _sort(spans, count):  # type: ignore[no-untyped-def]
    """Sort stretches by owner and beginning, in place."""
    if count > FEW:
        order = np.argsort(spans[:count, 1])
        order = order[np.argsort(spans[order, 0], kind="mergesort")]
        spans[:count] = spans[order]
        return
    for k in range(1, count):
        owner, begin, end = spans[k, 0], spans[k, 1], spans[k, 2]
        at = k - 1
        while at >= 0 and (spans[at, 0] > owner or (spans[at, 0] == owner and spans[at, 1] > begin)):
            spans[at + 1, 0], spans[at + 1, 1], spans[at + 1, 2] = spans[at, 0], spans[at, 1], spans[at, 2]
            at -= 1
        spans[at + 1, 0], spans[at + 1, 1], spans[at + 1, 2] = owner, begin, end
