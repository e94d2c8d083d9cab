"""Judging parcels by the rule book: arrays in, one row out for each parcel, rule and cause. It reads nothing.

What does not change from one question to the next (where the constraints, roads and facilities lie) is a ``Ground``,
made once; what it draws out for a rule is kept in it. Neighbours are found in the tree of the parcels.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.index import ParcelIndex
from geo.reaching import Areas, Common
from layers.rules import ANY, CLUSTERS, GEOMETRIC, Rule

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: columns of what judging gives: rows of ``Lots``, place of the rule in the list, layer and row of the cause
COLUMNS: Final = ("lot", "rule", "layer", "cause", "area_m2", "distance_m", "shape")
NO_CAUSE: Final = -1


@dataclass(frozen=True, slots=True)
class Things:
    """A layer that may stand against a parcel: shapes, the kind of each, and the width of those that are lines."""

    geoms: NDArray[np.object_]
    kinds: NDArray[np.object_]
    widths_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lots:
    """The parcels to be judged: rows of the index, boundaries, land-use codes, stages, the cluster that each is to get.

    Texts are None where there is none; a lot without a cluster breaks no rule.
    """

    rows: Rows
    geoms: NDArray[np.object_]
    land_use: NDArray[np.object_]
    stage: NDArray[np.object_]
    cluster: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Everyone:
    """All parcels of the index: the cluster of each as it will stand (None = none), its land-use code."""

    cluster: NDArray[np.object_]
    land_use: NDArray[np.object_]


@dataclass
class Ground:
    """Everything that stands still while parcels are painted, with what was drawn out of it so far."""

    layers: Mapping[str, Things]
    parcels: ParcelIndex | None
    _areas: dict[tuple[object, ...], tuple[Rows, Areas]] = field(default_factory=dict)
    _around: dict[float, Areas] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def areas(self, rule: Rule) -> tuple[Rows, Areas]:
        """What a rule looks at: rows of its layer, and their areas with the rule's reach; kept."""
        key = (rule.layer, rule.object, rule.distance_m, rule.measure)
        with self._lock:
            if key not in self._areas:
                things = self.layers.get(rule.layer)
                rows = _rows_of(things, rule)
                reach = np.zeros(0)
                if things is not None:
                    half = np.nan_to_num(things.widths_m[rows]) / 2 if rule.measure == "edge" else 0.0
                    reach = np.full(len(rows), rule.distance_m) + half
                geoms = np.zeros(0, dtype=object) if things is None else things.geoms[rows]
                self._areas[key] = (rows, Areas(geoms, reach))
            return self._areas[key]

    def drawn(self, rule: Rule, cause: int) -> shapely.Geometry | None:
        """The area by which a cause stands against parcels under a rule; None where it has none (land, stage)."""
        if rule.kind not in GEOMETRIC or cause == NO_CAUSE:
            return None
        if rule.layer == CLUSTERS:
            return self.around_parcels(rule.distance_m).drawn(cause)
        rows, areas = self.areas(rule)
        return areas.drawn(int(np.searchsorted(rows, cause)))

    def all_drawn(self, rule: Rule, near: shapely.Geometry) -> shapely.Geometry:
        """All areas of a rule near a shape, as one."""
        return self.areas(rule)[1].near(near)

    def around_parcels(self, distance_m: float) -> Areas:
        """All parcels with a reach around each, drawn out when one is asked for."""
        with self._lock:
            if distance_m not in self._around:
                geoms = np.zeros(0, dtype=object) if self.parcels is None else self.parcels.geoms
                self._around[distance_m] = Areas(geoms, distance_m)
            return self._around[distance_m]


def judge(ground: Ground, lots: Lots, rules: Iterable[Rule], everyone: Everyone) -> pd.DataFrame:
    """Judge every lot by every rule.

    ``everyone`` stands as it will when the lots have their clusters: lots that are painted together are neighbours
    with what they are painted.

    Returns
    -------
    DataFrame
        ``lot`` (row of the lots), ``rule`` (place in the list), ``layer``, ``cause`` (row of that layer, -1 = none),
        ``area_m2`` concerned, ``distance_m`` to the cause, ``shape`` (what of the lot is concerned). Sorted by lot and
        rule. Areas are not rounded. What is smaller than the rule's tolerance is left out, unless the lot itself is.
    """
    listed = list(rules)
    parts = [_by_rule(ground, lots, rule, at, everyone) for at, rule in enumerate(listed)]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype=_KINDS[name]) for name in COLUMNS})
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["lot", "rule", "cause"], ignore_index=True, kind="stable")


_KINDS: Final = {
    "lot": "int64", "rule": "int64", "layer": "object", "cause": "int64", "area_m2": "float64", "distance_m": "float64",
    "shape": "object",
}  # fmt: skip


