"""DXF: a drawing for AutoCAD, CASS and their kin: a layer a cluster in its colour, outlines, codes and 亩 as text.

Units are metres and x is east. R2010 is UTF-8; R2000 is GBK (code page 936) for old programs, characters beyond it
written as an escape (backslash, U+, four figures) that CAD programs read. The frame is ezdxf's, the entities between
are written as they come: a drawing of any size takes the memory of one batch. Each outline carries code, name and
area as extended data.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing import arrow_rows, dxf_entities
from exchange.writing.dbase import in_gbk
from exchange.writing.facts import fact_line, facts_of, one_line, title
from exchange.writing.looks import Look, Looks, looks_of, rgb
from exchange.writing.outgoing import Batch, Note, Outgoing
from exchange.writing.whole import scratch_folder, whole_file
from geo.crs import read_crs
from geo.units import mu, round_area_m2, square_metres

# name under which Python knows how characters beyond a drawing's code page are written
_ESCAPED: Final = "chantu-dxf"
_LABELS: Final = "标注"
_ABOUT: Final = "图面说明"
_STYLE: Final = "CHANTU_HZ"
# what layer names of DXF may not hold
_NOT_IN_NAMES: Final = re.compile(r'[<>/\\":;?*|=`,\x00-\x1f\x7f\u2028\u2029]')
_LONGEST_NAME: Final = 200
# text that just fits: a share of the square root of the area, within what can be read on a plan of 1:2000
_TEXT_SHARE: Final = 0.09
_LOWEST_TEXT_M: Final = 1.0
_HIGHEST_TEXT_M: Final = 12.0
_POINT_M: Final = 3.0
# rows that are filled; of more the drawing would be twice as large for colours that the layers show as well
MOST_FILLS: Final = 20_000
FILL: Final = "fill"
_MU_STEP: Final = Decimal("0.01")


def write_dxf(
    outgoing: Outgoing, out: Path, *, epsg: int, version: str = "R2010", lang: str = "zh"
) -> tuple[Note, ...]:
    """Write a drawing in this CRS, which has to be a plane one in metres."""
    crs = read_crs(epsg)
    if not crs.is_projected:
        raise NotWritable("dxf_needs_metres", {"crs": f"EPSG:{epsg}"})
    looks = looks_of(outgoing)
    drawing = _Drawing(outgoing, looks, epsg=epsg, version=version, lang=lang)
    with whole_file(out) as draft, scratch_folder(out.parent) as folder:
        entities = folder / "entities"
        with entities.open("w", encoding="utf-8", newline="\n") as file:
            drawing.write_entities(file)
        # the head says which handle comes next, so it is made when all are given
        head, tail = drawing.frame()
        with (
            draft.open("w", encoding=drawing.encoding, errors=_ESCAPED, newline="\r\n") as whole,
            entities.open(encoding="utf-8", newline="\n") as body,
        ):
            # comments: the only place that a drawing of R2000 has for facts
            whole.writelines(f"999\n{line}\n" for line in drawing.comments())
            whole.write(head)
            while part := body.read(1 << 20):
                whole.write(part)
            whole.write(tail)
    unfit = "".join(sorted(drawing.unfit))
    return (Note("text_escaped", {"characters": unfit, "count": len(unfit)}),) if unfit else ()


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What a code page lacks as CAD programs write it: the UTF-16 units, four figures each."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "replace")
    return "".join(f"\\U+{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2)), error.end


codecs.register_error(_ESCAPED, _escaped)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row as the drawing needs it."""

    geom: Any
    layer: str
    code: str
    name: str
    number: int
    look: str
    # the column that decides the look, and its value
    by: tuple[str, str]
    area_m2: float
    at: tuple[float, float]
    height: float
    size: str


