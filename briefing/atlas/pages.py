"""A page of the atlas on A3: the map at a scale of the usual list with its grid, the place in the city, the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from briefing import a3, panel, picture, watermark
from briefing.atlas import tables
from briefing.atlas.choosing import Chosen
from briefing.atlas.facts import Facts
from briefing.looks import Theme
from briefing.slide import Imprint, Picture
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces
from layers.draw.paper.view import View

# ground about a subject, as a part of it, and at least so many metres
_ABOUT: Final = {"park": 0.12, "parcel": 0.7}
_LEAST_M: Final = 60.0
_SHORT, _LONG = 3, 9  # rows of the tables beside the parcels of a park, and of a parcel
_STRETCH, _GAP = 0.88, 10.0
_ROW, _HEAD_AND_NOTE = 14.4, 42.0  # of a table of the panel


_Rect = tuple[float, float, float, float]
# where a page has its map, and where it says its number, right above it
_LEFT, _TOP, _RIGHT = a3.EDGE + 11.0, a3.EDGE + 46.0, a3.WIDTH - a3.EDGE - 14.0 - a3.COLUMN - 12.0
MAP: Final = (_LEFT, _TOP, _RIGHT - _LEFT, a3.HEIGHT - a3.EDGE - 13.0 - _TOP)
NUMBER_AT: Final = (_RIGHT - 96.0, a3.EDGE + 20.0, 96.0, 16.0)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A page's place among the pages of its atlas."""

    nth: int
    of: int


def title(chosen: Chosen) -> str:
    """The name of the drawing."""
    return f"{parts.park_name(chosen.name)}园区图" if chosen.kind == "park" else f"{chosen.name} 地块图"


def park_of(snapshot: Snapshot, chosen: Chosen) -> str:
    """The park itself, or the one that a parcel belongs to."""
    return chosen.name if chosen.kind == "park" else snapshot.parcels.columns["park"][chosen.row]


def view_of(snapshot: Snapshot, chosen: Chosen) -> View:
    """The ground that a page shows, before it is drawn."""
    bounds, scale = _laid_out(snapshot, chosen)
    return View.fitted(MAP, bounds, margin_pt=22.0, metres_per_pt=scale * 0.0254 / 72.0)


def _laid_out(snapshot: Snapshot, chosen: Chosen) -> tuple[_Rect, int]:
    """The bounds of the ground asked for, and the scale's number."""
    layer = snapshot.layers["parks"] if chosen.kind == "park" else snapshot.parcels
    bounds = _about(layer.geoms[chosen.row], _ABOUT[chosen.kind])
    return bounds, a3.scale_for(MAP, bounds)


def draw(
    snapshot: Snapshot,
    chosen: Chosen,
    facts: Facts,
    imprint: Imprint,
    faces: Faces,
    numbered: Numbered,
    theme: Theme = "cluster",
) -> tuple[Sheet, View, tuple[str, ...]]:
    """Draw one page; give it, the view of its map, and the names that found no place."""
    sheet = Sheet(a3.WIDTH, a3.HEIGHT, faces)
    bounds, scale = _laid_out(snapshot, chosen)
    layer = snapshot.layers["parks"] if chosen.kind == "park" else snapshot.parcels
    shown = Picture(theme=theme, bounds=bounds, codes=True, locator=True, unnamed=(park_of(snapshot, chosen),))
    drawn = picture.draw(
        sheet, snapshot, shown, MAP, metres_per_pt=scale * 0.0254 / 72.0,
        outlined=layer.geoms[chosen.row : chosen.row + 1],
        outline=style.INK if chosen.kind == "parcel" else style.ACCENT,
    )  # fmt: skip
    if imprint.georeferenced:
        a3.grid(sheet, drawn.view, MAP)
    sheet.text(_LEFT + MAP[2] / 2, a3.EDGE + 31.0, title(chosen), 22.0, weight="bold", align="center")
    sheet.text(
        _RIGHT,
        a3.EDGE + 31.0,
        f"第 {numbered.nth} 页，共 {numbered.of} 页",
        9.0,
        color=panel.SECOND,
        align="right",
    )
    beside(sheet, snapshot, chosen, facts, drawn.view, theme)
    x = a3.WIDTH - a3.EDGE - 12.0 - a3.COLUMN
    block = a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK
    a3.block(sheet, snapshot, imprint, scale, (x, block, a3.COLUMN, a3.BLOCK))
    a3.frame(sheet)
    watermark.lay(sheet, imprint.watermark)
    return sheet, drawn.view, drawn.dropped


def _about(geom: Any, part: float) -> tuple[float, float, float, float]:
    west, south, east, north = geom.bounds
    about = max(max(east - west, north - south) * part, _LEAST_M)
    return west - about, south - about, east + about, north + about


def beside(
    sheet: Sheet, snapshot: Snapshot, chosen: Chosen, facts: Facts, view: View, theme: Theme = "cluster"
) -> float:
    """The column of tables beside the map; how far down it runs."""
    x, top = a3.WIDTH - a3.EDGE - 12.0 - a3.COLUMN, a3.EDGE + 14.0
    bottom = a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK - 6.0
    a3.sample_mark(sheet, snapshot, x, top)
    top += 22.0 if snapshot.has_sample else 0.0
    said = tables.basis(snapshot, facts)
    lines = panel.lines_of(sheet.faces, f"依据　{said}", 7.8, a3.COLUMN) if said else []
    bottom -= 10.0 * len(lines) + 4.0
    legend = tables.legend(snapshot, view, theme)
    at = _pieces(sheet, snapshot, chosen, facts, (x, top, a3.COLUMN, bottom - top), legend)
    for line in lines:
        at += 10.0
        sheet.text(x, at, line, 7.8, color=panel.SECOND)
    return at


def _pieces(sheet: Sheet, snapshot: Snapshot, chosen: Chosen, facts: Facts, box: _Rect, legend: tables.Piece) -> float:
    """Tables from the top down: the facts whole, the others as far as there is room; where the last of them ends."""
    x, start, width, height = box
    is_park = chosen.kind == "park"
    fixed: list[tables.Piece | None] = [
        tables.park_facts(snapshot, chosen, facts) if is_park else tables.parcel_facts(snapshot, chosen, facts),
        legend,
    ]
    asked = [
        tables.neighbours(snapshot, chosen, facts),
        tables.roads(snapshot, facts),
        tables.constraints(snapshot, facts),
    ]
    most = _SHORT if is_park else _LONG
    while True:
        listed = [tables.at_most(one, most) for one in asked]
        pieces = [one for one in (fixed[0], *listed, fixed[1]) if one is not None]
        needed = sum(panel.height_of(one, _STRETCH) for one in pieces) + _GAP * (len(pieces) - 1)
        if needed <= height or most == 1:
            break
        most -= 1
    if is_park:
        room = height - needed - _GAP - _HEAD_AND_NOTE
        pieces.insert(1, tables.parcels(snapshot, chosen.name, int(room // (_ROW * _STRETCH))))
    for nth, piece in enumerate(pieces):
        if nth:
            sheet.line([(x, start + _GAP * 0.42), (x + width, start + _GAP * 0.42)], panel.RULE, width=0.7)
            start += _GAP
        panel.draw(sheet, piece, x, start, width, _STRETCH)
        start += panel.height_of(piece, _STRETCH)
    return start
