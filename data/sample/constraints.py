"""Red lines and belts, schematic: farmland, ecology, growth boundary, protection belts, rivers, each with its basis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.sample import sheet
from data.sample.blocks import Block
from data.sample.dividing import divided
from data.sample.drawing import GRID_M, Point, at, blob, chance
from data.sample.ground import RIVER_CONTROL_M, Ground
from data.sample.landscape import parts_of
from data.sample.network import Road
from data.sample.reserve import Lot
from data.sample.writing import Feature

NOTE: Final = "示例，非法定控制线"
BASIS: Final = {
    "farmland": "《基本农田保护条例》；永久基本农田成果（示例）",
    "ecology": "自然资发〔2022〕142号 生态保护红线管理（示例）",
    "growth_boundary": "国土空间总体规划 城镇开发边界（示例）",
    "river": "《中华人民共和国河道管理条例》；管理范围线（示例，两岸各 50 m）",
    "works": "《大气有害物质无组织排放卫生防护距离推导技术导则》GB/T 39499-2020；默认筛查值 100 m，以环评批复为准",
    "motorway": "《公路安全保护条例》第十一条：高速公路建筑控制区不少于 30 m",
    "power_line": "《电力设施保护条例》第十条：220 kV 导线边线两侧各 15 m",
}
WORKS_BELT_M: Final = 100.0
MOTORWAY_BELT_M: Final = 30.0
POWER_LINE_BELT_M: Final = 15.0
POWER_LINES_KM: Final[tuple[tuple[Point, ...], ...]] = (
    ((-15.0, 1.6), (-8.2, 0.4), (-4.6, -1.4), (-1.2, -4.2), (3.2, -4.4), (8.0, -5.6)),
    ((22.6, 13.0), (19.6, 11.4), (15.4, 12.0), (9.4, 14.6), (3.0, 15.8)),
)
# sites into whose edge a red line reaches, on purpose: kind, site, radius
ENCROACHED: Final = (
    ("farmland", "城西针织产业园(原琳多地块)", 330.0),
    ("farmland", "示例园区-05", 300.0), ("farmland", "示例园区-02", 300.0),
    ("farmland", "示例园区-04", 260.0), ("ecology", "高科技产业园", 330.0), ("ecology", "示例园区-06", 300.0),
    ("ecology", "示例园区-07", 240.0),
)  # fmt: skip


def constraint_features(
    land: Ground,
    every: Sequence[Block],
    site_blocks: Mapping[str, Sequence[Block]],
    roads: Sequence[Road],
    lots: Sequence[Lot],
) -> list[Feature]:
    """Return the constraints, kind by kind."""
    sites = shapely.union_all([block.land for blocks in site_blocks.values() for block in blocks])
    rows: list[tuple[str, str, str, BaseGeometry]] = [
        ("farmland", "示例永久基本农田", BASIS["farmland"], shape) for shape in _farmland(land, every, sites)
    ]
    rows += [("ecology", "示例生态保护红线", BASIS["ecology"], shape) for shape in _ecology(land)]
    rows += [
        (
            kind,
            "示例永久基本农田" if kind == "farmland" else "示例生态保护红线",
            BASIS[kind],
            _reach(name, radius, number, lots),
        )
        for number, (kind, name, radius) in enumerate(ENCROACHED)
    ]
    rows.sort(key=lambda row: row[0] != "farmland")
    rows += [
        ("growth_boundary", "示例城镇开发边界", BASIS["growth_boundary"], shape)
        for shape in _growth_boundary(land, sites)
    ]
    rows += [("protection", name, BASIS[basis], shape) for name, basis, shape in _belts(roads, lots)]
    rows += [("river", f"{name}河道管理范围", BASIS["river"], shape) for name, shape in _river_control(land).items()]
    counts: dict[str, int] = {}
    features = []
    for number, (kind, name, basis, shape) in enumerate(rows, 1):
        counts[kind] = counts.get(kind, 0) + 1
        numbered = f"{name}-{counts[kind]:02d}" if name.startswith("示例") else name
        features.append(Feature(_in_city(shape, land), {
            "code": f"示例GK-{number:03d}", "name": numbered, "kind": kind, "basis": basis, "note": NOTE,
            "is_sample": True,
        }))  # fmt: skip
    return features


def _farmland(land: Ground, every: Sequence[Block], sites: BaseGeometry) -> list[Polygon]:
    avoid = shapely.union_all(
        [land.built.buffer(120), sites.buffer(60), land.water.buffer(80), *(hill.buffer(60) for hill in land.hills)]
    )
    fields = []
    for number, block in enumerate(every):
        if block.face.area > 250_000:
            rest = block.land.difference(avoid).buffer(-40).buffer(30, quad_segs=2).simplify(6)
            for order, part in enumerate(parts_of(rest)):
                fields += [
                    field
                    for k, field in enumerate(_fields(part, number * 100 + order))
                    if chance(91, number, order, k) < 0.62
                ]
    return sorted(fields, key=lambda part: part.bounds)


def _fields(part: Polygon, seed: int) -> list[Polygon]:
    """Return a stretch of open land as fields with lanes between them."""
    if part.area < 60_000:
        return []
    strips = divided(part, seed=seed, times=6.0)
    return [
        field
        for strip in strips
        for field in parts_of(strip.buffer(-14).buffer(8, quad_segs=2).simplify(3))
        if field.area > 50_000
    ]


def _ecology(land: Ground) -> list[Polygon]:
    slopes = shapely.union_all([hill.buffer(-160) for hill in land.hills])
    patches = [
        blob(at(centre), radius * 1000, seed=970 + index, squash=0.7, turn=index * 0.8, wobble=0.4, sides=60)
        for index, (centre, radius) in enumerate(sheet.ECOLOGY_KM)
    ]
    cores = shapely.union_all(patches).intersection(slopes).intersection(land.city.buffer(-120)).simplify(15)
    return sorted((core for core in parts_of(cores) if core.area > 400_000), key=lambda core: core.bounds)


def _reach(site: str, radius_m: float, number: int, lots: Sequence[Lot]) -> Polygon:
    """Return a patch of red line that reaches over the outer edge of a site's parcels."""
    own = [lot.shape for lot in lots if lot.site.name == site]
    middle = shapely.union_all(own).centroid
    corners = [point for shape in own for part in parts_of(shape) for point in part.exterior.coords]
    far = max(corners, key=lambda point: (round(math.dist(point, (middle.x, middle.y)), 3), point))
    out = math.dist(far, (middle.x, middle.y))
    centre = (
        far[0] + (far[0] - middle.x) / out * radius_m * 0.45,
        far[1] + (far[1] - middle.y) / out * radius_m * 0.45,
    )
    return blob(centre, radius_m, seed=950 + number, wobble=0.3, sides=30)


