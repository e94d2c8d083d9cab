"""The map that can be edited: each parcel a shape of its own, named by its code, in its cluster's colour and stage's line.

Shapes stand in groups (底图, 地块, 压占, 园区, 注记), so that the selection pane reads as a list of layers. More than
``MOST_SHAPES`` parcels in the frame would make the page heavy: they are then joined by park, cluster and stage, and if
these are still too many, without the park, and at last without the stage; the page says so, and each shape's name says how many parcels it holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sin
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely
from numpy.typing import NDArray

from briefing import furniture, ground, naming, numbers, tally
from briefing.deck.freeform import TOLERANCE_PT, cut, shape
from briefing.deck.page import NS, Line, Page, Run, body_xml, colored, outline
from briefing.deck.page import Box as Rect
from briefing.deck.theme import xfrm
from briefing.looks import Look, Theme, faded, line_on, looks
from briefing.picture import short_codes
from briefing.slide import Picture
from briefing.snapshot import NONE, Geoms, Snapshot
from briefing.templates.parts import park_name
from geo.north import convergence_deg
from layers import style, vocabulary
from layers.draw.paper.placing import Box, Ground, Wish, around
from layers.draw.paper.type import Faces
from layers.draw.paper.view import View

MOST_SHAPES: Final = 800
# what a stage's outline is called in a presentation
_DASHES: Final = {"conceived": "sysDot", "intended": "sysDash", "acquiring": "dash", "developing": "dashDot"}


@dataclass(frozen=True, slots=True)
class Unit:
    """What one shape stands for: rows of parcels, its name, its cluster (or land use) and stage as bytes."""

    name: str
    rows: NDArray[np.int64]
    fill: int
    stage: int


@dataclass(frozen=True, slots=True)
class Pen:
    """What shapes are made with: the page, what is drawn, where, within what frame (ground), in which faces, by which codes."""

    page: Page
    snapshot: Snapshot
    view: View
    frame: shapely.Polygon
    faces: Faces
    codes: Mapping[int, str]  # short ones, by row
    known: Mapping[int, Look]  # of the bytes that fill
    theme: Theme

    @property
    def is_small(self) -> bool:
        """Whether parcels are too small on the page for outlines that tell their stages."""
        return ground.parcel_size_pt(self.snapshot, self.view) < ground.OUTLINED_FROM_PT


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of a map: its view, how many shapes, how many parcels they stand for."""

    view: View
    shapes: int
    parcels: int

    @property
    def joined(self) -> bool:
        """Whether parcels were joined."""
        return self.shapes != self.parcels


def draw(
    page: Page, snapshot: Snapshot, faces: Faces, box: Rect, bounds: Rect, *, within: str = "", theme: Theme = "cluster"
) -> Drawn:
    """Draw the map of some bounds (west, south, east, north) in a box; ``within`` a park, parcels carry their codes."""
    view = View.fitted(box, bounds, margin_pt=10.0)
    frame = shapely.box(*view.bounds)
    page.rect(box, "图框底色", fill=style.LAND)
    _base(page, snapshot, view)
    inside = view.seen(snapshot.parcels.geoms)
    units = units_of(snapshot, np.flatnonzero(inside), theme=theme)
    struck = frozenset(snapshot.conflicts.row.tolist())
    pen = Pen(
        page, snapshot, view, frame, faces, short_codes(snapshot) if within else {}, looks(snapshot, theme)[1], theme
    )
    _group(page, "地块", [_unit(pen, one, coded=bool(within) and not struck & set(one.rows.tolist())) for one in units])
    _group(page, "压占管控线", _conflicts(page, snapshot, view, frame))
    _group(page, "园区边界", _parks(page, snapshot, view, frame))
    _group(page, "注记", _labels(pen, within))
    _group(page, "比例尺与指北针", _furniture(pen))
    page.add(_frame(page.number(), box))
    return Drawn(view, len(units), int(inside.sum()))


