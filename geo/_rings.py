"""Rings of a polygon drawn anew: vertices moved, put in, left out; what does not change stays the same object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Shape = BaseGeometry | None
Points = NDArray[np.float64]
# a ring of fewer vertices has no inside
_TRIANGLE: Final = 3
_NO_LENGTH_M2: Final = 1e-12


def redrawn(shape: BaseGeometry, change: Callable[[Points], Points]) -> BaseGeometry:
    """Change every ring (its vertices, the closing one not repeated); the same object when nothing changed."""
    touched = False
    polygons = []
    for polygon in shapely.get_parts(shape):
        rings = []
        for ring in shapely.get_rings(polygon):
            before = shapely.get_coordinates(ring)[:-1]
            after = change(before)
            touched |= after is not before
            rings.append(after)
        if len(rings[0]) >= _TRIANGLE:
            polygons.append(shapely.Polygon(rings[0], [hole for hole in rings[1:] if len(hole) >= _TRIANGLE]))
    if not touched:
        return shape
    if not polygons:
        return shapely.Polygon()
    return polygons[0] if len(polygons) == 1 else shapely.multipolygons(polygons)


def moved(ring: Points, points: Points, to: Points) -> Points:
    hit = (ring[:, None, :] == points[None, :, :]).all(axis=2).any(axis=1)
    if not (hit & (ring != to).any(axis=1)).any():
        return ring
    moved = np.where(hit[:, None], to, ring)
    return np.asarray(moved[(moved != np.roll(moved, 1, axis=0)).any(axis=1)], dtype=np.float64)


def inserted(ring: Points, to: Points, reach: float) -> Points:
    """Put a vertex into the nearest edge within reach, unless a vertex is as near."""
    if len(ring) < _TRIANGLE or np.hypot(*(ring - to).T).min() <= reach:
        return ring
    along = np.roll(ring, -1, axis=0) - ring
    t = ((to - ring) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), _NO_LENGTH_M2)
    apart = np.hypot(*(ring + np.clip(t, 0, 1)[:, None] * along - to).T)
    at = int(np.argmin(apart))
    return ring if apart[at] > reach else np.asarray(np.insert(ring, at + 1, to, axis=0), dtype=np.float64)


def once(ring: Points, place: Points, grid: float) -> Points:
    """Leave one of the vertices that follow one another closely at a place: the least, which neighbours keep too."""
    close = (np.abs(ring - np.roll(ring, 1, axis=0)) < grid / 2).all(axis=1)
    close &= (np.abs(ring - place) < grid).all(axis=1)
    if not close.any():
        return ring
    kept = ring.copy()
    for at in np.flatnonzero(close).tolist():
        kept[at] = kept[at - 1] = min(kept[at].tolist(), kept[at - 1].tolist())
    return np.asarray(kept[~close], dtype=np.float64)


def vertices(shape: Shape) -> Points:
    return np.empty((0, 2)) if shape is None else shapely.get_coordinates(shape)


def has(vertices: Points, point: list[float]) -> bool:
    return bool((vertices == point).all(axis=1).any())


def within(shape: Shape, area: BaseGeometry) -> Points:
    """Vertices of a shape that lie in an area."""
    west, south, east, north = shapely.bounds(area)
    found = np.unique(vertices(shape), axis=0)
    x, y = found.T
    found = found[(x >= west) & (x <= east) & (y >= south) & (y <= north)]
    return np.asarray(found[shapely.intersects_xy(area, found[:, 0], found[:, 1])], dtype=np.float64)


def polygonal(shape: BaseGeometry) -> BaseGeometry:
    """The area of a shape, without lines and points."""
    if shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]
    return shapely.union_all(parts) if len(parts) else shapely.Polygon()
