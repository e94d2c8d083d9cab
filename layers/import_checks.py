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
    """One check: (Chinese, English) of its name, of what it found, and of what to do; ``basis`` is a limit's source."""

    severity: Severity
    name: tuple[str, str]
    what: tuple[str, str]
    todo: tuple[str, str]
    basis: tuple[str, str] = ("", "")

    @property
    def zh(self) -> str:
        """The name in Chinese."""
        return self.name[0]

    @property
    def en(self) -> str:
        """The name in English."""
        return self.name[1]


_REDRAW: Final = ("重新勾绘这一图形。", "Redraw this shape.")
_AREA_RULE: Final = (
    "相差超过 0.5% 且超过 1 ㎡：勘测定界坐标文件的通行允差",
    "More than 0.5 % and more than 1 m² apart: the usual allowance of boundary survey files",
)
_TOLERANCE: Final = (
    "容差 0.10 m：界址点精度最低一级（TD/T 1001）",
    "Tolerance 0.10 m: the poorest accuracy grade of boundary points (TD/T 1001)",
)
_SLIVER: Final = (
    "面积小于 1 ㎡或宽度小于 0.10 m（界址点精度最低一级，TD/T 1001）",
    "Smaller than 1 m² or thinner than 0.10 m (poorest accuracy grade of boundary points, TD/T 1001)",
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
        ("删去其中一行。", "Drop one of the two rows."), _TOLERANCE),
    "shape_stored": ImportCheck("ask", ("图形与库中重复", "Shape stored already"),
        ("与库中 {stored} 是同一图形，边界相差不到 {distance_m} m。",
         "The same shape as {stored} in the database; boundaries differ by less than {distance_m} m."),
        ("确认是否同一宗地。", "Say whether it is the same parcel."), _TOLERANCE),
    "overlap": ImportCheck("ask", ("相互重叠", "Overlap"),
        ("与第 {other_row} 行重叠 {area_m2} ㎡。", "Overlaps row {other_row} by {area_m2} m²."),
        ("核对两宗的公共边界。", "Check the common boundary of the two."), _TOLERANCE),
    "overlap_stored": ImportCheck("ask", ("与库中重叠", "Overlaps what is stored"),
        ("与库中 {stored} 重叠 {area_m2} ㎡。", "Overlaps {stored} in the database by {area_m2} m²."),
        ("核对与已有地块的公共边界。", "Check the boundary shared with the stored parcel."), _TOLERANCE),
    "sliver": ImportCheck("ask", ("碎片", "Sliver"),
        ("有面积 {area_m2} ㎡、宽 {width_m} m 的碎片。", "Has a piece of {area_m2} m², {width_m} m wide."),
        ("删去碎片，或并入相邻地块。", "Delete the sliver, or join it to a neighbour."), _SLIVER),
    "area_differs": ImportCheck("ask", ("面积不符", "Area differs"),
        ("申报 {declared_m2} ㎡，图形 {computed_m2} ㎡，相差 {difference_m2} ㎡。",
         "Declared {declared_m2} m², measured {computed_m2} m²: {difference_m2} m² apart."),
        ("核对图形和申报面积。", "Check the shape and the declared area."), _AREA_RULE),
    "code_format": ImportCheck("tell", ("编号格式异常", "Odd code"),
        ("编号不合 {pattern} 的格式。", "The code is not of the form {pattern}."),
        ("核对编号。", "Check the code."),
        ("格式取自库中或文件里多数编号", "The form is that of most codes in the database or the file")),
})  # fmt: skip


def check_of(code: str) -> ImportCheck:
    """The check of that code; one that is not in the table is named by its code."""
    found = CHECKS.get(code)
    return found if found is not None else ImportCheck("tell", (code, code), (code, code), ("", ""))
