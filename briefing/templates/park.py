"""单园区: one park, parcel by parcel: how much it has, how much can go now, what stands against it."""

from __future__ import annotations

import numpy as np
import shapely

from briefing import numbers, tally
from briefing.slide import Kpi, Picture, Slide, Subject
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers.figures import Figure


def compose(snapshot: Snapshot, subject: Subject) -> Slide:
    """Say it of the park asked for, else of the one with most land."""
    name = subject.park or next(
        (part.key for part in tally.by_park(snapshot, tally.available(snapshot)) if part.key), ""
    )
    inside = snapshot.parcels.column("park").astype(str) == name
    available = tally.available(snapshot) & inside
    whole, now = tally.summed(snapshot, available), tally.summed(snapshot, available & tally.cleared(snapshot))
    worst = tally.in_conflict(snapshot, available)
    short = parts.park_name(name)
    share = numbers.percent(now.centi_m2, whole.centi_m2)
    return Slide(
        title=f"{short}可用储备 {numbers.worded(whole.centi_m2)}，净地可供 {numbers.worded(now.centi_m2)}，占 {share}",
        subtitle=f"{short}储备地块与产业集群",
        kpis=(
            Kpi("可用储备", numbers.headline(whole.centi_m2)),
            Kpi("净地可供（含公告）", numbers.headline(now.centi_m2)),
            Kpi("压占管控线", Figure(numbers.count(len(worst)), "宗"), alert=bool(worst)),
        ),
        pieces=(
            parts.cluster_bars(snapshot, available, "产业集群（色块即图例）"),
            parts.signs("储备阶段与管控", parts.stage_signs(snapshot), parts.ground_signs(snapshot)),
        ),
        callout=parts.conflict_callout(snapshot, worst, "园区内"),
        picture=Picture(bounds=_bounds(snapshot, name, inside), codes=True, locator=True, unnamed=(name,)),
    )


def _bounds(snapshot: Snapshot, name: str, inside: tally.Mask) -> tuple[float, float, float, float]:
    """The park and its parcels."""
    outline = snapshot.layers["parks"].where("name", name)
    geoms = np.concatenate([outline, snapshot.parcels.geoms[inside]])
    if not len(geoms):
        return parts.parks_bounds(snapshot)
    west, south, east, north = (float(one) for one in shapely.total_bounds(geoms))
    return west, south, east, north
