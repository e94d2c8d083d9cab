"""Areas, neighbours and frontage on a made-up city, beside the plain way of doing the same with shapely and pyproj.

``python -m benchmarks.geometry [COUNT …]`` (10 000 and 100 000 parcels by default). Each line is measured in a
process of its own, so that its memory is its own; the results of both ways are compared before their times are.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from benchmarks.fabric import Fabric, fabric
from geo import adjacency, frontage
from geo.area import ellipsoid_m2

ROUNDS: Final = 3
TOLERANCE_M: Final = 0.10
DISTANCE_M: Final = 20.0

# a sum that both ways must agree on: m², metres of shared edge, metres of frontage
Measure = Callable[[Fabric], float]


def ours_area(city: Fabric) -> float:
    return float(ellipsoid_m2(city.parcels, CRS.from_epsg(4549)).sum())


def plain_area(city: Fabric) -> float:
    """One geometry after the other through pyproj.Geod."""
    geod = Geod(a=6_378_137.0, rf=298.257222101)
    lonlat = Transformer.from_crs(4549, 4490, always_xy=True)

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(lonlat.transform(xy[:, 0], xy[:, 1]))

    return float(sum(abs(geod.geometry_area_perimeter(one)[0]) for one in shapely.transform(city.parcels, project)))


def ours_neighbours(city: Fabric) -> float:
    found = adjacency.adjacency(city.parcels, tolerance_m=TOLERANCE_M)
    return float(found.loc[found["kind"] == "edge", "length_m"].sum())


def plain_neighbours(city: Fabric) -> float:
    """The boundary of one within a buffer of the other, less what lies round the ends: the usual way to bridge gaps."""
    left, right = shapely.STRtree(city.parcels).query(city.parcels, predicate="dwithin", distance=TOLERANCE_M)
    left, right = left[left < right], right[left < right]
    reach = shapely.buffer(city.parcels, TOLERANCE_M, quad_segs=2)
    shared = shapely.length(shapely.intersection(shapely.boundary(city.parcels[left]), reach[right]))
    return float((shared[shared > 4 * TOLERANCE_M] - 2 * TOLERANCE_M).sum())


def ours_frontage(city: Fabric) -> float:
    return float(frontage.frontage(city.parcels, city.roads, distance_m=DISTANCE_M)["frontage_m"].sum())


def plain_frontage(city: Fabric) -> float:
    """The boundary within a buffer of the road, less what lies along another parcel."""
    reach = shapely.buffer(city.roads, DISTANCE_M / 2, cap_style="flat")
    tree = shapely.STRtree(city.parcels)
    road, parcel = tree.query(reach, predicate="intersects")
    near = shapely.intersection(shapely.boundary(city.parcels[parcel]), reach[road])
    row, other = tree.query(near)
    apart = parcel[row] != other
    hidden = shapely.buffer(city.parcels[other[apart]], TOLERANCE_M, quad_segs=2)
    cover = np.full(len(near), shapely.Polygon(), dtype=object)
    order = np.argsort(row[apart], kind="stable")
    rows, start = np.unique(row[apart][order], return_index=True)
    cover[rows] = [shapely.union_all(part) for part in np.split(hidden[order], start[1:])]
    return float(shapely.length(shapely.difference(near, cover)).sum())


WAYS: Final[dict[str, tuple[Measure, Measure]]] = {
    "ellipsoid area": (ours_area, plain_area),
    "neighbours": (ours_neighbours, plain_neighbours),
    "frontage": (ours_frontage, plain_frontage),
}


def measure(name: str, way: int, count: int) -> None:
    """Measure one way in this process and print what was found as JSON."""
    city = fabric(count)
    WAYS[name][way](fabric(200))  # compiled code is loaded, trees of the library are warm
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds = ROUNDS if way == 0 else 1
    seconds = []
    total = 0.0
    for _ in range(rounds):
        began = time.perf_counter()
        total = WAYS[name][way](city)
        seconds.append(time.perf_counter() - began)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"seconds": min(seconds), "peak_mb": peak, "total": total}))


def report(counts: list[int]) -> None:
    print(f"{'':16}{'parcels':>9}{'ours s':>9}{'plain s':>9}{'ratio':>8}{'ours MB':>9}{'plain MB':>9}{'apart by':>10}")
    for count in counts:
        for name in WAYS:
            ours, plain = (_in_own_process(name, way, count) for way in (0, 1))
            apart = abs(ours["total"] - plain["total"]) / plain["total"]
            print(
                f"{name:16}{count:9,}{ours['seconds']:9.3f}{plain['seconds']:9.2f}"
                f"{plain['seconds'] / ours['seconds']:7.0f}×{ours['peak_mb']:9.0f}{plain['peak_mb']:9.0f}{apart:10.1e}"
            )


def _in_own_process(name: str, way: int, count: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.geometry", "--one", name, str(way), str(count)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        report([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
