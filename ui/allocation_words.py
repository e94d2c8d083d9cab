"""The words of allocation: how far the search is, what would have to give way, what stands in the way of a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from planning.allocation import Plan
from planning.allocation_plans import Choice
from planning.allocation_relaxing import Need
from planning.long_work import Progress
from ui.words import t


def stage_text(told: Progress) -> str:
    """What it is at, with the figures that there are."""
    match told.stage:
        case "score":
            return t("正在打分：{done} / {of}", done=int(told.done), of=int(told.of))
        case "why":
            return t("没有可行的分配，正在找最少要放宽哪些要求…")
        case "start":
            return t("正在开始…")
        case _:
            return _figures(told)


def _figures(told: Progress) -> str:
    values: Mapping[str, Any] = told.values
    names = {"bound": t("正在算上界"), "answer": t("正在改进方案"), "cuts": t("正在收紧上界")}
    name = names.get(told.stage, t("正在求解"))
    if values.get("worth") is None or values.get("bound") is None:
        known = t("还没有可行方案") if values.get("worth") is None else t("还没有上界")
        return t("{stage}；{known}。最多 {of} 秒。", stage=name, known=known, of=int(told.of))
    return t(
        "{stage}；目前最好 {worth}，不可能超过 {bound}，差距 {gap} %。最多 {of} 秒。",
        stage=name,
        worth=f"{values['worth']:,.0f}",
        bound=f"{values['bound']:,.0f}",
        gap=f"{values['gap'] * 100:.2f}",
        of=int(told.of),
    )


def ending_text(plan: Plan) -> str:
    """How good the answer is, and how that is known."""
    answer = plan.answer
    if answer.gap is None:
        return t("找到方案；上界还没有算出，与最好可能的差距不详。")
    gap = f"{answer.gap * 100:.2f}"
    if answer.gap <= plan.setting.asked.gap:
        return t("已证明：任何分配至多比它好 {gap} %（用时 {seconds} 秒）。", gap=gap, seconds=f"{answer.seconds:.0f}")
    return t(
        "时间到或已停止：任何分配至多比它好 {gap} %，还没有证明到 {target} %（用时 {seconds} 秒）。",
        gap=gap,
        target=f"{plan.setting.asked.gap * 100:g}",
        seconds=f"{answer.seconds:.0f}",
    )


def need_text(plan: Plan, need: Need, names: Mapping[str, str], codes: Mapping[int, str]) -> str:
    """One thing that would have to give way, as a sentence."""
    cluster = names.get(plan.setting.codes[need.cluster], "") if need.cluster >= 0 else ""
    mu = f"{need.amount:,.1f}"
    code = codes.get(need.parcel, "")
    match need.code:
        case "short":
            return t(
                "「{cluster}」的配额下限差 {mu} 亩：能给它的地不够。可把配额调低，或放开锁定、阶段、规则。",
                cluster=cluster,
                mu=mu,
            )
        case "over":
            return t(
                "「{cluster}」超过配额上限 {mu} 亩：锁定给它的地已多于配额。可把配额调高，或解锁。",
                cluster=cluster,
                mu=mu,
            )
        case "lock":
            return t(
                "地块 {code} 锁定为「{cluster}」（{mu} 亩），与其他要求不能同时成立。",
                code=code,
                cluster=cluster,
                mu=mu,
            )
        case "apart":
            other = names.get(plan.setting.codes[int(need.amount)], "")
            return t(
                "地块 {code}（{cluster}）与 {other_code}（{other}）相距不足规则要求，但两宗都已定。",
                code=code,
                cluster=cluster,
                other_code=codes.get(need.other, ""),
                other=other,
            )
        case _:
            return t(
                "「{cluster}」至少要分成 {count} 片；现在要求的更少。", cluster=cluster, count=f"{need.amount:.0f}"
            )


def against_text(codes: Sequence[str]) -> str:
    """What a choice would break."""
    words = {
        "allowed": t("规则禁止"),
        "apart": t("离不相容的集群太近"),
        "quota_full": t("它的配额已满"),
        "quota_short": t("原集群会不足配额"),
        "blocks": t("会断开成片"),
    }
    return t("、").join(words[code] for code in codes)


def loss_text(choice: Choice) -> str:
    """What a choice would cost the plan as a whole."""
    if choice.loss < 0:
        return t("单看多 {amount} 亩·分", amount=f"{-choice.loss:,.0f}")
    return t("少 {amount} 亩·分", amount=f"{choice.loss:,.0f}")
