"""What lies on what, and by how many square metres."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon, box

from geo.overlay import overlaps
from tests.geo.shapes import array, lots


def rows(frame):
    return [(int(a), int(b), round(float(area), 6)) for a, b, area in frame.itertuples(index=False)]


def test_only_common_area_counts():
    red_line = box(5, -5, 25, 5)
    assert rows(overlaps(lots(3, 1), array(red_line, box(30, 0, 40, 10), None))) == [
        (0, 0, 25.0),
        (1, 0, 50.0),
        (2, 0, 25.0),
    ]


def test_lying_within_is_the_whole_parcel():
    assert rows(overlaps(lots(1, 1), array(box(-1, -1, 11, 11), box(0, 0, 10, 10)))) == [(0, 0, 100.0), (0, 1, 100.0)]


def test_broken_and_missing_ones_do_no_harm():
    bow_tie = Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    found = overlaps(array(box(0, 0, 10, 10), None, bow_tie), array(bow_tie, None, Polygon(), shapely.Point(1, 1)))
    assert rows(found) == [(0, 0, 50.0), (2, 0, 50.0)]


@pytest.mark.parametrize(("subjects", "others"), [(0, 0), (0, 2), (2, 0)])
def test_nothing_on_either_side_is_an_empty_frame(subjects, others):
    found = overlaps(lots(subjects, 1), lots(others, 1))
    assert found.columns.tolist() == ["subject", "other", "area_m2"]
    assert len(found) == 0


@given(st.integers(0, 1000))
def test_a_cover_takes_every_square_metre_once(seed):
    seeds = shapely.multipoints(np.random.default_rng(seed).uniform(0, 50, (12, 2)))
    towns = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=box(-10, -10, 60, 60)))
    found = overlaps(lots(5, 5), np.asarray(towns, dtype=object))
    assert found.groupby("subject")["area_m2"].sum().to_numpy() == pytest.approx(np.full(25, 100.0))
