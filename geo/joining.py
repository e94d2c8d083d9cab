"""Polygons brought to their neighbours: snapped to their vertices and edges, cut back to them, merged with them.

What is snapped moves; its neighbours never do. A vertex near a neighbour's vertex takes its place, to the last bit; one
near a neighbour's edge goes to a place of the grid beside that edge (`geo.grid`); and where a neighbour has a vertex
along an edge of the polygon, the edge takes it too, so that the two run together without gap or overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.cutting import CutRefused, faces_outside, gathered
from geo.grid import STEP_M, Points, place_beside, to_grid

# a T-junction made here lies beside its edge by one step of the grid at most: merging takes twice that as touching
STITCH_M: Final = 2 * STEP_M
# merged, what is not accounted for by the parts is a gap or an overlap that a person must look at first
MOST_CHANGE_M2: Final = 0.01


@dataclass(frozen=True, slots=True)
class Snapped:
    """A polygon after snapping; ``moved`` counts the vertices that went elsewhere, ``added`` those that were put in."""

    geom: BaseGeometry
    moved: int
    added: int
    area_change_m2: float


def snap(geom: BaseGeometry, neighbours: NDArray[np.object_], *, tolerance_m: float) -> Snapped:
    """Snap a polygon's vertices and edges to those of its neighbours.

    Raises
    ------
    CutRefused
        ``snap_collapses``: within this tolerance the polygon would fold onto itself or vanish.
    """
    target = _Target.of(neighbours)
    if target is None:
        return Snapped(geom, 0, 0, 0.0)
    moved = added = 0
    parts = []
    for part in shapely.get_parts(geom):
        rings = []
        for ring in shapely.get_rings(part):
            before = shapely.get_coordinates(ring)[:-1]
            pulled = target.pulled(before, tolerance_m)
            moved += sum(bool((after[0] != xy).any()) for after, xy in zip(pulled, before, strict=True))
            kept = _without_repeats(np.concatenate(pulled))
            filled = target.filled(kept, tolerance_m)
            added += len(filled) - len(kept)
            rings.append(_without_repeats(filled))
        if any(len(ring) < 3 for ring in rings):  # noqa: PLR2004  # a triangle
            raise CutRefused("snap_collapses", tolerance_m=tolerance_m)
        parts.append(shapely.Polygon(rings[0], rings[1:]))
    found = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    if not found.is_valid or found.is_empty:
        raise CutRefused("snap_collapses", tolerance_m=tolerance_m)
    return Snapped(found, moved, added, float(found.area - geom.area))


def cut_back(geom: BaseGeometry, neighbours: NDArray[np.object_]) -> BaseGeometry:
    """Take off what lies in neighbours, along their own edges; may be empty."""
    meeting = neighbours[shapely.intersects(neighbours, geom)]
    if not len(meeting):
        return geom
    # slivers thinner than the grid are what rounding leaves along an edge, not land
    parts = [part for part in faces_outside(geom, meeting) if not shapely.is_empty(shapely.buffer(part, -STEP_M))]
    if not parts:
        return shapely.Polygon()
    return gathered(parts)


def merge(geoms: NDArray[np.object_]) -> BaseGeometry:
    """Join polygons that share edges into one; its area is theirs together.

    Vertices that one has on another's edge are put into that edge first, so that T-junctions close.

    Raises
    ------
    CutRefused
        ``not_adjacent`` with the gap: they do not make one polygon; ``merge_changes_area`` with the change: they
        overlap, or leave a sliver between them, and must be snapped first.
    """
    joined = shapely.union_all(_stitched(geoms))
    if len(shapely.get_parts(joined)) > max(1, _parts_apart(geoms)):
        raise CutRefused("not_adjacent", gap_m=round(_gap(geoms), 3))
    change = float(joined.area - shapely.area(geoms).sum())
    if abs(change) > MOST_CHANGE_M2:
        raise CutRefused("merge_changes_area", change_m2=round(change, 4), most_m2=MOST_CHANGE_M2)
    return joined


def _stitched(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    """The polygons with every vertex that one has on another's edge put into that edge; none is moved."""
    out = geoms.copy()
    for at, geom in enumerate(geoms):
        target = _Target.of(np.delete(geoms, at))
        if target is None:
            continue
        parts = [
            [target.filled(shapely.get_coordinates(ring)[:-1], STITCH_M) for ring in shapely.get_rings(part)]
            for part in shapely.get_parts(geom)
        ]
        shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in parts]
        out[at] = shapes[0] if len(shapes) == 1 else shapely.multipolygons(shapes)
    return out


