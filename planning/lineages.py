"""Where a parcel came from and what became of it, generation by generation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from store import features, lineage
from store.database import Database
from store.tables import parcels


def of_code(db: Database, code: str) -> list[dict[str, Any]] | None:
    """Every step on the way to and from the parcels that bear or bore a code, oldest first; None for no such code.

    ``from`` and ``to`` are codes, ``to`` None where land left the layer; ``status`` is done, undone or discarded.
    """
    with db.read() as conn:
        known = {int(key) for key in conn.execute(select(parcels.c.id).where(parcels.c.code == code)).scalars()}
        if not known:
            return None
        lines: dict[tuple[int, int, int | None], lineage.Line] = {}
        waiting = set(known)
        while waiting:
            found = lineage.touching(conn, sorted(waiting))
            lines |= {(one.command_id, one.from_id, one.to_id): one for one in found}
            ends = {end for one in found for end in (one.from_id, one.to_id) if end is not None}
            waiting = ends - known
            known |= ends
        codes = features.codes_of(conn, "parcels", sorted(known), live=False)
    return [
        {
            "from": codes[one.from_id], "to": None if one.to_id is None else codes[one.to_id],
            "act": json.loads(one.label)["key"], "status": one.status, "at": one.at,
        }
        for _, one in sorted(lines.items(), key=lambda item: (item[1].at, item[0][0]))
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One act on the way of a parcel: what ended in it, what began, what it was, and when (UTC)."""

    ended: tuple[str, ...]
    born: tuple[str, ...]
    act: str
    at: str


def events(rows: Sequence[Mapping[str, Any]]) -> tuple[Event, ...]:
    """The acts in rows of ``of_code`` that hold, oldest first; what was taken back is left out."""
    found: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for row in rows:
        if row["status"] != "done":
            continue
        ended, born = found.setdefault((row["at"], row["act"]), ({}, {}))
        ended[row["from"]] = None
        if row["to"] is not None:
            born[row["to"]] = None
    return tuple(Event(tuple(ended), tuple(born), act, at) for (at, act), (ended, born) in found.items())
