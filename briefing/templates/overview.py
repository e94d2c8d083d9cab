"""总览: how much land there is, how much of it can go now, for what, and where it is in trouble."""

from __future__ import annotations

from typing import Final

from briefing import numbers, tally
from briefing.slide import Kpi, Picture, Slide, Subject
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers.figures import Figure

# beyond this share without a cluster, that is the news and not which clusters lead
_MUCH: Final = 0.25


def compose(snapshot: Snapshot, _subject: Subject) -> Slide:
    """Say it."""
    available = tally.available(snapshot)
    whole, now = tally.summed(snapshot, available), tally.summed(snapshot, available & tally.cleared(snapshot))
    worst = tally.in_conflict(snapshot, available)
    return Slide(
        title=_title(snapshot, whole, now),
        subtitle="工业用地储备与产业集群分布",
        kpis=(
            Kpi("可用储备", numbers.headline(whole.centi_m2)),
            Kpi("净地可供（含公告）", numbers.headline(now.centi_m2)),
            Kpi("压占管控线", Figure(numbers.count(len(worst)), "宗"), alert=bool(worst)),
        ),
        pieces=(
            parts.cluster_bars(snapshot, available, "产业集群（色块即图例）"),
            parts.signs("储备阶段与管控", parts.stage_signs(snapshot), parts.ground_signs(snapshot)),
        ),
        callout=parts.conflict_callout(snapshot, worst),
        picture=Picture(
            enlarged=parts.enlarged(snapshot, available, worst),
            figures=parts.park_figures(snapshot, available),
            alerts=parts.park_alerts(snapshot, worst),
        ),
    )


def _title(snapshot: Snapshot, whole: tally.Sum, now: tally.Sum) -> str:
    land = f"可用工业用地储备 {numbers.worded(whole.centi_m2)}"
    known = {one.code: one.name_zh for one in snapshot.clusters}
    shares = tally.by_cluster(snapshot, tally.available(snapshot))
    leading = [part for part in shares if part.key][:3]
    without = sum(part.centi_m2 for part in shares if not part.key)
    if whole.centi_m2 == 0:
        return "没有可用的工业用地储备"
    if not leading or without > whole.centi_m2 * _MUCH:
        share = numbers.percent(without, whole.centi_m2)
        return f"{land}，净地可供 {numbers.worded(now.centi_m2)}，{share} 未定集群"
    share = numbers.percent(sum(part.centi_m2 for part in leading), whole.centi_m2)
    return f"{land}，{'、'.join(known[part.key] for part in leading)}占 {share}"
