"""The work map, composed in Python and compiled once into a script that is known by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Final

import folium
from branca.element import Figure

from layers.draw.elements import CanvasTiles, DeskMap, Fixture

MAP_NAME: Final = "desk"


@dataclass(frozen=True, slots=True)
class CompiledMap:
    """A folium map as a script; ``sha`` is its address and changes whenever the composition does."""

    sha: str
    script: str
    element_id: str


def compose() -> folium.Map:
    """Compose the work map, bottom to top: ground, parcels, conflicts, roads, parks, selection, names, furniture."""
    desk = DeskMap(MAP_NAME)
    CanvasTiles("ground", pane=210, sources=("landscape", "constraints", "roads", "towns")).add_to(desk)
    CanvasTiles("parcels", pane=220, sources=("parcels",)).add_to(desk)
    CanvasTiles("above", pane=230, sources=("conflicts", "parks", "roads", "facilities", "power_sites")).add_to(desk)
    CanvasTiles("selected", pane=240, sources=("parcels",)).add_to(desk)
    Fixture("graticule", pane=205).add_to(desk)
    Fixture("labels", pane=640).add_to(desk)
    Fixture("zoomButtons").add_to(desk)
    Fixture("northMark").add_to(desk)
    Fixture("scaleBar", widest_px=150).add_to(desk)
    Fixture("position").add_to(desk)
    Fixture("toolBar").add_to(desk)
    Fixture("searchBox").add_to(desk)
    Fixture("legend").add_to(desk)
    Fixture("selectionChip").add_to(desk)
    return desk


@cache
def compiled() -> CompiledMap:
    """Compile the work map.

    The script is a function kept under the hash in ``chantuMaps``; it is called with Leaflet and the browser side of
    our elements, so it needs no eval and touches no global but that table.
    """
    desk = compose()
    figure = desk.get_root()
    if not isinstance(figure, Figure):
        raise TypeError(figure)
    figure.render()
    body = figure.script.render().strip()
    name = desk.get_name()
    source = f'"use strict";\n{body}\nreturn {name};'
    sha = hashlib.sha256(source.encode()).hexdigest()[:20]
    script = f'(window.chantuMaps ??= {{}})["{sha}"] = function (L, chantu) {{\n{source}\n}};\n'
    return CompiledMap(sha, script, name)
