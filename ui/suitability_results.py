"""The result in the panel: ranking, why a parcel has its score, what is not known, what a weight decides."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from layers import figures
from planning import suitability
from planning.atlas import Atlas
from planning.suitability import CHANGE, Part, Result
from ui.desk_map.legend import entries
from ui.markup import Html, each, element, show
from ui.session import Tab
from ui.suitability_words import CLASS_FILLS, class_name, criterion_name, score_text, value_text
from ui.words import t

MOST_LISTED: Final = 300


def over_map(atlas: Atlas, result: Result, cluster: str) -> dict[str, Any]:
    """What the map takes to show the scores: a class a row, fills, and the legend."""
    parcels = atlas.parcels()
    if not np.array_equal(result.ids, parcels.ids):
        return {}
    classes = suitability.classes(result.score[result.codes.index(cluster)])
    return {
        "theme": "score",
        "tint": {"key": base64.b64encode(classes.tobytes()).decode("ascii"), "fills": list(CLASS_FILLS)},
        "legend": entries(parcels, classes, [class_name(place) for place in range(len(CLASS_FILLS))], t("无法打分")),
    }


def ranking(tab: Tab, atlas: Atlas, result: Result, cluster: str) -> None:
    """Draw the missing data and the ranking; ticking a row selects the parcel."""
    _missing(result)
    k = result.codes.index(cluster)
    ranked = suitability.ranking(result, cluster)[:MOST_LISTED]
    parcels = atlas.parcels()
    rows = parcels.row_of(result.ids[ranked][np.isin(result.ids[ranked], parcels.ids)])
    place = np.searchsorted(result.ids, parcels.ids[rows])
    table = pd.DataFrame(
        {
            "rank": np.arange(1, len(rows) + 1),
            "code": parcels.codes[rows],
            "score": result.score[k][place],
            "known": result.known[k][place] * 100,
            "mu": parcels.centi_m2[rows] * 0.0015 / 100,
        }
    )
    key = f"suit_ranking_{cluster}_{hash(rows.tobytes())}"

    def ticked() -> None:
        chosen = [at for at in st.session_state[key]["selection"]["rows"] if at < len(rows)]
        tab.select(parcels.ids[rows[chosen]], fly=True)

    with st.container(key="suit_ranking"):
        st.dataframe(
            table,
            key=key,
            hide_index=True,
            height=340,
            on_select=ticked,
            selection_mode="single-row",
            column_config={
                "rank": st.column_config.NumberColumn(t("名次"), width=48),
                "code": st.column_config.TextColumn(t("编号")),
                "score": st.column_config.NumberColumn(t("得分"), format="%.2f", width=62),
                "known": st.column_config.NumberColumn(t("已知 %"), format="%.0f", width=62),
                "mu": st.column_config.NumberColumn(t("亩"), format="%.1f", width=62),
            },
        )
    show(element("p", t("「已知」是有登记数据的权重占比；缺的项不作零，其余项按比例补足。"), cls="hint"))


def _missing(result: Result) -> None:
    listed = suitability.missing(result)
    if listed:
        said = t("；").join(t("{name} {count} 宗", name=criterion_name(key), count=number) for key, number in listed)
        show(element("p", t("未登记：{list}。", list=said), cls="hint suit-missing"))


def why(tab: Tab, atlas: Atlas, result: Result, cluster: str) -> None:
    """Draw the bars of the parcel that is selected."""
    if len(tab.selection) != 1 or int(tab.selection[0]) not in result.ids:
        show(element("p", t("在图上或名次表里点一宗地，这里说明它为什么得这个分。"), cls="hint"))
        return
    one = int(tab.selection[0])
    k, row = result.codes.index(cluster), result.row(one)
    parcels = atlas.parcels()
    code = str(parcels.codes[parcels.row_of([one])[0]])
    place = int(np.flatnonzero(suitability.ranking(result, cluster) == row)[0]) + 1
    show(
        element(
            "div",
            element("h2", code, cls="parcel"),
            element(
                "p",
                t(
                    "得分 {score}，第 {place} 名（共 {all} 宗），已知权重 {known} %",
                    score=score_text(float(result.score[k, row])),
                    place=place,
                    all=figures.count(len(result.ids)),
                    known=f"{result.known[k, row] * 100:.0f}",
                ),
                cls="hint",
            ),
        )
    )
    show(_bars(suitability.contributions(result, one, cluster)))
    show(element("p", t("每项得分 = 曲线给的分 × 权重 ÷ 已知权重；各项相加就是总分。"), cls="hint"))


def _bars(parts: Sequence[Part]) -> Html:
    longest = max((part.points or 0.0 for part in parts), default=0.0) or 1.0
    rows = each(_bar(part, longest) for part in parts)
    heads = (t("准则"), t("贡献"), t("分 × 权重"))
    head = element(
        "thead",
        element(
            "tr",
            element("th", heads[0], scope="col", cls="section"),
            element("th", heads[1], scope="col"),
            element("th", heads[2], scope="col", cls="figure"),
        ),
    )
    return element("table", head, element("tbody", rows), cls="bars suit-bars")


def _bar(part: Part, longest: float) -> Html:
    name = element("div", criterion_name(part.key), element("small", value_text(part.key, part.value), cls="quiet"))
    if part.points is None or part.mark is None:
        return element(
            "tr",
            element("th", name, scope="row"),
            element("td", t("缺数据，不计"), cls="quiet"),
            element("td", f"— × {part.weight * 100:.0f} %", cls="figure quiet"),
        )
    width = f"{max(part.points / longest * 70, 0.6):.1f}%"
    drawn = element("span", cls="bar", style={"width": width, "background": "#1F6480"})
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", element("div", drawn, element("span", f"{part.points:.2f}"), cls="suit-bar"), cls="track"),
        element("td", f"{part.mark:.1f} × {part.weight * 100:.0f} %", cls="figure quiet"),
    )


def sensitivity(tab: Tab, result: Result, cluster: str) -> None:
    """Draw what becomes of classes and ranks when one weight moves by a fifth; ticking a row selects the parcels."""
    shifts = suitability.sensitivity(result, cluster)
    show(
        element(
            "p",
            t(
                "每次只动一项权重的 {change} %，其余不动：哪些地块换了等级。点一行在图上选中它们。",
                change=f"{CHANGE * 100:.0f}",
            ),
            cls="hint",
        )
    )
    firm = sum(1 for one in shifts if not one.classes)
    table = pd.DataFrame(
        {
            "key": [
                f"{criterion_name(one.key)} {'+' if one.change > 0 else '−'}{CHANGE * 100:.0f} %" for one in shifts
            ],
            "classes": [len(one.classes) for one in shifts],
            "moved": [one.moved for one in shifts],
            "most": [one.most_ranks for one in shifts],
        }
    )
    key = f"suit_shifts_{cluster}_{result.model.version}_{hash(result.model.form())}"

    def ticked() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(shifts):
            tab.select(np.array(shifts[chosen[0]].classes, dtype=np.int64), fly=True)

    with st.container(key="suit_shifts"):
        st.dataframe(
            table,
            key=key,
            hide_index=True,
            height=430,
            on_select=ticked,
            selection_mode="single-row",
            column_config={
                "key": st.column_config.TextColumn(t("权重的变动")),
                "classes": st.column_config.NumberColumn(t("换等级"), width=72),
                "moved": st.column_config.NumberColumn(t("换名次"), width=72),
                "most": st.column_config.NumberColumn(t("最多几名"), width=80),
            },
        )
    show(element("p", t("{firm} 种变动不改变任何等级。", firm=firm), cls="hint"))
