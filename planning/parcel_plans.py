"""What would become of parcels that are cut, joined, drawn or snapped: worked out, shown, and only then written.

A plan is made from what the database holds and changes nothing. The act makes it again inside its transaction, so that
what is written is never older than what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection

from geo.cutting import CutRefused
from geo.grid import on_grid
from geo.joining import cut_back, merge, snap
from geo.parting import corridor, sides, split, split_to_area, take_out
from geo.units import centi_m2
from layers.schema import LAYERS
from planning.errors import Fault, Refused
from planning.naming import derived_codes
from planning.reshape_steps import PARCELS
from store import features, shapes
from store.rtree import ids_in_box
from store.shapes import Stand

# neighbours are looked for this far around: farther than any tolerance that makes sense
_AROUND_M: Final = 5.0
MOST_TOLERANCE_M: Final = 2.0
MOST_WIDTH_M: Final = 200.0
# a drawn parcel may overlap others by what a hand's snapping leaves, and no more
MOST_OVERLAP_M2: Final = 0.01
MOST_PIECES: Final = 200
LONGEST_CODE: Final = 60
DECLARED: Final = "declared_area_m2"
ROADS: Final = "roads"


@dataclass(frozen=True, slots=True)
class Piece:
    """A parcel that would begin: its boundary, code, the parcels that it comes from, and that whose cells it takes."""

    geometry: BaseGeometry
    code: str
    sources: tuple[int, ...] = ()
    heir_of: int | None = None

    @property
    def centi_m2(self) -> int:
        """Its area in whole hundredths of a m²."""
        return int(centi_m2([self.geometry.area])[0])


@dataclass(frozen=True, slots=True)
class Plan:
    """What an act would do: parcels that end, pieces that begin, boundaries that change, land that leaves the layer.

    ``notes`` are things to be told before it is done: codes with values, as faults are.
    """

    verb: str
    ended: tuple[int, ...] = ()
    pieces: tuple[Piece, ...] = ()
    reshaped: Mapping[int, BaseGeometry] = field(default_factory=dict)
    taken: tuple[BaseGeometry, ...] = ()
    notes: tuple[Fault, ...] = ()


def by_line(conn: Connection, parcel_id: int, line: BaseGeometry, *, codes: Sequence[str] = ()) -> Plan:
    """Split a parcel by a line."""
    stand = live(conn, [parcel_id])[0]
    found = _asked(stand, lambda: split(stand.geometry, line))
    return Plan("split_line", (parcel_id,), _pieces(conn, stand, found, codes))


def to_area(
    conn: Connection, parcel_id: int, side: int, area_m2: float, *, road_m: float = 0.0, codes: Sequence[str] = ()
) -> Plan:
    """Split off an area along a side (its place in ``geo.parting.sides``); the land of a road leaves the layer."""
    stand = live(conn, [parcel_id])[0]
    _refuse_width(road_m, least=0.0)
    listed = sides(stand.geometry)
    if not 0 <= side < len(listed):
        raise Refused(Fault("unknown_side", {"side": side + 1, "sides": len(listed)}, stand.code))
    near, road, rest = _asked(stand, lambda: split_to_area(stand.geometry, listed[side], area_m2, road_m=road_m))
    verb = "split_road" if road is not None else "split_area"
    return Plan(verb, (parcel_id,), _pieces(conn, stand, (near, rest), codes), taken=() if road is None else (road,))


def by_road(
    conn: Connection, parcel_ids: Sequence[int], line: BaseGeometry, width_m: float, *, keep: bool = False
) -> Plan:
    """Cut a corridor of a width along a line out of parcels; ``keep`` makes what lies in it parcels of their own."""
    _refuse_width(width_m, least=0.5)
    return _by_strip(conn, parcel_ids, corridor(line, width_m), keep=keep)


def by_right_of_way(
    conn: Connection, parcel_ids: Sequence[int], road_id: int, width_m: float | None = None, *, keep: bool = False
) -> Plan:
    """Cut a road of the layer out of parcels, by the width on its record unless another is given; an area as it is."""
    roads = shapes.standing(conn, ROADS, [road_id])
    if road_id not in roads or roads[road_id].valid_to is not None:
        raise Refused(Fault("unknown_road", {"id": road_id}))
    geometry = roads[road_id].geometry
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return _by_strip(conn, parcel_ids, geometry, keep=keep)
    width = features.read_rows(conn, ROADS, [road_id], ("width_m",))[road_id]["width_m"] if width_m is None else width_m
    if width is None:
        raise Refused(Fault("road_without_width", {"code": roads[road_id].code}))
    return by_road(conn, parcel_ids, geometry, float(width), keep=keep)


def by_area(conn: Connection, parcel_ids: Sequence[int], area: BaseGeometry) -> Plan:
    """Part parcels along the edge of an area: what lies in it becomes a parcel of its own; those wholly in it stay."""
    return _by_strip(conn, parcel_ids, area, keep=True, verb="cut_conflict")


def _by_strip(
    conn: Connection, parcel_ids: Sequence[int], strip: BaseGeometry, *, keep: bool, verb: str = "cut_road"
) -> Plan:
    stands = live(conn, list(dict.fromkeys(parcel_ids)))
    geoms = _array([stand.geometry for stand in stands])
    found = _asked(stands[0], lambda: take_out(geoms, strip))
    ended: list[int] = []
    pieces: list[Piece] = []
    taken: list[BaseGeometry] = []
    for stand, (beside, within) in zip(stands, found, strict=True):
        if within is None or (verb == "cut_conflict" and not beside):
            continue
        ended.append(stand.id)
        parts = (*beside, within) if keep else beside
        pieces += _pieces(conn, stand, parts, (), given=[piece.code for piece in pieces])
        if not keep:
            taken.append(within)
    if not ended:
        raise Refused(Fault("conflict_whole" if verb == "cut_conflict" else "road_misses", {"parcels": len(stands)}))
    return Plan(verb, tuple(ended), tuple(pieces), taken=tuple(taken))


def joined(conn: Connection, parcel_ids: Sequence[int], *, main_id: int | None = None, code: str | None = None) -> Plan:
    """Merge parcels; the new one takes its cells from ``main_id``, the largest when none is named."""
    ids = list(dict.fromkeys(parcel_ids))
    stands = live(conn, ids)
    if len(stands) < 2:  # noqa: PLR2004  # one is merged with nothing
        raise Refused(Fault("merge_needs_two", {"parcels": len(stands)}))
    if main_id is not None and main_id not in ids:
        raise Refused(Fault("unknown_parcel", {"id": main_id}))
    largest = max(stands, key=lambda one: (float(one.shape["area_m2"]), -one.id)).id
    main = next(stand for stand in stands if stand.id == (largest if main_id is None else main_id))
    rest = [stand.geometry for stand in stands if stand is not main]
    geometry = _asked(main, lambda: merge(_array([main.geometry, *rest])))
    used = code or derived_codes(conn, main, 1)[0]
    _refuse_codes(conn, [used], ids)
    return Plan("merge", tuple(ids), (Piece(geometry, used, tuple(ids), main.id),))


def drawn(conn: Connection, shape: BaseGeometry, code: str, *, snap_m: float = 0.5, cut_off: bool = False) -> Plan:
    """A new parcel: put on the grid, snapped to its neighbours; what overlaps others is refused, or cut off."""
    _refuse_tolerance(snap_m)
    geometry = on_grid(shape)
    _refuse_codes(conn, [code], [])
    if geometry.is_empty or geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise Refused(Fault("shape_not_polygon", {"code": code, "kind": geometry.geom_type}))
    around = _around(conn, geometry)
    others = _array([stand.geometry for stand in around])
    notes: list[Fault] = []
    if around and snap_m > 0:
        geometry = _asked_of(code, lambda: snap(geometry, others, tolerance_m=snap_m).geom)
    if around:
        over = shapely.area(shapely.intersection(others, geometry))
        lying = [
            (stand.code, round(float(area), 2))
            for stand, area in zip(around, over, strict=True)
            if area > MOST_OVERLAP_M2
        ]
        if lying and not cut_off:
            raise Refused(*(Fault("drawn_overlaps", {"code": one, "area_m2": area}) for one, area in lying))
        if lying:
            geometry = _asked_of(code, lambda: cut_back(geometry, others))
            notes = [Fault("overlap_cut_off", {"code": one, "area_m2": area}) for one, area in lying]
    if geometry.is_empty or int(centi_m2([geometry.area])[0]) <= 0:
        raise Refused(Fault("nothing_left", {"code": code}))
    return Plan("draw", pieces=(Piece(geometry, code),), notes=tuple(notes))


def snapped(conn: Connection, parcel_id: int, *, tolerance_m: float = 0.5) -> Plan:
    """Snap a parcel to its neighbours; the change of area is a note."""
    _refuse_tolerance(tolerance_m)
    stand = live(conn, [parcel_id])[0]
    others = _array([one.geometry for one in _around(conn, stand.geometry) if one.id != parcel_id])
    found = _asked(stand, lambda: snap(stand.geometry, others, tolerance_m=tolerance_m))
    if found.geom.equals_exact(stand.geometry, 0.0):
        raise Refused(Fault("nothing_to_snap", {"code": stand.code, "tolerance_m": tolerance_m}))
    values = {
        "code": stand.code,
        "change_m2": round(found.area_change_m2, 2),
        "moved": found.moved,
        "added": found.added,
    }
    return Plan("snap", reshaped={parcel_id: found.geom}, notes=(Fault("snap_changes", values),))


def live(conn: Connection, parcel_ids: Sequence[int]) -> list[Stand]:
    """The parcels as they stand, in the order given; Refused with every one that is not there."""
    stands = shapes.standing(conn, PARCELS, parcel_ids)
    gone = [key for key in parcel_ids if key not in stands or stands[key].valid_to is not None]
    if gone or not parcel_ids:
        raise Refused(
            *(Fault("unknown_parcel", {"id": key}) for key in gone), *([] if gone else [Fault("nothing_selected")])
        )
    return [stands[key] for key in parcel_ids]


def inherited_cells(conn: Connection, plan: Plan) -> list[dict[str, Any]]:
    """The cells of each piece: those of the parcel it is heir of, as they are, but for the declared area.

    A declared area is apportioned by area among the pieces of one parcel, its hundredths to the last piece; land that
    leaves the layer takes its share with it. Merged it is the sum, empty when one of them is empty.
    """
    keys = [key for key in LAYERS[PARCELS].keys if key != "code"]
    olds = features.read_rows(
        conn, PARCELS, sorted({key for one in plan.pieces for key in one.sources}), (*keys, "extra", "area_m2")
    )
    rows = []
    for piece in plan.pieces:
        heir = olds.get(piece.heir_of or 0, {})
        cells = {key: heir.get(key) for key in (*keys, "extra")}
        declared = [olds[key][DECLARED] for key in piece.sources]
        if not declared or any(one is None for one in declared):
            cells[DECLARED] = None
        elif len(declared) > 1:
            cells[DECLARED] = round(sum(declared), 2)
        else:
            cells[DECLARED] = _share(plan, piece, float(declared[0]), float(heir["area_m2"]))
        rows.append({"code": piece.code, **cells})
    return rows


def _share(plan: Plan, piece: Piece, declared: float, area_m2: float) -> float:
    """A piece's share of a declared area; the last piece takes what rounding leaves, when no land left the layer."""
    family = [one for one in plan.pieces if one.sources == piece.sources]
    shares = [round(declared * one.geometry.area / area_m2, 2) for one in family]
    if not plan.taken:
        shares[-1] = round(declared - sum(shares[:-1]), 2)
    return shares[family.index(piece)]


