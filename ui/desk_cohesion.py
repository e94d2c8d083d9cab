"""聚合 beside the map: how each cluster hangs together, and moves of one parcel that better it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning.atlas import Atlas
from planning.block_outlines import block_outlines
from planning.cohesion import ClusterCohesion, Suggestion, Suggestions, measures, suggestions
from planning.quotas import quotas
from planning.snapshots import ScenarioSnapshot
from ui import desk_acts
from ui.desk_overview import swatch
from ui.markup import Html, each, element, group, show
from ui.sentences import name_of
from ui.session import Tab
from ui.words import cluster_name, t

_KEY: Final = "cohesion"
LISTED: Final = 8


@dataclass(slots=True)
class Held:
    """What was found last, of which state of things, and the move that is looked at."""

    state: ScenarioSnapshot | None = None
    things: object = None
    measures: tuple[ClusterCohesion, ...] = ()
    found: Suggestions | None = None
    looked_at: Suggestion | None = None


def cohesion_panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the measures, then the suggestions."""
    with st.container(key="cohesion_panel", gap="small"):
        held = _found(tab, atlas)
        show(_table(held.measures, clusters))
        show(element("h3", t("改进建议"), cls="section"))
        if held.found is not None:
            _suggestions(tab, held, held.found, clusters)
        with st.expander(t("依据与算法")):
            show(_method())


