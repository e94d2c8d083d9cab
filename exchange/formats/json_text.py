"""GeoJSON and TopoJSON: the text is looked through before GDAL sees it, so that nothing is lost or fetched unseen."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import gdal, geojson_texts, sample_mark, topojson
from exchange.formats.opened import CrsHow, FileNote, Opened, Wanted
from exchange.progress import Watch
from exchange.writing.outgoing import SAMPLE_MARK

_GEOMETRIES: Final = frozenset({
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
})  # fmt: skip
# how deep the positions lie in the coordinates of each type
_DEPTHS: Final = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
# beyond this a number is no coordinate of any CRS, and GDAL refuses the whole file for some of them
_LARGEST: Final = 1e300
# RFC 7946 §4: coordinates are WGS 84 longitude and latitude when nothing else is declared
_RFC7946_CRS: Final = "OGC:CRS84"
# objects between two looks at the clock
_OBJECTS: Final = 2_048


class _ManyTexts(Exception):
    """The text is one JSON value a line, not one in all."""


def read(path: Path, wanted: Wanted) -> Opened:
    """Read GeoJSON or TopoJSON, whichever the text is; anything else in JSON is named and refused."""
    try:
        document = _parsed(path, wanted.watch)
    except _ManyTexts:
        return read_sequence(path, wanted)
    kind = json_kind(document)
    if kind == "topojson":
        crs, how = _declared_crs(document)
        # the format has no member for a CRS; what old writers put there is believed, the GeoJSON default is not applied
        return topojson.read(document, wanted, crs=crs if how == "file" else None)
    if kind == "geojson":
        return _read_geojson(path, document, wanted.watch)
    raise FileRefused("format_not_taken", {"format": kind})


def read_sequence(path: Path, wanted: Wanted) -> Opened:
    """Read a GeoJSON text sequence (RFC 8142: a record separator before each text) or one GeoJSON text a line.

    Raises
    ------
    FileRefused
        ``json_broken`` with the line; whatever is refused in a GeoJSON file.
    """
    texts = geojson_texts.read(path)
    with tempfile.TemporaryDirectory(prefix="chantu-json-") as folder:
        whole = Path(folder) / "whole.geojson"
        texts.write(whole)
        return replace(_read_geojson(whole, {"type": "FeatureCollection", "features": texts.features}, wanted.watch),
                       driver="GeoJSONSeq")  # fmt: skip


def json_kind(document: object) -> str:
    """Tell GeoJSON from TopoJSON, Esri JSON and the rest by the members of the top object."""
    if not isinstance(document, dict):
        return "json"
    kind = document.get("type")
    if not isinstance(kind, str):
        kind = ""
    if kind == "Topology":
        return "topojson"
    if kind in {"FeatureCollection", "Feature"} or kind in _GEOMETRIES:
        return "geojson"
    if kind == "gdal_streamed_alg":
        return "gdalg"
    if "geometryType" in document or "spatialReference" in document:
        return "esrijson"
    return "json"


def _parsed(path: Path, watch: Watch) -> Any:
    size = path.stat().st_size
    if size > limits.MOST_JSON_BYTES:
        raise FileRefused("json_too_large", {"bytes": size, "most_bytes": limits.MOST_JSON_BYTES})
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        return json.loads(raw, object_hook=_Counting(watch, raw.count(b"{")))
    except UnicodeDecodeError as error:
        raise FileRefused("json_not_utf8", {"byte": error.start}) from error
    except json.JSONDecodeError as error:
        lines = [line for line in raw[: _head_end(raw)].splitlines() if line.strip()]
        if error.msg == "Extra data" and lines and _is_json(lines[0]):
            raise _ManyTexts from error
        raise FileRefused("json_broken", {"line": error.lineno, "column": error.colno}) from error
    except (RecursionError, ValueError) as error:
        raise FileRefused("json_too_deep_or_long") from error


class _Counting:
    """Hears each object of a text that is being parsed, and tells how many of them there were."""

    def __init__(self, watch: Watch, of: int) -> None:
        self._watch = watch
        self._of = of
        self._done = 0

    def __call__(self, found: dict[str, Any]) -> dict[str, Any]:
        """Leave an object as it is."""
        self._done += 1
        if self._done % _OBJECTS == 0:
            self._watch("parse", self._done, self._of)
        return found


def _head_end(raw: bytes, *, lines: int = 2) -> int:
    """Length of the first lines of a text, to look at them without splitting all of it."""
    end = -1
    for _ in range(lines):
        end = raw.find(b"\n", end + 1)
        if end < 0:
            return len(raw)
    return end


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _read_geojson(path: Path, document: dict[str, Any], watch: Watch) -> Opened:
    features = _features(document)
    _refuse_linked_crs(document, features)
    if not features:
        raise FileRefused("no_rows")
    crs, how = _declared_crs(document)
    pyogrio = gdal.start("GeoJSON")
    # once for the columns, once for the rows
    watch("scan", 0, 2 * path.stat().st_size)
    try:
        _, wkb, columns = gdal.read(pyogrio, path, DATE_AS_STRING="YES")
    except FileRefused as refused:
        if refused.code != "unreadable":
            raise
        wkb, columns = _without_unsound(pyogrio, features, refused)
    if len(wkb) != len(features):
        # GDAL leaves out what is no feature without a word
        unreadable = FileRefused("features_malformed", {"listed": len(features), "readable": len(wkb)})
        wkb, columns = _without_unsound(pyogrio, features, unreadable)
    lost = [row for row, feature in enumerate(features) if wkb[row] is None and _claims_geometry(feature)]
    return Opened("GeoJSON", _mark_unreadable(wkb, lost), tuple(columns), crs, how, notes=_odd_members(document))


def _without_unsound(
    pyogrio: ModuleType, features: list[Any], refused: FileRefused
) -> tuple[NDArray[np.object_], list[tuple[str, pa.Array]]]:
    """Read again with the rows that no reader can read emptied, so that they are refused alone."""
    unsound = [row for row, feature in enumerate(features) if not _sound_feature(feature)]
    if not unsound or len(unsound) == len(features):
        raise refused
    sound = list(features)
    for row in unsound:
        held = features[row].get("properties") if isinstance(features[row], dict) else None
        properties = held if isinstance(held, dict) else {}
        sound[row] = {"type": "Feature", "properties": properties, "geometry": None}
    with tempfile.TemporaryDirectory(prefix="chantu-json-") as folder:
        copy = Path(folder) / "sound.geojson"
        copy.write_text(json.dumps({"type": "FeatureCollection", "features": sound}), encoding="utf-8")
        _, wkb, columns = gdal.read(pyogrio, copy, DATE_AS_STRING="YES")
    if len(wkb) != len(features):
        raise refused
    return wkb, columns


def _sound_feature(feature: object) -> bool:
    """Whether a feature is an object with no geometry or one whose coordinates nest as its type says."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return False
    geometry = feature.get("geometry")
    return geometry is None or _sound_geometry(geometry)


