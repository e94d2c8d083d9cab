"""The audit chain: who did what, when, from where, before and after; each entry holds the hash of the one before it.

The hash is SHA-256 over the canonical JSON of the entry (keys sorted, no spaces, UTF-8), the previous hash
included. An entry that is changed, removed from the middle or put in breaks the chain; one removed from the end
is missed by the rows that name it. What a chain alone cannot show is the rewriting of all of it: keep the head
hash elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from store.idsets import among
from store.tables import audit

GENESIS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored; ``detail`` is canonical JSON."""

    seq: int
    at: str
    actor: str
    origin: str
    verb: str
    subject: str
    detail: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Break:
    """A place where the chain does not hold: ``seq`` and why (``gap``, ``previous``, ``hash``)."""

    seq: int
    code: str


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no spaces; NaN and infinity are refused (ValueError)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(*, seq: int, at: str, actor: str, origin: str, verb: str, subject: str, detail: str, previous: str) -> str:
    """Return the hash of an entry."""
    parts = {
        "seq": seq,
        "at": at,
        "actor": actor,
        "origin": origin,
        "verb": verb,
        "subject": subject,
        "detail": detail,
        "previous": previous,
    }
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def append(conn: Connection, *, at: str, actor: str, origin: str, verb: str, subject: str, detail: object) -> int:
    """Add an entry at the end of the chain and return its number; order is by number, never by clock."""
    last = conn.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (last.seq + 1, last.hash) if last else (1, GENESIS)
    text = canonical(detail)
    mark = digest(
        seq=seq, at=at, actor=actor, origin=origin, verb=verb, subject=subject, detail=text, previous=previous
    )
    entry = Entry(seq, at, actor, origin, verb, subject, text, previous, mark)
    conn.execute(insert(audit).values(**asdict(entry)))
    return seq


def entries(conn: Connection, *, after: int = 0, limit: int | None = None) -> Iterator[Entry]:
    """Yield the entries after a number, oldest first."""
    query = select(audit).where(audit.c.seq > after).order_by(audit.c.seq)
    for row in conn.execute(query if limit is None else query.limit(limit)):
        yield Entry(*row)


def latest(conn: Connection, *, limit: int, before: int | None = None) -> tuple[Entry, ...]:
    """Give the newest entries first, at most ``limit``, below ``before`` when it is given: a page of the log."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    return tuple(Entry(*row) for row in conn.execute(query if before is None else query.where(audit.c.seq < before)))


def latest_at(conn: Connection, *, without: Sequence[str] = ()) -> str:
    """Give the time of the newest entry whose verb is none of those; "" when there is none."""
    query = select(audit.c.at).where(audit.c.verb.not_in(without)).order_by(audit.c.seq.desc()).limit(1)
    return str(conn.execute(query).scalar_one_or_none() or "")


def details(conn: Connection, seqs: Collection[int]) -> dict[int, dict[str, Any]]:
    """Give what entries hold beside their names, by number."""
    query = select(audit.c.seq, audit.c.detail).where(among(audit.c.seq, sorted(seqs)))
    return {row.seq: json.loads(row.detail) for row in conn.execute(query)}


def of_verbs(conn: Connection, verbs: Sequence[str], *, limit: int) -> tuple[Entry, ...]:
    """Give the newest entries with one of the verbs, newest first, at most ``limit``."""
    query = select(audit).where(audit.c.verb.in_(verbs)).order_by(audit.c.seq.desc()).limit(limit)
    return tuple(Entry(*row) for row in conn.execute(query))


def breaks(conn: Connection) -> tuple[Break, ...]:
    """Recompute the whole chain and return every place where it does not hold."""
    found: list[Break] = []
    seq, previous = 0, GENESIS
    for entry in entries(conn):
        if entry.seq != seq + 1:
            found.append(Break(entry.seq, "gap"))
        if entry.previous != previous:
            found.append(Break(entry.seq, "previous"))
        parts = asdict(entry)
        if parts.pop("hash") != digest(**parts):
            found.append(Break(entry.seq, "hash"))
        seq, previous = entry.seq, entry.hash
    return tuple(found)
