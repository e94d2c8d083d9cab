"""One parcel beside the map: its areas and how they came about, its neighbours, its roads, what it lies in and on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.vocabulary import CONSTRAINT_KINDS, NEIGHBOUR_KINDS, ROAD_STATES, STAGES
from planning import cards, lineages
from planning.atlas import Atlas
from planning.cards import Lying, Method, Neighbour, ParcelCard
from planning.errors import Refused
from ui import office
from ui.desk_overview import blank_swatch, facts, swatch
from ui.desk_parcel_rules import rules_of
from ui.markup import Html, each, element, group, plain, show
from ui.records import act_name
from ui.sentences import away, clock_time, fault_sentence
from ui.session import Tab
from ui.words import cluster_name, t, term, unit

MOST_NEIGHBOURS: Final = 12
MOST_EVENTS: Final = 8


def no_parcel(tab: Tab) -> None:
    """Say how one parcel is looked at."""
    if len(tab.selection):
        show(element("p", t("选中了多宗地块；单击一宗查看它的详情。"), cls="hint"))
    else:
        show(
            element(
                "p", t("在图上单击一宗地块，或查找编号、名称，这里显示它的面积、相邻、临路和管控情况。"), cls="hint"
            )
        )


def parcel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the card of the one selected parcel."""
    try:
        card = cards.parcel_card(atlas, int(tab.selection[0]), tab.shown)
    except Refused as refused:
        show(element("p", *(fault_sentence(fault) for fault in refused.faults), cls="alert", role="alert"))
        return
    show(group(_head(card, clusters), _areas(card), rules_of(tab, atlas, card.id, card.cluster), _history(card.code)))
    _neighbours(tab, card.neighbours)
    show(
        group(
            _roads(card), _lyings(t("所在"), (*card.towns, *card.parks)), _lyings(t("压占管控要素"), card.constraints)
        )
    )
    with st.expander(t("依据与算法")):
        show(_method(card.method))


def _history(code: str) -> Html:
    """Where the parcel came from and what else came of it, oldest first; nothing for one that was always there."""
    listed = lineages.events(lineages.of_code(office.database(), code) or ())
    if not listed:
        return group()
    rows = [
        element(
            "li", element("span", clock_time(one.at), cls="quiet"), " ", act_name(one.act),
            element(
                "span", _codes(one.ended, code), " → ", _born(one.born, code), cls="line"
            ),
        )
        for one in listed[-MOST_EVENTS:]
    ]  # fmt: skip
    earlier = len(listed) - MOST_EVENTS
    return group(
        element("h3", t("沿革"), cls="section"), element("ol", *rows, cls="history"),
        element("p", t("更早还有 {count} 次。", count=earlier), cls="hint") if earlier > 0 else None,
    )  # fmt: skip


def _born(codes: Sequence[str], own: str) -> Html:
    return _codes(codes, own) if codes else group(t("退出储备"))


def _codes(codes: Sequence[str], own: str) -> Html:
    parts = [element("strong", one) if one == own else group(one) for one in codes]
    return group(*(group("、", part) if at else part for at, part in enumerate(parts)))


def _head(card: ParcelCard, clusters: Sequence[Cluster]) -> Html:
    cluster = next((one for one in clusters if one.code == card.cluster), None)
    marks = (
        t("示例数据") if card.is_sample else None,
        t("已锁定") if card.is_locked else None,
        t("本方案改动") if card.is_own else None,
    )
    return group(
        element("h2", card.name or card.code, cls="parcel"),
        element(
            "p", card.code, " · ", term(STAGES, card.stage) or t("未填阶段"),
            each(group(" · ", element("span", mark, cls="mark")) for mark in marks if mark), cls="parcel-line",
        ),
        element(
            "p", swatch(cluster) if cluster else blank_swatch(), " ", cluster_name(cluster) if cluster else t("未分配"),
            cls="parcel-cluster",
        ),
    )  # fmt: skip


