"""地块台账: the register of the parcels; filter, sort, select with the map, edit, and take away what is shown."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from layers import figures
from layers.schema import Field
from planning import registers
from planning.atlas import Atlas
from planning.snapshots import ParcelSnapshot, ScenarioSnapshot
from ui import conditions, ledger_editor, ledger_export, office
from ui.ledger_columns import column_config, displayed
from ui.markup import element, show
from ui.opening import ready
from ui.session import Tab
from ui.words import headed, language, t

PAGE_SIZES: Final = (100, 500, 2000)
_SEEN: Final = "ledger_grid_for"


def page() -> None:
    """Draw the page."""
    work(ready(office.atlas()))


@st.fragment
def work(tab: Tab) -> None:
    """Filters, then the rows that meet them, to look at or to edit."""
    atlas = office.atlas()
    exports = _head(tab, atlas)
    whole = whole_register(tab, atlas)
    if not len(whole):
        show(element("p", t("还没有储备地块。到「导入」页上传地块文件，或用命令行导入。"), cls="hint"))
        return
    rows = _rows(tab, atlas, whole)
    with exports:
        ledger_export.buttons(tab, atlas, rows.index.to_numpy(dtype=np.int64))
    page = _page(rows)
    _told(rows, whole, page)
    if st.session_state.get("ledger_editing"):
        ledger_editor.editor(tab, page.rows, atlas.clusters())
    else:
        _grid(tab, page.rows, atlas)


def whole_register(tab: Tab, atlas: Atlas) -> pd.DataFrame:
    """The register of the scenario on screen, made once for each state of it."""
    parcels, state = atlas.parcels(), tab.shown
    if state.parcels_revision != parcels.revision:
        state = atlas.scenario(tab.scenario_id)
        tab.show(state)
    key = (atlas.db.url, parcels.revision, parcels.fields_revision, state.scenario.id, state.revision, state.ahead)
    return _held_register(key, parcels, state)


# a handful of tabs at once; 100,000 rows weigh some 60 MB
@st.cache_resource(show_spinner=False, max_entries=6, ttl=1800)
def _held_register(key: tuple[object, ...], _parcels: ParcelSnapshot, _state: ScenarioSnapshot) -> pd.DataFrame:
    del key
    return registers.register(_parcels, _state)


def _head(tab: Tab, atlas: Atlas) -> DeltaGenerator:
    """Title, filter and switches; returns the place for the exports, which need the rows that are found below."""
    with st.container(key="ledger_tools", horizontal=True, vertical_alignment="center", gap="small"):
        mark = element("span", t("示例数据"), cls="sample") if atlas.parcels().has_sample else None
        show(element("div", element("h1", t("地块台账"), cls="title"), mark, cls="titled"))
        with st.popover(t("筛选"), key="ledger_filter", width="content"):
            st.session_state["ledger_conditions"] = conditions.form(atlas, prefix="ledger")
        count = len(tab.selection)
        said = count if count == 1 else figures.count(count)
        st.toggle(t("只看选中的 {count} 宗", count=said), key="ledger_only_selected", disabled=not count)
        st.toggle(t("编辑"), key="ledger_editing")
        return st.container(key="ledger_exports", horizontal=True, width="content", gap="small")


def _rows(tab: Tab, atlas: Atlas, whole: pd.DataFrame) -> pd.DataFrame:
    wanted = st.session_state.get("ledger_conditions") or []
    ids = conditions.matching(tab, atlas, wanted) if wanted else None
    if st.session_state.get("ledger_only_selected") and len(tab.selection):
        ids = tab.selection if ids is None else np.intersect1d(ids, tab.selection)
    _ask_order()
    return registers.chosen(
        whole,
        ids,
        sort=str(st.session_state.get("ledger_sort", "code")),
        descending=bool(st.session_state.get("ledger_descending", False)),
    )


def _ask_order() -> None:
    by_key: dict[str, Field] = {field.key: field for field in registers.COLUMNS}
    with st.container(key="ledger_order", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(t("排序"), list(by_key), key="ledger_sort", format_func=lambda key: headed(by_key[key]), width=240)
        st.toggle(t("降序"), key="ledger_descending")
        st.selectbox(t("每页"), PAGE_SIZES, key="ledger_page_size", width=110)
        st.number_input(t("页"), min_value=1, step=1, key="ledger_page", width=130)


def _told(rows: pd.DataFrame, whole: pd.DataFrame, page: registers.RegisterPage) -> None:
    total = t(
        "{shown} 宗，共 {mu} 亩（全部 {all} 宗）", shown=figures.count(len(rows)),
        mu=figures.mu_total(registers.total_m2(rows)), all=figures.count(len(whole)),
    )  # fmt: skip
    place = t("第 {number} 页，共 {pages} 页", number=page.number, pages=page.pages) if page.pages > 1 else ""
    show(element("p", " · ".join(part for part in (total, place) if part), cls="hint", role="status"))


def _page(rows: pd.DataFrame) -> registers.RegisterPage:
    size = int(st.session_state.get("ledger_page_size") or PAGE_SIZES[0])
    return registers.page_of(rows, number=int(st.session_state.get("ledger_page") or 1), size=size)


def _grid(tab: Tab, rows: pd.DataFrame, atlas: Atlas) -> None:
    """The table to look at; ticking a row selects the parcel on the map, and what the map selects is ticked."""
    if not len(rows):
        show(element("p", t("没有符合条件的地块，请放宽筛选。"), cls="hint"))
        return
    ids = rows.index.to_numpy(dtype=np.int64)
    here = np.flatnonzero(np.isin(ids, tab.selection))
    # ticks can only be given to a table that is new: it is made anew when rows or a selection come from elsewhere
    shows = (hash(ids.tobytes()), hash(ids[here].tobytes()), language())
    held = st.session_state.get(_SEEN)
    if held is None or held[1:] != shows:
        held = (0 if held is None else held[0] + 1, *shows)
        st.session_state[_SEEN] = held
    key = f"ledger_grid_{held[0]}"

    def ticked() -> None:
        rows_now = np.array(st.session_state[key]["selection"]["rows"], dtype=np.int64)
        picked = ids[rows_now[rows_now < len(ids)]]
        tab.select(np.union1d(np.setdiff1d(tab.selection, ids), picked), fly=True)
        st.session_state[_SEEN] = (
            held[0],
            shows[0],
            hash(ids[np.flatnonzero(np.isin(ids, picked))].tobytes()),
            shows[2],
        )

    with st.container(key="ledger_rows"):
        st.dataframe(
            displayed(rows, atlas.clusters()), key=key, hide_index=True, height="stretch",
            column_config=column_config(),
            on_select=ticked, selection_mode="multi-row", selection_default={"selection": {"rows": here.tolist()}},
            placeholder="",
        )  # fmt: skip
