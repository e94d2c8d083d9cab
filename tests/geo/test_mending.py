"""How faults of a coverage are mended: the least change, on the grid, and nothing is left or made."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage import check
from geo.mending import Draft, mend_all, proposals
from tests.planted import CODE_OF, Fabric

box, polygon = shapely.box, shapely.Polygon
WEST = box(0, 0, 10, 10)


def array(*geoms):
    return np.array(geoms, dtype=object)


def draft_of(geoms):
    return Draft(geoms, shapely.STRtree(geoms))


def faults_of(geoms):
    return [{str(key): value for key, value in each.items()} for each in check(geoms).to_dict("records")]


def ways(geoms):
    return proposals(draft_of(geoms), faults_of(geoms)[0])


def with_mend(geoms, mend):
    mended = geoms.copy()
    mended[list(mend.rows)] = mend.shapes
    return np.array([shape for shape in mended if shape is not None], dtype=object)


def changes(mend):
    return dict(zip(mend.rows, mend.area_change_m2, strict=True))


def test_a_vertex_off_an_edge_is_put_into_it_and_changes_one_parcel_only():
    geoms = array(WEST, polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10.003, 5)]))
    first, second = ways(geoms)
    assert (first.way, first.rows) == ("insert", (0,))
    # the triangle between the edge and the vertex: 10 m × 3 mm / 2
    assert first.area_change_m2 == pytest.approx((0.015,))
    assert second.way == "move"
    for mend in (first, second):
        assert shapely.coverage_is_valid(with_mend(geoms, mend), gap_width=0.1)


def test_vertices_that_nearly_coincide_become_the_one_that_changes_least():
    north = polygon([(0, 10), (9.996, 10.003), (10, 20), (0, 20)])
    geoms = array(WEST, box(10, 0, 20, 10), north)
    best = ways(geoms)[0]
    assert best.way == "snap"
    assert best.changed_m2 == min(mend.changed_m2 for mend in ways(geoms))
    assert shapely.coverage_is_valid(with_mend(geoms, best), gap_width=0.1)


def test_a_thin_gap_is_closed_and_a_wider_one_goes_along_the_longest_side():
    thin = array(WEST, box(10.05, 0, 20, 10))
    assert ways(thin)[0].way == "snap"
    assert ways(thin)[0].changed_m2 == pytest.approx(0.5)
    # a hole of 0.5 m × 1 m between a parcel that has three sides of it and one that has one
    wide = array(WEST - box(9.5, 4, 10, 5), polygon([(10, 0), (20, 0), (20, 10), (10, 10), (10, 5), (10, 4)]))
    first, second = ways(wide)
    assert [(mend.way, mend.rows) for mend in (first, second)] == [("give", (0,)), ("give", (1,))]
    assert first.area_change_m2 == pytest.approx((0.5,))


def test_an_overlap_is_cut_from_the_larger_unless_told_otherwise():
    geoms = array(WEST, box(7, 2, 12, 5))
    first, second = ways(geoms)
    assert [mend.way for mend in (first, second)] == ["cut", "cut"]
    for loser, mend in enumerate((first, second)):
        # the other gets the vertices where their boundaries crossed, and keeps its area
        assert changes(mend) == pytest.approx({loser: -9.0, 1 - loser: 0.0})
        assert shapely.coverage_is_valid(with_mend(geoms, mend))


def test_a_sliver_joins_the_neighbour_along_its_longest_side_and_ends():
    geoms = array(WEST, box(10, 0, 10.05, 10), box(10.05, 0, 20, 12))
    mend = ways(geoms)[0]
    assert mend.way == "merge"
    assert changes(mend) == pytest.approx({0: 0.5, 1: -0.5, 2: 0.0})
    assert mend.shapes[mend.rows.index(1)] is None


def test_of_duplicates_the_later_ends():
    assert [(mend.way, mend.rows) for mend in ways(array(WEST, WEST))] == [("end", (1,)), ("end", (0,))]


def test_a_bow_is_repaired_and_a_missing_shape_has_no_mend():
    (mend,) = ways(array(polygon([(0, 0), (10, 10), (10, 0), (0, 10)])))
    assert mend.way == "repair"
    assert mend.shapes[0].area == pytest.approx(50.0)
    assert ways(array(None)) == ()


def test_what_is_mended_already_has_no_proposal():
    geoms = array(WEST, box(10.05, 0, 20, 10))
    fault = faults_of(geoms)[0]
    mended = draft_of(geoms)
    mended.take(proposals(mended, fault)[0])
    assert proposals(mended, fault) == ()
    assert geoms[0].equals(WEST)


@given(st.integers(0, 2**32 - 1), st.sampled_from(sorted(CODE_OF)))
@settings(max_examples=40)
def test_one_mend_ends_its_fault_and_makes_no_other(seed, kind):
    fabric = Fabric(np.random.default_rng(seed), 4, 4)
    fabric.plant(kind, 5)
    geoms = fabric.geoms
    (fault,) = faults_of(geoms)
    mend = proposals(draft_of(geoms), fault)[0]
    mended = with_mend(geoms, mend)
    assert check(mended)["code"].tolist() == []
    assert shapely.coverage_is_valid(mended, gap_width=0.05)
    new = set(map(tuple, shapely.get_coordinates(mended).tolist())) - set(
        map(tuple, shapely.get_coordinates(geoms).tolist())
    )
    assert all(np.array_equal(np.round(point, 3), point) for point in new)


@given(st.integers(0, 2**32 - 1), st.lists(st.sampled_from(sorted(CODE_OF)), min_size=1, max_size=12))
@settings(max_examples=20)
def test_mending_all_of_them_ends_in_a_coverage(seed, kinds):
    rng = np.random.default_rng(seed)
    fabric = Fabric(rng)
    # anywhere, beside one another and on top of one another
    for row, kind in zip(rng.integers(0, 64, len(kinds)).tolist(), kinds, strict=True):
        fabric.plant(kind, row)
    geoms = fabric.geoms
    for _ in range(8):
        faults = check(geoms)
        if not len(faults):
            break
        drawn, _ = mend_all(draft_of(geoms), faults)
        geoms = geoms.copy()
        geoms[list(drawn.drawn)] = np.array(list(drawn.drawn.values()), dtype=object)
        geoms = np.array([shape for shape in geoms if shape is not None], dtype=object)
    assert len(check(geoms)) == 0
    assert shapely.coverage_is_valid(geoms)
