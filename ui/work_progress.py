"""Long work as a page shows it: what it is at, how far, how long, and the way out; found again after a refresh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from planning.long_work import Progress, Work
from ui.markup import element, show
from ui.sentences import fault_sentence
from ui.words import t

POLL_SECONDS = 0.5


@st.fragment(run_every=POLL_SECONDS)
def progress(work: Work[Any], key: str, said: Callable[[Progress], str]) -> None:
    """Draw a bar that is as long as what was counted; the page is drawn anew when the work has ended."""
    told = work.progress
    with st.container(key=f"{key}_progress"):
        show(element("p", t("正在停止…") if work.is_stopping else said(told), cls="hint", role="status"))
        st.progress(told.share)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(t("停止"), key=f"{key}_stop", on_click=work.stop, disabled=work.is_stopping)
            show(element("p", t("已用 {seconds} 秒", seconds=int(work.seconds)), cls="hint"))
    if work.is_done:
        st.rerun()


def ended_badly(work: Work[Any]) -> bool:
    """Say why work came to nothing; whether it did."""
    if work.stopped:
        show(element("p", t("已停止，没有写入任何内容。"), cls="done", role="status"))
        return True
    for fault in work.faults:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))
    return bool(work.faults)
