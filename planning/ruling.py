"""What stands against giving parcels a cluster: every rule that they would break, with its cause and the land.

A judgement is of one picture of a scenario and one rule book. What the rules look at is drawn out once a revision of
the layers and kept, so that the next question is quick.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.units import centi_m2, square_metres
from layers.rule_judging import NO_CAUSE, Everyone, Ground, Lots, Things
from layers.rule_judging import judge as by_rules
from layers.rules import CLUSTERS, LEVELS, Rule, RuleBook
from layers.vocabulary import STAGES
from planning import rule_book
from planning.atlas import Atlas
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot, rows_of

FORBIDDEN, JUSTIFY, NOTICE = tuple(LEVELS)
# layers that a rule may look at, besides the parcels
LOOKED_AT: Final = ("constraints", "roads", "landscape", "facilities")
# land that stands against parcels is drawn this far around them
_AROUND_M: Final = 5.0
_CLASS_OF: Final = {"roads": "road_class"}
_RANK: Final = {NOTICE: 1, JUSTIFY: 2, FORBIDDEN: 3}
_NAMES: Final = np.array(["", NOTICE, JUSTIFY, FORBIDDEN])


@dataclass(frozen=True, slots=True)
class Cause:
    """What a parcel is too near to, or lies on: ``layer`` "" = the parcel's own record."""

    layer: str
    id: int
    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule that one parcel would break, by one cause; ``area`` is exact m², ``shape`` what of the parcel it is."""

    parcel_id: int
    code: str
    cluster: str
    level: str
    rule: Rule
    cause: Cause
    area_m2: Decimal
    distance_m: float
    shape: BaseGeometry

    @property
    def key(self) -> tuple[int, str, str, int]:
        """What a signature is of: parcel, rule, cause."""
        return self.parcel_id, self.rule.code, self.cause.layer, self.cause.id


@dataclass(frozen=True)
class Judgement:
    """Every row, by parcel in the order of ids; ``book`` is the revision of the rule book that judged."""

    ids: NDArray[np.int64]
    cluster: str | None
    book: int
    rows: tuple[Row, ...]

    @cached_property
    def _of_parcel(self) -> dict[int, tuple[Row, ...]]:
        found: dict[int, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row.parcel_id, []).append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def _ranks(self) -> dict[int, int]:
        return {key: max(_RANK[row.level] for row in rows) for key, rows in self._of_parcel.items()}

    def by_parcel(self, parcel_id: int) -> tuple[Row, ...]:
        """The rows of one parcel, the worst first."""
        return tuple(sorted(self._of_parcel.get(parcel_id, ()), key=lambda row: (-_RANK[row.level], row.rule.code)))

    def level_of(self, ids: ArrayLike) -> NDArray[np.str_]:
        """The worst level of each parcel, "" where nothing stands against it."""
        listed = np.asarray(ids, dtype=np.int64).tolist()
        return np.asarray(_NAMES[[self._ranks.get(key, 0) for key in listed]])

    def at(self, level: str) -> NDArray[np.int64]:
        """The parcels whose worst level this is; "" = those that nothing stands against."""
        found: NDArray[np.int64] = self.ids[self.level_of(self.ids) == level]
        return found

    def rows_at(self, level: str) -> tuple[Row, ...]:
        """The rows of a level."""
        return tuple(row for row in self.rows if row.level == level)


def judge(
    atlas: Atlas,
    state: ScenarioSnapshot,
    ids: ArrayLike,
    cluster: str | None,
    *,
    book: RuleBook | None = None,
) -> Judgement:
    """Judge parcels that are to get a cluster all at once; None judges each by the cluster that it has.

    Unassigned parcels break no rule. ``book`` is another rule book than the one in force: one of an earlier revision,
    or one that is being edited.

    Raises
    ------
    Refused
        Some parcel is not there.
    """
    held = rule_book_of(atlas) if book is None else book
    parcels = atlas.parcels()
    chosen = np.unique(np.asarray(ids, dtype=np.int64))
    rows = parcels.row_of(chosen)
    clusters = _clusters(parcels, state)
    if cluster is not None:
        clusters[rows] = cluster
    names = sorted({one for one in clusters[rows].tolist() if one is not None})
    rules = tuple({rule.code: rule for name in names for rule in held.of(name)}.values())
    everyone = Everyone(clusters, parcels.frame["land_use"].to_numpy(dtype=object))
    lots = Lots(
        rows,
        parcels.geoms[rows],
        everyone.land_use[rows],
        np.array([*STAGES, *[None] * (NONE + 1 - len(STAGES))], dtype=object)[parcels.stage[rows]],
        clusters[rows],
    )
    frame = by_rules(_ground(atlas, parcels), lots, rules, everyone)
    return Judgement(chosen, cluster, held.revision, _told(atlas, parcels, lots, rules, frame))


def clean_part(
    atlas: Atlas, state: ScenarioSnapshot, ids: ArrayLike, cluster: str, *, with_justified: bool = False
) -> NDArray[np.int64]:
    """The parcels that can be painted while the others stay as they are: nothing stands against them then.

    What stays may itself stand against a neighbour, so what is left is judged again until nothing more falls away.
    ``with_justified`` counts those that only want a reason.
    """
    left = np.unique(np.asarray(ids, dtype=np.int64))
    shut = [FORBIDDEN] if with_justified else [FORBIDDEN, JUSTIFY]
    while len(left):
        fit = ~np.isin(judge(atlas, state, left, cluster).level_of(left), shut)
        if fit.all():
            return left
        left = left[fit]
    return left


def to_be_judged(state: ScenarioSnapshot, ids: ArrayLike, cluster: str) -> NDArray[np.int64]:
    """Those parcels of a stroke that show another cluster now and are not locked: what the gate looks at."""
    chosen = np.unique(np.asarray(ids, dtype=np.int64))
    rows = rows_of(state.ids, chosen)
    place = state.codes.index(cluster)
    found: NDArray[np.int64] = chosen[(state.cluster[rows] != place) & ~state.locked[rows]]
    return found


def conflict_area(atlas: Atlas, rows: Iterable[Row]) -> BaseGeometry:
    """The land by which these rows stand against their parcels, around them: along its edge parcels can be parted.

    Rows that concern a parcel as a whole (land use, stage) add nothing; an empty geometry when there is no other.
    """
    parcels = atlas.parcels()
    ground = _ground(atlas, parcels)
    found: list[BaseGeometry] = []
    by_cause: dict[tuple[str, str, int], list[Row]] = {}
    for row in rows:
        by_cause.setdefault((row.rule.code, row.cause.layer, row.cause.id), []).append(row)
    for (_, layer, cause), some in by_cause.items():
        rule = some[0].rule
        lots = parcels.geoms[parcels.row_of([row.parcel_id for row in some])]
        around = shapely.box(*(shapely.total_bounds(lots) + np.array([-1.0, -1.0, 1.0, 1.0]) * _AROUND_M))
        if rule.kind == "outside":
            found.append(shapely.difference(around, ground.all_drawn(rule, around)))
            continue
        if not layer:
            continue
        held = parcels if layer == CLUSTERS else atlas.layer(layer)
        drawn = ground.drawn(rule, int(held.row_of([cause])[0]))
        if drawn is not None:
            found.append(shapely.intersection(drawn, around))
    area: BaseGeometry = shapely.union_all(found) if found else shapely.Polygon()
    return area


def forbidden_pairs(
    atlas: Atlas, state: ScenarioSnapshot, clusters: Iterable[str], *, level: str = FORBIDDEN
) -> tuple[tuple[str, str, float], ...]:
    """Pairs of these clusters that may not lie within a distance of each other, each once, with the largest in m."""
    wanted = [one for one in clusters if one in state.codes]
    found: dict[tuple[str, str], float] = {}
    for rule in rule_book_of(atlas).rules:
        if not rule.on or rule.layer != CLUSTERS or rule.level != level:
            continue
        for first in wanted:
            for second in wanted:
                if rule.subject in {"*", first} and second in rule.objects:
                    pair = (min(first, second), max(first, second))
                    found[pair] = max(found.get(pair, 0.0), rule.distance_m)
    return tuple((*pair, metres) for pair, metres in sorted(found.items()))


def rule_book_of(atlas: Atlas) -> RuleBook:
    """The book in force, kept by its revision."""
    return _shelf_of(atlas).book(atlas)


class _Shelf:
    """What is kept for one atlas: the book, and the ground that it is held against."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._book: RuleBook | None = None
        self._ground: tuple[tuple[int, ...], Ground] | None = None

    def book(self, atlas: Atlas) -> RuleBook:
        with self._lock:
            if self._book is None or self._book.revision != atlas.revision("rules"):
                self._book = rule_book.book(atlas.db)
            return self._book

    def ground(self, atlas: Atlas, parcels: ParcelSnapshot) -> Ground:
        layers = {name: atlas.layer(name) for name in LOOKED_AT}
        key = (parcels.revision, *(layer.revision for layer in layers.values()))
        with self._lock:
            if self._ground is None or self._ground[0] != key:
                things = {name: _things(layer) for name, layer in layers.items() if len(layer)}
                self._ground = (key, Ground(things, parcels.index))
            return self._ground[1]


