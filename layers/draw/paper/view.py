"""A view: a piece of ground shown in a box of the sheet, and the shapes of a layer as paths in it.

Geometries are in a projected CRS, metres, north up; paths are in points of the sheet, y down, cut to the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]
Geoms = NDArray[np.object_]
_NO_PATH: Final = Path(np.zeros((0, 2)))
_POLYGON: Final = 3
_LINES: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class View:
    """Where the ground lies: box (x, y, width, height) in points, the ground at its middle, metres a point."""

    x: float
    y: float
    width: float
    height: float
    east: float
    north: float
    metres_per_pt: float

    @classmethod
    def fitted(cls, box: Bounds, bounds: Bounds, *, margin_pt: float = 12.0, metres_per_pt: float = 0.0) -> View:
        """The view of some bounds (west, south, east, north) in a box, as large as it fits or at a given scale."""
        x, y, width, height = box
        west, south, east, north = bounds
        fits = max((east - west) / (width - 2 * margin_pt), (north - south) / (height - 2 * margin_pt), 1e-6)
        return cls(x, y, width, height, (west + east) / 2, (south + north) / 2, metres_per_pt or fits)

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north of what is seen, metres."""
        half_w, half_h = self.width / 2 * self.metres_per_pt, self.height / 2 * self.metres_per_pt
        return self.east - half_w, self.north - half_h, self.east + half_w, self.north + half_h

    def place(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the sheet of coordinates (n, 2)."""
        out = np.empty_like(xy, dtype=np.float64)
        out[:, 0] = self.x + self.width / 2 + (xy[:, 0] - self.east) / self.metres_per_pt
        out[:, 1] = self.y + self.height / 2 - (xy[:, 1] - self.north) / self.metres_per_pt
        return out

    def boxes(self, geoms: Geoms) -> NDArray[np.float64]:
        """Left, top, right, bottom of each geometry on the sheet."""
        bounds = shapely.bounds(geoms)
        low, high = self.place(bounds[:, :2]), self.place(bounds[:, 2:])
        return np.column_stack([low[:, 0], high[:, 1], high[:, 0], low[:, 1]])

    def seen(self, geoms: Geoms, grow_pt: float = 0.0) -> NDArray[np.bool_]:
        """Which geometries may reach into the box."""
        if not len(geoms):
            return np.zeros(0, dtype=bool)
        west, south, east, north = self.bounds
        grow = grow_pt * self.metres_per_pt
        bounds = shapely.bounds(geoms)
        return np.asarray(
            (bounds[:, 0] <= east + grow) & (bounds[:, 2] >= west - grow)
            & (bounds[:, 1] <= north + grow) & (bounds[:, 3] >= south - grow)
        )  # fmt: skip

    def inset(self, geoms: Geoms, by_pt: float) -> Geoms:
        """Polygons of the view set in by so many points of the sheet, with their corners kept sharp."""
        shapes: Geoms = shapely.buffer(
            geoms[self.seen(geoms)], -by_pt * self.metres_per_pt, join_style="mitre", mitre_limit=2.0
        )
        return shapes

    def areas(self, geoms: Geoms) -> Path:
        """All polygons as one path: holes run the other way, and neighbours leave no seam between them."""
        shapes = geoms[self.seen(geoms)]
        if not len(shapes):
            return _NO_PATH
        polygons = shapely.orient_polygons(_parts(_cut(shapes, self, 6.0), (_POLYGON,)))
        rings = shapely.get_rings(polygons) if len(polygons) else np.zeros(0, dtype=object)
        return _path(rings, self, closed=True)

    def lines(self, geoms: Geoms) -> Path:
        """All lines, and the rings of polygons, as one path."""
        shapes = geoms[self.seen(geoms)]
        if not len(shapes):
            return _NO_PATH
        outlines = np.where(np.isin(shapely.get_type_id(shapes), (3, 6)), shapely.boundary(shapes), shapes)
        return _path(_parts(_cut(outlines, self, 6.0), _LINES), self, closed=False)

    def hatching(self, geoms: Geoms, *, spacing_pt: float) -> Path:
        """Lines at 45° through the polygons, as a hatch of exact spacing that any program shows alike."""
        shapes = _parts(_cut(geoms[self.seen(geoms)], self, 0.0), (_POLYGON,))
        if not len(shapes):
            return _NO_PATH
        west, south, east, north = self.bounds
        step = spacing_pt * self.metres_per_pt * np.sqrt(2.0)
        starts = np.arange(np.floor((west - (north - south)) / step), np.ceil(east / step) + 1) * step
        ends = np.stack([
            np.column_stack([starts, np.full(len(starts), south)]),
            np.column_stack([starts + (north - south), np.full(len(starts), north)]),
        ], axis=1)  # fmt: skip
        strokes = shapely.intersection(shapely.linestrings(ends), shapely.union_all(shapes))
        return _path(_parts(strokes, _LINES), self, closed=False)


def _cut(geoms: Any, view: View, grow_pt: float) -> Geoms:
    """Geometries cut to the box, grown so that outlines along its edge fall outside it."""
    west, south, east, north = view.bounds
    grow = grow_pt * view.metres_per_pt
    inside = shapely.covers(shapely.box(west, south, east, north), geoms) if len(geoms) else np.zeros(0, dtype=bool)
    out = np.array(geoms, dtype=object)
    if not inside.all():
        out[~inside] = shapely.clip_by_rect(geoms[~inside], west - grow, south - grow, east + grow, north + grow)
    return out


def _parts(geoms: Any, types: tuple[int, ...]) -> Geoms:
    """Single parts of the types; collections within collections are opened, too."""
    flat = np.atleast_1d(geoms)
    for _ in range(2):
        flat = shapely.get_parts(flat)
    kept: Geoms = flat[np.isin(shapely.get_type_id(flat), types) & ~shapely.is_empty(flat)]
    return kept


def _path(strings: Any, view: View, *, closed: bool) -> Path:
    if not len(strings):
        return _NO_PATH
    counts = shapely.get_num_coordinates(strings)
    places = view.place(shapely.get_coordinates(strings))
    codes = np.full(len(places), Path.LINETO, dtype=Path.code_type)
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    codes[starts] = Path.MOVETO
    if closed:
        codes[starts + counts - 1] = Path.CLOSEPOLY
    return Path(places, codes)
