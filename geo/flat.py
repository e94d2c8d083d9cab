"""Polygons of a whole layer as a few flat arrays: what the compiled kernels work on.

The layout is GeoArrow's multipolygon (geoarrow.org, "native encoding"): coordinates one after another, and offsets
from rings to coordinates, from parts to rings, from rows to parts. It is made from shapely geometries, or from a file
without making any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

_POLYGON: Final = 3


@dataclass(frozen=True, slots=True)
class FlatPolygons:
    """Polygons and multipolygons by row; a row that is no polygon, empty or missing has no parts.

    Attributes
    ----------
    xy
        ``(n, 2)`` metres in a projected CRS, x to the east; each ring repeats its first vertex at its end.
    ring_start
        ``(rings + 1,)``: ring ``r`` is ``xy[ring_start[r]:ring_start[r + 1]]``. Either way round.
    part_start
        ``(parts + 1,)`` into rings; the first ring of a part is its shell, the others are holes.
    row_start
        ``(rows + 1,)`` into parts.
    """

    xy: NDArray[np.float64]
    ring_start: NDArray[np.int64]
    part_start: NDArray[np.int64]
    row_start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row_start) - 1

    @classmethod
    def of(cls, geoms: NDArray[np.object_]) -> FlatPolygons:
        """Take shapely geometries apart, in any mixture; z and m are left behind."""
        geoms = np.asarray(geoms, dtype=object)
        parts, row = shapely.get_parts(geoms, return_index=True)
        area = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
        rings, part = shapely.get_rings(parts[area], return_index=True)
        return cls(
            xy=np.ascontiguousarray(shapely.get_coordinates(rings)),
            ring_start=offsets(shapely.get_num_coordinates(rings)),
            part_start=offsets(np.bincount(part, minlength=int(area.sum()))),
            row_start=offsets(np.bincount(row[area], minlength=len(geoms))),
        )

    def shapes(self) -> NDArray[np.object_]:
        """Shapely geometries: a polygon where there is one part, a multipolygon of more, an empty polygon of none."""
        offsets = (self.ring_start, self.part_start)
        parts = np.asarray(shapely.from_ragged_array(shapely.GeometryType.POLYGON, self.xy, offsets), dtype=object)
        size = np.diff(self.row_start)
        shapes = np.full(len(self), shapely.Polygon(), dtype=object)
        shapes[size == 1] = parts[self.row_start[:-1][size == 1]]
        for row in np.flatnonzero(size > 1):  # a few in a thousand
            shapes[row] = shapely.multipolygons(list(parts[self.row_start[row] : self.row_start[row + 1]]))
        return shapes

    @classmethod
    def joined(cls, layers: Sequence[FlatPolygons]) -> FlatPolygons:
        """One layer of several, one after another."""
        return cls(
            np.concatenate([layer.xy for layer in layers]),
            _chained([layer.ring_start for layer in layers]),
            _chained([layer.part_start for layer in layers]),
            _chained([layer.row_start for layer in layers]),
        )

    def take(self, rows: NDArray[np.integer[Any]]) -> FlatPolygons:
        """The rows named, in that order."""
        part, part_count = _ranges(self.row_start, rows)
        ring, ring_count = _ranges(self.part_start, part)
        vertex, vertex_count = _ranges(self.ring_start, ring)
        return FlatPolygons(self.xy[vertex], offsets(vertex_count), offsets(ring_count), offsets(part_count))


def _ranges(start: NDArray[np.int64], groups: NDArray[np.integer[Any]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places of the members of the groups named, and how many each has."""
    count = np.diff(start)[groups]
    before = np.cumsum(count) - count
    return np.repeat(start[:-1][groups] - before, count) + np.arange(int(count.sum())), count


def _chained(starts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    shift = np.cumsum([0, *[start[-1] for start in starts]])
    tails = [start[1:] + by for start, by in zip(starts, shift[:-1], strict=True)]
    return np.concatenate([np.zeros(1, np.int64), *tails]).astype(np.int64)


def offsets(counts: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Where each of some runs begins, given their lengths, and where the last one ends."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