def _by_rule(ground: Ground, lots: Lots, rule: Rule, at: int, everyone: Everyone) -> pd.DataFrame:
    concerned = _concerned(lots, rule)
    if rule.kind in {"land", "land_other", "stage"}:
        return _of_lots(lots, rule, at, np.flatnonzero(concerned))
    if rule.layer == CLUSTERS:
        return _of_clusters(ground, lots, rule, at, everyone)
    some = np.flatnonzero(concerned)
    if not len(some):
        return _frame(rule, at, np.zeros(0, np.int64), None)
    rows, areas = ground.areas(rule)
    found = areas.outside(lots.geoms[some]) if rule.kind == "outside" else areas.common(lots.geoms[some])
    kept = _told(found, rule, lots.geoms[some])
    return _frame(rule, at, some[kept.subject], kept, causes=rows[kept.other])


def _concerned(lots: Lots, rule: Rule) -> Mask:
    """The lots that a rule is of: by their new cluster and their land use."""
    mask = _one_of(lots.cluster, None if rule.subject == ANY else (rule.subject,))
    if rule.land_uses:
        mask &= _begins(lots.land_use, rule.land_uses)
    return mask


def _one_of(texts: NDArray[np.object_], wanted: tuple[str, ...] | None) -> Mask:
    """Where a text is one of those wanted; None wants any that is there."""
    if wanted is None:
        return np.asarray(pd.notna(texts), dtype=bool)
    mask = np.zeros(len(texts), dtype=bool)
    for one in wanted:
        mask |= np.asarray(texts == one, dtype=bool)
    return mask


def _begins(texts: NDArray[np.object_], starts: tuple[str, ...]) -> Mask:
    return np.array([isinstance(one, str) and one.startswith(starts) for one in texts], dtype=bool)


def _of_lots(lots: Lots, rule: Rule, at: int, some: Rows) -> pd.DataFrame:
    """What a lot's own record says: land use and stage; a cell that is empty says nothing."""
    if rule.kind == "stage":
        held = _one_of(lots.stage[some], rule.objects)
    else:
        told = _one_of(lots.land_use[some], None) & ~_one_of(lots.land_use[some], ("",))
        held = told & (_begins(lots.land_use[some], rule.objects) ^ (rule.kind == "land_other"))
    some = some[held]
    geoms = lots.geoms[some]
    whole = Common(some, np.full(len(some), NO_CAUSE), shapely.area(geoms), np.zeros(len(some)), geoms)
    return _frame(rule, at, some, whole, causes=whole.other)


def _of_clusters(ground: Ground, lots: Lots, rule: Rule, at: int, everyone: Everyone) -> pd.DataFrame:
    """Neighbours of another cluster: a rule of two clusters holds whichever of the two is painted last."""
    index = ground.parcels
    forward = _concerned(lots, rule)
    backward = _one_of(lots.cluster, rule.objects)
    some = np.flatnonzero(forward | backward)
    if index is None or not len(some):
        return _frame(rule, at, some[:0], None)
    boxes = shapely.bounds(lots.geoms[some])
    boxes += np.array([-1.0, -1.0, 1.0, 1.0]) * rule.distance_m
    subject, other = index.tree.query(shapely.box(*boxes.T))
    # first by what they are, which costs nothing, then by distance
    near, place = np.unique(other, return_inverse=True)
    theirs = Lots(near, index.geoms[near], everyone.land_use[near], near, everyone.cluster[near])
    is_object = _one_of(theirs.cluster, rule.objects)[place]
    is_subject = _concerned(theirs, rule)[place]
    mine = some[subject]
    pair = ((is_object & forward[mine]) | (is_subject & backward[mine])) & (other != lots.rows[mine])
    subject, other = subject[pair].astype(np.int64), other[pair].astype(np.int64)
    geoms = lots.geoms[some]
    found = ground.around_parcels(rule.distance_m).common_of(geoms, subject, other)
    kept = _told(found, rule, geoms)
    return _frame(rule, at, some[kept.subject], kept, causes=kept.other)


def _told(found: Common, rule: Rule, geoms: NDArray[np.object_]) -> Common:
    """Leave out what is smaller than the tolerance, unless the lot itself is no larger."""
    if not len(found):
        return found
    least = np.minimum(rule.tolerance_m2, shapely.area(geoms[found.subject]))
    kept = found.area_m2 >= least
    return Common(
        found.subject[kept], found.other[kept], found.area_m2[kept], found.distance_m[kept], found.shape[kept]
    )


def _rows_of(things: Things | None, rule: Rule) -> Rows:
    if things is None:
        return np.zeros(0, dtype=np.int64)
    if ANY in rule.objects:
        return np.arange(len(things.geoms), dtype=np.int64)
    return np.flatnonzero(np.isin(things.kinds.astype(str), rule.objects)).astype(np.int64)


def _frame(rule: Rule, at: int, lots: Rows, found: Common | None, *, causes: Rows | None = None) -> pd.DataFrame:
    if found is None or causes is None:
        return pd.DataFrame({name: pd.Series(dtype=_KINDS[name]) for name in COLUMNS})
    return pd.DataFrame(
        {
            "lot": lots,
            "rule": at,
            "layer": rule.layer,
            "cause": causes,
            "area_m2": found.area_m2,
            "distance_m": found.distance_m,
            "shape": found.shape,
        }
    )
