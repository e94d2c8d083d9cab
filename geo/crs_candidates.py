"""Which CRSs the numbers of a file allow when it names none: offered with the evidence, never chosen.

Numbers can show a zone, swapped axes, degrees or metres. They cannot show the datum: CGCS2000, Xian 1980 and Beijing
1954 differ by metres to tens of metres.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from pyproj import CRS, Transformer

from geo.crs import outside_area_of_use, read_crs, same_crs

Bounds = tuple[float, float, float, float]

_ZONE_SPAN_M: Final = 1_000_000.0
# EPSG codes of CGCS2000 with the zone number in the easting: 6-degree zones 13-23, 3-degree zones 25-45
_SIX_DEGREE: Final = {zone: 4491 + zone - 13 for zone in range(13, 24)}
_THREE_DEGREE: Final = {zone: 4513 + zone - 25 for zone in range(25, 46)}
_GEOGRAPHIC: Final = 4490
_WEB_MERCATOR: Final = 3857


@dataclass(frozen=True, slots=True)
class Candidate:
    """One CRS that the numbers fit, x and y as they stand or the other way round, and what shows it.

    ``because`` is ``degrees``, ``zone_prefix`` (with ``zone``), ``storage`` (they lie where the database is at home) or
    ``web_mercator``.
    """

    epsg: int
    swapped: bool
    because: str
    values: Mapping[str, int]

    @property
    def words(self) -> str:
        """How it is asked for: ``EPSG:4528``, ``EPSG:4528;swapped``."""
        return f"EPSG:{self.epsg};swapped" if self.swapped else f"EPSG:{self.epsg}"


def candidates(bounds: Bounds, storage: CRS | None) -> tuple[Candidate, ...]:
    """Name the CRSs in which an extent (x first: west, south, east, north) lies where the database is at home.

    Best first: as they stand before swapped. Without a database (``storage`` None) where each CRS itself is at home.
    """
    if not np.isfinite(bounds).all():
        return ()
    found: list[Candidate] = []
    for swapped in (False, True):
        west, south, east, north = (bounds[1], bounds[0], bounds[3], bounds[2]) if swapped else bounds
        zone = int(west // _ZONE_SPAN_M)
        tried: list[tuple[int, str, dict[str, int]]] = []
        if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:  # noqa: PLR2004 - degrees
            tried.append((_GEOGRAPHIC, "degrees", {}))
        epsg = (_THREE_DEGREE | _SIX_DEGREE).get(zone)
        if epsg is not None and int(east // _ZONE_SPAN_M) == zone:
            tried.append((epsg, "zone_prefix", {"zone": zone}))
        code = storage.to_epsg(min_confidence=20) if storage is not None else None
        if code is not None:
            tried.append((code, "storage", {}))
        tried.append((_WEB_MERCATOR, "web_mercator", {}))
        found += [
            Candidate(epsg, swapped, because, values)
            for epsg, because, values in tried
            if _at_home(read_crs(epsg), (west, south, east, north), storage)
            and not any(same_crs(epsg, other.epsg) and other.swapped == swapped for other in found)
        ]
    return tuple(found)


def _at_home(crs: CRS, bounds: Bounds, storage: CRS | None) -> bool:
    """Whether an extent lies in the area of use of the CRS, and of the database's, and comes back to itself."""
    west, south, east, north = bounds
    x, y = np.array([west, east, east, west]), np.array([south, south, north, north])
    lon, lat = x, y
    if crs.is_projected:
        lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
        if not np.isfinite(lon).all():
            return False
        back = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(lon, lat)
        if not np.allclose(back, (x, y), rtol=0.0, atol=0.01):
            return False
    if outside_area_of_use(crs, lon, lat).any():
        return False
    return storage is None or not outside_area_of_use(storage, lon, lat).any()