def _areas(card: ParcelCard) -> Html:
    head = element("tr", *(
        element("th", name, scope="col", cls=None if at == 0 else "figure")
        for at, name in enumerate((t("面积"), unit("亩"), unit("公顷"), unit("㎡")))
    ))  # fmt: skip
    rows = [
        element(
            "tr", element("th", name, scope="row"), element("td", figures.mu(area.m2), cls="figure"),
            element("td", figures.hectares(area.m2), cls="figure"),
            element("td", figures.square_metres(area.m2), cls="figure"),
        )
        for name, area in ((t("平面"), card.plane), (t("椭球"), card.ellipsoid))
    ]  # fmt: skip
    rows.append(
        element(
            "tr", element("th", t("差值"), scope="row"),
            element("td", figures.signed(figures.mu_of(card.difference_m2), 6), cls="figure"),
            element("td", figures.signed(card.difference_m2 / 10_000, 6), cls="figure"),
            element("td", figures.signed(card.difference_m2, 2), cls="figure"),
        )
    )  # fmt: skip
    return group(
        element("table", element("thead", head), element("tbody", *rows), cls="grid areas"),
        facts((
            (t("周长"), t("{metres} 米", metres=figures.metres(card.perimeter_m))),
            (t("临路长度"),
             t("{metres} 米", metres=figures.metres(card.frontage_m)) if card.frontages else t("不临路")),
        )),
    )  # fmt: skip


def _neighbours(tab: Tab, neighbours: Sequence[Neighbour]) -> None:
    show(element("h3", t("相邻地块（{count}）", count=len(neighbours)), cls="section"))
    if not neighbours:
        show(element("p", t("没有相邻地块。"), cls="hint"))
        return
    with st.container(key="neighbours", gap=None):
        for one in neighbours[:MOST_NEIGHBOURS]:
            st.button(
                plain(_neighbour_line(one)), key=f"neighbour_{one.id}", type="tertiary", width="stretch",
                on_click=_go_to, args=(tab, one.id),
            )  # fmt: skip
    rest = len(neighbours) - MOST_NEIGHBOURS
    if rest > 0:
        show(element("p", t("另有 {count} 宗。", count=rest), cls="hint"))


def _neighbour_line(one: Neighbour) -> str:
    measure = (
        t("间距 {metres} 米", metres=figures.metres(one.gap_m))
        if one.kind == "near"
        else t("{metres} 米", metres=figures.metres(one.length_m))
    )
    return (
        f"{one.code} · {term(NEIGHBOUR_KINDS, one.kind)} · {measure}"
        if one.kind != "corner"
        else (f"{one.code} · {term(NEIGHBOUR_KINDS, one.kind)}")
    )


def _go_to(tab: Tab, parcel_id: int) -> None:
    tab.outcome = None
    tab.select(np.array([parcel_id], dtype=np.int64), fly=True)


def _roads(card: ParcelCard) -> Html:
    rows = [
        element(
            "tr", element("td", one.name or one.code, " ", element("span", term(ROAD_STATES, one.state), cls="quiet")),
            element("td", t("{metres} 米", metres=figures.metres(one.length_m)), cls="figure"),
            element("td", away(one.distance_m), cls="figure quiet"),
        )
        for one in card.frontages
    ]  # fmt: skip
    return _list(t("临路"), rows) if rows else group()


def _lyings(title: str, lyings: Sequence[Lying]) -> Html:
    rows = [
        element(
            "tr",
            element(
                "td",
                one.name or one.code,
                " ",
                element("span", term(CONSTRAINT_KINDS, one.kind), cls="quiet") if one.layer == "constraints" else None,
            ),
            element("td", figures.mu(one.area.m2), " ", unit("亩"), cls="figure"),
            element("td", figures.share(one.share, 1), cls="figure quiet"),
        )
        for one in lyings
    ]
    return _list(title, rows) if rows else group()


def _list(title: str, rows: Sequence[Html]) -> Html:
    return group(element("h3", title, cls="section"), element("table", element("tbody", *rows), cls="grid"))


def _method(method: Method) -> Html:
    return element("ul", *(element("li", sentence) for sentence in (
        t("平面面积在 {crs}（{name}）平面上计算，是法定口径。", crs=method.crs, name=method.crs_name),
        t("椭球面积在 {ellipsoid} 椭球上计算（a = {a} 米，1/f = {f}）。", ellipsoid=method.ellipsoid,
          a=figures.trimmed(method.semi_major_axis_m), f=figures.trimmed(method.inverse_flattening, 9)),
        t("㎡ 四舍五入到 0.01；亩 = ㎡ × {factor}，公顷 = ㎡ ÷ 10,000，都由取整后的 ㎡ 换算；合计先加后换算。",
          factor=str(method.mu_per_m2)),
        t("相邻容差 {tolerance} 米；{near} 米以内算邻近；{frontage} 米以内、中间没有别的地块算临路；压占不足 {sliver} ㎡ 的碎片不计。",  # noqa: E501  # one sentence
          tolerance=figures.trimmed(method.tolerance_m), near=figures.trimmed(method.near_m),
          frontage=figures.trimmed(method.frontage_distance_m), sliver=figures.trimmed(method.sliver_m2)),
    )), cls="notes")  # fmt: skip
