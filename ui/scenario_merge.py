"""Bringing the other scenario's changes into the one in front: what comes, what is in conflict, and who decides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Literal, cast

import numpy as np
import pandas as pd
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning import assigning, merging
from planning.atlas import Atlas
from planning.comparing import Comparison
from planning.errors import Clash, Refused
from planning.merging import MergePlan, Side
from ui import office
from ui.markup import element, show
from ui.scenario_state import Looking
from ui.scenario_tree import labelled_plain
from ui.sentences import clock_time, fault_sentence, name_of
from ui.words import t

How = Literal["mine", "theirs", "each"]
_HOW: Final = "merge_how"
_EDITOR: Final = "merge_editor"


def panel(held: Looking, atlas: Atlas, pair: Comparison) -> None:
    """Say what merging would do, let the conflicts be decided, and do it."""
    into, from_ = pair.b.scenario, pair.a.scenario
    if not into.editable or into.id == from_.id:
        show(element("p", t("只有草案能合入别的方案：请在图的上方选一个草案作方案，另选一个作对照。"), cls="hint"))
        return
    try:
        plan = merging.plan(atlas.db, into=into.id, from_=from_.id)
    except Refused as refused:
        show(element("p", *(fault_sentence(one) for one in refused.faults), cls="alert", role="alert"))
        return
    clusters = atlas.clusters()
    _told(plan)
    if not plan.taken and not plan.conflicts:
        show(element("p", t("没有可以合入的改动。"), cls="hint"))
        _undo(held, into.id)
        return
    choices = _decided(held, plan, clusters) if plan.conflicts else {}
    if plan.taken:
        with st.expander(t("将合入的 {count} 宗", count=len(plan.taken))):
            st.dataframe(_frame(plan.taken, clusters), hide_index=True, height=240)
    left = len(plan.conflicts) - len(choices)
    st.button(
        t("合入 {count} 宗", count=len(plan.taken) + sum(side == "theirs" for side in choices.values())),
        key="merge_do", type="primary", disabled=left > 0, on_click=_merge, args=(held, plan, choices),
        help=t("还有 {count} 宗冲突未定", count=left) if left else None,
    )  # fmt: skip
    _undo(held, into.id)


def _told(plan: MergePlan) -> None:
    show(
        element(
            "p",
            t("把「{other}」的改动合入「{name}」。", other=labelled_plain(plan.from_), name=labelled_plain(plan.into)),
            cls="looked",
        )
    )
    counts = (
        (t("只有对方改了，将合入"), len(plan.taken)), (t("双方改得不同，要你定"), len(plan.conflicts)),
        (t("只有我改了，保留"), plan.kept), (t("双方改得相同"), plan.same), (t("已锁定，不动"), len(plan.locked)),
    )  # fmt: skip
    rows = [
        element("tr", element("th", name, scope="row"), element("td", str(count), cls="figure"))
        for name, count in counts
    ]
    show(element("table", element("tbody", *rows), cls="grid merge-counts"))


def _decided(held: Looking, plan: MergePlan, clusters: Sequence[Cluster]) -> dict[int, Side]:
    """What is decided so far, for each conflict that is."""
    show(element("h3", t("{count} 宗冲突采用谁的", count=len(plan.conflicts)), cls="section"))
    how = st.segmented_control(
        t("冲突怎么定"), ("mine", "theirs", "each"), key=_HOW, label_visibility="collapsed",
        format_func=lambda key: {"mine": t("全部用我的"), "theirs": t("全部用对方的"), "each": t("逐宗选")}[key],
    )  # fmt: skip
    conflicts = np.array([one.parcel_id for one in plan.conflicts], dtype=np.int64)
    st.button(t("在图上看冲突"), key="merge_show", on_click=held.select, args=(conflicts,))
    frame = _frame(plan.conflicts, clusters)
    if how != "each":
        st.dataframe(frame, hide_index=True, height=min(320, 38 + 35 * len(frame)))
        return {} if how is None else merging.all_of(plan, cast("Side", how))
    mine, theirs = t("我的"), t("对方")
    choice = t("采用")
    frame.insert(1, choice, pd.Series([None] * len(frame), dtype=object))
    edited = st.data_editor(
        frame, key=_EDITOR, hide_index=True, height=min(400, 38 + 35 * len(frame)),
        disabled=[name for name in frame.columns if name != choice],
        column_config={choice: st.column_config.SelectboxColumn(options=[mine, theirs], width="small")},
    )  # fmt: skip
    sides: dict[object, Side] = {mine: "mine", theirs: "theirs"}
    picked = zip(plan.conflicts, edited[choice].tolist(), strict=True)
    return {one.parcel_id: sides[value] for one, value in picked if value in sides}


def _frame(clashes: Sequence[Clash], clusters: Sequence[Cluster]) -> pd.DataFrame:
    return pd.DataFrame({
        t("地块"): [one.code for one in clashes],
        t("原值"): [name_of(one.old, clusters) for one in clashes],
        t("我的"): [name_of(one.mine, clusters) for one in clashes],
        t("对方"): [name_of(one.theirs, clusters) for one in clashes],
        t("修改人"): [f"{one.by} {clock_time(one.at)}".strip() for one in clashes],
    })  # fmt: skip


def _merge(held: Looking, plan: MergePlan, choices: dict[int, Side]) -> None:
    act = partial(
        merging.merge, office.database(), actor=office.actor(), into=plan.into.id, from_=plan.from_.id, choices=choices
    )
    done = held.attempt(act, "")
    if done is not None:
        held.said = t("已合入 {count} 宗，可以撤销。", count=figures.count(len(done.changes)))
        st.session_state["merge_undone"] = done.command_id
        st.session_state[_HOW] = None


def _undo(held: Looking, scenario_id: int) -> None:
    if not st.session_state.get("merge_undone") or not held.said:
        return

    def take_back() -> None:
        act = partial(assigning.undo, office.database(), actor=office.actor(), scenario_id=scenario_id)
        held.attempt(act, t("已撤销合入。"))
        st.session_state["merge_undone"] = None

    st.button(t("撤销合入"), key="merge_undo", on_click=take_back)
