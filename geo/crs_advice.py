"""Which CRS to create a database with, for a place on the earth."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from pyproj import CRS
from pyproj.aoi import AreaOfInterest
from pyproj.database import CRSInfo, query_crs_info
from pyproj.enums import PJType

# grids that land offices keep parcels in, most local first; each is metric and conformal (names of the EPSG database)
_NATIONAL_GRIDS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"TWD97 / TM2 zone \d+",
        r"Hong Kong 1980 Grid System",
        r"Macao Grid|Observatorio Meteorologico Macau",
        r"SVY21 / Singapore TM",
        r"JGD2011 / Japan Plane Rectangular CS \w+",
        r"Korea 2000 / .* Belt 2010",
        r"NAD83 / (?!UTM|BLM|MTM|Statistics|Canada|Conus|Great|Alaska Albers|.*Albers|.*\(ft).*",
        r"OSGB36 / British National Grid",
        r"RGF93 v1 / Lambert-93",
        r"ETRS89 / UTM zone \d+N",
        r"GDA2020 / MGA zone \d+",
        r"NZGD2000 / New Zealand Transverse Mercator 2000",
    )
)
_CHINA_GRID: Final = re.compile(r"CGCS2000 / 3-degree Gauss-Kruger CM \d+E")
_UTM_NORTH, _UTM_SOUTH = 32600, 32700


def advise_storage_crs(lon: float, lat: float) -> list[int]:
    """Name EPSG codes that suit a place, best first; never empty.

    Parameters
    ----------
    lon, lat
        Degrees, WGS 84 or CGCS2000.

    Returns
    -------
    list[int]
        The local land grid where one is known (in China the 3-degree zone without zone number), then the UTM zone.
    """
    lon = (lon + 180.0) % 360.0 - 180.0
    here = AreaOfInterest(lon, lat, lon, lat)
    found = [
        each
        for each in query_crs_info("EPSG", pj_types=PJType.PROJECTED_CRS, area_of_interest=here, contains=True)
        if not each.deprecated and _metric(each)
    ]
    local = [_smallest(found, grid) for grid in _NATIONAL_GRIDS]
    advice = [code for code in local if code is not None][:1]
    china = _nearest_meridian(found, lon)
    advice += [china] if china is not None else []
    return [*advice[:1], _utm_zone(lon, lat)]


def _smallest(found: list[CRSInfo], grid: re.Pattern[str]) -> int | None:
    named = [each for each in found if grid.fullmatch(each.name)]
    return int(min(named, key=_extent).code) if named else None


def _extent(info: CRSInfo) -> float:
    area = info.area_of_use
    if area is None:
        return np.inf
    return float(((area.east - area.west) % 360.0) * (area.north - area.south))


def _nearest_meridian(found: list[CRSInfo], lon: float) -> int | None:
    zones = [each for each in found if _CHINA_GRID.fullmatch(each.name)]
    if not zones:
        return None
    return int(min(zones, key=lambda each: abs(lon - float(each.name.rsplit(" ", 1)[1][:-1]))).code)


def _metric(info: CRSInfo) -> bool:
    # names say feet as (ftUS), (ft); the codes left are few, so the axes are asked only of those
    return "(ft" not in info.name and (
        not any(grid.fullmatch(info.name) for grid in _NATIONAL_GRIDS)
        or all(axis.unit_conversion_factor == 1.0 for axis in CRS.from_epsg(int(info.code)).axis_info)
    )


def _utm_zone(lon: float, lat: float) -> int:
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return (_UTM_NORTH if lat >= 0 else _UTM_SOUTH) + zone
