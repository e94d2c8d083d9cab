"""The parcels of one revision with what every question about them needs: a tree, bounds and areas."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


class ParcelIndex:
    """Geometries with their spatial tree, built once, shared between threads and never changed.

    Parameters
    ----------
    geoms
        Shapely geometries in the storage CRS (projected, metres). The array is copied. Missing and empty ones keep
        their row, are found by no query and have an area of 0.

    Attributes
    ----------
    bounds
        ``(n, 4)`` west, south, east, north; NaN for a missing or empty geometry.
    areas_m2
        Planar areas, not rounded.
    """

    __slots__ = ("areas_m2", "bounds", "geoms", "tree")

    def __init__(self, geoms: NDArray[np.object_]) -> None:
        self.geoms: NDArray[np.object_] = _frozen(np.array(geoms, dtype=object))
        self.bounds: NDArray[np.float64] = _frozen(shapely.bounds(self.geoms).reshape(-1, 4))
        self.areas_m2: NDArray[np.float64] = _frozen(np.nan_to_num(shapely.area(self.geoms)))
        self.tree = shapely.STRtree(self.geoms)
        # GEOS builds the tree at the first query: ask once here, so that no two threads build it at the same time
        self.tree.query(shapely.box(0.0, 0.0, 0.0, 0.0))

    def __len__(self) -> int:
        return len(self.geoms)


def _frozen(array: NDArray[Scalar]) -> NDArray[Scalar]:
    array.flags.writeable = False
    return array
