"""Editing the register in place: the browser's edits are only wishes, every cell is checked by ``planning.editing``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from layers.clusters import Cluster
from layers.schema import LAYERS
from planning import editing, registers
from planning.errors import Busy, Clash, Fault, Refused, StaleVersion
from ui import office
from ui.ledger_columns import column_config
from ui.markup import element, show
from ui.sentences import clock_time, fault_sentence
from ui.session import Outcome, Tab
from ui.words import headed, t

_NUMBER: Final = "ledger_editor_number"
_TROUBLE: Final = "ledger_trouble"
_BASIS: Final = "ledger_basis"
MOST_ROWS: Final = 500  # an editor of more rows is slow in the browser

Changes = dict[int, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why edits were not taken: faults by cell, or cells that another changed; ``changes`` can be asked again."""

    faults: tuple[Fault, ...] = ()
    clashes: tuple[Clash, ...] = ()
    changes: Mapping[int, Mapping[str, object]] | None = None


def editor(tab: Tab, page: pd.DataFrame, clusters: Sequence[Cluster]) -> None:
    """Draw the editor over some rows, its buttons, and what went wrong."""
    rows = page.head(MOST_ROWS)
    key = f"ledger_editor_{st.session_state.setdefault(_NUMBER, 0)}"
    # what the edits are positions in must stay what it was when they were begun
    basis = st.session_state.get(_BASIS)
    if basis is None or basis[0] != key or not _edits(key):
        basis = (key, rows)
        st.session_state[_BASIS] = basis
    rows = basis[1]
    with st.container(key="ledger_rows"):
        st.data_editor(
            _editable(rows), key=key, hide_index=True, height="stretch", num_rows="fixed",
            column_config=column_config(editing=True),
            column_order=[field.key for field in registers.COLUMNS if field.key not in ("cluster", "locked")],
            placeholder="",
        )  # fmt: skip
    waiting = len(_edits(key))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(t("保存 {count} 行修改", count=waiting), key="ledger_save", type="primary", disabled=not waiting,
                  on_click=save, args=(tab, key, rows))  # fmt: skip
        st.button(t("放弃修改"), key="ledger_discard", disabled=not waiting, on_click=_begin_anew)
    _say(tab, clusters)


def wanted(edited: Mapping[int, Mapping[str, object]], ids: Sequence[int]) -> Changes:
    """Turn the browser's edits by position into edits by parcel; positions beyond the rows shown are refused."""
    beyond = [at for at in edited if not 0 <= int(at) < len(ids)]
    if beyond:
        raise Refused(*(Fault("unknown_row", {"row": at}) for at in beyond))
    return {int(ids[int(at)]): dict(cells) for at, cells in edited.items()}


def save(tab: Tab, key: str, rows: pd.DataFrame) -> None:
    """Ask for the edits, all or none."""
    state = st.session_state[key]
    if state.get("added_rows") or state.get("deleted_rows"):
        st.session_state[_TROUBLE] = Trouble(faults=(Fault("rows_cannot_be_added_or_removed"),))
        return
    seen = {int(one): int(version) for one, version in zip(rows.index, rows[registers.VERSION], strict=True)}
    try:
        changes = wanted(_edits(key), [int(one) for one in rows.index])
    except Refused as refused:
        st.session_state[_TROUBLE] = Trouble(faults=refused.faults)
        return
    ask(tab, changes, {one: seen[one] for one in changes})


def ask(tab: Tab, changes: Mapping[int, Mapping[str, object]], seen: Mapping[int, int]) -> None:
    """Make the edits, or keep what stands in their way."""
    try:
        done = editing.edit_parcels(
            office.database(), actor=office.actor(), scenario_id=tab.scenario_id, changes=changes, seen=seen
        )
    except StaleVersion as stale:
        st.session_state[_TROUBLE] = Trouble(clashes=stale.conflicts, changes=changes)
    except Busy:
        st.session_state[_TROUBLE] = Trouble(faults=(Fault("busy"),))
    except Refused as refused:
        st.session_state[_TROUBLE] = Trouble(faults=refused.faults)
    else:
        tab.outcome = Outcome(done)
        _begin_anew()


