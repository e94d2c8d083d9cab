"""CSV and XLSX tables whose columns hold geometry: read as text, so that no code becomes a number or a date.

The first of the head rows whose names show a geometry is the header. Nothing in such a table declares a CRS but an
SRID before the WKT: what the numbers show is evidence, and a person says the rest.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import axes, columns_found, table_shapes, table_vertices, text_encoding
from exchange.formats.columns_found import Geometry
from exchange.formats.opened import FileNote, Opened, RowNote, Wanted
from exchange.formats.table_shapes import Table
from exchange.progress import Watch

Rows = list[list[str | None]]

_DELIMITERS: Final = ",\t;|"
_HEAD_ROWS: Final = 10
_SAMPLE_CHARACTERS: Final = 1 << 20


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
    text = text_encoding.text_of(path.read_bytes(), wanted.encoding)
    rows, lines = _csv_rows(text.text, wanted.watch)
    table = headed(rows, lines, wanted)
    return opened(table, wanted, driver="CSV", encoding=text)


def _csv_rows(text: str, watch: Watch) -> tuple[Rows, list[int]]:
    csv.field_size_limit(limits.MOST_CELL_CHARACTERS)
    rows: Rows = []
    lines: list[int] = []
    cells = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    before, whole = 0, text.count("\n") + 1
    try:
        for row in reader:
            watch("parse", before, whole)
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
    made = (
        table_shapes.of_wkt(table)
        if kind == "wkt"
        else table_shapes.of_points(table)
        if kind == "points"
        else table_vertices.of_vertices(table)
    )
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
