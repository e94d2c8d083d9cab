"""Frontage the slow way: a ray every few centimetres of boundary, and GEOS to say what it meets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SLACK = 0.10  # what geo.frontage allows for


class Rays:
    """Places on the boundary of a parcel that look straight out, along ``normal``; each stands for ``share`` metres."""

    def __init__(self, parcel: BaseGeometry, step: float) -> None:
        at, along, normal, share = [], [], [], []
        self.rings: list[int] = []
        for part in shapely.get_parts(parcel):
            turned = shapely.orient_polygons(part)
            for ring in (turned.exterior, *turned.interiors):
                for a, b in pairwise(shapely.get_coordinates(ring)):
                    length = float(np.hypot(*(b - a)))
                    count = max(1, round(length / step))
                    ahead = (b - a) / length
                    at.append(a + ahead * ((np.arange(count) + 0.5) * length / count)[:, None])
                    along.append(np.tile(ahead, (count, 1)))
                    normal.append(np.tile((ahead[1], -ahead[0]), (count, 1)))
                    share.append(np.full(count, length / count))
                self.rings.append(sum(len(each) for each in share))
        self.at, self.along = np.concatenate(at), np.concatenate(along)
        self.normal, self.share = np.concatenate(normal), np.concatenate(share)

    def line(self, low: NDArray[np.float64] | float, high: NDArray[np.float64] | float) -> NDArray[np.object_]:
        """From ``low`` to ``high`` metres in front of each place."""
        ends = [self.at + self.normal * np.broadcast_to(to, len(self.at))[:, None] for to in (low, high)]
        return np.asarray(shapely.linestrings(np.stack(ends, axis=1)), dtype=object)

    def in_long_runs(self, seen: NDArray[np.bool_], least_m: float) -> NDArray[np.bool_]:
        """What was seen, less runs along a ring that are shorter than ``least_m``."""
        kept = np.zeros(len(seen), dtype=bool)
        for first, end in pairwise((0, *self.rings)):
            # begin where something is hidden, so that no run goes on over the beginning
            around = np.roll(np.arange(first, end), -int(np.argmin(seen[first:end])))
            run = np.cumsum(~seen[around])
            length = np.bincount(run, weights=np.where(seen[around], self.share[around], 0.0))
            kept[around] = seen[around] & (length[run] >= least_m)
        return kept

    def ahead(self, which: int, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far places on one ray lie before its start."""
        return np.asarray((xy - self.at[which]) @ self.normal[which])


def by_rays(
    parcels: NDArray[np.object_],
    roads: NDArray[np.object_],
    widths_m: NDArray[np.float64],
    *,
    distance_m: float,
    step: float = 0.05,
    rows: Sequence[int] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Length and least distance of each parcel (or of some ``rows``) on each road, as matrices; of distances two.

    What is seen over less than half, and over less than twice the length that counts, is left out of the first and the
    second: samples cannot tell.
    """
    outlines = shapely.STRtree(shapely.boundary(parcels))
    length = np.zeros((len(parcels), len(roads)))
    least = np.full((2, *length.shape), np.inf)
    for row in range(len(parcels)) if rows is None else rows:
        parcel = parcels[row]
        rays = Rays(parcel, step)
        covered = _covered(rays, parcels)
        for nth, road in enumerate(roads):
            front = _fronts(rays, road, float(np.nan_to_num(widths_m[nth])) / 2.0, distance_m)
            for sides in front:
                visible = ~np.isnan(sides)
                sight = rays.line(SLACK, np.where(visible, np.maximum(sides - SLACK, SLACK), SLACK))
                sight[np.nan_to_num(sides) <= 2 * SLACK] = None
                visible[outlines.query(sight, predicate="intersects")[0]] = False
                # where its own boundary turns back before it, it hides at once
                beam = rays.line(1e-6, np.where(visible, np.maximum(sides - SLACK, 1e-6), 1e-6))
                visible &= ~shapely.intersects(beam, shapely.boundary(parcel))
                # who stands in the road sees it when nothing stands right before
                visible &= ~(covered & ((sides < -SLACK) | (sides > 2 * SLACK)))
                sides[~visible] = np.nan
            near = np.fmin.reduce([np.full(len(rays.at), np.nan), *front])
            for at, long in enumerate((0.5 * SLACK, 2.0 * SLACK)):
                seen = rays.in_long_runs(~np.isnan(near), long)
                least[at, row, nth] = np.maximum(near[seen], 0.0).min(initial=np.inf)
            length[row, nth] = rays.share[~np.isnan(near)].sum()
    return length, least[0], least[1]


def _covered(rays: Rays, parcels: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether a parcel begins right before the place."""
    tree = shapely.STRtree(parcels)
    before, behind = (
        set(zip(*tree.query(shapely.points(rays.at + sign * SLACK * rays.normal), predicate="intersects"), strict=True))
        for sign in (1.0, -1.0)
    )
    covered = np.zeros(len(rays.at), dtype=bool)
    covered[[place for place, _ in before - behind]] = True
    return covered


def _fronts(rays: Rays, road: BaseGeometry, half: float, distance: float) -> list[NDArray[np.float64]]:
    """How far ahead of each place near sides of the road lie, NaN for none: one array for each side."""
    if road.geom_type in {"Polygon", "MultiPolygon"}:
        return _fronts_of_area(rays, road, distance)
    fronts = []
    beams = rays.line(-SLACK, distance + 2.0 * half)
    for a, b in pairwise(shapely.get_coordinates(road)):
        met = shapely.intersection(beams, shapely.linestrings([a, b]))
        place = shapely.get_coordinates(shapely.centroid(met))
        front = np.full(len(beams), np.nan)
        hit = ~shapely.is_empty(met) & _runs_along(rays, a, b)
        front[hit] = ((place - rays.at[~shapely.is_empty(met)]) * rays.normal[~shapely.is_empty(met)]).sum(axis=1)[
            hit[~shapely.is_empty(met)]
        ]
        # the strip of its width begins before the centre, the further the more it slants
        with np.errstate(divide="ignore"):
            front -= half * np.hypot(*(b - a)) / np.abs(rays.along @ (b - a))
        front[front > distance] = np.nan
        fronts.append(front)
    return fronts


def _runs_along(rays: Rays, a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(rays.along @ (b - a)) >= 0.5 * np.hypot(*(b - a)))


def _fronts_of_area(rays: Rays, road: BaseGeometry, distance: float) -> list[NDArray[np.float64]]:
    edges = shapely.linestrings(list(pairwise(shapely.get_coordinates(road))))
    fronts = [np.full(len(rays.at), np.nan) for _ in range(3)]
    within = shapely.intersection(rays.line(-distance, distance), road)
    for which in np.flatnonzero(~shapely.is_empty(within)).tolist():
        at = 0
        for part in shapely.get_parts(within[which]):
            xy = shapely.get_coordinates(part)
            if len(xy) < 2:
                continue
            heights = rays.ahead(which, xy)
            near, far = float(heights.min()), float(heights.max())
            edge = edges[np.argmin(shapely.distance(edges, shapely.points(xy[np.argmin(heights)])))]
            a, b = shapely.get_coordinates(edge)
            if near <= -distance + 1e-9 or not _runs_along(rays, a, b)[which]:
                continue
            if far >= distance - 1e-9:
                far = np.inf
            if near >= -SLACK or (far > 0.0 and near + far >= 0.0):
                fronts[at][which] = near
                at += 1
    return fronts
