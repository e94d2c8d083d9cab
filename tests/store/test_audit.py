"""The chain: each entry holds the one before it, and any change shows where it was made."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store import audit
from store.database import Database


@pytest.fixture
def conn(tmp_path):
    db = Database.create(f"sqlite:///{tmp_path}/a.sqlite")
    with db.write() as conn:
        for at in range(5):
            entry = {"at": "2026-01-01", "actor": "李工", "origin": "app", "verb": "assign", "subject": "scenario:2"}
            audit.append(conn, **entry, detail={"b": at, "a": "地块"})
        for table in ("update", "delete"):
            conn.exec_driver_sql(f"DROP TRIGGER audit_no_{table}")
        yield conn
    db.close()


def test_the_hash_can_be_recomputed_by_the_words_of_the_docstring(conn):
    first, second = list(audit.entries(conn))[:2]
    parts = {
        "seq": 2, "at": "2026-01-01", "actor": "李工", "origin": "app", "verb": "assign", "subject": "scenario:2",
        "detail": '{"a":"地块","b":1}', "previous": first.hash,
    }  # fmt: skip
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert second.hash == hashlib.sha256(text.encode("utf-8")).hexdigest()
    assert first.previous == "0" * 64
    assert audit.breaks(conn) == ()


@pytest.mark.parametrize("column", ["at", "actor", "origin", "verb", "subject", "detail"])
def test_a_changed_word_breaks_the_entry(conn, column):
    conn.exec_driver_sql(f"UPDATE audit SET {column} = 'x' WHERE seq = 3")  # noqa: S608
    assert audit.breaks(conn) == (audit.Break(3, "hash"),)


def test_a_rehashed_entry_breaks_the_next(conn):
    conn.exec_driver_sql("UPDATE audit SET hash = 'forged' WHERE seq = 3")
    assert {one.seq for one in audit.breaks(conn)} == {3, 4}


def test_an_entry_taken_out_leaves_a_gap(conn):
    conn.exec_driver_sql("DELETE FROM audit WHERE seq = 3")
    assert audit.breaks(conn) == (audit.Break(4, "gap"), audit.Break(4, "previous"))


def test_pages_of_the_log_run_backwards(conn):
    assert [one.seq for one in audit.latest(conn, limit=2)] == [5, 4]
    assert [one.seq for one in audit.latest(conn, limit=2, before=4)] == [3, 2]


JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text() | some.floats(allow_nan=False, allow_infinity=False),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
)


@given(JSON)
def test_canonical_text_is_one_and_reads_back(value):
    assert json.loads(audit.canonical(value)) == value
    assert audit.canonical(json.loads(audit.canonical(value))) == audit.canonical(value)


def test_canonical_text_refuses_what_is_not_json():
    with pytest.raises(ValueError, match="not JSON compliant"):
        audit.canonical({"a": float("nan")})
