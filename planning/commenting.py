"""Remarks pinned to the map: on a parcel or at a place, with answers, and settled when they are dealt with."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.writing import Act, known_scenario, writing
from store import comments, features, revisions
from store.comments import Comment
from store.database import Database

LONGEST_BODY: Final = 2000
# metres in any projected CRS of the documented family, with room
_FARTHEST_M: Final = 1.0e8


@dataclass(frozen=True, slots=True)
class Thread:
    """One remark with its answers, oldest first."""

    first: Comment
    answers: tuple[Comment, ...]

    @property
    def is_open(self) -> bool:
        """Whether it waits to be dealt with."""
        return self.first.resolved_at is None


def add(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    body: str,
    parcel_id: int | None = None,
    place: tuple[float, float] | None = None,
    clock: Clock = utc_now,
) -> Comment:
    """Pin a remark to a live parcel, or to a place (x east, y north, metres in the storage CRS).

    Raises
    ------
    Refused
        Unknown scenario or parcel, neither or both of parcel and place, an empty or too long text, control characters.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, scenario_id)
        text = _clean(body)
        _pinned(conn, parcel_id, place)
        key = comments.add(conn, scenario_id, parcel_id=parcel_id, place=place, body=text, by=actor.name, at=act.at)
        detail = {"scenario": scenario_id, "parcel": parcel_id, "place": list(place) if place else None, "body": text}
        act.audit("comment", _subject(key), detail)
        revisions.raise_one(conn, revisions.COMMENTS)
        return _found(conn, key)


def reply(db: Database, *, actor: Actor, comment_id: int, body: str, clock: Clock = utc_now) -> Comment:
    """Answer a remark; an answer to an answer is one to the remark."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        first = _found(conn, comment_id)
        first_id = first.answers_id or first.id
        text = _clean(body)
        key = comments.add(conn, first.scenario_id, answers_id=first_id, body=text, by=actor.name, at=act.at)
        act.audit("reply", _subject(key), {"scenario": first.scenario_id, "answers": first_id, "body": text})
        revisions.raise_one(conn, revisions.COMMENTS)
        return _found(conn, key)


def resolve(db: Database, *, actor: Actor, comment_id: int, resolved: bool = True, clock: Clock = utc_now) -> Comment:
    """Mark a remark as dealt with, or open it again; Refused for an answer, or one that is not there."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        one = _found(conn, comment_id)
        if one.answers_id is not None:
            raise Refused(Fault("answer_not_resolved", {"comment": comment_id}))
        if (one.resolved_at is not None) == resolved:
            return one
        comments.set_resolved(conn, one.id, actor.name if resolved else None, act.at if resolved else None)
        act.audit("resolve" if resolved else "reopen", _subject(one.id), {"scenario": one.scenario_id})
        revisions.raise_one(conn, revisions.COMMENTS)
        return _found(conn, one.id)


def threads(db: Database, scenario_id: int) -> tuple[Thread, ...]:
    """The remarks of a scenario, open ones first, each group newest first."""
    with db.read() as conn:
        listed = comments.of_scenarios(conn, [scenario_id])
    answers: dict[int, list[Comment]] = {}
    for one in listed:
        if one.answers_id is not None:
            answers.setdefault(one.answers_id, []).append(one)
    found = [Thread(one, tuple(answers.get(one.id, ()))) for one in reversed(listed) if one.answers_id is None]
    return tuple(sorted(found, key=lambda thread: not thread.is_open))


def open_count(db: Database, scenario_id: int) -> int:
    """How many remarks of a scenario wait."""
    return sum(thread.is_open for thread in threads(db, scenario_id))


def _pinned(conn: Connection, parcel_id: int | None, place: tuple[float, float] | None) -> None:
    if (parcel_id is None) == (place is None):
        raise Refused(Fault("comment_needs_a_place"))
    if parcel_id is not None and not features.codes_of(conn, "parcels", [parcel_id]):
        raise Refused(Fault("unknown_parcel", {"id": parcel_id}))
    if place is not None and not all(math.isfinite(one) and abs(one) < _FARTHEST_M for one in place):
        raise Refused(Fault("comment_needs_a_place"))


def _clean(body: str) -> str:
    text = unicodedata.normalize("NFC", body).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise Refused(Fault("comment_empty"))
    if len(text) > LONGEST_BODY:
        raise Refused(Fault("text_too_long", {"field": "comment", "length": len(text), "longest": LONGEST_BODY}))
    # format characters too: they can turn the reading of a line round
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} and char != "\n" for char in text):
        raise Refused(Fault("control_character", {"field": "comment"}))
    return text


def _found(conn: Connection, comment_id: int) -> Comment:
    one = comments.find(conn, comment_id)
    if one is None:
        raise Refused(Fault("unknown_comment", {"comment": comment_id}))
    return one


def _subject(comment_id: int) -> str:
    return f"comment:{comment_id}"
