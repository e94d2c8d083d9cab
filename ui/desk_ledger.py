"""账本 beside the map: each cluster's 亩, quota and what is left, its blocks, and what the brush would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning.atlas import Atlas
from planning.errors import Refused
from planning.ledger import WHOLE, Ledger, Line, Scope, ledger, places, would_be
from planning.quotas import MOST_MU, quotas, set_quotas
from ui import desk_acts
from ui.desk_cohesion import cohesion_panel
from ui.desk_overview import blank_swatch, swatch
from ui.desk_tools import scenario_name
from ui.markup import Html, each, element, group, plain, show
from ui.session import Outcome, Tab
from ui.words import cluster_name, t, unit

_ALL: Final = ""
SUMS, COHESION = "sums", "cohesion"
_MODE: Final = "ledger_mode"
_TOWN, _PARK = "ledger_town", "ledger_park"
_QUOTA: Final = "quota_{}_{}"  # by cluster and by the quota that stands: after an undo the field shows what holds
_CENTI: Final = 100


def ledger_panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the ledger of the scenario, with what the selection and the brush would make of it."""
    with st.container(key="ledger_panel", gap="small"):
        names = {SUMS: t("账本"), COHESION: t("聚合")}
        st.session_state.setdefault(_MODE, SUMS)
        mode = st.segmented_control(
            t("看什么"), list(names), key=_MODE, format_func=lambda key: names[key], label_visibility="collapsed",
            required=True,
        )  # fmt: skip
        if mode == COHESION:
            cohesion_panel(tab, atlas, clusters)
            return
        scope = _scope(atlas)
        now = ledger(atlas, tab.shown, scope=scope)
        _exceeded(now, clusters)
        base = base_name(tab, atlas)
        show(_table(now, foreseen(tab, atlas, scope), clusters, base))
        with st.container(key="ledger_acts", horizontal=True, gap="small"):
            with st.popover(t("设定配额"), key="ledger_quotas", width="content", disabled=not tab.editable):
                _quota_form(tab, atlas, clusters)
            if st.button(t("全部栏目"), key="ledger_all"):
                _all_columns(now, clusters, base)
        with st.expander(t("依据与算法")):
            show(_method(now))


def foreseen(tab: Tab, atlas: Atlas, scope: Scope = WHOLE) -> Ledger | None:
    """What the ledger would be with the selection painted with the brush; None when there is nothing to foresee."""
    if tab.cluster is None or not len(tab.selection) or not tab.editable:
        return None
    try:
        painted = would_be(tab.shown, tab.selection, tab.cluster)
    except Refused:
        # a selected parcel has just gone: the map says so
        return None
    return None if painted is tab.shown.cluster else ledger(atlas, tab.shown, scope=scope, cluster=painted)


