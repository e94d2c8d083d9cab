"""On how many others a shape is stacked: equal to asking every two, and ended where it is to end."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.stacking import stacked


def by_every_two(bounds):
    west, south, east, north = np.asarray(bounds, dtype=float).T
    x, y = (west + east) / 2, (south + north) / 2
    holds = (west[:, None] <= x) & (east[:, None] >= x) & (south[:, None] <= y) & (north[:, None] >= y)
    on = holds & holds.T
    np.fill_diagonal(on, val=False)
    return on.sum(axis=1)


@st.composite
def boxes(draw):
    count = draw(st.integers(0, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    low = rng.integers(0, 40, (count, 2)).astype(float)
    found = np.column_stack([low, low + rng.integers(1, 12, (count, 2))])
    if count and draw(st.booleans()):
        found[rng.integers(0, count)] = np.nan
    return found


@given(boxes())
def test_it_is_what_asking_every_two_gives(bounds):
    on = by_every_two(bounds)
    found = stacked(bounds, most=1_000_000)
    assert found.ways == on.sum()
    assert found.on_row == on.max(initial=0)
    assert found.row == -1 if not on.any() else on[found.row] == on.max()


@given(boxes(), st.integers(0, 60))
def test_the_first_rows_are_asked_alone(bounds, rows):
    assert stacked(bounds, most=1_000_000, asking=rows).ways == by_every_two(bounds)[:rows].sum()


def test_land_side_by_side_is_no_stack_and_one_place_is_ended_early():
    west, south = (axis.ravel() * 10.0 for axis in np.meshgrid(np.arange(200), np.arange(200)))
    fabric = np.column_stack([west, south, west + 10, south + 10])
    assert stacked(fabric, most=1000).ways == 0
    tower = np.tile([0.0, 0.0, 10.0, 10.0], (100_000, 1))
    found = stacked(tower, most=500_000)
    assert 500_000 <= found.ways < 700_000
    assert found.on_row == 99_999
    # large shapes over many small ones, none of which holds the middle of a large one
    large = np.tile([0.0, 0.0, 2000.0, 9000.0], (3_000, 1)) + np.arange(3_000)[:, None] * [0.0, 1.0, 0.0, 1.0]
    assert stacked(np.vstack([fabric, large]), most=50_000, asking=len(fabric)).ways == 50_000
