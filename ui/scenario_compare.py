"""Two scenarios in figures: totals by cluster side by side, and the parcels that differ."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from layers import figures
from layers.clusters import Cluster
from planning.comparing import ABSENT, Comparison, TotalPair
from ui.markup import Html, element, show
from ui.scenario_state import Looking
from ui.scenario_tree import labelled_plain
from ui.sentences import clock_time, name_of
from ui.words import t

_TABLE: Final = "compare_table"
MU_PER_CENTI_M2: Final = 0.000015  # for the column of single parcels; totals are exact decimals


def panel(held: Looking, pair: Comparison, clusters: Sequence[Cluster]) -> None:
    """Draw both tables; a row that is pressed is shown on the map."""
    names = labelled_plain(pair.a.scenario), labelled_plain(pair.b.scenario)
    if held.scenario_id == held.other_id:
        show(element("p", t("请在图的上方另选一个对照方案。"), cls="hint"))
        return
    told = t(
        "「{b}」与「{a}」有 {count} 宗不同，共 {mu} 亩。", a=names[0], b=names[1],
        count=figures.count(len(pair.changed)),
        mu=figures.fixed(figures.mu_of(pair.changed.area_m2), 2),
    )  # fmt: skip
    show(element("p", told, cls="looked", role="status"))
    for at, day in ((0, pair.day_a), (1, pair.day_b)):
        if day is not None:
            said = t("「{name}」已发布，按 {at} 发布时的地块与面积对比。", name=names[at], at=clock_time(day))
            show(element("p", said, cls="hint"))
    show(_totals(pair.totals, names, clusters))
    if len(pair.changed):
        _parcels(held, pair, names, clusters)


def difference(value: Decimal) -> str:
    """A difference in 亩 as exact as the areas are, to be pointed at: six decimals, without zeros at their end."""
    text = figures.signed(value, 6)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _totals(totals: Sequence[TotalPair], names: tuple[str, str], clusters: Sequence[Cluster]) -> Html:
    head = element(
        "tr",
        element("th", t("产业集群（亩）"), scope="col"),
        *(element("th", name, scope="col", cls="figure") for name in (*names, t("差"))),
    )
    rows = [
        element(
            "tr", element("th", name_of(one.cluster, clusters), scope="row"),
            element("td", figures.fixed(one.mu_a, 2), cls="figure"),
            element("td", figures.fixed(one.mu_b, 2), cls="figure"),
            element("td", figures.signed(one.mu_more, 2), cls="figure", title=difference(one.mu_more)),
        )
        for one in totals
        if one.parcels_a or one.parcels_b
    ]  # fmt: skip
    return element("table", element("thead", head), element("tbody", *rows), cls="grid areas compared")


def _parcels(held: Looking, pair: Comparison, names: tuple[str, str], clusters: Sequence[Cluster]) -> None:
    changed = pair.changed
    # each cluster is named once, whatever the number of parcels
    codes = {*changed.cluster_a.tolist(), *changed.cluster_b.tolist()}
    words = {code: t("没有这一宗") if code == ABSENT else name_of(code, clusters) for code in codes}

    def named(values: NDArray[np.object_]) -> list[str]:
        return [words[code] for code in values.tolist()]

    # two scenarios may bear names that look alike: the heads say which is which
    frame = pd.DataFrame({
        t("地块"): changed.codes,
        t("亩"): changed.centi_m2 * MU_PER_CENTI_M2,
        t("对照：{name}", name=names[0]): named(changed.cluster_a),
        t("方案：{name}", name=names[1]): named(changed.cluster_b),
    })  # fmt: skip
    # what is no longer on the map cannot be selected on it
    live = pair.parcels.ids[pair.rows]

    def pressed() -> None:
        picked = st.session_state[_TABLE]["selection"]["rows"]
        ids = changed.ids[[at for at in picked if at < len(changed)]]
        held.select(ids[np.isin(ids, live)])

    st.dataframe(
        frame, key=_TABLE, hide_index=True, height=320, on_select=pressed, selection_mode="multi-row",
        column_config={t("亩"): st.column_config.NumberColumn(format="%.2f")},
    )  # fmt: skip
    st.button(t("在图上选中全部 {count} 宗", count=figures.count(len(live))), key="compare_all", on_click=held.select,
              args=(live,))  # fmt: skip
