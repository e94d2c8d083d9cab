"""Merging three ways: what only they changed comes, what only I changed stays, what both changed is asked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import assigning, guarding, merging, scenarios
from planning.atlas import Atlas
from planning.errors import NothingToUndo, ReadOnlyScenario, Refused
from tests.planning.board import DRAFT, LI, WANG, copy_of

# P00 P01 chips, P02 health, the rest unassigned in the base


def paint(db, scenario_id, ids, cluster, actor=LI, reason=None):
    return assigning.assign(db, actor=actor, scenario_id=scenario_id, parcel_ids=ids, cluster=cluster, reason=reason)


def clusters(db, scenario_id):
    state = Atlas(db).scenario(scenario_id)
    return {int(key): state.code_at(row) for row, key in enumerate(state.ids)}


@pytest.fixture
def other(db):
    """A second draft over the base."""
    return scenarios.new(db, actor=WANG, name="方案二").id


def merged(db, into, from_, side="theirs"):
    found = merging.plan(db, into=into, from_=from_)
    return merging.merge(db, actor=LI, into=into, from_=from_, choices=merging.all_of(found, side))


def test_each_of_the_five_cases(db, other):
    paint(db, DRAFT, [4, 5, 6], "digital")
    paint(db, other, [5, 6, 7], "health", WANG)
    paint(db, other, [6], "digital", WANG)
    found = merging.plan(db, into=DRAFT, from_=other)
    assert [(one.parcel_id, one.old, one.mine, one.theirs) for one in found.taken] == [(7, None, None, "health")]
    assert [(one.parcel_id, one.old, one.mine, one.theirs) for one in found.conflicts] == [
        (5, None, "digital", "health")
    ]
    assert (found.kept, found.same, found.locked) == (1, 1, ())
    assert found.conflicts[0].by == "王工"


@pytest.mark.parametrize(("side", "fifth"), [("mine", "digital"), ("theirs", "health")])
def test_merging_and_taking_it_back(db, other, side, fifth):
    paint(db, DRAFT, [4, 5], "digital")
    paint(db, other, [5, 7], "health", WANG, "近医院")
    before = clusters(db, DRAFT)
    done = merged(db, DRAFT, other, side)
    after = clusters(db, DRAFT)
    assert after == before | {5: fifth, 7: "health"}
    assert len(done.changes) == (2 if side == "theirs" else 1)
    assert clusters(db, other) == {**clusters(db, 1), 5: "health", 7: "health"}
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert clusters(db, DRAFT) == before
    assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assert clusters(db, DRAFT) == after
    assert guarding.verify(db).faults == ()


def test_a_conflict_without_a_choice_writes_nothing(db, other):
    paint(db, DRAFT, [5], "digital")
    paint(db, other, [5, 7], "health", WANG)
    with pytest.raises(Refused) as refused:
        merging.merge(db, actor=LI, into=DRAFT, from_=other, choices={})
    assert refused.value.faults[0].values == {"count": 1, "codes": ("P04",)}
    assert clusters(db, DRAFT)[7] is None


def test_a_copy_meets_its_source_where_it_was_copied(db):
    """Both start from the source of that moment: what the source had then is nobody's change."""
    paint(db, DRAFT, [4, 5], "digital")
    copy = scenarios.duplicate(db, actor=WANG, scenario_id=DRAFT, name="副本").id
    paint(db, copy, [5], "health", WANG)
    found = merging.plan(db, into=DRAFT, from_=copy)
    assert [(one.parcel_id, one.old, one.theirs) for one in found.taken] == [(5, "digital", "health")]
    assert found.conflicts == ()
    # and back: the source painted on since, which is a change of the source's alone
    paint(db, DRAFT, [4], "chips")
    back = merging.plan(db, into=copy, from_=DRAFT)
    assert [(one.parcel_id, one.old, one.theirs) for one in back.taken] == [(4, "digital", "chips")]


def test_two_copies_meet_in_their_common_source(db):
    paint(db, DRAFT, [4, 5], "digital")
    first = scenarios.duplicate(db, actor=LI, scenario_id=DRAFT, name="甲").id
    paint(db, DRAFT, [6], "chips")
    second = scenarios.duplicate(db, actor=WANG, scenario_id=DRAFT, name="乙").id
    paint(db, second, [4], "health", WANG)
    found = merging.plan(db, into=first, from_=second)
    assert {one.parcel_id: one.theirs for one in found.taken} == {4: "health", 6: "chips"}


def test_a_lock_of_mine_keeps_a_parcel(db, other):
    paint(db, DRAFT, [5], "digital")
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5, 8], clusters=["chips"])
    paint(db, other, [5, 8, 9], "health", WANG)
    paint(db, other, [1], "health", WANG)
    paint(db, other, [10], "chips", WANG)
    found = merging.plan(db, into=DRAFT, from_=other)
    assert {one.parcel_id for one in found.locked} == {1, 5, 8, 10}
    before = clusters(db, DRAFT)
    done = merged(db, DRAFT, other)
    assert set(done.skipped_locked) == {1, 5, 8, 10}
    assert clusters(db, DRAFT) == before | {9: "health"}


def test_reverting_to_the_base_is_a_change_too(db):
    paint(db, DRAFT, [1], "digital")
    copy = scenarios.duplicate(db, actor=WANG, scenario_id=DRAFT, name="副本").id
    assigning.revert(db, actor=WANG, scenario_id=copy, parcel_ids=[1])
    done = merged(db, DRAFT, copy)
    assert [(one.parcel_id, one.after, one.own) for one in done.changes] == [(1, "chips", False)]


def test_what_cannot_be_merged(db, other):
    with pytest.raises(ReadOnlyScenario):
        merging.plan(db, into=1, from_=other)
    with pytest.raises(Refused):
        merging.plan(db, into=DRAFT, from_=DRAFT)
    done = merged(db, DRAFT, other)
    assert done.command_id is None
    with pytest.raises(NothingToUndo):
        assigning.undo(db, actor=LI, scenario_id=DRAFT)


VALUES = st.sampled_from([None, "digital", "health", "chips"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=st.dictionaries(st.integers(1, 10), VALUES), theirs=st.dictionaries(st.integers(1, 10), VALUES))
def test_any_two_drafts(made_board, tmp_path_factory, mine, theirs):
    """By the definition of a three-way merge, parcel by parcel, with plain dictionaries."""
    db = copy_of(made_board, tmp_path_factory.mktemp("any") / "any.sqlite")
    two = scenarios.new(db, actor=WANG, name="方案二").id
    base = clusters(db, 1)
    for scenario_id, strokes in ((DRAFT, mine), (two, theirs)):
        for key, cluster in strokes.items():
            paint(db, scenario_id, [key], cluster)
    found = merging.plan(db, into=DRAFT, from_=two)
    ours, others = base | mine, base | theirs
    conflicts = {k for k in base if ours[k] != others[k] and ours[k] != base[k] and others[k] != base[k]}
    assert {one.parcel_id for one in found.conflicts} == conflicts
    for side in ("mine", "theirs"):
        merging.merge(db, actor=LI, into=DRAFT, from_=two, choices=merging.all_of(found, side))
        expected = {
            k: (ours if side == "mine" else others)[k] if k in conflicts
            else others[k] if ours[k] == base[k] else ours[k]
            for k in base
        }  # fmt: skip
        assert clusters(db, DRAFT) == expected
        if side == "mine" and expected != ours:
            assigning.undo(db, actor=LI, scenario_id=DRAFT)
    db.close()