def units_of(
    snapshot: Snapshot, rows: NDArray[np.int64], most: int = MOST_SHAPES, theme: Theme = "cluster"
) -> list[Unit]:
    """Parcels one by one; joined where there are more than ``most``."""
    if len(rows) <= most:
        return [_single(snapshot, row, theme) for row in rows.tolist()]
    for by_park, by_stage in ((True, True), (False, True), (False, False)):
        units = _joined(snapshot, rows, theme, by_park=by_park, by_stage=by_stage)
        if len(units) <= most:
            break
    return units


def _single(snapshot: Snapshot, row: int, theme: Theme) -> Unit:
    columns, (groups, known) = snapshot.parcels.columns, looks(snapshot, theme)
    fill, stage = int(groups[row]), int(snapshot.stage[row])
    words = [columns["code"][row], known[fill].name, _stage(snapshot, stage),
             f"{numbers.parcel_mu(int(snapshot.centi_m2[row]))} 亩"]  # fmt: skip
    return Unit(" ".join(one for one in words if one), np.array([row]), fill, stage)


def _joined(snapshot: Snapshot, rows: NDArray[np.int64], theme: Theme, *, by_park: bool, by_stage: bool) -> list[Unit]:
    parks, (fills, known) = snapshot.parcels.columns["park"], looks(snapshot, theme)
    groups: dict[tuple[str, int, int], list[int]] = {}
    for row in rows.tolist():
        key = (
            parks[row] if by_park else "",
            int(fills[row]),
            int(snapshot.stage[row]) if by_stage else NONE,
        )
        groups.setdefault(key, []).append(row)
    out = []
    for (park, fill, stage), mine in sorted(groups.items()):
        area = numbers.mu(int(snapshot.centi_m2[mine].sum()))
        words = [park_name(park), known[fill].name, _stage(snapshot, stage), f"{len(mine):,} 宗 {area} 亩"]
        out.append(Unit(" ".join(one for one in words if one), np.array(mine), fill, stage))
    return out


def _stage(snapshot: Snapshot, at: int) -> str:
    return "" if at == NONE else vocabulary.STAGES[snapshot.stages[at]].zh


def _base(page: Page, snapshot: Snapshot, view: View) -> None:
    frame = shapely.box(*view.bounds)
    shapes: list[str] = []
    landscape, roads = snapshot.layers["landscape"], snapshot.layers["roads"]
    for kind in ("green", "built_up", "water"):
        fill = style.LANDSCAPE[kind].fill
        shapes += _area(page, vocabulary.LANDSCAPE_KINDS[kind].zh, landscape.where("kind", kind), view, frame, fill)
    for kind in ("farmland", "ecology"):
        tint = style.CONSTRAINTS[kind]
        shapes += _area(page, vocabulary.CONSTRAINT_KINDS[kind].zh, snapshot.layers["constraints"].where("kind", kind),
                        view, frame, tint.fill, opacity=tint.opacity)  # fmt: skip
    thin = ground.fineness(view)
    shapes += _line(page, "镇街界线", snapshot.layers["towns"].geoms, view, frame, ("#B9C0C8", 0.6, "dash"))
    if len(roads):
        state, grade = roads.column("state").astype(str), roads.column("road_class").astype(str)
        broad = np.isin(grade, ("motorway", "trunk", "arterial", "national", "provincial"))
        fast = grade == "motorway"
        for name, mask, look in (
            ("主要道路", (state == "built") & broad & ~fast, ("#A6AEB8", 2.2 * thin, "")),
            ("高速公路", (state == "built") & fast, ("#F2B04C", 3.0 * thin, "")),
            ("规划道路", state == "planned", ("#D9541E", 1.5 * thin, "sysDot")),
            ("在建道路", state == "construction", ("#D9541E", 1.8 * thin, "dash")),
        ):
            shapes += _line(page, name, roads.geoms[mask], view, frame, look)
    _group(page, "底图", shapes)


