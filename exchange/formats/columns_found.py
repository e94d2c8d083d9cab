"""Which columns of a table hold its geometry: a WKT column, two of coordinates, or one row a boundary point.

Names decide first, content proves them. In words of Chinese surveying X (纵坐标) is north and Y (横坐标) is east;
bare X and Y are east and north as in mathematics unless the numbers show the other way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Cells = Sequence[str | None]

_WKT_NAMES: Final = frozenset({
    "wkt", "geom", "geometry", "the_geom", "geom_wkt", "wkt_geom", "geometry_wkt", "shape", "图形", "几何",
    "图形wkt", "空间数据", "wkb", "wkb_geometry", "geom_wkb",
})  # fmt: skip
_WKT: Final = re.compile(
    r"^\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:MULTI)?(?:POLYGON|POINT|LINESTRING|GEOMETRYCOLLECTION|CURVEPOLYGON|SURFACE)\b",
    re.IGNORECASE,
)  # fmt: skip
_WKB: Final = re.compile(r"^0[01][0-9A-Fa-f]{18,}$")
# names of coordinate columns without what stands in brackets, signs and blanks; x and y are settled later
_EAST: Final = frozenset({
    "lon", "lng", "long", "longitude", "经度", "东经", "lon_wgs84", "easting", "east", "e", "东", "东坐标", "横坐标",
    "横坐标y", "y横坐标", "东坐标y", "y东", "y东坐标", "point_x", "xcoord", "x_coord", "coord_x",
})  # fmt: skip
_NORTH: Final = frozenset({
    "lat", "latitude", "纬度", "北纬", "lat_wgs84", "northing", "north", "n", "北", "北坐标", "纵坐标",
    "纵坐标x", "x纵坐标", "北坐标x", "x北", "x北坐标", "point_y", "ycoord", "y_coord", "coord_y",
})  # fmt: skip
# Chinese names of X and Y mean north and east, bare letters east and north; the letter alone settles nothing else
_CHINESE_X: Final = frozenset({"x坐标", "坐标x", "x值"})
_CHINESE_Y: Final = frozenset({"y坐标", "坐标y", "y值"})
_CODES: Final = frozenset({"地块编号", "宗地编号", "宗地号", "宗地代码", "地块号", "dkbh", "zddm", "zdbh", "parcel_id",
                           "parcel", "code", "编号", "地块名称"})  # fmt: skip
_NUMBERS: Final = frozenset(
    {
        "点号",
        "界址点号",
        "界址点编号",
        "jzdh",
        "dh",
        "point",
        "point_no",
        "vertex",
        "point_number",
        "拐点号",
        "拐点编号",
    }
)
_RINGS: Final = frozenset({"圈号", "地块圈号", "环号", "ring", "ring_no", "quanhao"})
_ORDERS: Final = frozenset({"顺序", "顺序号", "点序", "点序号", "order", "seq", "vertex_index", "序"})
_LOOKED_AT: Final = 200
# degrees, minutes and seconds east and north, as maps show them
_DEGREES: Final = re.compile(
    r"^\s*[ENen]?\s*(\d{1,3})\s*[°度]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’分])?\s*(?:(\d{1,2}(?:\.\d+)?)\s*[″\"”秒])?\s*[ENen]?\s*$"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Geometry:
    """Positions of the columns that hold the geometry; ``bare`` when X and Y settle nothing by their names."""

    kind: Literal["wkt", "points", "vertices"]
    wkt: int = -1
    east: int = -1
    north: int = -1
    bare: bool = False
    code: int = -1
    number: int = -1
    ring: int = -1
    order: int = -1


def find(names: Sequence[str], columns: Sequence[Cells], shapes: Sequence[str]) -> Geometry | None:
    """Find the geometry of a table; None when it has none.

    A table with codes that repeat and point numbers is one of boundary points, if the layer takes areas or lines.
    """
    plain = [_plain(name) for name in names]
    wkt = _wkt_column(plain, columns)
    if wkt >= 0:
        return Geometry("wkt", wkt=wkt)
    pair = _pair(plain)
    if pair is None or not _mostly_numbers(columns[pair[0]]) or not _mostly_numbers(columns[pair[1]]):
        return None
    east, north, bare = pair
    code, number = _first(plain, _CODES), _first(plain, _NUMBERS)
    if "polygon" in shapes and code >= 0 and number >= 0 and _repeats(columns[code]):
        return Geometry("vertices", east=east, north=north, bare=bare, code=code, number=number,
                        ring=_first(plain, _RINGS), order=_first(plain, _ORDERS))  # fmt: skip
    return Geometry("points", east=east, north=north, bare=bare)


def _plain(name: str) -> str:
    """A name in small letters without what stands in brackets behind it, blanks and units."""
    short = re.sub(r"[(（\[【].*", "", name.replace("\ufeff", "")).strip().casefold()
    inside = re.search(r"[(（\[【]\s*(东|北)", name)
    word = re.sub(r"\s+", "", short) or name.strip().casefold()
    # X坐标(北) and Y(东) say themselves what they are
    return {"东": "东坐标", "北": "北坐标"}[inside[1]] if inside else word


def _wkt_column(plain: Sequence[str], columns: Sequence[Cells]) -> int:
    fitting = [at for at, cells in enumerate(columns) if _holds_wkt(cells)]
    named = [at for at in fitting if plain[at] in _WKT_NAMES]
    return (named or fitting or [-1])[0]


def _holds_wkt(cells: Cells) -> bool:
    there = [cell for cell in cells[:_LOOKED_AT] if cell]
    return bool(there) and sum(bool(_WKT.match(cell) or _WKB.match(cell)) for cell in there) * 2 > len(there)


def _pair(plain: Sequence[str]) -> tuple[int, int, bool] | None:
    """East and north by name, and whether their names settle which is which."""
    east, north = _first(plain, _EAST), _first(plain, _NORTH)
    if east >= 0 and north >= 0:
        return east, north, False
    x, y = _first(plain, _CHINESE_X), _first(plain, _CHINESE_Y)
    if x >= 0 and y >= 0:
        return y, x, True
    x, y = _first(plain, frozenset({"x"})), _first(plain, frozenset({"y"}))
    return (x, y, True) if x >= 0 and y >= 0 else None


def _first(plain: Sequence[str], names: frozenset[str]) -> int:
    return next((at for at, name in enumerate(plain) if name in names), -1)


def _mostly_numbers(cells: Cells) -> bool:
    there = [cell for cell in cells[:_LOOKED_AT] if cell]
    return bool(there) and sum(number(cell) is not None for cell in there) * 2 >= len(there)


def filled(cells: Cells) -> list[str | None]:
    """Cells with blanks filled from above, as merged cells mean them."""
    above: str | None = None
    found = []
    for cell in cells:
        above = cell or above
        found.append(above)
    return found


def _repeats(cells: Cells) -> bool:
    there = [cell for cell in filled(cells) if cell]
    return len(there) >= 3 * len(set(there))


def number(cell: str | None) -> float | None:
    """Read a coordinate: a plain number (thousands commas allowed) or degrees, minutes, seconds; None for the rest."""
    if not cell or "_" in cell:
        return None
    turned = _DEGREES.match(cell)
    if turned:
        return float(turned[1]) + float(turned[2] or 0) / 60 + float(turned[3] or 0) / 3600
    try:
        return float(cell.replace(",", "").strip())
    except ValueError:
        return None
