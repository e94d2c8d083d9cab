"""How long it takes to judge 200 parcels by the whole rule book, with so many parcels stored.

``python -m benchmarks.ruling [COUNT]`` makes a town with red lines, motorways, railways, power lines, schools and three
in four parcels painted, in a folder of its own, and judges 200 parcels in one block and 200 scattered ones with every
cluster, first with nothing kept and then as the desk does it, where the layers stand still. Medians of the wall clock.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from benchmarks.fabric import fabric
from planning import ruling
from planning.actors import Actor
from planning.atlas import Atlas
from planning.features import insert_features
from planning.seeding import create
from store.database import Database

ACTOR = Actor("benchmark", "cli")
TIMES = 7
PARCELS = 200
SEED = 5


def main(count: int) -> None:
    """Print one line a cluster and way of choosing."""
    with tempfile.TemporaryDirectory() as folder:
        db = made(Path(folder), count)
        atlas = Atlas(db)
        state = atlas.scenario(1)
        parcels = atlas.parcels()
        rng = np.random.default_rng(SEED)
        centre = shapely.centroid(parcels.geoms[count // 2])
        nearest = np.argsort(shapely.distance(parcels.geoms, centre), kind="stable")[:PARCELS]
        chosen = {"one block": parcels.ids[nearest], "scattered": rng.choice(parcels.ids, PARCELS, replace=False)}
        rules = len([one for one in ruling.rule_book_of(atlas).rules if one.on])
        print(f"{count:,} parcels stored, {PARCELS} judged, {rules} rules in force")
        print("| cluster | parcels | first | again | rows | forbidden | justify | notice |")
        print("|---|---|---|---|---|---|---|---|")
        worst = 0.0
        for cluster in state.codes:
            for way, ids in chosen.items():
                worst = max(worst, ask(db, cluster, way, ids))
        print(f"slowest median, layers at rest: {worst * 1000:.0f} ms")
        db.close()


def ask(db: Database, cluster: str, way: str, ids: NDArray[np.int64]) -> float:
    atlas = Atlas(db)
    state = atlas.scenario(1)
    _ = atlas.parcels().index
    for name in ("constraints", "roads", "landscape", "facilities"):
        atlas.layer(name)
    seconds = []
    for _ in range(TIMES + 1):
        started = time.perf_counter()
        found = ruling.judge(atlas, state, ids, cluster)
        seconds.append(time.perf_counter() - started)
    first, again = seconds[0], statistics.median(seconds[1:])
    levels = [len(found.at(level)) for level in ("forbidden", "justify", "notice")]
    told = " | ".join(str(one) for one in levels)
    print(
        f"| {cluster} | {way} | {first * 1000:.0f} ms | {again * 1000:.0f} ms | {len(found.rows)} | {told} |",
        flush=True,
    )
    return again


def made(folder: Path, count: int) -> Database:
    """A town of 2-亩 lots with everything that a rule may be about."""
    town = fabric(count)
    rng = np.random.default_rng(SEED)
    west, south, east, north = shapely.total_bounds(town.parcels)
    db = create(f"sqlite:///{folder / 'town.sqlite'}", actor=ACTOR)
    codes = ("optoelectronics", "equipment", "health", "chips", "digital", "knitwear", "surface", "logistics", None)
    land = np.array(["100101", "100102", "100103", "110102", "110103", "0101"], dtype=object)
    # clusters lie together, as they do in a plan, with strays between
    middle = shapely.get_coordinates(shapely.centroid(town.parcels))
    cell = ((middle - (west, south)) // 700.0).astype(np.int64)
    cluster = np.array(codes, dtype=object)[(cell[:, 0] * 31 + cell[:, 1] * 17) % len(codes)]
    stray = rng.random(count) < 0.15
    cluster[stray] = np.array(codes, dtype=object)[rng.integers(0, len(codes), int(stray.sum()))]
    parcels = gpd.GeoDataFrame(
        {
            "code": [f"P{at:07}" for at in range(count)], "stage": "reserved", "cluster": cluster,
            "land_use": land[rng.integers(0, len(land), count)],
        },
        geometry=town.parcels, crs=4549,
    )  # fmt: skip
    # red lines over a quarter of the town
    spot = rng.uniform((west, south), (east, north), (count // 150, 2))
    blobs = shapely.buffer(shapely.points(spot), rng.uniform(40.0, 200.0, len(spot)), quad_segs=24)
    kinds = np.array(["farmland", "ecology", "river", "protection"], dtype=object)
    drawn = [*kinds[rng.integers(0, 4, len(spot))], "growth_boundary"]
    constraints = gpd.GeoDataFrame(
        {"code": [f"C{at}" for at in range(len(drawn))], "kind": drawn},
        geometry=[*blobs, shapely.buffer(shapely.Point((west + east) / 2, (south + north) / 2), (east - west) * 0.45)],
        crs=4549,
    )  # fmt: skip
    grades = np.array(["motorway", "trunk", "arterial", "collector", "local", "national"], dtype=object)
    roads = gpd.GeoDataFrame(
        {
            "code": [f"R{at}" for at in range(len(town.roads))], "state": "built", "width_m": 16.0,
            "road_class": rng.choice(grades, len(town.roads), p=(0.005, 0.01, 0.085, 0.195, 0.7, 0.005)),
        },
        geometry=town.roads, crs=4549,
    )  # fmt: skip
    where = rng.uniform((west, south), (east, north), (count // 500, 2))
    facilities = gpd.GeoDataFrame(
        {
            "code": [f"F{at}" for at in range(len(where))],
            "kind": np.resize(["school", "housing", "talent_housing"], len(where)),
        },
        geometry=shapely.points(where), crs=4549,
    )  # fmt: skip
    lines = np.resize(["railway", "high_speed_railway", "power_line_110kv", "power_line_500kv", "pipeline"], 10)
    ends = rng.uniform(south, north, (10, 2))
    landscape = gpd.GeoDataFrame(
        {"code": [f"L{at}" for at in range(10)], "kind": lines},
        geometry=[shapely.LineString([(west, one), (east, other)]) for one, other in ends], crs=4549,
    )  # fmt: skip
    layers = {
        "parcels": parcels,
        "constraints": constraints,
        "roads": roads,
        "facilities": facilities,
        "landscape": landscape,
    }
    with db.write() as conn:
        for layer, frame in layers.items():
            insert_features(conn, layer, frame, source="benchmark", is_sample=False, actor=ACTOR)
    return db


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
