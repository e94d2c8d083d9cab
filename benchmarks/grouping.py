"""How long a search for groups takes over 100,000 stored parcels, by how many of them come into question.

``python -m benchmarks.grouping [COUNT]`` makes a database in a folder of its own, asks each question three times over a
fresh snapshot (nothing kept from the one before) and prints medians, with the steps that each took.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.fabric import fabric
from geo import adjacency, frontage, grouping
from planning import joining
from planning.actors import Actor
from planning.atlas import Atlas
from planning.features import insert_features
from planning.grouping import Asked, search_groups
from planning.joining import Joining
from planning.seeding import create
from store.database import Database

ACTOR = Actor("benchmark", "cli")
TIMES = 3
ESTATES = 400


def main(count: int) -> None:
    """Print one line a question."""
    for warm in (adjacency.warm, frontage.warm, grouping.warm):
        warm()
    with tempfile.TemporaryDirectory() as folder:
        db = made(Path(folder), count)
        print(f"{count:,} parcels, at most 5 of them, gaps up to 20 m, not across a trunk road")
        print("| at least | first time | pairs kept | groups | proven | steps |\n|---|---|---|---|---|---|")
        for least in (150, 120, 90):
            for front in (0.0, 700.0):
                ask(db, Decimal(least), front)
        db.close()


def ask(db: Database, least_mu: Decimal, frontage_m: float) -> None:
    asked = Asked(least_mu, 5, least_frontage_m=frontage_m, joining=Joining(20.0, not_across=("trunk",)))
    first: list[float] = []
    again: list[float] = []
    for _ in range(TIMES):
        atlas = Atlas(db)
        state = atlas.scenario(1)
        _ = atlas.parcels().index
        joining.forget()
        for seconds in (first, again):
            started = time.perf_counter()
            found = search_groups(atlas, state, asked, keep=20)
            seconds.append(time.perf_counter() - started)
    told = f"{least_mu} 亩" + (f", {frontage_m:.0f} m of road" if frontage_m else "")
    print(
        f"| {told} | {statistics.median(first):.2f} s | {statistics.median(again):.2f} s | {found.total:,} "
        f"| {found.proven} of 5 | {found.steps:,} |",
        flush=True,
    )


def made(folder: Path, count: int) -> Database:
    """Lots of 2 亩 in a town of streets, and north of it 400 estates of 12 to 36 亩 with streets between."""
    town = fabric(count - ESTATES)
    rng = np.random.default_rng(1)
    west, _, _, north = shapely.total_bounds(town.parcels)
    at = np.arange(ESTATES)
    x, y = west + at % 20 * 216.0, north + 500.0 + at // 20 * 136.0
    estates = shapely.box(x, y, x + 200.0, y + rng.uniform(40.0, 120.0, ESTATES))
    geoms = np.concatenate([town.parcels, estates])
    db = create(f"sqlite:///{folder / 'town.sqlite'}", actor=ACTOR)
    codes = [f"DK-{at:06}" for at in range(count)]
    enter(db, "parcels", geoms, {"code": codes, "name": codes, "stage": "ready"})
    south = np.unique(y) - 8.0
    streets = [shapely.LineString([(west - 50.0, one), (west + 20 * 216.0, one)]) for one in south.tolist()]
    roads = np.concatenate([town.roads, np.array(streets, dtype=object)])
    names = [f"R-{at}" for at in range(len(roads))]
    classes = ["trunk" if at % 10 == 0 else "local" for at in range(len(roads))]
    fields = {"code": names, "name": names, "state": "built", "road_class": classes, "width_m": 14.0}
    enter(db, "roads", roads, fields)
    return db


def enter(db: Database, layer: str, geoms: np.ndarray, fields: dict[str, object]) -> None:
    frame = gpd.GeoDataFrame(fields, geometry=geoms, crs=4549)
    with db.write() as conn:
        insert_features(conn, layer, frame, source="benchmark", is_sample=False, actor=ACTOR)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
