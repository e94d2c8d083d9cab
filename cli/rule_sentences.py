"""What the terminal says of rules: what they forbid, what is wrong with a table of them, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "rule_forbids": (
        "{code}：规则 {rule} 禁止分配至 {cluster}（{why}；{cause}；{area_m2} ㎡；依据：{basis}）；可用 --skip-conflicts 只分配其余地块，或由审批人签字放行（--override-by、--override-reason）",
        "{code}: rule {rule} forbids {cluster} here ({why}; {cause}; {area_m2} m²; basis: {basis}); use --skip-conflicts to assign the others, or have a reviewer sign (--override-by, --override-reason)",
    ),
    "rule_wants_reason": (
        "{code}：规则 {rule} 要求论证（{why}；{cause}；{area_m2} ㎡；依据：{basis}）；请用 --reason 写明理由",
        "{code}: rule {rule} wants a reason ({why}; {cause}; {area_m2} m²; basis: {basis}); give one with --reason",
    ),
    "conflict_whole": ("所选地块整宗都在冲突范围内，没有可划出的部分", "the parcels lie wholly in the conflict: nothing can be parted off"),
    "override_reason_missing": ("签字放行要写明理由：--override-reason", "a signature needs its reason: --override-reason"),
    "rule_why_missing": ("改规则要写明原因", "say why the rule is changed"),
    "rule_kind_unknown": ("没有规则类型「{value}」", "there is no kind of rule {value}"),
    "rule_level_unknown": ("没有级别「{value}」，只有 forbidden、justify、notice", "there is no level {value}; there are forbidden, justify and notice"),
    "rule_measure_unknown": ("起算处「{value}」不对，只有 edge、centre", "{value} is no place to measure from; there are edge and centre"),
    "rule_value_missing": ("缺少 {value}", "{value} is missing"),
    "rule_distance_out_of_range": ("距离 {value} 超出范围（0 至 5000 米）", "the distance {value} is out of range (0 to 5000 m)"),
    "rule_distance_missing": ("退让和邻近的规则要有大于 0 的距离", "a setback or nearness needs a distance above 0"),
    "rule_tolerance_out_of_range": ("碎片容差 {value} 超出范围（0 至 10000 ㎡）", "the tolerance {value} is out of range (0 to 10000 m²)"),
    "rule_text_too_long": ("{value} 太长，最多 500 字", "{value} is too long, at most 500 characters"),
    "rule_layer_unfit": ("这类规则不能看图层「{value}」", "this kind of rule cannot look at the layer {value}"),
    "rule_object_unknown": ("没有对象「{value}」", "there is no object {value}"),
    "rule_cluster_unknown": ("{code}：没有集群「{value}」", "{code}: there is no cluster {value}"),
    "rule_not_a_number": ("「{value}」不是数字", "{value} is no number"),
    "rule_twice": ("编号 {value} 出现了两次", "the code {value} stands twice"),
    "rules_file_unreadable": ("读不了这个文件，请另存为 UTF-8 或 GBK 的 CSV", "the file cannot be read: save it as CSV in UTF-8 or GBK"),
    "case_malformed": ("案例写法有误（{value}）", "the case is malformed ({value})"),
    "cases_not_json": ("案例文件不是合法的 JSON（{value}）", "the file of cases is no valid JSON ({value})"),
    "cases_empty": ("案例文件里没有案例", "the file of cases holds no case"),
})  # fmt: skip

DONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "assigned_some": (
        "方案「{scenario}」：{changed} 宗已改动，{skipped} 宗锁定未动，{conflicts} 宗与规则冲突未动",
        "scenario {scenario}: {changed} changed, {skipped} locked and left, {conflicts} against the rules and left",
    ),
})  # fmt: skip

TABLES: Final = (FAULTS, DONE)
