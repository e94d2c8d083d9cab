"""What the criteria of suitability measure, parcel by parcel, from what is stored; NaN where nothing is registered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.compactness import polsby_popper
from geo.proximity import nearest_m
from layers.style import MU_PER_CENTI_M2
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.joining import cluster_bytes, frontage_by_class
from planning.readiness import NEVER, readiness
from planning.ruling import judge
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot

Floats = NDArray[np.float64]
# hears how many steps of how many are done; what it raises ends the work
Watch = Callable[[int, int], None]

ROADS: Final = {
    "motorway_m": ("motorway",),
    "arterial_m": ("trunk", "arterial"),
    "collector_m": ("collector", "local"),
}
_DAYS_A_YEAR: Final = 365.2425
# what rules look at, besides the parcels
JUDGED_BY: Final = ("constraints", "roads", "landscape", "facilities", "rules")
_KEPT: Final = 3
_LEVELS: Final = {"": 0.0, "notice": 1.0, "justify": 2.0, "forbidden": 3.0}


@dataclass(frozen=True)
class Measures:
    """Values in the units of the criteria: ``common`` (key -> n), ``own`` (key -> clusters × n)."""

    common: dict[str, Floats]
    own: dict[str, Floats]

    def of(self, key: str, cluster: int) -> Floats:
        """The values of a criterion for a cluster by its place."""
        return self.common[key] if key in self.common else self.own[key][cluster]


def measured(
    atlas: Atlas, state: ScenarioSnapshot, keys: Sequence[str], *, on: date, watch: Watch = lambda _done, _of: None
) -> Measures:
    """Measure some criteria for every parcel and every cluster; ``on`` is the day that ready dates are counted from."""
    parcels = atlas.parcels()
    common: dict[str, Floats] = {}
    own: dict[str, Floats] = {}
    steps = len(keys) + (len(state.codes) if "conflict" in keys else 0)
    for done, key in enumerate(keys):
        watch(done, steps)
        if key == "neighbours":
            own[key] = _neighbours(parcels, state)
        elif key == "conflict":
            own[key] = conflicts(atlas, parcels, state, partial(_onward, watch, done, steps))
        else:
            common[key] = _common(atlas, parcels, key, on)
    watch(steps, steps)
    return Measures(common, own)


def _onward(watch: Watch, before: int, of: int, done: int) -> None:
    watch(before + done, of)


def _common(atlas: Atlas, parcels: ParcelSnapshot, key: str, on: date) -> Floats:
    match key:
        case "motorway_m" | "arterial_m" | "collector_m":
            roads = atlas.layer("roads")
            return _distance(parcels, roads.geoms[roads.frame["road_class"].isin(ROADS[key]).to_numpy()])
        case "frontage_m":
            return _frontage(atlas, parcels)
        case "power_m":
            return _distance(parcels, atlas.layer("power_sites").geoms)
        case "power_kva":
            return _capacity(parcels, atlas.layer("power_sites"))
        case "stage":
            return np.where(parcels.stage < len(STAGES), parcels.stage + 1.0, np.nan)
        case "ready_years":
            return _years(readiness(atlas).ready_on, on)
        case "area_mu":
            return np.asarray(parcels.centi_m2 * MU_PER_CENTI_M2, dtype=np.float64)
        case _:
            return polsby_popper(parcels.centi_m2 / 100.0, shapely.length(parcels.geoms))


def _distance(parcels: ParcelSnapshot, things: NDArray[np.object_]) -> Floats:
    """Distance to the nearest of some things; NaN where there are none at all."""
    distance, _ = nearest_m(parcels.geoms, things)
    return distance


def _capacity(parcels: ParcelSnapshot, sites: LayerSnapshot) -> Floats:
    _, nearest = nearest_m(parcels.geoms, sites.geoms)
    capacity = sites.frame["capacity_kva"].to_numpy(dtype=np.float64)
    return np.where(nearest >= 0, capacity[nearest] if len(capacity) else np.nan, np.nan)


def _frontage(atlas: Atlas, parcels: ParcelSnapshot) -> Floats:
    if not len(atlas.layer("roads")):
        return np.full(len(parcels), np.nan)
    table = frontage_by_class(atlas, np.arange(len(parcels), dtype=np.int64))
    return np.bincount(
        table["parcel"].to_numpy(dtype=np.int64), weights=table["frontage_m"].to_numpy(dtype=np.float64),
        minlength=len(parcels),
    ).astype(np.float64)  # fmt: skip


def _years(ready_on: NDArray[np.int64], on: date) -> Floats:
    """Years until land is ready; NaN where no date of the land, or of a road to it, is known."""
    years = np.maximum(ready_on - on.toordinal(), 0) / _DAYS_A_YEAR
    return np.where(ready_on == NEVER, np.nan, years)


def _neighbours(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> Floats:
    """Per cluster, the percentage of each perimeter that is shared with parcels of the cluster."""
    cluster = cluster_bytes(parcels, state)
    pairs = parcels.adjacency
    edges = pairs[pairs["kind"] == "edge"]
    left, right = edges["left"].to_numpy(), edges["right"].to_numpy()
    length = edges["length_m"].to_numpy(dtype=np.float64)
    beside = np.zeros((NONE + 1, len(parcels)))
    np.add.at(beside, (cluster[right], left), length)
    np.add.at(beside, (cluster[left], right), length)
    perimeter = shapely.length(parcels.geoms)
    return np.asarray(np.minimum(beside[: len(state.codes)] / perimeter * 100.0, 100.0))


def conflicts(atlas: Atlas, parcels: ParcelSnapshot, state: ScenarioSnapshot, watch: Callable[[int], None]) -> Floats:
    """Per cluster, the worst level of what stands against all parcels having it, as a number 0 to 3."""
    now = atlas.revisions()
    key = (atlas.db.url, state.codes, *(now[name] for name in (*JUDGED_BY, "parcels", "parcels.fields")))
    with _lock:
        if key in _levels:
            return _levels[key]
    levels = np.zeros((len(state.codes), len(parcels)))
    for k, code in enumerate(state.codes):
        watch(k)
        # all at once: what lies on and near them of other layers; neighbours of clusters are an allocation's matter
        found = judge(atlas, state, parcels.ids, code).level_of(parcels.ids)
        levels[k] = [_LEVELS[str(one)] for one in found]
    with _lock:
        _levels[key] = levels
        while len(_levels) > _KEPT:
            _levels.popitem(last=False)
    return levels


# judging a city takes seconds; it holds until a layer that rules look at, or the rules, change
_levels: OrderedDict[tuple[object, ...], Floats] = OrderedDict()
_lock = threading.Lock()
