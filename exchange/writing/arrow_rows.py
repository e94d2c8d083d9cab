"""Rows as a stream of Arrow batches, for the formats that GDAL writes: a batch is held at a time, whatever the length.

GDAL takes a column's Chinese name from the Arrow field's metadata (``GDAL:OGR:alternative_name``); GeoPackage,
FlatGeobuf and the File Geodatabase keep it beside the key.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing.outgoing import Batch, OutColumn, Outgoing
from geo.crs import converter

GEOMETRY: Final = "geometry"
DATES: Final = pa.date32()
MIDNIGHTS: Final = pa.timestamp("ms", tz="UTC")
_MULTI: Final = {0: shapely.multipoints, 1: shapely.multilinestrings, 3: shapely.multipolygons}
_TYPES: Final[Mapping[str, pa.DataType]] = {
    "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_(), "date": DATES,
}  # fmt: skip

Values = Callable[[OutColumn, Sequence[Any]], Sequence[Any]]


def placed(outgoing: Outgoing, epsg: int) -> Iterator[tuple[Batch, NDArray[np.object_]]]:
    """Each batch with its shapes in the CRS asked for.

    Raises
    ------
    NotWritable
        ``coordinates_not_finite``: the CRS cannot take some of them.
    """
    way = converter(outgoing.epsg, epsg)
    for batch in outgoing.batches():
        geoms = way.geometries(batch.geoms)
        if not np.isfinite(shapely.get_coordinates(geoms)).all():
            raise NotWritable("coordinates_not_finite", {"crs": str(way.target.name)})
        yield batch, geoms


def multi(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with every single one made multi-part: the formats want one type a layer."""
    made = geoms.copy()
    kinds = shapely.get_type_id(geoms)
    makers: dict[int, Any] = _MULTI
    for kind, maker in makers.items():
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            made[rows] = maker(geoms[rows], indices=np.arange(len(rows)))
    return made


def schema_of(
    outgoing: Outgoing,
    *,
    names: Mapping[str, str] | None = None,
    for_people: bool = False,
    kinds: Mapping[str, pa.DataType] | None = None,
) -> pa.Schema:
    """Give the columns under their keys (or the names given), with their Chinese name; the shapes last, as WKB.

    ``for_people`` says that values will be as people read them: the mark of sample data is a text then. ``kinds``
    says what a kind of column is written as where the format lacks the usual type.
    """
    # a GeoPackage keeps every Chinese name once
    heads = [column.head("zh") for column in outgoing.columns]
    known, types = names or {}, kinds or {}
    fields = [
        pa.field(known.get(column.key, column.key), _type(column, types, for_people=for_people), metadata={
            "GDAL:OGR:alternative_name": head if heads.count(head) == 1 else f"{head} {column.key}",
            "GDAL:OGR:comment": column.head("en"),
        })
        for column, head in zip(outgoing.columns, heads, strict=True)
    ]  # fmt: skip
    return pa.schema([*fields, pa.field(GEOMETRY, pa.binary())])


def record_batch(
    outgoing: Outgoing, batch: Batch, geoms: NDArray[np.object_], schema: pa.Schema, values: Values | None = None
) -> pa.RecordBatch:
    """One batch under the schema; ``values`` turns a column's values into what is to be written."""
    arrays = [
        array_of(values(column, batch.values[column.key]) if values else batch.values[column.key], field.type)
        for column, field in zip(outgoing.columns, schema, strict=False)
    ]
    wkb = pa.array(np.asarray(shapely.to_wkb(geoms, output_dimension=2), dtype=object), type=pa.binary())
    return pa.record_batch([*arrays, wkb], schema=schema)


def array_of(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """A column of plain values as Arrow; text loses what no format keeps: NUL and broken surrogates."""
    if kind in {DATES, MIDNIGHTS}:
        days = pa.array([None if value is None else dt.date.fromisoformat(str(value)[:10]) for value in values], DATES)
        return days.cast(kind)
    if pa.types.is_string(kind):
        return pa.array([None if value is None else text_of(value) for value in values], kind)
    return pa.array(values, kind)


def text_of(value: Any) -> str:
    """A value as text that can be written as UTF-8 and read by C programs."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


class Stream:
    """Batches that GDAL draws one by one; what goes wrong while making one is raised when it has stopped."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self._error: NotWritable | None = None
        self.reader = pa.RecordBatchReader.from_batches(schema, self._watched(batches))

    def _watched(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except NotWritable as error:
            self._error = error
            raise

    @contextmanager
    def drawn(self) -> Iterator[pa.RecordBatchReader]:
        """The reader; inside, faults of GDAL become NotWritable."""
        with gdal_writes():
            try:
                yield self.reader
            except Exception:
                # nothing is swallowed: GDAL wraps what a batch said in an error of its own; the batch is heard instead
                if self._error is not None:
                    raise self._error from None
                raise


@contextmanager
def gdal_writes() -> Iterator[None]:
    """GDAL's own faults as NotWritable ``cannot_write`` with what it said."""
    from pyogrio import errors  # noqa: PLC0415 - as everywhere: who writes no such file need not wait for GDAL

    try:
        yield
    except (
        errors.DataSourceError, errors.DataLayerError, errors.CRSError, errors.FeatureError, errors.GeometryError,
        errors.FieldError,
    ) as error:  # fmt: skip
        raise NotWritable("cannot_write", {"reason": str(error)[:200]}) from error


def _type(column: OutColumn, kinds: Mapping[str, pa.DataType], *, for_people: bool) -> pa.DataType:
    if for_people and column.key == "is_sample":
        return pa.string()
    return kinds.get(column.kind) or _TYPES.get(column.kind, pa.string())
