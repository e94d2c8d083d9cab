"""Totals in 亩 and m² by cluster: sums of whole hundredths of a m², converted once, as an auditor re-adds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.blocks import labelled
from geo.units import mu
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.quotas import quotas
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot, frozen, rows_of

# a block hangs together along edges; parcels drawn over one another do too
JOINING: Final = ("edge", "overlap")
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which parcels a ledger counts: those of a town, of a park, of both, or all; names as the parcels have them."""

    town: str | None = None
    park: str | None = None

    @property
    def is_whole(self) -> bool:
        return self.town is None and self.park is None

    def mask(self, parcels: ParcelSnapshot) -> NDArray[np.bool_]:
        """The rows that are counted."""
        kept = np.ones(len(parcels), dtype=np.bool_)
        for column, wanted in (("town", self.town), ("park", self.park)):
            if wanted is not None:
                kept &= (parcels.frame[column] == wanted).to_numpy(dtype=np.bool_)
        return kept


WHOLE: Final = Scope()


@dataclass(frozen=True, slots=True)
class Line:
    """One cluster of a ledger, None for the unassigned: exact areas, blocks, what the base has, what is meant.

    ``blocks`` hang together along edges among the counted parcels of the line. ``base_area_m2`` and ``base_parcels``
    are what the base scenario alone gives, None in a scenario without a base. ``quota_mu`` is None where there is no
    limit, and in a ledger of less than the whole: a quota is of the whole scenario.
    """

    cluster: str | None
    parcels: int
    area_m2: Decimal
    ellipsoid_m2: Decimal
    blocks: int
    largest_block_m2: Decimal
    base_parcels: int | None
    base_area_m2: Decimal | None
    quota_mu: Decimal | None

    @property
    def mu(self) -> Decimal:
        return mu(self.area_m2)

    @property
    def more_parcels(self) -> int | None:
        """Parcels more than in the base scenario."""
        return None if self.base_parcels is None else self.parcels - self.base_parcels

    @property
    def more_mu(self) -> Decimal | None:
        """亩 more than in the base scenario."""
        return None if self.base_area_m2 is None else mu(self.area_m2 - self.base_area_m2)

    @property
    def remaining_mu(self) -> Decimal | None:
        """What the quota leaves, below 0 where it is exceeded."""
        return None if self.quota_mu is None else self.quota_mu - self.mu

    @property
    def is_exceeded(self) -> bool:
        return self.remaining_mu is not None and self.remaining_mu < 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines in the office's order, the unassigned last, and their sum (its blocks: of whatever clusters)."""

    scope: Scope
    lines: tuple[Line, ...]
    total: Line

    def of(self, cluster: str | None) -> Line:
        """The line of a cluster; KeyError when there is none."""
        for line in self.lines:
            if line.cluster == cluster:
                return line
        raise KeyError(cluster)


def ledger(atlas: Atlas, state: ScenarioSnapshot, *, scope: Scope = WHOLE, cluster: Bytes | None = None) -> Ledger:
    """The ledger of a scenario, or what it would be with the clusters given (see `would_be`).

    Raises
    ------
    ValueError
        The scenario's picture is of another revision of the parcels than the atlas has.
    """
    parcels = atlas.parcels()
    if parcels.revision != state.parcels_revision:
        raise ValueError(parcels.revision, state.parcels_revision)
    held = quotas(atlas.db, state.scenario.id) if scope.is_whole else {}
    now, counted = state.cluster if cluster is None else cluster, scope.mask(parcels)
    sums = _Sums.of(parcels, now, counted)
    base = None if state.scenario.base_id is None else _Sums.of(parcels, state.inherited, counted, blocks=False)
    lines = tuple(
        sums.line(code, at, base, held[code].mu if code in held else None)
        for at, code in [*((at, code) for at, code in enumerate(state.codes)), (NONE, None)]
    )
    return Ledger(scope, lines, _total(parcels, lines, counted, base))


