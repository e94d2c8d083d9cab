"""The panel beside the map: of everything, of one parcel, of the selection; the selection says which is in front."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from layers.clusters import Cluster
from planning.atlas import Atlas
from planning.ledger import cluster_totals, stage_totals
from ui.desk_groups import groups
from ui.desk_ledger import ledger_panel
from ui.desk_overview import overview
from ui.desk_parcel import no_parcel, parcel
from ui.desk_roads import roads_panel
from ui.desk_selection import no_selection, selection
from ui.markup import show
from ui.session import Tab
from ui.words import language, t

OVERVIEW, PARCEL, SELECTION, GROUPS = "overview", "parcel", "selection", "groups"
LEDGER, ROADS = "ledger", "roads"
# who works in one of these selects parcels for its sake, and stays with it
KEPT: Final = (GROUPS, LEDGER, ROADS)
_FRONT: Final = "panel_front"
_FOR: Final = "panel_front_for"


def panel(tab: Tab, atlas: Atlas, clusters: Sequence[Cluster]) -> None:
    """Draw the tabs; the one that is not in front costs nothing."""
    names = {
        OVERVIEW: t("总览"), PARCEL: t("地块"), SELECTION: t("选集"), LEDGER: t("账本"), GROUPS: t("连片"),
        ROADS: t("道路"),
    }  # fmt: skip
    key = f"{_FRONT}_{language()}"
    _bring_forward(tab, names, key)
    everything, one, several, account, together, roads = st.tabs(list(names.values()), key=key, on_change="rerun")
    with everything:
        if everything.open:
            parcels = atlas.parcels()
            locked = tab.shown.locked_clusters
            show(overview(clusters, cluster_totals(parcels, tab.shown), stage_totals(parcels), locked=locked))
    with one:
        if one.open:
            parcel(tab, atlas, clusters) if len(tab.selection) == 1 else no_parcel(tab)
    with several:
        if several.open:
            selection(tab, atlas, clusters) if len(tab.selection) else no_selection()
    with account:
        if account.open:
            ledger_panel(tab, atlas, clusters)
    with together:
        if together.open:
            groups(tab, atlas, clusters)
    with roads:
        if roads.open:
            roads_panel(tab, atlas)


def lists_blocks() -> bool:
    """Whether blocks or groups are listed in front, for the map to draw around them."""
    return bool(st.session_state.get(f"{_FRONT}_{language()}") == t("连片"))


def shows_readiness() -> bool:
    """Whether roads and readiness are in front, and the map is to show them."""
    return bool(st.session_state.get(f"{_FRONT}_{language()}") == t("道路"))


def front_for(count: int) -> str:
    """Which tab belongs to a selection of so many parcels."""
    return {0: OVERVIEW, 1: PARCEL}.get(count, SELECTION)


def _bring_forward(tab: Tab, names: dict[str, str], key: str) -> None:
    """Bring the tab of the selection to the front when the selection has changed; else leave it to the person."""
    selected = hash(tab.selection.tobytes())
    if st.session_state.get(_FOR) != selected or key not in st.session_state:
        st.session_state[_FOR] = selected
        if st.session_state.get(key) not in {names[one] for one in KEPT}:
            st.session_state[key] = names[front_for(len(tab.selection))]
