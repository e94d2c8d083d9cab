"""Freeforms of a presentation: polygons and lines of the ground as shapes that can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

import numpy as np
import shapely

from briefing.deck.theme import xfrm
from briefing.snapshot import Geoms
from layers.draw.paper.view import View

# corners nearer than this to the line between their neighbours are left out: a tenth of a hair line
TOLERANCE_PT: Final = 0.05
_UNITS: Final = 100  # of a path, in a point


def cut(geom: shapely.Geometry, view: View, frame: shapely.Polygon) -> Geoms:
    """Polygons of a geometry within the frame, without corners that nobody would see."""
    inside = geom if shapely.covers(frame, geom) else shapely.intersection(geom, frame)
    parts = shapely.get_parts(np.array([shapely.simplify(inside, TOLERANCE_PT * view.metres_per_pt)], dtype=object))
    out: Geoms = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return out


def shape(number: int, name: str, parts: Geoms, view: View, look: str, *, text: str = "") -> str:
    """A freeform of all rings or lines of the parts; holes run through it."""
    closed = bool((shapely.get_type_id(parts) == 3).all())
    strings = shapely.get_rings(parts) if closed else shapely.get_parts(parts)
    places = np.rint(view.place(shapely.get_coordinates(strings)) * _UNITS).astype(np.int64)
    low, high = places.min(axis=0), np.maximum(places.max(axis=0), places.min(axis=0) + 1)
    places -= low
    ends = np.cumsum(shapely.get_num_coordinates(strings)).tolist()
    path = _path(places.tolist(), ends, closed=closed)
    (x, y), (width, height) = (low / _UNITS).tolist(), ((high - low) / _UNITS).tolist()
    wide, tall = (int(one) for one in high - low)
    filled = "" if closed else ' fill="none"'
    body = text or '<p:txBody><a:bodyPr/><a:lstStyle/><a:p><a:endParaRPr lang="zh-CN"/></a:p></p:txBody>'
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr>'
        f"{xfrm(x, y, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
        f'<a:rect l="l" t="t" r="r" b="b"/><a:pathLst><a:path w="{wide}" h="{tall}"{filled}>'
        f"{path}</a:path></a:pathLst></a:custGeom>{look}</p:spPr>{body}</p:sp>"
    )


def _path(places: Sequence[Sequence[int]], ends: Sequence[int], *, closed: bool) -> str:
    out, start = [], 0
    for end in ends:
        run = places[start : end - 1] if closed else places[start:end]
        first, *rest = (f'<a:pt x="{x}" y="{y}"/>' for x, y in run)
        out.append(f"<a:moveTo>{first}</a:moveTo>" + "".join(f"<a:lnTo>{one}</a:lnTo>" for one in rest))
        if closed:
            out.append("<a:close/>")
        start = end
    return "".join(out)
