"""Polygons cut by lines, so that the pieces together are the polygon: no area lost, none won.

The line bends to the polygon, never the polygon to the line. Where the line crosses an edge, the edge takes a vertex on
the grid that leaves the edge where it is (see `geo.grid`), and the line is led through it; a line that comes near a
vertex is led through that. Lines and edges then meet in common vertices only, and the pieces are the faces between
them.

Polygons that share an edge are cut at the same places of it. A neighbour that is not cut is not touched: the new vertex
on its edge is a T-junction, and the area between edge and vertex at most 0.001 m² (`geo.grid.MOST_SWEPT_M2`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.grid import Points, on_grid, place_beside

# a line that passes a vertex nearer than this goes through it
SNAP_M: Final = 0.01
# a round puts one vertex into an edge, and bending a line through it may bring it near another: rounds until nothing
# moves, more than a line drawn by hand ever needs
_MOST_ROUNDS: Final = 500

Place = tuple[float, float]
Segment = tuple[Place, Place]


class CutRefused(ValueError):
    """A polygon cannot be cut as asked; ``code`` says why, ``values`` with what figures."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one polygon between lines, and which faces lie along each piece of line."""

    polygons: tuple[BaseGeometry, ...]
    seams: dict[Segment, tuple[int, ...]] = field(default_factory=dict)

    @property
    def parted(self) -> frozenset[int]:
        """Faces that a line parts from another."""
        return frozenset(face for faces in self.seams.values() for face in faces)


def cut_faces(geoms: NDArray[np.object_], lines: BaseGeometry, *, snap_m: float = SNAP_M) -> list[Faces]:
    """Cut polygons by lines and return the faces of each.

    Parameters
    ----------
    geoms
        Valid polygons or multi-polygons in a projected CRS.
    lines
        Lines in the same CRS; they may cross themselves, and may end inside, where they cut nothing.

    Raises
    ------
    CutRefused
        ``cut_too_fine``: parts of a polygon lie closer together than the grid can tell apart here.
    """
    work = _Work([_rings(geom) for geom in geoms], _chains(lines), snap_m).settled()
    seams = {key for chain in work.chains for key in _segments(chain)}
    return [_faces(rings, seams, geom) for rings, geom in zip(work.rings, geoms, strict=True)]


def faces_outside(shape: BaseGeometry, geoms: NDArray[np.object_]) -> list[BaseGeometry]:
    """Cut a drawn shape back to polygons that stay as they are: its faces that lie in none of them.

    The faces run along the polygons' own edges; where the shape's outline crosses one it is led through a place of
    the grid beside it. Errors as for `cut_faces`.
    """
    work = _Work([_rings(geom) for geom in geoms], _chains(shape.boundary), SNAP_M).settled()
    edges = _edges_of(work.rings)
    near = {one for one in edges if _boxes_meet(one, shape.bounds)}
    outline = {key for chain in work.chains for key in _segments(chain)}
    faces = shapely.get_parts(shapely.polygonize(_strings(sorted(near | outline))))
    points = shapely.point_on_surface(faces)
    shapely.prepare(shape)
    free = shapely.intersects(shape, points)
    free[shapely.STRtree(geoms).query(points, predicate="intersects")[0]] = False
    return list(faces[free])


def gathered(polygons: Sequence[BaseGeometry]) -> BaseGeometry:
    """One polygon, or a multi-polygon; parts that share an edge are joined."""
    if len(polygons) == 1:
        return polygons[0]
    held = np.empty(len(polygons), dtype=object)
    held[:] = list(polygons)
    apart = cast("BaseGeometry", shapely.multipolygons(held))
    found: BaseGeometry = apart if apart.is_valid else shapely.union_all(list(polygons))
    return found


# a ring is an open list of vertices, first not repeated; the first ring of a part is its shell
Ring = list[Place]
Chain = list[Place]


