"""A slide under another theme: the map in other colours, bars of these for its legend, the sums those of the slide."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from briefing import numbers, tally
from briefing.looks import Theme
from briefing.slide import Bars, Slide
from briefing.snapshot import Snapshot
from briefing.templates import parts
from layers.land_theme import THEME as LAND_USE

# what a briefing in print can be asked for besides the template's own colours
THEMES: Final = ("", LAND_USE)
# templates whose claim is about clusters: in other colours it would not be borne out
OF_CLUSTERS: Final = frozenset({"clusters", "comparison"})
_HEAD: Final = "规划用地（色块即图例）"


def takes(template: str, theme: str) -> bool:
    """Whether a template can be drawn in a theme."""
    return not theme or template not in OF_CLUSTERS


def fills(theme: str) -> Theme:
    """What the parcels are filled by where a page has no colours of its own."""
    return "land-use" if theme == LAND_USE else "cluster"


def about(snapshot: Snapshot, template: str, park: str) -> tally.Mask:
    """The parcels that the bars of a slide are of."""
    if template == "progress":
        return np.ones(len(snapshot.stage), dtype=bool)
    mask = tally.available(snapshot)
    if template == "park":
        name = park or next((part.key for part in tally.by_park(snapshot, mask) if part.key), "")
        mask = mask & (snapshot.parcels.column("park").astype(str) == name)
    return mask


def themed(slide: Slide, snapshot: Snapshot, template: str, *, park: str = "", theme: str = "") -> Slide:
    """The slide in the colours of land use; in its own when no theme is asked for."""
    if theme != LAND_USE:
        return slide
    mask = about(snapshot, template, park)
    bars = parts.land_bars(snapshot, mask, _HEAD)
    rest = tuple(piece for piece in slide.pieces if not isinstance(piece, Bars))
    slide = replace(slide, pieces=(bars, *rest), picture=replace(slide.picture, theme="land-use"))
    if template == "overview":
        return replace(slide, title=claim(snapshot, mask), subtitle="储备地块规划用地")
    if template == "park":
        return replace(slide, subtitle=slide.subtitle.replace("产业集群", "规划用地"))
    return replace(slide, subtitle=f"{slide.subtitle}（底色为规划用地）")


def claim(snapshot: Snapshot, mask: tally.Mask) -> str:
    """What the colours show: the use with most land."""
    whole = tally.summed(snapshot, mask)
    if not whole.centi_m2:
        return "没有可用的工业用地储备"
    land = f"可用储备 {numbers.worded(whole.centi_m2)}"
    found = tally.by_land_use(snapshot, mask)
    first = next((part for part in found if part.key), None)
    if first is None:
        return f"{land}，均未填规划用地"
    name = parts.land_looks(snapshot)[first.key].name
    share = numbers.percent(first.centi_m2, whole.centi_m2)
    return f"{land}，{name}最多，{numbers.worded(first.centi_m2)}，占 {share}"
