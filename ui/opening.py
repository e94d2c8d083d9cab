"""What a tab starts with: a scenario that can be worked in, as it stands, brought up to date with the parcels."""

from __future__ import annotations

import streamlit as st

from planning.atlas import Atlas
from planning.errors import Refused
from ui.session import BASE_SCENARIO, Tab, open_tab, tab
from ui.words import t


def ready(atlas: Atlas) -> Tab:
    """Return this tab's state, opened on the scenario of the address, else the first draft, else the base."""
    held = tab()
    if held is None:
        with st.spinner(t("正在打开方案…")):
            held = open_tab(atlas.scenario(_first(atlas)))
    elif held.shown.parcels_revision != atlas.revision("parcels"):
        # the rows are others: what is shown must be read anew, the ids of the selection stay
        held.show(atlas.scenario(held.scenario_id))
    return held


def _first(atlas: Atlas) -> int:
    known = atlas.scenarios()
    asked = st.query_params.get("scenario", "")
    if asked.isdecimal() and any(one.id == int(asked) for one in known):
        return int(asked)
    return next((one.id for one in known if one.editable), BASE_SCENARIO)


def latest(held: Tab, atlas: Atlas) -> None:
    """Show the scenario as it stands now; the base when the scenario is gone."""
    try:
        held.show(atlas.scenario(held.scenario_id))
    except Refused:
        held.show(atlas.scenario(BASE_SCENARIO))
