"""How far each shape is from the nearest of some others, and which that is."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def nearest_m(
    shapes: NDArray[np.object_], things: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distance in metres to the nearest thing (0 where they touch), and its row; NaN and -1 where there is none.

    Of things that are equally near the first is taken. Empty and missing shapes have no distance.
    """
    distance = np.full(len(shapes), np.nan)
    nearest = np.full(len(shapes), -1, dtype=np.int64)
    if not len(shapes) or not len(things):
        return distance, nearest
    tree = shapely.STRtree(things)
    (at, found), far = tree.query_nearest(shapes, return_distance=True, all_matches=True)
    # written backwards, the first of equals stays
    order = np.lexsort((found, at))[::-1]
    distance[at[order]] = far[order]
    nearest[at[order]] = found[order]
    return distance, nearest
