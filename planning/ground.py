"""The ground of a search for groups: what is asked, what is against a parcel by itself, what lies around the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.grouping import MOST_PARCELS, Land, Wanted
from layers.vocabulary import ROAD_CLASSES, STAGES
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.joining import Joining, Pairs, cluster_bytes, fitting, frontage_by_class, joining_faults, pairs_around
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot

# land that is supplied already is not on offer
AVAILABLE: Final = tuple(stage for stage in STAGES if stage != "supplied")
CENTI_PER_MU: Final = Decimal(1_000_000) / 15

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

# why a parcel is in no answer, in the order in which they are looked for
(
    STAGE, CLUSTER, NOT_READY, UNDATED, TOO_LARGE, SPARE, FRONTAGE, CUT, WAITS, STAGES_DIFFER, CLUSTERS_DIFFER,
    OVERSHOOTS, TOO_SMALL, NOT_EXAMINED,
) = REASONS = (
    "stage", "cluster", "not_ready", "undated", "too_large", "spare", "frontage", "cut", "waits", "stages_differ",
    "clusters_differ", "overshoots", "too_small", "not_examined",
)  # fmt: skip
OF_ITSELF: Final = 5  # the first five are of the parcel alone


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    ``ready_by`` takes parcels whose ready date is known and not later. ``clusters`` holds codes, None for parcels
    without one; empty for any. ``frontage_on`` holds road classes; empty for any road.
    """

    least_mu: Decimal
    most_parcels: int = 3
    most_mu: Decimal | None = None
    ready_by: date | None = None
    least_frontage_m: float = 0.0
    frontage_on: tuple[str, ...] = ()
    stages: tuple[str, ...] = AVAILABLE
    clusters: tuple[str | None, ...] = ()
    joining: Joining = field(default_factory=lambda: Joining(gap_m=20.0))


class Ground:
    """The parcels around some seeds, with everything that decides whether two of them go together."""

    def __init__(
        self,
        atlas: Atlas,
        state: ScenarioSnapshot,
        asked: Asked,
        own: NDArray[np.uint8],
        *,
        seeds: Rows,
    ) -> None:
        self.parcels = atlas.parcels()
        self.asked = asked
        self.own = own
        hops = asked.most_parcels - 1
        self.pairs: Pairs = pairs_around(atlas, state, asked.joining, seeds=seeds, hops=hops)
        self.near = np.zeros(len(self.parcels), dtype=np.bool_)
        self.near[seeds] = True
        left, right = self.pairs.frame["left"].to_numpy(), self.pairs.frame["right"].to_numpy()
        for _ in range(hops):
            onward = np.union1d(right[self.near[left]], left[self.near[right]])
            self.near[onward.astype(np.int64)] = True
        self.near &= on_offer(own)
        self.perimeter = np.zeros(len(self.parcels))
        self.perimeter[self.near] = shapely.length(self.parcels.geoms[self.near])
        self.frontage = np.zeros(len(self.parcels))
        if asked.least_frontage_m > 0:
            self.frontage = _frontage(atlas, asked, np.flatnonzero(self.near), len(self.parcels))
        self.kind = cluster_bytes(self.parcels, state)
        self.fits = fitting(atlas, state, asked.joining.clusters)

    def land(self, *, waiting: bool = False, any_cluster: bool = False) -> Land:
        """The parcels as geo.grouping wants them; with those that are not ready yet, or whatever their clusters."""
        ready = (self.own == OF_ITSELF) | waiting
        return Land(
            self.parcels.centi_m2, self.perimeter, self.frontage, self.kind,
            np.ones_like(self.fits) if any_cluster else self.fits, self.near & ready,
        )  # fmt: skip

    def joined(self, *, across: bool = False, any_stage: bool = False, any_cluster: bool = False) -> pd.DataFrame:
        """The pairs that join; also across barriers, between stages, or between clusters when that is asked."""
        pairs = self.pairs
        kept = (pairs.barrier < 0) | across
        kept &= ~pairs.stages_differ | any_stage
        kept &= ~pairs.clusters_differ | any_cluster
        return pairs.frame[kept]


