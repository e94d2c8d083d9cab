"""The legend's entries: classes of the theme with their 宗 and 亩, and the layers that can be switched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.clusters import Cluster
from layers.draw.labels import CLASS_FIELDS
from layers.schema import LAYERS
from layers.style import MU_PER_CENTI_M2, NONE, Theme, area_classes
from layers.vocabulary import STAGES
from planning.snapshots import LayerSnapshot, ParcelSnapshot, ScenarioSnapshot
from ui.words import cluster_name, named, t

# from the layer that is looked for most to the one that is only ground
SWITCHED: Final = ("parks", "roads", "facilities", "power_sites", "constraints", "towns", "landscape")
BY_CLASS: Final = ("roads", "facilities", "constraints")


def theme_legend(
    theme: Theme, parcels: ParcelSnapshot, state: ScenarioSnapshot, clusters: Sequence[Cluster]
) -> list[dict[str, object]]:
    """One entry a class of the theme, in its order, with the number of parcels and their 亩; empty classes left out."""
    if theme == "stage":
        return entries(parcels, parcels.stage, [named(term) for term in STAGES.values()], t("阶段不详"))
    if theme == "area":
        classes, (one, two, three, four) = area_classes(parcels.centi_m2)
        between = [t("{low}–{high} 亩", low=_short(low), high=_short(high)) for low, high in
                   ((one, two), (two, three), (three, four))]  # fmt: skip
        names = [t("不足 {high} 亩", high=_short(one)), *between, t("{low} 亩及以上", low=_short(four))]
        return entries(parcels, classes, names, "")
    return entries(parcels, state.cluster, [cluster_name(one) for one in clusters], t("未分配"))


def entries(
    parcels: ParcelSnapshot, classes: NDArray[np.uint8], names: Sequence[str], rest: str
) -> list[dict[str, object]]:
    counts = np.bincount(classes, minlength=NONE + 1)
    # sums of whole hundredths of a m² are exact in a double up to 2⁵³
    sums = np.bincount(classes, weights=parcels.centi_m2.astype(np.float64), minlength=NONE + 1)
    listed = [(at, name) for at, name in enumerate(names)] + ([(NONE, rest)] if rest else [])
    return [
        {"class": at, "name": name, "count": int(counts[at]), "mu": round(float(sums[at]) * MU_PER_CENTI_M2, 4)}
        for at, name in listed
        if counts[at]
    ]


def _short(mu: float) -> str:
    return f"{mu:g}"


def layer_legend(layers: Mapping[str, LayerSnapshot], *, conflicts: bool) -> list[dict[str, object]]:
    """The layers that have something to show, with their classes where these are switched one by one."""
    told: list[dict[str, object]] = []
    for name in SWITCHED:
        layer = layers[name]
        if len(layer.ids):
            told.append({"layer": name, "name": named(LAYERS[name]), "classes": _classes(name, layer)})
        if name == "constraints" and conflicts:
            told.append({"layer": "conflicts", "name": t("占用管控"), "classes": []})
    return told


def _classes(name: str, layer: LayerSnapshot) -> list[dict[str, object]]:
    if name not in BY_CLASS:
        return []
    key = CLASS_FIELDS[name]
    terms = LAYERS[name].field(key).terms
    if terms is None:
        return []
    counts = layer.frame[key].value_counts()
    return [
        {"class": at, "name": named(term), "count": int(counts.get(term.key, 0))}
        for at, term in enumerate(terms.values())
        if counts.get(term.key, 0)
    ]