def _pieces(
    conn: Connection, stand: Stand, geoms: Sequence[BaseGeometry], codes: Sequence[str], *, given: Sequence[str] = ()
) -> tuple[Piece, ...]:
    if len(geoms) > MOST_PIECES:
        raise Refused(Fault("too_many_pieces", {"pieces": len(geoms), "most": MOST_PIECES}, stand.code))
    if codes and len(codes) != len(geoms):
        raise Refused(Fault("codes_do_not_match", {"codes": len(codes), "pieces": len(geoms)}, stand.code))
    used = list(codes) or derived_codes(conn, stand, len(geoms), given=given)
    _refuse_codes(conn, used, [stand.id])
    return tuple(Piece(geom, code, (stand.id,), stand.id) for geom, code in zip(geoms, used, strict=True))


def _refuse_codes(conn: Connection, codes: Sequence[str], ending: Sequence[int]) -> None:
    faults = [Fault("code_missing", {"layer": PARCELS}) for code in codes if not code.strip()]
    faults += [
        Fault("text_too_long", {"field": "code", "length": len(code), "longest": LONGEST_CODE})
        for code in codes
        if len(code) > LONGEST_CODE
    ]
    faults += [Fault("control_character", {"field": "code"}) for code in codes if not code.isprintable()]
    faults += [Fault("code_twice", {"code": code}) for code in dict.fromkeys(codes) if list(codes).count(code) > 1]
    used = features.live_ids_of_codes(conn, PARCELS, list(codes))
    faults += [
        Fault("code_in_use", {"code": code, "layer": PARCELS}) for code, key in used.items() if key not in ending
    ]
    if faults:
        raise Refused(*faults)


