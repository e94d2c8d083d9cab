"""The R-tree beside each layer table: bounding boxes of its rows, kept by the store and asked by box.

SQLite's ``rtree`` holds 32-bit floats rounded outwards, so a box found is a candidate and none is missed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from store.tables import LAYER_TABLES


def name_of(layer: str) -> str:
    """Return the name of the layer's R-tree; raise KeyError for a layer that there is not."""
    return f"rtree_{LAYER_TABLES[layer].name}"


def insert_boxes(conn: Connection, layer: str, ids: Sequence[int], bounds: NDArray[np.float64]) -> None:
    """Enter the boxes of new rows; ``bounds`` is (n, 4): min x, min y, max x, max y in the storage CRS."""
    if not len(ids):
        return
    boxes = bounds[:, (0, 2, 1, 3)].tolist()
    rows = [(int(key), *box) for key, box in zip(ids, boxes, strict=True)]
    conn.exec_driver_sql(f"INSERT INTO {name_of(layer)} VALUES (?, ?, ?, ?, ?)", rows)  # noqa: S608


def replace_box(conn: Connection, layer: str, feature_id: int, bounds: NDArray[np.float64]) -> None:
    """Give a row that moved its new box; ``bounds`` is min x, min y, max x, max y."""
    box = bounds[[0, 2, 1, 3]].tolist()
    sql = f"UPDATE {name_of(layer)} SET min_x = ?, max_x = ?, min_y = ?, max_y = ? WHERE id = ?"  # noqa: S608
    conn.exec_driver_sql(sql, (*box, feature_id))


def replace_boxes(conn: Connection, layer: str, ids: Sequence[int], bounds: NDArray[np.float64]) -> None:
    """Give rows that moved their new boxes; ``bounds`` is (n, 4) as for ``insert_boxes``."""
    sql = f"UPDATE {name_of(layer)} SET min_x = ?, max_x = ?, min_y = ?, max_y = ? WHERE id = ?"  # noqa: S608
    boxes = bounds[:, (0, 2, 1, 3)].tolist()
    conn.exec_driver_sql(sql, [(*box, int(key)) for key, box in zip(ids, boxes, strict=True)])


def ids_in_box(conn: Connection, layer: str, box: tuple[float, float, float, float]) -> list[int]:
    """Ids of the live rows whose box meets min x, min y, max x, max y, in id order."""
    table = LAYER_TABLES[layer].name
    sql = (
        f"SELECT t.id FROM {name_of(layer)} AS r JOIN {table} AS t ON t.id = r.id "  # noqa: S608
        "WHERE r.max_x >= ? AND r.max_y >= ? AND r.min_x <= ? AND r.min_y <= ? AND t.valid_to IS NULL ORDER BY t.id"
    )
    return [row[0] for row in conn.exec_driver_sql(sql, box)]


def boxes_of(conn: Connection, layer: str) -> dict[int, tuple[float, float, float, float]]:
    """Every box by id: min x, min y, max x, max y, as rounded outwards."""
    sql = f"SELECT id, min_x, min_y, max_x, max_y FROM {name_of(layer)}"  # noqa: S608
    return {row[0]: (row[1], row[2], row[3], row[4]) for row in conn.exec_driver_sql(sql)}
