"""What each cluster has and may have: 亩 of a scenario beside the quotas that held when its snapshot was taken."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from briefing import numbers, tally
from briefing.looks import UNASSIGNED
from briefing.snapshot import Snapshot
from layers import figures
from layers.figures import MU_PER_M2, NOTHING, mu_of


@dataclass(frozen=True, slots=True)
class Line:
    """One cluster: its land, what of it is cleared, its quota and what is left of it in hundredths of a 亩."""

    name: str
    parcels: int
    centi_m2: int
    cleared_centi_m2: int
    quota: int | None
    left: Decimal | None


def lines(snapshot: Snapshot) -> tuple[Line, ...]:
    """Every cluster that has land or a quota, the largest first, those without a cluster, and the sum."""
    available = tally.available(snapshot)
    now = {part.key: part.centi_m2 for part in tally.by_cluster(snapshot, available & tally.cleared(snapshot))}
    known, quotas = {one.code: one.name_zh for one in snapshot.clusters}, dict(snapshot.quotas)
    found = {part.key: part for part in tally.by_cluster(snapshot, available)}
    order = [*(key for key in found if key), *(key for key in known if key in quotas and key not in found)]
    out = []
    for key in [*order, *([""] if "" in found else [])]:
        part = found.get(key, tally.Part(key, 0, 0))
        quota = quotas.get(key)
        left = None if quota is None else Decimal(quota) - part.centi_m2 * MU_PER_M2
        out.append(Line(known.get(key, UNASSIGNED), part.parcels, part.centi_m2, now.get(key, 0), quota, left))
    whole = tally.summed(snapshot, available)
    cleared = sum(now.values())
    total = sum(quotas.values()) if quotas else None
    return (*out, Line("合计", whole.parcels, whole.centi_m2, cleared, total, None))


def worded(centi_mu: Decimal | int | None) -> str:
    """亩 of hundredths: whole, a dash where there is no quota; nought is an answer."""
    if centi_mu is None:
        return NOTHING
    mu = Decimal(centi_mu) / 100
    return "0" if round(mu, 1) == 0 else figures.fixed(mu, 0 if abs(mu) >= figures.WHOLE_MU_FROM else 1)


def used(line: Line) -> str:
    """How much of a quota is taken."""
    if not line.quota or line.left is None:
        return NOTHING
    mu = mu_of(numbers.area_m2(line.centi_m2))
    return figures.share(mu or 0, Decimal(line.quota) / 100, 0)


def title(snapshot: Snapshot) -> str:
    """What the quotas say, as a conclusion."""
    placed = [one for one in lines(snapshot)[:-1] if one.quota is not None]
    decided = sum(one.centi_m2 for one in lines(snapshot)[:-1] if one.name != UNASSIGNED)
    if not placed:
        return f"各集群已定 {numbers.worded(decided)}，方案尚未设定配额"
    over = [one for one in placed if one.left is not None and one.left < 0]
    if over:
        most = min(over, key=lambda one: one.left or Decimal(0))
        return f"{len(over)} 个集群超出配额，{most.name}超 {worded(-(most.left or Decimal(0)))} 亩"
    left = sum((one.left or Decimal(0) for one in placed), Decimal(0))
    return f"{len(placed)} 个集群均在配额内，尚余 {worded(left)} 亩"
