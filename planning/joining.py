"""What joins two parcels into one piece of land, and what parts them: gaps, stages, clusters, roads and water."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.adjacency import TOLERANCE_M, adjacency, neighbours_of
from geo.cuts import barrier_areas, cuts
from geo.frontage import DISTANCE_M, Scene, frontage_of, updated
from geo.index import ParcelIndex
from layers.vocabulary import ROAD_CLASSES
from planning.atlas import Atlas
from planning.carrying import Measured, came_from, pairs_of
from planning.errors import Fault
from planning.ruling import FORBIDDEN, JUSTIFY, forbidden_pairs
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot, rows_of

CLUSTER_RULES: Final = ("any", "same", "compatible")
PARTING_LEVELS: Final = (FORBIDDEN, JUSTIFY)
# farther apart than this two parcels are not one piece of land by any reading, and pairs become too many
MOST_GAP_M: Final = 100.0
# beyond this share of the parcels the whole layer is measured once and kept
_MANY: Final = 8
_KEPT: Final = 8
_FOLLOWED: Final = 3

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Joining:
    """When two parcels are joined.

    ``gap_m``: how far apart they may lie; 0 asks for a shared edge, anything more takes corners too. ``clusters`` is of
    CLUSTER_RULES: parcels without a cluster are compatible with any. ``not_across`` holds road classes that part what
    lies on their two sides, ``not_across_water`` lets rivers (constraints) and water (landscape) do so.
    """

    gap_m: float = 0.0
    same_stage: bool = False
    clusters: str = "any"
    not_across: tuple[str, ...] = ()
    not_across_water: bool = False


@dataclass(frozen=True, slots=True)
class Barrier:
    """A road or a water that parts two parcels."""

    layer: str
    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of neighbours by row, as geo.adjacency gives them, and what parts them; ``barrier`` -1 where none does."""

    frame: pd.DataFrame
    barrier: Rows
    stages_differ: Mask
    clusters_differ: Mask

    @property
    def joined(self) -> Mask:
        return np.asarray((self.barrier < 0) & ~self.stages_differ & ~self.clusters_differ)


def joining_faults(joining: Joining) -> list[Fault]:
    """Everything that is wrong with the conditions."""
    faults = []
    if not 0.0 <= joining.gap_m <= MOST_GAP_M:
        faults.append(Fault("gap_out_of_range", {"value": joining.gap_m, "most": MOST_GAP_M}))
    if joining.clusters not in CLUSTER_RULES:
        faults.append(Fault("unknown_cluster_rule", {"value": joining.clusters, "known": CLUSTER_RULES}))
    faults += [
        Fault("unknown_road_class", {"value": one, "known": tuple(ROAD_CLASSES)})
        for one in joining.not_across
        if one not in ROAD_CLASSES
    ]
    return faults


