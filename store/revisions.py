"""Revision numbers: one a key, raised by each write, the key of every cache.

They start at the second in which the database was made, not at 0: a browser caches by address and number, and
must not take another database's picture, shown earlier at the same address, for this one's. For the same reason
a restored database continues above both the numbers that it replaces and its own.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from layers.schema import LAYERS
from store.tables import revision

PARCEL_FIELDS: Final = "parcels.fields"
SCENARIOS: Final = "scenarios"
CLUSTERS: Final = "clusters"
COMMENTS: Final = "comments"
RULES: Final = "rules"
# one counter under all scenarios: rows of a scenario and of its bases can be compared with one number
_ASSIGNMENTS: Final = "assignments"
KEYS: Final = (*LAYERS, PARCEL_FIELDS, SCENARIOS, CLUSTERS, COMMENTS, RULES, _ASSIGNMENTS)


def assignments_key(scenario_id: int) -> str:
    """Return the key of a scenario's assignments and locks."""
    return f"assignments:{scenario_id}"


def start(conn: Connection, value: int) -> None:
    """Enter every fixed key of a new database."""
    conn.execute(insert(revision), [{"key": key, "value": value} for key in KEYS])


def read_all(conn: Connection) -> dict[str, int]:
    """Every key with its number."""
    return {row.key: row.value for row in conn.execute(select(revision.c.key, revision.c.value))}


def read(conn: Connection, key: str) -> int:
    """Return the number of one key; KeyError when there is no such key."""
    value = conn.execute(select(revision.c.value).where(revision.c.key == key)).scalar_one_or_none()
    if value is None:
        raise KeyError(key)
    return int(value)


def raise_one(conn: Connection, key: str) -> int:
    """Raise the number of a fixed key by one and return it."""
    return int(
        conn.execute(
            update(revision).where(revision.c.key == key).values(value=revision.c.value + 1).returning(revision.c.value)
        ).scalar_one()
    )


def raise_assignments(conn: Connection, scenario_ids: list[int]) -> int:
    """Raise the common counter and set these scenarios to it: the changed one, and all that inherit from it."""
    value = raise_one(conn, _ASSIGNMENTS)
    keys = [assignments_key(one) for one in scenario_ids]
    present = set(conn.execute(select(revision.c.key).where(revision.c.key.in_(keys))).scalars())
    conn.execute(update(revision).where(revision.c.key.in_(keys)).values(value=value))
    absent = [{"key": key, "value": value} for key in keys if key not in present]
    if absent:
        conn.execute(insert(revision), absent)
    return value


def lift_above(conn: Connection, floor: int) -> None:
    """Raise every number above ``floor`` and above itself, keeping their order: after a restore."""
    top = conn.execute(select(func.min(revision.c.value))).scalar_one()
    conn.execute(update(revision).values(value=revision.c.value + max(floor - int(top), 0) + 1))
