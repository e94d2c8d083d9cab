"""What an edit leaves alone is not measured again, and nothing is missed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import frontage as frontage_module
from geo.frontage import Scene, frontage, frontage_of, updated
from geo.index import ParcelIndex
from tests.geo.quarters import lot, quarter, road_through
from tests.geo.shapes import array, at, lots


def measured(scene: Scene) -> pd.DataFrame:
    return frontage(scene.index.geoms, scene.roads, widths_m=scene.widths_m)


def edited(scene: Scene, rng: np.random.Generator) -> tuple[Scene, np.ndarray, np.ndarray]:
    """One edit or a few: parcels moved, removed, added, given another row; roads too."""
    parcels, roads, widths = list(scene.index.geoms), list(scene.roads), np.asarray(scene.widths_m).tolist()
    parcel_was, road_was = list(range(len(parcels))), list(range(len(roads)))
    for _ in range(rng.integers(1, 4)):
        act = rng.integers(0, 7)
        if act == 0 and parcels:
            which = rng.integers(0, len(parcels))
            parcels[which], parcel_was[which] = at(array(parcels[which]), 3.0, -2.0)[0], -1
        elif act == 1 and parcels:
            which = rng.integers(0, len(parcels))
            del parcels[which], parcel_was[which]
        elif act == 2:
            where = rng.integers(0, len(parcels) + 1)
            parcels.insert(where, lot(rng, *rng.uniform(-10, 60, 2)))
            parcel_was.insert(where, -1)
        elif act == 3 and roads:
            which = rng.integers(0, len(roads))
            del roads[which], road_was[which], widths[which]
        elif act == 4:
            road, width = road_through(rng, 56.0, 42.0, as_area=bool(rng.integers(0, 2)))
            where = rng.integers(0, len(roads) + 1)
            roads.insert(where, road)
            widths.insert(where, width)
            road_was.insert(where, -1)
        elif act == 5 and roads:
            widths[rng.integers(0, len(roads))] = float(rng.choice([0.0, 6.0, 12.0]))
        elif parcels:
            which = rng.integers(0, len(parcels))
            parcels[which], parcel_was[which] = None, -1
    now = Scene(ParcelIndex(array(*parcels)), array(*roads), np.array(widths, dtype=np.float64))
    return now, np.array(parcel_was, dtype=np.int64), np.array(road_was, dtype=np.int64)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_any_edits_one_after_another_give_what_a_full_run_gives(seed):
    rng = np.random.default_rng(seed)
    one = quarter(seed, columns=4, rows=4)
    scene = Scene(ParcelIndex(one.parcels), one.roads, one.widths_m)
    found = measured(scene)
    for _ in range(20):
        now, parcel_was, road_was = edited(scene, rng)
        found = updated(found, scene, now, parcel_was=parcel_was, road_was=road_was)
        pd.testing.assert_frame_equal(found, measured(now), check_exact=True)
        scene = now


@given(st.integers(0, 2**32 - 1))
def test_some_of_all_are_measured_as_in_a_full_run(seed):
    one = quarter(seed)
    rng = np.random.default_rng(seed)
    some = rng.permutation(len(one.parcels))[: rng.integers(0, len(one.parcels) + 1)]
    found = frontage_of(ParcelIndex(one.parcels), some, one.roads, widths_m=one.widths_m)
    everyone = frontage(one.parcels, one.roads, widths_m=one.widths_m)
    pd.testing.assert_frame_equal(
        found, everyone[everyone["parcel"].isin(some)].reset_index(drop=True), check_exact=True
    )


def test_only_what_an_edit_touches_is_measured_again(monkeypatch: pytest.MonkeyPatch):
    parcels = lots(50, 1)
    roads = array(*(shapely.LineString([(east, -5), (east + 100.0, -5)]) for east in range(0, 500, 100)))
    scene = Scene(ParcelIndex(parcels), roads)
    found = measured(scene)
    moved = parcels.copy()
    moved[3] = shapely.box(30, 1, 40, 10)
    was = np.arange(50)
    was[3] = -1
    asked = []

    def watched(index, members, *args, **options):
        asked.append(members.tolist())
        return frontage_of(index, members, *args, **options)

    monkeypatch.setattr(frontage_module, "frontage_of", watched)
    after = Scene(ParcelIndex(moved), roads)
    again = updated(found, scene, after, parcel_was=was, road_was=np.arange(5))
    assert asked == [[0, 1, 2, 3, 4, 5, 6]]
    assert again.loc[again["parcel"] == 3, "distance_m"].tolist() == [6.0]
    assert len(again) == len(found)
