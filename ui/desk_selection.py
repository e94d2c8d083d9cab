"""The selection beside the map: how many, how large, of which clusters and stages, in one block or several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.style import STAGE_FILLS
from layers.vocabulary import STAGES
from planning import cards
from planning.atlas import Atlas
from planning.cards import SelectionSummary
from planning.errors import Refused
from ui import desk_acts
from ui.desk_overview import NO_COLOR, blank_swatch, facts, headline, split_list, swatch
from ui.markup import Html, element, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import cluster_name, t, term, unit


def no_selection() -> None:
    """Say how parcels are selected."""
    show(
        element(
            "p",
            t("还没有选中地块。在图上单击选一宗，按住 Ctrl 加选；框选、套索、多边形在图的左侧；也可以按条件选择。"),
            cls="hint",
        )
    )


def selection(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the summary of the selected parcels."""
    try:
        summary = cards.selection_summary(atlas, tab.selection, tab.shown)
    except Refused as refused:
        show(element("p", *(fault_sentence(fault) for fault in refused.faults[:1]), cls="alert", role="alert"))
        return
    show(
        element(
            "div", _headline(summary),
            element("h3", t("产业集群"), cls="section"), split_list(_by_cluster(summary, clusters)),
            element("h3", t("储备阶段"), cls="section"), split_list(_by_stage(summary)),
        )
    )  # fmt: skip
    with st.container(key="selection_acts", horizontal=True, gap="small"):
        st.button(t("加选相邻"), key="grow", on_click=desk_acts.grow, args=(tab,))
        st.button(t("清除选择"), key="unselect", on_click=desk_acts.unselect, args=(tab,))


def _headline(summary: SelectionSummary) -> Html:
    area = headline(summary.area.m2)
    return element(
        "div",
        element(
            "dl",
            _cell(t("已选"), figures.count(summary.parcels), unit("宗")),
            _cell(t("面积"), area.text, area.unit),
            _cell(t("连片"), figures.count(summary.blocks), t("片")),
            cls="kpis",
        ),
        facts((
            (t("平面面积"), f"{figures.square_metres(summary.area.m2)} {unit('㎡')}"),
            ("", f"{figures.mu(summary.area.m2)} {unit('亩')} = {figures.hectares(summary.area.m2)} {unit('公顷')}"),
            (t("连片情况"), t("连成一片") if summary.is_one_block else t("分成 {count} 片", count=summary.blocks)),
            (t("其中锁定"), t("{count} 宗", count=summary.locked) if summary.locked else None),
        )),
    )  # fmt: skip


def _cell(name: str, number: str, sign: str) -> Html:
    return element("div", element("dt", name), element("dd", element("strong", number), " ", element("small", sign)))


def _by_cluster(summary: SelectionSummary, clusters: Sequence[Cluster]) -> Iterator[tuple[Html, str, int, Decimal]]:
    by_code = {one.code: one for one in clusters}
    for part in summary.by_cluster:
        cluster = by_code.get(part.key or "")
        sign = blank_swatch() if cluster is None else swatch(cluster)
        yield sign, t("未分配") if cluster is None else cluster_name(cluster), part.parcels, part.area.m2


def _by_stage(summary: SelectionSummary) -> Iterator[tuple[Html, str, int, Decimal]]:
    for part in summary.by_stage:
        fill = STAGE_FILLS.get(part.key or "", NO_COLOR)
        sign = element("span", cls="swatch", style={"background": fill})
        yield sign, term(STAGES, part.key) or t("未填阶段"), part.parcels, part.area.m2
