"""Undo and redo: the last step of a scenario, whoever made it and wherever, taken back or done again.

The stack lies in the database, so it survives a refresh, a restart and another browser. Versions go on rising:
a row that was put back is a new version with the old value.
"""

from __future__ import annotations

from typing import Any

from planning import quotas
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.editing import Edit, layer_of, still_standing, write_edits
from planning.errors import Fault, NothingToRedo, NothingToUndo, UndoConflict
from planning.locking import write_locks
from planning.moves import Move, packed, unpacked
from planning.recording import write_moves
from planning.reshape_steps import replay
from planning.standing import Standing
from planning.writing import Act, known_scenario, paintable_scenario, subject_of, writing
from store import commands
from store.commands import Command
from store.database import Database


def undo(db: Database, *, actor: Actor, scenario_id: int, keep_theirs: bool = False, clock: Clock = utc_now) -> Done:
    """Take back the scenario's last step; ``keep_theirs`` leaves cells as they are that others changed since.

    Raises
    ------
    NothingToUndo
        No step is left.
    UndoConflict
        A cell that the step wrote holds something else now (parcels' columns are common to all scenarios);
        nothing was written.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        scenario = known_scenario(conn, scenario_id)
        step = commands.last_done(conn, scenario.id)
        if step is None:
            raise NothingToUndo(Fault("nothing_to_undo", {"scenario": scenario.id, "name": scenario.name}))
        commands.set_status(conn, step.id, commands.UNDONE)
        return _replay(act, step, "undo", keep_theirs=keep_theirs)


def redo(db: Database, *, actor: Actor, scenario_id: int, keep_theirs: bool = False, clock: Clock = utc_now) -> Done:
    """Do again the step that was undone last; NothingToRedo when there is none, else as for ``undo``."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        scenario = known_scenario(conn, scenario_id)
        step = commands.first_undone(conn, scenario.id)
        if step is None:
            raise NothingToRedo(Fault("nothing_to_redo", {"scenario": scenario.id, "name": scenario.name}))
        commands.set_status(conn, step.id, commands.DONE)
        return _replay(act, step, "redo", keep_theirs=keep_theirs)


def _replay(act: Act, step: Command, verb: str, *, keep_theirs: bool) -> Done:
    label = Label(verb, {"of": step.label["key"], **step.label["values"]})
    backwards = verb == "undo"
    if step.kind == "edit" and "quotas" in step.payload:
        return quotas.replay(act, step.scenario_id, step.payload, label, verb, step.id)
    if step.kind == "edit":
        turned = _turned_edits(step.payload, backwards=backwards)
        if keep_theirs:
            turned = still_standing(act, turned, layer_of(label))
        return write_edits(act, step.scenario_id, turned, label, verb, step.id)
    if step.kind == "reshape":
        return replay(act, step, label, verb, keep_theirs=keep_theirs)
    paintable_scenario(act.conn, step.scenario_id)
    if step.kind in {"lock", "unlock"}:
        payload = {**step.payload, "active": step.payload["active"] != backwards}
        standing = Standing.read(act.conn, step.scenario_id, payload["parcels"], live=False)
        act.audit(verb, subject_of(step.scenario_id), {"command": step.id, **payload})
        return write_locks(act, standing, payload, label, step.id)
    moves = [Move(move.parcel_id, move.after, move.before) if backwards else move for move in unpacked(step.payload)]
    return _replay_moves(act, step, moves, label, verb)


def _replay_moves(act: Act, step: Command, moves: list[Move], label: Label, verb: str) -> Done:
    standing = Standing.read(act.conn, step.scenario_id, [move.parcel_id for move in moves], live=False)
    moved = [move for move in moves if standing.state(move.parcel_id).what != move.before.what]
    if moved:
        raise UndoConflict(*(standing.clash_now(move.parcel_id, move.before, move.after) for move in moved))
    seq = act.audit(verb, subject_of(step.scenario_id), {"command": step.id, **packed(moves)})
    before, revision, changes = write_moves(act, standing, moves, seq)
    return Done(
        scenario_id=step.scenario_id,
        command_id=step.id,
        label=label,
        changes=changes,
        revision=revision,
        previous_revision=before,
        locked_clusters=standing.locked_clusters,
    )


def _turned_edits(payload: dict[str, Any], *, backwards: bool) -> list[Edit]:
    edits = payload["edits"]
    return [(key, after, before) if backwards else (key, before, after) for key, before, after in edits]
