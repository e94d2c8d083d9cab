"""Shapely geometries of some rows of a flat layer: for the few that the kernels hand over to GEOS."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flat import FlatPolygons


def shapes_of(flat: FlatPolygons, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    """Multipolygons of the rows, in their order; a row without parts becomes an empty one."""
    parts = _joined(flat.row_start, rows)
    rings = _joined(flat.part_start, parts)
    xy = flat.xy[_joined(flat.ring_start, rings)]
    offsets = tuple(_starts(start, taken) for start, taken in (
        (flat.ring_start, rings), (flat.part_start, parts), (flat.row_start, rows),
    ))  # fmt: skip
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, xy, offsets), dtype=object)


def _joined(start: NDArray[np.int64], taken: NDArray[np.int64]) -> NDArray[np.int64]:
    """Members of the taken groups, one group after the other."""
    begin, counts = start[taken], start[taken + 1] - start[taken]
    first = np.cumsum(counts) - counts
    return np.asarray(np.arange(int(counts.sum())) + np.repeat(begin - first, counts), dtype=np.int64)


def _starts(start: NDArray[np.int64], taken: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(start[taken + 1] - start[taken])])
