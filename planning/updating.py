"""A file that updates what is stored, row by row by its code: compared first, field by field, then accepted.

A row is the stored one of its code; a row without a code is the stored one whose shape is the same to the last bit.
What is empty in the file empties nothing unless a person asks for it. Clusters are the planners' and are not touched.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from exchange import progress
from exchange.progress import Watch
from layers.schema import LAYERS
from planning.actors import Actor, Clock, utc_now
from planning.errors import Clash, Fault, Refused, StaleVersion
from planning.features import digest_of_rows, measures
from planning.import_limits import ImportLimits
from planning.importing import ORIGINALS, Accepted, Batch, keep_original
from planning.reshape_steps import refuse_locked
from planning.staged import Staged
from planning.writing import writing
from store import bulk, revisions, settings
from store.bulk import RowChange
from store.database import Database
from store.idsets import among
from store.shapes import LIFE_CELL
from store.tables import LAYER_TABLES

PARCELS: Final = "parcels"
EXTRA: Final = "extra"
SHAPE: Final = "geometry"
# the product fills these itself from where a parcel lies: an empty cell says nothing of them
_FILLED: Final = frozenset({"town", "park"})
_AREA: Final = 2


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One cell that differs: what is stored and what the file brings (None = empty)."""

    old: object
    new: object


@dataclass(frozen=True, slots=True)
class ShapeDifference:
    """Another boundary: plane areas before and after, and the ground that is in one of the two alone, m²."""

    before_m2: float
    after_m2: float
    between_m2: float


@dataclass(frozen=True, slots=True)
class Changed:
    """One stored row that the file changes; ``at`` is its position among the staged rows, ``version`` as compared."""

    row: int
    at: int
    id: int
    code: str
    version: int
    fields: Mapping[str, FieldDifference]
    shape: ShapeDifference | None


@dataclass(frozen=True, slots=True)
class Gone:
    """One stored row that the file does not have."""

    id: int
    code: str
    version: int
    area_m2: float | None


@dataclass(frozen=True)
class Differences:
    """What a file would do to a layer; ``new`` are numbers of rows in the file, ``same`` how many change nothing.

    ``unmatched`` are rows that nothing is done with: their code stands twice in the file, or they are the shape of a
    stored row under another code.
    """

    new: tuple[int, ...]
    changed: tuple[Changed, ...]
    vanished: tuple[Gone, ...]
    same: int
    unmatched: tuple[int, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "new": len(self.new), "changed": len(self.changed), "vanished": len(self.vanished), "same": self.same,
            "unmatched": len(self.unmatched),
        }  # fmt: skip


def compare(
    db: Database,
    staged: Staged,
    *,
    empties: bool = False,
    watch: Watch = progress.nobody,
) -> Differences:
    """Compare a staged file with the layer as it stands; ``empties``: empty cells count as differences too."""
    with db.read() as conn:
        table = LAYER_TABLES[staged.layer]
        query = select(table.c.code, table.c.id, table.c.version, table.c.area_m2).where(table.c.valid_to.is_(None))
        live = {row.code: row for row in conn.execute(query)}
        matched, unmatched = _matched(staged, live)
        new = tuple(int(staged.rows[at]) for at in range(len(staged.rows)) if at not in matched and at not in unmatched)
        changed: list[Changed] = []
        wanted = np.isin(np.arange(len(staged.rows)), list(matched))
        done = 0
        for frame in staged.batches(wanted):
            watch("compare", done, len(matched))
            changed += _changed_of(conn, staged, frame, matched, empties=empties)
            done += len(frame)
        watch("compare", done, len(matched))
    met = {*matched.values(), *staged.twins.values(), *(staged.codes[at] for at in unmatched)}
    vanished = tuple(Gone(row.id, code, row.version, row.area_m2) for code, row in live.items() if code not in met)
    return Differences(
        new, tuple(changed), vanished, len(matched) - len(changed), tuple(int(staged.rows[at]) for at in unmatched)
    )


