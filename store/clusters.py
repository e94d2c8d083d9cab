"""Rows of clusters, in the order of the office's list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from sqlalchemy import Connection, insert, select

from layers.clusters import Cluster
from store.tables import cluster


def add_all(conn: Connection, clusters: Sequence[Cluster]) -> None:
    """Enter the list into an empty table; position is the order of the list."""
    conn.execute(
        insert(cluster), [{"id": at, "position": at, **asdict(one)} for at, one in enumerate(clusters, start=1)]
    )


def load(conn: Connection) -> tuple[tuple[int, ...], tuple[Cluster, ...]]:
    """Ids and clusters, both in position order."""
    names = [item.name for item in fields(Cluster)]
    query = select(cluster.c.id, *(cluster.c[name] for name in names)).order_by(cluster.c.position)
    rows = conn.execute(query).all()
    return tuple(row[0] for row in rows), tuple(Cluster(*row[1:]) for row in rows)


def ids_by_code(conn: Connection) -> dict[str, int]:
    """Id of each cluster code."""
    return dict(conn.execute(select(cluster.c.code, cluster.c.id)).all())
