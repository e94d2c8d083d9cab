"""Tables of a whole layer carried from one revision to the next: after an edit only what it touched is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import adjacency
from geo.index import ParcelIndex

# beyond this share of a layer everything is measured anew: it is no slower then
_MOST_CHANGED: Final = 0.1

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Measured:
    """A layer as it stood when a table was made of it: ids in order, geometries, and the table."""

    ids: Rows
    index: ParcelIndex
    table: pd.DataFrame


def came_from(ids: Rows, geoms: NDArray[np.object_], now: Rows, geoms_now: NDArray[np.object_]) -> Rows | None:
    """For each row the row that it was before, -1 for a new or a redrawn one; None when too many are.

    A row is the same by its id and by its geometry to the last vertex. Ids are in order.
    """
    place = np.minimum(np.searchsorted(ids, now), max(len(ids) - 1, 0))
    origin = np.full(len(now), -1, dtype=np.int64)
    if len(ids):
        known = np.flatnonzero(ids[place] == now)
        same = shapely.equals_exact(geoms[place[known]], geoms_now[known], 0.0)
        origin[known[same]] = place[known[same]]
    changed = max(len(now), len(ids)) - int((origin >= 0).sum())
    return origin if changed <= _MOST_CHANGED * len(now) else None


def pairs_of(
    ids: Rows,
    index: ParcelIndex | None,
    geoms: NDArray[np.object_],
    before: Measured | None,
    near_m: float | None = None,
) -> pd.DataFrame:
    """Measure all pairs of neighbours of a layer, after an edit of one that was measured only those that it touched."""
    if before is not None and index is not None:
        origin = came_from(before.ids, before.index.geoms, ids, geoms)
        if origin is not None:
            return adjacency.updated(before.table, before.index, index, origin, near_m=near_m)
    return adjacency.adjacency(geoms, near_m=near_m)
