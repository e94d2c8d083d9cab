"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from exchange.formats import geodatabase

HEAD_BYTES: Final = 8192

# what can be read; the key is also the name of its module in exchange.formats (json is told apart by its members)
READ: Final = frozenset({
    "json", "geopackage", "shapefile", "parquet", "zip",
    "flatgeobuf", "geodatabase", "gml", "kml", "kmz", "dxf",
    "boundary_txt", "csv", "xlsx", "geojsonseq",
})  # fmt: skip

# names of what is recognised, for the sentence "this is a …"; brand names are the same in every language
NAMES: Final = MappingProxyType({
    "geojson": "GeoJSON", "topojson": "TopoJSON", "geopackage": "GeoPackage", "shapefile": "Shapefile", "zip": "ZIP",
    "empty": "0 B", "dwg": "AutoCAD DWG", "dxf": "AutoCAD DXF", "pdf": "PDF", "png": "PNG", "jpeg": "JPEG",
    "gif": "GIF",
    "tiff": "TIFF", "gzip": "gzip", "bzip2": "bzip2", "xz": "xz", "7z": "7-Zip", "rar": "RAR", "tar": "tar",
    "xls": "Microsoft Office 97-2003 (XLS/DOC)", "mdb": "Microsoft Access (MDB)", "parquet": "GeoParquet",
    "arrow": "Arrow",
    "flatgeobuf": "FlatGeobuf", "sqlite": "SQLite", "shx": "Shapefile .shx", "dbf": "dBASE .dbf", "xlsx": "Excel XLSX",
    "docx": "Word DOCX", "pptx": "PowerPoint PPTX", "ods": "OpenDocument", "kmz": "KMZ", "kml": "KML", "gml": "GML",
    "gpx": "GPX", "vrt": "GDAL VRT", "svg": "SVG", "html": "HTML", "xml": "XML", "boundary_txt": "TXT 界址点",
    "csv": "CSV",
    "text": "TXT", "esrijson": "Esri JSON", "geojsonseq": "GeoJSON Text Sequence", "gdalg": "GDALG", "json": "JSON",
    "geodatabase": "File Geodatabase (GDB)", "vct": "VCT", "mapinfo": "MapInfo TAB/MIF", "ovobj": "奥维 OVOBJ",
    "unknown": "?",
})  # fmt: skip

