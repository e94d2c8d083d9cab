"""What is on record: the facts of the database, and the last entries of its audit chain."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from geo.crs import storage_crs
from store import audit
from store.audit import GENESIS, Entry
from store.database import Database
from store.tables import audit as audit_table
from store.tables import scenario


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What is to be known of a database at a glance; ``head_hash`` is that of the last entry of the audit chain."""

    crs_name: str
    file_name: str
    size_bytes: int
    scenarios: int
    audit_entries: int
    head_hash: str


def facts(db: Database) -> DatabaseFacts:
    """Read the facts of the database."""
    with db.read() as conn:
        scenarios = int(conn.execute(select(func.count()).select_from(scenario)).scalar_one())
        entries = int(conn.execute(select(func.count()).select_from(audit_table)).scalar_one())
        last = audit.latest(conn, limit=1)
    return DatabaseFacts(
        crs_name=storage_crs(db.epsg).name,
        file_name=db.path.name,
        size_bytes=db.path.stat().st_size,
        scenarios=scenarios,
        audit_entries=entries,
        head_hash=last[0].hash if last else GENESIS,
    )


def latest(db: Database, *, limit: int) -> tuple[Entry, ...]:
    """Return the last entries of the audit chain, the newest first."""
    with db.read() as conn:
        return audit.latest(conn, limit=limit)
