"""The pages of a deck in their order: cover, conclusion, maps, charts, tables, and how the figures came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from briefing import numbers, picture, tally, told, watermark
from briefing.deck import charts, tables, vector
from briefing.deck.freeform import TOLERANCE_PT
from briefing.deck.page import SECOND, Page, Run
from briefing.deck.theme import FOOT, MARGIN, WIDTH, cover_layout, page_layout
from briefing.page import data_day
from briefing.slide import Imprint, Slide, Subject
from briefing.snapshot import Snapshot
from briefing.templates import clusters, comparison, overview, park, parts, progress
from briefing.themes import claim, fills, themed
from layers import style, vocabulary
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces

TOP: Final = 92.0  # of what stands below title and subtitle
BODY: Final = FOOT - 10.0 - TOP
WIDE: Final = WIDTH - 2 * MARGIN
TITLE: Final = "工业用地储备与产业集群布局"
_PANEL: Final = 236.0
# pixels a point of the pictures: a page is shown on 1920 pixels, and zoomed into
_FINE: Final = 3.0
_CLOSE_UPS: Final = 2


@dataclass(slots=True)
class Making:
    """What a deck is made of, and what is known of it while its pages are written."""

    deck: Any
    snapshot: Snapshot
    other: Snapshot | None
    imprint: Imprint
    faces: Faces
    title: str
    pages: list[Page]
    dropped: list[str]
    theme: str = ""
    figure: int = 0
    table: int = 0

    def page(self, title: str, subtitle: str) -> Page:
        """A new page with head and foot."""
        made = Page(self.deck.slides.add_slide(page_layout(self.deck)))
        made.head(title, subtitle)
        made.foot(*told.foot(self.snapshot, self.imprint))
        self.pages.append(made)
        return made

    def next_figure(self) -> str:
        """The number of a figure."""
        self.figure += 1
        return f"图 {self.figure}"

    def next_table(self) -> str:
        """The number of a table."""
        self.table += 1
        return f"表 {self.table}"

    def notes(self, page: Page, *lines: str) -> None:
        """Say where the page's figures are from."""
        page.notes(told.notes(self.snapshot, lines, self.other))


def write(making: Making) -> None:
    """Write every page."""
    _cover(making)
    _conclusion(making)
    _map(making)
    _vector(making)
    for name in _worth_a_look(making.snapshot):
        _close_up(making, name)
    _clusters(making)
    _stages(making)
    tables.conflicts(making)
    tables.quotas_page(making)
    if making.other is not None:
        tables.changes(making, comparison.compose(making.snapshot, Subject(other=making.other)))
    tables.method(making)


def _cover(making: Making) -> None:
    page = Page(making.deck.slides.add_slide(cover_layout(making.deck)))
    making.pages.append(page)
    snapshot, imprint = making.snapshot, making.imprint
    page.head(making.title or TITLE, f"方案：{told.version(snapshot)}")
    lines = [(Run(text, 16.0, color="#FFFFFF"),) for text in (imprint.office, f"数据截至 {data_day(snapshot)}") if text]
    page.text((86.0, 410.0, 560.0, 24.0 * len(lines)), lines, "编制单位与日期", lead=130.0)
    right = [(Run(imprint.secrecy, 12.0, color="#C9D3DE"),), (Run(f"快照 {snapshot.id}", 12.0, color="#C9D3DE"),)]
    page.text((WIDTH - MARGIN - 260.0, 476.0, 260.0, 36.0), right, "密级与快照", align="right", anchor="b")
    making.notes(page, "本文件每个数字都取自上述快照；同一快照、同样的要求，得到的文件逐字节相同。")


def _overview(making: Making) -> Slide:
    slide = overview.compose(making.snapshot, Subject())
    return themed(slide, making.snapshot, "overview", theme=making.theme)


def _conclusion(making: Making) -> None:
    snapshot = making.snapshot
    slide = _overview(making)
    page = making.page(slide.title, "总体结论")
    step = (WIDE + 18.0) / len(slide.kpis)
    for nth, kpi in enumerate(slide.kpis):
        left = MARGIN + nth * step
        page.rect((left, TOP, step - 18.0, 104.0), f"底 {kpi.label}", fill="#F4F6F8")
        page.rect((left, TOP, 4.0, 104.0), f"边 {kpi.label}", fill=style.ALERT if kpi.alert else style.ACCENT)
        color = style.ALERT if kpi.alert else style.INK
        page.text(
            (left + 20.0, TOP + 12.0, step - 52.0, 20.0), [(Run(kpi.label, 14.0, color=SECOND),)], f"名 {kpi.label}"
        )
        figure = (Run(kpi.figure.text, 44.0, bold=True, color=color), Run(f" {kpi.figure.unit}", 16.0, color=SECOND))
        page.text((left + 20.0, TOP + 34.0, step - 52.0, 62.0), [figure], kpi.label, anchor="ctr")
    top = TOP + 132.0
    high = (FOOT - 18.0 - top) / 3
    for nth, (lead, body, alert) in enumerate(told.statements(snapshot, slide)):
        at = top + nth * high
        color = style.ALERT if alert else style.ACCENT
        page.rect((MARGIN, at + 8.0, 3.0, high - 22.0), f"边 {lead}", fill=color)
        page.text((MARGIN + 18.0, at + 4.0, 118.0, high - 14.0), [(Run(lead, 19.0, bold=True, color=color),)], lead,
                  anchor="ctr")  # fmt: skip
        page.text((MARGIN + 140.0, at + 4.0, WIDE - 150.0, high - 14.0), [(Run(body, 16.0),)], f"{lead}正文", anchor="ctr",
                  lead=118.0)  # fmt: skip
    making.notes(page, *told.counts(snapshot))


