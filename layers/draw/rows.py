"""A set of rows as short text, as it travels between browser and server: sorted, differences as varints, base64."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import numpy as np
from numpy.typing import NDArray

_MORE: Final = 0x80  # the bit of a byte that says that the number goes on
_MOST_BYTES: Final = 5  # of a number below 2³²


class RowsRefused(ValueError):
    """The text is not a set of rows below the given count."""


def encode_rows(rows: NDArray[np.int64]) -> str:
    """Write rows, sorted and each once; an empty set is an empty text."""
    ordered = np.unique(rows)
    if not ordered.size:
        return ""
    gaps = np.diff(ordered, prepend=0)
    counts = np.ones(len(gaps), np.int64)
    for bits in (7, 14, 21, 28):
        counts += gaps >= (1 << bits)
    at = np.cumsum(counts) - counts
    out = np.empty(int(counts.sum()), np.uint8)
    for nth in range(int(counts.max())):
        has = counts > nth
        out[at[has] + nth] = ((gaps[has] >> (7 * nth)) & 0x7F) | np.where(counts[has] > nth + 1, _MORE, 0)
    return base64.b64encode(out.tobytes()).decode("ascii")


def decode_rows(text: str, *, count: int) -> NDArray[np.int64]:
    """Read rows of a layer that has ``count`` of them.

    Raises
    ------
    RowsRefused
        The text is not base64, ends within a number, or names a row that is not there.
    """
    try:
        raw = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError) as fault:
        raise RowsRefused from fault
    if not raw.size:
        return np.empty(0, np.int64)
    last = raw < _MORE
    if not last[-1] or raw.size > _MOST_BYTES * max(count, 1):
        raise RowsRefused
    starts = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    nth = np.arange(raw.size) - np.repeat(starts, np.diff(np.append(starts, raw.size)))
    if nth.max() >= _MOST_BYTES:
        raise RowsRefused
    gaps = np.add.reduceat((raw & 0x7F).astype(np.int64) << (7 * nth), starts)
    rows = np.cumsum(gaps)
    if rows[-1] >= count:
        raise RowsRefused
    return rows
