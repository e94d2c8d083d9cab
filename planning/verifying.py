"""The checks behind ``verify``: each looks for one way in which a database can be wrong, and says where."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection, select, text

from geo.area import planar_m2
from geo.units import centi_m2, round_area_m2
from layers.schema import LAYERS
from planning import quotas
from planning.errors import Fault
from planning.features import digest_of, digest_of_rows
from planning.moves import State, unpacked
from planning.people_verifying import people_faults
from planning.reshape_steps import PARCELS
from planning.review_verifying import comment_faults, review_faults
from planning.suitability_verifying import model_faults
from planning.view_verifying import view_faults
from store import audit, clusters, commands, edits, features
from store.rtree import boxes_of, name_of
from store.shapes import LIFE_CELL, SHAPE_CELLS
from store.tables import (
    LAYER_TABLES,
    assignment,
    assignment_history,
    command,
    edit_history,
    lineage,
    lock,
    override,
    parcels,
    quota,
    rule,
)

# places listed for one kind of fault: enough to see the pattern
MOST_PLACES: Final = 50
_APPEND_ONLY: Final = (
    "audit", "assignment_history", "edit_history", "lineage", "review_step", "publication", "rule", "override",
    "suitability_model", "publication_brief",
)  # fmt: skip
# a sum may come out differently in its last bit in a later release, and then round to the next hundredth
_AREA_SLACK_CENTI_M2: Final = 1


def file_faults(conn: Connection) -> Iterator[Fault]:
    """SQLite's own view of its pages, indexes and references."""
    for (said,) in conn.exec_driver_sql(f"PRAGMA integrity_check({MOST_PLACES})"):
        if said != "ok":
            yield Fault("file_damaged", {"said": said})
    for table, row, parent, _ in conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_PLACES):
        yield Fault("reference_broken", {"to": parent}, f"{table} row {row}")


