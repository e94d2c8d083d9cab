"""How deeply the collections of a well-known binary are nested, told from its bytes before GEOS sees them.

GEOS reads a collection by calling itself, and ends the process some 15,000 levels down.
"""

from __future__ import annotations

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

DEEPEST: Final = 16

_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_MULTI: Final = frozenset({4, 5, 6})
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


def too_deep(wkb: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which rows hold collections nested deeper than ``DEEPEST``; None and bytes that are no WKB are not."""
    return np.array([value is not None and _is_collection(value) and _is_too_deep(value) for value in wkb], dtype=bool)


def _is_collection(value: bytes) -> bool:
    if len(value) < 9 or value[0] > 1:  # noqa: PLR2004 - order of bytes, type and count
        return False
    code: int = struct.unpack_from("<I" if value[0] else ">I", value, 1)[0]
    return (code & 0x0FFFFFFF) % 1000 == _COLLECTION


def _is_too_deep(value: bytes) -> bool:
    """Walk the geometries in the order of the bytes; ``left`` counts what each open collection still lacks."""
    at, left = 0, [1]
    try:
        while left:
            if left[-1] == 0:
                left.pop()
                continue
            left[-1] -= 1
            kind, numbers, order, at = _head(value, at)
            if kind == _COLLECTION or kind in _MULTI:
                (count,) = struct.unpack_from(order + "I", value, at)
                at += 4
                left.append(count)
                if len(left) > DEEPEST + 1:
                    return True
            else:
                at = _end(value, at, kind, numbers, order)
    except struct.error:
        # cut short: the reader of the rows will say so
        return False
    return False


def _head(value: bytes, at: int) -> tuple[int, int, str, int]:
    """Type, numbers a position, order of bytes, and where the body begins."""
    order = "<" if value[at : at + 1] == b"\1" else ">"
    (code,) = struct.unpack_from(order + "I", value, at + 1)
    at += 9 if code & _EWKB_SRID else 5
    more = (code & 0x0FFFFFFF) // 1000
    numbers = 2 + bool(code & _EWKB_Z) + bool(code & _EWKB_M) + {1: 1, 2: 1, 3: 2}.get(more, 0)
    return (code & 0x0FFFFFFF) % 1000, numbers, order, at


def _end(value: bytes, at: int, kind: int, numbers: int, order: str) -> int:
    """Where a point, line or polygon ends."""
    step = 8 * numbers
    if kind == _POINT:
        return at + step
    rings = 1
    if kind == _POLYGON:
        (rings,) = struct.unpack_from(order + "I", value, at)
        at += 4
    elif kind != _LINE:
        raise struct.error("another type")
    for _ in range(rings):
        (count,) = struct.unpack_from(order + "I", value, at)
        at += 4 + step * count
    return at
