"""From a file to its reader: content decides; a zip is opened and what is inside decides again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from exchange.archive import unpack
from exchange.errors import FileRefused
from exchange.formats import (
    boundary_txt,
    dxf,
    flatgeobuf,
    geodatabase,
    geopackage,
    geoparquet,
    gml,
    json_text,
    kml,
    sample_mark,
    shapefile,
    tables,
    workbook,
)
from exchange.formats.layer_choice import Listed, families_of, values_of
from exchange.formats.opened import FileNote, Opened, Wanted
from exchange.sniff import sniff
from exchange.writing.shapefile import DICTIONARY_HEAD

READERS: Final[Mapping[str, Callable[[Path, Wanted], Opened]]] = MappingProxyType({
    "json": json_text.read,
    "geopackage": geopackage.read,
    "shapefile": shapefile.read,
    "parquet": geoparquet.read,
    "flatgeobuf": flatgeobuf.read,
    "geodatabase": geodatabase.read,
    "gml": gml.read,
    "kml": kml.read,
    "dxf": dxf.read,
    "boundary_txt": boundary_txt.read,
    "csv": tables.read_csv,
    "xlsx": workbook.read,
    "geojsonseq": json_text.read_sequence,
})  # fmt: skip
# enough of a page that lies beside the data to know it
_HEAD_BYTES: Final = 1 << 14
# beside other data in a zip these are read only when they are named: lists of fields and notes come along as tables
_TABLES: Final = frozenset({"csv", "xlsx"})


def open_file(path: Path, wanted: Wanted, *, workspace: Path) -> Opened:
    """Read a file by what it is; ``workspace`` is an empty folder that may be filled.

    Raises
    ------
    FileRefused
        The content is nothing that can be read; its kind is named.
    """
    sniffed, wanted = sniff(path), replace(wanted, workspace=workspace)
    if sniffed.format in {"shx", "dbf"}:
        raise FileRefused("shapefile_part", {"format": sniffed.format})
    if sniffed.format == "dwg":
        raise FileRefused("dwg_not_taken")
    if not sniffed.readable:
        raise FileRefused("file_empty" if sniffed.format == "empty" else "format_not_taken", {"format": sniffed.format})
    if sniffed.format in {"zip", "kmz"}:
        return _open_zip(path, wanted, workspace)
    return READERS[sniffed.format](path, wanted)


def _open_zip(path: Path, wanted: Wanted, workspace: Path) -> Opened:
    inside = workspace / "zip"
    inside.mkdir()
    members = unpack(path, inside)
    readable = {
        file: name for file, name in members.items() if sniff(file).format in READERS and not _explains_fields(file)
    }
    if not readable:
        if any(sniff(file).format == "dwg" for file in members):
            raise FileRefused("dwg_not_taken")
        raise FileRefused("zip_nothing_readable", {"members": sorted(members.values())[:10]})
    if len(readable) > 1:
        # a KMZ may hold an index and styles beside its shapes
        readable = {file: name for file, name in readable.items() if not _is_empty_kml(file)} or readable
    maps = {file: name for file, name in readable.items() if sniff(file).format not in _TABLES}
    asked = [name for name in readable.values() if wanted.sublayer in {name, Path(name).name, Path(name).stem}]
    readable = maps if maps and not asked else readable
    chosen = _chosen(readable, wanted)
    opened = READERS[sniff(chosen).format](chosen, replace(wanted, sublayer=_inner_sublayer(readable, wanted)))
    sublayer = Path(members[chosen]).stem if opened.driver == "ESRI Shapefile" else opened.sublayer
    note = FileNote("zip_member_read", {"member": members[chosen], "members": len(members)})
    page = next((file for file, name in members.items() if name == f"{members[chosen]}.xml"), None)
    return replace(opened, sublayer=sublayer, notes=(*opened.notes, *_marked(page), note))


def _explains_fields(file: Path) -> bool:
    """Whether a member is the page that an export of this product has beside it: it explains the columns."""
    if file.is_dir():
        return False
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES).decode("utf-8-sig", "ignore")
    return head.startswith(DICTIONARY_HEAD) or (head.startswith('{\n  "layer"') and '"area_note"' in head)


def _marked(page: Path | None) -> tuple[FileNote, ...]:
    """The mark of sample data in the metadata page of a Shapefile, looked for and never parsed."""
    if page is None:
        return ()
    with page.open("rb") as opened:
        head = opened.read(_HEAD_BYTES).decode("utf-8", "ignore")
    return sample_mark.note_of(head.partition(f"<keyword>{sample_mark.FACT}=")[2])


def _is_empty_kml(file: Path) -> bool:
    return sniff(file).format == "kml" and not kml.has_placemarks(file)


def _chosen(readable: dict[Path, str], wanted: Wanted) -> Path:
    if len(readable) == 1:
        return next(iter(readable))
    for file, name in readable.items():
        # ``member/layer`` is a layer inside a member that holds several
        if wanted.sublayer in _forms(name) or (wanted.sublayer or "").startswith(f"{name}/"):
            return file
    listed = [_listed(file, name) for file, name in sorted(readable.items(), key=lambda each: each[1])]
    raise FileRefused("sublayer_needed", {"asked": wanted.sublayer or "", **values_of(listed)})


def _inner_sublayer(readable: dict[Path, str], wanted: Wanted) -> str | None:
    """Name given for a layer inside the one file, or nothing when the name was that of the member."""
    if wanted.sublayer is None or wanted.sublayer in {form for name in readable.values() for form in _forms(name)}:
        return None
    if len(readable) > 1:
        return next(
            (wanted.sublayer[len(name) + 1 :] for name in readable.values() if wanted.sublayer.startswith(f"{name}/")),
            wanted.sublayer,
        )
    return wanted.sublayer


def _forms(name: str) -> set[str]:
    return {name, Path(name).name, Path(name).stem}


def _listed(file: Path, name: str) -> Listed:
    """A member as a layer; a Shapefile tells its shape and rows by its first bytes, others are not opened for it."""
    if sniff(file).format == "shapefile":
        return Listed(name, *shapefile.told(file))
    return Listed(name, families_of([""]))
