"""Registers for people: CSV and XLSX, numbers as numbers, heads with units, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from exchange.errors import NotWritable
from exchange.writing.facts import fact_line, named_facts, one_line, title
from exchange.writing.outgoing import SAMPLE_MARK, SAMPLE_MARK_EN, Outgoing
from exchange.writing.whole import whole_file

# a cell that begins so is taken for a formula (or, after a tab or line end, is pushed to where it would be)
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_XLSX_MOST_ROWS: Final = 1_048_575
_XLSX_MOST_CHARACTERS: Final = 32_767
_WORDS: Final = {
    "zh": {"rows": "数据", "about": "说明", "mark": SAMPLE_MARK},
    "en": {"rows": "Data", "about": "About", "mark": SAMPLE_MARK_EN},
}


def neutralised(text: str) -> str:
    """Give text that no spreadsheet takes for a formula: an apostrophe before what would start one.

    Blanks in front are looked through; text that is a plain number stays one.
    """
    if not text.lstrip(" \u3000\xa0").startswith(_STARTS_FORMULA) or _is_plain_number(text):
        return text
    return f"'{text}"


def write_csv(outgoing: Outgoing, out: Path, *, lang: str = "zh") -> None:
    """Write CSV in UTF-8 with a byte-order mark (Excel needs it for Chinese), heads in the language asked for."""
    with whole_file(out) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([neutralised(head) for head in _heads(outgoing, lang)])
        for row in _rows(outgoing, lang):
            writer.writerow([neutralised(cell) if isinstance(cell, str) else cell for cell in row])


def write_xlsx(outgoing: Outgoing, out: Path, *, lang: str = "zh") -> None:
    """Write XLSX row by row (rows are on disk, not in memory), text as text whatever it begins with."""
    import xlsxwriter  # noqa: PLC0415 - here, because only this form needs it

    if outgoing.rows > _XLSX_MOST_ROWS:
        raise NotWritable("too_many_rows_for_xlsx", {"rows": outgoing.rows, "most": _XLSX_MOST_ROWS})
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
        "in_memory": False,
    }  # fmt: skip
    words = _WORDS["en" if lang == "en" else "zh"]
    with whole_file(out) as draft, xlsxwriter.Workbook(str(draft), options) as book:
        about = fact_line(outgoing, outgoing.epsg, lang)
        book.set_properties({"title": one_line(title(outgoing, lang)), "comments": about})
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(words["rows"])
        sheet.freeze_panes(1, 1)
        for position, head in enumerate(_heads(outgoing, lang)):
            sheet.set_column(position, position, min(max(2 * len(head), 10), 32))
            sheet.write_string(0, position, head, bold)
        number = 0
        for number, row in enumerate(_rows(outgoing, lang), start=1):
            for position, cell in enumerate(row):
                _write_cell(sheet, number, position, cell)
        sheet.autofilter(0, 0, number, max(len(_heads(outgoing, lang)) - 1, 0))
        _write_about(book.add_worksheet(words["about"]), outgoing, words, lang)


def _heads(outgoing: Outgoing, lang: str) -> list[str]:
    return [column.head(lang) for column in outgoing.columns]


def _rows(outgoing: Outgoing, lang: str) -> Iterator[list[Any]]:
    for batch in outgoing.batches():
        lists = [batch.values[column.key] for column in outgoing.columns]
        for row in zip(*lists, strict=True):
            yield [column.said(value, lang) for value, column in zip(row, outgoing.columns, strict=True)]


def _write_cell(sheet: Any, row: int, position: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, position, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, position, cell)
    else:
        sheet.write_string(row, position, str(cell)[:_XLSX_MOST_CHARACTERS])


def _write_about(sheet: Any, outgoing: Outgoing, words: dict[str, str], lang: str) -> None:
    sheet.set_column(0, 1, 32)
    lines = named_facts(outgoing, outgoing.epsg, lang)
    if outgoing.has_sample:
        lines.insert(0, (words["mark"], ""))
    for number, (name, value) in enumerate(lines):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, value)


def _is_plain_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and text.strip() == text and "_" not in text
    except ValueError:
        return False
