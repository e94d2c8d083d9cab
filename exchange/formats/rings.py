"""Rings of boundary points made into areas by the even-odd rule: no ring says whether it is a hole or another part.

Ring numbers of the 界址点 exchange text count rings and nothing else: holes, islands in holes and separate parts come
in any order, and the areas that offices record are those of the even-odd rule.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ring = NDArray[np.float64]

_LENGTH_SLACK: Final = 1e-9
FEWEST_POINTS: Final = 3
# how far a point that bears the first one's number may be off, as a multiple of what counts as the same place
_SAME_NUMBER: Final = 10.0

Point = tuple[float, float]


def closed_rings(numbers: Sequence[str], labels: Sequence[str], points: Sequence[Point], same: float) -> list[Ring]:
    """Part boundary points into closed rings.

    A ring ends where its label changes, where its path comes back to its first point and goes on, and where its first
    number comes again at another place with more points behind it (numbers that start anew under one label).

    Parameters
    ----------
    numbers, labels
        Point number and ring label of each point, as written; a number may be empty.
    points
        Easting and northing of each point, in order.
    same
        Points nearer than this in both directions are one place.
    """
    rings: list[Ring] = []
    start, count = 0, len(points)
    for at in range(1, count + 1):
        if at < count and labels[at] == labels[start]:
            back = at - start > FEWEST_POINTS and _near(points[start], points[at - 1], same)
            if not back and (
                numbers[at] != numbers[start] or not _starts_anew(numbers, labels, points, start, at, same)
            ):
                continue
        rings.append(_closed(points[start:at], same * (_SAME_NUMBER if numbers[start] == numbers[at - 1] != "" else 1)))
        start = at
    return rings


def paths(labels: Sequence[str], points: Sequence[Point]) -> list[Ring]:
    """Part the points of lines by their labels, closing nothing."""
    ends = [at for at in range(1, len(points)) if labels[at] != labels[at - 1]]
    return [np.array(points[start:end]) for start, end in zip([0, *ends], [*ends, len(points)], strict=True)]


def _starts_anew(
    numbers: Sequence[str], labels: Sequence[str], points: Sequence[Point], start: int, at: int, same: float
) -> bool:  # fmt: skip
    """Whether the first number, come again, begins a new ring: elsewhere, and with points of the same ring behind."""
    elsewhere = numbers[at] != "" and not _near(points[start], points[at], same * _SAME_NUMBER)
    return elsewhere and at + 1 < len(points) and labels[at + 1] == labels[at]


def _near(one: Point, other: Point, same: float) -> bool:
    return abs(one[0] - other[0]) <= same and abs(one[1] - other[1]) <= same


def _closed(path: Sequence[Point], same: float) -> Ring:
    whole = path[:-1] if len(path) > 1 and _near(path[0], path[-1], same) else path
    return np.array([*whole, whole[0]])


def distinct(ring: Ring) -> int:
    """Count the different points of a ring."""
    return len({(x, y) for x, y in ring.tolist()})


def area_of(rings: Sequence[Ring]) -> tuple[BaseGeometry, bool]:
    """Even-odd area of closed rings, and whether rings had to be cut where they cross or run together.

    One ring alone is given as it is, crossing itself or not: mending it is another's task. Empty when there is none.
    """
    if len(rings) == 1:
        return shapely.Polygon(rings[0]), False
    lines = shapely.MultiLineString(rings)
    # where rings cross, building an area gives another one or gives up
    with contextlib.suppress(shapely.errors.GEOSException):
        area: BaseGeometry = shapely.build_area(lines)
        if abs(area.length - lines.length) <= _LENGTH_SLACK * lines.length and area.is_valid:
            return area, False
    try:
        return _crossing(rings, lines), True
    except shapely.errors.GEOSException:
        return shapely.Polygon(), True


def _crossing(rings: Sequence[Ring], lines: BaseGeometry) -> BaseGeometry:
    """Even-odd area of rings that cross: the faces between them that lie in an odd number of rings."""
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(shapely.get_parts(lines)))))
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    whole = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    face, ring = shapely.STRtree(whole).query(shapely.points(inside))
    within = shapely.contains_xy(whole[ring], inside[face, 0], inside[face, 1])
    odd = np.bincount(face[within], minlength=len(faces)) % 2 == 1
    area: BaseGeometry = shapely.union_all(faces[odd])
    return area
