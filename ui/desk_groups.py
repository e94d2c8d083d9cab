"""连片 beside the map: find a few parcels that make up one site, see why the others do not, and list all blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import streamlit as st

from exchange.brief_sheet import as_text, as_xlsx
from layers import figures
from layers.clusters import Cluster
from planning.actors import utc_now
from planning.atlas import Atlas
from planning.block_outlines import block_outlines
from planning.blocks import Block, find_blocks
from planning.errors import Refused
from planning.group_briefs import brief
from planning.grouping import Answer, Asked, GroupSearch, Reason, explain, search_groups
from planning.joining import Joining
from planning.power import Feeding, Sites
from ui import desk_acts, office
from ui.desk_groups_form import Form, blocks_form, search_form
from ui.group_words import codes, reason_sentence, why_sentence
from ui.markup import Html, each, element, plain, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import cluster_name, language, t, unit

_KEY: Final = "groups"
SEARCH, BLOCKS = "search", "blocks"
LISTED: Final = 10
# about two seconds at the worst: longer is for the command line
_MOST_STEPS: Final = 4_000_000
_LEAST_PARCELS: Final = 2


@dataclass(slots=True)
class Groups:
    """What the panel holds: the form, what was asked last, and the answer with the state of things it was found in."""

    form: Form = field(default_factory=Form)
    mode: str = SEARCH
    size: int = 0
    listed: list[tuple[int, ...]] = field(default_factory=list)
    sites: tuple[object, Sites] | None = None
    asked: Asked | None = None
    found: tuple[object, GroupSearch] | None = None
    blocks: tuple[object, tuple[Block, ...]] | None = None
    drawn: tuple[object, list[dict[str, Any]]] | None = None


def groups(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the panel."""
    with st.container(key="groups_panel", gap="small"):
        _panel(tab, atlas, clusters)


def _panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    held = _held()
    names = {SEARCH: t("找地"), BLOCKS: t("全部连片")}
    held.mode = (
        st.segmented_control(
            t("看什么"), list(names), default=held.mode, key="groups_mode", format_func=lambda key: names[key],
            label_visibility="collapsed", required=True,
        )
        or held.mode
    )  # fmt: skip
    try:
        if held.mode == SEARCH:
            _search(tab, atlas, held, clusters)
        else:
            _blocks(tab, atlas, held)
    except Refused as refused:
        show(element("p", *(fault_sentence(fault, clusters) for fault in refused.faults), cls="alert", role="alert"))


def listing_blocks() -> bool:
    """Whether the panel lists all blocks, rather than a search."""
    return bool(st.session_state.get("groups_mode", _held().mode) == BLOCKS)


def outlines(atlas: Atlas) -> list[dict[str, Any]]:
    """The outlines of the blocks or groups that are listed, with their rank, for the map."""
    held = _held()
    if listing_blocks():
        listed = [] if held.blocks is None else [block.ids for block in held.blocks[1][:LISTED]]
        gap_m = held.form.joining.gap_m
    else:
        listed, gap_m = held.listed, 0.0 if held.asked is None else held.asked.joining.gap_m
    key = (atlas.revision("parcels"), tuple(listed), gap_m)
    if held.drawn is None or held.drawn[0] != key:
        drawn = block_outlines(atlas, listed, gap_m=gap_m)
        held.drawn = (key, [
            {"rings": one.rings, "at": one.at, "label": f"{rank}. {figures.mu(one.area_m2)} {unit('亩')}"}
            for rank, one in enumerate(drawn, start=1)
        ])  # fmt: skip
    return held.drawn[1]


def _held() -> Groups:
    held = st.session_state.get(_KEY)
    if not isinstance(held, Groups):
        held = st.session_state[_KEY] = Groups()
    return held


