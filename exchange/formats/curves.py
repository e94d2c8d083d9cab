"""Arcs in WKB (SQL/MM types 8 to 12) made into short chords, which is all that the geometry library can hold."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange.formats import arcs

_COLLECTION: Final = 7
_CURVED: Final = frozenset(range(8, 13))
# surfaces in space, which no layer takes
_SOLID: Final = frozenset(range(13, 18))
_MOST_DEPTH: Final = 16
_POINT, _LINE, _POLYGON, _ARCS, _COMPOUND, _CURVE_POLYGON = 1, 2, 3, 8, 9, 10
# chords of an arc in degrees leave it by about 1 mm on the ground
_DEGREES_PER_METRE: Final = 1 / 111_000


def flatten(wkb: NDArray[np.object_], crs: str | None) -> tuple[NDArray[np.object_], list[int]]:
    """Rows without arcs, and which rows had some; a row that cannot be read so becomes empty bytes."""
    kinds = np.array([_kind(each) for each in wkb], dtype=np.int64)
    suspects = np.flatnonzero((kinds >= _COLLECTION) & (kinds <= max(_SOLID)))
    if not len(suspects):
        return wkb, []
    tolerance = arcs.TOLERANCE_M * (_DEGREES_PER_METRE if _in_degrees(crs) else 1.0)
    straight, curved = wkb.copy(), []
    for row in suspects:  # few: most files have no arcs at all
        walk = _Walk(wkb[row], tolerance)
        try:
            shape = walk.geometry(0)
        except (struct.error, ValueError, KeyError, IndexError, shapely.errors.ShapelyError):
            straight[row] = b""
            continue
        if walk.curved:
            straight[row] = shapely.to_wkb(shape)
            curved.append(int(row))
    return straight, curved


def _in_degrees(crs: str | None) -> bool:
    try:
        return crs is not None and bool(pyproj.CRS.from_user_input(crs).is_geographic)
    except pyproj.exceptions.CRSError:
        return False


def _kind(wkb: bytes | None) -> int:
    if not wkb or len(wkb) < 5:  # noqa: PLR2004 - byte order and type
        return 0
    return int.from_bytes(wkb[1:5], "little" if wkb[0] == 1 else "big") % 0x10000 % 1000


class _Walk:
    """One pass over the bytes of a geometry."""

    def __init__(self, wkb: bytes, tolerance: float) -> None:
        self._wkb = wkb
        self._at = 0
        self._tolerance = tolerance
        self.curved = False

    def geometry(self, depth: int) -> BaseGeometry:
        if depth > _MOST_DEPTH:
            raise ValueError(depth)
        kind, order, width = self._head()
        if kind in {_POINT, _LINE, _ARCS, _COMPOUND}:
            line = self._line(kind, order, width)
            return shapely.Point(line[0]) if kind == _POINT else shapely.LineString(line)
        if kind == _POLYGON:
            return _polygon([self._places(order, width) for _ in range(self._count(order))])
        if kind == _CURVE_POLYGON:
            return _polygon([self._ring() for _ in range(self._count(order))])
        if kind not in _PARTS:
            raise ValueError(kind)
        parts = [self.geometry(depth + 1) for _ in range(self._count(order))]
        whole: BaseGeometry = _PARTS[kind](parts)
        return whole

    def _ring(self) -> NDArray[np.float64]:
        return self._line(*self._head())

    def _line(self, kind: int, order: str, width: int) -> NDArray[np.float64]:
        if kind == _POINT:
            return self._read(order, width, 1)
        if kind == _LINE:
            return self._places(order, width)
        if kind == _COMPOUND:
            self.curved = True
            pieces = [self._line(*self._head()) for _ in range(self._count(order))]
            return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
        if kind != _ARCS:
            raise ValueError(kind)
        self.curved = True
        places = self._places(order, width)
        if len(places) < 3 or len(places) % 2 == 0:  # noqa: PLR2004 - start, middle, end
            raise ValueError(len(places))
        pieces = [
            arcs.through(places[at], places[at + 1], places[at + 2], self._tolerance)
            for at in range(0, len(places) - 2, 2)
        ]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])

    def _head(self) -> tuple[int, str, int]:
        order = "<" if self._wkb[self._at] == 1 else ">"
        code = struct.unpack_from(f"{order}I", self._wkb, self._at + 1)[0]
        self._at += 5
        high = bool(code & 0x80000000) or code % 0x10000 // 1000 in {1, 3}
        measured = bool(code & 0x40000000) or code % 0x10000 // 1000 in {2, 3}
        return code % 0x10000 % 1000, order, 2 + high + measured

    def _count(self, order: str) -> int:
        count = int(struct.unpack_from(f"{order}I", self._wkb, self._at)[0])
        self._at += 4
        if count > len(self._wkb):
            raise ValueError(count)
        return count

    def _places(self, order: str, width: int) -> NDArray[np.float64]:
        return self._read(order, width, self._count(order))

    def _read(self, order: str, width: int, count: int) -> NDArray[np.float64]:
        if self._at + count * width * 8 > len(self._wkb):
            raise ValueError(count)
        places = np.frombuffer(self._wkb, f"{order}f8", count * width, self._at).reshape(count, width)
        self._at += count * width * 8
        return np.asarray(places[:, :2], dtype=np.float64)


def _polygon(rings: list[NDArray[np.float64]]) -> BaseGeometry:
    return shapely.Polygon(rings[0], rings[1:]) if rings else shapely.Polygon()


_PARTS: Final[dict[int, Any]] = {
    4: shapely.multipoints,
    5: shapely.multilinestrings,
    6: shapely.multipolygons,
    7: shapely.geometrycollections,
    11: shapely.multilinestrings,
    12: shapely.multipolygons,
}
