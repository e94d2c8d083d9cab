"""Hand tools for drawing: sheet kilometres to metres, curves, roughened lines, and noise that is always the same.

Every coordinate that leaves this module lies on a grid of 0.001 m. Rounding at each step, not once at the end, keeps
the last bit of a sine, which differs between processors, from growing into another street.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from shapely.geometry import LineString, Polygon

Point = tuple[float, float]

# the sheet is drawn in kilometres from this point of EPSG:4549 (easting, northing)
ORIGIN: Final = (500_000.0, 3_240_000.0)
GRID_M: Final = 0.001


def snap(x: float, y: float) -> Point:
    """Return the point on the millimetre grid."""
    return round(x, 3), round(y, 3)


def at(km: Point) -> Point:
    """Return the EPSG:4549 metres of a point given in sheet kilometres."""
    return snap(ORIGIN[0] + km[0] * 1000.0, ORIGIN[1] + km[1] * 1000.0)


def chance(*key: int) -> float:
    """Return a number in [0, 1) that depends on the key alone (an integer hash, no generator and no state)."""
    value = 0x9E3779B97F4A7C15
    for part in key:
        value = ((value ^ (part & 0xFFFFFFFFFFFFFFFF)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 29
        value = (value * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        value ^= value >> 32
    return (value >> 11) / float(1 << 53)


def noise(x: float, y: float, *, wavelength_m: float, seed: int) -> float:
    """Return smooth noise in [-1, 1] at a place (value noise on a lattice of ``wavelength_m``)."""
    u, v = x / wavelength_m, y / wavelength_m
    column, row = math.floor(u), math.floor(v)
    s, t = _ease(u - column), _ease(v - row)
    corners = [chance(seed, column + i, row + j) for j in (0, 1) for i in (0, 1)]
    low = corners[0] + s * (corners[1] - corners[0])
    high = corners[2] + s * (corners[3] - corners[2])
    return 2.0 * (low + t * (high - low)) - 1.0


def _ease(t: float) -> float:
    return t * t * (3.0 - 2.0 * t)


def curve(points: Sequence[Point], *, step_m: float = 80.0, closed: bool = False) -> list[Point]:
    """Return a smooth curve through points in metres (Catmull-Rom), one vertex about every ``step_m``."""
    count = len(points)
    spans = count if closed else count - 1
    result: list[Point] = []
    for index in range(spans):
        if closed:
            p0, p1, p2, p3 = (points[(index + k) % count] for k in (-1, 0, 1, 2))
        else:
            p1, p2 = points[index], points[index + 1]
            p0 = points[index - 1] if index else (2 * p1[0] - p2[0], 2 * p1[1] - p2[1])
            p3 = points[index + 2] if index + 2 < count else (2 * p2[0] - p1[0], 2 * p2[1] - p1[1])
        pieces = max(1, round(math.dist(p1, p2) / step_m))
        result.extend(_between(p0, p1, p2, p3, piece / pieces) for piece in range(pieces))
    result.append(result[0] if closed else snap(*points[-1]))
    return result


def _between(p0: Point, p1: Point, p2: Point, p3: Point, t: float) -> Point:
    x, y = (
        0.5
        * (
            2 * p1[k]
            + (p2[k] - p0[k]) * t
            + (2 * p0[k] - 5 * p1[k] + 4 * p2[k] - p3[k]) * t * t
            + (3 * p1[k] - p0[k] - 3 * p2[k] + p3[k]) * t * t * t
        )
        for k in (0, 1)
    )
    return snap(x, y)


def rough(start: Point, end: Point, *, seed: int, share: float = 0.12, levels: int = 5) -> list[Point]:
    """Return a natural-looking line: each piece's middle is moved sideways by up to ``share`` of the piece's length.

    Both ends are kept exactly, and the same two ends in the same order give the same line.
    """
    line = [start, end]
    for level in range(levels):
        finer = [line[0]]
        for index, (a, b) in enumerate(pairwise(line)):
            push = (2.0 * chance(seed, level, index) - 1.0) * share
            finer += [
                snap((a[0] + b[0]) / 2 - (b[1] - a[1]) * push, (a[1] + b[1]) / 2 + (b[0] - a[0]) * push),
                b,
            ]
        line = finer
    return line


def rough_ring(points: Sequence[Point], *, seed: int, share: float = 0.10, levels: int = 3) -> list[Point]:
    """Return a closed ring through the points, each side roughened."""
    ring: list[Point] = []
    for index, start in enumerate(points):
        end = points[(index + 1) % len(points)]
        ring += rough(start, end, seed=seed * 1000 + index, share=share, levels=levels)[:-1]
    return [*ring, ring[0]]


def blob(
    centre: Point,
    radius_m: float,
    *,
    seed: int,
    squash: float = 1.0,
    turn: float = 0.0,
    wobble: float = 0.22,
    sides: int = 36,
) -> Polygon:
    """Return a rounded patch: an ellipse whose radius wanders by up to ``wobble``."""
    phases = [2 * math.pi * chance(seed, k) for k in range(5)]
    ring = []
    for index in range(sides):
        angle = 2 * math.pi * index / sides
        wander = sum(math.sin((k + 2) * angle + phases[k]) / (k + 2) for k in range(5)) * wobble
        u, v = radius_m * (1 + wander) * math.cos(angle), radius_m * (1 + wander) * squash * math.sin(angle)
        ring.append(
            snap(
                centre[0] + u * math.cos(turn) - v * math.sin(turn),
                centre[1] + u * math.sin(turn) + v * math.cos(turn),
            )
        )
    return Polygon(ring)


def ribbon(line: Sequence[Point], widths_m: tuple[float, float], *, seed: int) -> Polygon:
    """Return a river along a line, its width going from one value to the other and wandering on the way."""
    total = max(1, len(line) - 1)
    left: list[Point] = []
    right: list[Point] = []
    for index, (x, y) in enumerate(line):
        before, after = line[max(0, index - 1)], line[min(total, index + 1)]
        length = math.dist(before, after)
        ux, uy = (after[0] - before[0]) / length, (after[1] - before[1]) / length
        share = index / total
        half = (
            (widths_m[0] * (1 - share) + widths_m[1] * share) / 2 * (1 + 0.3 * noise(x, y, wavelength_m=900, seed=seed))
        )
        left.append(snap(x - uy * half, y + ux * half))
        right.append(snap(x + uy * half, y - ux * half))
    return Polygon([*left, *reversed(right)])


def line_of(points: Sequence[Point]) -> LineString:
    """Return the shapely line of a list of points."""
    return LineString(points)
