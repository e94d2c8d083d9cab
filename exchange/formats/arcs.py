"""Arcs as chains of points that leave the true curve by no more than a tolerance."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

# what a drawing in metres is flattened to
TOLERANCE_M: Final = 0.001
# a circle of 80 km is this many chords at 1 mm
_MOST_STEPS: Final = 20_000
_FULL: Final = 2 * math.pi


def ellipse(
    centre: tuple[float, float], major: tuple[float, float], minor: tuple[float, float], angles: tuple[float, float],
    tolerance: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Points from the first angle to the second, both with an end point: ``centre + major cos + minor sin``.

    Chords of equal angle on an ellipse leave it by no more than those on the circle of its longer half axis.
    """
    start, end = angles
    steps = chords(max(math.hypot(*major), math.hypot(*minor)), end - start, tolerance)
    turn = np.linspace(start, end, steps + 1)
    cos, sin = np.cos(turn), np.sin(turn)
    return np.column_stack((
        centre[0] + major[0] * cos + minor[0] * sin,
        centre[1] + major[1] * cos + minor[1] * sin,
    ))  # fmt: skip


def arc(
    centre: tuple[float, float], radius: float, angles: tuple[float, float], tolerance: float
) -> NDArray[np.float64]:
    """Points on a circle from the first angle to the second (radians, counter-clockwise when the second is greater)."""
    return ellipse(centre, (radius, 0.0), (0.0, radius), angles, tolerance)


def chords(radius: float, sweep: float, tolerance: float) -> int:
    """How many chords it takes for no point of an arc to be farther from its chord than the tolerance."""
    if not radius > tolerance:
        return max(1, math.ceil(abs(sweep) / _FULL * 8))
    step = 2 * math.acos(1 - tolerance / radius)
    return int(min(max(1, math.ceil(abs(sweep) / step)), _MOST_STEPS))


def bulged(points: NDArray[np.float64], bulges: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Points of a polyline whose edges may be arcs: ``bulges[i]`` is the tangent of a quarter of the turn of edge i.

    The last bulge is that of the closing edge, and is taken only when there are as many bulges as points.
    """
    if not bulges.any():
        return points
    pieces: list[NDArray[np.float64]] = []
    for at in range(len(points)):  # a bulge is rare, and each arc has its own number of points
        pieces.append(points[at : at + 1])
        if bulges[at] and (at + 1 < len(points) or len(bulges) == len(points)):
            pieces.append(_between(points[at], points[(at + 1) % len(points)], float(bulges[at]), tolerance))
    return np.concatenate(pieces)


def _between(
    start: NDArray[np.float64], end: NDArray[np.float64], bulge: float, tolerance: float
) -> NDArray[np.float64]:
    """Points of an arc without its ends."""
    chord = end - start
    length = float(np.hypot(*chord))
    if length == 0 or not math.isfinite(bulge):
        return np.empty((0, 2))
    # the centre lies off the middle of the chord, to the left of it for a positive bulge below 1
    offset = (1 - bulge * bulge) / (4 * bulge)
    centre = (start + end) / 2 + offset * np.array([-chord[1], chord[0]])
    radius = length * (1 + bulge * bulge) / (4 * abs(bulge))
    first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    return arc((float(centre[0]), float(centre[1])), radius, (first, first + 4 * math.atan(bulge)), tolerance)[1:-1]


def through(
    start: NDArray[np.float64], middle: NDArray[np.float64], end: NDArray[np.float64], tolerance: float
) -> NDArray[np.float64]:
    """Points of the arc through three points, its ends included; the full circle when the ends are one point."""
    if (start == end).all():
        centre = (start + middle) / 2
        first = math.atan2(start[1] - centre[1], start[0] - centre[0])
        radius = float(np.hypot(*(start - centre)))
        return arc((float(centre[0]), float(centre[1])), radius, (first, first + _FULL), tolerance)
    (ax, ay), (bx, by) = middle - start, end - start
    twice = 2 * (ax * by - ay * bx)
    if abs(twice) <= 1e-12 * (ax * ax + ay * ay + bx * bx + by * by):
        return np.array([start, middle, end])
    a, b = ax * ax + ay * ay, bx * bx + by * by
    offset = np.array([by * a - ay * b, ax * b - bx * a]) / twice
    centre, radius = start + offset, float(np.hypot(*offset))
    first, second, last = (math.atan2(*(point - centre)[::-1]) for point in (start, middle, end))
    sweep = (last - first) % _FULL
    if (second - first) % _FULL > sweep:
        sweep -= _FULL
    return arc((float(centre[0]), float(centre[1])), radius, (first, first + sweep), tolerance)
