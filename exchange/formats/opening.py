"""From a file to its reader: content decides; a zip is opened and what is inside decides again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from exchange.archive import unpack
from exchange.errors import FileRefused
from exchange.formats import boundary_txt, geopackage, geoparquet, json_text, shapefile, tables, workbook
from exchange.formats.opened import FileNote, Opened, Wanted
from exchange.sniff import sniff

READERS: Final[Mapping[str, Callable[[Path, Wanted], Opened]]] = MappingProxyType({
    "json": json_text.read,
    "geopackage": geopackage.read,
    "shapefile": shapefile.read,
    "parquet": geoparquet.read,
    "boundary_txt": boundary_txt.read,
    "csv": tables.read_csv,
    "xlsx": workbook.read,
    "geojsonseq": json_text.read_sequence,
})  # fmt: skip
# beside other data in a zip these are read only when they are named: lists of fields and notes come along as tables
_TABLES: Final = frozenset({"csv", "xlsx"})


def open_file(path: Path, wanted: Wanted, *, workspace: Path) -> Opened:
    """Read a file by what it is; ``workspace`` is an empty folder that may be filled.

    Raises
    ------
    FileRefused
        The content is nothing that can be read; its kind is named.
    """
    sniffed = sniff(path)
    if sniffed.format in {"shx", "dbf"}:
        raise FileRefused("shapefile_part", {"format": sniffed.format})
    if not sniffed.readable:
        raise FileRefused("file_empty" if sniffed.format == "empty" else "format_not_taken", {"format": sniffed.format})
    if sniffed.format == "zip":
        return _open_zip(path, wanted, workspace)
    return READERS[sniffed.format](path, wanted)


def _open_zip(path: Path, wanted: Wanted, workspace: Path) -> Opened:
    members = unpack(path, workspace)
    readable = {file: name for file, name in members.items() if sniff(file).format in READERS}
    if not readable:
        raise FileRefused("zip_nothing_readable", {"members": sorted(members.values())[:10]})
    maps = {file: name for file, name in readable.items() if sniff(file).format not in _TABLES}
    asked = [name for name in readable.values() if wanted.sublayer in {name, Path(name).name, Path(name).stem}]
    readable = maps if maps and not asked else readable
    chosen = _chosen(readable, wanted)
    opened = READERS[sniff(chosen).format](chosen, replace(wanted, sublayer=_inner_sublayer(readable, wanted)))
    sublayer = Path(members[chosen]).stem if opened.driver == "ESRI Shapefile" else opened.sublayer
    note = FileNote("zip_member_read", {"member": members[chosen], "members": len(members)})
    return replace(opened, sublayer=sublayer, notes=(*opened.notes, note))


def _chosen(readable: dict[Path, str], wanted: Wanted) -> Path:
    if len(readable) == 1:
        return next(iter(readable))
    for file, name in readable.items():
        if wanted.sublayer in {name, Path(name).name, Path(name).stem}:
            return file
    raise FileRefused("sublayer_needed", {"sublayers": sorted(readable.values()), "asked": wanted.sublayer or ""})


def _inner_sublayer(readable: dict[Path, str], wanted: Wanted) -> str | None:
    """Name given for a layer inside the one file, or nothing when the name was that of the member."""
    named = {form for name in readable.values() for form in (name, Path(name).name, Path(name).stem)}
    return None if wanted.sublayer in named else wanted.sublayer
