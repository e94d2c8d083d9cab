"""Draw the sample and write its files: ``python -m data.sample.build [FOLDER]``. Same script, same bytes."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import shapely
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.sample import attributes, blocks, network, reserve, sheet
from data.sample.constraints import constraint_features
from data.sample.drawing import at
from data.sample.facilities import facility_features, power_site_features
from data.sample.ground import ground
from data.sample.landscape import landscape_features
from data.sample.parks import park_features
from data.sample.registers import registers
from data.sample.sites import SITES
from data.sample.towns import NOTE, outline, town_cells
from data.sample.writing import Feature, geojson

FOLDER: Final = Path(__file__).parent


def drawn() -> dict[str, str]:
    """Return the text of every file of the sample, by file name."""
    city = outline()
    towns = town_cells(city)
    land = ground(city)
    roads = network.network(land, _industrial_land())
    every_block = blocks.blocks(roads, land)
    site_blocks = blocks.blocks_of_sites(every_block, towns)
    lots = reserve.reserve_lots(site_blocks)
    parcels = [Feature(lot.shape, row) for lot, row in zip(lots, attributes.parcel_rows(lots), strict=True)]
    layers = {
        "towns": _town_features(towns),
        "landscape": landscape_features(land, every_block, lots),
        "roads": _road_features(roads),
        "parks": park_features(site_blocks),
        "facilities": facility_features(towns, every_block, site_blocks),
        "constraints": constraint_features(land, every_block, site_blocks, roads, lots),
        "power_sites": power_site_features(lots, site_blocks),
        "parcels": parcels,
    }
    return {f"{name}.geojson": geojson(name, features) for name, features in layers.items()} | registers()


def _industrial_land() -> BaseGeometry:
    """Return where local streets are laid: a circle round each site that holds its land with room for roads."""
    circles = [
        ShapelyPoint(at(site.centre_km)).buffer(math.sqrt(site.land_hectares * 10_000 / 0.6 / math.pi) + 250)
        for site in SITES
    ]
    return shapely.union_all(circles)


def _town_features(towns: Mapping[str, Polygon]) -> list[Feature]:
    return [
        Feature(
            towns[town.name],
            {"code": f"示例ZJ-{number:02d}", "name": town.name, "kind": town.kind, "note": NOTE, "is_sample": True},
        )
        for number, town in enumerate(sheet.TOWNS, 1)
    ]


def _road_features(roads: list[network.Road]) -> list[Feature]:
    return [
        Feature(road.line, {
            "code": f"示例DL-{number:03d}", "name": road.name, "from_street": road.from_street or None,
            "to_street": road.to_street or None, "state": road.state, "road_class": road.road_class,
            "width_m": road.width_m,
            "opening": road.opening or None, "note": "线位示意", "is_sample": True,
        })
        for number, road in enumerate(roads, 1)
    ]  # fmt: skip


def main(folder: Path) -> None:
    """Write the files into the folder."""
    for name, text in drawn().items():
        # newline fixed: the bytes may not depend on the system
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
