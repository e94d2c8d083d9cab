"""The gate before a stroke: what stands against giving the selected parcels the cluster picked, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.rules import LEVELS
from planning import ruling, ruling_pictures
from planning.atlas import Atlas
from planning.ruling import FORBIDDEN, JUSTIFY, NOTICE, Judgement
from ui import desk_gate_acts, office, signing
from ui.markup import Html, each, element, plain, show
from ui.rule_words import cause_name, extent
from ui.session import Ids, Tab
from ui.words import cluster_name, t, term

# beyond this many the rules are asked when the stroke is made, not while the selection grows
MOST_LIVE: Final = 500
MOST_PARCELS: Final = 40
REASON: Final = "gate_reason"
_HELD: Final = "gate_held"


@dataclass(frozen=True, slots=True)
class _Held:
    """The last judgement, and what it is of."""

    state: object
    ids: Ids
    cluster: str
    revisions: tuple[int, ...]
    judgement: Judgement
    clean: int
    pieces: list[dict[str, Any]]


def pieces(tab: Tab, atlas: Atlas) -> list[dict[str, Any]]:
    """The same on the map."""
    held = _held(tab, atlas)
    return [] if held is None else held.pieces


def gate(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw what stands against the stroke, and the ways on; nothing when nothing does."""
    held = _held(tab, atlas)
    if held is None:
        _too_many(tab)
        return
    found = held.judgement
    if not found.rows:
        return
    name = next((cluster_name(one) for one in clusters if one.code == found.cluster), str(found.cluster))
    shut = len(found.at(FORBIDDEN)) + len(found.at(JUSTIFY))
    with st.container(key="gate", gap="small"):
        show(element("h3", t("规则核对：分配至「{cluster}」", cluster=name), cls="section"))
        show(_counts(found))
        with st.expander(t("逐宗依据与原因"), expanded=bool(shut), key="gate_rows"):
            show(element("div", each(_parcel(found, key) for key in _worst_first(found)), cls="gate-list"))
        if shut:
            _ways(tab, found, clean=held.clean)


def _worst_first(found: Judgement) -> list[int]:
    levels = found.level_of(found.ids)
    order = [key for level in LEVELS for key in found.ids[levels == level].tolist()]
    return order[:MOST_PARCELS]


def _held(tab: Tab, atlas: Atlas) -> _Held | None:
    if not tab.editable or tab.cluster is None or not 0 < len(tab.selection) <= MOST_LIVE:
        return None
    now = atlas.revisions()
    key = tuple(now[name] for name in ("rules", "parcels", "parcels.fields", *ruling.LOOKED_AT))
    held = st.session_state.get(_HELD)
    if (
        isinstance(held, _Held)
        and held.state is tab.shown
        and held.cluster == tab.cluster
        and held.revisions == key
        and np.array_equal(held.ids, tab.selection)
    ):
        return held
    ids = ruling.to_be_judged(tab.shown, tab.selection, tab.cluster)
    judgement = ruling.judge(atlas, tab.shown, ids, tab.cluster)
    drawn = [
        {"level": one.level, "lines": one.lines, "closed": one.closed}
        for one in ruling_pictures.pieces(atlas, judgement)
    ]
    clean = len(desk_gate_acts.clean(tab, atlas, judgement)) if judgement.rows else len(ids)
    held = _Held(tab.shown, tab.selection, tab.cluster, key, judgement, clean, drawn)
    st.session_state[_HELD] = held
    return held


def _too_many(tab: Tab) -> None:
    if tab.editable and tab.cluster is not None and len(tab.selection) > MOST_LIVE:
        show(element("p", t("选中超过 {count} 宗，规则在分配时核对。", count=figures.count(MOST_LIVE)), cls="hint"))


