"""The box of each row of a layer, in one pass over its coordinates."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def fill_bounds(
    xy: NDArray[np.float64], vertex: NDArray[np.int64], begin: int, end: int, bounds: NDArray[np.float64]
) -> None:
    """West, south, east, north of the rows whose vertices begin at ``vertex``; NaN where one is not finite or none."""
    for row in range(begin, end):
        west = south = np.inf
        east = north = -np.inf
        finite = True
        for v in range(vertex[row], vertex[row + 1]):
            x, y = xy[v, 0], xy[v, 1]
            finite &= (abs(x) < np.inf) & (abs(y) < np.inf)
            west, south = min(west, x), min(south, y)
            east, north = max(east, x), max(north, y)
        if not finite or vertex[row] == vertex[row + 1]:
            west = south = east = north = np.nan
        bounds[row, 0], bounds[row, 1], bounds[row, 2], bounds[row, 3] = west, south, east, north
