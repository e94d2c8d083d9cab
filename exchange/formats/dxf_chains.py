"""Loose lines of a drawing that close to an outline: rings of lines in which every corner has just two.

Where a third line meets a corner it is open which way the outline goes, so such lines stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange.formats import arcs
from exchange.formats.dxf_walk import Drawn

_FEWEST: Final = 3
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class _Corners:
    """Which corner each line begins and ends at, and the lines at each corner."""

    of: NDArray[np.int64]
    places: NDArray[np.float64]
    lines: list[list[int]]


def closed(lines: Sequence[Drawn]) -> tuple[list[Drawn], int]:
    """The outlines that lines of one layer and colour close to, and how many lines are in none."""
    groups: dict[tuple[str, int | None, str], list[Drawn]] = {}
    for one in lines:
        groups.setdefault((one.layer, one.color, one.block), []).append(one)
    found: list[Drawn] = []
    left = 0
    for each in groups.values():
        group = [one for one in each if shapely.length(one.shape) > arcs.TOLERANCE_M]
        left += len(each) - len(group)
        if not group:
            continue
        rings = _rings(_corners(group))
        found += [_row(group, ring, places) for ring, places in rings]
        left += len(group) - sum(len(ring) for ring, _ in rings)
    return found, left


def _corners(lines: Sequence[Drawn]) -> _Corners:
    ends = np.array([shapely.get_coordinates(one.shape)[[0, -1]] for one in lines]).reshape(-1, 2)
    places, of = np.unique(np.round(ends / arcs.TOLERANCE_M), axis=0, return_inverse=True)
    of = of.reshape(-1, 2).astype(np.int64)
    met: list[list[int]] = [[] for _ in places]
    for line, (begin, end) in enumerate(of.tolist()):
        met[begin].append(line)
        met[end].append(line)
    first = np.zeros((len(places), 2))
    first[of.ravel()[::-1]] = ends[::-1]
    return _Corners(of, first, met)


def _rings(corners: _Corners) -> list[tuple[list[int], NDArray[np.float64]]]:
    """Lines and corners of every ring, each begun at its first line."""
    found = []
    seen: set[int] = set()
    for start in range(len(corners.of)):
        if start in seen:
            continue
        ring, at = [start], int(corners.of[start, 1])
        round_trip = [int(corners.of[start, 0])]
        while at != round_trip[0] and len(corners.lines[at]) == _PAIR:
            line = next((one for one in corners.lines[at] if one != ring[-1]), ring[-1])
            if line == ring[-1] or line in seen:
                break
            round_trip.append(at)
            ring.append(line)
            begin, end = corners.of[line].tolist()
            at = end if begin == at else begin
        seen.update(ring)
        if at == round_trip[0] and len(corners.lines[at]) == _PAIR and len(ring) >= _FEWEST:
            found.append((ring, corners.places[round_trip]))
    return found


def _row(lines: Sequence[Drawn], ring: Sequence[int], places: NDArray[np.float64]) -> Drawn:
    first = lines[min(ring)]
    return Drawn(
        shapely.Polygon(places), "polygon", first.kind, first.layer, first.handle, first.color, first.block, first.south
    )
