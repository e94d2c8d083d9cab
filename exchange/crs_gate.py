"""Which CRS a file is in: what it says, what its standard says, what the person says; never what numbers suggest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyproj
from numpy.typing import NDArray

from exchange import limits
from exchange.errors import FileRefused
from geo.crs import label, outside_area_of_use, same_crs
from geo.crs_advice import advise_storage_crs
from geo.crs_suspicion import plausible

How = Literal["file", "default", "given"]


@dataclass(frozen=True, slots=True)
class Source:
    """The CRS of a file's coordinates (x east, y north) and who says so."""

    crs: pyproj.CRS
    how: How

    @property
    def name(self) -> str:
        """``EPSG:4549``, or the CRS's own name when it has no code."""
        return label(self.crs)


def parse_crs(text: str) -> pyproj.CRS:
    """Read ``EPSG:N``, a URN, WKT or a PROJ string; plain digits are an EPSG code.

    Raises
    ------
    FileRefused
        ``crs_not_understood``.
    """
    words = text.strip()
    try:
        crs = pyproj.CRS.from_user_input(f"EPSG:{words}" if words.isdigit() else words)
    except pyproj.exceptions.CRSError as error:
        raise FileRefused("crs_not_understood", {"crs": words[:80]}) from error
    # CRS84 is WGS 84 with longitude first, which is how all coordinates are held here anyway
    return pyproj.CRS.from_epsg(4326) if crs.to_authority() == ("OGC", "CRS84") else crs


def source_of(declared: str | None, how: str, given: str | None) -> Source:
    """Decide on the CRS of a file.

    Raises
    ------
    FileRefused
        ``crs_unknown`` when nobody says it, ``crs_conflict`` when file and person disagree, ``crs_not_understood``.
    """
    if given is not None:
        asked = parse_crs(given)
        if how == "file" and declared is not None and not same_crs(parse_crs(declared), asked):
            raise FileRefused("crs_conflict", {"file": label(parse_crs(declared)), "given": label(asked)})
        return Source(asked, "given")
    if declared is None or how == "none":
        raise FileRefused("crs_unknown")
    crs = parse_crs(declared)
    if crs.is_engineering or not (crs.is_geographic or crs.is_projected or crs.is_compound):
        raise FileRefused("crs_unknown", {"crs": crs.name})
    return Source(crs, "file" if how == "file" else "default")


def wild_rows(source: Source, bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows whose numbers cannot be degrees although the CRS says degrees; none for a projected CRS.

    Raises
    ------
    FileRefused
        ``not_degrees`` when that is more than a stray row: the CRS is another one.
    """
    if not source.crs.is_geographic:
        return np.zeros(len(bounds), dtype=bool)
    west, south, east, north = bounds.T
    wild = (west < -180) | (east > 180) | (south < -90) | (north > 90)  # noqa: PLR2004 - the range of degrees
    if _more_than_strays(wild):
        values = {
            "crs": source.name,
            "how": source.how,
            "bounds": _rounded(_hull(bounds)),
            "suspicions": _suspicions(source, bounds),
        }
        raise FileRefused("not_degrees", values)
    return np.asarray(wild)


def stray_rows(source: Source, bounds: NDArray[np.float64], storage: pyproj.CRS) -> NDArray[np.bool_]:
    """Rows that lie outside the area of use of the storage CRS, by the corners of their bounds.

    Raises
    ------
    FileRefused
        ``outside_storage_crs`` with the EPSG codes to create a database with, when it is more than a stray row.
    """
    lon, lat = lonlat_of_corners(source, bounds)
    beyond = ~np.isfinite(lon) | ~np.isfinite(lat)
    beyond |= outside_area_of_use(storage, np.nan_to_num(lon), np.nan_to_num(lat))
    outside = np.asarray(beyond.reshape(len(bounds), 4).any(axis=1))
    if _more_than_strays(outside):
        values = {
            "source": source.name, "storage": label(storage), "rows": int(outside.sum()), "of": len(bounds),
            "advised": advised_for(source, bounds), "suspicions": _suspicions(source, bounds),
        }  # fmt: skip
        raise FileRefused("outside_storage_crs", values)
    return outside


def advised_for(source: Source, bounds: NDArray[np.float64]) -> list[int]:
    """EPSG codes of projected CRSs that suit where the rows lie, the best first; empty when they lie nowhere."""
    lon, lat = lonlat_of_corners(source, bounds)
    sound = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 - the range of degrees
    if not sound.any():
        return []
    return [int(code) for code in advise_storage_crs(float(np.median(lon[sound])), float(np.median(lat[sound])))]


def lonlat_of_corners(source: Source, bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude and latitude, on the source's own datum, of the corners of each row's bounds (four values a row)."""
    x = bounds[:, [0, 2, 2, 0]].ravel()
    y = bounds[:, [1, 1, 3, 3]].ravel()
    if source.crs.is_geographic:
        return x, y
    geographic = source.crs.geodetic_crs
    if geographic is None:
        raise FileRefused("crs_unknown", {"crs": source.crs.name})
    lon, lat = pyproj.Transformer.from_crs(source.crs, geographic, always_xy=True).transform(x, y)
    return np.asarray(lon), np.asarray(lat)


def _more_than_strays(bad: NDArray[np.bool_]) -> bool:
    share = float(bad.mean()) if len(bad) else 0.0
    return share == 1.0 or share > limits.MOST_STRAY_SHARE


def _suspicions(source: Source, bounds: NDArray[np.float64]) -> list[str]:
    return [suspicion.code for suspicion in plausible(source.crs, _hull(bounds))]


def _hull(bounds: NDArray[np.float64]) -> tuple[float, float, float, float]:
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _rounded(values: NDArray[np.float64] | tuple[float, ...]) -> list[float]:
    return [round(float(value), 6) for value in values]
