"""Acts on parcels' boundaries: each is one step of a scenario's undo stack, and common to all scenarios."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from geo.units import centi_m2
from geo.validity import faults as geometry_faults
from planning import parcel_plans
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.errors import Fault, Refused, StaleVersion
from planning.features import insert_features, measures
from planning.inheriting import differing, inherit
from planning.parcel_plans import Plan, inherited_cells
from planning.recording import keep_command
from planning.reshape_steps import PARCELS, Step, Turn, done_of, end_and_turn, refuse_locked, shape_clashes
from planning.writing import Act, known_scenario, subject_of, writing
from store import audit, features, lineage, settings
from store import shapes as stored
from store.database import Database
from store.shapes import Stand

# a boundary drawn or surveyed has hundreds of vertices; more than this is no parcel's
MOST_VERTICES: Final = 100_000


def replace_geometries(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    shapes: Mapping[int, BaseGeometry],
    ended: Collection[int] = (),
    seen: Mapping[int, int] | None = None,
    verb: Literal["replace", "mend"] = "replace",
    clock: Clock = utc_now,
) -> Done:
    """Give parcels other boundaries, by id, in the storage CRS; ids, cells and assignments stay.

    ``ended`` are parcels that end with it, their ground taken by the others; ``verb`` is what the step is called.

    Coordinates are stored as they are given: whoever mends a boundary knows which vertices it shares with which
    neighbour (``geo.editing.on_grid`` puts drawn ones on the grid). Areas are computed anew. ``seen`` holds each
    parcel's ``version`` as the screen showed it; None checks nothing. Parcels whose boundary is already the one
    given are left.

    Raises
    ------
    Refused
        Unknown scenario or parcel; a boundary that is no valid polygon; a parcel that is locked in some scenario.
    StaleVersion
        Somebody changed a boundary that this changes too, or ended the parcel; nothing was written.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, scenario_id)
        wanted = {int(key): shapely.force_2d(shape) for key, shape in shapes.items()}
        stands = stored.standing(conn, PARCELS, [*wanted, *ended])
        if unknown := [Fault("unknown_parcel", {"id": key}) for key in ended if key not in stands]:
            raise Refused(*unknown)
        turns = _turns(conn, stands, wanted)
        touched = [turn.parcel_id for turn in turns] + list(ended)
        if seen is not None:
            mine = dict.fromkeys(ended) | {turn.parcel_id: turn.after["area_m2"] for turn in turns}
            if clashes := shape_clashes(conn, (stands[key] for key in mine), seen, mine):
                raise StaleVersion(*clashes)
        _refuse_ended(stands)
        refuse_locked(conn, touched)
        return _keep(act, scenario_id, verb, Step(tuple(ended), reshaped=tuple(turns)))