def _search(tab: Tab, atlas: Atlas, held: Groups, clusters: Sequence[Cluster]) -> None:
    held.listed = []
    if held.asked is None:
        search_form(held.form, clusters)
        _button(held, t("查找"))
        show(element("p", t("找相邻的几宗地，并起来够大、够近、按时净地、临路够长；一宗不多。"), cls="hint"))
        return
    with st.expander(_summary(held.asked), key="groups_conditions"):
        search_form(held.form, clusters)
        _button(held, t("按新条件查找"))
    found = _found(tab, atlas, held, held.asked)
    shown_below = {one for reason in found.reasons for one in reason.examples}
    if len(tab.selection) == 1 and int(tab.selection[0]) not in shown_below:
        _why(tab, atlas, held.asked)
    show(element("h3", _headline(found), cls="section"))
    _answers(tab, atlas, held, found)
    _others(tab, atlas, found)


def _button(held: Groups, label: str) -> None:
    st.button(
        label, key="groups_search", width="stretch", type="primary", disabled=held.form.asked is None, on_click=_ask,
        args=(held,),
    )  # fmt: skip


def _ask(held: Groups) -> None:
    held.asked = held.form.asked


def _found(tab: Tab, atlas: Atlas, held: Groups, asked: Asked) -> GroupSearch:
    """The answer to what was asked last, found anew when anything that it rests on has changed."""
    key = (asked, _state_of_things(tab, atlas, clusters_count=bool(asked.clusters) or asked.joining.clusters != "any"))
    if held.found is None or held.found[0] != key:
        held.found = (key, search_groups(atlas, tab.shown, asked, keep=LISTED, most_steps=_MOST_STEPS))
    return held.found[1]


def _state_of_things(tab: Tab, atlas: Atlas, *, clusters_count: bool) -> tuple[object, ...]:
    parcels = atlas.parcels()
    layers = tuple(atlas.layer(name).revision for name in ("roads", "constraints", "landscape"))
    painted = (tab.scenario_id, tab.shown.revision, tab.shown.ahead) if clusters_count else ()
    return (parcels.revision, parcels.fields_revision, *layers, *painted)


def _summary(asked: Asked) -> str:
    """The conditions in one line, for the head of the closed form."""
    parts = [t("{area} 亩以上", area=figures.trimmed(asked.least_mu)), t("{count} 宗以内", count=asked.most_parcels)]
    parts.append(t("相隔 {gap} 米内", gap=figures.trimmed(asked.joining.gap_m)) if asked.joining.gap_m else t("共边"))
    if asked.ready_by is not None:
        parts.append(t("{date} 前净地", date=asked.ready_by.isoformat()))
    if asked.least_frontage_m:
        parts.append(t("临路 {length} 米", length=figures.trimmed(asked.least_frontage_m)))
    return plain(t("条件：{parts}", parts=" · ".join(parts)))


def _headline(found: GroupSearch) -> str:
    if not found.total:
        return t("没有符合的组合") if found.is_proven else t("还没有找到，组合太多，没有查完")
    if found.is_proven:
        return t("符合的组合 {count} 个", count=_count(found.total))
    return t("至少 {count} 个；{most} 宗以内已查遍，更多宗的没有查完", count=_count(found.total), most=found.proven)


def _answers(tab: Tab, atlas: Atlas, held: Groups, found: GroupSearch) -> None:
    """The answers of one size at a time; the fewest parcels come first."""
    sizes = [size for size, count in enumerate(found.counts, start=1) if count]
    if not sizes:
        return
    size = sizes[0]
    if len(sizes) > 1:
        size = (
            st.segmented_control(
                t("几宗"), sizes, default=held.size if held.size in sizes else sizes[0], key="groups_size",
                format_func=lambda one: t("{size} 宗 {count} 个", size=one, count=_count(found.counts[one - 1])),
                label_visibility="collapsed", required=True,
            )
            or size
        )  # fmt: skip
        held.size = size
    listed = [answer for answer in found.answers if answer.block.parcels == size]
    held.listed = [answer.block.ids for answer in listed]
    sites = _sites(atlas, held)
    with st.container(key="group_list", gap=None):
        for rank, answer in enumerate(listed, start=1):
            _answer(tab, atlas, rank, answer, power_short(sites.feeding(answer.block.ids)))
            if _is_chosen(tab, answer.block):
                _acts(tab, atlas, held, answer.block)
    if found.counts[size - 1] > len(listed):
        show(element("p", t("只列前 {count} 组，收紧条件可以看到更合适的。", count=len(listed)), cls="hint"))


