"""Rows of remarks: pinned to a parcel or to a place, their answers, and whether they are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from store.review_tables import comment
from store.tables import parcels


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark or answer; ``x`` and ``y`` are metres in the storage CRS, ``code`` that of its parcel."""

    id: int
    scenario_id: int
    answers_id: int | None
    parcel_id: int | None
    x: float | None
    y: float | None
    body: str
    by: str
    at: str
    resolved_by: str | None
    resolved_at: str | None
    code: str | None = None


def add(
    conn: Connection,
    scenario_id: int,
    *,
    answers_id: int | None = None,
    parcel_id: int | None = None,
    place: tuple[float, float] | None = None,
    body: str,
    by: str,
    at: str,
) -> int:
    """Enter a remark and return its number."""
    key = int(conn.execute(select(func.coalesce(func.max(comment.c.id), 0))).scalar_one()) + 1
    x, y = place or (None, None)
    conn.execute(
        insert(comment).values(
            id=key, scenario_id=scenario_id, answers_id=answers_id, parcel_id=parcel_id, x=x, y=y, body=body, by=by,
            at=at,
        )
    )  # fmt: skip
    return key


def set_resolved(conn: Connection, comment_id: int, by: str | None, at: str | None) -> None:
    """Mark a remark as settled, or open it again."""
    conn.execute(update(comment).where(comment.c.id == comment_id).values(resolved_by=by, resolved_at=at))


def find(conn: Connection, comment_id: int) -> Comment | None:
    """Return the remark or answer of that number."""
    row = conn.execute(_query().where(comment.c.id == comment_id)).first()
    return None if row is None else Comment(*row)


def of_scenarios(conn: Connection, scenario_ids: Sequence[int]) -> tuple[Comment, ...]:
    """All remarks and answers of these scenarios, oldest first."""
    query = _query().where(comment.c.scenario_id.in_(scenario_ids)).order_by(comment.c.id)
    return tuple(Comment(*row) for row in conn.execute(query))


def every(conn: Connection) -> tuple[Comment, ...]:
    """All remarks and answers, oldest first."""
    return tuple(Comment(*row) for row in conn.execute(_query().order_by(comment.c.id)))


def _query() -> Select[Any]:
    return select(*comment.c, parcels.c.code).join_from(
        comment, parcels, parcels.c.id == comment.c.parcel_id, isouter=True
    )
