"""A town made for tests: parcels that share crooked edges, and one of everything else, named as asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from planning.actors import Actor
from planning.features import insert_features
from planning.seeding import create
from store.database import Database

EAST, NORTH, SIZE_M = 500_000.0, 3_240_000.0, 80.0
TESTER: Final = Actor("tester", "test")


def parcel_cells(columns: int, rows: int, *, size_m: float = SIZE_M, seed: int = 7) -> NDArray[np.object_]:
    """Quadrilaterals that share their edges, row by row from the south-west, in EPSG:4549."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(columns + 1) * size_m, np.arange(rows + 1) * size_m)
    corners = np.stack([x + EAST, y + NORTH], axis=-1) + rng.uniform(-0.2, 0.2, (rows + 1, columns + 1, 2)) * size_m
    around = (corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1])
    return np.asarray(shapely.polygons(np.stack(around, axis=2).reshape(-1, 4, 2)), dtype=np.object_)


def made_town(path: Path, *, columns: int = 12, rows: int = 10, names: tuple[str, ...] = ()) -> Database:
    """Make a database with ``columns`` × ``rows`` parcels and a park, road, facility, constraint, town and power site.

    ``names`` are given to the parcels one after another, and to everything else.
    """
    db = create(f"sqlite:///{path}", sample=False, actor=TESTER)
    cells = parcel_cells(columns, rows)
    called = [names[at % len(names)] if names else f"地块{at:03}" for at in range(len(cells))]
    stages = ("reserved", "acquiring", "intended", "supplied")
    parcels: dict[str, list[Any]] = {
        "code": [f"DK-{at:05}" for at in range(len(cells))],
        "name": called,
        "stage": [stages[at % 4] for at in range(len(cells))],
    }
    east, north = EAST + columns * SIZE_M, NORTH + rows * SIZE_M
    whole = shapely.box(EAST - 50, NORTH - 50, east + 50, north + 50)
    some = names or ("科技园",)
    layers: dict[str, list[tuple[shapely.Geometry, dict[str, Any]]]] = {
        "towns": [(whole, {"kind": "subdistrict"})],
        "landscape": [(whole, {"kind": "built_up"})],
        "parks": [
            (
                shapely.box(EAST - 5, NORTH - 5, east / 2 + EAST / 2, north),
                {"state": "construction", "milestone": some[0]},
            )
        ],
        "roads": [
            (
                _line(EAST - 300, NORTH - 30, east + 300, NORTH - 30),
                {"state": "built", "road_class": "arterial"},
            ),
            (
                _line(EAST - 30, NORTH - 300, EAST - 30, north + 300),
                {"state": "planned", "road_class": "local"},
            ),
        ],
        "facilities": [(shapely.Point(east + 100, north), {"kind": "school", "state": "operating"})],
        "power_sites": [(shapely.Point(east + 100, NORTH), {})],
        "constraints": [(shapely.box(east - 250, north - 250, east + 200, north + 200), {"kind": "farmland"})],
    }
    with db.write() as conn:
        _enter(conn, "parcels", cells, parcels)
        for layer, members in layers.items():
            count = len(members)
            fields: dict[str, list[Any]] = {
                "code": [f"{layer}-{at}" for at in range(count)], "name": [some[at % len(some)] for at in range(count)],
            }  # fmt: skip
            for key in members[0][1]:
                fields[key] = [values[key] for _, values in members]
            _enter(conn, layer, np.array([geom for geom, _ in members], dtype=np.object_), fields)
    return db


def _line(x0: float, y0: float, x1: float, y1: float) -> shapely.LineString:
    return shapely.LineString([(x0, y0), (x1, y1)])


def _enter(conn: Connection, layer: str, geoms: NDArray[np.object_], fields: dict[str, list[Any]]) -> None:
    frame = gpd.GeoDataFrame(fields, geometry=geoms, crs=4549)
    insert_features(conn, layer, frame, source="test", is_sample=False, actor=TESTER)
