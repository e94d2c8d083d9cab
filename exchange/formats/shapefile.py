"""Shapefile: three to five files that are one, and text whose encoding often nobody wrote down."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa

from exchange.errors import FileRefused
from exchange.formats import gdal, text_encoding
from exchange.formats.layer_choice import families_of
from exchange.formats.opened import FileNote, Opened, Wanted

# what is read of a set; the rest (.sbn .qix .xml …) is left alone
PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_HEADER_BYTES: Final = 100
_INDEX_ENTRY_BYTES: Final = 8
_MULTIPATCH: Final = 31
# shape types of the format's description (1998): plain, with Z, with measures
_KINDS: Final = {base + more: kind for base, kind in ((1, "point"), (3, "line"), (5, "polygon"), (8, "point"))
                 for more in (0, 10, 20)}  # fmt: skip
# every byte is a character here and comes back unchanged, so the true encoding can be found out afterwards
_LOSSLESS: Final = "ISO-8859-1"
# language driver ids of dBASE that say a Chinese or Japanese code page (0x4D is 936, 0x4F is 950, 0x13 is 932)
_LANGUAGE_IDS: Final = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x13: "cp932", 0x7B: "cp932"}
_CODE_PAGES: Final = {
    "936": "gb18030", "GBK": "gb18030", "GB2312": "gb18030", "GB18030": "gb18030", "CP936": "gb18030",
    "54936": "gb18030",
    "950": "big5", "BIG5": "big5", "932": "cp932", "SHIFT_JIS": "cp932", "SJIS": "cp932", "UTF-8": "utf-8",
    "UTF8": "utf-8", "65001": "utf-8", "1252": "cp1252", "88591": "latin-1", "8859-1": "latin-1",
}  # fmt: skip


def siblings(path: Path) -> dict[str, Path]:
    """Files of the set that a .shp (or .shx, .dbf) belongs to, by lower-case suffix."""
    folder = path.parent if path.parent.is_dir() else Path()
    return {
        each.suffix.lower(): each
        for each in sorted(folder.iterdir())
        if each.stem.casefold() == path.stem.casefold() and each.suffix.lower() in PARTS and each.is_file()
    }


def told(path: Path) -> tuple[frozenset[str], int | None]:
    """Families of shapes and number of rows, by the first bytes of the .shp and the size of its index."""
    index = siblings(path).get(".shx")
    rows = max(index.stat().st_size - _HEADER_BYTES, 0) // _INDEX_ENTRY_BYTES if index else None
    return families_of([_KINDS.get(_shape_type(path), "")]), rows


def _shape_type(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(_HEADER_BYTES)[32:36], "little")


def read(path: Path, wanted: Wanted) -> Opened:
    """Read a Shapefile whose parts lie together, text decoded by .cpg, language id, or what the bytes allow."""
    parts = siblings(path)
    if ".shp" not in parts:
        raise FileRefused("shapefile_without_shp", {"present": sorted(parts)})
    if _shape_type(path) == _MULTIPATCH:
        raise FileRefused("shapefile_multipatch")
    pyogrio = gdal.start("ESRI Shapefile")
    meta, wkb, columns = gdal.read(pyogrio, path, encoding=_LOSSLESS)
    encoding, notes = _encoding(parts, columns, wanted.encoding)
    cut = sum(text_encoding.is_cut(text, encoding) for text in _bytes_of(columns)) if encoding != "ascii" else 0
    if cut:
        notes = (*notes, FileNote("text_cut", {"values": cut}))
    if ".dbf" not in parts:
        notes = (*notes, FileNote("shapefile_without_dbf"))
    crs = meta.get("crs") if ".prj" in parts else None
    return Opened("ESRI Shapefile", wkb, tuple(_decoded(columns, encoding)), str(crs) if crs else None,
                  "file" if crs else "none", sublayer=path.stem, encoding=encoding, notes=notes,
                  encodings=text_encoding.tried(_bytes_of(columns), encoding))  # fmt: skip


def _encoding(
    parts: dict[str, Path], columns: list[tuple[str, pa.Array]], given: str | None
) -> tuple[str, tuple[FileNote, ...]]:
    texts = _bytes_of(columns)
    if not texts:
        return "ascii", ()
    if given is not None:
        return text_encoding.known(given), ()
    declared = _declared(parts)
    found = text_encoding.find(texts, declared)
    if found.encoding == declared:
        return declared, ()
    code = "encoding_found" if found.sure else "encoding_doubtful"
    return found.encoding, (FileNote(code, {"encoding": found.encoding, "declared": declared or ""}),)


def _declared(parts: dict[str, Path]) -> str | None:
    if ".cpg" in parts:
        words = parts[".cpg"].read_bytes()[:64].decode("ascii", "ignore").strip().upper().removeprefix("ANSI ")
        return _CODE_PAGES.get(words.replace("ISO ", "").replace("ISO-", ""))
    if ".dbf" in parts:
        with parts[".dbf"].open("rb") as file:
            head = file.read(32)
        return _LANGUAGE_IDS.get(head[29]) if len(head) == 32 else None  # noqa: PLR2004 - a dBASE header
    return None


def _bytes_of(columns: list[tuple[str, pa.Array]]) -> list[bytes]:
    return [text.encode("latin-1", "ignore") for text in _texts(columns) if not text.isascii()]


def _texts(columns: list[tuple[str, pa.Array]]) -> list[str]:
    found = [name for name, _ in columns]
    for _, column in columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            found.extend(text for text in column.unique().to_pylist() if text)
    return found


def _decoded(columns: list[tuple[str, pa.Array]], encoding: str) -> list[tuple[str, pa.Array]]:
    if encoding == "ascii":
        return columns
    decoded: list[tuple[str, pa.Array]] = []
    for name, column in columns:
        values = column
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            codes = column.dictionary_encode()
            words = [None if text is None else _redecode(text, encoding) for text in codes.dictionary.to_pylist()]
            values = pa.DictionaryArray.from_arrays(codes.indices, pa.array(words, pa.string())).cast(pa.string())
        decoded.append((_redecode(name, encoding), values))
    return decoded


def _redecode(text: str, encoding: str) -> str:
    return text_encoding.decoded(text.encode("latin-1", "replace"), encoding)
