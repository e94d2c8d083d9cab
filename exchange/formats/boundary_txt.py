"""勘测定界 界址点 text (报盘 TXT): parcels as lists of boundary points, as Chinese survey offices hand them over.

What varies among writers is told by content and never by who wrote it: encoding, order of the axes, zone number before
the easting, unit of the stated area, closed or unclosed rings, holes and parts. The geometry of a parcel is the
even-odd area of its rings (`exchange.formats.rings`). A parcel that cannot be read is refused alone, with its line.
Each @ line is a row, also when several carry one code: they state areas of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import axes, boundary_area, boundary_crs, rings, sample_mark, text_encoding
from exchange.formats.boundary_lines import MARK, Block, taken_apart
from exchange.formats.opened import FileNote, Opened, RowNote, Wanted
from exchange.progress import Watch

DRIVER: Final = "BoundaryTXT"
# no coordinate of any system in metres or degrees is beyond it
LARGEST: Final = 1e9
_SAME_M: Final = 0.005
_SAME_DEGREES: Final = 5e-8
_CGCS2000: Final = pyproj.Geod(a=6_378_137.0, rf=298.257222101)
_EXAMPLES: Final = 3
# columns by the position of their value in the @ line; declared area in square metres is added behind the area
_COLUMNS: Final = (
    ("地块编号", 2), ("地块名称", 3), ("地块面积", 1), ("地块用途", 6), ("地类编码", 7), ("图幅号", 5),
    ("记录图形属性", 4), ("界址点数", 0),
)  # fmt: skip
_AREA_M2: Final = "申报面积"
_REST: Final = "其余属性"
# the five values that follow in the form of 13; any other number of them says nothing of what each is
_MORE: Final = ("图斑类型", "地类", "质量等别GZQ", "质量等别GZH", "备注")


@dataclass
class _Points:
    """Points of all blocks that could be read so far: coordinates as written, and the block and line of each."""

    north: NDArray[np.float64]
    east: NDArray[np.float64]
    block: NDArray[np.int64]
    line: NDArray[np.int64]


@dataclass
class _Rows:
    """What becomes of the blocks: a geometry, or why there is none."""

    geoms: NDArray[np.object_]
    refused: dict[int, RowNote] = field(default_factory=dict)
    mended: list[RowNote] = field(default_factory=list)

    def refuse(self, row: int, code: str, **values: Any) -> None:
        self.refused.setdefault(row, RowNote(row, code, values))


def read(path: Path, wanted: Wanted) -> Opened:
    """Read a 界址点 text.

    Raises
    ------
    FileRefused
        It is too long, says different things of its coordinates, or its zone contradicts its eastings.
    """
    size = path.stat().st_size
    if size > limits.MOST_TEXT_BYTES:
        raise FileRefused("text_too_large", {"bytes": size, "most_bytes": limits.MOST_TEXT_BYTES})
    text = text_encoding.text_of(path.read_bytes(), wanted.encoding)
    found = taken_apart(text.text, wanted.watch)
    rows = _Rows(np.full(len(found.blocks), None, dtype=object))
    points = _numbers(found.blocks, rows)
    frame, evidence = _settled(points, rows)
    prefix = next((note for note in evidence if note.code == "zone_prefix"), None)
    crs = boundary_crs.declared(found.header, frame, prefix)
    same = _SAME_DEGREES if frame == axes.DEGREES else _SAME_M
    _build(found.blocks, points, rows, same=same, watch=wanted.watch)
    areas = boundary_area.stated(
        [block.values[1] for block in found.blocks], [block.line for block in found.blocks],
        _measured_m2(rows.geoms, degrees=frame == axes.DEGREES),
    )  # fmt: skip
    wkb = np.asarray(shapely.to_wkb(rows.geoms), dtype=object)
    refused = tuple(rows.refused[row] for row in sorted(rows.refused))
    return Opened(
        DRIVER, wkb, _columns(found.blocks, areas.areas_m2), crs.crs, crs.how, encoding=text.encoding,
        notes=(*text.notes, *axes.turned_note(evidence), *_count_note(found.blocks), *areas.notes,
               *sample_mark.note_of(found.header.get(MARK))),
        mends=tuple(rows.mended), refusals=refused,
        encodings=text.tried, evidence=(*crs.evidence, *evidence),
    )  # fmt: skip


def _numbers(blocks: Sequence[Block], rows: _Rows) -> _Points:
    """Coordinates of the blocks whose every point is two finite numbers; the other blocks are refused."""
    for row, block in enumerate(blocks):
        if block.fault is not None:
            rows.refuse(row, block.fault[0], **block.fault[1])
        elif not block.lines:
            rows.refuse(row, "boundary_no_points", line=block.line)
    there = [row for row in range(len(blocks)) if row not in rows.refused]
    sizes = [len(blocks[row].lines) for row in there]
    of = np.repeat(np.array(there, dtype=np.int64), sizes)
    line = np.array([number for row in there for number in blocks[row].lines], dtype=np.int64)
    first = _floats([word for row in there for word in blocks[row].first])
    second = _floats([word for row in there for word in blocks[row].second])
    bad = ~((np.abs(first) <= LARGEST) & (np.abs(second) <= LARGEST))
    for at in np.flatnonzero(bad):
        rows.refuse(int(of[at]), "coordinate_not_a_number", **_shown(blocks[of[at]], int(line[at])))
    kept = ~np.isin(of, list(rows.refused))
    return _Points(first[kept], second[kept], of[kept], line[kept])


def _floats(words: list[str]) -> NDArray[np.float64]:
    """Numbers of words; NaN where a word is none, so that one bad word costs one row and not the column."""
    try:
        return np.array(words, dtype=np.float64)
    except ValueError:
        return np.array([_float(word) for word in words])


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return float("nan")


def _shown(block: Block, line: int) -> dict[str, Any]:
    at = block.lines.index(line)
    return {"line": line, "text": f"{block.first[at][:30]},{block.second[at][:30]}"}


def _settled(points: _Points, rows: _Rows) -> tuple[int, tuple[FileNote, ...]]:
    """Turn the axes where need be, and say what the coordinates of the file are in; blocks that differ are refused."""
    count = len(rows.geoms)
    order = axes.order_of(points.north, points.east, points.block, count)
    turned = order.turned[points.block]
    points.north, points.east = np.where(turned, points.east, points.north), np.where(turned, points.north, points.east)
    for at in np.flatnonzero(order.mixed)[::-1]:
        rows.refused[int(points.block[at])] = RowNote(
            int(points.block[at]), "axes_mixed", {"line": int(points.line[at])}
        )
    present = np.unique(points.block)
    frame = axes.most_common(order.frame[present[~np.isin(present, list(rows.refused))]])
    for at in np.flatnonzero(order.astray | (order.frame[points.block] != frame))[::-1]:
        row = int(points.block[at])
        if row not in rows.refused or rows.refused[row].code == "zone_differs":
            values = {"line": int(points.line[at]), "easting": float(points.east[at]), "file_zone": _zone_said(frame)}
            rows.refused[row] = RowNote(row, "zone_differs", values)
    kept = ~np.isin(points.block, list(rows.refused))
    evidence = axes.evidence_of(frame, points.east[kept], points.north[kept], turned=bool(turned[kept].any()))
    if kept.any() and 0 < turned[kept].sum() < kept.sum():
        rows.mended += [RowNote(int(row), "axes_turned") for row in np.unique(points.block[kept & turned])]
    return frame, evidence


def _zone_said(frame: int) -> str:
    return {axes.DEGREES: "°", axes.NO_ZONE: "-"}.get(frame, str(frame))


def _build(blocks: Sequence[Block], points: _Points, rows: _Rows, *, same: float, watch: Watch) -> None:
    """Make the geometry of every block that is not refused."""
    start = np.searchsorted(points.block, np.arange(len(blocks) + 1))
    pairs = list(zip(points.east.tolist(), points.north.tolist(), strict=True))
    single: dict[int, rings.Ring] = {}
    for row, block in enumerate(blocks):
        watch("shape", row, len(blocks))
        if row in rows.refused:
            continue
        own = pairs[start[row] : start[row + 1]]
        if block.kind != "面":
            rows.geoms[row] = _not_an_area(block, own, rows, row)
            continue
        parts = rings.closed_rings(block.numbers, block.rings, own, same)
        if len(parts) > limits.MOST_RINGS:
            rows.refuse(row, "too_many_rings", line=block.line, rings=len(parts), most=limits.MOST_RINGS)
            continue
        short = next((ring for ring in parts if rings.distinct(ring) < rings.FEWEST_POINTS), None)
        if short is not None:
            rows.refuse(row, "ring_too_few_points", line=block.line, points=rings.distinct(short))
        elif len(parts) == 1:
            single[row] = parts[0]
        else:
            rows.geoms[row], cut = rings.area_of(parts)
            if cut:
                rows.mended.append(RowNote(row, "rings_cross", {"line": block.line, "rings": len(parts)}))
    if single:
        sizes = [len(ring) for ring in single.values()]
        made = shapely.linearrings(
            np.concatenate(list(single.values())), indices=np.repeat(np.arange(len(sizes)), sizes)
        )
        rows.geoms[list(single)] = shapely.polygons(made)


def _not_an_area(block: Block, own: list[rings.Point], rows: _Rows, row: int) -> BaseGeometry | None:
    if block.kind == "点":
        return shapely.MultiPoint(own) if len(own) > 1 else shapely.Point(own[0])
    paths = rings.paths(block.rings, own)
    if any(len(path) < 2 for path in paths):  # noqa: PLR2004 - a line has two ends
        rows.refuse(row, "ring_too_few_points", line=block.line, points=1)
        return None
    return shapely.LineString(paths[0]) if len(paths) == 1 else shapely.MultiLineString(paths)


def _measured_m2(geoms: NDArray[np.object_], *, degrees: bool) -> NDArray[np.float64]:
    """Plane area of each area (on the ellipsoid for degrees), NaN where there is none."""
    area = np.asarray(shapely.area(geoms), dtype=np.float64)
    if degrees:
        area = np.array([np.nan if geom is None else _ellipsoid_m2(geom) for geom in geoms])
    return np.where(area > 0, area, np.nan)


def _ellipsoid_m2(geom: BaseGeometry) -> float:
    return abs(float(_CGCS2000.geometry_area_perimeter(shapely.orient_polygons(geom))[0]))


def _count_note(blocks: Sequence[Block]) -> tuple[FileNote, ...]:
    """Say where the stated number of points is neither that of the lines nor that of the different points."""
    unfit = [
        f"{block.line}: {block.values[0]} ({len(block.lines)})"
        for block in blocks
        if block.fault is None and block.values[0] and not _count_fits(block)
    ]
    return (FileNote("point_counts_differ", {"rows": len(unfit), "examples": unfit[:_EXAMPLES]}),) if unfit else ()


def _count_fits(block: Block) -> bool:
    if not block.values[0].isdecimal() or len(block.values[0]) > 9:  # noqa: PLR2004 - no count has ten digits
        return False
    stated = int(block.values[0])
    different = len(set(zip(block.rings, block.first, block.second, strict=True)))
    return stated in {len(block.lines), different, different + len(set(block.rings))}


def _columns(blocks: Sequence[Block], areas_m2: Sequence[float | None]) -> tuple[tuple[str, pa.Array], ...]:
    """Values of the @ lines; columns that are empty throughout are left out."""
    found = [(name, [block.values[at] or None for block in blocks]) for name, at in _COLUMNS]
    rests = [block.rest.split(",") for block in blocks]
    whole = [len(rest) == len(_MORE) for rest in rests]
    found += [(name, [rest[at].strip() or None if fits else None for rest, fits in zip(rests, whole, strict=True)])
              for at, name in enumerate(_MORE)]  # fmt: skip
    found.append((_REST, [None if fits else block.rest or None for block, fits in zip(blocks, whole, strict=True)]))
    columns = [(name, pa.array(values, pa.string())) for name, values in found if any(values)]
    columns.insert(min(3, len(columns)), (_AREA_M2, pa.array(areas_m2, pa.float64())))
    return tuple(columns)
