"""Which rows of a file can be taken, what was mended on them, and why the others cannot.

Runs inside the reader process: mending a hostile polygon can take for ever, and only a process can be stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import crs_gate, mending_apart, nesting, progress
from exchange.crs_gate import Source
from exchange.crs_words import understood
from exchange.errors import FileRefused
from exchange.formats.opened import Opened, RowNote
from exchange.progress import Watch
from geo.crs import converter, label, storage_crs
from geo.validity import faults

# shapely type ids by family; 7 is the collection, which is taken apart
_FAMILY_IDS: Final = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}
_COLLECTION: Final = 7
# rows looked at together, and the steps that go over all of them: reading, converting, mending
_BLOCK_ROWS: Final = 8_192
_STEPS: Final = 3
_COLLECTORS: Final[dict[str, Any]] = {
    "polygon": shapely.multipolygons,
    "line": shapely.multilinestrings,
    "point": shapely.multipoints,
}


@dataclass
class Judged:
    """The rows with their geometry in the storage CRS (None = refused), and what is to be said about them.

    ``items`` are dicts of row (from 1, as in the file), outcome, code, detail: what the report lists.
    """

    geoms: NDArray[np.object_]
    items: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    crs: dict[str, Any] = field(default_factory=dict)

    def refuse(self, rows: NDArray[np.bool_], code: str, **detail: Any) -> None:
        """Put every marked row aside with one reason."""
        for row in np.flatnonzero(rows):
            self.items.append({"row": int(row) + 1, "outcome": "refused", "code": code, "detail": detail})
        self.geoms[rows] = None

    def mend(self, row: int, code: str, **detail: Any) -> None:
        """Note what was changed on a row."""
        self.items.append({"row": row + 1, "outcome": "mended", "code": code, "detail": detail})


def judge(
    opened: Opened,
    *,
    shapes: tuple[str, ...],
    given_crs: str | None,
    storage_epsg: int | None,
    strict: bool = True,
    watch: Watch = progress.nobody,
) -> Judged:
    """Bring every row into the storage CRS as a valid geometry of a shape the layer takes, or refuse it.

    ``storage_epsg`` None means that there is no database: a projected CRS is chosen for the file. ``strict`` refuses
    rows outside the storage CRS's area of use. The bytes of ``opened`` are let go as they are read.

    Raises
    ------
    FileRefused
        The CRS is unknown or contradicted, or the file lies elsewhere than the storage CRS.
    """
    blocks = _Blocks(len(opened.wkb), watch)
    judged = decoded(opened.wkb, opened.refusals, blocks)
    for note in opened.mends:
        judged.mend(note.row, note.code, **note.values)
    before = judged.geoms.copy()
    take_shapes(judged, shapes)
    there = ~shapely.is_missing(judged.geoms)
    unfit = before[~there & ~shapely.is_missing(before)]
    del before
    if storage_epsg is None and not there.any():
        reasons = sorted({str(item["code"]) for item in judged.items})
        raise FileRefused("no_geometry", {"rows": len(judged.geoms), "reasons": reasons})
    source, storage = crs_pair(opened, shapely.bounds(judged.geoms[there]), given_crs, storage_epsg)
    judged.crs |= {"source": source.name, "declared_how": source.how, "storage": label(storage)}
    if strict and storage_epsg is not None and source.plain:
        _tell_elsewhere(judged, unfit, source, storage)
    if not source.plain:
        judged.geoms[there] = shapely.transform(judged.geoms[there], source.settle)
        judged.notes += source.story()
    if there.any():
        _place(judged, source, storage, strict=strict and storage_epsg is not None)
        convert(judged, source, storage, blocks)
        mend_shapes(judged, blocks)
    judged.items.sort(key=lambda item: item["row"])
    return judged


def _tell_elsewhere(judged: Judged, unfit: NDArray[np.object_], source: Source, storage: pyproj.CRS) -> None:
    """Note how many of the shapes that the layer does not take lie elsewhere too: another kind would not help them."""
    if not len(unfit):
        return
    try:
        count = int(crs_gate.stray_rows(source, shapely.bounds(unfit), storage).sum())
    except FileRefused as refused:
        # more than stray rows: for rows that are refused already it is no reason to refuse the others
        rows = refused.values.get("rows")
        count = rows if isinstance(rows, int) else len(unfit)
    if count:
        judged.notes.append({"code": "unfit_rows_elsewhere", "values": {"rows": count, "storage": label(storage)}})


class _Blocks:
    """Rows some thousands at a time; a step that goes over all of them counts as its share of the judging."""

    def __init__(self, rows: int, watch: Watch = progress.nobody) -> None:
        self._rows = rows
        self._watch = watch
        self._step = 0

    def over(self) -> Iterator[NDArray[np.int64]]:
        """Positions of the rows, block by block."""
        for start in range(0, self._rows, _BLOCK_ROWS):
            self._watch("judge", (self._step * self._rows + start) // _STEPS, self._rows)
            yield np.arange(start, min(start + _BLOCK_ROWS, self._rows))
        self._step += 1


def decoded(wkb: NDArray[np.object_], refusals: Iterable[RowNote] = (), blocks: _Blocks | None = None) -> Judged:
    """Read WKB row by row, two-dimensional and finite; unclosed rings are closed.

    ``refusals`` are reasons that the reader has given already: such a row is not missing, it was refused.
    """
    judged = Judged(np.full(len(wkb), None, dtype=object))
    missing = np.array([value is None for value in wkb], dtype=bool)
    for note in refusals:
        missing[note.row] = False
        judged.items.append({"row": note.row + 1, "outcome": "refused", "code": note.code, "detail": dict(note.values)})
    broken = np.array([value is not None and len(value) == 0 for value in wkb], dtype=bool)
    deep = nesting.too_deep(wkb)
    present = np.array([bool(value) for value in wkb], dtype=bool) & ~deep
    wild = np.zeros(len(wkb), dtype=bool)
    for block in (blocks or _Blocks(len(wkb))).over():
        rows = block[present[block]]
        judged.geoms[rows] = shapely.from_wkb(wkb[rows], on_invalid="ignore")
        unread = rows[shapely.is_missing(judged.geoms[rows])]
        judged.geoms[unread] = shapely.from_wkb(wkb[unread], on_invalid="fix")
        for row in unread[~shapely.is_missing(judged.geoms[unread])]:
            judged.mend(int(row), "ring_closed")
        if wkb.flags.writeable:
            wkb[block] = None
        wild[block] = _not_finite(judged.geoms[block])
    judged.refuse(missing, "geometry_missing")
    judged.refuse(deep, "geometry_too_deep", most=nesting.DEEPEST)
    judged.refuse(broken | (present & shapely.is_missing(judged.geoms)), "geometry_unreadable")
    _flatten(judged)
    judged.refuse(shapely.is_empty(judged.geoms), "geometry_empty")
    judged.refuse(wild & ~shapely.is_missing(judged.geoms), "coordinates_not_finite")
    return judged


def _not_finite(geoms: NDArray[np.object_]) -> NDArray[np.bool_]:
    wild = np.zeros(len(geoms), dtype=bool)
    coordinates, row_of = shapely.get_coordinates(geoms, return_index=True)
    wild[row_of[~np.isfinite(coordinates).all(axis=1)]] = True
    return wild


def _flatten(judged: Judged) -> None:
    high = shapely.has_z(judged.geoms) | shapely.has_m(judged.geoms)
    if high.any():
        judged.geoms = np.asarray(shapely.force_2d(judged.geoms), dtype=object)
        judged.notes.append({"code": "heights_dropped", "values": {"rows": int(high.sum())}})


def take_shapes(judged: Judged, shapes: tuple[str, ...]) -> None:
    """Keep the shapes that the layer takes; a collection gives up the parts that fit."""
    kinds = shapely.get_type_id(judged.geoms)
    taken = [code for shape in shapes for code in _FAMILY_IDS[shape]]
    for row in np.flatnonzero(kinds == _COLLECTION):
        fitting, others = _fitting_parts(judged.geoms[row], shapes)
        if fitting is None:
            continue
        judged.geoms[row] = fitting
        judged.mend(int(row), "collection_reduced" if others else "collection_joined", parts_dropped=others)
    kinds = np.where(shapely.is_missing(judged.geoms), -1, shapely.get_type_id(judged.geoms))
    for kind in np.unique(kinds[(kinds >= 0) & ~np.isin(kinds, taken)]):
        rows = kinds == kind
        found = shapely.GeometryType(int(kind)).name.title()
        judged.refuse(rows, "geometry_wrong_type", found=found, takes=list(shapes))


def _fitting_parts(collection: BaseGeometry, shapes: tuple[str, ...]) -> tuple[BaseGeometry | None, int]:
    parts = np.array([collection], dtype=object)
    # each round opens one level of nesting; multi-part members become their single parts as well
    while (shapely.get_type_id(parts) > 3).any():  # noqa: PLR2004 - 4 to 7 are the types made of parts
        parts = shapely.get_parts(parts)
    kinds = shapely.get_type_id(parts)
    for shape in shapes:
        fitting = parts[np.isin(kinds, _FAMILY_IDS[shape]) & ~shapely.is_empty(parts)]
        if len(fitting):
            whole = fitting[0] if len(fitting) == 1 else _COLLECTORS[shape](list(fitting))
            return whole, len(parts) - len(fitting)
    return None, len(parts)


def crs_pair(
    opened: Opened, bounds: NDArray[np.float64], given: str | None, storage_epsg: int | None
) -> tuple[Source, pyproj.CRS]:
    """CRS of the file, and the one to bring its rows into: the database's, else wished for, its own, advised."""
    if storage_epsg is not None:
        storage = storage_crs(storage_epsg)
        return crs_gate.source_of(opened.crs, opened.crs_how, given, bounds=bounds, storage=storage), storage
    source, working = _source_and_wish(opened, bounds, given)
    if working is not None:
        return source, working
    if source.crs.is_projected and not _is_web_mercator(source.crs):
        return source, source.crs
    advised = crs_gate.advised_for(source, bounds)
    if not advised:
        raise FileRefused("no_storage_crs", {"source": source.name})
    return source, storage_crs(advised[0])