def cluster_bytes(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> NDArray[np.uint8]:
    """Cluster of each row of the parcels in a scenario, 255 = none."""
    return state.cluster[rows_of(state.ids, parcels.ids)]


def fitting(atlas: Atlas, state: ScenarioSnapshot, rule: str) -> Mask:
    """Which cluster bytes go together under a rule: a symmetric table of 256 × 256.

    Two clusters do not go together when a rule of the book keeps them apart at a level that forbids or wants a reason,
    whatever its distance: one block is no place to keep a distance in.
    """
    if rule == "any":
        return np.ones((NONE + 1, NONE + 1), dtype=np.bool_)
    if rule == "same":
        return np.eye(NONE + 1, dtype=np.bool_)
    table = np.ones((NONE + 1, NONE + 1), dtype=np.bool_)
    place = {code: at for at, code in enumerate(state.codes)}
    for level in PARTING_LEVELS:
        for one, other, _ in forbidden_pairs(atlas, state, state.codes, level=level):
            table[place[one], place[other]] = table[place[other], place[one]] = False
    return table


def pairs_around(
    atlas: Atlas, state: ScenarioSnapshot, joining: Joining, *, seeds: Rows | None = None, hops: int = 0
) -> Pairs:
    """Pairs that the gap allows: of all parcels, or of those within so many steps of some rows."""
    parcels = atlas.parcels()
    frame = _whole(atlas, parcels, joining.gap_m) if seeds is None else _near(atlas, parcels, joining, seeds, hops)
    left, right = frame["left"].to_numpy(), frame["right"].to_numpy()
    stage, cluster = parcels.stage, cluster_bytes(parcels, state)
    fits = fitting(atlas, state, joining.clusters)
    return Pairs(
        frame,
        _parting(atlas, parcels, joining, frame),
        np.asarray(stage[left] != stage[right]) if joining.same_stage else np.zeros(len(frame), dtype=np.bool_),
        ~fits[cluster[left], cluster[right]],
    )


def barrier_at(atlas: Atlas, joining: Joining, row: int) -> Barrier:
    """The barrier of a row in ``Pairs.barrier``."""
    for layer, rows in _barrier_rows(atlas, joining):
        if row < len(rows):
            snapshot = atlas.layer(layer)
            name = snapshot.frame["name"].iloc[rows[row]]
            at = int(rows[row])
            return Barrier(layer, int(snapshot.ids[at]), str(snapshot.codes[at]), name if isinstance(name, str) else "")
        row -= len(rows)
    raise ValueError(row)


def frontage_by_class(atlas: Atlas, rows: Rows) -> pd.DataFrame:
    """Frontage of some parcels by road class: ``parcel`` (row), ``road_class`` (key, "" for none), ``frontage_m``.

    As in geo.frontage; lengths on several roads of a class are added up.
    """
    parcels, roads = atlas.parcels(), atlas.layer("roads")
    if parcels.index is None or roads.index is None or not len(rows):
        return pd.DataFrame({"parcel": np.empty(0, np.int64), "road_class": [], "frontage_m": np.empty(0)})
    widths = roads.frame["width_m"].to_numpy(dtype=np.float64)

    def measured(members: Rows | None) -> pd.DataFrame:
        return frontage_of(parcels.index, members, roads.geoms, widths_m=widths)  # type: ignore[arg-type] # looked at above

    if len(rows) * _MANY < len(parcels):
        found = measured(rows)
    else:
        key = ("frontage", atlas.db.url, parcels.revision, roads.revision)
        found = _keep(key, lambda: _whole_frontage(atlas, parcels, roads, lambda: measured(None)))
        found = found[np.isin(found["parcel"].to_numpy(), rows)]
    of_road = roads.frame["road_class"].fillna("").to_numpy(dtype=object)
    table = pd.DataFrame({
        "parcel": found["parcel"].to_numpy(), "road_class": of_road[found["road"].to_numpy()],
        "frontage_m": found["frontage_m"].to_numpy(),
    })  # fmt: skip
    return table.groupby(["parcel", "road_class"], sort=True)[["frontage_m"]].sum().reset_index()


def frontage_by_road(atlas: Atlas, distance_m: float = DISTANCE_M) -> pd.DataFrame:
    """Frontage of all parcels on each road that they face, by rows of both layers: the table of geo.frontage."""
    parcels, roads = atlas.parcels(), atlas.layer("roads")
    if parcels.index is None or roads.index is None:
        empty = np.empty(0, np.int64)
        return pd.DataFrame({"parcel": empty, "road": empty, "frontage_m": np.empty(0), "distance_m": np.empty(0)})
    widths = roads.frame["width_m"].to_numpy(dtype=np.float64)

    def measured() -> pd.DataFrame:
        return frontage_of(parcels.index, None, roads.geoms, distance_m=distance_m, widths_m=widths)  # type: ignore[arg-type] # looked at above

    key = ("frontage", atlas.db.url, parcels.revision, roads.revision)
    if distance_m == DISTANCE_M:
        return _keep(key, lambda: _whole_frontage(atlas, parcels, roads, measured))
    return _keep((*key, distance_m), measured)


def _whole_frontage(
    atlas: Atlas, parcels: ParcelSnapshot, roads: LayerSnapshot, whole: Callable[[], pd.DataFrame]
) -> pd.DataFrame:
    """Frontage of all parcels, measured again only where parcels or roads changed since it was."""
    key = ("frontage", atlas.db.url)
    before, after = _last.get(key), _scene(parcels, roads)
    found = None
    if before is not None and before.roads is not None:
        was = before.parcels
        parcel_was = came_from(was.ids, was.index.geoms, parcels.ids, parcels.geoms)
        road_was = came_from(before.roads.ids, before.roads.geoms, roads.ids, roads.geoms)
        if parcel_was is not None and road_was is not None:
            scene = _scene_of(was.index, before.roads)
            found = updated(was.table, scene, after, parcel_was=parcel_was, road_was=road_was)
    found = whole() if found is None else found
    _remember(key, _Last(Measured(parcels.ids, after.index, found), roads))
    return found


def _scene(parcels: ParcelSnapshot, roads: LayerSnapshot) -> Scene:
    if parcels.index is None:
        raise ValueError(parcels.name)
    return _scene_of(parcels.index, roads)


def _scene_of(index: ParcelIndex, roads: LayerSnapshot) -> Scene:
    return Scene(index, roads.geoms, roads.frame["width_m"].to_numpy(dtype=np.float64))


def _near(atlas: Atlas, parcels: ParcelSnapshot, joining: Joining, seeds: Rows, hops: int) -> pd.DataFrame:
    """Pairs among the rows within so many steps of the seeds, those between two of the last step left out."""
    if parcels.index is None or len(seeds) * _MANY > len(parcels):
        return _whole(atlas, parcels, joining.gap_m)
    known = np.zeros(len(parcels), dtype=np.bool_)
    known[seeds] = True
    edge, found = seeds, []
    for _ in range(hops):
        if not len(edge):
            break
        pairs = _that_join(neighbours_of(parcels.index, edge, near_m=_reach(joining.gap_m)), joining.gap_m)
        found.append(pairs)
        around = np.union1d(pairs["left"], pairs["right"]).astype(np.int64)
        edge = around[~known[around]]
        known[edge] = True
    if not found:
        return adjacency(parcels.geoms[:0])
    return pd.concat(found).drop_duplicates(["left", "right"]).sort_values(["left", "right"], ignore_index=True)


def _whole(atlas: Atlas, parcels: ParcelSnapshot, gap_m: float) -> pd.DataFrame:
    key = ("pairs", atlas.db.url, parcels.revision, gap_m)

    def measured() -> pd.DataFrame:
        if not gap_m:
            return parcels.adjacency
        before = _last.get(key[:2] + key[3:])
        return pairs_of(parcels.ids, parcels.index, parcels.geoms, before.parcels if before else None, _reach(gap_m))

    def made() -> pd.DataFrame:
        found = measured()
        if gap_m and parcels.index is not None:
            _remember(key[:2] + key[3:], _Last(Measured(parcels.ids, parcels.index, found)))
        return _that_join(found, gap_m)

    return _keep(key, made)


def _reach(gap_m: float) -> float | None:
    return max(gap_m, TOLERANCE_M) if gap_m else None


def _that_join(pairs: pd.DataFrame, gap_m: float) -> pd.DataFrame:
    if gap_m:
        return pairs.reset_index(drop=True)
    return pairs[pairs["kind"].isin(["edge", "overlap"])].reset_index(drop=True)


def _parting(atlas: Atlas, parcels: ParcelSnapshot, joining: Joining, frame: pd.DataFrame) -> Rows:
    listed = _barrier_rows(atlas, joining)
    first = np.full(len(frame), -1, dtype=np.int64)
    if not sum(len(rows) for _, rows in listed) or not len(frame):
        return first

    def found() -> pd.DataFrame:
        grounds = []
        for layer, rows in listed:
            snapshot = atlas.layer(layer)
            widths = snapshot.frame["width_m"].to_numpy(dtype=np.float64)[rows] if layer == "roads" else None
            grounds.append(barrier_areas(snapshot.geoms[rows], widths))
        return cuts(parcels.geoms, frame, np.concatenate(grounds))

    revisions = tuple(atlas.layer(layer).revision for layer, _ in listed)
    whole = ("pairs", atlas.db.url, parcels.revision, joining.gap_m)
    table = (
        _keep(("cuts", *whole, joining.not_across, joining.not_across_water, revisions), found)
        if _is_kept(whole, frame)
        else found()
    )
    # sorted by pair and barrier: written backwards, the first barrier of a pair stays
    first[table["pair"].to_numpy()[::-1]] = table["barrier"].to_numpy()[::-1]
    return first


def _barrier_rows(atlas: Atlas, joining: Joining) -> list[tuple[str, Rows]]:
    """Rows of the layers that part, in the order that ``Pairs.barrier`` counts them."""
    listed: list[tuple[str, Rows]] = []
    if joining.not_across:
        classes = atlas.layer("roads").frame["road_class"]
        listed.append(("roads", np.flatnonzero(classes.isin(joining.not_across))))
    if joining.not_across_water:
        for layer, kind in (("constraints", "river"), ("landscape", "water")):
            listed.append((layer, np.flatnonzero(atlas.layer(layer).frame["kind"] == kind)))
    return listed


# tables of a whole layer cost a second for 100,000 parcels; they hold for one revision, and the last few are kept
_tables: OrderedDict[tuple[object, ...], pd.DataFrame] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Last:
    """What was measured last of a kind, and on which parcels and roads."""

    parcels: Measured
    roads: LayerSnapshot | None = None


# the next revision of a layer is measured from these
_last: OrderedDict[tuple[object, ...], _Last] = OrderedDict()


def forget() -> None:
    """Let go of all kept tables."""
    with _lock:
        _tables.clear()
        _last.clear()


def _remember(key: tuple[object, ...], last: _Last) -> None:
    with _lock:
        _last[key] = last
        _last.move_to_end(key)
        while len(_last) > _FOLLOWED:
            _last.popitem(last=False)


def _keep(key: tuple[object, ...], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    with _lock:
        if key in _tables:
            _tables.move_to_end(key)
            return _tables[key]
    made = make()
    with _lock:
        _tables[key] = made
        while len(_tables) > _KEPT:
            _tables.popitem(last=False)
    return made


def _is_kept(key: tuple[object, ...], frame: pd.DataFrame) -> bool:
    with _lock:
        return _tables.get(key) is frame
