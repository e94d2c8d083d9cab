"""What others did to a scenario since a tab's picture was taken: which parcels, and who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from planning.snapshots import ScenarioSnapshot
from store import revisions, scenarios
from store.database import Database
from store.tables import assignment, lock

NAMED: Final = 3  # people named in one announcement


@dataclass(frozen=True, slots=True)
class News:
    """Parcels that others assigned or locked otherwise, rising, and who did, the last first."""

    ids: tuple[int, ...] = ()
    by: tuple[str, ...] = ()


def mark(db: Database, scenario_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers that stay the same as long as nothing changed that a tab on these scenarios shows; one short read."""
    keys = ("parcels", revisions.PARCEL_FIELDS, revisions.SCENARIOS, revisions.COMMENTS)
    with db.read() as conn:
        now = revisions.read_all(conn)
    return tuple(now.get(key, 0) for key in (*keys, *map(revisions.assignments_key, scenario_ids)))


def news(db: Database, state: ScenarioSnapshot) -> News:
    """Say what was painted or locked after a picture, in its scenario and in the bases below, its own acts aside."""
    own = state.ahead
    with db.read() as conn:
        chain = scenarios.chain(conn, state.scenario.id)
        painted = select(assignment.c.parcel_id, assignment.c.by, assignment.c.revision).where(
            assignment.c.scenario_id.in_(chain),
            assignment.c.revision > state.revision,
            assignment.c.revision.not_in(own),
        )
        locked = select(lock.c.parcel_id, lock.c.by, lock.c.revision).where(
            lock.c.scenario_id == state.scenario.id,
            lock.c.revision > state.revision,
            lock.c.revision.not_in(own),
            lock.c.parcel_id.is_not(None),
        )
        rows = sorted((*conn.execute(painted), *conn.execute(locked)), key=lambda row: -row.revision)
    return News(tuple(sorted({row.parcel_id for row in rows})), tuple(dict.fromkeys(row.by for row in rows))[:NAMED])
