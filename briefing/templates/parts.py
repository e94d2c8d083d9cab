"""Pieces that several templates use: the bars of clusters and stages, the signs, the call-out, names and bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import shapely

from briefing import numbers, tally
from briefing.looks import UNASSIGNED, Look, looks
from briefing.slide import Bar, Bars, Callout, Sign, Signs
from briefing.snapshot import NONE, Snapshot
from briefing.tally import Mask, Part, Worst
from layers import style, vocabulary
from layers.land_theme import THEME as LAND_USE
from layers.land_theme import UNKNOWN

# a parcel of which more than this is gone has nothing left to mend
_MOST_OF_IT: Final = 0.5
LEAVES: Final = "退出储备"
ADVICE: Final = {
    "farmland": "调整范围线，避让永久基本农田",
    "ecology": "调整范围线，退出生态保护红线",
    "river": "报河道主管部门论证",
}


def park_name(name: str) -> str:
    """A park's name without what stands in brackets after it."""
    return name.partition("(")[0].partition("（")[0].strip()


def cluster_bars(snapshot: Snapshot, mask: Mask, head: str) -> Bars:
    """Clusters by area, largest first, the unassigned last; the bars are the legend of the map."""
    known = {one.code: one for one in snapshot.clusters}
    parts = tally.by_cluster(snapshot, mask)
    return bars(head, parts, {
        part.key: (known[part.key].name_zh, known[part.key].color, known[part.key].glyph) if part.key
        else (UNASSIGNED, style.UNASSIGNED.fill, "")
        for part in parts
    }, tally.summed(snapshot, mask))  # fmt: skip


def stage_bars(snapshot: Snapshot, mask: Mask, head: str) -> Bars:
    """Stages in the order of the work."""
    parts = tally.by_stage(snapshot, mask)
    return bars(head, parts, {
        part.key: (vocabulary.STAGES[part.key].zh, style.STAGE_FILLS[part.key], "") if part.key
        else ("阶段未填", style.UNASSIGNED.fill, "")
        for part in parts
    }, tally.summed(snapshot, mask))  # fmt: skip


def land_bars(snapshot: Snapshot, mask: Mask, head: str) -> Bars:
    """Classes of land use by area, largest first, land without a code last and named as such."""
    known, found = land_looks(snapshot), tally.by_land_use(snapshot, mask)
    return bars(head, found, {
        part.key: (known[part.key].name, known[part.key].color, known[part.key].glyph) for part in found
    }, tally.summed(snapshot, mask))  # fmt: skip


def legend(snapshot: Snapshot, mask: Mask, theme: str) -> tuple[tuple[Part, Look], ...]:
    """The parts of clusters, or of land uses, each with its look."""
    if theme == LAND_USE:
        known = land_looks(snapshot)
        return tuple((part, known[part.key]) for part in tally.by_land_use(snapshot, mask))
    _, by_byte = looks(snapshot, "cluster")
    places = {one.code: at for at, one in enumerate(snapshot.clusters)}
    return tuple((part, by_byte[places.get(part.key, NONE)]) for part in tally.by_cluster(snapshot, mask))


def land_looks(snapshot: Snapshot) -> Mapping[str, Look]:
    """The looks of the classes of land use, by the keys of the parts of ``tally.by_land_use``."""
    _, known = looks(snapshot, "land-use")
    keys = {at: one.code for at, one in enumerate(snapshot.land_classes)} | {UNKNOWN: tally.NO_CLASS, NONE: ""}
    return {keys[at]: look for at, look in known.items()}


def bars(head: str, parts: Sequence[Part], looks: dict[str, tuple[str, str, str]], whole: tally.Sum) -> Bars:
    """Bars with a total; a note when figures rounded one by one do not add up to the total rounded."""
    longest = max((part.centi_m2 for part in parts), default=0) or 1
    rows = tuple(
        Bar(looks[part.key][0], looks[part.key][1], part.centi_m2 / longest, numbers.mu(part.centi_m2),
            numbers.count(part.parcels), looks[part.key][2])
        for part in parts
    )  # fmt: skip
    said = sum(int(row.value.replace(",", "")) for row in rows if row.value.replace(",", "").isdecimal())
    total = numbers.mu(whole.centi_m2)
    exact = all(row.value.replace(",", "").isdecimal() or row.value == "—" for row in rows)
    off = exact and total.replace(",", "").isdecimal() and said != int(total.replace(",", ""))
    return Bars(head, "亩 · 宗", rows, ("合计", total, numbers.count(whole.parcels)),
                "分项四舍五入，合计按原值相加" if off else "")  # fmt: skip


def stage_signs(snapshot: Snapshot) -> tuple[Sign, ...]:
    """The outlines of the stages that occur."""
    present = [part.key for part in tally.by_stage(snapshot, np.ones(len(snapshot.stage), dtype=bool)) if part.parcels]
    return tuple(
        Sign(vocabulary.STAGES[key].zh, "area", "#E6E9ED", style.STAGE_LINES[key])
        if key != tally.SUPPLIED
        else Sign(
            f"{vocabulary.STAGES[key].zh}（淡色）", "area", "#E6E9ED", style.STAGE_LINES[key], style.SUPPLIED_OPACITY
        )
        for key in present
        if key
    )