def _sound_geometry(geometry: object) -> bool:
    waiting = [geometry]
    while waiting:
        each = waiting.pop()
        if not isinstance(each, dict):
            return False
        kind = each.get("type")
        if kind == "GeometryCollection" and isinstance(each.get("geometries"), list):
            waiting.extend(each["geometries"])
        elif kind not in _DEPTHS or not _sound_coordinates(each.get("coordinates"), _DEPTHS[kind]):
            return False
    return True


def _sound_coordinates(coordinates: object, depth: int) -> bool:
    if not isinstance(coordinates, list):
        return False
    if depth > 0:
        return all(_sound_coordinates(each, depth - 1) for each in coordinates)
    return len(coordinates) >= 2 and all(  # noqa: PLR2004 - a position has two numbers at least
        isinstance(each, int | float) and not isinstance(each, bool) and abs(each) < _LARGEST for each in coordinates
    )


def _features(document: dict[str, Any]) -> list[Any]:
    if document["type"] != "FeatureCollection":
        return [document]
    features = document.get("features")
    if not isinstance(features, list):
        raise FileRefused("geojson_no_features")
    return features


def _claims_geometry(feature: object) -> bool:
    """Whether the file says that the row has a geometry; what is no feature at all counts as a broken one."""
    if not isinstance(feature, dict):
        return True
    return feature.get("geometry") is not None or feature.get("type") in _GEOMETRIES


def _mark_unreadable(wkb: NDArray[np.object_], lost: list[int]) -> NDArray[np.object_]:
    """Give rows whose geometry GDAL could not make bytes that cannot be read, so that they are told from empty rows."""
    marked = np.array(wkb, dtype=object)
    for row in lost:
        marked[row] = b""
    return marked


def _declared_crs(document: dict[str, Any]) -> tuple[str | None, CrsHow]:
    member = document.get("crs")
    if member is None:
        return _RFC7946_CRS, "default"
    if not isinstance(member, dict):
        raise FileRefused("crs_member_malformed")
    properties = member.get("properties")
    if not isinstance(properties, dict):
        raise FileRefused("crs_member_malformed")
    if member.get("type") == "name" and isinstance(properties.get("name"), str):
        return str(properties["name"]), "file"
    if str(member.get("type", "")).upper() == "EPSG" and str(properties.get("code", "")).isdigit():
        return f"EPSG:{properties['code']}", "file"
    raise FileRefused("crs_member_malformed", {"type": str(member.get("type"))[:40]})


def _refuse_linked_crs(document: dict[str, Any], features: list[Any]) -> None:
    """Refuse a CRS that is an address to fetch, wherever GDAL would look for one: file, feature or geometry."""
    for holder in _crs_holders(document, features):
        member = holder.get("crs")
        if isinstance(member, dict) and str(member.get("type", "")).strip().lower() in {"link", "url", "ogc"}:
            raise FileRefused("crs_link_refused")
        if member is not None and holder is not document:
            raise FileRefused("crs_inside_feature")


def _crs_holders(document: dict[str, Any], features: list[Any]) -> Iterator[dict[str, Any]]:
    yield document
    for feature in features:
        if isinstance(feature, dict):
            yield feature
            yield from _geometries(feature.get("geometry"))


def _geometries(geometry: object) -> Iterator[dict[str, Any]]:
    waiting = [geometry]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            members = each.get("geometries")
            if isinstance(members, list):
                waiting.extend(members)


def _odd_members(document: dict[str, Any]) -> tuple[FileNote, ...]:
    return sample_mark.note_of(SAMPLE_MARK if document.get("is_sample") is True else document.get(sample_mark.FACT))
