"""Small plans as SVG: shapes in metres, marked lines, and words; what docs/geometry.md is illustrated with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

import shapely
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont
from shapely.geometry.base import BaseGeometry

from layers.style import ACCENT, ALERT, INK, LAND

PANEL_PX: Final = (300, 210)
FOOT_PX: Final = 66
GAP_PX: Final = 14
MARGIN_PX: Final = 16
FONTS: Final = Path(__file__).resolve().parent.parent / "ui" / "static" / "fonts"
FILLS: Final = ("#EAD056", "#91ACDD", "#F48E99", "#80D6CE", "#C9B8E0")
ROAD: Final = "#C9CED4"
PAPER: Final = f'fill="{LAND}" stroke="#D5DAE0"'

Place = Callable[[float, float], tuple[float, float]]


@dataclass
class Panel:
    """One little plan with its title and the lines of figures below it."""

    title: str
    figures: list[str] = field(default_factory=list)
    shapes: list[tuple[BaseGeometry, str]] = field(default_factory=list)
    words: list[tuple[float, float, str]] = field(default_factory=list)
    frame: tuple[float, float, float, float] | None = None

    def parcel(self, geom: BaseGeometry, word: str = "", *, fill: str | None = None) -> Panel:
        number = sum(1 for _, style in self.shapes if 'class="parcel"' in style)
        colour = fill or FILLS[number % len(FILLS)]
        self.shapes.append(
            (geom, f'class="parcel" fill="{colour}" fill-opacity="0.75" stroke="{INK}" stroke-width="1.1"')
        )
        at = geom.representative_point()
        return self.say(at.x, at.y, word) if word else self

    def road(self, geom: BaseGeometry) -> Panel:
        self.shapes.append((geom, f'fill="{ROAD}" stroke="none"'))
        return self

    def mark(self, geom: BaseGeometry, colour: str = ALERT, width: float = 4.0) -> Panel:
        self.shapes.append((geom, f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"'))
        return self

    def tint(self, geom: BaseGeometry, colour: str = ALERT) -> Panel:
        self.shapes.append((geom, f'fill="{colour}" fill-opacity="0.45" stroke="{colour}" stroke-width="0.8"'))
        return self

    def dots(self, geom: BaseGeometry, colour: str = ACCENT) -> Panel:
        for x, y in shapely.get_coordinates(geom):
            self.shapes.append((shapely.Point(x, y), f'r="2.6" fill="{colour}"'))
        return self

    def say(self, x: float, y: float, word: str) -> Panel:
        self.words.append((x, y, word))
        return self

    def figure(self, *lines: str) -> Panel:
        self.figures += lines
        return self

    def drawn(self, x_px: float, y_px: float) -> str:
        """The panel's SVG with its corner at a place of the sheet."""
        west, south, east, north = self.frame or shapely.total_bounds([shape for shape, _ in self.shapes])
        width, height = PANEL_PX[0] - 2 * MARGIN_PX, PANEL_PX[1] - 2 * MARGIN_PX - 18
        scale = min(width / (east - west), height / (north - south))
        left = x_px + MARGIN_PX + (width - (east - west) * scale) / 2
        top = y_px + MARGIN_PX + 22 + (height - (north - south) * scale) / 2

        def at(x: float, y: float) -> tuple[float, float]:
            return left + (x - west) * scale, top + (north - y) * scale

        parts = [
            f'<rect x="{x_px}" y="{y_px}" width="{PANEL_PX[0]}" height="{PANEL_PX[1] + FOOT_PX}" {PAPER}/>',
            _text(x_px + MARGIN_PX, y_px + 22, self.title, bold=True, size=14),
        ]
        parts += [_shape(geom, style, at) for geom, style in self.shapes]
        parts += [_text(*at(x, y), word, anchor="middle", size=13, bold=True) for x, y, word in self.words]
        foot = y_px + PANEL_PX[1] + 8
        parts += [_text(x_px + MARGIN_PX, foot + 18 * row, line, size=12.5) for row, line in enumerate(self.figures)]
        return "\n".join(parts)


def sheet(panels: list[Panel], *, columns: int = 3) -> str:
    """Panels side by side as one SVG document."""
    rows = -(-len(panels) // columns)
    step_x, step_y = PANEL_PX[0] + GAP_PX, PANEL_PX[1] + FOOT_PX + GAP_PX
    width = min(columns, len(panels)) * step_x - GAP_PX + 2
    height = rows * step_y - GAP_PX + 2
    body = "\n".join(
        panel.drawn(1 + (at % columns) * step_x, 1 + (at // columns) * step_y) for at, panel in enumerate(panels)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'\n<rect width="100%" height="100%" fill="#FFFFFF"/>\n{body}\n</svg>\n'
    )


def _shape(geom: BaseGeometry, style: str, at: Place) -> str:
    if isinstance(geom, shapely.Point):
        x, y = at(geom.x, geom.y)
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" {style}/>'
    path = []
    for part in shapely.get_parts(shapely.get_parts(geom)):
        lines = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for line in lines:
            points = [at(x, y) for x, y in shapely.get_coordinates(line)]
            path.append(
                "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if part.geom_type == "Polygon" else "")
            )
    return f'<path fill-rule="evenodd" d="{" ".join(path)}" {style}/>'


def _text(x: float, y: float, words: str, *, size: float = 13, bold: bool = False, anchor: str = "start") -> str:
    """Words as outlines of the bundled font: a picture in a page has no font, and so shows the same anywhere."""
    glyphs, widths, units = _font("Bold" if bold else "Regular")
    scale = size / units
    wide = sum(widths(each) for each in words) * scale
    pen_x = x - (wide / 2 if anchor == "middle" else 0.0)
    parts = []
    for each in words:
        pen = SVGPathPen(None, ntos=lambda number: f"{number:.1f}".removesuffix(".0"))
        glyphs(each).draw(TransformPen(pen, (scale, 0, 0, -scale, pen_x, y + size * 0.36)))
        parts.append(pen.getCommands())
        pen_x += widths(each) * scale
    return f'<path fill="{INK}" d="{"".join(parts)}"><title>{escape(words)}</title></path>'


@cache
def _font(weight: str) -> tuple[Callable[[str], Any], Callable[[str], float], int]:
    font = TTFont(FONTS / f"ChantuSansSC-{weight}.woff2")
    shapes, names, metrics = font.getGlyphSet(), font.getBestCmap(), font["hmtx"].metrics

    def glyph(character: str) -> Any:
        return shapes[names[ord(character)]]

    return glyph, lambda character: metrics[names[ord(character)]][0], font["head"].unitsPerEm
