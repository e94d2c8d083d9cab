"""The lines that are ticked in a list of the import desk, and which of them the map then shows."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from ui.import_state import Item


def selected(key: str) -> list[int]:
    """The lines that are ticked."""
    held = st.session_state.get(key)
    rows = held.get("selection", {}).get("rows", []) if isinstance(held, Mapping) else []
    return [int(row) for row in rows]


def look_at_picked(item: Item, key: str) -> None:
    """Look at the line that was ticked last; when one was let go, at the last of those that are left."""
    rows = selected(key)
    before = st.session_state.get(f"{key}_before", [])
    st.session_state[f"{key}_before"] = rows
    new = [row for row in rows if row not in before]
    if rows:
        item.look(new[-1] if new else rows[-1])
