"""People and their roles; a passphrase by which one signs what another person will rely on.

The machine's account says who acts. What needs two people, or a reviewer, is signed: by a person entered here, with a
passphrase that only they know. The first person entered may give rights; from then on nobody is entered, and no right
given, without the signature of somebody who may.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from planning.actors import Actor, Clock, stamp, utc_now
from planning.errors import Fault, Refused
from planning.names import clean_name, spelled
from planning.passphrases import new_code, opens, sealed, wait_s
from planning.person_roles import known_roles
from planning.writing import Act, writing
from store import audit
from store import people as rows
from store.database import Database

ADMIN: Final = "admin"
LONGEST_NAME: Final = 40
RESCUE: Final = "rescue_passphrase"
_TOLD_RESCUES: Final = 3
# a signature is for the act that it was asked for, not for later ones
FRESH: Final = timedelta(minutes=10)
# a code lets its owner set a passphrase, and signs nothing
_ONCE: Final = "once:"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, or did; ``can_sign`` when a passphrase is set.

    ``code`` is told once, to who entered the person: with it the person sets a passphrase. ``left_at`` is None while
    they work here.
    """

    name: str
    roles: frozenset[str]
    can_sign: bool = False
    code: str = ""
    left_at: str | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """That a person gave their passphrase, in what role and when (UTC, ISO 8601)."""

    name: str
    at: str
    role: str = "reviewer"


@dataclass(frozen=True, slots=True)
class Rescue:
    """Whose passphrase was set over their head, by what account and when (UTC, ISO 8601)."""

    name: str
    account: str
    at: str


def people(db: Database) -> tuple[Person, ...]:
    """Everybody who works here, by name."""
    with db.read() as conn:
        return tuple(_person(one) for one in rows.list_all(conn) if one.removed_at is None)


def everybody(db: Database) -> tuple[Person, ...]:
    """Those who left too: the records bear their names."""
    with db.read() as conn:
        return tuple(_person(one) for one in rows.list_all(conn))


def guarded(db: Database) -> bool:
    """Whether somebody may give rights here; until then all is open, and the first person entered becomes that."""
    with db.read() as conn:
        return bool(signers(conn, ADMIN))


def signers(conn: Connection, role: str) -> tuple[str, ...]:
    """The names of those who can sign in a role."""
    return tuple(one.name for one in map(_person, rows.list_all(conn)) if _signs(one, role))


def granted(act: Act, signature: Signature | None) -> dict[str, object]:
    """Refuse what only somebody who may give rights may do; what the audit entry is to say of who signed for it.

    While nobody may give rights it is open, and nothing is said.
    """
    if not signers(act.conn, ADMIN):
        return {}
    if signature is None:
        raise Refused(Fault("signature_missing", {"role": ADMIN, "known": signers(act.conn, ADMIN)}))
    accept(act, signature, ADMIN)
    return {"signed_by": signature.name}


def works_here(conn: Connection, name: str) -> bool:
    """Whether somebody of that name is entered and has not left."""
    one = rows.find(conn, spelled(name))
    return one is not None and one.removed_at is None


def accept(act: Act, signature: Signature, role: str) -> None:
    """Refuse a signature that is of another role, that is old, or of somebody who has the role no longer."""
    if signature.role != role:
        raise Refused(Fault(f"not_a_{role}", {"name": signature.name, "roles": (signature.role,)}))
    if abs(datetime.fromisoformat(act.at) - datetime.fromisoformat(signature.at)) > FRESH:
        raise Refused(Fault("signature_old", {"name": signature.name, "at": signature.at}))
    one = _here(act.conn, signature.name)
    if role not in one.roles:
        raise Refused(Fault(f"not_a_{role}", {"name": one.name, "roles": one.roles}))