def _source_and_wish(
    opened: Opened, bounds: NDArray[np.float64], given: str | None
) -> tuple[Source, pyproj.CRS | None]:
    """Without a database a projected ``given`` is the CRS to work in when the file has its own, else the file's."""
    words = understood(given) if given is not None else None
    if words is not None and words.plain and opened.crs_how != "none":
        wish = words.crs
        if wish.is_projected and not (opened.crs_how == "default" and _holds_metres(bounds)):
            epsg = wish.to_epsg(min_confidence=20)
            source = crs_gate.source_of(opened.crs, opened.crs_how, None)
            return source, storage_crs(epsg) if epsg else wish
    return crs_gate.source_of(opened.crs, opened.crs_how, given, bounds=bounds), None


def _holds_metres(bounds: NDArray[np.float64]) -> bool:
    """Whether rows without a declared CRS hold numbers that no longitude and latitude can be."""
    largest = np.abs(bounds).max(axis=0)
    return bool(largest[[0, 2]].max() > 180 or largest[[1, 3]].max() > 90)  # noqa: PLR2004 - the range of degrees


def _is_web_mercator(crs: pyproj.CRS) -> bool:
    return crs.to_epsg(min_confidence=20) == 3857  # noqa: PLR2004 - EPSG code


def _place(judged: Judged, source: Source, storage: pyproj.CRS, *, strict: bool) -> None:
    """Refuse rows that cannot be where they say; ``strict`` also those outside the storage CRS's area of use."""
    there = ~shapely.is_missing(judged.geoms)
    wild = np.zeros(len(judged.geoms), dtype=bool)
    wild[there] = crs_gate.wild_rows(source, shapely.bounds(judged.geoms[there]), storage)
    judged.refuse(wild, "coordinates_out_of_range", crs=source.name)
    there &= ~wild
    if strict and there.any():
        stray = np.zeros(len(judged.geoms), dtype=bool)
        stray[there] = crs_gate.stray_rows(source, shapely.bounds(judged.geoms[there]), storage)
        judged.refuse(stray, "outside_area_of_use", storage=label(storage))


