"""Entities of a drawing as DXF tags: a group code and a value, a line each (R2000 and later).

A drawing library makes an object of a kilobyte for each and takes ten times as long to write it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from exchange.writing.dbase import in_gbk

APP: Final = "CHANTU"
_MOST_XDATA_BYTES: Final = 255
# a character as UTF-8 or GBK, and one beyond the basic plane as two escapes
_GBK_BYTES: Final = 3
_LONGEST_BYTES: Final = 14
_CLOSED: Final = 1
# boundaries of a hatch: of straight edges, and the outer one of these
_POLYLINE: Final = 2
_OUTERMOST: Final = 3
# a flag that the low byte is an opacity, and a quarter of 255
_SEE_THROUGH: Final = 0x02000000 | 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity hangs: its handle, the model space that owns it, and its layer."""

    handle: str
    owner: str
    layer: str


def outline(place: Place, xy: Sequence[Sequence[float]], *, closed: bool, told: Iterable[tuple[str, str]]) -> str:
    """A light-weight polyline with its extended data; what is empty is not told."""
    points = "".join(f" 10\n{x!r}\n 20\n{y!r}\n" for x, y in xy)
    data = "".join(f"1000\n{_fitting(f'{key}={value}')}\n" for key, value in told if value)
    return (
        f"{_head('LWPOLYLINE', place)}100\nAcDbPolyline\n 90\n{len(xy)}\n 70\n{_CLOSED if closed else 0}\n{points}"
        + (f"1001\n{APP}\n{data}" if data else "")
    )


def fill(place: Place, rings: Sequence[Sequence[Sequence[float]]], *, see_through: bool, told: tuple[str, str]) -> str:
    """A solid hatch in the colour of its layer, by the even-odd rule; three quarters are seen through where it can."""
    paths = "".join(
        f" 92\n{_OUTERMOST if number == 0 else _POLYLINE}\n 72\n0\n 73\n1\n 93\n{len(ring)}\n"
        + "".join(f" 10\n{x!r}\n 20\n{y!r}\n" for x, y in ring)
        + " 97\n0\n"
        for number, ring in enumerate(rings)
    )
    head = _head("HATCH", place) + (f"440\n{_SEE_THROUGH}\n" if see_through else "")
    return (
        f"{head}100\nAcDbHatch\n 10\n0.0\n 20\n0.0\n 30\n0.0\n210\n0.0\n220\n0.0\n230\n1.0\n  2\nSOLID\n"
        f" 70\n1\n 71\n0\n 91\n{len(rings)}\n{paths} 75\n0\n 76\n1\n 98\n0\n"
        f"1001\n{APP}\n1000\n{_fitting('='.join(told))}\n"
    )


def text(place: Place, said: str, at: tuple[float, float], height: float, *, style: str, centred: bool) -> str:
    """One line of text from its left end, or about its middle."""
    x, y = at
    first = f"100\nAcDbText\n 10\n{x!r}\n 20\n{y!r}\n 30\n0.0\n 40\n{height!r}\n  1\n{said}\n  7\n{style}\n"
    middle = f" 72\n1\n 11\n{x!r}\n 21\n{y!r}\n 31\n0.0\n100\nAcDbText\n 73\n2\n" if centred else "100\nAcDbText\n"
    return f"{_head('TEXT', place)}{first}{middle}"


def circle(place: Place, at: tuple[float, float], radius: float) -> str:
    """A circle, which stands for a point: a point itself is a dot that nobody sees."""
    x, y = at
    return f"{_head('CIRCLE', place)}100\nAcDbCircle\n 10\n{x!r}\n 20\n{y!r}\n 30\n0.0\n 40\n{radius!r}\n"


def _head(kind: str, place: Place) -> str:
    return f"  0\n{kind}\n  5\n{place.handle}\n330\n{place.owner}\n100\nAcDbEntity\n  8\n{place.layer}\n"


def _fitting(said: str) -> str:
    """As much of a text as a string of extended data holds, whichever way the drawing writes it."""
    if len(said) * _LONGEST_BYTES <= _MOST_XDATA_BYTES:
        return said
    sizes = list(accumulate(1 if each.isascii() else _GBK_BYTES if in_gbk(each) else _LONGEST_BYTES for each in said))
    return said[: bisect_right(sizes, _MOST_XDATA_BYTES)]