def add(
    db: Database,
    *,
    actor: Actor,
    name: str,
    roles: Collection[str],
    by: Signature | None = None,
    passphrase: str | None = None,
    clock: Clock = utc_now,
) -> Person:
    """Enter a person, or one who left again.

    The first who may give rights is entered with a passphrase, and has that right whatever was asked for. Everybody
    after that is entered by the signature ``by`` of somebody who may give rights, and gets a code.

    Raises
    ------
    Refused
        A bad or taken name, an unknown role; ``signature_missing``, or one that ``accept`` refuses;
        ``first_passphrase_missing``.
    """
    clean, wanted = clean_name(name, longest=LONGEST_NAME), known_roles(roles)
    # sealing takes its time: before the database is held
    code = new_code()
    sealed_code = _ONCE + sealed(code)
    own = None if passphrase is None else sealed(passphrase)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        held = rows.find(conn, clean)
        if held is not None and held.removed_at is None:
            raise Refused(Fault("person_there", {"name": clean}))
        first = not signers(conn, ADMIN)
        said = granted(act, by)
        if first and own is None:
            raise Refused(Fault("first_passphrase_missing", {"name": clean}))
        given = known_roles((*wanted, ADMIN)) if first else wanted
        rows.add(conn, clean, given, at=act.at)
        act.audit("add_person", _subject(clean), {"roles": given, **said})
        if first and own is not None:
            _keep(act, clean, own, "set_passphrase", {})
            return Person(clean, frozenset(given), can_sign=True)
        _keep(act, clean, sealed_code, "give_code", said)
        return Person(clean, frozenset(given), code=code)


def set_roles(
    db: Database,
    *,
    actor: Actor,
    name: str,
    roles: Collection[str],
    by: Signature | None = None,
    clock: Clock = utc_now,
) -> Person:
    """Give a person other roles; Refused as for ``add``, and ``last_admin`` when nobody could give rights any more."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one, wanted = _here(conn, name), known_roles(roles)
        said = granted(act, by)
        if ADMIN not in wanted:
            _refuse_last(conn, one)
        if one.roles != wanted:
            rows.set_roles(conn, one.name, wanted)
            act.audit("set_roles", _subject(one.name), {"before": one.roles, "roles": wanted, **said})
        return Person(one.name, frozenset(wanted), _has_passphrase(one))


def remove(db: Database, *, actor: Actor, name: str, by: Signature | None = None, clock: Clock = utc_now) -> None:
    """Say that a person left: they sign no more; what they did stays theirs. Refused as for ``set_roles``."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        said = granted(act, by)
        _refuse_last(conn, one)
        rows.remove(conn, one.name, at=act.at)
        act.audit("remove_person", _subject(one.name), {"before": one.roles, **said})


def give_code(db: Database, *, actor: Actor, name: str, by: Signature | None = None, clock: Clock = utc_now) -> str:
    """Give a person who forgot their passphrase, or has none, a code to set one by; what they had signs no more.

    Raises
    ------
    Refused
        An unknown person; as for ``add``; ``last_admin`` for the only one who may give rights.
    """
    code = new_code()
    secret = _ONCE + sealed(code)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        said = granted(act, by)
        _refuse_last(conn, one)
        _keep(act, one.name, secret, "give_code", said)
        return code


def set_passphrase(
    db: Database, *, actor: Actor, name: str, passphrase: str, held: str = "", clock: Clock = utc_now
) -> None:
    """Set a person's own passphrase; ``held`` is the one they have, or the code that they were given.

    Raises
    ------
    Refused
        An unknown person, a passphrase that is too short or too long; ``passphrase_wrong`` and ``passphrase_wait`` for
        what is held; ``code_missing`` for somebody who has neither while somebody may give codes.
    """
    secret = sealed(passphrase)
    with db.read() as conn:
        before = _here(conn, name)
        if before.secret is None and signers(conn, ADMIN):
            raise Refused(Fault("code_missing", {"name": before.name, "known": signers(conn, ADMIN)}))
    if before.secret is not None:
        _prove(db, before.name, held, actor=actor, clock=clock)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        if one.secret != before.secret:
            raise Refused(Fault("passphrase_changed", {"name": one.name}))
        _keep(act, one.name, secret, "set_passphrase", {})


