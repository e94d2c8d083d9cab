"""DuckDB with its spatial extension, tables in memory, two threads; boundaries are kept beside the parcels."""

from __future__ import annotations

from os import cpu_count
from typing import Any

import duckdb
from duckdb_extensions import import_extension

from benchmarks.peers import sql
from benchmarks.questions import TOLERANCE_M, Answer, Data, Ways, by_row, pairs

# its join by boxes is quick, that by relation or distance is not: what widens a box is kept beside the parcel
_BESIDE = f", ST_Boundary(geometry::GEOMETRY) AS edge, ST_Buffer(geometry::GEOMETRY, {TOLERANCE_M}, 2) AS reach"


def versions() -> str:
    return f"DuckDB {duckdb.__version__} spatial"


def ways(data: Data) -> Ways:
    import_extension("spatial")
    db = duckdb.connect(config={"threads": cpu_count() or 1})
    db.execute("LOAD spatial")
    for name, path in (("p", data.parcels), ("r", data.roads), ("d", data.degrees)):
        # the extension's own area takes latitude first
        geom = "ST_FlipCoordinates(geometry::GEOMETRY)" if name == "d" else "geometry::GEOMETRY"
        more = _BESIDE if name == "p" else ""
        db.execute(f"CREATE TABLE {name} AS SELECT id, {geom} AS geom{more} FROM read_parquet('{path}')")  # noqa: S608

    def found(words: str) -> dict[str, Any]:
        return dict(db.execute(words).fetchnumpy())

    def in_pairs(words: str) -> Answer:
        told = found(words)
        return pairs(told["l"], told["r"], told["len"])

    def facing() -> Answer:
        told = found(sql.frontage(
            join="a.geom && w.reach", cover="n.line && b.geom",
            buffer=f"ST_Buffer(geom, {sql.REACH}, 8, 'CAP_FLAT', 'JOIN_ROUND', 1.0)", union="ST_Union_Agg(b.geom)",
        ))  # fmt: skip
        return by_row(told["id"], told["len"])

    def area() -> Answer:
        told = found("SELECT id, ST_Area_Spheroid(geom) AS area FROM d")
        return by_row(told["id"], told["area"])

    near = f"a.geom && b.reach AND ST_DWithin(a.geom, b.geom, {TOLERANCE_M})"
    return {
        "exact": lambda: in_pairs(sql.exact(join="a.geom && b.geom")),
        "tolerant": lambda: in_pairs(sql.tolerant(join=near, buffer="b.reach")),
        "frontage": facing,
        "area": area,
    }