def accept_update(
    db: Database,
    staged: Staged,
    differences: Differences,
    *,
    actor: Actor,
    new: Collection[int] | None = None,
    changed: Collection[int] | None = None,
    fields: Collection[str] | None = None,
    end_vanished: Collection[int] | bool = False,
    watch: Watch = progress.nobody,
    clock: Clock = utc_now,
) -> Accepted:
    """Enter new rows, write changed cells and boundaries, end what vanished: one transaction, one import to undo.

    Parameters
    ----------
    new, changed
        Numbers in the file of the rows to take; None for all of ``differences``.
    fields
        Which fields of changed rows to take, ``geometry`` for the boundary and ``extra`` for the other columns;
        None for all.
    end_vanished
        True, or the ids of the stored rows to end; False ends none.

    Raises
    ------
    Refused
        Nothing to do; a parcel that would be cut, moved or ended is locked in some scenario.
    StaleVersion
        A stored row changed since it was compared; nothing was written.
    """
    taken_new = set(differences.new if new is None else new) & set(differences.new)
    mask = np.isin(staged.rows, list(taken_new))
    kept = [one for one in differences.changed if changed is None or one.row in set(changed)]
    turned = [cut for one in kept if (cut := _of_fields(one, fields)) is not None]
    ended = [one for one in differences.vanished if end_vanished is True or (end_vanished and one.id in end_vanished)]
    if not (mask.any() or turned or ended):
        raise Refused(Fault("nothing_to_update", {"rows": staged.report.rows}, staged.original.name))
    keep_original(staged.original, db.path.parent / ORIGINALS, watch)
    report = replace(
        staged.report, taken=int(mask.sum()) + len(turned), left=0, refused=0, items=(), accepted=True,
    )  # fmt: skip
    with writing(db) as conn:
        batch = Batch.begin(conn, staged, report, actor, clock, mode="update")
        _refuse_stale(conn, staged.layer, [*turned, *ended])
        if staged.layer == PARCELS:
            refuse_locked(conn, [one.id for one in turned if one.shape is not None] + [one.id for one in ended])
        changes = [*_row_changes(conn, staged, turned, watch), *_ends(ended, batch.act.at)]
        if changes:
            seq = batch.act.audit("update", f"layer:{staged.layer}", {
                "batch": batch.id, "file": report.file, "changed": len(turned), "ended": len(ended),
                "sha256": digest_of_rows([c.id, c.version, dict(c.before), dict(c.after)] for c in changes),
            })  # fmt: skip
            bulk.change_rows(conn, staged.layer, changes, audit_seq=seq)
            revisions.raise_one(conn, staged.layer)
            if staged.layer == PARCELS:
                revisions.raise_one(conn, revisions.PARCEL_FIELDS)
        ids = batch.insert(mask, watch)
        batch.end()
        revision = revisions.read(conn, staged.layer)
    return Accepted(
        batch.id, staged.layer, ids, revision, replace(report, batch_id=batch.id),
        changed=tuple(one.id for one in turned), ended=tuple(one.id for one in ended),
    )  # fmt: skip


def _matched(staged: Staged, live: Mapping[str, Any]) -> tuple[dict[int, str], set[int]]:
    """Stored code by position of the rows that are stored already; positions whose code stands twice in the file."""
    twice = {code for code, times in Counter(staged.codes.tolist()).items() if code and times > 1}
    unmatched = {at for at, code in enumerate(staged.codes) if code in twice}
    codes = [str(code) for code in staged.codes]
    matched = {at: code for at, code in enumerate(codes) if at not in unmatched and code in live}
    met = set(matched.values())
    for at, code in staged.twins.items():
        # a row that brings no code is known by its shape
        if not staged.codes[at] and at not in matched and code in live and code not in met:
            matched[at] = code
            met.add(code)
    takeable = staged.takeable
    # the shape of a stored row under another code: entered it would lie on that one
    unmatched |= {at for at in range(len(codes)) if at not in matched and not takeable[at]}
    return matched, unmatched


def _changed_of(
    conn: Connection,
    staged: Staged,
    frame: pd.DataFrame,
    matched: Mapping[int, str],
    *,
    empties: bool,
) -> list[Changed]:
    schema, table = LAYERS[staged.layer], LAYER_TABLES[staged.layer]
    keys = [key for key in schema.keys if key in frame.columns and key != "code"]
    columns = [table.c[name] for name in ("id", "code", "version", "extra", "geometry", "area_m2", *keys)]
    codes = [matched[at] for at in frame.index]
    query = select(*columns).where(among(table.c.code, codes), table.c.valid_to.is_(None))
    stored = {row["code"]: row for row in conn.execute(query).mappings()}
    column_of = {key: column for column, key in staged.report.mapped.items()}
    moved = _moved(
        frame["geometry"].to_numpy(dtype=object), [stored[code]["geometry"] for code in codes], staged.limits
    )
    found = []
    for (at, cells), code, shape in zip(frame.iterrows(), codes, moved, strict=True):
        row = stored[code]
        extra = cells[EXTRA] or {}
        fields = {
            key: FieldDifference(row[key], cells[key])
            for key in keys
            # what did not fit its field stays with the other columns and says nothing here
            if _differs(row[key], cells[key]) and column_of[key] not in extra
            and (cells[key] is not None or (empties and key not in _FILLED))
        }  # fmt: skip
        other = _extra_difference(row[EXTRA], extra, empties=empties)
        if other is not None:
            fields[EXTRA] = other
        if fields or shape is not None:
            position = int(at)  # type: ignore[call-overload] # the index is positions
            found.append(Changed(int(staged.rows[position]), position, row["id"], code, row["version"], fields, shape))
    return found


def _differs(old: object, new: object) -> bool:
    if isinstance(old, int | float) and isinstance(new, int | float):
        return float(old) != float(new)
    return old != new


