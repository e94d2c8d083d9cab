"""Editing the table: columns of parcels that a planner may change, checked against the layer's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from layers.schema import LAYERS
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, FieldChange, Label
from planning.cells import stored_value
from planning.errors import Clash, Fault, Refused, StaleVersion, UndoConflict
from planning.recording import keep_command
from planning.writing import Act, known_scenario, subject_of, writing
from store import edits, features, revisions
from store.database import Database

PARCELS: Final = "parcels"
# lower bound, upper bound: the first may not be above the second
BOUNDS: Final = (("far_min", "far_max"), ("density_min", "density_max"), ("green_min", "green_max"))

Edit = tuple[int, dict[str, object], dict[str, object]]


def edit_parcels(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    changes: Mapping[int, Mapping[str, object]],
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Change columns of parcels as one step of the scenario's undo stack; None empties a cell.

    Parcels' columns are facts, common to all scenarios; the scenario says only on whose stack the step lies.
    ``seen`` holds each parcel's ``version`` as the screen showed it. Somebody's change to other columns of the
    same parcel is no clash.

    Raises
    ------
    Refused
        Every cell that cannot be taken: unknown parcel or column, not editable, wrong kind, not in the list,
        out of bounds, lower bound above the upper.
    StaleVersion
        Somebody changed a cell that this changes too, since it was seen; nothing was written.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, scenario_id)
        wanted = {int(key): dict(cells) for key, cells in changes.items()}
        rows = features.read_rows(conn, PARCELS, list(wanted), ("code", "version", *LAYERS[PARCELS].keys))
        clean = _checked(wanted, rows)
        if seen is not None and (clashes := _clashes(act, clean, rows, seen)):
            raise StaleVersion(*clashes)
        turned = [
            (key, {name: rows[key][name] for name in cells}, cells)
            for key, full in clean.items()
            if (cells := {name: value for name, value in full.items() if rows[key][name] != value})
        ]
        label = Label(
            "edit", {"count": len(turned), "fields": sorted({name for _, _, cells in turned for name in cells})}
        )
        return write_edits(act, scenario_id, turned, label, "edit", None)


def write_edits(
    act: Act, scenario_id: int, turned: Sequence[Edit], label: Label, verb: str, command_id: int | None
) -> Done:
    """Write edits of parcels, or of the layer that the label names: (row, before, after).

    ``before`` must stand now, or UndoConflict is raised. A new step is put on the stack unless ``command_id`` names the
    one that is being undone or redone.
    """
    layer = layer_of(label)
    revision = revisions.read(act.conn, revisions.assignments_key(scenario_id))
    fields_revision = revisions.read(act.conn, revisions.PARCEL_FIELDS)
    written: list[FieldChange] = []
    if turned:
        rows = features.read_rows(
            act.conn, layer, [key for key, _, _ in turned], ("code", "version", *LAYERS[layer].keys)
        )
        _refuse_moved(turned, rows)
        payload: dict[str, object] = {"edits": [list(edit) for edit in turned]}
        if layer != PARCELS:
            payload["layer"] = layer
        detail = payload if command_id is None else {"command": command_id, **payload}
        seq = act.audit(verb, subject_of(scenario_id), detail)
        for key, before, after in turned:
            version = int(rows[key]["version"])
            edits.write(act.conn, layer, key, version, before, after, audit_seq=seq)
            written.append(FieldChange(key, before, after, version + 1))
        raised = revisions.raise_one(act.conn, revisions.PARCEL_FIELDS if layer == PARCELS else layer)
        fields_revision = raised if layer == PARCELS else fields_revision
        if command_id is None:
            command_id = keep_command(act, scenario_id, "edit", label, payload, seq)
    return Done(
        scenario_id=scenario_id,
        command_id=command_id,
        label=label,
        changes=(),
        revision=revision,
        previous_revision=revision,
        field_changes=tuple(written) if layer == PARCELS else (),
        fields_revision=fields_revision,
    )


def layer_of(label: Label) -> str:
    """The layer whose cells a step changes: the label says it where it is not the parcels."""
    return str(label.values.get("layer", PARCELS))


def still_standing(act: Act, turned: Sequence[Edit], layer: str = PARCELS) -> list[Edit]:
    """Return the part of the edits whose ``before`` still stands, cell by cell."""
    rows = features.read_rows(act.conn, layer, [key for key, _, _ in turned], LAYERS[layer].keys)
    kept: list[Edit] = []
    for key, before, after in turned:
        names = [name for name, value in before.items() if key in rows and rows[key][name] == value]
        if names:
            kept.append((key, {name: before[name] for name in names}, {name: after[name] for name in names}))
    return kept


def _refuse_moved(turned: Sequence[Edit], rows: Mapping[int, Mapping[str, Any]]) -> None:
    gone = [Fault("unknown_parcel", {"id": key}) for key, _, _ in turned if key not in rows]
    if gone:
        raise Refused(*gone)
    clashes = [
        Clash(key, rows[key]["code"], value, after[name], rows[key][name], int(rows[key]["version"]), "", "", name)
        for key, before, after in turned
        for name, value in before.items()
        if rows[key][name] != value
    ]
    if clashes:
        raise UndoConflict(*clashes)


def _clashes(
    act: Act, wanted: Mapping[int, Mapping[str, object]], rows: Mapping[int, Mapping[str, Any]], seen: Mapping[int, int]
) -> list[Clash]:
    """Cells that somebody changed after the version seen, to something else than is wanted now."""
    found: list[Clash] = []
    for key, cells in wanted.items():
        row = rows[key]
        if seen.get(key) == row["version"]:
            continue
        theirs = edits.since(act.conn, PARCELS, key, seen.get(key, 0))
        for name, value in cells.items():
            changed = [one for one in theirs if name in one.before]
            if changed and row[name] != value:
                last = changed[-1]
                old = changed[0].before[name]
                found.append(
                    Clash(key, row["code"], old, value, row[name], int(row["version"]), last.by, last.at, name)
                )
    return found


def _checked(
    wanted: Mapping[int, Mapping[str, object]], rows: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, object]]:
    """Return every cell as it is stored, or refuse with all that is wrong."""
    clean: dict[int, dict[str, object]] = {}
    faults: list[Fault] = []
    for key, cells in wanted.items():
        if key not in rows:
            faults.append(Fault("unknown_parcel", {"id": key}))
            continue
        where = str(rows[key]["code"])
        clean[key] = {}
        for name, value in cells.items():
            try:
                clean[key][name] = stored_value(name, value)
            except Refused as error:
                faults += [Fault(fault.code, fault.values, where) for fault in error.faults]
        faults += _bound_faults({**rows[key], **clean[key]}, touched=set(cells), where=where)
    if faults:
        raise Refused(*faults)
    return clean


def _bound_faults(row: Mapping[str, Any], *, touched: set[str], where: str) -> list[Fault]:
    return [
        Fault("bounds_crossed", {"lower": low, "upper": high, "low": row[low], "high": row[high]}, where)
        for low, high in BOUNDS
        if touched & {low, high} and row[low] is not None and row[high] is not None and row[low] > row[high]
    ]
