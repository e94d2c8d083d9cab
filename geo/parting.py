"""A polygon in pieces: by a line, to an area, by a corridor; rounded areas of the pieces add up to that of the whole.

The exact areas of the pieces sum to that of the polygon up to what new vertices sweep on its edges (`geo.grid`, at most
0.001 m² each, of either sign). Areas are kept rounded to 0.01 m², and rounded parts do not always add up to a rounded
whole: where they do not, the line between two pieces is bent by a step or two of the grid until they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.balancing import area_of, balanced, centi_of
from geo.cutting import SNAP_M, CutRefused, Faces, Place, cut_faces
from geo.grid import Points
from geo.units import centi_m2

# edges that turn by less than this are one side of a parcel to a person, whatever vertices lie between
_SAME_SIDE: Final = np.radians(1.0)
# a piece narrower than this is no parcel
LEAST_WIDTH_M: Final = 0.01
# cuts tried around the exact one, a grid step apart: the one that needs the least bending is taken
_TRIALS: Final = 11
# what a bend of a fraction of a millimetre makes up for: a nearer cut is not looked for
_NEAR_ENOUGH_M2: Final = 0.02
_CORNER_RATIO: Final = 3.0  # mitred corners of a corridor reach out this many half widths at most


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a parcel, from vertex to vertex with the inside on the left; bearing in degrees from north."""

    start: Place
    end: Place
    bearing_deg: float
    length_m: float


def split(geom: BaseGeometry, line: BaseGeometry) -> tuple[BaseGeometry, ...]:
    """Cut a polygon by a line into two pieces or more, from the north-west on.

    Parts of a multi-polygon that the line does not part stay with the largest piece.

    Raises
    ------
    CutRefused
        ``line_does_not_cut`` with the length of line inside; ``cut_too_fine``.
    """
    faces = cut_faces(_one(geom), line)[0]
    groups: list[list[int]] = [[face] for face in sorted(faces.parted)]
    if len(groups) < 2:  # noqa: PLR2004  # two pieces are the least
        inside = float(shapely.length(shapely.intersection(line, geom)))
        raise CutRefused("line_does_not_cut", inside_m=round(inside, 3))
    largest = max(groups, key=lambda group: faces.polygons[group[0]].area)
    largest += [face for face in range(len(faces.polygons)) if face not in faces.parted]
    pieces = balanced(faces, groups, centi_of(geom), {})
    return _from_north_west(pieces)


def split_to_area(
    geom: BaseGeometry, side: Side, area_m2: float, *, road_m: float = 0.0
) -> tuple[BaseGeometry, BaseGeometry | None, BaseGeometry]:
    """Cut off a given area along a side, by a line parallel to it; with ``road_m`` a road of that width follows.

    The piece at the side has the area asked for when rounded to 0.01 m². Where the cut goes is solved exactly: between
    two vertices the area grows by a quadratic of the distance. A piece may have several parts where the polygon
    is not convex.

    Returns
    -------
    tuple
        The piece at the side, the road (None without one), the rest.

    Raises
    ------
    CutRefused
        ``area_not_positive``; ``area_too_large`` (with the most that can be cut off); ``piece_too_narrow`` with its
        width; ``cut_too_fine``.
    """
    whole = centi_of(geom)
    goal = int(centi_m2([area_m2])[0])
    if goal <= 0:
        raise CutRefused("area_not_positive", area_m2=area_m2)
    profile = _Profile(geom, side)
    most = profile.most_m2(road_m)
    if goal >= min(whole, int(centi_m2([most])[0])):
        raise CutRefused("area_too_large", area_m2=goal / 100, most_m2=most, whole_m2=whole / 100)
    distance = profile.distance_m(goal / 100)
    for width in (distance - profile.least, profile.most - distance - road_m):
        if width < LEAST_WIDTH_M:
            raise CutRefused("piece_too_narrow", width_m=round(float(width), 4), least_m=LEAST_WIDTH_M)
    return _nearest_cut(geom, profile, distance, goal, road_m=road_m)


def take_out(
    geoms: NDArray[np.object_], corridor: BaseGeometry
) -> list[tuple[tuple[BaseGeometry, ...], BaseGeometry | None]]:
    """Cut a corridor out of polygons: for each the pieces beside it, and what lies in it (None where nothing does).

    Polygons that share an edge are cut at the same places of it.
    """
    found: list[tuple[tuple[BaseGeometry, ...], BaseGeometry | None]] = []
    for geom, faces in zip(geoms, cut_faces(geoms, corridor.boundary), strict=True):
        within = shapely.intersects(corridor, shapely.point_on_surface(np.array(faces.polygons, dtype=object)))
        inner = [int(face) for face in np.flatnonzero(within)]
        outer = [[face] for face in np.flatnonzero(~within).tolist()]
        if not inner or not outer:
            found.append(((), geom) if inner else ((geom,), None))
            continue
        outer = _joined_to_largest(faces, outer)
        pieces = balanced(faces, [*outer, inner], centi_of(geom), {})
        found.append((_from_north_west(pieces[:-1]), pieces[-1]))
    return found


