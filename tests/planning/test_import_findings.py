"""The checks of a file beyond validity, each against planted faults and an independent count by shapely."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.flat import FlatPolygons
from planning import importing
from planning.code_forms import exact_form, learned, loose_form
from planning.errors import Refused
from planning.findings import Incoming, Neighbourhood, findings
from planning.import_limits import ImportLimits
from tests.planning.incoming import ACTOR, coded, geojson, square


def staged(db, *rows, layer="parcels"):
    return importing.stage(db, geojson(*rows), "来件.geojson", layer)


def told(one):
    return [(each.code, each.rows, each.stored) for each in one.findings]


def test_every_planted_fault_is_found_once_with_its_rows_place_and_size(empty):
    importing.accept(empty, staged(empty, *coded(["YW-001", "YW-002", "YW-003"])), actor=ACTOR)
    sliver = shapely.union(square(3000), square(3000, 200, width=0.05, height=40))
    one = staged(
        empty,
        ({"code": "YW-101", "申报面积": 10_000}, square(0, 300)),
        ({"code": "YW-102", "申报面积": 9_000}, square(97, 300)),  # 3 m into its neighbour, and declared too small
        ({"code": "YW-103"}, square(1000, 300)),
        ({"code": "YW-104"}, square(1000, 300.004)),  # the same parcel, digitised again
        ({"code": "YW-105"}, square(250, 0)),  # half on the stored YW-002
        ({"code": "奇怪"}, square(2000, 300)),
        ({"code": "YW-107"}, sliver),
        ({"code": "YW-103"}, square(2500, 300)),
    )
    assert sorted(told(one)) == [
        ("area_differs", (2,), ()),
        ("code_format", (6,), ()),
        ("code_repeated", (8,), ()),
        ("overlap", (1, 2), ()),
        ("overlap_stored", (5,), ("YW-002",)),
        ("shape_twice", (3, 4), ()),
        ("sliver", (7,), ()),
    ]
    by_code = {each.code: each for each in one.findings}
    overlap = by_code["overlap"]
    common = shapely.intersection(square(0, 300), square(97, 300))
    assert overlap.size_m2 == pytest.approx(common.area)
    assert common.covers(shapely.Point(overlap.x, overlap.y))
    assert by_code["overlap_stored"].size_m2 == pytest.approx(5_000)
    assert by_code["shape_twice"].values["distance_m"] == 0.004
    assert by_code["sliver"].values == {"area_m2": 2.0, "width_m": pytest.approx(0.05, abs=0.001)}
    assert by_code["area_differs"].values["difference_m2"] == 1_000.0
    assert by_code["code_format"].values["pattern"] == "AA-999"
    assert one.clean_rows.tolist() == [6]


def test_neighbours_within_the_accuracy_of_boundary_points_do_not_overlap(empty):
    one = staged(empty, ({"code": "A"}, square(0)), ({"code": "B"}, square(99.95)))
    assert one.findings.counts == {}


def test_the_stored_row_of_the_same_code_is_not_held_against_a_file(empty):
    importing.accept(empty, staged(empty, *coded(["A", "B"])), actor=ACTOR)
    again = staged(empty, ({"code": "A"}, square(2)), ({"code": "C"}, square(60)))
    assert told(again) == [("code_in_use", (1,), ("A",)), ("overlap", (1, 2), ())]


def test_lines_and_points_are_checked_for_codes_alone(empty):
    line = shapely.LineString([(507000, 3243000), (507100, 3243000)])
    rows = [({"code": f"DL-{at}"}, shapely.affinity.translate(line, 0, at)) for at in range(5)]
    one = staged(empty, *rows, ({"code": "x"}, line), layer="roads")
    assert told(one) == [("code_format", (6,), ())]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 4), st.integers(1, 4)), min_size=1,
                max_size=9, unique_by=lambda box: box))  # fmt: skip
def test_overlaps_are_those_of_an_independent_count(boxes):
    shapes = np.array([square(10 * x, 10 * y, width=10 * w, height=10 * h) for x, y, w, h in boxes], dtype=object)
    half = len(shapes) // 2
    new, old = shapes[: len(shapes) - half], shapes[len(shapes) - half :]
    count = len(new)
    incoming = Incoming(
        np.arange(1, count + 1), np.array([f"N{at}" for at in range(count)], dtype=object), FlatPolygons.of(new),
        shapely.area(new), np.full(count, np.nan), np.ones(count, dtype=bool), shapely.bounds(new),
    )  # fmt: skip
    stored = Neighbourhood(np.array([f"S{at}" for at in range(half)], dtype=object), FlatPolygons.of(old), ())
    found = {
        (one.rows, one.stored): one.size_m2
        for one in findings(incoming, stored, limits=ImportLimits(pattern_rows=10**6))
    }
    expected = {}
    for left, right in itertools.combinations(range(len(shapes)), 2):
        area = shapely.intersection(shapes[left], shapes[right]).area
        if left < count and area > 0:
            inside = right < count
            expected[(left + 1, right + 1) if inside else (left + 1,), () if inside else (f"S{right - count}",)] = area
    assert found.keys() == expected.keys()
    assert all(found[key] == pytest.approx(area) for key, area in expected.items())


def test_the_form_of_codes_is_that_of_most():
    codes = ["YW-2026-001", "YW-2026-017", "YW-2026-120", "YW-2025-003", "临时"]
    form = learned(codes, least_share=0.8, least_codes=5)
    assert form is not None
    assert (form.pattern, [code for code in codes if not form.fits(code)]) == ("AA-9999-999", ["临时"])
    assert learned(codes[:4], least_share=0.8, least_codes=5) is None
    numbers = [str(10**at) for at in range(6)]
    loose = learned(numbers, least_share=0.8, least_codes=5)
    assert loose is not None
    assert loose.pattern == "9…"
    assert (exact_form("义A1b"), loose_form("AAA11")) == ("字A9a", "A…9…")


@pytest.mark.parametrize("layer", ["parcels", "constraints", "roads"])
@pytest.mark.parametrize("height", [350, 1_000])
def test_a_file_stacked_on_one_place_is_refused_before_its_pairs_are_made(empty, layer, height):
    """350 are found by what they have in common, 1,000 before that is asked."""

    def placed(at):
        box = square(3000, 200 * at)
        return shapely.LineString(shapely.get_coordinates(box)[:3]) if layer == "roads" else box

    tower = [({"code": f"T-{at:05}"}, placed(0)) for at in range(height)]
    beside = [({"code": f"B-{at:05}"}, placed(at + 1)) for at in range(20)]
    if (layer, height) == ("roads", 350):
        assert len(staged(empty, *beside, *tower, layer=layer).rows) == 370
        return
    with pytest.raises(Refused) as refused:
        staged(empty, *beside, *tower, layer=layer)
    fault = refused.value.faults[0]
    assert (fault.code, dict(fault.values)) == ("stacked_on_one_place", {"row": 21, "on": height - 1})


def test_the_flats_of_a_tower_are_told_of_pair_by_pair(empty):
    tower = [({"code": f"T-{at:05}"}, square(3000)) for at in range(30)]
    one = staged(empty, *tower)
    assert [each.code for each in one.findings] == ["shape_twice"] * 435


def test_strips_askew_are_no_stack(empty):
    strip = shapely.affinity.rotate(square(0, 0, width=1_000, height=10), 45, origin="center")
    step = np.array([-np.sin(np.pi / 4), np.cos(np.pi / 4)]) * 10.0
    rows = [({"code": f"S-{at:04}"}, shapely.transform(strip, lambda xy, at=at: xy + at * step)) for at in range(900)]  # type: ignore[misc]
    one = staged(empty, *rows)
    assert (len(one.rows), len(one.findings)) == (900, 0)
