"""Parcels and roads laid out so that boundaries can look at roads: from shapely to the compiled parts of frontage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flat import FlatPolygons

# a road and a parcel may overlap, and two parcels gap, by as much as neighbours may (geo.adjacency.TOLERANCE_M)
TOLERANCE_M: Final = 0.10
_POLYGON: Final = 3
# side of a cell: most edges lie in one, and few roads reach into it that none of its edges can see
_CELL_PER_DISTANCE: Final = 2.0
_LEAST_CELL_M: Final = 16.0
# parcels that a thread takes at a time; from two of these on, threads are worth starting
_SHARE: Final = 4096
# of an edge: less than a micrometre of any that is drawn
_SAME_SHARE: Final = 1e-9

Item = TypeVar("Item")
Result = TypeVar("Result")
Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class RoadEdges:
    """Edges of roads as rows x0, y0, x1, y1, those of polygons with the inside on the left; ``half`` the widths."""

    xy: NDArray[np.float64]
    road: NDArray[np.int64]
    half: NDArray[np.float64]
    is_area: NDArray[np.bool_]
    reach: NDArray[np.float64]

    @classmethod
    def of(cls, roads: NDArray[np.object_], half_m: NDArray[np.float64], distance_m: float) -> RoadEdges:
        parts, road = shapely.get_parts(roads, return_index=True)
        area = shapely.get_type_id(parts) == _POLYGON
        rings, ring_part = shapely.get_rings(shapely.orient_polygons(parts[area]), return_index=True)
        lines = np.concatenate([parts[~area], rings])
        owner = np.concatenate([road[~area], road[area][ring_part]])
        xy, line = shapely.get_coordinates(lines, return_index=True)
        edges = np.hstack([xy[:-1], xy[1:]])
        real = (line[:-1] == line[1:]) & (edges[:, :2] != edges[:, 2:]).any(axis=1) & np.isfinite(edges).all(axis=1)
        of_line = line[:-1][real]
        owner = owner[of_line].astype(np.int64)
        is_area = of_line >= int((~area).sum())
        half = np.where(is_area, 0.0, half_m[owner])
        return cls(np.ascontiguousarray(edges[real]), owner, half, is_area, reach_m(distance_m, half))


def reach_m(distance_m: float, half_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far off the centre of a road may be that is faced: at 60° a ray crosses half of it over twice its width."""
    return distance_m + 2.0 * half_m + TOLERANCE_M


