"""方案对比: the same ground in two scenarios, what differs between them, and which cluster gains or loses by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import shapely

from briefing import numbers, tally
from briefing.looks import UNASSIGNED
from briefing.slide import Callout, Column, Kpi, Picture, Sign, Slide, Subject, Table
from briefing.snapshot import NONE, Snapshot
from briefing.templates import parts
from layers import style
from layers.figures import Figure, mu_of, signed

SAME: Final = "未改派（淡色）"
CHANGED: Final = Sign("改派地块", "area", "#FFFFFF", style.Line(style.INK, 2.4))


def compose(snapshot: Snapshot, subject: Subject) -> Slide:
    """Say what changes from ``subject.other`` to the snapshot; the other stands left.

    Raises
    ------
    ValueError
        There is no other snapshot.
    """
    if subject.other is None:
        raise ValueError(subject)
    before, after = subject.other, snapshot
    mine, theirs = _matched(before, after)
    changed = mine[_codes(before)[theirs] != _codes(after)[mine]]
    mask = np.zeros(len(after.cluster), dtype=bool)
    mask[changed] = True
    there = np.isin(np.arange(len(before.cluster)), theirs[_codes(before)[theirs] != _codes(after)[mine]])
    moved = tally.summed(after, mask)
    table, gains = _table(before, after)
    names = parts.named_scenario(before), parts.named_scenario(after)
    bounds = _bounds(after, mask)
    return Slide(
        title=_title(after, names, moved, gains),
        subtitle=f"方案对比：{names[0]} → {names[1]}",
        kpis=(
            Kpi("改派地块", Figure(numbers.count(moved.parcels), "宗")),
            Kpi("改派面积", numbers.headline(moved.centi_m2)),
            Kpi("涉及园区", Figure(numbers.count(len([p for p in tally.by_park(after, mask) if p.key])), "个")),
        ),
        pieces=(
            table,
            parts.signs("图例", _cluster_signs(after), (CHANGED,), parts.ground_signs(after, conflicts=False)),
        ),
        callout=_callout(after, mask, moved),
        picture=_picture(before, bounds, there),
        second=_picture(after, bounds, mask),
        captions=names,
    )


def _picture(one: Snapshot, bounds: tuple[float, float, float, float] | None, changed: tally.Mask) -> Picture:
    parks = tuple(part.key for part in tally.by_park(one, changed) if part.key)
    return Picture(bounds=bounds, enlarged=parks, conflicts=False, marked=tuple(np.flatnonzero(changed).tolist()))


def _codes(one: Snapshot) -> np.ndarray:
    """The cluster of each parcel by its code, "" for none."""
    codes = np.array([*(cluster.code for cluster in one.clusters), ""], dtype=object)
    return codes[np.where(one.cluster == NONE, len(codes) - 1, one.cluster)].astype(str)


def _matched(before: Snapshot, after: Snapshot) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the parcels that both have, by code: those of ``after``, those of ``before``."""
    _, mine, theirs = np.intersect1d(
        np.array(after.parcels.columns["code"]), np.array(before.parcels.columns["code"]), return_indices=True
    )
    return mine, theirs


def _table(before: Snapshot, after: Snapshot) -> tuple[Table, list[tuple[str, int]]]:
    """亩 of each cluster in both, and the difference, the largest change first; the sums are those of the whole."""
    known = {one.code: one.name_zh for one in (*before.clusters, *after.clusters)}
    old = {part.key: part.centi_m2 for part in tally.by_cluster(before, tally.available(before))}
    new = {part.key: part.centi_m2 for part in tally.by_cluster(after, tally.available(after))}
    gains = [(key, new.get(key, 0) - old.get(key, 0)) for key in dict.fromkeys((*new, *old))]
    gains.sort(key=lambda one: (one[0] == "", -abs(one[1]), one[0]))
    rows = tuple(
        (known.get(key, UNASSIGNED), numbers.mu(old.get(key, 0)), numbers.mu(new.get(key, 0)), _signed(gain))
        for key, gain in gains
    )
    totals = sum(old.values()), sum(new.values())
    total = ("合计", numbers.mu(totals[0]), numbers.mu(totals[1]), _signed(totals[1] - totals[0]))
    names = parts.named_scenario(before), parts.named_scenario(after)
    columns = (Column("产业集群", 0.34), Column(names[0], 0.22, "right"), Column(names[1], 0.22, "right"),
               Column("增减", 0.22, "right"))  # fmt: skip
    return Table("集群用地", "可用储备，亩", columns, rows, total), gains


def _signed(centi_m2: int) -> str:
    exact = mu_of(numbers.area_m2(centi_m2))
    return signed(exact, 0 if exact is None or abs(exact) >= 100 else 1)


def _title(after: Snapshot, names: tuple[str, str], moved: tally.Sum, gains: list[tuple[str, int]]) -> str:
    if not moved.parcels:
        return f"{names[1]}与{names[0]}的集群分区相同"
    return f"{names[1]}较{names[0]}改派 {numbers.count(moved.parcels)} 宗 {numbers.worded(moved.centi_m2)}" + _gain(
        gains, ((one.code, one.name_zh) for one in after.clusters)
    )


def _gain(gains: list[tuple[str, int]], clusters: Iterable[tuple[str, str]]) -> str:
    rising = [(key, gain) for key, gain in gains if key and gain > 0]
    if not rising:
        return ""
    known, (first, gain) = dict(clusters), max(rising, key=lambda one: one[1])
    return f"，{known[first]}增加最多，增 {numbers.worded(gain)}"


def _cluster_signs(snapshot: Snapshot) -> tuple[Sign, ...]:
    present = {part.key for part in tally.by_cluster(snapshot, np.ones(len(snapshot.cluster), dtype=bool))}
    named = [(one.name_zh, one.color) for one in snapshot.clusters if one.code in present]
    named += [(UNASSIGNED, style.UNASSIGNED.fill)] if "" in present else []
    return tuple(Sign(name, "area", color, style.Line(style.INK, 0.8)) for name, color in named)


def _bounds(snapshot: Snapshot, mask: tally.Mask) -> tuple[float, float, float, float] | None:
    """The ground of the changed parcels with some land about it; None, the whole, when nothing changed."""
    if not mask.any():
        return None
    west, south, east, north = shapely.total_bounds(snapshot.parcels.geoms[mask])
    about = max(east - west, north - south, 400.0) * 0.12
    return float(west - about), float(south - about), float(east + about), float(north + about)


def _callout(after: Snapshot, mask: tally.Mask, moved: tally.Sum) -> Callout:
    if not moved.parcels:
        return Callout("两个方案没有差别", "可以只报其中一个。", alert=False)
    supplied = tally.summed(after, mask & ~tally.available(after))
    worst = tally.in_conflict(after, mask & tally.available(after))
    if worst:
        area = numbers.worded(sum(one.centi_m2 for one in worst))
        return Callout(
            f"改派地块中 {numbers.count(len(worst))} 宗压占管控线，共 {area}", "建议先调整范围线，再定集群。"
        )
    if supplied.parcels:
        return Callout(f"改派地块中 {numbers.count(supplied.parcels)} 宗已供应", "供应合同已定用途，建议复核。")
    return Callout(f"改派 {numbers.count(moved.parcels)} 宗均不压占管控线", "可提交审核。", alert=False)
