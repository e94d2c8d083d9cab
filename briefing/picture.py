"""A map in its box: ground, names, furniture, and parks enlarged where the ground is too large for its parcels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from briefing import furniture, ground, naming
from briefing.slide import Picture
from briefing.snapshot import Geoms, Snapshot
from briefing.templates.parts import park_name, parks_bounds
from layers import style
from layers.draw.paper.placing import Box, Ground
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.view import View

Rect = tuple[float, float, float, float]  # x, y, width, height
_GAP: Final = 6.0
_FOOT: Final = 30.0  # the strip of scale bar and north arrow
_HEAD: Final = 13.0  # the name above an enlarged park
# below this size of a middle parcel, in points, parks are shown enlarged, too
_ENLARGED_BELOW_PT: Final = 5.0
_MOST_A_SIDE: Final = 3
# what one place in the order of parks is worth, as a square of points: long lines are dear, short ones cheap
_RANK_PT2: Final = 5_000.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a picture left out, names that found no place; its view; where the frames of pages lie."""

    dropped: tuple[str, ...]
    view: View
    framed: tuple[tuple[str, Rect], ...] = ()  # where the frames of other pages are


@dataclass(frozen=True, slots=True)
class _Lens:
    name: str
    row: int
    box: Rect
    view: View


def draw(
    sheet: Sheet, snapshot: Snapshot, picture: Picture, box: Rect, *, metres_per_pt: float = 0.0,
    outlined: Geoms | None = None, outline: str = style.INK,
) -> Drawn:  # fmt: skip
    """Draw the map in a box of the sheet, as large as it fits unless a scale is given.

    ``outlined`` are shapes to bring out by a heavy line, which lies under every name.
    """
    view, lenses = _laid_out(snapshot, picture, box, metres_per_pt)
    with sheet.within(*box):
        ground.draw(sheet, snapshot, view, picture)
        if outlined is not None:
            sheet.path(view.lines(outlined), line="#FFFFFF", width=4.6)
            sheet.path(view.lines(outlined), line=outline, width=2.4)
        if picture.theme in naming.SIGNED and not picture.codes:
            naming.glyphs(sheet, snapshot, view, picture.theme)
    free = Ground((box[0] + 2, box[1] + 2, box[0] + box[2] - 2, box[1] + box[3] - 2))
    free.block(*(_boxed(one.box, 3.0) for one in lenses))
    _furniture(sheet, snapshot, view, box, lenses, free)
    framed = _frames(sheet, view, picture, box)
    if not framed:
        _block_parks(snapshot, view, free)
    if picture.projects:
        free.block(*(Box(x, y, 11.0, 11.0) for x, y in ground.facility_places(snapshot, view).tolist()))
    locator = _locator_box(snapshot, view, box, free) if picture.locator else None
    for lens in lenses:
        free.block(*_leader(sheet, view, lens))
    hidden = frozenset((*picture.unnamed, *(one.name for one in lenses)))
    dropped = _names(sheet, snapshot, view, picture, free, hidden)
    for lens in lenses:
        _enlarged(sheet, snapshot, picture, lens)
    if locator is not None:
        _locator(sheet, snapshot, view, locator)
    sheet.rect(*box, line="#9AA3AE", line_width=0.8)
    return Drawn(tuple(dropped), view, framed)


def _frames(sheet: Sheet, view: View, picture: Picture, box: Rect) -> tuple[tuple[str, Rect], ...]:
    """The frames of other pages on this map: a thin dark line in a white one."""
    out = []
    for number, (west, south, east, north), _ in picture.frames:
        (left, top), (right, bottom) = view.place(np.array([[west, north], [east, south]]))
        out.append((number, (float(left), float(top), float(right - left), float(bottom - top))))
    lined = [rect for (_, rect), (_, _, is_lined) in zip(out, picture.frames, strict=True) if is_lined]
    with sheet.within(*box):
        for color, width in (("#FFFFFF", 2.2), (style.INK, 0.9)):
            for rect in lined:
                sheet.rect(*rect, line=color, line_width=width)
    return tuple(out)


