"""The reserve parcels as shapes: each site's blocks divided, and on purpose the geometries that trouble other tools.

Holes, several parts, gaps of 5 mm to 0.5 m, and sides whose vertices differ from the neighbour's. What is special about
a parcel stands in its note.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from data.sample.blocks import Block
from data.sample.dividing import MU_M2, box_corners, divided
from data.sample.drawing import GRID_M, blob, chance, snap
from data.sample.sites import SITES, Site

GAPS_M: Final = (0.005, 0.02, 0.08, 0.15, 0.3, 0.5)
PONDS: Final = 3
SUBSTATIONS: Final = 2
CANALS: Final = 3
LOOSE_SIDES: Final = 14


@dataclass(frozen=True, slots=True)
class Lot:
    """One reserve parcel before it has attributes."""

    site: Site
    block: int
    shape: BaseGeometry
    note: str = ""
    hole: Polygon | None = None


def reserve_lots(site_blocks: Mapping[str, Sequence[Block]]) -> list[Lot]:
    """Return the lots of every site, north to south within a site."""
    lots: list[Lot] = []
    for number, site in enumerate(SITES):
        lots += _lots_of(site, site_blocks[site.name], seed=1000 * (number + 1))
    for special in (_with_streets_between, _with_holes, _with_canals, _with_gaps, _with_loose_sides):
        lots = special(lots)
    return lots


def _lots_of(site: Site, blocks: Sequence[Block], *, seed: int) -> list[Lot]:
    """Return as many of the site's pieces as it has in reserve, a factory left standing here and there."""
    lots = []
    for number, block in enumerate(blocks):
        pieces = divided(block.land, seed=seed + number)
        kept = [piece for index, piece in enumerate(pieces) if len(pieces) < 3 or chance(seed, number, index) > 0.13]
        lots += [Lot(site, seed + number, piece) for piece in kept]
        if len(lots) >= site.parcels:
            break
    return sorted(lots, key=lambda lot: (-round(lot.shape.centroid.y / 150), round(lot.shape.centroid.x, 1)))


def _chosen(lots: Sequence[Lot], count: int, *, smallest_mu: float, largest_mu: float, seed: int) -> list[int]:
    """Return the positions of plain lots of a size, spread over the sites."""
    fit = [
        i for i, lot in enumerate(lots) if not lot.note and smallest_mu * MU_M2 < lot.shape.area < largest_mu * MU_M2
    ]
    by_luck = sorted(fit, key=lambda i: chance(seed, i))
    firsts = [i for k, i in enumerate(by_luck) if all(lots[i].site != lots[j].site for j in by_luck[:k])]
    return firsts[:count]


def _with_holes(lots: list[Lot]) -> list[Lot]:
    result = list(lots)
    for order, i in enumerate(_chosen(lots, PONDS + SUBSTATIONS, smallest_mu=70, largest_mu=260, seed=51)):
        lot = lots[i]
        if not isinstance(lot.shape, Polygon):
            continue
        centre = shapely.maximum_inscribed_circle(lot.shape, tolerance=1.0)
        radius = min(45.0, 0.45 * centre.length)
        x, y = centre.coords[0]
        if order < PONDS:
            hole, note = blob((x, y), radius, seed=700 + i, squash=0.7, turn=order, sides=14), "内有坑塘（洞）"
        else:
            half = min(22.0, 0.6 * radius)
            corners = ((-half, -half), (half, -half), (half, half), (-half, half))
            hole = Polygon([snap(x + u * 0.94 - v * 0.34, y + u * 0.34 + v * 0.94) for u, v in corners])
            note = "内有示例变电站（洞）"
        result[i] = replace(lot, shape=_on_grid(lot.shape.difference(hole)), note=note, hole=hole)
    return result


def _with_canals(lots: list[Lot]) -> list[Lot]:
    """Split some lots by a canal 9 m wide: two parts, one parcel."""
    result = list(lots)
    shapes = [lot.shape for lot in lots]
    done = 0
    for i in _chosen(lots, 12, smallest_mu=60, largest_mu=240, seed=52):
        parts = _on_grid(shapes[i].difference(_canal(shapes[i], share=0.42 + 0.06 * done)))
        if done < CANALS and len(shapely.get_parts(parts)) == 2 and not _overlaps(parts, i, shapes):
            result[i] = replace(lots[i], shape=parts, note="渠道分隔，两部分一宗")
            done += 1
    return result


