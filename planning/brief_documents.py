"""Documents of several pages from what was frozen: a deck (PPTX), a report and an atlas (PDF)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from briefing import rendering
from briefing.atlas import choosing
from briefing.atlas.binding import Watch
from briefing.atlas.choosing import Chosen
from briefing.faces import FontsDamaged
from briefing.rendering import CharactersMissing, Made, Order
from briefing.snapshot import Snapshot
from planning.atlas import Atlas
from planning.briefings import LONGEST_TITLE, Brief, theme_faults
from planning.errors import Fault, Refused

# the kinds, and their endings
DOCUMENTS: Final = MappingProxyType({"deck": ".pptx", "report": ".pdf", "atlas": ".pdf"})
MOST_PAGES: Final = 400


def document(
    snapshot: Snapshot, kind: str, order: Order, other: Snapshot | None = None, *, of: Iterable[str] = (),
    watch: Watch = lambda _done, _of: None,
) -> Brief:  # fmt: skip
    """Make a document: a deck, a report, or an atlas ``of`` parks and parcels by name and code, of all parks when none.

    ``other`` is what deck and report compare with. ``watch`` hears of each page of an atlas, and what it raises ends
    the work. From an order its title and its imprint are taken.

    Raises
    ------
    Refused
        Every fault at once: an unknown kind, park or parcel, too many pages, a title that does not stand on a line, a
        snapshot of another coordinate system. Or the type lacks characters, or is damaged: nothing is written then.
    """
    chosen, missing = choosing.found(snapshot, of)
    chosen = chosen or choosing.parks(snapshot)
    faults = [*_faults(snapshot, order, other), *(_atlas_faults(chosen, missing) if kind == "atlas" else ())]
    if kind not in DOCUMENTS:
        faults.append(Fault("unknown_document", {"kind": kind, "known": tuple(DOCUMENTS)}))
    if faults:
        raise Refused(*faults)
    try:
        made = _made(snapshot, kind, order, other, chosen, watch)
    except CharactersMissing as lacking:
        raise Refused(Fault("characters_missing", {"characters": "".join(lacking.characters)})) from lacking
    except FontsDamaged as damaged:
        raise Refused(Fault("fonts_damaged", {"names": damaged.names})) from damaged
    return Brief(made.body, DOCUMENTS[kind], made.title, made.snapshot_id, made.dropped)


def base_of(atlas: Atlas, scenario_id: int) -> int | None:
    """The scenario that a scenario was drawn up against, which deck and report compare with; None for the base."""
    return atlas.scenario(scenario_id).scenario.base_id


def _made(
    snapshot: Snapshot, kind: str, order: Order, other: Snapshot | None, chosen: tuple[Chosen, ...], watch: Watch
) -> Made:
    if kind == "atlas":
        return rendering.atlas(snapshot, order, chosen, watch)
    return (rendering.deck if kind == "deck" else rendering.report)(snapshot, order, other)


def _faults(snapshot: Snapshot, order: Order, other: Snapshot | None) -> list[Fault]:
    faults = [*theme_faults(snapshot, order.theme)]
    if len(order.title) > LONGEST_TITLE:
        faults.append(Fault("title_too_long", {"length": len(order.title), "longest": LONGEST_TITLE}))
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in order.title):
        faults.append(Fault("control_character", {}, "title"))
    if other is not None and other.epsg != snapshot.epsg:
        faults.append(Fault("comparison_elsewhere"))
    return faults


def _atlas_faults(chosen: tuple[Chosen, ...], missing: tuple[str, ...]) -> list[Fault]:
    faults = [Fault("unknown_page", {"names": missing})] if missing else []
    if not 0 < len(chosen) <= MOST_PAGES:
        faults.append(Fault("atlas_pages", {"pages": len(chosen), "most": MOST_PAGES}))
    return faults