def _laid_out(snapshot: Snapshot, picture: Picture, box: Rect, metres_per_pt: float) -> tuple[View, list[_Lens]]:
    """The view of the whole, and the enlarged parks beside it, in columns along the sides of the box."""
    x, y, width, height = box
    bounds = picture.bounds or parks_bounds(snapshot)
    view = View.fitted(box, bounds, margin_pt=22.0, metres_per_pt=metres_per_pt)
    if not picture.enlarged or ground.parcel_size_pt(snapshot, view) >= _ENLARGED_BELOW_PT:
        return view, []
    side = (height - _FOOT - (_MOST_A_SIDE + 1) * _GAP) / _MOST_A_SIDE
    slots = [
        (column, y + _GAP + nth * (side + _GAP), side, side)
        for column in (x + _GAP, x + width - _GAP - side)
        for nth in range(_MOST_A_SIDE)
    ]
    parks = snapshot.layers["parks"]
    rows = {name: row for row, name in enumerate(parks.columns["name"]) if name}
    taken = view.boxes(parks.geoms[shapely.area(parks.geoms) > 0.0]) if len(parks) else np.zeros((0, 4))
    usable = [slot for slot in slots if not _meets(slot, taken, 4.0)]
    pool = [name for name in picture.enlarged if name in rows][: 2 * _MOST_A_SIDE]
    if not pool or not usable:
        return view, []
    ends = {name: view.place(shapely.get_coordinates(shapely.centroid(parks.geoms[rows[name]])))[0] for name in pool}
    chosen, best = _dealt(pool, usable, ends)
    grounds = {name: _park_ground(snapshot, name, parks.geoms[rows[name]]) for name in chosen}
    reach = max(max(east - west, north - south) for west, south, east, north in grounds.values())
    scale = reach / (side - _HEAD - 8.0)
    lenses = []
    for name, slot in zip(chosen, best, strict=True):
        left, top, wide, high = usable[slot]
        inner = (left, top + _HEAD, wide, high - _HEAD)
        lenses.append(_Lens(name, rows[name], usable[slot], View.fitted(inner, grounds[name], metres_per_pt=scale)))
    return view, lenses


def _park_ground(snapshot: Snapshot, name: str, park: Any) -> tuple[float, float, float, float]:
    """The ground that the parcels of a park lie on; of a park without any, its own."""
    mine = snapshot.parcels.column("park").astype(str) == name
    west, south, east, north = shapely.total_bounds(snapshot.parcels.geoms[mine]) if mine.any() else park.bounds
    return float(west), float(south), float(east), float(north)


def _dealt(
    pool: list[str], slots: list[Rect], ends: dict[str, NDArray[np.float64]]
) -> tuple[list[str], tuple[int, ...]]:
    """Which parks go where: short lines, and the parks that matter most; the worst of all is always among them."""
    count = min(len(pool), len(slots))
    best: tuple[float, tuple[int, ...], tuple[int, ...]] = (float("inf"), (), ())
    for taken in combinations(range(len(pool)), count):
        if taken[0] != 0:
            continue
        names = [pool[at] for at in taken]
        for order in permutations(range(len(slots)), count):
            best = min(best, (_way(order, names, slots, ends) + _RANK_PT2 * sum(taken), taken, order))
    return [pool[at] for at in best[1]], best[2]


def _way(order: tuple[int, ...], names: list[str], slots: list[Rect], ends: dict[str, NDArray[np.float64]]) -> float:
    """How far the lines to the enlarged parks run, the squares of it: short ways do not cross, and none is long."""
    far = 0.0
    for name, slot in zip(names, order, strict=True):
        x, y, width, height = slots[slot]
        end = ends[name]
        near = (np.clip(end[0], x, x + width), y + height / 2)
        far += float((near[0] - end[0]) ** 2 + (near[1] - end[1]) ** 2)
    return far


def _meets(slot: Rect, boxes: NDArray[np.float64], grow: float) -> bool:
    x, y, width, height = slot
    return bool(
        ((boxes[:, 0] < x + width + grow) & (boxes[:, 2] > x - grow)
         & (boxes[:, 1] < y + height + grow) & (boxes[:, 3] > y - grow)).any()
    )  # fmt: skip


def _boxed(rect: Rect, grow: float = 0.0) -> Box:
    x, y, width, height = rect
    return Box(x + width / 2, y + height / 2, width + 2 * grow, height + 2 * grow)


