"""The industry clusters: code, names, one-character glyph, colour and what stands behind them.

The list is data (``data/rules/clusters.csv``), edited by the office; this module knows its form and refuses a bad one.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, fields
from typing import Final

# one byte a parcel travels to the browser and 255 says "none"
MOST_CLUSTERS: Final = 255
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True, slots=True)
class Cluster:
    """One industry cluster; ``gbt4754`` holds its GB/T 4754-2017 codes, parted by ``;``."""

    code: str
    name_zh: str
    name_en: str
    glyph: str
    color: str
    gbt4754: str = ""
    land_use: str = ""
    sensitivity: str = ""
    hazard: str = ""


class ClusterListRefused(ValueError):
    """The list of clusters is malformed; ``faults`` holds every (line, code, value) that is wrong."""

    def __init__(self, faults: tuple[tuple[int, str, str], ...]) -> None:
        super().__init__("; ".join(f"line {line}: {code} {value!r}" for line, code, value in faults))
        self.faults = faults


def parse_clusters(text: str) -> tuple[Cluster, ...]:
    """Read the clusters from CSV text, in file order; columns that this product does not know are left alone.

    Raises
    ------
    ClusterListRefused
        A needed column or value is missing, a code or glyph appears twice, a glyph is not one character, a
        colour is not ``#RRGGBB``, or there are more than 255.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    needed = [item.name for item in fields(Cluster)[:5]]
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise ClusterListRefused(tuple((1, "column_missing", name) for name in missing))
    rows = [(reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}) for row in reader]
    faults = [fault for line, row in rows for fault in _row_faults(line, row, needed)]
    faults += _duplicates(rows, "code") + _duplicates(rows, "glyph")
    if len(rows) > MOST_CLUSTERS:
        faults.append((rows[MOST_CLUSTERS][0], "too_many", str(len(rows))))
    if faults:
        raise ClusterListRefused(tuple(sorted(faults)))
    known = [item.name for item in fields(Cluster)]
    return tuple(Cluster(**{name: row.get(name, "") for name in known}) for _, row in rows)


def _row_faults(line: int, row: dict[str, str], needed: list[str]) -> list[tuple[int, str, str]]:
    faults = [(line, "value_missing", name) for name in needed if not row[name]]
    if len(row["glyph"]) > 1:
        faults.append((line, "glyph_not_one_character", row["glyph"]))
    if row["color"] and not _COLOR.fullmatch(row["color"]):
        faults.append((line, "color_malformed", row["color"]))
    return faults


def _duplicates(rows: list[tuple[int, dict[str, str]]], name: str) -> list[tuple[int, str, str]]:
    seen: set[str] = set()
    faults = []
    for line, row in rows:
        if row[name] and row[name] in seen:
            faults.append((line, f"{name}_twice", row[name]))
        seen.add(row[name])
    return faults
