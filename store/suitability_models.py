"""Versions of suitability models: rows that are added and never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from store.tables import suitability_model


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One version; ``form`` is JSON text that planning reads."""

    name: str
    version: int
    form: str
    by: str
    at: str
    audit_seq: int


_COLUMNS = tuple(suitability_model.c[name] for name in ModelRow.__slots__)


def add(conn: Connection, **values: object) -> None:
    """Enter one version."""
    conn.execute(insert(suitability_model).values(**values))


def find(conn: Connection, name: str, version: int) -> ModelRow | None:
    """One version of a name."""
    table = suitability_model.c
    row = conn.execute(select(*_COLUMNS).where(table.name == name, table.version == version)).one_or_none()
    return None if row is None else ModelRow(*row)


def latest(conn: Connection, name: str) -> ModelRow | None:
    """The newest version of a name."""
    return next(iter(versions(conn, name)), None)


def versions(conn: Connection, name: str) -> tuple[ModelRow, ...]:
    """All versions of a name, the newest first."""
    table = suitability_model.c
    query = select(*_COLUMNS).where(table.name == name).order_by(table.version.desc())
    return tuple(ModelRow(*row) for row in conn.execute(query))


def latest_of_all(conn: Connection) -> tuple[ModelRow, ...]:
    """The newest version of every name, by name."""
    table = suitability_model.c
    newest = select(table.name, func.max(table.version).label("version")).group_by(table.name).subquery()
    query = (
        select(*_COLUMNS)
        .join(newest, (newest.c.name == table.name) & (newest.c.version == table.version))
        .order_by(table.name)
    )
    return tuple(ModelRow(*row) for row in conn.execute(query))


def everything(conn: Connection) -> tuple[ModelRow, ...]:
    """Every version of every name."""
    table = suitability_model.c
    return tuple(ModelRow(*row) for row in conn.execute(select(*_COLUMNS).order_by(table.name, table.version)))