def _growth_boundary(land: Ground, sites: BaseGeometry) -> list[BaseGeometry]:
    grown = (
        shapely.union_all([land.built, sites.buffer(40)])
        .buffer(420)
        .buffer(-260)
        .difference(shapely.union_all(list(land.hills)).buffer(20))
    )
    whole: list[BaseGeometry] = [
        Polygon(part.exterior).simplify(18) for part in parts_of(grown.buffer(-30).buffer(30)) if part.area > 400_000
    ]
    return sorted(whole, key=lambda part: part.bounds)


def _belts(roads: Sequence[Road], lots: Sequence[Lot]) -> list[tuple[str, str, BaseGeometry]]:
    works = shapely.union_all([lot.shape for lot in lots if lot.site.cluster == "surface"])
    # the yards between parcels belong to the works: the belt lies round them, not in every gap
    closed = works.buffer(40).buffer(-40)
    belts: list[tuple[str, str, BaseGeometry]] = [
        ("示例卫生防护距离", "works", closed.buffer(WORKS_BELT_M, quad_segs=4).difference(closed).simplify(1.0)),
    ]
    for road in roads:
        if road.road_class == "motorway":
            bed = road.line.buffer(road.width_m / 2, cap_style="flat")
            belts.append(
                (
                    "示例高速公路建筑控制区",
                    "motorway",
                    road.line.buffer(road.width_m / 2 + MOTORWAY_BELT_M, cap_style="flat").difference(bed),
                )
            )
    for line in POWER_LINES_KM:
        route = LineString([at(point) for point in line])
        belts.append(("示例架空电力线保护区", "power_line", route.buffer(POWER_LINE_BELT_M, cap_style="flat")))
    return belts


def _river_control(land: Ground) -> dict[str, BaseGeometry]:
    return {name: shape.buffer(RIVER_CONTROL_M, quad_segs=3).simplify(2.0) for name, shape in land.rivers.items()}


def _in_city(shape: BaseGeometry, land: Ground) -> BaseGeometry:
    return shapely.set_precision(shape.intersection(land.city), GRID_M)
