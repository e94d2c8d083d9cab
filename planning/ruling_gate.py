"""The gate before every stroke: what is forbidden waits for a reviewer's signature, what is doubtful for a reason.

It stands in the transaction of the act itself, so that no way of painting goes round it. What was signed holds for one
boundary, one cluster, one version of the rule and one cause, and falls away when any of them changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planning import people, ruling
from planning.atlas import Atlas
from planning.errors import Fault, Refused, RuleRefused
from planning.people import Signature
from planning.ruling import FORBIDDEN, JUSTIFY, Judgement, Row
from planning.snapshots import NONE, ScenarioSnapshot, frozen
from planning.writing import Act
from store import assignments, audit, overrides
from store.database import Database
from store.overrides import Override

LONGEST_REASON: Final = 500
# rows told one by one in a refusal: enough to see the pattern, all of them are in ``rows``
MOST_FAULTS: Final = 200

Key = tuple[int, str, str, int]


@dataclass(frozen=True, slots=True)
class Signed:
    """A reviewer's word for some rows: who signed, why, and the keys of the rows that were shown.

    ``asked`` is the signature of the planner who asks for it; without one it is asked by the account that acts, which
    then has to bear the name of a person.
    """

    signature: Signature
    reason: str
    keys: frozenset[Key]
    asked: Signature | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """What the gate let through: signatures to be entered, and rows that a reason answers for."""

    overrides: tuple[Override, ...] = ()
    justified: tuple[Row, ...] = ()
    asked_by: str = ""

    @property
    def detail(self) -> dict[str, Any]:
        """What the audit chain holds of it, nothing when there is nothing."""
        told: dict[str, Any] = {}
        if self.overrides:
            told["overrides"] = [one.form for one in self.overrides]
            if self.asked_by:
                told["asked_by"] = self.asked_by
        if self.justified:
            told["justified"] = [[row.parcel_id, row.rule.code, row.rule.version] for row in self.justified]
        return told

    def enter(self, act: Act, seq: int) -> None:
        """Write the signatures, once the act has its entry."""
        overrides.add(act.conn, [replace(one, audit_seq=seq) for one in self.overrides])


@dataclass(frozen=True, slots=True)
class StandingOverride:
    """What was signed for a parcel, and whether it holds; ``fell`` says what changed: boundary, cluster, rule.

    ``asked_by`` is who asked for it, "" where the records are older than that.
    """

    override: Override
    fell: tuple[str, ...] = ()
    asked_by: str = ""

    @property
    def key(self) -> Key:
        """What it is of: parcel, rule, cause."""
        return _key_of(self.override)

    @property
    def holds(self) -> bool:
        return not self.fell


def passed(
    db: Database,
    scenario_id: int,
    wanted: Mapping[int, str],
    *,
    reasons: Mapping[int, str | None],
    signed: Signed | None = None,
    kept: Collection[Override] = (),
    wants_reasons: bool = True,
) -> Passed:
    """Judge parcels that are to get another cluster than shows now, on the caller's transaction, before it writes.

    ``kept`` are signatures that come along from another scenario: they count for what they are of.

    Raises
    ------
    RuleRefused
        Rows that are forbidden and not signed, rows that want a reason and have none: all of them, with their causes.
    Refused
        The signature is without a reason; whose it is, ``asked_by`` judges.
    """
    if not wanted:
        return Passed()
    _refuse_reason(signed)
    # a reader sees what was committed last, which is what this transaction began with
    judgement = judge_wanted(db, scenario_id, wanted)
    carried = {_key_of(one): one for one in kept if wanted.get(one.parcel_id) == one.cluster}
    versions = {row.rule.code: row.rule.version for row in judgement.rows}
    let: list[Override] = []
    shut: list[Row] = []
    for row in judgement.rows_at(FORBIDDEN):
        along = carried.get(row.key)
        if signed is not None and row.key in signed.keys:
            let.append(_signed(scenario_id, row, signed, db))
        elif along is not None and (along.rule_version, along.shape_sha256) == (
            versions[row.rule.code],
            shape_mark(_boundary(db, row.parcel_id)),
        ):
            let.append(replace(along, scenario_id=scenario_id))
        else:
            shut.append(row)
    justify = judgement.rows_at(JUSTIFY)
    if wants_reasons:
        shut += [row for row in justify if not (reasons.get(row.parcel_id) or "").strip()]
    if shut:
        raise RuleRefused(tuple(shut), *_faults(shut))
    return Passed(tuple(let), justify)


def asked_by(act: Act, signed: Signed) -> str:
    """Who asks for what a reviewer signs: never the reviewer.

    Raises
    ------
    Refused
        ``override_by_one``; ``override_asker_missing`` when the account is no person's and no planner signed; a
        signature that ``planning.people.accept`` refuses.
    """
    people.accept(act, signed.signature, "reviewer")
    if signed.asked is not None:
        people.accept(act, signed.asked, "planner")
        asker = signed.asked.name
    else:
        asker = act.actor.name
        if not people.works_here(act.conn, asker):
            raise Refused(Fault("override_asker_missing", {"name": asker}))
    if asker == signed.signature.name:
        raise Refused(Fault("override_by_one", {"name": asker}))
    return asker


def judge_wanted(db: Database, scenario_id: int, wanted: Mapping[int, str]) -> Judgement:
    """Judge parcels as they will stand when each has its wanted cluster."""
    atlas = Atlas.of(db)
    state = atlas.scenario(scenario_id)
    cluster = state.cluster.copy()
    place = {code: at for at, code in enumerate(state.codes)}
    rows = np.searchsorted(state.ids, list(wanted))
    cluster[rows] = [place[code] for code in wanted.values()]
    return ruling.judge(atlas, replace(state, cluster=frozen(cluster)), list(wanted), None)


def overrides_of(atlas: Atlas, state: ScenarioSnapshot, parcel_id: int) -> tuple[StandingOverride, ...]:
    """What was signed for a parcel in the scenario, the newest first; of one row only the last signature."""
    with atlas.db.read() as conn:
        listed = overrides.of_parcels(conn, state.scenario.id, [parcel_id])
        said = audit.details(conn, {one.audit_seq for one in listed})
    if not listed:
        return ()
    parcels = atlas.parcels()
    row = int(parcels.row_of([parcel_id])[0])
    mark = shape_mark(parcels.geoms[row])
    at = int(np.searchsorted(state.ids, parcel_id))
    cluster = None if int(state.cluster[at]) == NONE else state.code_at(at)
    rules = {one.code: one for one in ruling.rule_book_of(atlas).rules}
    found: dict[tuple[str, str, str, int], StandingOverride] = {}
    for one in listed:
        rule = rules.get(one.rule)
        fell = [
            name
            for name, changed in (
                ("boundary", one.shape_sha256 != mark),
                ("cluster", one.cluster != cluster),
                ("rule", rule is None or rule.version != one.rule_version),
            )
            if changed
        ]
        standing = StandingOverride(one, tuple(fell), said.get(one.audit_seq, {}).get("asked_by", ""))
        found.setdefault((one.cluster, one.rule, one.cause_layer, one.cause_id), standing)
    return tuple(found.values())


def reason_of(atlas: Atlas, state: ScenarioSnapshot, parcel_id: int) -> str:
    """The reason written with the parcel's own assignment, "" when there is none."""
    with atlas.db.read() as conn:
        row = assignments.own_rows(conn, state.scenario.id, [parcel_id]).get(parcel_id)
    return "" if row is None or row.inherits or row.reason is None else row.reason


