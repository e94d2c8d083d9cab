"""What the report says, section by section, from words and figures that slides and deck use, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from briefing import numbers, panel, picture, quotas, tally, told, watermark
from briefing.looks import UNASSIGNED
from briefing.page import data_day, reviewed
from briefing.report.flow import HEIGHT, MARGIN, ROOM, WIDTH, Flow, bookmarked
from briefing.slide import Column, Imprint, Slide, Subject, Table
from briefing.snapshot import NONE, Snapshot
from briefing.templates import clusters, comparison, conflicts, overview, parts, progress
from briefing.themes import themed
from layers import style, vocabulary
from layers.draw.paper.sheet import Book, Sheet
from layers.draw.paper.type import Faces

KIND: Final = "工业用地储备与产业集群简报"
_TITLE_PT: Final = 19.0
_MAP: Final = 372.0


@dataclass(frozen=True, slots=True)
class Report:
    """The pages before they are painted: their sheets, the title, and the names that found no place on the map."""

    sheets: tuple[Sheet, ...]
    title: str
    dropped: tuple[str, ...]
    headings: tuple[tuple[str, int], ...]  # with the number of their page, from 0

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is set."""
        return tuple(text for sheet in self.sheets for text in sheet.texts)

    def pdf(self, mark: str) -> bytes:
        """The file."""
        book = Book({"Title": self.title, "Subject": mark, "Creator": "Chantu"})
        for sheet in self.sheets:
            book.add(sheet)
        return bookmarked(book.pdf(), self.headings)


def compose(
    snapshot: Snapshot,
    imprint: Imprint,
    faces: Faces,
    *,
    title: str = "",
    other: Snapshot | None = None,
    theme: str = "",
) -> Report:
    """Compose the report; ``other`` is what the scenario is compared with."""
    slide = themed(overview.compose(snapshot, Subject()), snapshot, "overview", theme=theme)
    flow = Flow(faces)
    head = title or slide.title
    dropped = _front(flow, snapshot, imprint, slide, head)
    _land(flow, snapshot, theme)
    _progress(flow, snapshot)
    _conflicts(flow, snapshot, slide)
    if other is not None:
        _changes(flow, comparison.compose(snapshot, Subject(other=other)))
    _method(flow, snapshot, imprint, other)
    for nth, sheet in enumerate(flow.sheets, 1):
        _running(sheet, snapshot, imprint, nth, len(flow.sheets))
    return Report(tuple(flow.sheets), head, dropped, tuple(flow.headings))


def _front(flow: Flow, snapshot: Snapshot, imprint: Imprint, slide: Slide, head: str) -> tuple[str, ...]:
    """Title, who and when, key figures, three statements, the map."""
    sheet = flow.sheet
    sheet.text(MARGIN, flow.y + 6.0, KIND, 11.0, weight="medium", color=style.ACCENT)
    flow.y += 16.0
    for line in panel.lines_of(sheet.faces, head, _TITLE_PT * 1.06, ROOM):
        flow.y += 27.0
        sheet.text(MARGIN, flow.y - 4.0, line, _TITLE_PT, weight="bold")
    flow.y += 16.0
    made = "　".join(
        one for one in (imprint.office, f"方案：{told.version(snapshot)}", f"数据截至 {data_day(snapshot)}") if one
    )
    sheet.text(MARGIN, flow.y, made, 9.6, color=panel.SECOND)
    flow.y += 14.0
    flow.figures(slide.kpis)
    for name, words, alert in told.statements(snapshot, slide):
        text = f"{name.partition('、')[2]}：{words}"
        flow.paragraph(text, color=panel.DEEP_RED if alert else style.INK)
    height = min(flow.left - 22.0, _MAP)
    drawn = picture.draw(sheet, snapshot, slide.picture, (MARGIN, flow.y + 4.0, ROOM, height))
    what = "规划用地" if slide.picture.theme == "land-use" else "集群"
    flow.y += height + 18.0
    sheet.text(
        MARGIN + ROOM / 2,
        flow.y,
        f"图 1　{slide.subtitle}（底色为{what}，图例见表 1；红色为压占管控线）",
        8.8,
        color=panel.SECOND,
        align="center",
    )
    flow.y += 12.0
    return drawn.dropped