def convert(judged: Judged, source: Source, storage: pyproj.CRS, blocks: _Blocks | None = None) -> None:
    """Bring every row into the storage CRS."""
    way = converter(source.crs, storage)
    lost = np.zeros(len(judged.geoms), dtype=bool)
    for block in (blocks or _Blocks(len(judged.geoms))).over():
        rows = block[~shapely.is_missing(judged.geoms[block])]
        judged.geoms[rows] = way.geometries(judged.geoms[rows])
        lost[block] = _not_finite(judged.geoms[block])
    judged.crs |= {"operation": way.operation, "accuracy_m": way.accuracy_m if np.isfinite(way.accuracy_m) else None}
    judged.refuse(lost, "outside_projection", storage=label(storage))


def mend_shapes(judged: Judged, blocks: _Blocks | None = None) -> None:
    """Make every polygon valid, each with the change of its area; refuse what has no area or length left."""
    broken: list[dict[str, Any]] = []
    for block in (blocks or _Blocks(len(judged.geoms))).over():
        found = faults(judged.geoms[block])
        broken += [
            {str(name): value for name, value in each.items()} | {"row": int(block[each["row"]])}
            for each in found[found["code"] != "missing"].to_dict(orient="records")
        ]
    areal: list[dict[str, Any]] = []
    for fault in broken:  # few, and each is its own case
        row = int(fault["row"])
        if shapely.get_dimensions(judged.geoms[row]) < 2:  # noqa: PLR2004 - less than an area
            judged.refuse(_only(row, len(judged.geoms)), "shape_degenerate", reason=str(fault["code"]), **_where(fault))
        else:
            areal.append(fault)
    repairs = mending_apart.mended([judged.geoms[int(fault["row"])] for fault in areal])
    for fault, repaired in zip(areal, repairs, strict=True):
        row, reason = int(fault["row"]), str(fault["code"])
        if repaired.geom is None:
            judged.refuse(_only(row, len(judged.geoms)), repaired.given_up, reason=reason, **_where(fault))
        elif repaired.geom.is_empty or repaired.geom.area == 0:
            judged.refuse(_only(row, len(judged.geoms)), "no_area", reason=reason, **_where(fault))
        else:
            judged.geoms[row] = repaired.geom
            change = round(repaired.area_change_m2, 4)
            judged.mend(row, "geometry_mended", reason=reason, area_change_m2=change, **_where(fault))
    lengthless = (shapely.get_dimensions(judged.geoms) == 1) & (shapely.length(judged.geoms) == 0)
    judged.refuse(lengthless, "shape_degenerate", reason="no_length")


def _where(fault: dict[str, Any]) -> dict[str, float | None]:
    return {"x": _place_or_none(fault["x"]), "y": _place_or_none(fault["y"])}


def _place_or_none(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def _only(row: int, count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, dtype=bool)
    mask[row] = True
    return mask
