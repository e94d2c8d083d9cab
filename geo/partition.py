"""A layer cut into pieces that can be measured apart: each with the neighbours it needs from beyond its border.

Rows are shared out by the middle of their boxes, in columns and then in cells of equal count, so files need be in no
order. A piece is measured with every row whose box comes within ``reach`` of its own rows' hull: whatever two rows have
to do with each other within that reach is then seen whole in the piece that owns the first of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.flat import FlatPolygons

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows to measure, rising; ``own`` marks those whose results count; ``hull`` is the box they were sought in."""

    rows: NDArray[np.int64]
    own: NDArray[np.bool_]
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


def pieces(bounds: NDArray[np.float64], *, most_rows: int, reach_m: float) -> list[Piece]:
    """Cut rows with these finite bounds into pieces that own at most ``most_rows`` each."""
    middle = bounds[:, :2] + bounds[:, 2:]
    columns = int(np.ceil(np.sqrt(len(bounds) / most_rows)))
    cut = []
    for column in np.array_split(np.argsort(middle[:, 0], kind="stable"), columns):
        cells = -(-len(column) // most_rows)
        upward = column[np.argsort(middle[column, 1], kind="stable")]
        cut += [_piece(bounds, cell, reach_m) for cell in np.array_split(upward, max(cells, 1)) if len(cell)]
    return cut


def _piece(bounds: NDArray[np.float64], own: NDArray[np.int64], reach_m: float) -> Piece:
    low, high = bounds[own, :2].min(axis=0) - reach_m, bounds[own, 2:].max(axis=0) + reach_m
    west, south, east, north = bounds.T
    seen = (west <= high[0]) & (east >= low[0]) & (south <= high[1]) & (north >= low[1])
    rows = np.flatnonzero(seen)
    return Piece(rows, np.isin(rows, own), (float(low[0]), float(low[1]), float(high[0]), float(high[1])))