def _canal(shape: BaseGeometry, *, share: float) -> Polygon:
    """Return a strip across the long side of a shape, at a share of its length."""
    corners = box_corners(shape)
    first = 0 if math.dist(corners[0], corners[1]) >= math.dist(corners[1], corners[2]) else 1
    a, b, c, d = (corners[(first + k) % 4] for k in range(4))
    ends = [(p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share) for p, q in ((a, b), (d, c))]
    return LineString(ends).buffer(4.5, cap_style="square")


def _overlaps(shape: BaseGeometry, own: int, shapes: Sequence[BaseGeometry]) -> bool:
    """Tell whether a changed shape lies over any other; a vertex put on a slanting side may stand 0.5 mm beyond it."""
    others = [other for k, other in enumerate(shapes) if k != own and other.intersects(shape)]
    return bool(shapely.union_all(others).intersection(shape).area > 0.0)


def _with_streets_between(lots: list[Lot]) -> list[Lot]:
    """Join two pairs of lots that face each other across a street into one parcel of two parts."""
    shapes = [lot.shape for lot in lots]
    tree = shapely.STRtree(shapes)
    joined: dict[int, int] = {}
    for i in _chosen(lots, 12, smallest_mu=40, largest_mu=200, seed=53):
        across = [
            int(j) for j in tree.query(shapes[i].buffer(24), predicate="intersects")
            if lots[j].site == lots[i].site and lots[j].block != lots[i].block and shapes[j].distance(shapes[i]) > 5
        ]  # fmt: skip
        facing = [j for j in sorted(across) if shapes[j].intersection(shapes[i].buffer(24)).area > 900]
        if facing and len(joined) < 2:
            joined[i] = facing[0]
    result = list(lots)
    for i, j in joined.items():
        result[i] = replace(
            lots[i], shape=_on_grid(shapely.union_all([shapes[i], shapes[j]])), note="道路分隔，两部分一宗"
        )
    gone = set(joined.values())
    return [lot for k, lot in enumerate(result) if k not in gone]


def _with_gaps(lots: list[Lot]) -> list[Lot]:
    """Draw some lots back from one neighbour by a few millimetres to half a metre, as two surveys of one side would."""
    result = list(lots)
    shapes = [lot.shape for lot in lots]
    tree = shapely.STRtree(shapes)
    done = 0
    for i in _chosen(lots, 16, smallest_mu=15, largest_mu=220, seed=54):
        beside = [
            int(j) for j in sorted(tree.query(shapes[i], predicate="touches"))
            if not lots[j].note and result[j].shape is shapes[j] and shapes[i].intersection(shapes[j]).length > 60
        ]  # fmt: skip
        if not beside or done == len(GAPS_M):
            continue
        gap_m = GAPS_M[done]
        drawn_back = _on_grid(shapes[i].difference(shapes[beside[0]].buffer(gap_m, join_style="mitre")))
        if _overlaps(drawn_back, i, shapes):
            continue
        result[i] = replace(lots[i], shape=drawn_back, note=f"与邻宗留缝 {gap_m:g} m")
        result[beside[0]] = replace(lots[beside[0]], note=f"与邻宗留缝 {gap_m:g} m")
        done += 1
    return result


def _with_loose_sides(lots: list[Lot]) -> list[Lot]:
    """Drop a vertex that only the neighbours need from some long sides, so that the two sides' vertices differ."""
    result = list(lots)
    shapes = [lot.shape for lot in lots]
    done = 0
    for i in sorted(range(len(lots)), key=lambda k: chance(55, k)):
        shape = shapes[i]
        if done == LOOSE_SIDES or lots[i].note or not isinstance(shape, Polygon):
            continue
        loosened = _without_a_straight_vertex(shape)
        if loosened is None:
            continue
        if not _overlaps(loosened, i, shapes):
            result[i] = replace(lots[i], shape=loosened, note="与邻宗同边不同点")
            done += 1
    return result


def _without_a_straight_vertex(shape: Polygon) -> Polygon | None:
    ring = list(shape.exterior.coords)[:-1]
    for k, point in enumerate(ring):
        before, after = ring[k - 1], ring[(k + 1) % len(ring)]
        off = LineString([before, after]).distance(shapely.Point(point))
        if off < 0.002 and min(math.dist(before, point), math.dist(point, after)) > 25:
            return Polygon(ring[:k] + ring[k + 1 :])
    return None


def _on_grid(shape: BaseGeometry) -> BaseGeometry:
    return shapely.set_precision(shape, GRID_M)
