"""Two tabs on one draft: the second painter sees old, mine and theirs, chooses, and nothing is lost."""

from __future__ import annotations

import pytest

from planning import assigning
from planning.atlas import Atlas, behind, changed_since
from planning.errors import StaleVersion
from store import assignments
from tests.planning.board import DRAFT, LI, WANG


def paint(db, actor, ids, cluster, state):
    return assigning.assign(db, actor=actor, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, seen=state.seen(ids))


@pytest.fixture
def clash(db, atlas):
    """Both tabs saw the same picture; Li painted 1 and 4 first, Wang wants 1, 2 and 4."""
    wang_sees = atlas.scenario(DRAFT)
    paint(db, LI, [1, 4], "digital", wang_sees)
    with pytest.raises(StaleVersion) as caught:
        paint(db, WANG, [1, 2, 4], "knitwear", wang_sees)
    return wang_sees, caught.value.conflicts


def test_the_second_is_shown_old_mine_and_theirs(clash):
    _, conflicts = clash
    assert [(one.code, one.old, one.mine, one.theirs, one.by) for one in conflicts] == [
        ("P00", "chips", "knitwear", "digital", "李工"),
        ("P03", None, "knitwear", "digital", "李工"),
    ]


@pytest.mark.usefixtures("clash")
def test_nothing_of_the_refused_stroke_is_written(db):
    state = Atlas(db).scenario(DRAFT)
    assert [state.code_at(row) for row in (0, 1, 3)] == ["digital", "chips", "digital"]


def test_insisting_on_mine_keeps_theirs_in_the_history(db, clash):
    seen, conflicts = clash
    versions = seen.seen([1, 2, 4]) | {one.parcel_id: one.version for one in conflicts}
    assigning.assign(db, actor=WANG, scenario_id=DRAFT, parcel_ids=[1, 2, 4], cluster="knitwear", seen=versions)
    state = Atlas(db).scenario(DRAFT)
    assert [state.code_at(row) for row in (0, 1, 3)] == ["knitwear"] * 3
    with db.read() as conn:
        assert [step["actor"] for step in assignments.timeline(conn, DRAFT, 1)] == ["李工", "王工"]
    assigning.undo(db, actor=WANG, scenario_id=DRAFT)
    state = Atlas(db).scenario(DRAFT)
    assert [state.code_at(row) for row in (0, 1, 3)] == ["digital", "chips", "digital"]


def test_yielding_to_theirs_still_paints_the_rest(db, clash):
    seen, conflicts = clash
    mine = [key for key in (1, 2, 4) if key not in {one.parcel_id for one in conflicts}]
    paint(db, WANG, mine, "knitwear", seen)
    state = Atlas(db).scenario(DRAFT)
    assert [state.code_at(row) for row in (0, 1, 3)] == ["digital", "knitwear", "digital"]


def test_insisting_against_a_third_change_is_a_new_clash(db, clash):
    _, conflicts = clash
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1], cluster="health")
    with pytest.raises(StaleVersion) as caught:
        assigning.assign(
            db, actor=WANG, scenario_id=DRAFT, parcel_ids=[1], cluster="knitwear", seen={1: conflicts[0].version}
        )
    assert [(one.old, one.theirs) for one in caught.value.conflicts] == [("digital", "health")]


def test_wanting_the_same_is_no_clash(db, atlas):
    seen = atlas.scenario(DRAFT)
    paint(db, LI, [1, 4], "digital", seen)
    assert [change.parcel_id for change in paint(db, WANG, [1, 2, 4], "digital", seen).changes] == [2]


def test_an_undo_by_the_other_is_a_change_that_was_not_seen(db, atlas):
    paint(db, LI, [1], "digital", atlas.scenario(DRAFT))
    seen = atlas.scenario(DRAFT)
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    with pytest.raises(StaleVersion) as caught:
        paint(db, WANG, [1], "knitwear", seen)
    clash = caught.value.conflicts[0]
    assert (clash.old, clash.mine, clash.theirs, clash.version) == ("digital", "knitwear", "chips", 2)


def test_a_tab_counts_what_others_changed_and_not_its_own(db, atlas):
    mine = atlas.scenario(DRAFT)
    mine = mine.after(paint(db, WANG, [2], "knitwear", mine))
    assert behind(db, mine) == 0
    paint(db, LI, [4, 5, 6], "digital", atlas.scenario(DRAFT))
    mine = mine.after(paint(db, WANG, [7], "knitwear", mine))
    assert behind(db, mine) == 3
    assert mine.revision < atlas.revision(f"assignments:{DRAFT}")
    assert [mine.code_at(row) for row in (3, 6)] == [None, "knitwear"]
    assert changed_since(db, DRAFT, atlas.scenario(DRAFT).revision) == 0


def test_a_change_that_was_not_adopted_is_still_a_clash(db, atlas):
    mine = atlas.scenario(DRAFT)
    paint(db, LI, [4], "digital", mine)
    mine = mine.after(paint(db, WANG, [7], "knitwear", mine))
    with pytest.raises(StaleVersion):
        paint(db, WANG, [4], "knitwear", mine)


def test_a_lock_by_the_other_keeps_the_parcel(db, atlas):
    mine = atlas.scenario(DRAFT)
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1])
    assert behind(db, mine) == 1
    assert paint(db, WANG, [1, 2], "digital", mine).skipped_locked == (1,)
