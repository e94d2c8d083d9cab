"""集群分区: how the land is dealt out to the clusters, which leads in which park, and what is left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from briefing import numbers, tally
from briefing.slide import Callout, Column, Kpi, Picture, Slide, Subject, Table
from briefing.snapshot import NONE, Snapshot
from briefing.templates import parts
from layers.figures import Figure

_ROWS: Final = 7


def compose(snapshot: Snapshot, _subject: Subject) -> Slide:
    """Say it."""
    available = tally.available(snapshot)
    decided, open_ = available & (snapshot.cluster != NONE), available & (snapshot.cluster == NONE)
    placed, left = tally.summed(snapshot, decided), tally.summed(snapshot, open_)
    known = {one.code: one.name_zh for one in snapshot.clusters}
    shares = [part for part in tally.by_cluster(snapshot, available) if part.key]
    title = "还没有地块分到产业集群"
    if shares:
        first = shares[0]
        title = (
            f"{len(shares)} 个集群落位 {numbers.worded(placed.centi_m2)}，{known[first.key]}最大，"
            f"{numbers.worded(first.centi_m2)}，占 {numbers.percent(first.centi_m2, placed.centi_m2)}"
        )
    leaders = _leaders(snapshot, available)
    return Slide(
        title=title,
        subtitle="产业集群分区与各园区主导集群",
        kpis=(
            Kpi("已定集群", numbers.headline(placed.centi_m2)),
            Kpi("未定集群", numbers.headline(left.centi_m2), alert=left.parcels > 0),
            Kpi("落位集群", Figure(numbers.count(len(shares)), "个")),
        ),
        pieces=(parts.cluster_bars(snapshot, available, "产业集群（色块即图例）"), _table(leaders)),
        callout=_callout(snapshot, open_, left),
        picture=Picture(
            enlarged=tuple(part.key for part in tally.by_park(snapshot, decided) if part.key),
            figures=tuple((one.park, f"{one.cluster} {one.share}") for one in leaders),
            conflicts=False,
        ),
    )


@dataclass(frozen=True, slots=True)
class _Leader:
    park: str
    cluster: str
    share: str
    centi_m2: int


def _leaders(snapshot: Snapshot, available: tally.Mask) -> list[_Leader]:
    """The cluster that leads in each park, with its part of the park's land; the largest park first."""
    known = {one.code: one.name_zh for one in snapshot.clusters}
    names = snapshot.parcels.column("park").astype(str)
    out = []
    for part in tally.by_park(snapshot, available):
        first = next((one for one in tally.by_cluster(snapshot, available & (names == part.key)) if one.key), None)
        share = numbers.percent(first.centi_m2, part.centi_m2) if first else "—"
        if part.key:
            out.append(_Leader(part.key, known[first.key] if first else "未定", share, part.centi_m2))
    return out


def _table(leaders: list[_Leader]) -> Table:
    rows = tuple((parts.park_name(one.park), one.cluster, one.share, numbers.mu(one.centi_m2)) for one in leaders)
    columns = (
        Column("园区", 0.38),
        Column("主导集群", 0.29),
        Column("占比", 0.14, "right"),
        Column("可用，亩", 0.19, "right"),
    )
    return Table(
        "各园区主导集群", "按可用面积排列", columns, rows[:_ROWS], rest=max(len(rows) - _ROWS, 0), measure="个"
    )


def _callout(snapshot: Snapshot, open_: tally.Mask, left: tally.Sum) -> Callout:
    if not left.parcels:
        return Callout("可用储备都已定集群", "如有调整，请在方案中改派并说明理由。", alert=False)
    most = next((part for part in tally.by_park(snapshot, open_) if part.key), None)
    now = tally.summed(snapshot, open_ & tally.cleared(snapshot))
    body = f"最多的是{parts.park_name(most.key)} {numbers.mu(most.centi_m2)} 亩。" if most else ""
    if now.parcels:
        body += f"其中净地 {numbers.count(now.parcels)} 宗 {numbers.mu(now.centi_m2)} 亩，建议先定。"
    return Callout(f"待定：{numbers.count(left.parcels)} 宗共 {numbers.worded(left.centi_m2)}未定集群", body)
