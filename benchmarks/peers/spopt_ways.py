"""Regions by spopt, for `benchmarks.allocation`: run by the benchmarks' own Python; arrays in, labels out."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
import warnings

import geopandas as gpd
import numpy as np
import shapely


def main(way: str, source: str, out: str) -> None:
    """Part the parcels into regions with one of spopt's models and print seconds and version."""
    from libpysal.weights import W  # noqa: PLC0415 - only the benchmarks' Python has it
    from spopt import region  # noqa: PLC0415 - the same

    warnings.simplefilter("ignore")
    held = np.load(source)
    area, score, pairs, place, regions = (held[name] for name in ("area", "score", "pairs", "place", "regions"))
    near: dict[int, list[int]] = {row: [] for row in range(len(area))}
    for one, other in pairs.tolist():
        near[one].append(other)
        near[other].append(one)
    names = [f"s{k}" for k in range(score.shape[1])]
    columns = dict(zip(names, score.T, strict=True))
    frame = gpd.GeoDataFrame({**columns, "area": area}, geometry=shapely.points(place))
    began = time.perf_counter()
    weights = W(near, silence_warnings=True)
    if way == "skater":
        model = region.Skater(frame, weights, names, n_clusters=int(regions))
    elif way == "ward":
        model = region.WardSpatial(frame, weights, names, n_clusters=int(regions))
    else:
        model = region.MaxPHeuristic(frame, weights, names, "area", float(area.sum() / regions), top_n=2)
    model.solve()
    seconds = time.perf_counter() - began
    np.save(out, np.asarray(model.labels_, dtype=np.int64))
    print(json.dumps({"seconds": seconds, "version": importlib.metadata.version("spopt")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
