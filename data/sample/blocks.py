"""The blocks between the roads: the faces of the network less the land of its roads, rivers and hills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.sample.drawing import GRID_M, at
from data.sample.ground import RIVER_CONTROL_M, Ground
from data.sample.network import Road
from data.sample.sites import SITES, Site

SMALLEST_BLOCK_M2 = 9_000.0
LARGEST_BLOCK_M2 = 700_000.0
WIDEST_STREET_M = 62.0


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the face between road middle lines, and the land that is left of it."""

    face: Polygon
    land: Polygon


def faces(roads: Sequence[Road]) -> list[Polygon]:
    """Return the faces of the road network, in the order of their bounds."""
    linework = shapely.union_all([road.line for road in roads], grid_size=GRID_M)
    found = [face for face in shapely.polygonize([linework]).geoms if isinstance(face, Polygon)]
    return sorted(found, key=lambda face: face.bounds)


def blocks(roads: Sequence[Road], land: Ground) -> list[Block]:
    """Return every block that is big enough to be one."""
    network_faces = faces(roads)
    reserved = [_right_of_way(road) for road in roads]
    reserved += [
        shape.buffer(RIVER_CONTROL_M + 4, quad_segs=4).simplify(2.0)
        for shape in (*land.rivers.values(), *land.reservoirs)
    ]
    reserved += [hill.simplify(4.0) for hill in land.hills]
    tree = shapely.STRtree(reserved)
    found = []
    for face in network_faces:
        if not SMALLEST_BLOCK_M2 < face.area < 4 * LARGEST_BLOCK_M2:
            continue
        cut = [reserved[index] for index in sorted(tree.query(face, predicate="intersects").tolist())]
        rest = _largest(face.difference(shapely.union_all(cut)))
        if rest is not None and rest.area >= SMALLEST_BLOCK_M2:
            found.append(Block(face, rest))
    return found


def _right_of_way(road: Road) -> BaseGeometry:
    return road.line.buffer(road.width_m / 2, cap_style="square", join_style="mitre", mitre_limit=2.0)


def _largest(shape: BaseGeometry) -> Polygon | None:
    """Return the biggest part, without spikes, its curves thinned to what a plan would show."""
    opened = shape.buffer(-6, join_style="mitre").buffer(6, join_style="mitre")
    parts = [part for part in shapely.get_parts(opened).tolist() if isinstance(part, Polygon)]
    if not parts:
        return None
    biggest = max(parts, key=lambda part: (part.area, part.bounds))
    thinned = shapely.set_precision(Polygon(biggest.exterior).simplify(0.6), GRID_M)
    return thinned if isinstance(thinned, Polygon) else None


def blocks_of_sites(every: Sequence[Block], towns: dict[str, Polygon]) -> dict[str, list[Block]]:
    """Return the blocks that make each site: those nearest its centre in its own town, until its land is reached.

    A block belongs to one site; the sites take turns in their listed order.
    """
    taken: set[int] = set()
    result: dict[str, list[Block]] = {}
    for site in SITES:
        free = [
            index for index in _nearest_first(every, site)
            if index not in taken
            and every[index].land.area < LARGEST_BLOCK_M2
            and towns[site.town].contains(every[index].land)
        ]  # fmt: skip
        chosen = _grown_together(every, free, site.land_hectares)
        taken.update(chosen)
        result[site.name] = [every[index] for index in chosen]
    return result


def _grown_together(every: Sequence[Block], free: Sequence[int], hectares: float) -> list[int]:
    """Return blocks from the nearest outwards, each across a street from one that is in already."""
    chosen = [free[0]]
    while sum(every[index].land.area for index in chosen) < hectares * 10_000:
        site = shapely.union_all([every[index].land for index in chosen])
        beside = next((i for i in free if i not in chosen and site.distance(every[i].land) < WIDEST_STREET_M), None)
        if beside is None:
            break
        chosen.append(beside)
    return chosen


def _nearest_first(every: Sequence[Block], site: Site) -> list[int]:
    centre = at(site.centre_km)
    away = {
        index: math.dist((block.land.centroid.x, block.land.centroid.y), centre) for index, block in enumerate(every)
    }
    return sorted(away, key=lambda index: (round(away[index], 1), index))
