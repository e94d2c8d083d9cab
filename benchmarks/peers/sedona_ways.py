"""SedonaDB, tables in memory."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import sedonadb

from benchmarks.peers import sql
from benchmarks.questions import TOLERANCE_M, Answer, Data, Ways, by_row, pairs


def versions() -> str:
    return f"SedonaDB {version('sedonadb')}"


def ways(data: Data) -> Ways:
    db = sedonadb.connect()
    for name, path in (("parcels", data.parcels), ("roads", data.roads)):
        db.read_parquet(str(path)).to_view(name)
    db.sql("SELECT id, geometry AS geom, ST_Boundary(geometry) AS edge FROM parcels").to_memtable().to_view("p")
    db.sql("SELECT id, geometry AS geom FROM roads").to_memtable().to_view("r")

    def found(words: str) -> Any:
        return db.sql(words).to_pandas()

    def in_pairs(words: str) -> Answer:
        told = found(words)
        return pairs(told["l"], told["r"], told["len"])

    def facing() -> Answer:
        told = found(sql.frontage(
            join="ST_Intersects(a.geom, w.reach)", cover="ST_Intersects(n.line, b.geom)",
            buffer=f"ST_Buffer(geom, {sql.REACH}, 'endcap=flat')", union="ST_Union_Agg(b.geom)",
        ))  # fmt: skip
        return by_row(told["id"], told["len"])

    near = f"ST_DWithin(a.geom, b.geom, {TOLERANCE_M})"
    return {
        "exact": lambda: in_pairs(sql.exact(join="ST_Intersects(a.geom, b.geom)")),
        "tolerant": lambda: in_pairs(
            sql.tolerant(join=near, buffer=f"ST_Buffer(b.geom, {TOLERANCE_M}, 'quad_segs=2')")
        ),
        "frontage": facing,
    }
