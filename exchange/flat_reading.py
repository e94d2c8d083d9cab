"""A layer of polygons read in the sandbox and brought back as flat arrays, for what measures a file and keeps none.

GeoParquet becomes flat arrays without an object a row; any other format is read as ever and taken apart in the reader
process. The arrays come back as files mapped into memory; nothing but their offsets is looked at here.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from exchange import limits, reading
from exchange.errors import FileRefused
from exchange.reading import Original
from exchange.report import CrsStory, Item
from exchange.sandbox import ReaderProcess, Request
from exchange.scratch import folder_for
from exchange.sniff import sniff
from geo.flat import FlatPolygons

_OFFSETS: Final = ("ring_start", "part_start", "row_start")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatReading:
    """One layer: ``polygons`` of all rows, ``taken`` where a row can be measured; the others are refused in ``items``.

    ``table`` holds the columns that were asked for, row by row; ``column_names`` are all there are.
    """

    polygons: FlatPolygons
    taken: NDArray[np.bool_]
    table: pd.DataFrame
    column_names: tuple[str, ...]
    items: tuple[Item, ...]
    crs: CrsStory


@contextmanager
def borrowed(source: Path, name: str) -> Iterator[Original]:
    """A file to measure: Parquet is read where it lies, anything else from a copy of our own, as an import is.

    A hundred megabytes take as long to copy and sum as to measure; a Parquet file that changes meanwhile can at worst
    be refused, because it is read by one process that holds it open.
    """
    if source.is_file() and 0 < source.stat().st_size <= limits.MOST_FILE_BYTES and sniff(source).format == "parquet":
        yield Original(name, source.resolve(), source, "", source.stat().st_size)
        return
    with reading.secured(source, name) as original:
        yield original


def read(
    original: Original,
    *,
    process: ReaderProcess,
    columns: Collection[str] = (),
    crs: str | None = None,
    storage_epsg: int | None = None,
    sublayer: str | None = None,
) -> FlatReading:
    """Read the polygons of one layer in a reader process; ``storage_epsg`` None lets the file choose the CRS.

    Raises
    ------
    FileRefused
        The file cannot be taken as a whole.
    """
    out = folder_for("read")
    request = Request(
        path=str(original.path), out=str(out), shapes=("polygon",), sublayer=sublayer, crs=crs,
        storage_epsg=storage_epsg, strict=False, flat=True, columns=tuple(columns),
    )  # fmt: skip
    try:
        return _brought_back(process.ask(request), out, tuple(columns))
    finally:
        # what is mapped stays readable until it is let go
        shutil.rmtree(out, ignore_errors=True)


def joined(readings: Sequence[FlatReading]) -> FlatReading:
    """Several files as one layer: rows are counted on from file to file; their CRS is the same.

    Raises
    ------
    FileRefused
        ``crs_conflict``.
    """
    first = readings[0]
    for other in readings[1:]:
        if other.crs.storage != first.crs.storage:
            raise FileRefused("crs_conflict", {"file": other.crs.storage, "given": first.crs.storage})
    items, before = [], 0
    for each in readings:
        items += [replace(item, row=item.row + before) for item in each.items]
        before += len(each.taken)
    return FlatReading(
        polygons=FlatPolygons.joined([each.polygons for each in readings]),
        taken=np.concatenate([each.taken for each in readings]),
        table=pd.concat([each.table for each in readings], ignore_index=True),
        column_names=first.column_names,
        items=tuple(items),
        crs=first.crs,
    )


def _brought_back(told: dict[str, Any], out: Path, columns: tuple[str, ...]) -> FlatReading:
    names = tuple(str(name) for name in told["columns"])
    with pa.OSFile(str(out / "rows.arrow"), "rb") as file:
        table = pa.ipc.open_file(file).read_all()
    wanted = [(place, name) for place, name in enumerate(names) if name in columns]
    frame = {name: pd.Series(table.column(f"c{place}").to_pylist(), dtype=object) for place, name in wanted}
    # copy on write: code is compiled for arrays that can be written, and again for those that cannot
    arrays = {name: np.load(out / f"{name}.npy", mmap_mode="c") for name in ("xy", *_OFFSETS, "taken")}
    return FlatReading(
        polygons=_checked(FlatPolygons(arrays["xy"], *(arrays[name] for name in _OFFSETS))),
        taken=np.array(arrays["taken"], dtype=bool),
        table=pd.DataFrame(frame),
        column_names=names,
        items=tuple(Item(item["row"], item["outcome"], item["code"], item["detail"]) for item in told["items"]),
        crs=CrsStory(**{"operation": "", "accuracy_m": None} | told["crs"]),
    )


def _checked(flat: FlatPolygons) -> FlatPolygons:
    """Refuse offsets that leave the arrays: the reader process saw the file, so it is not believed."""
    for start, end in ((flat.ring_start, len(flat.xy)), (flat.part_start, len(flat.ring_start) - 1),
                       (flat.row_start, len(flat.part_start) - 1)):  # fmt: skip
        if start.dtype != np.int64 or start[0] != 0 or start[-1] != end or (start[1:] < start[:-1]).any():
            raise FileRefused("reader_crashed")
    if flat.xy.dtype != np.float64 or flat.xy.ndim != 2 or flat.xy.shape[1] != 2:  # noqa: PLR2004 - x and y
        raise FileRefused("reader_crashed")
    return flat
