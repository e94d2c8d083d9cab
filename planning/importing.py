"""A file taken in: staged and reported first, entered as one transaction when somebody accepts it."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import weakref
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from exchange import columns, reading
from exchange.errors import FileRefused
from exchange.reading import Original, Reading
from exchange.report import Item, Note, Report
from exchange.writing.outgoing import SAMPLE_MARK, SAMPLE_MARK_EN
from exchange.writing.short_names import OFFICE_NAMES
from geo.area import planar_m2
from geo.units import centi_m2, mu, square_metres
from layers.clusters import Cluster
from layers.schema import LAYERS, LayerSchema
from planning.actors import Actor, Clock, stamp, utc_now
from planning.coordinate_systems import resolved
from planning.errors import Fault, Refused
from planning.features import insert_features
from planning.shift_suspicion import shift_suspected
from planning.writing import writing
from store import clusters, features, revisions
from store.database import Database
from store.tables import LAYER_TABLES

# where files are kept as they came, beside the database
ORIGINALS: Final = "originals"


@dataclass(frozen=True)
class Staged:
    """A file that was read and judged, not yet entered.

    ``frame`` holds the rows that can be taken: the layer's keys, ``cluster`` for parcels, ``extra`` (a mapping of the
    file's other columns), ``geometry`` in the storage CRS. It is held until ``accept`` or ``discard``.
    """

    layer: str
    frame: pd.DataFrame
    report: Report
    original: Original
    is_sample: bool
    folder: Path

    @property
    def geoms(self) -> NDArray[np.object_]:
        """The geometries that can be taken, in the storage CRS: what a preview draws."""
        return np.asarray(self.frame["geometry"], dtype=object)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was entered: the batch, the new ids in the order of the file, the layer's revision, and the final report."""

    batch_id: int
    layer: str
    ids: NDArray[np.int64]
    revision: int
    report: Report


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

    Raises
    ------
    Refused
        The file cannot be taken as a whole.
    """
    if layer not in LAYERS:
        raise Refused(Fault("unknown_layer", {"layer": layer, "known": tuple(LAYERS)}))
    folder = Path(tempfile.mkdtemp(prefix="chantu-in-"))
    try:
        given = source if isinstance(source, bytes) else Path(source)
        original = reading.secure(given, name, folder)
        read = reading.read(
            original,
            shapes=LAYERS[layer].shapes,
            storage_epsg=db.epsg,
            crs=resolved(crs),
            sublayer=sublayer,
            encoding=encoding,
        )
        staged = _judged(db, LAYERS[layer], original, read, mapping, folder)
    except FileRefused as refused:
        shutil.rmtree(folder, ignore_errors=True)
        raise Refused(Fault(refused.code, refused.values, refused.where or Path(name).name)) from refused
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(staged, shutil.rmtree, folder, ignore_errors=True)
    return staged


def accept(db: Database, staged: Staged, *, actor: Actor, clock: Clock = utc_now) -> Accepted:
    """Enter the rows that can be taken, all or none, and keep the original by its hash.

    Raises
    ------
    Refused
        ``nothing_to_take``; or a code came into use since the file was staged.
    """
    if staged.report.taken == 0:
        raise Refused(Fault("nothing_to_take", {"rows": staged.report.rows}, staged.original.name))
    # the file first: a kept original without a batch harms nobody, a batch without its original cannot be proved
    keep_original(staged.original, db.path.parent / ORIGINALS)
    report = staged.report
    with writing(db) as conn:
        batch_id = features.insert_batch(
            conn,
            at=stamp(clock),
            actor=actor.name,
            layer=staged.layer,
            file_name=report.file,
            file_sha256=report.sha256,
            file_bytes=report.size_bytes,
            taken=report.taken,
            report=json.dumps(report.as_dict(), ensure_ascii=False, allow_nan=False, default=str),
        )
        ids = insert_features(
            conn, staged.layer, staged.frame, source=report.file, is_sample=staged.is_sample, actor=actor,
            batch_id=batch_id, clock=clock,
        )  # fmt: skip
        revision = revisions.read(conn, staged.layer)
    discard(staged)
    return Accepted(batch_id, staged.layer, ids, revision, replace(report, accepted=True, batch_id=batch_id))


def discard(staged: Staged) -> None:
    """Let go of the copy of the file."""
    shutil.rmtree(staged.folder, ignore_errors=True)


def keep_original(original: Original, folder: Path) -> Path:
    """Put the file under its hash, whole or not at all; one that is there already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{original.sha256}{original.kept.suffix}"
    if kept.exists():
        return kept
    draft = folder / f".{secrets.token_hex(8)}.part"
    try:
        with original.kept.open("rb") as incoming, draft.open("xb") as file:
            shutil.copyfileobj(incoming, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(kept)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _judged(
    db: Database,
    schema: LayerSchema,
    original: Original,
    read: Reading,
    mapping: Mapping[str, str] | None,
    folder: Path,
) -> Staged:
    """Map the columns, give the codes, and set rows aside whose code the database has already."""
    mapped = columns.map_columns(read.table, schema, mapping)
    with db.read() as conn:
        table = LAYER_TABLES[schema.name]
        in_use = set(conn.execute(select(table.c.code).where(table.c.valid_to.is_(None))).scalars())
        listed = clusters.load(conn)[1] if "cluster" in mapped.frame else ()
    codes = mapped.frame["code"] if "code" in mapped.frame else pd.Series([None] * len(read.geoms), dtype=object)
    texts = [columns.code_text(value) for value in codes]
    takeable = np.array([geom is not None for geom in read.geoms], dtype=bool)
    clashing = takeable & np.array([text in in_use for text in texts], dtype=bool)
    twins = _stored_twins(db, schema, read.geoms, takeable & ~clashing)
    taken = np.setdiff1d(np.flatnonzero(takeable & ~clashing), list(twins))
    given, repeated, notes = columns.code_rows(
        codes.iloc[taken], [int(row) + 1 for row in taken], prefix=schema.code_prefix, in_use=in_use
    )
    if "cluster" in mapped.frame:
        mapped.notes.extend(_recognise_clusters(mapped, listed))
    frame = mapped.frame.iloc[taken].reset_index(drop=True).assign(code=given)
    frame["extra"] = pd.Series(_extras(mapped.extra.iloc[taken]), dtype=object)
    frame["geometry"] = pd.Series(list(read.geoms[taken]), dtype=object)
    items = [replace(item, where=texts[item.row - 1]) for item in read.items]
    items += [
        Item(int(row) + 1, "refused", "code_in_use", {"code": texts[row]}, texts[row])
        for row in np.flatnonzero(clashing)
    ]
    items += [Item(row + 1, "refused", "shape_in_use", {"code": code}, texts[row]) for row, code in twins.items()]
    items = _without_mends_of_refused([*items, *repeated])
    shift = shift_suspected(db, schema, read)
    told = (*read.notes, *shift, *mapped.notes, *notes)
    report = _report(original, read, schema, items, told, mapped, read.geoms[taken])
    return Staged(schema.name, frame, report, original, _is_sample(read), folder)


def _stored_twins(
    db: Database, schema: LayerSchema, geoms: NDArray[np.object_], asked: NDArray[np.bool_]
) -> dict[int, str]:
    """Rows whose shape the layer has already, to the last bit, with the code that it has there.

    A file that comes in twice would otherwise stack every parcel on itself. Points may stand on one another.
    """
    rows = [int(row) for row in np.flatnonzero(asked) if shapely.get_dimensions(geoms[row]) > 0]
    if not rows:
        return {}
    table = LAYER_TABLES[schema.name]
    with db.read() as conn:
        stored = {
            hashlib.sha256(shape).digest(): str(code)
            for shape, code in conn.execute(select(table.c.geometry, table.c.code).where(table.c.valid_to.is_(None)))
        }
    if not stored:
        return {}
    shapes = shapely.to_wkb(geoms[rows], output_dimension=2)
    marks = ((row, hashlib.sha256(shape).digest()) for row, shape in zip(rows, shapes, strict=True))
    return {row: stored[mark] for row, mark in marks if mark in stored}


def _report(
    original: Original,
    read: Reading,
    schema: LayerSchema,
    items: list[Item],
    notes: tuple[Note, ...],
    mapped: columns.Mapped,
    geoms: NDArray[np.object_],
) -> Report:
    area_m2 = square_metres(int(centi_m2(planar_m2(geoms)).sum())) if len(geoms) else square_metres(0)
    return Report(
        file=original.name,
        sha256=original.sha256,
        size_bytes=original.size_bytes,
        format=read.format,
        driver=read.driver,
        layer=schema.name,
        sublayer=read.sublayer,
        encoding=read.encoding,
        rows=len(read.geoms),
        taken=len(geoms),
        mended=len({item.row for item in items if item.outcome == "mended"}),
        refused=len({item.row for item in items if item.outcome == "refused"}),
        items=tuple(items),
        notes=notes,
        crs=read.crs,
        mapped=mapped.fields,
        kept=tuple(str(name) for name in mapped.extra.columns),
        area_m2=str(area_m2),
        area_mu=str(mu(area_m2)),
        seconds=read.seconds,
    )


def _without_mends_of_refused(items: list[Item]) -> list[Item]:
    """A row that was refused in the end was not mended: one outcome a row."""
    refused = {item.row for item in items if item.outcome == "refused"}
    kept = [item for item in items if item.outcome == "refused" or item.row not in refused]
    return sorted(kept, key=lambda item: item.row)


def _recognise_clusters(mapped: columns.Mapped, listed: Collection[Cluster]) -> list[Note]:
    """Clusters by code or by either name; what is none of them stays among the other columns."""
    known = {word.casefold(): one.code for one in listed for word in (one.code, one.name_zh, one.name_en)}
    words = mapped.frame["cluster"]
    found = words.map(lambda word: known.get(str(word).strip().casefold()) if isinstance(word, str) else None).astype(
        object
    )
    unfit = words.notna() & found.isna()
    mapped.frame["cluster"] = found.where(found.notna(), None)
    if not unfit.any():
        return []
    column = next(name for name, key in mapped.fields.items() if key == "cluster")
    mapped.extra[column] = words.where(unfit, None)
    return [Note("values_unfit", {"column": column, "field": "cluster", "rows": int(unfit.sum()),
                                  "examples": [str(word)[:40] for word in words[unfit].unique()[:3]]})]  # fmt: skip


def _extras(extra: pd.DataFrame) -> list[dict[str, Any] | None]:
    """The other columns of each row as a mapping, without what is empty.

    A column ``extra`` that holds a JSON object is such a mapping, as an export of this product writes it: it is opened.
    """
    names = [str(name) for name in extra.columns]
    rows = zip(*(extra[name].tolist() for name in extra.columns), strict=True) if names else [()] * len(extra)
    return [_extra_of(dict(zip(names, row, strict=True))) or None for row in rows]


def _extra_of(row: dict[str, Any]) -> dict[str, Any]:
    held = {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124 - only NaN is not itself
    packed = held.get("extra")
    if not isinstance(packed, str) or not packed.startswith("{"):
        return held
    try:
        opened = json.loads(packed)
    except ValueError:
        return held
    return {**opened, **{name: value for name, value in held.items() if name != "extra"}}


# how the exports of this product mark a row: by truth value under the key, or in words for people
_MARK_COLUMNS: Final = ("is_sample", OFFICE_NAMES["is_sample"], "数据标记", "Data mark")
_MARKS: Final = (True, 1, "1", "true", SAMPLE_MARK, SAMPLE_MARK_EN)


def _is_sample(read: Reading) -> bool:
    """Whether the file says that it is sample data, as exports of this product do: the mark is never lost."""
    marked = any(note.code == "sample_mark_in_file" for note in read.notes)
    columns = [name for name in _MARK_COLUMNS if name in read.table]
    return marked or any(bool(read.table[name].isin(_MARKS).any()) for name in columns)
