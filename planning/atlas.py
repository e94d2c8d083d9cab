"""The reading room: snapshots of layers and scenarios, kept by revision, shared by all threads of the process."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select, union

from geo import adjacency, coverage, frontage, grouping, stacking
from layers.clusters import Cluster
from layers.schema import LAYERS
from planning.errors import Fault, Refused
from planning.published_day import published_day
from planning.snapshots import NONE, LayerSnapshot, ParcelSnapshot, ScenarioSnapshot, exact_areas, frozen, stage_bytes
from store import assignments, clusters, features, locks, revisions, scenarios
from store.database import Database
from store.features import Shapes
from store.scenarios import PUBLISHED, Scenario
from store.tables import assignment, lock

PARCELS: Final = "parcels"


@dataclass(frozen=True)
class _ClusterList:
    revision: int
    ids: tuple[int, ...]
    clusters: tuple[Cluster, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(cluster.code for cluster in self.clusters)

    def bytes_of(self, cluster_ids: NDArray[np.int64]) -> NDArray[np.uint8]:
        """Database ids (0 = none) as positions in the list, 255 = none."""
        place = np.full(max(self.ids, default=0) + 1, NONE, dtype=np.uint8)
        place[list(self.ids)] = np.arange(len(self.ids), dtype=np.uint8)
        return place[cluster_ids]


class Atlas:
    """What everyone reads. One per process; every answer is whole, frozen, and of one state of the database."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.epsg = db.epsg
        self._lock = threading.RLock()
        self._clusters: _ClusterList | None = None
        self._layers: dict[str, LayerSnapshot] = {}
        self._shapes: tuple[int, Shapes] | None = None
        self._parcels: ParcelSnapshot | None = None
        self._scenarios: dict[int, ScenarioSnapshot] = {}
        if db.companion is None:
            db.companion = self

    @classmethod
    def of(cls, db: Database) -> Atlas:
        """The atlas of a database in this process: the first that was made, a new one when there is none."""
        return db.companion if isinstance(db.companion, cls) else cls(db)

    def revision(self, key: str) -> int:
        """Return the number of a key as it stands now; KeyError when there is no such key."""
        with self.db.read() as conn:
            return revisions.read(conn, key)

    def revisions(self) -> dict[str, int]:
        """Every key with its number, in one read."""
        with self.db.read() as conn:
            return revisions.read_all(conn)

    def clusters(self) -> tuple[Cluster, ...]:
        """The clusters, in the order that byte arrays count them."""
        with self.db.read() as conn:
            return self._cluster_list(conn).clusters

    def scenarios(self) -> tuple[Scenario, ...]:
        """Every scenario, the base 现状 first."""
        with self.db.read() as conn:
            return scenarios.list_all(conn)

    def layer(self, name: str) -> LayerSnapshot:
        """Return the layer as it stands now; Refused when there is no layer of that name."""
        if name not in LAYERS:
            raise Refused(Fault("unknown_layer", {"layer": name, "known": tuple(LAYERS)}))
        if name == PARCELS:
            return self.parcels()
        with self.db.read() as conn:
            return self._layer(conn, name)

    def parcels(self) -> ParcelSnapshot:
        """Return the parcels as they stand now."""
        with self.db.read() as conn:
            return self._parcel_snapshot(conn)

    def scenario(self, scenario_id: int) -> ScenarioSnapshot:
        """Return the scenario over the parcels as they stand now; Refused when there is no such scenario."""
        with self.db.read() as conn:
            return self._scenario(conn, scenario_id)

    def warm(self) -> None:
        """Read everything and build what is slow to build, so that the first person does not wait for it."""
        for name in LAYERS:
            snapshot = self.layer(name)
            if snapshot.index is not None:
                _ = snapshot.index.tree
                _ = snapshot.tiles
                _ = snapshot.texts
        for one in self.scenarios():
            self.scenario(one.id)
        adjacency.warm()
        coverage.warm()
        frontage.warm()
        grouping.warm()
        stacking.warm()

    # the lock is held while reading: two threads that miss the cache at once would read 100,000 rows twice

    def _cluster_list(self, conn: Connection) -> _ClusterList:
        revision = revisions.read(conn, revisions.CLUSTERS)
        with self._lock:
            if self._clusters is None or self._clusters.revision != revision:
                self._clusters = _ClusterList(revision, *clusters.load(conn))
            return self._clusters

    def _layer(self, conn: Connection, name: str) -> LayerSnapshot:
        revision = revisions.read(conn, name)
        with self._lock:
            held = self._layers.get(name)
            if held is None or held.revision != revision:
                shapes = features.load_shapes(conn, name)
                frame = features.load_attributes(conn, name)
                held = LayerSnapshot(name, self.epsg, revision, *_parts(shapes), frame)
                self._layers[name] = held
            return held

    def _parcel_snapshot(self, conn: Connection) -> ParcelSnapshot:
        now = revisions.read_all(conn)
        revision, fields_revision = now[PARCELS], now[revisions.PARCEL_FIELDS]
        with self._lock:
            held = self._parcels
            if held is not None and (held.revision, held.fields_revision) == (revision, fields_revision):
                return held
            frame = features.load_attributes(conn, PARCELS)
            stage = stage_bytes(frame["stage"])
            if held is not None and held.revision == revision:
                fresh = replace(held, fields_revision=fields_revision, frame=frame, stage=stage)
                _carry_over(held, fresh)
            else:
                shapes = features.load_shapes(conn, PARCELS)
                areas = exact_areas(shapes.area_m2)
                fresh = ParcelSnapshot(
                    PARCELS, self.epsg, revision, *_parts(shapes), frame, fields_revision, stage, areas
                )
                if held is not None:
                    fresh.follow(held)
            self._parcels = fresh
            return fresh

    def _scenario(self, conn: Connection, scenario_id: int) -> ScenarioSnapshot:
        one = scenarios.find(conn, scenario_id)
        if one is None:
            known = {other.id: other.name for other in scenarios.list_all(conn)}
            raise Refused(Fault("unknown_scenario", {"scenario": scenario_id, "known": known}))
        with self._lock:
            parcels = self._parcel_snapshot(conn)
            listed = self._cluster_list(conn)
            revision = revisions.read(conn, revisions.assignments_key(scenario_id))
            held = self._scenarios.get(scenario_id)
            if held is None or held.parcels_revision != parcels.revision or held.codes != listed.codes:
                held = _read_scenario(conn, one, revision, parcels, listed)
            elif held.revision != revision:
                held = _caught_up(conn, held, one, revision, parcels, listed)
            elif held.scenario != one:
                held = _of_its_day(conn, replace(held, scenario=one))
            self._scenarios[scenario_id] = held
            return held


