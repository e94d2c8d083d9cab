"""Shapefile in one zip: ASCII names of ten characters with their dictionary, GBK where all text fits, exact numbers.

What every program reads: .shp and .shx by GDAL; .dbf with names of ASCII letters; .cpg and the language id of the .dbf
say GBK (code page 936, the default of Chinese Windows, for programs that read neither). When a value has a character
that GBK lacks, the whole file is UTF-8 and its .cpg says so: nothing is lost in ArcGIS and QGIS, and old programs that
know only GBK are told by the note. A Shapefile holds one type of shape: points, lines and polygons are a set each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing import arrow_rows, dbase
from exchange.writing.facts import esri_metadata
from exchange.writing.outgoing import Batch, Note, OutColumn, Outgoing
from exchange.writing.short_names import short_names
from exchange.writing.tables import neutralised
from exchange.writing.whole import scratch_folder, whole_file, zip_folder
from geo.crs import read_crs

# offsets in a .shp count 16-bit words in a signed 32-bit number, but many programs stop at 2 GiB
_MOST_BYTES: Final = 2**31 - 1
_SET: Final = {0: "point", 1: "line", 2: "polygon"}
_TYPE: Final = {0: "MultiPoint", 1: "LineString", 2: "Polygon"}
_MOST_NOTED: Final = 20
_DICTIONARY: Final = ("字段名 Field", "键 Key", "中文名", "English", "单位 Unit", "类型 Kind", "术语 Terms")
# how the dictionary begins, by which it is known again when the zip comes back
DICTIONARY_HEAD: Final = ",".join(_DICTIONARY[:2])


@dataclass
class _Wanted:
    """What the columns and the shapes need, by one look at all rows."""

    columns: list[dbase.Measured]
    rows: dict[int, int] = field(default_factory=dict)
    shape_bytes: dict[int, int] = field(default_factory=dict)

    @property
    def encoding(self) -> str:
        return "utf-8" if any(column.unfit for column in self.columns) else "gbk"


def write_shapefile(outgoing: Outgoing, out: Path, *, epsg: int, lang: str = "zh") -> tuple[Note, ...]:
    """Write the set, zipped, in this CRS; terms by name in the language asked for.

    Raises
    ------
    NotWritable
        Nothing to write, more than 2 GiB (``too_large_for_shapefile``), or too many columns
        (``too_wide_for_shapefile``).
    """
    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "shp"})
    names = short_names(outgoing.columns)
    wanted = _looked(outgoing, lang)
    _refuse_too_large(wanted)
    with whole_file(out, suffix=".zip") as draft, scratch_folder(out.parent) as folder:
        for dimension in wanted.rows:
            alone = len(wanted.rows) == 1
            stem = outgoing.layer if alone else f"{outgoing.layer}_{_SET[dimension]}"
            _write_set(outgoing, folder / stem, dimension, wanted, names, epsg=epsg, lang=lang)
        (folder / "fields.csv").write_bytes(_dictionary(outgoing.columns, names))
        zip_folder(folder, draft)
    return tuple(_notes(wanted, names))


def _looked(outgoing: Outgoing, lang: str) -> _Wanted:
    wanted = _Wanted([dbase.measured(column) for column in outgoing.columns])
    for batch in outgoing.batches():
        for column in wanted.columns:
            column.look(_said(column.column, batch.values[column.column.key], lang))
        dimensions = shapely.get_dimensions(batch.geoms)
        for dimension in np.unique(dimensions).tolist():
            geoms = batch.geoms[dimensions == dimension]
            parts, _ = shapely.get_parts(geoms, return_index=True)
            rings = len(shapely.get_rings(parts)) if dimension == 2 else len(parts)  # noqa: PLR2004 - areas
            size = 52 * len(geoms) + 4 * rings + 16 * int(shapely.get_num_coordinates(geoms).sum())
            wanted.rows[dimension] = wanted.rows.get(dimension, 0) + len(geoms)
            wanted.shape_bytes[dimension] = wanted.shape_bytes.get(dimension, 100) + size
    return wanted


def _refuse_too_large(wanted: _Wanted) -> None:
    record = 1 + sum(column.width(wanted.encoding) for column in wanted.columns)
    table = max(wanted.rows.values(), default=0) * record
    size = max(table, *wanted.shape_bytes.values())
    if size > _MOST_BYTES:
        raise NotWritable("too_large_for_shapefile", {"size_bytes": size, "most": _MOST_BYTES})


def _write_set(
    outgoing: Outgoing, stem: Path, dimension: int, wanted: _Wanted, names: dict[str, str], *, epsg: int, lang: str
) -> None:
    import pyogrio  # noqa: PLC0415 - here, because only forms that GDAL writes need it

    schema = pa.schema([pa.field(arrow_rows.GEOMETRY, pa.binary())])
    table_path = stem.with_suffix(".table")

    def batches() -> Iterator[pa.RecordBatch]:
        with table_path.open("wb") as file:
            columns = [names[column.key] for column in outgoing.columns]
            table = dbase.Table(file, wanted.columns, columns, rows=wanted.rows[dimension], encoding=wanted.encoding)
            for batch, geoms in arrow_rows.placed(outgoing, epsg):
                mine = np.flatnonzero(shapely.get_dimensions(geoms) == dimension)
                if len(mine):
                    table.add(_chosen(column, batch, mine, lang) for column in outgoing.columns)
                    wkb = np.asarray(shapely.to_wkb(_shapes(geoms[mine], dimension), output_dimension=2), dtype=object)
                    yield pa.record_batch([pa.array(wkb, type=pa.binary())], schema=schema)
            table.end()

    with arrow_rows.Stream(schema, batches()).drawn() as reader:
        pyogrio.raw.write_arrow(
            reader, str(stem.with_suffix(".shp")), driver="ESRI Shapefile", geometry_name=arrow_rows.GEOMETRY,
            geometry_type=_TYPE[dimension], crs=f"EPSG:{epsg}", encoding="UTF-8",
        )  # fmt: skip
    table_path.replace(stem.with_suffix(".dbf"))
    stem.with_suffix(".cpg").write_text("GBK" if wanted.encoding == "gbk" else "UTF-8", encoding="ascii")
    stem.with_suffix(".prj").write_text(read_crs(epsg).to_wkt("WKT1_ESRI"), encoding="ascii")
    stem.with_suffix(".shp.xml").write_text(esri_metadata(outgoing, epsg), encoding="utf-8")


def _shapes(geoms: NDArray[np.object_], dimension: int) -> NDArray[np.object_]:
    # points of one place and of several cannot lie in one file unless all are multi-part
    return arrow_rows.multi(geoms) if dimension == 0 else geoms


def _chosen(column: OutColumn, batch: Batch, rows: NDArray[np.int64], lang: str) -> list[Any]:
    values = _said(column, batch.values[column.key], lang)
    return [values[row] for row in rows.tolist()]


def _said(column: OutColumn, values: Any, lang: str) -> list[Any]:
    if column.kind in {"term", "json"} or column.key == "is_sample":
        return [column.said(value, lang) for value in values]
    return list(values)


def _dictionary(columns: tuple[OutColumn, ...], names: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_DICTIONARY)
    for one in columns:
        terms = "；".join(f"{term.zh} {term.en}" for term in (one.terms or {}).values())
        row = (names[one.key], one.key, one.zh, one.en, one.unit, one.kind, terms)
        writer.writerow([neutralised(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def _notes(wanted: _Wanted, names: dict[str, str]) -> Iterator[Note]:
    unfit: dict[str, int] = {}
    for column in wanted.columns:
        for character, rows in column.unfit.items():
            unfit[character] = unfit.get(character, 0) + rows
    if unfit:
        shown = "".join(sorted(unfit)[:_MOST_NOTED])
        yield Note("text_is_utf8", {"characters": shown, "count": len(unfit)})
    for column in wanted.columns:
        if column.cut:
            values = {"column": column.column.zh, "name": names[column.column.key], "rows": column.cut}
            yield Note("text_cut", values | {"most": dbase.MOST_TEXT_BYTES})
    if len(wanted.rows) > 1:
        yield Note("split_by_shape", {"files": len(wanted.rows)})
