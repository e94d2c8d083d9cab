"""Areas: plane, in the projection; and on the ellipsoid of the CRS.

Plane area (平面面积) is the area in the projected CRS: what a grant or a reserve register quotes for town land.

Ellipsoid area (椭球面积) is here the area that the polygon's *geodesics* enclose: vertices are taken back to longitude
and latitude on the CRS's own ellipsoid and joined by shortest lines, which on parcels are the straight lines of a
Gauss-Krüger plane to 0.001 m². The national formula (国土调查办发〔2008〕32号) joins vertices by lines straight in
longitude and latitude: on edges divided into short pieces it gives the same to 0.001 m², on undivided edges of 100 m
it differs by up to 0.007 m² an edge (see tests and docs/decisions/0011).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from geo._boundaries import rings_of

# the series for one edge leaves out terms of (length / earth radius)^4: 0.001 m² for an edge of this length
_LONGEST_EDGE_M: Final = 10_000.0


def planar_m2(geoms: NDArray[np.object_]) -> NDArray[np.float64]:
    """Area in the plane of the CRS, holes taken off, parts added; 0 for what is not a polygon, empty or missing.

    GEOS sums about the first vertex of each ring, so an easting with its zone number (40 507 286) costs no digit.
    """
    return np.nan_to_num(np.asarray(shapely.area(geoms), dtype=np.float64))


def ellipsoid_m2(geoms: NDArray[np.object_], crs: CRS) -> NDArray[np.float64]:
    """Area on the ellipsoid of ``crs``, holes taken off, parts added; 0 for what is not a polygon, empty or missing.

    Parameters
    ----------
    geoms
        In ``crs``, projected or geographic, x to the east (longitude) first.
    """
    geoms = np.asarray(geoms, dtype=object)
    rings = rings_of(geoms)
    total = np.zeros(len(geoms))
    if not len(rings.sizes):
        return total
    lon, lat = _lonlat_radians(rings.xy, crs)
    geod = crs.get_geod()
    if geod is None:
        raise ValueError("crs_without_ellipsoid")
    ring_area, longest = _ring_areas(lon, lat, rings.sizes, geod)
    np.add.at(total, rings.row, np.where(rings.is_hole, -ring_area, ring_area))
    for row in np.unique(rings.row[longest > _LONGEST_EDGE_M]):  # a parcel has no such edge; a county outline may
        total[row] = _by_geod(geoms[row], crs, geod)
    return total


def _lonlat_radians(xy: NDArray[np.float64], crs: CRS) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    geodetic = crs.geodetic_crs
    if geodetic is None:
        raise ValueError("crs_without_ellipsoid")
    to_radians = geodetic.axis_info[0].unit_conversion_factor
    lon, lat = xy[:, 0], xy[:, 1]
    if crs.is_projected:
        # to its own geographic CRS: no datum is changed
        lon, lat = Transformer.from_crs(crs, geodetic, always_xy=True).transform(lon, lat)
    return np.asarray(lon) * to_radians, np.asarray(lat) * to_radians


def _ring_areas(
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    sizes: NDArray[np.int64],
    geod: Geod,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area of each ring without sign, and the length of its longest edge.

    In the plane of longitude and q (the area of a strip one radian wide up to a latitude) area is kept exactly, so a
    ring's area is a trapezoid sum. A geodesic bows away from the straight line of that plane by an area of
    sin φ Δλ (p² Δλ² + 3 M² Δφ²) / 12, where p is the radius of the parallel and M that of the meridian: the third-order
    term of its differential equation (Clairaut), taken at the middle of the edge.
    """
    start = np.cumsum(sizes) - sizes
    squared = geod.es
    q = _strip_area(lat, geod)
    step_lon = np.diff(lon)
    step_lon -= 2 * np.pi * np.rint(step_lon / (2 * np.pi))
    step_lat = np.diff(lat)
    middle = lat[:-1] + step_lat / 2
    sine = np.sin(middle)
    curve = 1 - squared * sine * sine
    parallel = geod.a * np.cos(middle) / np.sqrt(curve)
    meridian = geod.a * (1 - squared) / curve**1.5
    east, north = parallel * step_lon, meridian * step_lat
    # from the ring's first vertex, so that little is lost to cancellation
    ring = np.repeat(np.arange(len(sizes)), sizes)
    local_q = q - q[start][ring]
    area = step_lon * (local_q[:-1] + local_q[1:]) / 2 + sine * step_lon * (east * east + 3 * north * north) / 12
    length = np.hypot(east, north)
    # what joins the end of a ring with the start of the next is no edge
    between = ring[:-1] != ring[1:]
    area[between] = 0.0
    length[between] = 0.0
    padded = np.append(area, 0.0)
    return np.abs(np.add.reduceat(padded, start)), np.maximum.reduceat(np.append(length, 0.0), start)


def _strip_area(lat: NDArray[np.float64], geod: Geod) -> NDArray[np.float64]:
    """Area in m² of a strip one radian wide, from the equator to each latitude."""
    sine = np.sin(lat)
    if geod.es == 0.0:
        return np.asarray(geod.a**2 * sine)
    e = np.sqrt(geod.es)
    return np.asarray(geod.b**2 / 2 * (sine / (1 - geod.es * sine * sine) + np.arctanh(e * sine) / e))


def _by_geod(geom: shapely.Geometry, crs: CRS, geod: Geod) -> float:
    total = 0.0
    for part in shapely.get_parts(geom):
        rings = shapely.get_rings(part)
        for nth, ring in enumerate(rings):
            lon, lat = _lonlat_radians(shapely.get_coordinates(ring), crs)
            area, _ = geod.polygon_area_perimeter(lon, lat, radians=True)
            total += abs(area) if nth == 0 else -abs(area)
    return total
