"""An import taken back: what it began is ended, what it changed or ended is again as it was before.

Nothing is deleted. To do it again is to import again: the file is kept by its hash.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from planning.actors import Actor, Clock, utc_now
from planning.errors import Clash, Fault, Refused, UndoConflict
from planning.features import digest_of_rows
from planning.reshape_steps import PARCELS, refuse_locked
from planning.writing import Act, writing
from store import assignments, bulk, clusters, features, imports, revisions
from store.bulk import RowChange
from store.database import Database
from store.imports import ImportBatch
from store.scenarios import BASE_ID
from store.shapes import LIFE_CELL


@dataclass(frozen=True, slots=True)
class ImportUndone:
    """What the undo did, by id: rows ended that the import began, rows restored that it changed, rows brought back."""

    batch_id: int
    layer: str
    ended: tuple[int, ...]
    restored: tuple[int, ...]
    revived: tuple[int, ...]
    revision: int


def undo_import(db: Database, *, actor: Actor, batch_id: int, clock: Clock = utc_now) -> ImportUndone:
    """Take an import back, whole.

    Raises
    ------
    Refused
        There is no such import; it was undone already, or made before imports could be; a parcel is locked; the code
        of a row that would come back is in use.
    UndoConflict
        Somebody edited, cut, ended or assigned what it brought, since: every row and cell is listed, nothing written.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        batch = _undoable(conn, batch_id)
        first, last = int(batch.first_seq or 0), int(batch.last_seq or 0)
        born = bulk.of_batch(conn, batch.layer, batch.id)
        steps = bulk.changes_of(conn, batch.layer, first, last)
        touched = [row["id"] for row in born] + [step["feature_id"] for step in steps]
        clashes = [*_edited(conn, batch, touched, last), *_assigned(conn, batch, [row["id"] for row in born], last)]
        if clashes:
            raise UndoConflict(*clashes)
        now = bulk.standing_rows(conn, batch.layer, [step["feature_id"] for step in steps])
        changes = [*_ends(born, act.at), *_turned(steps, now)]
        revived = [one.id for one in changes if one.before.get(LIFE_CELL) is not None]
        _refuse_used(conn, batch.layer, revived, {row["id"] for row in born})
        if batch.layer == PARCELS:
            refuse_locked(conn, [one.id for one in changes if {LIFE_CELL, "geometry"} & one.after.keys()])
        seq = act.audit("undo_import", f"layer:{batch.layer}", {
            "batch": batch.id, "ended": len(born), "restored": len(steps),
            "sha256": digest_of_rows([c.id, c.version, dict(c.before), dict(c.after)] for c in changes),
        })  # fmt: skip
        # what was begun ends first: a row that comes back may bear the same code
        bulk.change_rows(conn, batch.layer, changes[: len(born)], audit_seq=seq)
        bulk.change_rows(conn, batch.layer, changes[len(born) :], audit_seq=seq)
        imports.settle(conn, batch.id, undone_at=act.at, undone_by=actor.name)
        revisions.raise_one(conn, batch.layer)
        if batch.layer == PARCELS:
            revisions.raise_one(conn, revisions.PARCEL_FIELDS)
        ended = tuple(row["id"] for row in born)
        restored = tuple(one.id for one in changes[len(born) :] if one.id not in revived)
        revision = revisions.read(conn, batch.layer)
        return ImportUndone(batch.id, batch.layer, ended, restored, tuple(revived), revision)


def _undoable(conn: Connection, batch_id: int) -> ImportBatch:
    batch = imports.find(conn, batch_id)
    if batch is None:
        known = tuple(one.id for one in imports.latest(conn, limit=20))
        raise Refused(Fault("unknown_batch", {"batch": batch_id, "known": known}))
    if batch.undone_at is not None:
        raise Refused(Fault("import_undone", {"batch": batch.id, "at": batch.undone_at, "by": batch.undone_by}))
    if batch.first_seq is None:
        raise Refused(Fault("import_too_old", {"batch": batch.id, "file": batch.file_name}))
    return batch


def _edited(conn: Connection, batch: ImportBatch, ids: Sequence[int], last: int) -> list[Clash]:
    """Cells, boundaries and lives that somebody changed after the import, and that do not stand as it left them."""
    codes = features.codes_of(conn, batch.layer, ids, live=False)
    before: dict[tuple[int, str], object] = {}
    now: dict[tuple[int, str], object] = {}
    version: dict[int, int] = {}
    for step in bulk.steps_after(conn, batch.layer, ids, last):
        key = step["feature_id"]
        version[key] = step["version"]
        for name, value in json.loads(step["before"]).items():
            before.setdefault((key, name), value)
        now |= {(key, name): value for name, value in json.loads(step["after"]).items()}
    return [
        Clash(key, codes[key], _told(name, before[key, name]), None, _told(name, value), version[key], "", "", name)
        for (key, name), value in now.items()
        if before[key, name] != value and name not in {"area_ellipsoid_m2", "length_m"}
    ]


def _told(name: str, value: Any) -> object:
    """A boundary is not written out."""
    return None if name == "geometry" else value


def _assigned(conn: Connection, batch: ImportBatch, ids: Sequence[int], last: int) -> list[Clash]:
    """Parcels that the import brought and that somebody has given a cluster since."""
    if batch.layer != PARCELS:
        return []
    codes = features.codes_of(conn, batch.layer, ids, live=False)
    names: dict[int | None, str | None] = {
        None: None,
        **{key: code for code, key in clusters.ids_by_code(conn).items()},
    }
    # the base is written by imports alone
    changed = assignments.changed_after(conn, ids, last, besides=BASE_ID)
    return [Clash(key, codes[key], names[old], None, names[now], 0, "", "") for key, old, now in changed]


def _ends(born: Sequence[dict[str, Any]], at: str) -> list[RowChange]:
    """End what lives; a clock that was set back does not end it before it began."""
    return [
        RowChange(row["id"], row["version"], {LIFE_CELL: None}, {LIFE_CELL: max(at, row["valid_from"])}) for row in born
    ]


def _turned(steps: Sequence[dict[str, Any]], now: Mapping[int, dict[str, Any]]) -> list[RowChange]:
    """Every step backwards, over the version that stands: others may have changed cells and put them back."""
    return [
        RowChange(
            step["feature_id"],
            now[step["feature_id"]]["version"],
            json.loads(step["after"]),
            json.loads(step["before"]),
        )
        for step in steps
    ]


def _refuse_used(conn: Connection, layer: str, revived: Sequence[int], born: set[int]) -> None:
    codes = features.codes_of(conn, layer, revived, live=False)
    used = features.live_ids_of_codes(conn, layer, list(codes.values()))
    faults = [Fault("code_in_use", {"code": code, "layer": layer}) for code, key in used.items() if key not in born]
    if faults:
        raise Refused(*faults)
