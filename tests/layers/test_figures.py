"""Figures are written the way the field writes them, and rounding never loses or invents a hundredth."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import figures


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Decimal("0.125"), 2, "0.13"),
        (Decimal("0.135"), 2, "0.14"),
        (1.005, 2, "1.01"),
        (2.5, 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (1234567.891, 2, "1,234,567.89"),
        (0, 2, "—"),
        (Decimal("0.00"), 2, "—"),
        (None, 2, "—"),
        (float("nan"), 2, "—"),
        (Decimal("0.004"), 2, "<0.01"),
        (Decimal("-0.004"), 2, ">-0.01"),
        (Decimal("0.005"), 2, "0.01"),
    ],
)
def test_fixed_rounds_half_up_and_says_nothing_as_a_dash(value: object, places: int, text: str) -> None:
    assert figures.fixed(value, places) == text  # type: ignore[arg-type]


def test_one_hectare_is_fifteen_mu() -> None:
    assert figures.mu(10_000) == "15.00"
    assert figures.hectares(10_000) == "1.0000"
    assert figures.square_metres(10_000) == "10,000.00"


def test_one_square_metre_shows_in_hectares() -> None:
    assert figures.hectares(Decimal("1.00")) == "0.0001"
    assert figures.hectares(Decimal("0.49")) == "<0.0001"


def test_totals_drop_decimals_from_a_hundred_mu() -> None:
    assert figures.mu_total(Decimal("66666.66")) == "100.00"  # 99.99999 亩 is still below the limit
    assert figures.mu_total(Decimal(66_667)) == "100"
    assert figures.mu_total(Decimal(7_670_667)) == "11,506"


def test_headlines_turn_to_wan_mu_at_ten_thousand() -> None:
    assert figures.mu_headline(Decimal(6_666_666)) == figures.Figure("10,000", "亩")
    assert figures.mu_headline(Decimal(6_666_667)) == figures.Figure("1.00", "万亩")
    assert figures.mu_headline(Decimal(28_866_667)) == figures.Figure("4.33", "万亩")


def test_differences_carry_their_sign() -> None:
    assert [figures.signed(value) for value in (1.5, -1.5, 0, 0.001)] == ["+1.50", "-1.50", "—", "<0.01"]


def test_shares_are_of_the_whole() -> None:
    assert figures.share(1, 3) == "33.3 %"
    assert figures.share(1, 0) == "—"
    assert figures.share(0, 3) == "—"


def test_declared_figures_keep_no_idle_zeros() -> None:
    assert [figures.trimmed(value) for value in (2.5, 300, 0.00004, 1200.25)] == ["2.5", "300", "<0.0001", "1,200.25"]


def test_a_count_of_nought_is_an_answer() -> None:
    assert figures.count(0) == "0"


@given(centi=st.integers(min_value=1, max_value=10**14))
def test_mu_is_within_half_a_hundredth_of_the_exact_fraction(centi: int) -> None:
    exact = Fraction(centi, 100) * 3 / 2000
    text = figures.mu(Decimal(centi) / 100)
    if text.startswith("<"):
        assert exact < Fraction(1, 200)
    else:
        error = Fraction(text.replace(",", "")) - exact
        assert -Fraction(1, 200) < error <= Fraction(1, 200)


@given(value=st.decimals(min_value=-(10**9), max_value=10**9, places=6), places=st.integers(0, 4))
def test_fixed_reads_back_as_the_rounded_number(value: Decimal, places: int) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = figures.fixed(value, places)
    if rounded:
        assert Decimal(text.replace(",", "")) == rounded
    else:
        assert text == "—" if value == 0 else text[0] in "<>"
