"""Pieces share out every row once, evenly, and a box is found by what it meets."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.partition import TILE_M, Tiles, beyond, meeting, pieces, tile_of


def boxes(count: int, *, seed: int, extent_m: float, size_m: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    low = rng.uniform(-extent_m, extent_m, (count, 2))
    return np.hstack([low, low + rng.exponential(size_m, (count, 2))])


@given(st.integers(0, 1 << 16), st.integers(1, 300), st.integers(1, 80))
def test_each_row_has_one_piece_whose_hull_holds_it_when_it_is_small(seed, count, most_rows):
    bounds = boxes(count, seed=seed, extent_m=5_000, size_m=200)
    cut = pieces(Tiles.of(bounds), most_rows=most_rows)
    owner = np.array([np.isin(tile_of(bounds), piece.tiles) for piece in cut])
    assert owner.sum(axis=0).tolist() == [1] * count
    small = (bounds[:, 2:] - bounds[:, :2]).max(axis=1) <= TILE_M
    for piece, own in zip(cut, owner, strict=True):
        assert not beyond(bounds[own & small], piece.hull).any()
        assert meeting(bounds[own], [piece.hull]).all()


def test_pieces_are_even_and_compact_wherever_rows_crowd():
    bounds = boxes(200_000, seed=1, extent_m=30_000, size_m=20)
    bounds[:100_000] = bounds[:100_000] / 4.0
    cut = pieces(Tiles.of(bounds), most_rows=10_000)
    sizes = [int(np.isin(tile_of(bounds), piece.tiles).sum()) for piece in cut]
    assert max(sizes) < 1.3 * 10_000
    # hulls of rectangles of tiles overlap by no more than a row's size: together they are hardly more than the town
    together = sum((p.hull[2] - p.hull[0]) * (p.hull[3] - p.hull[1]) for p in cut)
    assert together < 1.2 * 60_000**2


def test_a_layer_in_parts_has_the_tiles_of_the_whole():
    bounds = boxes(1_000, seed=2, extent_m=4_000, size_m=300)
    whole, joined = Tiles.of(bounds), Tiles.joined([Tiles.of(bounds[::2]), Tiles.of(bounds[1::2])])
    for name in ("key", "count", "hull"):
        assert np.array_equal(getattr(whole, name), getattr(joined, name))


@given(st.integers(0, 1 << 16), st.integers(1, 40))
def test_boxes_meet_as_shapely_has_it(seed, wanted):
    bounds = boxes(200, seed=seed, extent_m=1_000, size_m=60)
    asked = boxes(wanted, seed=seed + 1, extent_m=1_000, size_m=60)
    expected = shapely.intersects(shapely.box(*bounds.T)[:, None], shapely.box(*asked.T)[None, :]).any(axis=1)
    assert np.array_equal(meeting(bounds, [tuple(box) for box in asked.tolist()]), expected)
