"""How far two boundaries run together, and how far apart they are: edge by edge, for pairs of parcels.

Edges are rows ``x0, y0, x1, y1`` of an array, the inside on their left. Several pairs are measured
at a call: numba counts references to the arrays that a function is given, which takes as long as some tens of edges.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._lanes import CHUNK, edges_met, highest, lowest, place_of, sides_of

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
FEW = np.uint64(32)
# numba looks at every signed number whether it counts from the end: places in arrays are unsigned in the loops
NONE, ONE, TWO, THREE, FOUR = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
SIXTEEN, SIXTY_FOUR = np.uint64(16), np.uint64(64)
NOWHERE = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
# edges that have a bit of their own, less one
BITS = np.uint64(63)
EVERY_FOURTH = np.uint64(0x1111_1111_1111_1111)


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def edges_within(points, first, end, backward, west, south, east, north, edges, count):  # type: ignore[no-untyped-def]
    """Add the edges of a piece that meet a box, in the order of the boundary; the new count.

    ``points`` and ``edges`` are places; the other numbers of edges are unsigned.
    """
    chunks = (end - first + CHUNK - ONE) // CHUNK
    for step in range(chunks):
        at = first + CHUNK * (chunks - ONE - step if backward else step)
        size = min(CHUNK, end - at)
        met = edges_met(points, at, size, west, south, east, north)
        while met:
            bit = highest(met) if backward else lowest(met)
            met ^= ONE << bit
            start = TWO * at + bit
            ax, ay, bx, by = points[start], points[start + ONE], points[start + TWO], points[start + THREE]
            if backward:
                ax, ay, bx, by = bx, by, ax, ay
            into = FOUR * count
            edges[into] = ax
            edges[into + ONE] = ay
            edges[into + TWO] = bx
            edges[into + THREE] = by
            count += np.uint64((bx - ax) * (bx - ax) + (by - ay) * (by - ay) > 0.0)
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def measure_edges(edges, scales, start, pairs, sorted_theirs, tolerance, reach, spans, close, told):  # type: ignore[no-untyped-def]
    """Tell of each pair ``facing_m, stacked_m, gap_m`` (inf beyond reach), whether one may enter the other, stretches.

    The edges of pair ``k`` are ``start[2k]:start[2k + 1]`` of one and from there to ``start[2k + 2]`` of the other;
    ``scales`` is room for as many ``length, 1 / length``.
    Facing: the insides lie on opposite sides, as with neighbours. Stacked: on the same side. Both are measured along
    each of the two boundaries and averaged. ``spans`` is room for stretches, two lists of ``owner, begin, end``: when
    there are more of them than it holds, nothing else is right, and one asks again with more room. The edges of the
    other of a pair that has many are sorted (`by_west`) beforehand. ``close`` is room for the numbers of its edges.
    """
    order, low, widest = sorted_theirs
    many = len(order) > 0
    points, scale, spanned, room = place_of(edges), place_of(scales), place_of(spans), np.uint64(spans.shape[1])
    near = place_of(close)
    for k in range(start[0], start[2 * pairs]):
        at = FOUR * k
        x, y = points[at + TWO] - points[at], points[at + THREE] - points[at + ONE]
        length = np.sqrt(x * x + y * y)
        scale[TWO * k] = length
        scale[TWO * k + ONE] = 1.0 / length
    for pair in range(pairs):
        mine, theirs, after = start[2 * pair], start[2 * pair + 1], start[2 * pair + 2]
        nearest = np.inf  # squared
        enters = False
        count = NONE
        # an edge with one stretch needs no list of them: bits of the edges that have one, and whether any has two
        one_of_mine, one_of_theirs = NONE, NONE
        twice_mine = twice_theirs = max(theirs - mine, after - theirs) > BITS
        facing = stacked = facing_too = stacked_too = 0.0
        for a in range(mine, theirs):
            at = FOUR * a
            ax, ay, bx, by = points[at], points[at + ONE], points[at + TWO], points[at + THREE]
            west, east = min(ax, bx) - reach, max(ax, bx) + reach
            south, north = min(ay, by) - reach, max(ay, by) + reach
            met = NONE
            if many:
                begin = np.uint64(np.searchsorted(widest, west))
                end = np.uint64(np.searchsorted(low, east, side="right"))
                for nth in range(begin, end):
                    b = theirs + np.uint64(order[nth])
                    at = FOUR * b
                    cx, cy, dx, dy = points[at], points[at + ONE], points[at + TWO], points[at + THREE]
                    near[met] = b
                    met += np.uint64(
                        (max(cx, dx) >= west) & (min(cx, dx) <= east) & (max(cy, dy) >= south) & (min(cy, dy) <= north)
                    )
            else:
                first = theirs
                while first < after:
                    numbers = FOUR * min(SIXTEEN, after - first)
                    above, below = sides_of(points, FOUR * first, numbers, west, south, east, north)
                    met_here = (above | (above >> TWO)) & (below | (below >> TWO))
                    met_here &= (met_here >> ONE) & EVERY_FOURTH
                    if numbers < SIXTY_FOUR:
                        met_here &= (ONE << numbers) - ONE
                    while met_here:
                        near[met] = first + (lowest(met_here) >> TWO)
                        met += ONE
                        met_here &= met_here - ONE
                    first += SIXTEEN
            if not met:
                continue
            length_a, scale_a = scale[TWO * a], scale[TWO * a + ONE]
            for nth in range(met):
                b = near[nth]
                at = FOUR * b
                cx, cy, dx, dy = points[at], points[at + ONE], points[at + TWO], points[at + THREE]
                length_b, scale_b = scale[TWO * b], scale[TWO * b + ONE]
                starts_at_end, ends_at_start = (ax == dx) & (ay == dy), (bx == cx) & (by == cy)
                if starts_at_end & ends_at_start:
                    # the same edge from both sides: most of what is shared in most layers
                    nearest = 0.0
                    kind, begin_a, end_a, begin_b, end_b = 0, 0.0, length_a, 0.0, length_b
                else:
                    starts_at_start, ends_at_end = (ax == cx) & (ay == cy), (bx == dx) & (by == dy)
                    meet = starts_at_start | starts_at_end | ends_at_start | ends_at_end
                    parallel = True
                    if meet:
                        # edges that meet in a vertex touch and do not cross: are they parallel?
                        nearest = 0.0
                        twice_area = abs((bx - ax) * (dy - cy) - (by - ay) * (dx - cx))
                        slack = SLIP * tolerance * max(scale_a, scale_b)
                        parallel = twice_area * scale_a * scale_b <= max(MAX_SINE, min(MAX_SINE_OF_SHORT_EDGE, slack))
                        corner = starts_at_start
                        depth = SHALLOW * min(tolerance, length_a, length_b if parallel else length_a)
                        # when one goes on where the other ends they have the vertex in common and no stretch
                        forward = (bx - ax) * (dx - cx) + (by - ay) * (dy - cy) > 0.0
                        parallel &= forward == (starts_at_start | ends_at_end)
                    else:
                        depth = SHALLOW * min(tolerance, length_a, length_b)
                        corner = (abs(ax - cx) <= depth) & (abs(ay - cy) <= depth)
                    if corner and not enters:
                        before_a, before_b = a - ONE, b - ONE
                        if a == mine or points[FOUR * before_a + TWO] != ax or points[FOUR * before_a + THREE] != ay:
                            before_a = _before(points, mine, theirs, a)
                        if b == theirs or points[FOUR * before_b + TWO] != cx or points[FOUR * before_b + THREE] != cy:
                            before_b = _before(points, theirs, after, b)
                        enters = (before_a == NOWHERE) | (before_b == NOWHERE)
                        if not enters:
                            enters = _corners_share(
                                ax, ay, bx, by, scale_a, cx, cy, dx, dy, scale_b,
                                points[FOUR * before_a], points[FOUR * before_a + ONE], scale[TWO * before_a + ONE],
                                points[FOUR * before_b], points[FOUR * before_b + ONE], scale[TWO * before_b + ONE],
                                depth,
                            )  # fmt: skip
                    if not parallel:
                        continue
                    nearest, enters, kind, begin_a, end_a, begin_b, end_b = _two_edges(
                        ax, ay, bx, by, length_a, scale_a, cx, cy, dx, dy, length_b, scale_b,
                        tolerance, reach, nearest, enters,
                    )  # fmt: skip
                    if end_a <= begin_a and end_b <= begin_b:
                        continue
                if count < room:
                    at = THREE * count
                    spanned[at], spanned[at + ONE], spanned[at + TWO] = 2.0 * a + kind, begin_a, end_a
                    at += THREE * room
                    spanned[at], spanned[at + ONE], spanned[at + TWO] = 2.0 * b + kind, begin_b, end_b
                count += ONE
                bit_a, bit_b = ONE << ((a - mine) & BITS), ONE << ((b - theirs) & BITS)
                twice_mine |= (one_of_mine & bit_a) != NONE
                twice_theirs |= (one_of_theirs & bit_b) != NONE
                one_of_mine |= bit_a
                one_of_theirs |= bit_b
                if kind == 0:
                    facing += max(0.0, end_a - begin_a)
                    facing_too += max(0.0, end_b - begin_b)
                else:
                    stacked += max(0.0, end_a - begin_a)
                    stacked_too += max(0.0, end_b - begin_b)
        told[pair, 4] = count
        if count > room:
            continue
        if count > FEW and (twice_mine or twice_theirs):
            _sort_many(spans, count)
        if twice_mine:
            facing, stacked = _joined(spanned, NONE, count)
        if twice_theirs:
            facing_too, stacked_too = _joined(spanned, THREE * room, count)
        gap = np.sqrt(nearest)
        if gap < SAME_PLACE_M:
            gap = 0.0
        told[pair, 0], told[pair, 1] = 0.5 * (facing + facing_too), 0.5 * (stacked + stacked_too)
        told[pair, 2], told[pair, 3] = gap, enters


@njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
def _two_edges(  # type: ignore[no-untyped-def]
    ax, ay, bx, by, length_a, scale_a, cx, cy, dx, dy, length_b, scale_b, tolerance, reach, nearest, enters
):  # fmt: skip
    """Distance so far and whether one enters; 0 facing or 1 stacked, and the stretches of both that run together."""
    # signed distances of each edge's ends from the line of the other, the inside positive
    ux, uy = (bx - ax) * scale_a, (by - ay) * scale_a
    vx, vy = (dx - cx) * scale_b, (dy - cy) * scale_b
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
        nearest = min(nearest, _squared_distance(ax, ay, bx, by, cx, cy, dx, dy, scale_a, scale_b))
    if not enters:
        depth = min(depth_a, depth_b)
        if (max(e, f) > depth and min(abs(e), abs(f)) <= depth) or (max(c, d) > depth and min(abs(c), abs(d)) <= depth):
            enters = _goes_in(e, f, depth, ax - cx, ay - cy, bx - cx, by - cy, vx, vy, length_b) or _goes_in(
                c, d, depth, cx - ax, cy - ay, dx - ax, dy - ay, ux, uy, length_a
            )
    along = ux * vx + uy * vy
    across = ux * vy - uy * vx
    slack = SLIP * tolerance * max(scale_a, scale_b)
    if abs(across) > max(MAX_SINE, min(MAX_SINE_OF_SHORT_EDGE, slack)):
        return nearest, enters, 0, 0.0, 0.0, 0.0, 0.0
    begin_a, end_a = _span(cx - ax, cy - ay, ux, uy, along, across, length_a, length_b, tolerance)
    begin_b, end_b = _span(ax - cx, ay - cy, vx, vy, along, -across, length_b, length_a, tolerance)
    return nearest, enters, 0 if along < 0.0 else 1, begin_a, end_a, begin_b, end_b


@njit(cache=True, nogil=True)
def by_west(edges, begin, end):  # type: ignore[no-untyped-def]
    """Order of some edges by their western end, those ends, and the easternmost of all so far."""
    count = end - begin
    low = np.empty(count)
    for k in range(count):
        low[k] = min(edges[begin + k, 0], edges[begin + k, 2])
    order = np.argsort(low)
    widest = np.empty(count)
    high = -np.inf
    for at in range(count):
        k = begin + order[at]
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


@njit(cache=True, nogil=True, error_model="numpy")
def _corners_share(ax, ay, bx, by, scale_a, cx, cy, dx, dy, scale_b, px, py, scale_p, qx, qy, scale_q, depth):  # type: ignore[no-untyped-def]
    """Whether the insides of two corners at one place overlap: from p by a to b, and from q by c to d."""
    if (bx == qx) & (by == qy) & (px == dx) & (py == dy):
        return False  # both ways are the same: a vertex along a shared boundary
    aox, aoy = bx - ax, by - ay
    aix, aiy = px - ax, py - ay
    box, boy = dx - cx, dy - cy
    bix, biy = qx - cx, qy - cy
    # all four without a branch: which way a corner turns is not to be guessed
    return (
        _between(aox, aoy, box, boy, bix, biy, scale_b, scale_q, depth)
        | _between(aix, aiy, box, boy, bix, biy, scale_b, scale_q, depth)
        | _between(box, boy, aox, aoy, aix, aiy, scale_a, scale_p, depth)
        | _between(bix, biy, aox, aoy, aix, aiy, scale_a, scale_p, depth)
    )


@njit(cache=True, nogil=True)
def _before(points, begin, end, k):  # type: ignore[no-untyped-def]
    """The edge that ends where edge k starts, NOWHERE when it is not there or there are two."""
    x, y = points[FOUR * k], points[FOUR * k + ONE]
    found = NOWHERE
    for other in range(begin, end):
        if points[FOUR * other + TWO] == x and points[FOUR * other + THREE] == y:
            if found != NOWHERE:
                return NOWHERE
            found = np.uint64(other)
    return found


@njit(cache=True, nogil=True)
def _between(x, y, ox, oy, ix, iy, scale_out, scale_in, depth):  # type: ignore[no-untyped-def]
    """Whether a direction lies in the inside of a corner, which is turned left from its way out to its way in."""
    after_out = (ox * y - oy * x) * scale_out > depth
    before_in = (x * iy - y * ix) * scale_in > depth
    convex = ox * iy - oy * ix > 0.0
    return (after_out & before_in) | ((after_out | before_in) & (not convex))


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
def _sort_many(spans, count):  # type: ignore[no-untyped-def]
    """Sort both lists of stretches by owner and begin."""
    for side in range(2):
        order = np.argsort(spans[side, :count, 1])
        order = order[np.argsort(spans[side, order, 0], kind="mergesort")]
        spans[side, :count] = spans[side, order]


@njit(cache=True, nogil=True)
def _joined(spans, first, count):  # type: ignore[no-untyped-def]
    """Total of the facing and of the stacked stretches of all edges, what overlaps on one edge counted once.

    ``spans`` is a place, and the list begins at its number ``first``. Few stretches are sorted here, by insertion.
    """
    if count <= FEW:
        for k in range(ONE, count):
            at = first + THREE * k
            owner, begin, end = spans[at], spans[at + ONE], spans[at + TWO]
            while at > first and (
                spans[at - THREE] > owner or (spans[at - THREE] == owner and spans[at - TWO] > begin)
            ):
                spans[at], spans[at + ONE], spans[at + TWO] = spans[at - THREE], spans[at - TWO], spans[at - ONE]
                at -= THREE
            spans[at], spans[at + ONE], spans[at + TWO] = owner, begin, end
    facing = stacked = 0.0
    owner, reached = -1.0, 0.0
    for k in range(count):
        at = first + THREE * k
        if spans[at] != owner:
            owner, reached = spans[at], 0.0
        new = spans[at + TWO] - max(spans[at + ONE], reached)
        if new > 0.0:
            if np.int64(owner) & 1:
                stacked += new
            else:
                facing += new
            reached = spans[at + TWO]
    return facing, stacked
