"""The outline and the fourteen towns as schematic cells that fit each other without gap or overlap."""

from __future__ import annotations

from typing import Final

import shapely
from pyproj import Transformer
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry import Point as ShapelyPoint

from data.sample import sheet
from data.sample.drawing import GRID_M, Point, at, rough, rough_ring, snap

NOTE: Final = "示意，非法定界线"


def outline() -> Polygon:
    """Return the schematic city outline in EPSG:4549."""
    return Polygon(rough_ring([at(point) for point in sheet.OUTLINE_KM], seed=11, share=0.11, levels=3))


def town_points() -> dict[str, Point]:
    """Return each town's point in EPSG:4549, from its public longitude and latitude (CGCS2000)."""
    to_metres = Transformer.from_crs(4490, 4549, always_xy=True)
    return {town.name: snap(*to_metres.transform(*town.lonlat)) for town in sheet.TOWNS}


def town_cells(city: Polygon) -> dict[str, Polygon]:
    """Return one cell a town: the nearest-point cells, their borders roughened once for both sides."""
    points = town_points()
    reach = city.buffer(60_000)
    edges = shapely.voronoi_polygons(MultiPoint(list(points.values())), extend_to=reach, only_edges=True)
    borders = [_soften(edge) for edge in sorted(shapely.get_parts(edges).tolist(), key=lambda edge: edge.bounds)]
    linework = shapely.union_all([city.exterior, *borders], grid_size=GRID_M)
    faces = [face for face in shapely.polygonize([linework]).geoms if isinstance(face, Polygon)]
    return {name: _face_of(faces, ShapelyPoint(point)) for name, point in points.items()}


def _soften(edge: LineString) -> LineString:
    start, end = sorted((snap(*point) for point in edge.coords), key=lambda point: point)
    seed = int(start[0] + start[1] + end[0] + end[1])
    return LineString(rough(start, end, seed=seed, share=0.14, levels=6))


def _face_of(faces: list[Polygon], point: ShapelyPoint) -> Polygon:
    """Return the face that holds a town's point."""
    return next(face for face in faces if face.contains(point))
