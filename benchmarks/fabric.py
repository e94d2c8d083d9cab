"""A made-up city of parcels for measuring: bent streets, blocks of unequal lots, courtyards, slips of the pen.

The same count and seed give the same parcels. A block is two rows of lots back to back, 8 to 12 in each, so that the
line between the rows has vertices on one side that the other side has not. Coordinates are multiples of 2⁻¹⁰ m and
such lines are drawn in equal steps of them: a vertex on a neighbour's edge lies on it exactly, in every program. A
share of the lots is moved by up to 20 mm, as digitised maps are; one in a hundred has a courtyard, and half of those
are parcels too. A parcel has 16 vertices in the mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flat import FlatPolygons, offsets

EPSG: Final = 4549
_GRAIN: Final = 1024.0  # coordinates are multiples of 1 / _GRAIN metres: exact in binary
_CENTRE: Final = (500_000.0, 3_240_000.0)  # on the central meridian, near Yiwu
_TURN: Final = 0.31  # radians: no edge lies along an axis
_PITCH_M: Final = (316.0, 116.0)  # from street to street
_WANDER_M: Final = (12.0, 5.0)  # how far a crossing is from where a grid has it
_HALF_STREET_M: Final = 8.0
_FEWEST, _MOST = 8, 12  # lots in a row
_STATIONS: Final = 120  # equal steps along the line between two rows
_MEAN_LOTS: Final = _FEWEST + _MOST
_CHUNK_BLOCKS: Final = 2_048
_CHAMFER_M: Final = 3.0
_COURT_M: Final = (5.0, 7.0)
_WITH_COURT: Final = 0.01
_SLIP_M: Final = 0.02

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fabric:
    """Parcels, also as flat arrays, and street centre lines from crossing to crossing, in EPSG:4549."""

    parcels: NDArray[np.object_]
    roads: NDArray[np.object_]
    flat: FlatPolygons


def fabric(count: int, *, seed: int = 1, slips: float = 0.05) -> Fabric:
    """Draw ``count`` parcels, ``slips`` of them out of their place, and the streets around their blocks."""
    flat = FlatPolygons.joined(list(chunks(count, seed=seed, slips=slips)))
    return Fabric(flat.shapes(), streets(count, seed=seed), flat)


def chunks(count: int, *, seed: int = 1, slips: float = 0.05) -> Iterator[FlatPolygons]:
    """The same parcels by tens of thousands, for layers larger than memory."""
    city = _City(count, seed)
    left = count
    for nth, first in enumerate(range(0, city.blocks, _CHUNK_BLOCKS)):
        if left <= 0:
            return
        blocks = np.arange(first, min(first + _CHUNK_BLOCKS, city.blocks))
        drawn = _cut(_draw(city, blocks, np.random.default_rng((seed, nth)), slips), left)
        left -= len(drawn)
        yield drawn


def streets(count: int, *, seed: int = 1) -> NDArray[np.object_]:
    """Centre lines of the streets of a city of ``count`` parcels."""
    crossing = _placed(_City(count, seed).crossing)
    along = np.stack([crossing[:, :-1], crossing[:, 1:]], axis=2).reshape(-1, 2, 2)
    across = np.stack([crossing[:-1], crossing[1:]], axis=2).reshape(-1, 2, 2)
    return np.asarray(shapely.linestrings(np.concatenate([along, across])), dtype=object)


class _City:
    """Crossings of the streets, in the plane before it is turned, ``(rows + 1, columns + 1, 2)``."""

    def __init__(self, count: int, seed: int) -> None:
        # a fiftieth more than the mean fills, so that the last block is not missed
        self.blocks = int(np.ceil(count / _MEAN_LOTS * 1.02)) + 2
        rng = np.random.default_rng((seed, 1 << 20))
        self.columns = max(1, int(np.ceil(np.sqrt(self.blocks * _PITCH_M[1] / _PITCH_M[0]))))
        rows = -(-self.blocks // self.columns)
        j, i = np.mgrid[: rows + 1, : self.columns + 1]
        grid = np.stack([i - self.columns / 2, j - rows / 2], axis=-1) * _PITCH_M
        self.crossing: Points = grid + rng.uniform(-1, 1, grid.shape) * _WANDER_M


def _draw(city: _City, blocks: NDArray[np.int64], rng: np.random.Generator, slips: float) -> FlatPolygons:
    """All lots of some blocks, then the parcels that fill courtyards."""
    j, i = np.divmod(blocks, city.columns)
    h = _HALF_STREET_M
    south = (city.crossing[j, i] + (h, h), city.crossing[j, i + 1] + (-h, h))
    north = (city.crossing[j + 1, i] + (h, -h), city.crossing[j + 1, i + 1] + (-h, -h))
    west, east = (_placed((south[end] + north[end]) / 2) for end in (0, 1))
    step = _grained((east - west) / _STATIONS)
    sides = [_row_of_lots(_placed(front[0]), _placed(front[1]), west, step, rng) for front in (south, north)]
    shells, present = (np.concatenate(each) for each in zip(*sides, strict=True))
    # lots of one block lie together, as in a register
    lots_there = np.asarray(present.any(axis=1))
    block = np.concatenate([np.repeat(np.arange(len(blocks)), _MOST)] * 2)
    order = np.argsort(block, kind="stable")
    order = order[lots_there[order]]
    shells, present = shells[order], present[order]
    slipped = rng.random(len(shells)) < slips
    slip = np.where(slipped[:, None], _grained(rng.uniform(-_SLIP_M, _SLIP_M, (len(shells), 2))), 0.0)
    with_court = np.flatnonzero(rng.random(len(shells)) < _WITH_COURT)
    courts = _courts(shells[with_court])
    return _assembled(shells, present, slip, with_court, courts)


def _row_of_lots(
    start: Points, end: Points, spine: Points, step: Points, rng: np.random.Generator
) -> tuple[Points, NDArray[np.bool_]]:
    """Shells of the lots between a street front and the spine of each block: vertices, and which of them are there."""
    blocks = len(start)
    lots = rng.integers(_FEWEST, _MOST + 1, blocks)
    nth = np.arange(_MOST + 1)
    jitter = rng.uniform(-0.25, 0.25, (blocks, _MOST + 1)) * ((nth > 0) & (nth < lots[:, None]))
    cut = np.rint(np.minimum(nth + jitter, lots[:, None]) / lots[:, None] * _STATIONS)
    bulge = rng.uniform(-1.5, 1.5, blocks)
    run = end - start
    normal = np.stack([-run[:, 1], run[:, 0]], axis=-1) / np.linalg.norm(run, axis=-1, keepdims=True)

    def front(u: NDArray[np.float64]) -> Points:
        bend = bulge[:, None] * np.sin(np.pi * u)
        return _grained(start[:, None] + run[:, None] * u[..., None] + normal[:, None] * bend[..., None])

    def between(u: NDArray[np.float64]) -> Points:
        return spine[:, None] + step[:, None] * u[..., None]

    base, back = front(cut / _STATIONS), between(cut)
    t = np.array([0.25, 0.5, 0.75])[:, None]
    sides = base[:, :, None] * (1 - t) + back[:, :, None] * t
    sides = _grained(sides + rng.uniform(-0.6, 0.6, sides.shape))
    left, right = slice(0, _MOST), slice(1, _MOST + 1)
    low, high = cut[:, left], cut[:, right]
    along = [front((low + (high - low) * share) / _STATIONS) for share in (0.25, 0.5, 0.75)]
    extra = np.sort(np.rint(low + (high - low) * rng.uniform(0.1, 0.9, (3, blocks, _MOST))), axis=0)[::-1]
    # vertices on the spine that only this side has: in half the places, and none twice
    has_extra = rng.random((3, blocks, _MOST)) < 0.5
    has_extra &= (extra > low) & (extra < high)
    has_extra[1:] &= extra[1:] != extra[:-1]
    first = np.broadcast_to(nth[left] == 0, (blocks, _MOST))
    last = nth[right] == lots[:, None]
    there = nth[left] < lots[:, None]
    corner_left = _chamfered(base[:, left], sides[:, left, 0], along[0], first)
    corner_right = _chamfered(base[:, right], sides[:, right, 0], along[2], last)
    vertices = [
        *corner_left, *along, *corner_right[::-1], *(sides[:, right, k] for k in range(3)), back[:, right],
        *(between(each) for each in extra), back[:, left], *(sides[:, left, k] for k in (2, 1, 0)),
    ]  # fmt: skip
    always = np.ones_like(there)
    shown = [first, always, *[always] * 3, always, last, *[always] * 4, *has_extra, *[always] * 4]
    shells = np.stack(vertices, axis=2).reshape(blocks * _MOST, len(vertices), 2)
    present = np.logical_and(np.stack(shown, axis=2), there[..., None]).reshape(blocks * _MOST, len(vertices))
    return shells, present


def _chamfered(corner: Points, up: Points, along: Points, cut: NDArray[np.bool_]) -> tuple[Points, Points]:
    """The two vertices of a cut corner, on the side and on the front; where it is not cut the second is the corner."""

    def towards(other: Points) -> Points:
        way = other - corner
        length = np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1.0)
        return _grained(corner + way * np.minimum(_CHAMFER_M / length, 0.45))

    return towards(up), np.where(cut[..., None], towards(along), corner)


def _courts(shells: Points) -> Points:
    """A courtyard in the middle of each lot, four vertices that run against the clock."""
    middle = shells[:, [3, 12]].mean(axis=1)[:, None] if len(shells) else np.zeros((0, 1, 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * _COURT_M / 2
    return _grained(middle + corners)


def _assembled(
    shells: Points, present: NDArray[np.bool_], slip: Points, with_court: NDArray[np.int64], courts: Points
) -> FlatPolygons:
    """Rings in their order: each shell, its hole after it; then courtyards as parcels, every tenth of two parts."""
    lots = len(shells)
    filled = np.arange(0, len(courts), 2)
    closed = np.concatenate([courts, courts[:, :1]], axis=1)
    # a vertex that is there stands for the first of its ring: close with it
    first = present.argmax(axis=1)
    shells = np.concatenate([shells, shells[np.arange(lots), first][:, None]], axis=1) + slip[:, None]
    present = np.concatenate([present, np.ones((lots, 1), bool)], axis=1)
    holes = closed + slip[with_court][:, None]
    rings = np.concatenate([shells[present], holes[:, ::-1].reshape(-1, 2), closed[filled].reshape(-1, 2)])
    size = np.concatenate([present.sum(axis=1), np.full(len(holes) + len(filled), 5)])
    owner = np.concatenate([np.arange(lots), with_court, lots + np.arange(len(filled))])
    order = np.argsort(owner, kind="stable")
    part_size = np.bincount(owner, minlength=lots + len(filled))
    # every tenth filled courtyard is one parcel with the next
    row = np.concatenate([np.arange(lots), lots + np.cumsum(np.arange(len(filled)) % 10 != 1) - 1])
    ring_start = offsets(size)
    return FlatPolygons(
        rings[_ragged(ring_start, order)], offsets(size[order]), offsets(part_size), offsets(np.bincount(row))
    )


def _cut(flat: FlatPolygons, rows: int) -> FlatPolygons:
    if rows >= len(flat):
        return flat
    row_start = flat.row_start[: rows + 1]
    part_start = flat.part_start[: row_start[-1] + 1]
    ring_start = flat.ring_start[: part_start[-1] + 1]
    return FlatPolygons(flat.xy[: ring_start[-1]], ring_start, part_start, row_start)


def _ragged(start: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of the members of groups, the groups taken in another order."""
    size = np.diff(start)[order]
    begin = np.cumsum(size) - size
    return np.repeat(start[:-1][order] - begin, size) + np.arange(int(size.sum()))


def _placed(xy: Points) -> Points:
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    return _grained(xy @ turn + _CENTRE)


def _grained(xy: Points) -> Points:
    return np.asarray(np.rint(xy * _GRAIN) / _GRAIN, dtype=np.float64)
