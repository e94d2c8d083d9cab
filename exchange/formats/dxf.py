"""DXF: closed outlines, hatches and circles of a drawing as polygons, with layer, text inside and CASS's own record.

Read with ezdxf: GDAL takes the layer names and texts of most Chinese drawings for another code page. One drawing is
one table with a column ``layer``; a layer of it may be asked for by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import coordinate_evidence, dxf_chains, dxf_parts, dxf_text, sample_mark, text_encoding
from exchange.formats.dxf_walk import Drawing, Drawn, Text
from exchange.formats.layer_choice import Listed, values_of
from exchange.formats.opened import EncodingTried, FileNote, Opened, Wanted

_BINARY: Final = b"AutoCAD Binary DXF"
_HEAD_BYTES: Final = 1 << 16
# from AutoCAD 2007 on text is UTF-8
_FIRST_UTF8: Final = b"AC1021"
_CODE_PAGES: Final = {"936": "gb18030", "950": "big5", "932": "cp932", "1252": "cp1252", "949": "cp949"}
_LONGEST_TEXT: Final = 500
# a fact among the comments at the head of an export of this product
_FACT: Final = re.compile(rf"(?:^|\n)[ ]*999\r?\n{sample_mark.FACT}=([^\r\n]*)".encode())
# what such an export writes on its outlines and a column can take
_OWN_COLUMNS: Final = ("code", "name", "cluster", "kind", "state")


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    notes: tuple[FileNote, ...] = ()
    tried: tuple[EncodingTried, ...] = ()


def read(path: Path, wanted: Wanted) -> Opened:
    """Read what a layer of ours can take from the model space of a drawing.

    Raises
    ------
    FileRefused
        The drawing is broken, beyond the limits (``dxf_too_large``), holds nothing that fits
        (``dxf_nothing_fits``), or has no layer of the name asked for (``sublayer_unknown``).
    """
    if path.stat().st_size > limits.MOST_DXF_BYTES:
        raise FileRefused("file_too_large", {"bytes": path.stat().st_size, "most_bytes": limits.MOST_DXF_BYTES})
    encoding = _encoding(path, wanted.encoding)
    wanted.watch("scan", 0, path.stat().st_size)
    document, mended = _document(path, encoding.name)
    drawing = Drawing(wanted.shapes, wanted.watch)
    drawing.over(document)
    outlines, loose = dxf_chains.closed(drawing.sides)
    drawing.drawn += outlines
    if loose:
        drawing.left["LINE (line)"] += loose
    alone = _without_twins(drawing.drawn)
    drawn, joined = dxf_parts.joined(alone)
    if not drawn:
        left = drawing.left + Counter({"INSERT": drawing.closed_blocks})
        raise FileRefused("dxf_nothing_fits", {"found": _counted(left), "takes": list(wanted.shapes)})
    listed = _listed(drawn)
    rows = drawn
    if wanted.sublayer is not None:
        rows = [one for one in drawn if one.layer == wanted.sublayer]
        if not rows:
            raise FileRefused("sublayer_unknown", {"asked": wanted.sublayer, **values_of(listed)})
    notes = [*encoding.notes, *_notes(drawing, len(drawing.drawn) - len(alone), listed, wanted)]
    notes += _sample_note(path, encoding.name, document, drawing)
    if outlines:
        notes.append(FileNote("dxf_lines_joined", {"rows": len(outlines)}))
    if joined:
        notes.append(FileNote("dxf_outlines_joined", {"rows": joined}))
    if mended:
        notes.append(FileNote("dxf_mended", {"faults": mended}))
    shapes = np.array([one.shape for one in rows], dtype=object)
    return Opened(
        "DXF", _as_wkb(shapes), _columns(rows, shapes, drawing.texts), None, "none", sublayer=wanted.sublayer or "",
        sublayers=tuple(one.name for one in listed), encoding=encoding.name, notes=tuple(notes),
        encodings=encoding.tried, evidence=coordinate_evidence.of_places(shapely.bounds(shapes).reshape(-1, 2)),
    )  # fmt: skip


def _sample_note(path: Path, encoding: str, document: Any, drawing: Drawing) -> tuple[FileNote, ...]:
    """The mark of sample data: in a comment, in a custom property, or in the line of text below the drawing."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    comments = (
        found[1].decode("gb18030" if encoding == "binary" else encoding, "replace") for found in _FACT.finditer(head)
    )
    said = document.header.custom_vars.get(f"chantu_{sample_mark.FACT}", "")
    return sample_mark.note_of(*comments, dxf_text.unescaped(str(said)), *(each.text for each in drawing.texts))


