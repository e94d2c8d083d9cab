"""Which coordinate systems may be stored in, and how coordinates go from one to another without being moved in silence.

PROJ passes coordinates through unchanged ("ballpark") where it knows no datum shift. Between CGCS2000 and WGS 84 that
is what everyone does (they agree within a metre, see FAMILY); between Xian 1980 or Beijing 1954 and either it
misplaces a parcel by tens of metres, so it is refused.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

WGS84: Final = CRS.from_epsg(4326)
CrsLike = CRS | int | str

# one family of datums, taken as identical: CGCS2000 (epoch 2000.0) and WGS 84 differ by plate motion alone, 0.8 m
# in 2026
FAMILY: Final = frozenset(
    {"china 2000", "world geodetic system 1984", "world geodetic system 1984 ensemble", "wgs 1984"}
)
# datums that need transformation parameters from the survey office: the shifts that PROJ lists for them are meant for
# other regions
NEEDS_PARAMETERS: Final = frozenset({"xian 1980", "beijing 1954", "new beijing"})
# projections of the whole world, in which area depends on latitude
_WORLD_METHODS: Final = ("Popular Visualisation Pseudo Mercator", "Mercator", "Equidistant Cylindrical")


class CrsRefused(ValueError):
    """A CRS cannot be used for what was asked; ``code`` says why, ``values`` say which and with what."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values: Mapping[str, object] = values


