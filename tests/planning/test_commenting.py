"""Remarks on the map, and what changed since a moment."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from planning import assigning, changes, commenting, editing, guarding, reshaping, scenarios
from planning.errors import Refused
from store.database import Database
from tests.planning.board import DRAFT, LI, WANG, add, parcels

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} $x$ **粗**"


def test_a_thread_from_pin_to_settled(db):
    first = commenting.add(db, actor=WANG, scenario_id=DRAFT, parcel_id=5, body=f"  {HOSTILE}  ")
    commenting.add(db, actor=WANG, scenario_id=DRAFT, place=(500_100.0, 3_240_050.5), body="此处有高压线")
    answer = commenting.reply(db, actor=LI, comment_id=first.id, body="已改")
    commenting.reply(db, actor=WANG, comment_id=answer.id, body="好")
    commenting.resolve(db, actor=WANG, comment_id=first.id)
    place, pinned = commenting.threads(db, DRAFT)
    assert (pinned.first.body, pinned.first.code, pinned.is_open) == (HOSTILE, "P04", False)
    assert [one.body for one in pinned.answers] == ["已改", "好"]
    assert (place.first.x, place.first.y, place.is_open) == (500_100.0, 3_240_050.5, True)
    assert commenting.open_count(db, DRAFT) == 1
    commenting.resolve(db, actor=LI, comment_id=first.id, resolved=False)
    assert commenting.open_count(db, DRAFT) == 2
    assert guarding.verify(db).faults == ()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"parcel_id": 5, "body": " \n "}, "comment_empty"),
        ({"parcel_id": 5, "body": "x" * 2001}, "text_too_long"),
        ({"parcel_id": 5, "body": "a\u202eb"}, "control_character"),
        ({"parcel_id": 99, "body": "x"}, "unknown_parcel"),
        ({"body": "x"}, "comment_needs_a_place"),
        ({"body": "x", "place": (float("nan"), 0.0)}, "comment_needs_a_place"),
        ({"body": "x", "place": (1.0, 1.0), "parcel_id": 5}, "comment_needs_a_place"),
    ],
)
def test_refusals(db, values, code):
    with pytest.raises(Refused) as refused:
        commenting.add(db, actor=LI, scenario_id=DRAFT, **values)
    assert refused.value.faults[0].code == code


def test_verify_finds_a_remark_rewritten(db):
    commenting.add(db, actor=WANG, scenario_id=DRAFT, parcel_id=5, body="不同意")
    db.close()
    with closing(sqlite3.connect(db.path, isolation_level=None)) as raw:
        raw.execute("UPDATE comment SET body = '同意'")
    with closing(Database.open(db.url)) as again:
        assert [one.code for one in guarding.verify(again).faults] == ["comment_not_in_audit"]


def told(db, since, scenario_id=DRAFT):
    found = changes.changes_since(db, scenario_id=scenario_id, since=since)
    return {(one.code, one.kind, one.before, one.after, one.by) for one in found}


def test_everything_that_happened_since(db):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[9], cluster="health")
    since = datetime.now(UTC)
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1], cluster="health")
    assigning.revert(db, actor=WANG, scenario_id=DRAFT, parcel_ids=[1])
    editing.edit_parcels(db, actor=WANG, scenario_id=DRAFT, changes={2: {"owner": "张三"}})
    reshaping.merge(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5, 6])
    add(db, parcels("c", prefix="Q", east=700_000.0))
    found = told(db, since)
    assert {one for one in found if one[0] == "P00"} == {
        ("P00", "cluster", "=", "health", "李工"), ("P00", "cluster", "health", "=", "王工"),
    }  # fmt: skip
    assert ("P01", "field", None, "张三", "王工") in found
    assert {one[1] for one in found if one[0] in {"P04", "P05"}} == {"ended"}
    assert sorted(one[3] for one in found if one[1] == "born") == [10_000.0, 20_000.0]
    assert not any(one[0] == "P08" for one in found)
    assert told(db, datetime.now(UTC) + timedelta(seconds=1)) == set()


def test_what_a_base_did_shows_where_nothing_covers_it(db):
    child = scenarios.new(db, actor=LI, name="子", base=DRAFT).id
    since = datetime.now(UTC)
    assigning.assign(db, actor=LI, scenario_id=child, parcel_ids=[5], cluster="chips")
    assigning.assign(db, actor=WANG, scenario_id=DRAFT, parcel_ids=[5, 6], cluster="health")
    assert {(one[0], one[3]) for one in told(db, since, child)} == {("P04", "chips"), ("P05", "health")}


def test_a_moment_has_a_zone(db):
    with pytest.raises(Refused, match="date_without_zone"):
        changes.changes_since(db, scenario_id=DRAFT, since=datetime(2026, 1, 1))  # noqa: DTZ001  # that is the point
