"""Whether parcels fit together without gaps and overlaps, and where they do not.

Parcels that fit form a coverage: neighbours run along the same vertices, nobody's ground is another's. Faults, by code:

``invalid``
    a geometry that cannot be measured (``detail``: the code of geo.validity). The checks below go on with it mended.
``duplicate``
    the same shape as an earlier row; ``near_duplicate``: all of its boundary within the tolerance of an earlier row's,
    and the other way round. Such a row takes no part in the other checks.
``repeated_vertex``
    a vertex given twice running in a ring (less than half the grid apart).
``sliver``
    a part of a parcel smaller than ``sliver_area_m2`` or thinner than ``sliver_width_m``.
``dangling_vertex``
    a vertex that lies off the edge of a neighbour, by more than half the diagonal of the grid (0.71 mm: what keeping
    coordinates to the grid may move it) and at most the tolerance, where the neighbour has no vertex. A vertex on the
    edge is no fault.
``near_vertices``
    vertices of neighbours that nearly coincide: apart by at most the tolerance.
``gap``
    ground of nobody, enclosed by parcels (openings of at most the tolerance count as closed), with an area of at most
    ``gap_area_m2`` or a width of at most ``gap_width_m``. A street is neither.
``overlap``
    ground of two parcels.

The width of a piece is twice its area over its perimeter: that of a long strip. A piece of gap or overlap that one
vertex explains (it lies off, or nearly coincides) is that vertex's fault and not listed again; so is a hair, a piece
thinner than ``hair_m``, along vertices that lie off. Vertices within the tolerance of any other piece are part of its
fault and not listed on their own. Boundaries that leave a common vertex at more than 1 in 5 part on purpose.

Distances of less than ``SAME_PLACE_M`` are noise of floating-point numbers and are taken for none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import validity
from geo._joining import joined
from geo.flat import FlatPolygons

CODES: Final = (
    "invalid", "duplicate", "near_duplicate", "overlap", "gap", "sliver", "dangling_vertex", "near_vertices",
    "repeated_vertex",
)  # fmt: skip
SEVERITIES: Final = ("error", "warning", "note")
COLUMNS: Final = ("code", "severity", "rows", "x", "y", "area_m2", "width_m", "detail", "geometry")
SAME_PLACE_M: Final = 1e-6
_CODE: Final = pd.CategoricalDtype(list(CODES))
_SEVERITY: Final = pd.CategoricalDtype(list(SEVERITIES), ordered=True)
_GRAVE: Final = frozenset({"invalid", "duplicate", "near_duplicate", "overlap"})
_POLYGON: Final = 3

Rows = NDArray[np.int64]
Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What counts as a fault. The defaults are those of the office: docs, domain facts on units and rounding.

    Attributes
    ----------
    tolerance_m
        Vertices within this are meant to be one: the poorest accuracy grade of boundary points (TD/T 1001).
    gap_width_m, gap_area_m2, sliver_width_m, sliver_area_m2
        Below either, ground is a sliver and not a parcel or a street.
    hair_m
        A piece thinner than this along vertices that lie off is told as those vertices.
    grid_m
        Coordinates are kept to this.
    """

    tolerance_m: float = 0.10
    gap_width_m: float = 0.10
    gap_area_m2: float = 1.0
    sliver_width_m: float = 0.10
    sliver_area_m2: float = 1.0
    hair_m: float = 0.01
    grid_m: float = 0.001

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0.0 < getattr(self, name) < np.inf:
                raise ValueError("limit_not_positive", name, getattr(self, name))


