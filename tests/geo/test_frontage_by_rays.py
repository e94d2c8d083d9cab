"""Frontage of crooked quarters, against rays shot one by one and against itself turned, moved and drawn otherwise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from geo.flat import FlatPolygons
from geo.frontage import frontage, frontage_lines
from geo.index import ParcelIndex
from tests.geo.quarters import Quarter, quarter
from tests.geo.rays import by_rays
from tests.geo.shapes import YIWU, YIWU_ZONE_40, at

SEEDS = st.integers(0, 2**32 - 1)
DISTANCE_M = 20.0


def measured(one: Quarter) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length and least distance of each parcel on each road, as matrices; 0 and infinite where there is none."""
    found = frontage(one.parcels, one.roads, distance_m=DISTANCE_M, widths_m=one.widths_m)
    length = np.zeros((len(one.parcels), len(one.roads)))
    least = np.full(length.shape, np.inf)
    length[found["parcel"], found["road"]] = found["frontage_m"]
    least[found["parcel"], found["road"]] = found["distance_m"]
    return length, least


def same(one: Quarter, other: Quarter, *, within_m: float) -> None:
    """Assert that both have the same frontage; what is close to the least that counts may be missing in one."""
    (length, least), (other_length, other_least) = measured(one), measured(other)
    assert other_length == pytest.approx(length, abs=0.1 + within_m)
    both = (length > 0.2) & (other_length > 0.2)
    # a slit may count in one of the two only
    assert np.sum(np.abs(other_length - length)[both] > within_m) <= 1
    assert np.sum(np.abs(other_least[both] - least[both]) > 10 * within_m) <= 1


@pytest.mark.parametrize("seed", range(24))
def test_lengths_and_distances_are_those_of_rays(seed):
    one = quarter(seed)
    length, least = measured(one)
    shot, nearest, nearest_of_long = by_rays(one.parcels, one.roads, one.widths_m, distance_m=DISTANCE_M)
    assert length == pytest.approx(shot, abs=0.35)
    counted = length > 0.3
    assert np.all(least[counted] >= nearest[counted] - 0.12)
    assert np.all(least[counted] <= nearest_of_long[counted] + 0.12)


@given(SEEDS)
def test_the_order_of_rows_and_the_way_rings_are_drawn_do_not_matter(seed):
    one = quarter(seed)
    rng = np.random.default_rng(seed)
    order, road_order = rng.permutation(len(one.parcels)), rng.permutation(len(one.roads))
    drawn = np.array([drawn_otherwise(parcel, rng) for parcel in one.parcels[order]], dtype=object)
    other = Quarter(drawn, one.roads[road_order], one.widths_m[road_order])
    length, least = measured(one)
    other_length, other_least = measured(other)
    assert other_length == pytest.approx(length[order][:, road_order], abs=1e-9)
    assert other_least == pytest.approx(least[order][:, road_order], abs=1e-9)


def drawn_otherwise(parcel: BaseGeometry, rng: np.random.Generator) -> BaseGeometry:
    """The same ground from another first vertex, the other way round."""

    def ring(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        turned = np.roll(xy[:-1], rng.integers(0, len(xy)), axis=0)[:: rng.choice([-1, 1])]
        return np.concatenate([turned, turned[:1]])

    parts = [
        shapely.Polygon(ring(shapely.get_coordinates(part.exterior)),
                        [ring(shapely.get_coordinates(hole)) for hole in part.interiors])
        for part in shapely.get_parts(parcel)
    ]  # fmt: skip
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts[::-1])


@given(SEEDS, st.floats(0, 2 * np.pi), st.sampled_from([YIWU, YIWU_ZONE_40]))
def test_turning_and_moving_change_nothing(seed, turn, place):
    one = quarter(seed)
    east, north = place
    parcels, roads = (at(each, east, north, turn) for each in (one.parcels, one.roads))
    same(one, Quarter(parcels, roads, one.widths_m), within_m=1e-4)


@given(SEEDS, st.floats(0.2, 5.0))
def test_more_vertices_on_the_same_lines_change_nothing(seed, step):
    one = quarter(seed)
    finer = Quarter(shapely.segmentize(one.parcels, step), shapely.segmentize(one.roads, step), one.widths_m)
    same(one, finer, within_m=1e-4)


@given(SEEDS, st.floats(1.0, 15.0))
def test_a_straight_road_is_the_same_as_an_area_and_as_a_line_with_its_width(seed, width):
    one = quarter(seed)
    rng = np.random.default_rng(seed)
    line = LineString([(-200.0, rng.uniform(-30, 0)), (300.0, rng.uniform(-30, 0))])
    # beside the lots: where a line runs through a lot, only the side that it leaves by tells how it lies
    clear = shapely.disjoint(one.parcels, shapely.buffer(line, width / 2.0))
    roads = np.array([line], dtype=object)
    lined = Quarter(one.parcels[clear], roads, np.array([width]))
    filled = Quarter(one.parcels[clear], shapely.buffer(roads, width / 2.0, cap_style="flat"), np.array([np.nan]))
    same(lined, filled, within_m=1e-6)


@given(SEEDS)
def test_lines_are_as_long_as_the_frontage_and_lie_on_the_boundary(seed):
    one = quarter(seed)
    found = frontage(one.parcels, one.roads, widths_m=one.widths_m)
    lines = frontage_lines(ParcelIndex(one.parcels), None, one.roads, widths_m=one.widths_m)
    lines["length"] = shapely.length(lines["geometry"].to_numpy())
    sums = lines.groupby(["parcel", "road"], as_index=False)["length"].sum()
    assert sums[["parcel", "road"]].to_numpy().tolist() == found[["parcel", "road"]].to_numpy().tolist()
    assert sums["length"].to_numpy() == pytest.approx(found["frontage_m"].to_numpy(), abs=1e-9)
    outline = shapely.boundary(one.parcels[lines["parcel"]])
    middles = shapely.line_interpolate_point(lines["geometry"].to_numpy(), 0.5, normalized=True)
    assert np.all(shapely.distance(outline, middles) < 1e-9)


@given(SEEDS)
def test_flat_arrays_and_geometries_give_the_same(seed):
    one = quarter(seed)
    found = frontage(one.parcels, one.roads, widths_m=one.widths_m)
    flat = FlatPolygons.of(one.parcels)
    for array in (flat.xy, flat.ring_start, flat.part_start, flat.row_start):
        array.flags.writeable = False
    pd.testing.assert_frame_equal(frontage(flat, one.roads, widths_m=one.widths_m), found, check_exact=True)
