"""From quotas to a new scenario: what is kept, what is refused, what is told of each parcel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from planning import allocation_plans, assigning, guarding
from planning.allocation import Asked, Quota, allocate, out_of_date, pieces_now
from planning.atlas import Atlas
from planning.errors import Refused
from planning.suitability_model import Model
from tests.planning.board import DRAFT, LI, copy_of, made

DAY = date(2026, 1, 1)
# four rows of ten parcels of 15 亩
PLAN = "cc........" + "." * 30
ASKED = Asked((Quota("chips", Decimal(120)), Quota("knitwear", Decimal(90))), tolerance=0.1, gap=0.02, seconds=40)


@pytest.fixture(scope="module")
def made_board(tmp_path_factory):
    db = made(tmp_path_factory.mktemp("alloc") / "board.sqlite", PLAN)
    yield db
    db.close()


@pytest.fixture
def board(made_board, tmp_path):
    db = copy_of(made_board, tmp_path / "copy.sqlite")
    yield db
    db.close()


def planned(db, asked=ASKED):
    atlas = Atlas(db)
    return atlas, allocate(atlas, atlas.scenario(DRAFT), asked, Model(), on=DAY)


def test_a_plan_becomes_a_new_scenario_and_nothing_else_changes(board):
    atlas, plan = planned(board)
    assert plan.is_found
    assert plan.answer.gap is not None
    before = atlas.scenario(DRAFT)
    made_one = allocation_plans.accept(board, atlas, plan, actor=LI, name="优化", reason="试")
    after = atlas.scenario(made_one.id)
    assert made_one.editable
    assert np.array_equal(atlas.scenario(DRAFT).cluster, before.cluster)
    for line in allocation_plans.lines(plan):
        has = after.cluster == after.codes.index(line.cluster)
        assert int(has.sum()) == line.parcels
        assert has.sum() * 15 == pytest.approx(line.mu)
        assert line.quota_mu * 0.9 <= line.mu <= line.quota_mu * 1.1
        assert line.blocks == 1
    assert np.array_equal(allocation_plans.pictured(plan, before).cluster, after.cluster)
    assert guarding.verify(board).ok
    # it is one step: undone, the new scenario is what it was copied from
    assigning.undo(board, actor=LI, scenario_id=made_one.id)
    assert np.array_equal(atlas.scenario(made_one.id).cluster, before.cluster)


def test_a_locked_parcel_keeps_its_cluster_and_counts(board):
    atlas = Atlas(board)
    ids = atlas.parcels().ids
    far = int(ids[39])
    assigning.assign(board, actor=LI, scenario_id=DRAFT, parcel_ids=[far], cluster="knitwear")
    assigning.lock(board, actor=LI, scenario_id=DRAFT, parcel_ids=[far])
    _, plan = planned(board)
    found = allocation_plans.reason(plan, far)
    assert found is not None
    assert found.locked
    assert found.given.cluster == "knitwear"
    assert far not in allocation_plans.changed(plan)


def test_only_unassigned_land_is_given_out_when_that_is_asked(board):
    _, plan = planned(board, replace(ASKED, scope="unassigned"))
    ids = plan.setting.ids.tolist()
    kept = [plan.setting.codes[plan.answer.given[ids.index(one)]] for one in ids[:2]]
    assert kept == ["chips", "chips"]


def test_every_reason_adds_up(board):
    _, plan = planned(board)
    whole = {}
    for one in plan.setting.ids.tolist():
        found = allocation_plans.reason(plan, one)
        assert found is not None
        assert len(found.others) == len(plan.setting.codes)
        whole[one] = found
        losses = [choice.loss for choice in found.others]
        assert losses == sorted(losses)
    # what nothing stands against and would still gain is no more than the gap that was told
    gains = [-choice.loss for one in whole.values() for choice in one.others if not choice.against and not one.locked]
    assert max(gains, default=0.0) <= (plan.answer.gap or 0.0) * (plan.answer.worth or 0.0) + 1e-6
    assert allocation_plans.reason(plan, 10**9) is None


def test_a_plan_of_yesterday_is_not_taken(board):
    atlas, plan = planned(board)
    assert out_of_date(atlas, plan) == ()
    assigning.assign(board, actor=LI, scenario_id=DRAFT, parcel_ids=[int(plan.setting.ids[9])], cluster="health")
    assert out_of_date(atlas, plan) == (f"assignments:{DRAFT}",)
    with pytest.raises(Refused) as caught:
        allocation_plans.accept(board, atlas, plan, actor=LI, name="晚了")
    assert caught.value.faults[0].code == "plan_out_of_date"


def test_quotas_beyond_the_land_are_explained_and_make_no_scenario(board):
    asked = replace(ASKED, quotas=(Quota("chips", Decimal(900), 0), Quota("knitwear", Decimal(90), 0)))
    atlas, plan = planned(board, asked)
    assert plan.answer.status == "infeasible"
    assert {need.code for need in plan.answer.needs} == {"short"}
    with pytest.raises(Refused) as caught:
        allocation_plans.accept(board, atlas, plan, actor=LI, name="没有")
    assert caught.value.faults[0].code == "plan_without_answer"


def test_everything_that_is_wrong_with_what_is_asked_is_told_at_once(board):
    atlas = Atlas(board)
    bad = Asked((Quota("nobody", Decimal(-1)), Quota("chips", Decimal(1), -1), Quota("chips", Decimal(2))),
                tolerance=2.0, scope="some", seconds=0.0, stages=("gone",))  # fmt: skip
    with pytest.raises(Refused) as caught:
        allocate(atlas, atlas.scenario(DRAFT), bad, Model(), on=DAY)
    assert {fault.code for fault in caught.value.faults} == {
        "unknown_cluster", "quota_twice", "quota_negative", "blocks_out_of_range", "tolerance_out_of_range",
        "seconds_out_of_range", "unknown_scope", "unknown_stage",
    }  # fmt: skip


def test_pieces_as_they_lie_are_counted(board):
    atlas = Atlas(board)
    assert pieces_now(atlas, atlas.scenario(DRAFT)) == {"chips": 1}
