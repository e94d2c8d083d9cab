"""CSV and XLSX tables whose columns hold geometry: read as text, so that no code becomes a number or a date.

The first of the head rows whose names show a geometry is the header. Nothing in such a table declares a CRS but an
SRID before the WKT: what the numbers show is evidence, and a person says the rest.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import axes, columns_found, rings, text_encoding
from exchange.formats.columns_found import Geometry
from exchange.formats.opened import CrsHow, FileNote, Opened, RowNote, Wanted

Rows = list[list[str | None]]

_DELIMITERS: Final = ",\t;|"
_HEAD_ROWS: Final = 10
_SAMPLE_CHARACTERS: Final = 1 << 20
_LARGEST: Final = 1e9
_SRID: Final = re.compile(r"^\s*SRID\s*=\s*(\d{1,7})\s*;", re.IGNORECASE)
_SAME_M: Final = 0.005
_SAME_DEGREES: Final = 5e-8


@dataclass
class Table:
    """A table under its header: names, columns of equal length, where its geometry is, and rows that do not fit."""

    names: list[str]
    columns: list[list[str | None]]
    geometry: Geometry
    # number of each row in the file, from 1
    lines: list[int]
    notes: list[FileNote] = field(default_factory=list)
    refusals: list[RowNote] = field(default_factory=list)


@dataclass
class _Shapes:
    """Geometry of the rows, what was said of them, and which rows of the table they were made of (the first each)."""

    wkb: NDArray[np.object_]
    crs: str | None = None
    how: CrsHow = "none"
    mends: list[RowNote] = field(default_factory=list)
    refusals: list[RowNote] = field(default_factory=list)
    evidence: tuple[FileNote, ...] = ()


def read_csv(path: Path, wanted: Wanted) -> Opened:
    """Read delimited text: delimiter and encoding by content, quoted line breaks kept.

    Raises
    ------
    FileRefused
        ``table_without_geometry`` with the columns there are; a limit; ``table_broken`` where quotes do not close.
    """
    size = path.stat().st_size
    if size > limits.MOST_TEXT_BYTES:
        raise FileRefused("text_too_large", {"bytes": size, "most_bytes": limits.MOST_TEXT_BYTES})
    text = text_encoding.decoded(path.read_bytes(), wanted.encoding)
    rows, lines = _csv_rows(text.text)
    table = headed(rows, lines, wanted)
    return opened(table, wanted, driver="CSV", encoding=text)


def _csv_rows(text: str) -> tuple[Rows, list[int]]:
    csv.field_size_limit(limits.MOST_CELL_CHARACTERS)
    rows: Rows = []
    lines: list[int] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before = 0
    try:
        for row in reader:
            if any(row):
                rows.append([cell.strip(" \t\u3000") or None for cell in row])
                lines.append(before + 1)
                cells += len(row)
                refuse_size(len(rows), cells)
            before = reader.line_num
    except csv.Error as error:
        code = "cell_too_long" if "field larger" in str(error) else "table_broken"
        raise FileRefused(code, {"line": before + 1, "most": limits.MOST_CELL_CHARACTERS}) from error
    return rows, lines


def _delimiter(text: str) -> str:
    """The mark that parts the head rows into the most columns, alike from row to row."""
    head = text[:_SAMPLE_CHARACTERS]

    def columns(mark: str) -> tuple[int, int]:
        counts = [
            len(row)
            for row, _ in zip(
                csv.reader(io.StringIO(head, newline=""), delimiter=mark), range(_HEAD_ROWS), strict=False
            )
        ]
        widths = [count for count in counts if count > 1]
        usual = max(widths, key=widths.count) if widths else 1
        return widths.count(usual) if usual > 1 else 0, usual

    csv.field_size_limit(limits.MOST_CELL_CHARACTERS)
    try:
        return max(_DELIMITERS, key=columns)
    except csv.Error:
        return ","


def refuse_size(rows: int, cells: int) -> None:
    """Stop where a table has become larger than is taken."""
    if rows > limits.MOST_ROWS:
        raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
    if cells > limits.MOST_CELLS:
        raise FileRefused("too_many_cells", {"most": limits.MOST_CELLS})


def headed(rows: Rows, lines: list[int], wanted: Wanted) -> Table:
    """Find the header among the head rows, and put the rows below it into columns.

    Raises
    ------
    FileRefused
        ``table_without_geometry`` with the names of the first row that could be a header.
    """
    for at, names in enumerate(rows[:_HEAD_ROWS]):
        width = len(names)
        body = rows[at + 1 :]
        if sum(name is not None for name in names) == 0 or not body:
            continue
        columns = [
            [row[place] if place < len(row) else None for row in body]
            for place in range(min(width, limits.MOST_COLUMNS + 1))
        ]
        titles = [name or f"#{place + 1}" for place, name in enumerate(names)]
        geometry = columns_found.find(titles, columns, wanted.shapes)
        if geometry is None:
            continue
        if width > limits.MOST_COLUMNS:
            raise FileRefused("too_many_columns", {"columns": width, "most": limits.MOST_COLUMNS})
        table = Table(titles, columns, geometry, lines[at + 1 :])
        if at:
            table.notes.append(FileNote("header_row_found", {"row": lines[at]}))
        # a comma too many shifts what stands behind it: coordinates would come from other columns
        table.refusals = [
            RowNote(row, "cells_beyond_header", {"line": table.lines[row], "cells": len(cells), "columns": width})
            for row, cells in enumerate(body)
            if any(cells[width:])
        ]
        return table
    if len(rows) < 2:  # noqa: PLR2004 - a header and a row
        raise FileRefused("no_rows")
    found = max(rows[:_HEAD_ROWS], key=lambda row: sum(cell is not None for cell in row))
    raise FileRefused("table_without_geometry", {"columns": [cell[:40] for cell in found if cell][:20]})


def opened(
    table: Table, wanted: Wanted, *, driver: str, encoding: text_encoding.Text | None = None, sublayer: str = "",
    sublayers: tuple[str, ...] = (),
) -> Opened:  # fmt: skip
    """Make the geometry of a table's rows."""
    del wanted
    kind = table.geometry.kind
    made = _of_wkt(table) if kind == "wkt" else _of_points(table) if kind == "points" else _of_vertices(table)
    apart = {note.row for note in table.refusals} if kind != "vertices" else set()
    for row in apart:
        made.wkb[row] = None
    refusals = [note for note in made.refusals if note.row not in apart]
    if kind != "vertices":
        refusals += table.refusals
    used = _used(table.geometry)
    columns = [(name, pa.array(cells, pa.string()))
               for at, (name, cells) in enumerate(zip(table.names, table.columns, strict=True))
               if at not in used and any(cell is not None for cell in cells)]  # fmt: skip
    return Opened(
        driver, made.wkb, tuple(columns), made.crs, made.how, sublayer=sublayer, sublayers=sublayers,
        encoding=encoding.encoding if encoding else "UTF-8",
        notes=(*(encoding.notes if encoding else ()), *axes.turned_note(made.evidence), *table.notes),
        mends=tuple(made.mends), refusals=tuple(sorted(refusals, key=lambda note: note.row)),
        encodings=encoding.tried if encoding else (), evidence=made.evidence,
    )  # fmt: skip


