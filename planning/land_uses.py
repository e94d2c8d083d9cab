"""What the land-use codes are called, and how a plan draws them: data/rules/land_codes.csv and land_colors.csv."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from layers.land_theme import LandClass, LandColorsRefused, parse_land_classes
from planning.errors import Fault, Refused
from planning.seeding import DATA


@lru_cache(maxsize=1)
def land_uses() -> Mapping[tuple[str, str], str]:
    """Chinese name by (scheme, code); raise Refused when the table is missing."""
    path = DATA / "rules" / "land_codes.csv"
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, path.name))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({(row["scheme"], row["code"]): row["name_zh"] for row in csv.DictReader(file)})


@lru_cache(maxsize=1)
def land_classes() -> tuple[LandClass, ...]:
    """The classes that a map of land use is drawn by (data/rules/land_colors.csv); raise Refused when malformed."""
    path = DATA / "rules" / "land_colors.csv"
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, path.name))
    try:
        return parse_land_classes(path.read_text(encoding="utf-8-sig"))
    except LandColorsRefused as refused:
        lines = ", ".join(str(line) for line, _, _ in refused.faults)
        raise Refused(Fault("land_colors_malformed", {"lines": lines}, path.name)) from refused