DEFAULT: Final = Limits()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault while it is being found; ``size`` is what ``unit`` says: m², m, or a count."""

    code: str
    rows: tuple[int, ...]
    x: float
    y: float
    geometry: shapely.Geometry
    area_m2: float = 0.0
    width_m: float = 0.0
    detail: str = ""


def check(geoms: Shapes, *, limits: Limits = DEFAULT, flat: FlatPolygons | None = None) -> pd.DataFrame:
    """Find every fault of a layer of polygons in a projected CRS, metres; rows that are no polygons are ``invalid``.

    ``flat`` is the same layer laid out, where the caller has it.

    Returns
    -------
    DataFrame
        ``code`` (categorical, CODES), ``severity`` (ordered: error, warning, note), ``rows`` (tuple of row numbers: for
        a vertex first whose edge it lies off, then whose it is), ``x``, ``y`` (a point of it; NaN when it has none),
        ``area_m2``, ``width_m`` (of the piece; of a vertex the distance that it lies off), ``detail``, ``geometry``
        (the piece, the way from vertex to edge, or the point). Errors first, then by size. Not rounded.
    """
    geoms = np.asarray(geoms, dtype=object)
    flat = FlatPolygons.of(geoms) if flat is None else flat
    layer = _laid_out(flat)
    found, layer, geoms = _invalid(geoms, layer)
    found += _repeated(layer, limits)
    twins, gone = _duplicates(geoms, layer, limits)
    found += twins
    slivers = _slivers(geoms, layer, gone, limits)
    found += slivers
    found += [Fault(**each) for each in joined(geoms, layer, gone, limits)]
    return _frame(found, limits)


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return some rows of a check as a frame again, in the order given."""
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))
    return frame.astype({"code": _CODE, "severity": _SEVERITY})


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as directed edges: see geo._coverage.lay_out."""

    flat: FlatPolygons
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    edge_start: Rows
    part_area: NDArray[np.float64]
    part_length: NDArray[np.float64]
    doubtful: NDArray[np.bool_]
    marks: NDArray[np.uint64]
    bounds: NDArray[np.float64]


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    one, other = shapely.box(0, 0, 1, 1), shapely.Polygon([(1, 0), (2, 0), (2, 1), (1.05, 1), (1.05, 0.5)])
    check(np.array([one, other, shapely.box(1.9, 0, 3, 1)], dtype=object))


def _laid_out(flat: FlatPolygons) -> Layer:
    # numba takes half a second to load: only who asks pays it
    from geo._coverage import lay_out  # noqa: PLC0415
    from geo._threads import seen_as_writable  # noqa: PLC0415

    # −0.0 and 0.0 are one place
    xy = flat.xy + 0.0 if (flat.xy == 0.0).any() else flat.xy
    starts = (seen_as_writable(each) for each in (flat.ring_start, flat.part_start, flat.row_start))
    flat = FlatPolygons(seen_as_writable(xy), *starts)
    return Layer(flat, *lay_out(flat.xy, flat.ring_start, flat.part_start, flat.row_start))


def _invalid(geoms: Shapes, layer: Layer) -> tuple[list[Fault], Layer, Shapes]:
    doubtful = np.flatnonzero(layer.doubtful)
    table = validity.faults(geoms[doubtful])
    rows = doubtful[table["row"].to_numpy()]
    polygonal = np.isin(shapely.get_type_id(geoms), (_POLYGON, 6))
    found = [
        Fault("invalid", (int(row),), x, y, shapely.Point(x, y) if np.isfinite(x) else shapely.Point(), detail=code)
        for row, code, x, y in zip(rows, table["code"], table["x"], table["y"], strict=True)
    ]
    others = np.flatnonzero(~polygonal)
    others = others[~shapely.is_missing(geoms[others]) & ~shapely.is_empty(geoms[others])]
    known = set(rows.tolist())
    found += [
        Fault("invalid", (int(row),), np.nan, np.nan, shapely.Point(), detail="not_polygon")
        for row in others
        if int(row) not in known
    ]
    if not found:
        return found, layer, geoms
    sound = geoms.copy()
    for fault in found:  # few, each its own case
        row = fault.rows[0]
        fit = polygonal[row] and fault.detail not in {"empty", "not_finite"}
        sound[row] = validity.repair(geoms[row])[0] if fit else None
    return found, _laid_out(FlatPolygons.of(sound)), sound


def _repeated(layer: Layer, limits: Limits) -> list[Fault]:
    from geo._coverage import repeated  # noqa: PLC0415  (see _laid_out)

    xy = layer.flat.xy
    places = np.flatnonzero(repeated(xy, layer.flat.ring_start, limits.grid_m / 2))
    ring = np.searchsorted(layer.flat.ring_start, places, side="right") - 1
    part = np.searchsorted(layer.flat.part_start, ring, side="right") - 1
    row = np.searchsorted(layer.flat.row_start, part, side="right") - 1
    return [
        Fault("repeated_vertex", (int(owner),), float(x), float(y), shapely.Point(x, y))
        for owner, (x, y) in zip(row, xy[places], strict=True)
    ]


def _duplicates(geoms: Shapes, layer: Layer, limits: Limits) -> tuple[list[Fault], NDArray[np.bool_]]:
    """Rows with the shape of an earlier one, and which rows these are."""
    gone = np.zeros(len(geoms), dtype=bool)
    found: list[Fault] = []
    live = np.flatnonzero(np.isfinite(layer.bounds[:, 0]))
    for later, earlier in _alike(live, layer.marks):
        if shapely.equals(geoms[later], geoms[earlier]):
            gone[later] = True
            found.append(_twin("duplicate", geoms, earlier, later, 0.0))
    live = live[~gone[live]]
    first, second = _same_bounds(layer.bounds[live], limits.tolerance_m)
    for one, other in zip(live[first].tolist(), live[second].tolist(), strict=True):
        if gone[one] or gone[other]:
            continue
        apart = shapely.hausdorff_distance(shapely.boundary(geoms[one]), shapely.boundary(geoms[other]))
        if apart <= limits.tolerance_m:
            gone[other] = True
            found.append(_twin("near_duplicate", geoms, one, other, float(apart)))
    return found, gone


def _alike(rows: Rows, marks: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """Rows whose mark an earlier one has, with that one."""
    ordered = np.sort(marks[rows])
    if (ordered[1:] != ordered[:-1]).all():
        return []
    _, first, group, counts = np.unique(marks[rows], return_index=True, return_inverse=True, return_counts=True)
    again = np.flatnonzero(counts[group] > 1)
    return [(int(rows[at]), int(rows[first[group[at]]])) for at in again if first[group[at]] != at]


def _same_bounds(bounds: NDArray[np.float64], tolerance: float) -> tuple[Rows, Rows]:
    """Pairs of rows, the earlier first, whose bounds agree within the tolerance."""
    from geo._coverage import same_bounds  # noqa: PLC0415  (see _laid_out)

    # the centre of one lies in the same or the next cell; a cell is as large as two centres may be apart
    centre = (bounds[:, :2] + bounds[:, 2:]) / 2
    cell = np.floor((centre - centre.min(axis=0, initial=np.inf)) / tolerance).astype(np.int64)
    stride = int(cell[:, 1].max(initial=0)) + 3
    key = cell[:, 0] * stride + cell[:, 1]
    order = np.argsort(key)
    left, right = same_bounds(bounds, order, key[order], stride, tolerance).T
    sorted_ = np.lexsort((right, left))
    return left[sorted_], right[sorted_]


def _twin(code: str, geoms: Shapes, first: int, row: int, apart: float) -> Fault:
    place = shapely.point_on_surface(geoms[row])
    return Fault(code, (first, row), place.x, place.y, geoms[row], float(geoms[row].area), apart)


def _slivers(geoms: Shapes, layer: Layer, gone: NDArray[np.bool_], limits: Limits) -> list[Fault]:
    width = 2 * layer.part_area / np.maximum(layer.part_length, SAME_PLACE_M)
    thin = np.flatnonzero((layer.part_area < limits.sliver_area_m2) | (width < limits.sliver_width_m))
    found: list[Fault] = []
    for part in thin.tolist():
        row = int(np.searchsorted(layer.flat.row_start, part, side="right")) - 1
        if gone[row]:
            continue
        pieces = shapely.get_parts(geoms[row])
        piece = pieces[~shapely.is_empty(pieces)][part - layer.flat.row_start[row]]
        place = shapely.point_on_surface(piece)
        detail = "whole" if len(pieces) == 1 else "part"
        found.append(Fault("sliver", (row,), place.x, place.y, piece, float(piece.area), float(width[part]), detail))
    return found


def _frame(found: list[Fault], limits: Limits) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "code": pd.Categorical([each.code for each in found], dtype=_CODE),
        "severity": pd.Categorical([_severity(each, limits) for each in found], dtype=_SEVERITY),
        "rows": pd.Series([each.rows for each in found], dtype=object),
        "x": np.array([each.x for each in found], dtype=np.float64),
        "y": np.array([each.y for each in found], dtype=np.float64),
        "area_m2": np.array([each.area_m2 for each in found], dtype=np.float64),
        "width_m": np.array([each.width_m for each in found], dtype=np.float64),
        "detail": pd.Series([each.detail for each in found], dtype=object),
        "geometry": pd.Series([each.geometry for each in found], dtype=object),
    }
    frame = pd.DataFrame(columns)
    order = np.lexsort((frame["y"], frame["x"], -frame["width_m"], -frame["area_m2"], frame["code"].cat.codes,
                        frame["severity"].cat.codes))  # fmt: skip
    return frame.iloc[order].reset_index(drop=True)


def _severity(fault: Fault, limits: Limits) -> str:
    if fault.code in _GRAVE:
        return "error" if fault.code != "overlap" or fault.width_m > limits.hair_m else "warning"
    if fault.code == "repeated_vertex" or (
        fault.code.endswith(("vertex", "vertices")) and fault.width_m <= limits.hair_m
    ):
        return "note"
    return "warning"
