"""Writing moves of assignments: rows, history, audit entry, command and revision, all or none."""

from __future__ import annotations

from collections.abc import Sequence

from planning.acts import Change, Done, Label
from planning.moves import Move, packed
from planning.ruling_gate import Passed
from planning.standing import Standing
from planning.writing import Act, known_clusters, raise_assignments, subject_of
from store import assignments, commands, revisions


def keep_moves(
    act: Act,
    kind: str,
    label: Label,
    standing: Standing,
    moves: Sequence[Move],
    skipped: tuple[int, ...] = (),
    through: Passed | None = None,
) -> Done:
    """Write the moves as a new step on the scenario's undo stack, with what the gate let through."""
    payload = packed(moves)
    scenario_id = standing.scenario_id
    seq = act.audit(
        kind, subject_of(scenario_id), payload | {"skipped_locked": list(skipped)} | (through.detail if through else {})
    )
    if through is not None:
        through.enter(act, seq)
    label = Label(label.key, {**label.values, "count": len(moves)})
    before, revision, changes = write_moves(act, standing, moves, seq)
    command_id = keep_command(act, scenario_id, kind, label, payload, seq)
    return Done(
        scenario_id=scenario_id,
        command_id=command_id,
        label=label,
        changes=changes,
        revision=revision,
        previous_revision=before,
        skipped_locked=skipped,
        locked_clusters=standing.locked_clusters,
    )


def write_moves(act: Act, standing: Standing, moves: Sequence[Move], seq: int) -> tuple[int, int, tuple[Change, ...]]:
    """Write the rows of moves; return the revision before and after, and what changed to the eye."""
    codes = tuple({move.after.cluster for move in moves if move.after.cluster is not None})
    ids = known_clusters(act.conn, codes)
    before, revision = raise_assignments(act.conn, standing.scenario_id)
    rows = [
        assignments.NewRow(
            parcel_id=move.parcel_id,
            cluster_id=None if move.after.cluster is None else ids[move.after.cluster],
            inherits=move.after.inherits,
            reason=move.after.reason,
            version=standing.version(move.parcel_id) + 1,
        )
        for move in moves
    ]
    assignments.put(
        act.conn, standing.scenario_id, rows, by=act.actor.name, at=act.at, revision=revision, audit_seq=seq
    )
    return before, revision, tuple(_change(standing, move) for move in moves)


def keep_command(act: Act, scenario_id: int, kind: str, label: Label, payload: object, seq: int) -> int:
    """Put the act on the scenario's undo stack and return the step's id."""
    return commands.add(
        act.conn,
        scenario_id=scenario_id,
        kind=kind,
        label={"key": label.key, "values": dict(label.values)},
        payload=payload,
        audit_seq=seq,
    )


def nothing_done(
    act: Act, scenario_id: int, label: Label, locked_clusters: frozenset[str], skipped: tuple[int, ...] = ()
) -> Done:
    """Say that all was as wanted already, or locked: no row, no step, no entry."""
    revision = revisions.read(act.conn, revisions.assignments_key(scenario_id))
    return Done(
        scenario_id=scenario_id,
        command_id=None,
        label=Label(label.key, {**label.values, "count": 0}),
        changes=(),
        revision=revision,
        previous_revision=revision,
        skipped_locked=skipped,
        locked_clusters=locked_clusters,
    )


def _change(standing: Standing, move: Move) -> Change:
    key = move.parcel_id
    return Change(
        parcel_id=key,
        before=standing.effective(key),
        after=standing.effective(key, move.after),
        version=standing.version(key) + 1,
        own=not move.after.inherits,
        locked=key in standing.parcel_locks,
    )