def rescue(db: Database, *, actor: Actor, name: str, passphrase: str, clock: Clock = utc_now) -> None:
    """Set the passphrase of the only one who may give rights, who forgot it: for who holds the database itself.

    Who does could write anything into it; that it was done this way stays in the records, and on the page of people.

    Raises
    ------
    Refused
        An unknown person, a passphrase that is too short or too long; ``not_last_admin`` when another may give a code.
    """
    secret = sealed(passphrase)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _here(conn, name)
        known = signers(conn, ADMIN)
        if known != (one.name,):
            raise Refused(Fault("not_last_admin", {"name": one.name, "known": known}))
        _keep(act, one.name, secret, RESCUE, {})


def rescues(db: Database) -> tuple[Rescue, ...]:
    """The last times that a passphrase was set over its owner's head, the newest first."""
    with db.read() as conn:
        found = audit.of_verbs(conn, [RESCUE], limit=_TOLD_RESCUES)
    return tuple(Rescue(one.subject.partition(":")[2], one.actor, one.at) for one in found)


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

    def may(one: rows.Row) -> None:
        if role not in one.roles:
            raise Refused(Fault(f"not_a_{role}", {"name": one.name, "roles": one.roles}))
        if not _has_passphrase(one):
            raise Refused(Fault("passphrase_missing", {"name": one.name}))

    clean = _prove(db, name, passphrase, may=may, actor=actor, clock=clock)
    return Signature(clean, stamp(clock), role)


def _prove(
    db: Database,
    name: str,
    given: str,
    *,
    may: Callable[[rows.Row], None] | None = None,
    actor: Actor | None = None,
    clock: Clock,
) -> str:
    """Return the person's name as it is kept when what was given opens what is stored of them; Refused else."""
    with writing(db) as conn:
        one = _here(conn, name)
        if may is not None:
            may(one)
        left = _left_s(one, clock())
        if left > 0:
            raise Refused(Fault("passphrase_wait", {"name": one.name, "seconds": left}))
        # counted as a failure before it is looked at: tries at the same moment must not share one
        rows.set_failures(conn, one.name, one.failures + 1, stamp(clock))
    if one.secret is not None and opens(one.secret.removeprefix(_ONCE), given):
        with writing(db) as conn:
            rows.set_failures(conn, one.name, 0, None)
        return one.name
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
    one = rows.find(conn, spelled(name))
    if one is None or one.removed_at is not None:
        known = tuple(other.name for other in rows.list_all(conn) if other.removed_at is None)
        raise Refused(Fault("person_unknown", {"name": name[:LONGEST_NAME], "known": known}))
    return one


def _person(one: rows.Row) -> Person:
    return Person(one.name, frozenset(one.roles), _has_passphrase(one), left_at=one.removed_at)


def _has_passphrase(one: rows.Row) -> bool:
    return one.secret is not None and not one.secret.startswith(_ONCE)


def _signs(one: Person, role: str) -> bool:
    return one.left_at is None and one.can_sign and role in one.roles


def _refuse_last(conn: Connection, one: rows.Row) -> None:
    """Refuse to take away the only one who may give rights: nobody could give them any more."""
    if signers(conn, ADMIN) == (one.name,):
        raise Refused(Fault("last_admin", {"name": one.name}))


def _keep(act: Act, name: str, secret: str, verb: str, said: dict[str, object]) -> None:
    rows.set_secret(act.conn, name, secret)
    # the hash of what is stored: a passphrase put in behind the product's back is found by verify
    act.audit(verb, _subject(name), {"secret_sha256": fingerprint(secret), **said})


def _subject(name: str) -> str:
    return f"person:{name}"
