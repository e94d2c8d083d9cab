"""The grid of 0.001 m on which new vertices lie, and places on it that leave an edge, and its area, where they are.

A vertex put into an edge must lie on the grid, and the edge is seldom on it. What moves is measured by area: an edge
from A to B that takes a vertex P sweeps the triangle ABP, half the cross product of AB and AP, however long the edge.
Of the grid's points beside an edge the nearest is taken that sweeps at most `MOST_SWEPT_M2`; as a rule there is one
within a few centimetres. Where there is none (an edge that leaves the grid's own direction by millimetres only, or not
at all but lies between two of its lines) the vertex lies on the edge itself: on the grid in the direction in which the
edge runs, as exactly as doubles can say in the other. So no new vertex, wherever it lies, sweeps more.

Old vertices never move: what a neighbour shares stays the neighbour's to the last bit.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

STEP_M: Final = 0.001
_STEPS_PER_M: Final = 1000
# a tenth of what areas are rounded to
MOST_SWEPT_M2: Final = 0.001
# how far along the edge a place is looked for: neither hand nor screen is finer
MOST_REACH_M: Final = 0.1

Points = NDArray[np.float64]


def to_grid(xy: Points) -> Points:
    """Round positions to the grid: the doubles nearest to whole millimetres."""
    return np.asarray(np.rint(np.asarray(xy, dtype=np.float64) * _STEPS_PER_M) / _STEPS_PER_M)


def on_grid(geom: BaseGeometry) -> BaseGeometry:
    """Put a drawn shape on the grid so that it stays valid; what is thinner than the grid goes."""
    # the second call takes the mark off again: GEOS would round what others share with the shape to its grid too
    found: BaseGeometry = shapely.set_precision(shapely.set_precision(geom, STEP_M), 0.0, mode="pointwise")
    return found


def cross(one: Points, other: Points) -> NDArray[np.float64]:
    """The cross product of vectors ``(…, 2)``: twice the signed area of the triangle they span."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def place_beside(start: Points, end: Points, at: Points) -> Points | None:
    """Where an edge may take a vertex near a place; None when the edge is too short to hold any.

    The edge taken the other way round gives the same place, so that two parcels that share it are cut alike.
    """
    a, b = (end, start) if tuple(end) < tuple(start) else (start, end)
    along = b - a
    main = int(abs(along[1]) > abs(along[0]))
    steps = _steps_between(a[main], b[main], at[main], MOST_REACH_M)
    if not len(steps):
        return None
    exact = a[1 - main] + (steps - a[main]) * along[1 - main] / along[main]
    places = _pairs(steps, to_grid(exact), main)
    far = np.abs(steps - at[main])
    swept = np.abs(cross(along, places - a)) / 2
    fit = np.flatnonzero(swept <= MOST_SWEPT_M2)
    if len(fit):
        return np.asarray(places[fit[np.argmin(far[fit])]])
    nearest = np.argmin(far)
    return np.asarray(_pairs(steps, exact, main)[nearest])


def _steps_between(a: float, b: float, at: float, reach: float) -> NDArray[np.float64]:
    """Coordinates on the grid within reach of a place, strictly between two others."""
    low, high = min(a, b), max(a, b)
    first, last = np.ceil((at - reach) * _STEPS_PER_M), np.floor((at + reach) * _STEPS_PER_M)
    steps = np.arange(first, last + 1) / _STEPS_PER_M
    return steps[(steps > low + STEP_M / 2) & (steps < high - STEP_M / 2)]


def _pairs(steps: NDArray[np.float64], others: NDArray[np.float64], main: int) -> Points:
    return np.stack([steps, others] if main == 0 else [others, steps], axis=1)


# a bend may miss the area that it is to move by this much
MOST_MISSED_M2: Final = 0.0005
# nor lead a line farther from its course than this share of its length
_STEEPEST: Final = 0.1
_BENDS: Final = 4_000  # places tried along a line
_COURSES: Final = 9  # and places where one that runs along the grid leaves it


def bend(start: Points, end: Points, area_m2: float) -> Points | None:
    """Grid points through which a line from ``start`` to ``end`` moves an area from its left side to its right.

    The line is bent by ``2 × area / length`` at one point: off the line by a step or two of the grid. A line along the
    grid, or across it at 45°, moves an area of many steps or none; it is led off its course by a step first, and bent
    on the way there. None when the line is too short for so much.
    """
    p, q = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if 2 * abs(area_m2) > _STEEPEST * float((q - p) @ (q - p)):
        return None
    found = _bent_once(p, q, area_m2)
    if found is None or found[0] <= MOST_MISSED_M2:
        return None if found is None else found[1][None]
    for first in _off_course(p, q, area_m2):
        rest = area_m2 + float(cross(first - p, q - p)) / 2
        for nth, (one, other) in enumerate(((p, first), (first, q))):
            found = _bent_once(one, other, rest)
            if found is not None and found[0] <= MOST_MISSED_M2:
                return np.stack([first, found[1]] if nth else [found[1], first])
    return None


def _bent_once(p: Points, q: Points, area_m2: float) -> tuple[float, Points] | None:
    """The grid point that moves an area best, with the area that it misses."""
    main = int(abs((q - p)[1]) > abs((q - p)[0]))
    low, high = sorted((p[main], q[main]))
    steps = np.unique(to_grid(np.linspace(low, high, _BENDS + 2)[1:-1]))
    steps = steps[(steps > low + STEP_M) & (steps < high - STEP_M)]
    if not len(steps):
        return None
    places = _shifted(p, q, steps, 2 * area_m2, main)
    missed = np.abs(cross(q - p, places - p) - 2 * area_m2) / 2
    # the middle of the line bends least to the eye; of those that move the area well enough the one nearest to it
    best = np.lexsort((np.abs(steps - (low + high) / 2), np.maximum(missed, MOST_MISSED_M2)))[0]
    return float(missed[best]), places[best]


def _off_course(p: Points, q: Points, area_m2: float) -> Points:
    """Grid points near where a bend moves an area, a step or two to either side, from the line's middle on."""
    main = int(abs((q - p)[1]) > abs((q - p)[0]))
    steps = np.unique(to_grid(p[main] + (q - p)[main] * np.linspace(0.1, 0.9, _COURSES)))
    steps = steps[np.argsort(np.abs(steps - (p[main] + q[main]) / 2), kind="stable")]
    places = np.repeat(_shifted(p, q, steps, 2 * area_m2, main), 5, axis=0)
    places[:, 1 - main] += np.tile([0.0, STEP_M, -STEP_M, 2 * STEP_M, -2 * STEP_M], len(steps))
    return to_grid(places)


def _shifted(p: Points, q: Points, steps: NDArray[np.float64], twice_m2: float, main: int) -> Points:
    """The grid points nearest to where a bend at these steps moves the area."""
    along = q - p
    sign = 1.0 if main == 0 else -1.0
    lift = sign * twice_m2 / along[main]
    exact = p[1 - main] + (steps - p[main]) * along[1 - main] / along[main] + lift
    return _pairs(steps, to_grid(exact), main)
