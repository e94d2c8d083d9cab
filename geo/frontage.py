"""How much of each parcel's boundary faces a road.

A point of the boundary faces a road when a person who stands there and looks straight out (at right angles to the
boundary, away from the parcel) sees the road within ``distance_m``, with no parcel in between, be it another or the
same one further on. The road has to run within 60° of the boundary's direction: a road seen along its own length is not
faced. Frontage is the length of all such points, found exactly, without sampling.

The distance is measured to the edge of the road: of a polygon to its boundary, of a centre line less half its width. A
road that overlaps the parcel by up to 0.10 m, or touches it, is faced at distance 0. What is seen through a slit of no
more than 0.10 m, where two parcels in front do not quite meet, is not counted.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo._boundaries import edges_of
from geo.index import ParcelIndex

DISTANCE_M: Final = 20.0
# a road and a parcel may overlap, and two parcels gap, by as much as neighbours may (geo.adjacency.TOLERANCE_M)
TOLERANCE_M: Final = 0.10
_POLYGON: Final = 3


def frontage(
    parcels: NDArray[np.object_],
    roads: NDArray[np.object_],
    *,
    distance_m: float = DISTANCE_M,
    widths_m: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Measure the frontage of each parcel on each road that it faces.

    Parameters
    ----------
    parcels
        Valid polygons in a projected CRS, metres.
    roads
        Lines or polygons in the same CRS; points, empty and missing ones are faced by nothing.
    widths_m
        Width of each road, used for lines only; NaN and None count as 0.

    Returns
    -------
    DataFrame
        ``parcel``, ``road`` (rows of the inputs, sorted), ``frontage_m`` (above 0.10) and ``distance_m``, the least
        distance at which it is faced. Not rounded.
    """
    return frontage_of(ParcelIndex(parcels), None, roads, distance_m=distance_m, widths_m=widths_m)


def frontage_of(
    index: ParcelIndex,
    members: NDArray[np.int64] | None,
    roads: NDArray[np.object_],
    *,
    distance_m: float = DISTANCE_M,
    widths_m: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Measure the frontage of some parcels (rows of ``index``; None for all) among all of them; see `frontage`."""
    from geo._looking import look_out  # noqa: PLC0415 - numba takes half a second to load: only who asks pays it

    if not 0.0 < distance_m < np.inf:
        raise ValueError("distance_not_positive", distance_m)
    road_edges, road_of = _road_edges(np.asarray(roads, dtype=object))
    half_width = _half_widths(np.asarray(roads, dtype=object), widths_m)[road_of]
    rows = np.arange(len(index)) if members is None else np.unique(np.asarray(members, dtype=np.int64))
    rows = rows[np.isfinite(index.bounds[rows, 0])]
    asked, found = _near_roads(index, rows, road_edges, half_width, distance_m)
    # group the edges near one parcel by road
    order = np.lexsort((found, road_of[found], asked))
    asked, found = asked[order], found[order]
    seeing, road_count = np.unique(asked, return_counts=True)
    lookers = rows[seeing]
    reach = distance_m + (float(half_width.max()) if len(half_width) else 0.0)
    looker, other = index.tree.query(_boxes(index.bounds[lookers], reach))
    order = np.lexsort((other, looker))
    looker, other = looker[order], other[order]
    used, place = np.unique(other, return_inverse=True)
    edges = edges_of(index.geoms[used])
    row, road, length, distance = look_out(
        edges.x0, edges.y0, edges.x1, edges.y1, edges.start,
        np.searchsorted(used, lookers).astype(np.int64),
        road_edges, road_of, found.astype(np.int64), _offsets(road_count), half_width,
        place.astype(np.int64), _offsets(np.bincount(looker, minlength=len(lookers))),
        np.ascontiguousarray(index.bounds[used]), float(distance_m), TOLERANCE_M,
    )  # fmt: skip
    kept = length > TOLERANCE_M
    frame = pd.DataFrame(
        {"parcel": used[row[kept]], "road": road[kept], "frontage_m": length[kept], "distance_m": distance[kept]}
    )
    return frame.astype({"parcel": np.int64}).sort_values(["parcel", "road"], ignore_index=True)


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    frontage(
        np.array([shapely.box(0, 0, 10, 10)], dtype=object),
        np.array([shapely.LineString([(0, -5), (10, -5)])], dtype=object),
    )


def _road_edges(roads: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Edges of the lines and of the boundaries of the polygons, as rows x0, y0, x1, y1, and the road of each."""
    parts, road = shapely.get_parts(roads, return_index=True)
    is_area = shapely.get_type_id(parts) == _POLYGON
    rings, ring_part = shapely.get_rings(parts[is_area], return_index=True)
    lines = np.concatenate([parts[~is_area], rings])
    owner = np.concatenate([road[~is_area], road[is_area][ring_part]])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[:-1] == line[1:]
    return np.hstack([xy[:-1], xy[1:]])[same], owner[line[:-1][same]].astype(np.int64)


def _half_widths(roads: NDArray[np.object_], widths_m: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if widths_m is None:
        return np.zeros(len(roads))
    is_line = np.isin(shapely.get_type_id(roads), (1, 2, 5))
    return np.where(is_line, np.nan_to_num(np.asarray(widths_m, dtype=np.float64)) / 2.0, 0.0)


def _near_roads(
    index: ParcelIndex,
    rows: NDArray[np.int64],
    road_edges: NDArray[np.float64],
    half_width: NDArray[np.float64],
    distance_m: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a place in ``rows`` and a road edge whose boxes come within the distance."""
    x0, y0, x1, y1 = road_edges.T
    boxes = np.column_stack([np.minimum(x0, x1), np.minimum(y0, y1), np.maximum(x0, x1), np.maximum(y0, y1)])
    reach = distance_m + half_width + TOLERANCE_M
    if len(rows) == len(index):
        edge, row = index.tree.query(_boxes(boxes, reach))
        keep = np.isin(row, rows)
        return np.searchsorted(rows, row[keep]), edge[keep]
    asked, edge = shapely.STRtree(_boxes(boxes, reach)).query(_boxes(index.bounds[rows], 0.0))
    return asked, edge


def _boxes(bounds: NDArray[np.float64], reach: float | NDArray[np.float64]) -> NDArray[np.object_]:
    west, south, east, north = bounds.reshape(-1, 4).T
    return np.asarray(shapely.box(west - reach, south - reach, east + reach, north + reach), dtype=object)


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
