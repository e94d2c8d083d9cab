"""What is left of an area, and accounts that balance to the hundredth of a square metre."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import shapely
from hypothesis import given, settings

from geo.remainder import remainder


def of(*shapes):
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def test_what_is_taken_is_counted_once_in_turn():
    area = shapely.box(0, 0, 100, 100)
    first, second = of(shapely.box(0, 0, 40, 100)), of(shapely.box(30, 0, 50, 100), shapely.box(500, 0, 600, 9))
    found = remainder(area, [first, second])
    assert (found.whole_centi_m2, found.taken_centi_m2) == (1_000_000, (400_000, 100_000))
    assert found.piece_centi_m2.tolist() == [500_000]
    assert shapely.equals(found.pieces[0], shapely.box(50, 0, 100, 100))


def test_slivers_are_dropped_and_kept_in_the_account():
    # a strip 5 cm wide is left at one side, and a corner of a quarter of a square metre
    area = shapely.union(shapely.box(0, 0, 100, 100), shapely.box(200, 0, 200.5, 0.5))
    found = remainder(area, [of(shapely.box(0.05, 0, 50, 100))])
    assert found.piece_centi_m2.tolist() == [500_000]
    assert (len(found.slivers), found.sliver_centi_m2) == (2, 525)
    assert found.whole_centi_m2 == 500_000 + 525 + found.taken_centi_m2[0]
    kept = remainder(area, [of(shapely.box(0.05, 0, 50, 100))], least_m2=0.0, least_width_m=0.0)
    assert len(kept.pieces) == 3


def test_nothing_left_and_nothing_taken():
    area = shapely.box(0, 0, 10, 10)
    gone = remainder(area, [of(shapely.box(-1, -1, 11, 11))])
    assert (len(gone.pieces), gone.sliver_centi_m2, gone.taken_centi_m2) == (0, 0, (10_000,))
    whole = remainder(area, [])
    assert (whole.piece_centi_m2.tolist(), whole.taken_centi_m2) == ([10_000], ())


@st.composite
def scene(draw):
    """An area and two groups of takers near it, at coordinates as in the field."""

    def shape():
        count = draw(st.integers(3, 9))
        angles = np.sort(np.array(draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count))))
        radii = np.array(draw(st.lists(st.floats(1, 300), min_size=count, max_size=count)))
        at = np.array([500_000 + draw(st.floats(0, 300)), 3_240_000 + draw(st.floats(0, 300))])
        ring = at + np.column_stack([np.cos(angles), np.sin(angles)]) * radii[:, None]
        return shapely.make_valid(shapely.Polygon(ring.round(3)), method="structure")

    return shape().buffer(5.0), [of(*(shape() for _ in range(draw(st.integers(0, 3))))) for _ in range(2)]


@given(scene())
@settings(max_examples=80, deadline=None)
def test_the_account_balances_and_the_pieces_are_free(drawn):
    area, groups = drawn
    found = remainder(area, groups)
    parts = int(found.piece_centi_m2.sum()) + found.sliver_centi_m2 + sum(found.taken_centi_m2)
    assert parts == found.whole_centi_m2
    assert min((*found.taken_centi_m2, found.sliver_centi_m2)) >= 0
    takers = shapely.union_all(np.concatenate(groups))
    # the overlay itself, by another way: what both have in common
    common = shapely.area(shapely.intersection(area, takers))
    assert abs(sum(found.taken_centi_m2) / 100 - common) <= 0.01 + 1e-6
    assert abs(found.whole_centi_m2 / 100 - shapely.area(area)) <= 0.005 + 1e-6
    for piece in found.pieces:
        assert shapely.area(shapely.intersection(piece, takers)) < 1e-4
        assert shapely.is_valid(piece)
    assert np.abs(found.piece_centi_m2 / 100 - shapely.area(found.pieces)).max(initial=0) <= 0.02
