"""The handle: durable, one writer at a time, whole states for readers, and a file that is ours."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from store import settings, sqlite
from store.database import Database
from store.errors import (
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseExists,
    DatabaseForeign,
    DatabaseMissing,
    DatabaseNewer,
    UrlRefused,
)


@pytest.fixture
def db(tmp_path):
    made = Database.create(f"sqlite:///{tmp_path}/a.sqlite")
    yield made
    made.close()


def pragma(conn, name):
    return conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def test_every_connection_is_durable_and_holds_references(db):
    for frame in (db.read, db.write):
        with frame() as conn:
            assert (pragma(conn, "journal_mode"), pragma(conn, "synchronous"), pragma(conn, "foreign_keys")) == (
                "wal",
                2,
                1,
            )


def test_a_reader_cannot_write(db):
    with pytest.raises(OperationalError, match="readonly"), db.read() as conn:
        settings.write(conn, "a", "b")


def test_leaving_by_an_exception_takes_back_rows_and_tables(db):
    def fail_half_way():
        with db.write() as conn:
            settings.write(conn, "a", "b")
            conn.exec_driver_sql("CREATE TABLE half (a)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with db.read() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM setting WHERE key = 'a'")).scalar_one() == 0
        assert conn.execute(text("SELECT COUNT(*) FROM sqlite_master WHERE name = 'half'")).scalar_one() == 0


def test_a_reader_sees_one_state_from_beginning_to_end(db):
    with db.read() as conn:
        before = conn.execute(text("SELECT COUNT(*) FROM setting")).scalar_one()
        with db.write() as writer:
            settings.write(writer, "a", "b")
        assert conn.execute(text("SELECT COUNT(*) FROM setting")).scalar_one() == before
    with db.read() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM setting")).scalar_one() == before + 1


def test_writers_lose_no_increment(db):
    """Read, add one, write: with a BEGIN that starts as a read most of these fail or are lost."""

    def count(handle):
        for _ in range(25):
            with handle.write() as conn:
                now = int(settings.read(conn, "count"))
                conn.execute(text("UPDATE setting SET value = :value WHERE key = 'count'"), {"value": str(now + 1)})

    with db.write() as conn:
        settings.write(conn, "count", "0")
    other = Database.open(db.url)
    with ThreadPoolExecutor(6) as pool:
        for one in [pool.submit(count, handle) for handle in (db, other) * 3]:
            one.result()
    with db.read() as conn:
        assert settings.read(conn, "count") == "150"
    other.close()


def test_a_writer_that_waited_too_long_says_so(db, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_WAIT_MS", 50)
    waiting = Database.open(db.url)
    with db.write(), pytest.raises(DatabaseBusy), waiting.write():
        pass
    waiting.close()


@pytest.mark.parametrize("table", ["audit", "assignment_history", "edit_history"])
@pytest.mark.parametrize("act", ["UPDATE {} SET audit_seq = 1", "DELETE FROM {}"])
def test_proof_can_only_be_added_to(db, table, act):
    with db.write() as conn:
        conn.exec_driver_sql("INSERT INTO audit VALUES (1, '', '', '', '', '', '{}', '', 'h')")
        conn.exec_driver_sql("INSERT INTO assignment_history VALUES (1, 1, 1, NULL, 1, 1)")
        conn.exec_driver_sql("INSERT INTO edit_history VALUES ('parcels', 1, 1, '{}', '{}', 1)")
    statement = act.format(table).replace("audit SET audit_seq", "audit SET seq")
    with pytest.raises(IntegrityError, match="append-only"), db.write() as conn:
        conn.exec_driver_sql(statement)


def test_a_code_is_unique_among_live_rows_only(db):
    columns = "code, version, source, is_sample, valid_from, valid_to, geometry"
    row = f"INSERT INTO towns ({columns}) VALUES ('A', 1, '', 0, 'a', {{}}, x'00')"  # noqa: S608
    with db.write() as conn:
        conn.exec_driver_sql(row.format("'b'"))
        conn.exec_driver_sql(row.format("'b'"))
        conn.exec_driver_sql(row.format("NULL"))
    with pytest.raises(IntegrityError), db.write() as conn:
        conn.exec_driver_sql(row.format("NULL"))


def test_opening_makes_nothing(tmp_path):
    with pytest.raises(DatabaseMissing):
        Database.open(f"sqlite:///{tmp_path}/none.sqlite")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "postgresql://h/d", "nonsense", "sqlite:///a?mode=ro"]
)
def test_an_address_that_cannot_be_served_is_refused(url):
    with pytest.raises(UrlRefused):
        Database.open(url)


def test_a_password_in_an_address_is_not_repeated():
    with pytest.raises(UrlRefused) as caught:
        Database.open("postgresql://user:secret@h/d")
    assert "secret" not in str(caught.value)


def test_other_files_are_told_apart(db, tmp_path):
    with closing(sqlite3.connect(tmp_path / "foreign.sqlite")) as raw:
        raw.execute("CREATE TABLE a (b)")
    (tmp_path / "text.sqlite").write_text("x" * 4096)
    with pytest.raises(DatabaseForeign):
        Database.open(f"sqlite:///{tmp_path}/foreign.sqlite")
    with pytest.raises(DatabaseDamaged):
        Database.open(f"sqlite:///{tmp_path}/text.sqlite")
    with pytest.raises(DatabaseExists):
        Database.create(f"sqlite:///{tmp_path}/text.sqlite")
    with db.write() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer):
        Database.open(db.url)


def test_a_failed_making_leaves_nothing(tmp_path):
    with pytest.raises(RuntimeError), Database.building(f"sqlite:///{tmp_path}/a.sqlite"):
        raise RuntimeError
    assert not list(tmp_path.iterdir())
