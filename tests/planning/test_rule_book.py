"""The rule book of an office: seeded, edited with a reason, kept in every version, proved by the audit chain."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from layers.rules import parse_rules
from planning import guarding, history, people, rule_book, ruling
from planning.atlas import Atlas
from planning.errors import Refused, StaleVersion
from store.database import Database
from tests.people_here import DIRECTOR, WORDS, director, enter
from tests.planning.board import DRAFT, LI, WANG


def rule(db, code="CT-001", **change):
    return replace(rule_book.book(db).rule(code), **change)


def edit(db, *rules, why="环评批复", **more):
    return rule_book.edit(db, actor=more.pop("actor", LI), rules=rules, why=why, **more)


def test_a_new_database_has_every_rule_of_the_files(db):
    codes = {one.code for name in rule_book.FILES for one in parse_rules((rule_book.RULES / name).read_text("utf-8"))}
    book = rule_book.book(db)
    assert {one.code for one in book.rules} == codes
    assert {one.version for one in book.rules} == {1}


def test_an_edit_is_a_new_version_and_the_old_one_stays(db):
    before = rule_book.book(db)
    done = edit(db, rule(db, distance_m=150.0))
    assert [(one.code, one.version, one.distance_m) for one in done.rules] == [("CT-001", 2, 150.0)]
    assert rule_book.book(db).rule("CT-001").distance_m == 150.0
    assert rule_book.book(db, as_of=before.revision) == before
    newest, oldest = rule_book.history(db, "CT-001")
    assert (newest.by, newest.why, newest.rule.version) == ("李工", "环评批复", 2)
    assert oldest.rule == before.rule("CT-001")


def test_once_somebody_may_give_rights_an_edit_wants_their_signature(db):
    enter(db, {"王工": ["reviewer"]})
    reviewer = people.sign(db, name="王工", passphrase=WORDS)
    for by, code in ((None, "signature_missing"), (reviewer, "not_a_admin")):
        with pytest.raises(Refused, match=code):
            edit(db, rule(db, distance_m=150.0), by=by)
    assert rule_book.book(db).rule("CT-001").version == 1
    edit(db, rule(db, distance_m=150.0), by=director(db))
    assert rule_book.book(db).rule("CT-001").version == 2
    assert json.loads(history.latest(db, limit=1)[0].detail)["signed_by"] == DIRECTOR
    assert guarding.verify(db).faults == ()


def test_an_edit_without_a_reason_is_refused(db):
    with pytest.raises(Refused) as refused:
        edit(db, rule(db, distance_m=150.0), why="  ")
    assert [fault.code for fault in refused.value.faults] == ["rule_why_missing"]
    assert rule_book.book(db).rule("CT-001").version == 1


def test_all_faults_of_an_edit_are_told(db):
    with pytest.raises(Refused) as refused:
        edit(db, rule(db, distance_m=-1.0, level="maybe"), why="")
    assert {fault.code for fault in refused.value.faults} >= {
        "rule_distance_out_of_range", "rule_level_unknown", "rule_why_missing",
    }  # fmt: skip


def test_a_cluster_that_there_is_not_is_refused(db):
    with pytest.raises(Refused) as refused:
        edit(db, rule(db, subject="castle"))
    assert [fault.code for fault in refused.value.faults] == ["rule_cluster_unknown"]


def test_an_edit_that_changes_nothing_writes_nothing(db):
    before = rule_book.book(db)
    assert edit(db, rule(db)).rules == ()
    assert rule_book.book(db) == before


def test_two_people_at_one_rule_are_told(db):
    seen = rule_book.book(db).revision
    edit(db, rule(db, level="justify"), actor=WANG)
    with pytest.raises(StaleVersion) as stale:
        edit(db, rule(db, distance_m=200.0), seen=seen)
    assert [(clash.code, clash.by) for clash in stale.value.conflicts] == [("CT-001", "王工")]
    # another rule is nobody's business
    assert edit(db, rule(db, "CT-002", distance_m=200.0), seen=seen).rules


def test_the_cases_that_an_edit_changes_are_named_before_and_in_the_audit(db):
    book = rule_book.book(db)
    changed = rule_book.changes_of_cases(book, book.with_([rule(db, "CT-038", level="notice")]))
    assert [one.name for one in changed] == ["压占永久基本农田 20 米宽"]
    assert [hit.level for hit in changed[0].after.found] == ["notice"]
    edit(db, rule(db, "CT-038", level="notice"))
    with db.read() as conn:
        (detail,) = conn.exec_driver_sql("SELECT detail FROM audit WHERE verb = 'edit_rules'").scalars()
    assert "压占永久基本农田 20 米宽" in detail


def test_the_book_goes_out_and_comes_back_as_it_was(db):
    book = rule_book.book(db)
    assert rule_book.differing(book, rule_book.read_file(rule_book.export(book))) == ()
    text = rule_book.export(book).decode("utf-8-sig").replace("surface,", "surface,", 1)
    gbk = text.encode("gb18030")
    assert rule_book.differing(book, rule_book.read_file(gbk)) == ()


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00\x01", b"", b"PK\x03\x04\x00\x00", b"x,y\n1,2\n"])
def test_a_file_that_is_no_rule_table_is_refused(raw):
    with pytest.raises(Refused):
        rule_book.read_file(raw)


def test_every_edit_is_proved_and_a_changed_version_is_found(db):
    edit(db, rule(db, distance_m=150.0))
    assert guarding.verify(db).ok
    with closing(sqlite3.connect(db.path)) as raw:
        raw.execute("DROP TRIGGER rule_no_update")
        raw.execute("UPDATE rule SET level = 'notice' WHERE code = 'CT-001' AND version = 2")
        raw.commit()
    assert {fault.code for fault in guarding.verify(db).faults} == {"guard_missing", "rule_not_in_audit"}


def test_a_database_from_before_the_book_gets_it_when_it_is_first_asked(db):
    with closing(sqlite3.connect(db.path)) as raw:
        for act in ("update", "delete"):
            raw.execute(f"DROP TRIGGER rule_no_{act}")
        raw.execute("DELETE FROM rule")
        raw.commit()
    reopened = Database.open(db.url)
    atlas = Atlas(reopened)
    assert ruling.judge(atlas, atlas.scenario(DRAFT), [4], "surface").level_of([4]).tolist() == ["forbidden"]
    assert len(rule_book.book(reopened).rules) > 50
    reopened.close()


def test_a_missing_file_of_rules_is_refused_when_a_database_is_made(tmp_path):
    from planning import seeding  # noqa: PLC0415

    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "clusters.csv").write_text((rule_book.RULES / "clusters.csv").read_text("utf-8"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        seeding.create(f"sqlite:///{tmp_path}/a.sqlite", actor=LI, folder=tmp_path)
    assert {fault.where for fault in refused.value.faults} == set(rule_book.FILES)
