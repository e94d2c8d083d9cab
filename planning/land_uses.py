"""What the land-use codes are called: the office's table data/rules/land_codes.csv."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

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
