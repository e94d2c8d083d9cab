"""The brief of a group: the figures are those of the group, in both forms and languages; hostile text stays text."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import openpyxl
import pytest

from exchange.brief_sheet import BriefLine, BriefSheet, as_text, as_xlsx
from planning.atlas import Atlas
from planning.group_briefs import brief
from planning.grouping import Asked, search_groups
from planning.joining import Joining
from planning.seeding import create
from tests.planning.board import DRAFT, LI

ASKED = Asked(Decimal(150), 3, joining=Joining(20.0))
MADE = ("李工", datetime(2026, 11, 26, 8, 0, tzinfo=UTC))


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    db = create(f"sqlite:///{tmp_path_factory.mktemp('brief')}/s.sqlite", sample=True, actor=LI)
    yield Atlas(db)
    db.close()


@pytest.mark.parametrize("english", [False, True])
def test_the_page_tells_the_figures_of_the_group_and_how_they_came_about(sample, english):
    block = search_groups(sample, sample.scenario(DRAFT), ASKED, keep=3).answers[-1].block
    sheet = brief(sample, sample.scenario(DRAFT), block, asked=ASKED, english=english, made=MADE)
    text = as_text(sheet).decode("utf-8-sig")
    exact = sum(
        Decimal(str(area)).quantize(Decimal("0.01"))
        for area in sample.parcels().frame["area_m2"].loc[list(block.ids)]
    )  # fmt: skip
    assert f"{exact:,}" in text
    for code in sample.parcels().codes[sample.parcels().row_of(list(block.ids))]:
        assert str(code) in text
    assert [word for word in ("kVA", "李工", "方案一") if word not in text] == []
    assert ("schematic" if english else "示例数据") in text
    # one page
    assert len(sheet.lines) < 25


def test_the_workbook_holds_the_same_lines(sample):
    block = search_groups(sample, sample.scenario(DRAFT), ASKED, keep=1).answers[0].block
    sheet = brief(sample, sample.scenario(DRAFT), block, asked=None, english=False, made=MADE)
    page = openpyxl.load_workbook(io.BytesIO(as_xlsx(sheet))).active
    assert page is not None
    assert [str(row[0].value) for row in page.iter_rows(min_row=4, max_row=3 + len(sheet.lines))] == [
        line.what for line in sheet.lines
    ]
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage


def test_text_of_data_is_no_formula_and_breaks_no_line():
    sheet = BriefSheet("简报", ("a", "b", "c"), [BriefLine("编号", "=HYPERLINK(1)\n第二行", "@x")])
    page = openpyxl.load_workbook(io.BytesIO(as_xlsx(sheet))).active
    assert page is not None
    assert page["B4"].value == "'=HYPERLINK(1) 第二行"
    assert page["B4"].data_type == "s"
    assert as_text(sheet).decode("utf-8-sig").count("\r\n") == 5