def _block_parks(snapshot: Snapshot, view: View, free: Ground) -> None:
    """No name lies over another park while parks are small on the sheet."""
    parks = snapshot.layers["parks"].geoms
    if not len(parks) or ground.parcel_size_pt(snapshot, view) >= _ENLARGED_BELOW_PT:
        return
    for left, top, right, bottom in view.boxes(parks[view.seen(parks)]):
        free.block(Box((left + right) / 2, (top + bottom) / 2, (right - left) * 0.86, (bottom - top) * 0.86))


def _furniture(sheet: Sheet, snapshot: Snapshot, view: View, box: Rect, lenses: list[_Lens], free: Ground) -> None:
    x, y, width, height = box
    foot = y + height - 9.0
    furniture.north_arrow(sheet, snapshot.epsg, view, x + 17.0, foot - 7.5, height=22.0)
    wide = furniture.scale_bar(sheet, view, x + 37.0, foot, widest_pt=86.0)
    free.block(_boxed((x + 4.0, foot - 21.0, wide + 42.0, 28.0)))
    if lenses:
        first = lenses[0].view
        length = furniture.bar_length_m(first.metres_per_pt, 60.0) / first.metres_per_pt
        left = x + width - _GAP - lenses[0].box[2] + 34.0
        sheet.text(left - 5.0, foot - 0.4, "放大图", 7.0, align="right", halo=1.0)
        furniture.scale_bar(sheet, first, left, foot, widest_pt=60.0)
        free.block(_boxed((left - 34.0, foot - 16.0, length + 66.0, 22.0)))


