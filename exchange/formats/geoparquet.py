"""GeoParquet 1.0 and 1.1: which column is the geometry, in which encoding, and which CRS its metadata declare."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import sample_mark
from exchange.formats.gdal import first_line
from exchange.formats.opened import CrsHow, FileNote, Opened, Wanted
from geo.flat import FlatPolygons

# GeoParquet 1.1 §crs: a column that says nothing is in longitude and latitude on WGS 84
_DEFAULT_CRS: Final = "OGC:CRS84"
_BATCH_ROWS: Final = 65_536
# coordinates of several rows held as lists instead of WKB: how deep the lists go
_NATIVE: Final = {"polygon": 2, "multipolygon": 3}


@dataclass(frozen=True, slots=True)
class Declared:
    """What the metadata of a file say of one geometry column."""

    column: str
    columns: tuple[str, ...]
    encoding: str
    crs: str | None
    how: CrsHow


@dataclass(frozen=True, slots=True)
class Columns:
    """The geometry column as Arrow holds it, WKB in chunks or native, and the other columns that were asked for."""

    declared: Declared
    geometry: pa.Array | pa.ChunkedArray
    others: tuple[tuple[str, pa.Array], ...]
    names: tuple[str, ...]
    notes: tuple[FileNote, ...] = ()


def read(path: Path, wanted: Wanted) -> Opened:
    """Read the whole file, as any other format is read."""
    found = read_columns(path, wanted.sublayer)
    geometry = found.geometry
    if found.declared.encoding == "WKB":
        wkb = np.asarray(geometry.to_numpy(zero_copy_only=False), dtype=object)
    else:
        wkb = np.asarray(shapely.to_wkb(from_native(geometry, found.declared.encoding).shapes()), dtype=object)
        wkb[~np.asarray(geometry.is_valid())] = None
    return Opened("Parquet", wkb, found.others, found.declared.crs, found.declared.how,
                  sublayer=found.declared.column, sublayers=found.declared.columns, notes=found.notes)  # fmt: skip


def read_columns(path: Path, sublayer: str | None, only: Collection[str] | None = None) -> Columns:
    """Read the geometry column and the others, or ``only`` those named.

    Raises
    ------
    FileRefused
        ``parquet_not_geo``, ``sublayer_unknown``, ``too_many_rows``, ``too_many_columns``, ``unreadable``.
    """
    with _faults(), pq.ParquetFile(path, memory_map=True) as file:
        schema = file.schema_arrow
        if file.metadata.num_rows > limits.MOST_ROWS:
            raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
        if len(schema.names) > limits.MOST_COLUMNS:
            raise FileRefused("too_many_columns", {"columns": len(schema.names), "most": limits.MOST_COLUMNS})
        declared = declared_by(schema, sublayer)
        apart = {*declared.columns, *_coverings(schema)}
        names = tuple(name for name in schema.names if name not in apart)
        asked = [name for name in names if only is None or name in only]
        # read by batches, a column of bytes is not copied again and again as it grows
        wanted = [declared.column, *asked]
        batches = list(file.iter_batches(_BATCH_ROWS, columns=wanted))
        table = pa.Table.from_batches(batches, batches[0].schema if batches else _of(schema, wanted))
        table.validate(full=True)
        geometry = table.column(declared.column)
        if declared.encoding != "WKB":
            geometry = _whole(geometry)
        others = tuple((name, _whole(table.column(name))) for name in asked)
        return Columns(declared, geometry, others, names, _sample_note(schema))


def _sample_note(schema: pa.Schema) -> tuple[FileNote, ...]:
    """Whether the facts of an export of this product, kept as JSON under a key of their own, tell of sample data."""
    try:
        told = json.loads((schema.metadata or {}).get(b"chantu", b"{}"))
    except (ValueError, RecursionError):
        return ()
    return sample_mark.note_of(told.get(sample_mark.FACT)) if isinstance(told, dict) else ()


def _of(schema: pa.Schema, names: Collection[str]) -> pa.Schema:
    return pa.schema([schema.field(name) for name in names])


def declared_by(schema: pa.Schema, sublayer: str | None = None) -> Declared:
    """Read the ``geo`` metadata of a schema."""
    try:
        told = json.loads((schema.metadata or {})[b"geo"])
        columns, primary = told["columns"], told["primary_column"]
        names = tuple(str(name) for name in columns if name in schema.names)
        chosen = primary if sublayer is None else sublayer
        if sublayer is not None and sublayer not in names:
            raise FileRefused("sublayer_unknown", {"asked": sublayer, "sublayers": list(names)})
        encoding = str(columns[chosen]["encoding"])
        kind = schema.field(str(chosen)).type
        binary = pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        if schema.names.count(str(chosen)) != 1 or binary != (encoding == "WKB"):
            raise FileRefused("parquet_not_geo", {"column": str(chosen)[:80]})
        if encoding != "WKB" and encoding not in _NATIVE:
            raise FileRefused("geoparquet_encoding", {"encoding": encoding[:80]})
        crs = columns[chosen].get("crs", _DEFAULT_CRS)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise FileRefused("parquet_not_geo") from error
    how: CrsHow = "none" if crs is None else "file" if "crs" in columns[chosen] else "default"
    text = crs if crs is None or isinstance(crs, str) else json.dumps(crs)
    return Declared(str(chosen), names, encoding, text, how)


def _coverings(schema: pa.Schema) -> set[str]:
    """Columns that hold the boxes of shapes (1.1 of the specification): they are of the format, not of the data."""
    columns = json.loads((schema.metadata or {})[b"geo"])["columns"].values()
    boxes = [one.get("covering", {}).get("bbox", {}) for one in columns if isinstance(one, dict)]
    paths = [path for box in boxes if isinstance(box, dict) for path in box.values()]
    return {str(path[0]) for path in paths if isinstance(path, list) and path}


def from_native(geometry: pa.Array, encoding: str) -> FlatPolygons:
    """Polygons held as nested lists of x and y; a missing row has no parts."""
    lists = []
    values = geometry
    for _ in range(_NATIVE[encoding]):
        if not (pa.types.is_list(values.type) or pa.types.is_large_list(values.type)):
            raise FileRefused("geoparquet_encoding", {"encoding": encoding})
        # a missing list may still claim values: give it none
        values = values if values.null_count == 0 else pa.array(values.to_pylist(), values.type)
        offsets = values.offsets.to_numpy().astype(np.int64)
        lists.append(offsets - offsets[0])
        values = values.flatten()
    xy = _interleaved(values, encoding)
    if encoding == "polygon":
        there = np.asarray(geometry.is_valid()) & (np.diff(lists[0]) > 0)
        rows = np.concatenate([np.zeros(1, np.int64), np.cumsum(there, dtype=np.int64)])
        shells = np.append(lists[0][:-1][there], lists[0][-1])
        return FlatPolygons(xy, lists[1], shells, rows)
    return FlatPolygons(xy, lists[2], lists[1], lists[0])


def _interleaved(values: pa.Array, encoding: str) -> Any:
    kind = values.type
    if pa.types.is_struct(kind) and kind.get_field_index("x") >= 0 and kind.get_field_index("y") >= 0:
        return np.column_stack([values.field(axis).to_numpy(zero_copy_only=False) for axis in "xy"]).astype(float)
    raise FileRefused("geoparquet_encoding", {"encoding": encoding})


def _whole(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_binary(column.type):
        # offsets of 32 bits end at 2 GiB, which several chunks together may pass
        column = column.cast(pa.large_binary())
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) and whole.num_chunks == 1 else whole


@contextmanager
def _faults() -> Iterator[None]:
    """Turn Arrow's refusals into ours, with its own words kept as a value."""
    try:
        yield
    except MemoryError as error:  # Arrow's out of memory is one too
        raise FileRefused("reader_out_of_memory") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileRefused("unreadable", {"reason": first_line(str(error))}) from error
