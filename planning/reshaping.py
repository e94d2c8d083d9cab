"""Acts on parcels' boundaries: each is one step of a scenario's undo stack, and common to all scenarios."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from geo.validity import faults as geometry_faults
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.errors import Fault, Refused, StaleVersion
from planning.features import measures
from planning.recording import keep_command
from planning.reshape_steps import PARCELS, Step, Turn, done_of, end_and_turn, refuse_locked, shape_clashes
from planning.writing import Act, known_scenario, subject_of, writing
from store import settings
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
