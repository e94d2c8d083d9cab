"""Locks: keep a parcel, or every parcel of a cluster, as it is in a scenario."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from planning.actors import Actor, Clock, utc_now
from planning.acts import Change, Done, Label
from planning.recording import keep_command, nothing_done
from planning.standing import Standing, distinct
from planning.writing import Act, known_clusters, paintable_scenario, raise_assignments, subject_of, writing
from store import locks
from store.database import Database


def lock(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Iterable[int] = (),
    clusters: Collection[str] = (),
    clock: Clock = utc_now,
) -> Done:
    """Keep parcels, or all parcels of clusters, as they are; a locked cluster takes no new parcel either.

    Raises
    ------
    Refused, ReadOnlyScenario
        Unknown scenario, parcel or cluster; the scenario cannot be painted.
    """
    with writing(db) as conn:
        return _set_locks(Act.begin(conn, actor, clock), scenario_id, distinct(parcel_ids), clusters, active=True)


def unlock(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Iterable[int] = (),
    clusters: Collection[str] = (),
    clock: Clock = utc_now,
) -> Done:
    """Take off locks; a parcel's own lock and that of its cluster are two locks. Errors as for ``lock``."""
    with writing(db) as conn:
        return _set_locks(Act.begin(conn, actor, clock), scenario_id, distinct(parcel_ids), clusters, active=False)


def write_locks(act: Act, standing: Standing, payload: Mapping[str, Any], label: Label, command_id: int) -> Done:
    """Write the locks of a step's payload and say what changed."""
    active = bool(payload["active"])
    codes = list(payload["clusters"])
    before, revision = raise_assignments(act.conn, standing.scenario_id)
    locks.put(
        act.conn,
        standing.scenario_id,
        parcel_ids=payload["parcels"],
        cluster_ids=list(known_clusters(act.conn, tuple(codes)).values()),
        active=active,
        by=act.actor.name,
        at=act.at,
        revision=revision,
    )
    held = standing.locked_clusters
    return Done(
        scenario_id=standing.scenario_id,
        command_id=command_id,
        label=label,
        changes=_changes(standing, payload["parcels"], active=active),
        revision=revision,
        previous_revision=before,
        locked_clusters=held.union(codes) if active else held.difference(codes),
    )


def _set_locks(act: Act, scenario_id: int, ids: list[int], codes: Collection[str], *, active: bool) -> Done:
    scenario = paintable_scenario(act.conn, scenario_id)
    known_clusters(act.conn, tuple(codes))
    standing = Standing.read(act.conn, scenario.id, ids)
    changed = [key for key in ids if (key in standing.parcel_locks) != active]
    changed_codes = sorted(code for code in set(codes) if (code in standing.locked_clusters) != active)
    kind = "lock" if active else "unlock"
    label = Label(kind, {"count": len(changed), "clusters": changed_codes})
    if not changed and not changed_codes:
        return nothing_done(act, scenario.id, label, standing.locked_clusters)
    payload = {"parcels": changed, "clusters": changed_codes, "active": active}
    seq = act.audit(kind, subject_of(scenario.id), payload)
    command_id = keep_command(act, scenario.id, kind, label, payload, seq)
    return write_locks(act, standing, payload, label, command_id)


def _changes(standing: Standing, parcel_ids: Sequence[int], *, active: bool) -> tuple[Change, ...]:
    return tuple(
        Change(
            parcel_id=key,
            before=standing.effective(key),
            after=standing.effective(key),
            version=standing.version(key),
            own=not standing.state(key).inherits,
            locked=active,
        )
        for key in parcel_ids
    )
