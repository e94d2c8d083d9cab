"""Tiles say what the geometry says: decoded by another library, measured against shapely."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.geometry import shape

from geo import _mvt
from geo._strings import strings_of
from geo.tiling import EXTENT, TileIndex, unit_square

ZONE = CRS.from_epsg(4549)
EAST, NORTH = 500_000.0, 3_240_000.0


def fabric(columns: int, rows: int, *, size_m: float = 80.0) -> NDArray[np.object_]:
    """Quadrilaterals that share their crooked edges, row by row from the south-west."""
    rng = np.random.default_rng(7)
    x, y = np.meshgrid(np.arange(columns + 1) * size_m, np.arange(rows + 1) * size_m)
    corners = np.stack([x + EAST, y + NORTH], axis=-1) + rng.uniform(-0.2, 0.2, (rows + 1, columns + 1, 2)) * size_m
    around = (corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1])
    return np.asarray(shapely.polygons(np.stack(around, axis=2).reshape(-1, 4, 2)), dtype=np.object_)


def tile_over(index: TileIndex, z: int) -> tuple[int, int]:
    bounds = index.bounds_lonlat
    assert bounds is not None
    middle = unit_square(np.array([(bounds.west + bounds.east) / 2]), np.array([(bounds.south + bounds.north) / 2]))[0]
    x, y = (middle * 2**z).astype(int)
    return int(x), int(y)


def tiles_over(index: TileIndex, z: int) -> list[tuple[int, int]]:
    b = index.bounds_lonlat
    assert b is not None
    ends = (unit_square(np.array([b.west, b.east]), np.array([b.north, b.south])) * 2**z).astype(int)
    return [(x, y) for x in range(ends[0, 0], ends[1, 0] + 1) for y in range(ends[0, 1], ends[1, 1] + 1)]


def decoded(content: bytes, name: str = "f") -> list[dict[str, Any]]:
    layers = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})
    features: list[dict[str, Any]] = layers.get(name, {"features": []})["features"]
    return features


def test_another_library_reads_the_same_parcels() -> None:
    cells = fabric(12, 12)
    index = TileIndex(cells, ZONE)
    z = 15
    x, y = tile_over(index, z)
    features = decoded(index.tile(z, x, y))
    mercator = _mercator_units(cells, z, x, y)
    assert len(features) > 20
    for feature in features:
        drawn = shape(feature["geometry"])
        window = shapely.box(-300, -300, EXTENT + 300, EXTENT + 300)
        true = shapely.intersection(mercator[feature["id"]], window)
        assert drawn.is_valid
        assert drawn.hausdorff_distance(true) < 115  # what lies beyond the tile's rim is cut at 192 units, not at 300
        inside = shapely.box(0, 0, EXTENT, EXTENT)
        cut, whole = shapely.intersection(drawn, inside).area, shapely.intersection(true, inside).area
        assert cut == pytest.approx(whole, abs=0.75 * (whole**0.5 + 1) * 4)


def test_the_tiles_of_a_zoom_hold_the_whole_area_once() -> None:
    cells = fabric(9, 7)
    index = TileIndex(cells, ZONE)
    z = 16
    inside = shapely.box(0, 0, EXTENT, EXTENT)
    drawn = sum(
        shapely.intersection(shapely.make_valid(shape(feature["geometry"])), inside).area
        for x, y in tiles_over(index, z)
        for feature in decoded(index.tile(z, x, y))
    )
    true = shapely.area(_mercator_units(cells, z, 0, 0)).sum()
    assert drawn == pytest.approx(true, rel=2e-4)


@pytest.mark.parametrize("z", [12, 13, 14, 17])
def test_neighbours_keep_their_shared_corners(z: int) -> None:
    index = TileIndex(fabric(6, 6), ZONE)
    x, y = tile_over(index, z)
    corners: dict[int, set[tuple[int, int]]] = {
        feature["id"]: {tuple(p) for p in feature["geometry"]["coordinates"][0]}
        for feature in decoded(index.tile(z, x, y))
        if feature["geometry"]["type"] == "Polygon"
    }
    pairs = [(row, row + 1) for row in corners if row + 1 in corners and (row + 1) % 6]
    assert pairs
    whole = {row for row, points in corners.items() if all(-190 < v < EXTENT + 190 for p in points for v in p)}
    for left, right in pairs:
        if left in whole and right in whole:
            assert len(corners[left] & corners[right]) == 2


def test_holes_parts_lines_and_points_keep_their_form() -> None:
    ring = shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)
    holed = shapely.difference(ring, shapely.box(EAST + 30, NORTH + 30, EAST + 60, NORTH + 60))
    parts = shapely.union_all([_moved(ring, 200), _moved(ring, 400)])
    line = shapely.linestrings([[EAST, NORTH - 50], [EAST + 100, NORTH - 40], [EAST + 300, NORTH - 60]])
    geoms = np.array([holed, parts, line, shapely.Point(EAST + 10, NORTH - 90), None, shapely.Polygon()], dtype=object)
    index = TileIndex(geoms, ZONE)
    # shallow enough for all of it to lie in one tile
    z = next(z for z in range(15, 5, -1) if len(tiles_over(index, z)) == 1)
    found = {feature["id"]: feature["geometry"] for feature in decoded(index.tile(z, *tile_over(index, z)))}
    assert {row: geometry["type"] for row, geometry in found.items()} == {
        0: "Polygon", 1: "MultiPolygon", 2: "LineString", 3: "Point",
    }  # fmt: skip
    assert len(found[0]["coordinates"]) == 2
    assert len(found[1]["coordinates"]) == 2


def test_a_place_without_parcels_is_empty_bytes() -> None:
    index = TileIndex(fabric(3, 3), ZONE)
    assert index.tile(14, 0, 0) == b""
    assert TileIndex(np.empty(0, dtype=object), ZONE).tile(3, 4, 2) == b""
    assert TileIndex(np.empty(0, dtype=object), ZONE).bounds_lonlat is None


def test_a_crowd_becomes_an_overview_of_cells_with_the_largest_parcel_in_each() -> None:
    cells = fabric(120, 120, size_m=20.0)
    index = TileIndex(cells, ZONE)
    z = 10
    x, y = tile_over(index, z)
    content = index.tile(z, x, y)
    shown = decoded(content, "o2")
    assert not decoded(content)
    assert 0 < len(shown) < len(cells) / 4
    assert len({tuple(feature["geometry"]["coordinates"]) for feature in shown}) == len(shown)
    # independent of the tiler: which parcels have their middle in the cell, and which of them is largest
    mercator = _mercator_units(cells, z, x, y)
    middles = np.array([[(b[0] + b[2]) / 2, (b[1] + b[3]) / 2] for b in shapely.bounds(mercator)])
    for feature in shown[:: max(1, len(shown) // 25)]:
        corner = np.array(feature["geometry"]["coordinates"])
        here = ((middles >= corner + 1.1) & (middles < corner + 14.9)).all(axis=1)
        if here.any():
            assert mercator[feature["id"]].area >= shapely.area(mercator[here]).max() * 0.999


def test_a_few_specks_stay_visible() -> None:
    index = TileIndex(fabric(2, 2, size_m=15.0), ZONE)
    x, y = tile_over(index, 9)
    features = decoded(index.tile(9, x, y))
    assert sorted(feature["id"] for feature in features) == [0, 1, 2, 3]
    assert all(shape(feature["geometry"]).area > 0 for feature in features)


def test_signs_stand_inside_parcels_that_have_room() -> None:
    index = TileIndex(fabric(6, 6), ZONE)
    z = 17
    x, y = tile_over(index, z)
    content = index.tile(z, x, y, signs=True)
    shapes = {feature["id"]: shape(feature["geometry"]) for feature in decoded(content)}
    signs = decoded(content, "a")
    assert signs
    for sign in signs:
        assert shapes[sign["id"]].buffer(2).covers(shape(sign["geometry"]))
    far = TileIndex(fabric(6, 6), ZONE)
    assert not decoded(far.tile(12, *tile_over(far, 12), signs=True), "a")


def test_bounds_are_those_of_the_projection() -> None:
    cells = fabric(4, 3)
    bounds = TileIndex(cells, ZONE).bounds_lonlat
    assert bounds is not None
    assert bounds.west == pytest.approx(120.0, abs=0.001)
    assert bounds.north - bounds.south == pytest.approx(240 / 110_900, rel=0.25)
    one = TileIndex(cells, ZONE).bounds_of(np.array([5]))
    assert one is not None
    assert bounds.west <= one.west < one.east <= bounds.east


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-(2**27), 2**27), st.integers(-(2**27), 2**27)), min_size=2, max_size=12),
        min_size=1, max_size=20,
    )
)  # fmt: skip
def test_any_line_is_read_back_without_its_repeated_vertices(lines: list[list[tuple[int, int]]]) -> None:
    strings = strings_of(_lines(lines))
    content = _mvt.layer("f", strings, strings.xy.astype(np.int64), extent=EXTENT)
    wanted = {row: cleaned for row, line in enumerate(lines) if len(cleaned := _without_repeats(line)) > 1}
    found = {feature["id"]: [tuple(p) for p in feature["geometry"]["coordinates"]] for feature in decoded(content)}
    assert found == wanted


def _lines(lines: list[list[tuple[int, int]]]) -> NDArray[np.object_]:
    return np.array([shapely.linestrings(np.array(line, float)) for line in lines], dtype=object)


def _without_repeats(line: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [point for at, point in enumerate(line) if at == 0 or point != line[at - 1]]


def _moved(geom: shapely.Geometry, dx: float) -> shapely.Geometry:
    moved: shapely.Geometry = shapely.transform(geom, lambda xy: xy + np.array([dx, 0.0]))
    return moved


def _mercator_units(geoms: NDArray[np.object_], z: int, x: int, y: int) -> NDArray[np.object_]:
    """The same by pyproj's own Web Mercator, in units of the tile."""
    half = 20037508.342789244
    to_mercator = Transformer.from_crs(ZONE, CRS.from_epsg(3857), always_xy=True)

    def units(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        east, north = to_mercator.transform(xy[:, 0], xy[:, 1])
        world = np.column_stack([(east + half) / (2 * half), (half - north) / (2 * half)])
        return np.asarray((world * 2**z - np.array([x, y])) * EXTENT, dtype=np.float64)

    moved: NDArray[np.object_] = shapely.transform(geoms, units)
    return moved
