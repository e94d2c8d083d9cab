"""The brush under the panel: pick a cluster, say why, and give it to the selected parcels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.style import ink_on
from ui import desk_acts
from ui.markup import color, css_text, element, plain, show, show_style
from ui.sentences import outcome_sentences
from ui.session import Tab
from ui.words import cluster_name, t

REASON: Final = desk_acts.BRUSH_REASON
PAINT: Final = "paint"  # the button that paints
NUMBERED: Final = 9  # the keys 1 to 9 pick a cluster


def brush(tab: Tab, clusters: Sequence[Cluster]) -> None:
    """Draw the brush; on the base scenario say why it rests and how to go on."""
    with st.container(key="brush", gap="small"):
        if not tab.editable:
            _resting(tab)
        else:
            _swatches(tab, clusters)
            _buttons(tab, clusters)
        outcome(tab, clusters)


def paint_selected(tab: Tab) -> None:
    """Paint with the cluster picked and the reason written."""
    if tab.cluster is None:
        return
    desk_acts.paint(tab, tab.cluster, str(st.session_state.get(REASON, "")))


def pick(tab: Tab, code: str) -> None:
    """Pick the cluster to paint with."""
    tab.cluster = code


def _resting(tab: Tab) -> None:
    show(element("p", t("这一方案只供查看，不能分配。"), cls="hint", role="status"))
    st.button(
        t("以此新建方案"), key="new_from_base", type="primary", width="stretch",
        on_click=desk_acts.new_scenario, args=(tab,), kwargs={"base_id": tab.scenario_id},
    )  # fmt: skip


def _swatches(tab: Tab, clusters: Sequence[Cluster]) -> None:
    show(element("h3", t("分配产业集群"), cls="section"))
    locked = tab.shown.locked_clusters
    show_style("".join(_swatch_rule(at, one, picked=one.code == tab.cluster) for at, one in enumerate(clusters)))
    with st.container(key="brush_clusters", horizontal=True, gap="small"):
        for at, one in enumerate(clusters):
            number = f"{at + 1} " if at < NUMBERED else ""
            lock = t("（已锁定）") if one.code in locked else ""
            st.button(
                number + plain(cluster_name(one)) + lock, key=f"brush_cluster_{at}",
                width="stretch", on_click=pick, args=(tab, one.code),
            )  # fmt: skip


def _swatch_rule(at: int, cluster: Cluster, *, picked: bool) -> str:
    fill = color(cluster.color)
    rule = (
        f".st-key-brush_cluster_{at} button::before"
        # the second part is what is read aloud: nothing, the name stands beside it
        f'{{content:{css_text(cluster.glyph)} / "";background:{fill};color:{ink_on(fill)}}}'
    )
    if picked:
        chosen = "border-color:#0B4F8A;box-shadow:inset 0 0 0 1px #0B4F8A;background:#EAF2F9"
        rule += f".st-key-brush_cluster_{at} button{{{chosen}}}"
    return rule


def _buttons(tab: Tab, clusters: Sequence[Cluster]) -> None:
    count = len(tab.selection)
    none = count == 0
    picked = next((cluster_name(one) for one in clusters if one.code == tab.cluster), None)
    with st.container(key="brush_reason_row", horizontal=True, gap="small"):
        st.text_input(
            t("分配理由"), key=REASON, max_chars=500, label_visibility="collapsed",
            placeholder=t("分配至「{cluster}」的理由（可不填）", cluster=picked) if picked else t("分配理由（可不填）"),
        )  # fmt: skip
        if tab.cluster is not None:
            _cluster_lock(tab, tab.cluster)
    with st.container(key="brush_acts", horizontal=True, gap="small"):
        st.button(
            t("分配 {count} 宗", count=count if count == 1 else figures.count(count)) if count else t("分配"),
            key=PAINT, type="primary", disabled=none or tab.cluster is None,
            help=_why_not(tab), on_click=paint_selected, args=(tab,),
        )  # fmt: skip
        for verb, name in (
            ("clear", t("清除分配")), ("revert", t("恢复现状")), ("lock", t("锁定")), ("unlock", t("解锁")),
        ):  # fmt: skip
            st.button(name, key=verb, disabled=none, on_click=_carry_out, args=(tab, verb))


def _cluster_lock(tab: Tab, code: str) -> None:
    locked = code in tab.shown.locked_clusters
    st.button(
        t("解锁集群") if locked else t("锁定集群"), key="lock_cluster", on_click=desk_acts.lock_cluster,
        args=(tab, code), kwargs={"active": not locked},
        help=t("锁定的集群既不减少也不增加地块。"),
    )  # fmt: skip


def _carry_out(tab: Tab, verb: str) -> None:
    match verb:
        case "clear" | "revert" | "lock" | "unlock":
            desk_acts.carry_out(tab, tab.wish(verb, reason=str(st.session_state.get(REASON, ""))))
        case _:
            raise ValueError(verb)


def _why_not(tab: Tab) -> str | None:
    if not len(tab.selection):
        return t("先在图上点选、框选或套索选中地块")
    return t("先选一个产业集群") if tab.cluster is None else None


def outcome(tab: Tab, clusters: Sequence[Cluster]) -> None:
    """Say how the last act ended, or that a conflict waits, with the way on."""
    if tab.pending is not None and not tab.asking:
        with st.container(key="pending", horizontal=True, vertical_alignment="center"):
            count = len({clash.parcel_id for clash in tab.pending.clashes})
            show(element("p", t("{count} 宗与他人的修改冲突，尚未处理", count=count), cls="alert", role="alert"))
            st.button(t("处理"), key="take_up", on_click=desk_acts.take_up, args=(tab,))
            st.button(t("放弃"), key="let_go", on_click=desk_acts.let_go, args=(tab,))
        return
    if tab.outcome is None:
        return
    sentences = outcome_sentences(tab.outcome, clusters)
    failed = bool(tab.outcome.faults)
    with st.container(key="outcome", horizontal=True, vertical_alignment="center"):
        show(element("p", " ".join(sentences), cls="alert" if failed else "done", role="alert" if failed else "status"))
        done = tab.outcome.done
        if done is not None and done.command_id is not None and done.label.key != "undo":
            st.button(t("撤销"), key="undo_last", on_click=desk_acts.undo, args=(tab,))
