"""The checks of scenarios' states, publications and remarks behind ``verify``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection

from briefing.snapshot import NONE, SnapshotRefused
from briefing.snapshot import unpacked as unpacked_brief
from planning.errors import Fault
from planning.publishing import unpacked
from store import audit, comments, published_briefs, reviews, scenarios
from store.scenarios import DRAFT, PUBLISHED

_STEPS = ("submit", "withdraw", "send_back", "publish")


def review_faults(conn: Connection) -> Iterator[Fault]:
    """States and steps that the audit chain does not lead to; published contents that are not those of their day."""
    state: dict[int, str] = {}
    steps: list[tuple[int, str, str, str]] = []
    contents: dict[int, str] = {}
    briefs: dict[int, str] = {}
    for entry in audit.entries(conn):
        step = entry.verb.removesuffix("_scenario")
        if step in _STEPS and entry.verb != step:
            key, detail = int(entry.subject.partition(":")[2]), json.loads(entry.detail)
            state[key] = detail["after"]
            steps.append((key, step, detail["signed_by"], detail["digest"]))
            contents[key] = detail.get("content_sha256", "")
            if detail.get("brief"):
                briefs[key] = detail["brief"]
    for one in scenarios.list_all(conn):
        if one.base_id is not None and one.state != state.get(one.id, DRAFT):
            yield Fault("state_not_in_audit", {"state": one.state}, f"scenario {one.id}")
    if steps != [(one.scenario_id, one.step, one.signed_by, one.digest) for one in reviews.steps(conn)]:
        yield Fault("review_not_in_audit")
    there = {one.scenario_id: one for one in reviews.publications(conn)}
    for key in sorted(there.keys() ^ {key for key, name in state.items() if name == PUBLISHED}):
        yield Fault("publication_missing", {}, f"scenario {key}")
    for key, made in there.items():
        said = _said(reviews.content(conn, key) or b"")
        held = (made.content_sha256, made.digest, made.parcels, made.centi_m2)
        if said != held or contents.get(key) != made.content_sha256:
            yield Fault("publication_differs", {}, f"scenario {key}")
    for key in sorted(briefs.keys() | published_briefs.ids(conn).keys()):
        if not _brief_holds(conn, key, briefs.get(key)):
            yield Fault("publication_differs", {"part": "brief"}, f"scenario {key}")


def _brief_holds(conn: Connection, key: int, told: str | None) -> bool:
    """Whether a kept briefing snapshot is the one that the audit names, and of the parcels that were published."""
    held, published = published_briefs.content(conn, key), reviews.content(conn, key)
    try:
        brief = unpacked_brief(held or b"")
        table = unpacked(published or b"").table
    except (SnapshotRefused, pa.ArrowException, KeyError):
        return False
    codes = [None if at == NONE else brief.clusters[at].code for at in brief.cluster.tolist()]
    same = brief.centi_m2.tolist() == table["area_centi_m2"].to_pylist() and codes == table["cluster"].to_pylist()
    return same and told == brief.id


def _said(content: bytes) -> tuple[str, str, int, int]:
    """Hash of the file, digest of its values, parcels and area, by what it holds now."""
    sha = hashlib.sha256(content).hexdigest()
    try:
        frozen = unpacked(content)
    except (pa.ArrowException, KeyError):
        return sha, "", 0, 0
    return sha, frozen.digest, frozen.parcels, frozen.centi_m2


def comment_faults(conn: Connection) -> Iterator[Fault]:
    """Remarks that are not as the audit chain, played from its start, leads to."""
    played: dict[int, tuple[Any, ...]] = {}
    for entry in audit.entries(conn):
        kind, _, name = entry.subject.partition(":")
        if kind != "comment":
            continue
        detail, key = json.loads(entry.detail), int(name)
        if entry.verb in {"comment", "reply"}:
            place = detail.get("place") or [None, None]
            pin = (detail.get("answers"), detail.get("parcel"), *place)
            played[key] = (detail["scenario"], *pin, detail["body"], entry.actor, entry.at, None, None)
        else:
            by = (entry.actor, entry.at) if entry.verb == "resolve" else (None, None)
            played[key] = (*played[key][:8], *by)
    held = {
        one.id: (one.scenario_id, one.answers_id, one.parcel_id, one.x, one.y, one.body, one.by, one.at,
                 one.resolved_by, one.resolved_at)
        for one in comments.every(conn)
    }  # fmt: skip
    for key in sorted(held.keys() | played.keys()):
        if held.get(key) != played.get(key):
            yield Fault("comment_not_in_audit", {}, f"comment {key}")
