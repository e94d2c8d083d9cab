"""Rounding and units, against exact decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.units import centi_m2, half_up, hectare, mu, round_area_m2, square_metres


@pytest.mark.parametrize(
    ("area", "rounded"),
    [(0.125, "0.13"), (0.115, "0.12"), (100.005, "100.01"), (2.675, "2.68"), (66667.244999, "66667.24"), (0.0, "0.00")],
)
def test_ties_go_up_as_an_auditor_rounds_them(area, rounded):
    assert square_metres(centi_m2([area])[0]) == Decimal(rounded)


def test_the_noise_of_a_sum_does_not_turn_a_tie_down():
    assert centi_m2([100.004_999_999_9, 57_200.014_999_999_99]).tolist() == [10_001, 5_720_002]


@given(st.decimals(min_value=0, max_value=10**9, places=6))
def test_rounding_equals_that_of_exact_decimals(area):
    expected = area.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert square_metres(centi_m2([float(area)])[0]) == expected


@given(st.floats(min_value=0, max_value=1e9))
def test_a_loss_is_rounded_like_a_gain(area):
    assert centi_m2([-area])[0] == -centi_m2([area])[0]


def test_rounded_areas_are_given_back_as_the_nearest_floats():
    assert round_area_m2([1.005, 2.0]).tolist() == [1.01, 2.0]


def test_fifteen_mu_are_a_hectare_exactly():
    assert mu(Decimal(10_000)) == 15
    assert hectare(Decimal(10_000)) == 1
    assert mu(Decimal("57200.02")) == Decimal("85.800030")
    assert half_up(mu(Decimal("66666.67")), places=2) == Decimal("100.00")


@pytest.mark.parametrize("area", [np.nan, np.inf, 1e13])
def test_an_area_that_cannot_be_is_not_rounded(area):
    with pytest.raises(ValueError, match="area_out_of_range"):
        centi_m2([1.0, area])
