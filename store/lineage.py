"""Rows of lineage: which parcel became which, by what step of an undo stack, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select

from store.idsets import among
from store.tables import command, lineage


@dataclass(frozen=True, slots=True)
class Line:
    """One parcel that became another; ``to_id`` None = it left no piece; ``status`` is that of the step."""

    from_id: int
    to_id: int | None
    command_id: int
    status: str
    label: str
    at: str


def add(conn: Connection, pairs: Iterable[tuple[int, int | None]], *, command_id: int, at: str, audit_seq: int) -> None:
    """Enter (from, to) pairs of one step."""
    rows = [
        {"command_id": command_id, "from_id": old, "to_id": new, "at": at, "audit_seq": audit_seq} for old, new in pairs
    ]
    if rows:
        conn.execute(insert(lineage), rows)


def touching(conn: Connection, ids: Sequence[int]) -> list[Line]:
    """Every line that begins or ends at one of these parcels, oldest first."""
    query = (
        select(
            lineage.c.from_id, lineage.c.to_id, lineage.c.command_id, command.c.status, command.c.label, lineage.c.at
        )
        .join(command, command.c.id == lineage.c.command_id)
        .where(or_(among(lineage.c.from_id, ids), among(lineage.c.to_id, ids)))
        .order_by(lineage.c.id)
    )
    return [Line(*row) for row in conn.execute(query)]
