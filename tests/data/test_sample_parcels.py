"""Reserve parcels: no overlaps, shared sides, in their town, and troublesome geometries that are there on purpose."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from layers.vocabulary import STAGES
from tests.data.sample_files import RULES, by_name, rows, shapes, table, union

MU_M2 = 2000 / 3


@pytest.fixture(scope="module")
def parcels() -> NDArray[Any]:
    return np.array(shapes("parcels"))


def noted(text: str) -> list[int]:
    return [index for index, row in enumerate(rows("parcels")) if row["note"] and text in row["note"]]


def test_there_are_three_to_four_hundred_in_many_blocks(parcels: NDArray[Any]) -> None:
    assert 300 <= len(parcels) <= 400
    assert len({row["park"] for row in rows("parcels")}) >= 12


def test_no_two_overlap(parcels: NDArray[Any]) -> None:
    left, right = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    pairs = left < right
    assert shapely.area(shapely.intersection(parcels[left[pairs]], parcels[right[pairs]])).max() == 0.0


def test_each_lies_inside_the_town_it_names() -> None:
    towns = by_name("towns")
    outside = [row["code"] for row, own in zip(rows("parcels"), shapes("parcels"), strict=True)
               if not towns[row["town"]][1].contains(own)]  # fmt: skip
    assert outside == []


def test_each_lies_inside_the_park_it_names() -> None:
    parks = by_name("parks")
    outside = [row["code"] for row, own in zip(rows("parcels"), shapes("parcels"), strict=True)
               if own.difference(parks[row["park"]][1]).area > 0.5]  # fmt: skip
    assert outside == []


def test_sizes_are_those_of_industrial_land(parcels: NDArray[Any]) -> None:
    mu = shapely.area(parcels) / MU_M2
    assert mu.min() >= 5
    assert np.mean((mu >= 20) & (mu <= 200)) > 0.75
    assert np.sum((mu >= 5) & (mu <= 15)) >= 8
    assert np.sum(mu > 300) >= 2
    # a grid would have a few sizes and two directions
    assert np.std(mu) > 30
    assert len(np.unique(np.round(directions(parcels)))) > 40


def directions(parcels: NDArray[Any]) -> NDArray[np.float64]:
    corners = shapely.get_coordinates(shapely.oriented_envelope(parcels)).reshape(-1, 5, 2)
    side = corners[:, 1] - corners[:, 0]
    return np.asarray(np.degrees(np.arctan2(side[:, 1], side[:, 0])) % 90, dtype=np.float64)


def test_most_neighbours_share_exactly_the_same_vertices(parcels: NDArray[Any]) -> None:
    left, right = shapely.STRtree(parcels).query(parcels, predicate="touches")
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a < b]
    shared = [(a, b) for a, b in pairs if shapely.length(shapely.intersection(parcels[a], parcels[b])) > 1.0]
    assert len(shared) > 200

    def segments(polygon: Any) -> set[frozenset[tuple[float, float]]]:
        return {
            frozenset(pair)
            for part in shapely.get_parts(polygon)
            for ring in (part.exterior, *part.interiors)
            for pair in zip(ring.coords, ring.coords[1:], strict=False)
        }

    exact = [pair for pair in shared if segments(parcels[pair[0]]) & segments(parcels[pair[1]])]
    assert len(exact) > 0.9 * len(shared)


def test_some_sides_have_other_vertices_than_the_neighbours(parcels: NDArray[Any]) -> None:
    loose = noted("同边不同点")
    assert len(loose) >= 10
    tree = shapely.STRtree(parcels)
    for index in loose:
        beside = [k for k in tree.query(parcels[index].buffer(0.01), predicate="intersects") if k != index]
        own = {tuple(point) for point in shapely.get_coordinates(parcels[index])}
        theirs = {tuple(point) for k in beside for point in shapely.get_coordinates(parcels[k])} - own
        ring = parcels[index].exterior
        assert any(ring.distance(shapely.Point(point)) < 0.003 for point in theirs), index


def test_holes_and_parts_are_there_and_noted(parcels: NDArray[Any]) -> None:
    holed = [k for k, own in enumerate(parcels) if any(part.interiors for part in shapely.get_parts(own))]
    assert holed == noted("（洞）")
    assert 4 <= len(holed) <= 6
    parted = [k for k, own in enumerate(parcels) if len(shapely.get_parts(own)) > 1]
    assert parted == noted("两部分一宗")
    assert 4 <= len(parted) <= 6


@pytest.mark.parametrize("gap_m", [0.005, 0.02, 0.08, 0.15, 0.3, 0.5])
def test_two_neighbours_stand_apart_by_the_noted_gap(parcels: NDArray[Any], gap_m: float) -> None:
    pair = [index for index, row in enumerate(rows("parcels")) if row["note"] == f"与邻宗留缝 {gap_m:g} m"]
    assert len(pair) == 2
    assert shapely.distance(parcels[pair[0]], parcels[pair[1]]) == pytest.approx(gap_m, abs=0.0021)


def test_between_fourteen_and_twenty_lie_over_a_red_line(parcels: NDArray[Any]) -> None:
    red = shapely.union_all([union("constraints", kind="farmland"), union("constraints", kind="ecology")])
    over = shapely.area(shapely.intersection(parcels, red)) > 1.0
    assert 14 <= over.sum() <= 20


def test_all_stages_occur_and_later_stages_have_a_date() -> None:
    stages = [row["stage"] for row in rows("parcels")]
    assert set(stages) == set(STAGES)
    for row in rows("parcels"):
        assert (row["ready_date"] is None) == (row["stage"] in {"conceived", "intended"})
        if row["ready_date"] is not None:
            assert date(2020, 1, 1) <= date.fromisoformat(row["ready_date"]) <= date(2023, 12, 31)


def test_about_six_in_ten_have_a_base_cluster_of_the_list() -> None:
    clusters = [row["cluster"] for row in rows("parcels")]
    assert {code for code in clusters if code} <= {row["code"] for row in table(RULES / "clusters.csv")}
    assert 0.52 < sum(code is not None for code in clusters) / len(clusters) < 0.68


def test_land_use_codes_are_of_the_list_and_control_values_are_in_order() -> None:
    codes = {row["code"] for row in table(RULES / "land_codes.csv") if row["scheme"] == "2023"}
    for row in rows("parcels"):
        assert row["land_use"] in codes
        assert row["land_use_scheme"] == "2023"
        assert row["far_max"] > row["far_min"]
        assert row["density_max"] is None or row["density_max"] > row["density_min"]
        assert row["land_use"] != "100103" or row["protection_distance_m"] == 100.0


def test_declared_areas_are_near_the_drawn_ones(parcels: NDArray[Any]) -> None:
    declared = np.array([row["declared_area_m2"] for row in rows("parcels")])
    assert np.abs(declared / shapely.area(parcels) - 1).max() < 0.0025
