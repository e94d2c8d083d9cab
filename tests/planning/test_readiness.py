"""Readiness: who depends on a road, by rays of shapely; what moving it moves; what the map shows at a time."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as some

from layers.readiness import READY, STATES, SUPPLIED, UNPLANNED, WAITS_LAND, WAITS_ROAD
from planning import assigning, guarding
from planning.atlas import Atlas
from planning.errors import Refused, StaleVersion, UndoConflict
from planning.readiness import ALWAYS, NEVER, moved, projects, readiness, standing_rule
from planning.road_openings import set_opening
from planning.seeding import create
from tests.geo.quarters import quarter
from tests.geo.rays import by_rays
from tests.planning.board import DRAFT, LI, WANG, add

TODAY = date(2026, 11, 26)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    db = create(f"sqlite:///{tmp_path_factory.mktemp('ready')}/s.sqlite", sample=True, actor=LI)
    yield db
    db.close()


@pytest.fixture(scope="module")
def sample(made):
    return Atlas(made)


@pytest.fixture(scope="module")
def seen(sample):
    """Frontage of every parcel on every road by rays of shapely, where a road is anywhere near."""
    parcels, roads = sample.parcels(), sample.layer("roads")
    widths = roads.frame["width_m"].to_numpy(dtype=float)
    half = np.nan_to_num(widths) / 2.0
    tree = shapely.STRtree(parcels.geoms)
    length = np.zeros((len(parcels), len(roads)))
    for road in projects(roads):
        near = tree.query(roads.geoms[road], predicate="dwithin", distance=half[road] + 21.0)
        for row in near.tolist():
            # all that can stand in between lies within the reach of the rays
            around = tree.query(parcels.geoms[row], predicate="dwithin", distance=2 * half[road] + 25.0)
            members = np.concatenate([[row], around[around != row]])
            for other in [road, *_built_near(roads, parcels.geoms[row])]:
                if not length[row, other]:
                    near_by = _around(roads.geoms[other], parcels.geoms[row])
                    shot, _, _ = by_rays(
                        parcels.geoms[members], near_by, widths[[other] * len(near_by)], distance_m=20.0, step=0.3,
                        rows=[0],
                    )  # fmt: skip
                    length[row, other] = shot[0].sum()
                # who does not face the project does not depend on it; who faces a built one needs no second
                if length[row, other] < 5.0 if other == road else length[row, other] > 7.0:
                    break
    return length


def _around(road, geom):
    """The parts of a line that anything of the parcel can see."""
    return np.asarray(shapely.get_parts(shapely.intersection(road, shapely.buffer(geom, 60.0).envelope)))


def _built_near(roads, geom):
    built = np.flatnonzero((roads.frame["state"] == "built").to_numpy())
    distance = shapely.distance(roads.geoms[built], geom)
    reach = np.nan_to_num(roads.frame["width_m"].to_numpy(dtype=float)[built]) / 2.0 + 21.0
    return built[distance <= reach].tolist()


def test_who_depends_on_a_road_is_exactly_who_faces_it_and_no_built_one(sample, seen):
    found = readiness(sample)
    rule, roads, parcels = standing_rule(), sample.layer("roads"), sample.parcels()
    open_to = ~np.isin(roads.frame["road_class"].to_numpy(dtype=object).astype(str), rule.no_access_classes)
    built = (roads.frame["state"] == "built").to_numpy()
    # no frontage of the sample is so close to the least that rays of 0.1 m could not tell
    assert not np.any(np.abs(seen - rule.access_frontage_m) < 0.2)
    faces = (seen >= rule.access_frontage_m) & open_to
    supplied = (parcels.frame["stage"] == "supplied").to_numpy()
    listed = 0
    for road in projects(roads).tolist():
        alone = np.flatnonzero(faces[:, road] & ~faces[:, built].any(axis=1) & ~supplied)
        assert found.dependants(road).tolist() == alone.tolist(), roads.codes[road]
        listed += len(alone)
    assert listed > 5


def test_moving_a_road_moves_exactly_those_whose_later_day_it_is(sample):
    roads, parcels = sample.layer("roads"), sample.parcels()
    before = readiness(sample)
    road = max(projects(roads).tolist(), key=lambda one: len(before.dependants(one)))
    opening = date(2024, 6, 30)
    after = readiness(sample, openings={int(roads.ids[road]): opening})
    land = [
        None if row["stage"] in ("ready", "announced") else row["ready_date"]
        for _, row in parcels.frame.iterrows()
    ]  # fmt: skip
    stages = parcels.frame["stage"].tolist()
    expected = {
        str(parcels.codes[row])
        for row in before.dependants(road).tolist()
        # with another undated project beside it the day is known all the same; without a day of its own it never is
        if stages[row] in ("ready", "announced") or land[row] is not None
    }
    told = moved(before, after, TODAY)
    assert {one.code for one in told} == expected
    assert expected
    for one in told:
        row = parcels.row_of([one.parcel_id])[0]
        own = date.min if land[row] is None else date.fromisoformat(land[row])
        assert (one.before, one.after) == (None, max(own, opening))
        assert (one.score_before, one.score_after) == (0.0, 10.0)


def test_states_are_those_of_their_definition(sample):
    found = readiness(sample)
    for day in found.quarters(TODAY)[::3]:
        states = found.at(day)
        for row in range(len(found.parcels)):
            land, access = int(found.land[row]), int(found.access[row])
            stage, state = found.parcels.frame["stage"].iloc[row], STATES[states[row]]
            assert (state == SUPPLIED) == (stage == "supplied")
            if state == READY:
                assert max(land, access) <= day.toordinal()
            elif state == WAITS_ROAD:
                assert land <= day.toordinal() < access
                assert found.road[row] in projects(found.roads)
            elif state == WAITS_LAND:
                assert day.toordinal() < land < NEVER
            elif state == UNPLANNED:
                assert land == NEVER


@given(some.dates(date(2020, 1, 1), date(2035, 1, 1)), some.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_a_later_road_never_makes_anything_ready_sooner_nor_a_score_higher(sample, one, other):
    early, late = sorted((one, other))
    roads = sample.layer("roads")
    ids = roads.ids[projects(roads)]
    before = readiness(sample, openings=dict.fromkeys(map(int, ids), early))
    after = readiness(sample, openings=dict.fromkeys(map(int, ids), late))
    assert (after.ready_on >= before.ready_on).all()
    assert (after.score(TODAY) <= before.score(TODAY)).all()
    told = moved(before, after, TODAY)
    assert {row.parcel_id for row in told} == set(
        before.parcels.ids[(before.ready_on != after.ready_on) & ~before.has_left].tolist()
    )


def test_the_score_falls_by_the_month(sample):
    found = readiness(sample)
    last = max(int(one) for one in found.ready_on if one < NEVER)
    points = found.score(date.fromordinal(last - 548))  # a year and a half before
    latest = points[found.ready_on == last]
    assert latest == pytest.approx(5.0, abs=0.02)
    assert points[found.ready_on == NEVER].max() == 0.0
    assert points[found.ready_on == ALWAYS].min() == 10.0


def test_an_opening_is_written_undone_and_proven(tmp_path):
    db = create(f"sqlite:///{tmp_path}/s.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    roads = atlas.layer("roads")
    row = int(projects(roads)[0])
    road = int(roads.ids[row])
    words = roads.frame["opening"].iloc[row]
    done = set_opening(db, actor=LI, scenario_id=DRAFT, road_id=road, opening=date(2027, 6, 30), seen=1)
    assert done.label.key == "road_opening"
    assert readiness(atlas).opens[row] == date(2027, 6, 30).toordinal()
    assert set_opening(db, actor=LI, scenario_id=DRAFT, road_id=road, opening=date(2027, 6, 30)).command_id is None
    with pytest.raises(StaleVersion):
        set_opening(db, actor=WANG, scenario_id=DRAFT, road_id=road, opening=date(2028, 1, 1), seen=1)
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert atlas.layer("roads").frame["opening"].iloc[row] == words
    assert readiness(atlas).opens[row] == NEVER
    assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assert readiness(atlas).opens[row] == date(2027, 6, 30).toordinal()
    assert guarding.verify(db).ok
    set_opening(db, actor=WANG, scenario_id=1, road_id=road, opening=None)
    with pytest.raises(UndoConflict):
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    db.close()


def test_a_built_road_and_none_at_all_are_refused(sample, made):
    roads = sample.layer("roads")
    built = int(roads.ids[np.flatnonzero(roads.frame["state"] == "built")[0]])
    for road, code in ((built, "road_is_built"), (10**6, "unknown_road")):
        with pytest.raises(Refused) as refused:
            set_opening(made, actor=LI, scenario_id=DRAFT, road_id=road, opening=date(2027, 1, 1))
        assert refused.value.faults[0].code == code


@pytest.mark.parametrize("seed", range(6))
def test_crooked_quarters_depend_as_rays_say(empty, seed):
    one = quarter(seed)
    parcels = gpd.GeoDataFrame(
        {"code": [f"P{at}" for at in range(len(one.parcels))], "stage": "ready"}, geometry=one.parcels, crs=4549
    )
    lines = np.array([shapely.get_type_id(road) in (1, 3, 5, 6) for road in one.roads])
    roads = gpd.GeoDataFrame(
        {
            "code": [f"R{at}" for at in range(len(one.roads))], "width_m": one.widths_m, "road_class": "local",
            "state": ["built" if at % 2 else "planned" for at in range(len(one.roads))],
        }, geometry=one.roads, crs=4549,
    )[lines]  # fmt: skip
    add(empty, parcels)
    add(empty, roads, "roads")
    found = readiness(Atlas(empty))
    length, _, _ = by_rays(one.parcels, one.roads[lines], one.widths_m[lines], distance_m=20.0)
    least = standing_rule().access_frontage_m
    unsure = np.abs(length - least) < 0.4
    faces = length >= least
    built = (found.roads.frame["state"] == "built").to_numpy()
    for road in projects(found.roads).tolist():
        alone = faces[:, road] & ~faces[:, built].any(axis=1)
        doubtful = unsure[:, road] | unsure[:, built].any(axis=1)
        told = np.isin(np.arange(len(one.parcels)), found.dependants(road))
        assert (told == alone)[~doubtful].all()
