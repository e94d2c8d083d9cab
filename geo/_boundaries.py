"""Boundaries of polygons as flat arrays of directed edges, the inside always on the left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

_POLYGON: Final = 3


@dataclass(frozen=True, slots=True)
class Rings:
    """Rings of all polygons one after another, in the order of the geometries they belong to.

    ``sizes`` counts the vertices of each ring in ``xy``, the repeated closing one too; ``row`` is the geometry.
    """

    sizes: NDArray[np.int64]
    row: NDArray[np.int64]
    is_hole: NDArray[np.bool_]
    xy: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges ``x0, y0`` to ``x1, y1``; those of geometry ``i`` are ``start[i]:start[i + 1]``. None has length 0."""

    x0: NDArray[np.float64]
    y0: NDArray[np.float64]
    x1: NDArray[np.float64]
    y1: NDArray[np.float64]
    start: NDArray[np.int64]


def rings_of(geoms: NDArray[np.object_]) -> Rings:
    """Take polygons apart into rings; what is not a polygon, is empty or missing has none."""
    parts, row = shapely.get_parts(geoms, return_index=True)
    area = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
    rings, part = shapely.get_rings(parts[area], return_index=True)
    is_hole = np.ones(len(rings), dtype=bool)
    is_hole[np.unique(part, return_index=True)[1]] = False
    sizes = shapely.get_num_coordinates(rings).astype(np.int64)
    return Rings(sizes, row[area][part].astype(np.int64), is_hole, shapely.get_coordinates(rings))


def edges_of(geoms: NDArray[np.object_]) -> Edges:
    """Take polygons apart into edges, turning rings so that the inside is on the left whichever way they were drawn."""
    rings = rings_of(geoms)
    xy, ring = rings.xy, np.repeat(np.arange(len(rings.sizes)), rings.sizes)
    if not len(xy):
        none = np.zeros(0)
        return Edges(none, none, none, none, np.zeros(len(geoms) + 1, dtype=np.int64))
    x0, y0, x1, y1 = xy[:-1, 0], xy[:-1, 1], xy[1:, 0], xy[1:, 1]
    # the step from one ring to the next is no edge, nor is a repeated vertex
    real = (ring[:-1] == ring[1:]) & ((x0 != x1) | (y0 != y1))
    x0, y0, x1, y1, ring = x0[real], y0[real], x1[real], y1[real], ring[:-1][real]
    backward = (_turns_left(rings) == rings.is_hole)[ring]
    row = rings.row[ring]
    start = np.searchsorted(row, np.arange(len(geoms) + 1)).astype(np.int64)
    return Edges(
        np.where(backward, x1, x0),
        np.where(backward, y1, y0),
        np.where(backward, x0, x1),
        np.where(backward, y0, y1),
        start,
    )


def _turns_left(rings: Rings) -> NDArray[np.bool_]:
    first = np.cumsum(rings.sizes) - rings.sizes
    local = rings.xy - np.repeat(rings.xy[first], rings.sizes, axis=0)
    cross = local[:-1, 0] * local[1:, 1] - local[1:, 0] * local[:-1, 1]
    # the first vertex of every ring is its origin, so what joins two rings adds nothing
    return np.asarray(np.add.reduceat(np.append(cross, 0.0), first) > 0)
