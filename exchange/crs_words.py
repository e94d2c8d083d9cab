"""How a person says which CRS a file is in: a code, and what else has to be done to its numbers.

``EPSG:4528``            a CRS by code, URN, WKT or PROJ string (which may carry ``+towgs84`` of its own)
``EPSG:4528;swapped``    the same, with X and Y the other way round in the file
``GCJ-02``, ``BD-09``    longitude and latitude of a web map, to be taken back to CGCS2000
``{"four": …}``          four parameters of the survey office from one projected CRS into another (`Similarity`)
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyproj
from numpy.typing import NDArray

from exchange.errors import FileRefused
from geo.gcj import SHIFTS, Shift, settled

_SWAPPED: Final = ";swapped"
_ARCSEC: Final = np.pi / 648_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Similarity:
    """Plane four-parameter transformation, in the convention of Chinese survey offices (x north, y east, metres).

    x' = dx + k (x cos α − y sin α), y' = dy + k (x sin α + y cos α), k = 1 + scale_ppm × 10⁻⁶, α in arc seconds.
    ``source`` and ``target`` are EPSG codes of projected CRSs.
    """

    source: int
    target: int
    dx_north_m: float
    dy_east_m: float
    rotation_arcsec: float
    scale_ppm: float

    def __post_init__(self) -> None:
        numbers = (self.dx_north_m, self.dy_east_m, self.rotation_arcsec, self.scale_ppm)
        if not np.isfinite(numbers).all():
            raise FileRefused("crs_not_understood", {"crs": self.words[:80]})

    @property
    def words(self) -> str:
        """The text that stands for it."""
        return json.dumps({"four": asdict(self)}, sort_keys=True)

    def of(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (n, 2), east first, in the target CRS."""
        k, angle = 1.0 + self.scale_ppm * 1e-6, self.rotation_arcsec * _ARCSEC
        north, east = xy[:, 1], xy[:, 0]
        return np.column_stack([
            self.dy_east_m + k * (north * np.sin(angle) + east * np.cos(angle)),
            self.dx_north_m + k * (north * np.cos(angle) - east * np.sin(angle)),
        ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said: the CRS that the numbers are in once ``settle`` has been done to them."""

    crs: pyproj.CRS
    swapped: bool = False
    shift: Shift | None = None
    similarity: Similarity | None = None

    @property
    def plain(self) -> bool:
        """Whether the numbers are taken as they stand."""
        return not self.swapped and self.shift is None and self.similarity is None

    @property
    def declared(self) -> pyproj.CRS:
        """The CRS that a file of this kind declares, if it declares one."""
        return pyproj.CRS.from_epsg(self.similarity.source) if self.similarity is not None else self.crs

    def settle(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Positions (n, 2) of the file, as positions in ``crs``, east or longitude first."""
        if self.swapped:
            xy = xy[:, ::-1]
        if self.shift is not None:
            xy = np.column_stack(settled(self.shift, xy[:, 0], xy[:, 1]))
        return self.similarity.of(xy) if self.similarity is not None else xy


def understood(text: str) -> Words:
    """Read what a person said.

    Raises
    ------
    FileRefused
        ``crs_not_understood``.
    """
    words = text.strip()
    swapped = words.casefold().endswith(_SWAPPED)
    if swapped:
        words = words[: -len(_SWAPPED)].strip()
    shift = next(
        (each for each in SHIFTS if words.casefold().replace("-", "") == each.casefold().replace("-", "")), None
    )
    if shift is not None:
        return Words(pyproj.CRS.from_epsg(4490), swapped, shift)
    if words.startswith('{"four"'):
        return _four(words, swapped=swapped)
    return Words(parse_crs(words), swapped)


def _four(words: str, *, swapped: bool) -> Words:
    try:
        held: dict[str, Any] = json.loads(words)["four"]
        one = Similarity(**held)
        target = pyproj.CRS.from_epsg(one.target)
    except (ValueError, TypeError, KeyError, pyproj.exceptions.CRSError) as error:
        raise FileRefused("crs_not_understood", {"crs": words[:80]}) from error
    return Words(target, swapped, None, one)


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