class _Work:
    """Rings and lines on the way to meeting in common vertices only."""

    def __init__(self, rings: list[list[list[Ring]]], chains: list[Chain], snap_m: float) -> None:
        self.rings = rings
        self.chains = chains
        self.snap_m = snap_m
        self.corners: set[Place] = set()
        self.on_chain: list[set[Place]] = []

    def settled(self) -> _Work:
        """Go on until nothing moves."""
        for _ in range(_MOST_ROUNDS):
            if not self.settle():
                return self
        raise CutRefused("cut_too_fine")

    def settle(self) -> bool:
        """Do one round; return whether anything moved."""
        edges = sorted(_edges_of(self.rings))
        self.corners = {place for edge in edges for place in edge}
        self.on_chain = [set(chain) for chain in self.chains]
        links = [(at, link, edge) for at, chain in enumerate(self.chains) for link, edge in enumerate(_pairs(chain))]
        if not edges or not links:
            return False
        tree = shapely.STRtree(_strings(edges))
        shapes = _strings(edge for _, _, edge in links)
        taken: dict[Segment, list[Place]] = {}
        led: dict[tuple[int, int], list[Place]] = defaultdict(list)
        moved: dict[tuple[int, Place], Place] = {}
        which, met = tree.query(shapes, predicate="dwithin", distance=max(self.snap_m, 1e-9))
        for link_at, edge_at in zip(which.tolist(), met.tolist(), strict=True):
            at, link, segment = links[link_at]
            self._meet(at, segment, edges[edge_at], taken, led[at, link], moved)
        return self._rebuild(taken, led, moved)

    def _meet(
        self,
        at: int,
        link: Segment,
        edge: Segment,
        taken: dict[Segment, list[Place]],
        led: list[Place],
        moved: dict[tuple[int, Place], Place],
    ) -> None:
        """Say what one piece of line and one edge must take so that they meet in vertices only.

        An edge takes one place a round: what the next one sweeps is measured on what the first has left of the edge.
        """
        # a line that goes through the vertex elsewhere is not led to it again
        loose = [place for place in edge if place not in self.on_chain[at]]
        ends = [place for place in loose if _distance(place, link) <= self.snap_m]
        for place in ends:
            near = [end for end in self._loose(at, link, moved) if _apart(place, end) <= self.snap_m]
            if near:
                moved[at, near[0]] = place
            else:
                led.append(place)
        if ends or set(link) & set(edge):
            # they meet in a vertex, or will in the next round
            if not ends and edge not in taken:
                self._end_on_edge(at, link, edge, taken, moved)
            return
        if edge in taken or self._end_on_edge(at, link, edge, taken, moved):
            return
        met = _crossing(link, edge)
        if met is not None:
            taken[edge] = _taken(edge, met)
            led.append(taken[edge][0] if taken[edge] else _nearer(edge, met))

    def _loose(self, at: int, link: Segment, moved: dict[tuple[int, Place], Place]) -> list[Place]:
        """Ends of a piece of line that may still move: those that are no vertex of an edge."""
        return [end for end in link if end not in self.corners and (at, end) not in moved]

    def _end_on_edge(
        self,
        at: int,
        link: Segment,
        edge: Segment,
        taken: dict[Segment, list[Place]],
        moved: dict[tuple[int, Place], Place],
    ) -> bool:
        """Lead a vertex of a line that lies on an edge through a vertex of the edge; whether there was one."""
        on = [end for end in self._loose(at, link, moved) if _distance(end, edge) <= self.snap_m]
        for end in on[:1]:
            taken[edge] = _taken(edge, end)
            moved[at, end] = taken[edge][0] if taken[edge] else _nearer(edge, end)
        return bool(on)

    def _rebuild(
        self,
        taken: dict[Segment, list[Place]],
        led: dict[tuple[int, int], list[Place]],
        moved: dict[tuple[int, Place], Place],
    ) -> bool:
        chains = []
        for at, chain in enumerate(self.chains):
            fresh: Chain = []
            for link, (start, end) in enumerate(_pairs(chain)):
                fresh += [start, *_from(start, led.get((at, link), ()))]
                last = end
            fresh.append(last)
            chains.append(_plain([moved.get((at, place), place) for place in fresh]))
        changed = chains != self.chains or any(taken.values())
        self.chains = [chain for chain in chains if len(chain) > 1]
        if any(taken.values()):
            self.rings = [[[_with(ring, taken) for ring in part] for part in parts] for parts in self.rings]
        return changed


