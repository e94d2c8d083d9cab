"""A road as lines of degrees, for the map to draw it in front of all else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from geo.crs import converter, storage_crs
from planning.snapshots import LayerSnapshot

# what positions on the map are in
_MAP_EPSG = 4326
_PLACES = 7


@dataclass(frozen=True, slots=True)
class RoadLine:
    """Lines of [longitude, latitude], and the box [west, south, east, north] around them."""

    lines: list[list[list[float]]]
    bounds: list[float]


def road_line(roads: LayerSnapshot, row: int) -> RoadLine:
    """The line of a road, or the outline of one that is drawn as an area."""
    to_degrees = converter(storage_crs(roads.epsg), _MAP_EPSG)
    shape = roads.geoms[row]
    parts = shapely.get_parts(shapely.boundary(shape) if shapely.get_dimensions(shape) > 1 else shape)
    lines = [
        np.round(np.column_stack(to_degrees.points(*shapely.get_coordinates(part).T)), _PLACES).tolist()
        for part in parts
    ]
    every = np.array([place for line in lines for place in line])
    return RoadLine(lines, [*every.min(axis=0).tolist(), *every.max(axis=0).tolist()])
