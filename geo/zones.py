"""The 3-degree Gauss-Krüger zones of CGCS2000: 25 (75° E) to 45 (135° E), each with two EPSG codes.

EPSG:4513…4533 put the number of the zone before the easting (40 507 286 m), EPSG:4534…4554 do not (507 286 m).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FIRST_ZONE: Final = 25
_LAST_ZONE: Final = 45
_WITH_NUMBER: Final = 4513
_WITHOUT_NUMBER: Final = 4534


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone as one of its two codes writes it: its number, and whether eastings begin with it."""

    number: int
    numbered: bool

    @property
    def epsg(self) -> int:
        """The code."""
        return (_WITH_NUMBER if self.numbered else _WITHOUT_NUMBER) + self.number - _FIRST_ZONE

    @property
    def central_meridian(self) -> int:
        """Degrees east."""
        return 3 * self.number


def zone_of(epsg: int) -> Zone | None:
    """The zone that an EPSG code means; None for every other coordinate system."""
    for first, numbered in ((_WITH_NUMBER, True), (_WITHOUT_NUMBER, False)):
        number = epsg - first + _FIRST_ZONE
        if _FIRST_ZONE <= number <= _LAST_ZONE:
            return Zone(number, numbered)
    return None


def numbered(epsg: int) -> int | None:
    """The code of the same zone whose eastings begin with its number; None outside the zones."""
    zone = zone_of(epsg)
    return None if zone is None else Zone(zone.number, numbered=True).epsg
