"""储备进度: how far the land has come from first thoughts to supply, and where most of it waits."""

from __future__ import annotations

import numpy as np

from briefing import numbers, tally
from briefing.slide import Callout, Column, Kpi, Picture, Slide, Subject, Table
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers import vocabulary

# land that the office holds, cleared or not; and what comes before that
_HELD = ("reserved", "developing", "ready", "announced")
_PARKS = 5
_NEXT = {
    "conceived": "尽快列入收储计划",
    "intended": "启动收储报批",
    "acquiring": "加快签约腾空",
    "reserved": "安排前期开发",
    "developing": "倒排净地时间",
}


def compose(snapshot: Snapshot, _subject: Subject) -> Slide:
    """Say it."""
    everything = np.ones(len(snapshot.stage), dtype=bool)
    held = np.isin(snapshot.stage, [snapshot.stages.index(key) for key in _HELD])
    whole, mine = tally.summed(snapshot, everything), tally.summed(snapshot, held)
    now = tally.summed(snapshot, tally.cleared(snapshot))
    share = numbers.percent(mine.centi_m2, whole.centi_m2)
    return Slide(
        title=f"已入库 {numbers.worded(mine.centi_m2)}，占 {share}；净地可供 {numbers.worded(now.centi_m2)}",
        subtitle="工业用地收储进度",
        kpis=(
            Kpi("全部地块", numbers.headline(whole.centi_m2)),
            Kpi("已入库未供应", numbers.headline(mine.centi_m2)),
            Kpi("净地可供（含公告）", numbers.headline(now.centi_m2)),
        ),
        pieces=(
            parts.stage_bars(snapshot, everything, "储备阶段（色块即图例）"),
            _parks(snapshot),
            parts.signs("管控与道路", parts.ground_signs(snapshot)),
        ),
        callout=_callout(snapshot),
        picture=Picture(
            theme="stage",
            enlarged=tuple(part.key for part in tally.by_park(snapshot, tally.cleared(snapshot)) if part.key),
            figures=_figures(snapshot),
        ),
    )


def _figures(snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    parks = tally.by_park(snapshot, tally.cleared(snapshot))
    return tuple((part.key, f"净地 {numbers.mu_rounded(part.centi_m2)} 亩") for part in parks if part.key)


def _parks(snapshot: Snapshot) -> Table:
    """How full the parks are: those first of which the largest part is supplied already."""
    names, now = snapshot.parcels.column("park").astype(str), tally.cleared(snapshot)
    supplied = ~tally.available(snapshot)
    found = []
    for part in tally.by_park(snapshot, np.ones(len(names), dtype=bool)):
        if part.key:
            mine = names == part.key
            gone, ready = (tally.summed(snapshot, mine & mask).centi_m2 for mask in (supplied, now))
            left = numbers.mu_rounded(part.centi_m2 - gone)
            cells = (parts.park_name(part.key), numbers.percent(gone, part.centi_m2), left, numbers.mu_rounded(ready))
            found.append((gone, part.centi_m2, cells))
    found.sort(key=lambda one: (-one[0] / max(one[1], 1), one[2]))
    columns = (Column("园区", 0.43), Column("已供应", 0.17, "right"), Column("可用，亩", 0.2, "right"),
               Column("净地，亩", 0.2, "right"))  # fmt: skip
    rows = tuple(row for _, _, row in found)
    rest = max(len(rows) - _PARKS, 0)
    return Table("各园区供应程度", "按已供应占比排列", columns, rows[:_PARKS], rest=rest, measure="个")


def _callout(snapshot: Snapshot) -> Callout:
    """Where most of the land waits: the stage before cleared land that holds most of it."""
    everything = np.ones(len(snapshot.stage), dtype=bool)
    waiting = [part for part in tally.by_stage(snapshot, everything) if part.key in _NEXT and part.parcels]
    if not waiting:
        return Callout("没有停在净地之前的地块", "可按计划组织供应。", alert=False)
    most = max(waiting, key=lambda part: part.centi_m2)
    mask = snapshot.stage == snapshot.stages.index(most.key)
    park = next((part for part in tally.by_park(snapshot, mask) if part.key), None)
    where = f"最多的是{parts.park_name(park.key)} {numbers.mu(park.centi_m2)} 亩。" if park else ""
    name = vocabulary.STAGES[most.key].zh
    return Callout(f"存量最大：{name} {numbers.count(most.parcels)} 宗 {numbers.worded(most.centi_m2)}",
                   f"{where}建议{_NEXT[most.key]}。")  # fmt: skip
