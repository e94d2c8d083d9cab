"""Where each number of a page is from, as the notes below it say: snapshot, day, scenario, and how it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from briefing import numbers
from briefing.page import data_day
from briefing.slide import Imprint
from briefing.snapshot import Snapshot
from briefing.tally import Sum
from briefing.templates.parts import named_scenario
from layers.figures import square_metres

STATES: Final = {"draft": "草案", "in_review": "审核中", "published": "已发布"}


def version(snapshot: Snapshot) -> str:
    """The scenario and how far it is."""
    return named_scenario(snapshot) + ("" if snapshot.is_base else f"（{STATES.get(snapshot.state, snapshot.state)}）")


def exactly(snapshot: Snapshot) -> str:
    """A snapshot so that nobody takes it for another: id, day, scenario, and the number of its revision."""
    day = data_day(snapshot)
    return f"{snapshot.id}；数据截至 {day}；方案：{version(snapshot)}，修订号 {snapshot.revision}"


def notes(snapshot: Snapshot, lines: Sequence[str], other: Snapshot | None = None) -> str:
    """The notes of a page."""
    first = f"快照 {exactly(snapshot)}。"
    second = f"对比快照 {exactly(other)}。" if other is not None else ""
    sample = "含示例数据，非真实，不得用于审批。" if snapshot.has_sample else ""
    basis = "面积为 CGCS2000 投影平面面积，逐宗取到 0.01 ㎡ 后相加，再换算成亩（1 ㎡ = 0.0015 亩）。"
    return "\n".join(one for one in (first + sample, second, *lines, basis) if one)


def counted(what: str, found: Sum, how: str) -> str:
    """One number and how it came about, to the hundredth of a ㎡."""
    area = square_metres(numbers.area_m2(found.centi_m2))
    return f"{what}：{numbers.worded(found.centi_m2)} = {how} {numbers.count(found.parcels)} 宗，合 {area} ㎡。"


def foot(snapshot: Snapshot, imprint: Imprint) -> tuple[str, str]:
    """The two sides of the foot of a page."""
    made = f"编制：{imprint.office}　" if imprint.office else ""
    sample = "（含示例数据，非真实）" if snapshot.has_sample else ""
    left = f"{made}数据来源：{imprint.source}{sample}"
    right = f"{imprint.secrecy}　{version(snapshot)}　快照 {snapshot.id}　数据截至 {data_day(snapshot)}"
    return left, right
