"""A remark that was pressed on the desk's map: read, answered and settled in the panel, without leaving the desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from planning import commenting
from planning.atlas import Atlas
from planning.commenting import Thread
from planning.errors import Busy, Fault, Refused
from ui import office
from ui.markup import show
from ui.scenario_remarks import said
from ui.session import Outcome, Tab
from ui.words import t

_ANSWER: Final = "desk_remark_answer"


def opened(tab: Tab, comment_id: object) -> None:
    """Open a remark, and select the parcel that it is pinned to where it is on one."""
    thread = _thread(tab, comment_id)
    if thread is None:
        return
    tab.remark = thread.first.id
    parcel = thread.first.parcel_id
    if parcel is not None and parcel in set(office.atlas().parcels().ids.tolist()):
        tab.select(np.array([parcel], dtype=np.int64))


def panel(tab: Tab, atlas: Atlas) -> None:
    """Draw the remark that is open; nothing when none is, or when it is of another scenario."""
    thread = _thread(tab, tab.remark, atlas)
    if thread is None:
        return
    field = f"{_ANSWER}_{thread.first.id}"
    with st.container(key="desk_remark", gap="small"):
        show(said(thread.first, thread))
        st.text_input(
            t("回复"), key=field, max_chars=commenting.LONGEST_BODY, label_visibility="collapsed",
            placeholder=t("写回复"),
        )  # fmt: skip
        with st.container(horizontal=True, gap="small"):
            st.button(t("发出"), key="desk_remark_send", on_click=_reply, args=(tab, thread.first.id, field))
            st.button(
                t("已处理") if thread.is_open else t("重新打开"), key="desk_remark_settle", on_click=_settle,
                args=(tab, thread),
            )  # fmt: skip
            st.button(t("关闭"), key="desk_remark_close", type="tertiary", on_click=_close, args=(tab,))


def _thread(tab: Tab, comment_id: object, atlas: Atlas | None = None) -> Thread | None:
    if comment_id is None:
        return None
    listed = commenting.threads((atlas or office.atlas()).db, tab.scenario_id)
    return next((one for one in listed if one.first.id == comment_id), None)


def _reply(tab: Tab, comment_id: int, field: str) -> None:
    body = str(st.session_state.get(field, ""))
    act = partial(commenting.reply, office.database(), actor=office.actor(), comment_id=comment_id, body=body)
    if _did(tab, act):
        st.session_state[field] = ""


def _settle(tab: Tab, thread: Thread) -> None:
    _did(
        tab,
        partial(
            commenting.resolve, office.database(), actor=office.actor(), comment_id=thread.first.id,
            resolved=thread.is_open,
        ),
    )  # fmt: skip


def _did(tab: Tab, act: Callable[[], object]) -> bool:
    tab.outcome = None
    try:
        act()
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
    except Busy:
        tab.outcome = Outcome(faults=(Fault("busy"),))
    return tab.outcome is None


def _close(tab: Tab) -> None:
    tab.remark = None
