"""Boundaries and lives of rows: another boundary, ended, brought back; each step is kept like an edit of a cell.

What is kept in ``edit_history`` is text: geometry as WKB in hexadecimal, so that a row's boundary and its life can be
followed, and proved, by the same steps as its cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select, update

from store import edits, rtree
from store.errors import VersionMoved
from store.idsets import among
from store.tables import LAYER_TABLES

# the cells of a boundary, and the one of a life
SHAPE_CELLS: Final = ("geometry", "area_m2", "area_ellipsoid_m2")
LIFE_CELL: Final = "valid_to"


@dataclass(frozen=True, slots=True)
class Stand:
    """A row as it stands, ended or not: ``shape`` holds ``SHAPE_CELLS``, geometry as hexadecimal WKB."""

    id: int
    code: str
    version: int
    valid_from: str
    valid_to: str | None
    shape: dict[str, Any]

    @property
    def geometry(self) -> BaseGeometry:
        """The boundary as it stands."""
        found: BaseGeometry = shapely.from_wkb(self.shape["geometry"])
        return found


def standing(conn: Connection, layer: str, ids: Sequence[int]) -> dict[int, Stand]:
    """Read rows, ended ones too, by id; ids that never were are left out."""
    table = LAYER_TABLES[layer]
    names = ("id", "code", "version", "valid_from", "valid_to", *SHAPE_CELLS)
    return {
        row.id: Stand(
            row.id,
            row.code,
            row.version,
            row.valid_from,
            row.valid_to,
            {"geometry": row.geometry.hex(), "area_m2": row.area_m2, "area_ellipsoid_m2": row.area_ellipsoid_m2},
        )
        for row in conn.execute(select(*(table.c[name] for name in names)).where(among(table.c.id, ids)))
    }


def reshape(
    conn: Connection,
    layer: str,
    feature_id: int,
    version: int,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    audit_seq: int,
) -> None:
    """Give a live row another boundary at ``version`` + 1; VersionMoved when it is not at ``version``, or ended."""
    geometry = bytes.fromhex(str(after["geometry"]))
    _write(conn, layer, feature_id, version, {**after, "geometry": geometry}, live=True)
    edits.keep(conn, layer, feature_id, version + 1, before, after, audit_seq=audit_seq)
    rtree.replace_box(conn, layer, feature_id, np.asarray(shapely.bounds(shapely.from_wkb(geometry))))


def end(conn: Connection, layer: str, stand: Stand, at: str, *, audit_seq: int) -> None:
    """End a live row; a clock that was set back does not end it before it began."""
    at = max(at, stand.valid_from)
    _write(conn, layer, stand.id, stand.version, {LIFE_CELL: at}, live=True)
    edits.keep(conn, layer, stand.id, stand.version + 1, {LIFE_CELL: None}, {LIFE_CELL: at}, audit_seq=audit_seq)


def revive(conn: Connection, layer: str, stand: Stand, *, audit_seq: int) -> None:
    """Bring an ended row back as it was."""
    _write(conn, layer, stand.id, stand.version, {LIFE_CELL: None}, live=False)
    ended = {LIFE_CELL: stand.valid_to}
    edits.keep(conn, layer, stand.id, stand.version + 1, ended, {LIFE_CELL: None}, audit_seq=audit_seq)


def _write(
    conn: Connection, layer: str, feature_id: int, version: int, values: Mapping[str, object], *, live: bool
) -> None:
    table = LAYER_TABLES[layer]
    done = conn.execute(
        update(table)
        .where(
            table.c.id == feature_id,
            table.c.version == version,
            table.c.valid_to.is_(None) if live else table.c.valid_to.is_not(None),
        )
        .values(version=version + 1, **values)
    )
    if done.rowcount != 1:
        raise VersionMoved(layer, f"{feature_id} at {version}")
