"""Proof, copies, restoring: what is wrong is found with its place, what is copied is whole."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from planning import assigning, editing, guarding
from planning.atlas import Atlas
from planning.errors import Refused
from store.database import Database
from store.errors import DatabaseMissing
from tests.planning.board import DRAFT, LI, add, copy_of, parcels


@pytest.fixture
def used(db):
    """A board with something of everything on record."""
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 2, 5], cluster="digital", reason="近园区")
    assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=[2])
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5], clusters=["health"])
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    editing.edit_parcels(db, actor=LI, scenario_id=DRAFT, changes={1: {"owner": "张三"}, 2: {"far_min": 1}})
    assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assigning.redo(db, actor=LI, scenario_id=DRAFT)
    return db


def tampered(db, *statements):
    """Change the file behind the product's back, as somebody with the file and a tool could."""
    db.close()
    with closing(sqlite3.connect(db.path, isolation_level=None)) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            raw.execute(statement)


def test_a_used_database_is_whole(used):
    found = guarding.verify(used)
    assert found.faults == ()
    assert (found.parcels, found.area_m2) == (10, Decimal(100_000))
    assert len(found.head_hash) == 64


TAMPERINGS = {
    "an area": (
        ["UPDATE parcels SET area_m2 = area_m2 + 1 WHERE id = 3"], {"area_differs", "area_sum_differs"}, "parcels 3",
    ),
    "a shape": (
        ["UPDATE parcels SET geometry = (SELECT geometry FROM parcels WHERE id = 4) WHERE id = 3"],
        {"shapes_not_those_imported", "index_differs"},
        "parcels 3",
    ),
    "an assignment": (
        ["UPDATE assignment SET cluster_id = 3 WHERE scenario_id = 2 AND parcel_id = 1"],
        {"assignment_not_in_audit"},
        "scenario 2 parcel 1",
    ),
    "an assignment put in": (
        ["INSERT INTO assignment VALUES (2, 9, 3, 0, NULL, 'x', 'y', 1, 1)"],
        {"assignment_not_in_audit", "version_without_history"},
        "scenario 2 parcel 9",
    ),
    "a cell": (["UPDATE parcels SET owner = '李四' WHERE id = 1"], {"cell_not_in_audit"}, "parcels 1"),
    "a cell never edited": (
        ["UPDATE parcels SET owner = '李四' WHERE id = 8"], {"cells_not_those_imported"}, "",
    ),
    "a version": (["UPDATE parcels SET version = 9 WHERE id = 7"], {"version_without_history"}, "parcels 7"),
    "a lock": (
        ["INSERT INTO lock VALUES (90, 2, 7, NULL, 1, 'x', 'y', 1, 1)"], {"lock_not_in_audit"}, "scenario 2",
    ),
    "a row put in": (
        [
            """INSERT INTO parcels (id, code, version, source, is_sample, valid_from, geometry, area_m2)
            SELECT 50, 'X', 1, source, 0, valid_from, geometry, area_m2 FROM parcels WHERE id = 1""",
        ],
        {"row_not_in_audit", "index_differs"},
        "parcels 50",
    ),
    "a row taken out": (["DELETE FROM parcels WHERE id = 10"], {"shapes_not_those_imported", "area_sum_differs"}, ""),
    "a word of the record": (
        ["DROP TRIGGER audit_no_update", "UPDATE audit SET actor = '别人' WHERE seq = 5"],
        {"guard_missing", "audit_chain_broken"},
        "audit 5",
    ),
    "an entry taken out": (
        ["DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 7"],
        {"guard_missing", "audit_chain_broken", "reference_broken"},
        "audit 8",
    ),
    "the last entry": (
        ["DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = (SELECT MAX(seq) FROM audit)"],
        {"guard_missing", "reference_broken"},
        "",
    ),
    "the undo stack": (["UPDATE command SET status = 'undone' WHERE id = 1"], {"undo_stack_broken"}, "command 2"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_found_with_its_place(used, what):
    statements, codes, where = TAMPERINGS[what]
    tampered(used, *statements)
    with closing(Database.open(used.url)) as reopened:
        faults = guarding.verify(reopened).faults
    assert codes <= {fault.code for fault in faults}
    assert any(fault.where == where for fault in faults) or not where


def test_a_backup_taken_under_writes_is_one_state(used, tmp_path):
    stop = threading.Event()

    def write():
        while not stop.is_set():
            for cluster in ("chips", "knitwear"):
                assigning.assign(used, actor=LI, scenario_id=DRAFT, parcel_ids=range(1, 11), cluster=cluster)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for at in range(5):
            guarding.backup(used, tmp_path / f"{at}.sqlite")
    finally:
        stop.set()
        writer.join()
    for at in range(5):
        with closing(Database.open(f"sqlite:///{tmp_path}/{at}.sqlite")) as copy:
            assert guarding.verify(copy).ok
    assert not list(tmp_path.glob(".*"))


def test_a_backup_overwrites_a_backup_and_nothing_else(used, tmp_path):
    target = tmp_path / "copies" / "b.sqlite"
    first = guarding.backup(used, target)
    assigning.undo(used, actor=LI, scenario_id=DRAFT)
    assert guarding.backup(used, target).head_hash != first.head_hash
    letter = tmp_path / "letter.txt"
    letter.write_text("dear")
    for path in (letter, used.path):
        with pytest.raises(Refused):
            guarding.backup(used, path)
    assert letter.read_text() == "dear"


def test_a_restore_brings_everything_back_and_open_readers_follow(used, tmp_path):
    atlas = Atlas(used)
    before = atlas.scenario(DRAFT)
    copy = guarding.backup(used, tmp_path / "b.sqlite")
    assigning.assign(used, actor=LI, scenario_id=DRAFT, parcel_ids=range(1, 11), cluster="chips")
    add(used, parcels("..", prefix="Q", east=600_000.0))
    shown = atlas.revisions()
    with pytest.raises(Refused) as caught:
        guarding.restore(copy.path, used.url, actor=LI)
    assert caught.value.faults[0].code == "database_not_empty"
    assert atlas.revisions() == shown
    guarding.restore(copy.path, used.url, replace=True, actor=LI)
    after = atlas.scenario(DRAFT)
    assert after.cluster.tolist() == before.cluster.tolist()
    assert len(atlas.parcels()) == 10
    assert all(atlas.revision(key) > number for key, number in shown.items())
    assert guarding.verify(used).ok
    kept = list(Path(used.path).parent.glob("*.before-restore-*"))
    with closing(Database.open(f"sqlite:///{kept[0]}")) as old:
        assert len(Atlas(old).parcels()) == 12
    assigning.undo(used, actor=LI, scenario_id=DRAFT)


def test_a_restore_to_a_new_place(used, tmp_path):
    copy = guarding.backup(used, tmp_path / "b.sqlite")
    url = f"sqlite:///{tmp_path}/elsewhere/new.sqlite"
    guarding.restore(copy.path, url, actor=LI)
    with closing(Database.open(url)) as db:
        assert guarding.verify(db).ok


def test_a_damaged_or_foreign_copy_is_not_restored(used, tmp_path):
    copy = guarding.backup(used, tmp_path / "b.sqlite").path
    with closing(sqlite3.connect(copy, isolation_level=None)) as raw:
        raw.execute("UPDATE parcels SET area_m2 = 1 WHERE id = 1")
    foreign = tmp_path / "foreign.sqlite"
    with closing(sqlite3.connect(foreign)) as raw:
        raw.execute("CREATE TABLE t (a)")
    text = tmp_path / "text.sqlite"
    text.write_text("not a database" * 100)
    url = f"sqlite:///{tmp_path}/new.sqlite"
    for path in (copy, foreign, text, tmp_path / "absent.sqlite"):
        with pytest.raises(Refused):
            guarding.restore(path, url, actor=LI)
    with pytest.raises(DatabaseMissing):
        Database.open(url)
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_database_is_set_aside_when_told(used, tmp_path):
    copy = guarding.backup(used, tmp_path / "b.sqlite").path
    broken = copy_of(used, tmp_path / "broken.sqlite")
    broken.close()
    broken.path.write_bytes(b"\0" * 5000)
    with pytest.raises(Refused):
        guarding.restore(copy, broken.url, actor=LI)
    guarding.restore(copy, broken.url, replace=True, actor=LI)
    with closing(Database.open(broken.url)) as db:
        assert guarding.verify(db).ok
