"""What a boundary sees when it looks straight out: the compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._buffers import doubled, sort
from geo._near_roads import cell_at, key_of, place_of
from geo._roads_at_hand import (
    EAST,
    IS_AREA,
    LENGTH,
    NORTH,
    OF_ROAD,
    REACH,
    WIDE,
    X,
    Y,
    box_of,
    cells_of,
    roads_near,
)  # fmt: skip

# a boundary looks at a road that runs within 60° of its own direction: the end of a road, seen along it, is no frontage
MIN_COSINE = 0.5
# an edge that is seen end on covers nothing
NO_WIDTH_M = 1e-9
# kinds of road edges met by a ray: a centre line, the near side of a polygon, any other side of a polygon
LINE, NEAR_SIDE, OTHER_SIDE = 0, 1, 2
# columns of hits and walls: from, to, height at from, slope; hits also the half width, the road and the kind
FROM, TO, HEIGHT, SLOPE, HALF, ROAD, KIND = 0, 1, 2, 3, 4, 5, 6
# up to so many cells, what is near is gathered once for a whole ring
FEW_CELLS = 16


@njit(cache=True, nogil=True, error_model="numpy")
def look_out(  # type: ignore[no-untyped-def]
    rows, xy, ring_start, part_start, row_start, backward,
    edges, road_of, half, is_area,
    keys, slots, road_start, roads_in, wall_start, walls_in,
    cell, distance, tolerance,
):  # fmt: skip
    """Stretches of the boundaries of ``rows`` that see a road, in the order of their rings.

    Returns
    -------
    names
        Columns row, road, ring, and the vertex from which the edge starts, as stored.
    spans
        Columns from and to, metres along the ring as stored; least distance to the road; length of the ring; where the
        edge starts.
    """
    names = np.empty((256 + 4 * len(rows), 4), np.int64)
    spans = np.empty((256 + 4 * len(rows), 5))
    count = 0
    hits, walls, near = np.empty((64, 7)), np.empty((64, 4)), np.empty((64, 10))
    cuts, seen = np.empty(256), np.empty((64, 3))
    roads = (edges, road_of, half, is_area, road_start, roads_in)
    grid = (keys, slots, wall_start, walls_in)
    for row in rows:
        first_own = ring_start[part_start[row_start[row]]]
        end_own = ring_start[part_start[row_start[row + 1]]]
        for ring in range(part_start[row_start[row]], part_start[row_start[row + 1]]):
            box = box_of(xy, ring_start[ring], ring_start[ring + 1])
            at_once = cells_of(box, cell) <= FEW_CELLS
            if at_once:
                near, at_hand = roads_near(box, roads, keys, slots, cell, distance, tolerance, near)
                if at_hand == 0:
                    continue
            along = 0.0
            of_ring = count
            for j in range(ring_start[ring], ring_start[ring + 1] - 1):
                one, other = (j + 1, j) if backward[ring] else (j, j + 1)
                ax, ay = xy[one, 0], xy[one, 1]
                ux, uy = xy[other, 0] - ax, xy[other, 1] - ay
                length = np.sqrt(ux * ux + uy * uy)
                if not length > 0.0:
                    continue
                ux, uy = ux / length, uy / length
                # a long edge is looked at in pieces, so that each meets only what is near
                pieces = 1 if length <= cell else int(np.ceil(length / cell))
                for p in range(pieces):
                    q = pieces - 1 - p if backward[ring] else p
                    begin = length * q / pieces if q else 0.0
                    end = length * (q + 1) / pieces if q + 1 < pieces else length
                    if not at_once:
                        bx, by, ex, ey = ax + begin * ux, ay + begin * uy, ax + end * ux, ay + end * uy
                        box = (min(bx, ex), min(by, ey), max(bx, ex), max(by, ey))
                        near, at_hand = roads_near(box, roads, keys, slots, cell, distance, tolerance, near)
                    # a buffer that is handed back has its owners counted, which costs more than what is done in it
                    if len(hits) < at_hand:
                        hits = np.empty((2 * at_hand, 7))
                    found, ahead = _hits(ax, ay, ux, uy, begin, end, near, at_hand, distance, tolerance, hits)
                    if not ahead:
                        continue
                    own = (j, first_own, end_own)
                    standing = _walls(ax, ay, ux, uy, xy, own, grid, cell, tolerance, hits, found, walls)
                    if standing > len(walls):
                        walls = np.empty((2 * standing, 4))
                        standing = _walls(ax, ay, ux, uy, xy, own, grid, cell, tolerance, hits, found, walls)
                    done = 0
                    while done < found:
                        # hits of one road are put together, those of the next stand after them
                        road = hits[done, ROAD]
                        last = done + 1
                        for h in range(done + 1, found):
                            if hits[h, ROAD] == road:
                                if h != last:
                                    for c in range(7):
                                        hits[h, c], hits[last, c] = hits[last, c], hits[h, c]
                                last += 1
                        stretches = -1
                        if last - done == 1 and standing == 0:
                            stretches = _seen_alone(hits, done, tolerance, seen)
                        if stretches < 0:
                            cuts, seen, stretches = _seen(hits, done, last, walls, standing, tolerance, cuts, seen)
                        for s in range(stretches):
                            at = stretches - 1 - s if backward[ring] else s
                            if count == len(names):
                                names, spans = doubled(names), doubled(spans)
                            names[count, 0], names[count, 1] = row, int(road)
                            names[count, 2], names[count, 3] = ring, j
                            if backward[ring]:
                                spans[count, 0], spans[count, 1] = length - seen[at, 1], length - seen[at, 0]
                            else:
                                spans[count, 0], spans[count, 1] = seen[at, 0], seen[at, 1]
                            spans[count, 0] += along
                            spans[count, 1] += along
                            spans[count, 2], spans[count, 4] = max(0.0, seen[at, 2]), along
                            count += 1
                        done = last
                along += length
            for at in range(of_ring, count):
                spans[at, 3] = along
    return names[:count], spans[:count]


@njit(cache=True, nogil=True, error_model="numpy")
def _hit(begin, end, s0, s1, h0, h1, low, high):  # type: ignore[no-untyped-def]
    """Where the rays that leave a stretch at right angles meet another edge at a height between two limits.

    The other edge runs from place s0, height h0 to place s1, height h1, seen from the stretch.
    From, to, height at from, slope; heights are positive outside (to the right of the stretch). Nothing is met when
    ``to`` is not above ``from``.
    """
    if s0 > s1:
        s0, s1, h0, h1 = s1, s0, h1, h0
    if s1 - s0 < NO_WIDTH_M or s1 <= begin or s0 >= end or (h0 < low and h1 < low) or (h0 > high and h1 > high):
        return 0.0, 0.0, 0.0, 0.0
    slope = (h1 - h0) / (s1 - s0)
    from_, to = max(begin, s0), min(end, s1)
    height = h0 + slope * (from_ - s0)
    if min(h0, h1) < low or max(h0, h1) > high:
        # height is a straight line along the stretch; its slope is not 0, since one end is within the limits
        one, other = from_ + (low - height) / slope, from_ + (high - height) / slope
        start = max(from_, min(one, other))
        to = min(to, max(one, other))
        height += slope * (start - from_)
        from_ = start
    return from_, to, height, slope


@njit(cache=True, nogil=True, error_model="numpy")
def _hits(ax, ay, ux, uy, begin, end, near, at_hand, distance, tolerance, hits):  # type: ignore[no-untyped-def]
    """Write the road edges that a stretch meets to ``hits``: how many, and whether any may be faced."""
    found = 0
    ahead = False
    for n in range(at_hand):
        cx, cy, vx, vy = near[n, X] - ax, near[n, Y] - ay, near[n, EAST], near[n, NORTH]
        dot = ux * vx + uy * vy
        s0 = ux * cx + uy * cy
        h0 = uy * cx - ux * cy
        s1, h1 = s0 + dot, h0 + (uy * vx - ux * vy)
        area = near[n, IS_AREA] != 0.0
        low = -distance if area else -tolerance
        slanting = abs(dot) < MIN_COSINE * near[n, LENGTH]
        # one branch: what the processor cannot guess costs more than the sums
        if (
            (max(s0, s1) <= begin)
            | (min(s0, s1) >= end)
            | (max(h0, h1) < low)
            | (min(h0, h1) > near[n, REACH])
            | (slanting & (not area))
        ):
            continue
        kind = LINE
        wide = 0.0
        if slanting:
            kind = OTHER_SIDE
        # the inside of a road's polygon is on the left of its edges
        elif area:
            kind = NEAR_SIDE if dot < 0.0 else OTHER_SIDE
        elif near[n, WIDE] > 0.0:
            # from the centre to the side, as the ray runs
            wide = near[n, WIDE] * near[n, LENGTH] / abs(dot)
        from_, to, height, slope = _hit(begin, end, s0, s1, h0, h1, low, distance + wide)
        if to <= from_:
            continue
        hits[found, FROM], hits[found, TO], hits[found, HEIGHT], hits[found, SLOPE] = from_, to, height, slope
        hits[found, HALF], hits[found, ROAD], hits[found, KIND] = wide, near[n, OF_ROAD], kind
        ahead |= kind != OTHER_SIDE
        found += 1
    return found, ahead


@njit(cache=True, nogil=True, error_model="numpy")
def _walls(ax, ay, ux, uy, xy, own, grid, cell, tolerance, hits, found, walls):  # type: ignore[no-untyped-def]
    """Write what stands before a stretch, up to the farthest road, to ``walls``: how many, even if not all fit."""
    keys, slots, wall_start, walls_in = grid
    low, high, farthest = np.inf, -np.inf, tolerance
    for h in range(found):
        if hits[h, KIND] != OTHER_SIDE:
            low, high = min(low, hits[h, FROM]), max(high, hits[h, TO])
            far = hits[h, HEIGHT] + max(0.0, hits[h, SLOPE] * (hits[h, TO] - hits[h, FROM])) - hits[h, HALF]
            farthest = max(farthest, far)
    farthest += tolerance
    # the ground that the rays sweep
    bx, by, ex, ey = ax + low * ux, ay + low * uy, ax + high * ux, ay + high * uy
    ox, oy = uy * farthest, -ux * farthest
    west, east = min(bx, ex) + min(0.0, ox) - tolerance, max(bx, ex) + max(0.0, ox) + tolerance
    south, north = min(by, ey) + min(0.0, oy) - tolerance, max(by, ey) + max(0.0, oy) + tolerance
    per_m = 1.0 / cell
    count = 0
    for column in range(cell_at(west, per_m), cell_at(east, per_m) + 1):
        for line in range(cell_at(south, per_m), cell_at(north, per_m) + 1):
            slot = slots[place_of(keys, slots, key_of(column, line))]
            if slot < 0:
                continue
            for at in range(wall_start[slot], wall_start[slot + 1]):
                code = walls_in[at]
                j = code if code >= 0 else ~code
                x0, y0, x1, y1 = xy[j, 0], xy[j, 1], xy[j + 1, 0], xy[j + 1, 1]
                if (
                    (min(x0, x1) > east)
                    | (max(x0, x1) < west)
                    | (min(y0, y1) > north)
                    | (max(y0, y1) < south)
                    | (j == own[0])
                ):
                    continue
                if code < 0:
                    x0, y0, x1, y1 = x1, y1, x0, y0
                # an edge whose inside lies on this side is a wall only when one stands inside, not beside it
                x0, y0, x1, y1 = x0 - ax, y0 - ay, x1 - ax, y1 - ay
                s0, s1 = ux * x0 + uy * y0, ux * x1 + uy * y1
                leaving = s1 > s0
                # a neighbour may overlap by a little; one's own boundary, behind an acute corner, hides nothing
                least = 0.0 if own[1] <= j < own[2] else -tolerance
                h0, h1 = uy * x0 - ux * y0, uy * x1 - ux * y1
                from_, to, height, slope = _hit(low, high, s0, s1, h0, h1, tolerance if leaving else least, farthest)
                if to <= from_:
                    continue
                if count < len(walls):
                    walls[count, FROM], walls[count, TO] = from_, to
                    walls[count, HEIGHT], walls[count, SLOPE] = height, slope
                count += 1
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _seen_alone(hits, h, tolerance, seen):  # type: ignore[no-untyped-def]
    """`_seen` for one edge of a road and nothing before it, as nearly always; -1 when it has to be asked after all."""
    if hits[h, KIND] == OTHER_SIDE:
        return 0
    nearest = hits[h, HEIGHT] - hits[h, HALF] + min(0.0, hits[h, SLOPE] * (hits[h, TO] - hits[h, FROM]))
    if nearest < -tolerance:
        return -1
    seen[0, 0], seen[0, 1], seen[0, 2] = hits[h, FROM], hits[h, TO], nearest
    return 1


@njit(cache=True, nogil=True, error_model="numpy")
def _seen(hits, first, end, walls, standing, tolerance, cuts, seen):  # type: ignore[no-untyped-def]
    """Parts of a stretch that see one road (its hits are ``first`` to ``end``): from, to, least distance."""
    cuts, count = _cuts(hits, first, end, walls, standing, tolerance, cuts)
    stretches = 0
    for c in range(count - 1):
        begin, to = cuts[c], cuts[c + 1]
        if to <= begin:
            continue
        middle = 0.5 * (begin + to)
        wall = np.inf
        for w in range(standing):
            if walls[w, FROM] <= middle <= walls[w, TO]:
                wall = min(wall, walls[w, HEIGHT] + walls[w, SLOPE] * (middle - walls[w, FROM]))
        least = np.inf
        for h in range(first, end):
            if hits[h, KIND] == OTHER_SIDE or not hits[h, FROM] <= middle <= hits[h, TO]:
                continue
            front = hits[h, HEIGHT] + hits[h, SLOPE] * (middle - hits[h, FROM]) - hits[h, HALF]
            if front >= -tolerance:
                visible = front <= wall + tolerance
            else:
                # one stands in the road: nothing may stand right before, and the middle of the road lies ahead
                visible = wall > tolerance and (hits[h, KIND] == LINE or _stands_in(hits, first, end, h, middle))
            if visible:
                ends = (
                    hits[h, HEIGHT]
                    - hits[h, HALF]
                    + hits[h, SLOPE] * ((begin if hits[h, SLOPE] > 0.0 else to) - hits[h, FROM])
                )
                least = min(least, ends)
        if least == np.inf:
            continue
        if stretches and seen[stretches - 1, 1] == begin:
            seen[stretches - 1, 1] = to
            seen[stretches - 1, 2] = min(seen[stretches - 1, 2], least)
            continue
        if stretches == len(seen):
            seen = doubled(seen)
        seen[stretches, 0], seen[stretches, 1], seen[stretches, 2] = begin, to, least
        stretches += 1
    return cuts, seen, stretches


@njit(cache=True, nogil=True, error_model="numpy")
def _stands_in(hits, first, end, near_side, middle):  # type: ignore[no-untyped-def]
    """Whether the near side of a road, behind the boundary, is the last before it, and the far side no nearer."""
    behind = hits[near_side, HEIGHT] + hits[near_side, SLOPE] * (middle - hits[near_side, FROM])
    far = np.inf
    for h in range(first, end):
        if h == near_side or not hits[h, FROM] <= middle <= hits[h, TO]:
            continue
        height = hits[h, HEIGHT] + hits[h, SLOPE] * (middle - hits[h, FROM])
        if height > 0.0:
            far = min(far, height)
        elif height >= behind:
            return False
    return far + behind >= 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _cuts(hits, first, end, walls, standing, tolerance, cuts):  # type: ignore[no-untyped-def]
    """Places between which nothing changes, in order."""
    count = 0
    size = 5 * (end - first) + 3 * standing + (end - first) * (standing + end - first)
    if size > len(cuts):
        cuts = np.empty(2 * size)
    low, high, in_road = np.inf, -np.inf, False
    for h in range(first, end):
        cuts[count], cuts[count + 1] = hits[h, FROM], hits[h, TO]
        count += 2
        if hits[h, KIND] != OTHER_SIDE:
            low, high = min(low, hits[h, FROM]), max(high, hits[h, TO])
            nearest = hits[h, HEIGHT] + min(0.0, hits[h, SLOPE] * (hits[h, TO] - hits[h, FROM])) - hits[h, HALF]
            if nearest < -tolerance:
                in_road = True
                count = _cut_where(
                    hits[h, FROM], hits[h, TO], hits[h, HEIGHT] - hits[h, HALF] + tolerance, hits[h, SLOPE], cuts, count
                )
    for w in range(standing):
        begin, to, height, slope = walls[w, FROM], walls[w, TO], walls[w, HEIGHT], walls[w, SLOPE]
        cuts[count], cuts[count + 1] = begin, to
        count += 2
        if in_road:
            count = _cut_where(begin, to, height - tolerance, slope, cuts, count)
        for h in range(first, end):
            # where the near side of the road passes behind the wall
            if hits[h, KIND] != OTHER_SIDE:
                from_ = max(begin, hits[h, FROM])
                front = hits[h, HEIGHT] + hits[h, SLOPE] * (from_ - hits[h, FROM]) - hits[h, HALF]
                gap = height + slope * (from_ - begin) + tolerance - front
                count = _cut_where(from_, min(to, hits[h, TO]), gap, slope - hits[h, SLOPE], cuts, count)
    if in_road:
        for h in range(first, end):
            for g in range(h + 1, end):
                # where the far side is as far ahead as the near one is behind
                from_ = max(hits[h, FROM], hits[g, FROM])
                one = hits[h, HEIGHT] + hits[h, SLOPE] * (from_ - hits[h, FROM])
                other = hits[g, HEIGHT] + hits[g, SLOPE] * (from_ - hits[g, FROM])
                to = min(hits[h, TO], hits[g, TO])
                count = _cut_where(from_, to, one + other, hits[h, SLOPE] + hits[g, SLOPE], cuts, count)
    kept = 0
    for c in range(count):
        if low <= cuts[c] <= high:
            cuts[kept] = cuts[c]
            kept += 1
    sort(cuts, kept)
    return cuts, kept


@njit(cache=True, nogil=True, error_model="numpy")
def _cut_where(begin, to, value, slope, cuts, count):  # type: ignore[no-untyped-def]
    """Note where a value, given at ``begin``, passes 0 before ``to``."""
    if to > begin and slope != 0.0:
        at = begin - value / slope
        if begin < at < to:
            cuts[count] = at
            return count + 1
    return count
