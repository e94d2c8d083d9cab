"""The message to the browser: addresses, revisions, the differences of the scenario, the legend, and words.

Names from data are in it as plain strings; the browser sets them as text and never as markup.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from geo.tiling import LonLatBounds
from layers.draw.desk import compiled
from layers.draw.position import projection_for_browser
from layers.draw.rows import encode_rows
from layers.schema import LAYERS
from layers.style import Theme, area_classes, browser_style, flag_bytes, ink_on, state_bytes
from planning.atlas import Atlas
from planning.snapshots import ParcelSnapshot, ScenarioSnapshot
from serve.catalogue import catalogue
from ui.desk_map.legend import layer_legend, theme_legend
from ui.desk_map.memory import Memory
from ui.desk_map.strings import strings
from ui.words import cluster_name, language


@dataclass(frozen=True, slots=True)
class Brush:
    """What a stroke will do: the place of the cluster picked, the page's own button, how many strokes were tried."""

    cluster: int | None = None
    button: str = ""
    tried: int = 0


NO_BRUSH: Final = Brush()


def message(
    atlas: Atlas,
    state: ScenarioSnapshot,
    theme: Theme,
    memory: Memory,
    *,
    brush: Brush,
    height: int | Literal["fill"],
) -> dict[str, object]:
    """Everything the map needs in this run; the same run over gives the same message, so nothing is drawn twice."""
    parcels = memory.parcels or atlas.parcels()
    layers = {name: atlas.layer(name) for name in LAYERS if name != "parcels"}
    shown: dict[str, dict[str, object]] = {
        name: {"revision": layer.revision} for name, layer in layers.items() if len(layer.ids)
    }
    if "constraints" in shown and len(parcels.ids):
        shown["conflicts"] = {"revision": f"{parcels.revision}-{layers['constraints'].revision}"}
    shown["parcels"] = {"revision": parcels.revision, "count": len(parcels.ids)}
    clusters = atlas.clusters()
    held = catalogue()
    desk = compiled()
    return {
        "boot": {
            "module": held.url("desk/main.js"),
            "leaflet": held.url("leaflet/leaflet.js"),
            "styles": [held.url("leaflet/leaflet.css"), held.url("desk/desk.css")],
            "map": f"/fm/{desk.sha}.js",
            "sha": desk.sha,
            "element": desk.element_id,
        },
        "nonce": memory.nonce,
        "actsDone": memory.acts_done,
        "place": f"{atlas.epsg}:{parcels.has_sample}",
        "language": language(),
        "strings": strings(),
        "style": browser_style(),
        "height": height,
        "layers": shown,
        "bounds": _extent(atlas, parcels),
        "sample": parcels.has_sample or any(layer.has_sample for layer in layers.values()),
        "clusters": [
            {"name": cluster_name(one), "glyph": one.glyph, "color": one.color, "ink": ink_on(one.color)}
            for one in clusters
        ],
        "theme": theme,
        "legend": theme_legend(theme, parcels, state, clusters),
        "switches": layer_legend(layers, conflicts="conflicts" in shown),
        "state": _state(parcels, state, memory),
        "command": _command(parcels, memory),
        "crs": projection_for_browser(atlas.epsg),
        "readOnly": not state.scenario.editable,
        "brush": brush.cluster,
        "paintButton": f".st-key-{brush.button}" if brush.button else "",
        "tried": brush.tried,
    }


def _state(parcels: ParcelSnapshot, state: ScenarioSnapshot, memory: Memory) -> dict[str, object]:
    base = memory.base or state
    rows = memory.differences(state)
    flags = flag_bytes(state.locked, state.own)
    told: dict[str, object] = {
        "key": memory.base_key,
        "url": f"/state/{base.scenario.id}/{base.revision}-{parcels.revision}-{parcels.fields_revision}.bin",
        "revision": state.revision,
        "delta": {
            "rows": rows.tolist(), "cluster": state.cluster[rows].tolist(), "flags": flags[rows].tolist(),
        },
    }  # fmt: skip
    if memory.base_inline:
        classes, _ = area_classes(parcels.centi_m2)
        bytes_ = state_bytes(base.cluster, parcels.stage, flag_bytes(base.locked, base.own), classes)
        told["inline"] = base64.b64encode(bytes_).decode("ascii")
    return told


def _command(parcels: ParcelSnapshot, memory: Memory) -> dict[str, object]:
    rows = parcels.row_of(memory.commanded[np.isin(memory.commanded, parcels.ids)])
    place = parcels.tiles.bounds_of(rows) if memory.fly and len(rows) else None
    return {"seq": memory.seq, "rows": encode_rows(rows), "fly": _box(place)}


def _extent(atlas: Atlas, parcels: ParcelSnapshot) -> list[float] | None:
    """The extent of the parcels, or where there are none that of any layer, or where there is nothing none."""
    if len(parcels.ids):
        return _box(parcels.tiles.bounds_lonlat)
    for name in LAYERS:
        layer = atlas.layer(name)
        if len(layer.ids):
            return _box(layer.tiles.bounds_lonlat)
    return None


def _box(bounds: LonLatBounds | None) -> list[float] | None:
    return [bounds.west, bounds.south, bounds.east, bounds.north] if bounds else None
