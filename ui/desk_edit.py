"""Editing boundaries on the desk: ask for a plan, show its pieces on the map, then write it or let it go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final

import streamlit as st

from layers import figures
from planning import parcel_plans, parcel_previews, reshaping
from planning.acts import Done
from planning.atlas import Atlas
from planning.errors import Conflict, Fault, Refused
from planning.parcel_plans import Plan
from planning.parcel_previews import Outline
from ui import desk_acts, office
from ui.markup import element, plain, show
from ui.sentences import fault_sentence
from ui.session import Outcome, Tab
from ui.words import t, unit

M2_PER_MU: Final = Decimal(10_000) / 15
# acts whose pieces a person may name, and those that make one parcel
_NAMES_ALL: Final = ("split_line", "split_area", "split_road")
_NAMES_ONE: Final = ("merge", "draw")
_CODE: Final = "edit_code_{}_{}"
LONGEST_DRAWING: Final = 120_000  # characters: two thousand points at full length


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan that is shown and waits for a word: what it would do, and the act that does it."""

    plan: Plan
    outlines: tuple[Outline, ...]
    act: Callable[..., Done]


def tool(tab: Tab, atlas: Atlas) -> None:
    """Draw the popover of the tool row: what can be done with the selected parcels."""
    with st.popover(t("编辑地块"), key="edit_menu", width="content", disabled=not tab.editable):
        show(element("p", t("界线是事实，对所有方案生效；分割、合并后的地块在每个方案里沿用原来的集群。"), cls="hint"))
        count = len(tab.selection)
        show(element("p", t("沿线分割：选中一宗，按 K 在图上画线；新画地块：按 D 在图上围合。"), cls="hint"))
        if count == 1:
            _to_area(tab, atlas)
            _snap(tab)
        if count:
            _by_road(tab, atlas)
        if count > 1:
            _merge(tab, atlas)


def waiting(tab: Tab) -> None:
    """Above the panel: the pieces that a draft would make, with their 亩, and the two ways on."""
    draft = tab.draft
    if not isinstance(draft, Draft):
        return
    with st.container(key="edit_draft"):
        show(element("h3", t("预览：尚未写入"), cls="section"))
        rows = [
            element("tr", element("td", one.code), element("td", figures.mu(one.mu * M2_PER_MU), cls="figure"),
                    element("td", unit("亩")))
            for one in draft.outlines
        ]  # fmt: skip
        show(element("table", element("tbody", *rows), cls="grid"))
        taken = sum(shape.area for shape in draft.plan.taken)
        if taken:
            show(
                element(
                    "p", t("划出为道路用地 {mu} 亩，不再是储备地块。", mu=figures.fixed(taken * 0.0015, 4)), cls="hint"
                )
            )
        for note in draft.plan.notes:
            show(element("p", fault_sentence(note), cls="hint"))
        _codes(draft)
        with st.container(horizontal=True, gap="small"):
            st.button(t("确认"), key="edit_confirm", type="primary", on_click=confirm, args=(tab,))
            st.button(t("取消"), key="edit_cancel", on_click=cancel, args=(tab,))


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


def obey(tab: Tab, verb: str, value: object) -> None:
    """Do what the map asks: plan what was drawn there, write the draft, or let it go."""
    match verb:
        case "edit_confirm":
            confirm(tab)
        case "edit_cancel":
            cancel(tab)
        case _:
            drawn(tab, verb, value)


def drawn(tab: Tab, kind: str, value: object) -> None:
    """Take a line or a ring drawn on the map: "lon,lat;lon,lat;…" in degrees."""
    atlas = office.atlas()
    try:
        points = _points(value)
        if kind == "draw":
            shape, code = parcel_previews.shape_of(atlas, points), _new_code(atlas)
            _plan(
                tab,
                partial(_drawn, shape=shape, code=code),
                partial(reshaping.draw, shape=shape, code=code, cut_off=True),
            )
            return
        line = parcel_previews.line_of(atlas, points)
    except Refused as refused:
        tab.outcome, tab.draft = Outcome(faults=refused.faults), None
        return
    if len(tab.selection) != 1:
        tab.outcome = Outcome(faults=(Fault("select_one"),))
        return
    one = int(tab.selection[0])
    _plan(
        tab, lambda conn: parcel_plans.by_line(conn, one, line),
        partial(reshaping.split_by_line, parcel_id=one, line=line, seen=_seen(tab, atlas)),
    )  # fmt: skip


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


def _plan(tab: Tab, plan: Callable[..., Plan], act: Callable[..., Done]) -> None:
    atlas = office.atlas()
    tab.outcome = None
    try:
        found = reshaping.preview(office.database(), plan)
        tab.draft = Draft(found, parcel_previews.outlines(atlas, found), act)
    except Refused as refused:
        tab.draft = None
        tab.outcome = Outcome(faults=refused.faults)