class _Drawing:
    def __init__(self, outgoing: Outgoing, looks: Looks, *, epsg: int, version: str, lang: str) -> None:
        from ezdxf import filemanagement, units  # noqa: PLC0415 - here, because only this form needs it

        self._outgoing, self._looks, self._epsg, self._lang = outgoing, looks, epsg, lang
        self._fills = outgoing.rows <= MOST_FILLS
        self._see_through = version != "R2000"
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)
        doc = filemanagement.new(version, setup=False, units=units.M)
        doc.encoding = "gbk"
        doc.header["$DWGCODEPAGE"] = "ANSI_936"
        doc.appids.add(dxf_entities.APP)
        style = doc.styles.add(_STYLE, font="simsun.ttc")
        style.set_extended_font_data("宋体")
        self._doc: Any = doc
        self._owner = str(doc.modelspace().layout_key)
        self._layers = self._add_layers()
        # characters that the code page of the file lacks
        self.unfit: set[str] = set()
        for key, text in facts_of(outgoing, epsg, lang).items():
            doc.header.custom_vars.append(f"chantu_{key}", one_line(text))
        doc.header.custom_vars.append("title", one_line(title(outgoing, lang)))

    @property
    def encoding(self) -> str:
        """What the file is written in."""
        return str(self._doc.output_encoding)

    def _add_layers(self) -> dict[str, str]:
        """A layer a look, with its colour; value of the deciding column → name of the layer."""
        table = self._doc.layers
        used = {"0", "defpoints"}
        named: dict[str, str] = {}
        for look in (*self._looks.each, self._looks.other):
            kind = self._outgoing.facts.get("layer_en" if self._lang == "en" else "layer_zh", self._outgoing.layer)
            name = layer_name(look.name(self._lang) if self._looks.by else str(kind), used)
            layer = table.add(name)
            # R2000 has the 255 colours of the index alone
            layer.rgb, layer.color = rgb(_seen(look)), _nearest_index(_seen(look))
            named[look.value] = name
        labels = layer_name(_LABELS if self._lang != "en" else "Labels", used)
        table.add(labels).color = 7
        self._label_layer = labels
        self._about_layer = layer_name(_ABOUT if self._lang != "en" else "About", used)
        table.add(self._about_layer).color = 7
        return named

    def write_entities(self, file: TextIO) -> None:
        """Write every row; what they fill and the handles they take is remembered for the head."""
        for row in self._rows():
            file.writelines(self._entities(row))
        file.write(self._about())

    def _place(self, layer: str) -> dxf_entities.Place:
        return dxf_entities.Place(self._doc.entitydb.handles.next(), self._owner, layer)

    def comments(self) -> list[str]:
        """The facts, a line each."""
        return [f"{key}={one_line(text)}" for key, text in facts_of(self._outgoing, self._epsg, self._lang).items()]

    def frame(self) -> tuple[str, str]:
        """What stands before the entities and what stands after them."""
        doc = self._doc
        if np.isfinite(self._low).all():
            layout = doc.modelspace()
            layout.dxf.extmin, layout.dxf.extmax = (*self._low.tolist(), 0.0), (*self._high.tolist(), 0.0)
            centre, size = (self._low + self._high) / 2, self._high - self._low
            doc.set_modelspace_vport(height=float(max(size.max(), 10.0)) * 1.05, center=tuple(centre.tolist()))
        text = io.StringIO()
        doc.write(text)
        mark = "  0\nSECTION\n  2\nENTITIES\n"
        head, _, tail = text.getvalue().partition(mark)
        return head + mark, tail

    def _rows(self) -> Iterator[_Row]:
        for batch, geoms in arrow_rows.placed(self._outgoing, self._epsg):
            areas = round_area_m2(shapely.area(batch.geoms))
            bounds = shapely.bounds(geoms)
            self._low = np.minimum(self._low, bounds[:, :2].min(axis=0))
            self._high = np.maximum(self._high, bounds[:, 2:].max(axis=0))
            drawn = batch.values[self._looks.by] if self._looks.by else [None] * len(geoms)
            areal = shapely.get_dimensions(geoms) == 2  # noqa: PLR2004 - an area
            inside = np.where(areal, shapely.point_on_surface(geoms), shapely.centroid(geoms))
            places, numbers = shapely.get_coordinates(inside).tolist(), batch.ids.tolist()
            sizes = np.where(areal, _TEXT_SHARE * np.sqrt(areas), 3 * _LOWEST_TEXT_M)
            heights = np.clip(sizes, _LOWEST_TEXT_M, _HIGHEST_TEXT_M).round(2).tolist()
            for at, (geom, value, area) in enumerate(zip(geoms, drawn, areas.tolist(), strict=True)):
                look = self._looks.of(value)
                code, name = _text(batch, "code", at), _text(batch, "name", at)
                if self.encoding == "gbk" and not (code + name).isascii():
                    self.unfit |= {each for each in code + name if not in_gbk(each)}
                size = f"{_mu(area)}{' mu' if self._lang == 'en' else '亩'}" if areal[at] else ""
                yield _Row(
                    geom=geom, layer=self._layers[look.value], code=code, name=name, number=numbers[at],
                    look=one_line(look.name(self._lang)) if self._looks.by else "",
                    by=(self._looks.by, "" if value is None else one_line(str(value))), area_m2=area,
                    at=tuple(places[at]), height=heights[at], size=size,
                )  # fmt: skip

    def _entities(self, row: _Row) -> Iterator[str]:
        parts = shapely.get_parts(row.geom)
        if shapely.get_dimensions(row.geom) == 0:
            yield from (
                dxf_entities.circle(self._place(row.layer), (each.x, each.y), _POINT_M) for each in parts.tolist()
            )
        else:
            closed = shapely.get_dimensions(row.geom) == 2  # noqa: PLR2004 - an area
            # the closing corner is a flag in a drawing
            lines = [shapely.get_coordinates(each)[:-1] for each in shapely.get_rings(parts)] if closed else [
                shapely.get_coordinates(each) for each in parts]  # fmt: skip
            if closed and self._fills:
                # first, so that outlines and texts lie on it; one a part: two outer boundaries in one are no polygon
                for part in parts:
                    rings = [shapely.get_coordinates(each)[:-1].tolist() for each in shapely.get_rings(part)]
                    yield dxf_entities.fill(
                        self._place(row.layer), rings, see_through=self._see_through, told=(FILL, row.code or "1")
                    )
            for number, xy in enumerate(lines, start=1):
                # which outlines are one row, holes and parts, is nowhere else in a drawing
                part = f"{row.number}:{number}/{len(lines)}" if len(lines) > 1 else ""
                yield self._outline(row, xy, closed=closed, part=part)
        for number, text in enumerate(_shown(line) for line in (row.code or row.name, row.size) if line):
            x, y = row.at
            at = (x, y + (0.75 - 1.5 * number) * row.height)
            yield dxf_entities.text(self._place(self._label_layer), text, at, row.height, style=_STYLE, centred=True)

    def _outline(self, row: _Row, xy: NDArray[np.float64], *, closed: bool, part: str) -> str:
        told = (
            ("code", row.code), ("name", row.name), ("area_m2", f"{row.area_m2:.2f}"), ("class", row.look), row.by,
            ("part", part),
        )  # fmt: skip
        return dxf_entities.outline(self._place(row.layer), xy.tolist(), closed=closed, told=told)

    def _about(self) -> str:
        """One line below the drawing that says what it is: scenario, date, CRS, and whether it is sample data."""
        low = self._low if np.isfinite(self._low).all() else np.zeros(2)
        at = (float(low[0]), float(low[1]) - 3 * _HIGHEST_TEXT_M)
        said = _shown(fact_line(self._outgoing, self._epsg, self._lang))
        return dxf_entities.text(self._place(self._about_layer), said, at, _HIGHEST_TEXT_M, style=_STYLE, centred=False)


