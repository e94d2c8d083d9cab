"""Areas: plane, in the projection; and on the ellipsoid of the CRS.

Plane area (平面面积) is the area in the projected CRS: what a grant or a reserve register quotes for town land.

Ellipsoid area (椭球面积) depends on how vertices are joined, so it has two definitions:

``geodesic``
    by shortest lines on the CRS's own ellipsoid;
``straight``
    by the straight lines of the projection: what the national formula (国土调查办发〔2008〕32号) gives on edges that
    are divided into short pieces. On undivided edges, which that formula joins straight in longitude and latitude, it
    differs by up to 0.007 m² an edge of 100 m.

On parcels of up to 300 m the two agree to 0.001 m²; on squares of 10 km at the border of a 3° zone they are 20 m²
apart. Both are within 0.001 m², or 1e-9 of the area where that is more, of GeographicLib and of the formula (see tests
and docs/decisions/0075).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import _areas_by_lonlat
from geo.flat import FlatPolygons

Edges = Literal["geodesic", "straight"]


def planar_m2(geoms: NDArray[np.object_] | FlatPolygons) -> NDArray[np.float64]:
    """Area in the plane of the CRS, holes taken off, parts added; 0 for what is not a polygon, empty or missing.

    Sums go about the first vertex of each ring, so an easting with its zone number (40 507 286) costs no digit.
    """
    if not isinstance(geoms, FlatPolygons):
        return np.nan_to_num(np.asarray(shapely.area(geoms), dtype=np.float64))
    from geo._moments import plane_areas  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it
    from geo._threads import in_blocks  # noqa: PLC0415 - the same

    plane = np.empty(len(geoms))
    arrays = geoms.xy, geoms.ring_start, geoms.part_start, geoms.row_start
    in_blocks(lambda begin, end: plane_areas(*arrays, begin, end, plane), len(geoms))
    return plane


def ellipsoid_m2(
    geoms: NDArray[np.object_] | FlatPolygons, crs: CRS, *, edges: Edges = "geodesic"
) -> NDArray[np.float64]:
    """Area on the ellipsoid of ``crs``, holes taken off, parts added; 0 for what is not a polygon, empty or missing.

    Parameters
    ----------
    geoms
        In ``crs``, projected or geographic, x to the east (longitude) first.
    edges
        How vertices are joined. In a geographic CRS ``straight`` is straight in longitude and latitude.
    """
    flat = geoms if isinstance(geoms, FlatPolygons) else FlatPolygons.of(np.asarray(geoms, dtype=object))
    frame = _mercator_frame(crs.to_wkt())
    if frame is None or not len(flat):
        return _areas_by_lonlat.areas(flat, crs, geodesic=edges == "geodesic")
    from geo._moments import areas  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it
    from geo._threads import in_blocks  # noqa: PLC0415 - the same

    origin, ellipsoid = frame
    area, status = np.empty(len(flat)), np.empty(len(flat), np.int8)
    given = (flat.xy, flat.ring_start, flat.part_start, flat.row_start, origin, ellipsoid, edges == "geodesic")
    in_blocks(lambda begin, end: areas(*given, begin, end, area, status), len(flat))
    beyond = np.flatnonzero(status)
    if len(beyond):
        area[beyond] = _areas_by_lonlat.areas(flat.take(beyond), crs, geodesic=edges == "geodesic")
    return area


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    square = np.array([shapely.box(500_000, 3_240_000, 500_010, 3_240_010)], dtype=object)
    flat = FlatPolygons.of(square)
    planar_m2(flat)
    ellipsoid_m2(flat, CRS.from_epsg(4549))


@lru_cache(maxsize=16)
def _mercator_frame(wkt: str) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """False origin with scale, and the ellipsoid's constants, of a transverse Mercator CRS in metres; else None."""
    crs = CRS.from_wkt(wkt)
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if not crs.is_projected or operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        return None
    given = {parameter.name: float(parameter.value) for parameter in operation.params}
    metres = all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info)
    if not metres or given.get("Latitude of natural origin") != 0.0:
        return None
    origin = np.array([given["False easting"], given["False northing"], given["Scale factor at natural origin"]])
    flattening = 1.0 / ellipsoid.inverse_flattening if ellipsoid.inverse_flattening else 0.0
    return origin, _ellipsoid_constants(ellipsoid.semi_major_metre, flattening)


def _ellipsoid_constants(a: float, flattening: float) -> NDArray[np.float64]:
    """What `geo._moments.areas` names; sin² of the latitude is a polynomial in cos 2μ, μ the rectifying latitude.

    Rectifying radius and the latitude of μ by their series in the third flattening n (Krüger 1912).
    """
    n = flattening / (2.0 - flattening)
    radius = a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    cosine = np.cos(np.pi * (np.arange(5) + 0.5) / 5)
    double = np.arccos(cosine)  # 2 μ
    latitude = (
        double / 2
        + (3 / 2 * n - 27 / 32 * n**3) * np.sin(double)
        + (21 / 16 * n**2 - 55 / 32 * n**4) * np.sin(2 * double)
        + 151 / 96 * n**3 * np.sin(3 * double)
        + 1_097 / 512 * n**4 * np.sin(4 * double)
    )
    polynomial = np.polynomial.Polynomial.fit(cosine, np.sin(latitude) ** 2, 4, domain=[-1, 1]).convert()
    e2 = flattening * (2 - flattening)
    slope = -4 * e2 / (a**3 * (1 - e2) ** 2)
    return np.array([e2, e2 / (1 - e2), 1 / radius, 1 / (a * a * (1 - e2)), slope, *polynomial.coef])
