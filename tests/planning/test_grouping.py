"""Blocks and groups of parcels as a planner asks for them, on a board whose answers are seen at a glance."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import LineString, box

from planning.atlas import Atlas
from planning.blocks import find_blocks, outline_of
from planning.errors import Refused
from planning.grouping import Asked, explain, search_groups
from planning.joining import Joining
from planning.seeding import create
from tests.fabric import made_town
from tests.planning.board import LI, add

EAST, NORTH = 500_000.0, 3_240_000.0
MU_EACH = Decimal(15)  # 100 m × 100 m

#   D   E         y 220..320, north of the trunk road; E's stage is another
#  ====== trunk   y 200..220
#   A   B | C     y 100..200, C across a brook of 10 m
#  ~~~~~~~~~~~~   frontage road south, y 80
SITES = {
    "A": (box(0, 100, 100, 200), "ready", "2025-03-31", "chips"),
    "B": (box(100, 100, 200, 200), "ready", "2025-12-31", "equipment"),
    "C": (box(210, 100, 310, 200), "ready", None, "digital"),
    "D": (box(0, 220, 100, 320), "ready", "2025-06-30", None),
    "E": (box(100, 220, 200, 320), "reserved", "2027-06-30", "chips"),
    "F": (box(900, 900, 1000, 1000), "supplied", "2020-01-01", None),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    db = create(f"sqlite:///{tmp_path_factory.mktemp('groups') / 'town.sqlite'}", actor=LI)
    columns = dict(
        zip(("stage", "ready_date", "cluster"), zip(*(site[1:] for site in SITES.values()), strict=True), strict=True)
    )
    add(db, placed({"code": list(SITES), "name": list(SITES), **columns}, [site[0] for site in SITES.values()]))
    lines = [LineString([(-50, 210), (400, 210)]), LineString([(-50, 80), (150, 80)])]
    roads = {"code": ["R1", "R2"], "name": ["快速路", "南路"], "state": "built", "road_class": ["trunk", "local"],
             "width_m": [20.0, 20.0]}  # fmt: skip
    add(db, placed(roads, lines), "roads")
    add(db, placed({"code": ["W"], "name": ["小河"], "kind": "river"}, [box(202, 50, 208, 205)]), "constraints")
    yield Atlas(db)
    db.close()


def placed(columns, geoms):
    geometry = shapely.transform(np.array(geoms, dtype=object), lambda xy: xy + np.array((EAST, NORTH)))
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=4549)


def names(atlas, ids):
    parcels = atlas.parcels()
    return "".join(sorted(parcels.codes[parcels.row_of(list(ids))].tolist()))


def answers(atlas, asked):
    found = search_groups(atlas, atlas.scenario(1), asked)
    assert found.is_proven
    assert found.in_answers + sum(reason.parcels for reason in found.reasons) == len(SITES)
    return [names(atlas, one.block.ids) for one in found.answers]


def reasons(atlas, asked):
    found = search_groups(atlas, atlas.scenario(1), asked)
    return {name: reason.code for reason in found.reasons for name in names(atlas, reason.examples)}


def why(atlas, asked, code):
    return explain(atlas, atlas.scenario(1), asked, atlas.parcels().id_of_code[code])


def blocks(atlas, joining, **options):
    return [names(atlas, one.ids) for one in find_blocks(atlas, atlas.scenario(1), joining, **options)]


def test_blocks_grow_with_the_gap_and_are_cut_by_roads_and_water(town):
    assert blocks(town, Joining()) == ["AB", "DE", "C", "F"]
    assert blocks(town, Joining(gap_m=12.0)) == ["ABC", "DE", "F"]
    assert blocks(town, Joining(gap_m=20.0)) == ["ABCDE", "F"]
    assert blocks(town, Joining(gap_m=20.0, not_across=("trunk",))) == ["ABC", "DE", "F"]
    assert blocks(town, Joining(gap_m=20.0, not_across_water=True)) == ["ABDE", "C", "F"]
    assert blocks(town, Joining(gap_m=20.0, same_stage=True)) == ["ABCD", "E", "F"]
    assert blocks(town, Joining(gap_m=20.0), least_mu=Decimal("15.01")) == ["ABCDE"]


def test_clusters_that_a_rule_parts_are_no_neighbours_in_a_block(town):
    # 高端装备 next to 芯片: 振动影响洁净生产, 需论证 within 50 m
    assert blocks(town, Joining(clusters="compatible")) == ["DE", "A", "B", "C", "F"]
    assert blocks(town, Joining(clusters="same")) == ["A", "B", "C", "D", "E", "F"]


def test_a_block_tells_its_sums(town):
    whole = find_blocks(town, town.scenario(1), Joining(gap_m=12.0))[0]
    assert (whole.area.m2, whole.area.mu) == (Decimal("30000.00"), 3 * MU_EACH)
    assert whole.perimeter_m == pytest.approx(1000.0)  # AB together 600, C 400
    assert whole.polsby_popper == pytest.approx(4 * np.pi * 30_000 / 1_000**2)
    assert whole.isoperimetric_ratio == pytest.approx(2 * np.sqrt(np.pi * 30_000) / 1_000)
    # north on the trunk road (its edge is at the boundary); south on the local road, which ends half way along B
    assert dict(whole.frontage_m) == pytest.approx({"trunk": 300.0, "local": 150.0})
    assert (whole.ready_date, whole.undated) == ("2025-12-31", 1)


def test_the_outline_of_a_block_closes_its_gaps(town):
    ids = find_blocks(town, town.scenario(1), Joining(gap_m=12.0))[0].ids
    closed = outline_of(town, ids, gap_m=12.0)
    assert shapely.get_num_geometries(closed) == 1
    assert shapely.area(closed) == pytest.approx(31_000.0, abs=0.1)
    assert shapely.area(outline_of(town, ids)) == pytest.approx(30_000.0, abs=0.1)


def test_the_smallest_enough_group_comes_first(town):
    open_ = Asked(Decimal(30), 3, stages=("ready", "reserved"))
    assert sorted(answers(town, open_)) == ["AB", "AD", "AE", "BC", "BD", "BE", "DE"]
    first = search_groups(town, town.scenario(1), open_).answers
    assert {names(town, one.block.ids) for one in first[:2]} == {"AB", "DE"}  # one edge of 100 m each: most compact
    assert [one.surplus_mu for one in first] == [Decimal(0)] * 7
    assert answers(town, Asked(Decimal("30.01"), 2)) == []
    assert answers(town, Asked(Decimal(15), 3)) == ["A", "B", "C", "D", "E"]


def test_a_road_that_cuts_is_told_with_its_name(town):
    asked = Asked(Decimal(45), 3, joining=Joining(gap_m=20.0, not_across=("trunk",)))
    assert answers(town, asked) == ["ABC"]
    assert reasons(town, asked) == {"D": "cut", "E": "cut", "F": "stage"}
    told = why(town, asked, "D")
    assert [one.name for one in told.barriers] == ["快速路"]
    assert "D" in names(town, told.with_ids)
    assert told.largest is not None
    assert told.largest.mu == 2 * MU_EACH
    assert why(town, asked, "A").code is None


def test_a_river_that_cuts_is_told_with_its_name(town):
    asked = Asked(Decimal(30), 2, joining=Joining(gap_m=12.0, not_across_water=True))
    assert answers(town, asked) == ["AB", "DE"]
    assert [one.name for one in why(town, asked, "C").barriers] == ["小河"]


def test_who_is_not_ready_and_who_waits_for_a_neighbour(town):
    asked = Asked(Decimal(30), 2, ready_by=date(2026, 1, 1), joining=Joining())
    assert answers(town, asked) == ["AB"]
    assert reasons(town, asked) == {"C": "undated", "D": "waits", "E": "not_ready", "F": "stage"}
    told = why(town, asked, "D")
    assert (told.ready_date, names(town, told.waits_for)) == ("2027-06-30", "E")
    assert why(town, asked, "E").ready_date == "2027-06-30"


def test_frontage_is_summed_and_told_when_short(town):
    asked = Asked(Decimal(30), 2, least_frontage_m=140.0, frontage_on=("local",), joining=Joining(gap_m=12.0))
    assert answers(town, asked) == ["AB"]
    assert reasons(town, asked) == {"C": "frontage", "D": "frontage", "E": "frontage", "F": "stage"}
    assert why(town, asked, "C").longest_m == pytest.approx(50.0)
    assert why(town, asked, "D").longest_m == pytest.approx(0.0)


def test_too_small_says_what_it_comes_to_and_how_many_it_would_take(town):
    asked = Asked(Decimal(60), 3, joining=Joining(gap_m=20.0))
    assert answers(town, asked) == []
    told = why(town, asked, "A")
    assert (told.code, told.needed) == ("too_small", 4)
    assert told.largest is not None
    assert told.largest.mu == 3 * MU_EACH
    all_of_it = why(town, Asked(Decimal(100), 3, joining=Joining(gap_m=20.0)), "A")
    assert all_of_it.whole is not None
    assert (all_of_it.needed, all_of_it.whole.mu) == (None, 5 * MU_EACH)


def test_stage_and_cluster_that_part_are_told(town):
    apart = Asked(Decimal(30), 2, joining=Joining(same_stage=True))
    assert reasons(town, apart)["D"] == "stages_differ"
    parted = Asked(Decimal(30), 2, joining=Joining(clusters="compatible"))
    assert answers(town, parted) == ["DE"]
    assert reasons(town, parted)["A"] == "clusters_differ"
    assert reasons(town, Asked(Decimal(15), 1, clusters=("chips",)))["B"] == "cluster"


def test_what_only_tags_along_or_goes_over_the_most_is_told(town):
    asked = Asked(Decimal(20), 3, most_mu=Decimal(29), joining=Joining())
    counts = {one.code: one.parcels for one in search_groups(town, town.scenario(1), asked).reasons}
    assert counts == {"overshoots": 4, "too_small": 1, "stage": 1}
    assert reasons(town, Asked(Decimal(15), 2, stages=("ready",), joining=Joining(gap_m=12.0)))["E"] == "stage"
    assert reasons(town, Asked(Decimal(10), 1, most_mu=Decimal(14)))["A"] == "too_large"


@pytest.mark.parametrize("least", [20, 32, 60])
def test_each_parcel_is_explained_as_it_was_counted(tmp_path, least):
    atlas = Atlas(made_town(tmp_path / "town.sqlite", columns=6, rows=5))
    asked = Asked(Decimal(least), 3, most_mu=Decimal(least + 6), least_frontage_m=20.0,
                  joining=Joining(same_stage=least == 20))  # fmt: skip
    found = search_groups(atlas, atlas.scenario(1), asked)
    codes = [explain(atlas, atlas.scenario(1), asked, one).code for one in atlas.parcels().ids.tolist()]
    assert {code: codes.count(code) for code in codes if code} == {one.code: one.parcels for one in found.reasons}
    assert codes.count(None) == found.in_answers
    atlas.db.close()


def test_everything_that_is_wrong_is_told_at_once(town):
    wrong = Asked(Decimal(0), 99, least_frontage_m=-1.0, stages=("nowhere",), frontage_on=("canal",),
                  joining=Joining(gap_m=-1.0, clusters="some", not_across=("canal",)))  # fmt: skip
    with pytest.raises(Refused) as refused:
        search_groups(town, town.scenario(1), wrong)
    assert {fault.code for fault in refused.value.faults} == {
        "area_not_positive", "group_size_out_of_range", "frontage_out_of_range", "unknown_stage", "unknown_road_class",
        "gap_out_of_range", "unknown_cluster_rule",
    }  # fmt: skip


def test_an_empty_database_has_no_land(tmp_path):
    db = create(f"sqlite:///{tmp_path / 'empty.sqlite'}", actor=LI)
    atlas = Atlas(db)
    assert find_blocks(atlas, atlas.scenario(1), Joining()) == ()
    assert search_groups(atlas, atlas.scenario(1), Asked(Decimal(10))).answers == ()
    db.close()
