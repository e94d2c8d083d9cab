"""What the forms of an export are called, whom each is for, and what is lost in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from exchange.writing.outgoing import Note
from ui.words import t

LONLAT_2000: Final = "EPSG:4490"
NOTES: Final[Mapping[str, str]] = {
    "text_is_utf8": "有 {count} 个字不在 GBK 中（{characters}），文字改用 UTF-8，.cpg 已写明。",
    "text_cut": "列「{column}」有 {rows} 行超过 {most} 字节，已在字的边界截断。",
    "split_by_shape": "点、线、面分写为 {files} 个图层。",
    "columns_renamed": "有 {count} 列改了名，原名在别名里。",
    "whole_numbers_rounded": "有 {values} 个整数太大，已取近似值。",
    "text_escaped": "有 {count} 个字不在 GBK 中（{characters}），写成了转义。",
    "rings_dropped": "有 {rings} 个环细于 1 毫米，没有写出。",
    "text_beyond_gbk": "有 {count} 个字（{characters}）只有认 GB 18030 的软件读得出。",
}


def form_name(form: str) -> str:
    """What a form of file is called."""
    return {
        "geojson": t("GeoJSON（RFC 7946，WGS 84 经纬度）"),
        "geojson-cgcs2000": t("GeoJSON（CGCS2000，非 RFC 7946）"),
        "gpkg": t("GeoPackage"),
        "shp": t("Shapefile（zip）"),
        "gdb": t("文件地理数据库 GDB（zip）"),
        "txt": t("界址点 TXT"),
        "dxf": t("DXF（R2000，GBK）"),
        "dxf-r2010": t("DXF（R2010，UTF-8）"),
        "kml": t("KML"),
        "geoparquet": t("GeoParquet"),
        "fgb": t("FlatGeobuf"),
        "csv": t("CSV 表格"),
        "xlsx": t("XLSX 表格"),
    }[form]


def form_line(form: str) -> str:
    """For whom a form is, and what is lost in it, in one line."""
    return {
        "geojson": t("给网页和程序；面积看属性"),
        "geojson-cgcs2000": t("给程序；坐标一位不差，有的软件不认坐标系"),
        "gpkg": t("给 QGIS 和 ArcGIS Pro；样式和中文别名都在里面，内容不减"),
        "shp": t("给各种 GIS；列名缩成十个字母，长文字截断并告知"),
        "gdb": t("给 ArcGIS；带中文别名，坐标取到 0.1 毫米"),
        "txt": t("给报件和勘测；只有编号、名称、面积、用途和界址点"),
        "dxf": t("给 CAD 和 QGIS；按集群分层，注编号和亩，其余属性不带；GBK 以外的字写成转义"),
        "dxf-r2010": t("给新版 CAD；同上，什么字都不变；QGIS 读中文会乱，请用 R2000"),
        "kml": t("给三维地球；WGS 84 经纬度，面积看属性"),
        "geoparquet": t("给数据分析；内容不减，办公软件打不开"),
        "fgb": t("给网络地图和大数据量；内容不减，行序按位置重排"),
        "csv": t("给表格和程序；没有图形"),
        "xlsx": t("给填报和阅读；没有图形"),
    }[form]


def crs_line(code: str, *, storage: str) -> str:
    """What a CRS to choose is, beside its code."""
    if code == LONLAT_2000:
        return t("{code}（经纬度）", code=code)
    if code != storage:
        return t("{code}（同一带的另一种写法）", code=code)
    return t("{code}（入库坐标系）", code=code)


def zone_line(code: str, *, numbered: str) -> str:
    """What a CRS to choose for boundary points is, beside its code."""
    return t("{code}（东坐标带带号）", code=code) if code == numbered else t("{code}（不带带号）", code=code)


def note_line(note: Note) -> str:
    """What a form could not hold as it was, in one sentence."""
    return t(NOTES[note.code], **note.values)
