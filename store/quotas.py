"""Rows of quotas: how many hundredths of a 亩 a scenario means a cluster to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from store.tables import quota


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario's own row for a cluster; ``centi_mu`` None is no limit, ``inherits`` says that the base's holds."""

    cluster_id: int
    inherits: bool
    centi_mu: int | None
    version: int
    by: str
    at: str


def own_rows(conn: Connection, scenario_id: int) -> dict[int, Row]:
    """The scenario's own rows, by cluster."""
    table = quota
    wanted = (table.c.cluster_id, table.c.inherits, table.c.centi_mu, table.c.version, table.c.by, table.c.at)
    return {row[0]: Row(*row) for row in conn.execute(select(*wanted).where(table.c.scenario_id == scenario_id))}


def effective(conn: Connection, chain: Sequence[int]) -> dict[int, tuple[int | None, int]]:
    """By cluster the limit that holds and the scenario that says it: the first of the chain with a row of its own."""
    found: dict[int, tuple[int | None, int]] = {}
    for scenario_id in reversed(chain):
        for key, row in own_rows(conn, scenario_id).items():
            if not row.inherits:
                found[key] = (row.centi_mu, scenario_id)
    return found


def put(
    conn: Connection, scenario_id: int, cluster_id: int, *, inherits: bool, centi_mu: int | None, by: str, at: str
) -> None:
    """Write a row; it stays, its version rises."""
    conn.exec_driver_sql(
        'INSERT INTO quota (scenario_id, cluster_id, inherits, centi_mu, "by", at, version) '
        "VALUES (?, ?, ?, ?, ?, ?, 1) ON CONFLICT (scenario_id, cluster_id) DO UPDATE SET "
        'inherits = excluded.inherits, centi_mu = excluded.centi_mu, "by" = excluded."by", at = excluded.at, '
        "version = version + 1",
        (scenario_id, cluster_id, inherits, centi_mu, by, at),
    )
