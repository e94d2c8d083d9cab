"""Rows of assignments: which cluster a scenario gives a parcel, its version, and every version before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, and_, select

from store.errors import VersionMoved
from store.idsets import among
from store.tables import assignment, assignment_history, audit

# 0 stands for "no cluster" in arrays, where a row of the database has NULL
NO_CLUSTER: Final = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario's own row for a parcel; ``inherits`` says that the base shows through."""

    parcel_id: int
    cluster_id: int | None
    inherits: bool
    reason: str | None
    version: int
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Many rows as arrays, in parcel order; ``cluster_id`` is 0 where there is none."""

    parcel_id: NDArray[np.int64]
    cluster_id: NDArray[np.int64]
    inherits: NDArray[np.bool_]
    version: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NewRow:
    """What a row shall be; ``version`` is the new one, one above what was read (1 = there was none)."""

    parcel_id: int
    cluster_id: int | None
    inherits: bool
    reason: str | None
    version: int


def own_rows(conn: Connection, scenario_id: int, parcel_ids: Sequence[int]) -> dict[int, Row]:
    """The scenario's own rows for these parcels, by parcel."""
    table = assignment
    wanted = (
        table.c.parcel_id,
        table.c.cluster_id,
        table.c.inherits,
        table.c.reason,
        table.c.version,
        table.c.by,
        table.c.at,
    )
    found = conn.execute(
        select(*wanted).where(table.c.scenario_id == scenario_id, among(table.c.parcel_id, parcel_ids))
    )
    return {row[0]: Row(*row) for row in found}


def inherited(conn: Connection, bases: Sequence[int], parcel_ids: Sequence[int]) -> dict[int, int | None]:
    """The cluster that the nearest base with a row of its own gives each parcel; others are left out."""
    found: dict[int, int | None] = {}
    left = list(parcel_ids)
    for base in bases:
        rows = own_rows(conn, base, left)
        found.update({key: row.cluster_id for key, row in rows.items() if not row.inherits})
        left = [key for key in left if key not in found]
    return found


def columns(conn: Connection, scenario_id: int, *, after_revision: int | None = None) -> Columns:
    """All own rows of a scenario as arrays, or only those written after a revision."""
    raw = conn.connection.driver_connection
    sql = "SELECT parcel_id, COALESCE(cluster_id, 0), inherits, version FROM assignment WHERE scenario_id = ?"
    if after_revision is None:
        rows = raw.execute(f"{sql} ORDER BY parcel_id", (scenario_id,)).fetchall() if raw else []
    else:
        rows = raw.execute(f"{sql} AND revision > ?", (scenario_id, after_revision)).fetchall() if raw else []
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Columns(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(bool), table[:, 3].copy())


def columns_until(conn: Connection, scenario_id: int, audit_seq: int) -> Columns:
    """Own rows of a scenario as they stood after an entry of the audit chain, as arrays in parcel order."""
    # SQLite takes the other columns from the row that has the greatest version
    sql = (
        "SELECT parcel_id, COALESCE(cluster_id, 0), inherits, MAX(version) FROM assignment_history "
        "WHERE scenario_id = ? AND audit_seq <= ? GROUP BY parcel_id ORDER BY parcel_id"
    )
    rows = conn.exec_driver_sql(sql, (scenario_id, audit_seq)).fetchall()
    table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 4)
    return Columns(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].astype(bool), table[:, 3].copy())


