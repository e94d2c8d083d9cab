"""Judging parcels that are stored: the levels, the causes, the land to the last hundredth, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planning import assigning, rule_book, ruling
from planning.errors import Refused
from tests.planning.board import DRAFT, LI, add

EAST, SOUTH = 500_000.0, 3_240_000.0


def things(db, layer, kind, geom, **more):
    column = "road_class" if layer == "roads" else "kind"
    frame = gpd.GeoDataFrame({"code": ["X1"], "name": ["某物"], column: [kind], **more}, geometry=[geom], crs=4549)
    return add(db, frame, layer)


def box(west, south, east, north):
    return shapely.box(EAST + west, SOUTH + south, EAST + east, SOUTH + north)


@pytest.fixture
def state(atlas):
    return lambda: atlas.scenario(DRAFT)


def test_nothing_stands_against_open_land(atlas, state):
    found = ruling.judge(atlas, state(), [4, 5], "digital")
    assert found.rows == ()
    assert found.level_of([4, 5]).tolist() == ["", ""]


def test_an_overlap_is_told_with_rule_basis_cause_and_exact_land(db, atlas, state):
    things(db, "constraints", "farmland", box(333.333, -50.0, 361.789, 40.0))
    found = ruling.judge(atlas, state(), [4, 5], "digital")
    (row,) = found.rows
    assert (row.parcel_id, row.code, row.level) == (4, "P03", "forbidden")
    assert (row.rule.code, row.rule.version) == ("CT-038", 1)
    assert row.rule.basis.startswith("《基本农田保护条例》")
    assert (row.cause.layer, row.cause.code, row.cause.name, row.cause.kind) == (
        "constraints", "X1", "某物", "farmland",
    )  # fmt: skip
    # 28.456 m by 40 m, worked out in decimals
    assert row.area_m2 == Decimal("1138.24")
    assert found.level_of([4, 5]).tolist() == ["forbidden", ""]
    assert found.at("forbidden").tolist() == [4]


def test_slanting_overlaps_are_exact_to_a_hundredth_of_a_square_metre(db, atlas, state):
    """Random triangles of red line over the board: the shoelace formula in exact fractions says how much."""
    rng = np.random.default_rng(11)
    corners = rng.integers(0, 100_000, (40, 3, 2)) / 1000.0 + [300.0, 0.0]
    areas = {}
    for at, three in enumerate(corners):
        (x0, y0), (x1, y1), (x2, y2) = [(Decimal(str(x)), Decimal(str(y))) for x, y in three.round(3).tolist()]
        areas[f"T{at:02}"] = abs((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
    frame = gpd.GeoDataFrame(
        {"code": list(areas), "kind": "ecology"},
        geometry=[shapely.Polygon(np.add(three, [EAST, SOUTH])) for three in corners],
        crs=4549,
    )
    add(db, frame, "constraints")
    found = ruling.judge(atlas, state(), [4], "digital")
    assert len(found.rows) == sum(area >= 1 for area in areas.values())
    for row in found.rows:
        assert abs(row.area_m2 - areas[row.cause.code]) <= Decimal("0.01"), row.cause.code


def test_what_two_drawings_leave_between_them_is_not_told(db, atlas, state):
    things(db, "constraints", "farmland", box(399.995, 0.0, 500.0, 100.0))
    assert [row.parcel_id for row in ruling.judge(atlas, state(), [4, 5], "digital").rows] == [5]


def test_land_beyond_the_growth_boundary_wants_a_reason(db, atlas, state):
    things(db, "constraints", "growth_boundary", box(-10.0, -10.0, 325.5, 110.0))
    found = ruling.judge(atlas, state(), [3, 4, 5], "digital")
    assert found.level_of([3, 4, 5]).tolist() == ["", "justify", "justify"]
    assert [row.area_m2 for row in found.rows] == [Decimal("7450.00"), Decimal("10000.00")]


def test_the_width_of_a_road_counts_from_its_edge(db, atlas, state):
    line = shapely.LineString([(EAST + 440.0, SOUTH - 500.0), (EAST + 440.0, SOUTH + 500.0)])
    things(db, "roads", "motorway", line, width_m=[70.0])
    # 35 m of carriageway and verge, 30 m of control beside it: from 375 to 505
    found = ruling.judge(atlas, state(), [4, 5, 6], "digital")
    assert [(row.code, row.area_m2) for row in found.rows_at("forbidden")] == [
        ("P03", Decimal("2500.00")), ("P04", Decimal("10000.00")), ("P05", Decimal("500.00")),
    ]  # fmt: skip


def test_painting_beside_what_is_painted_is_judged_by_what_the_scenario_shows(db, atlas, state):
    # the base has chips, chips, health: plating beside health is forbidden, beside chips to be justified
    assert ruling.judge(atlas, state(), [4], "surface").level_of([4]).tolist() == ["forbidden"]
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[3], cluster="digital")
    assert ruling.judge(atlas, state(), [4], "surface").level_of([4]).tolist() == [""]


def test_parcels_painted_together_are_neighbours_as_they_will_stand(atlas, state):
    both = ruling.judge(atlas, state(), [3, 4], "surface")
    assert {row.cause.code for row in both.rows} == {"P01"}
    assert "forbidden" not in both.level_of([3, 4]).tolist()


def test_a_rule_of_two_clusters_holds_whichever_is_painted_last(db, atlas, state):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[8], cluster="surface", reason="试点")
    (row,) = ruling.judge(atlas, state(), [7], "health").rows
    assert (row.level, row.rule.code, row.cause.layer, row.cause.code) == ("forbidden", "CT-008", "clusters", "P07")
    assert row.area_m2 == Decimal("10000.00")


def test_without_a_cluster_each_is_judged_by_the_one_it_has(db, atlas, state):
    things(db, "constraints", "farmland", box(-50.0, 0.0, 1_000.0, 10.0))
    found = ruling.judge(atlas, state(), [1, 2, 3, 4], None)
    assert {row.parcel_id for row in found.rows_at("forbidden")} == {1, 2, 3}
    assert {row.cluster for row in found.rows} == {"chips", "health"}


def test_an_edit_of_layers_or_rules_is_seen_at_once(db, atlas, state):
    assert not ruling.judge(atlas, state(), [4], "digital").rows
    things(db, "constraints", "ecology", box(300.0, 0.0, 310.0, 100.0))
    assert ruling.judge(atlas, state(), [4], "digital").level_of([4]).tolist() == ["forbidden"]
    rule = replace(rule_book.book(db).rule("CT-039"), level="notice")
    rule_book.edit(db, actor=LI, rules=[rule], why="试行")
    found = ruling.judge(atlas, state(), [4], "digital")
    assert (found.level_of([4]).tolist(), found.rows[0].rule.version) == (["notice"], 2)


def test_an_old_judgement_can_be_made_again(db, atlas, state):
    things(db, "constraints", "ecology", box(300.0, 0.0, 310.0, 100.0))
    before = ruling.judge(atlas, state(), [4], "digital")
    rule_book.edit(db, actor=LI, rules=[replace(rule_book.book(db).rule("CT-039"), on=False)], why="试行")
    assert not ruling.judge(atlas, state(), [4], "digital").rows
    again = ruling.judge(atlas, state(), [4], "digital", book=rule_book.book(db, as_of=before.book))
    assert [(row.level, row.rule, row.cause, row.area_m2) for row in again.rows] == [
        (row.level, row.rule, row.cause, row.area_m2) for row in before.rows
    ]


def test_what_is_clean_alone_is_painted_and_stays_clean(db, atlas, state):
    things(db, "constraints", "farmland", box(600.0, 0.0, 650.0, 100.0))
    free = ruling.clean_part(atlas, state(), [6, 7, 8], "digital")
    assert free.tolist() == [6, 8]
    assert not ruling.judge(atlas, state(), free, "digital").rows


def test_the_conflict_as_an_area_parts_what_stands_against_from_what_does_not(db, atlas, state):
    things(db, "constraints", "farmland", box(340.0, -20.0, 460.0, 50.0))
    found = ruling.judge(atlas, state(), [4, 5], "digital")
    area = ruling.conflict_area(atlas, found.rows)
    lots = atlas.parcels().geoms[atlas.parcels().row_of([4, 5])]
    assert shapely.area(shapely.intersection(lots, area)).tolist() == pytest.approx([3_000.0, 3_000.0])


def test_pairs_that_may_not_touch_come_from_the_same_book(db, atlas, state):
    pairs = ruling.forbidden_pairs(atlas, state(), ["surface", "health", "chips", "digital"])
    assert pairs == (("health", "surface", 100.0),)
    rule_book.edit(db, actor=LI, rules=[replace(rule_book.book(db).rule("CT-008"), distance_m=150.0)], why="环评批复")
    assert ruling.forbidden_pairs(atlas, state(), ["surface", "health"]) == (("health", "surface", 150.0),)


def test_an_unknown_parcel_is_refused(atlas, state):
    with pytest.raises(Refused):
        ruling.judge(atlas, state(), [999], "digital")
