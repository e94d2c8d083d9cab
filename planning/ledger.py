"""Totals in 亩 and m² by cluster: sums of whole hundredths of a m², converted once, as an auditor re-adds them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from geo.units import mu
from layers.vocabulary import STAGES
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot


@dataclass(frozen=True, slots=True)
class ClusterTotal:
    """One line: ``cluster`` is a code, or None for what is unassigned; ``mu`` is area × 0.0015, unrounded."""

    cluster: str | None
    parcels: int
    area_m2: Decimal
    mu: Decimal


@dataclass(frozen=True, slots=True)
class StageTotal:
    """One stage's line; ``stage`` is a key of STAGES, or None for parcels whose stage is not told."""

    stage: str | None
    parcels: int
    area_m2: Decimal


def stage_totals(parcels: ParcelSnapshot) -> tuple[StageTotal, ...]:
    """One line a stage in the order of the work, empty ones too, then the line of those that tell none."""
    counts = np.bincount(parcels.stage, minlength=NONE + 1)
    sums = summed_by(parcels.stage, parcels.centi_m2)
    lines: list[tuple[int, str | None]] = [*enumerate(STAGES), (NONE, None)]
    return tuple(StageTotal(key, int(counts[at]), Decimal(int(sums[at])).scaleb(-2)) for at, key in lines)


def cluster_totals(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> tuple[ClusterTotal, ...]:
    """One line a cluster in the office's order, empty ones too, then the line of the unassigned.

    Raises
    ------
    ValueError
        The two pictures are of different revisions of the parcels.
    """
    if parcels.revision != state.parcels_revision:
        raise ValueError(parcels.revision, state.parcels_revision)
    counts = np.bincount(state.cluster, minlength=NONE + 1)
    sums = summed_by(state.cluster, parcels.centi_m2)
    lines = [*enumerate(state.codes), (NONE, None)]
    return tuple(total(code, int(counts[at]), int(sums[at])) for at, code in lines)


def summed_by(groups: NDArray[np.uint8], centi_m2: NDArray[np.int64]) -> NDArray[np.int64]:
    """Exact sums of hundredths of a m² for each of the 256 byte values.

    ``np.bincount`` adds its weights as float64, exact only below 2^53 (90,000 km² in hundredths of a m²); the
    parts below and above 2^20 are added apart, so that no partial sum comes near it.
    """
    low = np.bincount(groups, weights=(centi_m2 & 0xFFFFF).astype(np.float64), minlength=NONE + 1)
    high = np.bincount(groups, weights=(centi_m2 >> 20).astype(np.float64), minlength=NONE + 1)
    return (high.astype(np.int64) << 20) + low.astype(np.int64)


def total(cluster: str | None, parcels: int, centi_m2: int) -> ClusterTotal:
    """Return the line of a sum of hundredths of a m²."""
    area_m2 = Decimal(centi_m2).scaleb(-2)
    return ClusterTotal(cluster, parcels, area_m2, mu(area_m2))
