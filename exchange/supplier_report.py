"""The report that a supplier mends a file from: every problem with its row, its place and what to do, as XLSX or HTML.

The HTML is one file without a script; all that comes from outside is escaped in it, and neutralised in the XLSX.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing.tables import neutralised
from exchange.writing.whole import whole_file

FORMS: Final = ("xlsx", "html")
_XLSX_MOST_ROWS: Final = 1_048_000
_HTML_MOST_ROWS: Final = 5_000
_MOST_CHARACTERS: Final = 2_000
_WIDTH, _HEIGHT, _MARGIN = 720, 420, 14
_INK: Final = {"refuse": "#C0272D", "ask": "#B4510B", "tell": "#0B4F8A"}
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("入库检查报告", "Import report"),
    "problems": ("问题", "Problems"),
    "about": ("说明", "About"),
    "row": ("行", "Row"),
    "code": ("编号", "Code"),
    "severity": ("等级", "Grade"),
    "kind": ("问题类型", "Kind"),
    "what": ("问题", "Problem"),
    "todo": ("怎么改", "What to do"),
    "north": ("X(北)", "X (north)"),
    "east": ("Y(东)", "Y (east)"),
    "size": ("大小 ㎡", "Size m²"),
    "basis": ("依据", "Basis"),
    "refuse": ("不能入库", "Cannot be entered"),
    "ask": ("需核对", "To be checked"),
    "tell": ("提示", "For information"),
    "none": ("没有发现问题。", "No problem was found."),
    "more": ("其余 {count} 处见 XLSX。", "{count} more are in the XLSX."),
    "picture": ("问题的位置，北在上", "Where the problems are, north up"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the report, in the words of its language; places in the CRS of the report, NaN without one."""

    row: int
    code: str
    severity: str
    kind: str
    what: str
    todo: str
    basis: str
    north: float
    east: float
    size_m2: float


@dataclass(frozen=True, slots=True)
class SupplierReport:
    """What is written: facts of the file as (name, value), the problems, and boxes of the rows to draw (n, 4)."""

    facts: Sequence[tuple[str, str]]
    problems: Sequence[Problem]
    bounds: NDArray[np.float64]
    english: bool = False

    def word(self, key: str) -> str:
        """A word in the report's language; in English the Chinese stands before it."""
        chinese, english = _WORDS[key]
        return f"{chinese} {english}" if self.english else chinese


def write(report: SupplierReport, out: Path, form: str) -> None:
    """Write the report whole or not at all.

    Raises
    ------
    NotWritable
        The form is none of FORMS, or the file cannot be written.
    """
    if form not in FORMS:
        raise NotWritable("unknown_form", {"form": form, "known": FORMS}, str(out))
    with whole_file(out) as draft:
        if form == "xlsx":
            _write_xlsx(report, draft)
        else:
            draft.write_text(as_html(report), encoding="utf-8")


def _write_xlsx(report: SupplierReport, draft: Path) -> None:
    import xlsxwriter  # noqa: PLC0415 - only this form needs it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    heads = ("row", "code", "severity", "kind", "what", "todo", "north", "east", "size", "basis")
    widths = (8, 20, 14, 16, 56, 36, 14, 14, 12, 44)
    with xlsxwriter.Workbook(str(draft), options) as book:
        bold, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True})
        sheet = book.add_worksheet(_WORDS["problems"][report.english])
        sheet.freeze_panes(1, 2)
        for at, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, report.word(head), bold)
        for number, one in enumerate(report.problems[:_XLSX_MOST_ROWS], start=1):
            sheet.write_number(number, 0, one.row)
            texts = (one.code, report.word(one.severity), one.kind, one.what, one.todo)
            for place, text in enumerate(texts, start=1):
                sheet.write_string(number, place, _cell(text), wrapped)
            for at, value in ((6, one.north), (7, one.east)):
                if np.isfinite(value):
                    sheet.write_number(number, at, round(value, 3))
            if one.size_m2 > 0:
                sheet.write_number(number, 8, round(one.size_m2, 2))
            sheet.write_string(number, 9, _cell(one.basis), wrapped)
        sheet.autofilter(0, 0, max(min(len(report.problems), _XLSX_MOST_ROWS), 1), len(heads) - 1)
        about = book.add_worksheet(_WORDS["about"][report.english])
        about.set_column(0, 1, 44)
        for number, (name, said) in enumerate(report.facts):
            about.write_string(number, 0, _cell(name))
            about.write_string(number, 1, _cell(said))


def _cell(text: str) -> str:
    return neutralised(text)[:_MOST_CHARACTERS]


