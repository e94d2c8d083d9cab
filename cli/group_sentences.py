"""What the terminal says of groups of parcels: why some are in no answer, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

REASONS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "stage": ("储备阶段不在所求之列", "of another reserve stage than asked for"),
    "cluster": ("产业集群不在所求之列", "of another cluster than asked for"),
    "not_ready": ("到期还不是净地（{ready_date}）", "not ready by the date ({ready_date})"),
    "undated": ("没有净地日期", "no ready date is known"),
    "too_large": ("单宗就超过面积上限", "larger than the most by itself"),
    "spare": ("可以并入，但没有它也够", "could join, but the group is enough without it"),
    "frontage": ("面积够，临路只有 {longest_m} 米", "large enough, but the frontage is only {longest_m} m"),
    "cut": ("被「{barriers}」隔开", "cut off by {barriers}"),
    "waits": ("要等相邻地块净地：{waits_for}（{ready_date}）", "waits for its neighbours {waits_for} ({ready_date})"),
    "stages_differ": ("相邻地块的储备阶段不同", "its neighbours are of another stage"),
    "clusters_differ": ("相邻地块的集群不能放在一起", "the clusters of its neighbours do not go with its own"),
    "overshoots": ("并起来超过面积上限", "over the most together with its neighbours"),
    "too_small": ("并起来最多 {largest_mu} 亩", "at most {largest_mu} mu together with its neighbours"),
    "too_small_needed": (
        "并起来最多 {largest_mu} 亩，至少要 {needed} 宗才够",
        "at most {largest_mu} mu together: it takes {needed} parcels or more",
    ),
    "too_small_whole": (
        "并起来最多 {largest_mu} 亩，连成一片的全部才 {whole_mu} 亩",
        "at most {largest_mu} mu together, and all that hang together have {whole_mu} mu",
    ),
    "not_examined": ("还没有查到", "not examined"),
})  # fmt: skip

# the same of many at once, without figures of one
SHORT: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "not_ready": ("到期还不是净地", "not ready by the date"),
    "frontage": ("面积够，临路不够", "large enough, but the frontage is too short"),
    "cut": ("被道路或水面隔开", "cut off by a road or water"),
    "waits": ("要等相邻地块净地", "wait for a neighbour to be ready"),
    "too_small": ("并起来面积不够", "too small together"),
})  # fmt: skip

HEADS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "rank": ("名次", "rank"),
    "area_mu": ("亩", "mu"),
    "surplus_mu": ("富余亩", "surplus mu"),
    "parcels": ("宗", "parcels"),
    "frontage_m": ("临路米", "frontage m"),
    "polsby_popper": ("紧凑度", "compactness"),
    "ready_date": ("净地日期", "ready date"),
    "codes": ("编号", "codes"),
})  # fmt: skip

WHOLE: Final = (
    "共 {total} 组；{proven} 宗以内全部查遍（{steps} 步）",
    "{total} groups; all of up to {proven} parcels were examined ({steps} steps)",
)
STOPPED: Final = (
    "查到 {steps} 步时停下：{proven} 宗以内全部查遍，再多的没有查完；请提高 --most-steps 或收紧条件",
    "stopped after {steps} steps: groups of up to {proven} parcels are complete, larger ones not: raise --most-steps",
)
BLOCKS: Final = ("共 {total} 片", "{total} blocks")
IN_AN_ANSWER: Final = ("在答案之中", "it is in an answer")


def pick(pair: tuple[str, str], lang: str) -> str:
    """The Chinese or the English of a pair."""
    return pair[1 if lang == "en" else 0]
