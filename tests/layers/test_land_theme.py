"""Land use by its code: the longest beginning decides, letters and digits mean the same, what is unknown is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import style
from layers.land_theme import PALETTES, UNKNOWN, LandClass, LandColorsRefused, classes_of, occurring, parse_land_classes
from planning.land_uses import land_classes
from tests.conftest import REPOSITORY

TEXT = (REPOSITORY / "data" / "rules" / "land_colors.csv").read_text("utf-8")
CLASSES = land_classes()


def called(code: object, scheme: object = "") -> str:
    at = int(classes_of([code], [scheme], CLASSES)[0])
    return {style.NONE: "none", UNKNOWN: "unknown"}.get(at) or CLASSES[at].code


@pytest.mark.parametrize(
    ("code", "scheme", "expected"),
    [
        ("100102", "2023", "100102"), ("M2", "GB50137", "100102"), ("m2", "", "100102"), (" 100102 ", None, "100102"),
        ("1001", "2023", "1001"), ("M", "", "1001"), ("M0", "local", "M0"), ("100199", "2023", "1001"),
        ("W", "", "11"), ("110102", "2023", "110102"), ("1101", "2023", "1101"), ("R22", "", "070102"),
        ("B1", "", "09"), ("0902", "2023", "09"), ("140201", "2023", "1402"), ("0601", "2023", "06"),
        ("0601", "三调", "1001"), ("0508", "三调", "1101"), ("0101", "三调", "unknown"),
        ("", "2023", "none"), (None, "2023", "none"), (float("nan"), "2023", "none"),
        ("9999", "", "unknown"), ("?", "", "unknown"),
    ],
)  # fmt: skip
def test_a_code_falls_under_the_class_of_its_longest_beginning(code, scheme, expected) -> None:
    assert called(code, scheme) == expected


@given(st.text("0123456789MWRBG", max_size=6))
def test_no_class_with_a_longer_beginning_would_have_fitted(code: str) -> None:
    at = int(classes_of([code], [""], CLASSES)[0])
    fitting = {key for one in CLASSES for key in one.beginnings if code.startswith(key)}
    if not fitting:
        assert at == (UNKNOWN if code else style.NONE)
    else:
        assert max(map(len, fitting)) == max(len(key) for key in CLASSES[at].beginnings if code.startswith(key))


def test_every_class_says_where_its_colour_is_from_and_no_beginning_means_two() -> None:
    assert all(one.source for one in CLASSES)
    beginnings = [key for one in CLASSES for key in one.beginnings]
    assert len(beginnings) == len(set(beginnings))
    glyphs = [one.glyph for one in CLASSES]
    assert len(glyphs) == len(set(glyphs))


def test_the_finer_shades_of_the_province_come_before_those_of_the_nation() -> None:
    nation = parse_land_classes(TEXT, ("national2023",))
    assert PALETTES[0] == "zhejiang"
    assert {one.code for one in nation} < {one.code for one in CLASSES}
    assert {one.code: one.color for one in CLASSES}["100103"] == "#4C3926"


@pytest.mark.parametrize("color", sorted({one.color for one in CLASSES}))
def test_a_sign_on_every_colour_can_be_read(color) -> None:
    assert style.contrast(style.ink_on(color), color) >= 3.0
    assert style.contrast(style.text_on(color), color) >= 4.5


def test_contrast_is_that_of_the_guideline() -> None:
    assert style.contrast("#FFFFFF", "#000000") == pytest.approx(21.0)
    assert style.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_what_occurs_is_numbered_anew_and_stays_what_it_was() -> None:
    codes = ["100103", "", "0802", "9999", "M3"]
    held = classes_of(codes, [""] * 5, CLASSES)
    used, bytes_ = occurring(CLASSES, held)
    assert [one.code for one in used] == ["0802", "100103"]
    assert bytes_.tolist() == [1, style.NONE, 0, UNKNOWN, 1]


@pytest.mark.parametrize(
    ("line", "fault"),
    [("zhejiang,1,,G,甲,A,#12345,s", "color_malformed"), ("zhejiang,1,,GGGGG,甲,A,#123456,s", "glyph_too_long"),
     ("zhejiang,,,G,甲,A,#123456,s", "value_missing")],
)  # fmt: skip
def test_a_malformed_table_is_refused_with_its_line(line, fault) -> None:
    with pytest.raises(LandColorsRefused) as refused:
        parse_land_classes(f"palette,code,also,glyph,name_zh,name_en,color,source\n{line}\n")
    assert refused.value.faults[0][:2] == (2, fault)
    with pytest.raises(LandColorsRefused):
        parse_land_classes("palette,code\n")


def test_a_class_begins_as_it_says() -> None:
    assert LandClass("1001", "甲", "A", "M", "#FFFFFF", "M;三调:0601").beginnings == ("1001", "M", "三调:0601")
