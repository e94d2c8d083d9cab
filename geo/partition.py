"""A layer cut into pieces that can be measured apart: each with the neighbours it needs from beyond its border.

The middle of a row's box lies in one tile of a grid that is the same for every layer, so files can be sorted out one by
one and need be in no order. A piece owns whole tiles, in a rectangle of about equal counts. It is measured with every
row whose box comes within reach of the hull of its own rows, and of the parts of those few that stick out of it, being
as large as a tile or in parts far from each other: whatever two rows have to do with each other within that reach is
then seen whole in the piece that owns the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flat import FlatPolygons

Bounds = tuple[float, float, float, float]

# a hundred parcels in a town: few enough to follow a border, many enough that a province has less than a million tiles
TILE_M: Final = 500.0
_ROWS_A_COLUMN: Final = 1 << 32
_FARTHEST: Final = 1 << 30
# a tree costs more than looking through all
_FEW_BOXES: Final = 8


@dataclass(frozen=True, slots=True)
class Tiles:
    """Tiles with rows in them: ``key`` rises; ``count`` of rows; ``hull`` of their boxes, of large ones the middle."""

    key: NDArray[np.int64]
    count: NDArray[np.int64]
    hull: NDArray[np.float64]

    @classmethod
    def of(cls, bounds: NDArray[np.float64]) -> Tiles:
        """Sort out rows with these finite bounds."""
        middle = bounds[:, :2] / 2.0 + bounds[:, 2:] / 2.0
        small = np.where(large(bounds)[:, None], np.hstack([middle, middle]), bounds)
        return _grouped(tile_of(bounds), np.ones(len(bounds), np.int64), small)

    @classmethod
    def joined(cls, layers: Sequence[Tiles]) -> Tiles:
        """The tiles of several layers together."""
        key, count, hull = ([getattr(each, name) for each in layers] for name in ("key", "count", "hull"))
        return _grouped(np.concatenate(key), np.concatenate(count), np.concatenate(hull))


@dataclass(frozen=True, slots=True)
class Piece:
    """``tiles`` whose rows it owns, by key, and the ``hull`` of these rows; of large ones their middle is in it."""

    tiles: NDArray[np.int64]
    hull: Bounds


def bounds_of(flat: FlatPolygons) -> NDArray[np.float64]:
    """West, south, east, north of each row; NaN where it has no vertex or one that is not finite."""
    from geo._row_bounds import fill_bounds  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it
    from geo._threads import in_blocks, seen_as_writable  # noqa: PLC0415 - the same

    bounds = np.empty((len(flat), 4))
    vertex = seen_as_writable(flat.ring_start[flat.part_start[flat.row_start]])
    xy = seen_as_writable(flat.xy)
    in_blocks(lambda begin, end: fill_bounds(xy, vertex, begin, end, bounds), len(flat))
    return bounds


def warm() -> None:
    """Load the compiled part, so that the first file does not wait for it."""
    nothing = np.zeros(1, np.int64)
    bounds_of(FlatPolygons(np.zeros((0, 2)), nothing, nothing, np.zeros(2, np.int64)))


def tile_of(bounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Key of the tile that holds the middle of each box; keys rise by column, to the north within one."""
    middle = bounds[:, :2] / 2.0 + bounds[:, 2:] / 2.0
    column, row = np.clip(np.floor(middle / TILE_M), -_FARTHEST, _FARTHEST).astype(np.int64).T
    return np.asarray(column * _ROWS_A_COLUMN + row)


def large(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes are longer or wider than a tile."""
    return np.asarray((bounds[:, 2:] - bounds[:, :2]).max(axis=1, initial=0.0) > TILE_M)


def grown(box: Bounds, by_m: float) -> Bounds:
    """The box with so much more on all sides."""
    return box[0] - by_m, box[1] - by_m, box[2] + by_m, box[3] + by_m


def meeting(bounds: NDArray[np.float64], boxes: Sequence[Bounds]) -> NDArray[np.bool_]:
    """Which of the finite ``bounds`` meet any of some boxes."""
    met = np.zeros(len(bounds), dtype=bool)
    if len(boxes) > _FEW_BOXES:
        around = np.array(boxes)
        whole = (*around[:, :2].min(axis=0).tolist(), *around[:, 2:].max(axis=0).tolist())
        candidates = np.flatnonzero(meeting(bounds, [whole]))
        tree = shapely.STRtree(shapely.box(*around.T))
        met[candidates[tree.query(shapely.box(*bounds[candidates].T))[0]]] = True
        return met
    west, south, east, north = bounds.T
    for box in boxes:
        met |= (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    return met


def parts_beyond(flat: FlatPolygons, hull: Bounds) -> list[Bounds]:
    """Boxes of the parts of some rows that stick out of a hull."""
    single = FlatPolygons(flat.xy, flat.ring_start, flat.part_start, np.arange(len(flat.part_start), dtype=np.int64))
    bounds = bounds_of(single)
    return [(w, s, e, n) for w, s, e, n in bounds[beyond(bounds, hull)].tolist()]


def beyond(bounds: NDArray[np.float64], hull: Bounds) -> NDArray[np.bool_]:
    """Which finite boxes are not wholly inside a hull."""
    west, south, east, north = bounds.T
    return np.asarray((west < hull[0]) | (south < hull[1]) | (east > hull[2]) | (north > hull[3]))


def pieces(tiles: Tiles, *, most_rows: int) -> list[Piece]:
    """Cut a layer into pieces that own about ``most_rows`` each; a tile is never cut."""
    half = _ROWS_A_COLUMN // 2
    row = (tiles.key + half) % _ROWS_A_COLUMN - half
    column = (tiles.key - row) // _ROWS_A_COLUMN
    bands = int(np.ceil(np.sqrt(tiles.count.sum() / most_rows)))
    cut = []
    for band in _shares(column, tiles.count, bands):
        cells = -(-int(tiles.count[band].sum()) // most_rows)
        cut += [_piece(tiles, band[cell]) for cell in _shares(row[band], tiles.count[band], cells)]
    return cut


def _shares(line: NDArray[np.int64], count: NDArray[np.int64], shares: int) -> list[NDArray[np.int64]]:
    """Places with equal numbers of rows in each share, what is on one line of tiles staying together; none is empty."""
    lines, of = np.unique(line, return_inverse=True)
    size = np.bincount(of, weights=count, minlength=len(lines))
    middle = np.cumsum(size) - size / 2.0
    share = (middle * shares / max(size.sum(), 1.0)).astype(np.int64)[of]
    return [np.flatnonzero(share == nth) for nth in np.unique(share)]


def _piece(tiles: Tiles, own: NDArray[np.int64]) -> Piece:
    low, high = tiles.hull[own, :2].min(axis=0), tiles.hull[own, 2:].max(axis=0)
    return Piece(np.sort(tiles.key[own]), (float(low[0]), float(low[1]), float(high[0]), float(high[1])))


def _grouped(key: NDArray[np.int64], count: NDArray[np.int64], hull: NDArray[np.float64]) -> Tiles:
    if not len(key):
        return Tiles(key, count, hull.reshape(-1, 4))
    order = np.argsort(key, kind="stable")
    key = key[order]
    start = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    low, high = np.minimum.reduceat(hull[order, :2], start), np.maximum.reduceat(hull[order, 2:], start)
    return Tiles(key[start], np.add.reduceat(count[order], start), np.hstack([low, high]))
