"""Rows of scenarios: each names its base, and holds only what differs from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from store.tables import audit, scenario

# the scenario 现状 that every other one leads back to; only imports write it
BASE_ID: Final = 1
DRAFT: Final = "draft"
IN_REVIEW: Final = "in_review"
PUBLISHED: Final = "published"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario; ``state`` is draft, in_review or published, and only a draft that has a base can be painted."""

    id: int
    name: str
    base_id: int | None
    state: str
    created_by: str
    created_at: str
    version: int

    @property
    def editable(self) -> bool:
        """Whether its assignments can be changed by a person."""
        return self.base_id is not None and self.state == DRAFT


def list_all(conn: Connection) -> tuple[Scenario, ...]:
    """Every scenario, oldest first."""
    return tuple(Scenario(*row) for row in conn.execute(select(scenario).order_by(scenario.c.id)))


def find(conn: Connection, scenario_id: int) -> Scenario | None:
    """Return the scenario of that id."""
    row = conn.execute(select(scenario).where(scenario.c.id == scenario_id)).first()
    return None if row is None else Scenario(*row)


def find_by_name(conn: Connection, name: str) -> Scenario | None:
    """Return the scenario of exactly that name."""
    row = conn.execute(select(scenario).where(scenario.c.name == name)).first()
    return None if row is None else Scenario(*row)


def add(conn: Connection, *, name: str, base_id: int | None, by: str, at: str, state: str = DRAFT) -> int:
    """Enter a scenario and return its id."""
    key = int(conn.execute(select(func.coalesce(func.max(scenario.c.id), 0))).scalar_one()) + 1
    conn.execute(
        insert(scenario).values(
            id=key, name=name, base_id=base_id, state=state, created_by=by, created_at=at, version=1
        )
    )
    return key


def set_name(conn: Connection, one: Scenario, name: str) -> bool:
    """Rename the scenario if it is still at the version given; return whether it was."""
    done = conn.execute(
        update(scenario)
        .where(scenario.c.id == one.id, scenario.c.version == one.version)
        .values(name=name, version=one.version + 1)
    )
    return done.rowcount == 1


def set_state(conn: Connection, one: Scenario, state: str) -> bool:
    """Take the scenario to another state if it is still at the version given; return whether it was."""
    done = conn.execute(
        update(scenario)
        .where(scenario.c.id == one.id, scenario.c.version == one.version)
        .values(state=state, version=one.version + 1)
    )
    return done.rowcount == 1


def copies(conn: Connection) -> dict[int, tuple[int, int]]:
    """Which scenario each copy was made of, and the number of the audit entry that made it."""
    query = select(audit.c.seq, audit.c.subject, func.json_extract(audit.c.detail, "$.of")).where(
        audit.c.verb == "duplicate_scenario"
    )
    return {int(subject.partition(":")[2]): (int(of), int(seq)) for seq, subject, of in conn.execute(query)}


def chain(conn: Connection, scenario_id: int) -> tuple[int, ...]:
    """The scenario, its base, the base's base, …: the order in which an assignment is looked for."""
    bases = dict(conn.execute(select(scenario.c.id, scenario.c.base_id)).all())
    found = [scenario_id]
    # a base is always older (a check of the table), so this ends
    while (base := bases[found[-1]]) is not None:
        found.append(base)
    return tuple(found)


def heirs(conn: Connection, scenario_id: int) -> list[int]:
    """The scenario and every one that inherits from it, directly or not."""
    bases = dict(conn.execute(select(scenario.c.id, scenario.c.base_id).order_by(scenario.c.id)).all())
    found = {scenario_id}
    # bases are older than their heirs, so one pass in id order meets each base first
    for key, base in bases.items():
        if base in found:
            found.add(key)
    return sorted(found)