def next_line(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Say in one line above the brush what a stroke would make of its cluster, whatever tab is in front."""
    after = foreseen(tab, atlas)
    picked = next((one for one in clusters if one.code == tab.cluster), None)
    if after is None or picked is None:
        return
    line, now = after.of(picked.code), ledger(atlas, tab.shown).of(picked.code)
    parts = [
        t(
            "分配后「{cluster}」{before} → {after} 亩（{more}）", cluster=cluster_name(picked),
            before=figures.mu_total(now.area_m2), after=figures.mu_total(line.area_m2),
            more=figures.signed(line.mu - now.mu),
        )
    ]  # fmt: skip
    if line.remaining_mu is not None:
        parts.append(_left(line.remaining_mu))
    show(element("p", "，".join(parts), cls="ledger-next" + (" over" if line.is_exceeded else ""), role="status"))


def base_name(tab: Tab, atlas: Atlas) -> str:
    """The name of the scenario that the one on screen is based on."""
    one = next((one for one in atlas.scenarios() if one.id == tab.shown.scenario.base_id), None)
    return "" if one is None else scenario_name(one)


def live_quotas(tab: Tab, atlas: Atlas) -> dict[str, Any]:
    """What the map needs to bring the figures up to date by itself: the quota of each cluster in 0.01 亩, or none."""
    held = quotas(atlas.db, tab.scenario_id)
    return {
        "quotas": [int(held[code].mu * _CENTI) if code in held else None for code in tab.shown.codes],
        "over": t("超 {mu}"),
    }


def _scope(atlas: Atlas) -> Scope:
    towns, parks = places(atlas.parcels())
    left, right = st.columns(2)
    with left:
        town = st.selectbox(
            t("镇街"), [_ALL, *towns], key=_TOWN, format_func=lambda name: name or t("全部镇街"),
            label_visibility="collapsed",
        )  # fmt: skip
    with right:
        park = st.selectbox(
            t("园区"), [_ALL, *parks], key=_PARK, format_func=lambda name: name or t("全部园区"),
            label_visibility="collapsed",
        )  # fmt: skip
    return Scope(town or None, park or None)


def _exceeded(now: Ledger, clusters: Sequence[Cluster]) -> None:
    over = [line for line in now.lines if line.is_exceeded]
    if over:
        names = {one.code: cluster_name(one) for one in clusters}
        said = "；".join(
            f"{names[line.cluster or '']} {_left(line.remaining_mu or Decimal(0))}" for line in over
        )  # fmt: skip
        show(element("p", t("超出配额：{clusters}", clusters=said), cls="alert", role="status"))


def _table(now: Ledger, after: Ledger | None, clusters: Sequence[Cluster], base: str) -> Html:
    heads = (t("产业集群"), unit("亩"), t("配额"), t("剩余"))
    head = element(
        "tr", *(element("th", name, scope="col", cls="figure" if at else "section") for at, name in enumerate(heads))
    )  # fmt: skip
    by_code = {one.code: (at, one) for at, one in enumerate(clusters)}
    rows: list[Html] = []
    for line in now.lines:
        then = after.of(line.cluster) if after is not None else None
        rows.append(_row(line, then, by_code.get(line.cluster or ""), _facts(now, line, base)))
    rows.append(_sum_row(now))
    whole = now.scope.is_whole
    return element(
        "table", element("thead", head), element("tbody", each(rows)), cls="grid ledger" + (" live" if whole else "")
    )


def _row(line: Line, then: Line | None, cluster: tuple[int, Cluster] | None, facts: str) -> Html:
    at = "none" if cluster is None else str(cluster[0])
    sign, name = (blank_swatch(), t("未分配")) if cluster is None else (swatch(cluster[1]), cluster_name(cluster[1]))
    changed = then is not None and (then.parcels, then.area_m2) != (line.parcels, line.area_m2)
    first = element(
        "tr",
        element("th", element("div", sign, element("span", name), cls="named"), scope="row"),
        element("td", figures.mu_total(line.area_m2), cls=f"figure live-mu live-{at}"),
        element("td", figures.trimmed(line.quota_mu, 2), cls="figure quiet"),
        element(
            "td", _remaining(line), cls=f"figure live-left live-{at}" + (" over" if line.is_exceeded else "")
        ),
        cls="main",
    )  # fmt: skip
    second = element("tr", element("td", facts, colspan="4", cls="sub"))
    if then is None or not changed:
        return group(first, second)
    third = element("tr", element("td", element("span", _next(line, then), cls="next"), colspan="4", cls="sub"))
    return group(first, second, third)


def _sum_row(now: Ledger) -> Html:
    line = now.total
    return element(
        "tr",
        element("th", t("合计"), scope="row"),
        element("td", figures.mu_total(line.area_m2), cls="figure"),
        element("td", figures.trimmed(line.quota_mu, 2), cls="figure quiet"),
        element("td", t("{count} 宗", count=_count(line.parcels)), cls="figure quiet"),
        cls="main sum",
    )


def _remaining(line: Line) -> str:
    if line.remaining_mu is None:
        return figures.NOTHING
    return t("超 {mu}", mu=_mu(-line.remaining_mu)) if line.is_exceeded else _mu(line.remaining_mu)


def _mu(mu: Decimal) -> str:
    """亩 as sums are written, nought as an answer."""
    return figures.fixed(mu, 0 if mu >= figures.WHOLE_MU_FROM else 2) if mu else "0"


def _exact_rest(line: Line) -> str:
    rest = line.remaining_mu
    return figures.NOTHING if rest is None else figures.fixed(rest, 2) if rest else "0.00"


def _left(remaining_mu: Decimal) -> str:
    if remaining_mu < 0:
        return t("超配额 {mu} 亩", mu=_mu(-remaining_mu))
    return t("配额还剩 {mu} 亩", mu=_mu(remaining_mu))


def _facts(now: Ledger, line: Line, base: str) -> str:
    if not line.parcels and not line.more_parcels:
        return t("没有地块")
    parts = [
        t("{share}，{count} 宗", share=figures.share(line.area_m2, now.total.area_m2), count=_count(line.parcels)),
        t("{count} 片，最大 {mu} 亩", count=_count(line.blocks), mu=figures.mu_total(line.largest_block_m2)),
    ]
    if line.more_parcels is not None and (line.more_mu or line.more_parcels):
        parts.append(
            t("较「{base}」{mu} 亩 {parcels} 宗", base=base, mu=figures.signed(line.more_mu),
              parcels=figures.signed(line.more_parcels, 0) if line.more_parcels else "0")
        )  # fmt: skip
    return " · ".join(parts)


def _next(line: Line, then: Line) -> str:
    said = t(
        "分配后 {mu} 亩（{more}），{count} 片，最大 {largest} 亩", mu=figures.mu_total(then.area_m2),
        more=figures.signed(then.mu - line.mu), count=_count(then.blocks),
        largest=figures.mu_total(then.largest_block_m2),
    )  # fmt: skip
    return said if then.remaining_mu is None else f"{said}，{_left(then.remaining_mu)}"


def _quota_form(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    held = {code: one.mu for code, one in quotas(atlas.db, tab.scenario_id).items()}
    with st.form("quota_form", border=False):
        columns = st.columns(2)
        for at, one in enumerate(clusters):
            with columns[at % 2]:
                st.number_input(
                    plain(t("{cluster}（亩）", cluster=cluster_name(one))), min_value=0.0, max_value=float(MOST_MU),
                    value=float(held[one.code]) if one.code in held else None, step=10.0, format="%.2f",
                    key=_QUOTA.format(one.code, held.get(one.code)), placeholder=t("不限"),
                )  # fmt: skip
        st.form_submit_button(t("保存配额"), type="primary", on_click=_save, args=(tab, clusters, held))


def _save(tab: Tab, clusters: Sequence[Cluster], seen: Mapping[str, Decimal]) -> None:
    wanted: dict[str, Decimal | None] = {}
    for one in clusters:
        given = st.session_state.get(_QUOTA.format(one.code, seen.get(one.code)))
        mu = None if given is None else Decimal(str(given))
        if mu != seen.get(one.code):
            wanted[one.code] = mu
    if not wanted:
        tab.outcome = Outcome()
        return

    def saved(db: Any, **act: Any) -> Any:
        return set_quotas(db, quotas=wanted, seen={code: seen.get(code) for code in wanted}, **act)

    desk_acts.step(tab, saved)


def _all_columns(now: Ledger, clusters: Sequence[Cluster], base: str) -> None:
    """Open the whole table: every column, exact."""

    @st.dialog(t("账本：全部栏目"), width="large")
    def opened() -> None:
        show(whole_table(now, clusters, base))

    opened()


def whole_table(now: Ledger, clusters: Sequence[Cluster], base: str) -> Html:
    """Every column of the ledger, with ㎡ to 0.01 and 亩 to 0.01."""
    heads = (
        t("产业集群"), t("宗"), t("平面面积（㎡）"), t("椭球面积（㎡）"), t("亩"), t("占比"), t("配额（亩）"),
        t("剩余（亩）"), t("片"), t("最大一片（亩）"),
        t("较「{base}」（亩）", base=base), t("较「{base}」（宗）", base=base),
    )  # fmt: skip
    head = element("tr", *(element("th", name, scope="col", cls="figure" if at else None)
                           for at, name in enumerate(heads)))  # fmt: skip
    names = {one.code: cluster_name(one) for one in clusters}
    rows = [_whole_row(now, line, names.get(line.cluster or "", t("未分配"))) for line in now.lines]
    rows.append(_whole_row(now, now.total, t("合计")))
    return element("table", element("thead", head), element("tbody", each(rows)), cls="grid whole-ledger")


def _whole_row(now: Ledger, line: Line, name: str) -> Html:
    cells = (
        figures.count(line.parcels), figures.square_metres(line.area_m2), figures.square_metres(line.ellipsoid_m2),
        figures.mu(line.area_m2), figures.share(line.area_m2, now.total.area_m2), figures.fixed(line.quota_mu, 2),
        _exact_rest(line) if line is not now.total else figures.NOTHING, figures.count(line.blocks),
        figures.mu(line.largest_block_m2), figures.signed(line.more_mu), figures.signed(line.more_parcels, 0),
    )  # fmt: skip
    return element(
        "tr", element("th", name, scope="row"), *(element("td", cell, cls="figure") for cell in cells)
    )  # fmt: skip


def _method(now: Ledger) -> Html:
    sentences = [
        t("每宗的法定平面面积四舍五入到 0.01 ㎡ 再相加，合计换算成亩（× 0.0015）；椭球面积同样相加。"),
        t("片：同一集群、有共同边界（容差 0.10 米）的地块连成一片；只算所选镇街、园区里的地块。"),
        t("“较……”是与本方案所依据的方案相比。锁定的地块不随画笔变化。"),
        t("配额以整个方案计，按镇街或园区查看时不显示；没有单设配额的，沿用所依据方案的配额。"),
    ]
    if now.scope.is_whole:
        sentences.append(t("亩和剩余在画笔落下时随图立即变化，片数和最大一片随后算出。"))
    return element("ul", *(element("li", sentence) for sentence in sentences), cls="notes")


def _count(number: int) -> int | str:
    return number if number == 1 else figures.count(number)
