"""Two people painted the same parcels: show what it was, what I want and what the other made it, and let me choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from planning.errors import Clash
from ui import desk_acts
from ui.markup import element, plain, show
from ui.sentences import clock_time
from ui.session import Tab
from ui.words import cluster_name, t

MOST_ROWS: Final = 50  # beyond this many a person decides for all at once
_CHOICE: Final = "clash_{}"


def ask(tab: Tab, clusters: Sequence[Cluster]) -> None:
    """Open the dialog for the kept conflict."""

    @st.dialog(t("他人已修改这些地块"), width="large", on_dismiss=lambda: desk_acts.set_aside(tab))
    def opened() -> None:
        if tab.pending is None or not tab.asking:
            st.rerun()
        else:
            _dialog(tab, tab.pending.clashes, {one.code: cluster_name(one) for one in clusters})

    opened()


def choices(clashes: Sequence[Clash]) -> set[int]:
    """Parcels for which this person keeps their own value, as the dialog stands."""
    return {one.parcel_id for one in clashes if st.session_state.get(_CHOICE.format(one.parcel_id)) == "mine"}


def _dialog(tab: Tab, clashes: Sequence[Clash], names: Mapping[str, str]) -> None:
    show(
        element(
            "p", t("你打开这一方案之后，下列地块已被改动。逐宗选择采用谁的，或一次决定全部；关闭窗口不会丢失你的操作。")
        )
    )
    everyone = [one.parcel_id for one in clashes]
    with st.container(horizontal=True):
        st.button(t("全部用我的"), key="all_mine", on_click=desk_acts.settle, args=(tab,), kwargs={"mine": everyone})
        st.button(t("全部用对方的"), key="all_theirs", on_click=desk_acts.settle, args=(tab,), kwargs={"mine": []})
    if len(clashes) <= MOST_ROWS:
        with st.container(key="clashes"):
            for clash in clashes:
                _row(clash, names)
        st.button(
            t("按所选处理"), key="settle_chosen", type="primary",
            on_click=lambda: desk_acts.settle(tab, mine=choices(clashes)),
        )  # fmt: skip
    else:
        show(element("p", t("共 {count} 宗，请一次决定全部。", count=figures.count(len(clashes)))))
        _some(clashes[:MOST_ROWS], names)


def _row(clash: Clash, names: Mapping[str, str]) -> None:
    said, asked = st.columns([3, 2], vertical_alignment="center")
    with said:
        show(
            element(
                "p",
                element("strong", clash.code), " ",
                element("span", t("原值"), " ", named(clash.old, names), cls="quiet"), " · ",
                element("span", t("我的"), " ", named(clash.mine, names)), " · ",
                element("span", t("对方"), " ", named(clash.theirs, names)),
                element("small", t("{by}，{at}", by=clash.by, at=clock_time(clash.at)), cls="quiet who"),
                cls="clash",
            )
        )  # fmt: skip
    with asked:
        st.segmented_control(
            t("{code} 采用谁的", code=plain(clash.code)), ["mine", "theirs"], default="theirs", required=True,
            format_func=lambda key: t("用我的") if key == "mine" else t("用对方的"),
            key=_CHOICE.format(clash.parcel_id), label_visibility="collapsed",
        )  # fmt: skip


def _some(clashes: Sequence[Clash], names: Mapping[str, str]) -> None:
    head = element(
        "tr", *(element("th", name, scope="col") for name in (t("地块"), t("原值"), t("我的"), t("对方"), t("修改人")))
    )
    rows = [
        element("tr", *(element("td", text) for text in (
            clash.code, named(clash.old, names), named(clash.mine, names), named(clash.theirs, names), clash.by,
        )))
        for clash in clashes
    ]  # fmt: skip
    show(element("table", element("thead", head), element("tbody", *rows), cls="clashes"))


def named(code: object, names: Mapping[str, str]) -> str:
    """Name a cluster by its code; none is said as unassigned."""
    return t("未分配") if code is None else names.get(str(code), str(code))