def put(
    conn: Connection, scenario_id: int, rows: Sequence[NewRow], *, by: str, at: str, revision: int, audit_seq: int
) -> None:
    """Write the rows, each only over the version just below its own, and add them to the history.

    Raises
    ------
    VersionMoved
        Some row was not at that version; the caller's transaction must not be committed.
    """
    if not rows:
        return
    values = [
        (scenario_id, row.parcel_id, row.cluster_id, row.inherits, row.reason, by, at, row.version, revision)
        for row in rows
    ]
    done = conn.exec_driver_sql(
        'INSERT INTO assignment (scenario_id, parcel_id, cluster_id, inherits, reason, "by", at, version, revision) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (scenario_id, parcel_id) DO UPDATE SET "
        "cluster_id = excluded.cluster_id, inherits = excluded.inherits, reason = excluded.reason, "
        '"by" = excluded."by", at = excluded.at, version = excluded.version, revision = excluded.revision '
        "WHERE assignment.version = excluded.version - 1",
        values,
    )
    if done.rowcount != len(rows):
        raise VersionMoved("assignment", f"{done.rowcount} of {len(rows)}")
    conn.exec_driver_sql(
        "INSERT INTO assignment_history (scenario_id, parcel_id, version, cluster_id, inherits, audit_seq) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(scenario_id, row.parcel_id, row.version, row.cluster_id, row.inherits, audit_seq) for row in rows],
    )


def values_at(conn: Connection, scenario_id: int, versions: Mapping[int, int]) -> dict[int, tuple[int | None, bool]]:
    """(cluster id, inherits) of parcels as they were at given versions; versions that never were are left out."""
    table = assignment_history
    found = conn.execute(
        select(table.c.parcel_id, table.c.version, table.c.cluster_id, table.c.inherits).where(
            table.c.scenario_id == scenario_id, among(table.c.parcel_id, list(versions))
        )
    )
    return {row.parcel_id: (row.cluster_id, row.inherits) for row in found if versions[row.parcel_id] == row.version}


def changed_after(
    conn: Connection, parcel_ids: Sequence[int], audit_seq: int, *, besides: int
) -> list[tuple[int, int | None, int | None]]:
    """(parcel, cluster before, cluster now) of own rows that scenarios other than ``besides`` changed after an entry.

    Rows that were changed and put back are left out; a row that inherits counts as no cluster.
    """
    table = assignment_history
    query = (
        select(table.c.scenario_id, table.c.parcel_id, table.c.cluster_id, table.c.inherits, table.c.audit_seq)
        .where(among(table.c.parcel_id, parcel_ids), table.c.scenario_id != besides)
        .order_by(table.c.scenario_id, table.c.parcel_id, table.c.version)
    )
    before: dict[tuple[int, int], tuple[int | None, bool]] = {}
    now: dict[tuple[int, int], tuple[int | None, bool]] = {}
    for row in conn.execute(query):
        held = now if row.audit_seq > audit_seq else before
        held[row.scenario_id, row.parcel_id] = (row.cluster_id, row.inherits)
    nothing = (None, True)
    return [
        (key[1], before.get(key, nothing)[0], one[0]) for key, one in now.items() if before.get(key, nothing) != one
    ]


def timeline(conn: Connection, scenario_id: int, parcel_id: int) -> list[dict[str, Any]]:
    """Every version of one parcel's assignment, oldest first, with who and when."""
    table = assignment_history
    found = conn.execute(
        select(table.c.version, table.c.cluster_id, table.c.inherits, audit.c.actor, audit.c.at, audit.c.verb)
        .join(audit, audit.c.seq == table.c.audit_seq)
        .where(and_(table.c.scenario_id == scenario_id, table.c.parcel_id == parcel_id))
        .order_by(table.c.version)
    )
    return [dict(row._mapping) for row in found]  # noqa: SLF001  # SQLAlchemy's public name for it


def painted(conn: Connection, scenario_id: int) -> list[tuple[int, int | None, str | None]]:
    """(parcel, cluster, reason) of all rows by which a scenario differs from its base, in parcel order."""
    table = assignment
    query = (
        select(table.c.parcel_id, table.c.cluster_id, table.c.reason)
        .where(table.c.scenario_id == scenario_id, table.c.inherits.is_(False))
        .order_by(table.c.parcel_id)
    )
    return [tuple(row) for row in conn.execute(query)]
