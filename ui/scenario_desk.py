"""方案: the tree of scenarios and two of them on the map; compared, merged, reviewed, remarked on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from planning import commenting, comparing, remark_places
from planning.atlas import Atlas
from planning.comparing import Comparison
from store.scenarios import Scenario
from ui import (
    office,
    scenario_changes,
    scenario_compare,
    scenario_merge,
    scenario_remarks,
    scenario_review,
    scenario_tree,
)
from ui.desk_map import Act, desk_map
from ui.desk_map.other import other_scenario
from ui.markup import each, element, show
from ui.opening import ready
from ui.scenario_state import SEEN, Looking, Seen, looking
from ui.scenario_words import labelled
from ui.sentences import fault_sentence
from ui.session import Ids
from ui.words import language, t

MAP_KEY: Final = "scenario_map"
_FRONT: Final = "scenario_front"


def page() -> None:
    """Draw the page; everything on it is one fragment, so that what is pressed on the map is one short run."""
    atlas = office.atlas()
    work(looking(atlas, ready(atlas).scenario_id))


@st.fragment
def work(held: Looking) -> None:
    """Which two scenarios, the map of both, and beside it what is to be known and done."""
    atlas = office.atlas()
    known = atlas.scenarios()
    _choices(held, known)
    pair = comparing.compare(atlas, held.other_id, held.scenario_id)
    with st.container(key="desk", horizontal=True, wrap=False, gap="small"):
        with st.container(key="desk_left"):
            _map(held, atlas, pair)
        with st.container(key="scenario_panel"):
            _outcome(held)
            _panel(held, atlas, pair, known)


def _choices(held: Looking, known: Sequence[Scenario]) -> None:
    by_id = {one.id: one for one in known}
    st.session_state["scenario_shown"], st.session_state["scenario_other"] = held.scenario_id, held.other_id
    st.session_state["scenario_seen"], st.session_state["scenario_pale"] = held.seen, held.pale
    with st.container(key="tools", horizontal=True, vertical_alignment="center", gap="small"):
        st.selectbox(
            t("方案"), list(by_id), key="scenario_shown", label_visibility="collapsed", width=230,
            format_func=lambda key: labelled(by_id[key]), help=None,
            on_change=lambda: held.look_at(int(st.session_state["scenario_shown"])),
        )  # fmt: skip
        show(element("span", t("对照"), cls="quiet"))
        st.selectbox(
            t("对照方案"), list(by_id), key="scenario_other", label_visibility="collapsed", width=230,
            format_func=lambda key: labelled(by_id[key]),
            on_change=lambda: setattr(held, "other_id", int(st.session_state["scenario_other"])),
        )  # fmt: skip
        st.segmented_control(
            t("怎么看"), SEEN, key="scenario_seen", required=True, label_visibility="collapsed", format_func=_seen_name,
            on_change=lambda: setattr(held, "seen", st.session_state["scenario_seen"]), width="content",
        )  # fmt: skip
        st.toggle(
            t("淡化相同的地块"), key="scenario_pale", disabled=held.seen == "one",
            on_change=lambda: setattr(held, "pale", bool(st.session_state["scenario_pale"])),
        )  # fmt: skip


def _seen_name(seen: Seen) -> str:
    return {"swipe": t("卷帘"), "split": t("两图并列"), "one": t("只看方案")}[seen]


def _map(held: Looking, atlas: Atlas, pair: Comparison) -> None:
    names = (labelled(pair.a.scenario), labelled(pair.b.scenario))
    shown = pair.a if held.seen != "one" else atlas.scenario(pair.b.scenario.base_id or pair.b.scenario.id)
    changed = pair.rows if held.pale and held.seen != "one" else None
    threads = commenting.threads(atlas.db, held.scenario_id)
    where = remark_places.places(atlas, threads)

    def selected(ids: Ids) -> None:
        held.selection = ids

    desk_map(
        key=MAP_KEY, atlas=atlas, state=pair.b, command=held.command,
        over={
            "compare": other_scenario(atlas, shown, "hold" if held.seen == "one" else held.seen, names, changed),
            "remarks": scenario_remarks.flags(held, threads, where),
            "placing": held.placing,
        },
        on_selection=selected, on_act=partial(_obey, held, atlas),
    )  # fmt: skip


def _obey(held: Looking, atlas: Atlas, act: Act) -> None:
    if act.verb == "remark" and isinstance(act.value, int):
        held.remark = act.value
        st.session_state[f"{_FRONT}_{language()}"] = t("意见")
    elif act.verb == "place" and held.placing:
        lon, _, lat = str(act.value).partition(",")
        held.place, held.placing = remark_places.pressed(atlas, float(lon), float(lat)), False


def _outcome(held: Looking) -> None:
    if held.faults:
        said = each(element("span", fault_sentence(one)) for one in held.faults)
        show(element("p", said, cls="alert", role="alert"))
    elif held.said:
        show(element("p", held.said, cls="done", role="status"))


def _panel(held: Looking, atlas: Atlas, pair: Comparison, known: Sequence[Scenario]) -> None:
    """Draw the tabs; the one that is not in front costs nothing."""
    drawn: dict[str, Callable[[], None]] = {
        t("方案树"): lambda: scenario_tree.panel(held, atlas),
        t("对比"): lambda: scenario_compare.panel(held, pair, atlas.clusters()),
        t("合并"): lambda: scenario_merge.panel(held, atlas, pair),
        t("审核"): lambda: scenario_review.panel(held, atlas, pair.b.scenario),
        t("意见"): lambda: scenario_remarks.panel(held, atlas),
        t("改动"): lambda: scenario_changes.panel(held, atlas, known),
    }
    tabs = st.tabs(list(drawn), key=f"{_FRONT}_{language()}", on_change="rerun")
    for tab, draw in zip(tabs, drawn.values(), strict=True):
        with tab:
            if tab.open:
                draw()
