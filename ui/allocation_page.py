"""分配: quotas in, a plan out in a process of its own, looked at on the map, taken as a new scenario or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from layers import figures
from planning import allocation, allocation_plans
from planning.allocation import Plan, Quota
from planning.atlas import Atlas
from planning.ledger import cluster_totals
from planning.suitability_model import find, models
from ui import allocation_result, desk_acts, office
from ui.allocation_state import Desk, desk, let_go, solve, total_mu, work_of
from ui.allocation_words import stage_text
from ui.desk_map import desk_map
from ui.markup import element, show
from ui.opening import ready
from ui.sentences import fault_sentence
from ui.session import Ids, Tab
from ui.suitability_words import inputs_text, today
from ui.words import cluster_name, language, t
from ui.work_progress import ended_badly, progress

MAP_KEY: Final = "alloc_map"
_FRONT: Final = "alloc_front"


def page() -> None:
    """Draw the page."""
    work(ready(office.atlas()))


@st.fragment
def work(tab: Tab) -> None:
    """Tool row, map and panel."""
    atlas = office.atlas()
    if tab.shown.parcels_revision != atlas.revision("parcels"):
        tab.show(atlas.scenario(tab.scenario_id))
    names = {one.code: cluster_name(one) for one in atlas.clusters()}
    held = desk(_first(tab, atlas))
    at_work = work_of(atlas, tab)
    plan = at_work.outcome if at_work is not None else None
    _tools(tab, atlas, held)
    with st.container(key="desk", horizontal=True, wrap=False, gap="small"):
        with st.container(key="desk_left"):
            _map(tab, atlas, held, plan)
        with st.container(key="panel"), st.container(key="panel_top"):
            if at_work is not None and not at_work.is_done:
                progress(at_work, "alloc", stage_text)
            elif at_work is not None:
                ended_badly(at_work)
            _panel(tab, atlas, held, plan, names)


def _first(tab: Tab, atlas: Atlas) -> tuple[Quota, ...]:
    """Quotas to begin with: what the clusters have, in as many pieces as they lie in."""
    parcels = atlas.parcels()
    if len(parcels) != len(tab.shown.ids):
        return ()
    pieces = allocation.pieces_now(atlas, tab.shown)
    return tuple(
        Quota(one.cluster, one.mu.quantize(Decimal(1), ROUND_HALF_UP), max(pieces.get(one.cluster, 1), 1))
        for one in cluster_totals(parcels, tab.shown)
        if one.cluster is not None
    )


def _tools(tab: Tab, atlas: Atlas, held: Desk) -> None:
    at_work = work_of(atlas, tab)
    known = [one.name for one in models(office.database())]
    with st.container(key="tools", horizontal=True, vertical_alignment="center", gap="small"):
        show(element("h1", t("分配"), cls="title"))
        held.model = (
            st.selectbox(t("模型"), known, key="alloc_model", width=190, label_visibility="collapsed") or known[0]
        )
        st.button(
            t("求解"),
            key="alloc_solve",
            type="primary",
            disabled=at_work is not None and not at_work.is_done,
            on_click=_solve,
            args=(tab, atlas, held),
        )
        said = t("配额合计 {mu} 亩；结果是新方案，不改动现有方案", mu=figures.trimmed(total_mu(held), 2))
        show(element("p", said, cls="hint"))


def _solve(tab: Tab, atlas: Atlas, held: Desk) -> None:
    solve(atlas, tab, held, find(office.database(), held.model), on=today())
    st.session_state[f"{_FRONT}_{language()}"] = t("结果")


def _map(tab: Tab, atlas: Atlas, held: Desk, plan: Plan | None) -> None:
    def selected(ids: Ids) -> None:
        tab.selection = ids
        if len(ids) == 1 and plan is not None:
            st.session_state[f"{_FRONT}_{language()}"] = t("这一宗")

    state = tab.shown
    fits = plan is not None and plan.is_found and np.isin(plan.setting.ids, state.ids).all()
    if plan is not None and fits and not held.shows_before:
        state = allocation_plans.pictured(plan, state)
    desk_map(key=MAP_KEY, atlas=atlas, state=state, command=tab.command, on_selection=selected)


def _panel(tab: Tab, atlas: Atlas, held: Desk, plan: Plan | None, names: Mapping[str, str]) -> None:
    for fault in held.faults:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))
    if held.made is not None:
        with st.container(key="alloc_made"):
            show(element("p", t("已建立方案「{name}」。", name=held.made.name), cls="done", role="status"))
            if st.button(t("在一张图打开"), key="alloc_open", width="stretch"):
                desk_acts.open_scenario(tab, held.made.id)
                st.switch_page(st.session_state["desk_page"])
    elif plan is not None and (changed := allocation.out_of_date(atlas, plan)):
        show(
            element(
                "p",
                t("方案已过期：{changed}有变。请重新求解。", changed=inputs_text(changed)),
                cls="alert",
                role="alert",
            )
        )
    wanted, result, one = st.tabs((t("要求"), t("结果"), t("这一宗")), key=f"{_FRONT}_{language()}", on_change="rerun")
    with wanted:
        if wanted.open:
            _asked(tab, atlas, held, names)
    with result:
        if result.open:
            if plan is None:
                show(
                    element(
                        "p", t("定好配额，按「求解」。求解在另外的进程里进行，可以停止；刷新网页不会中断。"), cls="hint"
                    )
                )
            else:
                allocation_result.result(atlas, held, plan, names, lambda: let_go(atlas, tab))
    with one:
        if one.open:
            allocation_result.one(tab, atlas, plan, names)


def _asked(tab: Tab, atlas: Atlas, held: Desk, names: Mapping[str, str]) -> None:
    _quotas(tab, atlas, held, names)
    asked = held.asked
    scopes = {"anew": t("未锁定的全部重排"), "unassigned": t("只给未分配的")}
    scope = st.segmented_control(
        t("分配哪些地"),
        list(scopes),
        default=asked.scope,
        key="alloc_scope",
        format_func=lambda key: scopes[key],
        required=True,
    )
    tolerance = st.slider(t("配额允许相差（%）"), 0, 20, value=round(asked.tolerance * 100), key="alloc_tolerance")
    worth = st.slider(
        t("紧凑的分量"),
        0.0,
        0.3,
        value=asked.edge_worth,
        step=0.01,
        key="alloc_worth",
        help=t("同集群相邻的共边，每米值多少亩·分；0 为只看适宜性"),
    )
    gap_m = st.slider(t("相隔几米内算一片"), 0, 100, value=round(asked.gap_m), step=5, key="alloc_gap")
    target = st.select_slider(
        t("证明到多少即停（%）"), [0.1, 0.5, 1.0, 2.0, 5.0], value=round(asked.gap * 100, 1), key="alloc_target"
    )
    seconds = st.select_slider(
        t("时间上限（秒）"), [15, 30, 60, 120, 300, 600, 1800], value=int(asked.seconds), key="alloc_seconds"
    )
    held.asked = replace(
        asked,
        scope=scope or asked.scope,
        tolerance=tolerance / 100,
        edge_worth=float(worth),
        gap_m=float(gap_m),
        gap=float(target) / 100,
        seconds=float(seconds),
    )
    show(
        element(
            "p",
            t(
                "锁定的地块与集群不动，计入配额；规则禁止的不给；禁止相邻的集群保持规则的距离；配额用不完的地留作未分配。"
            ),
            cls="hint",
        )
    )


def _quotas(tab: Tab, atlas: Atlas, held: Desk, names: Mapping[str, str]) -> None:
    has = {one.cluster: float(one.mu) for one in cluster_totals(atlas.parcels(), tab.shown)}
    table = pd.DataFrame(
        {
            "cluster": [names.get(code, code) for code in held.rows],
            "has": [has.get(code, 0.0) for code in held.rows],
            "quota": [float(one.mu) for one in held.rows.values()],
            "blocks": [one.blocks for one in held.rows.values()],
        }
    )
    key = f"alloc_quotas_{held.edits}"
    edited = st.data_editor(
        table,
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["cluster", "has"],
        width="stretch",
        column_config={
            "cluster": st.column_config.TextColumn(t("集群")),
            "has": st.column_config.NumberColumn(t("现有亩"), format="%.0f", width=66),
            "quota": st.column_config.NumberColumn(t("配额亩"), min_value=0.0, format="%.0f", width=66),
            "blocks": st.column_config.NumberColumn(
                t("最多几片"), min_value=0, max_value=99, step=1, width=66, help=t("0 为不限")
            ),
        },
    )
    for code, quota, blocks in zip(list(held.rows), edited["quota"], edited["blocks"], strict=True):
        mu = Decimal(0) if pd.isna(quota) else Decimal(str(round(float(quota), 2)))
        held.rows[code] = Quota(code, mu, 1 if pd.isna(blocks) else int(blocks))