def _faces(parts: list[list[Ring]], seams: set[Segment], geom: BaseGeometry) -> Faces:
    edges = _edges_of([parts])
    bent = shapely.multipolygons([shapely.Polygon(part[0], part[1:]) for part in parts])
    if not bent.is_valid:
        raise CutRefused("cut_too_fine")
    near = [one for one in seams - edges if _boxes_meet(one, geom.bounds)]
    pieces = shapely.get_parts(shapely.polygonize(_strings(sorted([*edges, *near]))))
    shapely.prepare(bent)
    inside = shapely.intersects(bent, shapely.point_on_surface(pieces))
    polygons = tuple(pieces[inside])
    if abs(sum(one.area for one in polygons) - bent.area) > 1e-5:  # noqa: PLR2004  # m²: sums of doubles, no more
        raise CutRefused("cut_too_fine")
    along: dict[Segment, list[int]] = defaultdict(list)
    wanted = set(near)
    for at, polygon in enumerate(polygons):
        for ring in shapely.get_rings(polygon):
            for one in _segments([_place(xy) for xy in shapely.get_coordinates(ring)]):
                if one in wanted:
                    along[one].append(at)
    return Faces(polygons, {one: tuple(faces) for one, faces in along.items() if len(set(faces)) > 1})


def _rings(geom: BaseGeometry) -> list[list[Ring]]:
    return [
        [_plain([_place(xy) for xy in shapely.get_coordinates(ring)])[:-1] for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(geom)
    ]


def _chains(lines: BaseGeometry) -> list[Chain]:
    """Lines on the grid, cut where they cross one another, so that they meet in vertices only."""
    noded = shapely.node(on_grid(lines))
    return [
        chain
        for part in shapely.get_parts(on_grid(noded))
        if part.geom_type == "LineString"
        and len(chain := _plain([_place(xy) for xy in shapely.get_coordinates(part)])) > 1
    ]


def _with(ring: Ring, taken: dict[Segment, list[Place]]) -> Ring:
    fresh: Ring = []
    for start, end in _edges(ring):
        fresh += [start, *_from(start, taken.get(_key(start, end), ()))]
    return fresh


def _nearer(edge: Segment, place: Place) -> Place:
    return min(edge, key=lambda end: _apart(end, place))


def _taken(edge: Segment, place: Place) -> list[Place]:
    found = place_beside(np.array(edge[0]), np.array(edge[1]), np.array(place))
    return [] if found is None else [_place(found)]


def _crossing(link: Segment, edge: Segment) -> Place | None:
    """Where two segments cross, within both; None when they do not."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = *link, *edge
    rx, ry, sx, sy = bx - ax, by - ay, dx - cx, dy - cy
    turn = rx * sy - ry * sx
    if turn == 0:
        return None
    t = ((cx - ax) * sy - (cy - ay) * sx) / turn
    u = ((cx - ax) * ry - (cy - ay) * rx) / turn
    return (cx + u * sx, cy + u * sy) if 0 <= t <= 1 and 0 <= u <= 1 else None


def _distance(place: Place, segment: Segment) -> float:
    (px, py), (ax, ay), (bx, by) = place, *segment
    rx, ry = bx - ax, by - ay
    squared = rx * rx + ry * ry
    t = 0.0 if squared == 0 else min(1.0, max(0.0, ((px - ax) * rx + (py - ay) * ry) / squared))
    return float(np.hypot(px - ax - t * rx, py - ay - t * ry))


def _apart(one: Place, other: Place) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def _boxes_meet(one: Segment, bounds: Sequence[float]) -> bool:
    (ax, ay), (bx, by) = one
    west, south, east, north = bounds
    return min(ax, bx) <= east + 1 and max(ax, bx) >= west - 1 and min(ay, by) <= north + 1 and max(ay, by) >= south - 1


def _place(xy: Points) -> Place:
    return (float(xy[0]), float(xy[1]))


def _key(start: Place, end: Place) -> Segment:
    return (start, end) if start <= end else (end, start)


def _edges_of(rings: list[list[list[Ring]]]) -> set[Segment]:
    return {_key(*edge) for parts in rings for part in parts for ring in part for edge in _edges(ring)}


def _strings(segments: Iterable[Segment]) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.array(list(segments))), dtype=object)


def _from(origin: Place, places: Iterable[Place]) -> list[Place]:
    """The places, each once, from the nearest to an origin on."""
    return sorted(set(places), key=lambda one: _apart(one, origin))


def _pairs(chain: Chain) -> Iterable[Segment]:
    return pairwise(chain)


def _edges(ring: Ring) -> Iterable[Segment]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _segments(chain: Chain) -> list[Segment]:
    return [_key(*pair) for pair in _pairs(chain)]


def _plain(chain: Chain) -> Chain:
    """The chain without places that repeat the one before."""
    return [place for at, place in enumerate(chain) if not at or place != chain[at - 1]]
