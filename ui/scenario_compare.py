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
from planning.comparing import Comparison, TotalPair
from ui.markup import Html, element, show
from ui.scenario_state import Looking
from ui.scenario_tree import labelled_plain
from ui.sentences import name_of
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
        "「{b}」与「{a}」有 {count} 宗不同，共 {mu} 亩。", a=names[0], b=names[1], count=figures.count(len(pair.rows)),
        mu=figures.fixed(figures.mu_of(pair.area_m2), 2),
    )  # fmt: skip
    show(element("p", told, cls="looked", role="status"))
    show(_totals(pair.totals, names, clusters))
    if len(pair.rows):
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
    rows = pair.rows
    # each cluster is named once, whatever the number of parcels
    words = np.array([name_of(code, clusters) for code in (*pair.a.codes, None)], dtype=object)

    def named(values: NDArray[np.uint8]) -> list[str]:
        found: list[str] = words[np.minimum(values, len(pair.a.codes))].tolist()
        return found

    # two scenarios may bear names that look alike: the heads say which is which
    frame = pd.DataFrame({
        t("地块"): pair.parcels.codes[rows],
        t("亩"): pair.parcels.centi_m2[rows] * MU_PER_CENTI_M2,
        t("对照：{name}", name=names[0]): named(pair.a.cluster[rows]),
        t("方案：{name}", name=names[1]): named(pair.b.cluster[rows]),
    })  # fmt: skip
    ids = pair.ids

    def pressed() -> None:
        picked = st.session_state[_TABLE]["selection"]["rows"]
        held.select(ids[[at for at in picked if at < len(ids)]])

    st.dataframe(
        frame, key=_TABLE, hide_index=True, height=320, on_select=pressed, selection_mode="multi-row",
        column_config={t("亩"): st.column_config.NumberColumn(format="%.2f")},
    )  # fmt: skip
    st.button(t("在图上选中全部 {count} 宗", count=figures.count(len(ids))), key="compare_all", on_click=held.select,
              args=(ids,))  # fmt: skip
