"""A block cut into parcels the way land is parcelled: halved across its length until each piece has the size wanted.

The cuts end in the middle of a neighbour's side, so the pieces meet in T-junctions; at the end every piece gets the
vertices of its neighbours, and a shared side is the same points on both.
"""

from __future__ import annotations

import math
from itertools import pairwise

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from data.sample.drawing import GRID_M, Point, chance

MU_M2 = 10_000 / 15
SMALLEST_M2 = 5.2 * MU_M2


def divided(block: Polygon, *, seed: int, times: float = 1.0) -> list[Polygon]:
    """Return the pieces of a block, an exact coverage of it on the grid; ``times`` scales the sizes wanted."""
    pieces = _halved(block, seed=seed, path=1, times=times)
    linework = shapely.union_all([piece.exterior for piece in pieces], grid_size=GRID_M)
    noded = [face for face in shapely.polygonize([linework]).geoms if isinstance(face, Polygon) and face.area > 100.0]
    return sorted(noded, key=lambda piece: piece.bounds)


def _wanted_m2(seed: int, path: int) -> float:
    """Return the size that a piece is wanted in: mostly 20-160 亩, some workshops of 6-15, a few sites above 300."""
    luck, size = chance(seed, path, 1), chance(seed, path, 2)
    if luck < 0.10:
        return (7 + 8 * size) * MU_M2
    if luck > (0.84 if path == 1 else 0.94):
        return (260 + 160 * size) * MU_M2
    return (22 + 150 * math.sqrt(size) * size) * MU_M2


def _halved(piece: Polygon, *, seed: int, path: int, times: float) -> list[Polygon]:
    if piece.area <= 1.35 * times * _wanted_m2(seed, path) or piece.area < 2.2 * SMALLEST_M2:
        return [piece]
    for attempt in range(6):
        halves = _cut(piece, seed=seed, path=path, attempt=attempt)
        if halves is not None:
            return [
                part
                for k, half in enumerate(halves)
                for part in _halved(half, seed=seed, path=2 * path + k, times=times)
            ]
    return [piece]


def _cut(piece: Polygon, *, seed: int, path: int, attempt: int) -> tuple[Polygon, Polygon] | None:
    """Return two usable halves of a piece, or None when this attempt's line does not give them."""
    corners = box_corners(piece)
    sides = sorted(
        ((math.dist(a, b), (b[0] - a[0], b[1] - a[1])) for a, b in pairwise(corners[:3])),
        reverse=True,
    )
    # across the long side at first; along it when that gives pieces without shape
    length, (dx, dy) = sides[0] if attempt < 4 else sides[1]
    share = 0.5 + (chance(seed, path, 10 + attempt) - 0.5) * 0.34
    tilt = (chance(seed, path, 20 + attempt) - 0.5) * 0.10
    centre = shapely.oriented_envelope(piece).centroid
    ux, uy = dx / length, dy / length
    x, y = centre.x + ux * (share - 0.5) * length, centre.y + uy * (share - 0.5) * length
    vx, vy = -uy * math.cos(tilt) - ux * math.sin(tilt), ux * math.cos(tilt) - uy * math.sin(tilt)
    blade = LineString([(x - vx * 3000, y - vy * 3000), (x + vx * 3000, y + vy * 3000)])
    halves = [part for part in split(piece, blade).geoms if isinstance(part, Polygon)]
    if len(halves) != 2 or not all(_usable(half) for half in halves):
        return None
    first, second = sorted(halves, key=lambda half: half.bounds)
    return first, second


def box_corners(shape: BaseGeometry) -> list[Point]:
    """Return the five points (the last is the first) of the smallest rectangle round a shape, however it is turned."""
    box = shapely.oriented_envelope(shape)
    return [(x, y) for x, y in box.exterior.coords] if isinstance(box, Polygon) else []


def _usable(piece: Polygon) -> bool:
    roundness = 4 * math.pi * piece.area / piece.length**2
    return piece.area >= SMALLEST_M2 and roundness > 0.42
