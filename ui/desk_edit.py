"""编辑地块 beside the map: ask how boundaries are to change, by sizes, by roads, or by what is drawn on the map."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning import parcel_plans, parcel_previews, reshaping
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.parcel_plans import MOST_TOLERANCE_M
from ui import desk_brush, desk_draft, office
from ui.desk_draft import M2_PER_MU, MOST_ROAD_M, Draft, plan_for
from ui.markup import element, show
from ui.session import Outcome, Tab
from ui.words import t

LONGEST_DRAWING: Final = 120_000  # characters: two thousand points at full length
_SIDE: Final = "edit_side"


def opener(tab: Tab) -> None:
    """Draw the button of the tool row that opens and closes the panel."""
    st.button(
        t("编辑地块"), key="edit_open", type="primary" if tab.editing.open else "secondary", on_click=toggle,
        args=(tab,), disabled=not tab.editable, help=t("分割、合并、新画、吸附：先在图上预览，确认后才写入"),
    )  # fmt: skip


def toggle(tab: Tab) -> None:
    """Open the panel, or close it; a draft that waits is let go with it."""
    tab.editing.open = not tab.editing.open
    tab.draft = None


def panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the panel: the draft that waits, or else what can be done with the selected parcels."""
    with st.container(key="edit_panel", gap="small"):
        with st.container(key="edit_head", horizontal=True, vertical_alignment="center"):
            show(element("h2", t("编辑地块"), cls="parcel"))
            st.button(t("完成"), key="edit_close", on_click=toggle, args=(tab,))
        desk_brush.outcome(tab, clusters)
        if not desk_draft.waiting(tab, clusters):
            _form(tab, atlas)


def _form(tab: Tab, atlas: Atlas) -> None:
    count = len(tab.selection)
    if count == 0:
        show(element("p", t("在图上单击一宗地块，或按住 Ctrl 选几宗。"), cls="hint", role="status"))
    if count == 1:
        show(element("h3", t("按面积分割"), cls="section"))
        _to_area(tab, atlas)
    if count > 1:
        show(element("h3", t("合并"), cls="section"))
        _merge(tab)
    if count:
        show(element("h3", t("按道路切分"), cls="section"))
        _by_road(tab, atlas)
    if count == 1:
        show(element("h3", t("吸附到邻宗"), cls="section"))
    else:
        show(element("h3", t("新画地块"), cls="section"))
    _snap(tab)
    show(
        element(
            "ul",
            element("li", t("C：画线分割所选的一宗")) if count == 1 else None,
            element("li", t("W：画路中线，按上面的路宽切分所选地块")) if count else None,
            element("li", t("D：在图上围合一宗新地块")),
            element("li", t("界线是事实，对所有方案生效；分割、合并后的地块在每个方案里沿用原来的集群。")),
            cls="notes",
        )
    )


def guides_of(tab: Tab, atlas: Atlas) -> list[dict[str, Any]]:
    """The numbered sides that the map shows while one is chosen."""
    if not tab.editing.open or isinstance(tab.draft, Draft) or len(tab.selection) != 1:
        return []
    listed = parcel_previews.sides_of(atlas, int(tab.selection[0]))
    chosen = min(tab.editing.side, len(listed) - 1)
    return [{"line": one.line, "label": str(at + 1), "chosen": at == chosen} for at, one in enumerate(listed)]


def obey(tab: Tab, verb: str, value: object) -> None:
    """Do what the map asks: plan what was drawn there, write the draft, or let it go."""
    match verb:
        case "edit_confirm":
            desk_draft.confirm(tab)
        case "edit_cancel":
            desk_draft.cancel(tab)
        case _:
            drawn(tab, verb, value)


def drawn(tab: Tab, kind: str, value: object) -> None:
    """Take a line or a ring drawn on the map: "lon,lat;lon,lat;…" in degrees."""
    atlas = office.atlas()
    try:
        points = _points(value)
        if kind == "draw":
            _ring(tab, atlas, parcel_previews.shape_of(atlas, points))
            return
        line = parcel_previews.line_of(atlas, points)
    except Refused as refused:
        tab.outcome, tab.draft = Outcome(faults=refused.faults), None
        return
    if kind == "road":
        _road(tab, [int(one) for one in tab.selection], line, _seen(tab, atlas))
        return
    if len(tab.selection) != 1:
        tab.outcome = Outcome(faults=(Fault("select_one"),))
        return
    one = int(tab.selection[0])
    plan_for(
        tab, lambda conn: parcel_plans.by_line(conn, one, line),
        partial(reshaping.split_by_line, parcel_id=one, line=line, seen=_seen(tab, atlas)),
    )  # fmt: skip


def _ring(tab: Tab, atlas: Atlas, shape: Any) -> None:
    code, snap_m = _new_code(atlas), tab.editing.snap_m
    plan_for(
        tab, lambda conn: parcel_plans.drawn(conn, shape, code, snap_m=snap_m, cut_off=True),
        partial(reshaping.draw, shape=shape, code=code, snap_m=snap_m, cut_off=True),
    )  # fmt: skip