def _insist(tab: Tab, trouble: Trouble, *, mine: bool) -> None:
    """End a clash: my cells over theirs, or theirs kept and the rest of my cells made."""
    changes = {one: dict(cells) for one, cells in (trouble.changes or {}).items()}
    if not mine:
        for clash in trouble.clashes:
            changes.get(clash.parcel_id, {}).pop(clash.field, None)
    parcels = office.atlas().parcels()
    kept = {one: cells for one, cells in changes.items() if cells}
    versions = parcels.frame["version"].reindex(np.array(list(kept), dtype=np.int64))
    seen = {int(str(one)): int(version) for one, version in versions.items()} | {
        clash.parcel_id: clash.version for clash in trouble.clashes if clash.parcel_id in kept
    }
    if kept:
        ask(tab, kept, seen)
    else:
        _begin_anew()


def _begin_anew() -> None:
    st.session_state[_NUMBER] = st.session_state.get(_NUMBER, 0) + 1
    st.session_state.pop(_TROUBLE, None)
    st.session_state.pop(_BASIS, None)


def _edits(key: str) -> Mapping[int, Mapping[str, object]]:
    state = st.session_state.get(key)
    return dict(state.get("edited_rows", {})) if state else {}


def _editable(rows: pd.DataFrame) -> pd.DataFrame:
    shown = rows.drop(columns=[registers.VERSION]).copy()
    for field in registers.COLUMNS:
        if field.kind == "date":
            shown[field.key] = pd.to_datetime(shown[field.key], errors="coerce")
    return shown


def _say(tab: Tab, clusters: Sequence[Cluster]) -> None:
    trouble: Trouble | None = st.session_state.get(_TROUBLE)
    if trouble is None:
        if tab.outcome is not None and tab.outcome.done is not None and tab.outcome.done.label.key == "edit":
            show(
                element(
                    "p", t("已保存 {count} 行。", count=len(tab.outcome.done.field_changes)), cls="done", role="status"
                )
            )
        return
    if trouble.clashes:
        _clashes(tab, trouble)
        return
    rows = [
        element(
            "tr",
            element("td", fault.where),
            element("td", _column(fault)),
            element("td", fault_sentence(fault, clusters)),
        )
        for fault in trouble.faults
    ]
    show(element("p", t("没有保存：下列单元格不能接受，请改正后再保存。"), cls="alert", role="alert"))
    show(_table((t("地块"), t("列"), t("原因")), rows))


def _clashes(tab: Tab, trouble: Trouble) -> None:
    show(element("p", t("没有保存：下列单元格已被他人改动，请选择采用谁的值。"), cls="alert", role="alert"))
    rows = [
        element("tr", *(element("td", _cell(text)) for text in (
            one.code, headed(LAYERS["parcels"].field(one.field)), one.old, one.mine, one.theirs, one.by,
            clock_time(one.at),
        )))
        for one in trouble.clashes
    ]  # fmt: skip
    show(_table((t("地块"), t("列"), t("原值"), t("我的"), t("对方"), t("修改人"), t("时间")), rows))
    with st.container(horizontal=True):
        st.button(t("全部用我的"), key="ledger_mine", on_click=_insist, args=(tab, trouble), kwargs={"mine": True})
        st.button(t("全部用对方的"), key="ledger_theirs", on_click=_insist, args=(tab, trouble), kwargs={"mine": False})


def _table(heads: Sequence[str], rows: Sequence[Any]) -> Any:
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in heads)))
    return element("table", head, element("tbody", *rows), cls="grid")


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _column(fault: Fault) -> str:
    key = str(fault.values.get("field") or fault.values.get("lower") or "")
    parcels = LAYERS["parcels"]
    return headed(parcels.field(key)) if key in parcels.keys else key
