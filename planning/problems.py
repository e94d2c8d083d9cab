"""The problems of a file that was read: against itself and what is stored, piece by piece, with little in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from exchange.progress import Watch
from exchange.report import Item, Note
from exchange.rows_file import RowsFile
from geo.flat import FlatPolygons
from geo.partition import Bounds, Tiles, grown, meeting, pieces, tile_of
from layers.schema import LayerSchema
from planning.findings import ImportFinding, Incoming, Neighbourhood, areas_apart, odd_codes, overlapping
from planning.import_limits import ImportLimits
from store.database import Database
from store.idsets import among
from store.rtree import ids_in_box
from store.tables import LAYER_TABLES

# rows of the layer that are looked at together while their shapes are compared
_STORED_BATCH: Final = 16_384
# rows of the file whose neighbours are measured together
_PIECE_ROWS: Final = 32_768
_NO_POLYGONS: Final = FlatPolygons.of(np.zeros(0, dtype=object))


@dataclass(frozen=True, slots=True)
class Asked:
    """How a file is to be judged: for which layer, whose it is, what a person says of its columns."""

    schema: LayerSchema
    supplier: str
    mapping: Mapping[str, str] | None
    limits: ImportLimits
    watch: Watch


@dataclass
class Sound:
    """The sound rows, gathered batch by batch."""

    rows: list[NDArray[np.int64]] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)
    bounds: list[NDArray[np.float64]] = field(default_factory=list)
    areas: list[NDArray[np.float64]] = field(default_factory=list)
    declared: list[NDArray[np.float64]] = field(default_factory=list)
    slivers: list[ImportFinding] = field(default_factory=list)
    notes: dict[str, Note] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    is_sample: bool = False
    # a few shapes, to be laid over those that are stored
    some: NDArray[np.object_] = field(default_factory=lambda: np.zeros(0, dtype=object))

    def joined(self, name: str) -> NDArray[Any]:
        """One array of what was gathered by batches: joined once, and the batches let go."""
        held: list[NDArray[Any]] = getattr(self, name)
        if len(held) > 1:
            held[:] = [np.concatenate(held)]
        return held[0] if held else _NOTHING[name]


_NOTHING: Final[Mapping[str, NDArray[Any]]] = {
    "rows": np.zeros(0, np.int64), "bounds": np.zeros((0, 4)), "areas": np.zeros(0), "declared": np.zeros(0),
}  # fmt: skip


def stored_twins(db: Database, schema: LayerSchema, sound: Sound) -> dict[int, str]:
    """Positions of rows whose shape the layer has already, to the last bit, with the code that it has there.

    A file that comes in twice would otherwise stack every parcel on itself. Points may stand on one another.
    """
    bounds = sound.joined("bounds")
    if not len(bounds):
        return {}
    pointlike = (bounds[:, :2] == bounds[:, 2:]).all(axis=1)
    wanted: dict[bytes, list[int]] = {}
    for at, mark in enumerate(sound.marks):
        if not pointlike[at]:
            wanted.setdefault(mark, []).append(at)
    found: dict[int, str] = {}
    hull = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    for codes, shapes in _stored(db, schema, hull):
        for code, shape in zip(codes, shapes, strict=True):
            for at in wanted.get(hashlib.sha256(shape).digest(), ()):
                found[at] = str(code)
    return dict(sorted(found.items()))


def _stored(db: Database, schema: LayerSchema, hull: Bounds) -> Iterator[tuple[list[str], list[bytes]]]:
    """Codes and WKB of the layer's rows in a box, some thousands at a time."""
    table = LAYER_TABLES[schema.name]
    with db.read() as conn:
        ids = ids_in_box(conn, schema.name, hull)
        for start in range(0, len(ids), _STORED_BATCH):
            part = ids[start : start + _STORED_BATCH]
            rows = conn.execute(select(table.c.code, table.c.geometry).where(among(table.c.id, part))).all()
            yield [row.code for row in rows], [row.geometry for row in rows]


