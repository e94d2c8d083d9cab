"""The made-up city is what it says: whole, without overlaps where nothing slipped, and the same each time."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from benchmarks.fabric import chunks, fabric
from geo.flat import FlatPolygons


@pytest.mark.parametrize("count", [1, 300, 50_000])
def test_a_city_has_as_many_valid_parcels_as_asked(count):
    city = fabric(count)
    assert len(city.parcels) == len(city.flat) == count
    assert shapely.is_valid(city.parcels).all()


def test_unslipped_lots_fill_their_blocks_without_overlap_and_share_whole_edges():
    parcels = fabric(3_000, slips=0.0).parcels
    left, right = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    left, right = left[left < right], right[left < right]
    assert shapely.area(shapely.intersection(parcels[left], parcels[right])).max() == 0.0
    shared = shapely.length(shapely.intersection(shapely.boundary(parcels[left]), shapely.boundary(parcels[right])))
    assert (shared > 1.0).sum() > 1.5 * len(parcels)


def test_the_same_seed_draws_the_same_city_whole_or_in_pieces():
    whole, pieces = fabric(50_000).flat, list(chunks(50_000))
    assert len(pieces) > 1
    assert np.array_equal(whole.xy, FlatPolygons.joined(pieces).xy)
    assert not np.array_equal(whole.xy[:100], fabric(50_000, seed=2).flat.xy[:100])


def test_lots_have_sixteen_vertices_in_the_mean_and_a_few_have_holes_or_parts():
    parcels = fabric(50_000).parcels
    assert shapely.get_num_coordinates(parcels).mean() == pytest.approx(16, abs=0.6)
    assert (shapely.get_num_interior_rings(parcels) > 0).sum() > 100
    assert (shapely.get_num_geometries(parcels) == 2).any()
