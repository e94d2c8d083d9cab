"""The office's rule book: read as it stands or stood, edited with a reason, taken from and written to a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from layers.rule_cases import CaseResult, Cases, CasesRefused, parse_cases
from layers.rules import ANY, CLUSTERS, Rule, RuleBook, RuleFault, RulesRefused, parse_rules, rule_faults, write_rules
from planning.actors import Actor, Clock, utc_now
from planning.errors import Clash, Fault, Refused, StaleVersion
from planning.people import Signature, granted
from planning.writing import Act, writing
from store import clusters, revisions
from store import rules as stored
from store.database import Database
from store.rules import RuleVersion

RULES: Final = Path(__file__).resolve().parent.parent / "data" / "rules"
FILES: Final = ("conflicts.csv", "setbacks.csv", "land_rules.csv")
CASES: Final = "cases.json"
SUBJECT: Final = "rules"
LONGEST_WHY: Final = 500
MOST_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: the rules at their new versions, and the number of the book that holds them."""

    rules: tuple[Rule, ...]
    revision: int


@dataclass(frozen=True, slots=True)
class CaseChange:
    """A case that an edit changes: what came out of it before, and what would."""

    name: str
    before: CaseResult
    after: CaseResult


def seed(act: Act, folder: Path = RULES) -> None:
    """Enter the rules of the files as version 1 of the book; Refused when a file is missing or wrong."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    for name in FILES:
        path = folder / name
        if not path.is_file():
            faults.append(Fault("file_missing", {}, name))
            continue
        try:
            rules += parse_rules(path.read_text("utf-8"))
        except RulesRefused as error:
            faults += [_fault(one, name) for one in error.faults]
    if faults:
        raise Refused(*faults)
    _write(act, sorted(rules, key=lambda one: one.code), "set_rules", "")


def book(db: Database, *, as_of: int | None = None) -> RuleBook:
    """The book as it stands, or as it stood at an earlier revision of it."""
    with db.read() as conn:
        if not stored.is_empty(conn):
            return book_of(conn, as_of=as_of)
    with writing(db) as conn:
        ensure(Act.begin(conn, Actor("chantu", "seed"), utc_now))
        return book_of(conn)


def book_of(conn: Connection, *, as_of: int | None = None) -> RuleBook:
    """The same on the caller's connection."""
    return stored.book(conn, revisions.read(conn, revisions.RULES), as_of=as_of)


def ensure(act: Act) -> None:
    """Enter the rules of the release into a database that was made before there was a book."""
    if stored.is_empty(act.conn):
        seed(act)


def history(db: Database, code: str) -> tuple[RuleVersion, ...]:
    """Every version of a rule, the newest first."""
    with db.read() as conn:
        return stored.history(conn, code)


def edit(
    db: Database,
    *,
    actor: Actor,
    rules: Sequence[Rule],
    why: str,
    seen: int | None = None,
    by: Signature | None = None,
    clock: Clock = utc_now,
) -> Edited:
    """Put rules in place of those of their codes, or add them, each as a new version; those unchanged are left.

    ``seen`` is the revision of the book that the screen showed, ``by`` the signature of somebody who may give rights,
    wanted once there is one. Cases whose outcome changes are noted in the audit.

    Raises
    ------
    Refused
        A rule is malformed or names what there is not; no reason is given; ``signature_missing``.
    StaleVersion
        Somebody changed one of the rules since.
    """
    text = why.strip()
    faults = [_fault(fault, rule.code) for rule in rules for fault in rule_faults(rule)]
    if not text:
        faults.append(Fault("rule_why_missing"))
    if len(text) > LONGEST_WHY:
        faults.append(Fault("reason_too_long", {"length": len(text), "longest": LONGEST_WHY}))
    if faults:
        raise Refused(*faults)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        ensure(act)
        held = book_of(conn)
        _refuse_unknown_clusters(conn, rules)
        wanted = _differing(held, rules)
        if seen is not None and (clashes := _clashes(conn, wanted, seen)):
            raise StaleVersion(*clashes)
        if not wanted:
            return Edited((), held.revision)
        said = granted(act, by)
        changed = [one.name for one in changes_of_cases(held, held.with_(wanted))]
        revision = _write(act, wanted, "edit_rules", text, cases=changed, said=said)
        return Edited(tuple(wanted), revision)


