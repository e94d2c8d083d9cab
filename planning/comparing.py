"""Two scenarios side by side: which parcels they give to different clusters, and what that does to the totals.

A draft is read over the parcels of today; a published scenario is what it was on its day, parcels and areas included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.units import mu
from planning.atlas import Atlas
from planning.published_day import Day, published_day
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot
from store import reviews

# in place of a cluster's code: the scenario has no such parcel
ABSENT: Final = ""


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


@dataclass(frozen=True, slots=True)
class Changed:
    """The parcels that differ, by rising id; clusters are codes, None = unassigned, ``ABSENT`` = no such parcel there.

    The area (hundredths of m²) is that in the second scenario, or in the first for a parcel that the second has not.
    """

    ids: NDArray[np.int64]
    codes: NDArray[np.object_]
    centi_m2: NDArray[np.int64]
    cluster_a: NDArray[np.object_]
    cluster_b: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def area_m2(self) -> Decimal:
        """Their area, exactly."""
        return Decimal(int(self.centi_m2.sum())).scaleb(-2)


@dataclass(frozen=True)
class Comparison:
    """Two scenarios; ``rows`` are those of ``parcels``, which are today's, that differ: what a map marks.

    A published scenario is compared as it was on its day, ``day_a`` and ``day_b`` (UTC, ISO 8601), None for today: a
    parcel that was split, reshaped or ended since is still among its figures.
    """

    a: ScenarioSnapshot
    b: ScenarioSnapshot
    parcels: ParcelSnapshot
    rows: NDArray[np.int64]
    changed: Changed
    totals: tuple[TotalPair, ...]
    day_a: str | None = None
    day_b: str | None = None


def compare(atlas: Atlas, a: int, b: int) -> Comparison:
    """Compare two scenarios; Refused when there is no such scenario."""
    first, second = atlas.scenario(a), atlas.scenario(b)
    parcels = atlas.parcels()
    # somebody may have cut a parcel between the reads: all three are to be of one revision
    while not first.parcels_revision == second.parcels_revision == parcels.revision:
        first, second, parcels = atlas.scenario(a), atlas.scenario(b), atlas.parcels()
    with atlas.db.read() as conn:
        made = {one.scenario_id: one.at for one in reviews.publications(conn) if one.scenario_id in {a, b}}
        sides = [
            _today(state, parcels) if (day := published_day(conn, state.scenario.id)) is None else day
            for state in (first, second)
        ]
    changed = _changed(*sides)
    rows = np.flatnonzero(np.isin(parcels.ids, changed.ids)).astype(np.int64)
    return Comparison(
        first, second, parcels, rows, changed, _totals(first.codes, *sides), day_a=made.get(a), day_b=made.get(b)
    )


def _today(state: ScenarioSnapshot, parcels: ParcelSnapshot) -> Day:
    names = np.full(NONE + 1, None, dtype=object)
    names[: len(state.codes)] = state.codes
    return Day(parcels.ids, parcels.codes, names[state.cluster], parcels.centi_m2)


def _changed(a: Day, b: Day) -> Changed:
    """Parcels that only one of the two has, or that have another cluster or another area in the other."""
    ids = np.union1d(a.ids, b.ids)
    in_a, in_b = np.isin(ids, a.ids), np.isin(ids, b.ids)
    cluster_a, cluster_b = _spread(in_a, a.clusters, ABSENT), _spread(in_b, b.clusters, ABSENT)
    area_a, area_b = _spread(in_a, a.centi_m2, 0), _spread(in_b, b.centi_m2, 0)
    codes = np.where(in_b, _spread(in_b, b.codes, ""), _spread(in_a, a.codes, ""))
    rows = np.flatnonzero((cluster_a != cluster_b) | (area_a != area_b))
    area = np.where(in_b, area_b, area_a)
    return Changed(ids[rows], codes[rows], area[rows].astype(np.int64), cluster_a[rows], cluster_b[rows])


def _spread(there: NDArray[np.bool_], values: NDArray[Any], otherwise: object) -> NDArray[Any]:
    found = np.full(len(there), otherwise, dtype=values.dtype)
    found[there] = values
    return found


def _totals(codes: Sequence[str], a: Day, b: Day) -> tuple[TotalPair, ...]:
    """One line a cluster in their order, then those that only a published scenario has, then the unassigned."""
    sums = [_summed(one) for one in (a, b)]
    old = sorted({code for one in sums for code in one if code is not None and code not in codes})
    lines: list[str | None] = [*codes, *old, None]
    found = []
    for code in lines:
        (parcels_a, centi_a), (parcels_b, centi_b) = (one.get(code, (0, 0)) for one in sums)
        found.append(TotalPair(code, parcels_a, parcels_b, _m2(centi_a), _m2(centi_b)))
    return tuple(found)


def _summed(one: Day) -> dict[str | None, tuple[int, int]]:
    """Parcels and area of each cluster in exact hundredths."""
    found: dict[str | None, tuple[int, int]] = {}
    named = np.array(["" if code is None else code for code in one.clusters.tolist()], dtype=object)
    places, inverse = np.unique(named.astype(str), return_inverse=True)
    counts = np.bincount(inverse, minlength=len(places))
    areas = np.zeros(len(places), dtype=np.int64)
    np.add.at(areas, inverse, one.centi_m2)
    for code, count, area in zip(places.tolist(), counts.tolist(), areas.tolist(), strict=True):
        found[code or None] = (int(count), int(area))
    return found


def _m2(centi: int) -> Decimal:
    return Decimal(centi).scaleb(-2)
