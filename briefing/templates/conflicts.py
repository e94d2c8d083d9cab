"""冲突清单: every parcel on what bars building, the worst first, and what is to be done with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from briefing import numbers, tally
from briefing.picture import short_codes
from briefing.slide import Callout, Column, Kpi, Picture, Slide, Subject, Table
from briefing.snapshot import Snapshot
from briefing.tally import Worst
from briefing.templates import parts
from layers import vocabulary
from layers.figures import Figure

_ROWS: Final = 16
_KINDS: Final = {"farmland": "永农", "ecology": "红线", "river": "河道"}


def compose(snapshot: Snapshot, _subject: Subject) -> Slide:
    """Say it."""
    available = tally.available(snapshot)
    worst = tally.in_conflict(snapshot, available)
    whole = tally.summed(snapshot, available)
    area = sum(one.centi_m2 for one in worst)
    codes = short_codes(snapshot)
    title = "没有储备地块压占管控线"
    if worst:
        first = worst[0]
        title = (
            f"{numbers.count(len(worst))} 宗储备地块压占管控线 {numbers.worded(area)}，"
            f"最大一宗 {numbers.parcel_mu(first.centi_m2)} 亩"
        )
    alerts = parts.park_alerts(snapshot, worst)
    return Slide(
        title=title,
        subtitle="压占永久基本农田、生态保护红线和河道管理范围的储备地块",
        kpis=(
            Kpi("压占地块", Figure(numbers.count(len(worst)), "宗"), alert=bool(worst)),
            Kpi("压占面积", numbers.headline(area)),
            Kpi("占可用储备", Figure(_percent(area, whole.centi_m2), "%")),
        ),
        pieces=(
            _table(snapshot, worst, codes),
            parts.signs("图例", parts.ground_signs(snapshot)),
        ),
        callout=_callout(snapshot, worst),
        picture=Picture(theme="quiet", enlarged=_parks(snapshot, worst), alerts=alerts,
                        marked=tuple(one.row for one in worst)),
    )  # fmt: skip


def _percent(part: int, whole: int) -> str:
    return f"{part * 100 / whole:.1f}" if whole else "0"


def _parks(snapshot: Snapshot, worst: Sequence[Worst]) -> tuple[str, ...]:
    """Parks by the area that lies on constraints."""
    names = snapshot.parcels.columns["park"]
    areas: Counter[str] = Counter()
    for one in worst:
        areas[names[one.row]] += one.centi_m2
    return tuple(name for name, _ in areas.most_common() if name)


def _table(snapshot: Snapshot, worst: Sequence[Worst], codes: dict[int, str]) -> Table:
    names = snapshot.parcels.columns["park"]
    rows = tuple(
        (codes[one.row], parts.park_name(names[one.row]) or "园区外", _KINDS.get(one.kind, "其他"),
         numbers.parcel_mu(one.centi_m2), numbers.percent(one.centi_m2, int(snapshot.centi_m2[one.row])),
         "退出" if parts.advice(snapshot, one) == parts.LEAVES else "调整")
        for one in worst[:_ROWS]
    )  # fmt: skip
    columns = (
        Column("编号", 0.135), Column("园区", 0.325), Column("压占", 0.12), Column("压占亩", 0.155, "right"),
        Column("占全宗", 0.145, "right"), Column("建议", 0.12, "right"),
    )  # fmt: skip
    whole, struck = (sum(map(int, areas)) for areas in (
        snapshot.centi_m2[[one.row for one in worst]], [one.centi_m2 for one in worst]))  # fmt: skip
    total = (
        "合计",
        f"{numbers.count(len(worst))} 宗",
        "",
        numbers.parcel_mu(struck),
        numbers.percent(struck, whole),
        "",
    )
    return Table("压占清单", "按压占面积排列", columns, rows, total, rest=max(len(worst) - _ROWS, 0))


def _callout(snapshot: Snapshot, worst: Sequence[Worst]) -> Callout:
    if not worst:
        return parts.conflict_callout(snapshot, worst)
    leaving = [one for one in worst if parts.advice(snapshot, one) == parts.LEAVES]
    mending = [one for one in worst if one not in leaving]
    first = worst[0]
    kind = vocabulary.CONSTRAINT_KINDS[first.kind].zh
    code = snapshot.parcels.columns["code"][first.row]
    lead = f"建议：{len(leaving)} 宗退出储备，{len(mending)} 宗调整范围线"
    area = numbers.worded(sum(one.centi_m2 for one in leaving))
    gone = f"退出的压占 {area}；" if leaving else ""
    return Callout(lead, f"最大一宗 {code} 压占{kind} {numbers.parcel_mu(first.centi_m2)} 亩；{gone}处置前不得供地。")
