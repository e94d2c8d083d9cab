"""Vector tiles cut on request: geometry and a row number, nothing else.

Coordinates are held in the unit square of Web Mercator (x to the east, y to the south), so that a tile is a
multiplication and a rounding. Rounding is done on one grid for the whole world, before the tile's corner is taken off:
the two sides of a shared vertex always land on the same place and neighbours never come apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import _mvt
from geo._strings import Strings, strings_of
from geo.crs import converter

EXTENT: Final = 4096  # units across a tile, the customary value of the Mapbox Vector Tile specification 2.1
TILE_PX: Final = 512  # a tile is drawn this wide: a quarter of the requests of 256
UNITS_PER_PX: Final = EXTENT // TILE_PX
BUFFER_UNITS: Final = 24 * UNITS_PER_PX  # wider than any line or sign drawn, so that no seam shows
COARSE_STEP: Final = 2  # below FINE_ZOOM coordinates are snapped to a quarter of a pixel: fewer vertices, same picture
FINE_ZOOM: Final = 14

# a feature smaller than this is a speck: many specks become an overview of square cells, few are kept as small squares
SPECK_PX: Final = (2, 3, 4)
CROWD: Final = 9_000  # features a tile may hold before the speck grows; twelve tiles in a view keep it near 100,000
SIGN_ROOM_PX: Final = 8.0  # inscribed radius from which a parcel has room for its sign

_POINT, _LINE, _POLYGON = 1, 2, 3
_KIND_OF_TYPE: Final = np.array([1, 2, 2, 3, 1, 2, 3, 3], dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class LonLatBounds:
    """West, south, east, north in degrees."""

    west: float
    south: float
    east: float
    north: float


def unit_square(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and latitude in degrees as positions in the unit square of Web Mercator, one row each."""
    # the square ends at 85.0511°: beyond it the projection runs to infinity
    phi = np.radians(np.clip(lat, -85.0511, 85.0511))
    y = 0.5 - np.arcsinh(np.tan(phi)) / (2 * np.pi)
    return np.column_stack([lon / 360.0 + 0.5, y])


