"""Briefings by land use: sums are those of the figures, nothing stays unnamed, signs stand out, bytes stay."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

from briefing import ground, looks, numbers, rendering, tally, themes
from briefing.atlas import choosing
from briefing.looks import LEAST_CONTRAST, faded, line_on
from briefing.rendering import A3, Order
from briefing.slide import Bars
from briefing.snapshot import NONE, packed, unpacked
from briefing.templates.catalogue import TEMPLATES
from layers import style
from layers.land_theme import THEME, UNKNOWN
from planning import briefings
from planning.errors import Refused

FITTING = tuple(key for key in TEMPLATES if themes.takes(key, THEME))


@pytest.fixture(scope="module")
def gaps(snapshot):
    """The sample with parcels that have no code, and a code that no class is for."""
    held = snapshot.land_use.copy()
    held[:5], held[5:8] = NONE, UNKNOWN
    return replace(snapshot, land_use=held)


def bars_of(slide) -> Bars:
    return next(piece for piece in slide.pieces if isinstance(piece, Bars))


@pytest.mark.parametrize("template", FITTING)
def test_bars_add_up_to_what_the_slide_is_about(gaps, template) -> None:
    slide = rendering.composed(gaps, Order(template, theme=THEME))
    bars = bars_of(slide)
    mask = themes.about(gaps, template, "")
    whole = tally.summed(gaps, mask)
    assert bars.total == ("合计", numbers.mu(whole.centi_m2), numbers.count(whole.parcels))
    assert sum(int(row.count) for row in bars.rows) == whole.parcels
    assert sum(part.centi_m2 for part in tally.by_land_use(gaps, mask)) == whole.centi_m2
    assert slide.picture.theme == THEME
    assert "规划用地" in slide.subtitle
    if template == "overview":
        assert slide.kpis[0].figure == numbers.headline(whole.centi_m2)


def test_land_without_a_code_is_named_as_such_and_last(gaps) -> None:
    labels = [row.label for row in bars_of(rendering.composed(gaps, Order("progress", theme=THEME))).rows]
    assert labels[-2:] == [looks.NO_CLASS, looks.NO_CODE]
    sheet, _, _ = rendering.sheet_of(gaps, Order("progress", theme=THEME))
    assert looks.NO_CODE in sheet.texts


def test_every_parcel_is_filled_once(gaps) -> None:
    picture = rendering.composed(gaps, Order(theme=THEME)).picture
    times = np.sum([mask for mask, _ in ground._fills(gaps, picture)], axis=0)
    assert times.tolist() == [1] * len(gaps.stage)


def test_the_title_is_borne_out_by_the_largest_bar(snapshot) -> None:
    slide = rendering.composed(snapshot, Order(theme=THEME))
    first = bars_of(slide).rows[0]
    area = tally.by_land_use(snapshot, tally.available(snapshot))[0].centi_m2
    assert first.label in slide.title
    assert numbers.worded(area) in slide.title
    empty = replace(snapshot, land_use=np.full_like(snapshot.land_use, NONE), land_classes=())
    assert "未填" in rendering.composed(empty, Order(theme=THEME)).title


def test_outlines_stand_out_from_what_they_are_drawn_on(snapshot) -> None:
    picture = rendering.composed(snapshot, Order(theme=THEME)).picture
    fills = [color for _, color in ground._fills(snapshot, picture)]
    for line in style.STAGE_LINES.values():
        for fill in (*fills, *map(faded, fills)):
            assert style.contrast(line_on(line, fill).color, fill) >= LEAST_CONTRAST
    # what is drawn white stands out from the paper by itself
    dark = [fill for fill in fills if style.contrast(style.INK, fill) < LEAST_CONTRAST]
    assert dark
    assert all(style.contrast(fill, style.LAND) >= LEAST_CONTRAST for fill in dark)
    everyone = np.ones(len(snapshot.stage), dtype=bool)
    drawn = ground._lined(snapshot, picture, everyone, style.STAGE_LINES["ready"])
    assert {line.color for _, line in drawn} == {style.INK, "#FFFFFF"}
    assert np.sum([mask for mask, _ in drawn], axis=0).tolist() == [1] * len(everyone)


def test_uses_are_told_apart_in_grey_by_their_signs(snapshot) -> None:
    sheet, _, _ = rendering.sheet_of(snapshot, Order("park", theme=THEME))
    signs = {one.glyph for one in snapshot.land_classes}
    assert {text.split()[0] for text in sheet.texts if text.split()[0] in signs} >= {"M1", "M2"}
    overview = rendering.sheet_of(snapshot, Order(theme=THEME))[0]
    # signs stand on parcels of the enlarged parks and on the bars
    assert all(overview.texts.count(sign) > 1 for sign in signs)


def test_the_same_snapshot_in_the_same_theme_is_the_same_bytes_and_another_theme_others(snapshot) -> None:
    order = Order(size="1920x1080", theme=THEME)
    made = rendering.png(snapshot, order)
    assert rendering.png(unpacked(packed(snapshot)), order).body == made.body
    own = rendering.png(snapshot, replace(order, theme=""))
    assert own.body != made.body
    assert own.snapshot_id == made.snapshot_id


def test_colours_on_the_map_are_those_of_the_table(snapshot) -> None:
    sheet, _, _ = rendering.sheet_of(snapshot, Order("park", park="表面处理环保产业园", theme=THEME))
    pixels = sheet.picture(1920).reshape(-1, 3)
    held = {f"#{red:02X}{green:02X}{blue:02X}" for red, green, blue in np.unique(pixels, axis=0)}
    by_code = {one.code: one.color for one in snapshot.land_classes}
    assert {by_code["100102"], by_code["100103"]} <= held
    assert Image.fromarray(pixels[:1].reshape(1, 1, 3)).mode == "RGB"


def test_sheet_report_and_atlas_name_the_uses(snapshot) -> None:
    sheet = PdfReader(io.BytesIO(rendering.a3(snapshot, Order("park", A3, theme=THEME)).body))
    report = PdfReader(io.BytesIO(rendering.report(snapshot, Order(theme=THEME)).body))
    chosen = choosing.found(snapshot, ["芯片产业园", "示例DK-336"])[0]
    atlas = PdfReader(io.BytesIO(rendering.atlas(snapshot, Order(theme=THEME), chosen).body))
    for book in (sheet, report, atlas):
        text = "".join(page.extract_text() for page in book.pages).replace("\n", "")
        assert "二类工业用地" in text
    assert "底色为规划用地" in "".join(page.extract_text() for page in report.pages).replace("\n", "")


def test_the_deck_s_shapes_chart_and_legend_are_by_land_use(snapshot) -> None:
    deck = Presentation(io.BytesIO(rendering.deck(snapshot, Order(theme=THEME)).body))
    names = {one.name_zh: one.color for one in snapshot.land_classes}
    vector = deck.slides[3]
    group = next(shape for shape in vector.shapes if shape.name == "地块")
    assert len(group.shapes) == len(snapshot.stage)
    for shape in group.shapes:
        use = next(name for name in sorted(names, key=len, reverse=True) if f" {name} " in shape.name)
        assert str(shape.fill.fore_color.rgb) == names[use][1:]
    chart = next(shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart)
    exact = sum(Decimal(repr(value)) for value in chart.plots[0].series[0].values)
    whole = tally.summed(snapshot, tally.available(snapshot)).centi_m2
    assert set(chart.plots[0].categories) <= set(names)
    assert exact == Decimal(whole) * 15 / 1_000_000


def test_what_cannot_be_drawn_so_is_refused(snapshot, pair) -> None:
    refusals = {
        "unknown_theme": Order(theme="rainbow"),
        "theme_not_of_template": Order("clusters", theme=THEME),
    }
    for code, order in refusals.items():
        with pytest.raises(Refused) as refused:
            briefings.brief(snapshot, order, ".png", pair[0])
        assert [one.code for one in refused.value.faults] == [code]
    old = replace(snapshot, land_use=None, land_classes=())
    with pytest.raises(Refused) as refused:
        briefings.brief(old, Order(theme=THEME), ".png")
    assert [one.code for one in refused.value.faults] == ["snapshot_without_land_use"]


def test_a_snapshot_of_before_keeps_its_id_and_comes_back(snapshot) -> None:
    old = replace(snapshot, land_use=None, land_classes=())
    again = unpacked(packed(old))
    assert again.land_use is None
    assert again.id == old.id != snapshot.id
    assert unpacked(packed(snapshot)).land_classes == snapshot.land_classes


def test_a_parcel_without_room_for_its_code_still_says_what_it_is_for(snapshot) -> None:
    for theme in ("", THEME):
        sheet, _, dropped = rendering.sheet_of(snapshot, Order("park", theme=theme))
        signs = {one.glyph for one in (snapshot.land_classes if theme else snapshot.clusters)}
        lost = [name for name in dropped if name.split()[0] in signs]
        assert lost
        # in the legend each sign stands once: what is over are signs on parcels
        alone = sum(text in signs for text in sheet.texts) - len({text for text in sheet.texts if text in signs})
        assert alone > 0
