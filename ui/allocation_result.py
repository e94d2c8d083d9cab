"""The answer in the panel: totals, what would have to give way, why one parcel has what it has, and the taking."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from layers import figures
from planning import allocation_plans
from planning.allocation import Plan
from planning.allocation_plans import Choice, Line
from planning.atlas import Atlas
from ui.allocation_state import Desk, accept
from ui.allocation_words import against_text, ending_text, loss_text, need_text
from ui.markup import Html, each, element, show
from ui.session import Tab
from ui.words import t, unit


def result(atlas: Atlas, held: Desk, plan: Plan, names: Mapping[str, str], let_go: Callable[[], None]) -> None:
    """Draw the answer, or why there is none."""
    if not plan.is_found:
        _none(atlas, plan, names)
        st.button(t("关闭"), key="alloc_let_go", on_click=let_go)
        return
    show(element("p", ending_text(plan), cls="done", role="status"))
    moved = allocation_plans.changed(plan)
    free = int((plan.answer.given < 0).sum())
    said = [t("{count} 宗换集群，{free} 宗留作未分配。", count=figures.count(len(moved)), free=figures.count(free))]
    aside = len(atlas.parcels()) - len(plan.answer.given)
    if aside > 0:
        count = figures.count(aside)
        said.append(t("另有 {count} 宗没有参加：阶段不在范围内，或它的集群没有配额。", count=count))
    show(element("p", *said, cls="hint"))
    show(_table(allocation_plans.lines(plan), names))
    held.shows_before = st.toggle(t("图上显示原来的"), key="alloc_before", value=held.shows_before)
    name = st.text_input(t("新方案的名称"), value=t("优化分配"), max_chars=60, key="alloc_name")
    with st.container(horizontal=True):
        st.button(
            t("建立为新方案"),
            key="alloc_accept",
            type="primary",
            disabled=held.made is not None,
            on_click=_take,
            args=(atlas, held, plan, str(name)),
        )
        st.button(t("不要"), key="alloc_let_go", on_click=let_go)


def _take(atlas: Atlas, held: Desk, plan: Plan, name: str) -> None:
    accept(atlas, held, plan, name=name, reason=t("优化分配"))


def _none(atlas: Atlas, plan: Plan, names: Mapping[str, str]) -> None:
    proven = plan.answer.status == "infeasible"
    said = t("没有可行的分配（已证明）。") if proven else t("时间内没有找到可行的分配。")
    show(element("p", said, cls="alert", role="alert"))
    if not plan.answer.needs:
        show(element("p", t("可以给更多时间，或放宽片数、配额与允许的相差。"), cls="hint"))
        return
    show(element("p", t("最省地的放宽办法："), cls="hint"))
    parcels = atlas.parcels()
    rows = {row for need in plan.answer.needs for row in (need.parcel, need.other) if row >= 0}
    ids = {row: int(plan.setting.ids[row]) for row in rows}
    codes = {row: parcels.code_of(one) for row, one in ids.items()}
    show(
        element(
            "ul", each(element("li", need_text(plan, need, names, codes)) for need in plan.answer.needs), cls="needs"
        )
    )


def _table(lines: tuple[Line, ...], names: Mapping[str, str]) -> Html:
    heads = (t("集群"), t("配额"), unit("亩"), unit("宗"), t("片"), t("均分"))
    head = element(
        "thead",
        element(
            "tr", *(element("th", name, scope="col", cls="figure" if at else None) for at, name in enumerate(heads))
        ),
    )
    rows = each(
        element(
            "tr",
            element("th", names.get(one.cluster, one.cluster), scope="row"),
            *(
                element("td", text, cls="figure")
                for text in (
                    f"{one.quota_mu:,.0f}",
                    f"{one.mu:,.1f}",
                    figures.count(one.parcels),
                    str(one.blocks),
                    f"{one.score:.2f}",
                )
            ),
        )
        for one in lines
    )
    return element("table", head, element("tbody", rows), cls="grid alloc-lines")


def one(tab: Tab, atlas: Atlas, plan: Plan | None, names: Mapping[str, str]) -> None:
    """Draw why the parcel that is selected has its cluster, and what every other choice would cost."""
    if plan is None or not plan.is_found or len(tab.selection) != 1:
        show(element("p", t("求解后在图上点一宗地，这里说明它为什么归这个集群。"), cls="hint"))
        return
    found = allocation_plans.reason(plan, int(tab.selection[0]))
    if found is None:
        show(element("p", t("这一宗没有参加分配：阶段不在范围内，或它的集群没有配额。"), cls="hint"))
        return
    code = atlas.parcels().code_of(found.parcel_id)
    show(element("h2", code, cls="parcel"))
    show(element("p", _given(found.given, names, locked=found.locked), cls="lead"))
    if found.second is not None and not found.locked:
        show(
            element(
                "p",
                t("次好：{choice}，整个方案{loss}。", choice=_name(found.second, names), loss=loss_text(found.second)),
                cls="hint",
            )
        )
    heads = (t("改给"), t("得分"), t("整个方案"), t("不行的原因"))
    rows = each(
        element(
            "tr",
            element("th", _name(choice, names), scope="row"),
            element("td", figures.NOTHING if choice.score is None else f"{choice.score:.2f}", cls="figure"),
            element("td", loss_text(choice), cls="figure"),
            element("td", against_text(choice.against)),
        )
        for choice in found.others
    )
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    show(element("table", head, element("tbody", rows), cls="grid alloc-lines"))
    show(
        element(
            "p",
            t("「整个方案」是只把这一宗改掉、其余不动时的得失：适宜性（亩 × 分）加共边，减超出配额的部分。"),
            cls="hint",
        )
    )


def _given(choice: Choice, names: Mapping[str, str], *, locked: bool) -> str:
    if choice.cluster is None or choice.score is None:
        return t("留作未分配：配额用不到它。")
    values = {
        "cluster": names.get(choice.cluster, choice.cluster),
        "score": f"{choice.score:.2f}",
        "shared": f"{choice.shared_m:,.0f}",
    }
    if locked:
        return t("保持「{cluster}」：锁定或不在分配范围。得分 {score}，与同集群共边 {shared} 米。", **values)
    return t("给「{cluster}」：得分 {score}，与同集群共边 {shared} 米。", **values)


def _name(choice: Choice, names: Mapping[str, str]) -> str:
    return t("未分配") if choice.cluster is None else names.get(choice.cluster, choice.cluster)
