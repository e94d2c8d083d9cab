"""The names on a map: parks first, project roads before built ones, then towns and water; none over another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from briefing import ground, numbers, tally
from briefing.looks import Theme, faded, line_on, looks
from briefing.slide import Picture
from briefing.snapshot import Snapshot
from briefing.templates.parts import park_name
from layers import style
from layers.draw.paper.placing import Box, Ground, Wish, around
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces, Weight
from layers.draw.paper.view import View
from layers.style import Line

_FRAME: Final = -2.0
_PARK, _CODE, _FACILITY, _PROJECT, _TOWN, _ROAD, _WATER = 0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0
_LEADING: Final = 1.22
_STEEP_DEG: Final = 55.0
_UPRIGHT: Final = {"（": "︵", "）": "︶", "(": "︵", ")": "︶"}
# metres a point from which on towns are named: closer, a name would lie in the middle of somebody's park
_TOWNS_FROM_M: Final = 14.0
# where a town's name is tried, in points from the middle of its land, the nearest first
_TOWN_SHIFTS: Final = np.array(
    sorted(((x, y) for x in range(-66, 67, 22) for y in range(-56, 57, 14)), key=lambda at: (np.hypot(*at), at)),
    dtype=np.float64,
)
_PAD_PT: Final = 1.2
# themes whose values have a sign
SIGNED: Final[tuple[Theme, ...]] = ("cluster", "land-use")
# the sign on supplied land, which steps back
_FADED_INK: Final = "#5F6B7A"
# how far from a road under way or planned its name may stand, with a line to it
_BESIDE_PT: Final = (3.0, 6.0, 11.0, 18.0, 27.0, 38.0, 52.0)
_PROJECT_WORDS: Final = {"construction": "（在建）", "planned": "（规划）"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a label: text, size in points, weight."""

    text: str
    size: float
    weight: Weight
    color: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label: its lines from top to bottom, its colours, whether it is set upright letter by letter."""

    key: str
    rank: float
    rows: tuple[Row, ...]
    color: str
    candidates: tuple[Box, ...]
    upright: bool = False
    halo: float = 1.5
    badge: str = ""  # the fill of a plate below it, instead of a halo
    anchor: tuple[float, float, float, float] | None = None  # left, top, right, bottom of what it names


def extent(rows: Iterable[Row], faces: Faces) -> tuple[float, float]:
    """Width and height that the lines of a label take."""
    listed = list(rows)
    width = max(faces.width(row.text, row.size, row.weight) for row in listed)
    return width + 2 * _PAD_PT, sum(row.size * _LEADING for row in listed) + _PAD_PT


def write(sheet: Sheet, free: Ground, labels: list[Label]) -> list[str]:
    """Place and set the labels; give the names that found no place."""
    placed = free.placed([Wish(one.key, one.rank, one.candidates) for one in labels])
    by_key = {one.key: one for one in labels}
    # lines below all names: none runs over another label
    for key, box in placed.boxes.items():
        label = by_key[key]
        if label.anchor is not None and not box.angle and not _is_upright(label, box):
            _lead(sheet, label.anchor, box)
    for key, box in placed.boxes.items():
        _set(sheet, by_key[key], box)
    return ["".join(row.text for row in by_key[key].rows[:1]) for key in placed.dropped]


def _lead(sheet: Sheet, anchor: tuple[float, float, float, float], box: Box) -> None:
    """A thin line from a label to what it names, when it stands away from it."""
    left, top, right, bottom = anchor
    x, y = float(np.clip(box.cx, left, right)), float(np.clip(box.cy, top, bottom))
    edge_x = float(np.clip(x, box.cx - box.width / 2, box.cx + box.width / 2))
    edge_y = float(np.clip(y, box.cy - box.height / 2, box.cy + box.height / 2))
    if np.hypot(edge_x - x, edge_y - y) > 7.0:
        sheet.line([(x, y), (edge_x, edge_y)], "#FFFFFF", width=1.8)
        sheet.line([(x, y), (edge_x, edge_y)], style.INK, width=0.5)


def _is_upright(label: Label, box: Box) -> bool:
    """Whether a label is set upright in a box: along a steep line, not beside it."""
    return label.upright and box.height > box.width


def _set(sheet: Sheet, label: Label, box: Box) -> None:
    if _is_upright(label, box):
        row = label.rows[0]
        top = box.cy - box.height / 2 + _PAD_PT
        for nth, letter in enumerate(row.text):
            sheet.text(box.cx, top + (nth + 0.86) * row.size, _UPRIGHT.get(letter, letter), row.size,
                       weight=row.weight, color=label.color, align="center", halo=label.halo)  # fmt: skip
        return
    if box.angle:
        row = label.rows[0]
        down = np.radians(-box.angle)
        x, y = box.cx - np.sin(down) * row.size * 0.36, box.cy + np.cos(down) * row.size * 0.36
        sheet.text(x, y, row.text, row.size, weight=row.weight, color=label.color, align="center", angle=box.angle,
                   halo=label.halo)  # fmt: skip
        return
    if label.badge:
        sheet.rect(box.cx - box.width / 2, box.cy - box.height / 2, box.width, box.height, fill=label.badge)
        row = label.rows[0]
        sheet.text_middle(box.cx, box.cy, row.text, row.size, weight=row.weight, color=label.color, align="center")
        return
    y = box.cy - box.height / 2 + _PAD_PT / 2
    for row in label.rows:
        y += row.size * _LEADING
        sheet.text(box.cx, y - row.size * 0.24, row.text, row.size, weight=row.weight,
                   color=row.color or label.color, align="center", halo=label.halo)  # fmt: skip


def parks(snapshot: Snapshot, view: View, picture: Picture, faces: Faces, *, without: frozenset[str]) -> list[Label]:
    """Parks by name, with their figure in lighter type: within the park where there is room, else beside it."""
    layer, figures, alerts = snapshot.layers["parks"], dict(picture.figures), dict(picture.alerts)
    out = []
    boxes = view.boxes(layer.geoms) if len(layer) else np.zeros((0, 4))
    for row, (name, seen) in enumerate(zip(layer.columns["name"], view.seen(layer.geoms), strict=True)):
        if not seen or name in without or not name:
            continue
        left, top, right, bottom = (float(one) for one in boxes[row])
        small = view.metres_per_pt > 12.0
        rows = [Row(park_name(name), 7.6 if small else 9.4, "bold")]
        if name in figures:
            rows.append(Row(figures[name], 6.8 if small else 8.4, "medium"))
        if name in alerts:
            rows.append(Row(alerts[name], 6.8 if small else 8.4, "bold", style.ALERT))
        width, height = extent(rows, faces)
        candidates = around(
            left, top, right, bottom, width=width, height=height, gaps=(0.8, 4.0, 9.0, 16.0, 26.0, 40.0)
        )
        if right - left > width * 1.05 and bottom - top > height * 1.6:
            x, y = view.place(shapely.get_coordinates(shapely.point_on_surface(layer.geoms[row])))[0]
            candidates = (Box(float(x), float(y), width, height), *candidates)
        out.append(Label(f"park{row}", _PARK + row / 1000, tuple(rows), style.INK, candidates,
                         anchor=(left, top, right, bottom)))  # fmt: skip
    return out


def frames(view: View, picture: Picture, faces: Faces) -> list[Label]:
    """The numbers of pages at their frames: in a corner within, or without where the frame is small."""
    out = []
    for nth, (number, (west, south, east, north), lined) in enumerate(picture.frames):
        (left, top), (right, bottom) = view.place(np.array([[west, north], [east, south]])).tolist()
        rows = (Row(number, 9.4 if lined else 7.0, "bold"),)
        width, height = extent(rows, faces)
        width = max(width + 2.4, 1.35 * rows[0].size)
        across, up = width / 2 + 2.0, height / 2 + 1.0
        middle = (left + right) / 2
        corners: tuple[tuple[float, float], ...] = tuple(
            (x, y) for y in (top + up, bottom - up) for x in (left + across, right - across, middle)
        )
        corners = corners if lined else ((middle, (top + bottom) / 2),)
        within = tuple(Box(x, y, width, height) for x, y in corners)
        small = lined and (right - left < 2.2 * width or bottom - top < 2.2 * height)
        without = around(left, top, right, bottom, width=width, height=height, gaps=(0.8, 4.0, 10.0, 20.0))
        spots = without if small else (*within, *without)
        anchor = (left, top, right, bottom)
        out.append(Label(f"frame{nth}", _FRAME + nth / 1000, rows, "#FFFFFF", spots, anchor=anchor, badge=style.ACCENT))
    return out


def towns(snapshot: Snapshot, view: View, faces: Faces) -> list[Label]:
    """Towns by name, where their land is widest."""
    layer = snapshot.layers["towns"]
    out: list[Label] = []
    if view.metres_per_pt < _TOWNS_FROM_M:
        return out
    for row, (name, seen) in enumerate(zip(layer.columns["name"], view.seen(layer.geoms), strict=True)):
        if not seen or not name:
            continue
        west, south, east, north = view.bounds
        part = shapely.clip_by_rect(layer.geoms[row], west, south, east, north)
        if part.is_empty:
            continue
        inside = shapely.get_coordinates(shapely.point_on_surface(part))
        at = view.place(inside)[0]
        rows = (Row(name, 7.6, "regular"),)
        width, height = extent(rows, faces)
        # wherever the name stands, its middle is on the town's own land
        places = inside[0] + _TOWN_SHIFTS * (view.metres_per_pt, -view.metres_per_pt)
        own = shapely.contains_xy(part, places[:, 0], places[:, 1])
        boxes = tuple(Box(float(at[0] + dx), float(at[1] + dy), width, height) for dx, dy in _TOWN_SHIFTS[own])
        out.append(Label(f"town{row}", _TOWN + row / 1000, rows, "#6B7280", boxes, halo=1.2))
    return out


def waters(snapshot: Snapshot, view: View, faces: Faces) -> list[Label]:
    """Rivers and lakes whose name says what they are, the largest first, each name once."""
    layer = snapshot.layers["landscape"]
    if not len(layer):
        return []
    kinds = layer.column("kind").astype(str)
    order = np.argsort(-shapely.area(layer.geoms), kind="stable")
    done: set[str] = set()
    out = []
    west, south, east, north = view.bounds
    for row in order.tolist():
        name = layer.columns["name"][row]
        if kinds[row] != "water" or not name or name in done:
            continue
        part = shapely.clip_by_rect(layer.geoms[row], west, south, east, north)
        if part.is_empty or part.area / view.metres_per_pt**2 < 90.0:
            continue
        done.add(name)
        at = view.place(shapely.get_coordinates(shapely.point_on_surface(part)))[0]
        rows = (Row(name, 7.4, "regular"),)
        width, height = extent(rows, faces)
        boxes = tuple(Box(float(at[0] + dx), float(at[1] + dy), width, height) for dx, dy in
                      ((0, 0), (-26, 0), (26, 0), (0, -16), (0, 16)))  # fmt: skip
        out.append(Label(f"water{row}", _WATER, rows, "#2F6A93", boxes, halo=1.2))
    return out[:4]


def roads(snapshot: Snapshot, view: View, faces: Faces, *, projects_only: bool, first: bool = False) -> list[Label]:
    """Roads by name along their line, steep ones upright; those under way and planned before those built.

    ``first`` places roads with a name before anything else: where they are the news.
    """
    layer = snapshot.layers["roads"]
    if not len(layer):
        return []
    out = []
    states, grades = layer.column("state").astype(str), layer.column("road_class").astype(str)
    names = layer.column("name").astype(str)
    west, south, east, north = view.bounds
    for name in sorted(set(names.tolist()) - {""}):
        mine = np.flatnonzero((names == name) & view.seen(layer.geoms))
        if not mine.size:
            continue
        state = str(states[mine[0]])
        if _is_numbered(name) and (projects_only or states[mine[0]] == "built"):
            continue
        if state == "built" and (projects_only or grades[mine[0]] not in {"motorway", "trunk", "arterial"}):
            continue
        merged = shapely.line_merge(
            shapely.union_all(shapely.clip_by_rect(layer.geoms[mine], west, south, east, north))
        )
        parts = shapely.get_parts(merged)
        parts = parts[shapely.get_type_id(parts) == 1]
        if not len(parts):
            continue
        longest = parts[int(np.argmax(shapely.length(parts)))]
        label = _road(name, state, longest, view, faces)
        if label is not None:
            out.append(replace(label, rank=label.rank - _ROAD) if first and not _is_numbered(name) else label)
    return out


def _is_numbered(name: str) -> bool:
    """Whether a name is a number given for want of one: it tells a reader nothing, unless the road is the news."""
    return name[-1:].isdecimal()


def _road(name: str, state: str, line: shapely.LineString, view: View, faces: Faces) -> Label | None:
    project = state in _PROJECT_WORDS
    row = Row(name + _PROJECT_WORDS.get(state, ""), 7.2 if project else 6.6, "medium" if project else "regular")
    length_pt = line.length / view.metres_per_pt
    width = faces.width(row.text, row.size, row.weight) + 2 * _PAD_PT
    if length_pt < (6.0 if project else width * 1.05):
        return None
    upright = False
    boxes: list[Box] = []
    for share in (0.5, 0.35, 0.65, 0.2, 0.8) if length_pt > width * 0.7 else ():
        here = shapely.line_interpolate_point(
            line, [max(share - 0.04, 0.0), share, min(share + 0.04, 1.0)], normalized=True
        )
        before, at, after = view.place(shapely.get_coordinates(here))
        angle = float(np.degrees(np.arctan2(-(after[1] - before[1]), after[0] - before[0])))
        angle = (angle + 90.0) % 180.0 - 90.0
        if abs(angle) > _STEEP_DEG and not any(letter.isascii() for letter in row.text):
            if not boxes:
                upright = True
            if upright:
                boxes.append(Box(float(at[0]), float(at[1]), row.size * 1.15, row.size * len(row.text) + 2 * _PAD_PT))
        elif not upright:
            boxes.append(Box(float(at[0]), float(at[1]), width, row.size * 1.3, angle))
    numbered = _is_numbered(name)
    anchor = None
    if project and not numbered:
        # beside the road when it is too short to carry its name, or others have taken the place: it is never left out
        x, y = (float(one) for one in view.place(shapely.get_coordinates(line.interpolate(0.5, normalized=True)))[0])
        anchor = (x, y, x, y)
        boxes = [*boxes[:5], *around(x, y, x, y, width=width, height=row.size * 1.3, gaps=_BESIDE_PT)]
    color = "#B5460F" if project else "#4A5563"
    # a road with a name of its own before one with a number, works before plans, long before short
    rank = (_PROJECT if project else _ROAD) - min(length_pt, 900.0) / 10_000
    rank += 0.4 * numbered + 0.2 * (state == "planned")
    return Label(f"road{name}", rank, (row,), color, tuple(boxes), upright=upright, halo=1.3, anchor=anchor)


def facilities(snapshot: Snapshot, view: View, faces: Faces) -> list[Label]:
    """Schools and housing by name, beside their signs."""
    layer = snapshot.layers["facilities"]
    out = []
    for row, (name, seen) in enumerate(zip(layer.columns["name"], view.seen(layer.geoms), strict=True)):
        if not seen or not name:
            continue
        at = view.place(shapely.get_coordinates(shapely.point_on_surface(layer.geoms[row])))[0]
        x, y = float(at[0]), float(at[1])
        rows = (Row(name, 6.8, "medium"),)
        width, height = extent(rows, faces)
        boxes = around(x - 5, y - 5, x + 5, y + 5, width=width, height=height, gaps=(0.6, 6.0))
        out.append(
            Label(f"facility{row}", _FACILITY + row / 1000, rows, "#37424F", boxes, anchor=(x - 5, y - 5, x + 5, y + 5))
        )
    return out


def codes(snapshot: Snapshot, view: View, faces: Faces, short: dict[int, str], theme: Theme = "cluster") -> list[Label]:
    """Parcels by sign and code, with 亩 below, where they have room for it; the largest come first."""
    groups, known = looks(snapshot, theme if theme in SIGNED else "cluster")
    geoms = snapshot.parcels.geoms
    seen = np.flatnonzero(view.seen(geoms))
    boxes = view.boxes(geoms[seen]) if seen.size else np.zeros((0, 4))
    out = []
    for row, (left, top, right, bottom) in zip(seen.tolist(), boxes, strict=True):
        sign = known[int(groups[row])].glyph
        glyph = f"{sign} " if sign else ""
        area = numbers.parcel_mu(int(snapshot.centi_m2[row]))
        rows = [Row(glyph + short[row], 6.8, "medium"), Row(f"{area} 亩", 6.0, "regular")]
        width, height = extent(rows, faces)
        if right - left < width * 0.9 or bottom - top < height:
            rows = rows[:1]
            width, height = extent(rows, faces)
        at = view.place(shapely.get_coordinates(shapely.point_on_surface(geoms[row])))[0]
        middle = (float(left + right) / 2, float(top + bottom) / 2)
        spots = [middle, (float(at[0]), float(at[1])), (middle[0], middle[1] + 5), (middle[0], middle[1] - 5)]
        rank = _CODE - float(snapshot.centi_m2[row]) / 1e10
        out.append(
            Label(
                f"code{row}", rank, tuple(rows), style.INK, tuple(Box(x, y, width, height) for x, y in spots), halo=1.3
            )
        )
    return out


def codeless(snapshot: Snapshot, dropped: Sequence[str], short: dict[int, str], theme: Theme) -> NDArray[np.int64]:
    """Rows of the parcels whose code found no place."""
    groups, known = looks(snapshot, theme)
    lost = set(dropped)
    return np.array([row for row, code in short.items() if f"{known[int(groups[row])].glyph} {code}" in lost], np.int64)


def glyphs(
    sheet: Sheet, snapshot: Snapshot, view: View, theme: Theme = "cluster", *, free: Ground | None = None,
    rows: NDArray[np.int64] | None = None,
) -> None:  # fmt: skip
    """The sign of the cluster (or land use) on every parcel that has room: what tells them apart in grey print.

    With ``rows`` on these parcels only; with ``free`` only where no name stands.
    """
    if ground.parcel_size_pt(snapshot, view) < ground.GLYPH_FROM_PT:
        return
    geoms = snapshot.parcels.geoms
    available = tally.available(snapshot)
    seen = np.flatnonzero(view.seen(geoms))
    seen = seen if rows is None else np.intersect1d(seen, rows)
    if not seen.size:
        return
    inner = shapely.maximum_inscribed_circle(geoms[seen], tolerance=2.0)
    ends = shapely.get_coordinates(inner).reshape(-1, 2, 2)
    radius = np.hypot(*(ends[:, 1] - ends[:, 0]).T) / view.metres_per_pt
    groups, known = looks(snapshot, theme)
    for row, at, room in zip(seen.tolist(), view.place(ends[:, 0]), radius, strict=True):
        one = known[int(groups[row])]
        if room < 3.6 or not one.glyph:
            continue
        x, y = float(at[0]), float(at[1])
        if not (view.x + 4 < x < view.x + view.width - 4 and view.y + 4 < y < view.y + view.height - 4):
            continue
        size = float(min(1.25 * room, 8.0, 1.7 * room / max(sheet.faces.width(one.glyph, 1.0, "medium"), 1.0)))
        if free is not None and not free.is_free(Box(x, y, sheet.faces.width(one.glyph, size, "medium"), size)):
            continue
        color = style.ink_on(one.color) if available[row] else line_on(Line(_FADED_INK, 1.0), faded(one.color)).color
        sheet.text_middle(x, y, one.glyph, size, weight="medium", color=color, align="center")
