"""Conditions on the parcels' columns: one form for selecting on the map and for filtering the ledger."""

from __future__ import annotations

from typing import Final

import streamlit as st

from layers.vocabulary import STAGES
from planning import selecting
from planning.atlas import Atlas
from planning.selecting import Condition
from ui.markup import element, show
from ui.session import Ids, Tab
from ui.words import cluster_name, t, term

NO_CLUSTER: Final = ""


def form(atlas: Atlas, *, prefix: str) -> list[Condition]:
    """Ask for town, stage, cluster, 亩 from and to, and text; return what was asked."""
    parcels = atlas.parcels()
    clusters = atlas.clusters()
    names = {one.code: cluster_name(one) for one in clusters}
    towns = st.multiselect(t("镇街"), selecting.values_of(parcels, "town"), key=f"{prefix}_town", placeholder=t("全部"))
    stages = st.multiselect(
        t("储备阶段"),
        list(STAGES),
        key=f"{prefix}_stage",
        placeholder=t("全部"),
        format_func=lambda key: term(STAGES, key),
    )
    chosen = st.multiselect(
        t("产业集群"), [NO_CLUSTER, *names], key=f"{prefix}_cluster", placeholder=t("全部"),
        format_func=lambda code: names.get(code, t("未分配")),
    )  # fmt: skip
    least, most = st.columns(2)
    with least:
        at_least = st.number_input(
            t("面积不小于（亩）"), min_value=0.0, value=None, key=f"{prefix}_least", placeholder=t("不限")
        )
    with most:
        at_most = st.number_input(
            t("面积不大于（亩）"), min_value=0.0, value=None, key=f"{prefix}_most", placeholder=t("不限")
        )
    text = st.text_input(t("编号或名称含"), key=f"{prefix}_text", placeholder=t("不限"), max_chars=80)
    return asked(towns=towns, stages=stages, clusters=chosen, at_least=at_least, at_most=at_most, text=text)


def asked(
    *,
    towns: list[str],
    stages: list[str],
    clusters: list[str],
    at_least: float | None,
    at_most: float | None,
    text: str,
) -> list[Condition]:
    """Turn the form's answers into conditions; an empty answer asks nothing."""
    found = []
    if towns:
        found.append(Condition("town", "in", tuple(towns)))
    if stages:
        found.append(Condition("stage", "in", tuple(stages)))
    if clusters:
        found.append(Condition("cluster", "in", tuple(code or None for code in clusters)))
    if at_least is not None:
        found.append(Condition("area_mu", ">=", at_least))
    if at_most is not None:
        found.append(Condition("area_mu", "<=", at_most))
    if text.strip():
        found.append(Condition("text", "contains", text.strip()))
    return found


def matching(tab: Tab, atlas: Atlas, conditions: list[Condition]) -> Ids:
    """The parcels of the scenario that meet every condition."""
    return selecting.by_condition(atlas, tab.shown, conditions)


def select_form(tab: Tab, atlas: Atlas) -> None:
    """The form in the tool row: say how many there are, and select them."""
    wanted = form(atlas, prefix="select")
    if not wanted:
        show(element("p", t("填写一项或几项条件，同时满足的地块会被选中。"), cls="hint"))
        return
    found = matching(tab, atlas, wanted)
    st.button(
        t("选中 {count} 宗", count=len(found)), key="select_matching", type="primary", width="stretch",
        disabled=not len(found), on_click=tab.select, args=(found,), kwargs={"fly": True},
    )  # fmt: skip
