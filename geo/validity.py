"""What is wrong with a geometry and where, and how it is mended.

Mending can take minutes on a hostile polygon and cannot be stopped from within: `repair` is called only where the
process around it has a limit of time. `faults` is quick on anything.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.flat import FlatPolygons

# GEOS words (TopologyValidationError) -> stable codes; anything unknown is "invalid" with the words kept as detail
_CODE_OF_REASON: Final = {
    "Self-intersection": "self_intersection",
    "Ring Self-intersection": "ring_self_intersection",
    "Hole lies outside shell": "hole_outside_shell",
    "Holes are nested": "nested_holes",
    "Nested shells": "nested_shells",
    "Interior is disconnected": "disconnected_interior",
    "Duplicate Rings": "duplicate_rings",
    "Too few points in geometry component": "too_few_points",
    "Invalid Coordinate": "not_finite",
    "Ring is not closed": "ring_not_closed",
}
_REASON: Final = re.compile(r"^(?P<words>[^\[]+)\[(?P<x>\S+) (?P<y>[^\s\]]+)")
_POLYGON: Final = 3
# to a tenth of a micrometre: below what coordinates of a country can hold
_GRID_M: Final = 1e-7


def faults(geoms: NDArray[np.object_]) -> pd.DataFrame:
    """List what keeps each geometry from being measured.

    Returns
    -------
    DataFrame
        ``row``, ``code``, ``detail`` (words of the checking library, or ``""``), ``x``, ``y`` (where it is, NaN when
        it has no place). At most one fault a row: ``missing``, ``empty``, ``not_finite``, then the first fault of
        validity.
    """
    geoms = np.asarray(geoms, dtype=object)
    missing = shapely.is_missing(geoms)
    empty = shapely.is_empty(geoms)
    wild = _not_finite(geoms)
    broken = ~missing & ~empty & ~wild & ~shapely.is_valid(geoms)
    rows = [(int(row), "missing", "", np.nan, np.nan) for row in np.flatnonzero(missing)]
    rows += [(int(row), "empty", "", np.nan, np.nan) for row in np.flatnonzero(empty)]
    rows += [(int(row), "not_finite", "", np.nan, np.nan) for row in np.flatnonzero(wild)]
    rows += [(int(row), *_reason(str(shapely.is_valid_reason(geoms[row])))) for row in np.flatnonzero(broken)]
    frame = pd.DataFrame(rows, columns=["row", "code", "detail", "x", "y"])
    kinds = {"row": "int64", "code": "str", "detail": "str", "x": "float64", "y": "float64"}
    return frame.astype(kinds).sort_values("row", ignore_index=True)


def proven(flat: FlatPolygons) -> NDArray[np.bool_]:
    """Which rows are valid beyond doubt: one ring that surely does not touch itself; the others have to be looked at.

    Some 0.3 µs a parcel, where `faults` takes 1.2 µs and shapely's objects to ask.
    """
    from geo._simple import prove  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it
    from geo._threads import in_blocks  # noqa: PLC0415 - the same

    found = np.zeros(len(flat), dtype=bool)
    arrays = flat.xy, flat.ring_start, flat.part_start, flat.row_start
    in_blocks(lambda begin, end: prove(*arrays, begin, end, found), len(flat))
    return found


def warm() -> None:
    """Load the compiled part, so that the first file does not wait for it."""
    proven(FlatPolygons.of(np.array([shapely.box(0, 0, 1, 1)], dtype=object)))


def repair(geom: BaseGeometry) -> tuple[BaseGeometry, float]:
    """Mend a polygon so that it can be measured; return it with the change of area in m² (new minus old).

    Rings are taken as shells and holes by how they lie, and overlaps of parts are merged (GEOS ``structure``); where
    that leaves nothing, by even-odd (``linework``). Only polygons are kept: spikes and loose lines go. A valid
    polygon comes back as it is. The result may be empty: then there was no area to keep.
    """
    if geom.geom_type in ("Polygon", "MultiPolygon") and geom.is_valid:
        return geom, 0.0
    mended = _polygons_of(shapely.make_valid(geom, method="structure", keep_collapsed=False))
    if (mended.is_empty and not geom.is_empty) or not mended.is_valid:
        # now and then GEOS gives parts that still cross by a rounding
        mended = _polygons_of(shapely.make_valid(geom))
    if not mended.is_valid:
        mended = _polygons_of(shapely.make_valid(shapely.set_precision(mended, _GRID_M, mode="pointwise")))
    return (mended if mended.is_valid else shapely.Polygon()), float(mended.area - geom.area)


def repair_all(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """Mend the polygons of an array that need it; others, and what is missing, stay as they are."""
    polygonal = np.isin(shapely.get_type_id(geoms), (_POLYGON, 6))
    broken = np.flatnonzero(polygonal & ~shapely.is_valid(geoms))
    mended = geoms.copy()
    for row in broken:  # few, and each is its own case
        mended[row] = repair(geoms[row])[0]
    return mended


def _not_finite(geoms: NDArray[np.object_]) -> NDArray[np.bool_]:
    coordinates, row = shapely.get_coordinates(geoms, include_z=False, return_index=True)
    wild = np.zeros(len(geoms), dtype=bool)
    wild[row[~np.isfinite(coordinates).all(axis=1)]] = True
    return wild


def _reason(words: str) -> tuple[str, str, float, float]:
    found = _REASON.match(words)
    if found is None:
        return _CODE_OF_REASON.get(words, "invalid"), words, np.nan, np.nan
    reason = found["words"].strip()
    return _CODE_OF_REASON.get(reason, "invalid"), reason, float(found["x"]), float(found["y"])


def _polygons_of(geom: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shapely.get_parts(geom))
    polygons = parts[shapely.get_type_id(parts) == _POLYGON]
    if not len(polygons):
        return shapely.Polygon()
    only: BaseGeometry = polygons[0]
    return only if len(polygons) == 1 else shapely.multipolygons(polygons)