def corridor(line: BaseGeometry, width_m: float) -> BaseGeometry:
    """The strip of a width along a line, flat at its ends and mitred at its corners."""
    found: BaseGeometry = shapely.buffer(
        line, width_m / 2, cap_style="flat", join_style="mitre", mitre_limit=_CORNER_RATIO
    )
    return found


def sides(geom: BaseGeometry) -> tuple[Side, ...]:
    """The sides of a polygon's shells, in order; edges that go on in the same direction are one side."""
    found: list[Side] = []
    for part in shapely.get_parts(geom):
        ring = shapely.get_coordinates(shapely.get_exterior_ring(shapely.orient_polygons(part)))[:-1]
        found += _sides_of(ring)
    return tuple(found)


def _sides_of(ring: Points) -> list[Side]:
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]  # a vertex that is repeated begins no side
    steps = np.roll(ring, -1, axis=0) - ring
    heading = np.arctan2(steps[:, 1], steps[:, 0])
    turn = np.abs((heading - np.roll(heading, 1) + np.pi) % (2 * np.pi) - np.pi)
    corners = np.flatnonzero(turn > _SAME_SIDE)
    if not len(corners):
        corners = np.array([0])
    ends = ring[np.roll(corners, -1)]
    return [_side(start, end) for start, end in zip(ring[corners], ends, strict=True)]


def _side(start: Points, end: Points) -> Side:
    east, north = end - start
    bearing = float(np.degrees(np.arctan2(east, north)) % 360)
    return Side(_place(start), _place(end), bearing, float(np.hypot(east, north)))


class _Profile:
    """How the area on one side of a parallel grows with its distance from a side.

    Across the side's direction the polygon has a width, piecewise linear in the distance; the area below a parallel is
    its integral. Both are kept at every vertex's distance, where the pieces join.
    """

    def __init__(self, geom: BaseGeometry, side: Side) -> None:
        start, end = np.array(side.start), np.array(side.end)
        self.along = (end - start) / np.hypot(*(end - start))
        self.inward = np.array([-self.along[1], self.along[0]])
        self.origin = start
        low, high, first, slope = self._edges(geom)
        self.stops = np.unique(np.concatenate([low, high]))
        at, until = np.searchsorted(self.stops, low), np.searchsorted(self.stops, high)
        count = len(self.stops) + 1
        constant, linear = np.zeros(count), np.zeros(count)
        for place, sign in ((at, 1.0), (until, -1.0)):
            np.add.at(constant, place, sign * (first - slope * low))
            np.add.at(linear, place, sign * slope)
        self.constant, self.linear = np.cumsum(constant)[:-1], np.cumsum(linear)[:-1]
        width = np.diff(self.stops)
        grown = self.constant[:-1] * width + self.linear[:-1] * (self.stops[1:] ** 2 - self.stops[:-1] ** 2) / 2
        self.below = np.concatenate([[0.0], np.cumsum(grown)])

    @property
    def least(self) -> float:
        """Distance of the nearest vertex; negative when the polygon reaches behind the side."""
        return float(self.stops[0])

    @property
    def most(self) -> float:
        """Distance of the farthest vertex."""
        return float(self.stops[-1])

    def area_below(self, distance: float) -> float:
        """Area between the nearest vertex and a parallel."""
        at = int(np.clip(np.searchsorted(self.stops, distance, side="right") - 1, 0, len(self.stops) - 2))
        run = distance - self.stops[at]
        return float(self.below[at] + (self._width(at) + self.linear[at] * run / 2) * run)

    def most_m2(self, road_m: float) -> float:
        """The area that is left for the first piece when a road and a sliver of rest must find room behind it."""
        return self.area_below(max(self.least, self.most - road_m)) if road_m else float(self.below[-1])

    def distance_m(self, area_m2: float) -> float:
        """The distance at which a parallel has an area below it."""
        at = int(np.clip(np.searchsorted(self.below, area_m2, side="right") - 1, 0, len(self.stops) - 2))
        width, slope, wanted = self._width(at), self.linear[at], area_m2 - self.below[at]
        # the root of slope/2 t² + width t = wanted that is small when wanted is, written so that nothing cancels
        root = np.sqrt(max(0.0, width * width + 2 * slope * wanted))
        run = 2 * wanted / (width + root) if width + root > 0 else 0.0
        return float(np.clip(self.stops[at] + run, self.stops[at], self.stops[at + 1]))

    def line(self, distance: float, reach: float) -> NDArray[np.float64]:
        """The two ends of a parallel at a distance, beyond the polygon."""
        middle = self.origin + self.inward * distance
        return np.stack([middle - self.along * reach, middle + self.along * reach])

    def _width(self, at: int) -> float:
        return float(self.constant[at] + self.linear[at] * self.stops[at])

    def _edges(self, geom: BaseGeometry) -> tuple[NDArray[np.float64], ...]:
        """Per edge that is not parallel: its least and greatest distance, its place along at the least, its slope."""
        starts, ends = [], []
        for part in shapely.get_parts(shapely.orient_polygons(geom)):
            for ring in shapely.get_rings(part):
                xy = shapely.get_coordinates(ring) - self.origin
                starts.append(xy[:-1])
                ends.append(xy[1:])
        a, b = np.concatenate(starts), np.concatenate(ends)
        # to the micrometre: an edge all but parallel would have a slope that swallows the digits of all others
        rise_a, rise_b = np.round(a @ self.inward, 6), np.round(b @ self.inward, 6)
        crossing = rise_a != rise_b
        a, b, rise_a, rise_b = a[crossing], b[crossing], rise_a[crossing], rise_b[crossing]
        place_a, place_b = a @ self.along, b @ self.along
        # an edge that goes up has the inside on its left, where places along are smaller
        sign = np.where(rise_b > rise_a, 1.0, -1.0)
        slope = sign * (place_b - place_a) / (rise_b - rise_a)
        low = np.minimum(rise_a, rise_b)
        return low, np.maximum(rise_a, rise_b), sign * np.where(rise_a < rise_b, place_a, place_b), slope