def behind(db: Database, state: ScenarioSnapshot) -> int:
    """How many parcels others changed in the scenario since a tab's picture was taken, its own later acts aside."""
    return changed_since(db, state.scenario.id, state.revision, own=state.ahead)


def changed_since(db: Database, scenario_id: int, revision: int, *, own: Collection[int] = ()) -> int:
    """How many parcels were assigned or locked otherwise after a revision, acts with the revisions ``own`` left out."""
    with db.read() as conn:
        chain = scenarios.chain(conn, scenario_id)
        painted = select(assignment.c.parcel_id).where(
            assignment.c.scenario_id.in_(chain), assignment.c.revision > revision, assignment.c.revision.not_in(own)
        )
        locked = select(lock.c.parcel_id).where(
            lock.c.scenario_id == scenario_id,
            lock.c.revision > revision,
            lock.c.revision.not_in(own),
            lock.c.parcel_id.is_not(None),
        )
        return int(conn.execute(select(func.count()).select_from(union(painted, locked).subquery())).scalar_one())


def _parts(shapes: Shapes) -> tuple[NDArray[np.int64], NDArray[np.object_], NDArray[np.object_]]:
    return frozen(shapes.ids), frozen(shapes.codes), frozen(shapes.geoms)


def _carry_over(held: ParcelSnapshot, fresh: ParcelSnapshot) -> None:
    """Hand what was built from geometry alone to a snapshot whose geometry is the same."""
    for name in ("index", "tiles", "adjacency", "measured_before", "id_of_code"):
        if name in held.__dict__:
            fresh.__dict__[name] = held.__dict__[name]


