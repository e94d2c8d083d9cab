"""What the numbers of a file without a CRS show of it: facts for a person to judge by, never a guess that is taken."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.formats.opened import FileNote

_ZONE_SPAN_M: Final = 1_000_000.0
# 6-degree zones 13-23 and 3-degree zones 25-45 cover China
_ZONES: Final = range(13, 46)
# eastings without a zone number, and northings of China (18° to 54° N)
_EASTINGS: Final = (100_000.0, 900_000.0)
_NORTHINGS: Final = (1_900_000.0, 6_100_000.0)


def of_places(xy: NDArray[np.float64]) -> tuple[FileNote, ...]:
    """Evidence of points (n, 2), x to the right: ``axes_swapped``, ``zone_prefix``, ``looks_like_metres``."""
    sound = xy[np.isfinite(xy).all(axis=1)]
    if not len(sound):
        return ()
    notes: list[FileNote] = []
    across, up = sound[:, 0], sound[:, 1]
    # half of the points decide: stray ones lie anywhere
    if _mostly(_is_northing(across) & _is_easting(up)):
        notes.append(FileNote("axes_swapped", {"x_range": _range(across), "y_range": _range(up)}))
        across, up = up, across
    zone = np.floor(across / _ZONE_SPAN_M).astype(np.int64)
    prefixed = np.isin(zone, _ZONES)
    if _mostly(prefixed):
        common = int(np.bincount(zone[prefixed]).argmax())
        share = float((zone == common).mean())
        example = round(float(across[zone == common][0]), 3)
        notes.append(FileNote("zone_prefix", {"zone": common, "share": round(share, 4), "example": example}))
    if (np.abs(sound).max(axis=0) > (180, 90)).any():
        low, high = sound.min(axis=0), sound.max(axis=0)
        notes.append(FileNote("looks_like_metres", {"bounds": [round(float(v), 3) for v in (*low, *high)]}))
    return tuple(notes)


def _is_easting(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    plain = (values >= _EASTINGS[0]) & (values <= _EASTINGS[1])
    return np.asarray(plain | np.isin(np.floor(values / _ZONE_SPAN_M), _ZONES))


def _is_northing(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((values >= _NORTHINGS[0]) & (values <= _NORTHINGS[1]))


def _mostly(signs: NDArray[np.bool_]) -> bool:
    return float(signs.mean()) > 0.5  # noqa: PLR2004 - half


def _range(values: NDArray[np.float64]) -> list[float]:
    return [round(float(values.min()), 3), round(float(values.max()), 3)]
