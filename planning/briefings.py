"""Briefings: the file of a template, made from what was frozen of a scenario and its layers (planning.freezing)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np

from briefing import rendering, tally, themes
from briefing.faces import FontsDamaged
from briefing.rendering import SIZES, CharactersMissing, Order
from briefing.snapshot import Snapshot
from briefing.templates.catalogue import TEMPLATES
from layers.land_theme import THEME as LAND_USE
from planning.errors import Fault, Refused
from planning.freezing import freeze

__all__ = ["LONGEST_TITLE", "SUFFIXES", "Brief", "brief", "freeze", "order_faults", "parks_of", "theme_faults"]

SUFFIXES: Final = (".png", ".pdf")
# more does not stand on one line in a size that a room can read
LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class Brief:
    """What was made: the file's bytes and ending, its title, its snapshot's id, names without a place on the map."""

    body: bytes
    suffix: str
    title: str
    snapshot_id: str
    dropped: tuple[str, ...]


def brief(snapshot: Snapshot, order: Order, suffix: str, other: Snapshot | None = None) -> Brief:
    """Make a briefing from a snapshot; ``other`` is the scenario to compare with, and stands left.

    Raises
    ------
    Refused
        The order asks for what there is not: every fault at once. Or the bundled font lacks characters of the data
        (``characters_missing``), or is damaged (``fonts_damaged``); nothing is ever set in another font.
    """
    faults = order_faults(snapshot, order, suffix, other)
    if faults:
        raise Refused(*faults)
    beside = other if TEMPLATES[order.template].takes_other else None
    try:
        if order.size == rendering.A3:
            made = rendering.a3(snapshot, order)
        else:
            made = (rendering.pdf if suffix == ".pdf" else rendering.png)(snapshot, order, beside)
    except CharactersMissing as missing:
        raise Refused(Fault("characters_missing", {"characters": "".join(missing.characters)})) from missing
    except FontsDamaged as damaged:
        raise Refused(Fault("fonts_damaged", {"names": damaged.names})) from damaged
    return Brief(made.body, suffix, made.title, made.snapshot_id, made.dropped)


def order_faults(snapshot: Snapshot, order: Order, suffix: str, other: Snapshot | None) -> tuple[Fault, ...]:
    """Everything that an order asks for and there is not."""
    faults = []
    template = TEMPLATES.get(order.template)
    if template is None:
        known = tuple(one.zh for one in TEMPLATES.values())
        faults.append(Fault("unknown_template", {"template": order.template, "known": known}))
    if order.size == rendering.A3:
        if suffix != ".pdf" or (template is not None and template.takes_other):
            faults.append(Fault("sheet_is_pdf_of_one"))
    elif order.size not in SIZES:
        faults.append(Fault("unknown_size", {"size": order.size, "known": (*SIZES, rendering.A3)}))
    if suffix not in SUFFIXES:
        faults.append(Fault("brief_form_unknown", {"suffix": suffix, "known": SUFFIXES}))
    faults += theme_faults(snapshot, order.theme, order.template)
    if len(order.title) > LONGEST_TITLE:
        faults.append(Fault("title_too_long", {"length": len(order.title), "longest": LONGEST_TITLE}))
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in order.title):
        faults.append(Fault("control_character", {}, "title"))
    if template is not None and template.takes_park and order.park and order.park not in parks_of(snapshot):
        faults.append(Fault("unknown_park", {"park": order.park, "known": parks_of(snapshot)}))
    if template is not None and template.takes_other:
        if other is None:
            faults.append(Fault("comparison_alone"))
        elif other.epsg != snapshot.epsg:
            faults.append(Fault("comparison_elsewhere"))
    return tuple(faults)


def theme_faults(snapshot: Snapshot, theme: str, template: str = "") -> tuple[Fault, ...]:
    """What is wrong with a theme: there is none of the name, it is not for the template, or the snapshot is too old."""
    if theme not in themes.THEMES:
        return (Fault("unknown_theme", {"theme": theme, "known": tuple(one for one in themes.THEMES if one)}),)
    if theme == LAND_USE and snapshot.land_use is None:
        return (Fault("snapshot_without_land_use", {"snapshot": snapshot.id}),)
    if template in TEMPLATES and not themes.takes(template, theme):
        fitting = tuple(one.zh for one in TEMPLATES.values() if themes.takes(one.key, theme))
        return (Fault("theme_not_of_template", {"template": TEMPLATES[template].zh, "known": fitting}),)
    return ()


def parks_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Parks that parcels belong to, the one with most land first."""
    parts = tally.by_park(snapshot, np.ones(len(snapshot.stage), dtype=bool))
    return tuple(part.key for part in parts if part.key)