def _unit(pen: Pen, unit: Unit, *, coded: bool) -> str:
    snapshot, view = pen.snapshot, pen.view
    geoms = snapshot.parcels.geoms[unit.rows]
    geom = geoms[0] if len(geoms) == 1 else shapely.union_all(geoms)
    parts = cut(geom, view, pen.frame)
    if not len(parts):
        return ""
    supplied = unit.stage < len(snapshot.stages) and snapshot.stages[unit.stage] == tally.SUPPLIED
    fill = pen.known[unit.fill].color
    key = snapshot.stages[unit.stage] if unit.stage < len(snapshot.stages) else ""
    line = style.STAGE_LINES[key] if key else style.Line("#9AA3AE", 0.6)
    width, dash = line.width * 0.75 * ground.fineness(view) if key else 0.4, _DASHES.get(key, "")
    if pen.is_small:
        # an outline as broad as the parcel would hide what it is for
        line, width, dash = style.Line("#5F6B7A", 0.22), 0.22, ""
    elif pen.theme == "land-use":
        # customary colours run from yellow to umber: the line is dark on the one and white on the other
        line = line_on(line, faded(fill) if supplied else fill)
    text = _code(pen, unit, parts, style.INK if supplied else style.ink_on(fill)) if coded else ""
    look = colored(fill, style.SUPPLIED_OPACITY if supplied else 1.0) + outline(line.color, width, dash)
    return shape(pen.page.number(), unit.name, parts, view, look, text=text)


def _code(pen: Pen, unit: Unit, parts: Geoms, ink: str) -> str:
    """The code, and 亩 below it, in the middle of a parcel's box, as far as the parcel has room for it there."""
    shape, row = shapely.union_all(parts), int(unit.rows[0])
    west, south, east, north = shape.bounds
    east_middle, north_middle = (west + east) / 2, (south + north) / 2
    sign = f"{pen.known[unit.fill].glyph} " if pen.theme == "land-use" and pen.known[unit.fill].glyph else ""
    texts = (sign + pen.codes[row], f"{numbers.parcel_mu(int(pen.snapshot.centi_m2[row]))} 亩")
    rows = [Run(texts[0], 7.5, bold=True, color=ink), Run(texts[1], 7.0, color=ink)]
    for count in (2, 1) if len(unit.rows) == 1 else ():
        scale = pen.view.metres_per_pt / 2
        width = max(pen.faces.width(one.text, one.size, "bold") for one in rows[:count]) * scale
        height = (4.0 + 9.0 * count) * scale
        room = shapely.box(east_middle - width, north_middle - height, east_middle + width, north_middle + height)
        if shapely.covers(shape, room):
            pen.page.say(*texts[:count])
            return body_xml([(one,) for one in rows[:count]], align="center", anchor="ctr", wrap=False)
    return ""


def _conflicts(page: Page, snapshot: Snapshot, view: View, frame: shapely.Polygon) -> Iterable[str]:
    pattern = (
        f'<a:pattFill prst="wdUpDiag"><a:fgClr><a:srgbClr val="{style.ALERT[1:]}"/></a:fgClr><a:bgClr><a:srgbClr val="FFFFFF"/>'
        "</a:bgClr></a:pattFill>"
    )
    look = pattern + outline(style.ALERT, 0.9)
    codes = snapshot.parcels.columns["code"]
    for one in tally.in_conflict(snapshot, tally.available(snapshot)):
        parts = cut(snapshot.conflicts.geoms[one.at], view, frame)
        if len(parts):
            kind = vocabulary.CONSTRAINT_KINDS[one.kind].zh
            name = f"压占 {codes[one.row]} {kind} {numbers.parcel_mu(one.centi_m2)} 亩"
            yield shape(page.number(), name, parts, view, look)


