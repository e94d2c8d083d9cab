"""KML 2.2: a layer for globes, in WGS 84, with styles by cluster and typed attributes.

CGCS2000 is taken as WGS 84 (they differ by plate motion alone). The areas are attributes: a globe measures its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import shapely

from exchange.writing import arrow_rows
from exchange.writing.facts import NAMES, fact_line, facts_of, title, xml_text
from exchange.writing.looks import Look, Looks, looks_of
from exchange.writing.outgoing import OutColumn, Outgoing
from exchange.writing.whole import whole_file

# ten decimals of a degree are 0.01 mm
_DECIMALS: Final = 10
_WGS84: Final = 4326
# the imagery below has to be seen
_MOST_OPAQUE: Final = 0.7
_TYPES: Final = {"number": "double", "integer": "double", "boolean": "bool"}


def write_kml(outgoing: Outgoing, out: Path, *, lang: str = "zh") -> None:
    """Write KML; terms by name in the language asked for."""
    looks = looks_of(outgoing)
    with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_head(outgoing, looks, lang))
        for batch, geoms in arrow_rows.placed(outgoing, _WGS84):
            columns = [batch.values[column.key] for column in outgoing.columns]
            shapes = shapely.orient_polygons(geoms, exterior_cw=False)
            drawn = batch.values[looks.by] if looks.by else [None] * len(geoms)
            for number, geom, look, row in zip(
                batch.ids.tolist(), shapes, drawn, zip(*columns, strict=True), strict=True
            ):
                file.write(_placemark(outgoing, number, geom, _style(looks, looks.of(look)), row, lang))
        file.write("</Folder></Document></kml>\n")


def _head(outgoing: Outgoing, looks: Looks, lang: str) -> Iterator[str]:
    name = xml_text(title(outgoing, lang))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    yield f"<name>{name}</name><description>{xml_text(fact_line(outgoing, _WGS84, lang))}</description>\n"
    for look in (*looks.each, looks.other):
        yield _style_element(looks, look)
    yield f'<Schema name="{xml_text(outgoing.layer)}" id="fields">'
    for place, column in enumerate(outgoing.columns):
        shown = f"<displayName>{xml_text(column.head(lang))}</displayName>"
        yield f'<SimpleField type="{_type(column)}" name="{xml_text(_name(column, place))}">{shown}</SimpleField>'
    yield "</Schema>\n<ExtendedData>"
    at = 1 if lang == "en" else 0
    for key, text in facts_of(outgoing, _WGS84, lang).items():
        shown = xml_text(NAMES[key][at] if key in NAMES else key)
        yield f'<Data name="{xml_text(key)}"><displayName>{shown}</displayName><value>{xml_text(text)}</value></Data>'
    yield f"</ExtendedData>\n<Folder><name>{name}</name>\n"


def _style(looks: Looks, look: Look) -> str:
    place = looks.each.index(look) if look in looks.each else len(looks.each)
    return f"look{place}"


def _style_element(looks: Looks, look: Look) -> str:
    fill = "1" if look.opacity > 0 else "0"
    sign = look.fill if look.opacity > 0 else look.line.color
    return (
        f'<Style id="{_style(looks, look)}"><IconStyle><color>{_color(sign)}</color><scale>0.8</scale></IconStyle>'
        "<LabelStyle><scale>0.8</scale></LabelStyle>"
        f"<LineStyle><color>{_color(look.line.color)}</color><width>{look.line.width}</width></LineStyle>"
        f"<PolyStyle><color>{_color(look.fill, min(look.opacity, _MOST_OPAQUE))}</color><fill>{fill}</fill></PolyStyle>"
        "</Style>\n"
    )


def _color(color: str, opacity: float = 1.0) -> str:
    """KML has alpha, blue, green, red."""
    return f"{round(255 * opacity):02x}{color[5:7]}{color[3:5]}{color[1:3]}".lower()


def _placemark(outgoing: Outgoing, number: int, geom: Any, style: str, row: tuple[Any, ...], lang: str) -> str:
    named = dict(zip((column.key for column in outgoing.columns), row, strict=True))
    name = " ".join(str(named[key]) for key in ("code", "name") if named.get(key)) or str(number)
    cells = "".join(
        f'<SimpleData name="{xml_text(_name(column, place))}">{xml_text(_cell(column, value, lang))}</SimpleData>'
        for place, (column, value) in enumerate(zip(outgoing.columns, row, strict=True))
        if value is not None
    )
    return (
        f'<Placemark id="{xml_text(outgoing.layer)}.{number}"><name>{xml_text(name)}</name>'
        f"<styleUrl>#{style}</styleUrl>"
        f'<ExtendedData><SchemaData schemaUrl="#fields">{cells}</SchemaData></ExtendedData>{_shape(geom)}</Placemark>\n'
    )


def _name(column: OutColumn, place: int) -> str:
    """The key; a source column may be called anything, and then keeps its name only where XML can hold it."""
    return column.key if column.key.strip() else f"column_{place}"


def _type(column: OutColumn) -> str:
    return "string" if column.key == "is_sample" else _TYPES.get(column.kind, "string")


def _cell(column: OutColumn, value: Any, lang: str) -> str:
    said = column.said(value, lang)
    if isinstance(said, bool):
        return "1" if said else "0"
    return "" if said is None else str(said)


def _shape(geom: Any) -> str:
    parts = shapely.get_parts(geom).tolist()
    told = "".join(_part(part) for part in parts)
    return told if len(parts) == 1 else f"<MultiGeometry>{told}</MultiGeometry>"


def _part(part: Any) -> str:
    if part.geom_type == "Polygon":
        holes = "".join(f"<innerBoundaryIs>{_ring(hole)}</innerBoundaryIs>" for hole in part.interiors)
        return f"<Polygon><outerBoundaryIs>{_ring(part.exterior)}</outerBoundaryIs>{holes}</Polygon>"
    kind = "Point" if part.geom_type == "Point" else "LineString"
    return f"<{kind}><coordinates>{_coordinates(part)}</coordinates></{kind}>"


def _ring(ring: Any) -> str:
    return f"<LinearRing><coordinates>{_coordinates(ring)}</coordinates></LinearRing>"


def _coordinates(shape: Any) -> str:
    return " ".join(f"{x:.{_DECIMALS}f},{y:.{_DECIMALS}f}" for x, y in shapely.get_coordinates(shape).tolist())
