"""Which parcels touch, along how much boundary, and how far apart neighbours are.

For two parcels and a tolerance t (0.10 m: the poorest accuracy grade of boundary points, TD/T 1001):

``edge``
    their boundaries run together, facing, within t and nearly parallel, for more than t. Vertices need not match; a
    gap or an overlap within t is bridged. ``length_m`` is that length, measured along both boundaries and averaged.
``corner``
    they come within t, but not along an edge.
``near``
    neither, but the gap is at most ``near_m``; only when that is given.
``overlap``
    their common area is more than t times the length they share (at least t × t): drawn over one another, not
    neighbours. ``length_m`` then counts boundary that coincides from the same side too.

``gap_m`` is the distance between the two, 0 when they touch or overlap. Rings may be drawn either way round.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo._boundaries import edges_of
from geo._shapes import shapes_of
from geo.flat import FlatPolygons
from geo.index import ParcelIndex
from geo.validity import repair_all

KINDS: Final = ("edge", "corner", "near", "overlap")
TOLERANCE_M: Final = 0.10
_KIND: Final = pd.CategoricalDtype(list(KINDS))
_EDGE, _CORNER, _NEAR, _OVERLAP, _APART = range(5)


def adjacency(
    geoms: NDArray[np.object_] | FlatPolygons, *, tolerance_m: float = TOLERANCE_M, near_m: float | None = None
) -> pd.DataFrame:
    """Find all pairs of neighbours among polygons.

    Parameters
    ----------
    geoms
        Valid polygons in a projected CRS, metres. What is not a polygon, is empty or missing has no neighbours.

    Returns
    -------
    DataFrame
        ``left``, ``right`` (rows, left < right, sorted), ``kind`` (categorical, KINDS), ``length_m``, ``gap_m``,
        ``overlap_m2``. Not rounded.
    """
    _check(tolerance_m, near_m)
    if isinstance(geoms, FlatPolygons):
        geoms = shapes_of(geoms, np.arange(len(geoms)))
    index = ParcelIndex(geoms)
    everyone = np.flatnonzero(np.isfinite(index.bounds[:, 0]))
    left, right = _candidates(index, everyone, reach=max(tolerance_m, near_m or 0.0))
    return _measured(index, left, right, tolerance_m=tolerance_m, near_m=near_m)


def neighbours_of(
    index: ParcelIndex, members: ArrayLike, *, tolerance_m: float = TOLERANCE_M, near_m: float | None = None
) -> pd.DataFrame:
    """Find the pairs of neighbours in which at least one is a member (a row of ``index``); see `adjacency`."""
    _check(tolerance_m, near_m)
    rows = np.unique(np.asarray(members, dtype=np.int64))
    rows = rows[np.isfinite(index.bounds[rows, 0])]
    left, right = _candidates(index, rows, reach=max(tolerance_m, near_m or 0.0))
    return _measured(index, left, right, tolerance_m=tolerance_m, near_m=near_m)


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    adjacency(np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object))


def _check(tolerance_m: float, near_m: float | None) -> None:
    if not 0.0 < tolerance_m < np.inf:
        raise ValueError("tolerance_not_positive", tolerance_m)
    if near_m is not None and not tolerance_m <= near_m < np.inf:
        raise ValueError("near_below_tolerance", near_m)


def _candidates(
    index: ParcelIndex, rows: NDArray[np.int64], *, reach: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs with a member among ``rows`` whose boxes come within reach, each once, left < right, sorted."""
    west, south, east, north = index.bounds[rows].T
    boxes = shapely.box(west - reach, south - reach, east + reach, north + reach)
    asked, found = index.tree.query(boxes)
    one, other = rows[asked], found.astype(np.int64)
    left, right = np.minimum(one, other), np.maximum(one, other)
    key = np.unique((left * len(index) + right)[left != right])
    return key // len(index), key % len(index)


def _measured(
    index: ParcelIndex,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    tolerance_m: float,
    near_m: float | None,
) -> pd.DataFrame:
    # numba takes half a second to load: only who asks for neighbours pays it
    from geo._running import SAME_PLACE_M, measure_pairs  # noqa: PLC0415

    used, place = np.unique(np.concatenate([left, right]), return_inverse=True)
    one, other = place[: len(left)].astype(np.int64), place[len(left) :].astype(np.int64)
    geoms, bounds = index.geoms[used], np.ascontiguousarray(index.bounds[used])
    edges = edges_of(geoms)
    reach = max(tolerance_m, near_m or 0.0)
    facing, stacked, gap, crosses = measure_pairs(
        edges.x0, edges.y0, edges.x1, edges.y1, edges.start, bounds, one, other, float(tolerance_m), float(reach)
    )
    common = _common_area(geoms, bounds, one, other, suspect=crosses | (stacked > tolerance_m))
    overlapping = common > tolerance_m * np.maximum(facing, tolerance_m)
    gap[common > 0] = 0.0
    within = gap <= tolerance_m + SAME_PLACE_M
    near = gap <= (near_m if near_m is not None else 0.0) + SAME_PLACE_M
    kind = np.select([overlapping, facing > tolerance_m, within, near], [_OVERLAP, _EDGE, _CORNER, _NEAR], _APART)
    length = np.where(kind == _OVERLAP, facing + stacked, facing)
    length[length < SAME_PLACE_M] = 0.0
    kept = kind != _APART
    return pd.DataFrame(
        {
            "left": left[kept],
            "right": right[kept],
            "kind": pd.Categorical.from_codes(kind[kept].tolist(), dtype=_KIND),
            "length_m": length[kept],
            "gap_m": gap[kept],
            "overlap_m2": common[kept],
        }
    )


def _common_area(
    geoms: NDArray[np.object_],
    bounds: NDArray[np.float64],
    one: NDArray[np.int64],
    other: NDArray[np.int64],
    *,
    suspect: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Common area of the pairs that may have one: suspects, and where one lies within the other."""
    suspect = suspect | _inside(geoms, bounds, one, other) | _inside(geoms, bounds, other, one)
    area = np.zeros(len(one))
    rows = np.flatnonzero(suspect)
    # overlay fails on a polygon that crosses itself; the few that matter here are looked at
    used, place = np.unique(np.concatenate([one[rows], other[rows]]), return_inverse=True)
    sound = repair_all(geoms[used])[place]
    area[rows] = shapely.area(shapely.intersection(sound[: len(rows)], sound[len(rows) :]))
    return area


def _inside(
    geoms: NDArray[np.object_], bounds: NDArray[np.float64], inner: NDArray[np.int64], outer: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether a point of the inner one lies in the outer one, asked only where its box does."""
    inner_box, outer_box = bounds[inner], bounds[outer]
    boxed = (inner_box[:, :2] >= outer_box[:, :2]).all(axis=1) & (inner_box[:, 2:] <= outer_box[:, 2:]).all(axis=1)
    rows = np.flatnonzero(boxed)
    inside = np.zeros(len(inner), dtype=bool)
    if len(rows):
        points = shapely.point_on_surface(geoms[inner[rows]])
        shapely.prepare(geoms[outer[rows]])
        inside[rows] = shapely.contains_xy(geoms[outer[rows]], shapely.get_x(points), shapely.get_y(points))
    return inside
