"""The frame of every writing act: one transaction, the audit entry first, the revisions raised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from planning.actors import Actor, Clock, stamp
from planning.errors import Busy, Fault, ReadOnlyScenario, Refused
from store import audit, clusters, revisions, scenarios
from store.database import Database
from store.errors import DatabaseBusy
from store.scenarios import Scenario


@contextmanager
def writing(db: Database) -> Iterator[Connection]:
    """Give the writing connection; Busy when another writer held it too long."""
    try:
        with db.write() as conn:
            yield conn
    except DatabaseBusy as error:
        raise Busy from error


@dataclass(frozen=True, slots=True)
class Act:
    """One act under way: on what connection, by whom, when."""

    conn: Connection
    actor: Actor
    at: str

    @classmethod
    def begin(cls, conn: Connection, actor: Actor, clock: Clock) -> Act:
        """Fix the time of the act: one moment for all its rows."""
        return cls(conn, actor, stamp(clock))

    def audit(self, verb: str, subject: str, detail: object) -> int:
        """Enter the act in the audit chain and return the entry's number."""
        return audit.append(
            self.conn,
            at=self.at,
            actor=self.actor.name,
            origin=self.actor.origin,
            verb=verb,
            subject=subject,
            detail=detail,
        )


def subject_of(scenario_id: int) -> str:
    """How the audit chain names a scenario."""
    return f"scenario:{scenario_id}"


def known_scenario(conn: Connection, scenario_id: int) -> Scenario:
    """Return the scenario; Refused, with those that there are, when it is not one."""
    one = scenarios.find(conn, scenario_id)
    if one is None:
        known = {other.id: other.name for other in scenarios.list_all(conn)}
        raise Refused(Fault("unknown_scenario", {"scenario": scenario_id, "known": known}))
    return one


def paintable_scenario(conn: Connection, scenario_id: int) -> Scenario:
    """Return the scenario; ReadOnlyScenario when it is the base or no longer a draft."""
    one = known_scenario(conn, scenario_id)
    if not one.editable:
        raise ReadOnlyScenario(Fault("read_only_scenario", {"scenario": one.id, "name": one.name, "state": one.state}))
    return one


def known_clusters(conn: Connection, codes: tuple[str, ...]) -> dict[str, int]:
    """Return the ids of these clusters; Refused, with those that there are, when some are not."""
    ids = clusters.ids_by_code(conn)
    unknown = [code for code in codes if code not in ids]
    if unknown:
        raise Refused(*(Fault("unknown_cluster", {"cluster": code, "known": tuple(ids)}) for code in unknown))
    return {code: ids[code] for code in codes}


def raise_assignments(conn: Connection, scenario_id: int) -> tuple[int, int]:
    """Raise the revision of a scenario and its heirs; return that of the scenario before and after."""
    before = revisions.read(conn, revisions.assignments_key(scenario_id))
    return before, revisions.raise_assignments(conn, scenarios.heirs(conn, scenario_id))
