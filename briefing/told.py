"""What a deck and a report say in words: where each number is from, what it means, three statements of the case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from briefing import numbers, tally
from briefing.page import data_day, reviewed
from briefing.slide import Imprint, Slide
from briefing.snapshot import Snapshot
from briefing.tally import Sum
from briefing.templates import parts
from briefing.templates.parts import named_scenario
from layers import vocabulary
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
    said = "　".join(one for one in (imprint.secrecy, reviewed(imprint), imprint.watermark) if one)
    right = f"{said}　{version(snapshot)}　快照 {snapshot.id}　数据截至 {data_day(snapshot)}"
    return left, right


def counts(snapshot: Snapshot) -> tuple[str, ...]:
    """The three figures of the head, each with how it was counted."""
    available = tally.available(snapshot)
    now = available & tally.cleared(snapshot)
    worst = tally.in_conflict(snapshot, available)
    hit = Sum(len(worst), sum(one.centi_m2 for one in worst))
    return (
        counted("可用储备", tally.summed(snapshot, available), "除“供应”外全部阶段的地块"),
        counted("净地可供（含公告）", tally.summed(snapshot, now), "“净地待供”与“公告”两个阶段的地块"),
        counted(
            "压占管控线", hit, "可用储备中与永久基本农田、生态保护红线、河道管理范围重叠 1 ㎡ 及以上的地块的重叠部分，"
        ),
    )


def statements(snapshot: Snapshot, slide: Slide) -> tuple[tuple[str, str, bool], ...]:
    """What there is, for what it is meant, what stands against it: name, words, whether it alarms."""
    available = tally.available(snapshot)
    whole = tally.summed(snapshot, available)
    now = tally.summed(snapshot, available & tally.cleared(snapshot))
    largest = [part for part in tally.by_park(snapshot, available) if part.key][:3]
    share = numbers.percent(sum(part.centi_m2 for part in largest), whole.centi_m2)
    names = "、".join(parts.park_name(part.key) for part in largest)
    first = f"可用储备 {numbers.count(whole.parcels)} 宗 {numbers.worded(whole.centi_m2)}，"
    first += f"净地可供 {numbers.count(now.parcels)} 宗 {numbers.worded(now.centi_m2)}；"
    first += f"{names}储备最多，合计占 {share}。" if largest else ""
    known = {one.code: one.name_zh for one in snapshot.clusters}
    shares = tally.by_cluster(snapshot, available)
    leading = [part for part in shares if part.key][:3]
    without = next((part for part in shares if not part.key), None)
    second = "、".join(f"{known[part.key]} {numbers.worded(part.centi_m2)}" for part in leading)
    second = f"{second}，居前三位；" if leading else "尚无地块分到集群；"
    second += (
        f"未定集群 {numbers.count(without.parcels)} 宗 {numbers.worded(without.centi_m2)}，"
        f"占 {numbers.percent(without.centi_m2, whole.centi_m2)}。"
        if without
        else "全部已定集群。"
    )
    third = f"{slide.callout.lead}。{slide.callout.body}"
    last = "三、先处置" if slide.callout.alert else "三、管控"
    return (
        ("一、家底", first, False),
        ("二、结构", second, False),
        (last, third.replace("需先处置：", ""), slide.callout.alert),
    )


def method(snapshot: Snapshot, other: Snapshot | None) -> tuple[tuple[str, str], ...]:
    """What the figures mean and where they are from."""
    bases = "；".join(f"{vocabulary.CONSTRAINT_KINDS[kind].zh}：{basis}" for kind, basis in snapshot.bases)
    against = f"；对比快照 {exactly(other)}" if other is not None else ""
    found = (
        ("快照", f"{exactly(snapshot)}{against}"),
        ("可用储备", "除“供应”外的全部阶段；净地可供为“净地待供”与“公告”。"),
        ("面积", (f"CGCS2000 投影平面面积（EPSG:{snapshot.epsg}），逐宗取到 0.01 ㎡ 后相加，再换算成亩"
                  "（1 ㎡ = 0.0015 亩）；一万亩及以上写万亩。分项各自四舍五入，与合计可能差一两亩。")),
        ("压占管控线", ("与永久基本农田、生态保护红线、河道管理范围重叠 1 ㎡ 及以上；"
                        "重叠处只计一次；防护距离内的地块另列。")),
        ("建议", "压占过半且为永久基本农田或生态保护红线的，建议退出储备；其余建议调整范围线。"),
        ("依据", bases),
        ("重出", "同一快照、同样的要求，得到的文件逐字节相同。快照可另存，日后重出。"),
    )  # fmt: skip
    return tuple((key, text) for key, text in found if text)
