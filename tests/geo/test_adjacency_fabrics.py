"""Neighbours of random fabrics, with everything that maps do wrong, against GEOS and against themselves."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.adjacency import adjacency, neighbours_of
from geo.flat import FlatPolygons
from geo.index import ParcelIndex
from geo.validity import repair_all
from tests.conftest import REAL
from tests.geo.shapes import YIWU, YIWU_ZONE_40, array, at, lots, polygon

# coordinates on a grid of 2⁻¹⁰ m: a vertex on a neighbour's edge can lie on it exactly, as the oracle needs
GRAIN = 1 / 1024


def fabric(seed, *, side=20.0, columns=5, rows=4):
    """Bricks: unequal lots in rows, so that most vertices of a row lie within the edges of the next; some bitten."""
    rng = np.random.default_rng(seed)
    found = []
    for row in range(rows):
        cuts = np.sort(rng.choice(np.arange(1, 40), columns - 1, replace=False)) * side / 8
        ends = np.concatenate([[0], cuts, [5 * side]])
        found += [box(west, row * side, east, (row + 1) * side) for west, east in itertools.pairwise(ends)]
    geoms = array(*found)
    for one in rng.choice(len(geoms), 3, replace=False).tolist():
        west, south, east, north = shapely.bounds(geoms[one])
        if east - west > 4:
            hole = box(west + 1, south + 4, east - 1, north - 6)
            geoms[one] = shapely.difference(geoms[one], hole)
            geoms = array(*geoms, hole) if rng.random() < 0.5 else geoms
    return geoms


def spoilt(geoms, rng):
    """Duplicates, stacked units, pieces put together, slips, overlaps, things that are no parcels."""
    extra = [geoms[int(rng.integers(len(geoms)))], None, Polygon(), shapely.Point(1, 1)]
    west, south, east, north = shapely.bounds(geoms[int(rng.integers(len(geoms)))])
    extra.append(box(west, south, (west + east) / 2, north + 1))
    extra.append(box(west + 0.5, south + 0.5, west + 0.75, south + 0.75))
    extra.append(MultiPolygon([box(west - 30, south, west - 25, north), box(-9, -9, -1, 0)]))
    some = geoms.copy()
    moved = rng.random(len(some)) < 0.2
    slip = rng.integers(-40, 40, (int(moved.sum()), 2)) * GRAIN
    some[moved] = [at(array(one), *by)[0] for one, by in zip(some[moved], slip, strict=True)]
    found = array(*some, *extra)
    return found[rng.permutation(len(found))]


def plainly(geoms):
    """Oracle by GEOS alone: exact pairs that touch, their distance, common boundary and common area."""
    tree = shapely.STRtree(geoms)
    left, right = tree.query(geoms, predicate="intersects")
    area = np.isin(shapely.get_type_id(geoms), (3, 6)) & ~shapely.is_empty(geoms)
    keep = (left < right) & area[left] & area[right]
    left, right = left[keep], right[keep]
    sides = shapely.boundary(geoms[left]), shapely.boundary(geoms[right])
    return pd.DataFrame({
        "left": left,
        "right": right,
        "length_m": shapely.length(shapely.intersection(*sides)),
        "area_m2": shapely.area(shapely.intersection(geoms[left], geoms[right])),
    }).sort_values(["left", "right"], ignore_index=True)  # fmt: skip


@settings(max_examples=150)
@given(seed=st.integers(0, 100_000), place=st.sampled_from([(0, 0), YIWU, YIWU_ZONE_40]), spoil=st.booleans())
def test_pairs_lengths_and_areas_are_those_of_geos(seed, place, spoil):
    rng = np.random.default_rng(seed)
    geoms = fabric(seed)
    geoms = at(spoilt(geoms, rng) if spoil else geoms, *place)
    tolerance_m = 1e-4
    both = plainly(geoms).merge(
        adjacency(geoms, tolerance_m=tolerance_m), on=["left", "right"], how="outer", suffixes=("_geos", "")
    )
    assert both.notna().all(axis=None)
    assert both["overlap_m2"].to_numpy() == pytest.approx(both["area_m2"], abs=1e-5)
    assert (both["length_m"] - both["length_m_geos"]).abs().max() < 1e-3
    overlap = both["area_m2"] > tolerance_m * np.maximum(both["length_m_geos"], tolerance_m)
    assert (
        both["kind"] == np.select([overlap, both["length_m_geos"] > tolerance_m], ["overlap", "edge"], "corner")
    ).all()


def canonical(found, order):
    """Pairs of shuffled rows under their old numbers."""
    one, other = order[found["left"]], order[found["right"]]
    found = found.assign(left=np.minimum(one, other), right=np.maximum(one, other))
    return found.sort_values(["left", "right"], ignore_index=True)


def redrawn(one, rng):
    """The same area by other vertices: rings turned round, started elsewhere, with vertices in line and repeated."""
    if one is None or shapely.get_type_id(one) not in (3, 6) or one.is_empty:
        return one
    parts = []
    for part in shapely.get_parts(one):
        rings = []
        for ring in (part.exterior, *part.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            xy = np.roll(xy, int(rng.integers(len(xy))), axis=0)
            closed = np.concatenate([xy, xy[:1]])
            middle = (closed[:-1] + closed[1:]) / 2
            pick = (rng.random(len(xy)) < 0.5)[:, None]
            dense = np.stack([xy, np.where(pick, middle, xy)], axis=1).reshape(-1, 2)
            rings.append(dense[::-1] if rng.random() < 0.5 else dense)
        parts.append(Polygon(rings[0], rings[1:]))
    return MultiPolygon(parts) if len(parts) > 1 else parts[0]


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_each_of_stacked_parcels_is_faced_over_a_street(order):
    geoms = array(box(0, 0, 30, 20), box(0, 26, 30, 40), box(5, 26, 40, 50))
    found = canonical(adjacency(geoms[list(order)], across_m=9.0), np.array(order))
    across = found[found["kind"] == "across"]
    assert list(zip(across["left"], across["right"], across["length_m"], strict=True)) == [(0, 1, 30.0), (0, 2, 25.0)]


@settings(max_examples=100)
@given(seed=st.integers(0, 100_000), reach=st.sampled_from([{}, {"near_m": 7.0}, {"across_m": 9.0}]))
def test_how_parcels_are_drawn_and_ordered_makes_no_difference(seed, reach):
    rng = np.random.default_rng(seed)
    geoms = spoilt(fabric(seed), rng)
    expected = adjacency(geoms, **reach)
    order = rng.permutation(len(geoms))
    other = array(*(redrawn(geoms[k], rng) for k in order))
    found = canonical(adjacency(other, **reach), order)
    pd.testing.assert_frame_equal(found, expected, atol=1e-6)
    far = canonical(adjacency(at(other, *YIWU_ZONE_40), **reach), order)
    pd.testing.assert_frame_equal(far, expected, atol=1e-5)


@settings(max_examples=40)
@given(seed=st.integers(0, 100_000), reach=st.sampled_from([{}, {"near_m": 7.0}, {"across_m": 9.0}]))
def test_flat_and_shapely_and_one_by_one_are_the_same(seed, reach):
    rng = np.random.default_rng(seed)
    geoms = spoilt(fabric(seed), rng)
    expected = adjacency(geoms, **reach)
    flat = FlatPolygons.of(geoms)
    for column in dataclasses.fields(flat):
        getattr(flat, column.name).flags.writeable = False  # as out of a file
    pd.testing.assert_frame_equal(adjacency(flat, **reach), expected)
    row = int(rng.integers(len(geoms)))
    mine = expected[(expected["left"] == row) | (expected["right"] == row)].reset_index(drop=True)
    pd.testing.assert_frame_equal(neighbours_of(ParcelIndex(geoms), [row], **reach), mine, atol=1e-9)


@given(seed=st.integers(0, 100_000), gap=st.sampled_from([0.002, 0.02, 0.09]))
def test_gaps_and_overlaps_within_the_tolerance_keep_every_edge(seed, gap):
    rng = np.random.default_rng(seed)
    geoms = fabric(seed)
    expected = plainly(geoms)
    long = expected[expected["length_m"] > 2.0]
    slip = rng.uniform(-gap / 3, gap / 3, (len(geoms), 2))
    slipped = array(*(at(array(one), *by)[0] for one, by in zip(geoms, slip, strict=True)))
    found = long.merge(adjacency(slipped), on=["left", "right"], how="left", suffixes=("_geos", ""))
    assert (found["kind"] == "edge").all()
    assert (found["length_m"] - found["length_m_geos"]).abs().max() < 0.25


# outlines too long for one piece


def comb(teeth):
    """A road with side streets: one outline of many vertices, lots between its teeth."""
    xy = [(0, -5), (20 * teeth, -5)]
    for k in range(teeth - 1, -1, -1):
        xy += [(20 * k + 20, 0), (20 * k + 20, 30), (20 * k + 15, 30), (20 * k + 15, 0)]
    return Polygon([*xy, (0, 0)])


@pytest.mark.parametrize("teeth", [3, 60, 700])
def test_a_network_of_roads_is_a_neighbour_of_every_lot(teeth):
    road = comb(teeth)
    assert road.is_valid
    lots_between = [box(20 * k, 0, 20 * k + 15, 30) for k in range(teeth)]
    found = adjacency(array(*lots_between, road))
    assert set(found["kind"]) == {"edge"}
    of_road = found[found["right"] == teeth]
    # both long sides, but for the first lot, which has a street on one only, and the street side
    assert of_road["length_m"].tolist() == pytest.approx([45.0] + [75.0] * (teeth - 1))
    assert len(found) == teeth


@pytest.mark.parametrize("teeth", [3, 60, 700])
def test_what_lies_within_a_long_outline_overlaps_it_however_far_from_its_edge(teeth):
    zone = shapely.segmentize(box(-500, -500, 20 * teeth + 500, 500), 10.0)
    parcels = [box(20 * k, 0, 20 * k + 15, 30) for k in range(teeth)]
    found = adjacency(array(*parcels, zone))
    assert len(found) == teeth
    assert set(found["kind"]) == {"overlap"}
    assert found["overlap_m2"].to_numpy() == pytest.approx(450.0)
    ring = Polygon(zone.exterior, [shapely.segmentize(box(-10, -10, 20 * teeth + 10, 40), 5.0).exterior])
    assert not len(adjacency(array(*parcels, ring)))


def test_boundaries_that_cross_only_in_vertices_overlap():
    one = polygon((0, 10), (-5, -5), (10, 0), (10, 10))
    other = polygon((0, 10), (10, 0), (20, 20))
    ((kind, area),) = adjacency(array(one, other))[["kind", "overlap_m2"]].to_numpy()
    assert kind == "overlap"
    assert area == pytest.approx(shapely.area(shapely.intersection(one, other)))


def test_rings_that_touch_themselves_and_spikes_do_no_harm():
    eight = Polygon([(0, 0), (10, 0), (10, 10), (5, 10), (5, 5), (6, 8), (4, 8), (5, 5), (0, 10)])
    spike = Polygon([(10, 0), (20, 0), (20, 5), (30, 5), (20, 5), (20, 10), (10, 10)])
    found = adjacency(array(eight, spike))
    assert found[["left", "right", "kind", "length_m"]].to_numpy().tolist() == [[0, 1, "edge", 10.0]]


# across a street


def across(*geoms, width=10.0, **options):
    found = adjacency(array(*geoms), across_m=width, **options)
    return [
        (left, right, kind, round(length, 6), round(gap, 6))
        for left, right, kind, length, gap, _ in found.itertuples(index=False)
    ]


SOUTH = box(0, 0, 20, 10)


def test_parcels_on_both_sides_of_a_street_are_across():
    assert across(SOUTH, box(5, 18, 40, 30)) == [(0, 1, "across", 15.0, 8.0)]
    assert across(SOUTH, box(5, 18, 40, 30), width=7.9) == []
    assert across(SOUTH, box(5, 18, 40, 30), width=8.0) == [(0, 1, "across", 15.0, 8.0)]


def test_what_is_only_diagonal_is_near_and_not_across():
    assert across(SOUTH, box(21, 12, 40, 30)) == []
    assert across(SOUTH, box(21, 12, 40, 30), near_m=5.0) == [(0, 1, "near", 0.0, round(float(np.hypot(1, 2)), 6))]


def test_a_third_parcel_between_hides_what_is_behind_it():
    facing, between = box(0, 18, 20, 30), box(0, 12, 12, 14)
    assert across(SOUTH, facing, between) == [
        (0, 1, "across", 8.0, 8.0), (0, 2, "across", 12.0, 2.0), (1, 2, "across", 12.0, 4.0),
    ]  # fmt: skip
    assert across(SOUTH, facing, box(-1, 12, 21, 14)) == [(0, 2, "across", 20.0, 2.0), (1, 2, "across", 20.0, 4.0)]
    # one that touches the side from which one looks hides as well
    assert (0, 1, "across", 20.0, 8.0) not in across(SOUTH, facing, box(0, 10, 20, 12))
    assert across(SOUTH, facing, box(0, 10, 20, 12)) == [(0, 2, "edge", 20.0, 0.0), (1, 2, "across", 20.0, 6.0)]


def test_those_who_touch_are_not_across():
    hook = polygon((20, 0), (30, 0), (30, 30), (0, 30), (0, 18), (20, 18))
    assert across(SOUTH, hook) == [(0, 1, "edge", 10.0, 0.0)]


def test_across_a_bent_street_both_sides_are_averaged():
    north = polygon((0, 16), (20, 20), (20, 30), (0, 30))
    ((_, _, kind, length, gap),) = across(SOUTH, north, width=12.0)
    assert (kind, gap) == ("across", 6.0)
    # out of the south side all 20 m; out of the slope (x, 16 + x / 5) down to y = 10 at 1.04 x + 1.2, which is on the
    # south side up to x = 18.8 / 1.04
    assert length == pytest.approx((20.0 + 18.8 / 1.04 * np.hypot(1.0, 0.2)) / 2)


@given(seed=st.integers(0, 100_000))
def test_across_is_what_rays_find(seed):
    """Oracle: many rays straight out of every edge, and the first parcel that each meets."""
    rng = np.random.default_rng(seed)
    boxes = [
        box(x, y, x + w, y + d)
        for x in (0, 14, 28)
        for y in (0, 17, 33)
        for w, d in (rng.uniform(4, 12, 2),)
    ]  # fmt: skip
    geoms = at(array(*boxes), *YIWU, turn=float(rng.uniform(0, 6)))
    width, step = 9.0, 0.05
    met = np.zeros((len(geoms), len(geoms)))
    tree = shapely.STRtree(geoms)
    for row, geom in enumerate(geoms):
        ring = shapely.get_coordinates(shapely.geometry.polygon.orient(geom).exterior)
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            length = np.hypot(bx - ax, by - ay)
            s = np.arange(step / 2, length, step)
            x, y = ax + s / length * (bx - ax), ay + s / length * (by - ay)
            out = np.array([by - ay, ax - bx]) / length
            start = np.stack([x, y], axis=1)
            rays = np.asarray(shapely.linestrings(np.stack([start + out * 1e-6, start + out * width], axis=1)))
            ray, other = tree.query(rays, predicate="intersects")
            met_at = shapely.intersection(rays[ray], geoms[other])
            distance = np.atleast_1d(shapely.distance(shapely.points(start[ray]), met_at))
            for k in np.unique(ray):
                seen = other[ray == k][np.argmin(distance[ray == k])]
                met[row, seen] += step
    expected = (met + met.T) / 2
    found = adjacency(geoms, across_m=width)
    for left, right, length in found.loc[found["kind"] == "across", ["left", "right", "length_m"]].itertuples(
        index=False
    ):
        assert length == pytest.approx(expected[left, right], abs=0.21)
        expected[left, right] = 0.0
    known = set(zip(found["left"], found["right"], strict=True))
    left, right = np.nonzero(np.triu(expected) > 0.3)
    assert set(zip(left.tolist(), right.tolist(), strict=True)) <= known


# data of others


def stacked_city():
    """Parcels of Cambridge, where condominium units lie on one another, or a made one."""
    path = REAL / "cambridge_ma" / "ASSESSING_ParcelsFY2013.topojson"
    if not path.exists():
        geoms = lots(30, 30)
        return array(*geoms, *geoms[::7], *geoms[::11])
    import geopandas as gpd  # noqa: PLC0415 - reading files is not the business of geo, only of this picture

    frame = gpd.read_file(path).set_crs(4326, allow_override=True)
    return repair_all(np.asarray(frame.to_crs(26986).geometry, dtype=object))


def test_stacked_parcels_overlap_by_their_common_area():
    geoms = stacked_city()
    found = adjacency(geoms)
    overlap = found[found["kind"] == "overlap"]
    expected = shapely.area(shapely.intersection(geoms[overlap["left"]], geoms[overlap["right"]]))
    assert overlap["overlap_m2"].to_numpy() == pytest.approx(expected, rel=1e-6, abs=1e-3)
    left, right = shapely.STRtree(geoms).query(geoms, predicate="overlaps")
    both = np.concatenate([np.stack([left, right]), shapely.STRtree(geoms).query(geoms, predicate="covers")], axis=1)
    left, right = np.unique(np.sort(both[:, both[0] != both[1]], axis=0), axis=1)
    area = shapely.area(shapely.intersection(geoms[left], geoms[right]))
    stacked = area > 5.0
    assert stacked.any()
    key = found["left"].to_numpy() * len(geoms) + found["right"].to_numpy()
    at = np.searchsorted(key, (left * len(geoms) + right)[stacked])
    pairs = found.iloc[at]
    assert np.array_equal(key[at], (left * len(geoms) + right)[stacked])
    assert pairs["overlap_m2"].to_numpy() == pytest.approx(area[stacked], rel=1e-6, abs=1e-3)
    # neighbours that lap over each other by less than the tolerance along their boundary are neighbours
    along = pairs["kind"].to_numpy() == "edge"
    assert (area[stacked][along] <= 0.10 * pairs["length_m"].to_numpy()[along]).all()
    assert set(pairs["kind"][~along]) == {"overlap"}
