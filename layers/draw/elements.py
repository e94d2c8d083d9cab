"""Our own folium elements: each one writes a single call to the browser side, with constants for arguments.

folium renders the values of an element's attributes as templates, so a value that came from data would be run as code
on the server. Elements here take no values from outside: all they hold is written in this package.
"""

from __future__ import annotations

import json
from typing import Final

from branca.element import MacroElement
from folium import Map
from folium.map import Layer
from folium.template import Template

_MAKE: Final = Template(
    """
    {%- macro script(this, kwargs) -%}
    var {{ this.get_name() }} = chantu.{{ this.maker }}({{ this.arguments }});
    {%- endmacro -%}
    """
)
_MAKE_AND_ADD: Final = Template(
    """
    {%- macro script(this, kwargs) -%}
    var {{ this.get_name() }} = chantu.{{ this.maker }}({{ this.arguments }}).addTo({{ this._parent.get_name() }});
    {%- endmacro -%}
    """
)


class DeskMap(Map):
    """A folium map without any asset of folium's own, and with a name that does not change from build to build."""

    default_js = []  # noqa: RUF012  folium reads these lists from the class
    default_css = []  # noqa: RUF012

    def __init__(self, name: str) -> None:
        # the place is set by the browser from the extent of the layers; what is written here is only a start
        super().__init__(
            location=[0.0, 0.0],
            zoom_start=3,
            tiles=None,
            zoom_control=False,
            attribution_control=False,
            zoom_snap=0.5,
            zoom_delta=1,
            wheel_px_per_zoom_level=90,
            keyboard=False,
            box_zoom=False,
            double_click_zoom=False,
            fade_animation=False,
        )
        self._id = name
        # folium takes these two for its tile layer only
        self.options |= {"minZoom": 3, "maxZoom": 20}


class CanvasTiles(Layer):
    """A layer of vector tiles that the browser paints on canvases; ``group`` is its place in the stack."""

    # folium's Layer adds itself to its parent
    _template = _MAKE

    def __init__(self, group: str, *, pane: int, sources: tuple[str, ...]) -> None:
        super().__init__(name=group, overlay=True, control=False)
        self._name, self._id = "CanvasTiles", group
        self.maker = "canvasTiles"
        self.arguments = json.dumps({"group": group, "pane": pane, "sources": list(sources)})


class Fixture(MacroElement):
    """Anything that stands on the map and is no layer of tiles: labels, scale bar, legend frame, tools."""

    _template = _MAKE_AND_ADD

    def __init__(self, maker: str, **options: str | float | bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name, self._id = "Fixture", maker
        self.maker = maker
        self.arguments = json.dumps(options, sort_keys=True)
