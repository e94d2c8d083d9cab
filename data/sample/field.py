"""Which way streets run: a field of directions blended from the centre's rings, the towns' grids and the main roads.

The idea is the tensor field of Chen, Esch, Wonka, Müller and Zhang, "Interactive procedural street modeling" (SIGGRAPH
2008): directions are summed as doubled angles, so that a street and its reverse are the same thing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.sample.drawing import Point, at, noise

CELL_M: Final = 200.0
_LEFT, _BOTTOM, _COLUMNS, _ROWS = 480_000.0, 3_211_000.0, 245, 310


@dataclass(frozen=True, slots=True)
class TownGrid:
    """A place whose streets keep one direction (radians from east) within about ``reach_m``."""

    centre: Point
    angle: float
    reach_m: float


class StreetField:
    """The direction of streets at every place, read from a raster of ``CELL_M`` by interpolation."""

    def __init__(
        self, *, rings: Sequence[tuple[Point, float]], grids: Sequence[TownGrid], lines: Sequence[Sequence[Point]]
    ) -> None:
        x, y = np.meshgrid(_LEFT + CELL_M * np.arange(_COLUMNS), _BOTTOM + CELL_M * np.arange(_ROWS))
        cosine, sine = np.full(x.shape, 0.02), np.full(x.shape, 0.012)
        for centre, reach_m in rings:
            tangent = np.arctan2(y - centre[1], x - centre[0]) + math.pi / 2
            away = np.hypot(x - centre[0], y - centre[1])
            # no ring in the very middle: an old town is no whirl
            _add(cosine, sine, tangent, 0.9 * _fade(away, reach_m) * (1 - _fade(away, 0.5 * reach_m)))
        for grid in grids:
            away = np.hypot(x - grid.centre[0], y - grid.centre[1])
            _add(cosine, sine, np.full(x.shape, grid.angle), _fade(away, grid.reach_m))
        for line in lines:
            _add_line(cosine, sine, x, y, line)
        turn = 2 * 0.20 * np.array([[noise(a, b, wavelength_m=1900, seed=7) for a in x[0]] for b in y[:, 0]])
        # six decimals: the same on every processor
        self._cosine = np.round(cosine * np.cos(turn) - sine * np.sin(turn), 6).tolist()
        self._sine = np.round(cosine * np.sin(turn) + sine * np.cos(turn), 6).tolist()

    def direction(self, x: float, y: float) -> float:
        """Return the direction of the main family of streets at a place, radians from east in (-pi/2, pi/2]."""
        u, v = (x - _LEFT) / CELL_M, (y - _BOTTOM) / CELL_M
        column, row = min(max(int(u), 0), _COLUMNS - 2), min(max(int(v), 0), _ROWS - 2)
        s, t = u - column, v - row
        return 0.5 * math.atan2(_blend(self._sine, column, row, s, t), _blend(self._cosine, column, row, s, t))


def _blend(raster: list[list[float]], column: int, row: int, s: float, t: float) -> float:
    low, high = raster[row], raster[row + 1]
    return (low[column] * (1 - s) + low[column + 1] * s) * (1 - t) + (high[column] * (1 - s) + high[column + 1] * s) * t


def _fade(distance: NDArray[np.float64], reach_m: float) -> NDArray[np.float64]:
    return np.asarray(np.exp(-((distance / reach_m) ** 2)), dtype=np.float64)


def _add(
    cosine: NDArray[np.float64], sine: NDArray[np.float64], angle: NDArray[np.float64], weight: NDArray[np.float64]
) -> None:
    """Add one family of directions to the two rasters, in place: they are this module's own working arrays."""
    cosine += weight * np.cos(2 * angle)
    sine += weight * np.sin(2 * angle)


def _add_line(
    cosine: NDArray[np.float64],
    sine: NDArray[np.float64],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    line: Sequence[Point],
) -> None:
    nearest = np.full(x.shape, np.inf)
    angle = np.zeros(x.shape)
    for (ax, ay), (bx, by) in pairwise(line):
        length = math.hypot(bx - ax, by - ay)
        along = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2, 0, 1)
        away = np.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
        closer = away < nearest
        nearest = np.where(closer, away, nearest)
        angle = np.where(closer, math.atan2(by - ay, bx - ax), angle)
    _add(cosine, sine, angle, 1.6 * _fade(nearest, 620.0))


# the hand of the draughtsman: rings round the old town, and towns that grew along their own axes (degrees from east)
RINGS_KM: Final = (((9.2, 5.2), 3200.0),)
GRIDS_KM: Final = (
    ((9.2, 5.2), 31.0, 1700.0),
    ((2.3, 0.6), 13.0, 1500.0),
    ((2.5, 0.3), 13.0, 1300.0),
    ((2.2, 7.9), 2.0, 1300.0),
    ((13.6, 9.8), 38.0, 2600.0), ((10.8, -0.4), -22.0, 2400.0), ((1.2, 0.4), 8.0, 3000.0),
    ((4.6, 6.4), 20.0, 2400.0),
    ((4.1, 13.4), -12.0, 2200.0), ((-2.6, 4.2), 4.0, 2400.0), ((20.0, 8.2), 24.0, 2200.0),
    ((-10.4, 3.4), -14.0, 1800.0),
    ((-4.6, -6.4), 58.0, 2200.0), ((2.4, -8.8), -34.0, 2000.0), ((1.8, -18.0), 76.0, 1800.0),
    ((16.8, 16.0), 63.0, 2300.0),
    ((17.6, 22.4), 84.0, 1600.0), ((0.6, 8.4), -6.0, 2000.0),
)  # fmt: skip


def street_field(lines: Sequence[Sequence[Point]]) -> StreetField:
    """Return the city's field; ``lines`` are the hand-drawn roads (and the river) that streets follow, in metres."""
    return StreetField(
        rings=[(at(centre), reach) for centre, reach in RINGS_KM],
        grids=[TownGrid(at(centre), math.radians(angle), reach) for centre, angle, reach in GRIDS_KM],
        lines=lines,
    )
