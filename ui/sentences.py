"""Sentences for what the verbs give back: acts that were done, faults that were found, times and files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from string import Formatter
from types import MappingProxyType
from typing import Final

from exchange.sniff import NAMES
from layers import figures
from layers.clusters import Cluster
from layers.schema import LAYERS
from planning import registers
from planning.acts import Done
from planning.errors import Fault
from ui import scenario_words
from ui.fault_words import FAULTS
from ui.session import Outcome
from ui.words import cluster_name, named, t

# what an act is called, by the key of its label
ACTS: Final = MappingProxyType({
    "assign": "分配 {count} 宗至「{cluster}」",
    "allocate": "优化分配 {count} 宗",
    "clear": "清除 {count} 宗的分配",
    "revert": "{count} 宗恢复为现状",
    "lock": "锁定 {count} 宗",
    "unlock": "解锁 {count} 宗",
    "lock_cluster": "锁定集群「{clusters}」",
    "unlock_cluster": "解锁集群「{clusters}」",
    "quota": "改动 {count} 个集群的配额",
    "road_opening": "「{road}」通车时间改为 {opening}",
    "edit": "修改 {count} 宗的台账",
    "mend": "改动 {count} 宗的边界",
    "split_line": "分割为 {pieces} 宗，面积之和不变",
    "split_area": "分割为 {pieces} 宗，面积之和不变",
    "split_road": "中间留路，分割为 {pieces} 宗",
    "cut_road": "按道路切分为 {pieces} 宗",
    "cut_conflict": "划出冲突部分，共 {pieces} 宗，面积之和不变",
    "merge": "合并为一宗，原地块记入沿革",
    "draw": "新画一宗地块",
    "snap": "界线已吸附到邻宗",
    "replace": "改动 {count} 宗的界线",
    "merge_scenario": "合入另一方案的 {count} 宗",
    "undo": "已撤销，{count} 宗复原",
    "redo": "已重做，{count} 宗",
})  # fmt: skip


# acts on something else than parcels
NOT_OF_PARCELS: Final = ("quota", "road_opening")


def outcome_sentences(outcome: Outcome, clusters: Sequence[Cluster]) -> list[str]:
    """Say how an act ended, in one or two sentences."""
    if outcome.done is None:
        return [fault_sentence(fault, clusters) for fault in outcome.faults]
    done = outcome.done
    said = [act_sentence(done, clusters)]
    if done.skipped_locked:
        said.append(t("{count} 宗已锁定，未改动。", count=_count(len(done.skipped_locked))))
    return said


def act_sentence(done: Done, clusters: Sequence[Cluster]) -> str:
    """Say what was done."""
    if done.command_id is None:
        return t("没有需要改动的地块。")
    changed = {change.parcel_id for change in done.changes} | {change.parcel_id for change in done.field_changes}
    changed |= {*done.born, *done.reshaped, *done.ended}
    if locked := done.label.values.get("clusters"):
        named_ones = "、".join(name_of(code, clusters) for code in _listed(locked))
        return t(ACTS[f"{done.label.key}_cluster"], clusters=named_ones)
    if done.label.values.get("of") in NOT_OF_PARCELS:
        return t("已撤销。") if done.label.key == "undo" else t("已重做。")
    told = done.label.values.get("count", 0) if done.label.key in NOT_OF_PARCELS else len(changed)
    values = {
        "count": _count(int(str(told))),
        "road": str(done.label.values.get("road", "")),
        "opening": str(done.label.values.get("opening") or t("未定")),
        "pieces": str(done.label.values.get("pieces", "")),
        "cluster": name_of(done.label.values.get("cluster"), clusters),
    }
    sentence = ACTS.get(done.label.key)
    return t(sentence, **values) if sentence else t("改动 {count} 宗", **values)


def _listed(codes: object) -> list[object]:
    return list(codes) if isinstance(codes, list | tuple) else [codes]


def name_of(code: object, clusters: Sequence[Cluster]) -> str:
    """Name a cluster by its code."""
    if code is None:
        return t("未分配")
    return next((cluster_name(one) for one in clusters if one.code == code), str(code))


def fault_sentence(fault: Fault, clusters: Sequence[Cluster] = ()) -> str:
    """Say what is wrong and, where there is one, the way out."""
    sentence = FAULTS.get(fault.code) or scenario_words.FAULTS.get(fault.code)
    values = {"where": fault.where, **fault.values}
    if sentence is None:
        told = "、".join(_said(name, value, clusters) for name, value in values.items() if value)
        return t("无法处理：{code} {values}", code=fault.code, values=told)
    return filled(sentence, values, clusters)


def filled(sentence: str, values: Mapping[str, object], clusters: Sequence[Cluster] = ()) -> str:
    """Say a sentence of a table with its values put into words; a value that is not told is a dash."""
    told = {name: _said(name, value, clusters) for name, value in values.items()}
    wanted = {name: told.get(name, figures.NOTHING) for _, name, _, _ in Formatter().parse(sentence) if name}
    return t(sentence, **wanted)


def clock_time(stamp: str) -> str:
    """A stored UTC time on the wall clock of the office, to the minute."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return stamp


KB_END: Final = 1_000_000  # decimal units, as file managers show them


def file_size(size_bytes: int) -> str:
    """The size of a file in KB or MB."""
    if size_bytes < KB_END:
        return f"{figures.fixed(size_bytes / 1000, 1)} KB"
    return f"{figures.fixed(size_bytes / 1_000_000, 1)} MB"


def format_name(code: str) -> str:
    """A form of file by its name; brand names are the same in every language."""
    return t("界址点 TXT") if code == "boundary_txt" else NAMES.get(code, code)


def _count(number: int) -> int | str:
    return number if number == 1 else figures.count(number)


def _said(name: str, value: object, clusters: Sequence[Cluster]) -> str:
    match value:
        case None:
            return t("不限") if name in {"least", "most"} else figures.NOTHING
        case _ if name == "cluster":
            return name_of(value, clusters)
        case bool():
            return str(value)
        case float():
            return figures.trimmed(value) if value else "0"
        case str() if name == "layer" and value in LAYERS:
            return named(LAYERS[value])
        case str() if name in {"field", "lower", "upper"} and value in _FIELDS:
            return named(_FIELDS[value])
        case int() if name.endswith("bytes"):
            return file_size(value)
        case Mapping():
            return "、".join(str(one) for one in value.values())
        case list() | tuple() | set() | frozenset():
            return "、".join(_member(name, one, clusters) for one in value)
    return format_name(str(value)) if name == "format" else str(value)


def _member(name: str, one: object, clusters: Sequence[Cluster]) -> str:
    if name == "clusters":
        return name_of(None if one == figures.NOTHING else one, clusters)
    return f"EPSG:{one}" if name == "advised" else str(one)


_FIELDS: Final = {field.key: field for field in (*LAYERS["parcels"].fields, registers.CLUSTER)}


def away(distance_m: float) -> str:
    """How far off something is, to 0.1 m; what touches is said to."""
    # less than what one decimal shows
    return t("紧邻") if distance_m < 0.05 else t("相距 {metres} 米", metres=figures.fixed(distance_m, 1))  # noqa: PLR2004
