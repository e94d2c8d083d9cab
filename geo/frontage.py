"""How much of each parcel's boundary faces a road.

A point of the boundary faces a road when a person who stands there and looks straight out (at right angles to the
boundary, away from the parcel) sees the road within ``distance_m``, with no parcel in between, be it another or the
same one further on. The road has to run within 60° of the boundary's direction: a road seen along its own length is not
faced. Frontage is the length of all such points, found exactly, without sampling.

The distance is measured along the look to the near side of the road: to the boundary of a polygon; of a centre line,
to where the strip of its width begins. A road that overlaps the parcel by up to 0.10 m, or touches it, is faced at
distance 0. So is one that overlaps it further, as long as the middle of the road lies outside and no other parcel
stands within 0.10 m of the boundary. A parcel in which one stands, by more than 0.10 m, hides what lies beyond it. A
stretch of no more than 0.10 m, as is seen through a slit where two parcels in front do not quite meet, is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo._view import Columns, RoadEdges, View, reach_m
from geo.flat import FlatPolygons
from geo.index import ParcelIndex

DISTANCE_M: Final = 20.0


def frontage(
    parcels: NDArray[np.object_] | FlatPolygons,
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
        Width of each road, used for lines only; NaN, infinite and negative ones count as 0.

    Returns
    -------
    DataFrame
        ``parcel``, ``road`` (rows of the inputs, sorted), ``frontage_m`` (above 0.10) and ``distance_m``, the least
        distance at which it is faced. Not rounded.
    """
    flat = parcels if isinstance(parcels, FlatPolygons) else FlatPolygons.of(parcels)
    roads = np.asarray(roads, dtype=object)
    edges = RoadEdges.of(roads, _half_widths(roads, widths_m), _checked(distance_m))
    return _frame(View(flat, edges, distance_m).measure(np.arange(len(flat))))


def _checked(distance_m: float) -> float:
    if not 0.0 < distance_m < np.inf:
        raise ValueError("distance_not_positive", distance_m)
    return distance_m


