"""What counts as a problem of a file that comes in; the sources of the limits stand in layers.import_checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """Limits of the checks, metres and square metres.

    Attributes
    ----------
    tolerance_m
        Boundaries within this are one (TD/T 1001, poorest grade); two parcels overlap when their common area is more
        than this times the boundary they share.
    sliver_area_m2, sliver_width_m
        Below either a part of a parcel is a sliver; width is twice the area over the perimeter.
    area_share, area_m2
        Declared and computed area differ when they are apart by more than the larger of the two.
    pattern_share, pattern_rows
        A form of codes is the rule when at least this share of at least so many codes has it.
    same_place_m
        Boundaries that are nowhere further apart are the same boundary: half the grid of 0.001 m.
    """

    tolerance_m: float = 0.10
    sliver_area_m2: float = 1.0
    sliver_width_m: float = 0.10
    area_share: float = 0.005
    area_m2: float = 1.0
    pattern_share: float = 0.8
    pattern_rows: int = 5
    same_place_m: float = 0.0005


DEFAULT: Final = ImportLimits()
