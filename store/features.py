"""Rows of the layers: entered in bulk, ended, edited one by one, read as whole columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, update

from layers.schema import LAYERS
from store import rtree
from store.idsets import among
from store.tables import LAYER_TABLES

# what every layer's frame has after the schema's own keys; ``extra`` is JSON text, ``valid_from`` UTC ISO text
COMMON_COLUMNS: Final = (
    "version",
    "source",
    "is_sample",
    "valid_from",
    "area_m2",
    "area_ellipsoid_m2",
    "length_m",
    "extra",
)
_MEASURES: Final = ("area_m2", "area_ellipsoid_m2", "length_m")


@dataclass(frozen=True, slots=True)
class Shapes:
    """Live rows of a layer, in id order: what is fixed as long as no row comes, goes or moves."""

    ids: NDArray[np.int64]
    codes: NDArray[np.object_]
    geoms: NDArray[np.object_]
    area_m2: NDArray[np.float64]


def insert_rows(
    conn: Connection,
    layer: str,
    rows: pd.DataFrame,
    geoms: NDArray[np.object_],
    *,
    source: str,
    is_sample: bool,
    at: str,
    batch_id: int | None = None,
) -> NDArray[np.int64]:
    """Enter new rows at version 1 with their R-tree boxes; return their ids in the order given.

    ``rows`` has any of the layer's keys, the measures and ``extra``; missing values are NULL. Geometry is in
    the storage CRS, two-dimensional, not empty. Revisions are the caller's to raise.
    """
    table = LAYER_TABLES[layer]
    known = [key for key in (*LAYERS[layer].keys, *_MEASURES, "extra") if key in rows.columns]
    first = int(conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1
    count = len(rows)
    ids = np.arange(first, first + count, dtype=np.int64)
    fixed = {"version": 1, "source": source, "is_sample": int(is_sample), "batch_id": batch_id, "valid_from": at}
    columns = ["id", *known, *fixed, "geometry"]
    values: list[Iterable[object]] = [ids.tolist(), *(_stored(rows[key]) for key in known)]
    values += [[value] * count for value in fixed.values()]
    values.append(shapely.to_wkb(geoms, output_dimension=2).tolist())
    # the driver's own executemany: names come from the schema, and Core would spend longer on the rows than SQLite does
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    if count:
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
        conn.exec_driver_sql(sql, list(zip(*values, strict=True)))
        rtree.insert_boxes(conn, layer, ids.tolist(), shapely.bounds(geoms))
    return ids


def load_shapes(conn: Connection, layer: str) -> Shapes:
    """Read the geometry of all live rows, in id order."""
    columns = _columns(conn, layer, ("id", "code", "geometry", "area_m2"))
    return Shapes(
        ids=np.array(columns["id"], dtype=np.int64),
        codes=_objects(columns["code"]),
        geoms=np.asarray(shapely.from_wkb(_objects(columns["geometry"])), dtype=object),
        area_m2=np.array(columns["area_m2"], dtype=np.float64),
    )


def load_attributes(conn: Connection, layer: str) -> pd.DataFrame:
    """Read the attributes of all live rows as a frame: index = id, columns = schema keys, then ``COMMON_COLUMNS``.

    Text, terms (keys) and dates (ISO) are ``object`` with None where missing; numbers are ``float64`` with NaN.
    """
    schema = LAYERS[layer]
    columns = _columns(conn, layer, ("id", *schema.keys, *COMMON_COLUMNS))
    numeric = {field.key for field in schema.fields if field.kind in {"number", "integer"}} | set(_MEASURES)
    ids = pd.Index(np.array(columns["id"], dtype=np.int64), name="id")
    series: dict[str, object] = {}
    for key in (*schema.keys, *COMMON_COLUMNS):
        if key in numeric:
            series[key] = np.array(columns[key], dtype=np.float64)
        elif key == "version":
            series[key] = np.array(columns[key], dtype=np.int64)
        elif key == "is_sample":
            series[key] = np.array(columns[key], dtype=bool)
        else:
            # said outright: pandas would otherwise take an array of texts for its own string type, with NaN for None
            series[key] = pd.Series(_objects(columns[key]), index=ids, dtype=object)
    return pd.DataFrame(series, index=ids)


def read_rows(conn: Connection, layer: str, ids: Sequence[int], keys: Sequence[str]) -> dict[int, dict[str, Any]]:
    """Read some columns of some live rows, by id; ids that are not there are left out."""
    table = LAYER_TABLES[layer]
    columns = [table.c[key] for key in dict.fromkeys(("id", *keys))]
    found = conn.execute(select(*columns).where(among(table.c.id, ids), table.c.valid_to.is_(None)))
    return {row.id: dict(row._mapping) for row in found}  # noqa: SLF001  # SQLAlchemy's public name for it


def codes_of(conn: Connection, layer: str, ids: Sequence[int], *, live: bool = True) -> dict[int, str]:
    """Codes of these rows, by id; ``live`` leaves out those that were ended."""
    table = LAYER_TABLES[layer]
    query = select(table.c.id, table.c.code).where(among(table.c.id, ids))
    return dict(conn.execute(query.where(table.c.valid_to.is_(None)) if live else query).all())


def live_ids_of_codes(conn: Connection, layer: str, codes: Sequence[str]) -> dict[str, int]:
    """Ids of the live rows that bear these codes."""
    table = LAYER_TABLES[layer]
    query = select(table.c.code, table.c.id).where(among(table.c.code, codes), table.c.valid_to.is_(None))
    return dict(conn.execute(query).all())


def attributes_between(conn: Connection, layer: str, first: int, last: int) -> list[list[Any]]:
    """Id, the layer's own columns, extra and source of rows with ids in a span, ended ones too, in id order."""
    table = LAYER_TABLES[layer]
    columns = (table.c[key] for key in ("id", *LAYERS[layer].keys, "extra", "source"))
    query = select(*columns).where(table.c.id.between(first, last)).order_by(table.c.id)
    return [list(row) for row in conn.execute(query)]


