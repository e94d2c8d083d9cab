"""A made-up city of parcels for measuring: blocks of streets, lots in rows, corners cut, holes, a few slips of the pen.

The same count and seed give the same parcels. Within a block the lots fit exactly, with vertices that the neighbour
has not; a share of them is moved by millimetres, as digitised maps are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

_LOTS: Final = (10, 2)  # lots along and across a block
_LOT_M: Final = (30.0, 50.0)
_STREET_M: Final = 16.0
_ORIGIN: Final = (490_000.0, 3_220_000.0)  # in EPSG:4549, near Yiwu
_TURN: Final = 0.31  # radians: no edge lies along an axis


@dataclass(frozen=True, slots=True)
class Fabric:
    """Parcels and street centre lines in EPSG:4549."""

    parcels: NDArray[np.object_]
    roads: NDArray[np.object_]


def fabric(count: int, *, seed: int = 1) -> Fabric:
    """Draw ``count`` parcels, and the streets around their blocks."""
    rng = np.random.default_rng(seed)
    per_block = _LOTS[0] * _LOTS[1]
    blocks = -(-count // per_block)
    side = int(np.ceil(np.sqrt(blocks * _LOTS[1] * _LOT_M[1] / (_LOTS[0] * _LOT_M[0]))))
    columns = max(1, min(blocks, side))
    pitch = (_LOTS[0] * _LOT_M[0] + _STREET_M, _LOTS[1] * _LOT_M[1] + _STREET_M)

    at = np.arange(blocks * per_block)[:count]
    block, lot = at // per_block, at % per_block
    x = block % columns * pitch[0] + lot % _LOTS[0] * _LOT_M[0]
    y = block // columns * pitch[1] + lot // _LOTS[0] * _LOT_M[1]
    outline = np.array([[0, 0], [0.4, 0], [1, 0], [1, 1], [0.7, 1], [0, 1]]) * _LOT_M
    xy = outline + np.stack([x, y], axis=-1)[:, None, :]
    slipped = rng.random(count) < 0.05
    xy[slipped] += rng.uniform(-0.02, 0.02, (int(slipped.sum()), 1, 2))
    parcels = shapely.polygons(_placed(xy))

    rows = -(-blocks // columns)
    width, height = columns * pitch[0], rows * pitch[1]
    middle = -_STREET_M / 2
    along = [[(middle, j * pitch[1] + middle), (width + middle, j * pitch[1] + middle)] for j in range(rows + 1)]
    across = [[(i * pitch[0] + middle, middle), (i * pitch[0] + middle, height + middle)] for i in range(columns + 1)]
    roads = shapely.linestrings(_placed(np.array([*along, *across])))
    return Fabric(np.asarray(parcels, dtype=object), np.asarray(roads, dtype=object))


def _placed(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    return np.asarray(np.round(xy @ turn + _ORIGIN, 3), dtype=np.float64)
