"""People from a terminal: the passphrase comes from stdin, and is on no line."""

from __future__ import annotations

import io
import json

from planning import people
from store.database import Database

WORDS = "eight or more"


def test_a_person_is_entered_and_signs(run, monkeypatch, tmp_path):
    assert run("people", "add", "王工", "--roles", "planner,reviewer")[0] == 0
    assert run("people", "roles", "王工", "--roles", "reviewer")[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
    status, out, _ = run("people", "passphrase", "王工")
    assert status == 0
    assert "eight" not in out
    listed = json.loads(run("people", "list", "--json")[1])
    assert listed == [{"name": "王工", "roles": ["reviewer"], "can_sign": True}]
    db = Database.open(f"sqlite:///{tmp_path / 's.sqlite'}")
    assert people.sign(db, name="王工", passphrase=WORDS).name == "王工"
    db.close()
    assert run("people", "remove", "王工")[0] == 0
    assert run("people", "list")[1] == ""


def test_refusals_say_what_to_do(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    run("people", "add", "甲", "--roles", "planner")
    assert "8" in run("people", "passphrase", "甲")[2]
    status, _, err = run("people", "add", "乙", "--roles", "boss")
    assert status == 2
    assert "planner" in err
    assert run("people", "roles", "丙", "--roles", "admin")[0] == 2
