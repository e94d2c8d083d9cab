"""Snapshots: whole, frozen, kept as long as nothing changed, never older than the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.schema import LAYERS
from planning import assigning, scenarios
from planning.atlas import Atlas
from planning.errors import Refused
from tests.planning.board import DRAFT, LI, add, parcels


def test_a_snapshot_is_kept_until_a_write(db, atlas):
    before = atlas.parcels(), atlas.scenario(DRAFT), atlas.layer("roads")
    assert (atlas.parcels(), atlas.scenario(DRAFT), atlas.layer("roads")) == before
    assert all(now is then for now, then in zip((atlas.parcels(), atlas.scenario(DRAFT)), before, strict=False))
    add(db, parcels("..", prefix="Q", east=600_000.0))
    assert len(atlas.parcels()) == 12
    assert atlas.layer("roads") is before[2]


def test_what_was_handed_out_cannot_be_changed(atlas):
    parcels_, state = atlas.parcels(), atlas.scenario(DRAFT)
    arrays = (
        parcels_.ids,
        parcels_.codes,
        parcels_.geoms,
        parcels_.centi_m2,
        parcels_.stage,
        state.cluster,
        state.version,
    )
    for array in (*arrays, state.own, state.locked):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[0]


def test_rows_are_found_by_id_and_by_code(atlas):
    snapshot = atlas.parcels()
    assert snapshot.row_of([3, 1]).tolist() == [2, 0]
    assert snapshot.ids_of(["P02", "P00"]).tolist() == [3, 1]
    with pytest.raises(Refused):
        snapshot.row_of([1, 77])
    with pytest.raises(Refused):
        snapshot.ids_of(["P00", "nowhere"])


def test_areas_are_exact_hundredths_and_stages_are_bytes(atlas):
    snapshot = atlas.parcels()
    assert snapshot.centi_m2.tolist() == [1_000_000] * 10
    assert snapshot.stage.tolist() == [3] * 10


def test_every_layer_can_be_asked_for_even_when_empty(atlas):
    for name in LAYERS:
        snapshot = atlas.layer(name)
        assert (snapshot.index is None) == (len(snapshot) == 0)
        assert list(snapshot.frame.columns[: len(LAYERS[name].keys)]) == list(LAYERS[name].keys)
    with pytest.raises(Refused):
        atlas.layer("rivers")
    with pytest.raises(Refused):
        atlas.scenario(77)


def test_attributes_come_back_as_they_went_in(db, atlas):
    frame = gpd.GeoDataFrame(
        {
            "code": ["R1", "R2"],
            "name": ["芳菲路", None],
            "state": ["built", None],
            "width_m": [24.5, np.nan],
            "等级": ["甲", None],
        },
        geometry=[shapely.LineString([(0, 0), (3, 4)]), shapely.box(0, 0, 10, 10)],
        crs=4549,
    )
    add(db, frame, "roads")
    held = atlas.layer("roads").frame
    assert held["name"].tolist() == ["芳菲路", None]
    assert held["extra"].tolist() == ['{"等级": "甲"}', None]
    assert held["width_m"].iloc[0] == 24.5
    assert held[["width_m", "length_m"]].isna().to_numpy().tolist() == [[False, False], [True, True]]
    assert held["length_m"].iloc[0] == 5.0
    assert held["area_m2"].isna().tolist() == [True, False]


def test_threads_see_whole_states_while_others_write(db, atlas):
    """Every stroke paints all ten alike, so a picture with two clusters is a torn one."""
    ids = list(range(1, 11))
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster="health")

    def write(cluster):
        for _ in range(8):
            assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster)

    def read(_):
        return [len(set(atlas.scenario(DRAFT).cluster.tolist())) for _ in range(40)]

    with ThreadPoolExecutor(5) as pool:
        writes = [pool.submit(write, cluster) for cluster in ("health", "digital")]
        seen = [count for counts in pool.map(read, range(3)) for count in counts]
        for one in writes:
            one.result()
    assert set(seen) == {1}
    assert np.array_equal(atlas.scenario(DRAFT).version, Atlas(db).scenario(DRAFT).version)


def test_scenarios_are_named_copied_and_refused(db, atlas):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 2], cluster="digital", reason="近园区")
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[2], clusters=["health"])
    copy = scenarios.duplicate(db, actor=LI, scenario_id=DRAFT, name=" 方案一　副本 ")
    assert copy.name == "方案一 副本"
    one, two = atlas.scenario(DRAFT), atlas.scenario(copy.id)
    for name in ("cluster", "own", "locked"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
    assigning.assign(db, actor=LI, scenario_id=copy.id, parcel_ids=[1], cluster="chips")
    assert atlas.scenario(DRAFT).code_at(0) == "digital"
    scenarios.rename(db, actor=LI, scenario_id=copy.id, name="东片")
    assert [one.name for one in scenarios.list_(db)] == ["现状", "方案一", "东片"]
    assert scenarios.find(db, "东片") == scenarios.find(db, str(copy.id))
    for name, code in (
        ("", "name_empty"),
        ("东片", "name_taken"),
        ("长" * 61, "name_too_long"),
        ("a\u202eb", "control_character"),
    ):
        with pytest.raises(Refused) as caught:
            scenarios.new(db, actor=LI, name=name)
        assert caught.value.faults[0].code == code
    with pytest.raises(Refused):
        scenarios.rename(db, actor=LI, scenario_id=1, name="别名")
