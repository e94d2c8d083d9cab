"""The report: a few pages of A4 whose words can be read out and whose figures are the snapshot's."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from pypdf import PdfReader

from briefing import rendering, tally
from briefing.faces import faces
from briefing.rendering import CharactersMissing, Order
from briefing.report import composing
from briefing.report.flow import HEIGHT, MARGIN, WIDTH
from briefing.slide import Imprint
from briefing.snapshot import packed, unpacked
from briefing.templates.parts import park_name

ORDER = Order(imprint=Imprint(office="示例编制单位"))


@pytest.fixture(scope="module")
def made(pair: Any) -> rendering.Made:
    return rendering.report(pair[1], ORDER, pair[0])


@pytest.fixture(scope="module")
def read(made: rendering.Made) -> PdfReader:
    return PdfReader(io.BytesIO(made.body))


def text_of(read: PdfReader) -> str:
    return "".join(page.extract_text() for page in read.pages).replace(" ", "").replace("\n", "").replace("　", "")


def test_it_is_three_to_six_pages_of_a4_with_bookmarks(read) -> None:
    assert 3 <= len(read.pages) <= 6
    for page in read.pages:
        assert [float(one) for one in page.mediabox[2:]] == pytest.approx([595.28, 841.89], abs=0.02)
    titles = [str(one.title) for one in read.outline if not isinstance(one, list)]
    assert [title[:2] for title in titles] == ["一、", "二、", "三、", "四、", "五、"]


def test_its_words_can_be_read_out(read, made, pair) -> None:
    text = text_of(read)
    assert made.title.replace(" ", "") in text
    snapshot = pair[1]
    for word in (
        "示例编制单位",
        "示例数据",
        "内部资料",
        "口径与数据来源",
        "图1",
        snapshot.id,
        pair[0].id,
        snapshot.scenario,
    ):
        assert word.replace(" ", "") in text
    for name in snapshot.layers["parks"].columns["name"]:
        assert park_name(name) in text
    worst = tally.in_conflict(snapshot, tally.available(snapshot))
    for one in worst:
        assert snapshot.parcels.columns["code"][one.row] in text
    assert "退出储备" in text


def test_its_figures_are_the_snapshot_s(read, pair) -> None:
    snapshot = pair[1]
    text = text_of(read)
    available = tally.available(snapshot)
    for part in tally.by_cluster(snapshot, available):
        assert f"{round(part.centi_m2 * 15 / 1_000_000):,}" in text
    exact = snapshot.centi_m2[available].sum()
    assert f"{exact // 100:,}.{exact % 100:02d}㎡" in text


def test_type_is_embedded_and_ours(read) -> None:
    for page in read.pages:
        resources: Any = page["/Resources"]
        for held in resources["/Font"].values():
            font = held.get_object()
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            assert "ChantuSansSC" in below["/BaseFont"]
            assert "/FontFile2" in below["/FontDescriptor"]


def test_it_is_the_same_bytes_each_time(made, pair) -> None:
    again = rendering.report(unpacked(packed(pair[1])), ORDER, unpacked(packed(pair[0])))
    assert again.body == made.body


def test_without_another_scenario_there_is_no_section_of_changes(snapshot) -> None:
    made = composing.compose(snapshot, ORDER.imprint, faces())
    assert [text[:2] for text, _ in made.headings] == ["一、", "二、", "三、", "四、"]
    assert "方案变化" not in " ".join(made.texts)


def test_quotas_are_a_table_when_there_are_any(snapshot) -> None:
    made = composing.compose(replace(snapshot, quotas=(("chips", 500_000),)), ORDER.imprint, faces())
    assert any("集群用地与配额" in text for text in made.texts)
    assert "5,000" in made.texts


def test_text_stays_within_the_margins(pair) -> None:
    made = composing.compose(pair[1], ORDER.imprint, faces(), other=pair[0])
    for sheet in made.sheets:
        # fine enough that advances are not rounded to a point
        sheet._figure.set_dpi(1440.0)
        with rc_context({"text.hinting": "none"}):
            renderer: Any = FigureCanvasAgg(sheet._figure).get_renderer()
            boxes = [
                (one.get_text(), one.get_window_extent(renderer))
                for one in sheet._figure.findobj(Text)
                if one.get_text()
            ]
        assert boxes
        for text, box in boxes:
            left, right, top, bottom = box.x0 / 20, box.x1 / 20, HEIGHT - box.y1 / 20, HEIGHT - box.y0 / 20
            assert left >= MARGIN - 1.0
            # a mark that closes may hang: no line begins with one
            hanging = 11.0 if text[-1] in "，。；：、）" else 0.0
            assert right <= WIDTH - MARGIN + 1.5 + hanging, text
            assert 30.0 <= top <= bottom <= HEIGHT - 30.0


def test_a_character_that_the_font_lacks_is_named(snapshot) -> None:
    with pytest.raises(CharactersMissing):
        rendering.report(snapshot, replace(ORDER, title="𠮷"))
