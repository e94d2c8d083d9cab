"""Pieces whose rounded areas add up to the rounded whole: lines between them bent by a step or two of the grid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
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

    From the leaves of a tree of neighbours on, each piece passes what it has too much to the next.

    Raises
    ------
    CutRefused
        ``cut_too_fine``: the lines are too short to be bent by so little, or a bent line would meet another;
        ``parts_do_not_add_up``: so would parts that no line parts from others, and there is none to bend.
    """
    areas = [area_of(faces, group) for group in groups]
    rounded = [int(cents) for cents in centi_m2(areas)]
    bends: dict[Segment, Points] = {}
    if sum(rounded) != whole or any(rounded[at] != goal for at, goal in goals.items()):
        seams = _seams_between(faces, groups)
        for tree, wanted in _wanted(_trees(len(groups), seams), areas, whole, goals):
            missed = 0.0  # by the bends before: the next makes up for it, so that misses do not add up
            for at, onto in tree[::-1]:
                if onto is not None:
                    surplus = areas[at] - wanted[at] + missed
                    moved = _move(seams[at, onto], faces, groups[at], surplus, bends)
                    areas[at] -= moved
                    areas[onto] += moved
                    missed = surplus - moved
    bent = [_with_bends(polygon, bends) for polygon in faces.polygons] if bends else list(faces.polygons)
    pieces = [gathered([bent[face] for face in group]) for group in groups]
    cents = [int(found) for found in centi_m2([piece.area for piece in pieces])]
    met = sum(cents) == whole and all(cents[at] == goal for at, goal in goals.items())
    if not met or not all(piece.is_valid for piece in pieces):
        raise CutRefused("cut_too_fine")
    return pieces


# a tree of neighbours: groups from the root on, each with the one that it hangs on
Tree = list[tuple[int, int | None]]


def _wanted(
    trees: list[Tree], areas: Sequence[float], whole: int, goals: dict[int, int]
) -> Iterator[tuple[Tree, dict[int, float]]]:
    """The areas that groups are to have, tree by tree.

    No area leaves a tree. Its whole hundredths are those of its area, or one more or less where the polygon's need it,
    in the tree whose groups have the most room for it; what is left over its groups bear alike.
    """
    exact = [sum(areas[at] for at, _ in tree) / _CENTI for tree in trees]
    totals = [int(cents) for cents in centi_m2(np.array(exact) * _CENTI)]
    while missing := whole - sum(totals):
        step = 1 if missing > 0 else -1
        strain = [abs(total + step - has) / len(tree) for total, has, tree in zip(totals, exact, trees, strict=True)]
        totals[int(np.argmin(strain))] += step
    if any(len(tree) == 1 and abs(total - has) > 0.6 for tree, total, has in zip(trees, totals, exact, strict=True)):  # noqa: PLR2004  # not rounding
        raise CutRefused("parts_do_not_add_up")
    for tree, total, has in zip(trees, totals, exact, strict=True):
        each = (has - total) / len(tree)
        cents = {at: goals.get(at, round(areas[at] / _CENTI - each)) for at, _ in tree}
        free = [at for at, _ in tree if at not in goals] or [tree[0][0]]
        while missing := total - sum(cents.values()):
            # the group that has the most beyond what it is to have, or the least
            step = 1 if missing > 0 else -1
            taker = max(free, key=lambda at: step * (areas[at] / _CENTI - cents[at]))
            cents[taker] += missing if len(free) == 1 else step
        yield tree, {at: (cents[at] + each) * _CENTI for at, _ in tree}


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


def _trees(count: int, seams: dict[tuple[int, int], list[Segment]]) -> list[Tree]:
    """Groups that lines part from one another, as trees."""
    trees: list[Tree] = []
    seen: set[int] = set()
    for root in range(count):
        if root in seen:
            continue
        seen.add(root)
        tree: Tree = [(root, None)]
        for at, _ in tree:
            for one, other in seams:
                if one == at and other not in seen:
                    seen.add(other)
                    tree.append((other, at))
        trees.append(tree)
    return trees


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
