"""Libpysal's contiguity: which parcels share an edge, by GEOS relation; it gives no lengths and bridges no gap."""

from __future__ import annotations

import geopandas as gpd
import libpysal
import numpy as np
from libpysal.graph import Graph

from benchmarks.questions import Answer, Data, Ways, pairs


def versions() -> str:
    return f"libpysal {libpysal.__version__}"


def ways(data: Data) -> Ways:
    parcels = gpd.read_parquet(data.parcels)

    def exact() -> Answer:
        graph = Graph.build_contiguity(parcels, rook=True, by_perimeter=True, strict=True)
        told = graph.adjacency.reset_index()
        told = told[told["focal"] < told["neighbor"]]
        return pairs(told["focal"], told["neighbor"], np.asarray(told["weight"], dtype=float))

    return {"exact": exact}
