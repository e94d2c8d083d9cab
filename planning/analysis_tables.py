"""The tables of an analysis as Parquet files, written a stretch at a time, and what is counted and summed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from exchange.writing.whole import whole_file
from geo.units import MU_PER_M2, centi_m2, mu, square_metres

TABLES: Final = ("areas", "adjacency", "frontage", "blocks", "overlaps")
KINDS: Final = ("edge", "corner", "near")


@dataclass(slots=True)
class Tally:
    """Rows by table, pairs by kind, and totals; areas are summed as rounded hundredths of a square metre."""

    rows: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    blocks: int = 0
    area_centi_m2: int = 0
    ellipsoid_centi_m2: int = 0
    shared_length_m: float = 0.0
    frontage_m: float = 0.0

    def add(self, name: str, table: pa.Table) -> None:
        """Count a stretch of a table."""
        self.rows[name] += len(table)
        if name == "areas":
            self.area_centi_m2 += int(centi_m2(table.column("area_m2").to_numpy()).sum())
            self.ellipsoid_centi_m2 += int(centi_m2(table.column("area_ellipsoid_m2").to_numpy()).sum())
        elif name == "adjacency":
            for kind in KINDS:
                self.kinds[kind] += pc.sum(pc.equal(table.column("kind"), kind)).as_py() or 0
            edges = table.column("length_m").filter(pc.equal(table.column("kind"), "edge"))
            self.shared_length_m += pc.sum(edges).as_py() or 0.0
        elif name == "frontage":
            self.frontage_m += pc.sum(table.column("frontage_m")).as_py() or 0.0
        elif name == "blocks":
            self.blocks = max(self.blocks, (pc.max(table.column("block")).as_py() or 0) + 1)

    @property
    def totals(self) -> dict[str, float]:
        area_m2 = square_metres(self.area_centi_m2)
        return {
            "area_m2": float(area_m2), "area_mu": float(mu(area_m2)),
            "area_ellipsoid_m2": float(square_metres(self.ellipsoid_centi_m2)),
            "shared_length_m": self.shared_length_m, "frontage_m": self.frontage_m,
        }  # fmt: skip


def write_table(name: str, stretches: Iterable[pa.Table], path: Path, tally: Tally, *, text_ids: bool) -> None:
    """Write one table from its stretches, in their order; without any it is an empty one."""
    schema = _schema(name, pa.string() if text_ids else pa.int64())
    # numbers that hardly repeat are not looked up in a dictionary
    repeating = [column for column in ("kind",) if column in schema.names]
    with whole_file(path) as draft, pq.ParquetWriter(draft, schema, use_dictionary=repeating) as writer:
        for stretch in _with_mu(stretches) if name == "areas" else stretches:
            table = stretch.select(schema.names).cast(schema)
            tally.add(name, table)
            writer.write_table(table)


def _schema(name: str, id_type: Any) -> pa.Schema:
    number, whole = pa.float64(), pa.int64()
    return pa.schema({
        "areas": [("id", id_type), ("area_m2", number), ("area_ellipsoid_m2", number), ("area_mu", number)],
        "adjacency": [
            ("left", id_type), ("right", id_type), ("length_m", number), ("kind", pa.string()), ("gap_m", number),
        ],
        "frontage": [("id", id_type), ("road", whole), ("frontage_m", number), ("distance_m", number)],
        "blocks": [("id", id_type), ("block", whole)],
        "overlaps": [("left", id_type), ("right", id_type), ("area_m2", number)],
    }[name])  # fmt: skip


def _with_mu(stretches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    for stretch in stretches:
        yield stretch.append_column("area_mu", pc.multiply(stretch.column("area_m2"), float(MU_PER_M2)))
