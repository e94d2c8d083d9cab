"""Rows of people: name, roles, how a passphrase is known again, and how often one was given wrongly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from store.review_tables import person


@dataclass(frozen=True, slots=True)
class Row:
    """One person as stored; ``secret`` is None until a passphrase is set, ``removed_at`` None while they work here."""

    name: str
    roles: tuple[str, ...]
    secret: str | None
    failures: int
    failed_at: str | None
    added_at: str
    removed_at: str | None


def list_all(conn: Connection) -> tuple[Row, ...]:
    """Everybody, those who left too, by name."""
    return tuple(_row(row) for row in conn.execute(select(person).order_by(person.c.name)))


def find(conn: Connection, name: str) -> Row | None:
    """Return the person of exactly that name, also one who left."""
    row = conn.execute(select(person).where(person.c.name == name)).first()
    return None if row is None else _row(row)


def add(conn: Connection, name: str, roles: tuple[str, ...], *, at: str) -> None:
    """Enter a person, or one who left again; without a passphrase either way."""
    values: dict[str, Any] = {"roles": json.dumps(roles), "secret": None, "added_at": at, "removed_at": None}
    values |= {"failures": 0, "failed_at": None}
    if find(conn, name) is None:
        conn.execute(insert(person).values(name=name, **values))
    else:
        _set(conn, name, **values)


def set_roles(conn: Connection, name: str, roles: tuple[str, ...]) -> None:
    """Give a person other roles."""
    _set(conn, name, roles=json.dumps(roles))


def set_secret(conn: Connection, name: str, secret: str) -> None:
    """Give a person another passphrase; wrong ones given before are forgotten."""
    _set(conn, name, secret=secret, failures=0, failed_at=None)


def set_failures(conn: Connection, name: str, failures: int, at: str | None) -> None:
    """Keep how often a wrong passphrase was given in a row, and when last."""
    _set(conn, name, failures=failures, failed_at=at)


def remove(conn: Connection, name: str, *, at: str) -> None:
    """Say that a person left; the passphrase goes, the row stays."""
    _set(conn, name, removed_at=at, secret=None, failures=0, failed_at=None)


def _set(conn: Connection, name: str, **values: object) -> None:
    conn.execute(update(person).where(person.c.name == name).values(**values))


def _row(row: Any) -> Row:
    name, roles, *rest = row
    return Row(name, tuple(json.loads(roles)), *rest)
