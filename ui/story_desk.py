"""汇报视图: the story of a scenario on the page 汇报: its views in order, renamed, moved, deleted, and shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from planning import saved_views
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from store.saved_views import SavedView
from ui import brief_mode, office
from ui.markup import element, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import t

_TOLD: Final = "story_told"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a show begins with: scenario, slide, park, theme ("" is the slide's own), the scenario to compare with."""

    scenario_id: int
    template: str
    park: str = ""
    theme: str = ""
    against: int | None = None


def section(tab: Tab, atlas: Atlas, wanted: Wanted) -> None:
    """Draw the way into briefing mode, and the story."""
    scenario_id = wanted.scenario_id
    show(element("h2", t("汇报模式"), cls="section"))
    show(
        element("p", t("全屏放映，也可直接截图；按 → ← 换视图，按住 V 看底图方案，S 保存视图，Esc 退出。"), cls="hint")
    )
    if st.button(t("开始放映"), key="story_start", type="primary", width="stretch"):
        _begin(tab, atlas, wanted)
    story = saved_views.views(atlas.db, scenario_id)
    if not story:
        show(element("p", t("这一方案还没有保存的视图：在汇报模式里摆好图面，按 S 保存。"), cls="hint"))
    for at, view in enumerate(story):
        _view(view, at, len(story))
    for fault in st.session_state.pop(_TOLD, ()):
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))


def _view(view: SavedView, at: int, count: int) -> None:
    with st.container(key=f"story_{view.id}", horizontal=True, vertical_alignment="center", gap="xsmall"):
        # a caption that was refused, or changed by somebody else, is shown as it stands
        key = f"story_name_{view.id}_{view.caption}"
        st.text_input(
            t("第 {number} 个视图的标题", number=at + 1), value=view.caption, key=key, label_visibility="collapsed",
            max_chars=saved_views.LONGEST_CAPTION, on_change=_rename, args=(view.id, key),
        )  # fmt: skip
        for name, label, says, shut, verb in (
            ("up", "↑", t("前移"), at == 0, lambda: _move(view.id, -1)),
            ("down", "↓", t("后移"), at == count - 1, lambda: _move(view.id, 1)),
            ("gone", "×", t("删除"), False, lambda: _delete(view.id)),
        ):
            st.button(
                label, key=f"story_{name}_{view.id}", help=says, type="tertiary", disabled=shut, on_click=_done,
                args=(verb,),
            )  # fmt: skip


def _begin(tab: Tab, atlas: Atlas, wanted: Wanted) -> None:
    if tab.scenario_id != wanted.scenario_id:
        tab.show(atlas.scenario(wanted.scenario_id))
    address = brief_mode.enter(
        wanted.template, wanted.theme or None, park=wanted.park, against=wanted.against, whole=True
    )
    st.switch_page(st.session_state["desk_page"], query_params=address | {"scenario": str(wanted.scenario_id)})


def _rename(view_id: int, key: str) -> None:
    caption = str(st.session_state[key])
    _done(lambda: saved_views.rename(office.database(), actor=office.actor(), view_id=view_id, caption=caption))


def _move(view_id: int, by: int) -> None:
    saved_views.move(office.database(), actor=office.actor(), view_id=view_id, by=by)


def _delete(view_id: int) -> None:
    saved_views.delete(office.database(), actor=office.actor(), view_id=view_id)


def _done(verb: Callable[[], object]) -> None:
    try:
        verb()
    except Refused as refused:
        st.session_state[_TOLD] = refused.faults
    except Busy:
        st.session_state[_TOLD] = (Fault("busy"),)
