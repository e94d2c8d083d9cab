"""A file taken in: staged and reported first, entered as one transaction when somebody accepts it."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import weakref
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from exchange import progress, reading
from exchange.errors import FileRefused
from exchange.progress import Watch
from exchange.reading import Original
from exchange.report import Report
from exchange.scratch import folder_for
from geo.units import centi_m2, mu, square_metres
from layers.schema import LAYERS
from planning import judging, suppliers
from planning.actors import Actor, Clock, stamp, utc_now
from planning.coordinate_systems import resolved
from planning.errors import Fault, Refused
from planning.features import insert_features
from planning.import_limits import ImportLimits, import_limits
from planning.problems import Asked
from planning.staged import Staged
from planning.writing import Act, writing
from store import audit, imports, revisions
from store.database import Database

__all__ = ["Accepted", "Staged", "accept", "discard", "keep_original", "stage"]

# where files are kept as they came, beside the database
ORIGINALS: Final = "originals"
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was entered: the batch, the new ids in the order of the file, the layer's revision, and the final report.

    An update in place also says which rows it ``changed`` and ``ended``, by id.
    """

    batch_id: int
    layer: str
    ids: NDArray[np.int64]
    revision: int
    report: Report
    changed: tuple[int, ...] = ()
    ended: tuple[int, ...] = ()


def stage(
    db: Database,
    source: Path | str | bytes,
    name: str,
    layer: str,
    *,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    sublayer: str | None = None,
    encoding: str | None = None,
    supplier: str | None = None,
    limits: ImportLimits | None = None,
    watch: Watch = progress.nobody,
) -> Staged:
    """Read a file (a path, or the bytes of an upload), judge every row and report; nothing is written to the database.

    Parameters
    ----------
    name
        What people call the file; it is shown and stored, never used as a path.
    crs
        The CRS to take the coordinates in when the file does not say: ``EPSG:N``, WKT, a PROJ string, a name of the
        office (`planning.coordinate_systems`), ``GCJ-02`` or ``BD-09``; with ``;swapped`` when X and Y stand the other
        way round.
    mapping
        Field key by column name, over what the spellings of the schema find; ``""`` leaves a column out.
    sublayer, encoding
        Which layer of a file that holds several; how the text of a file is encoded that does not say.
    supplier
        Whose file it is: how its columns were mapped last is remembered, and is kept when the file is accepted.
    limits
        Of the checks; None for those in force (`planning.import_limits`).
    watch
        Hears how far it is (exchange.progress, then ``map`` in rows and ``check`` in steps); what it raises ends it.

    Raises
    ------
    Refused
        The file cannot be taken as a whole.
    """
    if layer not in LAYERS:
        raise Refused(Fault("unknown_layer", {"layer": layer, "known": tuple(LAYERS)}))
    folder = folder_for("in")
    try:
        given = source if isinstance(source, bytes) else Path(source)
        original = reading.secure(given, name, folder, watch)
        read = reading.read_rows(
            original, folder / "read", shapes=LAYERS[layer].shapes, storage_epsg=db.epsg, crs=resolved(crs),
            sublayer=sublayer, encoding=encoding, watch=watch,
        )  # fmt: skip
        asked = Asked(LAYERS[layer], suppliers.clean_name(supplier), mapping, limits or import_limits(db), watch)
        staged = judging.judged(db, asked, original, read, folder)
        shutil.rmtree(folder / "read", ignore_errors=True)
    except FileRefused as refused:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(Fault(refused.code, refused.values, refused.where or Path(name).name)) from refused
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(staged, shutil.rmtree, folder, ignore_errors=True)
    return staged


def accept(
    db: Database,
    staged: Staged,
    *,
    actor: Actor,
    rows: Collection[int] | NDArray[np.int64] | None = None,
    watch: Watch = progress.nobody,
    clock: Clock = utc_now,
) -> Accepted:
    """Enter the rows that can be taken, all or none, and keep the original by its hash.

    The copy of the file stays until `discard`: a page may be reading it.

    ``rows`` are numbers in the file of those to enter, None for all that can be; ``watch`` hears how many are in, and
    what it raises takes all of them back.

    Raises
    ------
    Refused
        ``nothing_to_take``; ``rows_not_takeable``; or a code came into use since the file was staged.
    """
    wanted = _wanted(staged, rows)
    # the file first: a kept original without a batch harms nobody, a batch without its original cannot be proved
    keep_original(staged.original, db.path.parent / ORIGINALS, watch)
    report = taken_of(staged, wanted)
    with writing(db) as conn:
        batch = Batch.begin(conn, staged, report, actor, clock, mode="insert")
        ids = batch.insert(wanted, watch)
        batch.end()
        revision = revisions.read(conn, staged.layer)
    return Accepted(batch.id, staged.layer, ids, revision, replace(report, accepted=True, batch_id=batch.id))


