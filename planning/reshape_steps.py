"""A step that changes parcels' boundaries or lives, as it lies on an undo stack: written, taken back, done again.

One step ends parcels, begins others, and gives others again another boundary. What it ended is brought back by undo
with its id, its cells and its assignments as they were; what it began is ended, and brought back by redo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from planning.acts import Done, Label
from planning.errors import Clash, Fault, Refused, UndoConflict
from planning.standing import Standing
from planning.writing import Act, subject_of
from store import assignments, clusters, edits, features, revisions, scenarios, shapes
from store.commands import Command
from store.shapes import LIFE_CELL, SHAPE_CELLS, Stand

PARCELS = "parcels"


@dataclass(frozen=True, slots=True)
class Turn:
    """One parcel's boundary before and after: the cells of ``store.shapes.SHAPE_CELLS``."""

    parcel_id: int
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step did; ``settled`` is the last entry of the audit chain that belongs to it."""

    ended: tuple[int, ...] = ()
    born: tuple[int, ...] = ()
    reshaped: tuple[Turn, ...] = ()
    settled: int = 0

    @property
    def packed(self) -> dict[str, Any]:
        """The step as what JSON can hold."""
        turns = [[turn.parcel_id, turn.before, turn.after] for turn in self.reshaped]
        return {"ended": list(self.ended), "born": list(self.born), "reshaped": turns, "settled": self.settled}

    @classmethod
    def unpacked(cls, form: Mapping[str, Any]) -> Step:
        """Return the step that ``packed`` wrote."""
        turns = tuple(Turn(*one) for one in form["reshaped"])
        return cls(tuple(form["ended"]), tuple(form["born"]), turns, form["settled"])

    @property
    def backwards(self) -> Step:
        """The step that takes this one back."""
        turns = tuple(Turn(turn.parcel_id, turn.after, turn.before) for turn in self.reshaped)
        return Step(self.born, self.ended, turns, self.settled)

    @property
    def ids(self) -> list[int]:
        """Every parcel that the step touches."""
        return [*self.ended, *self.born, *(turn.parcel_id for turn in self.reshaped)]


def replay(act: Act, command: Command, label: Label, verb: str, *, keep_theirs: bool) -> Done:
    """Take a step back (``verb`` undo) or do it again (redo).

    Raises
    ------
    UndoConflict
        A parcel that would end was painted in another scenario, edited or cut since it came, or a boundary is not
        the one that the step left. With ``keep_theirs`` what was painted and edited stays on record with the parcel
        that ends, and boundaries that others changed stay as they are; parcels that are gone are a conflict always.
    Refused
        A parcel is locked in some scenario; a code is in use by another parcel.
    """
    step = Step.unpacked(command.payload)
    step = step.backwards if verb == "undo" else step
    stands = shapes.standing(act.conn, PARCELS, step.ids)
    moved = [turn for turn in step.reshaped if not _stands_as(stands[turn.parcel_id], turn.before)]
    if moved and keep_theirs:
        step = Step(step.ended, step.born, tuple(turn for turn in step.reshaped if turn not in moved), step.settled)
        moved = []
    gone = [key for key in step.ended if stands[key].valid_to is not None]
    clashes = [_turn_clash(stands[turn.parcel_id], turn) for turn in moved]
    clashes += [Clash(key, stands[key].code, None, None, stands[key].valid_to, 0, "", "", LIFE_CELL) for key in gone]
    if not keep_theirs:
        clashes += _touched(act.conn, command.scenario_id, step, stands)
    if clashes:
        raise UndoConflict(*clashes)
    refuse_locked(act.conn, [*step.ended, *(turn.parcel_id for turn in step.reshaped)])
    _refuse_used_codes(act.conn, step, stands)
    packed = step.packed
    detail = {
        "command": command.id,
        "ended": packed["ended"],
        "revived": packed["born"],
        "reshaped": packed["reshaped"],
    }
    seq = act.audit(verb, subject_of(command.scenario_id), detail)
    _end_and_turn(act, step, stands, seq)
    for key in step.born:
        shapes.revive(act.conn, PARCELS, stands[key], audit_seq=seq)
    return done_of(act, command.scenario_id, command.id, label, step)


def end_and_turn(act: Act, step: Step, seq: int) -> None:
    """Write the part of a new step that is on parcels that there are: end some, give others their boundary."""
    _end_and_turn(act, step, shapes.standing(act.conn, PARCELS, step.ids), seq)


def done_of(act: Act, scenario_id: int, command_id: int | None, label: Label, step: Step) -> Done:
    """Raise the revisions of the parcels and say what the step did; nothing is raised when it did nothing."""
    revision = revisions.read(act.conn, revisions.assignments_key(scenario_id))
    if command_id is not None:
        revisions.raise_one(act.conn, PARCELS)
        revisions.raise_one(act.conn, revisions.PARCEL_FIELDS)
    return Done(
        scenario_id=scenario_id,
        command_id=command_id,
        label=label,
        changes=(),
        revision=revision,
        previous_revision=revision,
        fields_revision=revisions.read(act.conn, revisions.PARCEL_FIELDS),
        ended=step.ended,
        born=step.born,
        reshaped=tuple(turn.parcel_id for turn in step.reshaped),
        shapes_revision=revisions.read(act.conn, PARCELS),
    )


def refuse_locked(conn: Connection, parcel_ids: Sequence[int]) -> None:
    """Refuse when a parcel is locked, by itself or by its cluster, in any scenario: a boundary is common to all."""
    faults = []
    for one in scenarios.list_all(conn):
        standing = Standing.read(conn, one.id, parcel_ids, live=False)
        faults += [
            Fault("parcel_locked", {"code": standing.code_of[key], "scenario": one.name})
            for key in parcel_ids
            if standing.is_locked(key)
        ]
    if faults:
        raise Refused(*faults)


def shape_clashes(
    conn: Connection, stands: Iterable[Stand], seen: Mapping[int, int], mine: Mapping[int, float | None]
) -> list[Clash]:
    """Parcels whose boundary or life somebody changed after the version seen; values are areas in m², None = ended.

    ``mine`` gives the area that this act would leave the parcel; None when it would end it.
    """
    found: list[Clash] = []
    for stand in stands:
        since = (
            [] if seen.get(stand.id) == stand.version else edits.since(conn, PARCELS, stand.id, seen.get(stand.id, 0))
        )
        steps = [step for step in since if "geometry" in step.before or LIFE_CELL in step.before]
        if not steps:
            continue
        last = steps[-1]
        theirs = None if stand.valid_to is not None else stand.shape["area_m2"]
        old = next((step.before["area_m2"] for step in steps if "area_m2" in step.before), stand.shape["area_m2"])
        wanted = mine.get(stand.id)
        found.append(Clash(stand.id, stand.code, old, wanted, theirs, stand.version, last.by, last.at, "geometry"))
    return found


def _end_and_turn(act: Act, step: Step, stands: Mapping[int, Stand], seq: int) -> None:
    for key in step.ended:
        shapes.end(act.conn, PARCELS, stands[key], act.at, audit_seq=seq)
    for turn in step.reshaped:
        version = stands[turn.parcel_id].version
        shapes.reshape(act.conn, PARCELS, turn.parcel_id, version, turn.before, turn.after, audit_seq=seq)


def _stands_as(stand: Stand, shape: Mapping[str, object]) -> bool:
    return stand.valid_to is None and bool(stand.shape["geometry"] == shape["geometry"])


def _turn_clash(stand: Stand, turn: Turn) -> Clash:
    theirs = None if stand.valid_to is not None else stand.shape["area_m2"]
    old, mine = turn.before["area_m2"], turn.after["area_m2"]
    return Clash(stand.id, stand.code, old, mine, theirs, stand.version, "", "", "geometry")


def _touched(conn: Connection, scenario_id: int, step: Step, stands: Mapping[int, Stand]) -> list[Clash]:
    """What was painted in other scenarios, or edited, on parcels that would end, since they came to life."""
    lives = {key: edits.since(conn, PARCELS, key, 0) for key in step.ended}
    life = max([step.settled, *(one.audit_seq for steps in lives.values() for one in steps if LIFE_CELL in one.before)])
    found: list[Clash] = []
    for key, steps in lives.items():
        cells: dict[str, tuple[object, edits.Step]] = {}
        for one in steps:
            if one.audit_seq > life:
                cells |= {name: (cells.get(name, (old,))[0], one) for name, old in one.before.items()}
        found += [
            Clash(key, stands[key].code, old, None, one.after[name], stands[key].version, one.by, one.at, name)
            for name, (old, one) in cells.items()
            if one.after[name] != old and name not in SHAPE_CELLS[1:]
        ]
    codes: dict[int | None, str | None] = {None: None}
    codes |= {key: code for code, key in clusters.ids_by_code(conn).items()}
    for parcel_id, old, now in assignments.changed_after(conn, step.ended, life, besides=scenario_id):
        found.append(Clash(parcel_id, stands[parcel_id].code, codes[old], None, codes[now], 0, "", ""))
    return found


def _refuse_used_codes(conn: Connection, step: Step, stands: Mapping[int, Stand]) -> None:
    """Refuse when a parcel that would come back bears a code that another has by now."""
    used = features.live_ids_of_codes(conn, PARCELS, [stands[key].code for key in step.born])
    faults = [
        Fault("code_in_use", {"code": code, "layer": PARCELS}) for code, key in used.items() if key not in step.ended
    ]
    if faults:
        raise Refused(*faults)
