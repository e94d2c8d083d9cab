"""A length or an area of a line drawn on the map, in the plane and on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from pyproj import CRS

from geo.area import ellipsoid_m2, planar_m2
from geo.crs import converter, storage_crs


@dataclass(frozen=True, slots=True)
class Measured:
    """Metres or square metres."""

    plane: float
    ellipsoid: float


def measure(points: Sequence[tuple[float, float]], kind: Literal["length", "area"], *, epsg: int) -> Measured:
    """Measure points given in degrees of longitude and latitude, joined by straight lines of the storage CRS.

    An area is that of the closed ring; of a ring that crosses itself, the signed area, as with any planimeter.
    """
    crs = storage_crs(epsg)
    lon, lat = np.array(points, dtype=np.float64).T
    x, y = converter(CRS.from_epsg(4326), crs).points(lon, lat)
    if kind == "area":
        ring = np.array([shapely.polygons(np.column_stack([x, y]))], dtype=object)
        return Measured(float(planar_m2(ring)[0]), float(ellipsoid_m2(ring, crs)[0]))
    geod = crs.get_geod()
    if geod is None:
        raise ValueError(epsg)
    return Measured(float(np.hypot(np.diff(x), np.diff(y)).sum()), float(geod.line_length(lon, lat)))
