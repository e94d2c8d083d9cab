"""The grid of 0.001 m on which new vertices lie, and places on it that leave an edge, and its area, where they are.

A vertex put into an edge must lie on the grid, and the edge is seldom on it. What moves is measured by area: an edge
from A to B that takes a vertex P sweeps the triangle ABP, half the cross product of AB and AP, however long the edge.
Of the grid's points beside an edge one is taken that sweeps at most `MOST_SWEPT_M2`; as a rule there is one within a
few centimetres. Where there is none (an edge that leaves the grid's own direction by millimetres only), two points are
taken, at most two metres apart and one on either side, whose sweeps cancel.

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
# how far along the edge a place is looked for: hand and screen are no finer, and long edges have few places
_REACH_M: Final = 0.05
_REACH_SHARE: Final = 1 / 2000
# and how far the second place may lie where two are needed
_PAIR_REACH_M: Final = 2.0

Points = NDArray[np.float64]


def to_grid(xy: Points) -> Points:
    """Round positions to the grid: the doubles nearest to whole millimetres."""
    return np.asarray(np.rint(np.asarray(xy, dtype=np.float64) * _STEPS_PER_M) / _STEPS_PER_M)


def on_grid(geom: BaseGeometry) -> BaseGeometry:
    """Put a drawn shape on the grid so that it stays valid; what is thinner than the grid goes."""
    # the second call takes the mark off again: GEOS would round what others share with the shape to its grid too
    found: BaseGeometry = shapely.set_precision(shapely.set_precision(geom, STEP_M), 0.0, mode="pointwise")
    return found


def is_on_grid(geoms: NDArray[np.object_] | BaseGeometry) -> bool:
    """Whether every vertex lies on the grid."""
    xy = shapely.get_coordinates(geoms)
    return bool((xy == to_grid(xy)).all())


def cross(one: Points, other: Points) -> NDArray[np.float64]:
    """The cross product of vectors ``(…, 2)``: twice the signed area of the triangle they span."""
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def places_beside(start: Points, end: Points, at: Points) -> Points:
    """Grid points that an edge may take as vertices near a place, in order from ``start`` to ``end``.

    One point as a rule, two where one would sweep too much, none when the edge is too short to hold any. The edge
    taken the other way round gives the same points, so that two parcels that share it are cut alike.
    """
    flipped = tuple(end) < tuple(start)
    a, b = (end, start) if flipped else (start, end)
    found = _places(np.asarray(a), np.asarray(b), np.asarray(at))
    return found[::-1] if flipped else found


def _places(a: Points, b: Points, at: Points) -> Points:
    along = b - a
    main = int(abs(along[1]) > abs(along[0]))
    reach = max(_REACH_M, float(np.hypot(*along)) * _REACH_SHARE)
    steps = _steps_between(a[main], b[main], at[main], reach)
    if not len(steps):
        return np.empty((0, 2))
    exact = a[1 - main] + (steps - a[main]) * along[1 - main] / along[main]
    places = _pairs(steps, to_grid(exact), main)
    swept = np.abs(cross(along, places - a)) / 2
    fit = np.flatnonzero(swept <= MOST_SWEPT_M2)
    if len(fit):
        nearest = fit[np.argmin(np.abs(steps[fit] - at[main]))]
        return places[nearest : nearest + 1]
    return _cancelling(a, b, at, main)


def _steps_between(a: float, b: float, at: float, reach: float) -> NDArray[np.float64]:
    """Coordinates on the grid within reach of a place, strictly between two others."""
    low, high = min(a, b), max(a, b)
    first, last = np.ceil((at - reach) * _STEPS_PER_M), np.floor((at + reach) * _STEPS_PER_M)
    steps = np.arange(first, last + 1) / _STEPS_PER_M
    return steps[(steps > low + STEP_M / 2) & (steps < high - STEP_M / 2)]


def _pairs(steps: NDArray[np.float64], others: NDArray[np.float64], main: int) -> Points:
    return np.stack([steps, others] if main == 0 else [others, steps], axis=1)


def _cancelling(a: Points, b: Points, at: Points, main: int) -> Points:
    """Two places between which the edge sweeps as much on one side as on the other; the first or last is at ``at``."""
    own = _either_side(a, b, _steps_between(a[main], b[main], at[main], STEP_M), main)
    others = _either_side(a, b, _steps_between(a[main], b[main], at[main], _PAIR_REACH_M), main)
    one, other = (grid.ravel() for grid in np.meshgrid(np.arange(len(own)), np.arange(len(others))))
    turned = (others[other, main] - own[one, main]) * np.sign(b[main] - a[main]) < 0
    p = np.where(turned[:, None], others[other], own[one])
    q = np.where(turned[:, None], own[one], others[other])
    swept = np.abs(cross(p - a, q - a) + cross(q - a, b - a)) / 2
    # of those that cancel well enough the two that lie closest together
    spread = np.abs(q[:, main] - p[:, main])
    best = np.lexsort((spread, np.maximum(np.where(spread > 0, swept, np.inf), MOST_SWEPT_M2 / 4)))[0]
    return np.stack([p[best], q[best]]) if spread[best] > 0 else p[best : best + 1]


def _either_side(a: Points, b: Points, steps: NDArray[np.float64], main: int) -> Points:
    """The grid points just below and just above an edge at these steps."""
    along = b - a
    exact = a[1 - main] + (steps - a[main]) * along[1 - main] / along[main]
    below = np.floor(exact * _STEPS_PER_M) / _STEPS_PER_M
    return np.concatenate([_pairs(steps, to_grid(below + lift), main) for lift in (0.0, STEP_M)])


# a bend may miss the area that it is to move by this much
MOST_MISSED_M2: Final = 0.0005
_BENDS: Final = 4_000  # places tried along a line


def bend(start: Points, end: Points, area_m2: float) -> Points | None:
    """Grid points through which a line from ``start`` to ``end`` moves an area from its left side to its right.

    The line is bent by ``2 × area / length`` at one point, or at two where one cannot move so little: off the line by a
    step or two of the grid. None when the line is too short.
    """
    p, q = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    main = int(abs((q - p)[1]) > abs((q - p)[0]))
    low, high = sorted((p[main], q[main]))
    steps = np.linspace(low, high, _BENDS + 2)[1:-1]
    steps = np.unique(to_grid(steps))
    steps = steps[(steps > low + STEP_M) & (steps < high - STEP_M)]
    if not len(steps):
        return None
    single = _shifted(p, q, steps, 2 * area_m2, main)
    missed = np.abs(cross(q - p, single - p) - 2 * area_m2) / 2
    # the middle of the line bends least to the eye; of those that move the area well enough the one nearest to it
    best = np.lexsort((np.abs(steps - (low + high) / 2), np.maximum(missed, MOST_MISSED_M2)))[0]
    if missed[best] <= MOST_MISSED_M2:
        return single[best : best + 1]
    return _bent_twice(p, q, steps, area_m2, main)


def _shifted(p: Points, q: Points, steps: NDArray[np.float64], twice_m2: float, main: int) -> Points:
    """The grid points nearest to where a bend at these steps moves the area."""
    along = q - p
    sign = 1.0 if main == 0 else -1.0
    lift = sign * twice_m2 / along[main]
    exact = p[1 - main] + (steps - p[main]) * along[1 - main] / along[main] + lift
    return _pairs(steps, to_grid(exact), main)


def _bent_twice(p: Points, q: Points, steps: NDArray[np.float64], area_m2: float, main: int) -> Points | None:
    """Two points: the line leaves its course to the first and is back on it, or nearly, at the second."""
    forward = np.sign((q - p)[main])
    back = np.concatenate([_either_side(p, q, steps, main), _shifted(p, q, steps, 0.0, main)])
    middle = to_grid((p[main] + back[:, main]) / 2)
    reach = abs(float((q - p)[main]))
    rise = int(np.ceil(2 * abs(area_m2) / reach / STEP_M))
    best: tuple[float, Points] | None = None
    for lift in (rise, rise + 1, -rise, -rise - 1, 1, -1):
        away = _shifted(p, q, middle, 0.0, main)
        away[:, 1 - main] = to_grid(away[:, 1 - main] + lift * STEP_M)
        twice = -(cross(away - p, back - p) + cross(back - p, q - p))
        missed = np.abs(twice - 2 * area_m2) / 2
        missed[(back[:, main] - away[:, main]) * forward <= STEP_M] = np.inf
        at = int(np.argmin(missed))
        if best is None or missed[at] < best[0]:
            best = (float(missed[at]), np.stack([away[at], back[at]]))
    return best[1] if best is not None and best[0] <= MOST_MISSED_M2 else None