def outlines(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> list[dict[str, Any]]:
    """The parcel of the move that is looked at and where it would go, for the map, as long as it is selected."""
    held = _held()
    one = held.looked_at
    if one is None or tab.selection.tolist() != [one.parcel_id]:
        return []
    drawn = block_outlines(atlas, [(one.parcel_id,)], gap_m=0.0)
    return [{"rings": line.rings, "at": line.at, "label": f"→ {name_of(one.after, clusters)}"} for line in drawn]


def _held() -> Held:
    held = st.session_state.get(_KEY)
    if not isinstance(held, Held):
        held = st.session_state[_KEY] = Held()
    return held


def _found(tab: Tab, atlas: Atlas) -> Held:
    held = _held()
    things = (
        atlas.parcels().fields_revision, tuple(sorted(quotas(atlas.db, tab.scenario_id).items())),
        *(atlas.revision(key) for key in ("rules", "constraints", "roads", "facilities", "landscape")),
    )  # fmt: skip
    if held.state is not tab.shown or held.things != things:
        held.measures = measures(atlas, tab.shown)
        held.found = suggestions(atlas, tab.shown, most=LISTED) if tab.editable else None
        held.state, held.things, held.looked_at = tab.shown, things, None
    return held


def _table(told: Sequence[ClusterCohesion], clusters: Sequence[Cluster]) -> Html:
    heads = (t("产业集群"), t("孤立"), t("连片度"), t("共边率"))
    head = element(
        "tr", *(element("th", name, scope="col", cls="figure" if at else "section") for at, name in enumerate(heads))
    )  # fmt: skip
    by_code = {one.code: one for one in clusters}
    rows = [_row(one, by_code[one.cluster]) for one in told if one.cluster in by_code and one.parcels]
    return element("table", element("thead", head), element("tbody", each(rows)), cls="grid ledger cohesion")


def _row(one: ClusterCohesion, cluster: Cluster) -> Html:
    first = element(
        "tr",
        element("th", element("div", swatch(cluster), element("span", cluster_name(cluster)), cls="named"),
                scope="row"),
        element("td", t("{count} 宗", count=_count(one.orphans)), cls="figure"),
        element("td", _share(one.coherence), cls="figure"),
        element("td", _share(one.like_share), cls="figure"),
        cls="main",
    )  # fmt: skip
    parts = (
        t("{count} 片", count=_count(one.blocks)),
        t("最大一片占 {share}", share=_share(one.largest_share)),
        t("紧凑度 {value}", value=figures.fixed(one.compactness, 2)),
        t("共边 {metres} 米", metres=figures.fixed(one.shared_m, 0) if one.shared_m else "0"),
    )
    return group(first, element("tr", element("td", " · ".join(parts), colspan="4", cls="sub")))


def _suggestions(tab: Tab, held: Held, found: Suggestions, clusters: Sequence[Cluster]) -> None:
    if not found.listed:
        show(element("p", _none(found), cls="hint"))
        return
    with st.container(key="cohesion_list", gap=None):
        for at, one in enumerate(found.listed):
            chosen = held.looked_at == one and tab.selection.tolist() == [one.parcel_id]
            show(
                element(
                    "p", sentence(one, clusters), cls="suggestion" + (" chosen" if chosen else "")
                )
            )  # fmt: skip
            with st.container(key=f"suggestion_{at}", horizontal=True, gap="small"):
                st.button(t("预览"), key=f"suggestion_look_{at}", on_click=_look, args=(tab, held, one))
                st.button(
                    t("采纳"), key=f"suggestion_take_{at}", type="primary" if chosen else "secondary", on_click=_take,
                    args=(tab, held, one),
                )  # fmt: skip
    rest = _kept_back(found)
    if rest:
        show(element("p", rest, cls="hint"))


def sentence(one: Suggestion, clusters: Sequence[Cluster]) -> str:
    """Say what a move is and what it betters."""
    gains = []
    if one.orphans:
        gains.append(t("孤立地块少 {count}", count=-one.orphans))
    if one.shared_m:
        gains.append(t("共边多 {metres} 米", metres=figures.fixed(one.shared_m, 0)))
    return t(
        "把 {code}（{mu} 亩，{before}）给「{after}」：{gains}", code=one.code, mu=figures.fixed(one.mu, 2),
        before=name_of(one.before, clusters), after=name_of(one.after, clusters), gains="，".join(gains),
    )  # fmt: skip


def _none(found: Suggestions) -> str:
    if not found.improving:
        return t("没有能让各集群聚得更紧的单宗调整。")
    return t("没有可以采纳的调整。") + _kept_back(found)


def _kept_back(found: Suggestions) -> str:
    of = found.kept_back
    told = [
        words
        for name, words in (
            ("locked", t("已锁定 {number} 个", number=of["locked"])),
            ("supplied", t("已供应 {number} 个", number=of["supplied"])),
            ("quota", t("超出配额 {number} 个", number=of["quota"])),
            ("forbidden", t("规则禁止 {number} 个", number=of["forbidden"])),
        )
        if of[name]
    ]
    return t("另有更紧但不列的：{parts}。", parts="、".join(told)) if told else ""


def _look(tab: Tab, held: Held, one: Suggestion) -> None:
    """Show the move: the parcel selected, the brush dipped; ledger and map say what would come of it."""
    held.looked_at = one
    tab.cluster, tab.outcome = one.after, None
    tab.select(np.array([one.parcel_id], dtype=np.int64), fly=True)


def _take(tab: Tab, held: Held, one: Suggestion) -> None:
    """Do the move as one stroke that can be undone."""
    _look(tab, held, one)
    gains = t("聚合建议：孤立地块 {orphans}，共边 {metres} 米", orphans=figures.signed(one.orphans, 0),
              metres=figures.signed(one.shared_m, 0))  # fmt: skip
    desk_acts.paint(tab, one.after, gains)


def _method() -> Html:
    return element("ul", *(element("li", text) for text in (
        t("孤立：没有同集群共边邻宗的地块。"),
        t("共边率：与同集群共边占全部共边长度的份额（PLADJ，McGarigal 1995；连接计数，Moran 1948）。"),
        t("连片度：在这一集群的地里随意取两点，落在同一片的可能性（Jaeger 2000）。最大一片占比：景观指数 LPI。"),
        t("紧凑度：各片的 Polsby–Popper 值按面积加权，圆为 1。"),
        t("建议：一宗换集群后，孤立地块减少或共边加长（至少 {metres} 米），两项都不变差。",
          metres="5"),
        t("锁定、已供应、超出配额、规则禁止的不列。"),
    )), cls="notes")  # fmt: skip


def _share(value: float | None) -> str:
    return figures.NOTHING if value is None else f"{figures.fixed(value * 100, 0) if value else '0'} %"


def _count(number: int) -> int | str:
    return number if number == 1 else figures.count(number)