def problems(
    db: Database,
    asked: Asked,
    sound: Sound,
    codes: NDArray[np.object_],
    twins: Mapping[int, str],
    in_use: Collection[str],
    folder: Path,
) -> list[ImportFinding]:
    """What the checks find; stored rows that the file brings anew, by code or shape, are not held against it."""
    rows, bounds = sound.joined("rows"), sound.joined("bounds")
    if not len(rows):
        return []
    mine = {*codes.tolist(), *twins.values()}
    everything = _incoming(sound, codes, slice(None), _NO_POLYGONS)
    found = [
        *(replace(one, codes=(str(codes[np.searchsorted(rows, one.rows[0])]),)) for one in sound.slivers),
        *areas_apart(everything, asked.limits),
        *odd_codes(everything, sorted(in_use), asked.limits),
    ]
    if "polygon" not in asked.schema.shapes:
        return found
    file = RowsFile(folder / "sound.arrow")
    for at, own, hull in _pieces(bounds, asked.limits.tolerance_m):
        flat = FlatPolygons.of(file.geoms_at(at))
        incoming = replace(_incoming(sound, codes, at, flat), own=own)
        found += overlapping(incoming, _neighbourhood(db, asked.schema, hull, mine), asked.limits)
    return found


def _pieces(
    bounds: NDArray[np.float64], reach_m: float
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.bool_], Bounds]]:
    """Positions of rows to be looked at together, which of them are a piece's own, and how far its own reach."""
    tile = tile_of(bounds)
    for piece in pieces(Tiles.of(bounds), most_rows=_PIECE_ROWS):
        own = np.isin(tile, piece.tiles)
        low, high = bounds[own, :2].min(axis=0), bounds[own, 2:].max(axis=0)
        hull = grown((float(low[0]), float(low[1]), float(high[0]), float(high[1])), reach_m)
        at = np.flatnonzero(own | meeting(bounds, [hull]))
        yield at, own[at], hull


def _incoming(sound: Sound, codes: NDArray[np.object_], at: NDArray[np.int64] | slice, flat: FlatPolygons) -> Incoming:
    rows = sound.joined("rows")[at]
    return Incoming(
        rows=rows, codes=codes[at], flat=flat, areas_m2=sound.joined("areas")[at],
        declared_m2=sound.joined("declared")[at], own=np.ones(len(rows), dtype=bool), bounds=sound.joined("bounds")[at],
    )  # fmt: skip


def _neighbourhood(db: Database, schema: LayerSchema, hull: Bounds, mine: Collection[str]) -> Neighbourhood:
    """What the layer has in a box, but for the rows of these codes."""
    held: list[FlatPolygons] = []
    names: list[str] = []
    for stored_codes, shapes in _stored(db, schema, hull):
        others = [at for at, code in enumerate(stored_codes) if code not in mine]
        held.append(FlatPolygons.of(np.asarray(shapely.from_wkb([shapes[at] for at in others]), dtype=object)))
        names += [stored_codes[at] for at in others]
    flat = FlatPolygons.joined(held) if held else _NO_POLYGONS
    return Neighbourhood(np.array(names, dtype=object), flat, ())


def findings_of_items(
    items: Sequence[Item], rows: NDArray[np.int64], bounds: NDArray[np.float64]
) -> list[ImportFinding]:
    """Rows refused, mended and given another code, as findings: one list for the screen and for the supplier."""
    place = {int(row): at for at, row in enumerate(rows)}
    found = []
    for item in items:
        x, y = item.detail.get("x"), item.detail.get("y")
        at = place.get(item.row)
        if x is None or y is None:
            x, y = (np.nan, np.nan) if at is None else ((bounds[at, :2] + bounds[at, 2:]) / 2).tolist()
        stored = (str(item.detail["code"]),) if item.code in {"code_in_use", "shape_in_use"} else ()
        found.append(ImportFinding(
            item.code, (item.row,), (item.where,), stored, float(x), float(y),
            abs(float(item.detail.get("area_change_m2") or 0.0)), dict(item.detail),
        ))  # fmt: skip
    return found
