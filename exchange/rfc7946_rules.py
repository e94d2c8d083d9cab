"""The rules of RFC 7946 for documents, features and geometries, gone through from the top."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from exchange.json_places import Path
from exchange.rfc7946_coordinates import DEPTHS, Bounds, Coordinates, Tell, is_number, kind_of, shortened

_GEOMETRIES: Final = frozenset({*DEPTHS, "GeometryCollection"})
_TYPES: Final = frozenset({*_GEOMETRIES, "Feature", "FeatureCollection"})
# members that define another kind of object (§7.1)
_FOREIGN: Final = MappingProxyType({
    "FeatureCollection": ("coordinates", "geometries", "geometry", "properties"),
    "Feature": ("coordinates", "geometries", "features"),
    "geometry": ("geometry", "properties", "features"),
})  # fmt: skip
_DEEPEST: Final = 16


class Walk:
    """Goes through a document and notes what is against the rules."""

    def __init__(self, fault: Tell, note: Tell) -> None:
        self._fault, self._note = fault, note

    def document(self, value: Any) -> None:
        if not isinstance(value, dict):
            self._fault((), "not_an_object", found=kind_of(value))
            return
        kind = self._type(value, (), _TYPES)
        if kind is None:
            return
        if "crs" in value:
            self._note(("crs",), "crs_member")
        if kind == "FeatureCollection":
            self._collection(value)
        elif kind == "Feature":
            self._feature(value, ())
        else:
            self._note((), "geometry_not_wrapped")
            self._geometry(value, (), 0)

    def _type(self, value: dict[str, Any], path: Path, known: frozenset[str]) -> str | None:
        if "type" not in value:
            self._fault(path, "type_missing")
            return None
        kind = value["type"]
        if not isinstance(kind, str) or kind not in known:
            self._fault((*path, "type"), "type_unknown", found=shortened(kind))
            return None
        return kind

    def _collection(self, value: dict[str, Any]) -> None:
        self._foreign(value, (), "FeatureCollection")
        if "features" not in value:
            self._fault((), "features_missing")
            return
        features = value["features"]
        if not isinstance(features, list):
            self._fault(("features",), "features_not_array", found=kind_of(features))
            return
        bounds = Bounds()
        for number, feature in enumerate(features):
            path: Path = ("features", number)
            if not isinstance(feature, dict):
                self._fault(path, "not_a_feature", found=kind_of(feature))
                continue
            kind = self._type(feature, path, _TYPES)
            if kind == "Feature":
                bounds.add(self._feature(feature, path))
            elif kind is not None:
                self._fault((*path, "type"), "not_a_feature", found=kind)
        self._bbox(value, (), bounds)

    def _feature(self, feature: dict[str, Any], path: Path) -> Bounds:
        self._foreign(feature, path, "Feature")
        held = feature.get("id", "")
        if not isinstance(held, str | int | float) or isinstance(held, bool):
            self._fault((*path, "id"), "id_wrong", found=kind_of(held))
        if "properties" not in feature:
            self._fault(path, "properties_missing")
        elif not isinstance(feature["properties"], dict | None):
            self._fault((*path, "properties"), "properties_not_object", found=kind_of(feature["properties"]))
        bounds = Bounds()
        if "geometry" not in feature:
            self._fault(path, "geometry_missing")
        elif feature["geometry"] is not None:
            bounds = self._geometry(feature["geometry"], (*path, "geometry"), 0)
        self._bbox(feature, path, bounds)
        return bounds

    def _geometry(self, value: Any, path: Path, depth: int) -> Bounds:
        bounds = Bounds()
        if not isinstance(value, dict):
            self._fault(path, "geometry_not_object", found=kind_of(value))
            return bounds
        kind = value.get("type")
        if isinstance(kind, str) and kind in _TYPES - _GEOMETRIES:
            self._fault((*path, "type"), "geometry_type_wrong", found=kind)
            return bounds
        kind = self._type(value, path, _GEOMETRIES)
        if kind is None:
            return bounds
        self._foreign(value, path, "geometry")
        if kind == "GeometryCollection":
            bounds = self._members(value, path, depth)
        elif "coordinates" not in value:
            self._fault(path, "coordinates_missing")
        else:
            bounds = Coordinates(self._fault, self._note).check(kind, value["coordinates"], (*path, "coordinates"))
        self._bbox(value, path, bounds)
        return bounds

    def _members(self, value: dict[str, Any], path: Path, depth: int) -> Bounds:
        bounds = Bounds()
        if "geometries" not in value:
            self._fault(path, "geometries_missing")
            return bounds
        members, inner = value["geometries"], (*path, "geometries")
        if not isinstance(members, list):
            self._fault(inner, "geometries_not_array", found=kind_of(members))
            return bounds
        if depth == 1:
            self._note(path, "collection_nested")
        if len(members) == 1:
            self._note(path, "collection_single")
        if depth > _DEEPEST:
            self._fault(path, "too_deep")
            return bounds
        for number, member in enumerate(members):
            bounds.add(self._geometry(member, (*inner, number), depth + 1))
        return bounds

    def _foreign(self, value: dict[str, Any], path: Path, kind: str) -> None:
        for name in _FOREIGN[kind]:
            if name in value:
                self._fault((*path, name), "member_of_another_type", member=name)

    def _bbox(self, value: dict[str, Any], path: Path, bounds: Bounds) -> None:
        if "bbox" not in value:
            return
        box, path = value["bbox"], (*path, "bbox")
        if not isinstance(box, list) or len(box) not in {4, 6} or not all(is_number(each) for each in box):
            self._fault(path, "bbox_wrong", found=shortened(box))
            return
        half = len(box) // 2
        west, south, east, north = box[0], box[1], box[half], box[half + 1]
        if south > north:
            self._fault(path, "bbox_wrong", found=shortened(box))
        elif bounds.known and not bounds.within(west, south, east, north):
            self._note(path, "bbox_does_not_fit", found=shortened(box))
