"""连片 blocks: the pieces of land that parcels make under conditions, each with what it is worth to a planner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.adjacency import TOLERANCE_M
from geo.blocks import labelled, outline
from geo.compactness import isoperimetric_ratio, polsby_popper
from geo.units import square_metres
from layers.vocabulary import ROAD_CLASSES
from planning.atlas import Atlas
from planning.cards import Area
from planning.errors import Refused
from planning.joining import Joining, frontage_by_class, joining_faults, pairs_around
from planning.snapshots import ParcelSnapshot, ScenarioSnapshot

_CENTI_PER_MU: Final = Decimal(1_000_000) / 15


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of land.

    ``ids`` rise. Area is the sum of the parcels' rounded areas. ``frontage_m`` is by road class, in the order of the
    classes, "" for roads without one. ``ready_date`` is the latest of its parcels', ISO, None when none has one;
    ``undated`` counts those without. ``perimeter_m`` leaves out boundaries that its parcels share.
    """

    ids: tuple[int, ...]
    area: Area
    perimeter_m: float
    polsby_popper: float
    isoperimetric_ratio: float
    frontage_m: tuple[tuple[str, float], ...]
    ready_date: str | None
    undated: int

    @property
    def parcels(self) -> int:
        return len(self.ids)

    @property
    def whole_frontage_m(self) -> float:
        return sum(length for _, length in self.frontage_m)


def find_blocks(
    atlas: Atlas, state: ScenarioSnapshot, joining: Joining, *, least_mu: Decimal = Decimal(0), least_parcels: int = 1
) -> tuple[Block, ...]:
    """Find all blocks of at least so much and so many parcels, the largest first.

    Joined is who is joined to a neighbour: under ``compatible`` two clusters that do not go together may still lie in
    one block, with a third between them.

    Raises
    ------
    Refused
        With everything that is wrong with the conditions.
    """
    if faults := joining_faults(joining):
        raise Refused(*faults)
    parcels = atlas.parcels()
    if parcels.index is None:
        return ()
    pairs = pairs_around(atlas, state, joining)
    joined = pairs.frame[pairs.joined]
    label = labelled(len(parcels), joined["left"].to_numpy(), joined["right"].to_numpy())
    members = [rows for rows in _grouped(label) if len(rows) >= least_parcels]
    least = least_mu * _CENTI_PER_MU
    kept = [rows for rows in members if int(parcels.centi_m2[rows].sum()) >= least]
    front = frontage_by_class(atlas, np.sort(np.concatenate([np.empty(0, np.int64), *kept])))
    return tuple(sorted(described(parcels, kept, joined, front), key=lambda one: (-one.area.m2, one.ids)))


def outline_of(atlas: Atlas, ids: tuple[int, ...], *, gap_m: float = 0.0) -> shapely.Geometry:
    """The outline of a block in the storage CRS: gaps of up to ``gap_m`` between its parcels are closed."""
    parcels = atlas.parcels()
    return outline(parcels.geoms[parcels.row_of(np.array(ids, dtype=np.int64))], gap_m=max(gap_m, TOLERANCE_M))


def described(
    parcels: ParcelSnapshot, members: list[NDArray[np.int64]], joined: pd.DataFrame, front: pd.DataFrame
) -> Iterator[Block]:
    """Describe blocks by their rows; ``joined`` and ``front`` hold at least their pairs and their frontages."""
    if not members:
        return
    label = np.full(len(parcels), -1, dtype=np.int64)
    for at, rows in enumerate(members):
        label[rows] = at
    perimeter = _perimeters(parcels, label, joined, len(members))
    front = front[label[front["parcel"].to_numpy(dtype=np.int64)] >= 0]
    order = [*ROAD_CLASSES, ""]
    by_block: dict[int, dict[str, float]] = {}
    for block, name, length in zip(
        label[front["parcel"].to_numpy(dtype=np.int64)].tolist(), front["road_class"], front["frontage_m"], strict=True
    ):
        lengths = by_block.setdefault(block, {})
        lengths[name] = lengths.get(name, 0.0) + float(length)
    dates = parcels.frame["ready_date"].to_numpy(dtype=object)
    for at, rows in enumerate(members):
        area = Area(square_metres(parcels.centi_m2[rows].sum()))
        lengths = by_block.get(at, {})
        known = [date for date in dates[rows].tolist() if isinstance(date, str) and date]
        yield Block(
            ids=tuple(parcels.ids[rows].tolist()),
            area=area,
            perimeter_m=float(perimeter[at]),
            polsby_popper=float(polsby_popper(float(area.m2), perimeter[at])),
            isoperimetric_ratio=float(isoperimetric_ratio(float(area.m2), perimeter[at])),
            frontage_m=tuple((name, lengths[name]) for name in order if name in lengths),
            ready_date=max(known, default=None),
            undated=len(rows) - len(known),
        )


def _perimeters(
    parcels: ParcelSnapshot, label: NDArray[np.int64], joined: pd.DataFrame, count: int
) -> NDArray[np.float64]:
    inside = label >= 0
    own = np.bincount(label[inside], weights=shapely.length(parcels.geoms[inside]), minlength=count)
    left, right = joined["left"].to_numpy(), joined["right"].to_numpy()
    within = (label[left] >= 0) & (label[left] == label[right])
    shared = joined["length_m"].to_numpy(dtype=np.float64)[within]
    return np.asarray(own - 2.0 * np.bincount(label[left[within]], weights=shared, minlength=count), dtype=np.float64)


def _grouped(label: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Rows of each label, rising."""
    order = np.argsort(label, kind="stable")
    _, first = np.unique(label[order], return_index=True)
    return np.split(order, first[1:])
