"""GeoJSON by RFC 7946: the published fixtures, the place of each fault, and texts that break one rule at a time."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exchange.json_places import places, repeated_names
from exchange.rfc7946 import SECTIONS, check
from tests.conftest import REAL

# The two collections contradict one another. mapbox/geojson-fixtures files these two as good; they are the example of
# the GeoJSON text of 2008, whose hole runs counterclockwise like its shell. chrieke/geojson-invalid-geometry files a
# polygon with just such a hole as invalid_interior_not_cw. RFC 7946 §3.1.6: "A linear ring MUST follow the right-hand
# rule"; that "parsers SHOULD NOT reject" others is a word to readers, for the sake of files of 2008. So a check of the
# text calls it an error, and the import reads it without a word.
_OF_2008 = {"multipolygon.geojson", "multipolygon-xyz.geojson"}

# what the second collection calls problematic breaks no MUST; where we have no word for it, it concerns the shape and
# not the text, and the import checks it
_PROBLEMATIC = {
    "problematic_3d_coordinates": set(),
    "problematic_4d_coordinates": {"position_too_long"},
    "problematic_crosses_antimeridian": {"crosses_antimeridian"},
    "problematic_duplicate_nodes": {"positions_repeated"},
    "problematic_excessive_coordinate_precision": set(),
    "problematic_excessive_vertices": set(),
    "problematic_feature_null_geometry": set(),
    "problematic_holes": set(),
    "problematic_inner_and_exterior_ring_intersect": set(),
    "problematic_multitype_geometry_with_just_one_geometry": {"part_alone"},
    "problematic_outside_lat_lon_boundaries": {"crosses_antimeridian", "outside_degrees"},
    "problematic_self_intersection_large": set(),
    "problematic_self_intersection_small": set(),
    "problematic_wrong_bbox_coordinate_order": {"bbox_does_not_fit"},
    "problematic_zero_length_linestring": {"positions_repeated"},
    "problematic_crs_defined": {"crs_member", "outside_degrees"},
    "problematic_geometry_not_wrapped": {"geometry_not_wrapped"},
    "problematic_geometrycollection_single": {"collection_single", "geometry_not_wrapped"},
    "problematic_nested_geometrycollection": {"collection_nested", "geometry_not_wrapped"},
}

_REASONS = {
    "invalid_exterior_not_ccw": "ring_wrong_way", "invalid_incorrect_geometry_data_type": "coordinates_too_deep",
    "invalid_interior_not_cw": "ring_wrong_way", "invalid_less_three_unique_nodes": "ring_too_short",
    "invalid_unclosed": "ring_not_closed", "invalid_feature_geometry_is_string": "geometry_not_object",
    "invalid_feature_id_type": "id_wrong", "invalid_feature_no_properties": "properties_missing",
    "invalid_feature_properties_is_array": "properties_not_object",
    "invalid_feature_properties_is_int": "properties_not_object",
    "invalid_feature_wrong_geometry_key": "geometry_missing",
    "invalid_featurecollection_feature_nullfeature": "not_a_feature",
    "invalid_featurecollection_features_is_object": "features_not_array",
    "invalid_featurecollection_no_features_member": "features_missing",
    "invalid_featurecollection_nulltype": "type_unknown", "invalid_featurecollection_type_lowercase": "type_unknown",
    "invalid_featurecollection_unknown_type": "type_unknown", "invalid_geometry_bbox_not4or6": "bbox_wrong",
    "invalid_geometry_bbox_not_list": "bbox_wrong", "invalid_geometry_bbox_not_numbers": "bbox_wrong",
    "invalid_geometry_coordinates_1d": "coordinates_too_shallow",
    "invalid_geometry_coordinates_empty_position": "position_too_short",
    "invalid_geometry_coordinates_missing": "coordinates_missing",
    "invalid_geometry_coordinates_string": "position_not_numbers",
    "invalid_geometry_depth_deep_point": "coordinates_too_deep",
    "invalid_geometry_depth_deep_polygon": "coordinates_too_deep",
    "invalid_geometry_depth_shallow_linestring": "coordinates_too_shallow",
    "invalid_geometry_depth_shallow_multipolygon": "coordinates_too_shallow",
    "invalid_geometry_depth_shallow_polygon": "coordinates_too_shallow",
    "invalid_geometry_geometrycollection_null_geometry": "geometry_not_object",
    "invalid_geometry_mislabeled_point": "coordinates_too_shallow",
    "invalid_geometry_missing_type": "type_missing", "invalid_geometry_wrong_geometry_type": "type_unknown",
}  # fmt: skip


def test_all_published_fixtures_are_judged_as_they_are_filed() -> None:
    examples = REAL / "geojson_invalid" / "examples"
    invalid = sorted(examples.glob("invalid_*/*.geojson"))
    valid = sorted((examples / "valid").glob("*.geojson"))
    valid += sorted((REAL / "geojson_valid_fixtures").rglob("*.geojson"))
    assert {path.stem for path in invalid} == (set(_REASONS) if examples.exists() else set())
    for path in invalid:
        told = check(path.read_bytes())
        assert not told.valid, path.name
        assert _REASONS[path.stem] in {fault.code for fault in told.faults if fault.level == "error"}, path.name
    for path in valid:
        errors = {fault.code for fault in check(path.read_bytes()).faults if fault.level == "error"}
        assert errors == ({"ring_wrong_way"} if path.name in _OF_2008 else set()), path.name
    told_of = {path.stem: check(path.read_bytes()) for path in examples.glob("problematic_*/*.geojson")}
    assert {stem: set(told.counts) for stem, told in told_of.items()} == (_PROBLEMATIC if examples.exists() else {})
    assert all(told.valid for told in told_of.values())
    # no folder of the collections is left out
    assert {path.parent for path in examples.rglob("*.geojson")} == {
        path.parent for path in (*invalid, *valid, *examples.glob("problematic_*/*")) if examples in path.parents
    }
    assert len(valid) == (22 + 16 if examples.exists() else 0)


@pytest.mark.parametrize("east", [1, -1])
def test_a_ring_across_the_antimeridian_is_judged_the_short_way_round(east: int) -> None:
    # counterclockwise as it lies on the earth: from 179° east over the line to 179° west
    ring = [[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]
    shape = {"type": "Polygon", "coordinates": [ring[::east]]}
    told = check(json.dumps({"type": "Feature", "properties": None, "geometry": shape}).encode())
    assert told.valid is (east == 1)
    assert "crosses_antimeridian" in told.counts


def test_the_import_reads_a_ring_of_2008(read: Any) -> None:
    hole = [[120.2, 29.2], [120.8, 29.2], [120.8, 29.8], [120.2, 29.8], [120.2, 29.2]]
    shell = [[120.0, 29.0], [121.0, 29.0], [121.0, 30.0], [120.0, 30.0], [120.0, 29.0]]
    text = json.dumps({"type": "Feature", "properties": {}, "geometry": {
        "type": "Polygon", "coordinates": [shell, hole]}}).encode()  # fmt: skip
    assert set(check(text).counts) == {"ring_wrong_way"}
    reading = read(text)
    assert len(reading.geoms[0].interiors) == 1
    assert reading.items == ()


_GOOD: dict[str, Any] = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature", "id": 7, "properties": {"名": "甲"}, "bbox": [120.0, 29.0, 120.1, 29.1],
            "geometry": {"type": "Polygon", "coordinates": [
                [[120.0, 29.0], [120.1, 29.0], [120.1, 29.1], [120.0, 29.1], [120.0, 29.0]],
                [[120.02, 29.02], [120.02, 29.04], [120.04, 29.04], [120.02, 29.02]],
            ]},
        },
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [120.05, 29.05, 3.0]}},
    ],
}  # fmt: skip


def _put(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(_GOOD)
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return document


_RING = ("features", 0, "geometry", "coordinates", 0)


@pytest.mark.parametrize(
    ("path", "value", "code", "pointer"),
    [
        (("type",), "Feature collection", "type_unknown", "/type"),
        (("features", 1), 5, "not_a_feature", "/features/1"),
        (("features", 1, "type"), "Point", "not_a_feature", "/features/1/type"),
        (("features", 0, "id"), None, "id_wrong", "/features/0/id"),
        (("features", 0, "id"), True, "id_wrong", "/features/0/id"),
        (("features", 0, "geometry"), ..., "geometry_missing", "/features/0"),
        (("features", 0, "properties"), ..., "properties_missing", "/features/0"),
        (("features", 0, "geometry", "type"), "Feature", "geometry_type_wrong", "/features/0/geometry/type"),
        ((*_RING, 2), [120.1], "position_too_short", "/features/0/geometry/coordinates/0/2"),
        ((*_RING, 2), [120.1, "29"], "position_not_numbers", "/features/0/geometry/coordinates/0/2"),
        ((*_RING, 2), [True, 29], "position_not_numbers", "/features/0/geometry/coordinates/0/2"),
        ((*_RING, 4), [120.0, 29.001], "ring_not_closed", "/features/0/geometry/coordinates/0"),
        (("features", 0, "bbox"), [1, 2, 3], "bbox_wrong", "/features/0/bbox"),
        (("features", 0, "bbox"), [120.0, 29.2, 120.1, 29.0], "bbox_wrong", "/features/0/bbox"),
        (("features", 0, "features"), [], "member_of_another_type", "/features/0/features"),
        (("geometry",), None, "member_of_another_type", "/geometry"),
    ],
)
def test_each_broken_rule_is_told_with_its_place(
    path: tuple[str | int, ...], value: object, code: str, pointer: str
) -> None:
    text = json.dumps(_put(path, value), ensure_ascii=False, indent=2)
    told = check(text.encode())
    assert not told.valid
    fault = next(one for one in told.faults if one.level == "error")
    assert (fault.code, fault.pointer) == (code, pointer)
    assert fault.section == SECTIONS[code]
    line = text.splitlines()[fault.line - 1]
    # the value begins where it is said to
    shown = json.dumps(_at(json.loads(text), pointer), ensure_ascii=False)
    assert line[fault.column - 1] == shown[0]


def _at(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def test_what_should_not_be_is_advice_and_leaves_the_text_valid() -> None:
    document = copy.deepcopy(_GOOD) | {"crs": {"type": "name", "properties": {"name": "EPSG:4490"}}}
    document["features"][1]["geometry"] = {
        "type": "GeometryCollection",
        "geometries": [{"type": "GeometryCollection", "geometries": []}, {"type": "LineString", "coordinates": []}],
    }
    told = check(b"\xef\xbb\xbf" + json.dumps(document).encode())
    assert told.valid
    assert set(told.counts) == {"byte_order_mark", "crs_member", "collection_nested", "coordinates_empty"}


@pytest.mark.parametrize(
    ("raw", "code", "line", "column"),
    [
        (b'{"type":\n "Point",\n}', "not_json", 3, 1),
        (b'{"type": "Point",\n"coordinates": [NaN, 1]}', "number_not_finite", 2, 17),
        ('{"type": "Point",\n"名": "'.encode() + b'\xb5\xd8"}', "not_utf8", 2, 7),
        (b"[" * 100_000, "too_deep", 1, 1),
        (b"", "not_json", 1, 1),
        (b"3", "not_an_object", 1, 1),
    ],
)
def test_what_is_no_json_is_told_with_its_place(raw: bytes, code: str, line: int, column: int) -> None:
    told = check(raw)
    assert not told.valid
    assert [(one.code, one.line, one.column) for one in told.faults] == [(code, line, column)]


def test_a_name_that_stands_twice_is_told_where_it_stands_again() -> None:
    told = check(b'{"type": "Feature", "geometry": null,\n "properties": {"a": 1,\n  "a": 2}}')
    assert told.valid
    assert [(one.code, one.pointer, one.line, one.column) for one in told.faults] == [
        ("member_twice", "/properties/a", 3, 3)
    ]
    assert repeated_names('{"a": {"b": 1}, "c": [{"b": 1}, {"b": 2}]}') == []


def test_a_thousand_faults_are_listed_and_all_are_counted() -> None:
    features = [{"type": "Feature", "geometry": None} for _ in range(3000)]
    told = check(json.dumps({"type": "FeatureCollection", "features": features}).encode())
    assert len(told.faults) == 1000
    assert told.counts == {"properties_missing": 3000}
    assert told.errors == 3000


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    ),
    st.sampled_from([None, 1, 4]),
)
def test_any_json_ends_as_a_verdict_and_every_value_is_found(value: object, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    assert check(text.encode()).valid is False
    paths = [path for path, _ in _values(value)]
    found = places(text, paths)
    assert set(found) == set(paths)
    lines = text.split("\n")
    for path, each in _values(value):
        place = found[path]
        assert lines[place.line - 1][place.column - 1] == json.dumps(each, ensure_ascii=False)[0]


def _values(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(path, value), *(pair for step, each in inner for pair in _values(each, (*path, step)))]


def test_what_shapely_writes_right_way_round_is_valid_and_the_other_way_is_not() -> None:
    rng = np.random.default_rng(3)
    centres = shapely.points(rng.uniform(-170, 170, 50), rng.uniform(-80, 80, 50))
    rings = shapely.difference(shapely.buffer(centres, 2.0), shapely.buffer(centres, 1.0))
    for cw in (False, True):
        shapes = shapely.to_geojson(shapely.orient_polygons(rings, exterior_cw=cw))
        for shape in shapes:
            text = f'{{"type":"Feature","properties":null,"geometry":{shape}}}'.encode()
            assert check(text).valid is not cw
