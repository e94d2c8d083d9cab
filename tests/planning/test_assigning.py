"""Painting, reverting, locking, undoing: one person, one scenario."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from planning import assigning, scenarios
from planning.atlas import Atlas
from planning.errors import NothingToRedo, NothingToUndo, ReadOnlyScenario, Refused
from tests.planning.board import DRAFT, LI, WANG, add, copy_of, made, parcels


def shown(atlas, scenario_id=DRAFT):
    state = atlas.scenario(scenario_id)
    return [state.code_at(row) for row in range(len(state.ids))]


def paint(db, ids, cluster, **options):
    return assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, **options)


def undo(db, actor=LI):
    return assigning.undo(db, actor=actor, scenario_id=DRAFT)


def redo(db):
    return assigning.redo(db, actor=LI, scenario_id=DRAFT)


def test_a_draft_shows_its_base_until_it_is_painted(atlas):
    assert shown(atlas) == ["chips", "chips", "health"] + [None] * 7
    assert not atlas.scenario(DRAFT).own.any()


def test_painting_changes_only_the_draft(db, atlas):
    paint(db, [1, 4], "knitwear")
    assert shown(atlas)[:4] == ["knitwear", "chips", "health", "knitwear"]
    assert shown(atlas, 1)[:4] == ["chips", "chips", "health", None]


def test_clearing_is_not_reverting(db, atlas):
    paint(db, [1, 2], None)
    assert shown(atlas)[:2] == [None, None]
    assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=[2])
    state = atlas.scenario(DRAFT)
    assert shown(atlas)[:2] == [None, "chips"]
    assert state.own[:2].tolist() == [True, False]
    assert state.version[:2].tolist() == [1, 2]


def test_painting_what_is_so_already_makes_no_step(db, atlas):
    paint(db, [1, 2], "knitwear")
    again = paint(db, [2, 1], "knitwear")
    assert again.command_id is None
    assert again.revision == atlas.revision(f"assignments:{DRAFT}")


def test_a_new_reason_for_the_same_cluster_is_a_step(db):
    paint(db, [1], "knitwear", reason="近针织园")
    assert paint(db, [1], "knitwear", reason="近地铁").command_id is not None


def test_undo_and_redo_walk_the_steps_and_versions_go_on_rising(db, atlas):
    boards = [shown(atlas)]
    for cluster in ("knitwear", "digital", None):
        paint(db, [1, 2, 5], cluster)
        boards.append(shown(atlas))
    for board in reversed(boards[:-1]):
        undo(db)
        assert shown(atlas) == board
    for board in boards[1:]:
        redo(db)
        assert shown(atlas) == board
    assert atlas.scenario(DRAFT).version[0] == 9


def test_a_new_step_clears_redo(db):
    paint(db, [1], "knitwear")
    undo(db)
    paint(db, [2], "digital")
    with pytest.raises(NothingToRedo):
        redo(db)


def test_nothing_to_undo_on_a_fresh_draft(db):
    with pytest.raises(NothingToUndo) as caught:
        undo(db)
    assert caught.value.faults[0].values["name"] == "方案一"


def test_undo_survives_a_restart_and_another_person(db, tmp_path):
    paint(db, [1, 2], "knitwear")
    paint(db, [3], "digital")
    reopened = copy_of(db, tmp_path / "later.sqlite")
    undo(reopened, actor=WANG)
    assert shown(Atlas(reopened))[:3] == ["knitwear", "knitwear", "health"]
    reopened.close()


def test_undo_puts_the_reason_back(db):
    paint(db, [1], "knitwear", reason="近针织园")
    paint(db, [1], "digital", reason="改主意")
    undo(db)
    with db.read() as conn:
        held = conn.exec_driver_sql(
            "SELECT reason FROM assignment WHERE parcel_id = 1 AND scenario_id = 2"
        ).scalar_one()
    assert held == "近针织园"


def test_a_locked_parcel_is_skipped_and_named(db, atlas):
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[2])
    done = paint(db, [1, 2, 3], "digital")
    assert done.skipped_locked == (2,)
    assert shown(atlas)[:3] == ["digital", "chips", "digital"]
    assert atlas.scenario(DRAFT).locked[:3].tolist() == [False, True, False]


def test_a_locked_cluster_neither_loses_nor_gains(db, atlas):
    assigning.lock(db, actor=LI, scenario_id=DRAFT, clusters=["chips"])
    assert paint(db, [1, 2, 3], "digital").skipped_locked == (1, 2)
    with pytest.raises(Refused) as caught:
        paint(db, [5], "chips")
    assert caught.value.faults[0].code == "cluster_locked"
    assert atlas.scenario(DRAFT).locked.sum() == 2


def test_unlocking_and_undoing_a_lock_both_free_the_parcel(db, atlas):
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1], clusters=["health"])
    assigning.unlock(db, actor=LI, scenario_id=DRAFT, clusters=["health"])
    assert atlas.scenario(DRAFT).locked.tolist() == [True] + [False] * 9
    undo(db)
    assert atlas.scenario(DRAFT).locked[:3].tolist() == [True, False, True]
    undo(db)
    assert not atlas.scenario(DRAFT).locked.any()


def test_the_base_is_read_only(db):
    with pytest.raises(ReadOnlyScenario):
        assigning.assign(db, actor=LI, scenario_id=1, parcel_ids=[1], cluster="chips")


def test_a_draft_in_review_is_read_only(db):
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE scenario SET state = 'in_review' WHERE id = 2")
    with pytest.raises(ReadOnlyScenario):
        paint(db, [1], "digital")


@pytest.mark.parametrize(
    ("scenario_id", "ids", "cluster", "code"),
    [
        (9, [1], "chips", "unknown_scenario"),
        (DRAFT, [1, 99], "chips", "unknown_parcel"),
        (DRAFT, [1], "flowers", "unknown_cluster"),
    ],
)
def test_the_unknown_is_refused_and_nothing_is_written(db, atlas, scenario_id, ids, cluster, code):
    before = atlas.revisions()
    with pytest.raises(Refused) as caught:
        assigning.assign(db, actor=LI, scenario_id=scenario_id, parcel_ids=ids, cluster=cluster)
    assert [fault.code for fault in caught.value.faults] == [code]
    assert atlas.revisions() == before


def test_a_scenario_over_a_draft_follows_the_draft(db, atlas):
    heir = scenarios.new(db, actor=LI, name="方案二", base=DRAFT)
    assert shown(atlas, heir.id)[0] == "chips"
    paint(db, [1, 2], "digital")
    assigning.assign(db, actor=LI, scenario_id=heir.id, parcel_ids=[1], cluster="health")
    assert shown(atlas, heir.id)[:2] == ["health", "digital"]
    undo(db)
    assert shown(atlas, heir.id)[:2] == ["health", "chips"]


def test_an_import_into_the_base_shows_in_every_draft(db, atlas):
    paint(db, [1], "digital")
    atlas.scenario(DRAFT)
    add(db, parcels("h", prefix="Q", east=600_000.0))
    assert shown(atlas)[0] == "digital"
    assert shown(atlas)[-1] == "health"


def test_the_picture_after_an_act_is_the_picture_read_anew(db, atlas):
    state = atlas.scenario(DRAFT)
    acts = [
        lambda: paint(db, [1, 4], "digital"),
        lambda: assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[4], clusters=["health"]),
        lambda: assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 4]),
        lambda: undo(db),
        lambda: undo(db),
        lambda: redo(db),
    ]
    for act in acts:
        state = state.after(act())
        fresh = Atlas(db).scenario(DRAFT)
        assert state.revision == fresh.revision
        for name in ("cluster", "version", "own", "locked"):
            assert np.array_equal(getattr(state, name), getattr(fresh, name)), name


def test_a_small_stroke_costs_little_on_a_board_painted_all_over(tmp_path):
    board = made(tmp_path / "large.sqlite", "c" * 5000 + "." * 15000)
    everything = list(range(1, 20_001))
    whole, small = (
        _steps(board, ids, cluster) for ids, cluster in ((everything, "digital"), (everything[:200], "health"))
    )
    board.close()
    # 1 in 100 of the rows: a plan that scans the draft for each row would make the small stroke the dearer one
    assert 0 < small < whole / 10


def _steps(board, ids, cluster):
    """The work of SQLite in one stroke, in thousands of the instructions of its virtual machine."""
    seen = Atlas(board).scenario(DRAFT).seen(ids)
    counted = itertools.count()
    with board.write() as conn:
        raw = conn.connection.driver_connection
    raw.set_progress_handler(lambda: next(counted) < 0, 1000)
    try:
        assert len(paint(board, ids, cluster, seen=seen).changes) == len(ids)
    finally:
        raw.set_progress_handler(None, 0)
    return next(counted)