def would_be(state: ScenarioSnapshot, ids: Sequence[int] | NDArray[np.int64], cluster: str | None) -> Bytes:
    """The clusters as they would stand with these parcels painted: what is locked stays, as ``assign`` leaves it."""
    if cluster in state.locked_clusters:
        return state.cluster
    rows = rows_of(state.ids, ids)
    painted = state.cluster.copy()
    painted[rows[~state.locked[rows]]] = NONE if cluster is None else state.codes.index(cluster)
    return frozen(painted)


def places(parcels: ParcelSnapshot) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The towns and the parks that parcels name, in order."""
    town, park = (tuple(sorted(parcels.frame[name].dropna().unique())) for name in ("town", "park"))
    return town, park


@dataclass(frozen=True, slots=True)
class _Sums:
    """Per byte value: parcels, hundredths of a m² on the plane and on the ellipsoid, blocks and the largest of them."""

    parcels: NDArray[np.int64]
    centi_m2: NDArray[np.int64]
    ellipsoid: NDArray[np.int64]
    blocks: NDArray[np.int64]
    largest: NDArray[np.int64]

    @classmethod
    def of(cls, parcels: ParcelSnapshot, cluster: Bytes, counted: NDArray[np.bool_], *, blocks: bool = True) -> _Sums:
        groups, cents = cluster[counted], parcels.centi_m2[counted]
        number, largest = np.zeros(NONE + 1, dtype=np.int64), np.zeros(NONE + 1, dtype=np.int64)
        if blocks:
            label, area = block_areas(parcels, cluster, counted)
            first = np.unique(label, return_index=True)[1]
            of_block = cluster[first]
            there = counted[first]
            np.add.at(number, of_block[there], 1)
            np.maximum.at(largest, of_block[there], area[there])
        return cls(
            np.bincount(groups, minlength=NONE + 1), summed_by(groups, cents),
            summed_by(groups, parcels.ellipsoid_centi_m2[counted]), number, largest,
        )  # fmt: skip

    def line(self, code: str | None, at: int, base: _Sums | None, quota_mu: Decimal | None) -> Line:
        return Line(
            cluster=code,
            parcels=int(self.parcels[at]),
            area_m2=_m2(self.centi_m2[at]),
            ellipsoid_m2=_m2(self.ellipsoid[at]),
            blocks=int(self.blocks[at]),
            largest_block_m2=_m2(self.largest[at]),
            base_parcels=None if base is None else int(base.parcels[at]),
            base_area_m2=None if base is None else _m2(base.centi_m2[at]),
            quota_mu=quota_mu,
        )


def block_areas(
    parcels: ParcelSnapshot, cluster: Bytes, counted: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Block of each row (joined along edges, of one cluster, among the counted); hundredths of a m² of each."""
    if parcels.index is None:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    pairs = parcels.adjacency
    left, right = pairs["left"].to_numpy(dtype=np.int64), pairs["right"].to_numpy(dtype=np.int64)
    joined = pairs["kind"].isin(JOINING).to_numpy() & (cluster[left] == cluster[right]) & counted[left] & counted[right]
    label = labelled(len(parcels), left[joined], right[joined])
    area = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
    np.add.at(area, label, parcels.centi_m2)
    return label, area


def _total(parcels: ParcelSnapshot, lines: tuple[Line, ...], counted: NDArray[np.bool_], base: _Sums | None) -> Line:
    whole = _Sums.of(parcels, np.zeros(len(parcels), dtype=np.uint8), counted)
    limits = [line.quota_mu for line in lines if line.quota_mu is not None]
    return Line(
        cluster=None,
        parcels=sum(line.parcels for line in lines),
        area_m2=sum((line.area_m2 for line in lines), Decimal(0)),
        ellipsoid_m2=sum((line.ellipsoid_m2 for line in lines), Decimal(0)),
        blocks=int(whole.blocks[0]),
        largest_block_m2=_m2(whole.largest[0]),
        base_parcels=None if base is None else int(base.parcels.sum()),
        base_area_m2=None if base is None else _m2(base.centi_m2.sum()),
        quota_mu=sum(limits, Decimal(0)) if limits else None,
    )


def _m2(centi: np.int64 | int) -> Decimal:
    return Decimal(int(centi)).scaleb(-2)


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
