"""What is known of one parcel, and of a selection: every figure with how it came about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import adjacency, frontage
from geo.blocks import blocks
from geo.crs import label, storage_crs
from geo.overlay import overlaps
from geo.units import MU_PER_M2, centi_m2, hectare, mu, square_metres
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot, rows_of

# across a street of this width the opposite parcel is still told as near
NEAR_M: Final = 20.0
# a block of land hangs together along edges; parcels drawn over one another do too
JOINING: Final = ("edge", "overlap")
# slivers of digitising are not told: below this area nothing "lies on" a constraint
SLIVER_M2: Final = Decimal("1.00")


@dataclass(frozen=True, slots=True)
class Area:
    """An area in exact decimals, all from the m² rounded to 0.01."""

    m2: Decimal

    @property
    def mu(self) -> Decimal:
        return mu(self.m2)

    @property
    def hectare(self) -> Decimal:
        return hectare(self.m2)


@dataclass(frozen=True, slots=True)
class Method:
    """How the figures of a card came about, as values for whoever makes the sentence."""

    crs: str
    crs_name: str
    ellipsoid: str
    semi_major_axis_m: float
    inverse_flattening: float
    rounding: str  # half_up: to 0.01 m², ties up; 亩 and hectares are derived from the rounded m²
    mu_per_m2: Decimal
    tolerance_m: float
    near_m: float
    frontage_distance_m: float
    sliver_m2: Decimal


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A parcel beside this one; ``kind`` is of NEIGHBOUR_KINDS, ``length_m`` the boundary they share."""

    id: int
    code: str
    name: str
    kind: str
    length_m: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class RoadFrontage:
    """How much of the boundary faces a road, and from how far."""

    id: int
    code: str
    name: str
    state: str
    length_m: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Lying:
    """A polygon that the parcel lies in or on, with the common area and its share of the parcel (0 to 1)."""

    layer: str
    id: int
    code: str
    name: str
    kind: str
    area: Area
    share: float


@dataclass(frozen=True, slots=True)
class ParcelCard:
    """One parcel in one scenario.

    ``town`` and ``park`` are what the register says; ``towns`` and ``parks`` what the geometry says.
    ``difference_m2`` is ellipsoid minus plane. ``version`` is the parcel's, ``assignment_version`` that of its row in
    the scenario.
    """

    id: int
    code: str
    name: str
    town: str
    park: str
    stage: str | None
    cluster: str | None
    is_own: bool
    is_locked: bool
    is_sample: bool
    version: int
    assignment_version: int
    plane: Area
    ellipsoid: Area
    difference_m2: Decimal
    perimeter_m: float
    neighbours: tuple[Neighbour, ...]
    frontages: tuple[RoadFrontage, ...]
    towns: tuple[Lying, ...]
    parks: tuple[Lying, ...]
    constraints: tuple[Lying, ...]
    method: Method

    @property
    def frontage_m(self) -> float:
        return sum(one.length_m for one in self.frontages)


@dataclass(frozen=True, slots=True)
class Part:
    """One cluster's or one stage's part of a selection; ``key`` None is what has none."""

    key: str | None
    parcels: int
    area: Area


@dataclass(frozen=True, slots=True)
class SelectionSummary:
    """Count and area of a selection, its parts in the order of the clusters and stages, and how it hangs together."""

    parcels: int
    area: Area
    by_cluster: tuple[Part, ...]
    by_stage: tuple[Part, ...]
    locked: int
    blocks: int
    method: Method

    @property
    def is_one_block(self) -> bool:
        return self.blocks == 1


def parcel_card(atlas: Atlas, parcel_id: int, state: ScenarioSnapshot) -> ParcelCard:
    """Draw up the card of a parcel; Refused when there is no such parcel."""
    parcels = atlas.parcels()
    row = int(parcels.row_of([parcel_id])[0])
    at = int(rows_of(state.ids, [parcel_id])[0])
    record = parcels.frame.iloc[row]
    plane = Area(square_metres(parcels.centi_m2[row]))
    ellipsoid = Area(square_metres(centi_m2([record["area_ellipsoid_m2"]])[0]))
    geom = parcels.geoms[row : row + 1]
    stage = int(parcels.stage[row])
    return ParcelCard(
        id=int(parcel_id),
        code=str(parcels.codes[row]),
        name=_text(record["name"]),
        town=_text(record["town"]),
        park=_text(record["park"]),
        stage=None if stage == NONE else list(STAGES)[stage],
        cluster=state.code_at(at),
        is_own=bool(state.own[at]),
        is_locked=bool(state.locked[at]),
        is_sample=bool(record["is_sample"]),
        version=int(record["version"]),
        assignment_version=int(state.version[at]),
        plane=plane,
        ellipsoid=ellipsoid,
        difference_m2=ellipsoid.m2 - plane.m2,
        perimeter_m=float(shapely.length(geom[0])),
        neighbours=_neighbours(parcels, row),
        frontages=_frontages(parcels, row, atlas.layer("roads")),
        towns=_lying(geom, atlas.layer("towns"), plane),
        parks=_lying(geom, atlas.layer("parks"), plane),
        constraints=_lying(geom, atlas.layer("constraints"), plane),
        method=method_of(parcels.epsg),
    )


def selection_summary(atlas: Atlas, ids: ArrayLike, state: ScenarioSnapshot) -> SelectionSummary:
    """Sum up a selection; an id given twice counts once. Refused when some are not there."""
    parcels = atlas.parcels()
    chosen = np.unique(np.asarray(ids, dtype=np.int64))
    rows, at = parcels.row_of(chosen), rows_of(state.ids, chosen)
    cents = parcels.centi_m2[rows]
    return SelectionSummary(
        parcels=len(rows),
        area=Area(square_metres(cents.sum())),
        by_cluster=_parts(state.cluster[at], cents, state.codes),
        by_stage=_parts(parcels.stage[rows], cents, tuple(STAGES)),
        locked=int(state.locked[at].sum()),
        blocks=_block_count(parcels, rows),
        method=method_of(parcels.epsg),
    )


