"""Land to cut up, for property tests: crooked shells, holes, several parts, on the grid or off it."""

from __future__ import annotations

import numpy as np
import shapely
import shapely.affinity
from hypothesis import assume
from hypothesis import strategies as some
from shapely.geometry.base import BaseGeometry

EAST, NORTH = 507_286.0, 3_240_000.0


@some.composite
def polygons(draw):
    """A valid polygon or multi-polygon some hundred metres across, in metres of a projected CRS."""
    count = draw(some.integers(3, 12))
    turns = np.cumsum(draw(some.lists(some.floats(0.2, 1.0), min_size=count, max_size=count)))
    angles = turns / turns[-1] * 2 * np.pi
    radii = np.array(draw(some.lists(some.floats(15.0, 300.0), min_size=count, max_size=count)))
    ring = np.stack([EAST + radii * np.cos(angles), NORTH + radii * np.sin(angles)], axis=1)
    shape: BaseGeometry = shapely.Polygon(np.round(ring, 3))
    assume(shape.is_valid and shape.area > 200.0)
    if draw(some.booleans()):
        hole = shapely.box(EAST - 4.0, NORTH - 4.0, EAST + 3.0, NORTH + 5.0)
        shape = shape.difference(hole)
    if draw(some.booleans()):
        # also by a hair, which leaves edges all but parallel to the grid
        turn_deg = draw(some.floats(0.0, 360.0) | some.sampled_from([1e-4, 0.001, 45.0, 90.0]))
        shape = shapely.affinity.rotate(shape, turn_deg, origin=(EAST, NORTH))
    if draw(some.booleans()):
        west = EAST - draw(some.sampled_from([900.0, 600.0]))  # the nearer one is cut by lines, the farther is not
        apart = shapely.box(west, NORTH, west + draw(some.floats(5.0, 200.0)), NORTH + 90.125)
        shape = shapely.MultiPolygon([*shapely.get_parts(shape), apart])
    assume(shape.is_valid)
    return shape


@some.composite
def lines(draw, *, most_points=5):
    """A line that wanders across where the polygons lie."""
    count = draw(some.integers(2, most_points))
    angle = draw(some.floats(0.0, np.pi))
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    aside = np.array(draw(some.lists(some.floats(-60.0, 60.0), min_size=count, max_size=count)))
    places = np.linspace(-700.0, 700.0, count)
    return shapely.LineString(np.array([EAST, NORTH]) + places[:, None] * along + aside[:, None] * across)


def square_grid(columns, rows, *, size=100.0):
    """Squares that share their edges, from the south-west on."""
    west, south = np.meshgrid(np.arange(columns) * size + EAST, np.arange(rows) * size + NORTH)
    return shapely.box(west.ravel(), south.ravel(), west.ravel() + size, south.ravel() + size)
