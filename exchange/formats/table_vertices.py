"""Areas of a table that has one boundary point a row: points by code, rings by the even-odd rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange import limits
from exchange.formats import axes, columns_found, rings, table_shapes
from exchange.formats.columns_found import Geometry
from exchange.formats.opened import FileNote, RowNote
from exchange.formats.table_shapes import Shapes, Table

_SAME_M: Final = 0.005
_SAME_DEGREES: Final = 5e-8


def of_vertices(table: Table) -> Shapes:
    """One row a boundary point: areas by code, in the order of the file or of the column that gives it.

    The table is reduced to one row for each code, with the columns that say the same on all its rows.
    """
    geometry = table.geometry
    # cells that were merged hold their code in the first row alone
    keys = columns_found.filled(table.columns[geometry.code])
    codes = list(dict.fromkeys(key for key in keys if key is not None))
    place = {code: at for at, code in enumerate(codes)}
    row_of = np.array([place[key] if key is not None else -1 for key in keys], dtype=np.int64)
    shapes = Shapes(np.full(len(codes), None, dtype=object))
    east, north, sound = table_shapes.coordinates(table, shapes, row_of, blank_is_fault=True)
    unfit = {note.row for note in table.refusals}
    refused = {note.row for note in shapes.refusals} | {int(row_of[at]) for at in unfit}
    shapes.refusals = [note for note in shapes.refusals if note.row >= 0]
    shapes.refusals += [RowNote(int(row_of[note.row]), note.code, note.values)
                        for note in table.refusals if row_of[note.row] >= 0]  # fmt: skip
    points = np.flatnonzero(sound & (row_of >= 0) & ~np.isin(row_of, list(refused)))
    kept_east, kept_north, frame = table_shapes.settled(
        table, shapes, points, east[points], north[points], row_of[points]
    )
    refused |= {note.row for note in shapes.refusals}
    order = _vertex_order(table, row_of[points], points)
    points, kept_east, kept_north = points[order], kept_east[order], kept_north[order]
    same = _SAME_DEGREES if frame == axes.DEGREES else _SAME_M
    start = np.searchsorted(row_of[points], np.arange(len(codes) + 1))
    for row in range(len(codes)):
        own = slice(int(start[row]), int(start[row + 1]))
        if row in refused or own.start == own.stop:
            continue
        corners = list(zip(kept_east[own].tolist(), kept_north[own].tolist(), strict=True))
        _area(table, shapes, row, (points[own], corners), same)
    _reduce(table, row_of, len(codes))
    return shapes


def _area(
    table: Table, shapes: Shapes, row: int, own: tuple[NDArray[np.int64], list[rings.Point]], same: float
) -> None:
    geometry = table.geometry
    numbers = [table.columns[geometry.number][at] or "" for at in own[0]]
    labels = [(table.columns[geometry.ring][at] or "") if geometry.ring >= 0 else "" for at in own[0]]
    parts = rings.closed_rings(numbers, labels, own[1], same)
    if len(parts) > limits.MOST_RINGS:
        values = {"line": table.lines[int(own[0][0])], "rings": len(parts), "most": limits.MOST_RINGS}
        shapes.refusals.append(RowNote(row, "too_many_rings", values))
        return
    short = next((ring for ring in parts if rings.distinct(ring) < rings.FEWEST_POINTS), None)
    if short is not None:
        values = {"line": table.lines[int(own[0][0])], "points": rings.distinct(short)}
        shapes.refusals.append(RowNote(row, "ring_too_few_points", values))
        return
    area, cut = rings.area_of(parts)
    if cut:
        shapes.mends.append(RowNote(row, "rings_cross", {"line": table.lines[int(own[0][0])], "rings": len(parts)}))
    shapes.wkb[row] = shapely.to_wkb(area)


def _vertex_order(table: Table, row_of: NDArray[np.int64], points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Points by parcel, then by the column that gives their order, then as they stand in the file."""
    given = np.zeros(len(points))
    if table.geometry.order >= 0:
        cells = table.columns[table.geometry.order]
        given = np.array([columns_found.number(cells[at]) or 0.0 for at in points])
    return np.lexsort((np.arange(len(points)), given, row_of))


def _reduce(table: Table, row_of: NDArray[np.int64], count: int) -> None:
    members: list[list[int]] = [[] for _ in range(count)]
    for at, row in enumerate(row_of.tolist()):
        if row >= 0:
            members[row].append(at)
    kept = [
        at
        for at, cells in enumerate(table.columns)
        if _constant(cells, members) and at not in _vertex_only(table.geometry)
    ]
    dropped = [table.names[at] for at in range(len(table.names)) if at not in kept]
    table.notes.append(FileNote("points_joined", {"points": len(row_of), "parcels": count, "columns": dropped}))
    table.names = [table.names[at] for at in kept]
    table.columns = [[next((word for row in own if (word := table.columns[at][row])), None) for own in members]
                     for at in kept]  # fmt: skip
    table.lines = [table.lines[own[0]] for own in members]


def _vertex_only(geometry: Geometry) -> set[int]:
    return {geometry.east, geometry.north, geometry.number, geometry.ring, geometry.order}


def _constant(cells: Sequence[str | None], members: Sequence[Sequence[int]]) -> bool:
    return all(len({cells[at] for at in own} - {None}) <= 1 for own in members)
