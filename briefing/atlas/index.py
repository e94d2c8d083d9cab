"""The index of an atlas: its first page, a map with the frame of every page and its number, and the list of pages.

What the list has no room for beside the map stands on pages of its own behind it, four columns abreast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from briefing import a3, numbers, panel, picture, tally, watermark
from briefing.atlas import pages, tables
from briefing.atlas.choosing import Chosen
from briefing.looks import Theme
from briefing.slide import Imprint, Picture, Sign, Signs
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces
from layers.draw.paper.view import View

TITLE: Final = "图册索引"
# an atlas of one page needs no index
LEAST_PAGES: Final = 2
_ROW: Final = 13.2
_HEAD: Final = 18.0
_ABREAST: Final = 4
_LEGEND: Final = 138.0  # kept free below the list for what colours and lines mean
_GUTTER: Final = 20.0
_TOP: Final = pages.MAP[1]
_NOTE: Final = "园区为可用储备，地块为平面面积"

Rect = tuple[float, float, float, float]  # x, y, width, height


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list: the page's number, what it is of, how many parcels that has, and 亩."""

    page: int
    name: str
    parcels: str
    mu: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of the index: its sheet, the view of its map, names without a place, and where which page is named."""

    sheet: Sheet
    view: View | None
    dropped: tuple[str, ...]
    links: tuple[tuple[Rect, int], ...]  # the number of the page, from 1


def length(count: int, *, beside_sample: bool) -> int:
    """How many pages the index of so many pages takes; none when there is one page only."""
    if count < LEAST_PAGES:
        return 0
    rest = max(count - _beside(beside_sample=beside_sample), 0)
    return 1 + -(-rest // (_ABREAST * _rows_of_a_page()))


def _beside(*, beside_sample: bool) -> int:
    """How many lines stand beside the map."""
    top = a3.EDGE + 14.0 + (22.0 if beside_sample else 0.0)
    bottom = a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK - 10.0
    return int((bottom - top - _HEAD - 2 * _ROW - _LEGEND) // _ROW)


def _rows_of_a_page() -> int:
    return int((a3.HEIGHT - a3.EDGE - 24.0 - _TOP - _ROW) // _ROW)


def entries(snapshot: Snapshot, chosen: Sequence[Chosen], first: int) -> tuple[Entry, ...]:
    """The lines of the list; the page of the first that is chosen has the number ``first``."""
    available = tally.available(snapshot)
    sums = {part.key: part for part in tally.by_park(snapshot, available)}
    out = []
    for nth, one in enumerate(chosen):
        if one.kind == "park":
            part = sums.get(one.name, tally.Part(one.name, 0, 0))
            out.append(Entry(first + nth, parts.park_name(one.name), f"{part.parcels:,} 宗", numbers.mu(part.centi_m2)))
        else:
            area = numbers.parcel_mu(int(snapshot.centi_m2[one.row]))
            out.append(Entry(first + nth, one.name, "1 宗", area))
    return tuple(out)


def draw(
    snapshot: Snapshot, chosen: Sequence[Chosen], imprint: Imprint, faces: Faces, theme: Theme = "cluster"
) -> tuple[Leaf, ...]:
    """Draw the index of the pages that follow it; nothing for one page."""
    many = length(len(chosen), beside_sample=snapshot.has_sample)
    if not many:
        return ()
    listed = entries(snapshot, chosen, many + 1)
    fit = _beside(beside_sample=snapshot.has_sample)
    leaves = [_map(snapshot, chosen, imprint, faces, theme, listed[:fit], many)]
    step = _ABREAST * _rows_of_a_page()
    for nth, start in enumerate(range(fit, len(listed), step), 2):
        leaves.append(_list(snapshot, imprint, faces, listed[start : start + step], (nth, many + len(chosen))))
    return tuple(leaves)


def _map(
    snapshot: Snapshot, chosen: Sequence[Chosen], imprint: Imprint, faces: Faces, theme: Theme,
    listed: tuple[Entry, ...], many: int,
) -> Leaf:  # fmt: skip
    sheet = Sheet(a3.WIDTH, a3.HEIGHT, faces)
    box = pages.MAP
    frames = tuple((str(nth), _frame(snapshot, one), one.kind == "park") for nth, one in enumerate(chosen, many + 1))
    marked = tuple(one.row for one in chosen if one.kind == "parcel")
    edges = np.array([pages.view_of(snapshot, one).bounds for one in chosen])
    low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    scale = a3.scale_for(box, bounds)
    shown = Picture(bounds=bounds, theme=theme, frames=frames, marked=marked)
    drawn = picture.draw(sheet, snapshot, shown, box, metres_per_pt=scale * 0.0254 / 72.0)
    if imprint.georeferenced:
        a3.grid(sheet, drawn.view, box)
    total = many + len(chosen)
    _heading(sheet, box[0] + box[2] / 2, box[0] + box[2], (1, total))
    x, top = a3.WIDTH - a3.EDGE - 12.0 - a3.COLUMN, a3.EDGE + 14.0
    a3.sample_mark(sheet, snapshot, x, top)
    top += 22.0 if snapshot.has_sample else 0.0
    sheet.text(x, top + 10.5, f"{TITLE}（{len(chosen)} 页）", 10.4, weight="bold")
    sheet.text(x + a3.COLUMN, top + 10.5, _NOTE, 7.6, color=panel.THIRD, align="right")
    links = _column(sheet, listed, (x, top + _HEAD, a3.COLUMN))
    bottom = top + _HEAD + (len(listed) + 1) * _ROW
    if many > 1:
        sheet.text(x, bottom + 11.0, f"其余 {len(chosen) - len(listed)} 页见后", 7.6, color=panel.THIRD)
    elif all(one.kind == "park" for one in chosen):
        bottom += _total(sheet, snapshot, chosen, (x, bottom, a3.COLUMN))
    a3.block(sheet, snapshot, imprint, scale, (x, a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK, a3.COLUMN, a3.BLOCK))
    _signs(sheet, snapshot, drawn.view, theme, (x, bottom + 22.0))
    a3.frame(sheet)
    watermark.lay(sheet, imprint.watermark)
    on_map = tuple((rect, int(number)) for number, rect in drawn.framed)
    return Leaf(sheet, drawn.view, drawn.dropped, (*links, *on_map))


def _frame(snapshot: Snapshot, one: Chosen) -> Rect:
    """What stands for a page: the ground that it shows; of a parcel its own box, as such pages lie over one another."""
    if one.kind == "park":
        return pages.view_of(snapshot, one).bounds
    west, south, east, north = snapshot.parcels.geoms[one.row].bounds
    return float(west), float(south), float(east), float(north)


def _total(sheet: Sheet, snapshot: Snapshot, chosen: Sequence[Chosen], place: tuple[float, float, float]) -> float:
    """The sum of the parks that have a page, as it stands below them; how high it is."""
    x, y, width = place
    names = snapshot.parcels.column("park").astype(str)
    whole = tally.summed(snapshot, tally.available(snapshot) & np.isin(names, [one.name for one in chosen]))
    middle = y + _ROW / 2
    sheet.text_middle(x + 34.0, middle, "合计", 8.6, weight="bold")
    sheet.text_middle(x + width - 62.0, middle, f"{whole.parcels:,} 宗", 8.2, weight="bold", align="right")
    sheet.text_middle(x + width - 4.0, middle, numbers.mu(whole.centi_m2), 8.6, weight="bold", align="right")
    return _ROW


def _signs(sheet: Sheet, snapshot: Snapshot, view: View, theme: Theme, at: tuple[float, float]) -> None:
    """The legend below the list, where there is room for it."""
    x, top = at
    room = a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK - 10.0 - top
    whole = tables.legend(snapshot, view, theme)
    # parcels are too small here for outlines that tell their stages
    stages = {one.label for one in parts.stage_signs(snapshot) if "淡色" not in one.label}
    frame = Sign("图幅与页码", "area", "#FFFFFF", style.Line(style.INK, 1.4))
    legend = Signs(whole.head, (*(one for one in whole.items if one.label not in stages), frame))
    if panel.height_of(legend, 0.88) <= room:
        panel.draw(sheet, legend, x, top, a3.COLUMN, 0.88)


def _list(
    snapshot: Snapshot, imprint: Imprint, faces: Faces, listed: tuple[Entry, ...], numbered: tuple[int, int]
) -> Leaf:
    sheet = Sheet(a3.WIDTH, a3.HEIGHT, faces)
    left, right = a3.EDGE + 14.0, a3.WIDTH - a3.EDGE - 14.0
    _heading(sheet, (left + right) / 2, right, numbered)
    if snapshot.has_sample:
        a3.sample_mark(sheet, snapshot, left, a3.EDGE + 14.0)
    wide = (right - left - (_ABREAST - 1) * _GUTTER) / _ABREAST
    rows = _rows_of_a_page()
    links: list[tuple[Rect, int]] = []
    for nth in range(_ABREAST):
        mine = listed[nth * rows : (nth + 1) * rows]
        if mine:
            links += _column(sheet, mine, (left + nth * (wide + _GUTTER), _TOP, wide))
    a3.frame(sheet)
    watermark.lay(sheet, imprint.watermark)
    return Leaf(sheet, None, (), tuple(links))


def _heading(sheet: Sheet, middle: float, right: float, numbered: tuple[int, int]) -> None:
    sheet.text(middle, a3.EDGE + 31.0, "产业园区与储备地块图册索引", 22.0, weight="bold", align="center")
    told = f"第 {numbered[0]} 页，共 {numbered[1]} 页"
    sheet.text(right, a3.EDGE + 31.0, told, 9.0, color=panel.SECOND, align="right")


def _column(sheet: Sheet, listed: Sequence[Entry], place: tuple[float, float, float]) -> list[tuple[Rect, int]]:
    """A column of the list under its head; where each line stands."""
    x, y, width = place
    sheet.rect(x, y, width, _ROW, fill="#EEF1F4")
    heads = (("页", 4.0, "left"), ("园区或地块", 34.0, "left"))
    for text, shift, _ in heads:
        sheet.text_middle(x + shift, y + _ROW / 2, text, 8.6, weight="medium", color=panel.SECOND)
    sheet.text_middle(x + width - 62.0, y + _ROW / 2, "宗", 8.6, weight="medium", color=panel.SECOND, align="right")
    sheet.text_middle(x + width - 4.0, y + _ROW / 2, "亩", 8.6, weight="medium", color=panel.SECOND, align="right")
    links = []
    for nth, one in enumerate(listed, 1):
        middle = y + (nth + 0.5) * _ROW
        name = panel.shortened(sheet.faces, one.name, 8.6, "regular", width - 34.0 - 104.0)
        sheet.text_middle(x + 4.0, middle, str(one.page), 8.6, weight="bold", color=style.ACCENT)
        sheet.text_middle(x + 34.0, middle, name, 8.6, color=style.ACCENT)
        sheet.text_middle(x + width - 62.0, middle, one.parcels, 8.2, color=panel.SECOND, align="right")
        sheet.text_middle(x + width - 4.0, middle, one.mu, 8.6, align="right")
        sheet.line([(x, middle + _ROW / 2), (x + width, middle + _ROW / 2)], "#E6E9ED", width=0.5)
        links.append(((x, middle - _ROW / 2, width, _ROW), one.page))
    return links
