"""The rules of RFC 7946 for the coordinates of one geometry: how they nest, positions, lines, rings."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

from exchange.json_places import Path

# tells a fault: its path, its code, its values
Tell = Callable[..., None]

# how deep the positions lie in the coordinates of each type (§3.1)
DEPTHS: Final = MappingProxyType({
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3,
})  # fmt: skip
_HALF_A_TURN: Final = 180.0


class Coordinates:
    """The coordinates of one geometry: how they nest, their positions, their rings."""

    def __init__(self, fault: Tell, note: Tell) -> None:
        self._fault, self._note = fault, note
        self._bounds = Bounds()
        self._sound = True

    def check(self, kind: str, value: Any, path: Path) -> Bounds:
        if not isinstance(value, list):
            self._fault(path, "coordinates_not_array", found=kind_of(value))
            return self._bounds
        if not value:
            self._note(path, "coordinates_empty")
            return self._bounds
        self._nested(value, DEPTHS[kind], path)
        if not self._sound:
            return Bounds()
        if kind.startswith("Multi") and len(value) == 1:
            self._note(path, "part_alone")
        lines, rings = _strings(kind, value, path)
        for line, where in lines:
            self._line(line, where)
        for ring, where, hole in rings:
            self._ring(ring, where, hole=hole)
        self._range(path)
        return self._bounds

    def _nested(self, value: Any, depth: int, path: Path) -> None:
        if depth == 0:
            self._position(value, path)
            return
        if not isinstance(value, list):
            self._sound = False
            self._fault(path, "coordinates_too_shallow" if is_number(value) else "coordinates_not_array",
                        found=kind_of(value))  # fmt: skip
            return
        for number, each in enumerate(value):
            if is_number(each):
                self._sound = False
                self._fault(path, "coordinates_too_shallow", found=shortened(value))
                return
            self._nested(each, depth - 1, (*path, number))

    def _position(self, value: Any, path: Path) -> None:
        if not isinstance(value, list):
            self._sound = False
            self._fault(path, "position_not_numbers", found=shortened(value))
            return
        if any(isinstance(each, list) for each in value):
            self._sound = False
            self._fault(path, "coordinates_too_deep")
            return
        if not all(is_number(each) for each in value):
            self._sound = False
            self._fault(path, "position_not_numbers", found=shortened(value))
            return
        if len(value) < 2:  # noqa: PLR2004 - longitude and latitude
            self._sound = False
            self._fault(path, "position_too_short", found=shortened(value))
            return
        if len(value) > 3:  # noqa: PLR2004 - and a height
            self._note(path, "position_too_long", elements=len(value))
        self._bounds.take(value[0], value[1])

    def _line(self, line: list[list[float]], path: Path) -> None:
        if len(line) < 2:  # noqa: PLR2004 - §3.1.4
            self._fault(path, "line_too_short", positions=len(line))
            return
        self._run(line, path)

    def _ring(self, ring: list[list[float]], path: Path, *, hole: bool) -> None:
        if len(ring) < 4:  # noqa: PLR2004 - §3.1.6
            self._fault(path, "ring_too_short", positions=len(ring))
            return
        if ring[0] != ring[-1]:
            self._fault(path, "ring_not_closed", first=ring[0][:3], last=ring[-1][:3])
            return
        turn = _twice_area(_unrolled(ring))
        if turn and (turn > 0) is hole:
            self._fault(path, "ring_wrong_way", hole=hole)
        self._run(ring, path)

    def _run(self, line: list[list[float]], path: Path) -> None:
        for number, (one, other) in enumerate(pairwise(line)):
            if one == other:
                self._note((*path, number + 1), "positions_repeated")
            if abs(one[0] - other[0]) > _HALF_A_TURN:
                self._note((*path, number + 1), "crosses_antimeridian")
                return

    def _range(self, path: Path) -> None:
        box = self._bounds
        if box.known and not box.within(-180, -90, 180, 90):
            self._note(path, "outside_degrees", bounds=[box.west, box.south, box.east, box.north])


@dataclass(slots=True)
class Bounds:
    """Longitudes and latitudes seen."""

    west: float = float("inf")
    south: float = float("inf")
    east: float = float("-inf")
    north: float = float("-inf")

    @property
    def known(self) -> bool:
        return self.west <= self.east

    def take(self, x: float, y: float) -> None:
        self.west, self.east = min(self.west, x), max(self.east, x)
        self.south, self.north = min(self.south, y), max(self.north, y)

    def add(self, other: Bounds) -> None:
        if other.known:
            self.take(other.west, other.south)
            self.take(other.east, other.north)

    def within(self, west: float, south: float, east: float, north: float) -> bool:
        """Whether a box holds them, to the ninth decimal; one that crosses the antimeridian holds all longitudes."""
        room = 1e-9
        across = west > east or (west - room <= self.west and self.east <= east + room)
        return across and south - room <= self.south and self.north <= north + room


def _strings(kind: str, value: list[Any], path: Path) -> tuple[list[tuple[Any, Path]], list[tuple[Any, Path, bool]]]:
    """The lines and the rings (with whether each is a hole) of coordinates that nest as they should."""
    if kind == "LineString":
        return [(value, path)], []
    if kind == "MultiLineString":
        return [(line, (*path, number)) for number, line in enumerate(value)], []
    polygons = [(value, path)] if kind == "Polygon" else []
    if kind == "MultiPolygon":
        polygons = [(polygon, (*path, number)) for number, polygon in enumerate(value)]
    return [], [(ring, (*where, number), number > 0) for rings, where in polygons for number, ring in enumerate(rings)]


def _unrolled(ring: list[list[float]]) -> list[list[float]]:
    """The ring with every edge the short way round the earth: in plain numbers one across 180° turns the other way."""
    beyond = any(abs(place[0]) > _HALF_A_TURN for place in ring)
    if beyond or all(abs(one[0] - other[0]) <= _HALF_A_TURN for one, other in pairwise(ring)):
        return ring
    turns, unrolled = 0.0, [ring[0]]
    for one, other in pairwise(ring):
        step = other[0] - one[0]
        turns -= 2 * _HALF_A_TURN * round(step / (2 * _HALF_A_TURN)) if abs(step) > _HALF_A_TURN else 0.0
        unrolled.append([other[0] + turns, other[1]])
    return unrolled


def _twice_area(ring: list[list[float]]) -> float:
    """Signed: positive when the ring runs counterclockwise."""
    x, y = ring[0][0], ring[0][1]
    return sum(
        (a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y) for a, b in pairwise(ring)
    )  # fmt: skip


def is_number(value: object) -> bool:
    """Whether a value of JSON is a number; true is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(value: object) -> str:
    """What JSON calls a value."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(value), "number")


def shortened(value: object) -> str:
    """The beginning of a value as text."""
    return json.dumps(value, ensure_ascii=False, default=str)[:60]
