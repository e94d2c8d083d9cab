"""Sums over a snapshot: whole hundredths of a m² added exactly, each parcel in one part and in no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from briefing.snapshot import NONE, Snapshot
from layers.land_theme import UNKNOWN

Mask = NDArray[np.bool_]
SUPPLIED: Final = "supplied"
NO_CLASS: Final = "?"  # the part of codes that no class of land use is for
# land that can go to market: cleared, or announced already
CLEARED: Final = ("ready", "announced")


@dataclass(frozen=True, slots=True)
class Sum:
    """A count of parcels and their area in hundredths of a m²."""

    parcels: int
    centi_m2: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole; ``key`` is a cluster's code, a stage or a park's name, "" for parcels that have none."""

    key: str
    parcels: int
    centi_m2: int


@dataclass(frozen=True, slots=True)
class Worst:
    """A parcel on a constraint: its row, its piece in hundredths of a m², the kind that has most of it."""

    row: int
    centi_m2: int
    kind: str
    at: int  # its place among the conflicts


def available(snapshot: Snapshot) -> Mask:
    """Parcels that are still in the reserve: all but those supplied."""
    return np.asarray(snapshot.stage != snapshot.stages.index(SUPPLIED))


def cleared(snapshot: Snapshot) -> Mask:
    """Parcels that can be supplied now."""
    return np.isin(snapshot.stage, [snapshot.stages.index(key) for key in CLEARED])


def summed(snapshot: Snapshot, mask: Mask) -> Sum:
    """Count and area of some parcels."""
    return Sum(int(mask.sum()), int(snapshot.centi_m2[mask].sum()))


def by_cluster(snapshot: Snapshot, mask: Mask) -> tuple[Part, ...]:
    """One part a cluster that has parcels, the largest first, those without a cluster last."""
    keys = [one.code for one in snapshot.clusters]
    return _parts(snapshot, snapshot.cluster, mask, keys, by_size=True)


def by_land_use(snapshot: Snapshot, mask: Mask) -> tuple[Part, ...]:
    """One part a class of land use that has parcels, the largest first; then ``?``, codes of no class, and "", none."""
    held = snapshot.land_use if snapshot.land_use is not None else np.full(len(mask), NONE, np.uint8)
    places = [(at, one.code) for at, one in enumerate(snapshot.land_classes)]
    parts = []
    for at, key in [*places, (UNKNOWN, NO_CLASS), (NONE, "")]:
        mine = mask & (held == at)
        if mine.any():
            parts.append(Part(key, int(mine.sum()), int(snapshot.centi_m2[mine].sum())))
    parts.sort(key=lambda one: (one.key == "", one.key == NO_CLASS, -one.centi_m2, one.key))
    return tuple(parts)


def by_stage(snapshot: Snapshot, mask: Mask) -> tuple[Part, ...]:
    """One part a stage in the order of the work, empty ones too; those without a stage last, when there are any."""
    return _parts(snapshot, snapshot.stage, mask, list(snapshot.stages), by_size=False)


def by_park(snapshot: Snapshot, mask: Mask) -> tuple[Part, ...]:
    """One part a park that the register names, the largest first, parcels outside parks last."""
    names = snapshot.parcels.column("park").astype(str)
    parts = [
        Part(name, int((mine := mask & (names == name)).sum()), int(snapshot.centi_m2[mine].sum()))
        for name in sorted(set(names[mask].tolist()))
    ]
    return tuple(sorted(parts, key=lambda one: (one.key == "", -one.centi_m2, one.key)))


def in_conflict(snapshot: Snapshot, mask: Mask) -> tuple[Worst, ...]:
    """Parcels of the mask that lie on constraints, the largest piece first."""
    conflicts, codes = snapshot.conflicts, snapshot.parcels.columns["code"]
    found = [
        Worst(int(row), int(conflicts.centi_m2[at]), conflicts.kinds[at][0][0], at)
        for at, row in enumerate(conflicts.row)
        if mask[row]
    ]
    return tuple(sorted(found, key=lambda one: (-one.centi_m2, codes[one.row])))


def _parts(
    snapshot: Snapshot, groups: NDArray[np.uint8], mask: Mask, keys: list[str], *, by_size: bool
) -> tuple[Part, ...]:
    parts = []
    for at, key in [*enumerate(keys), (NONE, "")]:
        mine = mask & (groups == at)
        parcels = int(mine.sum())
        if parcels or (key and not by_size):
            parts.append(Part(key, parcels, int(snapshot.centi_m2[mine].sum())))
    if by_size:
        parts.sort(key=lambda one: (one.key == "", -one.centi_m2, one.key))
    return tuple(parts)
