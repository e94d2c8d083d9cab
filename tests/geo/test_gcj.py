"""Shifted coordinates of web maps: published positions, the way back, and the suspicion."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from geo.gcj import SHIFTS, Shift, settled, shifted, suspected


@pytest.mark.parametrize(
    ("shift", "lon", "lat"), [("GCJ-02", 120.0797363, 29.3035116), ("BD-09", 120.0862996, 29.3093316)]
)
def test_a_published_position_comes_out(shift: Shift, lon: float, lat: float) -> None:
    x, y = shifted(shift, np.array([120.075]), np.array([29.306]))
    assert (x[0], y[0]) == (pytest.approx(lon, abs=5e-8), pytest.approx(lat, abs=5e-8))


def test_at_yiwu_the_shift_is_half_a_kilometre_to_the_east_south_east() -> None:
    lon, lat = (each.ravel() for each in np.meshgrid(np.linspace(119.82, 120.28, 9), np.linspace(29.03, 29.55, 9)))
    for x, y, u, v in zip(lon, lat, *shifted("GCJ-02", lon, lat), strict=True):
        way = Geodesic.WGS84.Inverse(y, x, v, u)
        assert 505 < way["s12"] < 563
        assert 119 < way["azi1"] < 128.5


@given(st.sampled_from(SHIFTS), st.floats(73.5, 134.5), st.floats(18.0, 53.0))
def test_the_way_back_leads_back_to_a_hundredth_of_a_millimetre(shift: Shift, lon: float, lat: float) -> None:
    there = shifted(shift, np.array([lon]), np.array([lat]))
    x, y = settled(shift, *there)
    assert abs(x[0] - lon) < 1e-10
    assert abs(y[0] - lat) < 1e-10


def test_outside_china_nothing_is_moved() -> None:
    lon, lat = np.array([-71.1, 139.7, 14.4]), np.array([42.4, 35.7, 50.1])
    for shift in SHIFTS:
        assert np.array_equal(shifted(shift, lon, lat), (lon, lat))
        assert np.array_equal(settled(shift, lon, lat), (lon, lat))


def _parcels(east: float, north: float, count: int = 12) -> np.ndarray:
    x, y = np.divmod(np.arange(count), 4)
    return np.asarray(shapely.box(east + 100 * x, north + 80 * y, east + 100 * x + 90, north + 80 * y + 70))


def test_shapes_that_fit_only_after_a_shift_is_taken_back_are_suspected() -> None:
    known = _parcels(500_000, 3_240_000)
    moved = _parcels(500_440, 3_239_700)
    taken_back: dict[Shift, np.ndarray] = {"GCJ-02": known, "BD-09": _parcels(499_500, 3_240_400)}
    assert suspected(moved, known, taken_back) == ("GCJ-02", 12)
    # shapes that fit as they are raise no suspicion, nor do strangers
    assert suspected(known, known, {"GCJ-02": moved, "BD-09": moved}) is None
    strangers = _parcels(510_000, 3_250_000)
    assert suspected(strangers, known, {"GCJ-02": strangers, "BD-09": strangers}) is None
