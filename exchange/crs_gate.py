"""Which CRS a file is in: what it says, what its standard says, what the person says; never what numbers suggest."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

import numpy as np
import pyproj
from numpy.typing import NDArray

from exchange import limits
from exchange.crs_words import Words, parse_crs, understood
from exchange.errors import FileRefused
from geo.crs import in_family, label, outside_area_of_use, same_crs, same_grid
from geo.crs_advice import advise_storage_crs
from geo.crs_candidates import candidates
from geo.crs_suspicion import plausible

# what does not come back to within a metre is not in the reach of its projection
_SAME_PLACE_M: Final = 1.0
# no projection of the earth has larger numbers, in feet and with a zone before the easting
_BEYOND_THE_EARTH: Final = 4e8

How = Literal["file", "default", "given"]


@dataclass(frozen=True, slots=True)
class Source:
    """The CRS of a file's coordinates (x east, y north) once they are settled, and who says so."""

    crs: pyproj.CRS
    how: How
    words: Words | None = None
    from_web_mercator: bool = False

    @property
    def name(self) -> str:
        """``EPSG:4549``, ``GCJ-02``, or the CRS's own name when it has no code."""
        if self.words is not None and self.words.shift is not None:
            return str(self.words.shift)
        return label(self.words.declared if self.words is not None else self.crs)

    @property
    def plain(self) -> bool:
        """Whether the numbers of the file are taken as they stand."""
        return self.words is None or self.words.plain

    def settle(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (n, 2) of the file as positions in ``crs``."""
        if self.words is None:
            return xy
        if self.from_web_mercator:
            way = pyproj.Transformer.from_crs(3857, 4326, always_xy=True)
            xy = np.column_stack(way.transform(xy[:, 0], xy[:, 1]))
        return self.words.settle(xy)

    def story(self) -> list[dict[str, object]]:
        """What was done to the numbers because a person said so, for the report."""
        if self.words is None or self.words.plain:
            return []
        told: list[dict[str, object]] = []
        if self.words.swapped:
            told.append({"code": "axes_turned_as_asked", "values": {}})
        if self.words.shift is not None:
            told.append({"code": "shift_taken_back", "values": {"shift": self.words.shift}})
        if self.words.similarity is not None:
            told.append({"code": "four_parameters_used", "values": asdict(self.words.similarity)})
        return told


def source_of(
    declared: str | None,
    how: str,
    given: str | None,
    *,
    bounds: NDArray[np.float64] | None = None,
    storage: pyproj.CRS | None = None,
) -> Source:
    """Decide on the CRS of a file whose rows have these bounds.

    Raises
    ------
    FileRefused
        ``crs_unknown`` when nobody says it, with the ``candidates`` that the numbers allow; ``crs_conflict`` when file
        and person disagree; ``crs_not_understood``.
    """
    if given is not None:
        asked = understood(given)
        mercator = False
        if how == "file" and declared is not None:
            mercator = _agreed(parse_crs(declared), asked)
        return Source(asked.crs, "given", asked, from_web_mercator=mercator)
    if declared is None or how == "none":
        raise FileRefused("crs_unknown", _offered(bounds, storage))
    crs = parse_crs(declared)
    if crs.is_engineering or not (crs.is_geographic or crs.is_projected or crs.is_compound):
        raise FileRefused("crs_unknown", {"crs": crs.name} | _offered(bounds, storage))
    return Source(crs, "file" if how == "file" else "default")


def _agreed(declared: pyproj.CRS, asked: Words) -> bool:
    """Refuse what contradicts the file; give back whether web mercator has to be undone before a shift is.

    A shift may be taken back from longitude and latitude or web mercator; a CRS with parameters of its own may stand
    for the declared one of the same grid.
    """
    if asked.shift is not None:
        mercator = same_crs(declared, 3857)
        if mercator or (declared.is_geographic and in_family(declared)):
            return mercator
    elif same_crs(declared, asked.declared) or (asked.crs.is_bound and same_grid(declared, asked.crs)):
        return False
    raise FileRefused("crs_conflict", {"file": label(declared), "given": str(asked.shift or label(asked.declared))})


def _offered(bounds: NDArray[np.float64] | None, storage: pyproj.CRS | None) -> dict[str, object]:
    if bounds is None or not len(bounds):
        return {}
    hull = _hull(bounds)
    found = candidates(hull, storage)
    return {
        "bounds": _rounded(hull),
        "candidates": [{"crs": one.words, "because": one.because, **one.values} for one in found],
    }


def wild_rows(source: Source, bounds: NDArray[np.float64], storage: pyproj.CRS | None = None) -> NDArray[np.bool_]:
    """Rows whose numbers cannot be degrees although the CRS says degrees, or cannot be on the earth in any projection.

    Raises
    ------
    FileRefused
        ``not_degrees`` when that is more than a stray row: the CRS is another one.
    """
    if not source.crs.is_geographic:
        return np.asarray((np.abs(bounds) > _BEYOND_THE_EARTH).any(axis=1))
    west, south, east, north = bounds.T
    wild = (west < -180) | (east > 180) | (south < -90) | (north > 90)  # noqa: PLR2004 - the range of degrees
    if _more_than_strays(wild):
        values = {
            "crs": source.name,
            "how": source.how,
            "bounds": _rounded(_hull(bounds)),
            "suspicions": _suspicions(source, bounds),
            "candidates": _offered(bounds, storage).get("candidates", []),
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
    own = _own_lonlat(source, bounds)
    lon, lat = _from_greenwich(source, *own)
    beyond = ~np.isfinite(lon) | ~np.isfinite(lat) | ~_comes_back(source, bounds, *own)
    beyond |= outside_area_of_use(storage, np.nan_to_num(lon), np.nan_to_num(lat))
    outside = np.asarray(beyond.reshape(len(bounds), 4).any(axis=1))
    if _more_than_strays(outside):
        values = {
            "source": source.name, "storage": label(storage), "rows": int(outside.sum()), "of": len(bounds),
            "advised": advised_for(source, bounds), "suspicions": _suspicions(source, bounds),
            "candidates": _offered(bounds, storage).get("candidates", []) if source.plain else [],
        }  # fmt: skip
        raise FileRefused("outside_storage_crs", values)
    return outside


def _comes_back(
    source: Source, bounds: NDArray[np.float64], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which corners are where their longitude and latitude are: far off, a projection gives any place."""
    if source.crs.is_geographic:
        return np.ones(len(lon), dtype=bool)
    way = pyproj.Transformer.from_crs(source.crs.geodetic_crs, source.crs, always_xy=True)
    x, y = way.transform(lon, lat)
    off = np.hypot(np.asarray(x) - bounds[:, [0, 2, 2, 0]].ravel(), np.asarray(y) - bounds[:, [1, 1, 3, 3]].ravel())
    return np.asarray(off < _SAME_PLACE_M)


def advised_for(source: Source, bounds: NDArray[np.float64]) -> list[int]:
    """EPSG codes of projected CRSs that suit where the rows lie, the best first; empty when they lie nowhere."""
    lon, lat = lonlat_of_corners(source, bounds)
    sound = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)  # noqa: PLR2004 - the range of degrees
    if not sound.any():
        return []
    return [int(code) for code in advise_storage_crs(float(np.median(lon[sound])), float(np.median(lat[sound])))]


def lonlat_of_corners(source: Source, bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longitude from Greenwich and latitude, on the source's datum, of the corners of the rows' bounds (four a row)."""
    return _from_greenwich(source, *_own_lonlat(source, bounds))


def _from_greenwich(
    source: Source, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees from Greenwich, of angles in the source's own unit from its own meridian."""
    geodetic = source.crs.geodetic_crs
    if geodetic is None:
        return lon, lat
    unit = float(np.degrees(geodetic.axis_info[0].unit_conversion_factor)) if geodetic.axis_info else 1.0
    meridian = geodetic.prime_meridian
    east = float(np.degrees(meridian.longitude * float(meridian.unit_conversion_factor))) if meridian else 0.0
    return lon * unit + east, lat * unit


def _own_lonlat(source: Source, bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
