"""Rows of commands: the undo stack of each scenario, last in, first out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from store.audit import canonical
from store.tables import audit, command

DONE: Final = "done"
UNDONE: Final = "undone"
# undone, and then cut off by a new act: kept for the record, out of reach of redo
DISCARDED: Final = "discarded"


@dataclass(frozen=True, slots=True)
class Command:
    """One step that can be undone; ``payload`` holds before and after of every row that it touched."""

    id: int
    scenario_id: int
    kind: str
    label: dict[str, Any]
    payload: dict[str, Any]
    status: str
    actor: str
    at: str


def add(conn: Connection, *, scenario_id: int, kind: str, label: object, payload: object, audit_seq: int) -> int:
    """Put a new step on top of the stack, by whom and when as its audit entry says, and return its id.

    What had been undone can no longer be done again.
    """
    conn.execute(
        update(command).where(command.c.scenario_id == scenario_id, command.c.status == UNDONE).values(status=DISCARDED)
    )
    key = int(conn.execute(select(func.coalesce(func.max(command.c.id), 0))).scalar_one()) + 1
    signed = conn.execute(select(audit.c.actor, audit.c.origin, audit.c.at).where(audit.c.seq == audit_seq)).one()
    conn.execute(
        insert(command).values(
            id=key,
            scenario_id=scenario_id,
            kind=kind,
            label=canonical(label),
            payload=canonical(payload),
            status=DONE,
            actor=signed.actor,
            origin=signed.origin,
            at=signed.at,
            audit_seq=audit_seq,
        )
    )
    return key


def last_done(conn: Connection, scenario_id: int) -> Command | None:
    """The step that undo would take back."""
    return _one(conn, scenario_id, DONE, newest=True)


def first_undone(conn: Connection, scenario_id: int) -> Command | None:
    """The step that redo would do again."""
    return _one(conn, scenario_id, UNDONE, newest=False)


def set_status(conn: Connection, command_id: int, status: str) -> None:
    """Mark a step as done or undone."""
    conn.execute(update(command).where(command.c.id == command_id).values(status=status))


def depth(conn: Connection, scenario_id: int) -> tuple[int, int]:
    """How many steps can be undone, and how many done again."""
    query = (
        select(command.c.status, func.count()).where(command.c.scenario_id == scenario_id).group_by(command.c.status)
    )
    counts: dict[str, int] = dict(conn.execute(query).all())
    return counts.get(DONE, 0), counts.get(UNDONE, 0)


def recent(conn: Connection, scenario_id: int, *, limit: int) -> tuple[Command, ...]:
    """The newest steps of a scenario, whatever their status, newest first, without their payload."""
    columns = (
        command.c.id,
        command.c.scenario_id,
        command.c.kind,
        command.c.label,
        command.c.status,
        command.c.actor,
        command.c.at,
    )
    query = select(*columns).where(command.c.scenario_id == scenario_id).order_by(command.c.id.desc()).limit(limit)
    return tuple(
        Command(row.id, row.scenario_id, row.kind, json.loads(row.label), {}, row.status, row.actor, row.at)
        for row in conn.execute(query)
    )


def _one(conn: Connection, scenario_id: int, status: str, *, newest: bool) -> Command | None:
    order = command.c.id.desc() if newest else command.c.id.asc()
    query = (
        select(command).where(command.c.scenario_id == scenario_id, command.c.status == status).order_by(order).limit(1)
    )
    row = conn.execute(query).first()
    if row is None:
        return None
    return Command(
        row.id, row.scenario_id, row.kind, json.loads(row.label), json.loads(row.payload), row.status, row.actor, row.at
    )
