"""A change of boundaries that is shown and waits for a word: its pieces, what is to be known of it, and the ways on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning import parcel_previews, reshaping
from planning.acts import Done
from planning.errors import Conflict, Fault, Refused
from planning.parcel_plans import Plan
from planning.parcel_previews import Outline
from ui import desk_acts, office
from ui.markup import element, plain, show
from ui.sentences import fault_sentence
from ui.session import Outcome, Tab
from ui.words import t, unit

M2_PER_MU: Final = Decimal(10_000) / 15
MOST_ROAD_M: Final = 200.0
# acts whose pieces a person may name, and those that make one parcel
_NAMES_ALL: Final = ("split_line", "split_area", "split_road")
_NAMES_ONE: Final = ("merge", "draw")
_CODE: Final = "edit_code_{}_{}"
_MAIN: Final = "edit_main"
_ROAD: Final = "edit_draft_road"
_LARGEST: Final = 0  # no parcel's id


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that waits: what it would do, the act that does it, and how it is planned anew after a choice."""

    plan: Plan
    outlines: tuple[Outline, ...]
    act: Callable[..., Done]
    choice: Literal["road", "main"] | None = None
    again: Callable[[], None] | None = None

    @property
    def undecided(self) -> bool:
        """Whether clusters differ among parcels to be merged: then one of them must lead."""
        return any(note.code == "clusters_differ" for note in self.plan.notes)


def plan_for(tab: Tab, plan: Callable[..., Plan], act: Callable[..., Done], **choice: Any) -> None:
    """Work a plan out and let it wait; what is refused is said, and nothing waits."""
    atlas = office.atlas()
    tab.outcome = None
    try:
        found = reshaping.preview(office.database(), plan)
        tab.draft = Draft(found, parcel_previews.outlines(atlas, found), act, **choice)
    except Refused as refused:
        tab.draft = None
        tab.outcome = Outcome(faults=refused.faults)


def waiting(tab: Tab, clusters: Sequence[Cluster]) -> bool:
    """Draw the pieces that a draft would make, with their 亩, and the two ways on; False when none waits."""
    draft = tab.draft
    if not isinstance(draft, Draft):
        return False
    undecided = draft.undecided and tab.editing.main is None
    with st.container(key="edit_draft"):
        show(element("h3", t("预览：尚未写入"), cls="section"))
        rows = [
            element("tr", element("td", one.code), element("td", figures.mu(one.mu * M2_PER_MU), cls="figure"),
                    element("td", unit("亩")))
            for one in draft.outlines
        ]  # fmt: skip
        show(element("table", element("tbody", *rows), cls="grid"))
        _notes(tab, draft, clusters)
        _choice(tab, draft)
        _codes(draft)
        with st.container(horizontal=True, gap="small"):
            st.button(t("确认（Enter）"), key="edit_confirm", type="primary", on_click=confirm, args=(tab,),
                      disabled=undecided, help=t("集群不同，先选定以哪一宗为主") if undecided else None)  # fmt: skip
            st.button(t("取消（Esc）"), key="edit_cancel", on_click=cancel, args=(tab,))
    return True


def _notes(tab: Tab, draft: Draft, clusters: Sequence[Cluster]) -> None:
    taken = sum(shape.area for shape in draft.plan.taken)
    if taken:
        mu = figures.fixed(taken * 0.0015, 4)
        show(element("p", t("划出为道路用地 {mu} 亩，不再是储备地块。", mu=mu), cls="hint"))
    for note in draft.plan.notes:
        if note.code != "clusters_differ":
            show(element("p", fault_sentence(note), cls="hint"))
        elif tab.editing.main is None:
            show(element("p", fault_sentence(note, clusters), cls="alert", role="alert"))
        else:
            said = fault_sentence(Fault("clusters_follow", note.values), clusters)
            show(element("p", said, cls="hint"))


def _choice(tab: Tab, draft: Draft) -> None:
    """What may be chosen otherwise while the draft waits; it is planned anew at once."""
    match draft.choice:
        case "road":
            st.session_state[_ROAD] = tab.editing.road_m
            st.number_input(
                t("路宽（米）"),
                key=_ROAD,
                min_value=0.5,
                max_value=MOST_ROAD_M,
                step=1.0,
                on_change=_chosen,
                args=(tab,),
            )
        case "main":
            atlas = office.atlas()
            ids = [key for key in draft.plan.ended if key in atlas.parcels().ids]
            codes = dict(zip(ids, map(str, atlas.parcels().codes[atlas.parcels().row_of(ids)]), strict=True))
            first = t("请选择") if draft.undecided else t("面积最大的一宗")
            st.session_state[_MAIN] = tab.editing.main if tab.editing.main in codes else _LARGEST
            st.selectbox(
                t("以哪一宗为主（编号、属性、集群）"), [_LARGEST, *ids], key=_MAIN, on_change=_chosen, args=(tab,),
                format_func=lambda key: codes.get(key, first),
            )  # fmt: skip


def _chosen(tab: Tab) -> None:
    draft = tab.draft
    if not isinstance(draft, Draft) or draft.again is None:
        return
    if draft.choice == "road":
        tab.editing.road_m = float(st.session_state[_ROAD])
    else:
        tab.editing.main = int(st.session_state[_MAIN]) or None
    draft.again()


def _codes(draft: Draft) -> None:
    """Let a person name the pieces otherwise than they are derived."""
    if draft.plan.verb not in (*_NAMES_ALL, *_NAMES_ONE):
        return
    with st.expander(t("改编号")):
        for at, one in enumerate(draft.outlines):
            st.text_input(plain(one.code), value=one.code, key=_CODE.format(id(draft), at), max_chars=60)


def _named(draft: Draft) -> dict[str, Any]:
    """The codes as the person left them, as the act takes them."""
    codes = [
        str(st.session_state.get(_CODE.format(id(draft), at), one.code)).strip()
        for at, one in enumerate(draft.outlines)
    ]
    if draft.plan.verb in _NAMES_ALL:
        return {"codes": codes}
    return {"code": codes[0]} if draft.plan.verb in _NAMES_ONE else {}


def preview_of(tab: Tab) -> list[dict[str, Any]]:
    """What the map draws of the draft."""
    if not isinstance(tab.draft, Draft):
        return []
    return [
        {"rings": one.rings, "at": one.at, "label": f"{one.code}\n{figures.mu(one.mu * M2_PER_MU)} {unit('亩')}"}
        for one in tab.draft.outlines
    ]


def confirm(tab: Tab) -> None:
    """Write the draft."""
    if not isinstance(tab.draft, Draft):
        return
    draft, tab.draft = tab.draft, None
    try:
        done = draft.act(office.database(), actor=office.actor(), scenario_id=tab.scenario_id, **_named(draft))
    except Refused as refused:
        # the draft stays: a code may be put right
        tab.draft, tab.outcome = draft, Outcome(faults=refused.faults)
    except Conflict as conflict:
        codes = tuple(dict.fromkeys(clash.code for clash in conflict.conflicts))
        tab.outcome = Outcome(faults=(Fault("boundary_changed", {"codes": codes}),))
    else:
        desk_acts.take(tab, done)


def cancel(tab: Tab) -> None:
    """Let the draft go."""
    tab.draft = None
