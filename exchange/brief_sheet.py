"""A one-page brief as a file: lines of what, how much and by what, as text or as a workbook."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.writing.tables import neutralised

FORMS: Final = ("txt", "xlsx")
_WIDTHS: Final = (18, 52, 72)


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One line: what is told, the figure in words, and how it came about."""

    what: str
    figure: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class BriefSheet:
    """The page: its title, the heads of its three columns, its lines, and a note below them."""

    title: str
    heads: tuple[str, str, str]
    lines: Sequence[BriefLine]
    note: str = ""


def as_text(sheet: BriefSheet) -> bytes:
    """The page as UTF-8 text that every office program opens; control characters of data become spaces."""
    rows = [sheet.title, "=" * 2 * len(sheet.title), ""]
    for line in sheet.lines:
        rows.append(f"{line.what}：{_flat(line.figure)}")
        if line.basis:
            rows.append(f"    {sheet.heads[2]}：{_flat(line.basis)}")
    if sheet.note:
        rows += ["", sheet.note]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def as_xlsx(sheet: BriefSheet) -> bytes:
    """The page as a workbook, set to print on one sheet of A4; text that would be taken for a formula is disarmed."""
    import xlsxwriter  # noqa: PLC0415 - only this form needs it

    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as book:
        page = book.add_worksheet(sheet.title[:31].translate(str.maketrans("", "", "[]:*?/\\")))
        title, head = book.add_format({"bold": True, "font_size": 16}), book.add_format({"bold": True, "bottom": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 1)
        page.write_string(0, 0, sheet.title, title)
        for at, (name, width) in enumerate(zip(sheet.heads, _WIDTHS, strict=True)):
            page.set_column(at, at, width)
            page.write_string(2, at, name, head)
        for number, line in enumerate(sheet.lines, start=3):
            for at, text in enumerate((line.what, line.figure, line.basis)):
                page.write_string(number, at, str(neutralised(_flat(text))), cell)
        if sheet.note:
            page.write_string(len(sheet.lines) + 4, 0, sheet.note)
    return held.getvalue()


def _flat(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
