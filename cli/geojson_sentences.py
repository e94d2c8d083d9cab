"""What the terminal says of each fault against RFC 7946, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "not_utf8": ("不是 UTF-8 编码（第 {byte} 字节）", "not UTF-8 (byte {byte})"),
    "byte_order_mark": ("文件开头有 BOM，应去掉", "begins with a byte-order mark, which should not be there"),
    "not_json": ("不是合法的 JSON（{reason}）", "not JSON ({reason})"),
    "member_twice": ("成员「{name}」重复出现，多数软件只取最后一个", "member {name} stands twice; most readers keep the last"),
    "too_deep": ("嵌套太深", "nested too deeply"),
    "number_not_finite": ("{found} 不是 JSON 的数", "{found} is no number in JSON"),
    "not_an_object": ("整个文件应是一个对象，这里是 {found}", "the text must be one object, this is {found}"),
    "type_missing": ("缺少 type", "type is missing"),
    "type_unknown": ("type 不能是 {found}（区分大小写）", "type cannot be {found} (case matters)"),
    "features_missing": ("FeatureCollection 缺少 features", "the FeatureCollection has no features"),
    "features_not_array": ("features 应是数组，这里是 {found}", "features must be an array, this is {found}"),
    "not_a_feature": ("features 里只能是 Feature，这里是 {found}", "features holds Features only, this is {found}"),
    "geometry_missing": ("Feature 缺少 geometry（没有图形时写 null）", "the Feature has no geometry (write null for none)"),
    "geometry_not_object": ("几何应是对象，这里是 {found}", "a geometry must be an object, this is {found}"),
    "geometry_type_wrong": ("几何的类型不能是 {found}", "a geometry cannot be of type {found}"),
    "properties_missing": ("Feature 缺少 properties（没有属性时写 null）", "the Feature has no properties (write null for none)"),
    "properties_not_object": ("properties 应是对象或 null，这里是 {found}", "properties must be an object or null, this is {found}"),
    "id_wrong": ("id 应是文字或数，这里是 {found}", "id must be a string or a number, this is {found}"),
    "coordinates_missing": ("缺少 coordinates", "coordinates are missing"),
    "coordinates_not_array": ("坐标应是数组，这里是 {found}", "coordinates must be an array, this is {found}"),
    "coordinates_empty": ("坐标是空的，软件可当作没有图形", "coordinates are empty: readers may take it for no geometry"),
    "coordinates_too_shallow": ("坐标少套了一层：{found}", "coordinates are nested one level too few: {found}"),
    "coordinates_too_deep": ("坐标多套了一层", "coordinates are nested one level too many"),
    "position_too_short": ("一个位置至少两个数：{found}", "a position has two numbers at least: {found}"),
    "position_not_numbers": ("位置里不是数：{found}", "a position holds something else than numbers: {found}"),
    "position_too_long": ("一个位置不应超过三个数，这里有 {elements} 个", "a position should have three numbers at most, this has {elements}"),
    "line_too_short": ("线至少两个点，这里有 {positions} 个", "a line has two positions at least, this has {positions}"),
    "ring_too_short": ("环至少四个点（首尾相同），这里有 {positions} 个", "a ring has four positions at least (first and last the same), this has {positions}"),
    "ring_not_closed": ("环没有闭合：首点 {first}，尾点 {last}", "the ring is not closed: first {first}, last {last}"),
    "ring_wrong_way": ("环的方向不对：外环逆时针，内环顺时针", "the ring runs the wrong way: shells counterclockwise, holes clockwise"),
    "positions_repeated": ("与前一点重复", "repeats the position before it"),
    "geometries_missing": ("GeometryCollection 缺少 geometries", "the GeometryCollection has no geometries"),
    "geometries_not_array": ("geometries 应是数组，这里是 {found}", "geometries must be an array, this is {found}"),
    "collection_nested": ("几何集合里不应再套几何集合", "a collection should not hold a collection"),
    "collection_single": ("只有一个几何时不应用集合", "a collection of one should be that geometry itself"),
    "crosses_antimeridian": ("一条边跨过半个地球；跨 180° 经线的图形应切开", "an edge spans half the globe: what crosses the antimeridian should be cut there"),
    "outside_degrees": ("超出经纬度范围（{bounds}）：坐标应是 WGS 84 经纬度", "outside longitude and latitude ({bounds}): coordinates should be WGS 84 degrees"),
    "crs_member": ("RFC 7946 已取消 crs 成员，坐标一律是 WGS 84 经纬度", "RFC 7946 has no crs member: coordinates are WGS 84 longitude and latitude"),
    "bbox_wrong": ("bbox 应是 4 或 6 个数，南在北前：{found}", "bbox must be 4 or 6 numbers, south before north: {found}"),
    "bbox_does_not_fit": ("bbox 没有包住图形，顺序应是 西 南 东 北：{found}", "bbox does not hold the geometry; the order is west, south, east, north: {found}"),
    "member_of_another_type": ("这种对象不能有成员「{member}」", "such an object must not have a member {member}"),
    "geometry_not_wrapped": ("图形没有放进 Feature，无法带属性", "a bare geometry, which carries no properties"),
    "part_alone": ("只有一个部分，不必用 Multi 类型", "one part only: no need of a Multi type"),
})  # fmt: skip
LEVELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "error": ("错误", "error"),
        "advice": ("建议", "advice"),
    }
)
