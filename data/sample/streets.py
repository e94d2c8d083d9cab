"""Streets grown along the field of directions: seeded apart, traced both ways, stopped where they would crowd."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from data.sample.drawing import Point, chance, snap
from data.sample.field import StreetField

STEP_M: Final = 40.0
Inside = Callable[[float, float], bool]
# the two families of streets: along the field, and across it
FAMILIES: Final = (0, 1)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the network: how far apart its streets lie, where it may grow, and how short a street may be."""

    road_class: str
    apart_m: float
    inside: Inside
    shortest_m: float


@dataclass(slots=True)
class Neighbourhood:
    """The points of streets already laid, in buckets, one set for each family."""

    bucket_m: float = 400.0
    _buckets: dict[tuple[int, int, int], list[Point]] = field(default_factory=dict)

    def add(self, family: int, point: Point) -> None:
        self._buckets.setdefault((family, *self._bucket(point)), []).append(point)

    def is_near(self, family: int, point: Point, *, within_m: float) -> bool:
        """Tell whether a street of the family lies within the distance."""
        column, row = self._bucket(point)
        span = math.ceil(within_m / self.bucket_m)
        return any(
            math.dist(point, other) < within_m
            for i in range(column - span, column + span + 1)
            for j in range(row - span, row + span + 1)
            for other in self._buckets.get((family, i, j), ())
        )

    def _bucket(self, point: Point) -> tuple[int, int]:
        return math.floor(point[0] / self.bucket_m), math.floor(point[1] / self.bucket_m)


def lay(near: Neighbourhood, line: Sequence[Point], directions: StreetField) -> None:
    """Enter a hand-drawn road into the neighbourhood, piece by piece in the family that it runs with."""
    for a, b in pairwise(line):
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        family = 0 if abs(math.cos(angle - directions.direction(*a))) > math.sqrt(0.5) else 1
        pieces = max(1, round(math.dist(a, b) / STEP_M))
        for piece in range(pieces):
            t = piece / pieces
            near.add(family, (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t))


def grow(level: Level, seeds: Sequence[Point], near: Neighbourhood, directions: StreetField) -> list[list[Point]]:
    """Return the streets of a level, longest-standing seed first; the neighbourhood learns them."""
    streets = []
    for number, seed in enumerate(seeds):
        # streets of one level differ in spacing, or the town would look ruled
        apart_m = level.apart_m * (0.80 + 0.5 * chance(31, number))
        for family in FAMILIES:
            if near.is_near(family, seed, within_m=apart_m):
                continue
            street = _trace(seed, family, level.inside, near, directions, 0.45 * level.apart_m)
            if len(street) * STEP_M < level.shortest_m:
                continue
            for point in street:
                near.add(family, point)
            streets.append(street)
    return streets


def _trace(
    seed: Point, family: int, inside: Inside, near: Neighbourhood, directions: StreetField, closest_m: float
) -> list[Point]:
    start = directions.direction(*seed) + family * math.pi / 2
    ahead = _walk(seed, start, family, inside, near, directions, closest_m)
    back = _walk(seed, start + math.pi, family, inside, near, directions, closest_m)
    return [*reversed(back), seed, *ahead]


def _walk(
    point: Point,
    heading: float,
    family: int,
    inside: Inside,
    near: Neighbourhood,
    directions: StreetField,
    closest_m: float,
) -> list[Point]:
    way: list[Point] = []
    for _ in range(600):
        middle = (point[0] + STEP_M / 2 * math.cos(heading), point[1] + STEP_M / 2 * math.sin(heading))
        heading = _same_way(directions.direction(*middle) + family * math.pi / 2, heading)
        point = snap(point[0] + STEP_M * math.cos(heading), point[1] + STEP_M * math.sin(heading))
        crowds_itself = any(math.dist(point, other) < closest_m for other in way[:-20:4])
        if not inside(*point) or crowds_itself or near.is_near(family, point, within_m=closest_m):
            break
        way.append(point)
    return way


def _same_way(angle: float, heading: float) -> float:
    return angle if math.cos(angle - heading) >= 0 else angle + math.pi