def refuse(asked: Asked) -> None:
    faults = joining_faults(asked.joining)
    if not asked.least_mu.is_finite() or asked.least_mu <= 0:
        faults.append(Fault("area_not_positive", {"value": str(asked.least_mu)}))
    elif asked.most_mu is not None and not (asked.most_mu.is_finite() and asked.most_mu >= asked.least_mu):
        faults.append(Fault("bounds_crossed", {"low": str(asked.least_mu), "high": str(asked.most_mu)}))
    if not 1 <= asked.most_parcels <= MOST_PARCELS:
        faults.append(Fault("group_size_out_of_range", {"value": asked.most_parcels, "most": MOST_PARCELS}))
    if not 0 <= asked.least_frontage_m < np.inf:
        faults.append(Fault("frontage_out_of_range", {"value": asked.least_frontage_m}))
    faults += _unknown("unknown_stage", asked.stages, tuple(STAGES))
    faults += _unknown("unknown_road_class", asked.frontage_on, tuple(ROAD_CLASSES))
    if faults:
        raise Refused(*faults)


def _unknown(code: str, given: Sequence[str], known: tuple[str, ...]) -> list[Fault]:
    return [Fault(code, {"value": one, "known": known}) for one in given if one not in known]


def wanted_of(asked: Asked) -> Wanted:
    """In hundredths of a m²: the least rounded up and the most rounded down, so that both hold exactly."""
    least = int((asked.least_mu * CENTI_PER_MU).to_integral_value(ROUND_CEILING))
    most = None if asked.most_mu is None else int((asked.most_mu * CENTI_PER_MU).to_integral_value(ROUND_FLOOR))
    return Wanted(least, asked.most_parcels, most, asked.least_frontage_m)


def own_reasons(parcels: ParcelSnapshot, state: ScenarioSnapshot, asked: Asked) -> NDArray[np.uint8]:
    """The place in REASONS of what is against a parcel by itself, ``OF_ITSELF`` where nothing is."""
    stages = np.isin(parcels.stage, [list(STAGES).index(one) for one in asked.stages])
    clusters = np.ones(len(parcels), dtype=np.bool_)
    if asked.clusters:
        unknown = [one for one in asked.clusters if one is not None and one not in state.codes]
        if unknown:
            raise Refused(*(Fault("unknown_cluster", {"cluster": one, "known": state.codes}) for one in unknown))
        places = [NONE if one is None else state.codes.index(one) for one in asked.clusters]
        clusters = np.isin(cluster_bytes(parcels, state), places)
    dates = parcels.frame["ready_date"]
    undated = dates.isna().to_numpy() & (asked.ready_by is not None)
    # ISO dates: the order of text is the order of time
    late = np.zeros(len(parcels), dtype=np.bool_)
    if asked.ready_by is not None:
        late = (dates.fillna("").astype(object) > asked.ready_by.isoformat()).to_numpy(dtype=np.bool_)
    wanted = wanted_of(asked)
    large = np.zeros(len(parcels), dtype=np.bool_)
    if wanted.most_centi_m2 is not None:
        large = parcels.centi_m2 > wanted.most_centi_m2
    return np.select([~stages, ~clusters, late, undated, large], range(OF_ITSELF), OF_ITSELF).astype(np.uint8)


def on_offer(own: NDArray[np.uint8]) -> Mask:
    """Parcels that could be in a group, if need be later: nothing is against them, or they are only not ready."""
    return np.isin(own, (REASONS.index(NOT_READY), REASONS.index(UNDATED), OF_ITSELF))


def _frontage(atlas: Atlas, asked: Asked, rows: Rows, count: int) -> NDArray[np.float64]:
    table = frontage_by_class(atlas, rows)
    if asked.frontage_on:
        table = table[table["road_class"].isin(asked.frontage_on)]
    lengths = np.zeros(count)
    np.add.at(lengths, table["parcel"].to_numpy(dtype=np.int64), table["frontage_m"].to_numpy(dtype=np.float64))
    return lengths
