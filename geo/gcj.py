"""GCJ-02 and BD-09, the coordinates of Chinese web maps: moved by half a kilometre, and back.

GCJ-02 moves WGS 84 longitude and latitude by a published polynomial and sines (300-700 m in China; 510-558 m at Yiwu);
BD-09 moves GCJ-02 once more. The move is not a constant: it changes areas by up to 0.3 %. So nothing is stored or
measured in them. The way back is by iteration: six rounds leave less than a micrometre.

The formula is the one that has been public since 2010 (ChinaMapDeviation; eviltransform); its ellipsoid is Krasovsky's.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Shift = Literal["GCJ-02", "BD-09"]
SHIFTS: Final[tuple[Shift, ...]] = ("GCJ-02", "BD-09")

_A: Final = 6_378_245.0
_E2: Final = 0.00669342162296594323
_BAIDU: Final = np.pi * 3000.0 / 180.0
_ROUNDS: Final = 6
# the move is made inside this box and nowhere else, as the maps do it
_CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)

Degrees = NDArray[np.float64]


def shifted(shift: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Longitude and latitude on WGS 84 or CGCS2000, in degrees, as a web map would give them; outside China unmoved."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    inside = _in_china(lon, lat)
    east, north = _gcj(lon, lat)
    if shift == "BD-09":
        east, north = _baidu(east, north)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def settled(shift: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The way back: where a position of a web map lies on CGCS2000, in degrees."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    true_lon, true_lat = lon, lat
    for _ in range(_ROUNDS):
        east, north = shifted(shift, true_lon, true_lat)
        true_lon, true_lat = true_lon - (east - lon), true_lat - (north - lat)
    return true_lon, true_lat


def suspected(
    geoms: NDArray[np.object_], known: NDArray[np.object_], settled_by: dict[Shift, NDArray[np.object_]]
) -> tuple[Shift, int] | None:
    """Say whether shapes fit known ones only after a shift is taken back, and how many then do.

    Parameters
    ----------
    geoms, known
        Polygons in one projected CRS: those in question, and those that are trusted.
    settled_by
        ``geoms`` with each shift taken back, in the same CRS and order.

    Returns
    -------
    tuple[Shift, int] | None
        None unless at least three, and half of those asked, lie on a known one of the same size after the shift is
        taken back, and hardly any before.
    """
    tree = shapely.STRtree(known)
    before = _fitting(geoms, known, tree)
    enough = max(_FEWEST, len(geoms) // 2)
    found = {shift: _fitting(each, known, tree) for shift, each in settled_by.items()}
    best = max(found, key=lambda shift: found[shift], default=None)
    if best is None or found[best] < enough or before * 5 > found[best]:
        return None
    return best, found[best]


_FEWEST: Final = 3
# two outlines of one parcel from two sources have at least so much in common
_ALIKE: Final = 0.8


def _fitting(geoms: NDArray[np.object_], known: NDArray[np.object_], tree: shapely.STRtree) -> int:
    """How many share most of their area with a known one."""
    sound = shapely.make_valid(geoms)
    asked, met = tree.query(sound, predicate="intersects")
    common = shapely.area(shapely.intersection(sound[asked], known[met]))
    whole = shapely.area(sound[asked]) + shapely.area(known[met]) - common
    return len(np.unique(asked[common > _ALIKE * whole]))


def _in_china(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    west, south, east, north = _CHINA
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _gcj(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    phi = np.radians(lat)
    w2 = 1.0 - _E2 * np.sin(phi) ** 2
    meridian, parallel = _A * (1.0 - _E2) / (w2 * np.sqrt(w2)), _A / np.sqrt(w2) * np.cos(phi)
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _baidu(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