def _used(geometry: Geometry) -> set[int]:
    """Columns that became the geometry; coordinates of points stay, they cost nothing and say what was written."""
    return {geometry.wkt, geometry.ring, geometry.order} if geometry.kind == "wkt" else set()


def _of_wkt(table: Table) -> _Shapes:
    cells = table.columns[table.geometry.wkt]
    srids = {found[1] for cell in cells if cell and (found := _SRID.match(cell))}
    if len(srids) > 1:
        raise FileRefused("crs_inside_feature", {"srids": sorted(srids)[:5]})
    shapes = _Shapes(np.full(len(cells), None, dtype=object))
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        geom = _geometry(cell)
        if geom is None:
            shapes.refusals.append(RowNote(row, "wkt_unreadable", {"line": table.lines[row], "text": cell[:60]}))
        else:
            shapes.wkb[row] = shapely.to_wkb(geom)
    if srids and srids != {"0"}:
        shapes.crs, shapes.how = f"EPSG:{next(iter(srids))}", "file"
    return shapes


def _geometry(cell: str) -> shapely.Geometry | None:
    if cell[:2] in {"00", "01"}:
        return shapely.from_wkb(cell, on_invalid="ignore")
    return shapely.from_wkt(_SRID.sub("", cell, count=1), on_invalid="ignore")


