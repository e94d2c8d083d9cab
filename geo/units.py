"""Square metres to 亩 and hectares, and the one rounding rule that every stored and printed area follows.

The record is the area rounded to 0.01 m²; 亩, hectares and totals are derived from rounded areas, because that is what
an auditor adds up again. One rule for ties: half up (四舍五入), never half to even.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

MU_PER_M2: Final = Decimal("0.0015")  # 15 亩 = 1 公顷 = 10 000 m², so 1 m² is 0.0015 亩 exactly (666.67 is 5 ppm off)
M2_PER_HECTARE: Final = Decimal(10_000)
_CENT: Final = Decimal("0.01")

# coordinates are kept to 0.001 m, so true areas are multiples of 0.000 000 5 m²; what lies below a micro-m² is the
# noise of binary fractions and is taken off first, or 100.005 would round down because it is stored as
# 100.004 999 999 999 995
_MICRO_PER_M2: Final = 1_000_000
_MICRO_PER_CENT: Final = 10_000
# beyond this (larger than any country) a micro-m² no longer fits in 64 bits
_LARGEST_M2: Final = 9.0e12


def centi_m2(areas: ArrayLike) -> NDArray[np.int64]:
    """Round areas in m² to whole hundredths of a m², ties away from zero.

    Raises
    ------
    ValueError
        When an area is not finite or larger than 9 × 10¹² m².
    """
    values = np.asarray(areas, dtype=np.float64)
    if not bool((np.abs(values) <= _LARGEST_M2).all()):
        raise ValueError("area_out_of_range")
    micro = np.rint(np.abs(values) * _MICRO_PER_M2).astype(np.int64)
    cents = (micro + _MICRO_PER_CENT // 2) // _MICRO_PER_CENT
    return np.asarray(np.where(values < 0, -cents, cents), dtype=np.int64)


def round_area_m2(areas: ArrayLike) -> NDArray[np.float64]:
    """Round areas in m² to 0.01 m²; the nearest double of each rounded decimal."""
    return centi_m2(areas) / 100.0


def square_metres(centi: int | np.int64) -> Decimal:
    """Turn hundredths of a m² (one, or a sum of many) into exact m²."""
    return Decimal(int(centi)) * _CENT


def mu(area_m2: Decimal) -> Decimal:
    """Convert m² to 亩 exactly; rounding is left to whoever prints."""
    return area_m2 * MU_PER_M2


def hectare(area_m2: Decimal) -> Decimal:
    """Convert m² to hectares (公顷) exactly."""
    return area_m2 / M2_PER_HECTARE


def half_up(value: Decimal, *, places: int) -> Decimal:
    """Round a decimal to so many places, ties away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
