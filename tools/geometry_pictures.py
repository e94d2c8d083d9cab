"""Draw the pictures of docs/geometry.md: each plan and each figure below it is what geo gives, none is typed in.

``python -m tools.geometry_pictures`` writes docs/images/geometry; the same code gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import LineString, Polygon, box
from shapely.geometry.base import BaseGeometry

from geo.adjacency import adjacency
from geo.area import ellipsoid_m2, planar_m2
from geo.blocks import labelled, outline
from geo.compactness import polsby_popper
from geo.coverage import check
from geo.frontage import frontage
from geo.mending import Draft, proposals
from geo.parting import sides, split, split_to_area
from layers.style import ALERT
from tools.sketch import FILLS, Panel, sheet

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "geometry"
KINDS: Final = {"edge": "共边", "corner": "共点", "near": "邻近", "overlap": "重叠", "across": "隔路相邻"}
NAMES: Final = "甲乙丙丁戊己庚辛"
MU: Final = 0.0015


def array(*geoms: BaseGeometry) -> NDArray[np.object_]:
    made = np.empty(len(geoms), dtype=object)
    made[:] = geoms
    return made


def named(panel: Panel, *parcels: BaseGeometry) -> Panel:
    for name, parcel in zip(NAMES, parcels, strict=False):
        panel.parcel(parcel, name)
    return panel


def pair(panel: Panel, *parcels: BaseGeometry, labels: int = 9, **options: float) -> Panel:
    """Parcels, the first few with their names, what joins the first two of them, and its figures."""
    for name, parcel in zip(NAMES, parcels, strict=False):
        panel.parcel(parcel, name if labels else "")
    found = adjacency(array(*parcels), **options)
    found = found[(found["left"] == 0) & (found["right"] == 1)]
    return panel.figure(*[line for row in found.to_dict("records") for line in told(row)] or ["甲与乙不相邻"])


def told(row: dict[Any, Any]) -> list[str]:
    lines = [f"{KINDS[str(row['kind'])]}：{row['length_m']:.2f} m，间距 {row['gap_m']:.3f} m"]
    if row["overlap_m2"] > 0:
        lines.append(f"重叠面积 {row['overlap_m2']:.2f} ㎡")
    return lines


def neighbours() -> str:
    upper = Polygon([(0, 30), (55, 30), (100, 30), (100, 60), (0, 60)])
    lower = Polygon([(0, 0), (100, 0), (100, 30), (70, 30), (20, 30), (0, 30)])
    shared = LineString([(0, 30), (100, 30)])
    west = Polygon([(0, 0), (45, 0), (30, 30), (45, 60), (0, 60)])
    east = Polygon([(45, 0), (90, 0), (90, 60), (45, 60), (60, 30)])
    between = Polygon([(45, 0), (60, 30), (45, 60), (30, 30)])
    stacked = pair(Panel("叠置：同一块地上两宗"), box(0, 0, 80, 50), box(0, 0, 80, 50), labels=0)
    return sheet([
        pair(Panel("两侧节点不同的公共边"), upper, lower).mark(shared).dots(upper).dots(lower),
        pair(Panel("缝隙 5 mm"), box(0, 0, 40, 50), box(40.005, 0, 80, 50)).mark(LineString([(40, 0), (40, 50)])),
        pair(Panel("压盖 5 mm"), box(0, 0, 40, 50), box(39.995, 10, 80, 60)).mark(LineString([(40, 10), (40, 50)])),
        pair(Panel("只共一点"), box(0, 0, 40, 30), box(40, 30, 80, 60)).dots(shapely.Point(40, 30), ALERT),
        pair(Panel("中间夹一宗，两处相触"), west, east, between).dots(shapely.MultiPoint([(45, 0), (45, 60)]), ALERT),
        pair(Panel("邻近：近距取 5 m"), box(0, 0, 38, 50), box(41, 0, 80, 50), near_m=5.0),
        pair(Panel("隔路相邻：路宽至 20 m"), box(0, 0, 40, 50), box(56, 8, 96, 60), across_m=20.0)
        .mark(LineString([(40, 8), (40, 50)])).mark(LineString([(56, 8), (56, 50)])),
        pair(Panel("重叠"), box(0, 0, 50, 50), box(42, 8, 90, 58)).tint(box(42, 8, 50, 50)),
        stacked.tint(box(0, 0, 80, 50)).say(28, 25, "甲").say(52, 25, "乙"),
    ])  # fmt: skip


def differences() -> str:
    """Where the answer is not what exact overlay gives, with the figures of both."""
    left, slipped = box(0, 0, 40, 50), box(40.02, 0, 80, 50)
    wedge = Polygon([(40, 0), (80, 0), (80, 50), (41.5, 50)])
    panels = []
    for title, other in (("错开 2 cm", slipped), ("楔形缝：1.7°", wedge)):
        panel = pair(Panel(title), left, other)
        exact = shapely.length(shapely.intersection(shapely.boundary(left), shapely.boundary(other)))
        panels.append(panel.figure(f"精确叠置：{exact:.2f} m（漏）"))
    lap = box(39.95, 0, 80, 50)
    panel = pair(Panel("压盖 5 cm：仍是邻居"), left, lap).mark(LineString([(40, 0), (40, 50)]))
    panels.append(panel.figure("逐点比对节点：0 个公共节点（漏）"))
    return sheet(panels)


def facing() -> str:
    road = LineString([(-10, -12), (130, -12)])
    lots = (box(0, 0, 60, 30), box(0, 30, 60, 55), box(60, 0, 100, 40))
    row = _faced(Panel("从界址线正对外看", frame=(-12, -22, 112, 57)), lots, road, 16.0)
    row.figure("乙在甲的背后：不临路")
    court = Polygon([(0, 0), (90, 0), (90, 60), (0, 60)], [[(20, 20), (70, 20), (70, 45), (20, 45)]])
    inner = _faced(Panel("院内的路", frame=(-4, -4, 94, 64)), (court,), LineString([(25, 32), (65, 32)]), 8.0)
    slant = _faced(
        Panel("斜交的路：60° 以内才算", frame=(-12, -30, 112, 42)),
        (box(0, 0, 60, 40),),
        LineString([(-5, -6), (95, -28)]),
        8.0,
    )
    return sheet([row, inner, slant])


def _faced(panel: Panel, lots: tuple[Polygon, ...], road: LineString, width_m: float) -> Panel:
    land = road.buffer(width_m / 2, cap_style="flat")
    panel.road(land if panel.frame is None else land.intersection(box(*panel.frame)))
    named(panel, *lots)
    found = frontage(array(*lots), array(road), widths_m=np.array([width_m]))
    columns = (found[name].to_numpy() for name in ("parcel", "frontage_m", "distance_m"))
    for row, length, distance in zip(*columns, strict=True):
        panel.figure(f"{NAMES[row]}：临路 {length:.2f} m，距路边 {distance:.2f} m")
    return panel


def areas() -> str:
    """One hundred mu at three places of the zone."""
    crs = CRS.from_epsg(4549)
    side = float(np.sqrt(100 / MU))
    panels = []
    for title, east in (("中央经线 120°E", 500_000.0), ("城区 120.075°E", 507_286.0), ("东缘 120.29°E", 528_150.0)):
        square = box(east, 3_243_188.0, east + side, 3_243_188.0 + side)
        plane, ground = planar_m2(array(square))[0], ellipsoid_m2(array(square), crs)[0]
        panel = Panel(title).parcel(square, "100 亩")
        panels.append(
            panel.figure(
                f"平面 {plane:,.2f} ㎡", f"椭球 {ground:,.2f} ㎡", f"椭球减平面 {round(ground - plane, 2) + 0.0:.2f} ㎡"
            )
        )
    return sheet(panels)


def groups() -> str:
    lots = (box(0, 0, 40, 40), box(40, 0, 80, 40), box(80, 40, 120, 80), box(134, 0, 170, 40), box(134, 40, 170, 80))
    panels = []
    for title, gap in (("共边才连", 0.0), ("间距至 16 m 也连", 16.0)):
        pairs = adjacency(array(*lots), near_m=gap or None)
        joined = pairs[pairs["kind"].isin(["edge", "near", "corner"] if gap else ["edge"])]
        label = labelled(len(lots), joined["left"].to_numpy(np.int64), joined["right"].to_numpy(np.int64))
        panel = Panel(title)
        for name, lot, block in zip(NAMES, lots, label, strict=False):
            panel.parcel(lot, name, fill=FILLS[block])
        for block in range(int(label.max()) + 1):
            members = array(*[lot for lot, own in zip(lots, label, strict=True) if own == block])
            ring = outline(members, gap_m=gap)
            shape = polsby_popper(shapely.area(ring), shapely.length(ring))
            panel.figure(
                f"第 {block + 1} 片：{sum(lot.area for lot in members) * MU:.2f} 亩，紧凑度 {float(shape):.2f}"
            )
        panels.append(panel)
    return sheet(panels)


FAULTS: Final = {"dangling_vertex": "节点偏离邻边", "gap": "缝隙", "overlap": "重叠", "sliver": "狭长碎块"}


def coverage() -> str:
    dangling = (Polygon([(0, 0), (60, 0), (60, 30), (30, 30.003), (0, 30)]), box(0, 30, 60, 60))
    gap = (Polygon([(0, 0), (40, 0), (40, 28), (39.7, 30), (40, 32), (40, 60), (0, 60)]), box(40, 0, 80, 60))
    lap = (box(0, 0, 42, 60), box(40, 0, 80, 60))
    return sheet([_checked("丁字口偏 3 mm", dangling), _checked("缝隙", gap), _checked("重叠", lap)])


def _checked(title: str, lots: tuple[Polygon, ...]) -> Panel:
    panel = named(Panel(title), *lots)
    shapes = array(*lots)
    for fault in check(shapes).to_dict("records"):
        panel.dots(shapely.Point(fault["x"], fault["y"]), ALERT)
        size = f"{fault['area_m2']:.3f} ㎡" if fault["area_m2"] > 0 else f"偏 {fault['width_m'] * 1000:.1f} mm"
        panel.figure(f"{FAULTS[str(fault['code'])]}：{size}")
        mend = proposals(Draft(shapes, shapely.STRtree(shapes)), {str(key): value for key, value in fault.items()})[0]
        changed = "，".join(
            f"{NAMES[row]} {change:+.3f} ㎡" for row, change in zip(mend.rows, mend.area_change_m2, strict=True)
        )
        panel.figure(f"改后：{changed}")
    return panel


def parting() -> str:
    lot = Polygon([(0, 0), (96, 8), (90, 66), (40, 72), (-6, 50)])
    line = LineString([(30, -10), (52, 90)])
    panels = [_pieces(Panel("按线分割").mark(line, "#0B4F8A", 2.0), split(lot, line))]
    side = sides(lot)[0]
    near, _, rest = split_to_area(lot, side, 2.0 / MU)
    panels.append(_pieces(Panel("沿一边分出 2 亩"), (near, rest)))
    near, road, rest = split_to_area(lot, side, 2.0 / MU, road_m=8.0)
    panels.append(_pieces(Panel("分出 2 亩，中间留路 8 m").road(road or line), (near, rest)))
    whole = panels[0]
    whole.figure(f"整宗 {lot.area:,.2f} ㎡")
    return sheet(panels)


def _pieces(panel: Panel, pieces: tuple[BaseGeometry, ...]) -> Panel:
    for name, piece in zip(NAMES, pieces, strict=False):
        panel.parcel(piece, name).figure(f"{name}：{piece.area:,.2f} ㎡ = {piece.area * MU:.2f} 亩")
    return panel


SHEETS: Final[dict[str, Callable[[], str]]] = {
    "areas": areas, "neighbours": neighbours, "differences": differences, "frontage": facing, "blocks": groups,
    "coverage": coverage, "parting": parting,
}  # fmt: skip


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, drawn in SHEETS.items():
        (FOLDER / f"{name}.svg").write_text(drawn(), "utf-8")


if __name__ == "__main__":
    main()
