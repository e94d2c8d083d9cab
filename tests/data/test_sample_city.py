"""The city round the parcels: towns without gaps, roads that really meet, named places where their names say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import Point

from tests.data.sample_files import SAMPLE, by_name, rows, shapes, table, union

TOWN_POINTS = {
    "稠城街道": (120.0943, 29.3235), "福田街道": (120.1424, 29.3702), "江东街道": (120.1122, 29.2792),
    "稠江街道": (120.0201, 29.2732), "北苑街道": (120.0517, 29.3307), "后宅街道": (120.0421, 29.3977),
    "城西街道": (119.9776, 29.3092), "廿三里街道": (120.2055, 29.3499), "上溪镇": (119.8952, 29.3092),
    "义亭镇": (119.957, 29.2217), "佛堂镇": (120.0243, 29.1989), "赤岸镇": (120.0174, 29.1114),
    "苏溪镇": (120.1781, 29.4205), "大陈镇": (120.1808, 29.4814),
}  # fmt: skip


def test_eight_subdistricts_and_six_towns_cover_about_the_published_area() -> None:
    kinds = [row["kind"] for row in rows("towns")]
    assert (kinds.count("subdistrict"), kinds.count("town")) == (8, 6)
    assert shapely.area(np.array(shapes("towns"))).sum() / 1e6 == pytest.approx(1105.46, rel=0.01)
    assert all(row["note"] == "示意，非法定界线" for row in rows("towns"))


def test_towns_fit_without_gap_or_overlap() -> None:
    cells = np.array(shapes("towns"))
    assert shapely.coverage_is_valid(cells)
    whole = shapely.union_all(cells)
    assert shapely.get_num_interior_rings(whole) == 0
    assert shapely.area(whole) == pytest.approx(shapely.area(cells).sum(), abs=0.01)


def test_each_town_holds_its_public_point_and_no_other() -> None:
    to_metres = Transformer.from_crs(4490, 4549, always_xy=True)
    for name, (_, cell) in by_name("towns").items():
        inside = [town for town, lonlat in TOWN_POINTS.items() if cell.contains(Point(to_metres.transform(*lonlat)))]
        assert inside == [name]


@pytest.mark.parametrize(
    ("road", "end", "street"),
    [
        ("武岩北路", 0, "诚信大道"),
        ("武岩北路", -1, "竺阳路"),
        ("同泽路", 0, "芳菲路"),
        ("同泽路", -1, "五联路"),
        ("芳菲路", 0, "五洲大道"),
        ("芳菲路", -1, "同泽路"),
    ],
)
def test_a_named_road_ends_at_a_vertex_of_its_end_street(road: str, end: int, street: str) -> None:
    roads = by_name("roads")
    row, line = roads[road]
    assert row["from_street" if end == 0 else "to_street"] == street
    assert line.coords[end] in list(roads[street][1].coords)


def test_tongze_starts_exactly_where_fangfei_ends() -> None:
    roads = by_name("roads")
    assert roads["同泽路"][1].coords[0] == roads["芳菲路"][1].coords[-1]


def test_the_four_roads_of_the_year_are_under_construction_and_open_within_it() -> None:
    roads = by_name("roads")
    for name in ("武岩北路", "铜山路", "同泽路", "芳菲路"):
        assert (roads[name][0]["state"], roads[name][0]["opening"]) == ("construction", "年内竣工通车")
    for name in ("诚信大道", "竺阳路", "五联路", "五洲大道"):
        assert (roads[name][0]["state"], roads[name][0]["road_class"]) == ("built", "arterial")
    assert (roads["铜山路"][0]["from_street"], roads["铜山路"][0]["to_street"]) == ("未载明", "未载明")
    touched = [name for name, (_, line) in roads.items() if line.distance(Point(roads["铜山路"][1].coords[0])) < 0.01]
    touched += [name for name, (_, line) in roads.items() if line.distance(Point(roads["铜山路"][1].coords[-1])) < 0.01]
    assert {name for name in touched if not name.startswith("示例")} == {"铜山路"}


def test_roads_that_cross_share_a_vertex_there() -> None:
    lines = np.array(shapes("roads"))
    vertices = [{tuple(point) for point in shapely.get_coordinates(line)} for line in lines]
    left, right = shapely.STRtree(lines).query(lines, predicate="crosses")
    unshared = [(rows("roads")[a]["name"], rows("roads")[b]["name"]) for a, b in zip(left, right, strict=True)
                if a < b and not vertices[a] & vertices[b]]  # fmt: skip
    assert len(left) > 500
    assert unshared == []


def test_the_network_has_all_classes_and_states_and_is_no_grid() -> None:
    assert {row["state"] for row in rows("roads")} == {"built", "construction", "planned"}
    assert {"motorway", "arterial", "collector", "local"} <= {row["road_class"] for row in rows("roads")}
    assert all(shapely.is_simple(np.array(shapes("roads"))))
    turning = [
        np.unwrap([np.arctan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(line.coords)])
        for line in shapes("roads")
        if line.length > 2000
    ]
    bends = np.degrees([angles.max() - angles.min() for angles in turning])
    assert np.median(bends) > 15


def test_parks_lie_in_the_towns_that_their_names_say() -> None:
    towns, parks = by_name("towns"), by_name("parks")
    for name, town in (("城西针织产业园(原琳多地块)", "城西街道"), ("稠江崇山产业园", "稠江街道")):
        assert parks[name][0]["town"] == town
    for row, outline in parks.values():
        assert outline.difference(towns[row["town"]][1]).area < 1.0, row["name"]


def test_parks_do_not_overlap() -> None:
    outlines = np.array(shapes("parks"))
    left, right = shapely.STRtree(outlines).query(outlines, predicate="intersects")
    apart = left < right
    assert shapely.area(shapely.intersection(outlines[left[apart]], outlines[right[apart]])).sum() < 1.0


@pytest.mark.parametrize(
    ("name", "state", "milestone"),
    [
        ("城西针织产业园(原琳多地块)", "operating", "年内投入使用"),
        ("表面处理环保产业园", "operating", "年内投入使用"),
        ("稠江崇山产业园", "completed", "年内完工"),
        ("高科技产业园", "starting", "年内开工建设"),
        ("义乌市数字经济产业园", "starting", "年内开工建设"),
    ],
)
def test_new_parks_carry_the_milestone_of_the_source(name: str, state: str, milestone: str) -> None:
    row, _ = by_name("parks")[name]
    assert (row["state"], row["milestone"]) == (state, milestone)


@pytest.mark.parametrize(
    ("name", "kind", "state", "town"),
    [
        ("高新区小学", "school", "topped_out", ""),
        ("育才学校", "school", "topped_out", ""),
        ("义亭中学改扩建工程", "school", "topped_out", "义亭镇"),
        ("新社区久府西侧集聚项目", "housing", "structure_done", ""),
        ("新社区集聚江湾一期项目", "housing", "structure_done", "稠江街道"),
        ("赤岸人才房项目", "talent_housing", "structure_done", "赤岸镇"),
        ("高新区人才社区项目", "talent_housing", "starting", ""),
        ("义乌市绿色动力小镇盐塘居住项目", "housing", "construction", ""),
    ],
)
def test_schools_and_housing_stand_in_their_town_with_their_milestone(
    name: str, kind: str, state: str, town: str
) -> None:
    row, point = by_name("facilities")[name]
    assert (row["kind"], row["state"]) == (kind, state)
    assert not town or row["town"] == town
    assert by_name("towns")[row["town"]][1].contains(point)
    assert town or "来源未载明所在镇街" in row["note"]


def test_no_school_or_home_stands_in_water_or_in_a_park() -> None:
    taken = shapely.union_all([union("landscape", kind="water"), shapely.union_all(shapes("parks"))])
    assert not any(taken.contains(point) for point in shapes("facilities"))


def test_rivers_and_hills_are_where_no_parcel_is() -> None:
    wet = union("landscape", kind="water")
    assert shapely.area(shapely.intersection(np.array(shapes("parcels")), wet)).max() == 0.0


def test_every_constraint_names_its_basis() -> None:
    kinds = {row["kind"] for row in rows("constraints")}
    assert kinds == {"farmland", "ecology", "growth_boundary", "protection", "river"}
    assert all(row["basis"] and "示例" in row["note"] for row in rows("constraints"))


def test_surface_treatment_has_a_belt_of_a_hundred_metres() -> None:
    works = shapely.union_all(
        [
            own
            for row, own in zip(rows("parcels"), shapes("parcels"), strict=True)
            if row["park"] == "表面处理环保产业园"
        ]
    )
    belt = union("constraints", name="示例卫生防护距离-01")
    assert shapely.hausdorff_distance(shapely.union_all([works, belt]).boundary, works.boundary) == pytest.approx(
        100, abs=6
    )


def test_power_sites_add_up_to_the_power_register() -> None:
    named = [row for row in rows("power_sites") if row["invested_wan"]]
    assert sum(row["invested_wan"] for row in named) == 550
    assert sum(row["planned_wan"] for row in named) == 200
    assert {row["park"] for row in named} == {row["park"] for row in table(SAMPLE / "power.csv")}
