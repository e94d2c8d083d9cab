"""What a boundary sees when it looks straight out: the compiled part of frontage."""

from __future__ import annotations

import numpy as np
from numba import njit

from geo._buffers import doubled
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
from geo._seen import (
    FROM,
    HALF,
    HEIGHT,
    KIND,
    LINE,
    NEAR_SIDE,
    OTHER_SIDE,
    ROAD,
    SLOPE,
    TO,
    seen_alone,
    seen_parts,
)  # fmt: skip
from geo._walls import EDGE, X0, X1, Y0, Y1, walls_around

# a boundary looks at a road that runs within 60° of its own direction: the end of a road, seen along it, is no frontage
MIN_COSINE = 0.5
# an edge that is seen end on covers nothing
NO_WIDTH_M = 1e-9
# columns of stretches that look at roads: where their edge begins and how it runs, its length, how far along the ring
# it begins, its first hit and the one after its last; from where to where it meets what may be faced, and how far off;
# the number of the edge
AX, AY, UX, UY, LONG, ALONG, FIRST, LAST, LOW, HIGH, FARTHEST, VERTEX = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
# buffers that may be too short
NOTHING, OUT, NEAR, HITS, AROUND, SEEN = 0, 1, 2, 3, 4, 5
# up to so many cells, what is near is gathered once for a whole ring
FEW_CELLS = 16


