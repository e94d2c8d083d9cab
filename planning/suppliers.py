"""Whose file it is: how a supplier's columns were mapped is remembered, and offered when the next file comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection

from exchange.column_guess import signature
from planning.actors import Actor
from store import imports
from store.database import Database
from store.imports import KeptMapping

_MOST_LETTERS: Final = 80


def clean_name(name: str | None) -> str:
    """The name of a supplier as it is kept: one line, no controls, not long; "" for none."""
    return " ".join("".join(mark if mark.isprintable() else " " for mark in name or "").split())[:_MOST_LETTERS]


def suppliers(db: Database) -> tuple[str, ...]:
    """Those whose files came before, the one heard of last first."""
    with db.read() as conn:
        return imports.suppliers(conn)


def remembered(conn: Connection, supplier: str, layer: str, columns: tuple[str, ...]) -> KeptMapping | None:
    """How this supplier's columns were mapped last, for these columns or else for others of the layer."""
    return imports.mapping_of(conn, supplier, layer, signature(columns)) if supplier else None


def remember(conn: Connection, *, supplier: str, layer: str, mapping: Mapping[str, str], actor: Actor, at: str) -> None:
    """Keep the mapping of all columns of a file that was accepted: field key by column, "" = none."""
    if supplier and mapping:
        kept = KeptMapping(supplier, signature(tuple(mapping)), mapping, at, actor.name)
        imports.keep_mapping(conn, layer, kept)
