"""Where true north lies on a map: the angle between the grid's north and the meridian."""

from __future__ import annotations

from functools import lru_cache

from pyproj import Proj, Transformer

from geo.crs import storage_crs


@lru_cache(maxsize=64)
def convergence_deg(epsg: int, x: float, y: float) -> float:
    """Meridian convergence at a place in a projected CRS: degrees from true north to grid north, clockwise positive.

    East of the central meridian of a transverse Mercator, north of the equator, it is positive: true north lies to
    the left of the grid's.
    """
    crs = storage_crs(epsg)
    lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    return float(Proj(crs).get_factors(lon, lat).meridian_convergence)