def discard(staged: Staged) -> None:
    """Let go of the copy of the file; who staged it does so, else it goes with the object."""
    shutil.rmtree(staged.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Batch:
    """One import being entered on a transaction: its record, what it writes, and its entries in the audit chain."""

    act: Act
    id: int
    staged: Staged
    clock: Clock
    first_seq: int

    @classmethod
    def begin(cls, conn: Connection, staged: Staged, report: Report, actor: Actor, clock: Clock, *, mode: str) -> Batch:
        """Record the import; what was agreed on its columns is remembered of its supplier."""
        last = audit.latest(conn, limit=1)
        batch_id = imports.add(
            conn,
            at=stamp(clock),
            actor=actor.name,
            layer=staged.layer,
            file_name=report.file,
            file_sha256=report.sha256,
            file_bytes=report.size_bytes,
            taken=report.taken,
            report=json.dumps(report.as_dict(), ensure_ascii=False, allow_nan=False, default=str),
            mode=mode,
            supplier=staged.supplier or None,
        )
        act = Act.begin(conn, actor, clock)
        suppliers.remember(
            conn, supplier=staged.supplier, layer=staged.layer, actor=actor, at=act.at,
            mapping={guess.column: guess.field for guess in staged.guesses},
        )  # fmt: skip
        return cls(act, batch_id, staged, clock, last[0].seq + 1 if last else 1)

    def insert(self, wanted: NDArray[np.bool_], watch: Watch) -> NDArray[np.int64]:
        """Enter rows, by position among the sound ones, some thousands at a time."""
        count, done = int(wanted.sum()), 0
        found: list[NDArray[np.int64]] = []
        for frame in self.staged.batches(wanted):
            watch("enter", done, count)
            found.append(insert_features(
                self.act.conn, self.staged.layer, frame, source=self.staged.report.file,
                is_sample=self.staged.is_sample, actor=self.act.actor, batch_id=self.id, clock=self.clock,
            ))  # fmt: skip
            done += len(frame)
        watch("enter", done, count)
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def end(self) -> None:
        """Write down which entries of the audit chain are the import's."""
        last = audit.latest(self.act.conn, limit=1)[0].seq
        imports.settle(self.act.conn, self.id, first_seq=self.first_seq, last_seq=last)


def taken_of(staged: Staged, wanted: NDArray[np.bool_]) -> Report:
    """The report when only some of the rows that can be taken are."""
    if bool((wanted == staged.takeable).all()):
        return staged.report
    area_m2 = square_metres(int(centi_m2(staged.areas_m2[wanted]).sum()))
    left = int(staged.takeable.sum() - wanted.sum())
    return replace(staged.report, taken=int(wanted.sum()), left=left, area_m2=str(area_m2), area_mu=str(mu(area_m2)))


def keep_original(original: Original, folder: Path, watch: Watch = progress.nobody) -> Path:
    """Put the file under its hash, whole or not at all; one that is there already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{original.sha256}{original.kept.suffix}"
    if kept.exists():
        return kept
    draft = folder / f".{secrets.token_hex(8)}.part"
    try:
        with original.kept.open("rb") as incoming, draft.open("xb") as file:
            size, done = original.kept.stat().st_size, 0
            while chunk := incoming.read(_CHUNK_BYTES):
                watch("copy", min(done, size), size)
                done += file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(kept)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _wanted(staged: Staged, rows: Collection[int] | NDArray[np.int64] | None) -> NDArray[np.bool_]:
    """Which sound rows are to be entered; Refused where there is none, or one that cannot be."""
    takeable = staged.takeable
    chosen = takeable if rows is None else takeable & np.isin(staged.rows, np.asarray(list(rows), dtype=np.int64))
    if rows is not None:
        unfit = sorted({int(row) for row in rows} - set(staged.rows[takeable].tolist()))
        if unfit:
            raise Refused(Fault("rows_not_takeable", {"rows": unfit[:20], "count": len(unfit)}, staged.original.name))
    if not chosen.any():
        raise Refused(Fault("nothing_to_take", {"rows": staged.report.rows}, staged.original.name))
    return chosen
