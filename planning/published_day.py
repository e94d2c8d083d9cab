"""The parcels of a published scenario as they were on its day: codes, clusters and areas, out of the sealed file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlalchemy import Connection

from store import reviews


@dataclass(frozen=True, slots=True)
class Day:
    """One row a parcel, by rising id: its code, its cluster's code (None = unassigned), its area in 0.01 m²."""

    ids: NDArray[np.int64]
    codes: NDArray[np.object_]
    clusters: NDArray[np.object_]
    centi_m2: NDArray[np.int64]


def published_day(conn: Connection, scenario_id: int) -> Day | None:
    """What was published of a scenario, None when it is not published."""
    content = reviews.content(conn, scenario_id)
    return None if content is None else _read(content)


# a page asks at every run, and what is published never changes
@lru_cache(maxsize=8)
def _read(content: bytes) -> Day:
    table = pq.read_table(io.BytesIO(content), columns=["id", "code", "cluster", "area_centi_m2"])
    ids = np.asarray(table["id"], dtype=np.int64)
    order = np.argsort(ids, kind="stable")
    texts = {name: np.array(table[name].to_pylist(), dtype=object)[order] for name in ("code", "cluster")}
    return Day(ids[order], texts["code"], texts["cluster"], np.asarray(table["area_centi_m2"], dtype=np.int64)[order])
