"""Many rows changed in one step: the same statements as for one row, by the driver's executemany."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, select

from store import rtree
from store.audit import canonical
from store.errors import VersionMoved
from store.idsets import among
from store.tables import LAYER_TABLES, edit_history


@dataclass(frozen=True, slots=True)
class RowChange:
    """One live or ended row over the version that was read; geometry is hexadecimal WKB, as it is kept."""

    id: int
    version: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def change_rows(conn: Connection, layer: str, changes: Sequence[RowChange], *, audit_seq: int) -> None:
    """Write every change at its version + 1 and keep each step; VersionMoved when a row is no longer at its version."""
    table = LAYER_TABLES[layer].name
    by_cells: dict[tuple[str, ...], list[RowChange]] = {}
    for one in changes:
        by_cells.setdefault(tuple(sorted(one.after)), []).append(one)
    for cells, alike in by_cells.items():
        sets = ", ".join(f'"{cell}" = ?' for cell in cells)
        sql = f"UPDATE {table} SET {sets}, version = version + 1 WHERE id = ? AND version = ?"  # noqa: S608 - names of the schema
        rows = [(*(_stored(cell, one.after[cell]) for cell in cells), one.id, one.version) for one in alike]
        if conn.exec_driver_sql(sql, rows).rowcount != len(rows):
            raise VersionMoved(layer, f"{len(rows)} rows")
        if "geometry" in cells:
            boxes = shapely.bounds(shapely.from_wkb([bytes.fromhex(one.after["geometry"]) for one in alike]))
            rtree.replace_boxes(conn, layer, [one.id for one in alike], np.asarray(boxes))
    kept = [
        (layer, one.id, one.version + 1, canonical(dict(one.before)), canonical(dict(one.after)), audit_seq)
        for one in changes
    ]
    if kept:
        names = "layer, feature_id, version, before, after, audit_seq"
        conn.exec_driver_sql(f"INSERT INTO edit_history ({names}) VALUES (?, ?, ?, ?, ?, ?)", kept)  # noqa: S608


def changes_of(conn: Connection, layer: str, first_seq: int, last_seq: int) -> list[dict[str, Any]]:
    """The steps that some entries of the audit chain wrote: feature_id, version, before and after as JSON text."""
    table = edit_history
    query = (
        select(table.c.feature_id, table.c.version, table.c.before, table.c.after)
        .where(table.c.layer == layer, table.c.audit_seq.between(first_seq, last_seq))
        .order_by(table.c.feature_id, table.c.version)
    )
    return [dict(row) for row in conn.execute(query).mappings()]


def steps_after(conn: Connection, layer: str, ids: Sequence[int], seq: int) -> list[dict[str, Any]]:
    """The steps on some rows after an entry of the audit chain, oldest first."""
    table = edit_history
    query = (
        select(table.c.feature_id, table.c.version, table.c.before, table.c.after, table.c.audit_seq)
        .where(table.c.layer == layer, among(table.c.feature_id, ids), table.c.audit_seq > seq)
        .order_by(table.c.feature_id, table.c.version)
    )
    return [dict(row) for row in conn.execute(query).mappings()]


def of_batch(conn: Connection, layer: str, batch_id: int) -> list[dict[str, Any]]:
    """The rows that an import began: id, code, version, valid_from, valid_to."""
    table = LAYER_TABLES[layer]
    columns = (table.c[name] for name in ("id", "code", "version", "valid_from", "valid_to"))
    query = select(*columns).where(table.c.batch_id == batch_id).order_by(table.c.id)
    return [dict(row) for row in conn.execute(query).mappings()]


def standing_rows(conn: Connection, layer: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Code, version, valid_from and valid_to of rows, ended ones too, by id."""
    table = LAYER_TABLES[layer]
    columns = (table.c[name] for name in ("id", "code", "version", "valid_from", "valid_to"))
    return {row["id"]: dict(row) for row in conn.execute(select(*columns).where(among(table.c.id, ids))).mappings()}


def _stored(cell: str, value: Any) -> Any:
    return bytes.fromhex(value) if cell == "geometry" else value