def _nearest_index(color: str) -> int:
    """The colour of AutoCAD's index that is nearest in red, green and blue; 1 to 255."""
    from ezdxf.colors import DXF_DEFAULT_COLORS, int2rgb  # noqa: PLC0415 - as above

    table = np.array([int2rgb(value) for value in DXF_DEFAULT_COLORS[1:256]])
    return int(np.argmin(((table - np.array(rgb(color))) ** 2).sum(axis=1))) + 1


def layer_name(text: str, used: set[str]) -> str:
    """A name that DXF takes and that no other layer has, whatever the case."""
    name = _NOT_IN_NAMES.sub("_", text).strip()[:_LONGEST_NAME] or "_"
    found, number = name, 2
    while found.casefold() in used:
        found, number = f"{name}_{number}", number + 1
    used.add(found.casefold())
    return found


def _shown(text: str) -> str:
    """Text as a drawing shows it: a caret begins a control character there, two percent signs a special one."""
    return text.replace("^", "^ ").replace("%%", "％％")


def _seen(look: Look) -> str:
    """A colour to be seen on paper and on a black screen: the fill, or the outline of what has none."""
    return look.fill if look.opacity > 0 and look.value else look.line.color


def _text(batch: Batch, key: str, at: int) -> str:
    values: Any = batch.values.get(key)
    return "" if values is None or values[at] is None else one_line(arrow_rows.text_of(values[at])).strip()


def _mu(area_m2: float) -> str:
    return str(mu(square_metres(round(area_m2 * 100))).quantize(_MU_STEP, rounding=ROUND_HALF_UP))
