"""Polygons in well-known binary taken apart into flat arrays, without making an object of any.

Every count and every byte is checked against the end of its row before it is read; a row that is no polygon or
multipolygon, is empty, cut short or has bytes to spare is left to the general reader. (OGC 06-103r4 §8, with the type
numbers of ISO and of EWKB for z and m, and both byte orders.)
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import shapely
from numba import njit
from numpy.typing import NDArray

from geo.flat import FlatPolygons, offsets

_POLYGON: Final = 3
_MULTIPOLYGON: Final = 6
_HEADER: Final = 5  # byte order and type
_COUNT: Final = 4
_FEWEST: Final = 4  # vertices of a ring
_CHUNK_ROWS: Final = 16_384

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]


def flat_polygons(column: pa.Array | pa.ChunkedArray) -> tuple[FlatPolygons, NDArray[np.bool_]]:
    """Polygons of a binary column, and which rows they could be read from; the other rows have no parts."""
    from geo._threads import in_blocks  # noqa: PLC0415 - loads numba, which most readers of files do not need

    chunks = [chunk.slice(at, _CHUNK_ROWS)
              for chunk in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])
              for at in range(0, len(chunk), _CHUNK_ROWS)]  # fmt: skip
    buffers = [_buffers(chunk) for chunk in chunks]
    first = offsets(np.array([len(chunk) for chunk in chunks], dtype=np.int64))
    rows = int(first[-1])
    count = np.zeros((rows, 3), np.int64)

    def measure(begin: int, end: int) -> None:
        for nth in range(begin, end):
            there = np.asarray(chunks[nth].is_valid())
            _measure(*buffers[nth], there, 0, len(there), count[first[nth] : first[nth + 1]])

    in_blocks(measure, len(chunks), smallest=1)
    read = count[:, 0] > 0
    row_start, part_at, ring_at = (offsets(count[:, column]) for column in range(3))
    flat = FlatPolygons(
        np.empty((ring_at[-1], 2)),
        np.zeros(part_at[-1] + 1, np.int64),
        np.zeros(row_start[-1] + 1, np.int64),
        row_start,
    )
    xy = flat.xy.reshape(-1)

    def take_apart(begin: int, end: int) -> None:
        for nth in range(begin, end):
            rows, ends = slice(first[nth], first[nth + 1]), slice(first[nth], first[nth + 1] + 1)
            _take_apart(
                *buffers[nth], read[rows], row_start[ends], part_at[ends], ring_at[ends], 0, len(chunks[nth]),
                flat.part_start, flat.ring_start, xy, xy.view(np.uint8),
            )  # fmt: skip

    in_blocks(take_apart, len(chunks), smallest=1)
    return flat, read


def warm() -> None:
    """Load the compiled part, so that the first file does not wait for it."""
    flat_polygons(pa.array([shapely.to_wkb(shapely.box(0, 0, 1, 1)), None], pa.binary()))


def _buffers(column: pa.Array) -> tuple[Bytes, Offsets]:
    """Bytes of a binary column and where each row begins: checked, so that no offset leaves the bytes."""
    wide = column.cast(pa.large_binary())
    if isinstance(wide, pa.ChunkedArray):
        wide = wide.combine_chunks()
    wide.validate(full=True)
    _, ends, values = wide.buffers()
    start = np.frombuffer(ends, np.int64, len(wide) + 1, wide.offset * 8)
    data = np.zeros(0, np.uint8) if values is None else np.frombuffer(values, np.uint8)
    if len(start) and (start[0] < 0 or start[-1] > len(data) or (np.diff(start) < 0).any()):
        raise ValueError("offsets")
    return data, start


@njit(cache=True, nogil=True, inline="always")
def _number(data: Bytes, at: int, big: bool) -> int:
    """Four bytes as an unsigned number; the caller has checked that they are there."""
    a, b, c, d = np.int64(data[at]), np.int64(data[at + 1]), np.int64(data[at + 2]), np.int64(data[at + 3])
    return int((a << 24) | (b << 16) | (c << 8) | d) if big else int((d << 24) | (c << 16) | (b << 8) | a)


@njit(cache=True, nogil=True)
def _head(data: Bytes, at: int, end: int) -> tuple[int, int, int, bool]:
    """Type (3, 6, or -1 for any other), bytes a vertex, where the count lies, and whether the high byte is first."""
    if end - at < _HEADER + _COUNT or data[at] > 1:
        return -1, 16, at, False
    big = data[at] == 0
    kind = _number(data, at + 1, big)
    at += _HEADER
    ordinates = 2
    # EWKB says z, m and SRID in the high bits, ISO adds thousands
    if kind & 0x80000000:
        ordinates += 1
    if kind & 0x40000000:
        ordinates += 1
    if kind & 0x20000000:
        at += 4
    kind &= 0x1FFFFFFF
    thousands = kind // 1000
    if thousands > 3 or (thousands and ordinates > 2) or end - at < _COUNT:  # noqa: PLR2004 - z, m, zm
        return -1, 16, at, big
    ordinates += 2 if thousands == 3 else min(thousands, 1)  # noqa: PLR2004 - zm
    kind -= thousands * 1000
    return kind if kind in (_POLYGON, _MULTIPOLYGON) else -1, 8 * ordinates, at, big


@njit(cache=True, nogil=True)
def _rings(data: Bytes, at: int, end: int, stride: int, big: bool) -> tuple[int, int, int]:
    """Rings and vertices of the polygon whose count lies at ``at``, and where it ends; -1 where it does not fit."""
    if end - at < _COUNT:
        return -1, 0, at
    rings = _number(data, at, big)
    at += _COUNT
    # each ring takes at least its count: a lie about their number ends here
    if rings == 0 or rings > (end - at) // _COUNT:
        return -1, 0, at
    vertices = 0
    for _ in range(rings):
        if end - at < _COUNT:
            return -1, 0, at
        size = _number(data, at, big)
        at += _COUNT
        if size < _FEWEST or size > (end - at) // stride:
            return -1, 0, at
        vertices += size
        at += size * stride
    return rings, vertices, at


@njit(cache=True, nogil=True)
def _measure(data: Bytes, start: Offsets, there: NDArray[np.bool_], begin: int, end: int, count: Offsets) -> None:
    """Parts, rings and vertices of the rows; nothing for a row that cannot be read."""
    for row in range(begin, end):
        if not there[row]:
            continue
        at, stop = start[row], start[row + 1]
        kind, stride, at, big = _head(data, at, stop)
        if kind == _POLYGON:
            rings, vertices, at = _rings(data, at, stop, stride, big)
            if rings > 0 and at == stop:
                count[row, 0], count[row, 1], count[row, 2] = 1, rings, vertices
        elif kind == _MULTIPOLYGON:
            parts, rings, vertices, at = _parts(data, at, stop, big)
            if parts > 0 and at == stop:
                count[row, 0], count[row, 1], count[row, 2] = parts, rings, vertices


@njit(cache=True, nogil=True)
def _parts(data: Bytes, at: int, stop: int, big: bool) -> tuple[int, int, int, int]:
    """Parts, rings and vertices of the multipolygon counted at ``at``, and where it ends; -1 where it does not fit."""
    parts = _number(data, at, big)
    at += _COUNT
    if parts == 0 or parts > (stop - at) // (_HEADER + _COUNT):
        return -1, 0, 0, at
    rings = vertices = 0
    for _ in range(parts):
        kind, stride, at, part_big = _head(data, at, stop)
        if kind != _POLYGON:
            return -1, 0, 0, at
        more_rings, more_vertices, at = _rings(data, at, stop, stride, part_big)
        if more_rings < 0:
            return -1, 0, 0, at
        rings += more_rings
        vertices += more_vertices
    return parts, rings, vertices, at


@njit(cache=True, nogil=True)
def _take_apart(
    data: Bytes, start: Offsets, read: NDArray[np.bool_], row_start: Offsets, ring_at: Offsets, vertex_at: Offsets,
    begin: int, end: int, part_start: Offsets, ring_start: Offsets, xy: NDArray[np.float64], xy_bytes: Bytes,
) -> None:  # fmt: skip
    """Write offsets and coordinates of the rows that `_measure` has found sound: the same walk, checked already."""
    swapped = np.empty(1, np.float64)
    swapped_bytes = swapped.view(np.uint8)
    for row in range(begin, end):
        if not read[row]:
            continue
        ring, vertex = ring_at[row], vertex_at[row]
        kind, stride, at, big = _head(data, start[row], start[row + 1])
        if kind == _MULTIPOLYGON:
            at += _COUNT
        for part in range(row_start[row], row_start[row + 1]):
            if kind == _MULTIPOLYGON:
                _, stride, at, big = _head(data, at, start[row + 1])
            rings = _number(data, at, big)
            at += _COUNT
            for _ in range(rings):
                size = _number(data, at, big)
                at += _COUNT
                if stride == 16 and not big:  # noqa: PLR2004 - x and y, as memory has them
                    for k in range(16 * size):
                        xy_bytes[16 * vertex + k] = data[at + k]
                else:
                    for k in range(size):
                        for ordinate in range(2):
                            for b in range(8):
                                swapped_bytes[7 - b if big else b] = data[at + k * stride + ordinate * 8 + b]
                            xy[2 * (vertex + k) + ordinate] = swapped[0]
                at += size * stride
                vertex += size
                ring += 1
                ring_start[ring] = vertex
            part_start[part + 1] = ring