def read_file(text: bytes | str) -> tuple[Rule, ...]:
    """Rules of a CSV file that ``export`` wrote or a person filled in; Refused with every line that is wrong."""
    if isinstance(text, bytes):
        if len(text) > MOST_BYTES:
            raise Refused(Fault("file_too_large", {"size_bytes": len(text), "most_bytes": MOST_BYTES}))
        text = _decoded(text)
    try:
        return parse_rules(text)
    except RulesRefused as error:
        raise Refused(*(_fault(one, "") for one in error.faults)) from error


def differing(held: RuleBook, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Those that are other than in the book, or not in it, at the version that they would have."""
    return tuple(_differing(held, rules))


def export(held: RuleBook) -> bytes:
    """The book as CSV with a byte-order mark, which spreadsheets take for UTF-8."""
    return write_rules(held.rules).encode("utf-8-sig")


def cases(folder: Path = RULES) -> Cases:
    """The file of cases; Refused when it is missing or wrong."""
    path = folder / CASES
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, CASES))
    try:
        return _cases_of(path.read_text("utf-8"))
    except CasesRefused as error:
        raise Refused(
            *(Fault(code, {"value": value}, f"{CASES} {where}") for where, code, value in error.faults)
        ) from error


def run_cases(held: RuleBook) -> tuple[CaseResult, ...]:
    """Judge every case by a book; kept for the last few books."""
    return _results(held.rules)


def changes_of_cases(before: RuleBook, after: RuleBook) -> tuple[CaseChange, ...]:
    """The cases that come out otherwise by another book."""
    pairs = zip(run_cases(before), run_cases(after), strict=True)
    return tuple(CaseChange(old.name, old, new) for old, new in pairs if old.found != new.found)


@lru_cache(maxsize=1)
def _cases_of(text: str) -> Cases:
    return parse_cases(text)


@lru_cache(maxsize=8)
def _results(rules: tuple[Rule, ...]) -> tuple[CaseResult, ...]:
    return cases().run(RuleBook(0, rules))


def _differing(held: RuleBook, rules: Iterable[Rule]) -> list[Rule]:
    by_code = {one.code: one for one in held.rules}
    found = []
    for one in rules:
        old = by_code.get(one.code)
        if old is None or old.what != one.what:
            found.append(replace(one, version=1 if old is None else old.version + 1))
    return found


def _clashes(conn: Connection, wanted: Sequence[Rule], seen: int) -> list[Clash]:
    found = []
    for one in wanted:
        listed = stored.history(conn, one.code)
        if listed and listed[0].revision > seen:
            last = listed[0]
            old = next((item.rule for item in listed if item.revision <= seen), None)
            found.append(Clash(0, one.code, _told(old), _told(one), _told(last.rule), last.revision, last.by, last.at,
                               "rule"))  # fmt: skip
    return found


def _told(rule: Rule | None) -> str | None:
    return None if rule is None else f"{rule.level} {rule.distance_m:g} {'on' if rule.on else 'off'}"


def _write(
    act: Act,
    rules: Sequence[Rule],
    verb: str,
    why: str,
    *,
    cases: Sequence[str] = (),
    said: Mapping[str, object] = MappingProxyType({}),
) -> int:
    detail = {"rules": [asdict(one) for one in rules], "why": why, "cases": list(cases), **said}
    seq = act.audit(verb, SUBJECT, detail)
    revision = revisions.raise_one(act.conn, revisions.RULES)
    stored.add(act.conn, rules, revision=revision, by=act.actor.name, at=act.at, why=why, audit_seq=seq)
    return revision


def _refuse_unknown_clusters(conn: Connection, rules: Sequence[Rule]) -> None:
    known = clusters.ids_by_code(conn)
    named = [
        (rule.code, name)
        for rule in rules
        for name in (rule.subject, *(rule.objects if rule.layer == CLUSTERS else ()))
        if name != ANY and name not in known
    ]
    if named:
        raise Refused(*(Fault("rule_cluster_unknown", {"code": code, "value": name}) for code, name in named))


def _fault(fault: RuleFault, where: str) -> Fault:
    place = " ".join(part for part in (where, str(fault.line) if fault.line else "") if part)
    return Fault(fault.code, {"value": fault.value}, place)


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        # a file that no decoder of text reads is no table
        if bytes(1) not in raw and next(csv.reader(io.StringIO(text)), None):
            return text
    raise Refused(Fault("rules_file_unreadable"))
