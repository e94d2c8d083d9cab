"""Small quarters of crooked lots and bent roads, the same for the same seed, to look at from every side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from tests.geo.shapes import array


@dataclass(frozen=True, slots=True)
class Quarter:
    """Parcels and roads as `geo.frontage` takes them."""

    parcels: NDArray[np.object_]
    roads: NDArray[np.object_]
    widths_m: NDArray[np.float64]

    def with_parcels(self, parcels: NDArray[np.object_]) -> Quarter:
        return replace(self, parcels=parcels)


def quarter(seed: int, *, columns: int = 4, rows: int = 3) -> Quarter:
    """Lots on a grid, moved and turned: some touch, some overlap, one has a hole, one has two parts, some are bent."""
    rng = np.random.default_rng(seed)
    parcels: list[BaseGeometry] = [
        lot(rng, 14.0 * column, 14.0 * row) for row in range(rows) for column in range(columns)
    ]
    roads, widths = [], []
    for at in range(rng.integers(1, 5)):
        road, width = road_through(rng, 14.0 * columns, 14.0 * rows, as_area=at % 2 == 1)
        roads.append(road)
        widths.append(width)
    return Quarter(array(*parcels), array(*roads), np.array(widths))


def lot(rng: np.random.Generator, east: float, north: float) -> BaseGeometry:
    """One lot around a place."""
    half = rng.uniform(3.0, 8.0, 2)
    shape: BaseGeometry = Polygon(np.array([(-1, -1), (1, -1), (1, 1), (0, rng.uniform(0.2, 1.2)), (-1, 1)]) * half)
    kind = rng.integers(0, 8)
    if kind == 0:
        shape = shape.difference(box(-1.5, -1.5, 1.0, 0.5))
    elif kind == 1:
        shape = shapely.MultiPolygon([box(-half[0], -half[1], -1, half[1]), box(1, -half[1], half[0], half[1])])
    elif kind == 2:
        shape = shape.difference(box(-1.0, 0.0, 1.5, 20.0))
    turn, place = rng.uniform(-0.5, 0.5), np.array((east, north)) + rng.uniform(-1.5, 1.5, 2)
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return shapely.transform(shape, lambda xy: xy @ spin + place)


def road_through(rng: np.random.Generator, east: float, north: float, *, as_area: bool) -> tuple[BaseGeometry, float]:
    """A bent road in or beside a quarter, and its width."""
    along = np.linspace(-20.0, 20.0 + max(east, north), rng.integers(2, 6))
    across = rng.uniform(-16.0, min(east, north) + 6.0) + rng.uniform(-4.0, 4.0, len(along))
    xy = np.stack([along, across] if rng.random() < 0.5 else [across, along], axis=1)
    width = float(rng.choice([0.0, 4.0, 9.0]))
    line = LineString(xy)
    if as_area:
        return shapely.buffer(line, max(width, 3.0) / 2.0, cap_style="flat", join_style="mitre"), np.nan
    return line, width
