"""道路配套: roads under way and planned, schools and housing, and the land that they open up."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from briefing import numbers, tally
from briefing.slide import Callout, Column, Kpi, Picture, Slide, Subject, Table
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers import vocabulary
from layers.figures import Figure

# how near to a road under way land counts as opened up by it
NEAR_M: Final = 150.0
_ROADS, _FACILITIES = 7, 8


def compose(snapshot: Snapshot, _subject: Subject) -> Slide:
    """Say it."""
    roads = snapshot.layers["roads"]
    building, planned = roads.where("state", "construction"), roads.where("state", "planned")
    near = _near(snapshot, building)
    opened = tally.summed(snapshot, near)
    length = float(shapely.length(building).sum())
    places = len(snapshot.layers["facilities"])
    title = "没有在建道路"
    if length:
        land = numbers.worded(opened.centi_m2)
        title = f"在建道路 {numbers.kilometres(length)} 千米，沿线 {NEAR_M:g} 米内有可用储备 {land}"
    parks = tally.by_park(snapshot, near)
    return Slide(
        title=title,
        subtitle="道路工程与公共配套",
        kpis=(
            Kpi("在建道路", Figure(numbers.kilometres(length), "千米")),
            Kpi("规划道路", Figure(numbers.kilometres(float(shapely.length(planned).sum())), "千米")),
            Kpi("配套设施", Figure(numbers.count(places), "处")),
        ),
        pieces=(_projects(snapshot), _facilities(snapshot)),
        callout=_callout(snapshot, near, opened),
        picture=Picture(
            theme="quiet", conflicts=False, projects=True,
            enlarged=tuple(part.key for part in parks if part.key),
            figures=tuple((part.key, f"沿线 {numbers.mu_rounded(part.centi_m2)} 亩") for part in parks if part.key),
        ),
    )  # fmt: skip


def _near(snapshot: Snapshot, roads: np.ndarray) -> tally.Mask:
    available = tally.available(snapshot)
    if not len(roads) or not len(available):
        return np.zeros(len(available), dtype=bool)
    near = np.asarray(shapely.dwithin(snapshot.parcels.geoms, shapely.union_all(roads), NEAR_M))
    return np.asarray(available & near)


def _projects(snapshot: Snapshot) -> Table:
    """Roads by name: those with a name of their own first, works before plans, then the longest."""
    layer = snapshot.layers["roads"]
    lengths: dict[tuple[str, str], float] = {}
    mine: dict[tuple[str, str], list[int]] = {}
    openings: dict[str, str] = {}
    columns = (layer.columns[key] for key in ("name", "state", "opening"))
    for row, (name, state, opening, metres) in enumerate(zip(*columns, shapely.length(layer.geoms), strict=True)):
        if name and state in {"construction", "planned"}:
            lengths[name, state] = lengths.get((name, state), 0.0) + float(metres)
            openings[name] = openings.get(name, "") or opening
            mine.setdefault((name, state), []).append(row)
    order = sorted(lengths, key=lambda one: (one[0][-1:].isdecimal(), one[1] != "construction",
                                             -lengths[one], one[0]))  # fmt: skip
    rows = tuple(
        (name, vocabulary.ROAD_STATES[state].zh, numbers.kilometres(lengths[name, state]), openings[name] or "—",
         numbers.mu_rounded(tally.summed(snapshot, _near(snapshot, layer.geoms[mine[name, state]])).centi_m2))
        for name, state in order[:_ROADS]
    )  # fmt: skip
    heads = (
        Column("道路", 0.28),
        Column("状态", 0.12),
        Column("千米", 0.13, "right"),
        Column("计划通车", 0.27, "right"),
        Column("沿线，亩", 0.20, "right"),
    )
    return Table("道路工程", f"在建、规划共 {len(order)} 条", heads, rows, rest=len(order) - len(rows), measure="条")


def _facilities(snapshot: Snapshot) -> Table:
    layer = snapshot.layers["facilities"]
    rows = tuple(
        (name, _zh(vocabulary.FACILITY_KINDS, kind), milestone or _zh(vocabulary.FACILITY_STATES, state) or "—")
        for name, kind, state, milestone in zip(
            *(layer.columns[key] for key in ("name", "kind", "state", "milestone")), strict=True
        )
    )
    columns = (Column("设施", 0.50), Column("类别", 0.18), Column("节点", 0.32, "right"))
    rest = max(len(rows) - _FACILITIES, 0)
    return Table("学校与住房", f"{len(layer)} 处", columns, rows[:_FACILITIES], rest=rest, measure="处")


def _zh(terms: vocabulary.Vocabulary, key: str) -> str:
    return terms[key].zh if key in terms else ""


def _callout(snapshot: Snapshot, near: tally.Mask, opened: tally.Sum) -> Callout:
    if not opened.parcels:
        return Callout("在建道路沿线没有可用储备", "供地时序可不受道路工期限制。", alert=False)
    now = tally.summed(snapshot, near & tally.cleared(snapshot))
    rest = opened.parcels - now.parcels
    first = next((part for part in tally.by_park(snapshot, near) if part.key), None)
    where = f"最多的是{parts.park_name(first.key)} {numbers.mu(first.centi_m2)} 亩。" if first else ""
    return Callout(
        f"随路可供：{numbers.count(opened.parcels)} 宗，其中 {numbers.count(rest)} 宗还不是净地",
        f"{where}建议与道路通车同步倒排净地时间。",
    )
