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
_LINE: Final = 1
_POLYGON: Final = 3
# side of a cell: most edges lie in one, and few roads reach into it that none of its edges can see
_CELL_PER_DISTANCE: Final = 2.0
_LEAST_CELL_M: Final = 16.0
# parcels that a thread takes at a time; from two of these on, threads are worth starting
_SHARE: Final = 1024
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
        lines, owner, count = _lines_of(roads)
        xy, line = shapely.get_coordinates(lines, return_index=True)
        edges = np.hstack([xy[:-1], xy[1:]])
        finite = np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])
        real = (line[:-1] == line[1:]) & finite[:-1] & finite[1:]
        real &= (xy[:-1, 0] != xy[1:, 0]) | (xy[:-1, 1] != xy[1:, 1])
        of_line = line[:-1][real]
        owner = owner[of_line]
        is_area = of_line >= count
        half = np.where(is_area, 0.0, half_m[owner])
        return cls(np.ascontiguousarray(edges[real]), owner, half, is_area, reach_m(distance_m, half))


def _lines_of(roads: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64], int]:
    """Lines, then rings of polygons with the inside on the left; the road of each; how many of them are lines."""
    if (shapely.get_type_id(roads) == _LINE).all():
        return roads, np.arange(len(roads)), len(roads)
    parts, road = shapely.get_parts(roads, return_index=True)
    area = shapely.get_type_id(parts) == _POLYGON
    rings, ring_part = shapely.get_rings(shapely.orient_polygons(parts[area]), return_index=True)
    return (
        np.concatenate([parts[~area], rings]),
        np.concatenate([road[~area], road[area][ring_part]]).astype(np.int64),
        int((~area).sum()),
    )


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
        keys, blocks, road_start, roads_in = _near_roads.cells_of_roads(edges.xy, edges.reach, cell)
        self.grid = (keys, blocks, road_start)
        length = np.hypot(edges.xy[:, 2] - edges.xy[:, 0], edges.xy[:, 3] - edges.xy[:, 1])
        self.roads = (edges.xy, edges.road, edges.half, edges.reach, length, edges.is_area, roads_in)
        self.backward = np.zeros(len(flat.ring_start) - 1, np.bool_)
        self.nearby = np.full(len(flat), -1, np.int32)
        self.pieces = self._pieces()

    def _pieces(self) -> tuple[NDArray[Any], ...]:
        """Edges and boxes of the pieces of boundaries near roads, and which of them each cell holds."""
        from geo import _near_roads, _walls  # noqa: PLC0415 - as above

        pieces_near: Callable[..., tuple[NDArray[Any], ...]] = _walls.pieces_near
        count_entries: Callable[..., None] = _near_roads.count_entries
        fill_entries: Callable[..., None] = _near_roads.fill_entries

        def cut(first: int) -> tuple[NDArray[Any], ...]:
            end = min(first + _SHARE, len(self.flat))
            return pieces_near(*self.arrays, first, end, self.grid, self.cell, self.backward, self.nearby)

        found = _each(cut, range(0, max(len(self.flat), 1), _SHARE))
        start = np.zeros(len(self.grid[2]), np.int64)
        for _, _, entries in found:
            count_entries(entries, start)
        start = np.cumsum(start)
        pieces_in = np.empty(int(start[-1]), np.int32)
        at, base = start[:-1].copy(), 0
        for edges, _, entries in found:
            fill_entries(entries, base, at, pieces_in)
            base += len(edges)
        return (np.concatenate([each[0] for each in found]), np.concatenate([each[1] for each in found]), start,
                pieces_in)  # fmt: skip

    def measure(self, rows: NDArray[np.int64]) -> Columns:
        """Row, road, length and least distance, by row and road."""
        from geo import _stretches  # noqa: PLC0415 - as above

        def look(share: NDArray[np.int64]) -> Columns:
            names, spans = self._look(share)
            order, run = _stretches.runs_of(names, spans, TOLERANCE_M)
            found: Columns = _stretches.sums_of(names, spans, order, run)
            return found

        found = _each(look, self._shares(rows))
        start = np.zeros(len(self.flat) + 1, np.int64)
        for row, _, _, _ in found:
            _stretches.count_rows(row, start)
        start = np.cumsum(start)
        size = int(start[-1])
        columns = (np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size), np.empty(size))
        for each in found:
            _stretches.fill_rows(each, start, columns)
        return columns

    def _look(self, share: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        from geo import _looking  # noqa: PLC0415 - as above

        look_out: Callable[..., tuple[NDArray[np.int64], NDArray[np.float64]]] = _looking.look_out
        return look_out(
            share, *self.arrays, self.backward, self.roads, self.grid, self.pieces,
            self.cell, self.distance_m, TOLERANCE_M,
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

        near = _near_roads.rows_by_place(self.nearby, rows, len(self.grid[2]) - 1)
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
