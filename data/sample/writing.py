"""Features to GeoJSON text: EPSG:4549 in a ``crs`` member, millimetres, compact; equal features give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Feature:
    """One shape and its properties."""

    shape: BaseGeometry
    properties: Mapping[str, object]


def geojson(name: str, features: Iterable[Feature]) -> str:
    """Return the text of a feature collection, one feature a line."""
    head = {
        "type": "FeatureCollection",
        "name": name,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}},
    }
    lines = [_compact(_feature(feature)) for feature in features]
    return _compact(head)[:-1] + ',"features":[\n' + ",\n".join(lines) + "\n]}\n"


def _feature(feature: Feature) -> dict[str, object]:
    return {"type": "Feature", "properties": dict(feature.properties), "geometry": _geometry(feature.shape)}


def _geometry(shape: BaseGeometry) -> dict[str, object]:
    # exterior rings counter-clockwise and a fixed first vertex, or the library's own choice would be in the bytes
    canonical = shapely.orient_polygons(shapely.normalize(shape)) if shape.area else shape
    plain = shapely.geometry.mapping(canonical)
    return {"type": plain["type"], "coordinates": _rounded(plain["coordinates"])}


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, tuple | list):
        return [_rounded(item) for item in value]
    return value


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
