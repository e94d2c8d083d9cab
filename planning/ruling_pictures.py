"""What stands against parcels, as the map draws it: the land concerned by its level, and the outline of each cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.crs import Converter, converter, storage_crs
from layers.rules import CLUSTERS, GEOMETRIC
from planning.atlas import Atlas
from planning.ruling import Judgement, Row

_WGS84: Final = CRS.from_epsg(4326)
# beyond so many a screen shows a blur, and the message grows long
MOST_PIECES: Final = 300
MOST_CAUSES: Final = 120
# finer than this no screen shows
_FINE_M: Final = 0.2
_POINT_M: Final = 12.0  # a school on the map is a point: it is ringed
_AROUND_M: Final = 400.0


@dataclass(frozen=True, slots=True)
class Piece:
    """One shape: closed rings or open lines of [longitude, latitude]; ``level`` "" is a cause."""

    level: str
    lines: list[list[list[float]]]
    closed: bool


def pieces(atlas: Atlas, judgement: Judgement) -> tuple[Piece, ...]:
    """The land concerned, worst last so that it lies on top, and the causes."""
    back = converter(storage_crs(atlas.epsg), _WGS84)
    rows = [row for row in judgement.rows if row.rule.kind in GEOMETRIC]
    order = {level: at for at, level in enumerate(("notice", "justify", "forbidden"))}
    rows.sort(key=lambda row: order[row.level])
    drawn = [_piece(row.level, shapely.simplify(row.shape, _FINE_M), back) for row in rows[-MOST_PIECES:]]
    return (*(one for one in drawn if one is not None), *_causes(atlas, rows, back))


def _causes(atlas: Atlas, rows: Iterable[Row], back: Converter) -> list[Piece]:
    found: dict[tuple[str, int], BaseGeometry] = {}
    for row in reversed(list(rows)):
        if row.cause.layer and len(found) < MOST_CAUSES:
            found.setdefault((row.cause.layer, row.cause.id), row.shape)
    listed = []
    for (name, key), near in found.items():
        held = atlas.parcels() if name == CLUSTERS else atlas.layer(name)
        geom = held.geoms[int(held.row_of([key])[0])]
        if geom.geom_type == "Point":
            geom = shapely.buffer(geom, _POINT_M)
        # of a boundary round a town only what lies near is shown
        shown = shapely.clip_by_rect(_outline(geom), *shapely.buffer(near, _AROUND_M).bounds)
        piece = _piece("", shapely.simplify(shown, _FINE_M), back)
        if piece is not None:
            listed.append(piece)
    return listed


def _outline(geom: BaseGeometry) -> BaseGeometry:
    found: BaseGeometry = geom.boundary if shapely.get_dimensions(geom) == 2 else geom  # noqa: PLR2004 - an area
    return found


def _piece(level: str, geom: BaseGeometry, back: Converter) -> Piece | None:
    def lonlat(one: BaseGeometry) -> list[list[float]]:
        found: list[list[float]] = np.column_stack(back.points(*shapely.get_coordinates(one).T)).tolist()
        return found

    parts = shapely.get_parts(geom)
    if level:
        parts = parts[shapely.get_dimensions(parts) == 2]  # noqa: PLR2004 - an area
        lines = [lonlat(ring) for ring in shapely.get_rings(parts)]
    else:
        lines = [lonlat(part) for part in parts if shapely.get_dimensions(part) == 1]
    return Piece(level, lines, bool(level)) if lines else None