def update_fields(conn: Connection, layer: str, feature_id: int, version: int, values: Mapping[str, object]) -> bool:
    """Write columns of one live row if it is still at ``version``; return whether it was."""
    table = LAYER_TABLES[layer]
    done = conn.execute(
        update(table)
        .where(table.c.id == feature_id, table.c.version == version, table.c.valid_to.is_(None))
        .values(version=version + 1, **values)
    )
    return done.rowcount == 1


def any_sample(conn: Connection, layer: str, ids: Sequence[int]) -> bool:
    """Whether some of these rows, ended or not, are schematic sample data."""
    table = LAYER_TABLES[layer]
    query = select(func.count()).select_from(table).where(among(table.c.id, ids), table.c.is_sample.is_(True))
    return bool(conn.execute(query).scalar_one())


def count_live(conn: Connection, layer: str) -> int:
    """Count the live rows."""
    table = LAYER_TABLES[layer]
    return int(conn.execute(select(func.count()).select_from(table).where(table.c.valid_to.is_(None))).scalar_one())


def live_ids(conn: Connection, layer: str) -> NDArray[np.int64]:
    """Ids of the live rows, rising."""
    return np.array(_columns(conn, layer, ("id",))["id"], dtype=np.int64)


def _columns(conn: Connection, layer: str, keys: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Read columns of all live rows in id order, by the driver itself: 100,000 rows in tenths of a second."""
    names = ", ".join(f'"{key}"' for key in keys)
    table = LAYER_TABLES[layer].name
    sql = f"SELECT {names} FROM {table} WHERE valid_to IS NULL ORDER BY id"  # noqa: S608
    raw = conn.connection.driver_connection
    rows = raw.execute(sql).fetchall() if raw is not None else []
    return dict(zip(keys, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(keys, ())


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _stored(series: pd.Series[Any]) -> list[object]:
    """Turn a column into what the driver takes: None for every kind of missing, plain Python scalars."""
    values = series.astype(object)
    return list(values.where(series.notna(), None))
