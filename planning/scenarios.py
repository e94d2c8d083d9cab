"""Scenarios: begin one over a base, copy one, give it another name, list them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from planning.actors import Actor, Clock, utc_now
from planning.errors import Busy, Fault, Refused
from planning.moves import INHERITING, Move, State, packed
from planning.names import clean_name
from planning.quotas import copy_quotas
from planning.recording import write_moves
from planning.standing import Standing
from planning.writing import Act, known_scenario, subject_of, writing
from store import assignments, locks, overrides, revisions, scenarios
from store.database import Database
from store.scenarios import BASE_ID, DRAFT, Scenario

# the name stands in a menu and in file names
LONGEST_NAME: Final = 60
# as many digits as a key of the database can have
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def list_(db: Database) -> tuple[Scenario, ...]:
    """Every scenario, the base 现状 first."""
    with db.read() as conn:
        return scenarios.list_all(conn)


def find(db: Database, name_or_id: str) -> Scenario:
    """Return the scenario of that name, or of that number; Refused, with those that there are, when it is neither."""
    with db.read() as conn:
        named = scenarios.find_by_name(conn, name_or_id)
        if named is not None:
            return named
        numbered = scenarios.find(conn, int(name_or_id)) if _NUMBER.fullmatch(name_or_id) else None
        if numbered is None:
            known = {one.id: one.name for one in scenarios.list_all(conn)}
            raise Refused(Fault("unknown_scenario", {"scenario": name_or_id, "known": known}))
        return numbered


def new(db: Database, *, actor: Actor, name: str, base: int = BASE_ID, clock: Clock = utc_now) -> Scenario:
    """Begin an empty draft over a base scenario; Refused for a bad or taken name or an unknown base."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, base)
        made = _add(act, _clean(conn, name), base)
        act.audit("new_scenario", subject_of(made.id), {"name": made.name, "base": base})
        return made


def duplicate(db: Database, *, actor: Actor, scenario_id: int, name: str, clock: Clock = utc_now) -> Scenario:
    """Begin a draft with the assignments and locks of another; a copy of the base is an empty draft over it."""
    with writing(db) as conn:
        return duplicated(Act.begin(conn, actor, clock), scenario_id, name)


def duplicated(act: Act, scenario_id: int, name: str) -> Scenario:
    """Begin such a draft within an act that does more than that."""
    source = known_scenario(act.conn, scenario_id)
    made = _add(act, _clean(act.conn, name), source.base_id or source.id)
    _copy(act, source, made)
    return made


def rename(db: Database, *, actor: Actor, scenario_id: int, name: str, clock: Clock = utc_now) -> Scenario:
    """Give a scenario another name; the base keeps its own, and so does one in review or published."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = known_scenario(conn, scenario_id)
        if one.base_id is None:
            raise Refused(Fault("base_keeps_its_name", {"name": one.name}))
        if one.name == name.strip():
            return one
        if one.state != DRAFT:
            # what was submitted or published bears the name that it was signed under
            raise Refused(Fault("signed_name_stays", {"name": one.name, "state": one.state}))
        clean = _clean(conn, name)
        if not scenarios.set_name(conn, one, clean):
            raise Busy
        act.audit("rename_scenario", subject_of(one.id), {"before": one.name, "after": clean})
        revisions.raise_one(conn, revisions.SCENARIOS)
        return known_scenario(conn, one.id)


def add_first(act: Act, *, base_name: str, draft_name: str) -> None:
    """Enter the base scenario and the first draft of a new database."""
    base = _add(act, base_name, None)
    draft = _add(act, draft_name, base.id)
    for one in (base, draft):
        act.audit("new_scenario", subject_of(one.id), {"name": one.name, "base": one.base_id})


def _copy(act: Act, source: Scenario, made: Scenario) -> None:
    """Give a new scenario the rows and locks of its source; the base has none that its heirs do not see anyway."""
    painted = assignments.painted(act.conn, source.id) if source.base_id is not None else []
    locked = {
        "parcels": locks.locked_parcels(act.conn, source.id),
        "clusters": sorted(locks.locked_clusters(act.conn, source.id)),
    }
    standing = Standing.read(act.conn, made.id, [key for key, _, _ in painted], live=False)
    names = standing.cluster_codes
    moves = [
        Move(key, INHERITING, State(None if cluster is None else names[cluster], inherits=False, reason=reason))
        for key, cluster, reason in painted
    ]
    lock_form = {"parcels": locked["parcels"], "clusters": [names[key] for key in locked["clusters"]], "active": True}
    signed = [replace(one, scenario_id=made.id) for one in overrides.of_scenario(act.conn, source.id)]
    detail = {"name": made.name, "of": source.id, "locks": lock_form, **packed(moves)}
    detail["quotas"] = copy_quotas(act, source.id, made.id)
    if signed:
        detail["overrides"] = [one.form for one in signed]
    seq = act.audit("duplicate_scenario", subject_of(made.id), detail)
    overrides.add(act.conn, [replace(one, audit_seq=seq) for one in reversed(signed)])
    _, revision, _ = write_moves(act, standing, moves, seq)
    locks.put(
        act.conn,
        made.id,
        parcel_ids=locked["parcels"],
        cluster_ids=locked["clusters"],
        active=True,
        by=act.actor.name,
        at=act.at,
        revision=revision,
    )


def _add(act: Act, name: str, base_id: int | None) -> Scenario:
    key = scenarios.add(act.conn, name=name, base_id=base_id, by=act.actor.name, at=act.at)
    revisions.raise_assignments(act.conn, [key])
    revisions.raise_one(act.conn, revisions.SCENARIOS)
    return known_scenario(act.conn, key)


def _clean(conn: Connection, name: str) -> str:
    """Return the name as it is stored; Refused when it cannot be one, or is another scenario's."""
    text = clean_name(name, longest=LONGEST_NAME)
    if scenarios.find_by_name(conn, text) is not None:
        raise Refused(Fault("name_taken", {"name": text}))
    return text
