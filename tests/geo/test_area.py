"""Areas on the plane and the ellipsoid, against exact fractions, published figures and GeographicLib."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from geo.area import ellipsoid_m2, planar_m2
from tests.geo.shapes import YIWU, YIWU_ZONE_40, array, at

CGCS2000 = Geodesic(6_378_137.0, 1 / 298.257222101)
ZONE = CRS.from_epsg(4549)
TO_LONLAT = Transformer.from_crs(4549, 4490, always_xy=True)


def star(points: int, seed: int, radius: float = 120.0) -> shapely.Polygon:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, points))
    reach = rng.uniform(0.5, 1.0, points) * radius
    return shapely.Polygon(np.round(np.column_stack([reach * np.cos(angle), reach * np.sin(angle)]), 3))


def exact_area(ring: np.ndarray) -> Fraction:
    """Shoelace in rational numbers: no rounding at all."""
    points = [(Fraction(x), Fraction(y)) for x, y in ring.tolist()]
    crosses = (a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    return abs(sum(crosses, Fraction(0))) / 2


def by_geographiclib(geom: shapely.Polygon) -> float:
    total = 0.0
    for nth, ring in enumerate([geom.exterior, *geom.interiors]):
        polygon = CGCS2000.Polygon()
        for lon, lat in zip(*TO_LONLAT.transform(*shapely.get_coordinates(ring)[:-1].T), strict=True):
            polygon.AddPoint(lat, lon)
        total += abs(polygon.Compute()[2]) * (1 if nth == 0 else -1)
    return total


def by_national_formula(geom: shapely.Polygon) -> float:
    """国土调查办发〔2008〕32号, with the constants of CGCS2000: trapezoids from each edge to a reference meridian."""
    e2 = (2 - 1 / 298.257222101) / 298.257222101
    b2 = 6_378_137.0**2 * (1 - e2)
    a_ = 1 + 3 / 6 * e2 + 30 / 80 * e2**2 + 35 / 112 * e2**3 + 630 / 2304 * e2**4
    b_ = 1 / 6 * e2 + 15 / 80 * e2**2 + 21 / 112 * e2**3 + 420 / 2304 * e2**4
    c_ = 3 / 80 * e2**2 + 7 / 112 * e2**3 + 180 / 2304 * e2**4
    d_ = 1 / 112 * e2**3 + 45 / 2304 * e2**4
    e_ = 5 / 2304 * e2**4
    lon, lat = np.radians(TO_LONLAT.transform(*shapely.get_coordinates(geom.exterior).T))
    width = (lon[:-1] + lon[1:]) / 2 - lon[0]
    half, middle = np.diff(lat) / 2, (lat[:-1] + lat[1:]) / 2
    series = (
        a_ * np.sin(half) * np.cos(middle)
        - b_ * np.sin(3 * half) * np.cos(3 * middle)
        + c_ * np.sin(5 * half) * np.cos(5 * middle)
        - d_ * np.sin(7 * half) * np.cos(7 * middle)
        + e_ * np.sin(9 * half) * np.cos(9 * middle)
    )
    return abs(float((2 * b2 * width * series).sum()))


@pytest.mark.parametrize("place", [YIWU, YIWU_ZONE_40])
def test_plane_area_is_exact_to_the_last_digits_wherever_it_lies(place):
    parcels = at(array(*[star(40, seed) for seed in range(20)]), *place)
    exact = [float(exact_area(shapely.get_coordinates(geom)[:-1])) for geom in parcels]
    assert planar_m2(parcels) == pytest.approx(exact, rel=1e-12)


def test_plane_area_takes_holes_off_and_adds_parts():
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4))
    two = shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 7, 7)])
    found = planar_m2(array(ring, two, None, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)])))
    assert found.tolist() == [96.0, 5.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize(("lon", "difference"), [(120.0, 0.0), (120.075, -0.09), (119.82, -0.50), (120.29, -1.31)])
def test_a_hundred_mu_differ_by_the_published_square_metres(lon, difference):
    # measured with PROJ for a parcel of 66 667.24 m²: see the table of the area decision
    east, north = Transformer.from_crs(4490, 4549, always_xy=True).transform(lon, 29.3)
    side = np.sqrt(66_667.24)
    parcel = array(shapely.box(east - side / 2, north - side / 2, east + side / 2, north + side / 2))
    assert ellipsoid_m2(parcel, ZONE)[0] - planar_m2(parcel)[0] == pytest.approx(difference, abs=0.006)


@given(st.integers(0, 10_000), st.floats(482_030, 526_963), st.floats(3_213_381, 3_270_465), st.floats(20.0, 900.0))
def test_ellipsoid_area_equals_that_of_geographiclib(seed, east, north, radius):
    parcel = at(array(star(12, seed, radius)), east, north)
    assert ellipsoid_m2(parcel, ZONE)[0] == pytest.approx(by_geographiclib(parcel[0]), abs=0.001)


@given(st.integers(0, 10_000), st.floats(482_030, 526_963), st.floats(3_213_381, 3_270_465))
def test_ellipsoid_area_of_a_parcel_equals_the_national_formula_on_divided_edges(seed, east, north):
    parcel = at(array(star(24, seed, 150.0)), east, north)
    divided = by_national_formula(shapely.segmentize(parcel[0], 5.0))
    assert ellipsoid_m2(parcel, ZONE)[0] == pytest.approx(divided, abs=0.001)


def test_the_national_formula_on_whole_edges_differs_by_what_is_documented():
    # two long edges that face north, none that faces south: nothing cancels
    parcel = at(array(shapely.Polygon([(0, 0), (100, 0), (50, 1)])), *YIWU)
    bow = by_national_formula(parcel[0]) - ellipsoid_m2(parcel, ZONE)[0]
    assert 0.001 < abs(bow) < 0.007


def test_a_hole_is_taken_off_the_ellipsoid_too():
    parcel = at(array(shapely.box(0, 0, 300, 300).difference(shapely.box(100, 100, 200, 200))), 525_000.0, 3_250_000.0)
    assert ellipsoid_m2(parcel, ZONE)[0] == pytest.approx(by_geographiclib(parcel[0]), abs=0.001)


def test_an_outline_of_a_county_is_measured_with_geodesics_of_any_length():
    county = array(shapely.box(482_030, 3_213_381, 526_963, 3_270_465))
    assert ellipsoid_m2(county, ZONE)[0] == pytest.approx(by_geographiclib(county[0]), abs=1.0)


@given(st.floats(-180, 180), st.floats(-80, 80))
def test_degrees_are_measured_as_well_as_metres(lon, lat):
    crs = CRS.from_epsg(4490)
    parcel = array(shapely.box(lon, lat, lon + 0.002, lat + 0.002))
    polygon = CGCS2000.Polygon()
    for x, y in shapely.get_coordinates(parcel[0])[:-1]:
        polygon.AddPoint(y, x)
    assert ellipsoid_m2(parcel, crs)[0] == pytest.approx(abs(polygon.Compute()[2]), abs=0.002)


def test_the_way_round_and_the_number_of_parts_make_no_difference():
    one, other = at(array(star(9, 1), star(11, 2)), *YIWU)
    apart = shapely.MultiPolygon([one, shapely.transform(other, lambda xy: xy + 500.0)])
    areas = ellipsoid_m2(array(one, shapely.reverse(one), apart, None, shapely.Polygon()), ZONE)
    assert areas[0] == pytest.approx(areas[1], abs=1e-6)
    assert areas[2] == pytest.approx(areas[0] + ellipsoid_m2(array(apart.geoms[1]), ZONE)[0], abs=1e-6)
    assert areas[3:].tolist() == [0.0, 0.0]
    assert ellipsoid_m2(array(), ZONE).tolist() == []
