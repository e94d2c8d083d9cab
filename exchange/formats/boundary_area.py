"""In which unit a 界址点 text states its areas: the one that fits what the boundary points enclose.

The specification says hectares; real files hold square metres and mu as well, and some write the unit behind the
number. Nothing but the comparison tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from exchange.formats.opened import FileNote

# square metres in one of each
SQUARE_METRES: Final = MappingProxyType({
    "ha": Decimal(10_000), "m2": Decimal(1), "mu": Decimal(2000) / Decimal(3),
})  # fmt: skip
_WRITTEN: Final = MappingProxyType({
    "公顷": "ha", "ha": "ha", "hm2": "ha", "亩": "mu", "平方米": "m2", "㎡": "m2", "m2": "m2", "m²": "m2", "平米": "m2",
})  # fmt: skip
_AREA: Final = re.compile(r"^(\d{1,15}(?:\.\d{1,12})?)\s*([^\d\s].*)?$")
_FITS: Final = 0.005
_EXAMPLES: Final = 3
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Stated:
    """Areas in square metres as the text states them (None = it does not say, or nothing tells the unit), and notes."""

    areas_m2: tuple[float | None, ...]
    notes: tuple[FileNote, ...]


def stated(words: Sequence[str], lines: Sequence[int], measured_m2: NDArray[np.float64]) -> Stated:
    """Decide the unit of a whole file by the parcels that can be measured (``measured_m2`` NaN where not).

    A unit written behind a number stands for that number.
    """
    numbers = [_number(word) for word in words]
    units = [
        None if number is None else _fitting(*number, measured) for number, measured in _pairs(numbers, measured_m2)
    ]
    voted = [unit for number, unit in zip(numbers, units, strict=True) if number is not None and not number[1] and unit]
    unit = max(SQUARE_METRES, key=voted.count) if voted else ""
    areas = [None if number is None else _in_m2(number, number[1] or unit) for number in numbers]
    notes = (
        [_unit_note(unit, voted, numbers)] if any(number is not None and not number[1] for number in numbers) else []
    )
    unfit = [
        f"{lines[at]}: {words[at]} ({measured_m2[at]:.2f} m²)"
        for at, area in enumerate(areas)
        if area is not None
        and abs(float(area) - measured_m2[at]) > max(_FITS * measured_m2[at], _slack(numbers[at], unit))
    ]
    if unfit:
        notes.append(FileNote("areas_differ", {"rows": len(unfit), "examples": unfit[:_EXAMPLES]}))
    return Stated(tuple(None if area is None else float(area) for area in areas), tuple(notes))


_Number = tuple[Decimal, str]


def _number(word: str) -> _Number | None:
    """Give the number and the unit behind it ("" when there is none); None for what is no positive number."""
    found = _AREA.match(word.replace(",", "").strip())
    if found is None or Decimal(found[1]) == 0:
        return None
    unit = _WRITTEN.get((found[2] or "").strip().casefold(), "") if found[2] else ""
    return (Decimal(found[1]), unit) if unit or not found[2] else None


def _pairs(
    numbers: Sequence[_Number | None], measured_m2: NDArray[np.float64]
) -> list[tuple[_Number | None, float]]:  # fmt: skip
    return list(zip(numbers, measured_m2.tolist(), strict=True))


def _fitting(value: Decimal, unit: str, measured_m2: float) -> str:
    """Unit in which a number comes nearest to the measured area, within half a percent or its last written digit."""
    candidates = (unit,) if unit else tuple(SQUARE_METRES)
    gaps = {each: abs(float(value * SQUARE_METRES[each]) - measured_m2) for each in candidates}
    best = min(gaps, key=lambda each: gaps[each])
    return best if gaps[best] <= max(_FITS * measured_m2, _slack((value, best), best)) else ""


def _slack(number: _Number | None, unit: str) -> float:
    """Half of the last written digit, at least one square metre, as the check of the exchange format has it."""
    if number is None:
        return 1.0
    value, written = number
    exponent = value.as_tuple().exponent
    last = Decimal(1).scaleb(exponent) if isinstance(exponent, int) else Decimal(0)
    return max(1.0, float(last * SQUARE_METRES[written or unit] / 2))


def _in_m2(number: _Number, unit: str) -> Decimal | None:
    return (number[0] * SQUARE_METRES[unit]).quantize(_CENT) if unit else None


def _unit_note(unit: str, voted: Sequence[str], numbers: Sequence[_Number | None]) -> FileNote:
    of = sum(number is not None and not number[1] for number in numbers)
    if not unit:
        return FileNote("area_unit_unknown", {"rows": of})
    return FileNote("area_unit_found", {"unit": unit, "fitting": voted.count(unit), "of": of})
