"""Which parcels a person means: by a drawn shape, by conditions, by neighbourhood, by a word, by what is left to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import box
from shapely.geometry.base import BaseGeometry

from geo import selecting
from geo.adjacency import neighbours_of
from geo.crs import converter
from geo.selecting import Predicate, ShapeRefused
from layers.vocabulary import PREDICATES
from planning.atlas import Atlas
from planning.conditions import OPERATORS, Condition, matching, values_of
from planning.errors import Fault, Refused
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot

__all__ = [
    "OPERATORS", "Condition", "Hit", "by_condition", "by_shape", "neighbours", "next_unassigned", "search", "values_of",
]  # fmt: skip

SEARCHED: Final = ("parcels", "parks", "roads", "facilities", "towns")
_WEB_MERCATOR: Final = 3857
# a straight line of the screen is bent in the storage CRS: 1.1 m over 10 km, nothing over this length
_STEP_M: Final = 1_000.0
_MOST_STEPS: Final = 2_000
# what is drawn farther out than this selects nothing, and may be where the projection ends
_MARGIN_M: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that a search found."""

    layer: str
    id: int
    code: str
    name: str


def by_shape(atlas: Atlas, ring_lonlat: ArrayLike, predicate: Predicate) -> NDArray[np.int64]:
    """Ids of the parcels that a ring takes, ascending.

    Parameters
    ----------
    ring_lonlat
        ``(n, 2)`` longitude and latitude as the map gives them; its lines are straight on the map (Web Mercator).
        Where it crosses itself, what lies inside is by even-odd.
    predicate
        See `geo.selecting.by_shape`.

    Raises
    ------
    Refused
        ``shape_too_few_points``, ``shape_not_finite``, ``shape_too_tangled`` or ``unknown_predicate``.
    """
    if predicate not in PREDICATES:
        raise Refused(Fault("unknown_predicate", {"predicate": predicate, "known": tuple(PREDICATES)}))
    parcels = atlas.parcels()
    try:
        drawn = _on_screen(np.asarray(ring_lonlat, dtype=np.float64).reshape(-1, 2))
    except ShapeRefused as refusal:
        raise Refused(Fault(refusal.code)) from refusal
    if parcels.index is None:
        return np.zeros(0, dtype=np.int64)
    shape = _in_storage(drawn, parcels)
    return parcels.ids[selecting.by_shape(parcels.index, shape, predicate)]


def by_condition(atlas: Atlas, state: ScenarioSnapshot, conditions: Sequence[Condition]) -> NDArray[np.int64]:
    """Ids of the parcels that meet every condition, ascending; all of them when there is none.

    Raises
    ------
    Refused
        With every condition that is wrong: ``unknown_field``, ``unknown_operator``, ``unknown_value``.
    """
    parcels = atlas.parcels()
    return parcels.ids[matching(parcels, state, conditions)]


def neighbours(atlas: Atlas, ids: ArrayLike, *, kinds: Sequence[str] = ("edge",)) -> NDArray[np.int64]:
    """Ids of the parcels next to these, those themselves left out, ascending; by default a corner is not enough."""
    parcels = atlas.parcels()
    rows = parcels.row_of(np.asarray(ids, dtype=np.int64))
    if parcels.index is None or not len(rows):
        return np.zeros(0, dtype=np.int64)
    pairs = neighbours_of(parcels.index, rows)
    pairs = pairs[pairs["kind"].isin(list(kinds))]
    around = np.union1d(pairs["left"], pairs["right"])
    return parcels.ids[np.setdiff1d(around, rows).astype(np.int64)]


def search(atlas: Atlas, text: str, limit: int) -> list[Hit]:
    """Rows whose code or name holds the text, best first: the same, then beginning with it, then containing it.

    Case and outer spaces make no difference. Within a rank the layers come in the order of SEARCHED, rows by id.
    """
    found: list[tuple[int, int, int]] = []
    snapshots = [atlas.layer(name) for name in SEARCHED]
    for nth, snapshot in enumerate(snapshots):
        ranks: dict[int, int] = {}
        for index in snapshot.texts:
            for rank, row in index.find(text, limit):
                ranks[row] = min(rank, ranks.get(row, rank))
        found += [(rank, nth, row) for row, rank in ranks.items()]
    return [_hit(snapshots[nth], row) for _, nth, row in sorted(found)[:limit]]


def next_unassigned(atlas: Atlas, state: ScenarioSnapshot, after_id: int | None) -> int | None:
    """Id of the next parcel without a cluster, after this one, then from the start; None when none is left."""
    ids = atlas.parcels().ids
    bare = np.intersect1d(state.ids[state.cluster == NONE], ids, assume_unique=True)
    if not len(bare):
        return None
    at = 0 if after_id is None else int(np.searchsorted(bare, after_id, side="right"))
    return int(bare[at % len(bare)])


def _hit(snapshot: LayerSnapshot, row: int) -> Hit:
    name = snapshot.frame["name"].iloc[row]
    return Hit(snapshot.name, int(snapshot.ids[row]), str(snapshot.codes[row]), name if isinstance(name, str) else "")


def _on_screen(lonlat: NDArray[np.float64]) -> BaseGeometry:
    """The drawn shape in Web Mercator, where its lines are straight."""
    x, y = converter(4326, _WEB_MERCATOR).points(lonlat[:, 0], lonlat[:, 1])
    return selecting.from_ring(np.column_stack([x, y]))


def _in_storage(drawn: BaseGeometry, parcels: ParcelSnapshot) -> BaseGeometry:
    to_storage = converter(_WEB_MERCATOR, parcels.epsg)
    near = shapely.intersection(drawn, _extent_on_screen(parcels))
    step = max(_STEP_M, shapely.length(near) / _MOST_STEPS)
    bent: BaseGeometry = to_storage.geometries(np.array([shapely.segmentize(near, step)], dtype=object))[0]
    # a line of the shape may touch itself once it is bent
    return bent if bent.is_valid else bent.buffer(0.0)


def _extent_on_screen(parcels: ParcelSnapshot) -> BaseGeometry:
    if parcels.index is None:
        return shapely.Polygon()
    bounds = parcels.index.bounds
    lowest, highest = np.nanmin(bounds, axis=0), np.nanmax(bounds, axis=0)
    around = shapely.segmentize(box(lowest[0], lowest[1], highest[2], highest[3]), _STEP_M * 10)
    shown = converter(parcels.epsg, _WEB_MERCATOR).geometries(np.array([around], dtype=object))
    west, south, east, north = shapely.bounds(shown[0])
    extent: BaseGeometry = box(west - _MARGIN_M, south - _MARGIN_M, east + _MARGIN_M, north + _MARGIN_M)
    return extent
