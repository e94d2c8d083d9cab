"""Which parcels touch, along how much boundary, and how far apart neighbours are.

For two parcels and a tolerance t (0.10 m: the poorest accuracy grade of boundary points, TD/T 1001):

``edge``
    their boundaries run together, facing, within t and nearly parallel, for more than t. Vertices need not match; a
    gap or an overlap within t is bridged. ``length_m`` is that length, measured along both boundaries and averaged.
``corner``
    they come within t, but not along an edge.
``across``
    they do not come within t, but face each other over a strip (a road, a ditch) of at most ``across_m`` in which no
    third parcel lies, for more than t; only when that is given. ``length_m`` is the boundary from which one looks
    straight out at the other, measured on both sides and averaged.
``near``
    none of these, but the gap is at most ``near_m``; only when that is given.
``overlap``
    their common area is more than t times the length they share (at least t × t): drawn over one another, not
    neighbours. ``length_m`` then counts boundary that coincides from the same side too.

``gap_m`` is the distance between the two, 0 when they touch or overlap; ``overlap_m2`` is their common area, 0 for
boundaries that cross by less than a tenth of t. Rings may be drawn either way round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.flat import FlatPolygons
from geo.index import ParcelIndex
from geo.partition import bounds_of
from geo.validity import repair_all

if TYPE_CHECKING:
    from geo._found import Found

KINDS: Final = ("edge", "corner", "across", "near", "overlap")
TOLERANCE_M: Final = 0.10
_KIND: Final = pd.CategoricalDtype(list(KINDS))
_EDGE, _CORNER, _ACROSS, _NEAR, _OVERLAP, _APART, _ASK = range(7)
# what is closer than a micrometre is the same place
SAME_PLACE_M: Final = 1e-6
# from here on a tree of boxes is quicker than comparing each with all
_FEW: Final = 64


def adjacency(
    geoms: NDArray[np.object_] | FlatPolygons,
    *,
    tolerance_m: float = TOLERANCE_M,
    near_m: float | None = None,
    across_m: float | None = None,
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
    _check(tolerance_m, near_m, across_m)
    # numba takes half a second to load: only who asks for neighbours pays it
    from geo._across import faced  # noqa: PLC0415
    from geo._found import in_order  # noqa: PLC0415
    from geo._layer import layer_of  # noqa: PLC0415
    from geo._neighbours import pairs_of  # noqa: PLC0415

    flat = geoms if isinstance(geoms, FlatPolygons) else FlatPolygons.of(geoms)
    layer = layer_of(flat)
    farthest_m = max(near_m or 0.0, across_m or 0.0)
    found = in_order(pairs_of(layer, tolerance_m, farthest_m), len(flat))
    _ask_geos(found, flat, tolerance_m, farthest_m)
    kept = found.kind != _APART
    if across_m is not None:
        _face(found, faced(layer, tolerance_m, across_m), len(flat), tolerance_m)
        kept &= (found.kind != _NEAR) | (found.gap_m <= (near_m or 0.0) + SAME_PLACE_M)
    return _frame(found if kept.all() else type(found)(*(column[kept] for column in found)))


def neighbours_of(
    index: ParcelIndex,
    members: ArrayLike,
    *,
    tolerance_m: float = TOLERANCE_M,
    near_m: float | None = None,
    across_m: float | None = None,
) -> pd.DataFrame:
    """Find the pairs of neighbours in which at least one is a member (a row of ``index``); see `adjacency`."""
    _check(tolerance_m, near_m, across_m)
    rows = np.unique(np.asarray(members, dtype=np.int64))
    rows = rows[np.isfinite(index.bounds[rows, 0])]
    around = _around(index, rows, reach=max(tolerance_m, near_m or 0.0, across_m or 0.0))
    found = adjacency(index.geoms[around], tolerance_m=tolerance_m, near_m=near_m, across_m=across_m)
    left, right = around[found["left"]], around[found["right"]]
    asked = np.isin(left, rows) | np.isin(right, rows)
    return found.assign(left=left, right=right)[asked].reset_index(drop=True)


def updated(
    previous: pd.DataFrame,
    before: NDArray[np.object_] | FlatPolygons | ParcelIndex,
    after: NDArray[np.object_] | FlatPolygons | ParcelIndex,
    came_from: ArrayLike,
    *,
    tolerance_m: float = TOLERANCE_M,
    near_m: float | None = None,
    across_m: float | None = None,
) -> pd.DataFrame:
    """Find all pairs of neighbours after an edit, measuring only those in reach of what changed.

    Parameters
    ----------
    previous
        What `adjacency` found of ``before``, with the same distances.
    before, after
        Polygons before and after parcels were redrawn, split, merged, added or taken away; an index is quickest.
    came_from
        For each row of ``after`` the row of ``before`` that it is unchanged; −1 for a new or a redrawn one.

    Returns
    -------
    DataFrame
        Equal to ``adjacency(after, …)``.
    """
    _check(tolerance_m, near_m, across_m)
    origin = np.asarray(came_from, dtype=np.int64)
    old_box, new_box = _boxes(before), _boxes(after)
    gone = np.ones(len(old_box), dtype=bool)
    gone[origin[origin >= 0]] = False
    changed = np.flatnonzero(origin < 0)
    reach = max(tolerance_m, near_m or 0.0, across_m or 0.0)
    # across a strip a third parcel decides: what is in reach of an old or a new outline is measured anew too
    touched = np.zeros(len(new_box), dtype=bool)
    touched[changed] = True
    if across_m is not None:
        touched |= _meeting(new_box, np.concatenate([old_box[gone], new_box[changed]]), reach)
    around = np.flatnonzero(touched | _meeting(new_box, new_box[touched], reach))
    place = np.full(len(old_box), -1, dtype=np.int64)
    place[origin[origin >= 0]] = np.flatnonzero(origin >= 0)
    left, right = place[previous["left"]], place[previous["right"]]
    known = (left >= 0) & (right >= 0)
    known[known] &= ~(touched[left[known]] | touched[right[known]])
    kept = previous.assign(left=np.minimum(left, right), right=np.maximum(left, right))[known]
    found = adjacency(_some(after, around), tolerance_m=tolerance_m, near_m=near_m, across_m=across_m)
    left, right = around[found["left"]], around[found["right"]]
    new = found.assign(left=left, right=right)[touched[left] | touched[right]]
    return pd.concat([kept, new]).sort_values(["left", "right"], ignore_index=True)


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    long = shapely.segmentize(shapely.box(0, 1, 100, 2), 1.0)
    adjacency(np.array([*squares, long, squares[0]], dtype=object), across_m=1.0)


def _check(tolerance_m: float, near_m: float | None, across_m: float | None) -> None:
    if not 0.0 < tolerance_m < np.inf:
        raise ValueError("tolerance_not_positive", tolerance_m)
    if near_m is not None and not tolerance_m <= near_m < np.inf:
        raise ValueError("near_below_tolerance", near_m)
    if across_m is not None and not tolerance_m <= across_m < np.inf:
        raise ValueError("across_below_tolerance", across_m)


def _some(geoms: NDArray[np.object_] | FlatPolygons | ParcelIndex, rows: NDArray[np.int64]) -> NDArray[np.object_]:
    if isinstance(geoms, FlatPolygons):
        return geoms.take(rows).shapes()
    return geoms.geoms[rows] if isinstance(geoms, ParcelIndex) else geoms[rows]


def _boxes(geoms: NDArray[np.object_] | FlatPolygons | ParcelIndex) -> NDArray[np.float64]:
    """West, south, east, north of each row, NaN for one without an outline."""
    if isinstance(geoms, ParcelIndex):
        return geoms.bounds
    if not isinstance(geoms, FlatPolygons):
        return np.asarray(shapely.bounds(geoms).reshape(-1, 4))
    return bounds_of(geoms)


def _meeting(box: NDArray[np.float64], others: NDArray[np.float64], reach: float) -> NDArray[np.bool_]:
    """Which boxes come within reach of any of the others."""
    west, south, east, north = box.T
    found = np.zeros(len(box), dtype=bool)
    if len(others) > _FEW:
        tree = shapely.STRtree(shapely.box(*others.T))  # type: ignore[arg-type]
        found[tree.query(shapely.box(west - reach, south - reach, east + reach, north + reach))[0]] = True
        return found
    for w, s, e, n in others.tolist():
        found |= (west <= e + reach) & (east >= w - reach) & (south <= n + reach) & (north >= s - reach)
    return found


def _around(index: ParcelIndex, rows: NDArray[np.int64], *, reach: float) -> NDArray[np.int64]:
    """The rows and all whose boxes come within reach of theirs, sorted."""
    west, south, east, north = index.bounds[rows].T
    boxes = shapely.box(west - reach, south - reach, east + reach, north + reach)
    return np.unique(np.append(index.tree.query(boxes)[1].astype(np.int64), rows))


def _ask_geos(found: Found, flat: FlatPolygons, tolerance_m: float, near_m: float) -> None:
    """Fill in the pairs of which a member crosses itself, or is too long: GEOS mends and overlays them."""
    rows = np.flatnonzero(found.kind == _ASK)
    if not len(rows):
        return
    facing, stacked, gap = found.length_m[rows], found.overlap_m2[rows], found.gap_m[rows]
    used, place = np.unique(np.concatenate([found.left[rows], found.right[rows]]), return_inverse=True)
    sound = repair_all(flat.take(used).shapes())[place]
    common = shapely.area(shapely.intersection(sound[: len(rows)], sound[len(rows) :]))
    gap[common > 0.0] = 0.0
    overlapping = common > tolerance_m * np.maximum(facing, tolerance_m)
    within, near = gap <= tolerance_m + SAME_PLACE_M, gap <= near_m + SAME_PLACE_M
    kind = np.select([overlapping, facing > tolerance_m, within, near], [_OVERLAP, _EDGE, _CORNER, _NEAR], _APART)
    length = np.where(overlapping, facing + stacked, facing)
    found.kind[rows], found.gap_m[rows], found.overlap_m2[rows] = kind, gap, common
    found.length_m[rows] = np.where(length < SAME_PLACE_M, 0.0, length)


def _face(found: Found, facing: tuple[NDArray[np.int64], NDArray[np.float64]], rows: int, tolerance_m: float) -> None:
    """Turn the near pairs that face each other over a strip into pairs across it."""
    pairs, length = facing
    key, known = pairs[:, 0] * rows + pairs[:, 1], found.left.astype(np.int64) * rows + found.right
    at = np.searchsorted(known, key)
    met = (at < len(known)) & (length > tolerance_m)
    met[met] = known[at[met]] == key[met]
    met[met] = found.kind[at[met]] == _NEAR
    found.kind[at[met]], found.length_m[at[met]] = _ACROSS, length[met]


def _frame(found: Found) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "left": found.left.astype(np.int64),
            "right": found.right.astype(np.int64),
            "kind": pd.Categorical.from_codes(found.kind.astype(np.int8), dtype=_KIND),
            "length_m": found.length_m,
            "gap_m": found.gap_m,
            "overlap_m2": found.overlap_m2,
        },
        copy=False,
    )
