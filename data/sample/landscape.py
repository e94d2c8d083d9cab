"""What lies under everything: water, wooded hills, town parks, and the built-up land of towns, works and villages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from data.sample.blocks import Block
from data.sample.drawing import GRID_M, blob, chance, snap
from data.sample.ground import Ground
from data.sample.reserve import Lot
from data.sample.writing import Feature

# a face larger than this is countryside, whatever lies in it
TOWN_FACE_M2: Final = 1_300_000.0


def landscape_features(land: Ground, every: Sequence[Block], lots: Sequence[Lot]) -> list[Feature]:
    """Return the landscape, in drawing order: green, built-up, town green, water."""
    town, gardens = _town_blocks(land, every, lots)
    ponds = [lot.hole for lot in lots if lot.hole is not None and "坑塘" in lot.note]
    rows: list[tuple[str, str, BaseGeometry]] = []
    rows += [(f"示例山林-{n:02d}", "green", hill) for n, hill in enumerate(land.hills, 1)]
    rows += [(f"示例建成区-{n:02d}", "built_up", part) for n, part in enumerate(_smooth(town, land), 1)]
    rows += [(f"示例村庄-{n:03d}", "built_up", village) for n, village in enumerate(_villages(land, every), 1)]
    rows += [(f"示例公园-{n:02d}", "green", garden) for n, garden in enumerate(gardens, 1)]
    rows += [(name, "water", shape) for name, shape in land.rivers.items()]
    rows += [(f"示例水库-{n:02d}", "water", shape) for n, shape in enumerate(land.reservoirs, 1)]
    rows += [(f"示例坑塘-{n:02d}", "water", shape) for n, shape in enumerate(ponds, 1)]
    return [
        Feature(shapely.set_precision(shape, GRID_M), {
            "code": f"示例DT-{number:03d}", "name": name, "kind": kind, "note": "示意", "is_sample": True,
        })
        for number, (name, kind, shape) in enumerate(rows, 1)
    ]  # fmt: skip


def _town_blocks(land: Ground, every: Sequence[Block], lots: Sequence[Lot]) -> tuple[list[Polygon], list[Polygon]]:
    """Return the faces that are town, and the blocks among them that are parks."""
    shapely.prepare(land.built)
    reserve = shapely.STRtree([lot.shape for lot in lots])
    town, gardens = [], []
    for number, block in enumerate(every):
        works = len(reserve.query(block.land, predicate="intersects")) > 0
        inside = block.face.area < TOWN_FACE_M2 and land.built.contains(block.face.representative_point())
        if not (works or inside):
            continue
        town.append(block.face)
        if not works and block.land.area < 160_000 and chance(81, number) < 0.08:
            gardens.append(block.land)
    return town, gardens


def _smooth(town: Sequence[Polygon], land: Ground) -> list[Polygon]:
    joined = shapely.union_all(town).buffer(45).buffer(-25).difference(land.water.buffer(35)).intersection(land.city)
    parts = [part for part in shapely.get_parts(joined.simplify(4.0)).tolist() if part.area > 20_000]
    return sorted((_without_small_holes(part) for part in parts), key=lambda part: part.bounds)


def _without_small_holes(part: Polygon) -> Polygon:
    return Polygon(part.exterior, [ring for ring in part.interiors if Polygon(ring).area > 600_000])


def _villages(land: Ground, every: Sequence[Block]) -> list[BaseGeometry]:
    """Return small settlements in the countryside, each beside one of its roads."""
    avoid = shapely.union_all([land.built.buffer(80), land.water.buffer(40), *land.hills])
    found: list[BaseGeometry] = []
    for number, block in enumerate(every):
        if block.face.area < 350_000:
            continue
        for turn in range(3 + int(block.face.area / 300_000)):
            along = block.land.exterior.interpolate(chance(82, number, turn), normalized=True)
            village = blob(
                snap(along.x, along.y),
                90 + 150 * chance(83, number, turn),
                seed=9000 + number * 10 + turn,
                squash=0.62,
                turn=6.2 * chance(84, number, turn),
                wobble=0.4,
                sides=18,
            ).intersection(block.land)
            if isinstance(village, Polygon) and village.area > 12_000 and not village.intersects(avoid):
                found.append(village)
    return sorted(found, key=lambda village: village.bounds)


def parts_of(shape: BaseGeometry) -> list[Polygon]:
    """Return the polygons of a shape."""
    whole = (
        shape
        if isinstance(shape, MultiPolygon)
        else MultiPolygon([shape])
        if isinstance(shape, Polygon)
        else MultiPolygon()
    )
    return list(whole.geoms)
