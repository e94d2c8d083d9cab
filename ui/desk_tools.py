"""The tool row above the map: which scenario, which theme, undo and redo, and ways to select."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from layers.style import THEMES, Theme
from planning.atlas import Atlas, behind
from store.scenarios import Scenario
from ui import conditions, desk_acts, desk_check, desk_edit, office
from ui.markup import each, element, plain, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import t

POLL_SECONDS: Final = 1.2  # how soon a person sees what somebody else painted, less the run that draws it
_NAME: Final = "scenario_name"


def tool_row(tab: Tab, atlas: Atlas, to_briefing: Callable[[Tab], None]) -> None:
    """Draw the row; ``to_briefing`` lays the desk out as a slide."""
    with st.container(key="tools", horizontal=True, vertical_alignment="center", gap="small"):
        _scenario(tab, atlas.scenarios())
        _theme(tab)
        st.button(t("撤销"), key="undo", help=t("撤销本方案最近一步（Ctrl+Z）"), on_click=desk_acts.undo, args=(tab,),
                  disabled=not tab.editable)  # fmt: skip
        st.button(t("重做"), key="redo", help=t("重做（Ctrl+Y）"), on_click=desk_acts.redo, args=(tab,),
                  disabled=not tab.editable)  # fmt: skip
        with st.popover(t("按条件选择"), key="by_condition", width="content"):
            conditions.select_form(tab, atlas)
        desk_edit.opener(tab)
        st.button(t("下一宗未分配"), key="next_unassigned", on_click=desk_acts.next_unassigned, args=(tab,))
        desk_check.opener(tab)
        st.button(
            t("汇报模式"),
            key="brief_enter",
            help=t("把当前图面排成一页汇报，直接截图可用"),
            on_click=to_briefing,
            args=(tab,),
        )
        others(tab)


def scenario_name(scenario: Scenario) -> str:
    """A scenario's name; the base is the product's word, not a person's."""
    return t("现状") if scenario.base_id is None else scenario.name


def theme_name(theme: Theme) -> str:
    """What the colours of the map say."""
    return {"cluster": t("产业集群"), "stage": t("储备阶段"), "area": t("地块面积")}[theme]


@st.fragment(run_every=POLL_SECONDS)
def others(tab: Tab) -> None:
    """Take in what others changed since this tab's picture was taken, and say so; offer it to who is in the middle."""
    atlas = office.atlas()
    if desk_acts.keep_up(tab, atlas):
        # the map and the panel stand in the fragment around this one, which has kept up by itself when it ran
        st.rerun()
    if not desk_acts.occupied(tab):
        if tab.news.ids and st.button(
            t("{by} 改了 {count} 宗 · 查看", by=plain("、".join(tab.news.by)), count=len(tab.news.ids)),
            key="load_others",
        ):
            desk_acts.look_at_news(tab)
            st.rerun()
        return
    count = behind(atlas.db, tab.shown)
    if count and st.button(t("他人改了 {count} 宗 · 载入", count=count), key="load_others"):
        desk_acts.load(tab, atlas)
        st.rerun()


def _scenario(tab: Tab, scenarios: Sequence[Scenario]) -> None:
    by_id = {one.id: one for one in scenarios}
    st.session_state["scenario_choice"] = tab.scenario_id
    st.selectbox(
        t("方案"), list(by_id), key="scenario_choice", label_visibility="collapsed", width=230,
        format_func=lambda key: scenario_name(by_id[key]),
        on_change=lambda: desk_acts.open_scenario(tab, int(st.session_state["scenario_choice"])),
    )  # fmt: skip
    with st.popover(t("方案管理"), key="scenario_menu", width="content"):
        _new(tab, by_id[tab.scenario_id])


def _new(tab: Tab, shown: Scenario) -> None:
    st.text_input(t("名称"), key=_NAME, max_chars=60, placeholder=t("方案名称"))
    # never shut for want of a name: the field is heard only when it is left, and leaving it for a shut button is lost
    st.button(t("新建方案（从现状起）"), key="scenario_new", width="stretch",
              on_click=_named, args=(tab, desk_acts.new_scenario))  # fmt: skip
    st.button(t("复制「{name}」", name=plain(scenario_name(shown))), key="scenario_copy", width="stretch",
              on_click=_named, args=(tab, desk_acts.duplicate_scenario))  # fmt: skip
    st.button(t("重命名「{name}」", name=plain(scenario_name(shown))), key="scenario_rename", width="stretch",
              disabled=shown.base_id is None, on_click=_named, args=(tab, desk_acts.rename_scenario))  # fmt: skip
    if tab.outcome is not None and tab.outcome.faults:
        show(element("p", each(fault_sentence(one) for one in tab.outcome.faults), cls="alert", role="alert"))


def _named(tab: Tab, verb: Callable[..., None]) -> None:
    """Do it with the name as it stands now, and empty the field when it is done."""
    verb(tab, name=str(st.session_state.get(_NAME, "")))
    if tab.outcome is None or not tab.outcome.faults:
        st.session_state[_NAME] = ""


def _theme(tab: Tab) -> None:
    st.session_state["theme_choice"] = tab.theme
    st.selectbox(
        t("专题"), list(THEMES), key="theme_choice", label_visibility="collapsed", width=150, format_func=theme_name,
        on_change=lambda: setattr(tab, "theme", st.session_state["theme_choice"]),
    )  # fmt: skip
