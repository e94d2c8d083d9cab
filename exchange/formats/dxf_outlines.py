"""Points of what has an outline in a drawing, entity by entity: curves within 1 mm, all within limits."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange.formats import arcs

Places = NDArray[np.float64]

# a drawing on the earth in millimetres reaches 5e10; beyond it numbers are no places
FARTHEST: Final = 1e11
_MOST_SPLINE_POINTS: Final = 100_000
_MOST_RINGS: Final = 10_000
_TEXT_BOX: Final = 8
_IGNORE_INNER: Final = 2


@dataclass(frozen=True, slots=True)
class Outline:
    """Chains of points of one entity; ``fill`` is a hatch's style, None for all else."""

    rings: list[Places]
    closed: bool = False
    family: str = "line"
    fill: int | None = None
    curved: bool = False
    high: bool = False
    # whether the points are in the entity's own plane, which its extrusion may turn
    in_own_plane: bool = True


def _lwpolyline(entity: Any, tolerance: float) -> Outline | None:
    table = np.array(entity.get_points("xyb"), dtype=np.float64).reshape(-1, 3)
    return _poly(table, closed=bool(entity.closed), tolerance=tolerance, high=bool(entity.dxf.elevation))


def _polyline(entity: Any, tolerance: float) -> Outline | None:
    if entity.is_poly_face_mesh or entity.is_polygon_mesh:
        return None
    # 16 marks the frame of a spline, which is not on the curve
    vertices = [each for each in entity.vertices if not each.dxf.flags & 16]
    if entity.is_3d_polyline:
        table = np.array([each.dxf.location.xyz for each in vertices], dtype=np.float64).reshape(-1, 3)
        return Outline([table], bool(entity.is_closed), high=bool(table[:, 2].any()), in_own_plane=False)
    table = np.array(
        [(*each.dxf.location.xyz[:2], each.dxf.get("bulge", 0.0)) for each in vertices], dtype=np.float64
    ).reshape(-1, 3)
    return _poly(table, closed=bool(entity.is_closed), tolerance=tolerance, high=False)


def _poly(table: NDArray[np.float64], *, closed: bool, tolerance: float, high: bool) -> Outline:
    if not len(table):
        raise ValueError
    bulges = table[:, 2] if closed else table[:-1, 2]
    return Outline([arcs.bulged(table[:, :2], bulges, tolerance)], closed, curved=bool(bulges.any()), high=high)


def _circle(entity: Any, tolerance: float) -> Outline:
    centre = entity.dxf.center.xyz
    ring = arcs.arc((centre[0], centre[1]), abs(_sound(entity.dxf.radius)), (0.0, 2 * math.pi), tolerance)
    return Outline([ring[:-1]], closed=True, curved=True)


def _arc(entity: Any, tolerance: float) -> Outline:
    centre = entity.dxf.center.xyz
    start, end = math.radians(entity.dxf.start_angle), math.radians(entity.dxf.end_angle)
    sweep = (end - start) % (2 * math.pi) or 2 * math.pi
    points = arcs.arc((centre[0], centre[1]), abs(_sound(entity.dxf.radius)), (start, start + sweep), tolerance)
    return Outline([points], curved=True)


def _ellipse(entity: Any, tolerance: float) -> Outline:
    centre, major, minor = entity.dxf.center, entity.dxf.major_axis, entity.minor_axis
    start, end = float(entity.dxf.start_param), float(entity.dxf.end_param)
    sweep = (end - start) % (2 * math.pi)
    whole = sweep < 1e-9 or 2 * math.pi - sweep < 1e-9  # noqa: PLR2004 - a full turn
    _sound(major.magnitude)
    points = arcs.ellipse((centre.x, centre.y), (major.x, major.y), (minor.x, minor.y),
                          (start, start + (2 * math.pi if whole else sweep)), tolerance)  # fmt: skip
    # an ellipse's points are in the drawing's own coordinates already
    return Outline([points[:-1] if whole else points], closed=whole, curved=True, in_own_plane=False)


def _spline(entity: Any, tolerance: float) -> Outline:
    tool = entity.construction_tool()
    points = _along(tool, tolerance)
    meets = bool(np.hypot(*(points[0, :2] - points[-1, :2])) <= arcs.TOLERANCE_M)
    return Outline([points[:-1] if meets else points], closed=meets or bool(entity.closed), curved=True,
                    in_own_plane=False)  # fmt: skip


def _along(tool: Any, tolerance: float) -> Places:
    """Points along a spline, each span of its knots halved until no chord leaves it by more than the tolerance.

    ezdxf's own ``flattening`` (1.4.5) runs past the ends of a closed spline whose knots are not clamped.
    """
    frame = np.array([point.xyz for point in tool.control_points], dtype=np.float64)
    if not len(frame) or len(frame) > _MOST_SPLINE_POINTS or not (np.abs(frame) < FARTHEST).all():
        raise ValueError
    knots = np.array(tool.knots(), dtype=np.float64)
    first, last = knots[tool.degree], knots[len(frame)]
    marks = np.unique(knots[(knots >= first) & (knots <= last)])
    turn = np.unique(np.concatenate([np.linspace(low, high, 5) for low, high in itertools.pairwise(marks)]))
    places = _at(tool, turn)
    while True:
        halves = (turn[:-1] + turn[1:]) / 2
        middles = _at(tool, halves)
        bent = np.hypot(*(middles - (places[:-1] + places[1:]) / 2)[:, :2].T) > tolerance
        if not bent.any():
            return places
        if len(turn) + bent.sum() > _MOST_SPLINE_POINTS:
            raise ValueError
        turn = np.concatenate((turn, halves[bent]))
        order = np.argsort(turn, kind="stable")
        turn, places = turn[order], np.concatenate((places, middles[bent]))[order]