class View:
    """Parcels and roads in a grid of the ground near roads, to be looked at in many shares."""

    def __init__(self, flat: FlatPolygons, edges: RoadEdges, distance_m: float) -> None:
        # numba takes half a second to load: only who asks pays it
        from geo import _near_roads  # noqa: PLC0415

        if len(flat.xy) >= 2**31:
            raise ValueError("too_many_vertices", len(flat.xy))
        cell = max(_CELL_PER_DISTANCE * distance_m, _LEAST_CELL_M)
        self.flat, self.edges, self.distance_m, self.cell = flat, edges, distance_m, cell
        self.arrays = tuple(_read_only(array) for array in (flat.xy, flat.ring_start, flat.part_start, flat.row_start))
        count_walls: Callable[..., None] = _near_roads.count_walls
        fill_walls: Callable[..., None] = _near_roads.fill_walls
        keys, slots, road_start, roads_in = _near_roads.cells_of_roads(edges.xy, edges.reach, cell)
        count = len(road_start) - 1
        backward = np.zeros(len(flat.ring_start) - 1, np.bool_)
        self.nearby = np.full(len(flat), -1, np.int32)
        bounds = np.linspace(0, len(flat), (_threads() if len(flat) > _SHARE else 1) + 1).astype(np.int64)
        shares = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
        counts = np.zeros((len(shares), count), np.int64)

        def count_share(at: int) -> None:
            count_walls(*self.arrays, *shares[at], keys, slots, cell, counts[at], backward, self.nearby)

        _each(count_share, range(len(shares)))
        # each share writes its own part of each cell
        ends = np.cumsum(counts.T.ravel()).reshape(count, len(shares)).T
        starts = np.ascontiguousarray(ends - counts)
        walls_in = np.empty(int(counts.sum()), np.int32)
        wall_start = np.append(starts[0], len(walls_in))

        def fill_share(at: int) -> None:
            fill_walls(*self.arrays, *shares[at], keys, slots, cell, starts[at], backward, self.nearby, walls_in)

        _each(fill_share, range(len(shares)))
        self.grid = (keys, slots, road_start, roads_in, wall_start, walls_in)
        self.backward = backward

    def measure(self, rows: NDArray[np.int64]) -> Columns:
        """Row, road, length and least distance, in no order."""
        from geo import _stretches  # noqa: PLC0415 - as above

        def look(share: NDArray[np.int64]) -> Columns:
            names, spans = self._look(share)
            order, run = _stretches.runs_of(names, spans, TOLERANCE_M)
            found: Columns = _stretches.sums_of(names, spans, order, run)
            return found

        found = _each(look, self._shares(rows))
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
        row, road, length, least = (np.concatenate(column) for column in zip(*found, strict=True))
        return row, road, length, least

    def _look(self, share: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        from geo import _looking  # noqa: PLC0415 - as above

        look_out: Callable[..., tuple[NDArray[np.int64], NDArray[np.float64]]] = _looking.look_out
        return look_out(
            share, *self.arrays, self.backward,
            self.edges.xy, self.edges.road, self.edges.half, self.edges.is_area,
            *self.grid, self.cell, self.distance_m, TOLERANCE_M,
        )  # fmt: skip

    def draw(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.object_]]:
        """Row, road and a MultiLineString of the stretches in which the row sees the road."""
        from geo import _stretches  # noqa: PLC0415 - as above

        looked = [self._look(share) for share in self._shares(rows)]
        if not looked:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, dtype=object)
        names, spans = (np.concatenate(column) for column in zip(*looked, strict=True))
        order, run = _stretches.runs_of(names, spans, TOLERANCE_M)
        kept = order[run >= 0]
        row, road, _, vertex = names[kept].T
        start, end, _, _, along = spans[kept].T
        one, other = self.flat.xy[vertex], self.flat.xy[vertex + 1]
        length = np.hypot(*(other - one).T)
        points = np.empty((len(kept), 2, 2))
        for at, place in enumerate((start - along, end - along)):
            share = (place / length)[:, None]
            # ends of neighbouring stretches have to be the same place, or they are not joined
            share = np.where(share < _SAME_SHARE, 0.0, share)
            points[:, at] = np.where(share > 1.0 - _SAME_SHARE, other, one + (other - one) * share)
        new = np.append(True, (row[1:] != row[:-1]) | (road[1:] != road[:-1]))[: len(kept)]
        pieces = np.asarray(shapely.linestrings(points), dtype=object)
        lines = shapely.multilinestrings(pieces, indices=np.cumsum(new) - 1)
        return row[new], road[new], np.asarray(lines, dtype=object)

    def _shares(self, rows: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Those of the rows that come near a road, so that neighbours are looked at one after another."""
        from geo import _near_roads  # noqa: PLC0415 - as above

        near = _near_roads.by_place(self.nearby, rows, len(self.grid[2]) - 1)
        return [near[at : at + _SHARE] for at in range(0, len(near), _SHARE)]


def _each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    """Do the work on each item, on all processors when there are several items."""
    todo = list(items)
    if len(todo) < 2 or _threads() == 1:
        return [work(item) for item in todo]
    with ThreadPoolExecutor(_threads()) as pool:
        return list(pool.map(work, todo))


def _threads() -> int:
    """As many as the processors that this process may use."""
    import numba  # noqa: PLC0415 - as above

    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]  # set while numba loads


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written: kernels are compiled for one kind of array, and files give this one."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