def ground_signs(snapshot: Snapshot, *, conflicts: bool = True) -> tuple[Sign, ...]:
    """Constraints, conflicts, parks and roads, as far as there are any."""
    kinds = set(snapshot.layers["constraints"].columns["kind"])
    states = set(snapshot.layers["roads"].columns["state"])
    items = [
        Sign(vocabulary.CONSTRAINT_KINDS[key].zh, "area", style.CONSTRAINTS[key].fill, style.CONSTRAINTS[key].line)
        for key in ("farmland", "ecology", "protection")
        if key in kinds
    ]
    if conflicts and len(snapshot.conflicts.row):
        items.append(Sign("压占管控线", "hatch", "#FFFFFF", style.Line(style.ALERT, 1.2)))
    items.append(Sign("产业园区边界", "line", "", style.Line(style.ACCENT, 2.0)))
    items += [
        Sign(words, "line", "", style.ROADS[key])
        for key, words in (("construction", "在建道路"), ("planned", "规划道路"))
        if key in states
    ]
    return tuple(items)


def signs(head: str, *groups: tuple[Sign, ...]) -> Signs:
    """Signs of several groups under one head."""
    return Signs(head, tuple(item for group in groups for item in group))


def conflict_callout(snapshot: Snapshot, worst: Sequence[Worst], where: str = "") -> Callout:
    """Count, area, worst case, and what to do; calm words when there is nothing."""
    belts = int(tally.available(snapshot)[snapshot.conflicts.noted].sum())
    more = f"另有 {numbers.count(belts)} 宗在防护距离内。" if belts and not where else ""
    if not worst:
        return Callout(
            f"{where}没有地块压占管控线", f"已核对永久基本农田、生态保护红线和河道管理范围。{more}", alert=False
        )
    first = worst[0]
    codes = snapshot.parcels.columns["code"]
    area = sum(one.centi_m2 for one in worst)
    kind = vocabulary.CONSTRAINT_KINDS[first.kind].zh
    lead = f"需先处置：{numbers.count(len(worst))} 宗压占管控线，共 {numbers.worded(area)}"
    park = park_name(snapshot.parcels.columns["park"][first.row])
    place = f"（{park}）" if park and not where else " "
    which = "最大一宗" if len(worst) > 1 else "地块"
    case = f"{which} {codes[first.row]}{place}压占{kind} {numbers.parcel_mu(first.centi_m2)} 亩"
    now = int(tally.cleared(snapshot)[[one.row for one in worst]].sum())
    held = f"其中 {numbers.count(now)} 宗已是净地，处置前不得供应。" if now else ""
    body = f"{case}，建议{advice(snapshot, first)}。{held}{more}"
    return Callout(lead, body)


def advice(snapshot: Snapshot, one: Worst) -> str:
    """What to do with a parcel on a constraint: the larger part of it gone, it leaves the reserve."""
    if one.kind in {"farmland", "ecology"} and one.centi_m2 > snapshot.centi_m2[one.row] * _MOST_OF_IT:
        return LEAVES
    return ADVICE.get(one.kind, "复核范围线")


def parks_bounds(snapshot: Snapshot) -> tuple[float, float, float, float]:
    """The ground that all parks and parcels lie on; a square kilometre about the origin when there are none."""
    geoms = np.concatenate([snapshot.layers["parks"].geoms, snapshot.parcels.geoms])
    bounds = shapely.total_bounds(geoms) if len(geoms) else np.array([-500.0, -500.0, 500.0, 500.0])
    if not np.isfinite(bounds).all():
        bounds = np.array([-500.0, -500.0, 500.0, 500.0])
    west, south, east, north = (float(one) for one in bounds)
    return west, south, east, north


def park_figures(snapshot: Snapshot, mask: Mask) -> tuple[tuple[str, str], ...]:
    """亩 of each park, as they stand below its name on the map."""
    return tuple((part.key, f"{numbers.mu(part.centi_m2)} 亩") for part in tally.by_park(snapshot, mask) if part.key)


def park_alerts(snapshot: Snapshot, worst: Sequence[Worst]) -> tuple[tuple[str, str], ...]:
    """How many parcels of each park lie on constraints, as it stands in red on the map."""
    parks = snapshot.parcels.columns["park"]
    counts = Counter(parks[one.row] for one in worst if parks[one.row])
    return tuple((name, f"压占 {numbers.count(number)} 宗") for name, number in counts.most_common())


def enlarged(snapshot: Snapshot, mask: Mask, worst: Sequence[Worst]) -> tuple[str, ...]:
    """Parks in the order in which they deserve a closer look: where it is worst, then the largest."""
    parks = [part.key for part in tally.by_park(snapshot, mask) if part.key]
    first = snapshot.parcels.columns["park"][worst[0].row] if worst else ""
    return (first, *(name for name in parks if name != first)) if first in parks else tuple(parks)


def named_scenario(snapshot: Snapshot) -> str:
    """The scenario as a slide names it."""
    return "现状" if snapshot.is_base else snapshot.scenario