def _land(flow: Flow, snapshot: Snapshot, theme: str) -> None:
    """Clusters and parks: what there is."""
    available = tally.available(snapshot)
    flow.turn()
    flow.heading("一、家底与结构")
    slide = clusters.compose(snapshot, Subject())
    flow.paragraph(f"{slide.title}。{slide.callout.lead}。{slide.callout.body}")
    if theme:
        flow.piece(parts.land_bars(snapshot, available, f"{flow.table()}　各类规划用地可用储备（色块即图例）"))
    own = "" if theme else "（色块即图例）"
    flow.piece(parts.cluster_bars(snapshot, available, f"{flow.table()}　各集群可用储备{own}"))
    flow.piece(_parks(snapshot, available, flow.table()))
    flow.paragraph(f"{quotas.title(snapshot)}。")
    if snapshot.quotas:
        flow.piece(_quotas(snapshot, flow.table()))


def _parks(snapshot: Snapshot, available: tally.Mask, number: str) -> Table:
    names = snapshot.parcels.column("park").astype(str)
    worst = tally.in_conflict(snapshot, available)
    known = {one.code: one.name_zh for one in snapshot.clusters}
    rows = []
    for part in tally.by_park(snapshot, available):
        mask = available & (names == part.key)
        first = next((one for one in tally.by_cluster(snapshot, mask) if one.key), None)
        leading = f"{known[first.key]} {numbers.percent(first.centi_m2, part.centi_m2)}" if first else UNASSIGNED
        rows.append((
            parts.park_name(part.key) or "园区外", numbers.count(part.parcels), numbers.mu(part.centi_m2),
            numbers.mu(tally.summed(snapshot, mask & tally.cleared(snapshot)).centi_m2),
            numbers.mu(sum(one.centi_m2 for one in worst if mask[one.row])), leading,
        ))  # fmt: skip
    whole, now = tally.summed(snapshot, available), tally.summed(snapshot, available & tally.cleared(snapshot))
    total = ("合计", numbers.count(whole.parcels), numbers.mu(whole.centi_m2), numbers.mu(now.centi_m2),
             numbers.mu(sum(one.centi_m2 for one in worst)), "")  # fmt: skip
    sums = tuple(Column(head, 0.13, "right") for head in ("可用", "净地", "压占"))
    columns = (Column("园区", 0.28), Column("宗", 0.09, "right"), *sums, Column("　主导集群及占比", 0.24))
    return Table(f"{number}　各园区可用储备", "亩", columns, tuple((*row[:5], f"　{row[5]}") for row in rows), total)


def _quotas(snapshot: Snapshot, number: str) -> Table:
    lines = quotas.lines(snapshot)
    rows = [
        (one.name, numbers.mu(one.centi_m2), numbers.mu(one.cleared_centi_m2), quotas.worded(one.quota),
         quotas.worded(one.left), quotas.used(one))
        for one in lines
    ]  # fmt: skip
    heads = ("可用", "净地", "配额", "余额", "使用")
    columns = (Column("产业集群", 0.30), *(Column(head, 0.14, "right") for head in heads))
    return Table(f"{number}　集群用地与配额", "亩", columns, tuple(rows[:-1]), rows[-1])


def _progress(flow: Flow, snapshot: Snapshot) -> None:
    """How far the land has come."""
    slide = progress.compose(snapshot, Subject())
    everything = np.ones(len(snapshot.stage), dtype=bool)
    bars = parts.stage_bars(snapshot, everything, f"{flow.table()}　各储备阶段的地块（含已供应）")
    flow.heading("二、储备进度", with_=panel.height_of(bars) + 60.0)
    flow.paragraph(f"{slide.title}。{slide.callout.lead}。{slide.callout.body}")
    flow.piece(bars)