def _half_widths(roads: NDArray[np.object_], widths_m: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if widths_m is None:
        return np.zeros(len(roads))
    widths = np.asarray(widths_m, dtype=np.float64)
    return np.where(np.isfinite(widths) & (widths > 0.0), widths, 0.0) / 2.0


def _frame(found: Columns) -> pd.DataFrame:
    row, road, length, least = found
    return pd.DataFrame({"parcel": row, "road": road, "frontage_m": length, "distance_m": least})


def frontage_of(
    index: ParcelIndex,
    members: NDArray[np.int64] | None,
    roads: NDArray[np.object_],
    *,
    distance_m: float = DISTANCE_M,
    widths_m: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Measure the frontage of some parcels (rows of ``index``; None for all) among all of them; see `frontage`."""
    if members is None:
        return frontage(index.geoms, roads, distance_m=distance_m, widths_m=widths_m)
    part = _Part.of(index, members, roads, widths_m, _checked(distance_m))
    row, road, length, least = part.view.measure(part.rows)
    return _frame((part.parcel[row], part.road[road], length, least))


def frontage_lines(
    index: ParcelIndex,
    members: NDArray[np.int64] | None,
    roads: NDArray[np.object_],
    *,
    distance_m: float = DISTANCE_M,
    widths_m: NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """The stretches of boundary that `frontage_of` measures, to be drawn.

    Returns
    -------
    DataFrame
        ``parcel``, ``road`` (sorted) and ``geometry``, a LineString for each stretch without a gap; those of one parcel
        and road are together as long as its ``frontage_m``.
    """
    members = np.arange(len(index)) if members is None else members
    part = _Part.of(index, members, roads, widths_m, _checked(distance_m))
    row, road, lines = part.view.draw(part.rows)
    order = np.lexsort((part.road[road], part.parcel[row]))
    merged = shapely.line_merge(lines[order])
    pieces, of = shapely.get_parts(merged, return_index=True)
    return pd.DataFrame(
        {
            "parcel": part.parcel[row][order][of],
            "road": part.road[road][order][of],
            "geometry": pd.Series(pieces, dtype=object),
        }
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A few parcels with what they can see: ``rows`` of ``view``, whose rows and roads are ``parcel`` and ``road``."""

    view: View
    rows: NDArray[np.int64]
    parcel: NDArray[np.int64]
    road: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        index: ParcelIndex,
        members: NDArray[np.int64],
        roads: NDArray[np.object_],
        widths_m: NDArray[np.float64] | None,
        distance_m: float,
    ) -> _Part:
        roads = np.asarray(roads, dtype=object)
        half = _half_widths(roads, widths_m)
        rows = np.unique(np.asarray(members, dtype=np.int64))
        boxes = index.bounds[rows]
        rows, boxes = rows[np.isfinite(boxes[:, 0])], boxes[np.isfinite(boxes[:, 0])]
        near = _meeting(shapely.bounds(roads).reshape(-1, 4), reach_m(distance_m, half), boxes)
        reach = reach_m(distance_m, half[near]).max(initial=0.0)
        parcel = np.unique(index.tree.query(_boxes(boxes, reach))[1]) if len(near) else rows
        edges = RoadEdges.of(roads[near], half[near], distance_m)
        view = View(FlatPolygons.of(index.geoms[parcel]), edges, distance_m)
        return cls(view, np.searchsorted(parcel, rows).astype(np.int64), parcel.astype(np.int64), near)


def _meeting(bounds: NDArray[np.float64], reach: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of ``bounds`` that come within reach of the box around all boxes; none of them when there is no box."""
    if not len(boxes):
        return np.zeros(0, np.int64)
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    # what is missing or empty has bounds of NaN, which meet nothing
    met = (bounds[:, 0] - reach <= east) & (bounds[:, 2] + reach >= west)
    met &= (bounds[:, 1] - reach <= north) & (bounds[:, 3] + reach >= south)
    return np.flatnonzero(met)


def _boxes(bounds: NDArray[np.float64], reach: float | NDArray[np.float64]) -> NDArray[np.object_]:
    west, south, east, north = bounds.reshape(-1, 4).T
    return np.asarray(shapely.box(west - reach, south - reach, east + reach, north + reach), dtype=object)


@dataclass(frozen=True, slots=True)
class Scene:
    """Parcels and roads as they stand in one revision; see `frontage` for ``roads`` and ``widths_m``."""

    index: ParcelIndex
    roads: NDArray[np.object_]
    widths_m: NDArray[np.float64] | None = None


def updated(
    previous: pd.DataFrame,
    before: Scene,
    after: Scene,
    *,
    parcel_was: NDArray[np.int64],
    road_was: NDArray[np.int64],
    distance_m: float = DISTANCE_M,
) -> pd.DataFrame:
    """Measure again only what an edit of parcels or roads can have changed.

    Parameters
    ----------
    previous
        What `frontage` gave for ``before`` at the same distance.
    parcel_was, road_was
        For each row of ``after`` the row of ``before`` that has the same geometry, or -1 when it is new or edited. A
        row of ``before`` that none of them names was removed or edited. A road whose width differs counts as edited.

    Returns
    -------
    DataFrame
        The same, to the last digit, as `frontage` of ``after``.
    """
    _checked(distance_m)
    parcel_was, road_was = np.array(parcel_was, dtype=np.int64), np.array(road_was, dtype=np.int64)
    half_before = _half_widths(np.asarray(before.roads, dtype=object), before.widths_m)
    half_after = _half_widths(np.asarray(after.roads, dtype=object), after.widths_m)
    stayed = np.flatnonzero(road_was >= 0)
    road_was[stayed[half_before[road_was[stayed]] != half_after[stayed]]] = -1
    parcel_now = _turned(parcel_was, len(before.index))
    road_now = _turned(road_was, len(before.roads))
    reach = reach_m(distance_m, np.concatenate([half_before, half_after])).max(initial=0.0)
    touched = [
        _boxes(scene.index.bounds[rows], reach)
        for scene, rows in ((before, parcel_now < 0), (after, parcel_was < 0))
    ]  # fmt: skip
    for scene, half, rows in ((before, half_before, road_now < 0), (after, half_after, road_was < 0)):
        edges = RoadEdges.of(np.asarray(scene.roads, dtype=object)[rows], half[rows], distance_m)
        ends = edges.xy.reshape(-1, 2, 2)
        touched.append(_boxes(np.hstack([ends.min(axis=1), ends.max(axis=1)]), edges.reach))
    asked = np.unique(after.index.tree.query(np.concatenate(touched))[1]).astype(np.int64)
    found = frontage_of(after.index, asked, after.roads, distance_m=distance_m, widths_m=after.widths_m)
    stays = np.ones(len(after.index) + 1, dtype=bool)
    stays[asked] = False
    stays[-1] = False  # what was removed
    parcel = parcel_now[previous["parcel"].to_numpy(dtype=np.int64)]
    kept = stays[parcel]
    old = previous[kept].assign(parcel=parcel[kept])
    old["road"] = road_now[old["road"].to_numpy(dtype=np.int64)]
    both: pd.DataFrame = pd.concat([old, found])
    return both.sort_values(["parcel", "road"], ignore_index=True)


def _turned(was: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """For each of ``count`` old rows its new one, -1 where there is none."""
    now = np.full(count, -1, dtype=np.int64)
    now[was[was >= 0]] = np.flatnonzero(was >= 0)
    return now


def warm() -> None:
    """Load the compiled part, so that the first question of a person does not wait for it."""
    parcels = np.array([shapely.box(0, 0, 10, 10)], dtype=object)
    frontage(parcels, np.array([shapely.LineString([(0, -5), (10, -5)])], dtype=object))
