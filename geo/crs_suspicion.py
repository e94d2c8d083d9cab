"""Signs that coordinates are not in the CRS that they are declared in: told with evidence, never mended in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.crs import outside_area_of_use

Bounds = tuple[float, float, float, float]

_FULL_TURN: Final = 360.0
_POLE: Final = 90.0
_ZONE_SPAN_M: Final = 1_000_000.0  # a zone number stands before the six digits of an easting
_CHINA_ZONES: Final = range(13, 46)  # 6-degree zones 13-23 and 3-degree zones 25-45
_FIRST_3_DEGREE_ZONE: Final = 25
_CGCS2000_ZONE_25: Final = 4513  # EPSG:4513 is 3-degree zone 25, with the zone number in the easting
_CGCS2000_CM_75: Final = 4534  # EPSG:4534 is the same zone without it


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What looks wrong: a code and the numbers that show it.

    ``degrees_in_metres``, ``metres_in_degrees``, ``swapped_axes``, ``zone_prefix`` (easting with, CRS without a zone
    number; ``zone``, ``epsg`` to try), ``zone_prefix_missing`` (the other way), ``outside_area_of_use``,
    ``not_finite``.
    """

    code: str
    evidence: Mapping[str, float | int]


def plausible(crs: CRS, bounds: Bounds) -> tuple[Suspicion, ...]:
    """Judge declared coordinates by their extent (west, south, east, north in ``crs``, x first).

    Returns
    -------
    tuple[Suspicion, ...]
        Empty when the extent lies in the CRS's area of use. The datum cannot be judged from numbers.
    """
    if not np.isfinite(bounds).all():
        return (Suspicion("not_finite", {}),)
    west, south, east, north = bounds
    evidence = {"west": west, "south": south, "east": east, "north": north}
    if crs.is_geographic:
        return _of_degrees(crs, bounds, evidence)
    if max(abs(west), abs(east)) <= _FULL_TURN and max(abs(south), abs(north)) <= _POLE:
        return (Suspicion("degrees_in_metres", evidence),)
    if _usable(crs, bounds):
        return ()
    found = [Suspicion("swapped_axes", evidence)] if _usable(crs, _turned(bounds)) else []
    found += _zone_signs(crs, bounds, evidence)
    return tuple(found) or (Suspicion("outside_area_of_use", evidence),)


def _of_degrees(crs: CRS, bounds: Bounds, evidence: Mapping[str, float]) -> tuple[Suspicion, ...]:
    if max(abs(value) for value in bounds) > 2 * _FULL_TURN:
        return (Suspicion("metres_in_degrees", evidence),)
    if not _outside(crs, bounds):
        return ()
    if not _outside(crs, _turned(bounds)):
        return (Suspicion("swapped_axes", evidence),)
    return (Suspicion("outside_area_of_use", evidence),)


def _zone_signs(crs: CRS, bounds: Bounds, evidence: Mapping[str, float]) -> list[Suspicion]:
    """A zone number in front of the easting where the CRS has none, or the reverse; also with the axes swapped."""
    found = []
    for swapped, (west, south, east, north) in (
        (False, bounds),
        (True, _turned(bounds)),
    ):
        zone = int(west // _ZONE_SPAN_M)
        if zone in _CHINA_ZONES and int(east // _ZONE_SPAN_M) == zone:
            evidence_here: dict[str, float | int] = {**evidence, "zone": zone, "swapped": int(swapped)}
            if zone >= _FIRST_3_DEGREE_ZONE:
                evidence_here["epsg"] = _CGCS2000_ZONE_25 + zone - _FIRST_3_DEGREE_ZONE
            found.append(Suspicion("zone_prefix", evidence_here))
        elif zone == 0 and (own := _false_zone(crs)) and _usable(crs, (west + own, south, east + own, north)):
            zone = int(own // _ZONE_SPAN_M)
            epsg = _CGCS2000_CM_75 + zone - _FIRST_3_DEGREE_ZONE
            found.append(
                Suspicion("zone_prefix_missing", {**evidence, "zone": zone, "epsg": epsg, "swapped": int(swapped)})
            )
    return found


def _false_zone(crs: CRS) -> float:
    """The part of the false easting that is a zone number: 40 000 000 of 40 500 000."""
    operation = crs.coordinate_operation
    eastings = [float(each.value) for each in operation.params if each.name == "False easting"] if operation else []
    return eastings[0] // _ZONE_SPAN_M * _ZONE_SPAN_M if eastings else 0.0


def _usable(crs: CRS, bounds: Bounds) -> bool:
    """Whether the extent comes out within the area of use, and back at the same place."""
    geodetic = crs.geodetic_crs
    x, y = _corners(bounds)
    lon, lat = Transformer.from_crs(crs, geodetic, always_xy=True).transform(x, y)
    if outside_area_of_use(crs, np.asarray(lon), np.asarray(lat)).any():
        return False
    back = Transformer.from_crs(geodetic, crs, always_xy=True).transform(lon, lat)
    return bool(np.allclose(back, (x, y), rtol=0.0, atol=0.01))


def _outside(crs: CRS, bounds: Bounds) -> bool:
    lon, lat = _corners(bounds)
    wild = max(abs(bounds[1]), abs(bounds[3])) > _POLE
    return wild or bool(outside_area_of_use(crs, lon, lat).any())


def _turned(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    return south, west, north, east


def _corners(bounds: Bounds) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = bounds
    return np.array([west, east, east, west]), np.array([south, south, north, north])
