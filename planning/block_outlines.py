"""Outlines of blocks of parcels for the map: rings of [longitude, latitude]."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import shapely
from pyproj import CRS

from geo.crs import converter, storage_crs
from geo.units import square_metres
from planning.atlas import Atlas
from planning.blocks import outline_of

_WGS84: Final = CRS.from_epsg(4326)
# finer than this no screen shows of a whole block
_FINE_M: Final = 0.5


@dataclass(frozen=True, slots=True)
class BlockOutline:
    """A block as the map draws it: its rings, where its label stands, and the area of its parcels."""

    rings: list[list[list[float]]]
    at: list[float]
    area_m2: Decimal


def block_outlines(atlas: Atlas, blocks: Sequence[tuple[int, ...]], *, gap_m: float) -> tuple[BlockOutline, ...]:
    """Draw around blocks, each given by the ids of its parcels; gaps of up to ``gap_m`` are closed."""
    parcels = atlas.parcels()
    back = converter(storage_crs(atlas.epsg), _WGS84)

    def lonlat(geom: shapely.Geometry) -> list[list[float]]:
        found: list[list[float]] = np.column_stack(back.points(*shapely.get_coordinates(geom).T)).tolist()
        return found

    found = []
    for ids in blocks:
        shape = shapely.simplify(outline_of(atlas, ids, gap_m=gap_m), _FINE_M)
        cents = int(parcels.centi_m2[parcels.row_of(np.array(ids, dtype=np.int64))].sum())
        rings = [lonlat(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
        found.append(BlockOutline(rings, lonlat(shapely.point_on_surface(shape))[0], square_metres(cents)))
    return tuple(found)