def _drawn(conn: Any, *, shape: Any, code: str) -> Plan:
    return parcel_plans.drawn(conn, shape, code, cut_off=True)


def _to_area(tab: Tab, atlas: Atlas) -> None:
    one = int(tab.selection[0])
    listed = parcel_previews.sides_of(atlas, one)
    wanted = st.number_input(t("分出面积（亩）"), key="edit_mu", min_value=0.0, value=None, step=1.0, format="%.4f")
    side = st.selectbox(
        t("平行于"), range(len(listed)), key="edit_side",
        format_func=lambda at: t("第 {number} 边 · 方位 {bearing}° · {metres} 米", number=at + 1,
                                 bearing=figures.fixed(listed[at].bearing_deg, 1),
                                 metres=figures.metres(listed[at].length_m)),
    )  # fmt: skip
    road = st.number_input(
        t("中间留路宽（米）"), key="edit_road_m", min_value=0.0, max_value=200.0, value=0.0, step=1.0
    )

    def ask() -> None:
        area = float(Decimal(str(st.session_state["edit_mu"] or 0)) * M2_PER_MU)
        width = float(road)
        _plan(
            tab, lambda conn: parcel_plans.to_area(conn, one, int(side), area, road_m=width),
            partial(reshaping.split_to_area, parcel_id=one, side=int(side), area_m2=area, road_m=width,
                    seen=_seen(tab, atlas)),
        )  # fmt: skip

    st.button(t("预览分割"), key="edit_area", on_click=ask, disabled=not wanted, width="stretch")


def _snap(tab: Tab) -> None:
    one = int(tab.selection[0])
    st.button(
        t("吸附到邻宗（0.5 米内）"), key="edit_snap", width="stretch", on_click=_plan,
        args=(tab, lambda conn: parcel_plans.snapped(conn, one), partial(reshaping.snap, parcel_id=one)),
    )  # fmt: skip


def _by_road(tab: Tab, atlas: Atlas) -> None:
    roads = atlas.layer("roads")
    if not len(roads.ids):
        return
    names = [str(name or code) for name, code in zip(roads.frame["name"], roads.codes, strict=True)]
    at = st.selectbox(t("道路"), range(len(names)), key="edit_road", format_func=lambda row: plain(names[row]))
    road, ids = int(roads.ids[int(at)]), [int(one) for one in tab.selection]
    st.button(
        t("按道路红线切分"), key="edit_cut", width="stretch", on_click=_plan,
        args=(tab, lambda conn: parcel_plans.by_right_of_way(conn, ids, road),
              partial(reshaping.cut_by_right_of_way, parcel_ids=ids, road_id=road, seen=_seen(tab, atlas))),
    )  # fmt: skip


def _merge(tab: Tab, atlas: Atlas) -> None:
    parcels = atlas.parcels()
    codes = [str(parcels.codes[row]) for row in parcels.row_of(tab.selection)]
    at = st.selectbox(
        t("以哪一宗为主（编号、属性、集群）"), [None, *range(len(codes))], key="edit_main",
        format_func=lambda row: t("面积最大的（集群须一致）") if row is None else plain(codes[row]),
    )  # fmt: skip
    ids = [int(one) for one in tab.selection]
    main = None if at is None else ids[at]
    st.button(
        t("合并所选"), key="edit_merge", width="stretch", on_click=_plan,
        args=(tab, lambda conn: parcel_plans.joined(conn, ids, main_id=main),
              partial(reshaping.merge, parcel_ids=ids, main_id=main, seen=_seen(tab, atlas))),
    )  # fmt: skip


def _seen(tab: Tab, atlas: Atlas) -> dict[int, int]:
    parcels = atlas.parcels()
    versions = parcels.frame["version"].to_numpy()[parcels.row_of(tab.selection)].tolist()
    return dict(zip(tab.selection.tolist(), versions, strict=True))


def _points(value: object) -> list[tuple[float, float]]:
    """Read what the browser drew; Refused when it is anything else."""
    if not isinstance(value, str) or len(value) > LONGEST_DRAWING:
        raise Refused(Fault("shape_not_finite"))
    try:
        pairs = [tuple(float(number) for number in pair.split(",")) for pair in value.split(";")]
    except ValueError as error:
        raise Refused(Fault("shape_not_finite")) from error
    points = [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]  # noqa: PLR2004  # longitude and latitude
    if len(points) != len(pairs):
        raise Refused(Fault("shape_not_finite"))
    return points


def _new_code(atlas: Atlas) -> str:
    known = atlas.parcels().id_of_code
    number = 1
    while f"XH-{number:03}" in known:
        number += 1
    return f"XH-{number:03}"