def _counts(found: Judgement) -> Html:
    clean = len(found.at("")) + len(found.at(NOTICE))
    parts = [
        element("li", element("b", term(LEVELS, level), cls=f"level {level}"), " ", t("{count} 宗", count=count))
        for level in LEVELS
        if (count := len(found.at(level)))
    ]
    parts.append(element("li", t("可直接分配 {count} 宗", count=clean)))
    return element("ul", *parts, cls="gate-counts")


def _parcel(found: Judgement, key: int) -> Html:
    rows = found.by_parcel(key)
    lines = [
        element(
            "li",
            element("b", term(LEVELS, row.level), cls=f"level {row.level}"), " ",
            element("span", cause_name(row), cls="gate-cause"), " ",
            element("span", extent(row), cls="figure"),
            element(
                "span", t("{reason}（{rule} 第 {version} 版）", reason=row.rule.reason or row.rule.trade,
                          rule=row.rule.code, version=row.rule.version), cls="line",
            ),
            element("span", t("依据：{basis}", basis=row.rule.basis), cls="line quiet"),
        )
        for row in rows
    ]  # fmt: skip
    return element(
        "section",
        element("p", element("strong", rows[0].code), cls="gate-code"),
        element("ul", *lines),
        cls="gate-parcel",
    )


def _ways(tab: Tab, found: Judgement, *, clean: int) -> None:
    with st.container(key="gate_acts", horizontal=True, gap="small"):
        st.button(
            t("只分配无冲突的 {count} 宗", count=clean), key="gate_clean", disabled=not clean, type="primary",
            on_click=desk_gate_acts.paint_clean, args=(tab,),
        )  # fmt: skip
        st.button(
            t("划出冲突部分"), key="gate_cut", disabled=not desk_gate_acts.can_cut(found),
            on_click=desk_gate_acts.cut, args=(tab,),
            help=t("沿冲突范围把地块分成两部分，先预览，可撤销"),
        )  # fmt: skip
    if len(found.at(JUSTIFY)):
        _justify(tab)
    if len(found.at(FORBIDDEN)):
        _override(tab, found)


def _justify(tab: Tab) -> None:
    with st.container(key="gate_justify", horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(t("论证理由"), key=REASON, max_chars=500, placeholder=t("写明理由，随分配保存"))
        st.button(
            t("写明理由并分配"), key="gate_justified", on_click=desk_gate_acts.paint_justified, args=(tab, REASON),
        )  # fmt: skip


def _override(tab: Tab, found: Judgement) -> None:
    signers, planners = signing.signers("reviewer"), signing.signers("planner")
    by_account = desk_gate_acts.asks_by_account()
    with st.expander(t("审批人签字放行"), key="gate_override"):
        if not signers or not (planners or by_account):
            show(
                element(
                    "p", t("放行要一位规划人员申请、另一位审批人签字：请先在「人员」页登记，并设好口令。"), cls="hint"
                )
            )
            return
        show(
            element(
                "p",
                t("签字只对这 {count} 宗、这一集群、现行规则有效；边界、集群或规则改动后即失效。",
                  count=len(found.at(FORBIDDEN))),
                cls="hint",
            )
        )  # fmt: skip
        if by_account:
            show(element("p", t("申请人：{name}（本机账号）。须由另一人签字。", name=office.actor().name), cls="hint"))
        else:
            st.selectbox(t("申请人"), planners, key=desk_gate_acts.ASKER, format_func=plain)
            st.text_input(t("申请人口令"), key=desk_gate_acts.ASKER_PASSPHRASE, type="password", autocomplete="off")
        st.selectbox(t("审批人"), signers, key=desk_gate_acts.SIGNER, format_func=plain)
        st.text_input(t("口令"), key=desk_gate_acts.PASSPHRASE, type="password", autocomplete="off")
        st.text_input(t("放行理由"), key=desk_gate_acts.OVERRIDE_REASON, max_chars=500)
        st.button(
            t("签字并分配 {count} 宗", count=len(found.ids)), key="gate_sign",
            on_click=desk_gate_acts.paint_signed, args=(tab, REASON),
        )  # fmt: skip
