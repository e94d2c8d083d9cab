"""What is checked on a file that comes in: each check's name, what it says, what the supplier does about it, and why.

``refuse``: the row cannot be entered; ``ask``: it can, but a person looks first; ``tell``: it is entered as it is.
Sentences take the values that a finding holds; a limit that is not the product's own has its source beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Severity = Literal["refuse", "ask", "tell"]
SEVERITIES: Final[tuple[Severity, ...]] = ("refuse", "ask", "tell")


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """One check: (Chinese, English) of its name, of what it found, and of what to do; ``limit`` with its ``basis``."""

    severity: Severity
    name: tuple[str, str]
    what: tuple[str, str]
    todo: tuple[str, str]
    basis: tuple[str, str] = ("", "")
    # the limit that the check goes by, with names of planning.import_limits
    limit: tuple[str, str] = ("", "")

    @property
    def zh(self) -> str:
        """The name in Chinese."""
        return self.name[0]

    @property
    def en(self) -> str:
        """The name in English."""
        return self.name[1]


_REDRAW: Final = ("重新勾绘这一图形。", "Redraw this shape.")
_AREA_RULE: Final = ("勘测定界坐标文件的通行允差", "the usual allowance of boundary survey files")
_AREA_LIMIT: Final = (
    "相差超过 {area_percent}% 且超过 {area_m2} ㎡",
    "More than {area_percent} % and more than {area_m2} m² apart",
)
_GRADE: Final = (
    "界址点精度最低一级（TD/T 1001）",
    "the poorest accuracy grade of boundary points (TD/T 1001)",
)
_TOLERANCE: Final = ("容差 {tolerance_m} m", "Tolerance {tolerance_m} m")
_SLIVER: Final = (
    "面积小于 {sliver_area_m2} ㎡或宽度小于 {sliver_width_m} m",
    "Smaller than {sliver_area_m2} m² or thinner than {sliver_width_m} m",
)

CHECKS: Final = MappingProxyType({
    "geometry_missing": ImportCheck("refuse", ("没有图形", "No geometry"), ("没有图形。", "The row has no geometry."),
        ("补上图形，或删去这一行。", "Add the geometry, or drop the row.")),
    "geometry_unreadable": ImportCheck("refuse", ("图形损坏", "Broken geometry"),
        ("图形无法读取。", "The geometry cannot be read."), _REDRAW),
    "geometry_empty": ImportCheck("refuse", ("空图形", "Empty geometry"), ("图形是空的。", "The geometry is empty."),
        ("补上图形，或删去这一行。", "Add the geometry, or drop the row.")),
    "geometry_wrong_type": ImportCheck("refuse", ("图形类型不符", "Wrong kind of geometry"),
        ("图形类型是 {found}，这一图层不收。", "The geometry is a {found}, which this layer does not take."),
        ("改成这一图层的图形类型。", "Deliver the kind of geometry that the layer takes.")),
    "coordinates_not_finite": ImportCheck("refuse", ("坐标不是数", "Coordinates are no numbers"),
        ("坐标不是有限的数。", "Coordinates are not finite numbers."), _REDRAW),
    "coordinates_out_of_range": ImportCheck("refuse", ("坐标超出范围", "Coordinates out of range"),
        ("坐标超出经纬度的范围。", "Coordinates lie outside the range of degrees."),
        ("核对坐标系和坐标。", "Check the coordinate system and the coordinates.")),
    "outside_area_of_use": ImportCheck("refuse", ("位置不在本地", "Elsewhere"),
        ("位置在 {storage} 的适用范围之外。", "It lies outside the area of use of {storage}."),
        ("核对坐标系和带号。", "Check the coordinate system and the zone.")),
    "outside_projection": ImportCheck("refuse", ("位置无法换算", "Cannot be projected"),
        ("位置无法换算到 {storage}。", "The place cannot be brought into {storage}."),
        ("核对坐标系和坐标。", "Check the coordinate system and the coordinates.")),
    "geometry_too_deep": ImportCheck("refuse", ("图形嵌套过深", "Nested too deeply"),
        ("图形集合套了 {most} 层以上，不予采用。",
         "Collections nested over {most} levels deep: refused."),
        ("改成普通的多边形。", "Deliver plain polygons.")),
    "repair_too_slow": ImportCheck("refuse", ("图形无法修正", "Cannot be mended"),
        ("图形自相交太多，修正超时，请在来源修正。",
         "Too many self-crossings to mend in time; correct it at its source."),
        ("在来源修正自相交的边界。", "Correct the self-crossing boundary at its source.")),
    "repair_crashed": ImportCheck("refuse", ("图形无法修正", "Cannot be mended"),
        ("图形无法修正，请在来源修正。",
         "Cannot be mended; correct it at its source."),
        ("在来源修正这一图形。", "Correct this shape at its source.")),
    "boundary_line_unreadable": ImportCheck("refuse", ("不是界址点", "No boundary point"),
        ("第 {line} 行不是界址点：{text}。",
         "Line {line} is no boundary point: {text}."),
        ("按“点号,圈号,X,Y”改正这一行。", "Write the line as number, ring, X, Y.")),
    "boundary_no_points": ImportCheck("refuse", ("没有界址点", "No boundary points"),
        ("第 {line} 行的地块没有界址点。",
         "The parcel of line {line} has no boundary points."),
        ("补上界址点，或删去这一宗。", "Add the points, or drop the parcel.")),
    "coordinate_not_a_number": ImportCheck("refuse", ("坐标不是数", "Coordinates are no numbers"),
        ("第 {line} 行的坐标不是有效的数：{text}。",
         "The coordinates in line {line} are not valid numbers: {text}."),
        ("改正这一行的坐标。", "Correct the coordinates of the line.")),
    "axes_mixed": ImportCheck("refuse", ("X、Y 混用", "Axes mixed"),
        ("第 {line} 行的 X、Y 与其余各点相反。",
         "X and Y in line {line} are the other way round than in the other points."),
        ("全部按 X(北)、Y(东) 的顺序填写。", "Write X (north) before Y (east) throughout.")),
    "zone_differs": ImportCheck("refuse", ("带号不符", "Zone differs"),
        ("第 {line} 行的东坐标 {easting} 与文件的带号（{file_zone}）不符。",
         "The easting {easting} in line {line} does not fit the zone of the file ({file_zone})."),
        ("核对带号和东坐标。", "Check the zone and the easting.")),
    "ring_too_few_points": ImportCheck("refuse", ("界址点不足", "Too few points"),
        ("第 {line} 行的地块有一圈只有 {points} 个不同的点，围不成面。",
         "A ring of the parcel of line {line} has only {points} different points."),
        ("每圈至少三个不同的点。", "Give each ring three different points at least.")),
    "too_many_rings": ImportCheck("refuse", ("圈数过多", "Too many rings"),
        ("第 {line} 行的地块有 {rings} 圈，最多 {most} 圈。",
         "The parcel of line {line} has {rings} rings, at most {most}."),
        ("分成几宗。", "Divide it into several parcels.")),
    "wkt_unreadable": ImportCheck("refuse", ("WKT 有误", "Broken WKT"),
        ("第 {line} 行的 WKT 读不出来：{text}。",
         "The WKT in line {line} cannot be read: {text}."),
        ("改正这一行的 WKT。", "Correct the WKT of the line.")),
    "cells_beyond_header": ImportCheck("tell", ("格数与表头不符", "Cells beyond the header"),
        ("第 {line} 行有 {cells} 格，表头只有 {columns} 格，可能多了分隔符。",
         "Line {line} has {cells} cells, the header {columns}; there may be a separator too many."),
        ("核对分隔符和引号。", "Check separators and quotes.")),
    "axes_turned": ImportCheck("tell", ("X、Y 已对调", "Axes turned"),
        ("X、Y 与文件其余部分相反，已按坐标范围对调。",
         "X and Y were the other way round than in the rest of the file; they were turned by their ranges."),
        ("按 X(北)、Y(东) 的顺序填写。", "Write X (north) before Y (east).")),
    "rings_cross": ImportCheck("tell", ("圈互相交叉", "Rings cross"),
        ("{rings} 圈互相交叉，已按奇偶规则取面。",
         "{rings} rings cross each other; the even-odd area was taken."),
        ("核对各圈的边界。", "Check the boundaries of the rings.")),
    "curves_flattened": ImportCheck("tell", ("曲线已折成短线", "Curves flattened"),
        ("图形含曲线，已折成短线。",
         "The shape has curves, which became short lines."),
        ("需要时用直线段交付。", "Deliver straight edges where it matters.")),
    "no_area": ImportCheck("refuse", ("没有面积", "No area"), ("图形没有面积。", "The shape has no area."), _REDRAW),
    "shape_degenerate": ImportCheck("refuse", ("图形退化", "Degenerate shape"),
        ("图形退化成点或线。", "The shape has shrunk to a point or a line."), _REDRAW),
    "code_in_use": ImportCheck("refuse", ("编号库中已有", "Code in use"),
        ("库中已有编号 {code} 的记录。", "Code {code} is in use already."),
        ("更换编号；若是同一宗地的新成果，按编号更新。",
         "Give another code; if it is the same parcel measured anew, update by code.")),
    "shape_in_use": ImportCheck("refuse", ("图形库中已有", "Shape in use"),
        ("图形与库中 {code} 完全相同。", "The shape is exactly that of {code} in the database."),
        ("删去这一行。", "Drop the row.")),
    "geometry_mended": ImportCheck("tell", ("图形已修正", "Geometry mended"),
        ("图形有自相交等错误，已修正，面积变化 {area_change_m2} ㎡。",
         "The shape crossed itself or had a like fault and was mended; its area changed by {area_change_m2} m²."),
        ("改正自相交或重复的顶点。", "Remove self-intersections and repeated vertices.")),
    "ring_closed": ImportCheck("tell", ("边界已闭合", "Ring closed"),
        ("边界没有闭合，已闭合。", "A ring was open and was closed."),
        ("首末点取同一坐标。", "End each ring on its first vertex.")),
    "collection_reduced": ImportCheck("tell", ("混合图形", "Mixed geometry"),
        ("混合图形，只保留符合图层的部分。", "A mixed geometry: only the parts that fit the layer were kept."),
        ("每行只放一种图形。", "Deliver one kind of geometry a row.")),
    "collection_joined": ImportCheck("tell", ("混合图形", "Mixed geometry"),
        ("混合图形，已合并为一个图形。", "A collection was joined to one geometry."),
        ("每行只放一种图形。", "Deliver one kind of geometry a row.")),
    "code_repeated": ImportCheck("ask", ("编号重复", "Code repeated"),
        ("编号 {original} 与前面的行重复，入库时改为 {given}。",
         "Code {original} stands in an earlier row already; it would be entered as {given}."),
        ("一宗一号，更换其中一个编号。", "Give every parcel a code of its own.")),
    "shape_twice": ImportCheck("ask", ("图形重复", "Shape repeated"),
        ("与第 {other_row} 行是同一图形，边界相差不到 {distance_m} m。",
         "The same shape as row {other_row}; boundaries differ by less than {distance_m} m."),
        ("删去其中一行。", "Drop one of the two rows."), _GRADE, _TOLERANCE),
    "shape_stored": ImportCheck("ask", ("图形与库中重复", "Shape stored already"),
        ("与库中 {stored} 是同一图形，边界相差不到 {distance_m} m。",
         "The same shape as {stored} in the database; boundaries differ by less than {distance_m} m."),
        ("确认是否同一宗地。", "Say whether it is the same parcel."), _GRADE, _TOLERANCE),
    "overlap": ImportCheck("ask", ("相互重叠", "Overlap"),
        ("与第 {other_row} 行重叠 {area_m2} ㎡。", "Overlaps row {other_row} by {area_m2} m²."),
        ("核对两宗的公共边界。", "Check the common boundary of the two."), _GRADE, _TOLERANCE),
    "overlap_stored": ImportCheck("ask", ("与库中重叠", "Overlaps what is stored"),
        ("与库中 {stored} 重叠 {area_m2} ㎡。", "Overlaps {stored} in the database by {area_m2} m²."),
        ("核对与已有地块的公共边界。", "Check the boundary shared with the stored parcel."), _GRADE, _TOLERANCE),
    "sliver": ImportCheck("ask", ("碎片", "Sliver"),
        ("有面积 {area_m2} ㎡、宽 {width_m} m 的碎片。", "Has a piece of {area_m2} m², {width_m} m wide."),
        ("删去碎片，或并入相邻地块。", "Delete the sliver, or join it to a neighbour."), _GRADE, _SLIVER),
    "area_differs": ImportCheck("ask", ("面积不符", "Area differs"),
        ("申报 {declared_m2} ㎡，图形 {computed_m2} ㎡，相差 {difference_m2} ㎡。",
         "Declared {declared_m2} m², measured {computed_m2} m²: {difference_m2} m² apart."),
        ("核对图形和申报面积。", "Check the shape and the declared area."), _AREA_RULE, _AREA_LIMIT),
    "code_format": ImportCheck("tell", ("编号格式异常", "Odd code"),
        ("编号不合 {pattern} 的格式。", "The code is not of the form {pattern}."),
        ("核对编号。", "Check the code."),
        ("格式取自库中或文件里多数编号", "The form is that of most codes in the database or the file")),
})  # fmt: skip


def check_of(code: str) -> ImportCheck:
    """The check of that code; one that is not in the table is named by its code."""
    found = CHECKS.get(code)
    return found if found is not None else ImportCheck("tell", (code, code), (code, code), ("", ""))