def _map(making: Making) -> None:
    snapshot = making.snapshot
    slide = _overview(making)
    largest = [part for part in tally.by_park(snapshot, tally.available(snapshot)) if part.key]
    title = f"储备分布在 {numbers.count(len(largest))} 个园区" if largest else "储备地块不在园区内"
    if largest:
        title += f"，{parts.park_name(largest[0].key)}最多，{numbers.worded(largest[0].centi_m2)}"
    page = making.page(title, f"{making.next_figure()}  {slide.subtitle}")
    box = (MARGIN, TOP, WIDE - _PANEL - 18.0, BODY)
    sheet = Sheet(box[2], box[3], making.faces)
    drawn = picture.draw(sheet, snapshot, slide.picture, (0.0, 0.0, box[2], box[3]))
    making.dropped += drawn.dropped
    watermark.lay(sheet, making.imprint.watermark)
    page.say(*sheet.texts)
    page.picture(box, sheet.png(round(box[2] * _FINE), {}), "地图", f"{slide.title}。{slide.subtitle}，图例见右侧表。")
    _legend(making, page, tally.available(snapshot))
    making.notes(
        page,
        *told.counts(snapshot)[:1],
        f"图中底色为{tables.head_of(making.theme)}，边线为储备阶段，红色斜线为压占管控线的部分。",
    )


def _legend(making: Making, page: Page, mask: tally.Mask, *, signs: bool = True) -> None:
    """Clusters with their colours, 亩 and counts, beside a map; and what its lines mean."""
    snapshot, left = making.snapshot, WIDTH - MARGIN - _PANEL
    rows = tables.legend_rows(snapshot, mask, making.theme)
    high = 21.0 * len(rows)
    page.table(
        (left, TOP, _PANEL, high),
        (0.16, 0.42, 0.24, 0.18) if making.theme else (0.11, 0.41, 0.27, 0.21),
        rows,
        f"{tables.head_of(making.theme)}图例",
        size=11.0,
        total=True,
    )
    if signs:
        _signs(page, TOP + high + 14.0)


def _signs(page: Page, top: float) -> None:
    """What the lines and tints of a map mean."""
    left = WIDTH - MARGIN - _PANEL
    words = (("红色斜线", "压占管控线", style.ALERT), ("蓝线", "产业园区边界", style.ACCENT),
             ("橙色虚线", "在建道路，点线为规划道路", "#B5460F"), ("粗实边线", "净地待供、公告", style.INK),
             ("虚线边线", "尚未入库或在开发", style.INK), ("淡色", "已供应", SECOND), ("黄色块", "永久基本农田", "#8A7508"), ("绿色块", "生态保护红线", "#2E7D32"))  # fmt: skip
    lines = [
        (Run(f"{sign}　", 11.0, bold=True, color=color), Run(text, 11.0, color=SECOND)) for sign, text, color in words
    ]
    page.text((left, top, _PANEL, 17.0 * len(lines) + 18.0), lines, "图例说明", lead=128.0)


def _vector(making: Making) -> None:
    snapshot = making.snapshot
    title = clusters.compose(snapshot, Subject()).title
    if making.theme:
        title = claim(snapshot, tally.available(snapshot))
    page = making.page(title, "")
    box = (MARGIN, TOP, WIDE - _PANEL - 18.0, BODY)
    drawn = vector.draw(page, snapshot, making.faces, box, parts.parks_bounds(snapshot), theme=fills(making.theme))
    rule = _rule(drawn, making.theme)
    page.head(page.texts[0], f"{making.next_figure()}  矢量底图：{rule}")
    _legend(making, page, tally.available(snapshot))
    making.notes(page, f"{rule}。在“选择窗格”可按编号查找。顶点按图上 {TOLERANCE_PT} 磅化简，面积以数据为准。",
                 *told.counts(snapshot)[:1])  # fmt: skip


def _rule(drawn: vector.Drawn, theme: str) -> str:
    """What a shape of a map stands for, as the page says it."""
    count = numbers.count(drawn.shapes)
    if drawn.joined:
        many, what = numbers.count(drawn.parcels), tables.head_of(theme).removeprefix("产业")
        return f"{many} 宗超过 {vector.MOST_SHAPES} 宗，按园区、{what}和阶段合并为 {count} 个可编辑图形"
    return f"{count} 宗地块各是一个可编辑图形，名称即地块编号"