def _leader(sheet: Sheet, view: View, lens: _Lens) -> tuple[Box, Box]:
    """A frame round the park where it lies, and a line to where it is shown enlarged."""
    west, south, east, north = lens.view.bounds
    corners = view.place(np.array([[west, north], [east, south]]))
    left, top, right, bottom = corners[0, 0], corners[0, 1], corners[1, 0], corners[1, 1]
    x, y, width, height = lens.box
    to_right = x > (left + right) / 2
    start = (x if to_right else x + width, float(np.clip((top + bottom) / 2, y + 8, y + height - 8)))
    end = (right if to_right else left, float(np.clip(start[1], top, bottom)))
    for color, line_width in (("#FFFFFF", 2.2), (style.ACCENT, 0.7)):
        sheet.line([start, end], color, width=line_width)
        sheet.rect(left, top, right - left, bottom - top, line=color, line_width=line_width)
    dx, dy = end[0] - start[0], end[1] - start[1]
    angle = float(np.degrees(np.arctan2(-dy, dx)))
    line = Box((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, float(np.hypot(dx, dy)), 3.0, angle)
    return line, Box((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def _enlarged(sheet: Sheet, snapshot: Snapshot, picture: Picture, lens: _Lens) -> None:
    x, y, width, height = lens.box
    inner = replace(picture, enlarged=(), marked=picture.marked)
    with sheet.within(*lens.box):
        ground.draw(sheet, snapshot, lens.view, inner)
        if picture.theme in naming.SIGNED:
            naming.glyphs(sheet, snapshot, lens.view, picture.theme)
        if picture.projects:
            free = Ground((x + 2, y + _HEAD + 2, x + width - 2, y + height - 2))
            naming.write(sheet, free, naming.roads(snapshot, lens.view, sheet.faces, projects_only=True))
    sheet.rect(x, y, width, _HEAD, fill=style.ACCENT)
    figure, alert = dict(picture.figures).get(lens.name, ""), dict(picture.alerts).get(lens.name, "")
    room = width - 8.0 - sheet.faces.width(figure, 6.8, "medium") - 4.0
    if alert:
        wide = sheet.faces.width(alert, 6.6, "bold") + 7.0
        sheet.rect(x + 4.0, y + _HEAD + 4.0, wide, 11.0, fill="#FFFFFF", line=style.ALERT, line_width=0.7)
        sheet.text_middle(x + 4.0 + wide / 2, y + _HEAD + 9.5, alert, 6.6, weight="bold", color=style.ALERT,
                          align="center")  # fmt: skip
    name = park_name(lens.name)
    size = min(7.6, 7.6 * room / max(sheet.faces.width(name, 7.6, "bold"), 1.0))
    sheet.text_middle(x + 4.0, y + _HEAD / 2, name, size, weight="bold", color="#FFFFFF")
    sheet.text_middle(x + width - 4.0, y + _HEAD / 2, figure, 6.8, weight="medium", color="#FFFFFF", align="right")
    sheet.rect(x, y, width, height, line=style.ACCENT, line_width=0.9)


def _names(
    sheet: Sheet, snapshot: Snapshot, view: View, picture: Picture, free: Ground, hidden: frozenset[str]
) -> list[str]:
    faces = sheet.faces
    small = ground.parcel_size_pt(snapshot, view) < _ENLARGED_BELOW_PT
    labels = naming.frames(view, picture, faces)
    labels += naming.parks(snapshot, view, picture, faces, without=hidden)
    labels += naming.towns(snapshot, view, faces)
    labels += naming.roads(snapshot, view, faces, projects_only=small, first=picture.projects)
    labels += naming.waters(snapshot, view, faces)
    if picture.projects:
        labels += naming.facilities(snapshot, view, faces)
    if not picture.codes:
        return naming.write(sheet, free, labels)
    short = short_codes(snapshot)
    dropped = naming.write(sheet, free, labels + naming.codes(snapshot, view, faces, short, picture.theme))
    if picture.theme in naming.SIGNED:
        # a parcel too small for its code still says what it is for
        lost = naming.codeless(snapshot, dropped, short, picture.theme)
        naming.glyphs(sheet, snapshot, view, picture.theme, free=free, rows=lost)
    return dropped


def short_codes(snapshot: Snapshot) -> dict[int, str]:
    """Codes without the letters that all of them begin with."""
    all_codes = snapshot.parcels.columns["code"]
    head = 0
    if len(all_codes) > 1:
        first, last = min(all_codes), max(all_codes)
        while head < min(len(first), len(last)) and first[head] == last[head] and not first[head].isdecimal():
            head += 1
    return {row: code[head:] or code for row, code in enumerate(all_codes)}


def _locator_box(snapshot: Snapshot, view: View, box: Rect, free: Ground) -> Rect | None:
    """The first place along the frame that covers no park land, for the map of the whole city."""
    x, y, width, height = box
    wide, high = 96.0, 108.0
    taken = view.boxes(snapshot.parcels.geoms[view.seen(snapshot.parcels.geoms)])
    right, bottom = x + width - wide - _GAP, y + height - high - _GAP
    spots = [(right, y + _GAP), (right, bottom), (x + _GAP, y + _GAP)]
    spots += [(right, y + _GAP + step) for step in np.arange(8.0, bottom - y, 8.0)]
    spots += [(left, y + _GAP) for left in np.arange(x + _GAP, right, 8.0)]
    spots += [(left, bottom) for left in np.arange(x + 170.0, right, 8.0)]
    for left, top in spots:
        rect = (float(left), float(top), wide, high)
        if not _meets(rect, taken, 2.0) and free.is_free(_boxed(rect)):
            free.block(_boxed(rect, 2.0))
            return rect
    return None


def _locator(sheet: Sheet, snapshot: Snapshot, view: View, box: Rect) -> None:
    """Where the ground lies in the city: its outline only, and no boundary beyond it."""
    x, y, width, height = box
    sheet.rect(x, y, width, height, fill="#FFFFFF", line="#9AA3AE", line_width=0.7)
    towns = snapshot.layers["towns"].geoms
    whole = shapely.total_bounds(towns) if len(towns) else np.array(parks_bounds(snapshot))
    inner = View.fitted((x, y + 2, width, height - 14), (whole[0], whole[1], whole[2], whole[3]), margin_pt=5.0)
    sheet.path(inner.areas(towns), fill="#E9EDF1", line="#8A94A0", width=0.6)
    parks = snapshot.layers["parks"].geoms
    sheet.path(inner.areas(parks[shapely.area(parks) > 0.0]), fill="#8FA6BD")
    west, south, east, north = view.bounds
    (left, top), (right, bottom) = inner.place(np.array([[west, north], [east, south]]))
    cx, cy = (left + right) / 2, (top + bottom) / 2
    half_w, half_h = max((right - left) / 2, 3.5), max((bottom - top) / 2, 3.0)
    sheet.rect(cx - half_w, cy - half_h, 2 * half_w, 2 * half_h, line=style.ALERT, line_width=1.2)
    sheet.text(x + width / 2, y + height - 4.5, "区位示意", 7.0, color="#4A5563", align="center")
