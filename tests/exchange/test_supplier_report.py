"""The supplier's report: every problem once, readable by other programs, and nothing in it that would run."""

from __future__ import annotations

from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import numpy as np
import openpyxl
import pytest

from exchange import supplier_report
from exchange.errors import NotWritable
from exchange.supplier_report import Problem, SupplierReport

HOSTILE = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def problem(row=3, *, north=3_243_050.0, east=507_050.5, size_m2=12.5):
    words = ("相互重叠", "与第 5 行重叠 12.5 ㎡。", "核对公共边界。", "TD/T 1001")
    return Problem(row, HOSTILE, "ask", *words, north, east, size_m2)


def page(*problems, english=False):
    boxes = np.array([[507_000.0, 3_243_000.0, 507_100.0, 3_243_100.0]])
    return SupplierReport([("文件", HOSTILE)], list(problems), boxes, english)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def test_the_workbook_holds_each_problem_with_its_place_as_numbers(tmp_path):
    supplier_report.write(
        page(problem(), problem(row=9, north=np.nan, east=np.nan, size_m2=0.0)), tmp_path / "r.xlsx", "xlsx"
    )
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    rows = list(book["问题"].iter_rows(values_only=True))
    assert rows[0][:7] == ("行", "编号", "等级", "问题类型", "问题", "怎么改", "X(北)")
    assert (rows[1][0], rows[1][6], rows[1][7], rows[1][8]) == (3, 3_243_050, 507_050.5, 12.5)
    assert (rows[2][0], rows[2][6], rows[2][8]) == (9, None, None)
    assert rows[1][1] == f"'{HOSTILE}"
    assert all(cell.data_type != "f" for row in book["问题"].iter_rows() for cell in row)


def test_the_page_runs_nothing_and_asks_for_nothing():
    read = Tags()
    read.feed(supplier_report.as_html(page(problem(), english=True)))
    assert {tag for tag, _ in read.seen} <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "dl", "dt", "dd", "svg", "rect", "circle",
        "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "p",
    }  # fmt: skip
    assert not any(
        name.startswith("on") or name in {"src", "href"} for _, attributes in read.seen for name in attributes
    )
    assert HOSTILE in read.text
    assert "X(北) X (north)" in read.text


def test_the_picture_is_drawn_to_scale_with_north_up():
    drawn = ET.fromstring(supplier_report.picture(page(problem(), problem(north=3_243_100.0, east=507_000.0))))  # noqa: S314 - our own text
    box = next(each.attrib for each in drawn if each.tag == "rect")
    first, second = (each.attrib for each in drawn if each.tag == "circle")
    assert float(box["width"]) == pytest.approx(float(box["height"]))
    assert float(second["cy"]) == pytest.approx(float(box["y"]))
    assert float(first["cx"]) - float(second["cx"]) == pytest.approx(float(box["width"]) * 0.505, abs=0.2)


def test_a_form_that_there_is_not_is_refused(tmp_path):
    with pytest.raises(NotWritable):
        supplier_report.write(page(), tmp_path / "r.pdf", "pdf")


def test_a_file_without_problems_says_so():
    assert "没有发现问题" in supplier_report.as_html(page())
