"""The tree of scenarios: which builds on which, by how much each differs, and making, copying and naming them."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from layers import figures
from planning import families, scenarios
from planning.atlas import Atlas
from planning.families import Branch
from store.scenarios import Scenario
from ui import office
from ui.markup import element, show
from ui.scenario_state import Looking
from ui.scenario_words import labelled, state_name
from ui.words import t

_NAME: Final = "tree_name"


def panel(held: Looking, atlas: Atlas) -> None:
    """Draw the tree and what can be done with the scenario in front."""
    with st.container(key="tree", gap=None):
        for one in families.tree(atlas):
            _branch(held, one)
    shown = atlas.scenario(held.scenario_id).scenario
    show(element("h3", t("「{name}」", name=labelled_plain(shown)), cls="section"))
    st.text_input(t("名称"), key=_NAME, max_chars=60, placeholder=t("方案名称"))
    with st.container(key="tree_acts", horizontal=True, gap="small"):
        st.button(t("以此为底新建"), key="tree_new", on_click=_named, args=(held, shown, "new"))
        st.button(t("复制"), key="tree_copy", on_click=_named, args=(held, shown, "copy"))
        st.button(
            t("改名"), key="tree_rename", on_click=_named, args=(held, shown, "rename"), disabled=not shown.editable
        )


def labelled_plain(one: Scenario) -> str:
    """A scenario's name as text for our own markup, which escapes it."""
    return t("现状") if one.base_id is None else one.name


def _branch(held: Looking, one: Branch) -> None:
    chosen = "_chosen" if one.scenario.id == held.scenario_id else ""
    with st.container(
        key=f"branch_{one.scenario.id}{chosen}", horizontal=True, vertical_alignment="center", gap="small"
    ):
        indent = "\u3000" * max(0, one.depth - 1) + ("└ " if one.depth else "")
        st.button(
            indent + labelled(one.scenario).partition("（")[0], key=f"branch_open_{one.scenario.id}", type="tertiary",
            on_click=held.look_at, args=(one.scenario.id,),
        )  # fmt: skip
        facts = (
            t("差 {count} 宗 · {mu} 亩", count=figures.count(one.differs), mu=figures.fixed(one.mu, 2))
            if one.differs
            else t("与底相同")
        )
        state = element("span", state_name(one.scenario), cls=f"state {one.scenario.state}")
        show(element("p", state if one.depth else "", element("span", facts if one.depth else ""), cls="branch"))


def _named(held: Looking, shown: Scenario, verb: str) -> None:
    """Do it with the name as it stands now, and empty the field when it is done."""
    name = str(st.session_state.get(_NAME, ""))
    db, actor = office.database(), office.actor()
    acts = {
        "new": partial(scenarios.new, db, actor=actor, name=name, base=shown.id),
        "copy": partial(scenarios.duplicate, db, actor=actor, scenario_id=shown.id, name=name),
        "rename": partial(scenarios.rename, db, actor=actor, scenario_id=shown.id, name=name),
    }
    said = {"new": t("已新建方案。"), "copy": t("已复制方案。"), "rename": t("已改名。")}
    made = held.attempt(acts[verb], said[verb])
    if made is not None:
        kept = held.said
        if verb != "rename":
            held.other_id = shown.id
        held.look_at(made.id)
        held.said = kept
        st.session_state[_NAME] = ""
