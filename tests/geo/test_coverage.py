"""Where parcels do not fit: each kind by itself, planted faults among sound parcels, GEOS beside, real layers."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fabric import fabric
from geo.coverage import CODES, Limits, check
from geo.parting import split
from tests.conftest import REAL
from tests.planted import CODE_OF, Fabric

box, polygon = shapely.box, shapely.Polygon
WEST = box(0, 0, 10, 10)


def found(*geoms, **limits):
    return check(np.array(geoms, dtype=object), limits=Limits(**limits))


def codes(*geoms, **limits):
    return found(*geoms, **limits)["code"].tolist()


def east(*west_side):
    """The eastern neighbour of WEST, its western side from north to south as given."""
    return polygon([(10, 0), (20, 0), (20, 10), (10, 10), *west_side])


# ---------------------------------------------------------------------------------------------- each kind by itself


def test_parcels_that_share_their_vertices_are_sound():
    assert codes(WEST, box(10, 0, 20, 10), box(0, 10, 20, 20) - box(10, 10, 20, 20), box(10, 10, 20, 20)) == []


def test_a_street_is_no_gap_even_where_parcels_enclose_it():
    around = box(0, 0, 60, 60) - box(20, 20, 40, 40)
    assert codes(around, box(24, 24, 36, 36)) == []


def test_a_vertex_off_an_edge_by_what_the_grid_leaves_is_no_fault():
    slanted = polygon([(0, 0), (10.003, 0), (9.998, 10), (0, 10)])
    # the nearest place of the grid to the middle of the slanted edge is half a step off it
    assert codes(slanted, polygon([(10.003, 0), (20, 0), (20, 10), (9.998, 10), (10.001, 5)])) == []
    assert codes(slanted, polygon([(10.003, 0), (20, 0), (20, 10), (9.998, 10), (10.002, 5)])) == ["dangling_vertex"]


@pytest.mark.parametrize("seed", range(12))
def test_a_cut_of_parcels_that_fit_leaves_no_fault(seed):
    rng = np.random.default_rng(seed)
    parcels = fabric(60, seed=seed, slips=0.0).parcels
    assert not len(check(parcels))
    for row in rng.choice(len(parcels), 12, replace=False).tolist():
        west, south, east, north = parcels[row].bounds
        # through the middle: a person who cuts off a sliver is told so
        middle = np.array([west + east, south + north]) / 2 + rng.uniform(-3, 3, 2)
        way = rng.normal(size=2)
        way *= 300 / np.hypot(*way)
        pieces = split(parcels[row], shapely.LineString([middle - way, middle + way]))
        table = check(np.concatenate([np.delete(parcels, row), np.array(pieces, dtype=object)]))
        # nor where an end of the cut comes within 0.10 m of a vertex that it does not go through: these nearly coincide
        assert set(table["code"]) <= {"near_vertices", "sliver"}


def test_a_vertex_on_the_edge_exactly_is_no_fault():
    assert codes(WEST, box(10, 0, 20, 5), box(10, 5, 20, 10)) == []


@pytest.mark.parametrize("x", [10.003, 9.997])
def test_a_vertex_3_mm_off_the_edge_is_found_with_its_place(x):
    table = found(WEST, east((x, 5)))
    assert table["code"].tolist() == ["dangling_vertex"]
    assert table.loc[0, "width_m"] == pytest.approx(0.003)
    assert (table.loc[0, "x"], table.loc[0, "y"]) == (x, 5)
    assert table.loc[0, "rows"] == (0, 1)


def test_a_junction_off_the_edge_is_one_fault_of_three_parcels():
    south, north = polygon([(10, 0), (20, 0), (20, 5), (9.997, 5)]), polygon([(9.997, 5), (20, 5), (20, 10), (10, 10)])
    assert [set(rows) for rows in found(WEST, south, north)["rows"]] == [{0, 1, 2}]


def test_a_vertex_further_off_than_the_tolerance_is_a_gap_only_when_that_is_small():
    assert codes(WEST, east((10.15, 5))) == ["gap"]
    assert codes(WEST, east((11.0, 5))) == []
    assert codes(WEST, east((11.0, 5)), gap_area_m2=6.0) == ["gap"]


def test_vertices_that_nearly_coincide_are_one_fault():
    table = found(WEST, box(10, 0, 20, 10), polygon([(0, 10), (9.996, 10.003), (10, 20), (0, 20)]))
    assert table["code"].tolist() == ["near_vertices"]
    assert table.loc[0, "width_m"] == pytest.approx(0.005)


def test_a_strip_of_nobody_is_a_gap_with_its_area_and_width():
    table = found(WEST, box(10.05, 0, 20, 10))
    assert table["code"].tolist() == ["gap"]
    assert table.loc[0, "area_m2"] == pytest.approx(0.5)
    assert table.loc[0, "width_m"] == pytest.approx(0.05, rel=0.01)
    assert codes(WEST, box(10.2, 0, 20, 10)) == []
    assert codes(WEST, box(10.2, 0, 20, 10), gap_width_m=0.3) == ["gap"]


def test_a_small_hole_is_a_gap_and_a_large_one_is_not():
    assert codes(WEST - box(4, 4, 4.5, 4.5)) == ["gap"]
    assert codes(WEST - box(4, 4, 6, 6)) == []


def test_ground_of_two_is_an_overlap_with_its_area():
    table = found(WEST, box(7, 2, 17, 12))
    assert table[["code", "rows"]].to_numpy().tolist() == [["overlap", (0, 1)]]
    assert table.loc[0, "area_m2"] == pytest.approx(24.0)


@pytest.mark.parametrize(
    "inner",
    [box(4, 4, 6, 6), box(0, 0, 5, 5), polygon([(0, 0), (10, 0), (5, 5)])],
    ids=["inside", "in the corner", "on one side"],
)
def test_a_parcel_within_another_is_an_overlap_of_its_whole_area(inner):
    table = found(WEST, inner)
    assert table["code"].tolist() == ["overlap"]
    assert table.loc[0, "area_m2"] == pytest.approx(inner.area)


def test_a_block_of_parcels_within_another_overlaps_with_each():
    table = found(box(-50, -50, 50, 50), WEST, box(10, 0, 20, 10))
    assert sorted(table["rows"]) == [(0, 1), (0, 2)]


def test_parcels_that_cross_at_a_common_vertex_overlap():
    one, other = polygon([(0, 0), (10, 0), (10, 10)]), polygon([(0, 0), (10, 5), (10, 20)])
    assert codes(one, other) == ["overlap"]


def test_the_same_shape_twice_is_a_duplicate_whichever_way_it_is_drawn():
    again = polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    table = found(WEST, box(10, 0, 20, 10), again)
    assert table[["code", "rows"]].to_numpy().tolist() == [["duplicate", (0, 2)]]


def test_the_same_shape_within_the_tolerance_is_a_near_duplicate():
    assert codes(WEST, box(0.02, 0.01, 10.02, 10.01), box(10, 0, 20, 10)) == ["near_duplicate"]


def test_a_thin_parcel_and_a_tiny_part_are_slivers_and_their_neighbours_are_not():
    thin = found(WEST, box(10, 0, 10.05, 10), box(10.05, 0, 20, 10))
    assert thin[["code", "rows", "detail"]].to_numpy().tolist() == [["sliver", (1,), "whole"]]
    tiny = found(shapely.union(WEST, box(30, 0, 30.5, 0.5)))
    assert tiny[["code", "rows", "detail"]].to_numpy().tolist() == [["sliver", (0,), "part"]]
    assert codes(box(0, 0, 1.1, 1.1), box(30, 0, 30.5, 2.5)) == []


def test_a_vertex_given_twice_is_found():
    assert codes(polygon([(0, 0), (10, 0), (10, 0), (10, 10), (0, 10)])) == ["repeated_vertex"]
    assert codes(polygon([(0, 0), (10, 0), (10, 0.002), (10, 10), (0, 10)])) == []


def test_what_cannot_be_measured_is_invalid_and_says_why():
    bow = polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    table = found(bow, None, polygon(), shapely.Point(50, 50))
    assert sorted(zip(table["rows"], table["detail"], strict=True)) == [
        ((0,), "self_intersection"), ((1,), "missing"), ((2,), "empty"), ((3,), "not_polygon"),
    ]  # fmt: skip
    assert set(table["code"]) == {"invalid"}


def test_boundaries_that_part_on_purpose_are_sound():
    short = polygon([(0, 0), (10, 0), (10, 9.95), (9.96, 10), (0, 10)])
    assert codes(short, polygon([(10, 0), (20, 0), (20, 10), (10.05, 10), (10, 9.95)])) == []


def test_an_empty_layer_has_no_faults():
    table = check(np.array([], dtype=object))
    assert len(table) == 0
    assert list(table.columns) == [
        "code", "severity", "rows", "x", "y", "area_m2", "width_m", "detail", "geometry",
    ]  # fmt: skip


def test_limits_are_positive():
    with pytest.raises(ValueError, match="limit_not_positive"):
        Limits(tolerance_m=0.0)


# --------------------------------------------------------------------------------- planted faults, and nothing else


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_a_fabric_that_fits_has_no_faults(seed):
    geoms = Fabric(np.random.default_rng(seed), 5, 5).geoms
    assert shapely.coverage_is_valid(geoms)
    assert len(check(geoms)) == 0


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(sorted(CODE_OF)), min_size=1, max_size=9))
@settings(max_examples=30)
def test_everything_planted_is_found_and_nothing_else(seed, kinds):
    fabric = Fabric(np.random.default_rng(seed))
    sites = dict(zip(fabric.sites, kinds, strict=False))
    centres = {row: fabric.rings[row].mean(axis=0) for row in sites}
    for row, kind in sites.items():
        fabric.plant(kind, row)
    table = check(fabric.geoms)
    assert Counter(table["code"]) == Counter(CODE_OF[kind] for kind in sites.values())
    for row, kind in sites.items():
        there = np.hypot(table["x"] - centres[row][0], table["y"] - centres[row][1]) < 45
        assert table.loc[there, "code"].tolist() == [CODE_OF[kind]]


@given(st.integers(0, 2**32 - 1), st.sampled_from(["overlap", "bulge", "off_edge", "off_vertex", "copy", "contained"]))
@settings(max_examples=20)
def test_what_geos_finds_is_found(seed, kind):
    fabric = Fabric(np.random.default_rng(seed), 4, 4)
    fabric.plant(kind, 5)
    geoms = fabric.geoms
    theirs = set(np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(geoms, gap_width=0.1))).tolist())
    ours = {row for rows in check(geoms)["rows"] for row in rows}
    assert theirs & ours
    # a vertex that is moved is out of place for every parcel around it: not all of them are named
    assert ours <= theirs | {5}


def test_the_order_of_rows_and_the_direction_of_rings_change_nothing():
    fabric = Fabric(np.random.default_rng(11))
    for row, kind in zip(fabric.sites, ["gap", "bulge", "off_edge", "off_vertex"], strict=False):
        fabric.plant(kind, row)
    plain = check(fabric.geoms)
    order = np.random.default_rng(5).permutation(len(fabric.rings))
    turned = check(shapely.reverse(fabric.geoms)[order])
    assert plain[["code", "area_m2", "width_m"]].round(9).equals(turned[["code", "area_m2", "width_m"]].round(9))


# --------------------------------------------------------------------------------------------------------- real layers

REAL_FAULTS = {
    "cambridge_ma/CDD_ZoningDistricts.geojson": (26986, {}),
    "cambridge_ma/ASSESSING_ParcelsFY2013.topojson": (
        26986,
        {
            "invalid": 22,
            "duplicate": 1,
            "overlap": 54,
            "gap": 11,
            "sliver": 10,
            "dangling_vertex": 17,
            "repeated_vertex": 1,
        },
    ),
    "jp_moj_cadastre/joetsu.gpkg": (6676, {"invalid": 6, "sliver": 2}),
}


def test_real_layers_report_what_they_have():
    for name, (epsg, expected) in REAL_FAULTS.items():
        if (REAL / name).exists():
            geoms = gpd.read_file(REAL / name).geometry.set_crs(4326).to_crs(epsg).to_numpy()
            counts = check(np.asarray(geoms, dtype=object))["code"].value_counts()
            assert {code: counts[code] for code in CODES if counts[code]} == expected, name