def _conflicts(flow: Flow, snapshot: Snapshot, overall: Slide) -> None:
    """What stands against it, the worst case, and what is to be done, parcel by parcel."""
    slide = conflicts.compose(snapshot, Subject())
    flow.heading("三、需先处置的地块")
    flow.paragraph(f"{slide.title}。")
    flow.callout(overall.callout)
    worst = tally.in_conflict(snapshot, tally.available(snapshot))
    if not worst:
        return
    columns = snapshot.parcels.columns
    rows = tuple(
        (columns["code"][one.row], parts.park_name(columns["park"][one.row]) or "园区外", _cluster(snapshot, one.row),
         vocabulary.CONSTRAINT_KINDS[one.kind].zh, numbers.parcel_mu(one.centi_m2),
         numbers.percent(one.centi_m2, int(snapshot.centi_m2[one.row])), f"　{parts.advice(snapshot, one)}")
        for one in worst
    )  # fmt: skip
    total = (
        "合计",
        f"{numbers.count(len(worst))} 宗",
        "",
        "",
        numbers.parcel_mu(sum(one.centi_m2 for one in worst)),
        "",
        "",
    )
    words = (Column("编号", 0.13), Column("园区", 0.16), Column("集群", 0.12), Column("压占", 0.14))
    heads = (*words, Column("亩", 0.07, "right"), Column("占比", 0.07, "right"), Column("　建议", 0.31))
    flow.piece(Table(f"{flow.table()}　压占管控线的地块", "压占面积从大到小", heads, rows, total))
    flow.paragraph(f"{slide.callout.lead}。{slide.callout.body}")


def _cluster(snapshot: Snapshot, row: int) -> str:
    at = int(snapshot.cluster[row])
    return UNASSIGNED if at == NONE else snapshot.clusters[at].name_zh


def _changes(flow: Flow, slide: Slide) -> None:
    """What differs from the other scenario."""
    table = next(one for one in slide.pieces if isinstance(one, Table))
    flow.heading("四、方案变化", with_=panel.height_of(table) + 60.0)
    said = "，".join(f"{kpi.label} {kpi.figure.text} {kpi.figure.unit}" for kpi in slide.kpis)
    flow.paragraph(f"{slide.title}。{said}。{slide.callout.lead}。{slide.callout.body}")
    flow.piece(Table(f"{flow.table()}　{slide.subtitle}", table.unit, table.columns, table.rows, table.total))


def _method(flow: Flow, snapshot: Snapshot, imprint: Imprint, other: Snapshot | None) -> None:
    """How figures came about, and where they are from."""
    flow.heading(("五" if other is not None else "四") + "、口径与数据来源")
    for key, text in (
        *told.method(snapshot, other),
        ("来源", f"{imprint.source}{'（含示例数据，非真实）' if snapshot.has_sample else ''}。"),
    ):
        flow.paragraph(f"{key}：{text}", size=9.2, color=panel.SECOND)
    for line in told.counts(snapshot):
        flow.paragraph(line, size=9.2, color=panel.SECOND)


def _running(sheet: Sheet, snapshot: Snapshot, imprint: Imprint, nth: int, of: int) -> None:
    """Head and foot of every page: who may read it, the snapshot, the mark of sample data, the page."""
    said = "　".join(one for one in (imprint.secrecy, reviewed(imprint)) if one)
    sheet.text(MARGIN, 46.0, said, 9.0, color=panel.THIRD)
    right = WIDTH - MARGIN
    if snapshot.has_sample:
        mark = "示例数据，非真实，不得用于审批"
        wide = sheet.faces.width(mark, 8.6, "bold") + 12.0
        sheet.rect(right - wide, 36.0, wide, 14.0, fill="#FFF4D6", line="#B7791F", line_width=0.7)
        sheet.text_middle(right - wide / 2, 43.0, mark, 8.6, weight="bold", color="#7A4B00", align="center")
    sheet.line([(MARGIN, 56.0), (right, 56.0)], panel.RULE, width=0.7)
    foot = HEIGHT - 40.0
    sheet.line([(MARGIN, foot - 12.0), (right, foot - 12.0)], panel.RULE, width=0.7)
    told_left = f"{KIND}　快照 {snapshot.id}　{told.version(snapshot)}　数据截至 {data_day(snapshot)}"
    sheet.text(MARGIN, foot, told_left, 8.4, color=panel.THIRD)
    sheet.text(right, foot, f"{nth} / {of}", 8.4, color=panel.THIRD, align="right")
    watermark.lay(sheet, imprint.watermark)