def split_by_line(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_id: int,
    line: BaseGeometry,
    codes: Sequence[str] = (),
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Split a parcel by a line in the storage CRS; ``codes`` name the pieces, from the north-west on."""
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out([parcel_id], lambda conn: parcel_plans.by_line(conn, parcel_id, line, codes=codes))


def split_to_area(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_id: int,
    side: int,
    area_m2: float,
    road_m: float = 0.0,
    codes: Sequence[str] = (),
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Split off an area along a side, by a parallel; with ``road_m`` a road of that width lies between the pieces.

    ``side`` is the side's place in ``geo.parting.sides``. The road is no parcel: its land leaves the layer.
    """
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out(
        [parcel_id],
        lambda conn: parcel_plans.to_area(conn, parcel_id, side, area_m2, road_m=road_m, codes=codes),
    )


def split_by_road(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Sequence[int],
    line: BaseGeometry,
    width_m: float,
    keep: bool = False,
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Cut a road of a width along a line out of parcels; ``keep`` makes the land of the road parcels of their own."""
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out(parcel_ids, lambda conn: parcel_plans.by_road(conn, parcel_ids, line, width_m, keep=keep))


def cut_by_right_of_way(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Sequence[int],
    road_id: int,
    width_m: float | None = None,
    keep: bool = False,
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Cut a road of the layer out of parcels, by the width on its record unless another is given."""
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out(
        parcel_ids, lambda conn: parcel_plans.by_right_of_way(conn, parcel_ids, road_id, width_m, keep=keep)
    )


def cut_conflict(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Sequence[int],
    area: BaseGeometry,
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Part parcels along the edge of an area that stands against them: both sides are parcels, the sums stay."""
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out(parcel_ids, lambda conn: parcel_plans.by_area(conn, parcel_ids, area))


def merge(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_ids: Sequence[int],
    main_id: int | None = None,
    code: str | None = None,
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Merge parcels into one, which takes its cells from ``main_id``, the largest when none is named.

    Where the parcels have different clusters in some scenario, ``main_id`` must be named and its cluster is taken;
    else the merge is refused with every scenario concerned.
    """
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out(
        parcel_ids,
        lambda conn: parcel_plans.joined(conn, parcel_ids, main_id=main_id, code=code),
        chosen=main_id is not None,
    )


def draw(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    shape: BaseGeometry,
    code: str,
    snap_m: float = 0.5,
    cut_off: bool = False,
    clock: Clock = utc_now,
) -> Done:
    """Enter a drawn parcel, snapped to its neighbours; what overlaps them is refused, or cut off when asked for."""
    act = _Asked(db, actor, scenario_id, clock, None)
    return act.carry_out([], lambda conn: parcel_plans.drawn(conn, shape, code, snap_m=snap_m, cut_off=cut_off))


def snap(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    parcel_id: int,
    tolerance_m: float = 0.5,
    seen: Mapping[int, int] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Snap a parcel's boundary to its neighbours'; these stay as they are."""
    act = _Asked(db, actor, scenario_id, clock, seen)
    return act.carry_out([parcel_id], lambda conn: parcel_plans.snapped(conn, parcel_id, tolerance_m=tolerance_m))


def preview(db: Database, plan: Callable[[Connection], Plan]) -> Plan:
    """Work a plan out on the database as it stands, and write nothing; Refused as the act would be.

    Where parcels to be merged have different clusters the plan says so in its notes: a leading parcel is to be chosen.
    """
    with db.read() as conn:
        found = plan(conn)
        refuse_locked(conn, [*found.ended, *found.reshaped])
        return replace(found, notes=(*found.notes, *differing(conn, found)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One act that is asked for: by whom, where, and with what seen."""

    db: Database
    actor: Actor
    scenario_id: int
    clock: Clock
    seen: Mapping[int, int] | None

    def carry_out(self, parcel_ids: Sequence[int], plan: Callable[[Connection], Plan], *, chosen: bool = False) -> Done:
        """Check what was seen, make the plan inside the transaction, and write it."""
        with writing(self.db) as conn:
            act = Act.begin(conn, self.actor, self.clock)
            known_scenario(conn, self.scenario_id)
            if self.seen is not None:
                stands = stored.standing(conn, PARCELS, list(parcel_ids))
                if clashes := shape_clashes(conn, stands.values(), self.seen, {}):
                    raise StaleVersion(*clashes)
            found = plan(conn)
            refuse_locked(conn, [*found.ended, *found.reshaped])
            return _write(act, self.scenario_id, found, self.clock, chosen=chosen)


def _write(act: Act, scenario_id: int, plan: Plan, clock: Clock, *, chosen: bool) -> Done:
    """Write a plan as one step: the entry, the ends, the beginnings with what they inherit, lineage, command."""
    conn = act.conn
    turns = _turns(conn, stored.standing(conn, PARCELS, list(plan.reshaped)), plan.reshaped)
    rows = inherited_cells(conn, plan)
    label = Label(plan.verb, {"count": len(plan.ended) or len(turns), "pieces": len(plan.pieces)})
    taken = int(centi_m2([shape.area for shape in plan.taken]).sum()) if plan.taken else 0
    detail = Step(ended=plan.ended, reshaped=tuple(turns)).packed | {"taken_centi_m2": taken}
    seq = act.audit(plan.verb, subject_of(scenario_id), detail)
    end_and_turn(act, Step(ended=plan.ended, reshaped=tuple(turns)), seq)
    born: list[int] = []
    if rows:
        frame = pd.DataFrame(rows)
        frame["geometry"] = pd.Series([piece.geometry for piece in plan.pieces], dtype=object)
        sample = features.any_sample(conn, PARCELS, plan.ended)
        ids = insert_features(
            conn, PARCELS, frame, source=f"{plan.verb} {act.actor.name}", is_sample=sample, actor=act.actor, clock=clock
        )
        born = [int(key) for key in ids]
        inherit(act, plan, born, chosen=chosen)
    step = Step(plan.ended, tuple(born), tuple(turns), settled=audit.latest(conn, limit=1)[0].seq)
    command_id = keep_command(act, scenario_id, "reshape", label, step.packed, seq)
    pairs = [(old, new) for piece, new in zip(plan.pieces, born, strict=True) for old in piece.sources]
    left = {old for old, _ in pairs}
    gone: list[tuple[int, int | None]] = [(old, None) for old in plan.ended if old not in left]
    lineage.add(conn, [*pairs, *gone], command_id=command_id, at=act.at, audit_seq=seq)
    return done_of(act, scenario_id, command_id, label, step)


def _keep(act: Act, scenario_id: int, verb: str, step: Step) -> Done:
    """Write a step that begins no parcel, and put it on the stack."""
    label = Label(verb, {"count": len(step.ids)})
    if not step.ids:
        return done_of(act, scenario_id, None, label, step)
    packed = step.packed
    seq = act.audit(verb, subject_of(scenario_id), {key: packed[key] for key in ("ended", "born", "reshaped")})
    end_and_turn(act, step, seq)
    kept = Step(step.ended, step.born, step.reshaped, settled=seq)
    command_id = keep_command(act, scenario_id, "reshape", label, kept.packed, seq)
    return done_of(act, scenario_id, command_id, label, kept)


def _turns(conn: Connection, stands: Mapping[int, Stand], wanted: Mapping[int, BaseGeometry]) -> list[Turn]:
    """The boundaries that are to change, measured; Refused with every one that cannot be taken."""
    faults = [Fault("unknown_parcel", {"id": key}) for key in wanted if key not in stands]
    faults += shape_faults({stands[key].code: shape for key, shape in wanted.items() if key in stands})
    if faults:
        raise Refused(*faults)
    turned = {
        key: shape for key, shape in wanted.items() if shapely.to_wkb(shape).hex() != stands[key].shape["geometry"]
    }
    geoms = np.array(list(turned.values()), dtype=object)
    measured = measures(geoms, int(settings.read(conn, "crs_epsg")))
    return [
        Turn(
            key,
            stands[key].shape,
            {
                "geometry": shapely.to_wkb(shape).hex(),
                "area_m2": float(measured["area_m2"][at]),
                "area_ellipsoid_m2": float(measured["area_ellipsoid_m2"][at]),
            },
        )
        for at, (key, shape) in enumerate(turned.items())
    ]


def shape_faults(wanted: Mapping[str, BaseGeometry]) -> list[Fault]:
    """What keeps shapes, by the code of their parcel, from being parcels' boundaries."""
    geoms = np.array(list(wanted.values()), dtype=object)
    codes = list(wanted)
    faults = [
        Fault("shape_invalid", {"code": codes[row], "why": why, "x": x, "y": y})
        for row, why, x, y in geometry_faults(geoms)[["row", "code", "x", "y"]].itertuples(index=False)
    ]
    faults += [
        Fault("shape_not_polygon", {"code": code, "kind": shape.geom_type})
        for code, shape in wanted.items()
        if shape.geom_type not in {"Polygon", "MultiPolygon"}
    ]
    faults += [
        Fault("shape_too_long", {"code": code, "vertices": count, "most": MOST_VERTICES})
        for code, count in zip(codes, shapely.get_num_coordinates(geoms).tolist(), strict=True)
        if count > MOST_VERTICES
    ]
    return faults


def _refuse_ended(stands: Mapping[int, Stand]) -> None:
    gone = [Fault("unknown_parcel", {"id": key}) for key, stand in stands.items() if stand.valid_to is not None]
    if gone:
        raise Refused(*gone)
