"""Bringing one scenario's changes into another: three ways, against the state from which both went apart.

The ancestor is, for a copy, the scenario it was copied from as it stood at that moment; else the nearest base of both,
as it stands (what differs from a live base was changed by the scenario itself). A parcel that only they changed is
taken, one that only I changed stays, one that both changed otherwise is a conflict and waits for a person. A lock of
mine keeps a parcel as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from planning import ruling
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.atlas import Atlas
from planning.effective import Effective, effective
from planning.errors import Clash, Fault, Refused
from planning.moves import INHERITING, Move, State, packed
from planning.recording import keep_command, nothing_done, write_moves
from planning.ruling_gate import Passed, passed
from planning.standing import Standing
from planning.writing import Act, known_scenario, paintable_scenario, subject_of, writing
from store import features, overrides, scenarios
from store.database import Database
from store.scenarios import Scenario

Side = Literal["mine", "theirs"]
PARCELS: Final = "parcels"


@dataclass(frozen=True, slots=True)
class Ancestor:
    """Where two scenarios went apart: a scenario, as of an audit entry, or as it stands when ``until`` is None."""

    scenario_id: int
    until: int | None = None


@dataclass(frozen=True, slots=True)
class MergePlan:
    """What a merge would do, parcel by parcel, each with its old, my and their cluster.

    ``taken`` only they changed; ``conflicts`` both changed, to different clusters; ``locked`` would change but for a
    lock of mine; ``kept`` counts those that only I changed, ``same`` those that both changed alike.
    """

    into: Scenario
    from_: Scenario
    ancestor: Ancestor
    taken: tuple[Clash, ...]
    conflicts: tuple[Clash, ...]
    locked: tuple[Clash, ...]
    kept: int
    same: int


def plan(db: Database, *, into: int, from_: int) -> MergePlan:
    """Say what merging would do, and what a person has to decide; nothing is written. Errors as for ``merge``."""
    with db.read() as conn:
        return _worked_out(conn, into, from_)[0]


def merge(
    db: Database, *, actor: Actor, into: int, from_: int, choices: Mapping[int, Side], clock: Clock = utc_now
) -> Done:
    """Bring a scenario's changes into a draft, as one step that can be undone.

    ``choices`` says for each parcel in conflict whose value stands.

    Raises
    ------
    Refused
        An unknown scenario; the two are the same one; ``merge_undecided`` with the codes of conflicts without a choice,
        such as those that came up since the plan was shown: nothing was written.
    ReadOnlyScenario
        ``into`` is the base, or no longer a draft.
    RuleRefused
        The rule book forbids some of it in this scenario, and no reviewer signed for that there.
    """
    ruling.rule_book_of(Atlas.of(db))
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        found, states = _worked_out(conn, into, from_)
        undecided = [clash.code for clash in found.conflicts if choices.get(clash.parcel_id) not in {"mine", "theirs"}]
        if undecided:
            raise Refused(Fault("merge_undecided", {"count": len(undecided), "codes": tuple(undecided[:20])}))
        wanted = [clash.parcel_id for clash in found.taken]
        wanted += [clash.parcel_id for clash in found.conflicts if choices[clash.parcel_id] == "theirs"]
        return _taken_over(act, db, found, sorted(wanted), states)


def all_of(found: MergePlan, side: Side) -> dict[int, Side]:
    """The same choice for every conflict."""
    return {clash.parcel_id: side for clash in found.conflicts}


def ancestor_of(conn: Connection, one: int, other: int) -> Ancestor:
    """Say where two scenarios went apart."""
    copies = scenarios.copies(conn)
    mine, theirs = _copied_from(copies, one), _copied_from(copies, other)
    for scenario_id, until in mine.items():
        if scenario_id in theirs:
            limits = [limit for limit in (until, theirs[scenario_id]) if limit is not None]
            return Ancestor(scenario_id, min(limits, default=None))
    bases = scenarios.chain(conn, other)
    return Ancestor(next(base for base in scenarios.chain(conn, one) if base in bases))


def _copied_from(copies: Mapping[int, tuple[int, int]], scenario_id: int) -> dict[int, int | None]:
    """The scenario and those it is a copy of, nearest first, each with the entry up to which it holds for it."""
    found: dict[int, int | None] = {scenario_id: None}
    until: int | None = None
    while scenario_id in copies:
        scenario_id, seq = copies[scenario_id]
        until = seq if until is None else min(until, seq)
        found[scenario_id] = until
    return found


@dataclass(frozen=True, slots=True)
class _States:
    """Both scenarios over all live parcels, by rising id."""

    ids: NDArray[np.int64]
    mine: Effective
    theirs: Effective


def _worked_out(conn: Connection, into: int, from_: int) -> tuple[MergePlan, _States]:
    mine_, theirs_ = paintable_scenario(conn, into), known_scenario(conn, from_)
    if mine_.id == theirs_.id:
        raise Refused(Fault("merge_with_itself", {"name": mine_.name}))
    ids = features.live_ids(conn, PARCELS)
    ancestor = ancestor_of(conn, mine_.id, theirs_.id)
    old = effective(conn, ancestor.scenario_id, ids, until=ancestor.until).cluster
    states = _States(ids, effective(conn, mine_.id, ids), effective(conn, theirs_.id, ids))
    mine, theirs = states.mine.cluster, states.theirs.cluster
    differ = (mine != theirs) & (theirs != old)
    rows = np.flatnonzero(differ)
    told = _told(conn, mine_, theirs_, ids[rows], (old[rows], mine[rows], theirs[rows]))
    held = dict(zip(ids[rows].tolist(), (mine[rows] == old[rows]).tolist(), strict=True))
    free = [clash for clash, locked in told if not locked]
    return (
        MergePlan(
            into=mine_,
            from_=theirs_,
            ancestor=ancestor,
            taken=tuple(clash for clash in free if held[clash.parcel_id]),
            conflicts=tuple(clash for clash in free if not held[clash.parcel_id]),
            locked=tuple(clash for clash, locked in told if locked),
            kept=int(((mine != old) & (theirs == old)).sum()),
            same=int(((mine == theirs) & (mine != old)).sum()),
        ),
        states,
    )


def _told(
    conn: Connection,
    into: Scenario,
    from_: Scenario,
    ids: NDArray[np.int64],
    values: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
) -> list[tuple[Clash, bool]]:
    """Each parcel with its three clusters by code, and whether a lock of mine keeps it."""
    listed = ids.tolist()
    standing, theirs = Standing.read(conn, into.id, listed), Standing.read(conn, from_.id, listed)
    codes: dict[int, str | None] = {0: None, **standing.cluster_codes}
    found: list[tuple[Clash, bool]] = []
    for key, *three in zip(listed, *(value.tolist() for value in values), strict=True):
        old, mine, other = (codes[one] for one in three)
        row = theirs.rows.get(key)
        by, at = (row.by, row.at) if row else ("", "")
        clash = Clash(key, standing.code_of[key], old, mine, other, standing.version(key), by, at)
        found.append((clash, standing.is_locked(key) or other in standing.locked_clusters))
    return found


def _taken_over(act: Act, db: Database, found: MergePlan, wanted: Sequence[int], states: _States) -> Done:
    standing = Standing.read(act.conn, found.into.id, wanted)
    label = Label("merge_scenario", {"from": found.from_.name})
    skipped = tuple(clash.parcel_id for clash in found.locked)
    if not wanted:
        return nothing_done(act, found.into.id, label, standing.locked_clusters, skipped)
    theirs = Standing.read(act.conn, found.from_.id, wanted)
    rows = dict(zip(wanted, np.searchsorted(states.ids, wanted).tolist(), strict=True))
    moves = [Move(key, standing.state(key), _state(key, rows[key], theirs, states)) for key in wanted]
    payload = packed(moves)
    through = _through(act, db, found, standing, moves)
    # the audit says from where, and how each conflict was decided; the step itself is one like any other stroke
    taken = set(wanted)
    decided = {clash.parcel_id: "theirs" if clash.parcel_id in taken else "mine" for clash in found.conflicts}
    detail = {"from": found.from_.id, "decided": {str(key): side for key, side in decided.items()}}
    seq = act.audit(
        "merge_scenario",
        subject_of(found.into.id),
        payload | detail | {"skipped_locked": list(skipped)} | through.detail,
    )
    through.enter(act, seq)
    before, revision, changes = write_moves(act, standing, moves, seq)
    label = Label(label.key, {**label.values, "count": len(moves)})
    return Done(
        scenario_id=found.into.id,
        command_id=keep_command(act, found.into.id, "assign", label, payload, seq),
        label=label,
        changes=changes,
        revision=revision,
        previous_revision=before,
        skipped_locked=skipped,
        locked_clusters=standing.locked_clusters,
    )


def _through(act: Act, db: Database, found: MergePlan, standing: Standing, moves: Sequence[Move]) -> Passed:
    """The gate: what is forbidden comes along only with their reviewer's signature for it."""
    wanted = {
        move.parcel_id: code
        for move in moves
        if (code := standing.effective(move.parcel_id, move.after)) not in {None, standing.effective(move.parcel_id)}
        and code is not None
    }
    kept = overrides.of_scenario(act.conn, found.from_.id)
    # reasons come along as they were written, or not
    return passed(db, found.into.id, wanted, reasons={}, kept=kept, wants_reasons=False)


def _state(key: int, row: int, theirs: Standing, states: _States) -> State:
    """Their state of a parcel as mine: it shows my base where theirs shows its own base and both are the same."""
    if not states.theirs.own[row] and states.mine.inherited[row] == states.theirs.cluster[row]:
        return INHERITING
    reason = theirs.rows[key].reason if key in theirs.rows else None
    return State(theirs.effective(key), inherits=False, reason=reason)