def _read_scenario(
    conn: Connection, one: Scenario, revision: int, parcels: ParcelSnapshot, listed: _ClusterList
) -> ScenarioSnapshot:
    """Read a scenario whole: its bases from the oldest down, then its own rows over them."""
    count = len(parcels.ids)
    effective = np.full(count, NONE, dtype=np.uint8)
    inherited = effective
    own = np.zeros(count, dtype=bool)
    version = np.zeros(count, dtype=np.int64)
    for scenario_id in reversed(scenarios.chain(conn, one.id)):
        inherited = effective.copy()
        rows, columns = _placed(parcels.ids, assignments.columns(conn, scenario_id))
        mine = ~columns.inherits
        effective[rows[mine]] = listed.bytes_of(columns.cluster_id[mine])
        if scenario_id == one.id:
            own[rows[mine]] = True
            version[rows] = columns.version
    locked = np.isin(parcels.ids, locks.locked_parcels(conn, one.id))
    read = ScenarioSnapshot(
        scenario=one,
        revision=revision,
        parcels_revision=parcels.revision,
        codes=listed.codes,
        ids=parcels.ids,
        cluster=frozen(effective),
        inherited=frozen(inherited),
        version=frozen(version),
        own=frozen(own),
        parcel_locked=frozen(locked),
        locked_clusters=_locked_codes(conn, one.id, listed),
    )
    return _of_its_day(conn, read)


def _of_its_day(conn: Connection, state: ScenarioSnapshot) -> ScenarioSnapshot:
    """Give parcels of a published scenario the clusters of its day, whatever happened to its bases since."""
    day = published_day(conn, state.scenario.id) if state.scenario.state == PUBLISHED else None
    if day is None:
        return state
    place: dict[str | None, int] = {code: at for at, code in enumerate(state.codes)} | {None: NONE}
    then = np.array([place.get(code, NONE) for code in day.clusters.tolist()], dtype=np.uint8)
    there = np.isin(state.ids, day.ids)
    cluster = state.cluster.copy()
    cluster[there] = then[np.searchsorted(day.ids, state.ids[there])]
    return replace(state, cluster=frozen(cluster))


def _caught_up(
    conn: Connection,
    held: ScenarioSnapshot,
    one: Scenario,
    revision: int,
    parcels: ParcelSnapshot,
    listed: _ClusterList,
) -> ScenarioSnapshot:
    """Bring a snapshot up to date by the rows written since; read it whole when a base of it was written."""
    bases = scenarios.chain(conn, one.id)[1:]
    if one.state == PUBLISHED or any(
        len(assignments.columns(conn, base, after_revision=held.revision).parcel_id) for base in bases
    ):
        return _read_scenario(conn, one, revision, parcels, listed)
    rows, columns = _placed(held.ids, assignments.columns(conn, one.id, after_revision=held.revision))
    cluster, version = held.cluster.copy(), held.version.copy()
    own, locked = held.own.copy(), held.parcel_locked.copy()
    cluster[rows] = np.where(columns.inherits, held.inherited[rows], listed.bytes_of(columns.cluster_id))
    version[rows] = columns.version
    own[rows] = ~columns.inherits
    changed = {lock.parcel_id: lock.active for lock in locks.parcel_locks_since(conn, one.id, held.revision)}
    live = np.flatnonzero(np.isin(held.ids, list(changed)))
    locked[live] = [changed[int(key)] for key in held.ids[live]]
    return replace(
        held,
        scenario=one,
        revision=revision,
        cluster=frozen(cluster),
        version=frozen(version),
        own=frozen(own),
        parcel_locked=frozen(locked),
        locked_clusters=_locked_codes(conn, one.id, listed),
    )


def _placed(ids: NDArray[np.int64], columns: assignments.Columns) -> tuple[NDArray[np.intp], assignments.Columns]:
    """Positions of assignment rows among the live parcels; rows of ended parcels are left out."""
    live = np.isin(columns.parcel_id, ids)
    kept = assignments.Columns(
        columns.parcel_id[live], columns.cluster_id[live], columns.inherits[live], columns.version[live]
    )
    return np.searchsorted(ids, kept.parcel_id), kept


def _locked_codes(conn: Connection, scenario_id: int, listed: _ClusterList) -> frozenset[str]:
    codes = dict(zip(listed.ids, listed.codes, strict=True))
    return frozenset(codes[one] for one in locks.locked_clusters(conn, scenario_id))
