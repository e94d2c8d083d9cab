"""Sentences for what an import notes of a file, what its coordinates show, and how far the work is."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from exchange.report import Note
from layers import figures
from ui.sentences import file_size, filled
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
})  # fmt: skip

# what the content of a file shows of its coordinate system
EVIDENCE: Final = MappingProxyType({
    "zone_prefix": "东坐标以 {zone} 开头（{share} 的点，如 {example}）：{zone} 带。",
    "header_crs": "文件头写明的坐标系：{crs}。",
    "header_zone": "文件头写明的带号：{zone}。",
    "axes_swapped": "横纵坐标对调，已按 X(北)、Y(东) 理解。",
    "looks_like_degrees": "数值像经纬度。",
    "looks_like_metres": "数值像以米计的平面坐标。",
})  # fmt: skip


def evidence_sentence(note: Note) -> str:
    """Say what the content shows of its coordinates."""
    values = dict(note.values)
    if isinstance(values.get("share"), float):
        values["share"] = f"{values['share']:.0%}"
    sentence = EVIDENCE.get(note.code)
    return _said(note.code, values) if sentence is None else filled(sentence, values)


def stage_sentence(stage: str, done: int, of: int) -> str:
    """Say what the work is at, in what is counted."""
    match stage:
        case "open" if of and done >= of:
            # the bytes are in; what the reader makes of them is not counted
            return t("正在解析文件…")
        case "open":
            return t("读取文件：{done} / {of}", done=file_size(done), of=file_size(of))
        case "judge":
            return t("正在判读 {of} 行的坐标和图形…", of=figures.count(of))
        case "check":
            return t("检查：第 {done} 步，共 {of} 步", done=done, of=of)
        case "wait":
            return t("前面还有文件在处理，排队中…")
    named_stages = {
        "write": t("取回数据"), "map": t("对应字段"), "enter": t("入库"), "change": t("更新"),
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
    return _said(note.code, note.values)


def _said(code: str, values: object) -> str:
    sentence = NOTES.get(code)
    plain = dict(values) if isinstance(values, dict) else {}
    if sentence is None:
        return t("{code}：{values}", code=code, values="、".join(f"{key} {value}" for key, value in plain.items()))
    return filled(sentence, plain)
