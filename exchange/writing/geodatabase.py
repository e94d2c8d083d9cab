"""File Geodatabase in one zip: a feature class a type of shape, with aliases and the facts as its documentation.

Written by GDAL's OpenFileGDB in the version that ArcGIS 10 and GDAL 3.6 read too (what is written for ArcGIS Pro 3.2
shows them an empty layer): a date is the midnight it begins with, whole numbers of 64 bits are doubles. Coordinates lie
on the format's grid of 0.1 mm. Terms are written by name: GDAL's Arrow writer makes no coded-value domains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely

from exchange.errors import NotWritable
from exchange.writing import arrow_rows
from exchange.writing.facts import esri_metadata, title
from exchange.writing.outgoing import Batch, Note, OutColumn, Outgoing
from exchange.writing.short_names import geodatabase_names
from exchange.writing.whole import scratch_folder, whole_file, zip_folder

_OLDER_TYPES: Final = {"date": arrow_rows.MIDNIGHTS, "integer": pa.float64()}
# whole numbers above it have no double of their own
_EXACT_TO: Final = 2**53
_CLASS: Final = {0: ("point", "MultiPoint"), 1: ("line", "MultiLineString"), 2: ("polygon", "MultiPolygon")}


def write_geodatabase(outgoing: Outgoing, out: Path, *, epsg: int, lang: str = "zh") -> tuple[Note, ...]:
    """Write the geodatabase, zipped, in this CRS."""
    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "gdb"})
    with whole_file(out, suffix=".zip") as draft, scratch_folder(out.parent) as folder:
        rounded = 0
        for number, dimension in enumerate(outgoing.dimensions):
            path = folder / f"{outgoing.layer}.gdb"
            rounded += _write_class(outgoing, path, dimension, epsg=epsg, lang=lang, append=number > 0)
        zip_folder(folder, draft)
    names = geodatabase_names(outgoing.columns)
    changed = {key: name for key, name in names.items() if key != name}
    notes = [Note("columns_renamed", {"count": len(changed), "names": changed})] if changed else []
    if rounded:
        notes.append(Note("whole_numbers_rounded", {"values": rounded}))
    if len(outgoing.dimensions) > 1:
        notes.append(Note("split_by_shape", {"files": len(outgoing.dimensions)}))
    return tuple(notes)


def _write_class(outgoing: Outgoing, folder: Path, dimension: int, *, epsg: int, lang: str, append: bool) -> int:
    """Write one feature class; give the number of whole numbers that a double cannot hold."""
    import pyogrio  # noqa: PLC0415 - here, because only forms that GDAL writes need it

    suffix, kind = _CLASS[dimension]
    rounded: list[int] = []
    schema = arrow_rows.schema_of(
        outgoing, names=geodatabase_names(outgoing.columns), for_people=True, kinds=_OLDER_TYPES
    )

    def values(column: OutColumn, given: Sequence[Any]) -> Sequence[Any]:
        if column.kind == "term" or column.key == "is_sample":
            return [column.said(value, lang) for value in given]
        if column.kind == "integer":
            rounded.append(sum(value is not None and abs(value) > _EXACT_TO for value in given))
            return [None if value is None else float(value) for value in given]
        return given

    def batches() -> Iterator[pa.RecordBatch]:
        for batch, geoms in arrow_rows.placed(outgoing, epsg):
            mine = np.flatnonzero(shapely.get_dimensions(geoms) == dimension)
            if len(mine):
                own = {key: [column[row] for row in mine.tolist()] for key, column in batch.values.items()}
                some = Batch(batch.ids[mine], geoms[mine], own)
                yield arrow_rows.record_batch(outgoing, some, arrow_rows.multi(geoms[mine]), schema, values)

    with arrow_rows.Stream(schema, batches()).drawn() as reader:
        pyogrio.raw.write_arrow(
            reader,
            str(folder),
            layer=outgoing.layer if len(outgoing.dimensions) == 1 else f"{outgoing.layer}_{suffix}",
            driver="OpenFileGDB",
            geometry_name=arrow_rows.GEOMETRY,
            geometry_type=kind,
            crs=f"EPSG:{epsg}",
            append=append,
            layer_options={"LAYER_ALIAS": title(outgoing), "DOCUMENTATION": esri_metadata(outgoing, epsg)},
        )
    return sum(rounded)
