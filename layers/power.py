"""How much power land draws: a density by land class, from the office's table, for a first look and no more.

The table is data (``data/rules/power_density.csv``); a code is looked up by its longest beginning that the table has.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ANY: Final = "*"
FACTOR: Final = "power_factor"
M2_PER_HA: Final = 10_000.0


class PowerTableRefused(ValueError):
    """The table is malformed; ``lines`` holds the land classes whose figure is none, or that are missing."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__(*lines)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class PowerDensity:
    """kW per hectare by the beginning of a land-use code, the power factor, and where each figure comes from."""

    kw_per_ha: Mapping[str, float]
    factor: float
    basis: Mapping[str, str]

    def kva(self, land_use: object, area_m2: float) -> float:
        """What an area of a land class draws, in kVA."""
        return self.kw_per_ha[self.class_of(land_use)] * area_m2 / M2_PER_HA / self.factor

    def class_of(self, land_use: object) -> str:
        """The line of the table that a land-use code falls under."""
        code = land_use if isinstance(land_use, str) else ""
        return max((key for key in self.kw_per_ha if key != ANY and code.startswith(key)), key=len, default=ANY)


def parse_power(text: str) -> PowerDensity:
    """Read the table from CSV text; PowerTableRefused when a figure is none or the two needed lines are missing."""
    rows = {
        (row.get("land_use") or "").strip(): row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    }
    figures: dict[str, float] = {}
    wrong = [key for key in (ANY, FACTOR) if key not in rows]
    for key, row in rows.items():
        try:
            figures[key] = float(row.get("kw_per_ha") or "")
        except ValueError:
            wrong.append(key)
    wrong += [key for key, figure in figures.items() if not 0 < figure < float("inf")]
    if wrong:
        raise PowerTableRefused(tuple(wrong))
    factor = figures.pop(FACTOR)
    return PowerDensity(figures, factor, {key: (row.get("basis") or "").strip() for key, row in rows.items()})
