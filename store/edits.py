"""Edits of single rows: the new values over the version that was read, and each step kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from store import features
from store.audit import canonical
from store.errors import VersionMoved
from store.tables import audit, edit_history


@dataclass(frozen=True, slots=True)
class Step:
    """One edit of a row: the values of the touched columns before and after, by whom and when."""

    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    by: str
    at: str
    audit_seq: int


def write(
    conn: Connection,
    layer: str,
    feature_id: int,
    version: int,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    audit_seq: int,
) -> None:
    """Write the row at ``version`` + 1 and keep the step; VersionMoved when it is not at ``version``."""
    if not features.update_fields(conn, layer, feature_id, version, after):
        raise VersionMoved(layer, f"{feature_id} at {version}")
    keep(conn, layer, feature_id, version + 1, before, after, audit_seq=audit_seq)


def keep(
    conn: Connection,
    layer: str,
    feature_id: int,
    version: int,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    audit_seq: int,
) -> None:
    """Keep the step that took a row to ``version``."""
    conn.execute(
        insert(edit_history).values(
            layer=layer,
            feature_id=feature_id,
            version=version,
            before=canonical(dict(before)),
            after=canonical(dict(after)),
            audit_seq=audit_seq,
        )
    )


def first_values(conn: Connection, layer: str) -> dict[int, dict[str, Any]]:
    """What edited cells held before their first edit, by row."""
    table = edit_history
    query = select(table.c.feature_id, table.c.before).where(table.c.layer == layer).order_by(table.c.version.desc())
    found: dict[int, dict[str, Any]] = {}
    for row in conn.execute(query):
        # the newest step first, so that the oldest has the last word
        found.setdefault(row.feature_id, {}).update(json.loads(row.before))
    return found


def since(conn: Connection, layer: str, feature_id: int, version: int) -> list[Step]:
    """The steps that took a row past a version, oldest first."""
    table = edit_history
    query = (
        select(table.c.version, table.c.before, table.c.after, audit.c.actor, audit.c.at, audit.c.seq)
        .join(audit, audit.c.seq == table.c.audit_seq)
        .where(table.c.layer == layer, table.c.feature_id == feature_id, table.c.version > version)
        .order_by(table.c.version)
    )
    return [
        Step(row.version, json.loads(row.before), json.loads(row.after), row.actor, row.at, row.seq)
        for row in conn.execute(query)
    ]
