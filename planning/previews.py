"""What a staged file would add: its extent, and a small picture of it over what is there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from planning.atlas import Atlas
from planning.staged import Staged

# a thumbnail shows no more than this; beyond, every so-many-th shape is drawn
MOST_SHAPES: Final = 4_000
WIDTH: Final = 560
HEIGHT: Final = 360
_MARGIN: Final = 10.0


@dataclass(frozen=True, slots=True)
class Extent:
    """Bounds in the storage CRS, metres: x east, y north."""

    west: float
    south: float
    east: float
    north: float


def extent(staged: Staged) -> Extent | None:
    """Return the bounds of the rows that can be taken; None when there are none."""
    bounds = staged.bounds[staged.takeable]
    if not len(bounds):
        return None
    return Extent(*(float(value) for value in (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))))


def picture(staged: Staged, atlas: Atlas) -> str | None:
    """Draw the rows that can be taken, over the layer's own rows in grey, as an SVG of numbers; None when empty."""
    frame = extent(staged)
    if frame is None:
        return None
    span = max(frame.east - frame.west, frame.north - frame.south, 1.0)
    scale = min((WIDTH - 2 * _MARGIN) / span, (HEIGHT - 2 * _MARGIN) / span)
    middle = np.array([(frame.west + frame.east) / 2, (frame.south + frame.north) / 2])
    there = atlas.layer(staged.layer).geoms
    reach = shapely.box(*(middle - span), *(middle + span))
    near = there[shapely.intersects(there, reach)] if len(there) else there
    drawn = staged.sampled_geoms(MOST_SHAPES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#F8F7F3"/>'
        f'<path d="{_path(near, middle, scale)}" fill="none" stroke="#9AA3AE" stroke-width="0.6"/>'
        f'<path d="{_path(drawn, middle, scale)}" fill="#0B4F8A" fill-opacity="0.18" fill-rule="evenodd" '
        f'stroke="#0B4F8A" stroke-width="0.9"/></svg>'
    )


def _path(geoms: NDArray[np.object_], middle: NDArray[np.float64], scale: float) -> str:
    drawn = geoms[:: max(1, -(-len(geoms) // MOST_SHAPES))]
    pieces: list[str] = []
    for part in shapely.get_parts(drawn):
        rings = shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else [part]  # noqa: PLR2004 - polygons
        for ring in rings:
            at = (shapely.get_coordinates(ring) - middle) * scale
            x, y = np.round(WIDTH / 2 + at[:, 0], 1), np.round(HEIGHT / 2 - at[:, 1], 1)
            if len(x) == 1:
                pieces.append(f"M{x[0] - 2} {y[0]}h4M{x[0]} {y[0] - 2}v4")
            else:
                pieces.append("M" + "L".join(f"{one} {other}" for one, other in zip(x, y, strict=True)))
    return "".join(pieces)
