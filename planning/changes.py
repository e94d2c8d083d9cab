"""What changed since a moment: assignments of a scenario, boundaries, columns and lives of parcels, by whom and when.

Everything is read from the append-only histories, so that it is what happened and not what is left of it: a parcel
painted and painted back is in the list twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, select

from planning.errors import Fault, Refused
from planning.writing import known_scenario
from store import assignments, clusters, scenarios
from store.database import Database
from store.idsets import among
from store.shapes import LIFE_CELL, SHAPE_CELLS
from store.tables import LAYER_TABLES, assignment_history, audit, edit_history

Kind = Literal["cluster", "shape", "field", "born", "ended", "returned"]
PARCELS: Final = "parcels"
_SHAPE: Final = frozenset((*SHAPE_CELLS, "length_m"))


@dataclass(frozen=True, slots=True)
class ParcelChange:
    """One step of one parcel.

    ``before`` and ``after`` are cluster codes (None = unassigned, ``=`` = as the base), areas in m² for a shape, or the
    values of the cell ``field``. ``scenario_id`` is the one that was painted, None for what is common to all;
    ``live`` says whether the parcel is still on the map.
    """

    parcel_id: int
    code: str
    kind: Kind
    before: object
    after: object
    by: str
    at: str
    field: str = ""
    scenario_id: int | None = None
    live: bool = True


def changes_since(db: Database, *, scenario_id: int, since: datetime) -> tuple[ParcelChange, ...]:
    """Every step after a moment that shows in a scenario, newest first.

    What a base did is in it where the scenario has no row of its own. A parcel that came is one ``born``, whatever
    came with it.

    Raises
    ------
    Refused
        An unknown scenario, or a moment without a time zone.
    """
    if since.tzinfo is None:
        raise Refused(Fault("date_without_zone"))
    moment = since.astimezone(UTC).isoformat(timespec="microseconds")
    with db.read() as conn:
        known_scenario(conn, scenario_id)
        found = [*_painted(conn, scenario_id, moment), *_edited(conn, moment), *_born(conn, moment)]
        names = _codes(conn, sorted({one["parcel_id"] for one in found}))
    listed = [
        ParcelChange(code=names[key][0], live=names[key][1], **one)
        for one in found
        if (key := one["parcel_id"]) in names
    ]
    return tuple(sorted(listed, key=lambda one: (one.at, one.parcel_id), reverse=True))


def _painted(conn: Connection, scenario_id: int, moment: str) -> Iterator[dict[str, Any]]:
    """Steps of assignments in the scenario, and in its bases where they show through."""
    codes = {key: code for code, key in clusters.ids_by_code(conn).items()}
    chain = scenarios.chain(conn, scenario_id)
    covered: set[int] = set()
    history = assignment_history
    before = history.alias("before")
    for one in chain:
        query = (
            select(history.c.parcel_id, history.c.cluster_id, history.c.inherits, audit.c.actor, audit.c.at,
                   before.c.cluster_id.label("old_id"), before.c.inherits.label("old_inherits"))
            .join(audit, audit.c.seq == history.c.audit_seq)
            .join(before, (before.c.scenario_id == history.c.scenario_id) & (before.c.parcel_id == history.c.parcel_id)
                  & (before.c.version == history.c.version - 1), isouter=True)
            .where(history.c.scenario_id == one, audit.c.at > moment, audit.c.verb.not_in(("insert", "inherit")))
        )  # fmt: skip
        for row in conn.execute(query):
            if row.parcel_id in covered:
                continue
            yield {
                "parcel_id": row.parcel_id, "kind": "cluster", "by": row.actor, "at": row.at, "scenario_id": one,
                "before": _shown(codes, row.old_id, inherits=row.old_inherits in {None, True}),
                "after": _shown(codes, row.cluster_id, inherits=row.inherits),
            }  # fmt: skip
        held = assignments.columns(conn, one)
        covered.update(held.parcel_id[~held.inherits].tolist())


def _edited(conn: Connection, moment: str) -> Iterator[dict[str, Any]]:
    """Steps of parcels' columns, boundaries and lives."""
    table = edit_history
    query = (
        select(table.c.feature_id, table.c.before, table.c.after, audit.c.actor, audit.c.at)
        .join(audit, audit.c.seq == table.c.audit_seq)
        .where(table.c.layer == PARCELS, audit.c.at > moment)
    )
    for row in conn.execute(query):
        old, new = json.loads(row.before), json.loads(row.after)
        step = {"parcel_id": row.feature_id, "by": row.actor, "at": row.at}
        if "geometry" in new and old.get("geometry") != new["geometry"]:
            yield {**step, "kind": "shape", "before": old.get("area_m2"), "after": new.get("area_m2")}
        if LIFE_CELL in new:
            ended = new[LIFE_CELL] is not None
            yield {**step, "kind": "ended" if ended else "returned", "before": None, "after": None}
        for name in new.keys() - _SHAPE - {LIFE_CELL}:
            if old.get(name) != new[name]:
                yield {**step, "kind": "field", "field": name, "before": old.get(name), "after": new[name]}


def _born(conn: Connection, moment: str) -> Iterator[dict[str, Any]]:
    """Parcels that came: drawn, split off, merged, or imported."""
    table = LAYER_TABLES[PARCELS]
    who = dict(conn.execute(select(audit.c.at, audit.c.actor).where(audit.c.at > moment)).all())
    query = select(table.c.id, table.c.valid_from, table.c.source, table.c.area_m2).where(table.c.valid_from > moment)
    for row in conn.execute(query):
        yield {
            "parcel_id": row.id, "kind": "born", "before": None, "after": row.area_m2,
            "by": who.get(row.valid_from, row.source), "at": row.valid_from,
        }  # fmt: skip


def _codes(conn: Connection, ids: list[int]) -> Mapping[int, tuple[str, bool]]:
    table = LAYER_TABLES[PARCELS]
    query = select(table.c.id, table.c.code, table.c.valid_to).where(among(table.c.id, ids))
    return {row.id: (row.code, row.valid_to is None) for row in conn.execute(query)}


def _shown(codes: Mapping[int, str], cluster_id: int | None, *, inherits: bool) -> str | None:
    if inherits:
        return AS_BASE
    return None if cluster_id is None else codes[cluster_id]


AS_BASE: Final = "="
