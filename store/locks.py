"""Rows of locks: a parcel, or a whole cluster, that nobody may change in a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from store.idsets import among
from store.tables import lock


@dataclass(frozen=True, slots=True)
class ParcelLock:
    """A parcel's lock as it stands."""

    parcel_id: int
    active: bool
    version: int


def locked_clusters(conn: Connection, scenario_id: int) -> frozenset[int]:
    """Ids of the clusters that are locked in the scenario."""
    query = select(lock.c.cluster_id).where(
        lock.c.scenario_id == scenario_id, lock.c.cluster_id.is_not(None), lock.c.active.is_(True)
    )
    return frozenset(conn.execute(query).scalars())


def locked_parcels(conn: Connection, scenario_id: int) -> list[int]:
    """Ids of the parcels that are locked by themselves."""
    query = select(lock.c.parcel_id).where(
        lock.c.scenario_id == scenario_id, lock.c.parcel_id.is_not(None), lock.c.active.is_(True)
    )
    return list(conn.execute(query).scalars())


def locked_among(conn: Connection, scenario_id: int, parcel_ids: Sequence[int]) -> frozenset[int]:
    """Which of these parcels are locked by themselves."""
    query = select(lock.c.parcel_id).where(
        lock.c.scenario_id == scenario_id, lock.c.active.is_(True), among(lock.c.parcel_id, parcel_ids)
    )
    return frozenset(conn.execute(query).scalars())


def parcel_locks_since(conn: Connection, scenario_id: int, revision: int) -> list[ParcelLock]:
    """Locks of parcels that were set or taken off after a revision."""
    query = select(lock.c.parcel_id, lock.c.active, lock.c.version).where(
        lock.c.scenario_id == scenario_id, lock.c.parcel_id.is_not(None), lock.c.revision > revision
    )
    return [ParcelLock(*row) for row in conn.execute(query)]


def put(
    conn: Connection,
    scenario_id: int,
    *,
    parcel_ids: Sequence[int] = (),
    cluster_ids: Sequence[int] = (),
    active: bool,
    by: str,
    at: str,
    revision: int,
) -> None:
    """Set or take off locks; a lock's row stays, its version rises."""
    for column, keys in (("parcel_id", parcel_ids), ("cluster_id", cluster_ids)):
        if not keys:
            continue
        conn.exec_driver_sql(
            f'INSERT INTO lock (scenario_id, {column}, active, "by", at, version, revision) '  # noqa: S608
            f"VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (scenario_id, {column}) DO UPDATE SET active = excluded.active, "
            '"by" = excluded."by", at = excluded.at, version = version + 1, revision = excluded.revision',
            [(scenario_id, int(key), active, by, at, revision) for key in keys],
        )