def _worth_a_look(snapshot: Snapshot) -> tuple[str, ...]:
    available = tally.available(snapshot)
    return parts.enlarged(snapshot, available, tally.in_conflict(snapshot, available))[:_CLOSE_UPS]


def _close_up(making: Making, name: str) -> None:
    snapshot = making.snapshot
    slide = themed(park.compose(snapshot, Subject(name)), snapshot, "park", park=name, theme=making.theme)
    page = making.page(slide.title, "")
    box = (MARGIN, TOP, WIDE - _PANEL - 18.0, BODY)
    bounds = slide.picture.bounds or parts.parks_bounds(snapshot)
    drawn = vector.draw(page, snapshot, making.faces, box, bounds, within=name, theme=fills(making.theme))
    page.head(slide.title, f"{making.next_figure()}  {slide.subtitle}：{_rule(drawn, making.theme)}")
    inside = snapshot.parcels.column("park").astype(str) == name
    mask = tally.available(snapshot) & inside
    _legend(making, page, mask, signs=False)
    below = TOP + 21.0 * len(tables.legend_rows(snapshot, mask, making.theme)) + 16.0
    _callout(page, slide, below)
    _signs(page, below + 144.0)
    making.notes(page, told.counted("园区可用储备", tally.summed(snapshot, mask), f"登记在{parts.park_name(name)}、未供应的地块"),
                 f"图框内共 {numbers.count(drawn.parcels)} 宗，含园区外的邻近地块。")  # fmt: skip


def _callout(page: Page, slide: Slide, top: float) -> None:
    left = WIDTH - MARGIN - _PANEL
    one = slide.callout
    deep, tint = (style.ALERT, "#FBF1F0") if one.alert else (style.ACCENT, "#EEF4F9")
    high = 128.0
    page.rect((left, top, _PANEL, high), "提示底", fill=tint)
    page.rect((left, top, 4.0, high), "提示边", fill=deep)
    lines = [(Run(one.lead, 13.0, bold=True, color=deep),), (Run(one.body, 12.0),)]
    page.text((left + 14.0, top + 10.0, _PANEL - 26.0, high - 20.0), lines, "提示", anchor="ctr", lead=112.0)


def _clusters(making: Making) -> None:
    snapshot = making.snapshot
    available = tally.available(snapshot)
    now = tally.cleared(snapshot)
    by_now = [part for part in tally.by_park(snapshot, available & now) if part.key]
    title = "各园区均无净地可供"
    if by_now:
        total = tally.summed(snapshot, available & now).centi_m2
        names = "、".join(parts.park_name(part.key) for part in by_now[:2])
        share = numbers.percent(sum(part.centi_m2 for part in by_now[:2]), total)
        title = f"净地最多的是{names}，占全部净地 {share}"
    figure, table = making.next_figure(), making.next_table()
    name = "各类规划用地可用储备" if making.theme else "各集群可用储备"
    page = making.page(title, f"{figure}  {name}（亩）　　{table}  各园区可用储备（亩）")
    rows = [
        charts.Bar(look.name, part.centi_m2, look.color)
        for part, look in parts.legend(snapshot, available, making.theme)
    ]
    half = WIDE * 0.45
    if rows:
        charts.bars(page, (MARGIN - 6.0, TOP, half, BODY), rows, name, f"{name}的条形图，单位亩。")
    tables.parks(making, page, (MARGIN + half + 16.0, TOP, WIDE - half - 16.0, BODY))
    making.notes(
        page,
        *told.counts(snapshot),
        f"图表数据为精确值（亩），双击可查看；各项相加等于合计 {_exact(snapshot, available)} ㎡。",
    )


def _exact(snapshot: Snapshot, mask: tally.Mask) -> str:
    return f"{numbers.area_m2(tally.summed(snapshot, mask).centi_m2):,}"


def _stages(making: Making) -> None:
    snapshot = making.snapshot
    slide = progress.compose(snapshot, Subject())
    everything = np.ones(len(snapshot.stage), dtype=bool)
    page = making.page(slide.title, f"{making.next_figure()}  各储备阶段的地块（亩）")
    found = tally.by_stage(snapshot, everything)
    rows = [
        charts.Bar(vocabulary.STAGES[part.key].zh if part.key else "阶段未填", part.centi_m2,
                   style.STAGE_FILLS[part.key] if part.key else style.UNASSIGNED.fill)
        for part in found
    ]  # fmt: skip
    charts.bars(page, (MARGIN - 6.0, TOP, WIDE - _PANEL - 6.0, BODY), rows, "储备阶段",
                "各储备阶段面积的柱形图，单位亩。", upright=True)  # fmt: skip
    high = 24.0 * (len(found) + 2)
    tables.stages(page, (WIDTH - MARGIN - _PANEL, TOP, _PANEL, high), snapshot)
    _callout(page, slide, TOP + high + 18.0)
    making.notes(page, told.counted("全部地块", tally.summed(snapshot, everything), "台账中的全部地块"),
                 "已入库：在库、前期开发、净地待供、公告四个阶段；净地可供：净地待供与公告。")  # fmt: skip