def _coordinates(
    table: Table, shapes: _Shapes, row_of: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Easting, northing and whether both are there; a row with rubbish is refused, an empty one is not there."""
    geometry = table.geometry
    east, north = (
        np.array([np.nan if (value := columns_found.number(cell)) is None else value for cell in table.columns[at]])
        for at in (geometry.east, geometry.north)
    )
    sound = (np.abs(east) <= _LARGEST) & (np.abs(north) <= _LARGEST)
    said: set[int] = set()
    for at in np.flatnonzero(~sound):
        words = [table.columns[place][at] for place in (geometry.east, geometry.north)]
        if any(words) and int(row_of[at]) not in said:
            said.add(int(row_of[at]))
            text = ",".join(str(word or "")[:30] for word in words)
            values = {"line": table.lines[at], "text": text}
            shapes.refusals.append(RowNote(int(row_of[at]), "coordinate_not_a_number", values))
    return east, north, sound


def _settled(
    table: Table, shapes: _Shapes, points: NDArray[np.int64], east: NDArray[np.float64], north: NDArray[np.float64],
    row_of: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:  # fmt: skip
    """Turn both columns when most rows show that they are the other way round; say what the numbers show.

    Rows that are then still the other way round are refused.
    """
    each = np.arange(len(east))
    turned = 2 * int(axes.order_of(north, east, each, len(east)).turned.sum()) > len(east)
    if turned:
        east, north = north, east
    order = axes.order_of(north, east, each, len(east))
    frame = axes.most_common(order.frame)
    shapes.evidence = axes.evidence_of(frame, east, north, turned=turned)
    for row in dict.fromkeys(row_of[order.turned].tolist()):
        line = table.lines[int(points[order.turned & (row_of == row)][0])]
        shapes.refusals.append(RowNote(row, "axes_mixed", {"line": line}))
    if table.geometry.bare and not turned:
        names = table.names[table.geometry.east], table.names[table.geometry.north]
        table.notes.append(FileNote("axes_by_name", {"east": names[0], "north": names[1]}))
    return east, north, frame


def _of_points(table: Table) -> _Shapes:
    count = len(table.lines)
    shapes = _Shapes(np.full(count, None, dtype=object))
    east, north, sound = _coordinates(table, shapes, np.arange(count))
    rows = np.flatnonzero(sound)
    east, north, _ = _settled(table, shapes, rows, east[rows], north[rows], rows)
    shapes.wkb[rows] = shapely.to_wkb(shapely.points(east, north))
    shapes.wkb[[note.row for note in shapes.refusals]] = None
    return shapes


def _of_vertices(table: Table) -> _Shapes:
    """One row a boundary point: areas by code, in the order of the file or of the column that gives it.

    The table is reduced to one row for each code, with the columns that say the same on all its rows.
    """
    geometry = table.geometry
    keys = table.columns[geometry.code]
    codes = list(dict.fromkeys(key for key in keys if key is not None))
    place = {code: at for at, code in enumerate(codes)}
    row_of = np.array([place[key] if key is not None else -1 for key in keys], dtype=np.int64)
    shapes = _Shapes(np.full(len(codes), None, dtype=object))
    east, north, sound = _coordinates(table, shapes, row_of)
    unfit = {note.row for note in table.refusals}
    refused = {note.row for note in shapes.refusals} | {int(row_of[at]) for at in unfit}
    shapes.refusals = [note for note in shapes.refusals if note.row >= 0]
    shapes.refusals += [RowNote(int(row_of[note.row]), note.code, note.values)
                        for note in table.refusals if row_of[note.row] >= 0]  # fmt: skip
    points = np.flatnonzero(sound & (row_of >= 0) & ~np.isin(row_of, list(refused)))
    kept_east, kept_north, frame = _settled(table, shapes, points, east[points], north[points], row_of[points])
    refused |= {note.row for note in shapes.refusals}
    order = _vertex_order(table, row_of[points], points)
    points, kept_east, kept_north = points[order], kept_east[order], kept_north[order]
    same = _SAME_DEGREES if frame == axes.DEGREES else _SAME_M
    start = np.searchsorted(row_of[points], np.arange(len(codes) + 1))
    for row in range(len(codes)):
        own = slice(int(start[row]), int(start[row + 1]))
        if row in refused or own.start == own.stop:
            continue
        _area(
            table,
            shapes,
            row,
            (points[own], list(zip(kept_east[own].tolist(), kept_north[own].tolist(), strict=True))),
            same,
        )
    _reduce(table, row_of, len(codes))
    return shapes


def _area(
    table: Table, shapes: _Shapes, row: int, own: tuple[NDArray[np.int64], list[rings.Point]], same: float
) -> None:
    geometry = table.geometry
    numbers = [table.columns[geometry.number][at] or "" for at in own[0]]
    labels = [(table.columns[geometry.ring][at] or "") if geometry.ring >= 0 else "" for at in own[0]]
    parts = rings.closed_rings(numbers, labels, own[1], same)
    short = next((ring for ring in parts if rings.distinct(ring) < rings.FEWEST_POINTS), None)
    if short is not None:
        values = {"line": table.lines[int(own[0][0])], "points": rings.distinct(short)}
        shapes.refusals.append(RowNote(row, "ring_too_few_points", values))
        return
    area, cut = rings.area_of(parts)
    if cut:
        shapes.mends.append(RowNote(row, "rings_cross", {"line": table.lines[int(own[0][0])], "rings": len(parts)}))
    shapes.wkb[row] = shapely.to_wkb(area)


def _vertex_order(table: Table, row_of: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Points by parcel, then by the column that gives their order, then as they stand in the file."""
    given = np.zeros(len(points))
    if table.geometry.order >= 0:
        cells = table.columns[table.geometry.order]
        given = np.array([columns_found.number(cells[at]) or 0.0 for at in points])
    return np.lexsort((np.arange(len(points)), given, row_of))


def _reduce(table: Table, row_of: NDArray[np.int64], count: int) -> None:
    members: list[list[int]] = [[] for _ in range(count)]
    for at, row in enumerate(row_of.tolist()):
        if row >= 0:
            members[row].append(at)
    kept = [
        at
        for at, cells in enumerate(table.columns)
        if _constant(cells, members) and at not in _vertex_only(table.geometry)
    ]
    dropped = [table.names[at] for at in range(len(table.names)) if at not in kept]
    table.notes.append(FileNote("points_joined", {"points": len(row_of), "parcels": count, "columns": dropped}))
    table.names = [table.names[at] for at in kept]
    table.columns = [[table.columns[at][own[0]] for own in members] for at in kept]
    table.lines = [table.lines[own[0]] for own in members]


def _vertex_only(geometry: Geometry) -> set[int]:
    return {geometry.east, geometry.north, geometry.number, geometry.ring, geometry.order}


def _constant(cells: Sequence[str | None], members: Sequence[Sequence[int]]) -> bool:
    return all(len({cells[at] for at in own}) == 1 for own in members)


def numbered(rows: Iterator[list[str | None]]) -> tuple[Rows, list[int]]:
    """Rows that hold something, with their numbers from 1; stops where there are too many."""
    kept: Rows = []
    lines: list[int] = []
    cells = 0
    for number, row in enumerate(rows, 1):
        cells += len(row)
        refuse_size(number, cells)
        if any(cell is not None for cell in row):
            kept.append(row)
            lines.append(number)
    return kept, lines
