"""What was put by comes back from the box that it lies in, and in the order of its numbers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from exchange import shelf
from geo.flat import FlatPolygons


def test_a_box_gives_what_meets_it_and_nothing_else(tmp_path):
    rng = np.random.default_rng(5)
    low = rng.uniform(0, 4_000, (500, 2))
    # one in ten is larger than a tile
    size = np.where(rng.random((500, 1)) < 0.1, 1_500.0, 40.0)
    bounds = np.hstack([low, low + size])
    shapes = np.asarray(shapely.box(*bounds.T), dtype=object)
    numbers = np.arange(500) * 3
    put, tiles = shelf.put_by(tmp_path / "s", bounds, pa.table({"row": numbers}), FlatPolygons.of(shapes))
    assert tiles.count.sum() == 500
    for box in ((100.0, 100.0, 900.0, 300.0), (2_000.0, 2_000.0, 2_001.0, 2_001.0)):
        near = shelf.within(put, [box])
        expected = np.flatnonzero(shapely.intersects(shapes, shapely.box(*box)))
        assert near.row.tolist() == numbers[expected].tolist()
        assert np.array_equal(near.bounds, bounds[expected])
        assert shapely.equals(shelf.polygons_at(put, near.place).shapes(), shapes[expected]).all()
        assert shelf.columns_at(put, near.place).column("row").to_pylist() == near.row.tolist()


def test_a_file_without_a_row_to_take_is_an_empty_shelf(tmp_path):
    nothing = FlatPolygons.of(np.zeros(0, dtype=object))
    put, tiles = shelf.put_by(tmp_path / "s", np.zeros((0, 4)), pa.table({"row": np.zeros(0, np.int64)}), nothing)
    assert len(tiles.key) == 0
    assert len(shelf.within(put, [(0.0, 0.0, 1.0, 1.0)]).row) == 0
