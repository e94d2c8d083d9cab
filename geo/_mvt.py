"""Mapbox Vector Tile 2.1 layers written from arrays.

Everything in such a layer except its name is a row of variable-length integers, so a layer is laid out as one array of
numbers and turned into bytes at once; no loop runs over features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo._strings import Strings

_MOVE_ONE, _CLOSE = 9, 15
_HEADER = 8  # feature tag, its length, id tag, id, type tag, type, geometry tag, its length
_POLYGON, _LINE, _POINT = 3, 2, 1


def layer(name: str, strings: Strings, units: NDArray[np.int64], *, extent: int) -> bytes:
    """Write the shapes; ``units`` are the vertices of ``strings`` in tile units.

    Vertices that fall on the one before are left out, and with them rings of fewer than three vertices and lines of
    fewer than two.
    """
    units, sizes, alive = _without_repeats(units, strings)
    if not alive.any():
        return b""
    feature, ring = strings.feature[alive], strings.ring[alive]
    kind = np.where(ring, _POLYGON, np.where(sizes > 1, _LINE, _POINT)).astype(np.int64)
    # a multi-point is written as points that share one id
    begins = np.ones(len(feature), bool)
    begins[1:] = (feature[1:] != feature[:-1]) | (kind[1:] != kind[:-1]) | (kind[1:] == _POINT)
    owner = np.cumsum(begins) - 1

    command_count = np.where(kind == _POLYGON, 2 * sizes + 3, np.where(kind == _LINE, 2 * sizes + 2, 3))
    at = np.cumsum(command_count) - command_count + _HEADER * (owner + 1)
    stream = np.zeros(int(command_count.sum()) + _HEADER * int(begins.sum()), dtype=np.int64)
    stream[at] = _MOVE_ONE
    drawn = kind != _POINT
    stream[at[drawn] + 3] = ((sizes[drawn] - 1) << 3) | 2
    closed = kind == _POLYGON
    stream[at[closed] + command_count[closed] - 1] = _CLOSE
    _place_vertices(stream, units, sizes, at, begins)
    heads = at[begins] - _HEADER
    return _layer_bytes(name, stream, heads, feature[begins], kind[begins], extent)


def points(name: str, rows: NDArray[np.int64], units: NDArray[np.int64], *, extent: int) -> bytes:
    """Write one point a row."""
    if not rows.size:
        return b""
    stream = np.zeros((len(rows), _HEADER + 3), dtype=np.int64)
    stream[:, _HEADER] = _MOVE_ONE
    stream[:, _HEADER + 1 :] = _zigzag(units)
    heads = np.arange(len(rows), dtype=np.int64) * (_HEADER + 3)
    return _layer_bytes(name, stream.ravel(), heads, rows, np.full(len(rows), _POINT, np.int64), extent)


def squares(name: str, rows: NDArray[np.int64], centres: NDArray[np.int64], *, half: int, extent: int) -> bytes:
    """Write one small square a row."""
    turn = np.array([[-half, -half], [half, -half], [half, half], [-half, half]], dtype=np.int64)
    units = (centres[:, None, :] + turn[None, :, :]).reshape(-1, 2)
    count = len(rows)
    strings = Strings(
        np.zeros((0, 2)), np.arange(count + 1, dtype=np.int64) * 4, rows.astype(np.int64), np.ones(count, bool)
    )
    return layer(name, strings, units, extent=extent)


def _without_repeats(
    units: NDArray[np.int64], strings: Strings
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    sizes = strings.sizes
    filled = sizes > 0
    if not filled.any():
        return units, sizes, filled
    heads = strings.start[:-1][filled]
    tails = strings.start[1:][filled] - 1
    keep = np.ones(len(units), bool)
    keep[1:] = (units[1:] != units[:-1]).any(axis=1)
    keep[heads] = True
    # a ring that comes back to its first vertex by rounding is closed already
    back = strings.ring[filled] & (tails > heads) & (units[tails] == units[heads]).all(axis=1)
    keep[tails[back]] = False
    left = np.zeros(len(sizes), np.int64)
    left[filled] = np.add.reduceat(keep, heads, dtype=np.int64)
    least = np.where(strings.ring, 3, np.where(sizes > 1, 2, 1))
    alive = left >= least
    keep &= np.repeat(alive, sizes)
    return units[keep], left[alive], alive


def _place_vertices(
    stream: NDArray[np.int64],
    units: NDArray[np.int64],
    sizes: NDArray[np.int64],
    at: NDArray[np.int64],
    begins: NDArray[np.bool_],
) -> None:
    heads = np.cumsum(sizes) - sizes
    step = units.copy()
    step[1:] -= units[:-1]
    # the pen goes on from string to string, and starts at the corner of the tile for each feature
    step[heads[begins]] = units[heads[begins]]
    nth = np.arange(len(units), dtype=np.int64) - np.repeat(heads, sizes)
    place = np.repeat(at, sizes) + np.where(nth == 0, 1, 2 * nth + 2)
    coded = _zigzag(step)
    stream[place] = coded[:, 0]
    stream[place + 1] = coded[:, 1]


def _layer_bytes(
    name: str,
    stream: NDArray[np.int64],
    heads: NDArray[np.int64],
    ids: NDArray[np.int64],
    kinds: NDArray[np.int64],
    extent: int,
) -> bytes:
    stream[heads], stream[heads + 2], stream[heads + 4], stream[heads + 6] = 0x12, 0x08, 0x18, 0x22
    stream[heads + 3], stream[heads + 5] = ids, kinds
    lengths = _byte_counts(stream)
    total = np.add.reduceat(lengths, heads)
    # the eight header numbers were counted with one byte for each length: what is left is geometry
    id_bytes = lengths[heads + 3]
    geometry = total - 7 - id_bytes
    stream[heads + 7] = geometry
    stream[heads + 1] = 4 + id_bytes + _byte_counts(geometry) + geometry
    body = _varints(stream)
    title = name.encode()
    inner = bytes([0x0A, len(title)]) + title + body + b"\x28" + _varint(extent) + b"\x78\x02"
    return b"\x1a" + _varint(len(inner)) + inner


def _zigzag(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def _byte_counts(values: NDArray[np.int64]) -> NDArray[np.int64]:
    counts = np.ones(len(values), np.int64)
    for bits in (7, 14, 21, 28, 35):
        counts += values >= (1 << bits)
    return counts


def _varints(values: NDArray[np.int64]) -> bytes:
    counts = _byte_counts(values)
    at = np.cumsum(counts) - counts
    out = np.empty(int(counts.sum()), np.uint8)
    for nth in range(int(counts.max(initial=1))):
        has = counts > nth
        more = np.where(counts[has] > nth + 1, 0x80, 0)
        out[at[has] + nth] = ((values[has] >> (7 * nth)) & 0x7F) | more
    return out.tobytes()


def _varint(value: int) -> bytes:
    return _varints(np.array([value], np.int64))