@dataclass(frozen=True, slots=True)
class Converter:
    """Takes coordinates from one CRS to another; x is the easting or longitude, y the northing or latitude, always.

    ``accuracy_m`` is what the database states for the datum shift (0 when there is none, NaN when it states nothing),
    and ``operation`` names it. What the projection cannot take comes out as infinity.
    """

    source: CRS
    target: CRS
    accuracy_m: float
    operation: str
    _steps: tuple[Transformer, ...] = field(repr=False)

    @property
    def moves(self) -> bool:
        """Whether it changes coordinates at all."""
        return bool(self._steps)

    @overload
    def points(self, x: float, y: float) -> tuple[float, float]: ...
    @overload
    def points(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def points(
        self, x: float | NDArray[np.float64], y: float | NDArray[np.float64]
    ) -> tuple[float | NDArray[np.float64], float | NDArray[np.float64]]:
        """Convert positions given as two arrays (or two numbers) of the same length."""
        for step in self._steps:
            x, y = step.transform(x, y)
        return x, y

    def geometries(self, geoms: NDArray[np.object_]) -> NDArray[np.object_]:
        """Convert geometries of any kind; heights are dropped, missing ones stay missing."""
        flat = shapely.force_2d(np.asarray(geoms, dtype=object))
        if not self._steps or not len(flat):
            return flat
        return np.asarray(shapely.transform(flat, self._positions), dtype=object)

    def _positions(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(self.points(xy[:, 0], xy[:, 1]))


def read_crs(text: CrsLike) -> CRS:
    """Read an EPSG number, an ``authority:code``, WKT or a PROJ string; raise CrsRefused when it is none."""
    try:
        return CRS.from_user_input(text)
    except CRSError as error:
        raise CrsRefused("crs_unknown", crs=str(text)[:200]) from error


def storage_crs(epsg: int) -> CRS:
    """Return the CRS that a database is to be kept in.

    Raises
    ------
    CrsRefused
        ``crs_unknown``, ``crs_not_projected``, ``crs_not_metres`` (with ``unit``) or ``crs_web_mercator``, whose areas
        are a third too large at 29° N.
    """
    crs = read_crs(epsg)
    if not crs.is_projected or crs.is_compound:
        raise CrsRefused("crs_not_projected", epsg=epsg, name=crs.name)
    units = {axis.unit_name: axis.unit_conversion_factor for axis in crs.axis_info}
    if any(factor != 1.0 for factor in units.values()):
        raise CrsRefused("crs_not_metres", epsg=epsg, name=crs.name, unit=next(iter(units)))
    operation = crs.coordinate_operation
    if operation is not None and operation.method_name.startswith(_WORLD_METHODS):
        raise CrsRefused("crs_web_mercator", epsg=epsg, name=crs.name)
    return crs


def converter(source: CrsLike, target: CrsLike) -> Converter:
    """Return what converts from ``source`` to ``target``.

    Within FAMILY no datum shift is made. Elsewhere the most accurate operation is taken that the EPSG database lists,
    that is installed, and that is not a ballpark one; a source that carries its own parameters (``+towgs84``, a bound
    CRS) uses them.

    Raises
    ------
    CrsRefused
        ``crs_needs_parameters`` (Xian 1980, Beijing 1954) or ``crs_no_shift_known``; with ``source`` and ``target``.
    """
    return _converter(read_crs(source), read_crs(target))


@lru_cache(maxsize=64)
def _converter(source: CRS, target: CRS) -> Converter:
    if same_crs(source, target):
        return Converter(source, target, 0.0, "", ())
    from_family, to_family = in_family(source), in_family(target)
    if (from_family and to_family) or _datum(source) == _datum(target) != "":
        return Converter(source, target, 0.0, "", (Transformer.from_crs(source, target, always_xy=True),))
    # the shifts are listed to and from WGS 84, not CGCS2000: go by way of it
    before = (
        (Transformer.from_crs(source, WGS84, always_xy=True),) if from_family and not same_crs(source, WGS84) else ()
    )
    after = (Transformer.from_crs(WGS84, target, always_xy=True),) if to_family and not same_crs(target, WGS84) else ()
    shift = _shift(WGS84 if from_family else source, WGS84 if to_family else target)
    accuracy = shift.accuracy if shift.accuracy >= 0 else float("nan")
    return Converter(source, target, accuracy, shift.description, (*before, shift, *after))


def _shift(source: CRS, target: CRS) -> Transformer:
    for crs in (source, target):
        if _datum(crs) in NEEDS_PARAMETERS:
            raise CrsRefused("crs_needs_parameters", source=label(source), target=label(target), datum=_datum(crs))
    with warnings.catch_warnings():
        # a better grid that is not installed is told through accuracy_m
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(source, target, always_xy=True, allow_ballpark=False)
    if not group.transformers:
        raise CrsRefused("crs_no_shift_known", source=label(source), target=label(target))
    return min(group.transformers, key=lambda each: each.accuracy if each.accuracy >= 0 else np.inf)


def in_family(crs: CRS) -> bool:
    """Whether a CRS is on CGCS2000 or WGS 84, which are taken as one datum."""
    return _datum(crs) in FAMILY


def _datum(crs: CRS) -> str:
    """Name of the datum in small letters; empty for a CRS that brings its own parameters or has no known datum."""
    geodetic = crs.geodetic_crs
    if crs.is_bound or geodetic is None or geodetic.datum is None:
        return ""
    name = geodetic.datum.name.replace("_", " ").strip().casefold().removeprefix("d ")
    return "" if name.startswith("unknown") else name


def same_crs(one: CrsLike, other: CrsLike) -> bool:
    """Whether two descriptions mean the same CRS.

    An Esri ``.prj`` of EPSG:4549 is not equal to EPSG:4549 in pyproj, with or without the order of axes; its code is.
    """
    one, other = read_crs(one), read_crs(other)
    codes = authority_code(one), authority_code(other)
    return one == other or (codes[0] is not None and codes[0] == codes[1])


def same_grid(one: CRS, other: CRS) -> bool:
    """Whether two projected CRSs give the same longitude and latitude, each on its own datum, the same numbers.

    So do EPSG:2385 (Xian 1980) and a PROJ string of the same projection that brings parameters to WGS 84.
    """
    area = one.area_of_use or other.area_of_use
    if area is None or not (one.is_projected and other.is_projected):
        return False
    lon, lat = np.linspace(area.west, area.east, 5), np.linspace(area.south, area.north, 5)
    placed = []
    for crs in (one, other):
        grid = (crs.source_crs if crs.is_bound else crs) or crs
        placed.append(np.asarray(Transformer.from_crs(grid.geodetic_crs, grid, always_xy=True).transform(lon, lat)))
    return bool(np.allclose(placed[0], placed[1], rtol=0.0, atol=1e-3))


@lru_cache(maxsize=256)
def authority_code(crs: CRS) -> tuple[str, str] | None:
    """Authority and code of a CRS, or None when it has none.

    A likeness that pyproj holds for weak (it takes any transverse Mercator on GRS 80 for Taiwan's) counts only when
    the datum is the same and the same place gets the same coordinates.
    """
    code: tuple[str, str] | None = crs.to_authority()
    likely: tuple[str, str] | None = code or crs.to_authority(min_confidence=20)
    if code is not None or likely is None:
        return code
    candidate = CRS.from_authority(*likely)
    same_kind = crs.is_projected == candidate.is_projected and not crs.is_bound
    alike = same_kind and _datum(crs) == _datum(candidate) != "" and _same_places(crs, candidate)
    return likely if alike else None


def _same_places(one: CRS, other: CRS) -> bool:
    area = other.area_of_use
    if area is None or not one.is_projected:
        return False
    lon = np.linspace(area.west, area.west + (area.east - area.west) % 360.0, 5)
    lat = np.linspace(area.south, area.north, 5)
    mine, theirs = (
        np.asarray(Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(lon, lat))
        for crs in (one, other)
    )
    return bool(np.allclose(mine, theirs, rtol=0.0, atol=1e-6))


def label(crs: CRS) -> str:
    """``EPSG:4549`` where the CRS has a code, its name otherwise."""
    code = authority_code(crs)
    return ":".join(code) if code is not None else crs.name


def outside_area_of_use(crs: CRS, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say of each position whether it lies outside the area that the CRS is meant for.

    Nowhere when the CRS states none.

    The area is the box of the EPSG database. Longitudes may be given beyond ±180°. A position that is not finite is
    outside.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    area = crs.area_of_use
    if area is None:
        return ~(np.isfinite(lon) & np.isfinite(lat))
    width = (area.east - area.west) % 360.0 or 360.0
    with np.errstate(invalid="ignore"):
        inside = ((lon - area.west) % 360.0 <= width) & (lat >= area.south) & (lat <= area.north)
    return np.asarray(~inside)
