"""Rows of the rule book: every version of every rule, by whom and why; a row is never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, func, insert, select

from layers.rules import Rule, RuleBook
from store.tables import rule

_RULE: tuple[str, ...] = tuple(item.name for item in fields(Rule))


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule and how it came; ``revision`` is the number of the book that it made."""

    rule: Rule
    revision: int
    by: str
    at: str
    why: str
    audit_seq: int


def add(conn: Connection, rules: Sequence[Rule], *, revision: int, by: str, at: str, why: str, audit_seq: int) -> None:
    """Enter versions of rules."""
    common = {"revision": revision, "by": by, "at": at, "why": why, "audit_seq": audit_seq}
    conn.execute(insert(rule), [asdict(one) | common for one in rules])


def is_empty(conn: Connection) -> bool:
    """Whether no rule was ever entered."""
    return conn.execute(select(rule.c.code).limit(1)).first() is None


def book(conn: Connection, revision: int, *, as_of: int | None = None) -> RuleBook:
    """The rules as they stand, or as they stood at an earlier revision; ``revision`` is what the book is numbered."""
    last = select(rule.c.code, func.max(rule.c.version).label("version")).group_by(rule.c.code)
    if as_of is not None:
        last = last.where(rule.c.revision <= as_of)
    newest = last.subquery()
    query = (
        select(*(rule.c[name] for name in _RULE))
        .join(newest, (rule.c.code == newest.c.code) & (rule.c.version == newest.c.version))
        .order_by(rule.c.code)
    )
    return RuleBook(revision if as_of is None else as_of, tuple(Rule(*row) for row in conn.execute(query)))


def history(conn: Connection, code: str) -> tuple[RuleVersion, ...]:
    """Every version of a rule, the newest first."""
    query = (
        select(*(rule.c[name] for name in (*_RULE, "revision", "by", "at", "why", "audit_seq")))
        .where(rule.c.code == code)
        .order_by(rule.c.version.desc())
    )
    return tuple(RuleVersion(Rule(*row[: len(_RULE)]), *row[len(_RULE) :]) for row in conn.execute(query))