def shape_mark(geometry: BaseGeometry) -> str:
    """What tells one boundary from another."""
    return hashlib.sha256(shapely.to_wkb(geometry)).hexdigest()


def _signed(scenario_id: int, row: Row, signed: Signed, db: Database) -> Override:
    return Override(
        scenario_id=scenario_id,
        parcel_id=row.parcel_id,
        shape_sha256=shape_mark(_boundary(db, row.parcel_id)),
        cluster=row.cluster,
        rule=row.rule.code,
        rule_version=row.rule.version,
        cause_layer=row.cause.layer,
        cause_id=row.cause.id,
        area_m2=float(row.area_m2),
        reason=signed.reason.strip(),
        signed_by=signed.signature.name,
        signed_at=signed.signature.at,
        audit_seq=0,
    )


def _boundary(db: Database, parcel_id: int) -> BaseGeometry:
    parcels = Atlas.of(db).parcels()
    found: BaseGeometry = parcels.geoms[int(parcels.row_of([parcel_id])[0])]
    return found


def _key_of(one: Override) -> Key:
    return one.parcel_id, one.rule, one.cause_layer, one.cause_id


def _refuse_reason(signed: Signed | None) -> None:
    if signed is None:
        return
    reason = signed.reason.strip()
    if not reason:
        raise Refused(Fault("override_reason_missing"))
    if len(reason) > LONGEST_REASON:
        raise Refused(Fault("reason_too_long", {"length": len(reason), "longest": LONGEST_REASON}))


def _faults(rows: Sequence[Row]) -> list[Fault]:
    return [
        Fault(
            "rule_forbids" if row.level == FORBIDDEN else "rule_wants_reason",
            {
                "code": row.code,
                "cluster": row.cluster,
                "rule": row.rule.code,
                "version": row.rule.version,
                "basis": row.rule.basis,
                "why": row.rule.reason,
                "cause": " ".join(part for part in (row.cause.code, row.cause.name) if part),
                "area_m2": float(row.area_m2),
                "distance_m": round(row.distance_m, 2),
                "parcels": len({one.parcel_id for one in rows}),
            },
            row.code,
        )
        for row in rows[:MOST_FAULTS]
    ]