def _sites(atlas: Atlas, held: Groups) -> Sites:
    parcels = atlas.parcels()
    key = (parcels.revision, parcels.fields_revision, atlas.layer("power_sites").revision)
    if held.sites is None or held.sites[0] != key:
        held.sites = (key, Sites(atlas))
    return held.sites[1]


def power_short(feeding: Feeding | None) -> str:
    """Say in a few words who could feed a group."""
    if feeding is None:
        return t("没有供电设施数据")
    site, metres = feeding.name or feeding.code, figures.fixed(feeding.distance_m, 0) if feeding.distance_m else "0"
    if feeding.enough:
        return t("供电：{site} {metres} 米，余量够", site=site, metres=metres)
    if feeding.headroom_kva is None:
        return t("供电：最近 {site} {metres} 米，容量未载明", site=site, metres=metres)
    return t("供电：最近 {site} {metres} 米，余量不够", site=site, metres=metres)


def _acts(tab: Tab, atlas: Atlas, held: Groups, block: Block) -> None:
    """What can be done at once with the group that is selected: give it the brush's cluster, take its brief away."""
    clusters = {one.code: cluster_name(one) for one in atlas.clusters()}
    with st.container(key="group_acts", horizontal=True, gap="small"):
        picked = clusters.get(tab.cluster or "")
        st.button(
            plain(t("分配至「{cluster}」", cluster=picked)) if picked else t("分配"), key="group_assign",
            disabled=not tab.editable or picked is None, on_click=_assign, args=(tab,),
            help=None if picked else t("先选一个产业集群"),
        )  # fmt: skip
        sheet = brief(
            atlas, tab.shown, block, asked=held.asked if held.mode == SEARCH else None, english=language() == "en",
            made=(office.actor().name, utc_now()),
        )  # fmt: skip
        for form, make in (("xlsx", as_xlsx), ("txt", as_text)):
            st.download_button(
                t("简报 XLSX") if form == "xlsx" else t("简报 TXT"), make(sheet), key=f"group_brief_{form}",
                file_name=f"{t('简报')}_{block.parcels}_{figures.fixed(figures.mu_of(block.area.m2), 0)}.{form}",
                on_click="ignore",
            )  # fmt: skip


def _assign(tab: Tab) -> None:
    if tab.cluster is not None:
        desk_acts.paint(tab, tab.cluster, t("连片找地"))


def _is_chosen(tab: Tab, block: Block) -> bool:
    return np.array_equal(tab.selection, np.array(block.ids, dtype=np.int64))


def _answer(tab: Tab, atlas: Atlas, rank: int, answer: Answer, power: str) -> None:
    block = answer.block
    over = t("超出 {area} 亩", area=_surplus(answer.surplus_mu)) if answer.surplus_mu else t("正好")
    _line(tab, block, f"group_pick_{rank}", f"{rank}. {_size(block)} · {over}")
    show(
        element(
            "p", _facts(_road(answer.frontage_m), _ready(block), _compact(block), power),
            element("span", codes(atlas, block.ids), cls="group-codes"), cls="group-line",
        )
    )  # fmt: skip


def _line(tab: Tab, block: Block, key: str, label: str) -> None:
    """The line to click; the group that is selected is marked."""
    chosen = _is_chosen(tab, block)
    with st.container(key=f"{key}_{'chosen' if chosen else 'free'}"):
        st.button(label, key=key, width="stretch", on_click=_pick, args=(tab, block.ids))


