"""What becomes of each row of a file that was read: its fields, its code, its problems; the rows go to the disk."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from exchange import columns
from exchange.column_guess import Guess, guess_columns
from exchange.reading import Original, ReadRows
from exchange.report import Item, Note, Report
from exchange.rows_file import RowsWriter
from exchange.writing.outgoing import SAMPLE_MARK, SAMPLE_MARK_EN
from exchange.writing.short_names import OFFICE_NAMES
from geo.area import planar_m2
from geo.units import centi_m2, mu, square_metres
from layers.clusters import Cluster
from planning import suppliers
from planning.findings_file import FindingsWriter
from planning.problems import SOUND, Asked, Sound, findings_of_items, marks_of, problems, stored_twins
from planning.shift_suspicion import MOST_ASKED, shift_suspected
from planning.staged import CELLS, EXTRA, Staged
from store import clusters
from store.database import Database
from store.tables import LAYER_TABLES

T = TypeVar("T")
_MOST_NOTED: Final = 3
_HEARD: Final = 8_192
_DECLARED: Final = "declared_area_m2"
_AREA: Final = 2


def judged(db: Database, asked: Asked, original: Original, read: ReadRows, folder: Path) -> Staged:
    """Map the columns, give the codes, find the problems; sound rows are left in ``folder``."""
    names = columns.distinct(read.column_names)
    guesses = _guessed(db, asked, read, names)
    fields = {one.column: one.field for one in guesses if one.field}
    with db.read() as conn:
        table = LAYER_TABLES[asked.schema.name]
        in_use = set(conn.execute(select(table.c.code).where(table.c.valid_to.is_(None))).scalars())
        listed = clusters.load(conn)[1] if "cluster" in fields.values() else ()
    sound = _sorted_out(asked, read, names, {one.column: one.field for one in guesses}, listed, folder)
    rows = sound.joined("rows")
    asked.watch("check", 0, len(rows))
    texts = _texts(asked, read, names, fields)
    codes = np.array([texts[row - 1] for row in rows.tolist()] or [], dtype=object)
    clashing = np.array([code in in_use for code in codes.tolist()], dtype=bool)
    twins = stored_twins(db, asked, sound)
    sound.marks.clear()
    refused = clashing | np.isin(np.arange(len(rows)), list(twins))
    given = np.full(len(rows), None, dtype=object)
    new_codes, repeated, notes = columns.code_rows(
        codes[~refused].tolist(), _heard(asked, rows[~refused].tolist()), prefix=asked.schema.code_prefix,
        in_use=in_use,
    )  # fmt: skip
    given[~refused] = new_codes
    items = [replace(item, where=texts[item.row - 1]) for item in read.items]
    items += [
        Item(int(rows[at]), "refused", "code_in_use", {"code": codes[at]}, codes[at]) for at in np.flatnonzero(clashing)
    ]
    items += [
        Item(int(rows[at]), "refused", "shape_in_use", {"code": code}, codes[at])
        for at, code in twins.items()
        if not clashing[at]
    ]
    items = _without_mends_of_refused([*items, *repeated])
    findings = FindingsWriter(folder)
    problems(db, asked, sound, codes, (twins, in_use), findings)
    findings.add(findings_of_items(items, rows, sound.joined("bounds")))
    shift = shift_suspected(db, asked.schema, read.notes, sound.some)
    told = (*read.notes, *shift, *sound.notes.values(), *notes)
    report = _report(original, read, asked, items, told, (fields, sound, given))
    asked.watch("check", len(rows), len(rows))
    return Staged(
        layer=asked.schema.name, report=report, original=original, is_sample=sound.is_sample, folder=folder,
        supplier=asked.supplier, rows=rows, codes=codes, given=given, twins=twins, bounds=sound.joined("bounds"),
        areas_m2=sound.joined("areas"), declared_m2=sound.joined("declared"), findings=findings.settled(),
        limits=asked.limits,
        guesses=guesses, sublayers=read.sublayers, encodings=read.encodings, evidence=read.evidence,
    )  # fmt: skip


def _guessed(db: Database, asked: Asked, read: ReadRows, names: list[str]) -> tuple[Guess, ...]:
    first = next(read.rows.batches(), None)
    head = pd.DataFrame(columns=names) if first is None else first.table(names)
    areas = np.zeros(0) if first is None else _areas(first.geoms)
    with db.read() as conn:
        kept = suppliers.remembered(conn, asked.supplier, asked.schema.name, tuple(names))
    found = guess_columns(
        head, asked.schema, areas_m2=areas, given=asked.mapping, remembered=None if kept is None else kept.mapping
    )
    if kept is None:
        return found
    return tuple(replace(one, basis=kept.at) if one.how == "remembered" else one for one in found)


def _sorted_out(
    asked: Asked,
    read: ReadRows,
    names: list[str],
    mapping: Mapping[str, str],
    listed: Collection[Cluster],
    folder: Path,
) -> Sound:
    """Write the sound rows to the disk, with the cells that fit their fields, and gather what is measured on them."""
    sound = Sound(is_sample=any(note.code == "sample_mark_in_file" for note in read.notes))
    count = len(read.rows)
    with RowsWriter(folder / SOUND, (CELLS, EXTRA)) as writer:
        for batch in read.rows.batches():
            asked.watch("map", batch.first, count)
            at = np.flatnonzero(np.array([shape is not None for shape in batch.wkb], dtype=bool))
            table = batch.table(names)
            sound.is_sample |= _is_sample(table)
            mapped = columns.map_columns(table.iloc[at].reset_index(drop=True), asked.schema, mapping)
            if "cluster" in mapped.frame:
                mapped.notes.extend(recognise_clusters(mapped, listed))
            _add_notes(sound.notes, mapped.notes)
            sound.kept = tuple(dict.fromkeys((*sound.kept, *(str(name) for name in mapped.extra.columns))))
            geoms = np.asarray(shapely.from_wkb(batch.wkb[at]), dtype=object)
            if len(geoms) and not len(sound.some):
                sound.some = geoms[:: -(-len(geoms) // MOST_ASKED)]
            _measure(sound, geoms, batch.wkb[at], at + batch.first + 1, mapped.frame)
            writer.write(batch.wkb[at].tolist(), (_cells(mapped.frame), _extras(mapped.extra)))
    return sound


def _measure(
    sound: Sound, geoms: NDArray[np.object_], wkb: NDArray[np.object_], rows: NDArray[np.int64], frame: pd.DataFrame
) -> None:
    sound.rows.append(rows)
    sound.marks.append(marks_of(wkb.tolist()))
    sound.bounds.append(np.asarray(shapely.bounds(geoms)).reshape(-1, 4))
    sound.areas.append(_areas(geoms))
    declared = frame[_DECLARED] if _DECLARED in frame else pd.Series([None] * len(geoms), dtype=object)
    sound.declared.append(pd.to_numeric(declared, errors="coerce").to_numpy(dtype=np.float64))


def _areas(geoms: NDArray[np.object_]) -> NDArray[np.float64]:
    """Plane areas, NaN of what has none."""
    found = np.full(len(geoms), np.nan)
    areal = shapely.get_dimensions(geoms) == _AREA
    if areal.any():
        found[areal] = planar_m2(geoms[areal])
    return found


def _heard(asked: Asked, values: Iterable[T]) -> Iterator[T]:
    """The values as they are, somebody being told now and then: who wants it stopped need not wait for all."""
    for at, value in enumerate(values):
        if at % _HEARD == 0:
            asked.watch("check", 0, 0)
        yield value


def _texts(asked: Asked, read: ReadRows, names: Sequence[str], fields: Mapping[str, str]) -> list[str]:
    """The code of every row of the file, "" where it has none."""
    place = next((at for at, name in enumerate(names) if fields.get(name) == "code"), None)
    if place is None:
        return [""] * len(read.rows)
    return [columns.code_text(value) for value in _heard(asked, read.rows.column(place))]


def _report(
    original: Original,
    read: ReadRows,
    asked: Asked,
    items: list[Item],
    notes: tuple[Note, ...],
    found: tuple[Mapping[str, str], Sound, NDArray[np.object_]],
) -> Report:
    fields, sound, given = found
    taken = np.array([code is not None for code in given], dtype=bool)
    areas = sound.joined("areas")[taken]
    area_m2 = square_metres(int(centi_m2(areas[np.isfinite(areas)]).sum()))
    return Report(
        file=original.name,
        sha256=original.sha256,
        size_bytes=original.size_bytes,
        format=read.format,
        driver=read.driver,
        layer=asked.schema.name,
        sublayer=read.sublayer,
        encoding=read.encoding,
        rows=len(read.rows),
        taken=int(taken.sum()),
        mended=len({item.row for item in items if item.outcome == "mended"}),
        refused=len({item.row for item in items if item.outcome == "refused"}),
        items=tuple(items),
        notes=notes,
        crs=read.crs,
        mapped=fields,
        kept=sound.kept,
        area_m2=str(area_m2),
        area_mu=str(mu(area_m2)),
        seconds=read.seconds,
    )


def _without_mends_of_refused(items: list[Item]) -> list[Item]:
    """A row that was refused in the end was not mended: one outcome a row."""
    refused = {item.row for item in items if item.outcome == "refused"}
    kept = [item for item in items if item.outcome == "refused" or item.row not in refused]
    return sorted(kept, key=lambda item: item.row)


def recognise_clusters(mapped: columns.Mapped, listed: Collection[Cluster]) -> list[Note]:
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
    examples = [str(word)[:40] for word in words[unfit].unique()[:_MOST_NOTED]]
    values = {"column": column, "field": "cluster", "rows": int(unfit.sum()), "examples": examples}
    return [Note("values_unfit", values)]


def _add_notes(held: dict[str, Note], notes: Sequence[Note]) -> None:
    """Put the notes of a batch to those of the batches before: rows add up, the first examples stay."""
    for note in notes:
        key = f"{note.code} {note.values.get('column')}"
        before = held.get(key)
        if before is None:
            held[key] = note
            continue
        examples = list(dict.fromkeys([*before.values["examples"], *note.values["examples"]]))[:_MOST_NOTED]
        held[key] = Note(note.code, {**before.values, "rows": before.values["rows"] + note.values["rows"],
                                     "examples": examples})  # fmt: skip


def _cells(frame: pd.DataFrame) -> list[str]:
    """One JSON text a row of the fields but the code, which goes its own way."""
    keys = [str(name) for name in frame.columns if name != "code"]
    rows = zip(*(frame[key].tolist() for key in keys), strict=True) if keys else [()] * len(frame)
    return [json.dumps(dict(zip(keys, row, strict=True)), ensure_ascii=False, allow_nan=False) for row in rows]


def _extras(extra: pd.DataFrame) -> list[str | None]:
    """The other columns of each row as a JSON object, without what is empty.

    A column ``extra`` that holds a JSON object is such a mapping, as an export of this product writes it: it is opened.
    """
    names = [str(name) for name in extra.columns]
    rows = zip(*(extra[name].tolist() for name in extra.columns), strict=True) if names else [()] * len(extra)
    held = (_extra_of(dict(zip(names, row, strict=True))) for row in rows)
    return [json.dumps(one, ensure_ascii=False, default=str, allow_nan=False) if one else None for one in held]


def _extra_of(row: dict[str, Any]) -> dict[str, Any]:
    held = {name: _jsonable(value) for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124 - only NaN is not itself
    packed = held.get("extra")
    if not isinstance(packed, str) or not packed.startswith("{"):
        return held
    try:
        opened = json.loads(packed, parse_constant=str)
    except ValueError:
        return held
    return {**opened, **{name: value for name, value in held.items() if name != "extra"}}


def _jsonable(value: Any) -> Any:
    """JSON has no infinity."""
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


# how the exports of this product mark a row: by truth value under the key, or in words for people
_MARK_COLUMNS: Final = ("is_sample", OFFICE_NAMES["is_sample"], "数据标记", "Data mark")
_MARKS: Final = (True, 1, "1", "true", SAMPLE_MARK, SAMPLE_MARK_EN)


def _is_sample(table: pd.DataFrame) -> bool:
    """Whether the file says that it is sample data, as exports of this product do: the mark is never lost."""
    return any(bool(table[name].isin(_MARKS).any()) for name in _MARK_COLUMNS if name in table)