def _nearest_cut(
    geom: BaseGeometry, profile: _Profile, distance: float, goal: int, *, road_m: float
) -> tuple[BaseGeometry, BaseGeometry | None, BaseGeometry]:
    """Of the cuts around the exact one that which needs the least bending, bent to the goal."""
    best: tuple[float, Faces, list[list[int]]] | None = None
    for nth in range(_TRIALS):
        step = (nth + 1) // 2 * (0.001 if nth % 2 else -0.001)
        faces = cut_faces(_one(geom), _parallels(geom, profile, distance + step, road_m), snap_m=0.0)[0]
        groups = _by_distance(faces, profile, [distance + step, *([distance + step + road_m] if road_m else [])])
        missed = abs(area_of(faces, groups[0]) - goal / 100) if all(groups) else np.inf
        if missed < np.inf and (best is None or missed < best[0]):
            best = (missed, faces, groups)
        if best is not None and best[0] < _NEAR_ENOUGH_M2:
            break
    if best is None:
        raise CutRefused("cut_too_fine")
    pieces = balanced(best[1], best[2], centi_of(geom), {0: goal})
    if centi_of(pieces[0]) != goal:
        raise CutRefused("cut_too_fine")
    return pieces[0], pieces[1] if road_m else None, pieces[-1]


def _parallels(geom: BaseGeometry, profile: _Profile, distance: float, road_m: float) -> BaseGeometry:
    west, south, east, north = geom.bounds
    reach = float(np.hypot(east - west, north - south)) * 2 + 1
    ends = [profile.line(distance, reach)] + ([profile.line(distance + road_m, reach)] if road_m else [])
    return shapely.MultiLineString(ends)


def _by_distance(faces: Faces, profile: _Profile, stops: list[float]) -> list[list[int]]:
    """Faces by how many of the parallels they lie beyond."""
    points = shapely.get_coordinates(shapely.point_on_surface(np.array(faces.polygons, dtype=object)))
    beyond = np.searchsorted(stops, (points - profile.origin) @ profile.inward)
    return [np.flatnonzero(beyond == place).tolist() for place in range(len(stops) + 1)]


def _joined_to_largest(faces: Faces, groups: list[list[int]]) -> list[list[int]]:
    """Put faces that no line parts from anything into the group of the largest."""
    loose = [group for group in groups if not faces.parted & set(group)]
    kept = [group for group in groups if faces.parted & set(group)]
    if not kept:
        return [[face for group in loose for face in group]]
    largest = max(kept, key=lambda group: area_of(faces, group))
    largest += [face for group in loose for face in group]
    return kept


def _from_north_west(pieces: Sequence[BaseGeometry]) -> tuple[BaseGeometry, ...]:
    return tuple(sorted(pieces, key=lambda part: float(part.centroid.x - part.centroid.y)))


def _one(geom: BaseGeometry) -> NDArray[np.object_]:
    held = np.empty(1, dtype=object)
    held[0] = geom
    return held


def _place(xy: Points) -> Place:
    return (float(xy[0]), float(xy[1]))


__all__ = [
    "LEAST_WIDTH_M",
    "SNAP_M",
    "CutRefused",
    "Side",
    "corridor",
    "sides",
    "split",
    "split_to_area",
    "take_out",
]
