"""Schools, housing and power: the named ones, in the towns that their names say, with the source's own milestones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon

from data.sample.blocks import Block
from data.sample.drawing import Point, at, snap
from data.sample.reserve import Lot
from data.sample.sites import NAME_ONLY, PLACED
from data.sample.writing import Feature


@dataclass(frozen=True, slots=True)
class Facility:
    """One school or housing project."""

    name: str
    kind: str
    state: str
    milestone: str
    town: str
    near_km: Point
    note: str


FACILITIES: Final = (
    Facility("高新区小学", "school", "topped_out", "年内主体结顶", "苏溪镇", (17.7, 15.3), NAME_ONLY),
    Facility("育才学校", "school", "topped_out", "年内主体结顶", "北苑街道", (6.0, 6.4), NAME_ONLY),
    Facility("义亭中学改扩建工程", "school", "topped_out", "年内主体结顶", "义亭镇", (-4.6, -6.3), PLACED),
    Facility(
        "新社区久府西侧集聚项目", "housing", "structure_done", "年内完成主体工程", "稠城街道", (8.9, 6.3), NAME_ONLY),
    Facility(
        "新社区集聚江湾一期项目", "housing", "structure_done", "年内完成主体工程", "稠江街道", (3.5, -2.3), PLACED),
    Facility("赤岸人才房项目", "talent_housing", "structure_done", "年内完成主体工程", "赤岸镇", (1.5, -18.0), PLACED),
    Facility("高新区人才社区项目", "talent_housing", "starting", "年内开工建设", "苏溪镇", (15.9, 15.4), NAME_ONLY),
    Facility("义乌市绿色动力小镇盐塘居住项目", "housing", "construction", "", "义亭镇", (-3.6, -5.3),
             "位置示意；见于图片说明「建设工程」，来源未载明所在镇街与节点"),
)  # fmt: skip

# the two parks whose power works the source names; only the two sums are known, the halves are invented
POWER_SITES: Final = (
    ("稠江崇山产业园", 300.0, 110.0, "配电房与电线敷设"),
    ("芯片产业园", 250.0, 90.0, "配电房与电线敷设"),
)
POWER_NOTE: Final = "位置示意；分摊为示例，仅两园合计有出处（已投资 550 余万元，计划 200 万元）；容量来源未载明"


def facility_features(
    towns: Mapping[str, Polygon], every: Sequence[Block], site_blocks: Mapping[str, Sequence[Block]]
) -> list[Feature]:
    """Return the facilities as points, each in the middle of the nearest block to where it is wanted, outside parks."""
    industrial = {id(block) for chosen in site_blocks.values() for block in chosen}
    free = [block for block in every if id(block) not in industrial and 8_000 < block.land.area < 900_000]
    features = []
    for number, facility in enumerate(FACILITIES, 1):
        inside = [block for block in free if towns[facility.town].contains(block.land)]
        wanted = at(facility.near_km)
        block = min(
            inside,
            key=lambda one: (round(math.dist((one.land.centroid.x, one.land.centroid.y), wanted), 1), one.land.bounds),
        )
        free.remove(block)
        features.append(Feature(_middle(block.land), {
            "code": f"示例PT-{number:02d}", "name": facility.name, "kind": facility.kind, "state": facility.state,
            "milestone": facility.milestone or None, "town": facility.town, "note": facility.note, "is_sample": True,
        }))  # fmt: skip
    return features


def power_site_features(lots: Sequence[Lot], site_blocks: Mapping[str, Sequence[Block]]) -> list[Feature]:
    """Return the power sites: the two named works, and the invented substations that stand in holes of parcels."""
    rows: list[tuple[ShapelyPoint, str, str, float | None, float | None, str]] = []
    for park, invested, planned, work in POWER_SITES:
        rows.append((_middle(site_blocks[park][0].land), f"{park}{work}", park, invested, planned, POWER_NOTE))
    stations = [lot for lot in lots if lot.hole is not None and "变电站" in lot.note]
    for number, lot in enumerate(stations, 1):
        if lot.hole is not None:
            rows.append((_middle(lot.hole), f"示例变电站-{number:02d}", lot.site.name, None, None, PLACED))
    return [
        Feature(point, {
            "code": f"示例GD-{number:02d}", "name": name, "park": park, "invested_wan": invested,
            "invested_qualifier": "at_least" if invested else None, "planned_wan": planned, "capacity_kva": None,
            "note": note, "is_sample": True,
        })
        for number, (point, name, park, invested, planned, note) in enumerate(rows, 1)
    ]  # fmt: skip


def _middle(shape: Polygon) -> ShapelyPoint:
    point = shape.representative_point()
    return ShapelyPoint(snap(point.x, point.y))
