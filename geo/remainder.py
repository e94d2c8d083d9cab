"""What is left of an area when others are taken off it, and how much each of them took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.units import centi_m2

# below these a piece is what two drawings of one boundary leave between them, not land
LEAST_M2: Final = 1.0
LEAST_WIDTH_M: Final = 0.1


@dataclass(frozen=True, slots=True)
class Remainder:
    """Pieces that are left, largest first; slivers dropped; and exact areas in hundredths of a m².

    ``whole_centi_m2`` = the pieces + the slivers + all of ``taken_centi_m2`` (one number a group of takers: what it
    took beyond the groups before it). Each number is the rounded area but for the last hundredth, which is shared out
    so that the sum holds.
    """

    pieces: NDArray[np.object_]
    slivers: NDArray[np.object_]
    whole_centi_m2: int
    piece_centi_m2: NDArray[np.int64]
    sliver_centi_m2: int
    taken_centi_m2: tuple[int, ...]


def remainder(
    area: BaseGeometry,
    groups: Sequence[NDArray[np.object_]],
    *,
    least_m2: float = LEAST_M2,
    least_width_m: float = LEAST_WIDTH_M,
) -> Remainder:
    """Take the polygons of each group in turn off a valid polygon.

    A piece is a sliver when it is smaller than ``least_m2`` or, on average (twice the area by the perimeter), narrower
    than ``least_width_m``.
    """
    left, steps = area, [float(shapely.area(area))]
    for takers in groups:
        left = _without(left, takers)
        steps.append(float(shapely.area(left)))
    parts = shapely.get_parts(left)
    parts = np.asarray(parts[shapely.get_dimensions(parts) == 2], dtype=object)  # noqa: PLR2004 - areas only
    areas = shapely.area(parts)
    width_m = 2 * areas / np.maximum(shapely.length(parts), np.finfo(np.float64).tiny)
    thin = (areas < least_m2) | (width_m < least_width_m)
    order = np.argsort(-areas[~thin], kind="stable")
    pieces = parts[~thin][order]
    # sums from the whole downwards are rounded, not the parts: so the parts add up
    whole, *rest = np.minimum.accumulate(centi_m2(np.array(steps))).tolist()
    taken = tuple(before - after for before, after in zip([whole, *rest], rest, strict=False))
    piece_centi = centi_m2(areas[~thin][order])
    slivers = centi_m2(np.array([float(areas[thin].sum())]))[0]
    _share_out(piece_centi, int((rest or [whole])[-1] - slivers - piece_centi.sum()))
    if not len(piece_centi):
        slivers = (rest or [whole])[-1]
    return Remainder(pieces, parts[thin], whole, piece_centi, int(slivers), taken)


def _without(area: BaseGeometry, takers: NDArray[np.object_]) -> BaseGeometry:
    near = takers[shapely.intersects(takers, area)] if len(takers) else takers
    if not len(near):
        return area
    left: BaseGeometry = shapely.difference(area, shapely.union_all(near))
    return left


def _share_out(centi: NDArray[np.int64], over: int) -> None:
    """Spread what rounding left over, a hundredth each, over the largest pieces; the array is changed."""
    if len(centi):
        step = np.sign(over)
        for at in range(abs(over)):
            centi[at % len(centi)] += step