@njit(cache=True, nogil=True, error_model="numpy")
def look_out(  # type: ignore[no-untyped-def]
    rows, xy, ring_start, part_start, row_start, backward, roads, grid, pieces, cell, distance, tolerance
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
    edges, road_of, half, reach, lengths, is_area, roads_in = roads
    keys, blocks, road_start = grid
    piece_edges, piece_boxes, piece_start, pieces_in = pieces
    names, spans = np.empty((256 + 8 * len(rows), 4), np.int64), np.empty((256 + 8 * len(rows), 5))
    near, hits, looks = np.empty((64, 10)), np.empty((64, 7)), np.empty((64, 12))
    around, walls, known = np.empty((256, 5)), np.empty((256, 4)), np.empty(32, np.int32)
    cuts, seen = np.empty(256), np.empty((64, 3))
    at = count = 0
    while True:
        at, count, short = _look_out(
            rows, at, count, xy, ring_start, part_start, row_start, backward,
            edges, road_of, half, reach, lengths, is_area, roads_in, keys, blocks, road_start,
            piece_edges, piece_boxes, piece_start, pieces_in, cell, distance, tolerance,
            names, spans, near, hits, looks, around, walls, known, cuts, seen,
        )  # fmt: skip
        if short == OUT:
            names, spans = doubled(names), doubled(spans)
        elif short == NEAR:
            near = doubled(near)
        elif short == HITS:
            hits, looks = doubled(hits), doubled(looks)
        elif short == AROUND:
            around, walls = doubled(around), doubled(walls)
        elif short == SEEN:
            cuts, seen = np.empty(2 * len(cuts)), doubled(seen)
        else:
            break
    return names[:count], spans[:count]


@njit(cache=True, nogil=True, error_model="numpy")
def _look_out(  # type: ignore[no-untyped-def]
    rows, first, count, xy, ring_start, part_start, row_start, backward,
    edges, road_of, half, reach, lengths, is_area, roads_in, keys, blocks, road_start,
    piece_edges, piece_boxes, piece_start, pieces_in, cell, distance, tolerance,
    names, spans, near, hits, looks, around, walls, known, cuts, seen,
):  # fmt: skip
    """`look_out` in buffers that are given: rows done, stretches written, and which buffer is too short for the next.

    No array is made or changed for another here: each time, the owners of both are counted, which took half the time.
    """
    for nth in range(first, len(rows)):
        row = rows[nth]
        of_row = count
        first_own = ring_start[part_start[row_start[row]]]
        end_own = ring_start[part_start[row_start[row + 1]]]
        for ring in range(part_start[row_start[row]], part_start[row_start[row + 1]]):
            box = box_of(xy, ring_start[ring], ring_start[ring + 1])
            at_once = cells_of(box, cell) <= FEW_CELLS
            at_hand = 0
            if at_once:
                at_hand = roads_near(
                    box, edges, road_of, half, reach, lengths, is_area, roads_in, keys, blocks, road_start,
                    cell, near,
                )  # fmt: skip
                if at_hand < 0:
                    return nth, of_row, NEAR
                if at_hand == 0:
                    continue
            along = 0.0
            of_ring = count
            looking = found = 0
            ending = ring_start[ring + 1] - 2
            for j in range(ring_start[ring], ending + 1):
                one, other = (j + 1, j) if backward[ring] else (j, j + 1)
                ax, ay = xy[one, 0], xy[one, 1]
                ux, uy = xy[other, 0] - ax, xy[other, 1] - ay
                length = np.sqrt(ux * ux + uy * uy)
                pieces = 1
                if length > 0.0:
                    ux, uy = ux / length, uy / length
                    # a long edge is looked at in pieces, so that each meets only what is near
                    if length > cell:
                        pieces = int(np.ceil(length / cell))
                for p in range(pieces):
                    q = pieces - 1 - p if backward[ring] else p
                    begin = length * q / pieces if q else 0.0
                    end = length * (q + 1) / pieces if q + 1 < pieces else length
                    if not at_once:
                        looking = found = 0
                        bx, by, ex, ey = ax + begin * ux, ay + begin * uy, ax + end * ux, ay + end * uy
                        box = (min(bx, ex), min(by, ey), max(bx, ex), max(by, ey))
                        at_hand = roads_near(
                            box, edges, road_of, half, reach, lengths, is_area, roads_in, keys, blocks, road_start,
                            cell, near,
                        )  # fmt: skip
                        if at_hand < 0:
                            return nth, of_row, NEAR
                    if len(hits) < found + at_hand or looking == len(looks):
                        return nth, of_row, HITS
                    if length > 0.0:
                        looks[looking, AX], looks[looking, AY] = ax, ay
                        looks[looking, UX], looks[looking, UY] = ux, uy
                        looks[looking, LONG], looks[looking, ALONG], looks[looking, VERTEX] = length, along, j
                        last = _hits(looks, looking, begin, end, near, at_hand, distance, tolerance, hits, found)
                        if last > found:
                            found = last
                            looking += 1
                    if looking == 0 or (at_once and (j != ending or p != pieces - 1)):
                        continue
                    # all is gathered: what stands around, and what each stretch sees
                    swept = _swept(looks, looking, tolerance)
                    stand = walls_around(
                        xy, swept, keys, blocks, piece_edges, piece_boxes, piece_start, pieces_in, cell, known, around
                    )
                    if stand < 0:
                        return nth, of_row, AROUND
                    for look in range(looking):
                        standing = _walls(looks, look, around, stand, first_own, end_own, tolerance, walls)
                        done, upto = int(looks[look, FIRST]), int(looks[look, LAST])
                        while done < upto:
                            # hits of one road are put together, those of the next stand after them
                            road = hits[done, ROAD]
                            last = done + 1
                            for h in range(done + 1, upto):
                                if hits[h, ROAD] == road:
                                    if h != last:
                                        for c in range(7):
                                            hits[h, c], hits[last, c] = hits[last, c], hits[h, c]
                                    last += 1
                            stretches = -1
                            if last - done == 1 and standing == 0:
                                stretches = seen_alone(hits, done, tolerance, seen)
                            if stretches < 0:
                                stretches = seen_parts(hits, done, last, walls, standing, tolerance, cuts, seen)
                                if stretches < 0:
                                    return nth, of_row, SEEN
                            if count + stretches > len(names):
                                return nth, of_row, OUT
                            for s in range(stretches):
                                at = stretches - 1 - s if backward[ring] else s
                                names[count, 0], names[count, 1] = row, int(road)
                                names[count, 2], names[count, 3] = ring, int(looks[look, VERTEX])
                                from_, to = seen[at, 0], seen[at, 1]
                                if backward[ring]:
                                    from_, to = looks[look, LONG] - to, looks[look, LONG] - from_
                                spans[count, 0], spans[count, 1] = from_ + looks[look, ALONG], to + looks[look, ALONG]
                                spans[count, 2], spans[count, 4] = max(0.0, seen[at, 2]), looks[look, ALONG]
                                count += 1
                            done = last
                along += length
            for at in range(of_ring, count):
                spans[at, 3] = along
    return len(rows), count, NOTHING


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
def _hits(looks, look, begin, end, near, at_hand, distance, tolerance, hits, found):  # type: ignore[no-untyped-def]
    """Write the road edges that a stretch meets to ``hits`` from ``found`` on: where they end.

    Nothing is written when none of them may be faced; otherwise the stretch is told its hits, and their reach.
    """
    ax, ay, ux, uy = looks[look, AX], looks[look, AY], looks[look, UX], looks[look, UY]
    first = found
    lowest, highest, farthest = np.inf, -np.inf, tolerance
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
            ((s0 <= begin) & (s1 <= begin))
            | ((s0 >= end) & (s1 >= end))
            | ((h0 < low) & (h1 < low))
            | ((h0 > near[n, REACH]) & (h1 > near[n, REACH]))
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
        found += 1
        if kind != OTHER_SIDE:
            lowest, highest = min(lowest, from_), max(highest, to)
            farthest = max(farthest, height + max(0.0, slope * (to - from_)) - wide)
    if lowest > highest:
        return first
    looks[look, FIRST], looks[look, LAST] = first, found
    looks[look, LOW], looks[look, HIGH], looks[look, FARTHEST] = lowest, highest, farthest + tolerance
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _swept(looks, looking, tolerance):  # type: ignore[no-untyped-def]
    """Box of the ground that the rays of some stretches sweep."""
    west = south = np.inf
    east = north = -np.inf
    for look in range(looking):
        ux, uy = looks[look, UX], looks[look, UY]
        bx, by = looks[look, AX] + looks[look, LOW] * ux, looks[look, AY] + looks[look, LOW] * uy
        ex, ey = looks[look, AX] + looks[look, HIGH] * ux, looks[look, AY] + looks[look, HIGH] * uy
        ox, oy = uy * looks[look, FARTHEST], -ux * looks[look, FARTHEST]
        west, east = min(west, min(bx, ex) + min(0.0, ox)), max(east, max(bx, ex) + max(0.0, ox))
        south, north = min(south, min(by, ey) + min(0.0, oy)), max(north, max(by, ey) + max(0.0, oy))
    return west - tolerance, south - tolerance, east + tolerance, north + tolerance


@njit(cache=True, nogil=True, error_model="numpy")
def _walls(looks, look, around, stand, first_own, end_own, tolerance, walls):  # type: ignore[no-untyped-def]
    """Write what stands before a stretch, up to the farthest road, to ``walls``: how many."""
    ax, ay, ux, uy = looks[look, AX], looks[look, AY], looks[look, UX], looks[look, UY]
    low, high, farthest, own = looks[look, LOW], looks[look, HIGH], looks[look, FARTHEST], looks[look, VERTEX]
    count = 0
    for w in range(stand):
        x0, y0, x1, y1 = around[w, X0] - ax, around[w, Y0] - ay, around[w, X1] - ax, around[w, Y1] - ay
        s0, s1 = ux * x0 + uy * y0, ux * x1 + uy * y1
        h0, h1 = uy * x0 - ux * y0, uy * x1 - ux * y1
        if (
            ((s0 <= low) & (s1 <= low))
            | ((s0 >= high) & (s1 >= high))
            | ((h0 < -tolerance) & (h1 < -tolerance))
            | ((h0 > farthest) & (h1 > farthest))
            | (around[w, EDGE] == own)
        ):
            continue
        # an edge whose inside lies on this side is a wall only when one stands inside, not beside it; a neighbour may
        # overlap by a little; one's own boundary, behind an acute corner, hides nothing
        least = tolerance if s1 > s0 else 0.0 if first_own <= around[w, EDGE] < end_own else -tolerance
        from_, to, height, slope = _hit(low, high, s0, s1, h0, h1, least, farthest)
        if to <= from_:
            continue
        walls[count, FROM], walls[count, TO] = from_, to
        walls[count, HEIGHT], walls[count, SLOPE] = height, slope
        count += 1
    return count
