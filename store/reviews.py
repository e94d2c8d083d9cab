"""Rows of the way to publication: each step with who signed it, and what a published scenario was on its day."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from store.review_tables import publication, review_step


@dataclass(frozen=True, slots=True)
class Step:
    """One step: submit, withdraw, send_back or publish; ``digest`` is that of what it was about."""

    id: int
    scenario_id: int
    step: str
    signed_by: str
    at: str
    note: str | None
    digest: str
    audit_seq: int


@dataclass(frozen=True, slots=True)
class Publication:
    """A published scenario's own figures; the content itself is read apart."""

    scenario_id: int
    at: str
    parcels: int
    centi_m2: int
    digest: str
    content_sha256: str
    audit_seq: int


def add_step(
    conn: Connection, scenario_id: int, step: str, *, signed_by: str, at: str, note: str | None, digest: str, seq: int
) -> None:
    """Keep one step."""
    key = int(conn.execute(select(func.coalesce(func.max(review_step.c.id), 0))).scalar_one()) + 1
    conn.execute(
        insert(review_step).values(
            id=key, scenario_id=scenario_id, step=step, signed_by=signed_by, at=at, note=note, digest=digest,
            audit_seq=seq,
        )
    )  # fmt: skip


def steps(conn: Connection, scenario_id: int | None = None) -> tuple[Step, ...]:
    """The steps of a scenario, or of all, oldest first."""
    query = select(review_step).order_by(review_step.c.id)
    if scenario_id is not None:
        query = query.where(review_step.c.scenario_id == scenario_id)
    return tuple(Step(*row) for row in conn.execute(query))


def add_publication(conn: Connection, one: Publication, content: bytes) -> None:
    """Keep what a scenario was when it was published."""
    conn.execute(
        insert(publication).values(
            scenario_id=one.scenario_id, at=one.at, parcels=one.parcels, centi_m2=one.centi_m2, digest=one.digest,
            content_sha256=one.content_sha256, content=content, audit_seq=one.audit_seq,
        )
    )  # fmt: skip


def publications(conn: Connection) -> tuple[Publication, ...]:
    """Every publication, without its content."""
    columns = [column for column in publication.c if column.name != "content"]
    return tuple(Publication(*row) for row in conn.execute(select(*columns).order_by(publication.c.scenario_id)))


def content(conn: Connection, scenario_id: int) -> bytes | None:
    """The file of a published scenario, None when it is not published."""
    query = select(publication.c.content).where(publication.c.scenario_id == scenario_id)
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else bytes(found)