def _road(tab: Tab, ids: list[int], line: Any, seen: dict[int, int]) -> None:
    """Plan a road along a drawn line; its width can be changed while the draft waits."""
    if not ids:
        tab.outcome = Outcome(faults=(Fault("nothing_selected"),))
        return
    width = tab.editing.road_m
    plan_for(
        tab, lambda conn: parcel_plans.by_road(conn, ids, line, width),
        partial(reshaping.split_by_road, parcel_ids=ids, line=line, width_m=width, seen=seen),
        choice="road", again=partial(_road, tab, ids, line, seen),
    )  # fmt: skip


def _to_area(tab: Tab, atlas: Atlas) -> None:
    one, held = int(tab.selection[0]), tab.editing
    listed = parcel_previews.sides_of(atlas, one)
    held.side = min(held.side, len(listed) - 1)
    with st.container(key="edit_sizes", horizontal=True, gap="small"):
        wanted = st.number_input(t("分出面积（亩）"), key="edit_mu", min_value=0.0, value=None, step=1.0, format="%.4f")
        road = st.number_input(
            t("中间留路宽（米）"), key="edit_road_m", min_value=0.0, max_value=MOST_ROAD_M, value=0.0, step=1.0
        )
    st.session_state[_SIDE] = held.side
    st.selectbox(
        t("平行于图上编号的边"), range(len(listed)), key=_SIDE,
        on_change=lambda: setattr(held, "side", int(st.session_state[_SIDE])),
        format_func=lambda at: t("第 {number} 边 · 方位 {bearing}° · {metres} 米", number=at + 1,
                                 bearing=figures.fixed(listed[at].bearing_deg, 1),
                                 metres=figures.metres(listed[at].length_m)),
    )  # fmt: skip

    def ask() -> None:
        area = float(Decimal(str(st.session_state["edit_mu"] or 0)) * M2_PER_MU)
        width, side = float(road), held.side
        plan_for(
            tab, lambda conn: parcel_plans.to_area(conn, one, side, area, road_m=width),
            partial(reshaping.split_to_area, parcel_id=one, side=side, area_m2=area, road_m=width,
                    seen=_seen(tab, atlas)),
        )  # fmt: skip

    # never shut for want of an area: the field is heard only when it is left, and leaving it for a shut button is lost
    st.button(t("预览分割"), key="edit_area", on_click=ask, width="stretch",
              help=None if wanted else t("先填要分出的面积"))  # fmt: skip


def _snap(tab: Tab) -> None:
    held = tab.editing
    held.snap_m = st.number_input(
        t("吸附距离（米）"), key="edit_snap_m", min_value=0.0, max_value=MOST_TOLERANCE_M, value=held.snap_m, step=0.1,
        help=t("界址点离邻宗不超过这个距离时移到邻宗上；新画的地块也用它"),
    )  # fmt: skip
    if len(tab.selection) != 1:
        return
    one, tolerance = int(tab.selection[0]), held.snap_m
    st.button(
        t("预览吸附"), key="edit_snap", width="stretch", on_click=plan_for,
        args=(tab, lambda conn: parcel_plans.snapped(conn, one, tolerance_m=tolerance),
              partial(reshaping.snap, parcel_id=one, tolerance_m=tolerance)),
    )  # fmt: skip


def _by_road(tab: Tab, atlas: Atlas) -> None:
    held = tab.editing
    held.road_m = st.number_input(
        t("画路的路宽（米）"), key="edit_line_road_m", min_value=0.5, max_value=MOST_ROAD_M, value=held.road_m, step=1.0
    )
    listed = parcel_previews.roads_over(atlas, tab.selection)
    if not listed:
        show(element("p", t("没有道路的红线压到所选地块；可以按 W 在图上画。"), cls="hint"))
        return
    names = {one.id: one.name for one in listed}
    road = st.selectbox(
        t("现有道路"), list(names), key="edit_road", format_func=lambda key: names.get(key, ""),
    )  # fmt: skip
    ids = [int(one) for one in tab.selection]
    st.button(
        t("预览按红线切分"), key="edit_cut", width="stretch", on_click=plan_for,
        args=(tab, lambda conn: parcel_plans.by_right_of_way(conn, ids, int(road)),
              partial(reshaping.cut_by_right_of_way, parcel_ids=ids, road_id=int(road), seen=_seen(tab, atlas))),
    )  # fmt: skip


def _merge(tab: Tab) -> None:
    show(element("p", t("合并后取面积最大的一宗的编号、属性和集群；预览时可以另选。"), cls="hint"))
    st.button(t("预览合并"), key="edit_merge", width="stretch", on_click=_begin_merge, args=(tab,))


def _begin_merge(tab: Tab) -> None:
    tab.editing.main = None
    _merged(tab, [int(one) for one in tab.selection], _seen(tab, office.atlas()))


def _merged(tab: Tab, ids: list[int], seen: dict[int, int]) -> None:
    main = tab.editing.main
    plan_for(
        tab, lambda conn: parcel_plans.joined(conn, ids, main_id=main),
        partial(reshaping.merge, parcel_ids=ids, main_id=main, seen=seen),
        choice="main", again=partial(_merged, tab, ids, seen),
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
