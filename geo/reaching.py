"""Areas and strips along lines, made ready once and asked often: how much of some parcels lies in them.

``Areas`` are polygons as they are, each with its own reach around it when one is given: a strip along a road, all
within a distance of a school. Everything is in one projected CRS, metres.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.validity import repair_all

# an arc is drawn by chords that leave it by no more than this, the grain of stored coordinates
SAGITTA_M: Final = 0.001
_FEWEST_SEGMENTS: Final = 8
# areas drawn out and kept: with 700 vertices each, some 50 MB
MOST_KEPT: Final = 5_000

Rows = NDArray[np.int64]
Geoms = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Common:
    """Pairs with some common area: rows of the subjects and of the areas, sorted; m², metres apart, what is common."""

    subject: Rows
    other: Rows
    area_m2: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    shape: Geoms

    def __len__(self) -> int:
        return len(self.subject)


class Areas:
    """Polygons, or anything with a reach around it, with their tree; drawn out only where something lies near.

    Threads may share one. What was drawn is kept, up to a number, for the next question.

    Parameters
    ----------
    geoms
        Geometries of any kind; missing and empty ones are met by nothing. Invalid polygons are mended when they are
        drawn.
    reach_m
        How far each reaches beyond itself, one number or one a geometry; 0 leaves polygons as they are, and what has no
        area then has none in common with anything.
    """

    def __init__(self, geoms: Geoms, reach_m: float | NDArray[np.float64] = 0.0) -> None:
        self._geoms = np.asarray(geoms, dtype=object)
        self._reach = np.broadcast_to(np.asarray(reach_m, dtype=np.float64), self._geoms.shape)
        self._drawn: dict[int, shapely.Geometry] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._geoms)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        tree = shapely.STRtree(self._geoms)
        # GEOS builds the tree at the first question: ask once here, so that no two threads build it together
        tree.query(shapely.box(0.0, 0.0, 0.0, 0.0))
        return tree

    def common(self, subjects: Geoms) -> Common:
        """Measure what each of some valid polygons has in common with each of the areas."""
        if not len(self._geoms) or not len(subjects):
            return nothing()
        farthest = float(self._reach.max())
        boxes = shapely.bounds(subjects) + np.array([-1.0, -1.0, 1.0, 1.0]) * farthest
        subject, other = self._tree.query(shapely.box(*boxes.T))
        return self.common_of(subjects, subject.astype(np.int64), other.astype(np.int64))

    def common_of(self, subjects: Geoms, subject: Rows, other: Rows) -> Common:
        """Measure pairs that are named: rows of the subjects and of the areas."""
        if not len(subject):
            return nothing()
        order = np.lexsort((other, subject))
        subject, other = subject[order], other[order]
        apart = np.asarray(shapely.distance(subjects[subject], self._geoms[other]), dtype=np.float64)
        near = apart <= self._reach[other]
        subject, other, apart = subject[near], other[near], apart[near]
        drawn = self._draw(other)
        whole = np.asarray(shapely.covers(drawn, subjects[subject]), dtype=bool)
        shape = subjects[subject].copy()
        shape[~whole] = shapely.intersection(subjects[subject[~whole]], drawn[~whole])
        area = shapely.area(shape)
        some = area > 0.0
        return Common(subject[some], other[some], area[some], apart[some], shape[some])

    def outside(self, subjects: Geoms) -> Common:
        """Measure what of each subject lies in none of the areas; ``other`` is the nearest of them."""
        if not len(self._geoms) or not len(subjects):
            return nothing()
        inner, outer = self._tree.query(subjects, predicate="intersects")
        drawn = self._draw(outer)
        covered = np.zeros(len(subjects), dtype=bool)
        covered[inner[np.asarray(shapely.covers(drawn, subjects[inner]), dtype=bool)]] = True
        rows = np.flatnonzero(~covered)
        left = subjects[rows].copy()
        straddling = np.flatnonzero(np.isin(rows, inner))
        # few parcels straddle a boundary: each is cut by the areas that it meets
        for place in straddling.tolist():
            left[place] = shapely.difference(left[place], shapely.union_all(drawn[inner == rows[place]]))
        areas = shapely.area(left)
        some = areas > 0.0
        rows, left, areas = rows[some], left[some], areas[some]
        nearest = np.asarray(self._tree.nearest(subjects[rows]), dtype=np.int64)
        apart = np.asarray(shapely.distance(subjects[rows], self._geoms[nearest]), dtype=np.float64)
        return Common(rows.astype(np.int64), nearest, areas, apart, left)

    def drawn(self, row: int) -> shapely.Geometry:
        """One of the areas with its reach."""
        found: shapely.Geometry = self._draw(np.array([row], dtype=np.int64))[0]
        return found

    def near(self, shape: shapely.Geometry) -> shapely.Geometry:
        """The areas that meet a shape, as one."""
        farthest = float(self._reach.max(initial=0.0))
        rows = self._tree.query(shapely.buffer(shape, farthest), predicate="intersects").astype(np.int64)
        found: shapely.Geometry = shapely.union_all(self._draw(np.sort(rows)))
        return found

    def _draw(self, rows: Rows) -> Geoms:
        """The areas with their reach, drawn out and prepared, one a row given."""
        unique, place = np.unique(rows, return_inverse=True)
        found: Geoms = np.empty(len(unique), dtype=object)
        with self._lock:
            found[:] = [self._drawn.get(row) for row in unique.tolist()]
            missing = np.flatnonzero(shapely.is_missing(found))
            for reach in np.unique(self._reach[unique[missing]]).tolist():
                some = missing[self._reach[unique[missing]] == reach]
                drawn = repair_all(self._geoms[unique[some]])
                if reach > 0.0:
                    drawn = np.asarray(shapely.buffer(drawn, reach, quad_segs=segments(reach)), dtype=object)
                shapely.prepare(drawn)
                found[some] = drawn
            if len(self._drawn) + len(missing) > MOST_KEPT:
                self._drawn.clear()
            self._drawn.update(zip(unique[missing].tolist(), found[missing], strict=True))
        return found[place]


def segments(radius_m: float) -> int:
    """Chords a quarter of a circle, so that none leaves the arc by more than ``SAGITTA_M``."""
    return max(_FEWEST_SEGMENTS, int(np.ceil(np.pi / 4 / np.sqrt(2 * SAGITTA_M / radius_m))))


def nothing() -> Common:
    """No pair at all."""
    rows, figures = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Common(rows, rows, figures, figures, np.zeros(0, dtype=object))
