"""Pieces whose rounded areas add up to the rounded whole: lines between them bent by a step or two of the grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.cutting import CutRefused, Faces, Place, Segment, gathered
from geo.grid import Points, bend
from geo.units import centi_m2

_CENTI: Final = 0.01


def balanced(faces: Faces, groups: Sequence[Sequence[int]], whole: int, goals: dict[int, int]) -> list[BaseGeometry]:
    """Join faces to pieces whose rounded areas sum to ``whole`` (hundredths of a m²), with ``goals`` by place.

    From the leaves of a tree of neighbours on, each piece passes what it has beyond whole hundredths to the next.
    """
    areas = [area_of(faces, group) for group in groups]
    rounded = [int(cents) for cents in centi_m2(areas)]
    bends: dict[Segment, Points] = {}
    if sum(rounded) != whole or any(rounded[at] != goal for at, goal in goals.items()):
        seams = _seams_between(faces, groups)
        order = _leaves_first(len(groups), seams, goals)
        # the last two share what the whole itself has beyond whole hundredths, so that neither is near the next one
        rest = (sum(areas) - whole * _CENTI) / 2
        for nth, (at, onto) in enumerate(order):
            wanted = goals.get(at, rounded[at]) * _CENTI + (rest if nth == len(order) - 1 else 0.0)
            moved = _move(seams[at, onto], faces, groups[at], areas[at] - wanted, bends)
            areas[at] -= moved
            areas[onto] += moved
            rounded[onto] = int(centi_m2([areas[onto]])[0])
    bent = [_with_bends(polygon, bends) for polygon in faces.polygons] if bends else list(faces.polygons)
    pieces = [gathered([bent[face] for face in group]) for group in groups]
    if not all(piece.is_valid for piece in pieces):
        raise CutRefused("cut_too_fine")
    return pieces


def _seams_between(faces: Faces, groups: Sequence[Sequence[int]]) -> dict[tuple[int, int], list[Segment]]:
    """Pieces of line between two groups, longest first."""
    group_of = {face: at for at, group in enumerate(groups) for face in group}
    found: dict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment, sharing in faces.seams.items():
        among = sorted({group_of[face] for face in sharing})
        if len(among) == 2:  # noqa: PLR2004  # two sides
            found[among[0], among[1]].append(segment)
            found[among[1], among[0]].append(segment)
    return {pair: sorted(segments, key=_length, reverse=True) for pair, segments in found.items()}


def _leaves_first(
    count: int, seams: dict[tuple[int, int], list[Segment]], goals: dict[int, int]
) -> list[tuple[int, int]]:
    """(group, the neighbour it passes on to), leaves before what they hang on; a group with a goal is never a root."""
    order: list[tuple[int, int]] = []
    seen: set[int] = set()
    for root in sorted(range(count), key=lambda at: at in goals):
        if root in seen:
            continue
        seen.add(root)
        waiting = [root]
        while waiting:
            at = waiting.pop(0)
            for one, other in seams:
                if one == at and other not in seen:
                    seen.add(other)
                    order.append((other, at))
                    waiting.append(other)
    return order[::-1]


def _move(
    segments: list[Segment], faces: Faces, group: Sequence[int], area_m2: float, bends: dict[Segment, Points]
) -> float:
    """Bend a piece of line so that ``area_m2`` leaves a group over it; return what was moved."""
    for segment in segments:
        if segment in bends:
            continue
        left = _on_left(segment, faces, group)
        through = bend(np.array(segment[0]), np.array(segment[1]), area_m2 if left else -area_m2)
        if through is None:
            continue
        bends[segment] = through
        start = np.array(segment[0])
        ring = np.concatenate([[start], through, [np.array(segment[1])]]) - start
        moved = -float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[:-1, 1] * ring[1:, 0])) / 2
        return moved if left else -moved
    return 0.0


def _on_left(segment: Segment, faces: Faces, group: Sequence[int]) -> bool:
    """Whether a group lies to the left of a piece of line, gone from its first end to its second."""
    for face in set(faces.seams[segment]) & set(group):
        for ring in shapely.get_rings(shapely.orient_polygons(faces.polygons[face])):
            places = [_place(xy) for xy in shapely.get_coordinates(ring)]
            if segment in pairwise(places):
                return True
    return False


def _with_bends(polygon: BaseGeometry, bends: dict[Segment, Points]) -> BaseGeometry:
    rings = []
    for ring in shapely.get_rings(polygon):
        places = [_place(xy) for xy in shapely.get_coordinates(ring)]
        fresh: list[Place] = []
        for start, end in pairwise(places):
            fresh.append(start)
            if (start, end) in bends:
                fresh += [_place(xy) for xy in bends[start, end]]
            elif (end, start) in bends:
                fresh += [_place(xy) for xy in bends[end, start][::-1]]
        rings.append([*fresh, places[-1]])
    return shapely.Polygon(rings[0], rings[1:])


def area_of(faces: Faces, group: Sequence[int]) -> float:
    """Area of a group of faces in m²."""
    return float(sum(faces.polygons[face].area for face in group))


def centi_of(geom: BaseGeometry) -> int:
    """Area rounded to whole hundredths of a m²."""
    return int(centi_m2([geom.area])[0])


def _length(segment: Segment) -> float:
    (ax, ay), (bx, by) = segment
    return float(np.hypot(bx - ax, by - ay))


def _place(xy: Points) -> Place:
    return (float(xy[0]), float(xy[1]))
