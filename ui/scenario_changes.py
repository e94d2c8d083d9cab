"""What changed since a date, or since a scenario was published: who, when, which parcel, from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.schema import LAYERS
from planning import changes, reviewing
from planning.atlas import Atlas
from planning.changes import AS_BASE, ParcelChange
from store.scenarios import Scenario
from ui.markup import element, plain, show
from ui.scenario_state import Looking
from ui.scenario_words import KINDS
from ui.sentences import clock_time, name_of
from ui.words import named, t

_TABLE: Final = "changes_table"
_SINCE: Final = "changes_since"
_DAY: Final = "changes_day"
MOST_ROWS: Final = 2_000


def panel(held: Looking, atlas: Atlas, known: Sequence[Scenario]) -> None:
    """Ask since when, list what changed, and show a row that is pressed on the map."""
    made = reviewing.publications(atlas.db)
    names = {one.id: one.name for one in known}
    since = st.selectbox(
        t("自何时"), [0, *made], key=_SINCE,
        format_func=lambda key: t("某日起") if key == 0 else t("「{name}」发布以来", name=plain(names[key])),
    )  # fmt: skip
    if since:
        moment = datetime.fromisoformat(made[since].at)
    else:
        today = datetime.now().astimezone()
        day = st.date_input(t("日期"), value=(today - timedelta(days=7)).date(), key=_DAY, max_value=today.date())
        moment = datetime.combine(day, datetime.min.time()).astimezone()
    found = changes.changes_since(atlas.db, scenario_id=held.scenario_id, since=moment)
    told = t(
        "{count} 处改动，涉及 {parcels} 宗。", count=figures.count(len(found)),
        parcels=figures.count(len({one.parcel_id for one in found})),
    )  # fmt: skip
    show(element("p", told, cls="looked", role="status"))
    if found:
        _list(held, found, atlas.clusters())


def _list(held: Looking, found: Sequence[ParcelChange], clusters: Sequence[Cluster]) -> None:
    shown = found[:MOST_ROWS]
    if len(found) > len(shown):
        show(element("p", t("只列最近的 {count} 处。", count=figures.count(len(shown))), cls="hint"))
    frame = pd.DataFrame({
        t("时间"): [clock_time(one.at) for one in shown],
        t("谁"): [one.by for one in shown],
        t("地块"): [one.code for one in shown],
        t("改了什么"): [_kind(one) for one in shown],
        t("原值"): [_value(one, one.before, clusters) for one in shown],
        t("现值"): [_value(one, one.after, clusters) for one in shown],
    })  # fmt: skip

    def pressed() -> None:
        picked = st.session_state[_TABLE]["selection"]["rows"]
        held.select(_live([shown[at] for at in picked if at < len(shown)]))

    st.dataframe(frame, key=_TABLE, hide_index=True, height=420, on_select=pressed, selection_mode="multi-row")
    everything = _live(found)
    st.button(t("在图上选中全部 {count} 宗", count=figures.count(len(everything))), key="changes_all",
              on_click=held.select, args=(everything,))  # fmt: skip


def _live(found: Sequence[ParcelChange]) -> np.ndarray:
    return np.unique(np.array([one.parcel_id for one in found if one.live], dtype=np.int64))


def _kind(one: ParcelChange) -> str:
    name = t(KINDS[one.kind])
    return f"{name}：{named(LAYERS['parcels'].field(one.field))}" if one.field in LAYERS["parcels"].keys else name


def _value(one: ParcelChange, value: object, clusters: Sequence[Cluster]) -> str:
    if one.kind == "cluster":
        return t("随底图方案") if value == AS_BASE else name_of(value, clusters)
    if one.kind in {"shape", "born"} and isinstance(value, float):
        return t("{mu} 亩", mu=figures.mu(value))
    return "" if value is None else str(value)
