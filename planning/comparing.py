"""Two scenarios side by side: which parcels they give to different clusters, and what that does to the totals.

Both are read over the parcels of today; a published scenario's figures of its day are in planning.publishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from geo.units import mu
from planning.atlas import Atlas
from planning.ledger import summed_by
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot


@dataclass(frozen=True, slots=True)
class TotalPair:
    """One cluster (None = unassigned) in both: parcels and areas in exact m²."""

    cluster: str | None
    parcels_a: int
    parcels_b: int
    area_a_m2: Decimal
    area_b_m2: Decimal

    @property
    def mu_a(self) -> Decimal:
        """Area in the first, in 亩, unrounded."""
        return mu(self.area_a_m2)

    @property
    def mu_b(self) -> Decimal:
        """Area in the second, in 亩, unrounded."""
        return mu(self.area_b_m2)

    @property
    def mu_more(self) -> Decimal:
        """What the second has more, in 亩; negative when it has less."""
        return mu(self.area_b_m2 - self.area_a_m2)


@dataclass(frozen=True)
class Comparison:
    """Two pictures of the same parcels; ``rows`` are those whose clusters differ, in id order."""

    a: ScenarioSnapshot
    b: ScenarioSnapshot
    parcels: ParcelSnapshot
    rows: NDArray[np.int64]
    totals: tuple[TotalPair, ...]

    @property
    def ids(self) -> NDArray[np.int64]:
        """Ids of the parcels that differ."""
        return self.parcels.ids[self.rows]

    @property
    def area_m2(self) -> Decimal:
        """Area of the parcels that differ."""
        return Decimal(int(self.parcels.centi_m2[self.rows].sum())).scaleb(-2)


def compare(atlas: Atlas, a: int, b: int) -> Comparison:
    """Compare two scenarios over the parcels as they stand now; Refused when there is no such scenario."""
    first, second = atlas.scenario(a), atlas.scenario(b)
    parcels = atlas.parcels()
    # somebody may have cut a parcel between the reads: all three are to be of one revision
    while not first.parcels_revision == second.parcels_revision == parcels.revision:
        first, second, parcels = atlas.scenario(a), atlas.scenario(b), atlas.parcels()
    return Comparison(first, second, parcels, differing_rows(first, second), _totals(first, second, parcels))


def differing_rows(a: ScenarioSnapshot, b: ScenarioSnapshot) -> NDArray[np.int64]:
    """Rows to which two scenarios give different clusters."""
    return np.flatnonzero(a.cluster != b.cluster).astype(np.int64)


def _totals(a: ScenarioSnapshot, b: ScenarioSnapshot, parcels: ParcelSnapshot) -> tuple[TotalPair, ...]:
    counts = [np.bincount(one.cluster, minlength=NONE + 1) for one in (a, b)]
    sums = [summed_by(one.cluster, parcels.centi_m2) for one in (a, b)]
    return tuple(
        TotalPair(code, int(counts[0][at]), int(counts[1][at]), _m2(sums[0][at]), _m2(sums[1][at]))
        for at, code in [*enumerate(a.codes), (NONE, None)]
    )


def _m2(centi: np.int64) -> Decimal:
    return Decimal(int(centi)).scaleb(-2)
