"""Copies of the database file, made by SQLite itself: a plain file copy under writes is torn now and then."""

from __future__ import annotations

import os
import secrets
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from store.errors import DatabaseBusy, DatabaseDamaged, DatabaseExists, DatabaseUnwritable
from store.sqlite import APPLICATION_ID, BUSY_WAIT_MS, what_failed

_SIDE_FILES = ("-wal", "-shm", "-journal")


def is_ours(path: Path) -> bool:
    """Whether the file is a database of this product."""
    try:
        with closing(_read_only(path)) as raw:
            return bool(raw.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID)
    except sqlite3.DatabaseError:
        return False


def lies_at(path: Path) -> bool:
    """Whether a file lies there; a name that no disk can hold names none."""
    try:
        return path.is_file()
    except OSError:
        return False


def make_room(path: Path, url: str) -> None:
    """Make the folder that a new database is to lie in.

    Raises
    ------
    DatabaseExists
        Something lies at ``path`` already.
    DatabaseUnwritable
        There can be no such folder, or no such name.
    """
    try:
        if path.exists():
            raise DatabaseExists(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        # the name of the draft is longer than the last one: a name that is too long is told here
        probe = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise DatabaseUnwritable(url, error.strerror or type(error).__name__) from error


def copy_out(source: Path, target: Path) -> None:
    """Copy a database to a file of its own: temporary name, checked, on the disk, then the name in one step.

    Raises
    ------
    DatabaseDamaged
        The source cannot be read, or the copy does not pass SQLite's check; ``target`` is as it was.
    DatabaseUnwritable
        The target's folder is missing, may not be written, or is full.
    """
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.new")
    try:
        # made here first: what SQLite says afterwards is of the source
        draft.touch(exist_ok=False)
        with closing(_read_only(source)) as raw, closing(sqlite3.connect(draft)) as copy:
            raw.backup(copy)
            # one closed file, without side files: what is carried away is whole
            copy.execute("PRAGMA journal_mode = DELETE")
            said = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if said != "ok":
            raise DatabaseDamaged(str(source), said)
        with draft.open("rb") as handle:
            os.fsync(handle.fileno())
        draft.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise DatabaseUnwritable(str(target), error.strerror or type(error).__name__) from error
    except sqlite3.DatabaseError as error:
        failed = what_failed(error, str(target))
        if isinstance(failed, DatabaseUnwritable | DatabaseBusy):
            raise failed from error
        raise DatabaseDamaged(str(source), str(error)) from error
    finally:
        remove(draft)


def copy_into(source: Path, target: Path) -> None:
    """Replace the content of a database in use, in one transaction.

    Raises
    ------
    DatabaseBusy
        Another writer held it longer than the wait allowed; it is as it was.
    """
    latest = time.monotonic() + BUSY_WAIT_MS / 1000

    def give_up(status: int, _remaining: int, _total: int) -> None:
        # sqlite3 itself would try for ever
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and time.monotonic() > latest:
            raise DatabaseBusy(str(target))

    with closing(_read_only(source)) as raw, closing(sqlite3.connect(target, timeout=0)) as live:
        live.execute("PRAGMA synchronous = FULL")
        raw.backup(live, progress=give_up)


def appear(draft: Path, path: Path, url: str) -> None:
    """Give a finished file its name: on the disk before anybody can see it, and never over another."""
    with draft.open("rb") as handle:
        os.fsync(handle.fileno())
    try:
        os.link(draft, path)
    except FileExistsError as error:
        raise DatabaseExists(url) from error
    sync_folder(path.parent)


def move_aside(path: Path, aside: Path) -> None:
    """Give a damaged database and its side files another name."""
    for suffix in ("", *_SIDE_FILES):
        found = path.with_name(path.name + suffix)
        if found.exists():
            found.replace(aside.with_name(aside.name + suffix))


def remove(path: Path) -> None:
    """Remove a database file and its side files."""
    for suffix in ("", *_SIDE_FILES):
        # a name that no disk can hold was never given to a file
        with suppress(OSError):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on the disk: a new name survives a power cut only after this."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_WAIT_MS / 1000)