def _encoding(path: Path, given: str | None) -> _Encoding:
    """How text is encoded: by the person, by the header where its word fits the bytes, or by the bytes."""
    data = path.read_bytes()
    if data.startswith(_BINARY):
        return _Encoding("binary")
    declared = _declared(data[:_HEAD_BYTES])
    texts = list(dict.fromkeys(line for line in data.splitlines() if not line.isascii()))
    if not texts:
        return _Encoding(text_encoding.known(given) if given else declared or "utf-8")
    found = text_encoding.find(texts, declared)
    name = text_encoding.known(given) if given else found.encoding
    tried = text_encoding.tried(texts, name)
    if given or name == declared:
        return _Encoding(name, (), tried)
    code = "encoding_found" if found.sure else "encoding_doubtful"
    return _Encoding(name, (FileNote(code, {"encoding": name, "declared": declared or ""}),), tried)


def _declared(head: bytes) -> str | None:
    version = re.search(rb"\$ACADVER\s+1\s+(AC\d{4})", head)
    if version and version[1] >= _FIRST_UTF8:
        return "utf-8"
    page = re.search(rb"\$DWGCODEPAGE\s+3\s+\w*?_?(\d{3,4})\b", head)
    return _CODE_PAGES.get(page[1].decode()) if page else None


def _document(path: Path, encoding: str) -> tuple[Any, int]:
    """The drawing, and how many faults of its structure were mended."""
    from ezdxf import recover  # noqa: PLC0415 - a quarter of a second that other formats do without
    from ezdxf.filemanagement import readfile  # noqa: PLC0415 - the same
    from ezdxf.lldxf.const import DXFError  # noqa: PLC0415 - the same

    try:
        # characters that are not in the encoding become U+FFFD; a lone surrogate could not be written anywhere
        document = readfile(path, encoding=None if encoding == "binary" else encoding, errors="replace")
        document.modelspace()
    except (DXFError, *_BROKEN):
        pass
    else:
        return document, 0
    try:
        document, auditor = recover.readfile(path, errors="ignore")
        document.modelspace()
    except (DXFError, *_BROKEN) as error:
        raise FileRefused("unreadable", {"reason": f"DXF: {type(error).__name__}"}) from error
    return document, max(1, len(auditor.fixes) + len(auditor.errors))


# what ezdxf lets through of a file that is not built as it should be
_BROKEN: Final = (
    ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError, ArithmeticError, StopIteration,
    AssertionError,
)  # fmt: skip


def _without_twins(drawn: Sequence[Drawn]) -> list[Drawn]:
    """Without hatches that fill an outline which is there as well."""
    outlines: dict[tuple[float, ...], list[BaseGeometry]] = {}
    for one in drawn:
        if one.kind not in _FILLS and isinstance(one.shape, shapely.Polygon):
            outlines.setdefault(_about(one.shape), []).append(one.shape)
    return [one for one in drawn if one.kind not in _FILLS or not _is_twin(one.shape, outlines)]


_FILLS: Final = frozenset({"HATCH", "MPOLYGON"})


def _about(shape: BaseGeometry) -> tuple[float, ...]:
    return tuple(round(value, 1) for value in (*shape.bounds, shape.area / 10))


def _is_twin(shape: BaseGeometry | None, outlines: dict[tuple[float, ...], list[BaseGeometry]]) -> bool:
    if shape is None or not shape.is_valid:
        return False
    return any(
        each.is_valid and shapely.symmetric_difference(shape, each).area <= 1e-4 * shape.area
        for each in outlines.get(_about(shape), ())
    )


def _listed(drawn: Sequence[Drawn]) -> list[Listed]:
    families: dict[str, set[str]] = {}
    rows: Counter[str] = Counter()
    for one in drawn:
        families.setdefault(one.layer, set()).add(one.family)
        rows[one.layer] += 1
    return [Listed(name, frozenset(families[name]), rows[name]) for name in sorted(families)][: limits.MOST_LAYERS]


