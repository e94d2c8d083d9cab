"""Remarks on a scenario: the list beside the map, the flags on it, writing, answering, and marking as dealt with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from planning import commenting, remark_places
from planning.atlas import Atlas
from planning.commenting import Thread
from store.comments import Comment
from ui import office
from ui.markup import Html, element, show
from ui.scenario_state import Looking
from ui.sentences import clock_time
from ui.session import Tab
from ui.words import t

_BODY: Final = "remark_body"
_ANSWER: Final = "remark_answer"
_MOST_WORDS: Final = 80  # of a remark, in the tip of its flag


def flags(held: Looking, threads: Sequence[Thread], where: Mapping[int, list[float]]) -> list[dict[str, object]]:
    """The remarks as the map marks them."""
    return [
        _flag(one, where[one.first.id], chosen=one.first.id == held.remark) for one in threads if one.first.id in where
    ]


def _flag(one: Thread, at: list[float], *, chosen: bool) -> dict[str, object]:
    return {
        "id": one.first.id, "at": at, "label": str(one.first.id), "open": one.is_open,
        "text": f"{one.first.by}：{one.first.body[:_MOST_WORDS]}", "chosen": chosen,
    }  # fmt: skip


def open_flags(tab: Tab, atlas: Atlas) -> list[dict[str, object]]:
    """The remarks that wait, as the desk marks them."""
    threads = [one for one in commenting.threads(atlas.db, tab.scenario_id) if one.is_open]
    where = remark_places.places(atlas, threads)
    return [
        _flag(one, where[one.first.id], chosen=one.first.id == tab.remark) for one in threads if one.first.id in where
    ]


def panel(held: Looking, atlas: Atlas) -> None:
    """Draw the form and the list."""
    threads = commenting.threads(atlas.db, held.scenario_id)
    _writing(held, atlas)
    if not threads:
        show(element("p", t("还没有意见。"), cls="hint"))
    # the one that was pressed on the map comes first
    for thread in sorted(threads, key=lambda one: one.first.id != held.remark):
        _thread(held, thread)


def _writing(held: Looking, atlas: Atlas) -> None:
    with st.container(key="remark_form", gap="small"):
        st.text_area(t("写一条意见"), key=_BODY, max_chars=commenting.LONGEST_BODY, height=68)
        show(element("p", _pin(held, atlas), cls="hint"))
        with st.container(horizontal=True, gap="small"):
            st.button(t("写下意见"), key="remark_add", type="primary", on_click=_add, args=(held,))
            st.button(
                t("取消选点") if held.placing else t("钉在图上一点"), key="remark_place",
                on_click=lambda: setattr(held, "placing", not held.placing),
            )  # fmt: skip


def _pin(held: Looking, atlas: Atlas) -> str:
    if held.placing:
        return t("请在图上单击一点。")
    if held.place is not None:
        return t("将钉在 X(北) {north} Y(东) {east}", north=f"{held.place[1]:.2f}", east=f"{held.place[0]:.2f}")
    if len(held.selection) == 1:
        parcels = atlas.parcels()
        code = str(parcels.codes[int(np.searchsorted(parcels.ids, held.selection[0]))])
        return t("将钉在地块 {code}", code=code)
    return t("请先在图上选中一宗地块，或钉在图上一点。")


def _add(held: Looking) -> None:
    parcel = int(held.selection[0]) if held.place is None and len(held.selection) == 1 else None
    act = partial(
        commenting.add, office.database(), actor=office.actor(), scenario_id=held.scenario_id,
        body=str(st.session_state.get(_BODY, "")), parcel_id=parcel, place=held.place,
    )  # fmt: skip
    made = held.attempt(act, t("意见已记下。"))
    if made is not None:
        held.place, held.remark = None, made.id
        st.session_state[_BODY] = ""


def _thread(held: Looking, thread: Thread) -> None:
    first = thread.first
    with st.container(key=f"remark_{first.id}{'_chosen' if first.id == held.remark else ''}", gap=None):
        show(said(first, thread))
        with st.container(horizontal=True, gap="small"):
            if first.parcel_id is not None:
                st.button(t("定位"), key=f"remark_go_{first.id}", type="tertiary", on_click=_go, args=(held, first))
            st.button(t("回复"), key=f"remark_pick_{first.id}", type="tertiary",
                      on_click=lambda: setattr(held, "remark", first.id))  # fmt: skip
            st.button(
                t("已处理") if thread.is_open else t("重新打开"), key=f"remark_settle_{first.id}", type="tertiary",
                on_click=_settle, args=(held, thread),
            )  # fmt: skip
        if first.id == held.remark:
            with st.container(key="remark_reply", horizontal=True, gap="small"):
                st.text_input(
                    t("回复"), key=f"{_ANSWER}_{first.id}", max_chars=commenting.LONGEST_BODY,
                    label_visibility="collapsed", placeholder=t("写回复"),
                )  # fmt: skip
                st.button(t("发出"), key="remark_send", on_click=_reply, args=(held, first.id))


def said(first: Comment, thread: Thread) -> Html:
    """A remark with its answers."""
    where = first.code or t("图上一点")
    state = element("span", t("待处理") if thread.is_open else t("{by} 已处理", by=first.resolved_by), cls="quiet")
    return element(
        "div",
        element("p", element("strong", f"{first.id} · {where}"), " ", state, cls="remark-head"),
        element("p", first.body, cls="remark-body"),
        element("p", f"{first.by}，{clock_time(first.at)}", cls="quiet remark-who"),
        *(
            element("p", element("span", one.body), " ",
                    element("small", f"{one.by}，{clock_time(one.at)}", cls="quiet"), cls="remark-answer")
            for one in thread.answers
        ),
        cls="remark" if thread.is_open else "remark settled",
    )  # fmt: skip


def _go(held: Looking, first: Comment) -> None:
    held.remark = first.id
    held.select(np.array([first.parcel_id], dtype=np.int64))


def _settle(held: Looking, thread: Thread) -> None:
    act = partial(
        commenting.resolve, office.database(), actor=office.actor(), comment_id=thread.first.id, resolved=thread.is_open
    )
    held.attempt(act, t("意见标为已处理。") if thread.is_open else t("意见已重新打开。"))


def _reply(held: Looking, comment_id: int) -> None:
    # a field of its own for each: an answer half written never goes to another remark
    field = f"{_ANSWER}_{comment_id}"
    body = str(st.session_state.get(field, ""))
    act = partial(commenting.reply, office.database(), actor=office.actor(), comment_id=comment_id, body=body)
    if held.attempt(act, t("回复已记下。")) is not None:
        st.session_state[field] = ""
