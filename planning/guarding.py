"""Keeping the database safe: prove that it is whole, copy it while it is in use, put a copy back."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import text

from planning.actors import Actor, Clock, stamp, utc_now
from planning.errors import Busy, Fault, Refused
from planning.verifying import CHECKS
from planning.writing import Act, writing
from store import audit, backups, features, revisions
from store.database import Database
from store.errors import DatabaseBusy, DatabaseDamaged, StoreError
from store.sqlite import path_of


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of ``verify``: whole when ``faults`` is empty. ``head_hash`` is worth keeping elsewhere."""

    checks: tuple[str, ...]
    faults: tuple[Fault, ...]
    audit_entries: int
    head_hash: str
    parcels: int
    area_m2: Decimal

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was made or put back: its file, size, SHA-256 and the head of its audit chain."""

    path: Path
    size_bytes: int
    sha256: str
    head_hash: str


def verify(db: Database) -> Verified:
    """Run every check on one state of the database; nothing is changed."""
    with db.read() as conn:
        faults = tuple(fault for check in CHECKS.values() for fault in check(conn))
        last = audit.latest(conn, limit=1)
        # by SQL and not by the product's own arithmetic: an independent sum
        total = conn.execute(
            text("SELECT COALESCE(SUM(CAST(ROUND(area_m2 * 100) AS INTEGER)), 0) FROM parcels WHERE valid_to IS NULL")
        ).scalar_one()
        return Verified(
            checks=tuple(CHECKS),
            faults=faults,
            audit_entries=last[0].seq if last else 0,
            head_hash=last[0].hash if last else audit.GENESIS,
            parcels=features.count_live(conn, "parcels"),
            area_m2=Decimal(int(total)).scaleb(-2),
        )


def backup(db: Database, path: Path) -> Copy:
    """Copy the database to a file while others go on working; the file appears whole or not at all.

    Raises
    ------
    Refused
        ``path`` is the database itself, or a file that is not a copy of such a database: neither is overwritten.
    """
    try:
        there = path.exists()
        if there and path.samefile(db.path):
            raise Refused(Fault("backup_onto_itself", {}, str(path)))
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(Fault("cannot_write", {"reason": error.strerror or type(error).__name__}, str(path))) from error
    if there and not backups.is_ours(path):
        raise Refused(Fault("not_overwritten", {}, str(path)))
    backups.copy_out(db.path, path)
    return _described(path)


def restore(path: Path, url: str, *, replace: bool = False, actor: Actor, clock: Clock = utc_now) -> Copy:
    """Put a copy back at ``url``, after proving that it is whole.

    Processes that have the database open see the restored one at their next read; every revision is above what
    they saw. What was there is kept beside it as ``<name>.before-restore-<time>``.

    Raises
    ------
    Refused
        The copy is missing, not ours, or not whole; or a database with entries lies there and ``replace`` is not set.
    """
    if not backups.lies_at(path):
        raise Refused(Fault("file_missing", {}, str(path)))
    if not backups.is_ours(path):
        raise Refused(Fault("not_a_backup", {}, str(path)))
    target = path_of(url)
    if not backups.lies_at(target):
        backups.make_room(target, url)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(6)}.restore")
    try:
        backups.copy_out(path, draft)
        there = _standing(url, target, replace=replace)
        _prepare(draft, path, there, actor=actor, clock=clock)
        _put(draft, target, url, there, stamp(clock))
    finally:
        backups.remove(draft)
    return _described(path)


@dataclass(frozen=True, slots=True)
class _There:
    """What lies at the address already: its highest revision and the head of its chain, when it can be read."""

    exists: bool
    readable: bool = False
    top_revision: int = 0
    head_hash: str = ""


def _standing(url: str, target: Path, *, replace: bool) -> _There:
    if not target.exists():
        return _There(exists=False)
    try:
        with closing(Database.open(url)) as db, db.read() as conn:
            last = audit.latest(conn, limit=1)
            top = max(revisions.read_all(conn).values())
    except DatabaseBusy as error:
        raise Busy from error
    except StoreError as error:
        if not replace:
            raise Refused(Fault("database_unreadable", {"code": error.code}, url)) from error
        return _There(exists=True)
    if last and not replace:
        raise Refused(Fault("database_not_empty", {"entries": last[0].seq, "last_at": last[0].at}, url))
    return _There(exists=True, readable=True, top_revision=top, head_hash=last[0].hash if last else "")


def _prepare(draft: Path, source: Path, there: _There, *, actor: Actor, clock: Clock) -> None:
    """Bring the copy's schema up to date, prove it, and set it apart from all that was shown before."""
    try:
        db = Database.open(f"sqlite:///{draft}")
    except StoreError as error:
        raise Refused(Fault(error.code, {}, str(source))) from error
    with closing(db):
        found = verify(db)
        if not found.ok:
            raise Refused(*found.faults)
        with writing(db) as conn:
            act = Act.begin(conn, actor, clock)
            detail = {"file": source.name, "sha256": _sha256(source), "replaced_head": there.head_hash}
            act.audit("restore", "database", detail)
            revisions.lift_above(conn, max(there.top_revision, int(clock().timestamp())))
        db.settle()


def _put(draft: Path, target: Path, url: str, there: _There, at: str) -> None:
    aside = target.with_name(f"{target.name}.before-restore-{at[:19].replace(':', '')}")
    if there.readable and _kept(target, aside):
        try:
            # into the live file, in one transaction: a process that has it open goes on with the new content
            backups.copy_into(draft, target)
        except DatabaseBusy as error:
            raise Busy from error
        return
    if there.exists:
        backups.move_aside(target, aside)
    try:
        backups.appear(draft, target, url)
    except DatabaseDamaged as error:
        raise Refused(Fault(error.code, {}, url)) from error


def _kept(target: Path, aside: Path) -> bool:
    """Copy what lies there aside; False when it is too damaged for that, and has to be moved as it is."""
    try:
        backups.copy_out(target, aside)
    except DatabaseDamaged:
        return False
    return True


def _described(path: Path) -> Copy:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as raw:
        row = raw.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return Copy(path, path.stat().st_size, _sha256(path), row[0] if row else audit.GENESIS)


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
