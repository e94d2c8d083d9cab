"""The road network: hand-drawn roads, streets grown between them, and one vertex at every junction for both roads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry.base import BaseGeometry

from data.sample.drawing import Point, at, chance, curve, snap
from data.sample.field import StreetField, street_field
from data.sample.ground import Ground
from data.sample.named_roads import NAMED, SKELETON, HandRoad
from data.sample.streets import Level, Neighbourhood, grow, lay

# 红线宽度 by class; GB/T 51328-2018 gives ranges, these are plain values within them
WIDTHS_M: Final = {"motorway": 70.0, "trunk": 60.0, "arterial": 40.0, "collector": 28.0, "local": 18.0}
MASK_CELL_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class Road:
    """One road: its middle line in metres and what is known of it."""

    name: str
    road_class: str
    state: str
    width_m: float
    points: tuple[Point, ...]
    from_street: str = ""
    to_street: str = ""
    opening: str = ""

    @property
    def line(self) -> LineString:
        return LineString(self.points)


class Mask:
    """Which places lie inside a shape, read from a raster of ``MASK_CELL_M``."""

    def __init__(self, shape: BaseGeometry) -> None:
        self._left, self._bottom, right, top = shape.bounds
        x = np.arange(self._left, right + MASK_CELL_M, MASK_CELL_M)
        y = np.arange(self._bottom, top + MASK_CELL_M, MASK_CELL_M)
        shapely.prepare(shape)
        columns, rows = np.meshgrid(x, y)
        self._rows: list[list[bool]] = np.asarray(shapely.contains_xy(shape, columns, rows)).tolist()

    def __call__(self, x: float, y: float) -> bool:
        column = int((x - self._left) / MASK_CELL_M + 0.5)
        row = int((y - self._bottom) / MASK_CELL_M + 0.5)
        return 0 <= row < len(self._rows) and 0 <= column < len(self._rows[0]) and self._rows[row][column]

    def seeds(self, apart_m: float, centre: Point, *, seed: int) -> list[Point]:
        """Return scattered points inside, the nearest to the centre first."""
        step = max(1, round(apart_m / MASK_CELL_M))
        found = []
        for row in range(0, len(self._rows), step):
            for column in range(0, len(self._rows[0]), step):
                x = self._left + (column + (chance(seed, row, column) - 0.5) * step) * MASK_CELL_M
                y = self._bottom + (row + (chance(seed + 1, row, column) - 0.5) * step) * MASK_CELL_M
                if self(x, y):
                    found.append(snap(x, y))
        return sorted(found, key=lambda point: (round(math.dist(point, centre)), point))


def network(land: Ground, industrial: BaseGeometry) -> list[Road]:
    """Return every road, noded: where two meet, both have the same vertex; ``industrial`` is where local streets go."""
    drawn = _hand_roads()
    directions = street_field([road.points[::6] for road in drawn])
    near = Neighbourhood()
    for road in drawn:
        lay(near, road.points, directions)
    roads = [*drawn, *_grown(land, industrial, near, directions, drawn)]
    return _numbered(_trimmed(_noded(roads), len(drawn)), land)


def _hand_roads() -> list[Road]:
    lines: dict[str, LineString] = {}
    roads = []
    for plan in (*NAMED, *SKELETON):
        points = [at(point) for point in plan.path_km]
        if plan.starts_at:
            points[0] = _nearest(lines[plan.starts_at], points[0])
        if plan.ends_at:
            points[-1] = _nearest(lines[plan.ends_at], points[-1])
        path = tuple(curve(points, step_m=70, closed=plan.closed))
        if plan.name or plan.key:
            lines[plan.name or plan.key] = LineString(path)
        roads.append(_road(plan, path))
    return roads


def _road(plan: HandRoad, path: tuple[Point, ...]) -> Road:
    return Road(
        plan.name, plan.road_class, plan.state, plan.width_m, path, plan.from_street, plan.to_street, plan.opening
    )


def _nearest(line: LineString, point: Point) -> Point:
    found = line.interpolate(line.project(ShapelyPoint(point)))
    return snap(found.x, found.y)


def _grown(
    land: Ground, industrial: BaseGeometry, near: Neighbourhood, directions: StreetField, drawn: Sequence[Road]
) -> list[Road]:
    centre = at((9.2, 5.2))
    hills = shapely.union_all(list(land.hills))
    country = Mask(land.basin.difference(hills).difference(shapely.union_all(list(land.reservoirs))))
    town = Mask(land.built.difference(land.water.buffer(45)))
    works = Mask(industrial.difference(land.water.buffer(45)))
    levels = (
        (Level("arterial", 1500.0, country, 2400.0), 700.0),
        (Level("collector", 560.0, town, 700.0), 300.0),
        (Level("local", 370.0, works, 420.0), 190.0),
    )
    roads = list(drawn)
    for level, seed_gap_m in levels:
        seeds = level.inside.seeds(seed_gap_m, centre, seed=41) if isinstance(level.inside, Mask) else []
        streets = [_thinned(street) for street in grow(level, seeds, near, directions)]
        roads += _brought_to_roads(streets, level, roads)
    return roads[len(drawn) :]


def _thinned(street: list[Point]) -> list[Point]:
    return [snap(*point) for point in LineString(street).simplify(1.2).coords]


def _brought_to_roads(streets: list[list[Point]], level: Level, standing: Sequence[Road]) -> list[Road]:
    """Return the streets as roads, each end driven on to the next road within 0.7 of the level's spacing."""
    lines = [road.line for road in standing] + [LineString(street) for street in streets]
    tree = shapely.STRtree(lines)
    roads = []
    for number, street in enumerate(streets):
        own = len(standing) + number
        ahead = _driven_on(street, tree, lines, own, 0.7 * level.apart_m)
        back = _driven_on(street[::-1], tree, lines, own, 0.7 * level.apart_m)
        points = (*([back] if back else []), *street, *([ahead] if ahead else []))
        roads.append(Road("", level.road_class, "built", WIDTHS_M[level.road_class], points))
    return roads