def _at(tool: Any, turn: NDArray[np.float64]) -> Places:
    return np.array([point.xyz for point in tool.points(turn.tolist())], dtype=np.float64)


def _line(entity: Any, _tolerance: float) -> Outline:
    ends = np.array([entity.dxf.start.xyz, entity.dxf.end.xyz], dtype=np.float64)
    return Outline([ends], high=bool(ends[:, 2].any()), in_own_plane=False)


def _point(entity: Any, _tolerance: float) -> Outline:
    place = np.array([entity.dxf.location.xyz], dtype=np.float64)
    return Outline([place], family="point", high=bool(place[:, 2].any()), in_own_plane=False)


def _hatch(entity: Any, tolerance: float) -> Outline | None:
    paths = [path for path in entity.paths if not path.path_type_flags & _TEXT_BOX]
    if not paths or len(paths) > _MOST_RINGS:
        return None
    rings, curved = [], False
    for path in paths:
        ring, bent = _boundary(path, tolerance)
        rings.append(ring)
        curved |= bent
    return Outline(rings, closed=True, fill=int(entity.dxf.get("hatch_style", 0)), curved=curved)


def _boundary(path: Any, tolerance: float) -> tuple[Places, bool]:
    if hasattr(path, "vertices"):
        table = np.array(path.vertices, dtype=np.float64).reshape(-1, 3)
        return arcs.bulged(table[:, :2], table[:, 2], tolerance), bool(table[:, 2].any())
    pieces = [_edge(edge, tolerance) for edge in path.edges]
    return np.concatenate(list(_joined(pieces))), any(edge.EDGE_TYPE != "LineEdge" for edge in path.edges)


def _edge(edge: Any, tolerance: float) -> Places:
    kind = edge.EDGE_TYPE
    if kind == "LineEdge":
        return np.array([tuple(edge.start)[:2], tuple(edge.end)[:2]], dtype=np.float64)
    if kind == "SplineEdge":
        return _along(edge.construction_tool(), tolerance)[:, :2]
    if kind == "ArcEdge":
        start, end = math.radians(edge.start_angle), math.radians(edge.end_angle)
        sweep = (end - start) % (2 * math.pi) or 2 * math.pi
        points = arcs.arc((edge.center.x, edge.center.y), abs(_sound(edge.radius)), (start, start + sweep), tolerance)
    else:
        start, end = float(edge.start_param), float(edge.end_param)
        sweep = (end - start) % (2 * math.pi) or 2 * math.pi
        major = edge.major_axis
        _sound(major.magnitude)
        points = arcs.ellipse((edge.center.x, edge.center.y), (major.x, major.y),
                              (-major.y * edge.ratio, major.x * edge.ratio), (start, start + sweep),
                              tolerance)  # fmt: skip
    # angles are kept counter-clockwise; the flag says which way the boundary runs
    return points if edge.ccw else points[::-1]


def _joined(pieces: list[Places]) -> Iterator[Places]:
    """Edges one after the other, each turned so that it begins where the one before ended."""
    end: Places | None = None
    for at, piece in enumerate(pieces):
        turned = piece
        if end is None and len(pieces) > 1:
            following = pieces[at + 1]
            if _gap(piece[-1], following) > _gap(piece[0], following):
                turned = piece[::-1]
        elif end is not None and np.hypot(*(piece[-1] - end)) < np.hypot(*(piece[0] - end)):
            turned = piece[::-1]
        end = turned[-1]
        yield turned


def _gap(point: Places, piece: Places) -> float:
    return float(min(np.hypot(*(piece[0] - point)), np.hypot(*(piece[-1] - point))))


def filled(rings: list[Places], style: int) -> BaseGeometry | None:
    """What a hatch fills: inside an odd number of its boundaries, or inside any when it ignores inner ones."""
    polygons = [shapely.Polygon(ring) for ring in rings if len(ring) > 2]  # noqa: PLR2004 - corners
    if not polygons:
        return None
    if len(polygons) == 1:
        return polygons[0]
    sound = shapely.make_valid(polygons, method="structure", keep_collapsed=False)
    whole: BaseGeometry = shapely.union_all(sound) if style == _IGNORE_INNER else sound[0]
    if style != _IGNORE_INNER:
        for each in sound[1:]:  # each ring turns inside out what it covers
            whole = shapely.symmetric_difference(whole, each)
    return whole


def _sound(radius: float) -> float:
    if not 0 < abs(radius) < FARTHEST:
        raise ValueError(radius)
    return float(radius)


OUTLINES: Final[dict[str, Callable[[Any, float], Outline | None]]] = {
    "LWPOLYLINE": _lwpolyline,
    "POLYLINE": _polyline,
    "CIRCLE": _circle,
    "ARC": _arc,
    "ELLIPSE": _ellipse,
    "SPLINE": _spline,
    "LINE": _line,
    "POINT": _point,
    "HATCH": _hatch,
    "MPOLYGON": _hatch,
}
