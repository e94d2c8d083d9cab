"""A file read in the sandbox and brought back: rows in the storage CRS, columns as they were, what was said of them."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exchange import limits, progress
from exchange.errors import FileRefused
from exchange.formats import geodatabase
from exchange.formats.opened import EncodingTried
from exchange.formats.shapefile import PARTS, siblings
from exchange.progress import Watch
from exchange.report import CrsStory, Item, Note
from exchange.rows_file import RowsFile
from exchange.sandbox import ReaderProcess, Request
from exchange.scratch import folder_for
from exchange.sniff import sniff

_CHUNK_BYTES: Final = 1 << 20
# what GDAL calls it -> what the report calls it
_FORMATS: Final[Mapping[str, str]] = {
    "GeoJSON": "geojson", "TopoJSON": "topojson", "GPKG": "geopackage", "ESRI Shapefile": "shapefile",
    "Parquet": "geoparquet", "FlatGeobuf": "flatgeobuf", "OpenFileGDB": "geodatabase", "GML": "gml", "KML": "kml",
    "DXF": "dxf",
    "BoundaryTXT": "boundary_txt", "CSV": "csv", "XLSX": "xlsx", "GeoJSONSeq": "geojsonseq",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes that came in, copied where nobody changes them: ``path`` is what is read, ``kept`` what is to be filed.

    The two differ for a Shapefile or a geodatabase lying open on a disk: its parts are read together, filed as one zip.
    """

    name: str
    path: Path
    kept: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of one layer of a file beside its rows."""

    format: str
    driver: str
    sublayer: str
    sublayers: tuple[str, ...]
    encoding: str
    encodings: tuple[EncodingTried, ...]
    evidence: tuple[Note, ...]
    column_names: tuple[str, ...]
    items: tuple[Item, ...]
    notes: tuple[Note, ...]
    crs: CrsStory
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Told):
    """One layer of a file: ``geoms`` in the storage CRS (None = refused, see ``items``), ``table`` row by row."""

    geoms: NDArray[np.object_]
    table: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRows(Told):
    """The same with the rows left on the disk: ``rows`` gives them by batches, geometry None where refused."""

    rows: RowsFile


@contextmanager
def secured(source: Path | bytes, name: str) -> Iterator[Original]:
    """Copy a file (or the bytes of an upload) into a folder of our own for as long as the block lasts."""
    folder = folder_for("in")
    try:
        yield secure(source, name, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def secure(source: Path | bytes, name: str, folder: Path, watch: Watch = progress.nobody) -> Original:
    """Copy a file, the parts of the Shapefile that it belongs to, or the folder of a geodatabase into ``folder``.

    ``watch`` hears how much of a single file is copied; what it raises ends it.

    Raises
    ------
    FileRefused
        The file is missing, no file, unreadable or too large.
    """
    if isinstance(source, bytes):
        path = folder / "original"
        _refuse_size(len(source), name)
        path.write_bytes(source)
        if sniff(path).format == "shapefile":
            # a reader of the format goes by the suffix; the other parts were not sent, so there are no attributes
            path = path.rename(path.with_suffix(".shp"))
        return Original(Path(name).name, path, path, hashlib.sha256(source).hexdigest(), len(source))
    try:
        if geodatabase.is_geodatabase(source):
            return _secure_geodatabase(source, name, folder)
        if not source.is_file():
            raise _no_file(source, name)
        _refuse_size(source.stat().st_size, name)
        if sniff(source).format == "shapefile":
            return _secure_shapefile(source, name, folder)
        path = folder / "original"
        digest, size = _copied(source, path, watch)
    except OSError as error:
        raise FileRefused("file_unreadable", {"reason": error.strerror or type(error).__name__}, name) from error
    return Original(Path(name).name, path, path, digest, size)


def _no_file(source: Path, name: str) -> FileRefused:
    if not source.exists():
        return FileRefused("file_missing", where=name)
    if source.is_dir():
        return FileRefused("file_is_folder", where=name)
    return FileRefused("file_unreadable", {"reason": "not a regular file"}, name)


def read(
    original: Original,
    *,
    shapes: tuple[str, ...],
    storage_epsg: int | None,
    crs: str | None = None,
    sublayer: str | None = None,
    encoding: str | None = None,
    strict: bool = True,
    columns: Collection[str] | None = None,
    process: ReaderProcess | None = None,
) -> Reading:
    """Read one layer in a reader process (a new one unless one is lent).

    ``encoding`` is a person's word on the text of a file that does not say.
    ``storage_epsg`` None: without a database, a projected CRS is chosen for the file and told in ``crs``.
    ``strict`` refuses rows outside the storage CRS's area of use; ``columns`` limits those that are brought back.

    Raises
    ------
    FileRefused
        The file cannot be taken as a whole.
    """
    out = folder_for("read")
    request = Request(
        path=str(original.path), out=str(out), shapes=shapes, sublayer=sublayer, encoding=encoding, crs=crs,
        storage_epsg=storage_epsg, strict=strict,
    )  # fmt: skip
    try:
        if process is not None:
            told = process.ask(request)
        else:
            with ReaderProcess() as own:
                told = own.ask(request)
        return _brought_back(told, out / "rows.arrow", columns)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def read_rows(
    original: Original,
    folder: Path,
    *,
    shapes: tuple[str, ...],
    storage_epsg: int,
    crs: str | None = None,
    sublayer: str | None = None,
    encoding: str | None = None,
    watch: Watch = progress.nobody,
) -> ReadRows:
    """Read one layer as ``read`` does, and leave the rows in a new folder, the caller's to take away.

    ``watch`` hears how far it is (exchange.progress); what it raises ends the reading.

    Raises
    ------
    FileRefused
        The file cannot be taken as a whole.
    """
    folder.mkdir()
    request = Request(
        path=str(original.path), out=str(folder), shapes=shapes, sublayer=sublayer, encoding=encoding, crs=crs,
        storage_epsg=storage_epsg,
    )  # fmt: skip
    with ReaderProcess() as process:
        told = process.ask(request, watch=watch)
    _refuse_large(folder / "rows.arrow")
    return ReadRows(rows=RowsFile(folder / "rows.arrow"), **_told(told))


def _brought_back(told: dict[str, Any], path: Path, wanted: Collection[str] | None) -> Reading:
    _refuse_large(path)
    rows = RowsFile(path)
    names = [str(name) for name in told["columns"]]
    places = [place for place, name in enumerate(names) if wanted is None or name in wanted]
    columns = [pd.Series(list(rows.column(place)), dtype=object) for place in places]
    frame = pd.concat(columns, axis="columns") if columns else pd.DataFrame(index=range(len(rows)))
    geoms = [batch.geoms for batch in rows.batches()]
    return Reading(
        geoms=np.concatenate(geoms) if geoms else np.zeros(0, dtype=object),
        table=frame.set_axis([names[place] for place in places], axis="columns"),
        **_told(told),
    )


def _refuse_large(rows: Path) -> None:
    if rows.stat().st_size > limits.READER_OUTPUT_BYTES:
        raise FileRefused("reader_output_too_large", {"most_bytes": limits.READER_OUTPUT_BYTES})


def _told(told: dict[str, Any]) -> dict[str, Any]:
    """What the reader process says of the file, but for its rows."""
    return {
        "format": _FORMATS[told["driver"]],
        "driver": told["driver"],
        "sublayer": told["sublayer"],
        "sublayers": tuple(told["sublayers"]),
        "encoding": told["encoding"],
        "encodings": tuple(
            EncodingTried(**(each | {"examples": tuple(each["examples"])})) for each in told["encodings"]
        ),
        "evidence": tuple(Note(note["code"], note["values"]) for note in told["evidence"]),
        "column_names": tuple(str(name) for name in told["columns"]),
        "items": tuple(Item(item["row"], item["outcome"], item["code"], item["detail"]) for item in told["items"]),
        "notes": tuple(Note(note["code"], note["values"]) for note in told["notes"]),
        "crs": CrsStory(**{"operation": "", "accuracy_m": None} | told["crs"]),
        "seconds": float(told["seconds"]),
    }


def _secure_shapefile(source: Path, name: str, folder: Path) -> Original:
    """Copy the parts under one stem, and make the zip to be filed (stored, dates fixed: same parts, same bytes)."""
    parts = siblings(source)
    parts[".shp"] = source
    digest, size = "", 0
    kept = folder / "original.zip"
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        for suffix in (each for each in PARTS if each in parts):
            copy = folder / f"original{suffix}"
            sum_of_part, part_bytes = _copied(parts[suffix], copy)
            if suffix == ".shp":
                digest = sum_of_part
            size += part_bytes
            archive.writestr(zipfile.ZipInfo(f"{source.stem}{suffix}"), copy.read_bytes())
    _refuse_size(size, name)
    return Original(Path(name).name, folder / "original.shp", kept, digest, size)


def _secure_geodatabase(source: Path, name: str, folder: Path) -> Original:
    """Copy the tables, and make the zip to be filed (stored, dates fixed: same tables, same bytes) and summed."""
    copy, kept = folder / "original.gdb", folder / "original.zip"
    copy.mkdir()
    size = 0
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        for member in geodatabase.members(source):
            # a table without rows may be empty; the limit is that of all together
            if member.stat().st_size:
                size += _copied(member, copy / member.name.lower())[1]
            else:
                (copy / member.name.lower()).touch()
            _refuse_size(size or 1, name)
            archive.writestr(
                zipfile.ZipInfo(f"{source.resolve().name}/{member.name}"), (copy / member.name.lower()).read_bytes()
            )
    with kept.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Original(source.resolve().name, copy, kept, digest, size)


def _copied(source: Path, target: Path, watch: Watch = progress.nobody) -> tuple[str, int]:
    mark, size, whole = hashlib.sha256(), 0, source.stat().st_size
    with source.open("rb") as incoming, target.open("xb") as file:
        while chunk := incoming.read(_CHUNK_BYTES):
            mark.update(chunk)
            size += len(chunk)
            _refuse_size(size, source.name)
            file.write(chunk)
            watch("copy", min(size, whole), whole)
    return mark.hexdigest(), size


def _refuse_size(size: int, name: str) -> None:
    if size == 0:
        raise FileRefused("file_empty", where=name)
    if size > limits.MOST_FILE_BYTES:
        raise FileRefused("file_too_large", {"bytes": size, "most_bytes": limits.MOST_FILE_BYTES}, name)
