"""Coordinate systems: known places land where they should, and what would shift in silence is refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.crs import CrsRefused, converter, label, outside_area_of_use, read_crs, same_crs, storage_crs
from geo.crs_advice import advise_storage_crs
from geo.crs_suspicion import plausible
from tests.geo.shapes import array

LON, LAT = 120.075, 29.306
EAST, NORTH = 507_286.292, 3_243_188.176
CITY = (482_030.0, 3_213_381.0, 526_963.0, 3_270_465.0)  # Yiwu in EPSG:4549
WKT_FORMS = ("WKT1_ESRI", "WKT1_GDAL", "WKT2_2019")
LOCAL = "+proj=tmerc +lat_0=0 +lon_0=120.1 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +type=crs"


@pytest.mark.parametrize(
    ("source", "target", "place", "expected"),
    [
        (4490, 4549, (LON, LAT), (EAST, NORTH)),
        (4326, 4549, (LON, LAT), (EAST, NORTH)),
        (4490, 4528, (LON, LAT), (40_507_286.292, NORTH)),
        (4490, 4548, (LON, LAT), (798_813.160, 3_247_113.081)),
        (4528, 4549, (40_507_286.292, NORTH), (EAST, NORTH)),
        (4549, 3857, (EAST, NORTH), (13_366_687.857, 3_414_650.927)),
    ],
)
def test_the_known_place_in_yiwu_lands_where_it_should(source, target, place, expected):
    assert converter(source, target).points(*place) == pytest.approx(expected, abs=0.001)


@pytest.mark.parametrize("epsg", [*range(4513, 4555), 3857, 32650, 32651])
def test_the_family_goes_there_and_back_without_a_shift(epsg):
    area = CRS.from_epsg(epsg).area_of_use
    assert area is not None
    lon, lat = (area.west + area.east) / 2, (area.south + area.north) / 2
    there = converter(4490, epsg)
    back = converter(epsg, 4326)
    assert there.accuracy_m == 0.0
    assert back.points(*there.points(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize("epsg", [2385, 2364, 4610, 2437, 2416, 4214, 4555])
@pytest.mark.parametrize("target", [4490, 4549, 4326, 3857])
def test_old_chinese_datums_are_refused_both_ways(epsg, target):
    with pytest.raises(CrsRefused) as refused:
        converter(epsg, target)
    assert refused.value.code == "crs_needs_parameters"
    with pytest.raises(CrsRefused):
        converter(target, epsg)


def test_a_grid_of_no_known_datum_is_refused():
    with pytest.raises(CrsRefused) as refused:
        converter(LOCAL, 4549)
    assert refused.value.code == "crs_no_shift_known"


def test_parameters_that_a_source_brings_are_used():
    shifted = LOCAL.replace("+ellps=GRS80", "+ellps=krass +towgs84=10,20,30,0,0,0,0")
    plain = LOCAL.replace("+ellps=GRS80", "+ellps=krass +towgs84=0,0,0,0,0,0,0")
    moved = np.subtract(converter(shifted, 4549).points(500_000.0, 3e6), converter(plain, 4549).points(500_000.0, 3e6))
    # (10, 20) of a geocentric shift seen from 120.1° E: about -18.7 m to the east
    assert moved[0] == pytest.approx(-10 * np.sin(np.radians(120.1)) + 20 * np.cos(np.radians(120.1)), abs=0.1)


@pytest.mark.parametrize(("epsg", "accuracy"), [(26986, 4.0), (6676, 1.0), (3826, 1.0)])
def test_a_listed_shift_is_taken_and_its_accuracy_told(epsg, accuracy):
    assert converter(epsg, 4326).accuracy_m == accuracy
    assert converter(epsg, 4490).accuracy_m == accuracy


def test_geometries_keep_their_kind_and_lose_their_height():
    flat = converter(4490, 4549).geometries(
        array(shapely.Point(LON, LAT, 50.0), None, shapely.box(120, 29, 120.1, 29.1), shapely.LineString())
    )
    assert flat[1] is None
    assert [geom.geom_type for geom in flat if geom is not None] == ["Point", "Polygon", "LineString"]
    assert not flat[0].has_z
    assert (flat[0].x, flat[0].y) == pytest.approx((EAST, NORTH), abs=0.001)


@pytest.mark.parametrize("epsg", [4549, 4528, 4490, 26986, 6676, 3826])
@pytest.mark.parametrize("form", WKT_FORMS)
def test_every_way_of_writing_a_crs_means_the_same(epsg, form):
    written = CRS.from_wkt(CRS.from_epsg(epsg).to_wkt(form))
    assert same_crs(written, epsg)
    assert label(written) == f"EPSG:{epsg}"


def test_a_grid_of_the_city_is_not_taken_for_taiwans():
    # pyproj, asked with little confidence, calls it EPSG:3826
    assert read_crs(LOCAL).to_authority(min_confidence=20) == ("EPSG", "3826")
    assert not same_crs(LOCAL, 3826)
    assert not same_crs(4549, 4528)
    assert not same_crs(4490, 4326)


@pytest.mark.parametrize(
    ("epsg", "code"),
    [
        (4490, "crs_not_projected"),
        (4326, "crs_not_projected"),
        (4479, "crs_not_projected"),
        (3857, "crs_web_mercator"),
        (3395, "crs_web_mercator"),
        (2249, "crs_not_metres"),
        (2263, "crs_not_metres"),
        (99_999, "crs_unknown"),
    ],
)
def test_a_database_is_not_made_in_what_cannot_measure(epsg, code):
    with pytest.raises(CrsRefused) as refused:
        storage_crs(epsg)
    assert refused.value.code == code


@pytest.mark.parametrize("epsg", [4549, 4528, 26986, 32619, 6676, 3826])
def test_a_database_is_made_in_a_metric_grid(epsg):
    assert storage_crs(epsg).to_epsg() == epsg


def test_the_area_of_use_is_that_of_the_zone():
    lon = np.array([118.6, 121.4, 121.6, 118.4, 120.0, np.nan, 480.0])
    lat = np.array([30.0, 30.0, 30.0, 30.0, 60.0, 30.0, 30.0])
    assert outside_area_of_use(CRS.from_epsg(4549), lon, lat).tolist() == [False, False, True, True, True, True, False]


def test_an_area_of_use_over_the_date_line_is_one_area():
    fiji = CRS.from_epsg(3460)
    lon, lat = np.array([179.0, -179.0, 181.0, 0.0]), np.full(4, -17.0)
    assert outside_area_of_use(fiji, lon, lat).tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        ((120.075, 29.306), [4549, 32651]),
        ((118.4, 30.0), [4548, 32650]),
        ((87.6, 43.8), [4538, 32645]),
        ((-71.11, 42.37), [26986, 32619]),
        ((138.25, 37.15), [6676, 32654]),
        ((121.0, 24.5), [3826, 32651]),
        ((151.2, -33.9), [7856, 32756]),
        ((77.2, 28.6), [32643]),
    ],
)
def test_advice_names_the_local_grid_then_utm(place, advice):
    assert advise_storage_crs(*place) == advice


@pytest.mark.parametrize(
    "place", [(lon, lat) for lon in (-179.9, -60.0, 0.0, 100.0, 180.0) for lat in (-60.0, 0.0, 60.0)]
)
def test_whatever_is_advised_can_be_stored_in_and_holds_the_place(place):
    for epsg in advise_storage_crs(*place):
        crs = storage_crs(epsg)
        assert not outside_area_of_use(crs, np.array([place[0]]), np.array([place[1]])).any()


def _swapped(bounds):
    return bounds[1], bounds[0], bounds[3], bounds[2]


def _with_zone(bounds):
    return bounds[0] + 4e7, bounds[1], bounds[2] + 4e7, bounds[3]


@pytest.mark.parametrize(
    ("epsg", "bounds", "codes"),
    [
        (4549, CITY, []),
        (4528, _with_zone(CITY), []),
        (4490, (119.8, 29.0, 120.3, 29.6), []),
        (26986, (228_000.0, 898_000.0, 236_000.0, 906_000.0), []),
        (4549, _swapped(CITY), ["swapped_axes"]),
        (4549, _with_zone(CITY), ["zone_prefix"]),
        (4549, _swapped(_with_zone(CITY)), ["zone_prefix"]),
        (4528, CITY, ["zone_prefix_missing"]),
        (4549, (119.8, 29.0, 120.3, 29.6), ["degrees_in_metres"]),
        (4490, CITY, ["metres_in_degrees"]),
        (4490, (29.0, 119.8, 29.6, 120.3), ["swapped_axes"]),
        (4549, (0.0, 0.0, 1000.0, 1000.0), ["outside_area_of_use"]),
        (4549, (np.nan, 0.0, 1.0, 1.0), ["not_finite"]),
    ],
)
def test_numbers_that_do_not_fit_their_crs_are_noticed(epsg, bounds, codes):
    assert [one.code for one in plausible(CRS.from_epsg(epsg), bounds)] == codes


def test_a_zone_number_says_which_crs_it_is():
    prefixed = plausible(CRS.from_epsg(4549), _with_zone(CITY))[0]
    assert (prefixed.evidence["zone"], prefixed.evidence["epsg"], prefixed.evidence["swapped"]) == (40, 4528, 0)
    bare = plausible(CRS.from_epsg(4528), CITY)[0]
    assert bare.evidence["epsg"] == 4549
