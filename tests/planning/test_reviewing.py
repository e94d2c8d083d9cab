"""Review by two people, and what is published stays what it was."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pytest
import shapely

from briefing import rendering
from briefing.snapshot import packed
from planning import (
    assigning,
    briefings,
    editing,
    freezing,
    guarding,
    people,
    publishing,
    reshaping,
    reviewing,
    scenarios,
)
from planning.atlas import Atlas
from planning.errors import ReadOnlyScenario, Refused
from planning.people import Signature
from store.database import Database
from tests.people_here import WORDS, director, enter
from tests.planning.board import DRAFT, LI, WANG


def signature(name, role):
    return Signature(name, datetime.now(UTC).isoformat(timespec="microseconds"), role)


LIS, WANGS = ("李工", "planner"), ("王工", "reviewer")


@pytest.fixture
def db(db):
    enter(db, {"李工": ["planner", "reviewer"], "王工": ["planner", "reviewer"], "赵工": ["planner"]})
    return db


@pytest.fixture
def submitted(db):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5, 6], cluster="digital")
    reviewing.submit(db, actor=LI, scenario_id=DRAFT, signature=signature(*LIS), note="请审")
    return db


def published(db):
    return reviewing.publish(db, actor=WANG, scenario_id=DRAFT, signature=signature(*WANGS))


def refusal(verb, db, who, **values):
    with pytest.raises(Refused) as refused:
        verb(db, actor=LI, scenario_id=DRAFT, signature=signature(*who), **values)
    return refused.value.faults[0].code


def test_signed_by_real_passphrases(db):
    mine = people.sign(db, name="李工", passphrase=WORDS, role="planner")
    reviewing.submit(db, actor=LI, scenario_id=DRAFT, signature=mine)
    made = reviewing.publish(
        db, actor=WANG, scenario_id=DRAFT, signature=people.sign(db, name="王工", passphrase=WORDS)
    )
    assert made.parcels == 10
    assert guarding.verify(db).faults == ()


def test_in_review_nothing_is_painted(submitted):
    with pytest.raises(ReadOnlyScenario):
        assigning.assign(submitted, actor=LI, scenario_id=DRAFT, parcel_ids=[7], cluster="health")
    with pytest.raises(ReadOnlyScenario):
        assigning.undo(submitted, actor=LI, scenario_id=DRAFT)
    with pytest.raises(Refused):
        scenarios.rename(submitted, actor=LI, scenario_id=DRAFT, name="别的")


def test_two_people_and_their_roles(submitted):
    both = ("李工", "reviewer")
    assert refusal(reviewing.publish, submitted, both) == "submitter_publishes"
    assert refusal(reviewing.send_back, submitted, both, reason="再议") == "submitter_reviews"
    assert refusal(reviewing.publish, submitted, ("没有此人", "reviewer")) == "person_unknown"
    assert refusal(reviewing.publish, submitted, ("赵工", "reviewer")) == "not_a_reviewer"
    assert refusal(reviewing.publish, submitted, ("王工", "planner")) == "not_a_reviewer"
    assert refusal(reviewing.submit, submitted, LIS) == "scenario_in_other_state"
    assert refusal(reviewing.withdraw, submitted, ("赵工", "planner")) == "only_submitter_withdraws"
    assert refusal(reviewing.send_back, submitted, WANGS, reason=" ") == "reason_missing"
    old = replace(signature(*WANGS), at=(datetime.now(UTC) - timedelta(hours=1)).isoformat())
    with pytest.raises(Refused, match="signature_old"):
        reviewing.publish(submitted, actor=WANG, scenario_id=DRAFT, signature=old)


def test_the_submitter_is_who_submitted_last_and_a_new_submission_does_not_launder_it(submitted):
    """李 submits, withdraws; 王 submits: now 王 may not publish and 李 may."""
    reviewing.withdraw(submitted, actor=LI, scenario_id=DRAFT, signature=signature(*LIS))
    reviewing.submit(submitted, actor=WANG, scenario_id=DRAFT, signature=signature("王工", "planner"))
    assert refusal(reviewing.publish, submitted, WANGS) == "submitter_publishes"
    made = reviewing.publish(submitted, actor=LI, scenario_id=DRAFT, signature=signature("李工", "reviewer"))
    assert made.parcels == 10


def test_a_signature_counts_no_more_when_its_role_was_taken(submitted):
    theirs = signature(*WANGS)
    people.set_roles(submitted, actor=LI, name="王工", roles=["planner"], by=director(submitted))
    with pytest.raises(Refused, match="not_a_reviewer"):
        reviewing.publish(submitted, actor=WANG, scenario_id=DRAFT, signature=theirs)


def test_the_base_is_never_submitted(db):
    with pytest.raises(Refused, match="scenario_in_other_state"):
        reviewing.submit(db, actor=LI, scenario_id=1, signature=signature(*LIS))


def test_sent_back_with_a_reason_and_painted_again(submitted):
    reviewing.send_back(submitted, actor=WANG, scenario_id=DRAFT, signature=signature(*WANGS), reason="近学校")
    assigning.assign(submitted, actor=LI, scenario_id=DRAFT, parcel_ids=[5], cluster="health")
    reviewing.submit(submitted, actor=LI, scenario_id=DRAFT, signature=signature(*LIS))
    reviewing.withdraw(submitted, actor=LI, scenario_id=DRAFT, signature=signature(*LIS))
    told = [(one.step, one.signed_by, one.note) for one in reviewing.steps(submitted, DRAFT)]
    assert told == [
        ("submit", "李工", "请审"), ("send_back", "王工", "近学校"),
        ("submit", "李工", None), ("withdraw", "李工", None),
    ]  # fmt: skip
    assert guarding.verify(submitted).faults == ()


def test_what_changed_below_has_to_be_submitted_anew(submitted):
    editing.edit_parcels(submitted, actor=WANG, scenario_id=DRAFT, changes={1: {"owner": "张三"}})
    assert refusal(reviewing.publish, submitted, WANGS) == "changed_since_submission"


def test_the_numbers_of_the_day_stay(submitted):
    """Parcels are drawn otherwise afterwards; the published figures, boundaries and digest are as before."""
    made = published(submitted)
    shape = Atlas(submitted).parcels().geoms[4]
    totals = publishing.published(submitted, DRAFT).totals()
    assert {one.cluster: one.mu for one in totals}["digital"] == 30
    west, south, _, north = shape.bounds
    cut = shapely.box(west, south, west + 50, north)
    two = scenarios.new(submitted, actor=LI, name="方案二").id
    reshaping.replace_geometries(submitted, actor=LI, scenario_id=two, shapes={5: cut})
    frozen = publishing.published(submitted, DRAFT)
    assert frozen.totals() == totals
    assert frozen.digest == made.digest
    assert publishing.drift(submitted, DRAFT).reshaped == ("P04",)
    assert guarding.verify(submitted).faults == ()


def test_any_gis_opens_the_file(submitted, tmp_path):
    """Read by geopandas, which knows nothing of us; areas by shapely."""
    made = published(submitted)
    content = publishing.published_file(submitted, DRAFT)
    (tmp_path / "day.parquet").write_bytes(content)
    frame = gpd.read_parquet(tmp_path / "day.parquet")
    assert frame.crs == "EPSG:4549"
    assert (frame.area * 100).round().astype(int).tolist() == frame["area_centi_m2"].tolist()
    assert frame.loc[frame["cluster"] == "digital", "code"].tolist() == ["P04", "P05"]
    assert hashlib.sha256(content).hexdigest() == made.content_sha256


TAMPERINGS = {
    "a state": "UPDATE scenario SET state = 'draft' WHERE id = 2",
    "a published figure": "DROP TRIGGER publication_no_update; UPDATE publication SET centi_m2 = 1",
    "a published file": "DROP TRIGGER publication_no_update; UPDATE publication SET content = X'00'",
    "a signature": "DROP TRIGGER review_step_no_update; UPDATE review_step SET signed_by = '赵工' WHERE id = 2",
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_verify_finds_what_was_changed_by_hand(submitted, kind):
    published(submitted)
    submitted.close()
    with closing(sqlite3.connect(submitted.path, isolation_level=None)) as raw:
        raw.executescript(TAMPERINGS[kind])
    with closing(Database.open(submitted.url)) as again:
        codes = {one.code for one in guarding.verify(again).faults}
    assert codes & {"state_not_in_audit", "publication_differs", "review_not_in_audit"}


def test_a_copy_carries_it_all(submitted, tmp_path):
    made = published(submitted)
    guarding.backup(submitted, tmp_path / "copy.backup")
    guarding.restore(tmp_path / "copy.backup", f"sqlite:///{tmp_path / 'again.sqlite'}", actor=LI)
    with closing(Database.open(f"sqlite:///{tmp_path / 'again.sqlite'}")) as again:
        assert publishing.published(again, DRAFT).digest == made.digest


def test_a_published_briefing_is_made_again_after_all_has_changed(submitted):
    """Cut parcels, another cluster below, another layer: the same id, the same bytes, and the figures of the day."""
    atlas = Atlas(submitted)
    published(submitted)
    then = freezing.freeze(atlas, DRAFT)
    whole = sum(publishing.published(submitted, DRAFT).table["area_centi_m2"].to_pylist())
    west, south, east, north = atlas.parcels().geoms[0].bounds
    line = shapely.LineString([((west + east) / 2, south - 5), ((west + east) / 2, north + 5)])
    reshaping.split_by_line(submitted, actor=LI, scenario_id=DRAFT, parcel_id=1, line=line)
    scenarios.new(submitted, actor=LI, name="后来的")
    now = freezing.freeze(atlas, DRAFT)
    assert len(atlas.parcels()) != len(now.stage)
    assert now.id == then.id
    assert packed(now) == packed(then)
    assert int(now.centi_m2.sum()) == whole
    assert now.state == "published"
    order = rendering.Order(size="1920x1080")
    assert briefings.brief(now, order, ".png").body == briefings.brief(then, order, ".png").body
    assert guarding.verify(submitted).faults == ()


def test_what_was_published_before_snapshots_were_kept_is_of_its_own_parcels(submitted):
    published(submitted)
    with closing(sqlite3.connect(submitted.path)) as raw:
        raw.executescript("DROP TRIGGER publication_brief_no_delete; DELETE FROM publication_brief")
    atlas = Atlas(submitted)
    then = freezing.freeze(atlas, DRAFT)
    table = publishing.published(submitted, DRAFT).table
    later = scenarios.new(submitted, actor=LI, name="后来的")
    reshaping.merge(submitted, actor=LI, scenario_id=later.id, parcel_ids=[8, 9], main_id=8)
    now = freezing.freeze(Atlas(submitted), DRAFT)
    assert list(now.parcels.columns["code"]) == table["code"].to_pylist()
    assert now.centi_m2.tolist() == table["area_centi_m2"].to_pylist()
    assert now.id == then.id