def _parks(page: Page, snapshot: Snapshot, view: View, frame: shapely.Polygon) -> Iterable[str]:
    layer = snapshot.layers["parks"]
    for name, geom in zip(layer.columns["name"], layer.geoms, strict=True):
        parts = cut(geom, view, frame)
        if len(parts):
            yield shape(page.number(), name or "园区", parts, view, "<a:noFill/>" + outline(style.ACCENT, 1.4))


def _labels(pen: Pen, within: str) -> Iterable[str]:
    """Names by priority, none over another: the same engine as on slides."""
    view, snapshot, faces = pen.view, pen.snapshot, pen.faces
    free = Ground((view.x + 2, view.y + 2, view.x + view.width - 2, view.y + view.height - 2))
    free.block(Box(view.x + 70.0, view.y + view.height - 20.0, 140.0, 40.0))
    geoms = snapshot.layers["parks"].geoms
    if pen.is_small and len(geoms):
        # no name lies over another park while parks are small on the page
        for left, top, right, bottom in view.boxes(geoms[view.seen(geoms)]).tolist():
            free.block(Box((left + right) / 2, (top + bottom) / 2, (right - left) * 0.86, (bottom - top) * 0.86))
    labels = naming.parks(snapshot, view, Picture(), faces, without=frozenset((within,)))
    labels += _struck(pen) if within else naming.towns(snapshot, view, faces)
    placed = free.placed([Wish(one.key, one.rank, one.candidates) for one in labels])
    by_key = {one.key: one for one in labels}
    for key, at in placed.boxes.items():
        label = by_key[key]
        lines = [(Run(row.text, row.size, row.weight == "bold", row.color or label.color),) for row in label.rows]
        pen.page.say(*(row.text for row in label.rows))
        box = (at.cx - at.width / 2 - 2.0, at.cy - at.height / 2, at.width + 4.0, at.height)
        fill = "<a:noFill/>" if key.startswith("town") else colored("#FFFFFF", 0.78)
        yield _text(pen.page.number(), "注记 " + label.rows[0].text, box, fill, lines)


def _struck(pen: Pen) -> list[naming.Label]:
    """Parcels on constraints by code and what of them is struck, in red: their own text would lie under the hatch."""
    view, snapshot = pen.view, pen.snapshot
    out = []
    for one in tally.in_conflict(snapshot, tally.available(snapshot)):
        geom = snapshot.parcels.geoms[one.row : one.row + 1]
        if not view.seen(geom)[0]:
            continue
        rows = (
            naming.Row(pen.codes[one.row], 8.0, "bold"),
            naming.Row(f"压占 {numbers.parcel_mu(one.centi_m2)} 亩", 7.4, "bold"),
        )
        width, height = naming.extent(rows, pen.faces)
        left, top, right, bottom = (float(edge) for edge in view.boxes(geom)[0])
        spots = (Box((left + right) / 2, (top + bottom) / 2, width, height),
                 *around(left, top, right, bottom, width=width, height=height, gaps=(2.0, 8.0, 16.0)))  # fmt: skip
        out.append(naming.Label(f"struck{one.row}", -1.0, rows, style.ALERT, spots))
    return out


def _text(number: int, name: str, box: Rect, fill: str, lines: Sequence[Line]) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'{xfrm(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr>'
        f"{body_xml(lines, align='center', anchor='ctr', wrap=False)}</p:sp>"
    )