def as_html(report: SupplierReport) -> str:
    """The report as one page of its own."""
    lang = "en" if report.english else "zh-CN"
    head = "".join(
        f"<th>{_said(report.word(key))}</th>"
        for key in ("row", "code", "severity", "kind", "what", "todo", "north", "east", "size")
    )
    rows = "".join(_html_row(report, one) for one in report.problems[:_HTML_MOST_ROWS])
    more = len(report.problems) - _HTML_MOST_ROWS
    rest = f"<p>{_said(report.word('more').format(count=more))}</p>" if more > 0 else ""
    facts = "".join(f"<dt>{_said(name)}</dt><dd>{_said(value)}</dd>" for name, value in report.facts)
    bases = "".join(
        f"<li>{_said(kind)}：{_said(basis)}</li>"
        for kind, basis in dict.fromkeys((one.kind, one.basis) for one in report.problems if one.basis)
    )
    sources = f"<h2>{_said(report.word('basis'))}</h2><ul>{bases}</ul>" if bases else ""
    body = (
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"
        if report.problems
        else f"<p>{_said(report.word('none'))}</p>"
    )
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{_said(report.word('title'))}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_said(report.word('title'))}</h1><dl>{facts}</dl>{picture(report)}{body}"
        f"{sources}</body></html>"
    )


_STYLE: Final = (
    "body{font:15px/1.5 'Microsoft YaHei','PingFang SC',sans-serif;color:#1B2430;margin:24px;max-width:1280px}"
    "h1{font-size:22px;margin:0 0 12px}h2{font-size:16px}dl{display:grid;grid-template-columns:auto 1fr;gap:2px 16px}"
    "dt{color:#5F6B7A}dd{margin:0}table{border-collapse:collapse;width:100%}"
    "th,td{border-bottom:1px solid #D5DAE0;padding:5px 8px;text-align:left;vertical-align:top}"
    "th{color:#5F6B7A;font-weight:400}td.n{text-align:right;white-space:nowrap}"
    "svg{border:1px solid #D5DAE0;margin:12px 0}"
    ".refuse{color:#8E1B20}.ask{color:#7A3E00}.tell{color:#0B4F8A}"
)


def _html_row(report: SupplierReport, one: Problem) -> str:
    severity = one.severity if one.severity in _INK else "tell"
    figures = (
        f"{one.north:.3f}" if np.isfinite(one.north) else "",
        f"{one.east:.3f}" if np.isfinite(one.east) else "",
        f"{one.size_m2:.2f}" if one.size_m2 > 0 else "",
    )
    numbers = "".join(f'<td class="n">{figure}</td>' for figure in figures)
    return (
        f'<tr><td class="n">{one.row}</td><td>{_said(one.code)}</td>'
        f'<td class="{severity}">{_said(report.word(severity))}</td><td>{_said(one.kind)}</td>'
        f"<td>{_said(one.what)}</td><td>{_said(one.todo)}</td>{numbers}</tr>"
    )


def picture(report: SupplierReport) -> str:
    """Boxes of the rows in grey and the problems as dots, an SVG of numbers; nothing without a place."""
    dots = [one for one in report.problems if np.isfinite(one.east)]
    boxes = report.bounds[np.isfinite(report.bounds).all(axis=1)] if len(report.bounds) else np.zeros((0, 4))
    places = np.array([(one.east, one.north) for one in dots]).reshape(-1, 2)
    corners = np.concatenate([boxes[:, :2], boxes[:, 2:], places])
    if not len(corners):
        return ""
    low, high = corners.min(axis=0), corners.max(axis=0)
    span = np.maximum(high - low, 1.0)
    scale = float(min((_WIDTH - 2 * _MARGIN) / span[0], (_HEIGHT - 2 * _MARGIN) / span[1]))
    middle = (low + high) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return _WIDTH / 2 + (x - middle[0]) * scale, _HEIGHT / 2 - (y - middle[1]) * scale

    pieces = []
    for west, south, east, north in boxes.tolist():
        x, y = at(west, north)
        pieces.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max((east - west) * scale, 0.5):.1f}" '
            f'height="{max((north - south) * scale, 0.5):.1f}" fill="#EEF1F4" stroke="#9AA3AE" stroke-width="0.5"/>'
        )
    for one in dots[:_HTML_MOST_ROWS]:
        x, y = at(one.east, one.north)
        ink = _INK.get(one.severity, _INK["tell"])
        pieces.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{ink}" fill-opacity="0.75"/>')
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{_said(report.word("picture"))}">{"".join(pieces)}</svg>'
    )


def _said(text: str) -> str:
    return escape(text[:_MOST_CHARACTERS], quote=True)
