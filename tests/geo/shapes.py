"""Small parcels to test with."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

# a place near Yiwu in EPSG:4549, with and without the zone number: coordinates as large as in life
YIWU = (507_286.0, 3_243_188.0)
YIWU_ZONE_40 = (40_507_286.0, 3_243_188.0)


def array(*geoms: BaseGeometry | None) -> NDArray[np.object_]:
    """Geometries as the functions of geo take them."""
    found = np.empty(len(geoms), dtype=object)
    found[:] = geoms
    return found


def at(geoms: NDArray[np.object_], east: float, north: float, turn: float = 0.0) -> NDArray[np.object_]:
    """Turn (radians) and move geometries."""
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    moved = shapely.transform(geoms, lambda xy: xy @ spin + (east, north))
    return np.asarray(moved, dtype=object)


def lots(columns: int, rows: int, *, side: float = 10.0) -> NDArray[np.object_]:
    """Squares side by side, west to east in rows from the south."""
    x, y = np.meshgrid(np.arange(columns) * side, np.arange(rows) * side)
    return np.asarray(shapely.box(x, y, x + side, y + side).ravel(), dtype=object)


def polygon(*points: tuple[float, float]) -> Polygon:
    """A polygon of these corners."""
    return Polygon(points)
