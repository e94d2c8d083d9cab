"""Ellipsoid areas over the whole range promised: 1 m² to 100 km², latitude 0° to 55°, to the border of a zone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from geo import _areas_by_lonlat
from geo.area import ellipsoid_m2, planar_m2
from geo.flat import FlatPolygons
from tests.geo.shapes import array, at
from tests.geo.test_area import ZONE, by_geographiclib, by_national_formula, star

TO_PLANE = Transformer.from_crs(4490, 4549, always_xy=True)
latitudes = st.floats(0.0, 55.0)
longitudes = st.floats(118.5, 121.5)
sizes_m = st.floats(0.0, 4.0).map(lambda power: 10.0**power)  # a side of 1 m to 10 km
proportions = st.floats(1.0, 6.0)


def promised(area_m2: float) -> float:
    return max(0.001, 1e-9 * area_m2)


def parcel_at(lon: float, lat: float, size_m: float, proportion: float, seed: int) -> Any:
    """A crooked outline of about ``size_m`` squared, long and turned, with a hole, centred where it is asked for."""
    shape: BaseGeometry = shapely.affinity.scale(star(16, seed, size_m / 2), proportion**0.5, proportion**-0.5)
    centre = shape.representative_point()
    shape = shape.difference(shapely.affinity.scale(centre.buffer(size_m / 50, 2), 1.0, 0.5))
    turned = shapely.affinity.rotate(shape, seed % 360, origin=(0, 0))
    return at(array(turned), *TO_PLANE.transform(lon, lat))[0]


def by_formula_on_divided_edges(geom: shapely.Polygon) -> float:
    """National formula on pieces short enough that straight in the plane and in degrees is the same."""
    piece = max(math.sqrt(geom.area) / 400, 0.05)
    shell, *holes = (shapely.Polygon(shapely.segmentize(ring, piece)) for ring in (geom.exterior, *geom.interiors))
    return by_national_formula(shell) - sum(by_national_formula(hole) for hole in holes)


@given(longitudes, latitudes, sizes_m, proportions, st.integers(0, 10_000))
def test_geodesic_area_is_that_of_geographiclib_over_the_whole_range(lon, lat, size_m, proportion, seed):
    parcel = parcel_at(lon, lat, size_m, proportion, seed)
    expected = by_geographiclib(parcel)
    assert abs(ellipsoid_m2(array(parcel), ZONE)[0] - expected) <= promised(expected)


@given(longitudes, latitudes, sizes_m, proportions, st.integers(0, 10_000))
def test_straight_area_is_that_of_the_national_formula_over_the_whole_range(lon, lat, size_m, proportion, seed):
    parcel = parcel_at(lon, lat, size_m, proportion, seed)
    expected = by_formula_on_divided_edges(parcel)
    assert abs(ellipsoid_m2(array(parcel), ZONE, edges="straight")[0] - expected) <= promised(expected)


@pytest.mark.parametrize("lat", [0.0, 20.0, 40.0, 54.9])
@pytest.mark.parametrize("lon", [118.5, 120.0, 121.5])
@pytest.mark.parametrize("side_m", [1.0, 100.0, 1_000.0, 4_900.0, 5_100.0, 10_000.0])
def test_squares_on_both_sides_of_every_limit_of_the_series_keep_the_promise(lon, lat, side_m):
    east, north = TO_PLANE.transform(lon, lat)
    square = shapely.box(east - side_m / 2, north, east + side_m / 2, north + side_m)
    geodesic, straight = by_geographiclib(square), by_formula_on_divided_edges(square)
    assert abs(ellipsoid_m2(array(square), ZONE)[0] - geodesic) <= promised(geodesic)
    assert abs(ellipsoid_m2(array(square), ZONE, edges="straight")[0] - straight) <= promised(straight)


@given(longitudes, latitudes, st.floats(0.0, 3.9).map(lambda power: 10.0**power), st.integers(0, 10_000))
@pytest.mark.parametrize("edges", ["geodesic", "straight"])
def test_the_series_is_the_careful_way(edges, lon, lat, size_m, seed):
    parcel = array(parcel_at(lon, lat, size_m, 1.5, seed))
    careful = _areas_by_lonlat.areas(FlatPolygons.of(parcel), ZONE, geodesic=edges == "geodesic")[0]
    assert abs(ellipsoid_m2(parcel, ZONE, edges=edges)[0] - careful) <= promised(careful)


@pytest.mark.parametrize("epsg", [32651, 4528, 4508, 2326, 3857, 4490, 3035])
def test_any_projection_gives_the_same_ground_area(epsg):
    # a small parcel drawn in the CRS itself; Hong Kong's grid has an origin of its own, 3035 and 3857 are no tmerc
    crs = CRS.from_epsg(epsg)
    place = {2326: (114.1, 22.4), 3035: (10.0, 50.0)}.get(epsg, (120.4, 29.3))
    to_lonlat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    x, y = to_lonlat.transform(*place, direction="INVERSE") if crs.is_projected else place
    side = 50.0 if crs.is_projected else 0.0005
    box = shapely.box(x, y, x + side, y + side)
    lonlat = shapely.transform(box, lambda xy: np.column_stack(to_lonlat.transform(*xy.T)) if crs.is_projected else xy)
    geod = crs.get_geod()
    assert geod is not None
    expected = abs(geod.geometry_area_perimeter(lonlat)[0])
    assert ellipsoid_m2(array(box), crs)[0] == pytest.approx(expected, abs=0.001)
    assert ellipsoid_m2(array(box), crs, edges="straight")[0] == pytest.approx(expected, abs=0.001)


def test_far_outside_the_zone_the_careful_way_answers():
    east, north = TO_PLANE.transform(126.0, 62.0)
    parcel = shapely.box(east, north, east + 3_000, north + 2_000)
    expected = by_geographiclib(parcel)
    assert abs(ellipsoid_m2(array(parcel), ZONE)[0] - expected) <= promised(expected)


def test_flat_polygons_measure_as_the_shapes_they_come_from():
    parcels = at(array(star(9, 1), None, shapely.Polygon(), shapely.box(0, 0, 3, 3).buffer(2)), 512_345.6, 3_241_000.0)
    parcels[1] = shapely.MultiPolygon([parcels[0], shapely.transform(parcels[3], lambda xy: xy + 700.0)])
    flat = FlatPolygons.of(parcels)
    assert planar_m2(flat) == pytest.approx(planar_m2(parcels), rel=1e-12)
    assert ellipsoid_m2(flat, ZONE).tolist() == ellipsoid_m2(parcels, ZONE).tolist()
    rows = np.array([3, 1])
    assert planar_m2(flat.take(rows)).tolist() == planar_m2(flat)[rows].tolist()


def test_many_rows_measured_in_threads_are_the_rows_measured_alone():
    parcels = at(array(*[star(7, seed) for seed in range(40_000)]), 540_000.0, 3_241_000.0)
    whole = ellipsoid_m2(parcels, ZONE)
    assert whole[16_380:16_390].tolist() == ellipsoid_m2(parcels[16_380:16_390], ZONE).tolist()
    assert planar_m2(FlatPolygons.of(parcels)) == pytest.approx(planar_m2(parcels), rel=1e-12)


def test_not_finite_coordinates_are_not_measured():
    sound = FlatPolygons.of(array(shapely.box(500_000.0, 3_240_000.0, 500_010.0, 3_240_010.0)))
    xy = sound.xy.copy()
    xy[2, 1] = np.nan
    broken = FlatPolygons(xy, sound.ring_start, sound.part_start, sound.row_start)
    assert not np.isfinite(ellipsoid_m2(broken, ZONE)[0])