def _others(tab: Tab, atlas: Atlas, found: GroupSearch) -> None:
    count = sum(reason.parcels for reason in found.reasons)
    if not count:
        return
    with st.expander(t("其余 {count} 宗为什么不在其中", count=_count(count)), key="groups_reasons",
                     expanded=not found.answers):  # fmt: skip
        for reason in found.reasons:
            _reason(tab, atlas, found.asked, reason)
        show(element("p", t("在图上单击任何一宗，这里就说明它为什么不在其中。"), cls="hint"))


def _reason(tab: Tab, atlas: Atlas, asked: Asked, reason: Reason) -> None:
    show(
        element(
            "p", element("strong", t("{count} 宗", count=_count(reason.parcels))), " ", reason_sentence(reason.code),
            cls="group-reason",
        )
    )  # fmt: skip
    with st.container(key=f"group_reason_{reason.code}", horizontal=True, gap="small"):
        for one in reason.examples:
            st.button(
                plain(codes(atlas, (one,))), key=f"group_example_{reason.code}_{one}",
                on_click=_pick, args=(tab, (one,)),
            )  # fmt: skip
    if len(tab.selection) == 1 and int(tab.selection[0]) in reason.examples:
        _why(tab, atlas, asked)


def _why(tab: Tab, atlas: Atlas, asked: Asked) -> None:
    """Of the one parcel that is selected: whether it is in an answer, and if not, why."""
    one = int(tab.selection[0])
    why = explain(atlas, tab.shown, asked, one)
    code = element("strong", codes(atlas, (one,)))
    show(element("p", code, " ", why_sentence(atlas, asked, why), cls="group-why", role="status"))


def _blocks(tab: Tab, atlas: Atlas, held: Groups) -> None:
    blocks_form(held.form)
    joining: Joining = held.form.joining
    key = (joining, _state_of_things(tab, atlas, clusters_count=joining.clusters != "any"))
    if held.blocks is None or held.blocks[0] != key:
        held.blocks = (key, find_blocks(atlas, tab.shown, joining, least_parcels=_LEAST_PARCELS))
    found = held.blocks[1]
    show(element("h3", t("两宗以上连成的有 {count} 片", count=_count(len(found))), cls="section"))
    with st.container(key="group_list", gap=None):
        for rank, block in enumerate(found[:LISTED], start=1):
            _line(tab, block, f"block_pick_{rank}", f"{rank}. {_size(block)}")
            show(element("p", _facts(_road(block.whole_frontage_m), _ready(block), _compact(block)), cls="group-line"))
            if _is_chosen(tab, block):
                _acts(tab, atlas, held, block)
    if len(found) > LISTED:
        show(element("p", t("只列最大的 {count} 片。", count=LISTED), cls="hint"))


def _pick(tab: Tab, ids: tuple[int, ...]) -> None:
    """Select parcels on the map and go there."""
    tab.outcome = None
    tab.select(np.array(ids, dtype=np.int64), fly=True)


def _size(block: Block) -> str:
    return f"**{figures.mu(block.area.m2)} {unit('亩')}** · {t('{count} 宗', count=_count(block.parcels))}"


def _facts(*parts: str) -> Html:
    return element("span", each(element("span", part, cls="group-fact") for part in parts))


def _road(length_m: float) -> str:
    return t("临路 {length} 米", length=figures.fixed(length_m, 0) if length_m else "0")


def _ready(block: Block) -> str:
    if block.undated:
        return t("{count} 宗净地未定", count=_count(block.undated))
    return t("{date} 净地", date=block.ready_date)


def _compact(block: Block) -> str:
    return t("紧凑度 {value}", value=figures.fixed(block.polsby_popper, 2))


def _surplus(area_mu: Decimal) -> str:
    return figures.fixed(area_mu, 2)


def _count(number: int) -> int | str:
    return number if number == 1 else figures.count(number)
