"""勘测定界界址点 TXT: the text of boundary points in which land is reported, for CASS, ArcGIS tools and portals.

GB 18030 (whose characters of one and two bytes are GBK), CRLF, X is north and Y is east. Eastings carry the number of
the 3-degree zone unless the CRS asked for is the one without. Rings start at their north-westernmost vertex; shells
run clockwise, holes the other way; each ring has its number, points are counted on through all rings of a parcel, and
the closing line repeats the ring's first number. The area is the recorded one (plane, in the storage CRS, rounded to
0.01 m²) in hectares of four decimals, not that of the rounded coordinates: the ledger and the file then say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing import arrow_rows
from exchange.writing.facts import facts_of, one_line, title
from exchange.writing.outgoing import Batch, Note, Outgoing
from exchange.writing.whole import whole_file
from geo.area import planar_m2
from geo.units import centi_m2
from geo.zones import zone_of

DECIMALS: Final = 3
_LEAST_POINTS: Final = 3
_HECTARES: Final = Decimal("0.0001")
# commas part the fields, "@" ends the line of a parcel, brackets begin a section
_UNSAFE: Final = str.maketrans({",": "，", "@": "＠", "[": "【", "]": "】"})
_GBK_LONGEST: Final = 2


def write_boundary_points(outgoing: Outgoing, out: Path, *, epsg: int) -> tuple[Note, ...]:
    """Write the polygons of a layer, one block a row.

    Raises
    ------
    NotWritable
        ``txt_needs_polygons``, ``txt_needs_zone`` (the CRS is none of CGCS2000's 3-degree zones), nothing to write,
        or ``txt_ring_collapses``: a polygon is thinner than the millimetre of the format.
    """
    zone = zone_of(epsg)
    if zone is None:
        raise NotWritable("txt_needs_zone", {"crs": f"EPSG:{epsg}"})
    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "txt"})
    if outgoing.dimensions != (2,):
        raise NotWritable("txt_needs_polygons", {"layer": outgoing.layer})
    dropped = 0
    long: set[str] = set()
    with whole_file(out) as draft, draft.open("w", encoding="gb18030", errors="replace", newline="\r\n") as file:
        file.write("\n".join(_head(outgoing, epsg)) + "\n")
        for batch, geoms in arrow_rows.placed(outgoing, epsg):
            hectares = [_hectares(area) for area in centi_m2(planar_m2(batch.geoms)).tolist()]
            for row, geom in enumerate(geoms):
                rings, gone = _rings(geom)
                dropped += gone
                if not rings:
                    raise NotWritable("txt_ring_collapses", {"code": _text(batch, "code", row)})
                name = _parcel(outgoing, batch, row, hectares[row], sum(map(len, rings)))
                long |= {each for each in name if len(each.encode("gb18030", "replace")) > _GBK_LONGEST}
                file.write(name + "\n" + "\n".join(_points(rings)) + "\n")
    return tuple(_notes(dropped, long))


def _notes(dropped: int, long: set[str]) -> Iterator[Note]:
    if dropped:
        yield Note("rings_dropped", {"rings": dropped})
    if long:
        yield Note("text_beyond_gbk", {"characters": "".join(sorted(long)), "count": len(long)})


def _head(outgoing: Outgoing, epsg: int) -> Iterator[str]:
    zone = zone_of(epsg)
    facts = facts_of(outgoing, epsg)
    yield "[项目信息]"
    yield f"项目名称={_safe(title(outgoing))}"
    yield f"图层={_safe(facts.get('layer_zh', outgoing.layer))}"
    yield f"方案={_safe(facts.get('scenario', ''))}"
    yield f"坐标系代码={facts['crs']}"
    yield f"数据标记={facts.get('notice', '')}"
    yield f"面积说明={facts['area_note']}"
    yield "[属性描述]"
    yield "格式版本号=1.01版本"
    yield f"数据产生单位={_safe(facts.get('by', ''))}"
    yield f"数据产生日期={facts.get('date', '')}"
    yield "坐标系=2000国家大地坐标系"
    yield "几度分带=3"
    yield "投影类型=高斯克吕格"
    yield "计量单位=米"
    yield f"带号={zone.number if zone is not None else ''}"
    yield "精度=0.001"
    yield "转换参数=,,,,,,"
    yield "[地块坐标]"


def _parcel(outgoing: Outgoing, batch: Batch, row: int, hectares: str, lines: int) -> str:
    code = _text(batch, "code", row)
    land_use = _text(batch, "land_use", row)
    # 国土空间调查、规划、用途管制用地用海分类指南 of 2023, unless the row names another
    use = outgoing.land_uses.get((_text(batch, "land_use_scheme", row) or "2023", land_use), "")
    name = _text(batch, "name", row)
    return ",".join((str(lines), hectares, code, name, "面", "", _safe(use), land_use, "@"))


def _text(batch: Batch, key: str, row: int) -> str:
    values: Sequence[Any] | None = batch.values.get(key)
    return "" if values is None or values[row] is None else _safe(str(values[row]))


def _safe(text: str) -> str:
    return re.sub(r"\s+", " ", one_line(text)).strip().translate(_UNSAFE)


def _hectares(centi: int) -> str:
    area = Decimal(centi) / 100 / 10_000
    return str(area.quantize(_HECTARES, rounding=ROUND_HALF_UP))


def _points(rings: list[NDArray[np.float64]]) -> Iterator[str]:
    first = 1
    for number, ring in enumerate(rings, start=1):
        corners = len(ring) - 1
        for at, (east, north) in enumerate(ring.tolist()):
            yield f"J{first + at % corners},{number},{north:.{DECIMALS}f},{east:.{DECIMALS}f}"
        first += corners


def _rings(geom: Any) -> tuple[list[NDArray[np.float64]], int]:
    """Closed rings, shell before its holes, as the format wants them; and the number of those too thin to be one."""
    rings: list[NDArray[np.float64]] = []
    dropped = 0
    for part in shapely.get_parts(geom).tolist():
        shell = _ring(part.exterior, clockwise=True)
        if shell is None:
            dropped += 1
            continue
        rings.append(shell)
        holes = [_ring(hole, clockwise=False) for hole in part.interiors]
        rings += [hole for hole in holes if hole is not None]
        dropped += sum(hole is None for hole in holes)
    return rings, dropped


def _ring(ring: Any, *, clockwise: bool) -> NDArray[np.float64] | None:
    xy = np.round(shapely.get_coordinates(ring)[:-1], DECIMALS)
    xy = xy[(xy != np.roll(xy, 1, axis=0)).any(axis=1)]
    if len(xy) < _LEAST_POINTS:
        return None
    # twice the area, about the first corner: eastings of eight digits squared would cost the millimetres
    x, y = (xy - xy[0]).T
    twice = float(x @ np.roll(y, -1) - np.roll(x, -1) @ y)
    if twice == 0:
        return None
    if (twice < 0) != clockwise:
        xy = xy[::-1]
    # the vertex farthest to the north-west; of several the northernmost
    start = int(np.lexsort((xy[:, 1], np.round(xy[:, 1] - xy[:, 0], DECIMALS)))[-1])
    xy = np.roll(xy, -start, axis=0)
    return np.vstack([xy, xy[:1]])
