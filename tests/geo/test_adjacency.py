"""Which parcels touch and along how much: the cases that other tools miss, and an oracle by plain geometry."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from geo.adjacency import adjacency, neighbours_of
from geo.index import ParcelIndex
from tests.conftest import REAL
from tests.geo.shapes import YIWU, YIWU_ZONE_40, array, at, lots, polygon

SQUARE = box(0, 0, 10, 10)


def pairs(*geoms, near_m=None, tolerance_m=0.10):
    """Every pair as (left, right, kind, length to the millimetre, gap to the millimetre)."""
    found = adjacency(array(*geoms), near_m=near_m, tolerance_m=tolerance_m)
    return [
        (int(left), int(right), str(kind), round(float(length), 3), round(float(gap), 3))
        for left, right, kind, length, gap, _ in found.itertuples(index=False)
    ]


def exact(geoms):
    """Oracle for parcels that fit exactly: the overlay of their boundaries by GEOS."""
    left, right = shapely.STRtree(geoms).query(geoms, predicate="intersects")
    left, right = left[left < right], right[left < right]
    length = shapely.length(shapely.intersection(shapely.boundary(geoms[left]), shapely.boundary(geoms[right])))
    frame = pd.DataFrame({"left": left, "right": right, "length_m": length})
    return frame.sort_values(["left", "right"], ignore_index=True)


def cells(count, seed, *, size=1000.0):
    """Voronoi cells: parcels that share every vertex, with edges of all lengths and directions."""
    seeds = shapely.multipoints(np.random.default_rng(seed).uniform(0, size, (count, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box(0, 0, size, size)))
    return np.asarray(shapely.intersection(parts, box(0, 0, size, size)), dtype=object)


# the five cases that other tools miss


def test_an_edge_with_other_vertices_on_each_side_is_one_edge():
    other = polygon((10, -5), (20, -5), (20, 15), (10, 15), (10, 7), (10, 3))
    assert pairs(SQUARE, other) == [(0, 1, "edge", 10.0, 0.0)]


def test_a_gap_of_five_millimetres_is_an_edge():
    assert pairs(SQUARE, box(10.005, 0, 20, 10)) == [(0, 1, "edge", 10.0, 0.005)]


def test_an_overlap_of_five_millimetres_is_an_edge():
    assert pairs(SQUARE, box(9.995, 0, 20, 10)) == [(0, 1, "edge", 10.0, 0.0)]


def test_a_corner_contact_is_not_an_edge():
    assert pairs(SQUARE, box(10, 10, 20, 20)) == [(0, 1, "corner", 0.0, 0.0)]


def test_two_that_touch_at_two_points_with_a_third_between_are_corners():
    notched = polygon((10, 0), (20, 0), (20, 10), (10, 10), (15, 5))
    between = polygon((10, 0), (15, 5), (10, 10))
    assert pairs(SQUARE, notched, between) == [
        (0, 1, "corner", 0.0, 0.0),
        (0, 2, "edge", 10.0, 0.0),
        (1, 2, "edge", 14.142, 0.0),
    ]


# what else parcels do


def test_a_stacked_parcel_is_an_overlap():
    assert pairs(SQUARE, SQUARE) == [(0, 1, "overlap", 40.0, 0.0)]
    assert pairs(SQUARE, box(2, 2, 4, 4)) == [(0, 1, "overlap", 0.0, 0.0)]
    assert pairs(SQUARE, box(0, 0, 5, 10)) == [(0, 1, "overlap", 20.0, 0.0)]
    assert pairs(SQUARE, box(5, 5, 15, 15)) == [(0, 1, "overlap", 0.0, 0.0)]
    assert pairs(SQUARE, box(9.8, 0, 20, 10)) == [(0, 1, "overlap", 0.4, 0.0)]


def test_an_island_fills_the_hole_of_another():
    ring = SQUARE.difference(box(2, 2, 5, 6))
    assert pairs(ring, box(2, 2, 5, 6)) == [(0, 1, "edge", 14.0, 0.0)]
    assert pairs(ring, box(3, 3, 4, 4)) == []
    assert pairs(ring, box(3, 3, 4, 4), near_m=2.0) == [(0, 1, "near", 0.0, 1.0)]


def test_parts_of_one_parcel_are_measured_together():
    two = shapely.MultiPolygon([box(10, 0, 20, 4), box(10, 6, 20, 20)])
    assert pairs(SQUARE, two) == [(0, 1, "edge", 8.0, 0.0)]


def test_a_through_street_meets_two_at_a_junction():
    assert pairs(box(0, 10, 20, 20), SQUARE, box(10, 0, 20, 10)) == [
        (0, 1, "edge", 10.0, 0.0),
        (0, 2, "edge", 10.0, 0.0),
        (1, 2, "edge", 10.0, 0.0),
    ]


def test_repeated_vertices_and_either_way_round_make_no_difference():
    stutter = Polygon([(10, 0), (10, 0), (20, 0), (20, 10), (20, 10), (10, 10), (10, 5), (10, 5), (10, 0)])
    for one in (SQUARE, shapely.reverse(SQUARE)):
        for other in (stutter, shapely.reverse(stutter)):
            assert pairs(one, other) == [(0, 1, "edge", 10.0, 0.0)]


def test_a_sliver_between_neighbours_is_bridged_along_what_faces():
    leaning = polygon((10.02, -3), (20, -3), (20, 15), (10.09, 15))
    ((_, _, kind, length, gap),) = pairs(SQUARE, leaning)
    assert (kind, gap) == ("edge", pytest.approx(0.032, abs=0.001))
    assert length == pytest.approx(10.0, abs=0.001)


def test_the_tolerance_decides_what_is_near():
    assert pairs(SQUARE, box(10.3, 0, 20, 10)) == []
    assert pairs(SQUARE, box(10.3, 0, 20, 10), near_m=0.3) == [(0, 1, "near", 0.0, 0.3)]
    assert pairs(SQUARE, box(10.3, 0, 20, 10), tolerance_m=0.3) == [(0, 1, "edge", 10.0, 0.3)]
    assert pairs(SQUARE, box(10.1, 0, 20, 10)) == [(0, 1, "edge", 10.0, 0.1)]


def test_a_contact_shorter_than_the_tolerance_is_a_corner():
    assert pairs(SQUARE, box(10, 9.95, 20, 20)) == [(0, 1, "corner", 0.05, 0.0)]


def test_neighbours_that_are_only_in_line_are_not_along_one_another():
    assert pairs(SQUARE, box(10.0, 0, 20, 10), box(20.0, 0, 30, 10)) == [
        (0, 1, "edge", 10.0, 0.0),
        (1, 2, "edge", 10.0, 0.0),
    ]


def test_what_is_no_polygon_has_no_neighbours():
    found = pairs(None, SQUARE, Polygon(), shapely.LineString([(10, 0), (10, 10)]), box(10, 0, 20, 10))
    assert found == [(1, 4, "edge", 10.0, 0.0)]
    assert pairs() == []
    assert pairs(SQUARE) == []


def test_a_polygon_that_crosses_itself_does_no_harm():
    bow_tie = polygon((0, 0), (10, 10), (10, 0), (0, 10))
    found = pairs(bow_tie, box(10, 0, 20, 10), box(3, 3, 9, 9))
    assert [(left, right, kind) for left, right, kind, _, _ in found] == [(0, 1, "edge"), (0, 2, "overlap")]


@pytest.mark.parametrize("wrong", [{"tolerance_m": 0.0}, {"tolerance_m": np.nan}, {"near_m": 0.01}])
def test_a_tolerance_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError, match="tolerance"):
        adjacency(lots(2, 1), **wrong)


# invariants, and other libraries


@pytest.mark.parametrize("place", [YIWU, YIWU_ZONE_40])
@given(seed=st.integers(0, 10_000), turn=st.floats(0, 2 * np.pi))
def test_exact_parcels_have_the_lengths_of_geos(place, seed, turn):
    east, north = place
    parcels = at(cells(60, seed), east, north, turn)
    expected = exact(cells(60, seed))
    found = adjacency(parcels, tolerance_m=0.001)
    both = expected.merge(found, on=["left", "right"], how="outer", suffixes=("_geos", ""))
    assert both["kind"].notna().all()
    assert (both["length_m"] - both["length_m_geos"]).abs().max() < 0.001
    assert set(both.loc[both["length_m_geos"] > 0.002, "kind"]) == {"edge"}


@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_rows_makes_no_difference(seed):
    parcels = cells(40, seed)
    order = np.random.default_rng(seed).permutation(len(parcels))
    straight, mixed = adjacency(parcels, near_m=30.0), adjacency(parcels[order], near_m=30.0)
    one, other = order[mixed["left"]], order[mixed["right"]]
    mixed["left"], mixed["right"] = np.minimum(one, other), np.maximum(one, other)
    mixed = mixed.sort_values(["left", "right"], ignore_index=True)
    pd.testing.assert_frame_equal(mixed, straight, atol=1e-9)


@given(seed=st.integers(0, 10_000))
def test_vertices_put_in_and_slips_of_a_millimetre_keep_the_neighbours(seed):
    parcels = cells(40, seed)
    divided = parcels.copy()
    divided[::2] = shapely.segmentize(parcels[::2], 7.0)
    slip = np.random.default_rng(seed).uniform(-0.001, 0.001, (len(parcels), 2))
    slipped = array(*(at(array(one), east, north)[0] for one, (east, north) in zip(divided, slip, strict=True)))
    expected = exact(parcels)
    long = expected[expected["length_m"] > 1.0]
    found = adjacency(slipped).merge(long, on=["left", "right"], suffixes=("", "_exact"))
    assert len(found) == len(long)
    assert set(found["kind"]) == {"edge"}
    # at a sharp corner the tolerance reaches a little farther than the edge itself
    assert (found["length_m"] - found["length_m_exact"]).median() == pytest.approx(0.0, abs=0.003)


@given(seed=st.integers(0, 10_000), members=st.sets(st.integers(0, 39), min_size=1, max_size=6))
def test_neighbours_of_some_are_those_of_all_that_touch_them(seed, members):
    parcels = cells(40, seed)
    everyone = adjacency(parcels, near_m=25.0)
    rows = sorted(members)
    expected = everyone[everyone["left"].isin(rows) | everyone["right"].isin(rows)].reset_index(drop=True)
    found = neighbours_of(ParcelIndex(parcels), rows, near_m=25.0)
    pd.testing.assert_frame_equal(found, expected, atol=1e-9)


def test_long_outlines_of_many_vertices_are_measured_alike():
    # more pairs of edges than are looked at one by one
    x = np.linspace(0, 1000, 2001)
    wave = np.column_stack([x, 20 * np.sin(x / 40)])
    below = Polygon([*wave.tolist(), (1000, -100), (0, -100)])
    above = Polygon([*wave[::-3].tolist(), *wave[:1].tolist(), (0, 100), (1000, 100)])
    ((_, _, kind, length, _),) = pairs(below, above, tolerance_m=0.05)
    assert kind == "edge"
    assert length == pytest.approx(shapely.length(shapely.LineString(wave)), rel=1e-3)


def test_one_with_many_neighbours_has_them_in_order():
    """A strip first in its layer, and a comb of parcels along both its sides in no order."""
    places = np.random.default_rng(4).permutation(60)
    comb = [box(2.0 * k, 10, 2.0 * k + 2.0, 20) for k in places]
    comb += [box(2.0 * k, -10, 2.0 * k + 2.0, 0) for k in places]
    found = adjacency(array(box(0, 0, 120, 10), *comb))
    along = found[found["left"] == 0]
    assert along["right"].tolist() == list(range(1, 121))
    assert (along["kind"] == "edge").all()
    assert along["length_m"].tolist() == pytest.approx([2.0] * 120)
    assert found[["left", "right"]].to_numpy().tolist() == sorted(found[["left", "right"]].to_numpy().tolist())


def test_distances_are_those_of_geos():
    parcels = array(*[box(x, y, x + 1, y + 1) for x, y in np.random.default_rng(3).uniform(0, 60, (120, 2))])
    found = adjacency(parcels, near_m=8.0)
    apart = found[found["kind"].isin(["near", "corner"])]
    expected = shapely.distance(parcels[apart["left"]], parcels[apart["right"]])
    assert apart["gap_m"].to_numpy() == pytest.approx(expected, abs=1e-9)
    left, right = shapely.STRtree(parcels).query(parcels, predicate="dwithin", distance=8.0)
    assert len(found) == int((left < right).sum())


def cadastre():
    """The Joetsu cadastre where it lies beside the project, Voronoi cells of as many parcels elsewhere."""
    found = sorted((REAL / "jp_moj_cadastre").glob("*.geojson"))
    if not found:
        return cells(1051, 7)
    import geopandas as gpd  # noqa: PLC0415 - reading files is not the business of geo, only of this picture

    frames = [gpd.read_file(path) for path in found]
    return np.concatenate([np.asarray(frame.to_crs(6676).geometry, dtype=object) for frame in frames])


def test_a_real_cadastre_has_the_edges_of_geos():
    parcels = cadastre()
    parcels = parcels[shapely.is_valid(parcels)]
    expected = exact(parcels)
    edges = expected[expected["length_m"] > 0.1]
    found = adjacency(parcels)
    both = edges.merge(found, on=["left", "right"], how="left", suffixes=("_geos", ""))
    assert len(edges) > 2000
    assert both["kind"].isin(["edge", "overlap"]).all()
    agreeing = (both["length_m"] - both["length_m_geos"]).abs() < 0.001
    assert agreeing.mean() > 0.98
