"""Sentences for groups of parcels: why many are in no answer, and why one is not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layers import figures
from planning.atlas import Atlas
from planning.group_reasons import Why
from planning.grouping import Asked
from ui.words import t

# of many parcels at once
REASONS: Final[Mapping[str, str]] = MappingProxyType({
    "stage": "储备阶段不在所选之列",
    "cluster": "产业集群不在所选之列",
    "not_ready": "到期还不是净地",
    "undated": "没有填净地日期",
    "too_large": "单宗就超过面积上限",
    "spare": "可以并入，但没有它也够",
    "frontage": "面积够，临路不够长",
    "cut": "被道路或水面隔开",
    "waits": "要等相邻地块净地",
    "stages_differ": "与相邻地块储备阶段不同",
    "clusters_differ": "与相邻地块集群不能相邻",
    "overshoots": "并起来超过面积上限",
    "too_small": "并起来面积不够",
    "not_examined": "这一次没有查到",
})  # fmt: skip

# of one parcel, with the figures that show it
WHY: Final[Mapping[str, str]] = MappingProxyType({
    "in_answer": "在符合条件的组合里。",
    "stage": "储备阶段不在所选之列。",
    "cluster": "产业集群不在所选之列。",
    "not_ready": "{date} 才净地，晚于要求。",
    "undated": "没有填净地日期，不知道能否按时。",
    "too_large": "单宗 {area} 亩，已超过面积上限。",
    "spare": "可以与 {others} 并在一起，但没有它也够。",
    "frontage": "并起来面积够，临路最多 {longest} 米。",
    "cut": "不被「{barriers}」隔开的话，可与 {others} 并成一组。",
    "waits": "要等 {waits} 净地（{date}）。",
    "waits_undated": "要等 {waits} 净地，那里没有填净地日期。",
    "stages_differ": "与 {others} 储备阶段不同，不能并成一组。",
    "clusters_differ": "与 {others} 的集群不能相邻，不能并成一组。",
    "overshoots": "与 {others} 并起来就超过面积上限。",
    "too_small": "最多 {parcels} 宗的话，并起来至多 {largest} 亩。",
    "too_small_needed": "最多 {parcels} 宗的话，并起来至多 {largest} 亩；要够面积，至少 {needed} 宗。",
    "too_small_alone": "只有 {whole} 亩，按这样的间隔没有别的地块与它连得上。",
    "too_small_whole": "与它连得上的地块全部并起来，也只有 {whole} 亩。",
    "not_examined": "组合太多，没有查完。",
})  # fmt: skip


def reason_sentence(code: str) -> str:
    """Say why so many parcels are in no answer."""
    return t(REASONS[code])


def why_sentence(atlas: Atlas, asked: Asked, why: Why) -> str:
    """Say why one parcel is in no answer, or that it is in one."""
    others = tuple(one for one in why.with_ids if one != why.parcel_id)
    values = {
        "date": why.ready_date or figures.NOTHING,
        "area": figures.mu(why.area.m2),
        "others": codes(atlas, others),
        "longest": figures.fixed(why.longest_m, 0) if why.longest_m else "0",
        "barriers": "、".join(one.name or one.code for one in why.barriers),
        "waits": codes(atlas, why.waits_for),
        "parcels": asked.most_parcels,
        "largest": figures.mu(why.largest.m2) if why.largest else figures.NOTHING,
        "needed": why.needed,
        "whole": figures.mu(why.whole.m2) if why.whole else figures.NOTHING,
    }
    return t(WHY[_kind(why)], **values)


def codes(atlas: Atlas, ids: tuple[int, ...]) -> str:
    """The codes of parcels, in a row."""
    parcels = atlas.parcels()
    return "、".join(str(code) for code in parcels.codes[parcels.row_of(list(ids))]) or figures.NOTHING


def _kind(why: Why) -> str:
    match why.code:
        case None:
            return "in_answer"
        case "waits" if why.ready_date is None:
            return "waits_undated"
        case "too_small" if why.needed:
            return "too_small_needed"
        case "too_small" if why.whole:
            return "too_small_whole" if why.whole.m2 > why.area.m2 else "too_small_alone"
    return why.code
