"""Our engine, on flat arrays as it reads them from a file."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from pyproj import CRS

from benchmarks.questions import DISTANCE_M, TOLERANCE_M, Data, Ways, by_row, pairs
from geo.adjacency import adjacency
from geo.area import ellipsoid_m2
from geo.flat import FlatPolygons
from geo.frontage import frontage

# boundaries that coincide, to what a coordinate of 3 × 10⁶ m can say
_EXACT_M = 1e-6


def versions() -> str:
    return "this product"


def ways(data: Data) -> Ways:
    parcels = np.asarray(gpd.read_parquet(data.parcels).geometry.array, dtype=object)
    flat = FlatPolygons.of(parcels)
    roads = np.asarray(gpd.read_parquet(data.roads).geometry.array, dtype=object)
    crs = CRS.from_epsg(data.epsg)

    def neighbours(tolerance_m: float) -> dict[str, np.ndarray]:
        found = adjacency(flat, tolerance_m=tolerance_m)
        found = found[found["kind"] == "edge"]
        return pairs(found["left"], found["right"], found["length_m"])

    def facing() -> dict[str, np.ndarray]:
        found = frontage(flat, roads, distance_m=DISTANCE_M)
        return by_row(np.arange(len(flat)), np.bincount(found["parcel"], found["frontage_m"], minlength=len(flat)))

    return {
        "exact": lambda: neighbours(_EXACT_M),
        "tolerant": lambda: neighbours(TOLERANCE_M),
        "frontage": facing,
        "area": lambda: by_row(np.arange(len(flat)), ellipsoid_m2(flat, crs)),
        "coordinates": lambda: {"key": np.zeros(1), "value": np.array([flat.xy.nbytes])},
    }
