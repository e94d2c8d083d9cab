"""The problems of a file that was read: against itself and what is stored, piece by piece, with little in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from planning.findings import (
    ImportFinding,
    Incoming,
    Neighbourhood,
    areas_apart,
    odd_codes,
    overlapping,
    refuse_stacks,
    slivers,
)
from planning.findings_file import FindingsWriter
from planning.import_limits import ImportLimits
from store.database import Database
from store.idsets import among
from store.rtree import ids_in_box
from store.tables import LAYER_TABLES

# rows of the layer that are looked at together while their shapes are compared
_STORED_BATCH: Final = 4_096
# rows of the file whose neighbours are measured together
_PIECE_ROWS: Final = 8_192
# the file of the rows that can be taken
SOUND: Final = "sound.arrow"
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
    # SHA-256 of each shape as four numbers, to be held against those that are stored
    marks: list[NDArray[np.uint64]] = field(default_factory=list)
    bounds: list[NDArray[np.float64]] = field(default_factory=list)
    areas: list[NDArray[np.float64]] = field(default_factory=list)
    declared: list[NDArray[np.float64]] = field(default_factory=list)
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
    "rows": np.zeros(0, np.int64), "marks": np.zeros((0, 4), np.uint64),
    "bounds": np.zeros((0, 4)), "areas": np.zeros(0), "declared": np.zeros(0),
}  # fmt: skip


def marks_of(shapes: Sequence[bytes]) -> NDArray[np.uint64]:
    """SHA-256 of some well-known binaries, four numbers a shape."""
    digests = b"".join(hashlib.sha256(shape).digest() for shape in shapes)
    return np.frombuffer(digests, dtype=np.uint64).reshape(-1, 4)


def stored_twins(db: Database, asked: Asked, sound: Sound) -> dict[int, str]:
    """Positions of rows whose shape the layer has already, to the last bit, with the code that it has there.

    A file that comes in twice would otherwise stack every parcel on itself. Points may stand on one another.
    """
    bounds = sound.joined("bounds")
    if not len(bounds):
        return {}
    marks = sound.joined("marks")
    order = np.argsort(marks[:, 0], kind="stable")
    first = marks[order, 0]
    areal = (bounds[:, :2] != bounds[:, 2:]).any(axis=1)
    found: dict[int, str] = {}
    hull = (*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist())
    for codes, shapes in _stored(db, asked.schema, hull):
        asked.watch("check", 0, len(bounds))
        stored = marks_of(shapes)
        low, high = np.searchsorted(first, stored[:, 0], "left"), np.searchsorted(first, stored[:, 0], "right")
        for held in np.flatnonzero(low < high).tolist():
            alike = order[low[held] : high[held]]
            alike = alike[(marks[alike] == stored[held]).all(axis=1) & areal[alike]]
            found.update(dict.fromkeys(alike.tolist(), str(codes[held])))
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
    known: tuple[Mapping[int, str], Collection[str]],
    findings: FindingsWriter,
) -> None:
    """Write what the checks find; stored rows that the file brings anew, by code or shape, are not held against it.

    ``known`` are the rows whose shape is stored, with its code, and the codes that are in use.
    """
    twins, in_use = known
    bounds = sound.joined("bounds")
    if not len(bounds):
        return
    mine = {*codes.tolist(), *twins.values()}
    everything = _incoming(sound, codes, slice(None), _NO_POLYGONS)
    findings.add(areas_apart(everything, asked.limits))
    findings.add(odd_codes(everything, sorted(in_use), asked.limits))
    refuse_stacks(everything.rows, bounds)
    if "polygon" not in asked.schema.shapes:
        return
    file = RowsFile(findings.folder / SOUND)
    done = 0
    for at, own, hull in _pieces(bounds, asked.limits.tolerance_m):
        asked.watch("check", done, len(bounds))
        flat = FlatPolygons.of(file.geoms_at(at))
        incoming = replace(_incoming(sound, codes, at, flat), own=own)
        findings.add(slivers(incoming, asked.limits))
        findings.add(overlapping(incoming, _neighbourhood(db, asked.schema, hull, mine), asked.limits))
        done += int(own.sum())


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
) -> Iterator[ImportFinding]:
    """Rows refused, mended and given another code, as findings: one list for the screen and for the supplier."""
    for item in items:
        x, y = item.detail.get("x"), item.detail.get("y")
        at = int(np.searchsorted(rows, item.row))
        there = at < len(rows) and rows[at] == item.row
        if x is None or y is None:
            x, y = ((bounds[at, :2] + bounds[at, 2:]) / 2).tolist() if there else (np.nan, np.nan)
        stored = (str(item.detail["code"]),) if item.code in {"code_in_use", "shape_in_use"} else ()
        yield ImportFinding(
            item.code, (item.row,), (item.where,), stored, float(x), float(y),
            abs(float(item.detail.get("area_change_m2") or 0.0)), dict(item.detail),
        )  # fmt: skip
