"""道路 beside the map: what is ready at a time, whom a road holds up, and what another opening would move."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import streamlit as st

from layers import figures
from layers.readiness import STATES, quarter_of
from layers.style import READINESS_FILLS
from planning.atlas import Atlas
from planning.errors import Refused
from planning.readiness import Moved, Readiness, day_of, moved, projects, readiness
from planning.road_lines import road_line
from planning.road_openings import set_opening
from ui import desk_acts
from ui.desk_overview import facts
from ui.markup import Html, each, element, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import t, unit

_AT, _ROAD = "roads_at", "roads_road"
_TRY: Final = "roads_try_{}_{}"  # by road and by what is stored: after an act the field shows what holds
_NO_ROAD: Final = 0
LISTED: Final = 30

STATE_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "ready": "已就绪",
    "waits_road": "等道路",
    "waits_land": "等净地",
    "no_road": "不临路",
    "unplanned": "未排期",
    "supplied": "已供应",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """What the panel found in this run, for the map: the day, the readiness as tried, and the road looked at."""

    day: date
    found: Readiness
    road: int | None


def roads_panel(tab: Tab, atlas: Atlas) -> None:
    """Draw the panel."""
    st.session_state.pop("roads_shown", None)
    with st.container(key="roads_panel", gap="small"):
        try:
            _panel(tab, atlas)
        except Refused as refused:
            show(element("p", *(fault_sentence(fault) for fault in refused.faults), cls="alert", role="alert"))


def tint(atlas: Atlas) -> dict[str, Any]:
    """What the map paints instead of clusters: the state of each parcel on the day, its legend, and the road."""
    held = st.session_state.get("roads_shown")
    if not isinstance(held, Shown) or held.found.parcels.revision != atlas.revision("parcels"):
        return {}
    states = held.found.at(held.day)
    parcels = held.found.parcels
    counts = np.bincount(states, minlength=len(STATES))
    sums = [int(parcels.centi_m2[states == at].sum()) for at in range(len(STATES))]
    packed = base64.b64encode(states.tobytes()).decode("ascii")
    told: dict[str, Any] = {
        "theme": "readiness",
        "tint": {"key": packed, "fills": [READINESS_FILLS[one] for one in STATES]},
        "legend": [
            {"class": at, "name": t(STATE_NAMES[one]), "count": int(counts[at]),
             "mu": round(float(Decimal(sums[at]).scaleb(-2) * figures.MU_PER_M2), 4)}
            for at, one in enumerate(STATES) if counts[at]
        ],
    }  # fmt: skip
    if held.road is not None:
        told["mark"] = _road_mark(held.found, held.road)
    return told


def _panel(tab: Tab, atlas: Atlas) -> None:
    now = readiness(atlas)
    today = date.today()  # noqa: DTZ011  # the office's own calendar day
    ends = now.quarters(today)
    standing = max((one for one in ends if one <= _quarter_end(ends, today)), default=ends[0])
    if st.session_state.get(_AT) not in ends:
        st.session_state[_AT] = standing
    day = st.select_slider(t("看到哪一季度末"), ends, key=_AT, format_func=quarter_name)
    road = _road(now)
    found, tried = (now, None) if road is None else _tried(tab, atlas, now, road)
    st.session_state["roads_shown"] = Shown(day, found, road)
    # who asked for a road wants to see whom it moves before all else
    if road is not None:
        _held_up(tab, now, found, road, day, is_tried=tried)
    show(_table(found, day))
    with st.expander(t("依据与算法")):
        show(_method(now))


def _quarter_end(ends: Sequence[date], today: date) -> date:
    return next((one for one in ends if one >= today), ends[-1])


def quarter_name(day: date) -> str:
    """A quarter as it is spoken of."""
    year, quarter = quarter_of(day)
    return t("{year} 年第 {quarter} 季度", year=year, quarter=quarter)


def _road(now: Readiness) -> int | None:
    # those that hold up most come first
    rows = sorted(projects(now.roads).tolist(), key=lambda row: -len(now.dependants(row)))
    ids = [int(now.roads.ids[row]) for row in rows]
    names = {key: _road_line(now, row) for key, row in zip(ids, rows, strict=True)}
    if st.session_state.get(_ROAD, _NO_ROAD) not in {_NO_ROAD, *ids}:
        st.session_state[_ROAD] = _NO_ROAD
    chosen = st.selectbox(
        t("道路工程"), [_NO_ROAD, *ids], key=_ROAD, label_visibility="collapsed",
        format_func=lambda key: names[key] if key else t("选一条在建或规划道路，看它影响谁"),
    )  # fmt: skip
    return None if not chosen else rows[ids.index(chosen)]


def _road_line(now: Readiness, row: int) -> str:
    count = len(now.dependants(row))
    return t("{road}（{opening}）· {count} 宗靠它", road=road_name(now, row), opening=_opening(now, row), count=count)


def road_name(found: Readiness, row: int) -> str:
    """The name of a road, else its code."""
    name = found.roads.frame["name"].iloc[row]
    return name if isinstance(name, str) and name else str(found.roads.codes[row])


def _opening(found: Readiness, row: int) -> str:
    day = day_of(found.opens[row])
    if day is not None:
        return day.isoformat()
    words = found.roads.frame["opening"].iloc[row]
    return words if isinstance(words, str) and words else t("通车时间未定")


def _tried(tab: Tab, atlas: Atlas, now: Readiness, road: int) -> tuple[Readiness, bool]:
    """Ask for another opening and work it through; nothing is written until the button says so."""
    key = int(now.roads.ids[road])
    stored = day_of(now.opens[road])
    words = now.roads.frame["opening"].iloc[road]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        wanted = st.date_input(
            t("试一个通车日期"), value=stored, key=_TRY.format(key, words), format="YYYY-MM-DD",
            min_value=date(2000, 1, 1), max_value=date(2099, 12, 31),
        )  # fmt: skip
    day = wanted if isinstance(wanted, date) else None
    with right:
        st.button(
            t("改为这个日期"), key="roads_write", type="primary", width="stretch", disabled=day == stored,
            on_click=_write, args=(tab, key, day, int(now.roads.frame["version"].iloc[road])),
        )  # fmt: skip
    if day == stored:
        return now, False
    show(element("p", t("正在试算，没有保存；图和下表按试的日期显示。"), cls="hint", role="status"))
    return readiness(atlas, openings={key: day}), True


def _write(tab: Tab, road_id: int, day: date | None, version: int) -> None:
    def written(db: Any, **act: Any) -> Any:
        return set_opening(db, road_id=road_id, opening=day, seen=version, **act)

    desk_acts.step(tab, written)
    # another revision of a layer lets the browser's selection go: it is given again
    tab.select(tab.selection)


def _table(found: Readiness, day: date) -> Html:
    states = found.at(day)
    head = element(
        "tr", element("th", t("{quarter}末", quarter=quarter_name(day)), scope="col", cls="section"),
        element("th", unit("亩"), scope="col", cls="figure"), element("th", unit("宗"), scope="col", cls="figure"),
    )  # fmt: skip
    rows = []
    for at, state in enumerate(STATES):
        member = states == at
        if member.any():
            area = Decimal(int(found.parcels.centi_m2[member].sum())).scaleb(-2)
            sign = element("span", cls="swatch", style={"background": READINESS_FILLS[state]})
            rows.append(
                element(
                    "tr", element("th", element("div", sign, element("span", t(STATE_NAMES[state])), cls="named"),
                                  scope="row"),
                    element("td", figures.mu_total(area), cls="figure"),
                    element("td", figures.count(int(member.sum())), cls="figure quiet"),
                )
            )  # fmt: skip
    return element("table", element("thead", head), element("tbody", each(rows)), cls="grid readiness")


def _held_up(tab: Tab, now: Readiness, found: Readiness, road: int, day: date, *, is_tried: bool | None) -> None:
    """Whom the road holds up; with a date that is tried, whom it moves, from when to when."""
    rows = now.dependants(road)
    ids = now.parcels.ids[rows]
    area = Decimal(int(now.parcels.centi_m2[rows].sum())).scaleb(-2)
    name = road_name(now, road)
    show(element("h3", t("靠「{road}」通路的地块", road=name), cls="section"))
    if not len(rows):
        show(element("p", t("没有地块只靠这条路：临它的地块都另有已建道路，或已供应。"), cls="hint"))
        return
    show(facts((
        (t("地块"), t("{count} 宗", count=figures.count(len(rows)))), (t("面积"), f"{figures.mu(area)} {unit('亩')}"),
    )))  # fmt: skip
    st.button(t("在图上选中"), key="roads_select", on_click=_select, args=(tab, ids))
    if is_tried:
        told = moved(now, found, day)
        show(element("p", t("改期会改变 {count} 宗的就绪时间：", count=_count(len(told))), cls="hint"))
        if told:
            show(_moves(told))
        return
    show(_list(now, rows, day))


def _moves(told: Sequence[Moved]) -> Html:
    heads = (t("编号"), t("原就绪"), t("改后"), t("得分"))
    rows = [
        element(
            "tr", element("th", one.code, scope="row"), element("td", _day(one.before)), element("td", _day(one.after)),
            element("td", f"{_points(one.score_before)} → {_points(one.score_after)}", cls="figure"),
        )
        for one in told[:LISTED]
    ]  # fmt: skip
    return _listed(heads, rows, len(told))


def _list(now: Readiness, rows: np.ndarray[Any, np.dtype[np.int64]], day: date) -> Html:
    heads = (t("编号"), t("净地"), t("就绪"), t("得分"))
    points, ready = now.score(day), now.ready_on
    lines = [
        element(
            "tr", element("th", str(now.parcels.codes[row]), scope="row"), element("td", _day(day_of(now.land[row]))),
            element("td", _day(day_of(ready[row]))), element("td", _points(float(points[row])), cls="figure"),
        )
        for row in rows[:LISTED].tolist()
    ]  # fmt: skip
    return _listed(heads, lines, len(rows))


def _listed(heads: Sequence[str], rows: Sequence[Html], count: int) -> Html:
    last = heads[-1]
    head = element("tr", *(element("th", name, scope="col", cls="figure" if name == last else None) for name in heads))
    more = element("p", t("另有 {count} 宗。", count=count - len(rows)), cls="hint") if count > len(rows) else None
    return element("div", element("table", element("thead", head), element("tbody", each(rows)), cls="grid"), more)


def _day(day: date | None) -> str:
    if day is None:
        return t("未定")
    return t("已具备") if day == date.min else day.isoformat()


def _points(score: float) -> str:
    return figures.fixed(score, 1) if score else "0"


def _select(tab: Tab, ids: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    tab.outcome = None
    tab.select(ids, fly=True)


def _road_mark(found: Readiness, road: int) -> dict[str, Any]:
    """The road in red, flown to when it is another."""
    line = road_line(found.roads, road)
    seq = f"road-{int(found.roads.ids[road])}"
    return {"seq": seq, "bounds": line.bounds, "place": None, "fault": line.lines, "after": []}


def _method(now: Readiness) -> Html:
    rule = now.rule
    return element("ul", *(element("li", sentence) for sentence in (
        t("就绪日期 = 净地日期与通路日期中较晚的一个。阶段已是净地的，不再等净地。"),
        t("临路：地块边界正对道路，相距 {distance} 米以内，中间没有别的地块，长 {frontage} 米以上；高速公路不算。",
          distance=figures.trimmed(rule.access_distance_m), frontage=figures.trimmed(rule.access_frontage_m)),
        t("临一条已建道路就算已通路；只临在建或规划道路的，等其中最早通车的一条；通车时间没有写明日期的，就绪时间未定。"),
        t("就绪得分：当时已就绪得 10 分，每晚一个月匀减，晚 {months} 个月及以上或未定为 0 分。",
          months=figures.trimmed(rule.score_zero_months)),
        t("以上口径在规则表 readiness.csv 里，每条都写有依据，可以修改。"),
    )), cls="notes")  # fmt: skip


def _count(number: int) -> int | str:
    return number if number == 1 else figures.count(number)
