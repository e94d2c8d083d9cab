"""Which pairs of neighbours a road or a river lies between.

A pair is cut by a barrier when the straight connection over the gap runs through it for more than half the tolerance.
The connection of two parcels with a gap is the shortest line between them; of two that touch it is the boundary that
they share, and that is cut only when the barrier covers all of it. A line is as wide as its road, and at least 0.2 m.
A barrier is taken narrower by half the tolerance on each side: what runs along its edge is not cut.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

TOLERANCE_M: Final = 0.10
_LINES: Final = (1, 2, 5)
_AREAS: Final = (3, 6)


def barrier_areas(geoms: NDArray[np.object_], widths_m: NDArray[np.float64] | None = None) -> NDArray[np.object_]:
    """The ground that lines (by their width; NaN counts as none) and polygons take; empty or None for anything else."""
    kind = shapely.get_type_id(geoms)
    half = np.zeros(len(geoms)) if widths_m is None else np.nan_to_num(np.asarray(widths_m, dtype=np.float64)) / 2.0
    ground = np.full(len(geoms), None, dtype=object)
    line, area = np.isin(kind, _LINES), np.isin(kind, _AREAS)
    # a road ends where its line ends: a round cap would cut what lies beyond
    ground[line] = shapely.buffer(geoms[line], np.maximum(half[line], TOLERANCE_M), cap_style="flat")
    ground[area] = geoms[area]
    return np.asarray(shapely.buffer(ground, -TOLERANCE_M / 2, join_style="mitre"), dtype=object)


def cuts(parcels: NDArray[np.object_], pairs: pd.DataFrame, barriers: NDArray[np.object_]) -> pd.DataFrame:
    """Find which barriers lie between the two of each pair.

    Parameters
    ----------
    pairs
        ``left``, ``right`` (rows of ``parcels``) and ``gap_m``, as `geo.adjacency.adjacency` gives them.
    barriers
        Polygons, as `barrier_areas` gives them.

    Returns
    -------
    DataFrame
        ``pair`` (row of ``pairs``) and ``barrier`` (row of ``barriers``), sorted.
    """
    left, right = parcels[pairs["left"].to_numpy()], parcels[pairs["right"].to_numpy()]
    touches = pairs["gap_m"].to_numpy() <= TOLERANCE_M
    way = np.full(len(pairs), None, dtype=object)
    way[~touches] = shapely.shortest_line(left[~touches], right[~touches])
    # what two that touch share lies where their boxes meet; it is only drawn where a barrier comes near
    way[touches] = _where_boxes_meet(shapely.bounds(left[touches]), shapely.bounds(right[touches]))
    pair, barrier = shapely.STRtree(barriers).query(way, predicate="intersects")
    near = np.unique(pair[touches[pair]])
    way[near] = shapely.intersection(
        shapely.boundary(left[near]), shapely.buffer(right[near], TOLERANCE_M, join_style="mitre")
    )
    inside = shapely.length(shapely.intersection(way[pair], barriers[barrier]))
    needed = np.where(touches[pair], shapely.length(way[pair]) - TOLERANCE_M, TOLERANCE_M / 2)
    cut = (inside >= needed) & (inside > 0)
    found = pd.DataFrame({"pair": pair[cut], "barrier": barrier[cut]}).astype(np.int64)
    return found.sort_values(["pair", "barrier"], ignore_index=True)


def _where_boxes_meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.object_]:
    west, south = np.maximum(one[:, :2], other[:, :2]).T - TOLERANCE_M
    east, north = np.minimum(one[:, 2:], other[:, 2:]).T + TOLERANCE_M
    return np.asarray(shapely.box(west, south, east, north), dtype=object)
