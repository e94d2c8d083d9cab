"""Which of two numbers is the easting, and which zone stands before it: told by ranges that never overlap in China.

X is north and Y is east in surveying, east and north in mathematics; files come both ways. Between 9° and 62° north a
northing has seven digits from 1,000,000 to 7,000,000 m, an easting six digits, or eight with the zone number before
them; latitudes end at 54° and longitudes begin at 73°. Where numbers fit neither, the format's own order stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exchange.formats.opened import FileNote

Numbers = NDArray[np.float64]

# 6-degree zones 13 to 23 and 3-degree zones 25 to 45, before six digits
_EAST_WITH_ZONE: Final = (13e6, 46e6)
_EAST: Final = (1e5, 1e6)
_NORTH: Final = (1e6, 7e6)
_LONGITUDE: Final = (73.0, 136.0)
_LATITUDE: Final = (3.0, 54.0)
_TURN: Final = 180.0
_ZONE_M: Final = 1e6
# what a group of points is in: degrees, metres without a zone number, or the zone
DEGREES: Final = -1
NO_ZONE: Final = 0


@dataclass(frozen=True, slots=True)
class Order:
    """Of each group of points: whether it is written the other way round, and its frame; and which points do not fit.

    ``mixed`` marks points written the other way than most of their group, ``astray`` those of another zone.
    """

    turned: NDArray[np.bool_]
    frame: NDArray[np.int64]
    mixed: NDArray[np.bool_]
    astray: NDArray[np.bool_]


def order_of(north: Numbers, east: Numbers, group: NDArray[np.int64], groups: int) -> Order:
    """Judge points, as their format orders them, group by group (a parcel, or each row of a table)."""
    as_written = _is_north(north) & _is_east(east) | _within(north, _LATITUDE) & _within(east, _LONGITUDE)
    other_way = _is_east(north) & _is_north(east) | _within(north, _LONGITUDE) & _within(east, _LATITUDE)
    turned = np.bincount(group[other_way], minlength=groups) > np.bincount(group[as_written], minlength=groups)
    mixed = np.where(turned[group], as_written, other_way)
    true_east = np.where(turned[group], north, east)
    zone = np.where(_within(true_east, _EAST_WITH_ZONE), true_east // _ZONE_M, NO_ZONE).astype(np.int64)
    frame = np.zeros(groups, dtype=np.int64)
    # points of a group follow one another, so the last one written is the first of the group
    frame[group[::-1]] = zone[::-1]
    small = (np.abs(north) <= _TURN) & (np.abs(east) <= _TURN)
    degrees = np.bincount(group[small], minlength=groups) == np.bincount(group, minlength=groups)
    frame[degrees] = DEGREES
    return Order(turned, frame, mixed, (zone != frame[group]) & ~degrees[group])


def most_common(frame: NDArray[np.int64]) -> int:
    """Frame of most groups; the smallest of equals, metres without zone where there is none."""
    values, counts = np.unique(frame, return_counts=True)
    return int(values[counts.argmax()]) if len(values) else NO_ZONE


def evidence_of(frame: int, east: Numbers, north: Numbers, *, turned: bool) -> tuple[FileNote, ...]:
    """Say what the coordinates show, with the numbers that show it; ``turned``: that some came the other way round.

    Ranges and bounds are those of the coordinates as they are then held, x east.
    """
    if not len(east):
        return ()
    notes = []
    if turned:
        ranges = {"x_range": _range(east), "y_range": _range(north)}
        notes.append(FileNote("axes_swapped", ranges))
    if frame > NO_ZONE:
        with_it = east // _ZONE_M == frame
        values = {"zone": frame, "share": round(float(with_it.mean()), 4), "example": float(east[with_it][0])}
        return (*notes, FileNote("zone_prefix", values))
    code = "looks_like_degrees" if frame == DEGREES else "looks_like_metres"
    return (*notes, FileNote(code, _bounds(east, north)))


def turned_note(evidence: tuple[FileNote, ...]) -> tuple[FileNote, ...]:
    """What of the evidence was acted on, and so belongs among the notes of the report as well."""
    return tuple(note for note in evidence if note.code == "axes_swapped")


def _bounds(east: Numbers, north: Numbers) -> Mapping[str, Any]:
    return {"bounds": [float(east.min()), float(north.min()), float(east.max()), float(north.max())]}


def _range(values: Numbers) -> list[float]:
    return [float(values.min()), float(values.max())]


def _within(values: Numbers, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= bounds[0]) & (values < bounds[1]))


def _is_north(values: Numbers) -> NDArray[np.bool_]:
    return _within(values, _NORTH)


def _is_east(values: Numbers) -> NDArray[np.bool_]:
    return _within(values, _EAST) | _within(values, _EAST_WITH_ZONE)
