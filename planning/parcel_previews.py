"""Plans as the map shows them, and what is drawn on the map as plans take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.crs import Converter, converter, storage_crs
from geo.parting import sides
from geo.selecting import ShapeRefused, from_ring
from geo.units import mu, square_metres
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.parcel_plans import Plan

MOST_POINTS: Final = 2_000
MOST_LON, MOST_LAT = 360.0, 90.0  # a map that was turned round the world counts longitude on
_WGS84: Final = CRS.from_epsg(4326)

LonLat = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Outline:
    """A piece as the map draws it: rings of [longitude, latitude], where its label stands, its code and 亩."""

    code: str
    mu: Decimal
    rings: list[list[list[float]]]
    at: list[float]


@dataclass(frozen=True, slots=True)
class SideLine:
    """A side of a parcel as a list and the map show it; ``line`` is its two ends, [longitude, latitude]."""

    bearing_deg: float
    length_m: float
    line: list[list[float]]


@dataclass(frozen=True, slots=True)
class RoadOver:
    """A road whose right of way lies on parcels."""

    id: int
    name: str


def line_of(atlas: Atlas, points: LonLat) -> BaseGeometry:
    """Turn a drawn line into the storage CRS; Refused when it is none, not finite, or too long."""
    xy = _projected(atlas, points, least=2)
    if len(np.unique(xy, axis=0)) < 2:  # noqa: PLR2004  # a line has two ends
        raise Refused(Fault("shape_too_few_points"))
    return shapely.LineString(xy)


def shape_of(atlas: Atlas, points: LonLat) -> BaseGeometry:
    """Turn a drawn ring into the storage CRS; Refused when it encloses nothing that can be a parcel."""
    try:
        return from_ring(_projected(atlas, points, least=3))
    except ShapeRefused as refused:
        raise Refused(Fault(refused.code)) from refused


def outlines(atlas: Atlas, plan: Plan) -> tuple[Outline, ...]:
    """The pieces of a plan, and the boundaries that it changes, for the map."""
    back = converter(storage_crs(atlas.epsg), _WGS84)
    known = atlas.parcels()
    named = [(piece.code, piece.geometry, piece.centi_m2) for piece in plan.pieces]
    named += [
        (str(known.codes[int(known.row_of([key])[0])]), shape, round(shape.area * 100))
        for key, shape in plan.reshaped.items()
    ]
    return tuple(_outline(code, shape, cents, back) for code, shape, cents in named)


def sides_of(atlas: Atlas, parcel_id: int) -> tuple[SideLine, ...]:
    """The sides of a parcel in the order that ``split_to_area`` counts them."""
    parcels = atlas.parcels()
    shape = parcels.geoms[int(parcels.row_of([parcel_id])[0])]
    listed = sides(shape)
    x, y = np.array([end for one in listed for end in (one.start, one.end)], dtype=np.float64).T
    ends = np.column_stack(converter(storage_crs(atlas.epsg), _WGS84).points(x, y)).reshape(-1, 2, 2)
    return tuple(SideLine(one.bearing_deg, one.length_m, line.tolist()) for one, line in zip(listed, ends, strict=True))


def roads_over(atlas: Atlas, parcel_ids: NDArray[np.int64]) -> tuple[RoadOver, ...]:
    """The roads of the layer whose right of way lies on some of the parcels, by name."""
    parcels, roads = atlas.parcels(), atlas.layer("roads")
    if roads.index is None or not len(parcel_ids):
        return ()
    geoms = parcels.geoms[parcels.row_of(parcel_ids)]
    half = np.nan_to_num(roads.frame["width_m"].to_numpy(dtype=np.float64)) / 2
    parcel, road = roads.index.tree.query(geoms, predicate="dwithin", distance=float(half.max()))
    over = shapely.distance(geoms[parcel], roads.geoms[road]) < half[road]
    over |= shapely.area(roads.geoms[road]) > 0
    names = roads.frame["name"].to_numpy(dtype=object)
    found = (RoadOver(int(roads.ids[row]), str(names[row] or roads.codes[row])) for row in np.unique(road[over]))
    return tuple(sorted(found, key=lambda one: one.name))


def _outline(code: str, shape: BaseGeometry, cents: int, back: Converter) -> Outline:
    def lonlat(geom: BaseGeometry) -> list[list[float]]:
        x, y = shapely.get_coordinates(geom).T
        lon, lat = back.points(x, y)
        found: list[list[float]] = np.column_stack([lon, lat]).tolist()
        return found

    rings = [lonlat(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    return Outline(code, mu(square_metres(cents)), rings, lonlat(shapely.point_on_surface(shape))[0])


def _projected(atlas: Atlas, points: LonLat, *, least: int) -> NDArray[np.float64]:
    if not least <= len(points) <= MOST_POINTS:
        raise Refused(Fault("shape_too_few_points" if len(points) < least else "shape_too_tangled"))
    lon, lat = np.array(points, dtype=np.float64).T
    on_earth = (np.abs(lon) <= MOST_LON) & (np.abs(lat) <= MOST_LAT)
    if not on_earth.all():  # NaN is not on earth either
        raise Refused(Fault("shape_not_finite"))
    x, y = converter(_WGS84, storage_crs(atlas.epsg)).points(lon, lat)
    found = np.column_stack([x, y])
    if not np.isfinite(found).all():
        raise Refused(Fault("shape_not_finite"))
    return found
