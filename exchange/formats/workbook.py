"""XLSX workbooks: each sheet a table, cells as they are shown, formulas by the value that was last computed.

A workbook is a zip of XML: the zip goes through the limits of `exchange.archive` first, and XML that declares a
document type is refused, because entities grow and fetch.
"""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from exchange import limits
from exchange.archive import unpack
from exchange.errors import FileRefused
from exchange.formats import sample_mark, tables
from exchange.formats.opened import FileNote, Opened, Wanted
from exchange.formats.table_shapes import Table

_CHUNK_BYTES: Final = 1 << 16
_ZEROS: Final = re.compile(r"^0+$")
# from here on a number in a spreadsheet has lost its last digits
_EXACT_TO: Final = 10**15
_MIDNIGHT: Final = dt.time()
_ABOUT_ROWS: Final = 3
# what openpyxl ends in when parts of a workbook are missing or hold what they should not
_BROKEN: Final = (
    InvalidFileException, LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, OSError,
)  # fmt: skip


def read(path: Path, wanted: Wanted) -> Opened:
    """Read one sheet of a workbook.

    Raises
    ------
    FileRefused
        ``sublayer_needed`` when several sheets hold geometry and none was named; ``xlsx_doctype``; a limit.
    """
    _refuse_hostile(path)
    # an open file: by its path a workbook would be judged by its name
    with path.open("rb") as file, warnings.catch_warnings():
        # openpyxl warns of extensions and styles that it leaves out; none of them is data
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            size = path.stat().st_size
            # rows are unpacked as they are asked for, so the place in the zip says how far it is
            return _sheet(book, wanted, lambda: wanted.watch("parse", min(file.tell(), size), size))
        except _BROKEN as error:
            raise FileRefused("unreadable", {"reason": f"XLSX: {type(error).__name__}"}) from error


def _refuse_hostile(path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="chantu-xlsx-") as folder:
        for part, name in unpack(path, Path(folder)).items():
            if name.lower().endswith((".xml", ".rels", ".vml")):
                _refuse_doctype(part, name)


def _refuse_doctype(part: Path, name: str) -> None:
    """Read a part up to its first element, before which a document type would have to stand."""
    parser = expat.ParserCreate()
    begun = False

    def doctype(*_: object) -> None:
        raise FileRefused("xlsx_doctype", {"member": name})

    def element(*_: object) -> None:
        nonlocal begun
        begun = True

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    with part.open("rb") as file:
        while not begun and (chunk := file.read(_CHUNK_BYTES)):
            try:
                parser.Parse(chunk, False)
            except expat.ExpatError as error:
                raise FileRefused("unreadable", {"reason": f"{name[:60]}: {error}"}) from error


def _sheet(book: Any, wanted: Wanted, tell: Callable[[], None]) -> Opened:
    names = [sheet.title for sheet in book.worksheets]
    if wanted.sublayer is not None and wanted.sublayer not in names:
        raise FileRefused("sublayer_unknown", {"asked": wanted.sublayer, "sublayers": names})
    looked_at = [wanted.sublayer] if wanted.sublayer is not None else names
    found: dict[str, Table] = {}
    refused: dict[str, FileRefused] = {}
    for name in looked_at:
        try:
            found[name] = _table(book[name], wanted, tell)
        except FileRefused as fault:
            if fault.code not in {"table_without_geometry", "no_rows"}:
                raise
            refused[name] = fault
    if len(found) > 1:
        raise FileRefused("sublayer_needed", {"sublayers": list(found), "asked": ""})
    if not found:
        raise next((fault for fault in refused.values() if fault.code != "no_rows"), FileRefused("no_rows"))
    chosen, table = next(iter(found.items()))
    if len(names) > 1 and wanted.sublayer is None:
        table.notes.append(FileNote("sublayer_chosen", {"sublayer": chosen, "sublayers": names}))
    others = [book[name] for name in names if name != chosen]
    table.notes.extend(sample_mark.note_of(*(text for sheet in others for text in _first_cells(sheet))))
    return tables.opened(table, wanted, driver="XLSX", sublayer=chosen, sublayers=tuple(names))


def _first_cells(sheet: Any) -> list[Any]:
    """What stands at the head of a sheet, where exports of this product say what they are."""
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=_ABOUT_ROWS, max_col=1, values_only=True)
    return [row[0] for row in rows if row]


def _table(sheet: Any, wanted: Wanted, tell: Callable[[], None]) -> Table:
    # the extent that a sheet claims is not believed: a forged one would make rows of blanks
    sheet.reset_dimensions()
    damaged: list[int] = []
    rows, lines = tables.numbered(_shown_rows(sheet, damaged, tell))
    table = tables.headed(rows, lines, wanted)
    if damaged:
        table.notes.append(FileNote("numbers_too_long", {"cells": len(damaged), "row": damaged[0]}))
    return table


def _shown_rows(sheet: Any, damaged: list[int], tell: Callable[[], None]) -> Iterator[list[str | None]]:
    for number, cells in enumerate(sheet.iter_rows(), 1):
        tell()
        row = [_shown(cell, number, damaged) for cell in cells]
        while row and row[-1] is None:
            row.pop()
        yield row


def _shown(cell: Any, row: int, damaged: list[int]) -> str | None:
    """Give the text of a cell as its reader sees it; None when it is empty or an error."""
    value = cell.value
    if value is None or cell.data_type == "e":
        return None
    if isinstance(value, str):
        if len(value) > limits.MOST_CELL_CHARACTERS:
            raise FileRefused("cell_too_long", {"line": row, "most": limits.MOST_CELL_CHARACTERS})
        return value.strip(" \t\r\n\u3000") or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == _MIDNIGHT else value).isoformat()
    if isinstance(value, int | float):
        return _number(float(value), str(cell.number_format or ""), row, damaged)
    return str(value)


def _number(value: float, form: str, row: int, damaged: list[int]) -> str:
    if abs(value) >= _EXACT_TO:
        damaged.append(row)
    if not value.is_integer():
        return repr(value)
    whole = str(int(value))
    return whole.zfill(len(form)) if _ZEROS.match(form) and value >= 0 else whole
