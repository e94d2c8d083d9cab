"""Geopandas and shapely: a tree of boxes, and GEOS on whole arrays in threads, as it lets go of the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from benchmarks.questions import DISTANCE_M, TOLERANCE_M, Data, Ways, by_row, pairs

Array = NDArray[Any]


def versions() -> str:
    return f"geopandas {gpd.__version__}, shapely {shapely.__version__}, GEOS {shapely.geos_version_string}"


def ways(data: Data) -> Ways:
    parcels = np.asarray(gpd.read_parquet(data.parcels).geometry.array, dtype=object)
    roads = np.asarray(gpd.read_parquet(data.roads).geometry.array, dtype=object)
    degrees = np.asarray(gpd.read_parquet(data.degrees).geometry.array, dtype=object)
    rows = np.arange(len(parcels))

    def exact() -> dict[str, Array]:
        left, right = _boxes_meet(parcels, 0.0)
        edge = shapely.boundary(parcels)
        length = _in_threads(
            lambda at: shapely.length(shapely.intersection(edge[left[at]], edge[right[at]])), len(left)
        )
        return pairs(left[length > 0], right[length > 0], length[length > 0])

    def tolerant() -> dict[str, Array]:
        left, right = _boxes_meet(parcels, TOLERANCE_M)
        near = _in_threads(lambda at: shapely.dwithin(parcels[left[at]], parcels[right[at]], TOLERANCE_M), len(left))
        left, right = left[near.astype(bool)], right[near.astype(bool)]
        reach = _in_threads(lambda at: shapely.buffer(parcels[at], TOLERANCE_M, quad_segs=2), len(parcels))
        edge = shapely.boundary(parcels)
        length = _in_threads(
            lambda at: shapely.length(shapely.intersection(edge[left[at]], reach[right[at]])), len(left)
        )
        kept = length > 4 * TOLERANCE_M
        return pairs(left[kept], right[kept], length[kept] - 2 * TOLERANCE_M)

    def facing() -> dict[str, Array]:
        reach = shapely.buffer(roads, DISTANCE_M, cap_style="flat")
        parcel, seen = _facing(parcels, reach)
        return by_row(rows, np.bincount(parcel, shapely.length(seen), minlength=len(parcels)))

    def area() -> dict[str, Array]:
        geod = Geod(a=6_378_137.0, rf=298.257222101)
        return by_row(rows, [abs(geod.geometry_area_perimeter(one)[0]) for one in degrees])

    return {"exact": exact, "tolerant": tolerant, "frontage": facing, "area": area}


def _boxes_meet(geoms: Array, reach: float) -> tuple[Array, Array]:
    bounds = shapely.bounds(geoms) + np.array([-reach, -reach, reach, reach])
    left, right = shapely.STRtree(geoms).query(shapely.box(*bounds.T))
    return left[left < right], right[left < right]


def _in_threads(work: Callable[[Array], Array], size: int) -> Array:
    pieces = np.array_split(np.arange(size), 8 * (cpu_count() or 1))
    with ThreadPoolExecutor(cpu_count()) as pool:
        return np.concatenate(list(pool.map(work, pieces)))


def _facing(parcels: Array, reach: Array) -> tuple[Array, Array]:
    """Boundary within reach of a road and not along another parcel, by parcel and road."""
    tree = shapely.STRtree(parcels)
    road, parcel = tree.query(reach, predicate="intersects")
    edge = shapely.boundary(parcels)
    near = _in_threads(lambda at: shapely.intersection(edge[parcel[at]], reach[road[at]]), len(road))
    row, other = tree.query(near)
    apart = parcel[row] != other
    order = np.argsort(row[apart], kind="stable")
    rows, start = np.unique(row[apart][order], return_index=True)
    groups = np.split(parcels[other[apart]][order], start[1:])
    cover = np.full(len(near), shapely.Polygon(), dtype=object)
    # parts of one multipolygon, to be buffered at once: the buffer joins them
    joined = np.array([shapely.multipolygons(shapely.get_parts(group)) for group in groups], dtype=object)
    cover[rows] = _in_threads(lambda at: shapely.buffer(joined[at], TOLERANCE_M, quad_segs=2), len(groups))
    return parcel, _in_threads(lambda at: shapely.difference(near[at], cover[at]), len(near))
