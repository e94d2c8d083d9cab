"""People and their roles; a passphrase by which one signs what another person will rely on.

The machine's account says who acts. What needs two people, or a reviewer, is signed: by a person entered here, with a
passphrase that only they know.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from planning.actors import Actor, Clock, stamp, utc_now
from planning.errors import Fault, Refused
from planning.passphrases import opens, sealed, wait_s
from planning.writing import Act, writing
from store import people as rows
from store.database import Database

ROLES: Final = ("planner", "reviewer", "admin")
LONGEST_NAME: Final = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; ``can_sign`` when a passphrase is set."""

    name: str
    roles: frozenset[str]
    can_sign: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """That a person gave their passphrase, in what role and when (UTC, ISO 8601)."""

    name: str
    at: str
    role: str = "reviewer"


def people(db: Database) -> tuple[Person, ...]:
    """Everybody who works here, by name."""
    with db.read() as conn:
        return tuple(_person(one) for one in rows.list_all(conn) if one.removed_at is None)


def add(db: Database, *, actor: Actor, name: str, roles: Collection[str], clock: Clock = utc_now) -> Person:
    """Enter a person; Refused for a bad or taken name or an unknown role."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        clean, wanted = _clean(name), _known(roles)
        held = rows.find(conn, clean)
        if held is not None and held.removed_at is None:
            raise Refused(Fault("person_there", {"name": clean}))
        rows.add(conn, clean, wanted, at=act.at)
        act.audit("add_person", _subject(clean), {"roles": wanted})
        return Person(clean, frozenset(wanted))


def set_roles(db: Database, *, actor: Actor, name: str, roles: Collection[str], clock: Clock = utc_now) -> Person:
    """Give a person other roles; Refused for an unknown person or role."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one, wanted = _here(conn, name), _known(roles)
        if one.roles != wanted:
            rows.set_roles(conn, one.name, wanted)
            act.audit("set_roles", _subject(one.name), {"before": one.roles, "roles": wanted})
        return Person(one.name, frozenset(wanted), one.secret is not None)


def remove(db: Database, *, actor: Actor, name: str, clock: Clock = utc_now) -> None:
    """Say that a person left: they sign no more; what they did stays theirs. Refused for an unknown person."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        rows.remove(conn, one.name, at=act.at)
        act.audit("remove_person", _subject(one.name), {"before": one.roles})


def set_passphrase(db: Database, *, actor: Actor, name: str, passphrase: str, clock: Clock = utc_now) -> None:
    """Give a person a passphrase; Refused for an unknown person, or one that is too short or too long."""
    secret = sealed(passphrase)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        rows.set_secret(conn, one.name, secret)
        # the hash of what is stored: a passphrase put in behind the product's back is found by verify
        act.audit("set_passphrase", _subject(one.name), {"secret_sha256": fingerprint(secret)})


def sign(
    db: Database,
    *,
    name: str,
    passphrase: str,
    role: str = "reviewer",
    actor: Actor | None = None,
    clock: Clock = utc_now,
) -> Signature:
    """Prove that a person agrees, in a role; what the signature is for is recorded by the act that asks for it.

    Raises
    ------
    Refused
        ``person_unknown``, ``not_a_reviewer`` (or of another role), ``passphrase_missing``, ``passphrase_wrong``,
        ``passphrase_wait`` with the seconds that are left after several wrong ones.
    """
    given = _clean_or_empty(name)
    with writing(db) as conn:
        one = _here(conn, given)
        if role not in one.roles:
            raise Refused(Fault(f"not_a_{role}", {"name": one.name, "roles": one.roles}))
        if one.secret is None:
            raise Refused(Fault("passphrase_missing", {"name": one.name}))
        now = clock()
        left = _left_s(one, now)
        if left > 0:
            raise Refused(Fault("passphrase_wait", {"name": one.name, "seconds": left}))
        # counted as a failure before it is looked at: tries at the same moment must not share one
        rows.set_failures(conn, one.name, one.failures + 1, stamp(clock))
    if opens(one.secret, passphrase):
        with writing(db) as conn:
            rows.set_failures(conn, one.name, 0, None)
        return Signature(one.name, stamp(clock), role)
    with writing(db) as conn:
        act = Act.begin(conn, actor or Actor(one.name, "sign"), clock)
        act.audit("passphrase_refused", _subject(one.name), {"failures": one.failures + 1})
    raise Refused(Fault("passphrase_wrong", {"name": one.name, "seconds": wait_s(one.failures + 1)}))


def fingerprint(secret: str) -> str:
    """What the audit chain holds of a stored passphrase."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _left_s(one: rows.Row, now: datetime) -> int:
    """Seconds until the next try; a clock that was set back does not shut a person out for longer than the wait."""
    if one.failed_at is None:
        return 0
    wait = wait_s(one.failures)
    passed = (now - datetime.fromisoformat(one.failed_at)).total_seconds()
    return 0 if passed >= wait or passed < 0 else max(1, round(wait - passed))


def _here(conn: Connection, name: str) -> rows.Row:
    one = rows.find(conn, _clean_or_empty(name))
    if one is None or one.removed_at is not None:
        known = tuple(other.name for other in rows.list_all(conn) if other.removed_at is None)
        raise Refused(Fault("person_unknown", {"name": name[:LONGEST_NAME], "known": known}))
    return one


def _person(one: rows.Row) -> Person:
    return Person(one.name, frozenset(one.roles), one.secret is not None)


def _known(roles: Collection[str]) -> tuple[str, ...]:
    faults = [Fault("role_unknown", {"role": role, "known": ROLES}) for role in roles if role not in ROLES]
    if not roles:
        faults.append(Fault("role_missing", {"known": ROLES}))
    if faults:
        raise Refused(*faults)
    return tuple(role for role in ROLES if role in set(roles))


def _clean_or_empty(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


def _clean(name: str) -> str:
    text = _clean_or_empty(name)
    if not text:
        raise Refused(Fault("name_empty"))
    if len(text) > LONGEST_NAME:
        raise Refused(Fault("name_too_long", {"length": len(text), "longest": LONGEST_NAME}))
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise Refused(Fault("control_character", {"name": text}))
    return text


def _subject(name: str) -> str:
    return f"person:{name}"
