"""From draft to published by two people: submit, withdraw, send back with a reason, publish.

A scenario in review cannot be painted. What is published is what was submitted: when something under it changed in
between (its base, a parcel), it has to be submitted anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Final

from briefing.snapshot import packed as packed_brief
from planning.actors import Actor, Clock, utc_now
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from planning.freezing import freeze_as_it_stands
from planning.people import Signature, accept
from planning.publishing import Frozen, freeze, packed
from planning.writing import Act, known_scenario, subject_of, writing
from store import published_briefs, reviews, revisions, scenarios
from store.database import Database
from store.reviews import Publication, Step
from store.scenarios import DRAFT, IN_REVIEW, PUBLISHED, Scenario

LONGEST_NOTE: Final = 1000


def submit(
    db: Database, *, actor: Actor, scenario_id: int, signature: Signature, note: str = "", clock: Clock = utc_now
) -> Scenario:
    """Hand a draft to review; Refused when it is none, or the signature is not a planner's."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _in_state(act, scenario_id, DRAFT)
        accept(act, signature, "planner")
        return _step(act, one, "submit", IN_REVIEW, signature, note, freeze(conn, one, db.epsg).digest)


def withdraw(
    db: Database, *, actor: Actor, scenario_id: int, signature: Signature, note: str = "", clock: Clock = utc_now
) -> Scenario:
    """Take a scenario back from review; only who submitted it may."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _in_state(act, scenario_id, IN_REVIEW)
        accept(act, signature, "planner")
        submitted = _submitted(act, one)
        if submitted.signed_by != signature.name:
            raise Refused(Fault("only_submitter_withdraws", {"submitted_by": submitted.signed_by}))
        return _step(act, one, "withdraw", DRAFT, signature, note, submitted.digest)


def send_back(
    db: Database, *, actor: Actor, scenario_id: int, signature: Signature, reason: str, clock: Clock = utc_now
) -> Scenario:
    """Send a scenario back to its planner, with a reason; by a reviewer, never the submitter, who may withdraw."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _in_state(act, scenario_id, IN_REVIEW)
        accept(act, signature, "reviewer")
        submitted = _submitted(act, one)
        if submitted.signed_by == signature.name:
            raise Refused(Fault("submitter_reviews", {"name": signature.name}))
        if not reason.strip():
            raise Refused(Fault("reason_missing"))
        return _step(act, one, "send_back", DRAFT, signature, reason, submitted.digest)


def publish(
    db: Database, *, actor: Actor, scenario_id: int, signature: Signature, note: str = "", clock: Clock = utc_now
) -> Publication:
    """Publish a scenario in review as it was submitted, with its content frozen; by a reviewer, never the submitter.

    Raises
    ------
    Refused
        ``submitter_publishes``: two people are needed; ``changed_since_submission``: the base or parcels changed after
        the scenario was submitted, so that what would be published is not what was handed in; else as for the others.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _in_state(act, scenario_id, IN_REVIEW)
        accept(act, signature, "reviewer")
        submitted = _submitted(act, one)
        if submitted.signed_by == signature.name:
            raise Refused(Fault("submitter_publishes", {"name": signature.name}))
        frozen = freeze(conn, one, db.epsg)
        if frozen.digest != submitted.digest:
            raise Refused(Fault("changed_since_submission", {"submitted_by": submitted.signed_by, "at": submitted.at}))
        content = packed(frozen)
        # nobody else writes now: what others read is what is published
        brief = replace(freeze_as_it_stands(Atlas.of(db), one.id), state=PUBLISHED, data_at=act.at)
        _step(act, one, "publish", PUBLISHED, signature, note, frozen.digest, content=content, brief=brief.id)
        made = _publication(act, one, frozen, content)
        reviews.add_publication(conn, made, content)
        published_briefs.add(conn, one.id, brief.id, packed_brief(brief), made.audit_seq)
        return made


def steps(db: Database, scenario_id: int) -> tuple[Step, ...]:
    """The steps of a scenario, oldest first."""
    with db.read() as conn:
        return reviews.steps(conn, scenario_id)


def publications(db: Database) -> dict[int, Publication]:
    """Every publication by its scenario, without the content."""
    with db.read() as conn:
        return {one.scenario_id: one for one in reviews.publications(conn)}


def _publication(act: Act, one: Scenario, frozen: Frozen, content: bytes) -> Publication:
    seq = reviews.steps(act.conn, one.id)[-1].audit_seq
    sha = hashlib.sha256(content).hexdigest()
    return Publication(one.id, act.at, frozen.parcels, frozen.centi_m2, frozen.digest, sha, seq)


def _in_state(act: Act, scenario_id: int, state: str) -> Scenario:
    one = known_scenario(act.conn, scenario_id)
    if one.state != state or one.base_id is None:
        values = {"name": one.name, "state": one.state, "wanted": state, "is_base": one.base_id is None}
        raise Refused(Fault("scenario_in_other_state", values))
    return one


def _submitted(act: Act, one: Scenario) -> Step:
    return next(step for step in reversed(reviews.steps(act.conn, one.id)) if step.step == "submit")


def _step(
    act: Act,
    one: Scenario,
    step: str,
    state: str,
    signature: Signature,
    note: str,
    digest: str,
    *,
    content: bytes = b"",
    brief: str = "",
) -> Scenario:
    """Write a step: the audit entry, the scenario's state, the step, the revision."""
    text = note.strip()
    if len(text) > LONGEST_NOTE:
        raise Refused(Fault("text_too_long", {"field": "note", "length": len(text), "longest": LONGEST_NOTE}))
    detail: dict[str, object] = {
        "before": one.state, "after": state, "signed_by": signature.name, "role": signature.role, "note": text,
        "digest": digest,
    }  # fmt: skip
    if content:
        detail |= {"content_sha256": hashlib.sha256(content).hexdigest(), "brief": brief}
    seq = act.audit(f"{step}_scenario", subject_of(one.id), detail)
    if not scenarios.set_state(act.conn, one, state):
        raise Busy
    reviews.add_step(
        act.conn, one.id, step, signed_by=signature.name, at=act.at, note=text or None, digest=digest, seq=seq
    )
    revisions.raise_one(act.conn, revisions.SCENARIOS)
    return known_scenario(act.conn, one.id)
