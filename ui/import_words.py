"""Sentences for what an import notes of a file, and for why a row was mended or refused."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from exchange.report import Item, Note
from ui.sentences import filled
from ui.words import t

# by the code of the note or of the row's reason
NOTES: Final = MappingProxyType({
    "heights_dropped": "{rows} 行带高程或量测值，已舍去，只保留平面坐标。",
    "codes_made": "{rows} 行没有编号，已按行号编为 {prefix}-…。",
    "values_unfit": "列「{column}」有 {rows} 行的值不能作为「{field}」，已原样保留在其他字段中，例如：{examples}。",
    "sample_mark_in_file": "文件自称示例数据，入库后仍标为示例。",
    "shapefile_without_dbf": "没有 dbf 文件，只有图形，没有属性。",
    "sublayer_chosen": "文件里有多个图层，读取的是「{sublayer}」。",
    "zip_member_read": "压缩包里有 {members} 个文件，读取的是「{member}」。",
    "encoding_found": "文字编码按内容判为 {encoding}。",
    "encoding_doubtful": "文字编码不能确定，按 {encoding} 读取，请核对文字。",
    "axes_turned_as_asked": "已按要求把 X、Y 对调。",
    "shift_taken_back": "已按要求把 {shift} 偏移坐标还原到 2000 国家大地坐标系。",
    "four_parameters_used": "已用四参数从 EPSG:{source} 换算到 EPSG:{target}：北移 {dx_north_m} 米，东移 {dy_east_m} 米，旋转 {rotation_arcsec} 秒，尺度 {scale_ppm} ppm。",  # noqa: E501  # one sentence
    "shift_suspected": "疑似 {shift} 偏移坐标：抽查 {of} 宗，还原后有 {fitting} 宗与库中地块重合，现在几乎没有。没有改动坐标；如确认，请把坐标系改为 {shift} 后重新检查。",  # noqa: E501  # one sentence
    "text_cut": "{values} 个文字值在字中间被截断，截断的半个字已去掉。",
    "kml_may_be_shifted": "KML 按标准是 WGS 84 经纬度；奥维等软件导出的可能已加偏（GCJ-02），请在地图上核对位置。",
    "kml_left": "{links} 个网络链接和 {overlays} 个叠加图没有读取。",
    "all_layers_read": "文件里有多个图层，已全部读取：{sublayers}。",
    "arcs_flattened": "{rows} 个图形含曲线，已折成短线，与原曲线相差不超过 {tolerance_mm} 毫米。",
    "dxf_blocks_opened": "{rows} 个图形来自图块，请核对是不是图例符号。",
    "dxf_blocks_closed": "{inserts} 个图块没有展开：全部展开超过 {most} 个对象，或图块嵌套过深。",
    "dxf_fills_left": "{rows} 个填充与边界线重合，只保留边界线。",
    "dxf_outlines_joined": "{rows} 宗由多条边界线组成，已按导出时的编号合为一宗。",
    "dxf_left": "图纸中没有读取的对象：{found}。",
    "dxf_mended": "图纸结构有 {faults} 处错误，已尽量修复，请核对。",
    "gpkg_layers_left": "没有读取视图等不是普通表的图层：{layers}。",
    "curves_flattened": "图形含曲线，已折成短线。",
    "ring_closed": "边界没有闭合，已闭合。",
    "geometry_mended": "图形有自相交等错误，已修正。",
    "collection_reduced": "混合图形，只保留符合图层的部分。",
    "collection_joined": "混合图形，已合并为一个图形。",
    "code_repeated": "编号与前面的行重复，已改为 {given}。",
    "code_in_use": "库中已有编号 {code} 的记录，没有覆盖。",
    "shape_in_use": "图形与库中 {code} 完全相同，没有重复入库。",
    "geometry_missing": "没有图形。",
    "geometry_unreadable": "图形无法读取。",
    "geometry_too_deep": "图形集合套了 {most} 层以上，不予采用。",
    "repair_too_slow": "图形自相交太多，修正超时，请在来源修正。",
    "repair_crashed": "图形无法修正，请在来源修正。",
    "geometry_empty": "图形是空的。",
    "geometry_wrong_type": "图形类型是 {found}，这一图层不收。",
    "coordinates_not_finite": "坐标不是有限的数。",
    "coordinates_out_of_range": "坐标超出经纬度的范围。",
    "outside_area_of_use": "位置在 {storage} 的适用范围之外。",
    "outside_projection": "位置无法换算到 {storage}。",
    "no_area": "图形没有面积。",
    "shape_degenerate": "图形退化成点或线。",
    "boundary_line_unreadable": "第 {line} 行不是界址点：{text}。",
    "boundary_no_points": "第 {line} 行的地块没有界址点。",
    "coordinate_not_a_number": "第 {line} 行的坐标不是有效的数：{text}。",
    "axes_mixed": "第 {line} 行的 X、Y 与其余各点相反。",
    "zone_differs": "第 {line} 行的东坐标 {easting} 与文件的带号（{file_zone}）不符。",
    "ring_too_few_points": "第 {line} 行的地块有一圈只有 {points} 个不同的点，围不成面。",
    "too_many_rings": "第 {line} 行的地块有 {rings} 圈，最多 {most} 圈。",
    "wkt_unreadable": "第 {line} 行的 WKT 读不出来：{text}。",
    "cells_beyond_header": "第 {line} 行有 {cells} 格，表头只有 {columns} 格，可能多了分隔符。",
    "axes_turned": "X、Y 与文件其余部分相反，已按坐标范围对调。",
    "rings_cross": "{rings} 圈互相交叉，已按奇偶规则取面。",
    "axes_swapped": "X、Y 与规定的顺序相反，已按坐标范围对调：东坐标 {x_range}，北坐标 {y_range}。",
    "point_counts_differ": "{rows} 宗的界址点数与实际点数不符，以实际的点为准；行号：{examples}。",
    "area_unit_found": "地块面积的单位按界址点核对为 {unit}（{of} 宗中 {fitting} 宗相符）。",
    "area_unit_unknown": "{rows} 宗的地块面积按公顷、平方米、亩都与界址点不符，没有换算，原值保留。",
    "areas_differ": "{rows} 宗的地块面积与界址点围成的面积不符，行号：{examples}。",
    "header_row_found": "表头在第 {row} 行。",
    "axes_by_name": "坐标列按名称取：东坐标为「{east}」，北坐标为「{north}」。",
    "points_joined": "{points} 个界址点已按编号连成 {parcels} 宗；各点不同的列没有保留：{columns}。",
    "numbers_too_long": "{cells} 格是 16 位以上的数字，在表格软件里末几位已经丢失（如第 {row} 行）；编号请存为文字。",
})  # fmt: skip


def note_sentence(note: Note) -> str:
    """Say what concerns the whole file."""
    return _said(note.code, note.values)


def reason_sentence(item: Item) -> str:
    """Say why a row was mended or refused."""
    return _said(item.code, item.detail)


def _said(code: str, values: object) -> str:
    sentence = NOTES.get(code)
    plain = dict(values) if isinstance(values, dict) else {}
    if sentence is None:
        return t("{code}：{values}", code=code, values="、".join(f"{key} {value}" for key, value in plain.items()))
    return filled(sentence, plain)
