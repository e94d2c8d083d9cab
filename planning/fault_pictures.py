"""A fault of the parcels as it is shown: its shapes in degrees for the map, and close-ups before and after a mend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.crs import converter, storage_crs
from planning.checking import Finding, Proposal
from planning.snapshots import LayerSnapshot

SIDE_PX: Final = 240
# a fault of millimetres is seen when the picture is so many times as wide
_TIMES_WIDER: Final = 24.0
_LEAST_M: Final = 0.05
_MOST_M: Final = 400.0
_TINT: Final = ("#E6EAEE", "#DCE7F1", "#E9E4D8", "#E3ECE2")

LonLat = list[list[float]]


def mark(epsg: int, finding: Finding, proposal: Proposal | None) -> dict[str, Any] | None:
    """Return place, bounds and shapes in degrees, longitude first; None for a fault without a place.

    ``fault`` and ``after`` are lists of lines, closed where they are rings.
    """
    if not np.isfinite(finding.x):
        return None
    reach = max(side_m(finding) / 2, 5.0)
    x, y = finding.x, finding.y
    changes = proposal.changes if proposal else ()
    corners = degrees(epsg, np.array([[x, y], [x - reach, y - reach], [x + reach, y + reach]]))
    return {
        "place": corners[0],
        "bounds": [*corners[1], *corners[2]],
        "fault": lines_in_degrees(epsg, [finding.geometry]),
        "after": lines_in_degrees(epsg, (one.shape for one in changes if one.shape is not None)),
    }


def side_m(finding: Finding) -> float:
    """How much ground a close-up shows, metres from edge to edge."""
    west, south, east, north = shapely.bounds(finding.geometry)
    extent = max(east - west, north - south) if np.isfinite(west) else 0.0
    wanted = 1.5 * extent
    if finding.width_m > 0:
        wanted = min(wanted, _TIMES_WIDER * finding.width_m) if extent else _TIMES_WIDER * finding.width_m
        wanted = max(wanted, 4 * finding.width_m)
    return float(np.clip(wanted or 4.0, _LEAST_M, _MOST_M))


def close_up(parcels: LayerSnapshot, finding: Finding, proposal: Proposal | None) -> str | None:
    """Draw the parcels round a fault as an SVG of numbers, after a mend when one is given; None without a place."""
    if not np.isfinite(finding.x) or parcels.index is None:
        return None
    side = side_m(finding)
    middle, half = np.array([finding.x, finding.y]), side / 2
    frame = shapely.box(*(middle - half * 1.05), *(middle + half * 1.05))
    rows = sorted(parcels.index.tree.query(frame).tolist())
    drawn = {int(parcels.ids[row]): parcels.geoms[row] for row in rows}
    if proposal is not None:
        drawn |= {one.parcel_id: one.shape for one in proposal.changes}
    scale = SIDE_PX / side
    pieces = []
    for at, (key, shape) in enumerate(drawn.items()):
        part = _clipped(shape, frame)
        if part is None:
            continue
        fill = _TINT[(finding.parcel_ids.index(key) + 1) % len(_TINT)] if key in finding.parcel_ids else _TINT[0]
        opacity = 0.72 if at else 1
        path = _path(_rings(part), middle, scale)
        pieces.append(f'<path d="{path}" fill="{fill}" fill-opacity="{opacity}" stroke="#4A5563" stroke-width="1.2"/>')
    if proposal is None:
        piece = _clipped(finding.geometry, frame)
        if piece is not None:
            ink = 'fill="#C0272D" fill-opacity="0.45" stroke="#C0272D" stroke-width="1.6"'
            pieces.append(f'<path d="{_path(_rings(piece), middle, scale)}" {ink}/>')
    pieces += [_dot(point, middle, scale) for point in _vertices(drawn.values(), frame)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE_PX} {SIDE_PX}" width="{SIDE_PX}" '
        f'height="{SIDE_PX}"><rect width="{SIDE_PX}" height="{SIDE_PX}" fill="#FFFFFF"/>{"".join(pieces)}</svg>'
    )


def _clipped(shape: BaseGeometry | None, frame: BaseGeometry) -> BaseGeometry | None:
    if shape is None or shape.is_empty:
        return None
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    part: BaseGeometry = shapely.intersection(sound, frame)
    return None if part.is_empty else part


def _vertices(shapes: Iterable[BaseGeometry | None], frame: BaseGeometry) -> NDArray[np.float64]:
    coordinates = shapely.get_coordinates([one for one in shapes if one is not None])
    west, south, east, north = shapely.bounds(frame)
    x, y = coordinates.T
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return np.unique(coordinates[inside], axis=0)[:400]


def _rings(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    """Every ring, line and point of a shape as coordinates."""
    found = []
    for part in shapely.get_parts(shapely.get_parts(shape)):
        is_area = part.geom_type == "Polygon"
        found += [shapely.get_coordinates(ring) for ring in (shapely.get_rings(part) if is_area else [part])]
    return [ring for ring in found if len(ring)]


def _path(rings: list[NDArray[np.float64]], middle: NDArray[np.float64], scale: float) -> str:
    return "".join("M" + "L".join(_at(point, middle, scale) for point in ring) for ring in rings)


def _dot(point: NDArray[np.float64], middle: NDArray[np.float64], scale: float) -> str:
    x, y = _at(point, middle, scale).split(" ")
    return f'<circle cx="{x}" cy="{y}" r="2.6" fill="#FFFFFF" stroke="#1B2430" stroke-width="1.2"/>'


def _at(point: NDArray[np.float64], middle: NDArray[np.float64], scale: float) -> str:
    x, y = SIDE_PX / 2 + (point - middle) * scale * np.array([1, -1])
    return f"{x:.1f} {y:.1f}"


def lines_in_degrees(epsg: int, shapes: Iterable[BaseGeometry]) -> list[LonLat]:
    """Every ring, line and point of shapes as longitude and latitude."""
    return [degrees(epsg, ring) for shape in shapes for ring in _rings(shape)]


def degrees(epsg: int, xy: NDArray[np.float64]) -> LonLat:
    """Turn places in the storage CRS into longitude and latitude."""
    lon, lat = converter(storage_crs(epsg), CRS.from_epsg(4326)).points(xy[:, 0], xy[:, 1])
    # 9 decimals: a tenth of a millimetre
    return [[round(float(one), 9), round(float(other), 9)] for one, other in zip(lon, lat, strict=True)]
