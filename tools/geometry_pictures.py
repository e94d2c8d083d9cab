"""Draw the pictures of docs/geometry.md: each plan and each figure below it is what geo gives, none is typed in.

``python -m tools.geometry_pictures`` writes docs/images/geometry; the same code gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Polygon, box

from geo.adjacency import adjacency
from geo.frontage import frontage
from tools.sketch import Panel, sheet

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "geometry"
KINDS: Final = {"edge": "共边", "corner": "共点", "near": "邻近", "overlap": "重叠", "across": "隔路相邻"}
TOLERANCE_M: Final = 0.10


def array(*geoms: shapely.Geometry) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array([*geoms, None], dtype=object)[:-1]


def pair(panel: Panel, left: Polygon, right: Polygon, **options: float) -> Panel:
    """Two parcels, what joins them, and its figures."""
    panel.parcel(left, "甲").parcel(right, "乙")
    found = adjacency(array(left, right), **options)
    return panel.figure(*[line for row in range(len(found)) for line in told(found.iloc[row])] or ["不相邻"])


def told(row: pd.Series) -> list[str]:
    lines = [f"{KINDS[str(row['kind'])]}：{row['length_m']:.2f} m，间距 {row['gap_m']:.3f} m"]
    if row.get("overlap_m2", 0.0) > 0:
        lines.append(f"重叠面积 {row['overlap_m2']:.2f} ㎡")
    return lines


def neighbours() -> str:
    upper = Polygon([(0, 30), (55, 30), (100, 30), (100, 60), (0, 60)])
    lower = Polygon([(0, 0), (100, 0), (100, 30), (70, 30), (20, 30), (0, 30)])
    shared = LineString([(0, 30), (100, 30)])
    panels = [
        pair(Panel("节点不一致的公共边"), upper, lower).mark(shared).dots(upper).dots(lower),
        pair(Panel("缝隙 5 mm（容差 0.10 m 之内）"), box(0, 0, 40, 50), box(40.005, 0, 80, 50)).mark(
            LineString([(40, 0), (40, 50)])
        ),
        pair(Panel("压盖 5 mm（容差 0.10 m 之内）"), box(0, 0, 40, 50), box(39.995, 10, 80, 60)).mark(
            LineString([(40, 10), (40, 50)])
        ),
        pair(Panel("只共一点"), box(0, 0, 40, 30), box(40, 30, 80, 60)).dots(shapely.Point(40, 30), "#C0272D"),
        pair(Panel("邻近（近距 5 m）"), box(0, 0, 38, 50), box(41, 0, 80, 50), near_m=5.0),
        pair(Panel("重叠"), box(0, 0, 50, 50), box(42, 8, 90, 58)).tint(box(42, 8, 50, 50)),
    ]
    return sheet(panels)


def facing() -> str:
    road = LineString([(-10, -12), (110, -12)])
    front, back = box(0, 0, 60, 30), box(0, 30, 60, 55)
    side = box(60, 0, 100, 40)
    found = frontage(array(front, back, side), array(road), widths_m=np.array([16.0]))
    panel = Panel("临路：从界址线正对外看", frame=(-10, -22, 110, 57))
    panel.road(road.buffer(8, cap_style="flat")).parcel(front, "甲").parcel(back, "乙").parcel(side, "丙")
    panel.mark(LineString([(0, 0), (60, 0)])).mark(LineString([(60, 0), (100, 0)]))
    columns = (found[name].to_numpy() for name in ("parcel", "frontage_m", "distance_m"))
    for row, length, distance in zip(*columns, strict=True):
        panel.figure(f"{'甲乙丙'[row]}：临路 {length:.2f} m，距路边 {distance:.2f} m")
    panel.figure("乙在甲的背后：不临路")
    return sheet([panel], columns=1)


SHEETS: Final[dict[str, Callable[[], str]]] = {"neighbours": neighbours, "frontage": facing}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, drawn in SHEETS.items():
        (FOLDER / f"{name}.svg").write_text(drawn(), "utf-8")


if __name__ == "__main__":
    main()