_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"\0\1\0\0Standard Jet DB", "mdb"),
    (b"\0\1\0\0Standard ACE DB", "mdb"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "arrow"),
    (b"fgb\3", "flatgeobuf"),
    (b"AutoCAD Binary DXF", "dxf"),
)
_GEOPACKAGE_IDS: Final = (b"GPKG", b"GP10", b"GP11")
_MARKUP: Final[tuple[tuple[bytes, str], ...]] = (
    (rb"<ogrvrtdatasource|<vrtdataset", "vrt"),
    (rb"<!doctype html|<html", "html"),
    (rb"<(\w+:)?(ov)?kml\b", "kml"),
    (rb"<gpx\b", "gpx"),
    (rb"<svg\b", "svg"),
    (rb"<\w*:?featurecollection|opengis\.net/gml", "gml"),
)
# a section head of the 界址点 exchange text, in the two encodings it comes in
_BOUNDARY_HEADS: Final = tuple(
    word.encode(encoding) for word in ("地块坐标", "属性描述") for encoding in ("utf-8", "gb18030")
)
# without its head: a parcel's line ends in @ with commas before it, and points are numbered rows of two coordinates
_PARCEL_LINE: Final = re.compile(rb",[ \t]*@[ \t]*(?:[\r\n]|$)")
_POINT_LINE: Final = re.compile(rb"\s*J?\d+\s*,\s*(?:\d+\s*,\s*)?\d+\.\d+\s*,\s*\d+\.\d+\s*")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_HEAD_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The kind of a file: a key of ``NAMES``."""

    format: str

    @property
    def readable(self) -> bool:
        """Whether a reader exists for it."""
        return self.format in READ

    @property
    def name(self) -> str:
        """What people call it."""
        return NAMES[self.format]


def sniff(path: Path) -> Sniffed:
    """Tell what lies at a path from its first bytes; a zip is looked into for the office formats that are zips."""
    if path.is_dir():
        return Sniffed("geodatabase" if geodatabase.is_geodatabase(path) else "unknown")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head[:4] in {b"PK\3\4", b"PK\5\6"}:
        return Sniffed(_zip_kind(path))
    return Sniffed(kind_of_bytes(head))


def kind_of_bytes(head: bytes) -> str:
    """Tell the kind from the first bytes of a file (zips aside)."""
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return "empty"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"SQLite format 3\0"):
        return "geopackage" if head[68:72] in _GEOPACKAGE_IDS else "sqlite"
    if head.startswith(b"\0\0\x27\x0a") and head[28:32] == b"\xe8\3\0\0":
        # the index has the same header: its first record points at word 50, a shape file's is numbered 1
        return "shx" if head[100:104] == b"\0\0\0\x32" else "shapefile"
    if re.match(rb"AC\d{4}", head):
        return "dwg"
    if head[257:262] == b"ustar":
        return "tar"
    if _looks_like_dbf(head):
        return "dbf"
    return _text_kind(head)


def _text_kind(head: bytes) -> str:
    if head.startswith(_UTF16_MARKS):
        kind = _text_kind(head[: len(head) // 2 * 2].decode("utf-16", "ignore").encode())
        return kind if kind in {"csv", "boundary_txt"} else "unknown"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] in {b"{", b"["} and not any(word in head for word in _BOUNDARY_HEADS):
        return "json"
    if text[:1] == b"\x1e":
        return "geojsonseq"
    if text[:1] == b"<":
        lower = text.lower()
        return next((kind for pattern, kind in _MARKUP if re.search(pattern, lower)), "xml")
    if any(word in head for word in _BOUNDARY_HEADS) or _PARCEL_LINE.search(head) or _only_points(text):
        return "boundary_txt"
    if re.match(rb"HeadBegin\b|DataMark\s*:", text, re.IGNORECASE):
        return "vct"
    if re.match(rb"!table\b|version\s+\d+\s+charset\b", text, re.IGNORECASE):
        return "mapinfo"
    if re.match(rb"(?:\s*999[ \t]*\r?\n[^\n]*\n){0,200}\s*0[ \t]*\r?\n\s*SECTION", text):
        return "dxf"
    # UTF-16 text and binary rubbish both hold NUL bytes; neither is a table we could name
    if b"\0" in head:
        return "unknown"
    lines = text.splitlines()
    marks = (b",", b";", b"\t", b"|")
    return "csv" if len(lines) > 1 and any(mark in line for line in lines[:_HEAD_LINES] for mark in marks) else "text"


def _only_points(text: bytes) -> bool:
    lines = [line for line in text.splitlines()[:_HEAD_LINES] if line.strip()]
    return len(lines) > 2 and all(_POINT_LINE.fullmatch(line) for line in lines)  # noqa: PLR2004 - an area has three points


def _looks_like_dbf(head: bytes) -> bool:
    if len(head) < 33 or head[0] not in {0x03, 0x30, 0x83, 0x8B, 0xF5}:  # noqa: PLR2004 - a dBASE header
        return False
    header_bytes = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and header_bytes % 32 in {1, 8, 24}  # noqa: PLR2004 - month and day


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return "zip"
    if "[Content_Types].xml" in names:
        inner = {"xl": "xlsx", "word": "docx", "ppt": "pptx"}
        return next((kind for folder, kind in inner.items() if any(n.startswith(f"{folder}/") for n in names)), "xlsx")
    if "mimetype" in names and "content.xml" in names:
        return "ods"
    if any(name.lower().endswith(".kml") for name in names):
        return "kmz"
    return "zip"
