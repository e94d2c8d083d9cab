"""The style of a layer as QGIS (QML) and as everyone else (SLD 1.0) reads it; with names of columns and of terms."""

from __future__ import annotations

from typing import Final

from exchange.writing.facts import fact_line, title, xml_text
from exchange.writing.looks import Look, looks_of, rgb
from exchange.writing.outgoing import OutColumn, Outgoing

# of the QML form: read by every QGIS since
_VERSION: Final = "3.22.0-Białowieża"
_KINDS: Final = ("marker", "line", "fill")
_POINT_PX: Final = 9.0


def qml(outgoing: Outgoing) -> str:
    """The style as QGIS keeps it: one category a value, Chinese aliases, and value maps for terms.

    Of a layer with shapes of several dimensions the largest is styled: QGIS opens each as a layer of its own.
    """
    aliases = "".join(
        f'<alias field="{xml_text(column.key)}" index="{number}" name="{xml_text(column.head("zh"))}"/>'
        for number, column in enumerate(outgoing.columns, start=1)
    )
    fields = "".join(_field(column) for column in outgoing.columns)
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="{_VERSION}" styleCategories="Symbology|Fields|Forms" labelsEnabled="0">'
        f"{_renderer(outgoing)}"
        f"<fieldConfiguration>{fields}</fieldConfiguration><aliases>{aliases}</aliases>"
        f"<layerGeometryType>{_dimension(outgoing)}</layerGeometryType></qgis>"
    )


def sld(outgoing: Outgoing) -> str:
    """The style as SLD 1.0.0, one rule a value and one for what is left."""
    looks = looks_of(outgoing)
    rules = "".join(_rule(look, looks.by, _dimension(outgoing)) for look in looks.each)
    left = "<ElseFilter/>" if looks.each else ""
    last = _symbolizer(looks.other, _dimension(outgoing))
    rules += f"<Rule><Name>{xml_text(looks.other.zh)}</Name>{left}{last}</Rule>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<StyledLayerDescriptor xmlns="http://www.opengis.net/sld" xmlns:ogc="http://www.opengis.net/ogc" '
        'version="1.0.0">'
        f"<NamedLayer><Name>{xml_text(outgoing.layer)}</Name><UserStyle><Name>{xml_text(title(outgoing))}</Name>"
        f"<Abstract>{xml_text(fact_line(outgoing, outgoing.epsg))}</Abstract>"
        f"<FeatureTypeStyle>{rules}</FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
    )


def _dimension(outgoing: Outgoing) -> int:
    return max(outgoing.dimensions, default=2)


def _renderer(outgoing: Outgoing) -> str:
    looks, kind = looks_of(outgoing), _KINDS[_dimension(outgoing)]
    drawn = [*looks.each, looks.other]
    symbols = "".join(_symbol(str(number), look, kind) for number, look in enumerate(drawn))
    if not looks.by:
        return (
            '<renderer-v2 type="singleSymbol" forceraster="0" symbollevels="0" enableorderby="0">'
            f"<symbols>{symbols}</symbols></renderer-v2>"
        )
    categories = "".join(
        f'<category render="true" symbol="{number}" value="{xml_text(look.value)}" label="{xml_text(look.zh)}" '
        'type="string"/>'
        for number, look in enumerate(drawn)
    )
    return (
        f'<renderer-v2 type="categorizedSymbol" attr="{xml_text(looks.by)}" forceraster="0" symbollevels="0" '
        f'enableorderby="0"><categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>'
    )


def _symbol(name: str, look: Look, kind: str) -> str:
    layer, options = {"fill": _fill, "line": _line, "marker": _marker}[kind](look)
    # older QGIS reads the props, newer the options
    props = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in options.items())
    listed = "".join(f'<Option name="{key}" type="QString" value="{value}"/>' for key, value in options.items())
    return (
        f'<symbol name="{name}" type="{kind}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{layer}" enabled="1" locked="0" pass="0"><Option type="Map">{listed}</Option>{props}</layer>'
        "</symbol>"
    )


