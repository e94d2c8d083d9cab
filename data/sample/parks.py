"""The parks as outlines round their blocks and the streets between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from data.sample.blocks import Block
from data.sample.drawing import GRID_M
from data.sample.sites import SHARED_OUT, SITES
from data.sample.writing import Feature

# half the widest street that a park spans: closing by it joins the blocks on both sides
HALF_STREET_M: Final = 32.0


def park_outline(blocks: Sequence[Block]) -> BaseGeometry:
    """Return the outline of a park: its blocks with the streets between them, without the streets round them."""
    land = shapely.union_all([block.land for block in blocks])
    closed = land.buffer(HALF_STREET_M, join_style="mitre").buffer(-HALF_STREET_M, join_style="mitre")
    whole = shapely.union_all([closed, land])
    filled = [Polygon(part.exterior) for part in shapely.get_parts(whole).tolist() if isinstance(part, Polygon)]
    return shapely.set_precision(shapely.union_all(filled), GRID_M)


def park_features(site_blocks: Mapping[str, Sequence[Block]]) -> list[Feature]:
    """Return the parks in their listed order."""
    features = []
    for number, site in enumerate(SITES, 1):
        operated = site.floor_area_m2 > 0
        features.append(Feature(park_outline(site_blocks[site.name]), {
            "code": f"示例YQ-{number:02d}", "name": site.name, "state": site.state, "milestone": site.milestone or None,
            "town": site.town, "floor_area_m2": float(site.floor_area_m2) if operated else None,
            "floor_area_qualifier": "at_least" if operated else None,
            "note": f"{site.note}；{SHARED_OUT}" if operated else site.note, "is_sample": True,
        }))  # fmt: skip
    return features
