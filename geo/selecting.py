"""Which parcels a drawn shape takes: those within it, those more than half in it, or all that it touches."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo.index import ParcelIndex

Predicate = Literal["within", "majority", "touches"]
PREDICATES: Final = ("within", "majority", "touches")
# a hand crosses its own line a few times; a line that crosses itself more often than this is no hand's, and would
# take seconds to untangle (a star of 401 points: 80 000 crossings, 5 s)
_MOST_VERTICES: Final = 2_000
_MOST_CROSSINGS: Final = 5_000


class ShapeRefused(ValueError):
    """A drawn shape cannot be used.

    ``code`` says why: ``shape_too_few_points``, ``shape_not_finite`` or ``shape_too_tangled``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def by_shape(index: ParcelIndex, shape: BaseGeometry, predicate: Predicate) -> NDArray[np.int64]:
    """Take the parcels that a polygon selects.

    Parameters
    ----------
    shape
        Valid polygon or multi-polygon in the CRS of the index; see `from_ring` for one drawn by hand.
    predicate
        ``within``: no part of the parcel is outside; ``majority``: more than half of its area is inside; ``touches``:
        any contact.

    Returns
    -------
    NDArray[int64]
        Rows of the index, ascending.
    """
    if predicate not in PREDICATES:
        raise ValueError("predicate_unknown", predicate)
    if shape.is_empty:
        return np.zeros(0, dtype=np.int64)
    shapely.prepare(shape)
    if predicate == "within":
        return np.sort(index.tree.query(shape, predicate="covers")).astype(np.int64)
    touched = np.sort(index.tree.query(shape, predicate="intersects")).astype(np.int64)
    if predicate == "touches":
        return touched
    inside = np.asarray(shapely.covers(shape, index.geoms[touched]), dtype=bool)
    cut = touched[~inside]
    kept = touched[inside][index.areas_m2[touched[inside]] > 0]
    share = shapely.area(shapely.intersection(index.geoms[cut], shape))
    return np.sort(np.concatenate([kept, cut[share > 0.5 * index.areas_m2[cut]]]))


def from_ring(xy: NDArray[np.float64]) -> BaseGeometry:
    """Make the polygon that a drawn line encloses; where it crosses itself, by even-odd.

    Parameters
    ----------
    xy
        ``(n, 2)`` positions in a projected CRS; closed or not.

    Raises
    ------
    ShapeRefused
        When it has fewer than three places, a position that is not finite, or is too tangled to be a hand's.
    """
    xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(xy).all():
        raise ShapeRefused("shape_not_finite")
    if len(np.unique(xy, axis=0)) < 3:  # noqa: PLR2004 - a triangle
        raise ShapeRefused("shape_too_few_points")
    drawn = Polygon(xy)
    if drawn.is_valid:
        return drawn
    if len(xy) > _MOST_VERTICES or _crossings(shapely.get_coordinates(drawn)) > _MOST_CROSSINGS:
        raise ShapeRefused("shape_too_tangled")
    return shapely.build_area(shapely.node(drawn.exterior))


def _crossings(closed: NDArray[np.float64]) -> int:
    edges = np.asarray(shapely.linestrings(np.stack([closed[:-1], closed[1:]], axis=1)), dtype=object)
    pairs = shapely.STRtree(edges).query(edges, predicate="intersects").shape[1]
    # every edge meets itself and both of its neighbours
    return int(pairs - 3 * len(edges)) // 2