_SHELVES: WeakKeyDictionary[Atlas, _Shelf] = WeakKeyDictionary()
_SHELVES_LOCK: Final = threading.Lock()


def _shelf_of(atlas: Atlas) -> _Shelf:
    with _SHELVES_LOCK:
        return _SHELVES.setdefault(atlas, _Shelf())


def _ground(atlas: Atlas, parcels: ParcelSnapshot) -> Ground:
    return _shelf_of(atlas).ground(atlas, parcels)


def _things(layer: LayerSnapshot) -> Things:
    kinds = layer.frame[_CLASS_OF.get(layer.name, "kind")].to_numpy(dtype=object)
    widths = np.full(len(layer), np.nan)
    if "width_m" in layer.frame:
        # a road drawn as an area has its width already
        lines = shapely.get_dimensions(layer.geoms) < 2  # noqa: PLR2004 - an area
        widths[lines] = layer.frame["width_m"].to_numpy(dtype=np.float64)[lines]
    return Things(layer.geoms, kinds, widths)


def _clusters(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> NDArray[np.object_]:
    """The cluster code of each row of the parcels, None = none; a new array."""
    codes = np.array([*state.codes, *[None] * (NONE + 1 - len(state.codes))], dtype=object)
    if len(state.ids) == len(parcels.ids) and np.array_equal(state.ids, parcels.ids):
        return codes[state.cluster]
    # the picture is of other parcels than there are now: those that it does not know have no cluster
    found = np.full(len(parcels.ids), None, dtype=object)
    known = np.isin(parcels.ids, state.ids)
    found[known] = codes[state.cluster[rows_of(state.ids, parcels.ids[known])]]
    return found


def _told(
    atlas: Atlas, parcels: ParcelSnapshot, lots: Lots, rules: Sequence[Rule], frame: pd.DataFrame
) -> tuple[Row, ...]:
    cents = centi_m2(frame["area_m2"].to_numpy(dtype=np.float64)).tolist()
    causes = _causes(atlas, parcels, frame)
    ids, codes, clusters = parcels.ids[lots.rows].tolist(), parcels.codes[lots.rows], lots.cluster
    columns = zip(
        frame["lot"].tolist(), frame["rule"].tolist(), frame["layer"], frame["cause"].tolist(), cents,
        frame["distance_m"].tolist(), frame["shape"], strict=True,
    )  # fmt: skip
    return tuple(
        Row(
            ids[lot], codes[lot], clusters[lot], rules[at].level, rules[at], causes[layer, cause], square_metres(cent),
            distance, shape,
        )
        for lot, at, layer, cause, cent, distance, shape in columns
    )  # fmt: skip


def _causes(atlas: Atlas, parcels: ParcelSnapshot, frame: pd.DataFrame) -> dict[tuple[str, int], Cause]:
    """Every cause that occurs, once, with its names; by layer and row."""
    found: dict[tuple[str, int], Cause] = {}
    layers, rows = frame["layer"].to_numpy(dtype=object), frame["cause"].to_numpy(dtype=np.int64)
    for layer in dict.fromkeys(layers.tolist()):
        places = np.unique(rows[layers == layer])
        if NO_CAUSE in places:
            found[layer, NO_CAUSE] = Cause("", 0, "", "", "")
            places = places[places != NO_CAUSE]
        if not len(places):
            continue
        held = parcels if layer == CLUSTERS else atlas.layer(layer)
        names = held.frame["name"].to_numpy(dtype=object)
        kinds = None if layer == CLUSTERS else held.frame[_CLASS_OF.get(layer, "kind")].to_numpy(dtype=object)
        for at in places.tolist():
            kind = "" if kinds is None else _text(kinds[at])
            found[layer, at] = Cause(layer, int(held.ids[at]), str(held.codes[at]), _text(names[at]), kind)
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
