"""Views kept for a briefing: saved, renamed, ordered, deleted; each act is in the audit, and no snapshot is another."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import freezing, guarding, saved_views
from planning.atlas import Atlas
from planning.errors import Refused
from planning.saved_views import Place
from store import audit
from tests.planning.board import DRAFT, LI

HERE = Place(29.3, 120.07, 11.25)


def save(db, caption, place=HERE):
    return saved_views.save(db, actor=LI, scenario_id=DRAFT, caption=caption, place=place)


def captions(db):
    return [view.caption for view in saved_views.views(db, DRAFT)]


def test_a_story_is_told_in_order_and_can_be_rearranged(db):
    first, second, third = (save(db, name) for name in ("一", "二", "三"))
    assert captions(db) == ["一", "二", "三"]
    saved_views.move(db, actor=LI, view_id=third.id, by=-1)
    assert captions(db) == ["一", "三", "二"]
    saved_views.rename(db, actor=LI, view_id=second.id, caption="  二\n之后 ")
    saved_views.delete(db, actor=LI, view_id=first.id)
    assert captions(db) == ["三", "二 之后"]
    assert [view.position for view in saved_views.views(db, DRAFT)] == [0, 1]
    assert save(db, "四").id not in {second.id, third.id}
    with db.read() as conn:
        told = [(entry.verb, json.loads(entry.detail)) for entry in audit.latest(conn, limit=7)][::-1]
    verbs = ["save_view"] * 3 + ["order_views", "rename_view", "delete_view", "save_view"]
    assert [verb for verb, _ in told] == verbs
    assert told[3][1] == {"before": [first.id, second.id, third.id], "after": [first.id, third.id, second.id]}
    assert guarding.verify(db).faults == ()


def test_what_is_kept_is_what_was_saved(db):
    place = Place(29.123456789, 120.98765432, 13.4567, "park", "stage", "芯片产业园")
    kept = save(db, "园区", place)
    assert (kept.lat, kept.lng, kept.zoom) == (29.1234568, 120.9876543, 13.457)
    assert (kept.template, kept.theme, kept.park, kept.by) == ("park", "stage", "芯片产业园", LI.name)


@pytest.mark.parametrize(
    "by_hand",
    [
        "UPDATE saved_view SET caption = '别的'",
        "UPDATE saved_view SET lat = lat + 1e-6",
        "UPDATE saved_view SET position = 1 - position",
        "DELETE FROM saved_view",
    ],
)
def test_verify_finds_what_was_changed_by_hand(db, by_hand):
    for name in ("一", "二", "三"):
        save(db, name)
    saved_views.delete(db, actor=LI, view_id=1)
    assert guarding.verify(db).faults == ()
    with closing(sqlite3.connect(db.path)) as raw:
        raw.execute(by_hand)
        raw.commit()
    assert {fault.code for fault in guarding.verify(db).faults} == {"view_not_in_audit"}


@pytest.mark.parametrize(
    ("caption", "place", "code"),
    [
        (" ", HERE, "caption_empty"),
        ("长" * 41, HERE, "caption_too_long"),
        ("反\u202e转", HERE, "control_character"),
        ("好", Place(91.0, 120.0, 11.0), "view_malformed"),
        ("好", Place(float("nan"), 120.0, 11.0), "view_malformed"),
        ("好", Place(29.0, 120.0, 99.0), "view_malformed"),
        ("好", Place(29.0, 120.0, 11.0, "nothing"), "view_malformed"),
        ("好", Place(29.0, 120.0, 11.0, theme="nothing"), "view_malformed"),
    ],
)
def test_what_is_no_view_is_refused_and_nothing_written(db, caption, place, code):
    with pytest.raises(Refused) as refused:
        save(db, caption, place)
    assert refused.value.faults[0].code == code
    assert captions(db) == []


def test_what_is_gone_is_said_to_be(db):
    gone = save(db, "一").id
    saved_views.delete(db, actor=LI, view_id=gone)
    for verb, values in (
        (saved_views.delete, {}),
        (saved_views.rename, {"caption": "x"}),
        (saved_views.move, {"by": 1}),
    ):
        with pytest.raises(Refused, match="unknown_view"):
            verb(db, actor=LI, view_id=gone, **values)


def test_keeping_a_view_makes_no_snapshot_another_one(db):
    atlas = Atlas(db)
    before = freezing.freeze(atlas, DRAFT).id
    save(db, "一")
    assert freezing.freeze(atlas, DRAFT).id == before


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 3), st.integers(-5, 5)), max_size=6))
def test_moving_only_ever_rearranges(db, moves):
    for view in saved_views.views(db, DRAFT):
        saved_views.delete(db, actor=LI, view_id=view.id)
    ids = [save(db, name).id for name in "甲乙丙丁"]
    model = list(ids)
    for which, by in moves:
        key = ids[which]
        at = model.index(key)
        model.remove(key)
        model.insert(min(max(at + by, 0), len(model)), key)
        saved_views.move(db, actor=LI, view_id=key, by=by)
    told = saved_views.views(db, DRAFT)
    assert [view.id for view in told] == model
    assert [view.position for view in told] == list(range(4))
