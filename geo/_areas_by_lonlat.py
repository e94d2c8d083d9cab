"""Areas on the ellipsoid the careful way: vertex by vertex in longitude and latitude, for any CRS and any size."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from geo.flat import FlatPolygons

# the series for one edge leaves out terms of (length / earth radius)^4: nothing for an edge of this length
_LONGEST_EDGE_M: Final = 1_000.0
# what a line straight in the projection and a geodesic enclose goes with the cube: 25 m leave nothing of it
_PIECE_M: Final = 25.0
_PIECE_DEGREES: Final = 0.000_25


def areas(flat: FlatPolygons, crs: CRS, *, geodesic: bool) -> NDArray[np.float64]:
    """Area in m² of each row; edges are geodesics, or straight in the plane of ``crs``."""
    geod = crs.get_geod()
    if geod is None:
        raise ValueError("crs_without_ellipsoid")
    rings = len(flat.ring_start) - 1
    sizes = np.diff(flat.ring_start)
    xy = flat.xy
    if not geodesic:
        xy, sizes = _divided(xy, sizes, _PIECE_M if crs.is_projected else _PIECE_DEGREES)
    total = np.zeros(len(flat))
    if not rings:
        return total
    lon, lat = _lonlat_radians(xy, crs)
    ring_area, longest = _ring_areas(lon, lat, sizes, geod)
    start = np.cumsum(sizes) - sizes
    for ring in np.flatnonzero(longest > _LONGEST_EDGE_M) if geodesic else ():  # outlines of counties: a few
        own = slice(start[ring], start[ring] + sizes[ring])
        ring_area[ring] = abs(geod.polygon_area_perimeter(lon[own], lat[own], radians=True)[0])
    part = np.repeat(np.arange(len(flat.part_start) - 1), np.diff(flat.part_start))
    row = np.repeat(np.arange(len(flat)), np.diff(flat.row_start))[part]
    is_hole = np.ones(rings, dtype=bool)
    is_hole[flat.part_start[:-1]] = False
    np.add.at(total, row, np.where(is_hole, -ring_area, ring_area))
    return total


def _divided(
    xy: NDArray[np.float64], sizes: NDArray[np.int64], piece: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Rings with vertices added so that no edge is longer than ``piece``."""
    ring = np.repeat(np.arange(len(sizes)), sizes)
    step = np.diff(xy, axis=0, append=xy[-1:])
    last = np.append(ring[:-1] != ring[1:], [True] * min(1, len(ring)))
    step[last] = 0.0
    pieces = np.maximum(np.ceil(np.hypot(step[:, 0], step[:, 1]) / piece), 1.0).astype(np.int64)
    edge = np.repeat(np.arange(len(xy)), pieces)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    return xy[edge] + step[edge] * (nth / pieces[edge])[:, None], np.bincount(ring, pieces).astype(np.int64)


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
