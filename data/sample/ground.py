"""The ground the city stands on: rivers, lowland and hills, reservoirs, and how far each place is built up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from data.sample import sheet
from data.sample.drawing import GRID_M, Point, at, blob, curve, ribbon, rough_ring
from data.sample.towns import town_points

# what counts as river control: bank lines plus this much on both sides
RIVER_CONTROL_M: Final = 50.0


@dataclass(frozen=True, slots=True)
class Ground:
    """The natural ground in EPSG:4549; every part lies inside the city."""

    city: Polygon
    rivers: dict[str, BaseGeometry]
    reservoirs: tuple[Polygon, ...]
    hills: tuple[Polygon, ...]
    basin: BaseGeometry
    built: BaseGeometry

    @property
    def water(self) -> BaseGeometry:
        return shapely.union_all([*self.rivers.values(), *self.reservoirs])


def ground(city: Polygon) -> Ground:
    """Return the ground of the city's outline."""
    rivers = {name: _clean(shape.intersection(city)) for name, shape in _rivers().items()}
    basin = _basin(city)
    lone_hills = [
        blob(at(centre), radius * 1000, seed=300 + index, squash=0.6 + 0.03 * index, turn=index * 0.7, wobble=0.3)
        for index, (centre, radius) in enumerate(sheet.HILLS_KM)
    ]
    reservoirs = tuple(
        blob(at(centre), radius * 1000, seed=400 + index, squash=0.55, turn=index * 1.1, wobble=0.42, sides=44)
        for index, (centre, radius) in enumerate(sheet.RESERVOIRS_KM)
    )
    water = shapely.union_all([*rivers.values(), *reservoirs])
    uplands = shapely.union_all([city.difference(basin), *lone_hills], grid_size=GRID_M)
    hills = _parts(_clean(uplands.difference(water).intersection(city)), smallest_m2=60_000)
    built = _clean(_built().intersection(basin).difference(shapely.union_all(lone_hills)).difference(water.buffer(60)))
    return Ground(city, rivers, reservoirs, hills, basin, built)


def _rivers() -> dict[str, BaseGeometry]:
    main = {
        "义乌江": (sheet.YIWU_RIVER_KM, (170.0, 300.0)),
        "大陈江": (sheet.DACHEN_RIVER_KM, (45.0, 120.0)),
        "洪巡溪": (sheet.HONGXUN_CREEK_KM, (35.0, 90.0)),
    }
    small = {f"示例溪流-{index:02d}": (line, (18.0, 50.0)) for index, line in enumerate(sheet.SMALL_CREEKS_KM, 1)}
    return {
        name: ribbon(_bends(line, seed=60 + index), widths, seed=90 + index).buffer(0)
        for index, (name, (line, widths)) in enumerate((main | small).items())
    }


def _bends(line_km: tuple[Point, ...], *, seed: int) -> list[Point]:
    """Return the river's middle line, with bends smaller than those drawn by hand."""
    line = [at(point) for point in line_km]
    bent: list[Point] = [line[0]]
    for index, (a, b) in enumerate(pairwise(line)):
        push = 0.10 * (1 if (index + seed) % 2 else -1)
        bent += [((a[0] + b[0]) / 2 - (b[1] - a[1]) * push, (a[1] + b[1]) / 2 + (b[0] - a[0]) * push), b]
    return curve(bent, step_m=140)


def _basin(city: Polygon) -> BaseGeometry:
    circles = [
        blob(at(centre), radius * 1000, seed=200 + index, wobble=0.16, sides=48)
        for index, (centre, radius) in enumerate(sheet.BASIN_CIRCLES_KM)
    ]
    ways = [LineString(curve([at(p) for p in way])).buffer(half * 1000) for way, half in sheet.BASIN_WAYS_KM]
    lowland = shapely.union_all([*circles, *ways]).intersection(city).buffer(-250).buffer(400).simplify(220)
    pieces = [_ragged(part, seed=500 + index) for index, part in enumerate(_parts(lowland, smallest_m2=1e6))]
    return _clean(shapely.union_all(pieces).intersection(city))


def _ragged(part: Polygon, *, seed: int) -> BaseGeometry:
    """Return the patch with the small valleys and spurs that a hill's foot has."""
    rings = [
        rough_ring(list(ring.coords)[:-1], seed=seed + k, share=0.2, levels=3)
        for k, ring in enumerate((part.exterior, *part.interiors))
    ]
    return Polygon(rings[0], rings[1:]).buffer(0).buffer(30).buffer(-30).simplify(8)


def _built() -> BaseGeometry:
    points = town_points()
    ways = [LineString(curve([at(p) for p in way])).buffer(half * 1000) for way, half in sheet.BUILT_WAYS_KM]
    return shapely.union_all([*ways, *(
        blob(points[town.name], 1000 * town.built_km, seed=600 + index,
             wobble=0.2, sides=52, squash=0.8, turn=index * 0.9)
        for index, town in enumerate(sheet.TOWNS)
    )]).buffer(300).buffer(-300)  # fmt: skip


def _clean(shape: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a shape on the millimetre grid."""
    return shapely.set_precision(MultiPolygon(_parts(shape)), GRID_M)


def _parts(shape: BaseGeometry, *, smallest_m2: float = 1.0) -> tuple[Polygon, ...]:
    found = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon) and part.area >= smallest_m2]
    return tuple(sorted(found, key=lambda part: part.bounds))