def _driven_on(
    street: list[Point], tree: shapely.STRtree, lines: list[LineString], own: int, reach_m: float
) -> Point | None:
    (ax, ay), (bx, by) = street[-2], street[-1]
    length = math.dist(street[-2], street[-1])
    ux, uy = (bx - ax) / length, (by - ay) / length
    ray = LineString([(bx + ux, by + uy), (bx + ux * reach_m, by + uy * reach_m)])
    hits = [
        point
        for index in sorted(tree.query(ray, predicate="intersects").tolist())
        if index != own
        for point in _points(ray.intersection(lines[index]))
    ]
    return min(hits, key=lambda point: math.dist(point, (bx, by)), default=None)


def _points(shape: BaseGeometry) -> list[Point]:
    return [snap(*part.coords[0]) for part in shapely.get_parts(shape).tolist() if not part.is_empty]


def _noded(roads: Sequence[Road]) -> list[Road]:
    """Return the roads with a common vertex wherever two meet or cross (one crossing is one point for both)."""
    lines = [road.line for road in roads]
    meetings: list[list[Point]] = [[] for _ in roads]
    tree = shapely.STRtree(lines)
    left, right = tree.query(lines, predicate="dwithin", distance=0.05)
    for i, j in sorted((int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b):
        for point in _meeting_points(lines[i], lines[j]):
            meetings[i].append(point)
            meetings[j].append(point)
    return [replace(road, points=_with_vertices(road, points)) for road, points in zip(roads, meetings, strict=True)]


def _meeting_points(a: LineString, b: LineString) -> list[Point]:
    found = _points(a.intersection(b))
    for line, other in ((a, b), (b, a)):
        for end in (line.coords[0], line.coords[-1]):
            if other.distance(ShapelyPoint(end)) < 0.05 and all(math.dist(end, point) > 1.0 for point in found):
                found.append(snap(*end))
    return found


def _with_vertices(road: Road, meetings: Sequence[Point]) -> tuple[Point, ...]:
    """Return the road's vertices with the meeting points in place; a vertex within 0.5 m of one gives way to it."""
    line = road.line
    placed = {round(line.project(ShapelyPoint(point)), 1): point for point in sorted(meetings)}
    kept: list[tuple[float, Point]] = []
    for vertex, along in zip(road.points, _along(road.points), strict=True):
        if all(math.dist(vertex, point) > 0.5 for point in meetings):
            kept.append((along, vertex))
    merged = [point for _, point in sorted([*kept, *placed.items()])]
    if road.points[0] == road.points[-1] and merged[0] != merged[-1]:
        merged.append(merged[0])
    return tuple(point for index, point in enumerate(merged) if index == 0 or point != merged[index - 1])


def _along(points: Sequence[Point]) -> list[float]:
    distances = [0.0]
    for a, b in pairwise(points):
        distances.append(distances[-1] + math.dist(a, b))
    return distances


def _trimmed(roads: list[Road], drawn: int) -> list[Road]:
    """Return the roads without the short stubs that grown streets leave beyond their last junction."""
    counts: dict[Point, int] = {}
    for road in roads:
        for point in set(road.points):
            counts[point] = counts.get(point, 0) + 1
    result = roads[:drawn]
    for road in roads[drawn:]:
        crossings = [index for index, point in enumerate(road.points) if counts[point] > 1]
        if len(crossings) < 2:
            continue
        first, last = crossings[0], crossings[-1]
        along = _along(road.points)
        # a local street ends at a junction; a bigger road may run on into the country
        stub_m = math.inf if road.road_class == "local" else 420.0
        start = 0 if along[first] > stub_m else first
        stop = len(road.points) if along[-1] - along[last] > stub_m else last + 1
        result.append(replace(road, points=road.points[start:stop]))
    return result


def _numbered(roads: list[Road], land: Ground) -> list[Road]:
    """Return the roads in the city, the unnamed called 示例道路-NNN, a few of the outer small ones not built yet."""
    result = []
    number = 0
    for road in roads:
        if road.name:
            result.append(road)
            continue
        number += 1
        name = f"示例{'高速' if road.road_class == 'motorway' else '道路'}-{number:03d}"
        result.append(replace(road, name=name, state=_state(road, number)))
    return [cut for road in result if (cut := _inside(road, land)) is not None]


def _state(road: Road, number: int) -> str:
    fate = chance(77, number)
    outer = math.dist(road.points[0], at((9.2, 5.2))) > 4500
    if road.road_class not in {"collector", "local"} or not outer or fate >= 0.16:
        return road.state
    return "planned" if fate < 0.09 else "construction"


def _inside(road: Road, land: Ground) -> Road | None:
    """Return the road cut at the city's outline, or None when nothing of it lies inside."""
    if land.city.contains(road.line):
        return road
    parts = [
        part for part in shapely.get_parts(road.line.intersection(land.city)).tolist() if isinstance(part, LineString)
    ]
    if not parts:
        return None
    longest = max(parts, key=lambda part: (part.length, part.bounds))
    return replace(road, points=tuple(snap(*point) for point in longest.coords))