def _extra_difference(old: str | None, new: Mapping[str, Any], *, empties: bool) -> FieldDifference | None:
    """The other columns where they differ; those that the file does not have stay as they are."""
    held: dict[str, Any] = json.loads(old) if old else {}
    apart = {name: value for name, value in new.items() if held.get(name) != value}
    gone = {name for name in held if name not in new} if empties else set()
    if not apart and not gone:
        return None
    before = {name: held.get(name) for name in (*apart, *sorted(gone))}
    return FieldDifference(before, {**apart, **dict.fromkeys(sorted(gone))})


def _moved(new: NDArray[np.object_], stored: list[bytes], limits: ImportLimits) -> list[ShapeDifference | None]:
    """What became of each boundary; None where it is nowhere further off than the grid allows."""
    old = np.asarray(shapely.from_wkb(stored), dtype=object)
    apart = np.flatnonzero(~shapely.equals_identical(old, new))
    found: list[ShapeDifference | None] = [None] * len(new)
    if not len(apart):
        return found
    one, other = shapely.normalize(_bare(old[apart])), shapely.normalize(_bare(new[apart]))
    same = shapely.equals_exact(one, other, tolerance=limits.same_place_m)
    # a normal form may begin elsewhere when two vertices are level but for the last digit
    same |= (shapely.get_num_coordinates(one) == shapely.get_num_coordinates(other)) & (
        shapely.hausdorff_distance(shapely.boundary(one), shapely.boundary(other)) <= limits.same_place_m
    )
    apart = apart[~same]
    between = shapely.area(shapely.symmetric_difference(old[apart], new[apart]))
    for at, ground in zip(apart.tolist(), between.tolist(), strict=True):
        found[at] = ShapeDifference(float(old[at].area), float(new[at].area), float(ground))
    return found


def _bare(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with what is the only part of a collection taken out of it: GeoPackage and GDB write every one as many."""
    lone = shapely.get_num_geometries(geoms) == 1
    return np.where(lone, shapely.get_geometry(geoms, 0), geoms)


def _of_fields(one: Changed, fields: Collection[str] | None) -> Changed | None:
    """The part of a change that is wanted, None when nothing is."""
    if fields is None:
        return one
    kept = {key: each for key, each in one.fields.items() if key in fields}
    shape = one.shape if SHAPE in fields else None
    return replace(one, fields=kept, shape=shape) if kept or shape is not None else None


def _refuse_stale(conn: Connection, layer: str, rows: Collection[Changed | Gone]) -> None:
    now = bulk.standing_rows(conn, layer, [one.id for one in rows])
    clashes = []
    for one in rows:
        held = now.get(one.id)
        if held is None or held["version"] != one.version or held["valid_to"] is not None:
            version = 0 if held is None else int(held["version"])
            clashes.append(Clash(one.id, one.code, one.version, None, version, version, "", "", "version"))
    if clashes:
        raise StaleVersion(*clashes)


def _row_changes(conn: Connection, staged: Staged, turned: Collection[Changed], watch: Watch) -> list[RowChange]:
    """The changes as they are written: cells, and boundaries with their measures."""
    table = LAYER_TABLES[staged.layer]
    epsg = int(settings.read(conn, "crs_epsg"))
    moved = [one for one in turned if one.shape is not None]
    shapes = dict(zip((one.id for one in moved), staged.geoms_of([one.row for one in moved]), strict=True))
    found = []
    names = ("id", "geometry", "area_m2", "area_ellipsoid_m2", "length_m", "extra")
    query = select(*(table.c[name] for name in names)).where(among(table.c.id, [one.id for one in turned]))
    stored = {row["id"]: row for row in conn.execute(query).mappings()}
    measured = measures(np.array(list(shapes.values()), dtype=object), epsg) if shapes else {}
    place = {key: at for at, key in enumerate(shapes)}
    for done, one in enumerate(turned):
        if done % 1000 == 0:
            watch("change", done, len(turned))
        row = stored[one.id]
        before = {key: each.old for key, each in one.fields.items() if key != EXTRA}
        after = {key: each.new for key, each in one.fields.items() if key != EXTRA}
        if EXTRA in one.fields:
            before[EXTRA], after[EXTRA] = row[EXTRA], _merged(row[EXTRA], one.fields[EXTRA].new)
        if one.id in shapes:
            before |= {"geometry": row["geometry"].hex()}
            after |= {"geometry": shapely.to_wkb(shapes[one.id], output_dimension=2).hex()}
            for name in ("area_m2", "area_ellipsoid_m2", "length_m"):
                value = float(measured[name][place[one.id]])
                now = None if np.isnan(value) else value
                if now is not None or row[name] is not None:
                    before[name], after[name] = row[name], now
        found.append(RowChange(one.id, one.version, before, after))
    return found


def _merged(old: str | None, new: object) -> str | None:
    held: dict[str, Any] = json.loads(old) if old else {}
    held |= dict(new) if isinstance(new, Mapping) else {}
    held = {name: value for name, value in held.items() if value is not None}
    return json.dumps(held, ensure_ascii=False, default=str, allow_nan=False) if held else None


def _ends(gone: Collection[Gone], at: str) -> list[RowChange]:
    return [RowChange(one.id, one.version, {LIFE_CELL: None}, {LIFE_CELL: at}) for one in gone]
