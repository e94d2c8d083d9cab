"""Quotas: set, inherited, taken back, guarded against others, and proven by the audit chain."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planning import assigning, guarding, scenarios
from planning.errors import ReadOnlyScenario, Refused, StaleVersion, UndoConflict
from planning.quotas import quotas, set_quotas
from tests.planning.board import DRAFT, LI, WANG


def put(db, scenario_id=DRAFT, **given):
    return set_quotas(
        db, actor=LI, scenario_id=scenario_id,
        quotas={code: None if mu is None else Decimal(mu) for code, mu in given.items()},
    )  # fmt: skip


def held(db, scenario_id=DRAFT):
    return {code: (one.mu, one.scenario_id) for code, one in quotas(db, scenario_id).items()}


def test_a_quota_is_kept_to_a_hundredth_and_read_back_exactly(db):
    assert put(db, chips="120.05", health="0").command_id is not None
    assert held(db) == {"chips": (Decimal("120.05"), DRAFT), "health": (Decimal("0.00"), DRAFT)}


def test_undo_and_redo_give_back_what_was(db):
    put(db, chips="100")
    put(db, chips="80", health="20")
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert held(db) == {"chips": (Decimal(100), DRAFT)}
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert held(db) == {}
    assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assigning.redo(db, actor=LI, scenario_id=DRAFT)
    assert held(db) == {"chips": (Decimal(80), DRAFT), "health": (Decimal(20), DRAFT)}
    assert guarding.verify(db).ok


def test_an_heir_takes_its_base_s_quota_until_it_has_its_own(db):
    put(db, chips="100", health="50")
    heir = scenarios.new(db, actor=LI, name="heir", base=DRAFT).id
    put(db, heir, chips="70", health=None)
    assert held(db, heir) == {"chips": (Decimal(70), heir)}
    put(db, chips="90")
    assert held(db, heir) == {"chips": (Decimal(70), heir)}
    # equal to the base's: from there from now on
    put(db, heir, chips="90", health="50")
    put(db, chips="60")
    assert held(db, heir) == {"chips": (Decimal(60), DRAFT), "health": (Decimal(50), DRAFT)}


def test_a_copy_has_the_quotas_of_its_source(db):
    put(db, chips="100", health="50")
    copy = scenarios.duplicate(db, actor=LI, scenario_id=DRAFT, name="copy").id
    put(db, chips="1")
    assert held(db, copy) == {"chips": (Decimal(100), copy), "health": (Decimal(50), copy)}
    assert guarding.verify(db).ok


def test_what_cannot_be_a_quota_is_refused_whole(db):
    with pytest.raises(Refused) as refused:
        put(db, chips="-1", health="1.001", digital="5")
    assert {fault.code for fault in refused.value.faults} == {"quota_out_of_range", "quota_too_fine"}
    with pytest.raises(Refused):
        put(db, nothing="5")
    with pytest.raises(ReadOnlyScenario):
        put(db, 1, chips="5")
    assert held(db) == {}


def test_an_other_s_change_is_told_and_not_overwritten(db):
    put(db, chips="100")
    with pytest.raises(StaleVersion) as stale:
        set_quotas(
            db, actor=WANG, scenario_id=DRAFT, quotas={"chips": Decimal(50)}, seen={"chips": None}
        )  # fmt: skip
    (clash,) = stale.value.conflicts
    assert (clash.old, clash.mine, clash.theirs) == (None, Decimal(50), Decimal(100))
    assert held(db) == {"chips": (Decimal(100), DRAFT)}


def test_undo_of_a_quota_that_stands_otherwise_is_refused(db):
    put(db, chips="100")
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE quota SET centi_mu = 1")
    with pytest.raises(UndoConflict):
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert [fault.code for fault in guarding.verify(db).faults] == ["quota_not_in_audit"]


def test_the_same_again_is_no_step(db):
    put(db, chips="100")
    assert put(db, chips="100.00").command_id is None
