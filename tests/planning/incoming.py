"""Files for the tests of the import desk: squares of 100 m in EPSG:4549, and whatever else a test draws."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import shapely
from shapely.geometry.base import BaseGeometry

from planning.actors import Actor

ACTOR: Final = Actor("甲", "test")
WEST, SOUTH = 507_000.0, 3_243_000.0


def square(x: float, y: float = 0.0, *, width: float = 100.0, height: float = 100.0) -> BaseGeometry:
    """A box whose lower left corner lies so many metres east and north of a place in Yiwu."""
    return shapely.box(WEST + x, SOUTH + y, WEST + x + width, SOUTH + y + height)


def geojson(*rows: tuple[Mapping[str, Any], BaseGeometry | None], **members: Any) -> bytes:
    """A file of rows, each its properties and its shape."""
    features = [
        {
            "type": "Feature",
            "properties": dict(properties),
            "geometry": None if shape is None else shape.__geo_interface__,
        }
        for properties, shape in rows
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    page = {"type": "FeatureCollection", "crs": crs, "features": features, **members}
    return json.dumps(page, ensure_ascii=False).encode()


def coded(codes: Sequence[str], **cells: Any) -> list[tuple[dict[str, Any], BaseGeometry]]:
    """Rows side by side with these codes, the same cells in each."""
    return [({"code": code, **cells}, square(200.0 * at)) for at, code in enumerate(codes)]
