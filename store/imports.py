"""Imports that were accepted, and how suppliers' columns were mapped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from store.tables import import_batch, import_mapping


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """One import; ``first_seq`` to ``last_seq`` are its entries in the audit chain, None before they were kept."""

    id: int
    at: str
    actor: str
    layer: str
    file_name: str
    taken: int
    mode: str
    supplier: str | None
    first_seq: int | None
    last_seq: int | None
    undone_at: str | None
    undone_by: str | None


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """Field key by column as a person left it, "" = none; whose files, when, by whom."""

    supplier: str
    signature: str
    mapping: Mapping[str, str]
    at: str
    by: str


_KEPT = tuple(import_batch.c[name] for name in ImportBatch.__slots__)


def add(conn: Connection, **values: object) -> int:
    """Record one accepted import (see the table ``import_batch``) and return its id."""
    key = conn.execute(insert(import_batch).values(**values)).inserted_primary_key
    if key is None:
        raise LookupError("import_batch")
    return int(key[0])


def find(conn: Connection, batch_id: int) -> ImportBatch | None:
    """One import, None when there is not."""
    row = conn.execute(select(*_KEPT).where(import_batch.c.id == batch_id)).one_or_none()
    return None if row is None else ImportBatch(*row)


def latest(conn: Connection, *, limit: int) -> tuple[ImportBatch, ...]:
    """The last imports, the newest first."""
    query = select(*_KEPT).order_by(import_batch.c.id.desc()).limit(limit)
    return tuple(ImportBatch(*row) for row in conn.execute(query))


def settle(conn: Connection, batch_id: int, **values: object) -> None:
    """Write down what became of an import: its entries in the audit chain, its counts, its end."""
    conn.execute(update(import_batch).where(import_batch.c.id == batch_id).values(**values))


def mapping_of(conn: Connection, supplier: str, layer: str, signature: str) -> KeptMapping | None:
    """How a supplier's columns of this signature were mapped last, else those of their newest file of the layer."""
    table = import_mapping
    query = (
        select(table.c.supplier, table.c.signature, table.c.mapping, table.c.at, table.c.by)
        .where(table.c.supplier == supplier, table.c.layer == layer)
        .order_by((table.c.signature == signature).desc(), table.c.at.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else KeptMapping(row[0], row[1], json.loads(row[2]), row[3], row[4])


def keep_mapping(conn: Connection, layer: str, kept: KeptMapping) -> None:
    """Remember a mapping, in place of the one of the same supplier, layer and signature."""
    table = import_mapping
    same = (table.c.supplier == kept.supplier, table.c.layer == layer, table.c.signature == kept.signature)
    values = {"mapping": json.dumps(dict(kept.mapping), ensure_ascii=False), "at": kept.at, "by": kept.by}
    if not conn.execute(update(table).where(*same).values(**values)).rowcount:
        conn.execute(insert(table).values(supplier=kept.supplier, layer=layer, signature=kept.signature, **values))


def suppliers(conn: Connection) -> tuple[str, ...]:
    """The suppliers whose mappings are kept, the one heard of last first."""
    table = import_mapping
    found = conn.execute(select(table.c.supplier).order_by(table.c.at.desc())).scalars()
    return tuple(dict.fromkeys(found))
