"""适宜性: how suitable every parcel is for a cluster, on the map, ranked, explained, and as firm as its weights."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from planning import suitability
from planning.atlas import Atlas
from planning.long_work import Progress
from planning.suitability import Result
from planning.suitability_model import models
from ui import office, suitability_model_form, suitability_results
from ui.desk_map import desk_map
from ui.markup import element, show
from ui.opening import ready
from ui.session import Ids, Tab
from ui.suitability_state import Desk, calculate, desk, opened, result_of, work_of
from ui.suitability_words import inputs_text, today
from ui.words import cluster_name, language, t
from ui.work_progress import ended_badly, progress

MAP_KEY: Final = "suit_map"


def page() -> None:
    """Draw the page."""
    work(ready(office.atlas()))


@st.fragment
def work(tab: Tab) -> None:
    """Tool row, map and panel."""
    atlas = office.atlas()
    if tab.shown.parcels_revision != atlas.revision("parcels"):
        tab.show(atlas.scenario(tab.scenario_id))
    clusters = {one.code: one for one in atlas.clusters()}
    held = desk(models(office.database()), tuple(clusters))
    _tools(tab, atlas, held, {code: cluster_name(one) for code, one in clusters.items()})
    at_work = work_of(atlas, tab)
    result = result_of(held, at_work)
    with st.container(key="desk", horizontal=True, wrap=False, gap="small"):
        with st.container(key="desk_left"):
            _map(tab, atlas, held, result)
        with st.container(key="panel"), st.container(key="panel_top"):
            if at_work is not None and not at_work.is_done:
                progress(at_work, "suit", _said)
            elif at_work is not None:
                ended_badly(at_work)
            _panel(tab, atlas, held, result)


def _said(told: Progress) -> str:
    return t("正在量算：{done} / {of} 项", done=int(told.done), of=int(told.of)) if told.of else t("正在开始…")


def _tools(tab: Tab, atlas: Atlas, held: Desk, clusters: dict[str, str]) -> None:
    known = {one.name: one for one in models(office.database())}
    at_work = work_of(atlas, tab)
    with st.container(key="tools", horizontal=True, vertical_alignment="center", gap="small"):
        show(element("h1", t("适宜性"), cls="title"))
        chosen = st.selectbox(
            t("集群"),
            list(clusters),
            key="suit_cluster",
            index=list(clusters).index(held.cluster),
            width=200,
            format_func=lambda code: clusters[code],
            label_visibility="collapsed",
        )
        held.cluster = chosen or held.cluster
        names = list(dict.fromkeys([held.model.name, *known]))
        st.selectbox(
            t("模型"),
            names,
            key=f"suit_model_{held.edits}",
            width=170,
            label_visibility="collapsed",
            on_change=lambda: _open(held, known.get(str(st.session_state[f"suit_model_{held.edits}"]))),
        )
        on = st.date_input(t("计算日"), value=today(), key="suit_on", label_visibility="collapsed", width=140)
        running = at_work is not None and not at_work.is_done
        has = at_work is not None and at_work.outcome is not None
        st.button(
            t("重新量算") if has else t("计算"),
            key="suit_calculate",
            type="secondary" if has else "primary",
            disabled=running,
            on_click=calculate,
            args=(atlas, tab, held),
            kwargs={"on": on},
        )


def _open(held: Desk, model: Any) -> None:
    if model is not None:
        opened(held, model)


def _map(tab: Tab, atlas: Atlas, held: Desk, result: Result | None) -> None:
    def selected(ids: Ids) -> None:
        tab.selection = ids
        if len(ids) == 1:
            st.session_state[f"suit_front_{language()}"] = t("为什么")

    over = {} if result is None else suitability_results.over_map(atlas, result, held.cluster)
    desk_map(
        key=MAP_KEY,
        atlas=atlas,
        state=tab.shown,
        theme=tab.theme,
        command=tab.command,
        over=over,
        on_selection=selected,
    )


def _panel(tab: Tab, atlas: Atlas, held: Desk, result: Result | None) -> None:
    if result is not None and (changed := suitability.out_of_date(atlas, result)):
        show(
            element(
                "p",
                t("结果已过期：{changed}有变。请重新量算。", changed=inputs_text(changed)),
                cls="alert",
                role="alert",
            )
        )
    names = (t("名次"), t("为什么"), t("权重"), t("曲线"), t("敏感性"))
    ranked, reasons, weights, curves, shifts = st.tabs(names, key=f"suit_front_{language()}", on_change="rerun")
    with weights:
        if weights.open:
            suitability_model_form.weights(held)
    with curves:
        if curves.open:
            suitability_model_form.curves(held)
    for place in (ranked, reasons, shifts):
        if place.open and result is None:
            with place:
                show(
                    element(
                        "p",
                        t(
                            "选好集群，按「计算」：道路、供电、阶段、净地日期、相邻、规则冲突、面积、形状、临路逐宗量算，在图上分五级显示。"
                        ),
                        cls="hint",
                    )
                )  # one sentence
    if result is None:
        return
    with ranked:
        if ranked.open:
            suitability_results.ranking(tab, atlas, result, held.cluster)
    with reasons:
        if reasons.open:
            suitability_results.why(tab, atlas, result, held.cluster)
    with shifts:
        if shifts.open:
            suitability_results.sensitivity(tab, result, held.cluster)
