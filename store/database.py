"""The one handle on the database: make it, open it, read from it, write to it."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import DatabaseError

from geo.crs import storage_crs
from store import backups, revisions, settings, sqlite
from store.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseNewer,
)
from store.migrating import HEAD, KNOWN, upgrade
from store.tables import setting

DEFAULT_EPSG: Final = 4549
DEFAULT_URL: Final = "sqlite:///var/chantu.sqlite"
URL_VARIABLE: Final = "CHANTU_DATABASE_URL"


class Database:
    """A database of one projected CRS; threads may share it, each ``read`` or ``write`` has its own connection."""

    def __init__(self, url: str, path: Path) -> None:
        self.url = url
        self.path = path
        # what the readers of this process keep of it, so that all of them share one (planning.atlas)
        self.companion: object | None = None
        self._reader = sqlite.engine_for(path, writes=False)
        self._writer = sqlite.engine_for(path, writes=True)
        # writers of this process queue here in turn; SQLite's own wait is a lottery (other processes still use it)
        self._turn = threading.Lock()
        with self.read() as conn:
            self.epsg = int(settings.read(conn, "crs_epsg"))

    @classmethod
    def create(cls, url: str, epsg: int = DEFAULT_EPSG) -> Database:
        """Make an empty database for one projected CRS and open it.

        Raises
        ------
        geo.crs.CrsRefused
            The CRS is not projected, not in metres, or web mercator.
        DatabaseExists
            A file lies there already.
        DatabaseUnwritable
            There is no folder to make it in, or none that may be written.
        """
        with cls.building(url, epsg):
            pass
        return cls.open(url)

    @classmethod
    @contextmanager
    def building(cls, url: str, epsg: int = DEFAULT_EPSG) -> Iterator[Database]:
        """Give a new database to fill; it appears at ``url`` only when the block ends well, whole or not at all."""
        storage_crs(epsg)
        path = sqlite.path_of(url)
        backups.make_room(path, url)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
        try:
            db = _made(draft, epsg)
            try:
                yield db
                db.settle()
            finally:
                db.close()
            backups.appear(draft, path, url)
        finally:
            backups.remove(draft)

    @classmethod
    def open(cls, url: str) -> Database:
        """Open what ``create`` made, bringing an older schema up to this release in one transaction.

        Raises
        ------
        DatabaseMissing, DatabaseForeign, DatabaseNewer, DatabaseDamaged
            The file is absent, of another program, of a later release, or unreadable.
        """
        path = sqlite.path_of(url)
        if not backups.lies_at(path):
            raise DatabaseMissing(url)
        version = _schema_version(path, url)
        if version not in KNOWN:
            raise DatabaseNewer(url, version)
        if version != HEAD:
            _migrate(path)
        return cls(url, path)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection on one unchanging state of the database; a write through it is refused by SQLite."""
        try:
            with self._reader.connect() as conn, conn.begin():
                yield conn
        except DatabaseError as error:
            failed = sqlite.what_failed(error.orig, self.url)
            if isinstance(failed, DatabaseDamaged):
                raise failed from error
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the one writing connection; leaving normally commits to the disk, leaving by an exception rolls back.

        Raises
        ------
        DatabaseBusy
            Another writer held the database longer than the wait allowed.
        DatabaseDamaged, DatabaseUnwritable
            The file turned out to be unreadable; the disk took no more.
        """
        if not self._turn.acquire(timeout=sqlite.BUSY_WAIT_MS / 1000):
            raise DatabaseBusy(self.url)
        try:
            with self._writer.connect() as conn, conn.begin():
                yield conn
        except DatabaseError as error:
            failed = sqlite.what_failed(error.orig, self.url)
            if failed is None:
                raise
            raise failed from error
        finally:
            self._turn.release()

    def settle(self) -> None:
        """Move all that is committed from the write-ahead log into the file itself."""
        with self._writer.connect() as conn:
            raw = conn.connection.driver_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection; the object is of no use afterwards."""
        self._reader.dispose()
        self._writer.dispose()


def open_default() -> Database:
    """Open the database that the environment names, or the default file under ``var/``."""
    return Database.open(default_url())


def default_url() -> str:
    """Return the address that the environment names, or that of the default file under ``var/``."""
    return os.environ.get(URL_VARIABLE, "").strip() or DEFAULT_URL


def _made(path: Path, epsg: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Database:
    """Make the file, its schema and its settings, and give the handle on it."""
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA application_id = {sqlite.APPLICATION_ID}")
    raw.close()
    engine = sqlite.engine_for(path, writes=True)
    now = clock()
    with engine.begin() as conn:
        upgrade(conn)
        settings.write(conn, "crs_epsg", str(epsg))
        settings.write(conn, "created_at", now.astimezone(UTC).isoformat(timespec="microseconds"))
        settings.write(conn, "database_id", secrets.token_hex(16))
        revisions.start(conn, int(now.timestamp()))
    engine.dispose()
    return Database(f"sqlite:///{path}", path)


def _migrate(path: Path) -> None:
    engine = sqlite.engine_for(path, writes=True)
    try:
        with engine.begin() as conn:
            upgrade(conn)
    finally:
        engine.dispose()


def _schema_version(path: Path, url: str) -> str:
    """Return the schema's version, or refuse a file that is not ours."""
    engine = sqlite.engine_for(path, writes=False)
    try:
        with engine.begin() as conn:
            if conn.exec_driver_sql("PRAGMA application_id").scalar_one() != sqlite.APPLICATION_ID:
                raise DatabaseForeign(url)
            conn.execute(select(setting).limit(1)).all()
            return str(conn.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())
    except DatabaseError as error:
        failed = sqlite.what_failed(error.orig, url)
        if isinstance(failed, DatabaseBusy):
            raise failed from error
        raise DatabaseDamaged(url, str(error.orig)) from error
    finally:
        engine.dispose()
