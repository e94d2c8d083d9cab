"""检查: the faults of the parcels beside the map, one after another, each with its mend before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning import checking, fault_pictures
from planning.atlas import Atlas
from planning.checking import Change, Checked, Finding, Proposal
from planning.errors import Busy, Conflict, Fault, Refused
from ui import desk_acts, office
from ui.desk_overview import facts
from ui.fault_kinds import KINDS, kind_name, meaning, way_name
from ui.markup import each, element, group, plain, show
from ui.sentences import fault_sentence, outcome_sentences
from ui.session import Outcome, Tab
from ui.words import t, unit

_KEY: Final = "desk_check"
_KIND: Final = "check_kind"
_WAY: Final = "check_way"
POLL_SECONDS: Final = 1.0
# parcels whose change is written out; a mend of one fault has two or three
_MOST_ROWS: Final = 6


@dataclass(slots=True)
class Walk:
    """Where this tab is in the list of faults; ``seq`` rises whenever the map is to fly there."""

    open: bool = False
    kind: str | None = None
    at: int = 0
    way: int = 0
    seq: int = 0
    asking: bool = False
    skipped: set[tuple[Any, ...]] = field(default_factory=set)
    state: Checked | None = None
    held: tuple[int, tuple[Any, ...], tuple[Proposal, ...]] | None = None

    def listed(self, state: Checked) -> tuple[Finding, ...]:
        """The faults to walk through: of the kind chosen, without those skipped."""
        return tuple(one for one in state.of(self.kind) if one.identity not in self.skipped)

    def current(self, state: Checked) -> Finding | None:
        """The fault that is looked at, None when there is none left."""
        listed = self.listed(state)
        self.at = max(0, min(self.at, len(listed) - 1))
        return listed[self.at] if listed else None

    def mends(self, state: Checked, finding: Finding) -> tuple[Proposal, ...]:
        """The ways to mend a fault, kept while it is looked at."""
        if self.held is None or self.held[:2] != (state.revision, finding.identity):
            self.held = (state.revision, finding.identity, checking.mends(state, finding))
            self.way = 0
        return self.held[2]

    def go(self, step: int) -> None:
        """Look at the next fault or the one before."""
        self.at = max(0, self.at + step)
        self.seq += 1


def walk() -> Walk:
    """This tab's walk."""
    held = st.session_state.get(_KEY)
    if not isinstance(held, Walk):
        held = st.session_state[_KEY] = Walk()
    return held


def opener(tab: Tab) -> None:
    """Draw the button of the tool row that opens and closes the check."""
    shown = walk().open and not tab.editing.open
    st.button(
        t("检查图形"), key="check_open", type="primary" if shown else "secondary", on_click=_toggle, args=(tab,),
        help=t("查找地块之间的重叠、缝隙、碎片和没有对齐的界址点"),
    )  # fmt: skip


def _toggle(tab: Tab) -> None:
    """Open the check or close it; while boundaries are edited bring it to the front, and let go what waits there."""
    held = walk()
    held.open = not held.open or tab.editing.open
    tab.editing.open, tab.draft = False, None
    held.seq += 1


def mark(atlas: Atlas) -> dict[str, Any] | None:
    """What the map shows of the fault that is looked at; None when the check is closed or nothing is found."""
    held = walk()
    # asked once a run, so that map and list show the same
    state = held.state = checking.checked(atlas) if held.open else None
    finding = held.current(state) if state is not None else None
    if state is None or finding is None:
        return None
    ways = held.mends(state, finding)
    shown = fault_pictures.mark(atlas.epsg, finding, ways[held.way] if held.way < len(ways) else None)
    return None if shown is None else shown | {"seq": held.seq}


def step(direction: int) -> None:
    """Go through the list by a key."""
    if walk().open:
        walk().go(direction)


def panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the check in place of the panel."""
    held = walk()
    with st.container(key="check", gap="small"):
        with st.container(key="check_head", horizontal=True, vertical_alignment="center"):
            show(element("h2", t("检查图形"), cls="parcel"))
            st.button(t("完成"), key="check_close", on_click=_toggle, args=(tab,))
        state = held.state
        if state is None:
            _waiting(atlas)
            return
        _summary(held, state)
        _outcome(tab, clusters)
        finding = held.current(state)
        if finding is None:
            _nothing(held, state)
        else:
            _one(tab, held, state, finding)
    if held.asking:
        _ask_all(tab, held, state)


@st.fragment(run_every=POLL_SECONDS)
def _waiting(atlas: Atlas) -> None:
    show(
        element(
            "p", t("正在检查 {count} 宗地块…", count=figures.count(len(atlas.parcels()))), cls="hint", role="status"
        )
    )
    if checking.checked(atlas, patience_s=0.0) is not None:
        st.rerun()


def _summary(held: Walk, state: Checked) -> None:
    total = len(state.findings)
    words = t("{parcels} 宗，{count} 处问题", parcels=figures.count(len(state.parcels)), count=figures.count(total))
    show(element("p", words, cls="hint", role="status"))
    if not total:
        return
    if held.kind is not None and held.kind not in state.counts:
        held.kind = None
    st.session_state[_KIND] = held.kind or "all"
    st.pills(
        t("问题类型"), ["all", *state.counts], key=_KIND, label_visibility="collapsed",
        format_func=lambda code: _pill(code, total if code == "all" else state.counts.get(code, 0)),
        on_change=_choose_kind,
    )  # fmt: skip


def _pill(code: str, count: int) -> str:
    return f"{t('全部') if code == 'all' else kind_name(code)} {figures.count(count)}"


def _choose_kind() -> None:
    held, chosen = walk(), st.session_state.get(_KIND)
    held.kind = chosen if chosen in KINDS else None
    held.at = 0
    held.seq += 1


def _nothing(held: Walk, state: Checked) -> None:
    if not state.findings:
        show(element("p", t("地块之间严丝合缝，没有发现问题。"), cls="done", role="status"))
        return
    show(element("p", t("这一类已全部看过。"), cls="done", role="status"))
    _unskip(held)


def _unskip(held: Walk) -> None:
    if held.skipped:
        st.button(t("恢复跳过的 {count} 处", count=len(held.skipped)), key="check_unskip", on_click=_take_back_skips)


def _take_back_skips() -> None:
    walk().skipped.clear()
    walk().seq += 1


def _one(tab: Tab, held: Walk, state: Checked, finding: Finding) -> None:
    count = len(held.listed(state))
    with st.container(key="check_walk", horizontal=True, vertical_alignment="center"):
        st.button(t("上一处"), key="check_previous", disabled=held.at == 0, on_click=held.go, args=(-1,),
                  help=t("快捷键 ["))  # fmt: skip
        show(element("p", f"{figures.count(held.at + 1)} / {figures.count(count)}", cls="check-at"))
        st.button(t("下一处"), key="check_next", disabled=held.at + 1 >= count, on_click=held.go, args=(1,),
                  help=t("快捷键 ]"))  # fmt: skip
    ways = held.mends(state, finding)
    chosen = ways[held.way] if ways else None
    _buttons(tab, held, state, finding, chosen)
    show(_card(finding))
    if not ways:
        show(element("p", t("这一处没有自动的改法：编辑这几宗，或跳过。"), cls="hint"))
        st.button(t("编辑这几宗"), key="check_edit", on_click=_edit, args=(tab, finding))
    else:
        _ways(held, ways)
    _pictures(state, finding, chosen)
    if chosen is not None:
        show(_changes(chosen))


def _edit(tab: Tab, finding: Finding) -> None:
    """Take the parcels of a fault to the panel for boundaries; closing that comes back here."""
    tab.select(np.array(finding.parcel_ids, dtype=np.int64))
    tab.editing.open, tab.draft = True, None


def _card(finding: Finding) -> Any:
    sizes = []
    if finding.area_m2 > 0:
        sizes.append((t("面积"), f"{figures.fixed(finding.area_m2, 2)} {unit('㎡')}"))
    if finding.width_m > 0:
        name = t("偏离") if finding.code in {"dangling_vertex", "near_vertices", "near_duplicate"} else t("宽度")
        sizes.append((name, f"{figures.fixed(finding.width_m, 3)} m"))
    if np.isfinite(finding.x):
        sizes.append((t("X(北)"), f"{finding.y:.3f}"))
        sizes.append((t("Y(东)"), f"{finding.x:.3f}"))
    return group(
        element("h3", kind_name(finding.code), cls=f"section fault {finding.severity}"),
        element("p", meaning(finding.code), cls="hint"),
        element("p", "、".join(finding.codes), cls="parcel-line"),
        facts(sizes),
    )


def _ways(held: Walk, ways: Sequence[Proposal]) -> None:
    names = [plain(way_name(one)) for one in ways]
    if len(ways) == 1:
        show(element("p", t("改法：{way}", way=way_name(ways[0])), cls="check-way"))
        return
    st.session_state[_WAY] = held.way
    st.radio(t("改法"), range(len(ways)), key=_WAY, format_func=lambda at: names[at], on_change=_take_way, args=(held,))


def _take_way(held: Walk) -> None:
    way = st.session_state.get(_WAY)
    # a choice that was made before the list changed comes as its words: it is of no way that there is now
    if isinstance(way, int):
        held.way = way


def _pictures(state: Checked, finding: Finding, chosen: Proposal | None) -> None:
    before = fault_pictures.close_up(state.parcels, finding, None)
    if before is None:
        return
    with st.container(key="check_pictures", horizontal=True):
        _picture("before", before, t("改前"), t("改前的边界，红色为问题所在"))
        after = fault_pictures.close_up(state.parcels, finding, chosen) if chosen is not None else None
        if after is not None:
            _picture("after", after, t("改后"), t("改后的边界"))
    side = fault_pictures.side_m(finding)
    show(element("p", t("图幅宽 {side} m，圆点为界址点", side=figures.trimmed(side, 2)), cls="hint"))


def _picture(name: str, drawn: str, caption: str, alt: str) -> None:
    with st.container(key=f"check_picture_{name}", gap=None):
        show(element("p", caption, cls="hint"))
        st.image(drawn, alt=alt)


def _changes(proposal: Proposal) -> Any:
    shown = sorted(proposal.changes, key=lambda one: -abs(one.change_m2))[:_MOST_ROWS]
    head = element("tr", element("th", t("编号"), scope="col"), *(
        element("th", f"{name} {unit('㎡')}", scope="col", cls="figure") for name in (t("改前"), t("改后"), t("变化"))
    ))  # fmt: skip
    rest = len(proposal.changes) - len(shown)
    return group(
        element("table", element("thead", head), element("tbody", each(_change(one) for one in shown)), cls="grid"),
        element("p", t("另有 {count} 宗", count=rest), cls="hint") if rest else None,
    )


def _change(one: Change) -> Any:
    after = t("注销") if one.after_m2 is None else figures.fixed(one.after_m2, 2)
    change = figures.signed(one.change_m2, 3)
    return element(
        "tr", element("td", one.code), element("td", figures.fixed(one.before_m2, 2), cls="figure"),
        element("td", after, cls="figure"), element("td", change, cls="figure"),
    )  # fmt: skip


def _buttons(tab: Tab, held: Walk, state: Checked, finding: Finding, chosen: Proposal | None) -> None:
    same = sum(one.code == finding.code and one.identity not in held.skipped for one in state.findings)
    with st.container(key="check_acts", horizontal=True):
        st.button(t("采纳"), key="check_accept", type="primary", disabled=chosen is None,
                  on_click=_accept, args=(tab, chosen))  # fmt: skip
        st.button(t("跳过"), key="check_skip", on_click=_skip, args=(finding,))
        if same > 1:
            st.button(t("全部采纳：{kind} {count} 处…", kind=kind_name(finding.code), count=figures.count(same)),
                      key="check_all", on_click=_begin_asking, args=(finding.code,))  # fmt: skip
        _unskip(held)


def _skip(finding: Finding) -> None:
    walk().skipped.add(finding.identity)
    walk().seq += 1


def _accept(tab: Tab, proposal: Proposal) -> None:
    held = walk()
    try:
        done = checking.accept(office.database(), actor=office.actor(), scenario_id=tab.scenario_id, proposal=proposal)
    except Busy:
        tab.outcome = Outcome(faults=(Fault("busy"),))
    except Conflict as conflict:
        codes = tuple(sorted({clash.code for clash in conflict.conflicts}))
        tab.outcome = Outcome(faults=(Fault("check_stale", {"codes": codes}),))
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
    else:
        # the same click that comes twice changes nothing: what the first one did stays on screen, with its undo
        if done.command_id is not None or tab.outcome is None:
            desk_acts.take(tab, done)
    held.seq += 1


def _begin_asking(code: str) -> None:
    held = walk()
    held.kind, held.asking = code, True


def _end_asking() -> None:
    walk().asking = False


def _ask_all(tab: Tab, held: Walk, state: Checked) -> None:
    @st.dialog(t("全部采纳"), on_dismiss=_end_asking)
    def opened() -> None:
        with st.spinner(t("正在逐处计算改法…")):
            proposal = checking.mend_kind(state, held.listed(state))
        if proposal is None:
            show(element("p", t("这一类没有自动的改法。"), cls="hint"))
            return
        show(element("p", t(
            "{kind}：改 {mended} 处，{left} 处没有改法；涉及 {count} 宗，面积变化合计 {area} ㎡，其中注销 {ended} 宗。"
            "整批是一步，可以一次撤销。",
            kind=kind_name(held.kind) if held.kind else t("全部"), mended=proposal.mended, left=proposal.left,
            count=figures.count(len(proposal.changes)), area=figures.fixed(proposal.changed_m2, 2),
            ended=sum(one.shape is None for one in proposal.changes),
        )))  # fmt: skip
        if st.button(t("采纳 {count} 处", count=proposal.mended), key="check_all_confirm", type="primary"):
            _end_asking()
            _accept(tab, proposal)
            st.rerun()

    opened()


def _outcome(tab: Tab, clusters: Sequence[Cluster]) -> None:
    if tab.outcome is None:
        return
    failed = bool(tab.outcome.faults)
    said = (
        [fault_sentence(one, clusters) for one in tab.outcome.faults]
        if failed
        else outcome_sentences(tab.outcome, clusters)
    )
    with st.container(key="check_outcome", horizontal=True, vertical_alignment="center"):
        show(element("p", " ".join(said), cls="alert" if failed else "done", role="alert" if failed else "status"))
        done = tab.outcome.done
        if done is not None and done.command_id is not None and done.label.key != "undo":
            st.button(t("撤销"), key="check_undo", on_click=_undo, args=(tab,))


def _undo(tab: Tab) -> None:
    desk_acts.undo(tab)
    walk().seq += 1
