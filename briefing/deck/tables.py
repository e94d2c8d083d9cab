"""The pages whose subject is a table: conflicts, quotas, what changes between two scenarios, how figures came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from briefing import numbers, quotas, tally, told
from briefing.deck.page import THIRD, Box, Cell, Page, Run
from briefing.deck.theme import FOOT, MARGIN, WIDTH
from briefing.looks import UNASSIGNED
from briefing.slide import Slide, Subject, Table
from briefing.snapshot import NONE, Snapshot
from briefing.templates import conflicts as conflict_words
from briefing.templates import parts
from layers import style, vocabulary
from layers.land_theme import THEME as LAND_USE

if TYPE_CHECKING:
    from briefing.deck.pages import Making

_TOP: Final = 92.0
_ROOM: Final = FOOT - 10.0 - _TOP
_WIDE: Final = WIDTH - 2 * MARGIN
_MOST_CONFLICTS: Final = 16
_MOST_PARKS: Final = 15
_ROW: Final = 25.0

Rows = list[tuple[Cell, ...]]


def legend_rows(snapshot: Snapshot, mask: tally.Mask, theme: str) -> Rows:
    """Swatch with glyph, name, 亩, 宗, of clusters or of land uses; head and total."""
    rows: Rows = [(Cell(""), Cell(head_of(theme)), Cell("亩", "right"), Cell("宗", "right"))]
    for part, one in parts.legend(snapshot, mask, theme):
        swatch = Cell(one.glyph, "center", color=style.ink_on(one.color), fill=one.color) if one.glyph else Cell("")
        rows.append((swatch, Cell(one.name), _mu(part.centi_m2), Cell(numbers.count(part.parcels), "right")))
    whole = tally.summed(snapshot, mask)
    rows.append((Cell(""), Cell("合计"), _mu(whole.centi_m2), Cell(numbers.count(whole.parcels), "right")))
    return rows


def head_of(theme: str) -> str:
    """What the colours of a map say."""
    return "规划用地" if theme == LAND_USE else "产业集群"


def _mu(centi_m2: int, *, alert: bool = False) -> Cell:
    return Cell(numbers.mu(centi_m2), "right", color=style.ALERT if alert and centi_m2 else "")


def parks(making: Making, page: Page, box: Box) -> None:
    """Parks by what they have: 可用, 净地, 压占; those that do not fit are summed in a row."""
    snapshot = making.snapshot
    available = tally.available(snapshot)
    names = snapshot.parcels.column("park").astype(str)
    worst = tally.in_conflict(snapshot, available)
    found = tally.by_park(snapshot, available)
    rows: Rows = [
        (Cell("园区"), Cell("宗", "right"), Cell("可用", "right"), Cell("净地", "right"), Cell("压占", "right"))
    ]
    listed = [part for part in found if part.key][:_MOST_PARKS]
    rest = [part.key for part in found if part not in listed]
    groups = [(parts.park_name(part.key), names == part.key) for part in listed]
    if rest:
        label = f"其余 {len(rest)} 处" if len(rest) > 1 else parts.park_name(rest[0]) or "园区外"
        groups.append((label, np.isin(names, rest)))
    for label, mine in [*groups, ("合计", np.ones(len(names), dtype=bool))]:
        mask = available & mine
        whole = tally.summed(snapshot, mask)
        hit = sum(one.centi_m2 for one in worst if mask[one.row])
        rows.append((
            Cell(label), Cell(numbers.count(whole.parcels), "right"), _mu(whole.centi_m2),
            _mu(tally.summed(snapshot, mask & tally.cleared(snapshot)).centi_m2), _mu(hit, alert=True),
        ))  # fmt: skip
    x, y, width, height = box
    page.table((x, y, width, min(height, _ROW * len(rows))), (0.44, 0.11, 0.15, 0.15, 0.15), rows, "各园区可用储备",
               size=11.0, total=True)  # fmt: skip


def stages(page: Page, box: Box, snapshot: Snapshot) -> None:
    """Stages with 亩 and 宗."""
    everything = np.ones(len(snapshot.stage), dtype=bool)
    rows: Rows = [(Cell("储备阶段"), Cell("亩", "right"), Cell("宗", "right"))]
    for part in tally.by_stage(snapshot, everything):
        name = vocabulary.STAGES[part.key].zh if part.key else "阶段未填"
        rows.append((Cell(name), _mu(part.centi_m2), Cell(numbers.count(part.parcels), "right")))
    whole = tally.summed(snapshot, everything)
    rows.append((Cell("合计"), _mu(whole.centi_m2), Cell(numbers.count(whole.parcels), "right")))
    page.table(box, (0.48, 0.30, 0.22), rows, "储备阶段", size=12.0, total=True)


def conflicts(making: Making) -> None:
    """Every parcel on what bars building, the worst first, with what is to be done."""
    snapshot = making.snapshot
    slide = conflict_words.compose(snapshot, Subject())
    worst = tally.in_conflict(snapshot, tally.available(snapshot))
    shown = worst[:_MOST_CONFLICTS]
    rest = (
        f"（前 {len(shown)} 宗，另有 {numbers.count(len(worst) - len(shown))} 宗）" if len(worst) > len(shown) else ""
    )
    page = making.page(slide.title, f"{making.next_table()}  {slide.subtitle}{rest}")
    columns, clusters = snapshot.parcels.columns, [*snapshot.clusters]
    rows: Rows = [(
        Cell("地块编号"), Cell("所在园区"), Cell("产业集群"), Cell("压占"), Cell("压占（亩）", "right"),
        Cell("全宗（亩）", "right"), Cell("占比", "right"), Cell("建议"),
    )]  # fmt: skip
    for one in shown:
        at, area = int(snapshot.cluster[one.row]), int(snapshot.centi_m2[one.row])
        advice = parts.advice(snapshot, one)
        leaves = advice == parts.LEAVES
        rows.append((
            Cell(columns["code"][one.row]), Cell(parts.park_name(columns["park"][one.row]) or "园区外"),
            Cell(UNASSIGNED if at == NONE else clusters[at].name_zh), Cell(vocabulary.CONSTRAINT_KINDS[one.kind].zh),
            Cell(numbers.parcel_mu(one.centi_m2), "right", bold=True, color=style.ALERT),
            Cell(numbers.parcel_mu(area), "right"), Cell(numbers.percent(one.centi_m2, area), "right"),
            Cell(advice, bold=leaves, color=style.ALERT if leaves else ""),
        ))  # fmt: skip
    if worst:
        total = sum(one.centi_m2 for one in worst)
        whole = sum(int(snapshot.centi_m2[one.row]) for one in worst)
        rows.append((
            Cell("合计"), Cell(f"{numbers.count(len(worst))} 宗"), Cell(""), Cell(""), Cell(numbers.parcel_mu(total), "right"),
            Cell(numbers.parcel_mu(whole), "right"), Cell(numbers.percent(total, whole), "right"), Cell(""),
        ))  # fmt: skip
        page.table((MARGIN, _TOP, _WIDE, min(_ROW * len(rows), _ROOM)), (12, 17, 12, 13, 10, 10, 7, 23), rows, "压占清单",
                   size=11.5, total=True)  # fmt: skip
    else:
        page.text((MARGIN, _TOP + 60.0, _WIDE, 60.0), [(Run(slide.callout.body, 18.0),)], "说明")
    making.notes(page, f"{slide.callout.lead}。{slide.callout.body}",
                 "压占：与永久基本农田、生态保护红线、河道管理范围重叠 1 ㎡ 及以上，重叠处只计一次。",
                 *(f"{vocabulary.CONSTRAINT_KINDS[kind].zh}：{basis}。" for kind, basis in snapshot.bases))  # fmt: skip


def quota_rows(snapshot: Snapshot) -> Rows:
    """Clusters by what they have and may have; without any quota, by how much of it is cleared."""
    heads = ("配额（亩）", "余额（亩）", "使用") if snapshot.quotas else ("净地占比",)
    rows: Rows = [(
        Cell("产业集群"), Cell("宗", "right"), Cell("可用（亩）", "right"), Cell("净地（亩）", "right"),
        *(Cell(head, "right") for head in heads),
    )]  # fmt: skip
    for one in quotas.lines(snapshot):
        over = one.left is not None and one.left < 0
        color = style.ALERT if over else ""
        held = (quotas.worded(one.quota), quotas.worded(one.left), quotas.used(one))
        last = held if snapshot.quotas else (numbers.percent(one.cleared_centi_m2, one.centi_m2),)
        rows.append((
            Cell(one.name), Cell(numbers.count(one.parcels), "right"), _mu(one.centi_m2), _mu(one.cleared_centi_m2),
            *(Cell(text, "right", bold=over and nth > 0, color=color if nth else "") for nth, text in enumerate(last)),
        ))  # fmt: skip
    return rows


def quotas_page(making: Making) -> None:
    """What each cluster has and may have."""
    snapshot = making.snapshot
    page = making.page(quotas.title(snapshot), f"{making.next_table()}  各集群用地与配额")
    rows = quota_rows(snapshot)
    page.table((MARGIN, _TOP, _WIDE, min(30.0 * len(rows), _ROOM)), (22, 10, 14, 14, 14, 14, 12)[: len(rows[0])], rows, "集群与配额",
               size=13.0, total=True)  # fmt: skip
    making.notes(
        page,
        "配额：方案为各集群设定的用地上限；未设的记“—”。余额 = 配额 − 可用储备中已定该集群的面积（含继承自底方案的配额）。",
    )


def changes(making: Making, slide: Slide) -> None:
    """What differs from the other scenario, by cluster."""
    table = next(piece for piece in slide.pieces if isinstance(piece, Table))
    page = making.page(slide.title, f"{making.next_table()}  {slide.subtitle}（{table.unit}）")
    rows: Rows = [tuple(Cell(column.head, column.align, bold=True) for column in table.columns)]
    rows += [
        tuple(Cell(text, column.align) for text, column in zip(row, table.columns, strict=True)) for row in table.rows
    ]
    rows.append(tuple(Cell(text, column.align) for text, column in zip(table.total, table.columns, strict=True)))
    page.table((MARGIN, _TOP, _WIDE * 0.64, min(30.0 * len(rows), _ROOM)), [one.part for one in table.columns], rows,
               "方案对比", size=13.0, total=True)  # fmt: skip
    left = MARGIN + _WIDE * 0.64 + 24.0
    for nth, kpi in enumerate(slide.kpis):
        lines = [(Run(kpi.label, 13.0, color=THIRD),),
                 (Run(kpi.figure.text, 30.0, bold=True), Run(f" {kpi.figure.unit}", 14.0, color=THIRD))]  # fmt: skip
        page.text((left, _TOP + nth * 76.0, _WIDE * 0.36 - 24.0, 66.0), lines, kpi.label)
    deep = style.ALERT if slide.callout.alert else style.ACCENT
    lines = [(Run(slide.callout.lead, 14.0, bold=True, color=deep),), (Run(slide.callout.body, 13.0),)]
    page.text((left, _TOP + 3 * 76.0 + 10.0, _WIDE * 0.36 - 24.0, 110.0), lines, "提示", lead=115.0)
    making.notes(page, "按地块编号逐宗比较两个方案的集群；面积取本方案快照。")


def method(making: Making) -> None:
    """How the figures came about."""
    page = making.page("数据与口径：全部数字出自同一份快照", f"{making.next_table()}  口径说明")
    rows: Rows = [(Cell("项目"), Cell("口径"))]
    rows += [(Cell(key, bold=True), Cell(text)) for key, text in told.method(making.snapshot, making.other)]
    page.table((MARGIN, _TOP, _WIDE, _ROOM * 0.86), (12, 88), rows, "口径", size=13.0, head=26.0)
    making.notes(page)