def _fill(look: Look) -> tuple[str, dict[str, str]]:
    return "SimpleFill", {
        "color": _color(look.fill, look.opacity),
        "style": "solid" if look.opacity > 0 else "no",
        "outline_color": _color(look.line.color),
        "outline_style": _stroke(look),
        "outline_width": str(look.line.width),
        "outline_width_unit": "Pixel",
        "joinstyle": "bevel",
    }


def _line(look: Look) -> tuple[str, dict[str, str]]:
    return "SimpleLine", {
        "line_color": _color(look.line.color),
        "line_style": "solid",
        "line_width": str(look.line.width),
        "line_width_unit": "Pixel",
        "capstyle": "flat",
        "joinstyle": "round",
        "use_custom_dash": "1" if look.line.dash else "0",
        "customdash": ";".join(str(length) for length in look.line.dash) or "5;2",
        "customdash_unit": "Pixel",
    }


def _marker(look: Look) -> tuple[str, dict[str, str]]:
    return "SimpleMarker", {
        "name": "circle",
        "color": _color(look.fill if look.opacity > 0 else look.line.color),
        "outline_color": "255,255,255,255",
        "outline_style": "solid",
        "outline_width": "1",
        "outline_width_unit": "Pixel",
        "size": str(_POINT_PX),
        "size_unit": "Pixel",
    }


def _stroke(look: Look) -> str:
    if look.line.width == 0:
        return "no"
    return "dash" if look.line.dash else "solid"


def _color(color: str, opacity: float = 1.0) -> str:
    return ",".join(str(part) for part in (*rgb(color), round(255 * opacity)))


def _field(column: OutColumn) -> str:
    if column.kind != "term" or column.terms is None:
        return f'<field name="{xml_text(column.key)}" configurationFlags="None"/>'
    terms = "".join(
        f'<Option type="Map"><Option name="{xml_text(term.zh)}" type="QString" value="{xml_text(key)}"/></Option>'
        for key, term in column.terms.items()
    )
    return (
        f'<field name="{xml_text(column.key)}" configurationFlags="None"><editWidget type="ValueMap"><config>'
        f'<Option type="Map"><Option name="map" type="List">{terms}</Option></Option></config></editWidget></field>'
    )


def _rule(look: Look, by: str, dimension: int) -> str:
    return (
        f"<Rule><Name>{xml_text(look.zh)}</Name><ogc:Filter><ogc:PropertyIsEqualTo>"
        f"<ogc:PropertyName>{xml_text(by)}</ogc:PropertyName><ogc:Literal>{xml_text(look.value)}</ogc:Literal>"
        f"</ogc:PropertyIsEqualTo></ogc:Filter>{_symbolizer(look, dimension)}</Rule>"
    )


def _symbolizer(look: Look, dimension: int) -> str:
    dash = f'<CssParameter name="stroke-dasharray">{" ".join(map(str, look.line.dash))}</CssParameter>'
    stroke = (
        f'<Stroke><CssParameter name="stroke">{look.line.color}</CssParameter>'
        f'<CssParameter name="stroke-width">{look.line.width}</CssParameter>{dash if look.line.dash else ""}</Stroke>'
    )
    fill = (
        f'<Fill><CssParameter name="fill">{look.fill}</CssParameter>'
        f'<CssParameter name="fill-opacity">{look.opacity}</CssParameter></Fill>'
    )
    if dimension == 0:
        return (
            f"<PointSymbolizer><Graphic><Mark><WellKnownName>circle</WellKnownName>{fill}</Mark>"
            f"<Size>{_POINT_PX}</Size></Graphic></PointSymbolizer>"
        )
    return f"<LineSymbolizer>{stroke}</LineSymbolizer>" if dimension == 1 else (
        f"<PolygonSymbolizer>{fill}{stroke}</PolygonSymbolizer>"
    )  # fmt: skip
