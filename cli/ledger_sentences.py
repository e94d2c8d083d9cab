"""What the terminal says of ledgers, quotas and readiness, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "road_is_built": (
            "「{road}」是已建道路，不用填通车时间",
            "{road} is built: it has no opening to come",
        ),
        "key_missing": (
            "规则表 {where} 缺少「{key}」一行",
            "the rule table {where} lacks the row {key}",
        ),
        "term_unknown": (
            "{where}「{key}」里的 {value} 不在可选项之中",
            "{value} of {key} in {where} is not one of its list",
        ),
        "quota_not_in_audit": (
            "审计链中没有「{cluster}」的这一配额",
            "the audit chain does not lead to this quota of {cluster}",
        ),
        "quota_out_of_range": (
            "「{cluster}」的配额 {value} 不在 0 至 {most} 亩之间",
            "the quota {value} of {cluster} is not between 0 and {most} mu",
        ),
        "quota_too_fine": (
            "「{cluster}」的配额 {value} 请写到 0.01 亩为止",
            "the quota {value} of {cluster} is finer than 0.01 mu",
        ),
        "unknown_town": (
            "没有镇街「{value}」，有：{known}",
            "no town is called {value}; there are: {known}",
        ),
        "unknown_park": (
            "没有园区「{value}」，有：{known}",
            "no park is called {value}; there are: {known}",
        ),
        "move_needs_road": (
            "--move 要与 --road 一起用，--write 要有 --move",
            "--move needs --road, and --write needs --move",
        ),
    }
)

DONE: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "quota_set": (
            "方案「{scenario}」：改动 {changed} 个集群的配额",
            "scenario {scenario}: {changed} quotas changed",
        ),
    }
)
