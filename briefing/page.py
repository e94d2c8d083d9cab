"""The page of a slide: title, map, panel and foot on 540 points of height, whatever the width."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from briefing import panel, picture, watermark
from briefing.slide import Imprint, Slide
from briefing.snapshot import Snapshot
from briefing.templates.parts import named_scenario
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces

HEIGHT: Final = 540.0
_MARGIN: Final = 21.0
_TOP: Final = 79.0  # of map and panel
_FOOT: Final = 515.0  # the rule above the foot
_GUTTER: Final = 15.0
_TITLE_PT: Final = 22.5


def draw(
    slide: Slide, snapshot: Snapshot, imprint: Imprint, faces: Faces, *, width: float, other: Snapshot | None = None
) -> tuple[Sheet, tuple[str, ...]]:
    """Draw a slide; give its sheet, and the names that found no place on its map."""
    sheet = Sheet(width, HEIGHT, faces)
    _head(sheet, slide, snapshot, width)
    beside = 240.0 if width >= 900.0 else 214.0
    left = width - _MARGIN - beside
    room = (_MARGIN, _TOP, left - _GUTTER - _MARGIN, _FOOT - 9.0 - _TOP)
    dropped = _maps(sheet, slide, snapshot, other, room)
    _panel(sheet, slide, left, beside)
    _foot(sheet, snapshot, imprint, width, other)
    watermark.lay(sheet, imprint.watermark)
    return sheet, dropped


def _head(sheet: Sheet, slide: Slide, snapshot: Snapshot, width: float) -> None:
    sheet.rect(0.0, 18.0, 8.0, 33.0, fill=style.ACCENT)
    size = panel.fitting(sheet.faces, slide.title, _TITLE_PT, "bold", width - 2 * _MARGIN)
    sheet.text(_MARGIN, 42.5, slide.title, size, weight="bold")
    sheet.text(_MARGIN, 67.5, slide.subtitle, 10.8, color=panel.SECOND)
    right = width - _MARGIN
    if snapshot.has_sample:
        mark = "示例数据"
        wide = sheet.faces.width(mark, 8.6, "bold") + 10.0
        sheet.rect(right - wide, 58.0, wide, 13.0, fill="#FFF4D6", line="#B7791F", line_width=0.7)
        sheet.text_middle(right - wide / 2, 64.5, mark, 8.6, weight="bold", color="#7A4B00", align="center")
        right -= wide + 8.0
    told = f"数据截至 {data_day(snapshot)}  ·  面积为 CGCS2000 投影平面面积，1 亩 = 666.67 ㎡"
    sheet.text(right, 67.5, told, 8.6, color=panel.THIRD, align="right")


def data_day(snapshot: Snapshot) -> str:
    """The day, in China, of the last change in the data."""
    if not snapshot.data_at:
        return "—"
    return datetime.fromisoformat(snapshot.data_at).astimezone(timezone(timedelta(hours=8))).date().isoformat()


def _maps(
    sheet: Sheet, slide: Slide, snapshot: Snapshot, other: Snapshot | None, room: tuple[float, float, float, float]
) -> tuple[str, ...]:
    x, y, width, height = room
    if slide.second is None or other is None:
        return picture.draw(sheet, snapshot, slide.picture, room).dropped
    half = (width - 8.0) / 2
    dropped: list[str] = []
    for nth, (one, shown) in enumerate(((snapshot, slide.picture), (other, slide.second))):
        left = x + nth * (half + 8.0)
        sheet.rect(left, y, half, 18.0, fill=style.ACCENT if nth else "#4A5563")
        sheet.text_middle(left + 8.0, y + 9.0, slide.captions[nth], 9.8, weight="bold", color="#FFFFFF")
        dropped += picture.draw(sheet, one, shown, (left, y + 18.0, half, height - 18.0)).dropped
    return tuple(dropped)


def _panel(sheet: Sheet, slide: Slide, x: float, width: float) -> None:
    top, bottom = _TOP - 1.0, _FOOT - 9.0
    panel.kpis(sheet, slide.kpis, x, top, width)
    box = panel.callout_height(sheet, slide.callout, width)
    panel.callout(sheet, slide.callout, x, bottom - box, width)
    start = top + panel.KPI_HEIGHT
    pieces, stretch, gap = panel.shared_out(slide.pieces, bottom - box - 8.0 - start)
    at = start
    for piece in pieces:
        sheet.line([(x, at + gap * 0.42), (x + width, at + gap * 0.42)], panel.RULE, width=0.7)
        at += gap
        panel.draw(sheet, piece, x, at, width, stretch)
        at += panel.height_of(piece, stretch)


def reviewed(imprint: Imprint) -> str:
    """The 审图号 as it is printed, nothing where there is none."""
    return f"审图号：{imprint.review_number}" if imprint.review_number else ""


def _foot(sheet: Sheet, snapshot: Snapshot, imprint: Imprint, width: float, other: Snapshot | None) -> None:
    sheet.line([(_MARGIN, _FOOT), (width - _MARGIN, _FOOT)], panel.RULE, width=0.7)
    made = f"编制：{imprint.office}    " if imprint.office else ""
    sample = "（含示例数据，非真实）" if snapshot.has_sample else ""
    names = named_scenario(snapshot)
    if other is not None:
        names += f" / {named_scenario(other)}"
    state = {"draft": "草案", "in_review": "审核中", "published": "已发布"}.get(snapshot.state, snapshot.state)
    mark = snapshot.id if other is None else f"{snapshot.id[:6]}-{other.id[:6]}"
    version = "" if snapshot.is_base and other is None else f"（{state}）"
    said = "    ".join(one for one in (imprint.secrecy, reviewed(imprint)) if one)
    right = f"{said}    方案：{names}{version}    快照 {mark}"
    room = width - 2 * _MARGIN - sheet.faces.width(right, 8.4) - 14.0
    left = panel.shortened(sheet.faces, f"{made}数据来源：{imprint.source}{sample}", 8.4, "regular", room)
    sheet.text(_MARGIN, _FOOT + 14.0, left, 8.4, color=panel.THIRD)
    sheet.text(width - _MARGIN, _FOOT + 14.0, right, 8.4, color=panel.THIRD, align="right")
