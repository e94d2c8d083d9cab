"""Suitability on the sample and on a small board: figures that can be worked out by hand, and what may never change."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely

from layers.criteria import CRITERIA, marks
from planning import assigning, guarding, suitability
from planning.atlas import Atlas
from planning.editing import edit_parcels
from planning.errors import Refused, StaleVersion
from planning.road_openings import set_opening
from planning.suitability import CHANGE, classes, contributions, evaluate, out_of_date, rescored, sensitivity
from planning.suitability_model import Model, find, models, save, versions
from tests.planning.board import DRAFT, LI, WANG, add, copy_of, made

DAY = date(2026, 1, 1)
ONE = dict.fromkeys(CRITERIA, 0.0)


def weighing(**weights):
    return Model(weights={**ONE, **weights})


@pytest.fixture(scope="module")
def made_town(tmp_path_factory):
    db = made(tmp_path_factory.mktemp("suit") / "board.sqlite", "cch.......")
    road = gpd.GeoDataFrame(
        {"code": ["R1"], "name": ["大道"], "state": ["built"], "road_class": ["arterial"], "width_m": [20.0]},
        geometry=[shapely.LineString([(499_000, 3_239_990), (502_000, 3_239_990)])], crs=4549,
    )  # fmt: skip
    add(db, road, "roads")
    power = gpd.GeoDataFrame(
        {"code": ["E1", "E2"], "name": ["甲", "乙"], "capacity_kva": [5000.0, None]},
        geometry=[shapely.Point(500_050, 3_240_500), shapely.Point(500_950, 3_240_500)], crs=4549,
    )  # fmt: skip
    add(db, power, "power_sites")
    yield db
    db.close()


@pytest.fixture
def town(made_town, tmp_path):
    db = copy_of(made_town, tmp_path / "copy.sqlite")
    yield db
    db.close()


def result_of(db, model=None, scenario=DRAFT):
    atlas = Atlas(db)
    return atlas, evaluate(atlas, atlas.scenario(scenario), model or Model(), on=DAY)


def test_measures_are_what_a_ruler_says(town):
    _, found = result_of(town)
    common = found.measures.common
    assert common["arterial_m"].tolist() == pytest.approx([10.0] * 10)
    assert np.isnan(common["motorway_m"]).all()
    assert common["area_mu"].tolist() == pytest.approx([15.0] * 10)
    assert common["compactness"].tolist() == pytest.approx([np.pi / 4] * 10)
    assert common["frontage_m"].tolist() == pytest.approx([100.0] * 10, abs=1e-6)
    assert common["power_m"][0] == pytest.approx(400.0)
    # the nearest site of the eastern half has no capacity on record: that is missing, not zero
    assert common["power_kva"][0] == 5000.0
    assert np.isnan(common["power_kva"][9])
    assert common["stage"].tolist() == [4.0] * 10
    assert np.isnan(common["ready_years"]).all()


def test_moving_the_opening_of_a_road_moves_the_years_and_the_score(tmp_path):
    db = made(tmp_path / "board.sqlite", "c.")
    road = gpd.GeoDataFrame(
        {"code": ["R1"], "name": ["大道"], "state": ["planned"], "road_class": ["arterial"], "width_m": [20.0],
         "opening": ["2027-01-01"]},
        geometry=[shapely.LineString([(499_000, 3_239_990), (502_000, 3_239_990)])], crs=4549,
    )  # fmt: skip
    (road_id,) = add(db, road, "roads")
    ids = Atlas(db).parcels().ids.tolist()
    edit_parcels(db, actor=LI, scenario_id=DRAFT, changes={ids[0]: {"stage": "ready"}}, seen={})
    _, found = result_of(db, weighing(ready_years=1.0))
    assert found.measures.common["ready_years"][0] == pytest.approx(365 / 365.2425)
    # no date of net land is known
    assert np.isnan(found.measures.common["ready_years"][1])
    assert found.score[0, 0] == pytest.approx(marks([365 / 365.2425], CRITERIA["ready_years"].curve)[0])
    set_opening(db, actor=LI, scenario_id=DRAFT, road_id=road_id, opening=date(2029, 1, 1))
    atlas, later = result_of(db, weighing(ready_years=1.0))
    assert out_of_date(atlas, found) == ("roads",)
    assert later.score[0, 0] == pytest.approx(marks([1096 / 365.2425], CRITERIA["ready_years"].curve)[0])
    db.close()


def test_neighbours_of_the_cluster_count_by_their_share_of_the_perimeter(town):
    _, found = result_of(town)
    chips = found.codes.index("chips")
    assert found.measures.own["neighbours"][chips].tolist() == pytest.approx([25, 25, 25, *[0] * 7])


def test_a_score_is_the_sum_of_its_parts_and_says_what_is_missing(town):
    atlas, found = result_of(town)
    for code in ("chips", "surface"):
        k = found.codes.index(code)
        for at, one in enumerate(found.ids.tolist()):
            parts = contributions(found, one, code)
            assert sum(part.points or 0.0 for part in parts) == pytest.approx(found.score[k, at])
            known = sum(part.weight for part in parts if part.points is not None)
            assert known == pytest.approx(found.known[k, at])
    gone = dict(suitability.missing(found))
    assert gone["ready_years"] == gone["motorway_m"] == 10
    assert gone["power_kva"] == 5
    assert "area_mu" not in gone
    assert atlas.parcels().ids.tolist() == found.ids.tolist()


def test_one_criterion_alone_gives_its_marks(town):
    _, found = result_of(town, weighing(power_m=5.0))
    expected = marks(found.measures.common["power_m"], CRITERIA["power_m"].curve)
    assert found.score[0] == pytest.approx(expected)


def test_other_weights_need_no_other_measures(town):
    _, found = result_of(town)
    _, fresh = result_of(town, weighing(power_m=3.0, area_mu=1.0))
    again = rescored(found, weighing(power_m=3.0, area_mu=1.0))
    assert np.array_equal(fresh.score, again.score)


def test_a_ranking_falls_and_a_class_follows_its_limits(town):
    _, found = result_of(town, weighing(power_m=1.0))
    ranked = suitability.ranking(found, "chips")
    score = found.score[found.codes.index("chips")][ranked]
    assert (np.diff(score) <= 1e-9).all()
    assert classes(np.array([0.0, 1.99, 2.0, 5.9, 8.0, 10.0, np.nan])).tolist() == [0, 0, 1, 2, 4, 4, 255]


def test_sensitivity_is_what_scoring_anew_says(town):
    _, found = result_of(town, weighing(power_m=30.0, area_mu=10.0, arterial_m=5.0))
    k = found.codes.index("chips")
    for shift in sensitivity(found, "chips"):
        moved = {key: found.model.weights[key] for key in CRITERIA}
        moved[shift.key] *= 1 + shift.change
        other = rescored(found, Model(weights=moved))
        differs = classes(other.score[k]) != classes(found.score[k])
        assert list(shift.classes) == found.ids[differs].tolist()
        assert abs(abs(shift.change) - CHANGE) < 1e-9


def test_a_result_is_out_of_date_when_what_it_rests_on_changes(town):
    atlas, found = result_of(town)
    assert out_of_date(atlas, found) == ()
    assigning.assign(town, actor=LI, scenario_id=DRAFT, parcel_ids=found.ids[:1].tolist(), cluster="health")
    assert out_of_date(atlas, found) == (f"assignments:{DRAFT}",)
    add(town, gpd.GeoDataFrame(
        {"code": ["R2"], "name": ["二"], "state": ["built"], "road_class": ["motorway"], "width_m": [20.0]},
        geometry=[shapely.LineString([(499_000, 3_239_000), (502_000, 3_239_000)])], crs=4549,
    ), "roads")  # fmt: skip
    assert set(out_of_date(atlas, found)) == {f"assignments:{DRAFT}", "roads"}


def test_models_are_kept_in_versions_that_the_audit_proves(town):
    assert models(town) == (Model(),)
    first = save(town, actor=LI, model=Model(name="芯片", weights={**ONE, "area_mu": 1.0}))
    assert (first.name, first.version, first.by) == ("芯片", 1, "李工")
    # the same again is the same version
    assert save(town, actor=WANG, model=first).version == 1
    second = save(town, actor=WANG, model=Model(name="芯片", version=1, weights={**ONE, "power_m": 1.0}))
    assert second.version == 2
    with pytest.raises(StaleVersion):
        save(town, actor=LI, model=Model(name="芯片", version=1, weights={**ONE, "stage": 1.0}))
    assert [one.version for one in versions(town, "芯片")] == [2, 1]
    assert find(town, "芯片", 1).weights["area_mu"] == 1.0
    assert guarding.verify(town).ok


def test_comparisons_in_pairs_are_kept_with_the_model(town):
    pairs = {("area_mu", "power_m"): 3.0}
    save(town, actor=LI, model=Model(name="比较", weights={**ONE, "area_mu": 75.0, "power_m": 25.0}, judgements=pairs))
    assert find(town, "比较").judgements == pairs


def test_everything_that_is_wrong_with_a_model_is_told_at_once(town):
    bad = Model(name=" ", weights={**ONE, "nothing": 1.0, "area_mu": -2.0}, curves={"area_mu": ((0.0, 11.0),)})
    with pytest.raises(Refused) as caught:
        save(town, actor=LI, model=bad)
    codes = [fault.code for fault in caught.value.faults]
    assert codes == [
        "name_empty", "criterion_unknown", "weight_out_of_range", "weights_all_zero", "curve_points",
        "curve_mark_out_of_range",
    ]  # fmt: skip
    with pytest.raises(Refused) as caught:
        find(town, "没有")
    assert caught.value.faults[0].code == "model_unknown"
