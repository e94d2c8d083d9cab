"""How this product talks to SQLite: WAL, every commit on the disk, explicit BEGIN, one writer at a time.

The driver's own transaction handling is switched off (``isolation_level=None``): it would commit before a schema change
and leave a failed migration half applied. BEGIN is sent here instead, IMMEDIATE for a writer, so that a write never
starts as a read and fails when it turns into one (measured: docs/decisions/0020).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import DatabaseBusy, DatabaseDamaged, DatabaseUnwritable, StoreError, UrlRefused

# "CHTU": marks the file as ours, in the place that SQLite's file format keeps for it
APPLICATION_ID: Final = 0x43485455
# a person waits this long for another's write before being told; the longest write (an import of 100,000) takes ~5 s
BUSY_WAIT_MS: Final = 15_000
# what SQLite calls it -> what it means for the file
_KINDS: Final[Mapping[int, type[StoreError]]] = MappingProxyType({
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_CORRUPT: DatabaseDamaged,
    sqlite3.SQLITE_NOTADB: DatabaseDamaged,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnwritable,
    sqlite3.SQLITE_FULL: DatabaseUnwritable,
    sqlite3.SQLITE_IOERR: DatabaseUnwritable,
    sqlite3.SQLITE_PERM: DatabaseUnwritable,
    sqlite3.SQLITE_READONLY: DatabaseUnwritable,
})  # fmt: skip


def path_of(url: str) -> Path:
    """Return the file that the address names.

    Raises
    ------
    UrlRefused
        Not a ``sqlite:///file`` address. A database in memory is refused too: it survives nothing.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UrlRefused(url) from error
    place = parsed.database or ":memory:"
    if parsed.get_backend_name() != "sqlite" or place == ":memory:" or "\0" in place or parsed.query:
        raise UrlRefused(parsed.render_as_string(hide_password=True))
    return Path(place)


def what_failed(error: BaseException | None, place: str) -> StoreError | None:
    """Return the store's own error for what SQLite says of a file, None when the file is not to blame."""
    if not isinstance(error, sqlite3.Error):
        return None
    code = getattr(error, "sqlite_errorcode", None)
    kind = _KINDS.get(code & 0xFF) if code is not None else None
    return None if kind is None else kind(place, str(error))


def engine_for(path: Path, *, writes: bool) -> Engine:
    """Return an engine on the file: one that can only read, or one whose transactions are BEGIN IMMEDIATE."""
    url = URL.create("sqlite", database=str(path))
    # a writer's connections are few: writers queue anyway
    engine = create_engine(url, pool_size=2 if writes else 8, max_overflow=64, pool_timeout=BUSY_WAIT_MS / 1000)
    event.listen(engine, "connect", _set_up_writer if writes else _set_up_reader)
    event.listen(engine, "begin", _begin_immediate if writes else _begin_deferred)
    return engine


def _set_up(raw: sqlite3.Connection) -> None:
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout = {BUSY_WAIT_MS}")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA temp_store = MEMORY")
    raw.execute("PRAGMA cache_size = -32768")


def _set_up_writer(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    _set_up(raw)
    raw.execute("PRAGMA journal_mode = WAL")


def _set_up_reader(raw: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    _set_up(raw)
    raw.execute("PRAGMA query_only = ON")


def _begin_immediate(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")