@dataclass(frozen=True, slots=True)
class _Target:
    """The vertices and edges of neighbours, ready to be looked up."""

    places: Points
    starts: Points
    ends: Points
    place_tree: shapely.STRtree
    edge_tree: shapely.STRtree

    @classmethod
    def of(cls, geoms: NDArray[np.object_]) -> _Target | None:
        rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(geoms))]
        if not rings:
            return None
        starts = np.concatenate([ring[:-1] for ring in rings])
        ends = np.concatenate([ring[1:] for ring in rings])
        places = np.unique(starts, axis=0)
        edges = np.asarray(shapely.linestrings(np.stack([starts, ends], axis=1)), dtype=object)
        spots = np.asarray(shapely.points(places), dtype=object)
        return cls(places, starts, ends, shapely.STRtree(spots), shapely.STRtree(edges))

    def pulled(self, xy: Points, tolerance_m: float) -> list[Points]:
        """For each vertex where it goes: the nearest vertex within tolerance, else one place or two beside an edge."""
        points = np.asarray(shapely.points(xy), dtype=object)
        out: list[Points] = [row[None] for row in xy]
        free = np.ones(len(xy), dtype=bool)
        which, place = self.place_tree.query_nearest(points, max_distance=tolerance_m, all_matches=False)
        for row, at in zip(which, place, strict=True):
            out[row], free[row] = self.places[at][None], False
        # what lies on the grid beside an edge already is where it would be put
        rest = np.flatnonzero(free)
        (which, edge), far = self.edge_tree.query_nearest(
            points[rest], max_distance=tolerance_m, all_matches=False, return_distance=True
        )
        loose = (far > STEP_M) | (xy[rest[which]] != to_grid(xy[rest[which]])).any(axis=1)
        for row, at in zip(rest[which[loose]], edge[loose], strict=True):  # the few that lie on no vertex
            start, end = self.starts[at], self.ends[at]
            share = float((xy[row] - start) @ (end - start) / ((end - start) @ (end - start)))
            beside = place_beside(start, end, start + np.clip(share, 0.0, 1.0) * (end - start))
            if beside is not None:
                out[row] = beside[None]
        return out

    def filled(self, ring: Points, tolerance_m: float) -> Points:
        """The ring with the neighbours' vertices that lie along its edges within tolerance put into them."""
        ends = np.roll(ring, -1, axis=0)
        edges = np.asarray(shapely.linestrings(np.stack([ring, ends], axis=1)), dtype=object)
        which, place = self.place_tree.query(edges, predicate="dwithin", distance=tolerance_m)
        known = {tuple(xy) for xy in ring.tolist()}
        new: dict[int, list[Points]] = {}
        # a vertex near two edges belongs to the nearer one
        order = np.argsort(shapely.distance(edges[which], shapely.points(self.places[place])), kind="stable")
        for at, found in zip(which[order].tolist(), place[order].tolist(), strict=True):
            xy = self.places[found]
            along = ends[at] - ring[at]
            share = float((xy - ring[at]) @ along / (along @ along))
            if tuple(xy.tolist()) not in known and 0.0 < share < 1.0:
                known.add(tuple(xy.tolist()))
                new.setdefault(at, []).append(xy)
        rows = []
        for at, start in enumerate(ring):
            inserted = sorted(new.get(at, ()), key=lambda xy, origin=start: float(np.hypot(*(xy - origin))))
            rows += [start, *inserted]
        return np.array(rows)


def _without_repeats(ring: Points) -> Points:
    kept = (ring != np.roll(ring, 1, axis=0)).any(axis=1)
    return np.asarray(ring[kept])


def _parts_apart(geoms: NDArray[np.object_]) -> int:
    """Into how many parts a merge may fall because a member itself has several."""
    return int((shapely.get_num_geometries(geoms) - 1).sum()) + 1


def _gap(geoms: NDArray[np.object_]) -> float:
    """The widest gap that a merge would have to close: the longest link of the shortest tree that joins them all."""
    widest, apart = 0.0, np.full(len(geoms), np.inf)
    loose = np.ones(len(geoms), dtype=bool)
    at = 0
    for _ in range(1, len(geoms)):
        loose[at] = False
        apart = np.minimum(apart, shapely.distance(geoms[at], geoms))
        at = int(np.argmin(np.where(loose, apart, np.inf)))
        widest = max(widest, float(apart[at]))
    return widest
