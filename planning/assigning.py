"""Painting: give parcels a cluster in a scenario, or take it back to the base.

The other acts on the same rows are named here too, so that a caller needs one module: lock and unlock
(planning.locking), undo and redo (planning.undoing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from planning import ruling
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.atlas import Atlas
from planning.errors import Fault, Refused, StaleVersion
from planning.locking import lock, unlock
from planning.moves import INHERITING, Move, State
from planning.recording import keep_moves, nothing_done
from planning.ruling_gate import Passed, Signed, asked_by, passed
from planning.standing import Standing, distinct
from planning.undoing import redo, undo
from planning.writing import Act, known_clusters, paintable_scenario, writing
from store.database import Database

__all__ = ["assign", "lock", "redo", "revert", "undo", "unlock"]

# a reason is a line, not an essay; it is printed in tables
LONGEST_REASON: Final = 500


def assign(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Iterable[int],
    cluster: str | None,
    reason: str | None = None,
    seen: Mapping[int, int] | None = None,
    signed: Signed | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Give the parcels a cluster (None = unassigned) in a draft scenario, as one step that can be undone.

    Parcels that are locked are left and listed in ``skipped_locked``; those that have the cluster already are
    not written. ``seen`` holds the version of each row as this person's screen showed it (0 or absent = no
    row); None checks nothing. ``signed`` is a reviewer's word for what the rule book forbids, asked by another.

    Raises
    ------
    RuleRefused
        The rule book forbids some of it and nobody signed for that, or wants a reason and there is none: nothing was
        written, for any parcel.
    Refused
        Unknown scenario, cluster or parcel, a locked target cluster, a reason that is too long; a signature that does
        not count, or that is of the person who asks for it.
    ReadOnlyScenario
        The scenario is the base, or no longer a draft.
    StaleVersion
        Somebody changed some of the parcels since; nothing was written.
    """
    text = (reason or "").strip() or None
    if text is not None and len(text) > LONGEST_REASON:
        raise Refused(Fault("reason_too_long", {"length": len(text), "longest": LONGEST_REASON}))
    wanted = State(cluster, inherits=False, reason=text)
    label = Label("clear" if cluster is None else "assign", {"cluster": cluster})
    # a database from before the book gets it now: within the act it would be too late
    ruling.rule_book_of(Atlas.of(db))
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        return _paint(
            act, "assign", label, scenario_id, distinct(parcel_ids), wanted=wanted, seen=seen, gate=(db, signed)
        )


def revert(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Iterable[int],
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Let the base scenario show through again for these parcels; errors and ``seen`` as for ``assign``."""
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        return _paint(act, "revert", Label("revert"), scenario_id, distinct(parcel_ids), wanted=INHERITING, seen=seen)


def _paint(
    act: Act,
    kind: str,
    label: Label,
    scenario_id: int,
    ids: list[int],
    *,
    wanted: State,
    seen: Mapping[int, int] | None,
    gate: tuple[Database, Signed | None] | None = None,
) -> Done:
    scenario = paintable_scenario(act.conn, scenario_id)
    if wanted.cluster is not None:
        known_clusters(act.conn, (wanted.cluster,))
    standing = Standing.read(act.conn, scenario.id, ids)
    if wanted.cluster in standing.locked_clusters:
        raise Refused(Fault("cluster_locked", {"cluster": wanted.cluster}))
    skipped = tuple(key for key in ids if standing.is_locked(key))
    free = dict.fromkeys((key for key in ids if not standing.is_locked(key)), wanted)
    if seen is not None and (clashes := standing.clashes(act.conn, free, seen)):
        raise StaleVersion(*clashes)
    moves = [Move(key, standing.state(key), wanted) for key in free if _differs(standing.state(key), wanted)]
    if not moves:
        return nothing_done(act, scenario.id, label, standing.locked_clusters, skipped)
    through = Passed()
    if gate is not None and wanted.cluster is not None:
        others = {
            move.parcel_id: wanted.cluster for move in moves if standing.effective(move.parcel_id) != wanted.cluster
        }
        reasons = dict.fromkeys(others, wanted.reason)
        db, signed = gate
        asker = "" if signed is None else asked_by(act, signed)
        through = replace(passed(db, scenario.id, others, reasons=reasons, signed=signed), asked_by=asker)
    return keep_moves(act, kind, label, standing, moves, skipped, through)


def _differs(now: State, wanted: State) -> bool:
    return now.what != wanted.what or (wanted.reason is not None and wanted.reason != now.reason)
