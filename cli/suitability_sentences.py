"""What the terminal says of suitability and allocation, in Chinese and English."""

# ruff: noqa: E501 - a sentence and its translation are read side by side

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SAID: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "head_rank": ("名次", "rank"),
    "head_code": ("编号", "code"),
    "head_score": ("得分", "score"),
    "head_known": ("已知权重", "known"),
    "head_criterion": ("准则", "criterion"),
    "head_value": ("值", "value"),
    "head_mark": ("分", "mark"),
    "head_weight": ("权重", "weight"),
    "head_points": ("贡献", "points"),
    "head_change": ("权重变动", "change"),
    "head_classes": ("换等级", "classes"),
    "head_ranks": ("换名次", "ranks"),
    "head_most_ranks": ("最多几名", "most ranks"),
    "head_cluster": ("集群", "cluster"),
    "head_quota_mu": ("配额亩", "quota mu"),
    "head_mu": ("亩", "mu"),
    "head_parcels": ("宗", "parcels"),
    "head_pieces": ("片", "pieces"),
    "missing": ("未登记：{criterion} {parcels} 宗", "not registered: {criterion}, {parcels} parcels"),
    "score": ("{code}：得分 {score}，已知权重 {known}", "{code}: score {score}, {known} of the weight known"),
    "proven": ("已证明：任何分配至多比它好 {gap} %（{seconds} 秒）", "proven: no allocation is better by more than {gap} % ({seconds} s)"),
    "unproven": ("时间到：任何分配至多比它好 {gap} %（{seconds} 秒）", "time is up: no allocation is better by more than {gap} % ({seconds} s)"),
    "made": ("已建立方案「{name}」", "made scenario {name}"),
    "not_made": ("没有写入任何内容；--name 建立为新方案", "nothing was written; --name makes a new scenario"),
    "infeasible": ("没有可行的分配（已证明）；最省地的放宽办法：", "no allocation meets all demands (proven); what would have to give way at the least:"),
    "none": ("时间内没有找到可行的分配；最省地的放宽办法：", "no allocation was found in the time; what would have to give way at the least:"),
    "need_short": ("{cluster}：配额下限差 {amount} 亩", "{cluster}: {amount} mu short of the least of its quota"),
    "need_over": ("{cluster}：超过配额上限 {amount} 亩", "{cluster}: {amount} mu over the most of its quota"),
    "need_lock": ("{parcel}：锁定为 {cluster}，与其他要求不能同时成立", "{parcel}: locked for {cluster}, which cannot hold together with the rest"),
    "need_apart": ("{parcel} 与 {other}：相距不足规则要求，但都已定", "{parcel} and {other}: nearer than the rule allows, but both are fixed"),
    "need_blocks": ("{cluster}：至少要分成 {amount:.0f} 片", "{cluster}: needs {amount:.0f} pieces at least"),
})  # fmt: skip

FAULTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType({
    "process_lost": ("求解进程意外结束，请再试一次", "the solving process ended unexpectedly: try again"),
    "stopped_without_answer": ("已停止，还没有可行方案", "stopped before there was a plan"),
    "quota_twice": ("集群 {cluster} 的配额写了两次", "the quota of {cluster} is given twice"),
    "quota_negative": ("集群 {cluster} 的配额 {value} 应是 0 或更多的亩数", "the quota {value} of {cluster} must be 0 or more mu"),
    "blocks_out_of_range": ("集群 {cluster} 的片数 {value} 应是 0 或更多", "the pieces {value} of {cluster} must be 0 or more"),
    "quota_missing": ("没有任何配额；请用 --quota 集群=亩", "there is no quota: give --quota CLUSTER=MU"),
    "tolerance_out_of_range": ("允许相差 {value} 超出范围（{least} 至 {most}）", "tolerance {value} is out of range ({least} to {most})"),
    "seconds_out_of_range": ("时间上限 {value} 秒超出范围（{least} 至 {most}）", "time limit {value} is out of range ({least} to {most})"),
    "edge_worth_out_of_range": ("每米共边的分量 {value} 超出范围（{least} 至 {most}）", "edge worth {value} is out of range ({least} to {most})"),
    "target_out_of_range": ("差距目标 {value} 超出范围（{least} 至 {most}）", "proven gap {value} is out of range ({least} to {most})"),
    "plan_out_of_date": ("求解之后数据有变，请重新求解", "the data changed after it was solved: solve again"),
    "model_unknown": ("没有模型 {value}，有：{known}", "there is no model {value}, only: {known}"),
})  # fmt: skip


def pick(pair: tuple[str, str], lang: str) -> str:
    """The sentence in a language."""
    return pair[1 if lang == "en" else 0]