class TileIndex:
    """The geometries of one layer at one revision, ready to be cut into tiles.

    Parameters
    ----------
    geoms
        Points, lines or polygons in ``crs``. A missing or empty one is in no tile.
    crs
        The projected CRS of the geometries. It must be one that `geo.crs.converter` takes to EPSG:4326.

    Notes
    -----
    Safe to share between threads: nothing changes after it is built.
    """

    def __init__(self, geoms: NDArray[np.object_], crs: CRS) -> None:
        to_lonlat = converter(crs, CRS.from_epsg(4326))

        def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
            lon, lat = to_lonlat.points(xy[:, 0], xy[:, 1])
            return unit_square(np.asarray(lon), np.asarray(lat))

        world = shapely.force_2d(np.asarray(geoms, dtype=object))
        world = shapely.transform(world, project) if len(world) else world
        # exterior rings clockwise on the ground are the specification's way once y runs down
        self._world = shapely.orient_polygons(world, exterior_cw=True)
        self._bounds = shapely.bounds(self._world)
        self._size = np.maximum(self._bounds[:, 2] - self._bounds[:, 0], self._bounds[:, 3] - self._bounds[:, 1])
        self._centre = (self._bounds[:, :2] + self._bounds[:, 2:]) / 2
        self._area = shapely.area(self._world)
        with np.errstate(divide="ignore", invalid="ignore"):
            self._room = np.nan_to_num(2 * self._area / shapely.length(self._world))
        kinds = shapely.get_type_id(self._world)
        self._kind = _KIND_OF_TYPE[np.clip(kinds, 0, 7)]
        self._strings = strings_of(self._world)
        self._tree = shapely.STRtree(self._world)

    @property
    def bounds_lonlat(self) -> LonLatBounds | None:
        """The extent of the layer in degrees; None when it holds nothing."""
        return self.bounds_of(np.arange(len(self._world)))

    def bounds_of(self, rows: NDArray[np.int64]) -> LonLatBounds | None:
        """The common extent of some rows in degrees; None when they hold nothing."""
        boxes = self._bounds[rows]
        if not len(boxes) or np.isnan(boxes).all():
            return None
        west, north = np.nanmin(boxes[:, :2], axis=0)
        east, south = np.nanmax(boxes[:, 2:], axis=0)
        return LonLatBounds(*(float(v) for v in (_lon(west), _lat(south), _lon(east), _lat(north))))

    def tile(self, z: int, x: int, y: int, *, name: str = "f", signs: bool = False) -> bytes:
        """Cut one tile.

        Features carry their row as id and no attributes. Layers of the tile: ``name``, the shapes;
        ``o2``/``o3``/``o4``, an overview where parcels are smaller than 2, 3 or 4 px: one point a cell of that size,
        with the row of the largest parcel in it; with ``signs``, ``a``: a point inside each polygon that has room for
        a sign. Empty bytes when there is nothing.
        """
        scale = float(1 << z)
        corner = np.array([x, y], dtype=np.float64) / scale
        reach = (1 + BUFFER_UNITS / EXTENT) / scale
        margin = BUFFER_UNITS / EXTENT / scale
        west, north = corner - margin
        rows = np.sort(self._tree.query(shapely.box(west, north, corner[0] + reach, corner[1] + reach)))
        if not rows.size:
            return b""
        px = scale * TILE_PX
        speck = self._speck_px(rows, px)
        small = (self._kind[rows] == _POLYGON) & (self._size[rows] * px < speck)
        shapes, specks = rows[~small], rows[small]
        grid = _Grid(scale, x, y, 1 if z >= FINE_ZOOM else COARSE_STEP)
        parts = [
            self._shapes(shapes, grid, (west, north, corner[0] + reach, corner[1] + reach), name),
            self._specks(specks, grid, speck, crowded=len(rows) > CROWD, name=name),
        ]
        if signs:
            parts.append(self._signs(shapes, grid, px))
        return b"".join(parts)

    def _speck_px(self, rows: NDArray[np.int64], px: float) -> int:
        size = self._size[rows] * px
        for speck in SPECK_PX:
            if np.count_nonzero(size >= speck) <= CROWD:
                return speck
        return SPECK_PX[-1]

    def _shapes(
        self, rows: NDArray[np.int64], grid: _Grid, window: tuple[float, float, float, float], name: str
    ) -> bytes:
        if not rows.size:
            return b""
        west, north, east, south = window
        b = self._bounds[rows]
        crossing = (b[:, 0] < west) | (b[:, 1] < north) | (b[:, 2] > east) | (b[:, 3] > south)
        whole = self._strings.take(rows[~crossing])
        if crossing.any():
            clipped = shapely.clip_by_rect(self._world[rows[crossing]], west, north, east, south)
            cut = strings_of(clipped)
            whole = Strings.merged(whole, cut.renamed(rows[crossing]))
        return _mvt.layer(name, whole, grid.units(whole.xy), extent=EXTENT)

    def _specks(self, rows: NDArray[np.int64], grid: _Grid, speck: int, *, crowded: bool, name: str) -> bytes:
        if not rows.size:
            return b""
        if not crowded:
            return _mvt.squares(name, rows, grid.units(self._centre[rows]), half=UNITS_PER_PX // 2, extent=EXTENT)
        cell_units = speck * UNITS_PER_PX
        cells = np.floor_divide(grid.units(self._centre[rows]), cell_units)
        key = cells[:, 1] * (1 << 32) + cells[:, 0]
        order = np.lexsort((-self._area[rows], key))
        first = order[np.unique(key[order], return_index=True)[1]]
        return _mvt.points(f"o{speck}", rows[first], cells[first] * cell_units, extent=EXTENT)

    def _signs(self, rows: NDArray[np.int64], grid: _Grid, px: float) -> bytes:
        roomy = rows[(self._kind[rows] == _POLYGON) & (self._room[rows] * px >= SIGN_ROOM_PX)]
        if not roomy.size:
            return b""
        places = shapely.get_coordinates(shapely.point_on_surface(self._world[roomy]))
        units = grid.units(places)
        near = ((units >= -BUFFER_UNITS) & (units <= EXTENT + BUFFER_UNITS)).all(axis=1)
        return _mvt.points("a", roomy[near], units[near], extent=EXTENT)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The rounding of one zoom, and the corner of one tile in it."""

    scale: float
    x: int
    y: int
    step: int

    def units(self, xy: NDArray[np.float64]) -> NDArray[np.int64]:
        per_step = self.scale * EXTENT / self.step
        snapped = np.rint(xy * per_step).astype(np.int64) * self.step
        return snapped - np.array([self.x * EXTENT, self.y * EXTENT], dtype=np.int64)


def _lon(x: float) -> float:
    return (x - 0.5) * 360.0


def _lat(y: float) -> float:
    return float(np.degrees(np.arctan(np.sinh((0.5 - y) * 2 * np.pi))))
