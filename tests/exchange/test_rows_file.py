"""Rows in batches: every row in one of them, none heavier than a batch may be, geometries found by position."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exchange.rows_file import BATCH_ROWS, BATCH_VERTICES, RowsFile, RowsWriter, spans


@given(st.lists(st.sampled_from([0, 5, 300_000, BATCH_VERTICES, 3 * BATCH_VERTICES]), max_size=30), st.integers(0, 500))
def test_batches_hold_every_row_once_and_are_bounded(vertices, columns):
    found = list(spans(np.array(vertices, dtype=np.int64), columns))
    assert list(itertools.chain.from_iterable(range(*span) for span in found)) == list(range(len(vertices)))
    for start, end in found:
        assert end - start <= BATCH_ROWS
        assert end == start + 1 or sum(vertices[start:end]) <= BATCH_VERTICES


def test_many_rows_and_many_columns_are_cut():
    assert [end - start for start, end in spans(np.full(10_000, 5), 3)] == [2048, 2048, 2048, 2048, 1808]
    assert max(end - start for start, end in spans(np.full(10_000, 5), 499)) < 300


def test_geometries_are_found_by_position_across_batches(tmp_path):
    points = np.array([shapely.Point(at, at) for at in range(10)], dtype=object)
    with RowsWriter(tmp_path / "rows", ("name",)) as writer:
        for part in (points[:4], points[4:5], points[5:]):
            writer.write(shapely.to_wkb(part).tolist(), [[f"{one.x:.0f}" for one in part]])
    rows = RowsFile(tmp_path / "rows")
    assert len(rows) == 10
    places = np.array([9, 0, 4, 4, 3], dtype=np.int64)
    assert [one.x for one in rows.geoms_at(places)] == places.tolist()
    assert list(rows.column(0)) == [str(at) for at in range(10)]
    assert [len(batch) for batch in rows.batches()] == [4, 1, 5]
