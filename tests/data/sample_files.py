"""The sample as its users read it: from the files, by ordinary libraries, without the code that drew it."""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE = REPOSITORY / "data" / "sample"
RULES = REPOSITORY / "data" / "rules"


@cache
def collection(layer: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((SAMPLE / f"{layer}.geojson").read_text(encoding="utf-8"))
    return parsed


@cache
def rows(layer: str) -> list[dict[str, Any]]:
    return [feature["properties"] for feature in collection(layer)["features"]]


@cache
def shapes(layer: str) -> list[BaseGeometry]:
    return [shape(feature["geometry"]) for feature in collection(layer)["features"]]


def by_name(layer: str) -> dict[str, tuple[dict[str, Any], BaseGeometry]]:
    return {row["name"]: (row, geometry) for row, geometry in zip(rows(layer), shapes(layer), strict=True)}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def union(layer: str, **wanted: str) -> BaseGeometry:
    """Return the union of the shapes whose properties are as wanted."""
    return shapely.union_all(
        [
            geometry
            for row, geometry in zip(rows(layer), shapes(layer), strict=True)
            if all(row[key] == value for key, value in wanted.items())
        ]
    )