@lru_cache(maxsize=8)
def method_of(epsg: int) -> Method:
    """How areas, neighbours and frontages are measured in a database of this storage CRS."""
    crs = storage_crs(epsg)
    ellipsoid = crs.ellipsoid
    if ellipsoid is None:
        raise ValueError(epsg)
    return Method(
        crs=label(crs),
        crs_name=crs.name,
        ellipsoid=ellipsoid.name,
        semi_major_axis_m=ellipsoid.semi_major_metre,
        inverse_flattening=ellipsoid.inverse_flattening,
        rounding="half_up",
        mu_per_m2=MU_PER_M2,
        tolerance_m=adjacency.TOLERANCE_M,
        near_m=NEAR_M,
        frontage_distance_m=frontage.DISTANCE_M,
        sliver_m2=SLIVER_M2,
    )


def _neighbours(parcels: ParcelSnapshot, row: int) -> tuple[Neighbour, ...]:
    if parcels.index is None:
        return ()
    pairs = adjacency.neighbours_of(parcels.index, [row], near_m=NEAR_M)
    other = np.where(pairs["left"] == row, pairs["right"], pairs["left"])
    names = parcels.frame["name"].iloc[other]
    found = [
        Neighbour(int(parcels.ids[one]), str(parcels.codes[one]), _text(name), str(kind), float(length), float(gap))
        for one, name, kind, length, gap in zip(
            other.tolist(), names, pairs["kind"], pairs["length_m"], pairs["gap_m"], strict=True
        )
    ]
    order = {kind: at for at, kind in enumerate(("overlap", "edge", "corner", "across", "near"))}
    return tuple(sorted(found, key=lambda one: (order[one.kind], -one.length_m, one.gap_m, one.code)))


def _frontages(parcels: ParcelSnapshot, row: int, roads: LayerSnapshot) -> tuple[RoadFrontage, ...]:
    if parcels.index is None or roads.index is None:
        return ()
    widths = roads.frame["width_m"].to_numpy(dtype=np.float64)
    west, south, east, north = parcels.index.bounds[row]
    reach = frontage.DISTANCE_M + float(np.nanmax(widths, initial=0.0)) / 2.0
    near = np.sort(roads.index.tree.query(shapely.box(west - reach, south - reach, east + reach, north + reach)))
    found = frontage.frontage_of(parcels.index, np.array([row]), roads.geoms[near], widths_m=widths[near])
    lines = []
    for road, length, distance in zip(found["road"], found["frontage_m"], found["distance_m"], strict=True):
        at = int(near[road])
        record = roads.frame.iloc[at]
        state = _text(record["state"])
        lines.append(
            RoadFrontage(
                int(roads.ids[at]), str(roads.codes[at]), _text(record["name"]), state, float(length), float(distance)
            )
        )
    return tuple(sorted(lines, key=lambda one: (-one.length_m, one.code)))


def _lying(geom: NDArray[np.object_], layer: LayerSnapshot, parcel: Area) -> tuple[Lying, ...]:
    if layer.index is None:
        return ()
    near = np.sort(layer.index.tree.query(geom[0], predicate="intersects"))
    found = overlaps(geom, layer.geoms[near])
    cents = centi_m2(found["area_m2"].to_numpy())
    lines = []
    for other, cent in zip(found["other"], cents, strict=True):
        at = int(near[other])
        area = Area(square_metres(cent))
        if area.m2 < min(SLIVER_M2, parcel.m2):
            continue
        record = layer.frame.iloc[at]
        kind = _text(record["kind"]) if "kind" in record.index else ""
        share = float(area.m2 / parcel.m2) if parcel.m2 else 0.0
        lines.append(
            Lying(layer.name, int(layer.ids[at]), str(layer.codes[at]), _text(record["name"]), kind, area, share)
        )
    return tuple(sorted(lines, key=lambda one: (-one.area.m2, one.code)))


def _parts(groups: NDArray[np.uint8], cents: NDArray[np.int64], keys: Sequence[str]) -> tuple[Part, ...]:
    """Count and exact area of each group that occurs, in the order of the keys, those without one last."""
    parts = []
    for group in np.unique(groups).tolist():
        member = groups == group
        key = None if group == NONE else keys[group]
        parts.append(Part(key, int(member.sum()), Area(square_metres(cents[member].sum()))))
    return tuple(parts)


def _block_count(parcels: ParcelSnapshot, rows: NDArray[np.int64]) -> int:
    if parcels.index is None or not len(rows):
        return 0
    pairs = _pairs_among(parcels, rows)
    return int(blocks(len(rows), pairs, kinds=JOINING).max()) + 1


def _pairs_among(parcels: ParcelSnapshot, rows: NDArray[np.int64]) -> pd.DataFrame:
    """Neighbouring pairs with both members among the rows, named by their place in ``rows`` (ascending)."""
    # the pairs of the whole layer cost a second once for 100,000 parcels and are kept; a few are quicker asked for
    known = "adjacency" in vars(parcels) or len(rows) * 4 > len(parcels)
    if known:
        pairs = parcels.adjacency
    elif parcels.index is not None:
        pairs = adjacency.neighbours_of(parcels.index, rows)
    place = np.full(len(parcels), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    left, right = place[pairs["left"].to_numpy()], place[pairs["right"].to_numpy()]
    both = (left >= 0) & (right >= 0)
    return pd.DataFrame({"left": left[both], "right": right[both], "kind": pairs["kind"].to_numpy()[both]})


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
