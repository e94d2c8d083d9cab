"""Sentences for what an import notes of a file, what its coordinates show, and how far the work is."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

from exchange.report import Note
from layers import figures
from planning.errors import Fault
from ui.sentences import fault_sentence, file_size, filled
from ui.words import t

_MOST_DEGREES: Final = 180.0

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
    "unfit_rows_elsewhere": "图形类型不符的 {rows} 行也不在 {storage} 的适用范围之内，请核对是不是这里的文件。",
    "dxf_lines_joined": "{rows} 个图形由首尾相接的直线围成，已连成面，请核对。",
    "dxf_left": "图纸中没有读取的对象：{found}。",
    "dxf_mended": "图纸结构有 {faults} 处错误，已尽量修复，请核对。",
    "gpkg_layers_left": "没有读取视图等不是普通表的图层：{layers}。",
    "axes_swapped": "X、Y 与规定的顺序相反，已按坐标范围对调：东坐标 {x_range}，北坐标 {y_range}。",
    "point_counts_differ": "{rows} 宗的界址点数与实际点数不符，以实际的点为准；行号：{examples}。",
    "area_unit_found": "地块面积的单位按界址点核对为{unit}（{of} 宗中 {fitting} 宗相符）。",
    "area_unit_unknown": "{rows} 宗的地块面积按公顷、平方米、亩都与界址点不符，没有换算，原值保留。",
    "areas_differ": "{rows} 宗的地块面积与界址点围成的面积不符，行号：{examples}。",
    "header_row_found": "表头在第 {row} 行。",
    "axes_by_name": "坐标列按名称取：东坐标为「{east}」，北坐标为「{north}」。",
    "points_joined": "{points} 个界址点已按编号连成 {parcels} 宗；各点不同的列没有保留：{columns}。",
    "numbers_too_long": "{cells} 格是 16 位以上的数字，在表格软件里末几位已经丢失（如第 {row} 行）；编号请存为文字。",
})  # fmt: skip

# what the content of a file shows of its coordinate system
EVIDENCE: Final = MappingProxyType({
    "zone_prefix": "东坐标以 {zone} 开头（{share} 的点，如 {example}）：{zone} 带。",
    "header_crs": "文件头写明的坐标系：{words}。",
    "header_zone": "文件头写明的带号：{zone}。",
    "axes_swapped": "横纵坐标对调，已按 X(北)、Y(东) 理解。",
    "looks_like_degrees": "数值像经纬度：{bounds}。",
    "looks_like_metres": "数值像以米计的平面坐标：{bounds}。",
})  # fmt: skip


def evidence_sentence(note: Note) -> str:
    """Say what the content shows of its coordinates."""
    values = dict(note.values)
    if isinstance(values.get("share"), float):
        values["share"] = f"{values['share']:.0%}"
    if isinstance(values.get("example"), float):
        # as it stands in the file: the zone is read off its first digits
        values["example"] = f"{values['example']:.3f}"
    if isinstance(values.get("bounds"), list | tuple):
        values["bounds"] = _bounds(values["bounds"])
    sentence = EVIDENCE.get(note.code)
    return _said(note.code, values) if sentence is None else filled(sentence, values)


def bounds_sentence(bounds: Sequence[float]) -> str:
    """Say between which numbers the coordinates of a file lie, x first (west, south, east, north)."""
    return t("文件里的坐标：{bounds}。", bounds=_bounds(bounds))


def _bounds(bounds: Sequence[float]) -> str:
    most = max(abs(value) for value in bounds)
    west, south, east, north = (f"{value:.{5 if most <= _MOST_DEGREES else 1}f}" for value in bounds)
    return t("横 {west} – {east}，纵 {south} – {north}", west=west, east=east, south=south, north=north)


def refusal_sentence(fault: Fault) -> str:
    """Say why a file was refused; where the numbers fit another coordinate system, no other database is advised."""
    if fault.code == "outside_storage_crs" and fault.values.get("candidates"):
        return fault_sentence(Fault("outside_storage_crs_offered", fault.values, fault.where))
    if "datum" in fault.values:
        named = {"xian 1980": t("1980 西安坐标系"), "beijing 1954": t("1954 北京坐标系")}
        datum = str(fault.values["datum"])
        return fault_sentence(Fault(fault.code, {**fault.values, "datum": named.get(datum, datum)}, fault.where))
    return fault_sentence(fault)


def stage_sentence(stage: str, done: int, of: int) -> str:
    """Say what the work is at, in what is counted."""
    match stage:
        case "open" if of and done >= of:
            # the bytes are in; some libraries do not say what they make of them
            return t("正在解析文件…")
        case "open":
            return t("读取文件：{done} / {of}", done=file_size(done), of=file_size(of))
        case "copy":
            return t("复制文件：{done} / {of}", done=file_size(done), of=file_size(of))
        case "scan":
            return t("读取图形：{done} / {of}", done=file_size(done), of=file_size(of))
        case "parse":
            return t("解析文件：{share}", share=f"{min(done / of, 1.0) if of else 0.0:.0%}")
        case "shape":
            return t("生成图形：{share}", share=f"{min(done / of, 1.0) if of else 0.0:.0%}")
        case "check" if not of:
            return t("正在核对编号…")
        case "start":
            return t("正在开始…")
        case "wait":
            return t("前面还有文件在处理，排队中…")
    named_stages = {
        "judge": t("判读坐标和图形"), "write": t("取回数据"), "map": t("对应字段"), "check": t("检查"),
        "enter": t("入库"), "change": t("更新"),
        "compare": t("与库中比对"),
    }  # fmt: skip
    counted = t("{done} / {of} 行", done=figures.count(done) if done else 0, of=figures.count(of) if of else 0)
    return f"{named_stages.get(stage, stage)}：{counted}"


def state_word(state: str) -> str:
    """The state of a file in the list."""
    return {
        "waiting": t("等待"), "reading": t("读取中"), "ready": t("待确认"), "refused": t("没有读入"),
        "entering": t("入库中"),
        "entered": t("已入库"), "undone": t("已撤销"), "stopped": t("已停止"),
    }.get(state, state)  # fmt: skip


def severity_word(severity: str) -> str:
    """How grave a problem is."""
    return {"refuse": t("不能入库"), "ask": t("需核对"), "tell": t("提示")}.get(severity, severity)


def note_sentence(note: Note) -> str:
    """Say what concerns the whole file."""
    values = dict(note.values)
    if note.code == "area_unit_found":
        values["unit"] = _unit(str(values["unit"]))
    for name, value in note.values.items():
        if name.endswith("_range") and isinstance(value, list | tuple):
            values[name] = " – ".join(f"{one:.3f}" for one in value)
    return _said(note.code, values)


def _unit(unit: str) -> str:
    return {"ha": t("公顷"), "m2": t("平方米"), "mu": t("亩")}.get(unit, unit)


def _said(code: str, values: object) -> str:
    sentence = NOTES.get(code)
    plain = dict(values) if isinstance(values, dict) else {}
    if sentence is None:
        return t("{code}：{values}", code=code, values="、".join(f"{key} {value}" for key, value in plain.items()))
    return filled(sentence, plain)
