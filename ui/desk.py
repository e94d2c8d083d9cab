"""一张图: the map, the tool row above it, and beside it what is known of all, of one parcel, of the selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import streamlit as st

from layers.clusters import Cluster
from layers.style import THEMES
from planning.atlas import Atlas
from ui import (
    brief_mode,
    desk_acts,
    desk_check,
    desk_cohesion,
    desk_conflict,
    desk_draft,
    desk_edit,
    desk_gate,
    desk_groups,
    desk_ledger,
    desk_panel,
    desk_remark,
    desk_roads,
    office,
    scenario_remarks,
)
from ui.desk_brush import PAINT, brush, paint_selected, pick
from ui.desk_draft import Draft
from ui.desk_map import Act, Brush, desk_map
from ui.desk_map.other import other_scenario
from ui.desk_tools import scenario_name, tool_row
from ui.opening import ready
from ui.session import Ids, Tab

MAP_KEY: Final = "desk_map"


def page() -> None:
    """Draw the page; everything on it is one fragment, so that a stroke of the brush is one short run."""
    tab = ready(office.atlas())
    if brief_mode.asked():
        brief_mode.page(tab)
    else:
        work(tab)


@st.fragment
def work(tab: Tab) -> None:
    """Tool row, map, panel, brush, and the conflict that waits to be decided."""
    if brief_mode.asked():
        # the way in was pressed: the page is another
        st.rerun()
    atlas = office.atlas()
    desk_acts.keep_up(tab, atlas)
    if tab.shown.parcels_revision != atlas.revision("parcels"):
        # somebody cut or joined parcels: rows are others now
        tab.show(atlas.scenario(tab.scenario_id))
    clusters = atlas.clusters()
    tool_row(tab, atlas, brief_mode.enter_from_desk)
    with st.container(key="desk", horizontal=True, wrap=False, gap="small"):
        left, right = st.container(key="desk_left"), st.container(key="panel")
        parts = [(left, _map), (right, _panel)]
        # the map shows what the panel finds, blocks or readiness: that comes first
        for place, draw in reversed(parts) if _lists_blocks(tab) or _shows_readiness(tab) else parts:
            with place:
                draw(tab, atlas, clusters)
    if tab.asking and tab.pending is not None:
        desk_conflict.ask(tab, clusters)


def _front(tab: Tab) -> Literal["edit", "check", "tabs"]:
    """Say what the panel shows: boundaries being edited, the check, or the tabs; a draft that waits is never hidden."""
    if tab.editing.open and tab.editable:
        return "edit"
    return "check" if desk_check.walk().open and not isinstance(tab.draft, Draft) else "tabs"


def _lists_blocks(tab: Tab) -> bool:
    return _front(tab) == "tabs" and desk_panel.lists_blocks()


def _shows_readiness(tab: Tab) -> bool:
    return _front(tab) == "tabs" and desk_panel.shows_readiness()


def _panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    desk_remark.panel(tab, atlas)
    match _front(tab):
        case "edit":
            desk_edit.panel(tab, atlas, clusters)
        case "check":
            desk_check.panel(tab, atlas, clusters)
        case "tabs":
            with st.container(key="panel_top"):
                if not desk_draft.waiting(tab, clusters):
                    desk_gate.gate(tab, atlas, clusters)
                desk_panel.panel(tab, atlas, clusters)
            desk_ledger.next_line(tab, atlas, clusters)
            brush(tab, clusters)


def _map(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    def selected(ids: Ids) -> None:
        tab.choose(ids)
        tab.outcome = None

    def heard(act: Act) -> None:
        if act.verb == "remark":
            desk_remark.opened(tab, act.value)
        else:
            obey(tab, act)

    desk_map(
        key=MAP_KEY, atlas=atlas, state=tab.shown, theme=tab.theme, command=tab.command,
        brush=Brush(next((at for at, one in enumerate(clusters) if one.code == tab.cluster), None), PAINT, tab.tried),
        over={
            "mark": desk_check.mark(atlas) if _front(tab) == "check" else None,
            "preview": desk_draft.preview_of(tab),
            "guides": desk_edit.guides_of(tab, atlas),
            "gate": desk_gate.pieces(tab, atlas) if _front(tab) == "tabs" and not isinstance(tab.draft, Draft) else [],
            "blocks": _outlines(tab, atlas, clusters),
            "compare": _base(tab, atlas),
            "remarks": scenario_remarks.open_flags(tab, atlas),
            "ledger": desk_ledger.live_quotas(tab, atlas),
            **(desk_roads.tint(atlas) if _shows_readiness(tab) else {}),
        },
        on_selection=selected, on_act=heard,
    )  # fmt: skip


def _outlines(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> list[dict[str, Any]]:
    """What the panel in front draws around parcels."""
    if _lists_blocks(tab):
        return desk_groups.outlines(atlas)
    return desk_cohesion.outlines(tab, atlas, clusters) if _front(tab) == "tabs" else []


def _base(tab: Tab, atlas: Atlas) -> dict[str, object] | None:
    """The base scenario, for as long as a key is held; the base of all has none."""
    base_id = tab.shown.scenario.base_id
    if base_id is None:
        return None
    base = atlas.scenario(base_id)
    return other_scenario(atlas, base, "hold", (scenario_name(base.scenario), scenario_name(tab.shown.scenario)))


def obey(tab: Tab, act: Act) -> None:
    """Do what a key pressed on the map asks: the same acts as the buttons."""
    match act.verb:
        case "undo":
            desk_acts.undo(tab)
        case "redo":
            desk_acts.redo(tab)
        case "paint":
            paint_selected(tab)
        case "clear" | "lock" | "unlock":
            desk_acts.carry_out(tab, tab.wish(act.verb))
        case "next_unassigned":
            desk_acts.next_unassigned(tab)
        case "next_fault" | "previous_fault":
            desk_check.step(1 if act.verb == "next_fault" else -1)
        case "pick":
            _pick(tab, act.value)
        case "theme":
            if act.value in THEMES:
                tab.theme = THEMES[THEMES.index(act.value)]
        case "cut" | "road" | "draw" | "edit_confirm" | "edit_cancel":
            desk_edit.obey(tab, act.verb, act.value)
        case "stale" | "place" | "remark" | "brief_leave" | "brief_theme" | "brief_view" | "brief_save":
            pass


def _pick(tab: Tab, place: object) -> None:
    clusters = office.atlas().clusters()
    if isinstance(place, int) and 0 <= place < len(clusters):
        pick(tab, clusters[place].code)
