"""A staged file over the map: its rows near what is looked at, a problem's place, a boundary before and after."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planning.atlas import Atlas
from planning.fault_pictures import degrees, lines_in_degrees
from planning.findings import ImportFinding
from planning.staged import Staged
from planning.updating import Changed, Gone

# rows drawn at once: what a person can look at, and what travels in a moment
MOST_ROWS: Final = 250
# codes written at once: more of them hide the shapes
MOST_NAMED: Final = 30
_LEAST_REACH_M: Final = 25.0
_AREA: Final = 2


def rows_over(atlas: Atlas, staged: Staged, place: tuple[float, float] | None) -> list[dict[str, Any]]:
    """Outlines of the rows nearest to a place; of a file of many, without a place, its extent.

    Codes stand on the few nearest to the place, and without a place on a file of few rows.
    """
    count = len(staged.rows)
    if not count:
        return []
    if count > MOST_ROWS and place is None:
        west, south, east, north = _hull(staged.bounds)
        return [_piece(atlas, shapely.box(west, south, east, north), staged.report.file)]
    order = named = np.arange(count)
    if place is not None:
        middle = (staged.bounds[:, :2] + staged.bounds[:, 2:]) / 2
        nearest = np.argsort(np.hypot(*(middle - place).T), kind="stable")
        order, named = np.sort(nearest[:MOST_ROWS]), nearest[:MOST_NAMED]
    elif count > MOST_NAMED:
        named = order[:0]
    labelled = set(named.tolist())
    geoms = staged.geoms_of(staged.rows[order])
    return [
        _piece(atlas, geom, (str(staged.codes[at]) or str(staged.rows[at])) if at in labelled else "")
        for at, geom in zip(order.tolist(), geoms, strict=True)
        if geom is not None and shapely.get_dimensions(geom) == _AREA
    ]


def mark_of(atlas: Atlas, staged: Staged, finding: ImportFinding) -> dict[str, Any] | None:
    """A problem for the map (see ui.desk_map): its shape in red; None without a place."""
    if not np.isfinite(finding.x):
        return None
    shapes = [finding.shape] if finding.shape is not None else list(staged.geoms_of(finding.rows))
    shapes = [shape for shape in shapes if shape is not None]
    return _mark(atlas, (finding.x, finding.y), shapes, [])


def mark_of_change(atlas: Atlas, staged: Staged, one: Changed | Gone) -> dict[str, Any] | None:
    """A stored row's boundary in red where it goes, and the file's in green where it comes."""
    layer = atlas.layer(staged.layer)
    at = int(np.searchsorted(layer.ids, one.id))
    if at >= len(layer.ids) or layer.ids[at] != one.id:
        return None
    old = layer.geoms[at]
    place = shapely.point_on_surface(old)
    at_place = (float(place.x), float(place.y))
    if isinstance(one, Gone):
        return _mark(atlas, at_place, [old], [])
    if one.shape is None:
        return _mark(atlas, at_place, [], [old])
    return _mark(atlas, at_place, [old], [shape for shape in staged.geoms_of([one.row]) if shape is not None])


def mark_of_row(atlas: Atlas, staged: Staged, row: int) -> dict[str, Any] | None:
    """A new row's boundary in green."""
    shape = staged.geoms_of([row])[0]
    if shape is None:
        return None
    place = shapely.point_on_surface(shape)
    return _mark(atlas, (float(place.x), float(place.y)), [], [shape])


def whole_of(atlas: Atlas, staged: Staged) -> dict[str, Any] | None:
    """Where to fly to see the whole file; no place is marked."""
    if not len(staged.bounds):
        return None
    west, south, east, north = _hull(staged.bounds)
    corners = degrees(atlas.epsg, np.array([[west, south], [east, north]]))
    return {"place": None, "bounds": [*corners[0], *corners[1]], "fault": [], "after": []}


def _mark(atlas: Atlas, place: tuple[float, float], fault: list[Any], after: list[Any]) -> dict[str, Any]:
    bounds = np.array([shapely.bounds(shape) for shape in (*fault, *after)]).reshape(-1, 4)
    west, south, east, north = _hull(bounds) if len(bounds) else (*place, *place)
    x, y = place
    reach = max(_LEAST_REACH_M, (east - west) * 0.75, (north - south) * 0.75)
    corners = degrees(atlas.epsg, np.array([[x, y], [x - reach, y - reach], [x + reach, y + reach]]))
    return {
        "place": corners[0],
        "bounds": [*corners[1], *corners[2]],
        "fault": lines_in_degrees(atlas.epsg, fault),
        "after": lines_in_degrees(atlas.epsg, after),
    }


def _piece(atlas: Atlas, geom: Any, label: str) -> dict[str, Any]:
    at = shapely.point_on_surface(geom)
    return {
        "rings": lines_in_degrees(atlas.epsg, [geom]),
        "at": degrees(atlas.epsg, np.array([[at.x, at.y]]))[0],
        "label": label,
    }


def _hull(bounds: NDArray[np.float64]) -> tuple[float, float, float, float]:
    low, high = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def place_of(staged: Staged, row: int) -> tuple[float, float] | None:
    """The middle of a row, by its number in the file."""
    at = int(np.searchsorted(staged.rows, row))
    if at >= len(staged.rows) or staged.rows[at] != row:
        return None
    x, y = (staged.bounds[at, :2] + staged.bounds[at, 2:]) / 2
    return float(x), float(y)
