"""The ground of a map: land and water, parcels, conflicts, roads and parks in a view, bottom to top.

A neutral base carries a strong subject: built-up land is one warm grey, green one pale green. Fill says the cluster (or
the stage), the outline's pattern the stage, hatching the conflict.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from briefing import tally
from briefing.looks import faded, line_on, looks
from briefing.slide import Picture
from briefing.snapshot import NONE, Geoms, Snapshot
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.view import View
from layers.style import Line, Symbol

PT_PER_PX: Final = 0.75  # widths in layers.style are CSS pixels
OUTSIDE: Final = "#FFFFFF"
# a parcel of this size on the sheet, in points across, has an outline of its own, and room for a glyph
OUTLINED_FROM_PT: Final = 5.0
GLYPH_FROM_PT: Final = 8.5
_QUIET: Final = "#D9DCE0"
# how lines thin out as the ground shrinks: full at 4 metres a point, a third at 200 and beyond
_FULL_AT_M: Final = 4.0
_STREETS_UP_TO_M: Final = 45.0  # metres a point up to which collectors and local streets are drawn
_CLASSES: Final = ("local", "collector", "arterial", "trunk", "motorway")


def fineness(view: View) -> float:
    """By how much lines are thinned in a view."""
    return float(np.clip(1.0 - 0.135 * np.log2(max(view.metres_per_pt, 0.1) / _FULL_AT_M), 0.34, 1.0))


def parcel_size_pt(snapshot: Snapshot, view: View) -> float:
    """How far across the middle one of the parcels is, in points."""
    if not len(snapshot.centi_m2):
        return 0.0
    return float(np.sqrt(np.median(snapshot.centi_m2) / 100.0) / view.metres_per_pt)


def draw(sheet: Sheet, snapshot: Snapshot, view: View, picture: Picture) -> None:
    """Draw everything but names and furniture."""
    _land(sheet, snapshot, view)
    _constraints(sheet, snapshot, view)
    _roads(sheet, snapshot, view, built=True)
    _parcels(sheet, snapshot, view, picture)
    if picture.conflicts:
        _conflicts(sheet, snapshot, view)
    _roads(sheet, snapshot, view, built=False, bold=picture.projects)
    _parks(sheet, snapshot, view)
    _marked(sheet, snapshot, view, picture)
    if picture.projects:
        _facilities(sheet, snapshot, view)


def facility_places(snapshot: Snapshot, view: View) -> NDArray[np.float64]:
    """Where the signs of the facilities in view stand (n, 2)."""
    geoms = snapshot.layers["facilities"].geoms
    seen = geoms[view.seen(geoms)]
    return view.place(shapely.get_coordinates(shapely.point_on_surface(seen)).reshape(-1, 2))


def _facilities(sheet: Sheet, snapshot: Snapshot, view: View) -> None:
    """Signs told apart by their form and letter first, by colour second."""
    layer = snapshot.layers["facilities"]
    seen = np.flatnonzero(view.seen(layer.geoms))
    for row, (x, y) in zip(seen.tolist(), facility_places(snapshot, view).tolist(), strict=True):
        sign = style.FACILITIES.get(layer.columns["kind"][row])
        if sign is not None:
            symbol(sheet, sign, x, y)


def symbol(sheet: Sheet, sign: Symbol, x: float, y: float, *, half: float = 4.4) -> None:
    """Draw the sign of a facility about a place."""
    sides = {"square": 4, "diamond": 4, "triangle": 3}.get(sign.form, 24)
    start = {"square": np.pi / 4, "diamond": 0.0, "triangle": -np.pi / 2}.get(sign.form, 0.0)
    reach = half * {"square": 1.25, "diamond": 1.35, "triangle": 1.3}.get(sign.form, 1.1)
    turns = start + np.arange(sides + 1) * (2 * np.pi / sides)
    ring = np.column_stack([x + reach * np.cos(turns), y + reach * np.sin(turns)])
    sheet.polygon(ring, fill=sign.color, line="#FFFFFF", width=0.9)
    sheet.text_middle(x, y, sign.glyph, half * 1.36, weight="bold", color="#FFFFFF", align="center")


def _stroke(sheet: Sheet, path: object, line: Line, scale: float, *, casing: bool = True) -> None:
    if casing and line.casing:
        sheet.path(path, line=line.casing, width=line.casing_width * scale, round_caps=True)  # type: ignore[arg-type]
    sheet.path(path, line=line.color, width=line.width * scale, dash=[one * scale for one in line.dash])  # type: ignore[arg-type]


def _land(sheet: Sheet, snapshot: Snapshot, view: View) -> None:
    thin = fineness(view)
    sheet.rect(view.x, view.y, view.width, view.height, fill=OUTSIDE)
    towns, landscape = snapshot.layers["towns"], snapshot.layers["landscape"]
    if len(towns):
        sheet.path(view.areas(towns.geoms), fill=style.LAND)
    else:
        sheet.rect(view.x, view.y, view.width, view.height, fill=style.LAND)
    for kind in ("green", "built_up", "water"):
        look = style.LANDSCAPE[kind]
        sheet.path(view.areas(landscape.where("kind", kind)), fill=look.fill)
    if len(towns):
        sheet.path(view.lines(towns.geoms), line="#B9C0C8", width=0.5 + 0.2 * thin, dash=(3.0, 1.6))


def _constraints(sheet: Sheet, snapshot: Snapshot, view: View) -> None:
    thin = fineness(view)
    layer = snapshot.layers["constraints"]
    for kind in ("farmland", "ecology", "protection"):
        look, geoms = style.CONSTRAINTS[kind], layer.where("kind", kind)
        sheet.path(view.areas(geoms), fill=look.fill, opacity=look.opacity * (0.55 if thin < 0.5 else 1.0))
        if thin >= 0.5 and look.line is not None:
            _stroke(sheet, view.lines(geoms), look.line, PT_PER_PX * thin)


def _roads(sheet: Sheet, snapshot: Snapshot, view: View, *, built: bool, bold: bool = False) -> None:
    roads = snapshot.layers["roads"]
    if not len(roads):
        return
    thin = fineness(view)
    state, grade = roads.column("state").astype(str), roads.column("road_class").astype(str)
    lined = np.isin(shapely.get_type_id(roads.geoms), (1, 5))
    wanted = lined & ((state == "built") if built else np.isin(state, ("construction", "planned")))
    if built and view.metres_per_pt > _STREETS_UP_TO_M:
        wanted &= np.isin(grade, ("motorway", "trunk", "arterial"))
    for key in ("built",) if built else ("planned", "construction"):
        sets = []
        for one in _CLASSES:
            geoms = roads.geoms[wanted & (state == key) & (grade == one)]
            line = style.MOTORWAY if one == "motorway" and built else style.ROADS[key]
            width = style.ROAD_WIDTHS[one] * thin * PT_PER_PX * (0.62 if built else 1.25 if bold else 0.7)
            sets.append((view.lines(geoms), line, width))
        # casings of all classes lie under all roads, so that crossings are open
        for path, line, width in sets:
            sheet.path(path, line=line.casing, width=line.casing_width * width, round_caps=True)
        for path, line, width in sets:
            _stroke(sheet, path, line, width, casing=False)


def _fills(snapshot: Snapshot, picture: Picture) -> list[tuple[tally.Mask, str]]:
    if picture.theme == "quiet":
        return [(np.ones(len(snapshot.stage), dtype=bool), _QUIET)]
    groups, known = looks(snapshot, picture.theme)
    return [(groups == at, look.color) for at, look in known.items()]


def _parcels(sheet: Sheet, snapshot: Snapshot, view: View, picture: Picture) -> None:
    geoms = snapshot.parcels.geoms
    supplied = ~tally.available(snapshot)
    large = parcel_size_pt(snapshot, view) >= OUTLINED_FROM_PT
    for mask, color in _fills(snapshot, picture):
        sheet.path(view.areas(geoms[mask & ~supplied]), fill=color)
        # supplied land steps back, on white so that nothing shows through
        faded = view.areas(geoms[mask & supplied])
        sheet.path(faded, fill="#FFFFFF")
        sheet.path(faded, fill=color, opacity=style.SUPPLIED_OPACITY)
    if not large:
        sheet.path(view.lines(geoms), line="#5F6B7A", width=0.22)
        return
    thin = fineness(view)
    for at, key in enumerate(snapshot.stages):
        line = style.STAGE_LINES[key]
        width = line.width * thin * PT_PER_PX
        if picture.theme == "quiet":
            line = Line("#9AA3AE", line.width * 0.7, line.dash)
        for mine, drawn in _lined(snapshot, picture, snapshot.stage == at, line):
            # set in by three quarters of the line, so that the dashes of neighbours do not run into each other
            inner = view.inset(geoms[mine], 0.75 * width)
            _stroke(sheet, view.lines(inner), drawn, thin * PT_PER_PX)
    sheet.path(view.lines(geoms[snapshot.stage == NONE]), line="#9AA3AE", width=0.4)


def _lined(snapshot: Snapshot, picture: Picture, mask: tally.Mask, line: Line) -> list[tuple[tally.Mask, Line]]:
    """Parcels by the line that stands out from what they are filled with: colours run from yellow to umber."""
    if picture.theme != "land-use":
        return [(mask, line)]
    supplied = ~tally.available(snapshot)
    sets: dict[Line, tally.Mask] = {}
    for mine, color in _fills(snapshot, picture):
        for part, fill in ((mine & ~supplied, color), (mine & supplied, faded(color))):
            drawn = line_on(line, fill)
            sets[drawn] = sets.get(drawn, np.zeros(len(mask), dtype=bool)) | (part & mask)
    return [(part, drawn) for drawn, part in sets.items() if part.any()]


def _conflicts(sheet: Sheet, snapshot: Snapshot, view: View) -> None:
    mask = tally.available(snapshot)[snapshot.conflicts.row] if len(snapshot.conflicts.row) else np.zeros(0, dtype=bool)
    geoms: Geoms = snapshot.conflicts.geoms[mask]
    if not len(geoms):
        return
    area, line = view.areas(geoms), style.CONFLICT.line
    if parcel_size_pt(snapshot, view) < OUTLINED_FROM_PT or line is None:
        sheet.path(area, fill=style.ALERT)
        sheet.path(view.lines(geoms), line=style.ALERT, width=0.7)
        return
    thin = fineness(view)
    sheet.path(area, fill=style.CONFLICT.fill, opacity=style.CONFLICT.opacity)
    sheet.path(view.hatching(geoms, spacing_pt=1.6 + 1.4 * thin), line=style.ALERT, width=0.35 + 0.4 * thin)
    sheet.path(view.lines(geoms), line=style.ALERT, width=line.width * PT_PER_PX * thin)


def _parks(sheet: Sheet, snapshot: Snapshot, view: View) -> None:
    parks = snapshot.layers["parks"].geoms
    thin = fineness(view)
    path = view.lines(parks[shapely.area(parks) > 0.0])
    sheet.path(path, line="#FFFFFF", width=0.6 + 2.2 * thin)
    sheet.path(path, line=style.ACCENT, width=0.35 + 1.1 * thin)


def _marked(sheet: Sheet, snapshot: Snapshot, view: View, picture: Picture) -> None:
    if not picture.marked:
        return
    path = view.lines(snapshot.parcels.geoms[list(picture.marked)])
    sheet.path(path, line="#FFFFFF", width=2.4)
    sheet.path(path, line=style.INK if picture.theme == "cluster" else style.ALERT, width=1.2)