def _around(conn: Connection, geometry: BaseGeometry) -> list[Stand]:
    """The live parcels whose box comes near a shape's."""
    west, south, east, north = geometry.bounds
    box = (west - _AROUND_M, south - _AROUND_M, east + _AROUND_M, north + _AROUND_M)
    near = ids_in_box(conn, PARCELS, box)
    return list(shapes.standing(conn, PARCELS, near).values())


def _refuse_width(width_m: float, *, least: float) -> None:
    if not least <= width_m <= MOST_WIDTH_M:
        raise Refused(
            Fault("out_of_range", {"field": "width_m", "value": width_m, "least": least, "most": MOST_WIDTH_M})
        )


def _refuse_tolerance(tolerance_m: float) -> None:
    if not 0.0 <= tolerance_m <= MOST_TOLERANCE_M:
        values = {"field": "tolerance_m", "value": tolerance_m, "least": 0.0, "most": MOST_TOLERANCE_M}
        raise Refused(Fault("out_of_range", values))


def _asked(stand: Stand, question: Any) -> Any:
    return _asked_of(stand.code, question)


def _asked_of(code: str, question: Any) -> Any:
    """Ask geo; what it refuses becomes a refusal with the parcel's code."""
    try:
        return question()
    except CutRefused as refused:
        raise Refused(Fault(refused.code, refused.values, code)) from refused


def _array(geoms: Sequence[BaseGeometry]) -> NDArray[np.object_]:
    held = np.empty(len(geoms), dtype=object)
    held[:] = list(geoms)
    return held