def guard_faults(conn: Connection) -> Iterator[Fault]:
    """Triggers that keep the proof append-only, where one is gone."""
    there = set(conn.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    for table in _APPEND_ONLY:
        for act in ("update", "delete"):
            if f"{table}_no_{act}" not in there:
                yield Fault("guard_missing", {"trigger": f"{table}_no_{act}"})


def chain_faults(conn: Connection) -> Iterator[Fault]:
    """Places where the audit chain does not hold."""
    for found in audit.breaks(conn)[:MOST_PLACES]:
        yield Fault("audit_chain_broken", {"kind": found.code}, f"audit {found.seq}")


def shape_faults(conn: Connection) -> Iterator[Fault]:
    """Rows whose area or R-tree box is not that of their geometry; imports whose rows are not those that came."""
    for layer, table in LAYER_TABLES.items():
        query = select(table.c.id, table.c.geometry, table.c.area_m2).order_by(table.c.id)
        rows = conn.execute(query).all()
        if rows:
            ids = np.array([row.id for row in rows])
            geoms = np.asarray(shapely.from_wkb([row.geometry for row in rows]), dtype=object)
            stored = np.array([row.area_m2 for row in rows], dtype=np.float64)
            yield from _area_faults(layer, ids, geoms, stored)
            yield from _box_faults(conn, layer, ids, geoms)
        yield from _proof_faults(conn, layer, {row.id: row for row in rows})


def _area_faults(
    layer: str, ids: NDArray[np.int64], geoms: NDArray[np.object_], stored: NDArray[np.float64]
) -> Iterator[Fault]:
    areal = shapely.get_dimensions(geoms) == 2  # noqa: PLR2004  # the dimension of an area is two
    now = centi_m2(round_area_m2(planar_m2(geoms[areal])))
    there = np.isfinite(stored[areal])
    held = centi_m2(np.where(there, stored[areal], 0.0))
    wrong = ~there | (np.abs(now - held) > _AREA_SLACK_CENTI_M2)
    for key, was, is_ in zip(ids[areal][wrong][:MOST_PLACES], held[wrong], now[wrong], strict=False):
        yield Fault("area_differs", {"stored_m2": was / 100, "geometry_m2": is_ / 100}, f"{layer} {key}")


def _box_faults(conn: Connection, layer: str, ids: NDArray[np.int64], geoms: NDArray[np.object_]) -> Iterator[Fault]:
    said = conn.exec_driver_sql("SELECT rtreecheck(?)", (name_of(layer),)).scalar_one()
    if said != "ok":
        yield Fault("index_damaged", {"said": said}, name_of(layer))
    boxes = boxes_of(conn, layer)
    bounds = shapely.bounds(geoms)
    held = np.array([boxes.get(int(key), (np.nan,) * 4) for key in ids])
    # written so that NaN (no box at all) is not inside either
    inside = (held[:, :2] <= bounds[:, :2]).all(axis=1) & (held[:, 2:] >= bounds[:, 2:]).all(axis=1)
    for key in ids[~inside][:MOST_PLACES]:
        yield Fault("index_differs", {}, f"{layer} {key}")


def _proof_faults(conn: Connection, layer: str, rows: dict[int, Any]) -> Iterator[Fault]:
    proven: set[int] = set()
    edited = edits.first_values(conn, layer)
    for entry in audit.entries(conn):
        if entry.verb != "insert" or entry.subject != f"layer:{layer}":
            continue
        proof = json.loads(entry.detail)
        if not proof["count"]:
            continue
        span = range(proof["first_id"], proof["last_id"] + 1)
        proven.update(span)
        held = [_first_shape(rows[key], edited.get(key, {})) for key in span if key in rows]
        areas = np.array([area for _, area in held if area is not None], dtype=np.float64)
        total = int(centi_m2(areas).sum())
        if len(held) != proof["count"] or digest_of(wkb for wkb, _ in held) != proof["geometry_sha256"]:
            yield Fault(
                "shapes_not_those_imported", {"rows": len(held), "imported": proof["count"]}, f"audit {entry.seq}"
            )
        if _first_cells(conn, layer, span, edited) != proof.get("attributes_sha256"):
            yield Fault("cells_not_those_imported", {"imported": proof["count"]}, f"audit {entry.seq}")
        if total != proof["centi_m2"]:
            values = {"stored_m2": total / 100, "imported_m2": proof["centi_m2"] / 100}
            yield Fault("area_sum_differs", values, f"audit {entry.seq}")
    for key in sorted(set(rows) - proven)[:MOST_PLACES]:
        yield Fault("row_not_in_audit", {}, f"{layer} {key}")


def _first_shape(row: Any, edited: dict[str, Any]) -> tuple[bytes, float | None]:
    """Boundary and area of a row as it came in: those of today, or those before its first change."""
    if "geometry" not in edited:
        return row.geometry, row.area_m2
    return bytes.fromhex(edited["geometry"]), edited["area_m2"]


def _first_cells(conn: Connection, layer: str, span: range, edited: dict[int, dict[str, Any]]) -> str:
    """Hash of an import's cells as they came in: those of today, with every edit taken back."""
    rows = features.attributes_between(conn, layer, span[0], span[-1])
    places = {key: at for at, key in enumerate((*LAYERS[layer].keys, "extra"), start=1)}
    for row in rows:
        for key, value in edited.get(row[0], {}).items():
            # boundaries and lives are no cells of a file
            if key in places:
                row[places[key]] = value
    return digest_of_rows(rows)


def assignment_faults(conn: Connection) -> Iterator[Fault]:
    """Assignments and locks that the audit chain, played from its start, does not lead to; versions with gaps."""
    codes = {key: code for code, key in clusters.ids_by_code(conn).items()}
    states, parcel_locks, cluster_locks = _played(conn)
    table = assignment
    query = select(table.c.scenario_id, table.c.parcel_id, table.c.cluster_id, table.c.inherits, table.c.version)
    held = {(row.scenario_id, row.parcel_id): row for row in conn.execute(query)}
    wrong = [
        key
        for key in states.keys() | held.keys()
        if key not in held
        or key not in states
        or states[key].what != (codes.get(held[key].cluster_id), bool(held[key].inherits))
    ]
    for scenario_id, parcel_id in sorted(wrong)[:MOST_PLACES]:
        yield Fault("assignment_not_in_audit", {}, f"scenario {scenario_id} parcel {parcel_id}")
    yield from _version_faults(conn, {key: row.version for key, row in held.items()})
    columns = (lock.c.scenario_id, lock.c.parcel_id, lock.c.cluster_id)
    locked = {
        (scenario_id, codes.get(cluster_id) if parcel_id is None else parcel_id)
        for scenario_id, parcel_id, cluster_id in conn.execute(select(*columns).where(lock.c.active.is_(True)))
    }
    for scenario_id, what in sorted(locked ^ (parcel_locks | cluster_locks), key=str)[:MOST_PLACES]:
        yield Fault("lock_not_in_audit", {"locked": what}, f"scenario {scenario_id}")


def _played(conn: Connection) -> tuple[dict[tuple[int, int], State], set[Any], set[Any]]:
    """Play every entry over an empty board: states by (scenario, parcel), locked parcels, locked clusters."""
    states: dict[tuple[int, int], State] = {}
    parcel_locks: set[tuple[int, int]] = set()
    cluster_locks: set[tuple[int, str]] = set()
    for entry in audit.entries(conn):
        kind, _, name = entry.subject.partition(":")
        if kind != "scenario":
            continue
        scenario_id, detail = int(name), json.loads(entry.detail)
        if "states" in detail:
            states.update({(scenario_id, move.parcel_id): move.after for move in unpacked(detail)})
        form = detail.get("locks", detail)
        if "active" in form:
            change = set.update if form["active"] else set.difference_update
            change(parcel_locks, {(scenario_id, key) for key in form["parcels"]})
            change(cluster_locks, {(scenario_id, code) for code in form["clusters"]})
    return states, parcel_locks, cluster_locks


def _version_faults(conn: Connection, versions: dict[tuple[int, int], int]) -> Iterator[Fault]:
    table = assignment_history
    steps = Counter(
        (row.scenario_id, row.parcel_id) for row in conn.execute(select(table.c.scenario_id, table.c.parcel_id))
    )
    wrong = [key for key in steps.keys() | versions.keys() if steps[key] != versions.get(key)]
    for scenario_id, parcel_id in sorted(wrong)[:MOST_PLACES]:
        values = {"version": versions.get((scenario_id, parcel_id)), "steps": steps[scenario_id, parcel_id]}
        yield Fault("version_without_history", values, f"scenario {scenario_id} parcel {parcel_id}")


def command_faults(conn: Connection) -> Iterator[Fault]:
    """Undo stacks that are not stacks: a step undone below one that stands."""
    query = select(command.c.id, command.c.scenario_id, command.c.status).order_by(command.c.id)
    lowest_undone: dict[int, int] = {}
    for row in conn.execute(query):
        if row.status == commands.UNDONE:
            lowest_undone.setdefault(row.scenario_id, row.id)
        elif row.status == commands.DONE and row.scenario_id in lowest_undone:
            yield Fault("undo_stack_broken", {"undone": lowest_undone[row.scenario_id]}, f"command {row.id}")


def edit_faults(conn: Connection) -> Iterator[Fault]:
    """Edited cells that do not hold what their last edit wrote; rows whose version is not one above their edits."""
    last: dict[tuple[str, int], dict[str, object]] = {}
    count: Counter[tuple[str, int]] = Counter()
    order = (edit_history.c.layer, edit_history.c.feature_id, edit_history.c.version)
    for row in conn.execute(select(edit_history).order_by(*order)):
        last.setdefault((row.layer, row.feature_id), {}).update(json.loads(row.after))
        count[row.layer, row.feature_id] += 1
    for layer, table in LAYER_TABLES.items():
        keys = (*LAYERS[layer].keys, "extra", *SHAPE_CELLS, "length_m", LIFE_CELL)
        for row in conn.execute(select(table.c.id, table.c.version, *(table.c[key] for key in keys))):
            place = (layer, row.id)
            if row.version != count[place] + 1:
                yield Fault(
                    "version_without_history", {"version": row.version, "steps": count[place] + 1}, f"{layer} {row.id}"
                )
            held = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for it
            for name, value in last.get(place, {}).items():
                stored = held[name].hex() if name == "geometry" else held[name]
                if stored != value:
                    values = {"field": name, "stored": str(stored)[:80], "edited": str(value)[:80]}
                    yield Fault("cell_not_in_audit", values, f"{layer} {row.id}")


def quota_faults(conn: Connection) -> Iterator[Fault]:
    """Quotas that the audit chain, played from its start, does not lead to."""
    played: dict[tuple[int, str], quotas.State] = {}
    for entry in audit.entries(conn):
        kind, _, name = entry.subject.partition(":")
        if kind == "scenario" and '"quotas"' in entry.detail:
            moves = quotas.unpacked(json.loads(entry.detail).get("quotas", ()))
            played.update({(int(name), code): after for code, _, after in moves})
    codes = {key: code for code, key in clusters.ids_by_code(conn).items()}
    held: dict[tuple[int, str], quotas.State] = {
        (row.scenario_id, codes[row.cluster_id]): None if row.inherits else (row.centi_mu,)
        for row in conn.execute(select(quota))
    }
    for key in sorted(played.keys() | held.keys())[:MOST_PLACES]:
        if key not in held or key not in played or held[key] != played[key]:
            yield Fault("quota_not_in_audit", {"cluster": key[1]}, f"scenario {key[0]}")


def lineage_faults(conn: Connection) -> Iterator[Fault]:
    """Steps whose pieces are not as large together as what they come from, less the land that left the layer."""
    area = {row.id: row for row in conn.execute(select(parcels.c.id, parcels.c.area_m2, parcels.c.code))}
    taken = {
        entry.seq: json.loads(entry.detail).get("taken_centi_m2", 0)
        for entry in audit.entries(conn)
        if "taken_centi_m2" in entry.detail
    }
    steps: dict[tuple[int, int], tuple[set[int], set[int]]] = {}
    for row in conn.execute(select(lineage).order_by(lineage.c.id)):
        old, new = steps.setdefault((row.command_id, row.audit_seq), (set(), set()))
        old.add(row.from_id)
        new.update(() if row.to_id is None else (row.to_id,))
    for (key, seq), (old, new) in steps.items():
        before, after = (sum(int(centi_m2([area[one].area_m2])[0]) for one in ids) for ids in (old, new))
        # shapes that changed since count as they do now: they have steps of their own
        if seq not in taken:
            yield Fault("lineage_not_in_audit", {}, f"command {key}")
        elif abs(before - after - taken[seq]) > len(old) + len(new) and not _reshaped(conn, new):
            yield Fault("lineage_sum_differs", {"before_m2": before / 100, "after_m2": after / 100}, f"command {key}")


def _reshaped(conn: Connection, ids: set[int]) -> bool:
    first = edits.first_values(conn, PARCELS)
    return any("geometry" in first.get(key, {}) for key in ids)


def rule_faults(conn: Connection) -> Iterator[Fault]:
    """Versions of rules, and signatures in spite of them, that are not as their entry of the audit chain says."""
    told: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for entry in audit.entries(conn):
        if entry.verb in {"set_rules", "edit_rules"} or '"overrides"' in entry.detail:
            detail = json.loads(entry.detail)
            told.update({(entry.seq, name): detail[name] for name in ("rules", "overrides") if name in detail})
    for table, name, place in ((rule, "rules", "rule {code} {version}"), (override, "overrides", "override {id}")):
        held: Counter[int] = Counter()
        for row in conn.execute(select(table)).mappings():
            held[row["audit_seq"]] += 1
            listed = told.get((row["audit_seq"], name), [])
            if not any(all(row[key] == value for key, value in one.items()) for one in listed):
                yield Fault("rule_not_in_audit", {}, place.format(**row))
        for (seq, kind), listed in told.items():
            if kind == name and held[seq] != len(listed):
                yield Fault("rule_not_in_audit", {"rows": held[seq], "told": len(listed)}, f"audit {seq}")


CHECKS: Final[dict[str, Callable[[Connection], Iterator[Fault]]]] = {
    "file": file_faults,
    "guards": guard_faults,
    "audit_chain": chain_faults,
    "shapes": shape_faults,
    "assignments": assignment_faults,
    "commands": command_faults,
    "edits": edit_faults,
    "lineage": lineage_faults,
    "quotas": quota_faults,
    "rules": rule_faults,
    "people": people_faults,
    "reviews": review_faults,
    "comments": comment_faults,
    "views": view_faults,
    "suitability_models": model_faults,
}