def _notes(drawing: Drawing, twins: int, listed: Sequence[Listed], wanted: Wanted) -> list[FileNote]:
    notes: list[FileNote] = []
    if len(listed) > 1:
        code, said = ("all_layers_read", {}) if wanted.sublayer is None else (
            "sublayer_chosen", {"sublayer": wanted.sublayer, "all": True})  # fmt: skip
        notes.append(FileNote(code, {**said, **values_of(listed)}))
    if drawing.arcs:
        notes.append(FileNote("arcs_flattened", {"rows": drawing.arcs, "tolerance_mm": 1}))
    if opened := sum(1 for one in drawing.drawn if one.block and one.kind != "INSERT"):
        notes.append(FileNote("dxf_blocks_opened", {"rows": opened}))
    if drawing.closed_blocks:
        notes.append(FileNote("dxf_blocks_closed", {"inserts": drawing.closed_blocks, "most": limits.MOST_DXF_OPENED}))
    if drawing.high:
        notes.append(FileNote("heights_dropped", {"rows": drawing.high}))
    if twins:
        notes.append(FileNote("dxf_fills_left", {"rows": twins}))
    if drawing.left:
        notes.append(FileNote("dxf_left", {"found": _counted(drawing.left)}))
    return notes


def _counted(left: Counter[str]) -> str:
    return "、".join(f"{kind} {count}" for kind, count in left.most_common(8))


def _as_wkb(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    wkb = shapely.to_wkb(shapes).astype(object)
    wkb[shapely.is_missing(shapes)] = b""
    return np.asarray(wkb, dtype=object)


def _columns(
    rows: Sequence[Drawn], shapes: NDArray[np.object_], texts: Sequence[Text]
) -> tuple[tuple[str, pa.Array], ...]:
    columns = [
        ("layer", pa.array([one.layer for one in rows], pa.string())),
        ("handle", pa.array([one.handle for one in rows], pa.string())),
        ("type", pa.array([one.kind for one in rows], pa.string())),
        ("color", pa.array([one.color for one in rows], pa.int32())),
        ("text", pa.array(_texts_inside(rows, shapes, texts), pa.string())),
    ]
    columns += [
        (key, pa.array([one.told.get(key) for one in rows], pa.string()))
        for key in _OWN_COLUMNS
        if any(key in one.told for one in rows)
    ]
    if any(one.block for one in rows):
        columns.append(("block", pa.array([one.block or None for one in rows], pa.string())))
    if any(one.south for one in rows):
        # what CASS writes on an object: its code first, then for a parcel its number, owner and use
        columns.append(("SOUTH", pa.array([one.south or None for one in rows], pa.string())))
    return tuple(columns)


def _texts_inside(rows: Sequence[Drawn], shapes: NDArray[np.object_], texts: Sequence[Text]) -> list[str | None]:
    """Texts that stand in each polygon, from the top down; a text counts for the smallest polygon around it."""
    found: list[list[Text]] = [[] for _ in rows]
    sound = np.array([isinstance(shape, shapely.Polygon | shapely.MultiPolygon) for shape in shapes], dtype=bool)
    sound &= shapely.is_valid(shapes)
    if texts and sound.any():
        polygons = np.flatnonzero(sound)
        areas = shapely.area(shapes[polygons])
        points = shapely.points([(text.x, text.y) for text in texts])
        at, within = shapely.STRtree(shapes[polygons]).query(points, predicate="intersects")
        order = np.lexsort((areas[within], at))
        _, first = np.unique(at[order], return_index=True)
        for place in order[first]:
            found[polygons[within[place]]].append(texts[at[place]])
    return [_said(row.text, inside) for row, inside in zip(rows, found, strict=True)]


def _said(own: str, inside: list[Text]) -> str | None:
    words = [own] if own else []
    words += [each.text for each in sorted(inside, key=_reading)]
    return "；".join(dict.fromkeys(words))[:_LONGEST_TEXT] or None


def _reading(text: Text) -> tuple[float, float]:
    return -text.y, text.x
