"""Where remarks stand on the map, in degrees, and which place a person pressed, in metres."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from pyproj import CRS

from geo.crs import converter, storage_crs
from planning.atlas import Atlas
from planning.commenting import Thread

_WGS84: Final = CRS.from_epsg(4326)


def places(atlas: Atlas, threads: Sequence[Thread]) -> dict[int, list[float]]:
    """[longitude, latitude] of each remark by its number; one on a parcel that is gone has none."""
    parcels = atlas.parcels()
    rows = {int(key): row for row, key in enumerate(parcels.ids.tolist())} if threads else {}
    xy: dict[int, tuple[float, float]] = {}
    for thread in threads:
        first = thread.first
        if first.x is not None and first.y is not None:
            xy[first.id] = (first.x, first.y)
        elif first.parcel_id in rows:
            point = shapely.point_on_surface(parcels.geoms[rows[first.parcel_id]])
            xy[first.id] = (point.x, point.y)
    if not xy:
        return {}
    x, y = np.array(list(xy.values()), dtype=np.float64).T
    lon, lat = converter(storage_crs(atlas.epsg), _WGS84).points(x, y)
    return {key: [float(one), float(other)] for key, one, other in zip(xy, lon, lat, strict=True)}


def pressed(atlas: Atlas, lon: float, lat: float) -> tuple[float, float]:
    """A place of the map as east and north in the storage CRS, to the centimetre."""
    x, y = converter(_WGS84, storage_crs(atlas.epsg)).points(np.array([lon]), np.array([lat]))
    return round(float(x[0]), 2), round(float(y[0]), 2)
