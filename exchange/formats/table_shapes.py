"""Geometry of a table's rows: of a WKT column, or of two columns of coordinates."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange.errors import FileRefused
from exchange.formats import axes, columns_found
from exchange.formats.columns_found import Geometry
from exchange.formats.opened import CrsHow, FileNote, RowNote

_LARGEST: Final = 1e9
_SRID: Final = re.compile(r"^\s*SRID\s*=\s*(\d{1,7})\s*;", re.IGNORECASE)


@dataclass
class Table:
    """A table under its header: names, columns of equal length, where its geometry is, and rows that do not fit."""

    names: list[str]
    columns: list[list[str | None]]
    geometry: Geometry
    # number of each row in the file, from 1
    lines: list[int]
    notes: list[FileNote] = field(default_factory=list)
    refusals: list[RowNote] = field(default_factory=list)


@dataclass
class Shapes:
    """Geometry of the rows as WKB (None = none), and what is said of them."""

    wkb: NDArray[np.object_]
    crs: str | None = None
    how: CrsHow = "none"
    mends: list[RowNote] = field(default_factory=list)
    refusals: list[RowNote] = field(default_factory=list)
    evidence: tuple[FileNote, ...] = ()


def of_wkt(table: Table) -> Shapes:
    """Read WKT or hexadecimal WKB, with one SRID for all or none.

    Raises
    ------
    FileRefused
        ``crs_inside_feature`` when rows name different SRIDs.
    """
    cells = table.columns[table.geometry.wkt]
    srids = {found[1] for cell in cells if cell and (found := _SRID.match(cell))}
    if len(srids) > 1:
        raise FileRefused("crs_inside_feature", {"srids": sorted(srids)[:5]})
    shapes = Shapes(np.full(len(cells), None, dtype=object))
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        geom = _geometry(cell)
        if geom is None:
            shapes.refusals.append(RowNote(row, "wkt_unreadable", {"line": table.lines[row], "text": cell[:60]}))
        else:
            shapes.wkb[row] = shapely.to_wkb(geom)
    if srids and srids != {"0"}:
        shapes.crs, shapes.how = f"EPSG:{next(iter(srids))}", "file"
    return shapes


def _geometry(cell: str) -> shapely.Geometry | None:
    if cell[:2] in {"00", "01"}:
        return shapely.from_wkb(cell, on_invalid="ignore")
    return shapely.from_wkt(_SRID.sub("", cell, count=1), on_invalid="ignore")


def coordinates(
    table: Table, shapes: Shapes, row_of: NDArray[np.int64], *, blank_is_fault: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Easting, northing and whether both are there; a row with rubbish is refused.

    An empty row is not there, or is a fault as well where a point more or less makes another shape.
    """
    geometry = table.geometry
    east, north = (
        np.array([np.nan if (value := columns_found.number(cell)) is None else value for cell in table.columns[at]])
        for at in (geometry.east, geometry.north)
    )
    sound = (np.abs(east) <= _LARGEST) & (np.abs(north) <= _LARGEST)
    said: set[int] = set()
    for at in np.flatnonzero(~sound):
        words = [table.columns[place][at] for place in (geometry.east, geometry.north)]
        if (blank_is_fault or any(words)) and int(row_of[at]) not in said:
            said.add(int(row_of[at]))
            text = ",".join(str(word or "")[:30] for word in words)
            values = {"line": table.lines[at], "text": text}
            shapes.refusals.append(RowNote(int(row_of[at]), "coordinate_not_a_number", values))
    return east, north, sound


def settled(
    table: Table, shapes: Shapes, points: NDArray[np.int64], east: NDArray[np.float64], north: NDArray[np.float64],
    row_of: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:  # fmt: skip
    """Turn both columns when most rows show that they are the other way round; say what the numbers show.

    Rows that are then still the other way round are refused.
    """
    each = np.arange(len(east))
    turned = 2 * int(axes.order_of(north, east, each, len(east)).turned.sum()) > len(east)
    if turned:
        east, north = north, east
    order = axes.order_of(north, east, each, len(east))
    frame = axes.most_common(order.frame)
    shapes.evidence = axes.evidence_of(frame, east, north, turned=turned)
    rows, first = np.unique(row_of[order.turned], return_index=True)
    lines = points[order.turned][first]
    shapes.refusals += [RowNote(int(row), "axes_mixed", {"line": table.lines[int(at)]})
                        for row, at in zip(rows, lines, strict=True)]  # fmt: skip
    if table.geometry.bare and not turned:
        names = table.names[table.geometry.east], table.names[table.geometry.north]
        table.notes.append(FileNote("axes_by_name", {"east": names[0], "north": names[1]}))
    return east, north, frame


def of_points(table: Table) -> Shapes:
    """Make a point of each row."""
    count = len(table.lines)
    shapes = Shapes(np.full(count, None, dtype=object))
    east, north, sound = coordinates(table, shapes, np.arange(count))
    rows = np.flatnonzero(sound)
    east, north, _ = settled(table, shapes, rows, east[rows], north[rows], rows)
    shapes.wkb[rows] = shapely.to_wkb(shapely.points(east, north))
    shapes.wkb[[note.row for note in shapes.refusals]] = None
    return shapes
