"""A file's rows put by on disk in the order of the ground, so that what lies in a box is read without the rest.

A shelf is a folder of plain arrays, written once by one process and mapped into memory by others: the bounds of the
rows, sorted by tile (`geo.partition`), where each tile begins and what it spans (a large row is a tile of its own, so
that it makes no other one large), and beside them the polygons and columns, of which ``row`` is the number in the file.
Shelves hold what was read and judged before; no file from outside is opened here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.flat import FlatPolygons
from geo.partition import Bounds, Tiles, large, meeting, tile_of

_PARTS: Final = ("xy", "ring_start", "part_start", "row_start")
_COLUMNS: Final = "columns.arrow"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a file's rows were put by, and which box holds them all (None: it has no row)."""

    folder: Path
    hull: Bounds | None


@dataclass(frozen=True, slots=True)
class Near:
    """Some rows of a shelf: ``place`` on it, ``row`` number in the file, ``bounds``."""

    place: NDArray[np.int64]
    row: NDArray[np.int64]
    bounds: NDArray[np.float64]


def put_by(
    folder: Path, bounds: NDArray[np.float64], table: pa.Table, polygons: FlatPolygons | None = None
) -> tuple[Shelf, Tiles]:
    """Put rows with these finite bounds by; a column of ``table`` is ``row``, the number in the file."""
    folder.mkdir(parents=True, exist_ok=True)
    tile, alone = tile_of(bounds), large(bounds)
    order = np.lexsort((alone, tile))
    if polygons is not None:
        sorted_out = polygons.take(order)
        for name in _PARTS:
            np.save(folder / f"{name}.npy", getattr(sorted_out, name), allow_pickle=False)
    write_columns(table.take(pa.array(order)), folder / _COLUMNS)
    tile, bounds = tile[order], bounds[order]
    begins = np.flatnonzero(np.concatenate([[True], (tile[1:] != tile[:-1]) | alone[order][1:]])[: len(tile)])
    hull = np.zeros((0, 4))
    if len(begins):
        hull = np.hstack([np.minimum.reduceat(bounds[:, :2], begins), np.maximum.reduceat(bounds[:, 2:], begins)])
    for name, array in {"bounds": bounds, "hull": hull, "begins": np.append(begins, len(tile))}.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    whole = None
    if len(bounds):
        west, south = bounds[:, :2].min(axis=0).tolist()
        east, north = bounds[:, 2:].max(axis=0).tolist()
        whole = (west, south, east, north)
    return Shelf(folder, whole), Tiles.of(bounds)


def within(shelf: Shelf, boxes: Sequence[Bounds]) -> Near:
    """The rows whose boxes meet any of some boxes, in the order of their numbers."""
    nothing = np.zeros(0, np.int64)
    if shelf.hull is None or not meeting(np.array([shelf.hull]), boxes)[0]:
        return Near(nothing, nothing, np.zeros((0, 4)))
    begins = _mapped(shelf, "begins")
    met = meeting(_mapped(shelf, "hull"), boxes)
    spans = [np.arange(begin, end) for begin, end in zip(begins[:-1][met], begins[1:][met], strict=True)]
    place = np.concatenate(spans) if spans else nothing
    bounds = _mapped(shelf, "bounds")[place]
    seen = meeting(bounds, boxes)
    place, bounds = place[seen], bounds[seen]
    row = mapped_columns(shelf.folder / _COLUMNS).column("row").to_numpy()[place]
    order = np.argsort(row)
    return Near(place[order], row[order], bounds[order])


def polygons_at(shelf: Shelf, place: NDArray[np.int64]) -> FlatPolygons:
    """The polygons at some places, in that order."""
    return FlatPolygons(*(_mapped(shelf, name) for name in _PARTS)).take(place)


def columns_at(shelf: Shelf, place: NDArray[np.int64]) -> pa.Table:
    """The columns at some places, in that order."""
    return mapped_columns(shelf.folder / _COLUMNS).take(pa.array(place))


def write_columns(table: pa.Table, path: Path) -> None:
    """Write columns of our own so that they can be mapped into memory."""
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def mapped_columns(path: Path) -> pa.Table:
    """Columns of our own, mapped into memory."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _mapped(shelf: Shelf, name: str) -> NDArray[Any]:
    array: NDArray[Any] = np.load(shelf.folder / f"{name}.npy", mmap_mode="r")
    return array
