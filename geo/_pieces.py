"""Outlines cut into pieces of neighbouring edges, each with its box: what a spatial tree is made of.

An outline of up to WHOLE edges is one piece; a longer one (a network of roads, a river) is cut, so that a parcel beside
it meets a few of its edges and not all. Edge ``k`` goes from vertex ``k`` to ``k + 1``.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._lanes import place_of
from geo._threads import in_blocks
from geo.flat import FlatPolygons

WHOLE: Final = 64
CUT: Final = 32
# what is known of a piece: drawn with the inside on the right; a shell not cut; of a shell
BACKWARD: Final = 1
WHOLE_SHELL: Final = 2
SHELL: Final = 4


class Pieces(NamedTuple):
    """Pieces in the order of rows; those of row ``i`` are ``start[i]:start[i + 1]``.

    ``first`` and ``end`` are edges, ``box`` is west, south, east, north; a ring that is not finite has an inside-out
    box, which meets nothing.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    row: NDArray[np.int32]
    about: NDArray[np.uint8]
    box: NDArray[np.float64]
    start: NDArray[np.int64]


def pieces_of(flat: FlatPolygons) -> Pieces:
    """Cut the outlines of a layer."""
    start = _counted(flat.ring_start, flat.part_start, flat.row_start)
    size = int(start[-1])
    pieces = Pieces(
        first=np.empty(size, np.int64),
        end=np.empty(size, np.int64),
        row=np.empty(size, np.int32),
        about=np.empty(size, np.uint8),
        box=np.empty((size, 4)),
        start=start,
    )

    def cut(begin: int, end: int) -> None:
        _cut(flat.xy, flat.ring_start, flat.part_start, flat.row_start, pieces, begin, end)

    in_blocks(cut, len(flat), smallest=8_192)
    return pieces


@njit(cache=True, nogil=True)
def _counted(ring_start, part_start, row_start):  # type: ignore[no-untyped-def]
    """Where the pieces of each row start."""
    rows = len(row_start) - 1
    start = np.zeros(rows + 1, np.int64)
    for row in range(rows):
        count = 0
        for ring in range(part_start[row_start[row]], part_start[row_start[row + 1]]):
            edges = ring_start[ring + 1] - ring_start[ring] - 1
            if edges > WHOLE:
                count += (edges + CUT - 1) // CUT
            elif edges > 0:
                count += 1
        start[row + 1] = start[row] + count
    return start


@njit(cache=True, nogil=True, error_model="numpy")
def _cut(xy, ring_start, part_start, row_start, pieces, begin, end):  # type: ignore[no-untyped-def]
    for row in range(begin, end):
        piece = pieces.start[row]
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                first, last = ring_start[ring], ring_start[ring + 1] - 1
                if last <= first:
                    continue
                cut_before = piece
                is_shell = ring == part_start[part]
                step = CUT if last - first > WHOLE else WHOLE
                twice_area = 0.0
                ox, oy = xy[first, 0], xy[first, 1]
                for at in range(first, last, step):
                    until = min(at + step, last)
                    west = east = xy[at, 0]
                    south = north = xy[at, 1]
                    px, py = west - ox, south - oy
                    # unsigned: numba looks at every signed number whether it counts from the end
                    for k in range(np.uint64(at + 1), np.uint64(until + 1)):
                        x, y = xy[k, 0], xy[k, 1]
                        west, east = min(west, x), max(east, x)
                        south, north = min(south, y), max(north, y)
                        qx, qy = x - ox, y - oy
                        twice_area += px * qy - qx * py
                        px, py = qx, qy
                    pieces.first[piece] = at
                    pieces.end[piece] = until
                    pieces.row[piece] = row
                    pieces.box[piece, 0] = west
                    pieces.box[piece, 1] = south
                    pieces.box[piece, 2] = east
                    pieces.box[piece, 3] = north
                    piece += 1
                about = SHELL if is_shell else 0
                if (twice_area > 0.0) != is_shell:
                    about |= BACKWARD
                if is_shell and piece == cut_before + 1:
                    about |= WHOLE_SHELL
                for k in range(cut_before, piece):
                    pieces.about[k] = about
                    if not np.isfinite(twice_area):
                        pieces.box[k, 0] = pieces.box[k, 1] = np.inf
                        pieces.box[k, 2] = pieces.box[k, 3] = -np.inf


class Seen(NamedTuple):
    """Places (`geo._lanes.place_of`) of coordinates and of what is known of pieces: nobody counts who looks at them."""

    xy: Any
    first: Any
    end: Any
    about: Any
    box: Any
    start: Any


@njit(cache=True, nogil=True)
def seen_of(xy, pieces):  # type: ignore[no-untyped-def]
    """Places of a layer; for a function that is given the layer, while it has it."""
    return Seen(
        place_of(xy), place_of(pieces.first), place_of(pieces.end), place_of(pieces.about), place_of(pieces.box),
        place_of(pieces.start),
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def box_of(seen, row):  # type: ignore[no-untyped-def]
    """West, south, east, north of a row; inside out when it has no pieces."""
    west = south = np.inf
    east = north = -np.inf
    for k in range(seen.start[row], seen.start[row + 1]):
        west, south = min(west, seen.box[4 * k]), min(south, seen.box[4 * k + 1])
        east, north = max(east, seen.box[4 * k + 2]), max(north, seen.box[4 * k + 3])
    return west, south, east, north
