"""How a slide on screen looks under a theme: its bars and signs, and the colours that the map is given."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any, Final

import numpy as np

from briefing import tally
from briefing.looks import looks
from briefing.slide import Bars, Sign, Signs, Slide, Table
from briefing.snapshot import Snapshot
from briefing.templates import parts
from briefing.templates.comparison import CHANGED, SAME
from layers import style, vocabulary
from layers.land_theme import classes_of
from planning.atlas import Atlas
from ui.session import Tab

_QUIET: Final = "#E3E7EB"


def stepped_back(slide: Slide) -> Slide:
    """The comparison as the screen shows it: what is the same in both is pale, print draws a line round the rest."""
    pale = Sign(SAME, "area", "#D9DCE0", None, 0.5)

    def piece_of(piece: Bars | Signs | Table) -> Bars | Signs | Table:
        if not isinstance(piece, Signs):
            return piece
        return replace(piece, items=tuple(pale if one.label == CHANGED.label else one for one in piece.items))

    return replace(slide, pieces=tuple(piece_of(piece) for piece in slide.pieces))


def with_river(snapshot: Snapshot, piece: Bars | Signs | Table) -> Bars | Signs | Table:
    """The signs with that of river land, which a map on screen draws and one in print does not."""
    kind = "river"
    if not isinstance(piece, Signs) or kind not in snapshot.layers["constraints"].columns["kind"]:
        return piece
    known = style.CONSTRAINTS[kind]
    at = next((nth for nth, one in enumerate(piece.items) if one.mark == "hatch"), len(piece.items))
    river = Sign(vocabulary.CONSTRAINT_KINDS[kind].zh, "area", known.fill, known.line)
    return replace(piece, items=(*piece.items[:at], river, *piece.items[at:]))


def bars(snapshot: Snapshot, theme: str, mask: tally.Mask) -> Bars:
    if theme == "stage":
        return parts.stage_bars(snapshot, mask, "储备阶段（色块即图例）")
    if theme == "cluster":
        return parts.cluster_bars(snapshot, mask, "产业集群（色块即图例）")
    classes, (one, two, three, four) = style.area_classes(snapshot.centi_m2)
    between = [f"{low:g}–{high:g} 亩" for low, high in ((one, two), (two, three), (three, four))]
    names = [f"不足 {one:g} 亩", *between, f"{four:g} 亩及以上"]
    found = [
        tally.Part(name, int((mine := mask & (classes == at)).sum()), int(snapshot.centi_m2[mine].sum()))
        for at, name in enumerate(names)
    ]
    looks = {name: (name, style.AREA_FILLS[at], "") for at, name in enumerate(names)}
    return parts.bars("地块大小（色块即图例）", found, looks, tally.summed(snapshot, mask))


def quiet(tab: Tab) -> dict[str, Any]:
    """All parcels in one pale fill: what the slide is about are lines and hatches over them."""
    key = base64.b64encode(bytes(len(tab.shown.ids))).decode("ascii")
    return {"theme": "readiness", "tint": {"key": key, "fills": [_QUIET]}, "legend": []}


def by_land_use(atlas: Atlas, snapshot: Snapshot) -> dict[str, Any]:
    """The parcels of now in the colours of their land use, those supplied pale, each with its sign."""
    parcels = atlas.parcels()
    _, known = looks(snapshot, "land-use")
    classes = classes_of(
        parcels.frame["land_use"].tolist(), parcels.frame["land_use_scheme"].tolist(), snapshot.land_classes
    )
    places = {byte: at for at, byte in enumerate(known)}
    supplied = parcels.stage == list(vocabulary.STAGES).index(tally.SUPPLIED)
    rows = np.array([places[byte] for byte in classes.tolist()], dtype=np.uint8) + np.where(supplied, len(known), 0)
    shown = list(known.values())
    pale = f"{round(style.SUPPLIED_OPACITY * 255):02x}"
    return {
        "theme": "land-use",
        "tint": {
            "key": base64.b64encode(rows.astype(np.uint8).tobytes()).decode("ascii"),
            "fills": [*(one.color for one in shown), *(one.color + pale for one in shown)],
            "signs": [
                *([one.glyph, style.text_on(one.color)] for one in shown), *([one.glyph, style.INK] for one in shown),
            ],
        },
        "legend": [],
    }  # fmt: skip
