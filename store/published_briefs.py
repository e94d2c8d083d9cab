"""Rows of briefings of published scenarios: the snapshot of the day, from which they are made again."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from store.review_tables import publication_brief


def add(conn: Connection, scenario_id: int, snapshot_id: str, content: bytes, audit_seq: int) -> None:
    """Keep the snapshot of a published scenario."""
    conn.execute(
        insert(publication_brief).values(
            scenario_id=scenario_id, snapshot_id=snapshot_id, content=content, audit_seq=audit_seq
        )
    )


def content(conn: Connection, scenario_id: int) -> bytes | None:
    """The kept snapshot of a published scenario; None when it is not published, or was before snapshots were kept."""
    query = select(publication_brief.c.content).where(publication_brief.c.scenario_id == scenario_id)
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)


def ids(conn: Connection) -> dict[int, str]:
    """The id of each kept snapshot, by scenario."""
    rows = conn.execute(select(publication_brief.c.scenario_id, publication_brief.c.snapshot_id))
    return {int(key): str(name) for key, name in rows}