def _furniture(pen: Pen) -> Iterable[str]:
    """A scale bar of a round length, and an arrow to true north."""
    view, page = pen.view, pen.page
    length = furniture.bar_length_m(view.metres_per_pt, 86.0)
    wide, left, foot = length / view.metres_per_pt, view.x + 40.0, view.y + view.height - 10.0
    for nth, fill in enumerate((style.INK, "#FFFFFF")):
        yield _bar(page.number(), (left + nth * wide / 2, foot - 3.0, wide / 2, 3.0), fill)
    words = f"{length // 1000} 千米" if length >= 1000 else f"{length} 米"
    page.say("0", words, "北")
    ink = ((Run("0", 8.0),),), ((Run(words, 8.0),),)
    yield _text(page.number(), "比例尺 0", (left - 6.0, foot - 15.0, 12.0, 11.0), "<a:noFill/>", ink[0])
    yield _text(page.number(), "比例尺", (left + wide - 24.0, foot - 15.0, 48.0, 11.0), "<a:noFill/>", ink[1])
    turn = radians(-convergence_deg(pen.snapshot.epsg, view.east, view.north))
    middle = np.array([view.x + 18.0, foot - 8.0])
    arrow = np.array([(0.0, 8.0), (5.0, -9.0), (0.0, -5.0), (-5.0, -9.0), (0.0, 8.0)])
    spin = np.array([[cos(turn), -sin(turn)], [-sin(turn), -cos(turn)]])
    places = (arrow @ spin.T + middle - (view.x, view.y)) * view.metres_per_pt * (1.0, -1.0)
    west, _, _, north = view.bounds
    look = colored(style.INK) + outline("#FFFFFF", 0.5)
    yield shape(page.number(), "指北针", np.array([shapely.Polygon(np.add(places, (west, north)))]), view, look)
    north_word = [(Run("北", 8.0, bold=True),)]
    yield _text(page.number(), "北", (middle[0] - 8.0, middle[1] - 20.0, 16.0, 11.0), "<a:noFill/>", north_word)


def _bar(number: int, box: Rect, fill: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="比例尺条"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{xfrm(*box)}'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{colored(fill)}{outline(style.INK, 0.5)}</p:spPr></p:sp>'
    )


def _frame(number: int, box: Rect) -> str:
    return (
        f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{number}" name="图框"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>{xfrm(*box)}'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>{outline("#9AA3AE", 0.75)}</p:spPr></p:sp>'
    )


def _group(page: Page, name: str, shapes: Iterable[str]) -> None:
    """Shapes under one name; coordinates within are those of the page."""
    inner = "".join(shapes)
    if not inner:
        return
    zero = '<a:xfrm><a:off x="0" y="0"/><a:ext cx="12192000" cy="6858000"/><a:chOff x="0" y="0"/><a:chExt cx="12192000" cy="6858000"/></a:xfrm>'
    page.say(name)
    page.add(
        f'<p:grpSp {NS}><p:nvGrpSpPr><p:cNvPr id="{page.number()}" name={quoteattr(name)}/><p:cNvGrpSpPr/><p:nvPr/>'
        f"</p:nvGrpSpPr><p:grpSpPr>{zero}</p:grpSpPr>{inner}</p:grpSp>"
    )


def _area(
    page: Page, name: str, geoms: Geoms, view: View, frame: shapely.Polygon, fill: str, *, opacity: float = 1.0
) -> list[str]:
    """All polygons of a kind as one shape."""
    seen = geoms[view.seen(geoms)]
    parts = cut(shapely.union_all(seen), view, frame) if len(seen) else seen
    return [shape(page.number(), name, parts, view, colored(fill, opacity) + outline("", 0.0))] if len(parts) else []


def _line(
    page: Page, name: str, geoms: Geoms, view: View, frame: shapely.Polygon, look: tuple[str, float, str]
) -> list[str]:
    """All lines of a kind as one shape without fill."""
    seen = geoms[view.seen(geoms)]
    if not len(seen):
        return []
    merged = shapely.line_merge(
        shapely.union_all(np.where(shapely.get_dimensions(seen) == 2, shapely.boundary(seen), seen))
    )
    cut = shapely.intersection(shapely.simplify(merged, 2 * TOLERANCE_PT * view.metres_per_pt), frame)
    parts = shapely.get_parts(np.array([cut], dtype=object))
    parts = parts[np.isin(shapely.get_type_id(parts), (1, 2)) & ~shapely.is_empty(parts)]
    return [shape(page.number(), name, parts, view, "<a:noFill/>" + outline(*look))] if len(parts) else []
