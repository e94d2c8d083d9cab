"""People: who may sign, with which passphrase, and what wrong ones cost."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from base64 import b64decode
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from planning import guarding, people
from planning.errors import Refused
from planning.passphrases import opens, sealed, wait_s
from store.database import Database
from tests.planning.board import LI

WRONG = "not these"
WORDS = "白鹭 飞过 水田 三遍"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Wall:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wang(db):
    people.add(db, actor=LI, name="王工", roles=["reviewer"])
    people.set_passphrase(db, actor=LI, name="王工", passphrase=WORDS)
    return db


def refusal(act, **values):
    with pytest.raises(Refused) as refused:
        act(**values)
    return refused.value.faults[0]


def test_the_right_words_sign_and_no_others(wang):
    assert people.sign(wang, name="王工", passphrase=WORDS).name == "王工"
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS + "!").code == "passphrase_wrong"
    assert refusal(people.sign, db=wang, name="李工", passphrase=WORDS).code == "person_unknown"
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS, role="admin").code == "not_a_admin"


def test_what_is_stored_is_scrypt_of_the_words():
    """The key is that of Python's own scrypt, and nothing of the words is in the text."""
    secret = sealed("correct horse")
    kind, n, r, p, salt, key = secret.split("$")
    again = hashlib.scrypt(b"correct horse", salt=b64decode(salt), n=2 ** int(n), r=int(r), p=int(p), maxmem=2**28)
    assert kind == "scrypt"
    assert b64decode(key) == again[:32]
    assert "horse" not in secret
    assert secret != sealed("correct horse")
    assert opens(secret, "correct horse")


def test_letters_composed_otherwise_are_the_same_words():
    assert opens(sealed("Zürich 12345"), "Zu\u0308rich 12345")


@pytest.mark.parametrize("words", ["short", "x" * 201, ""])
def test_passphrases_have_a_length(words):
    assert refusal(sealed, passphrase=words).code == "passphrase_length"


def test_wrong_words_make_the_next_try_wait(wang):
    wall = Wall()
    for _ in range(3):
        people_refused = refusal(people.sign, db=wang, name="王工", passphrase=WRONG, clock=wall)
    assert people_refused.values["seconds"] == 2
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS, clock=wall).code == "passphrase_wait"
    wall.now += timedelta(seconds=2)
    assert people.sign(wang, name="王工", passphrase=WORDS, clock=wall).at > NOON.isoformat()
    assert refusal(people.sign, db=wang, name="王工", passphrase=WRONG, clock=wall).values["seconds"] == 0


def test_waits_double_and_end_at_a_quarter_of_an_hour():
    assert [wait_s(count) for count in (0, 2, 3, 4, 5)] == [0, 0, 2, 4, 8]
    assert wait_s(40) == wait_s(10_000) == 900


def test_tries_at_the_same_moment_are_all_counted(wang):
    wall = Wall()
    codes = []

    def attempt():
        with closing(Database.open(wang.url)) as own:
            codes.append(refusal(people.sign, db=own, name="王工", passphrase=WRONG, clock=wall).code)

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(codes) == ["passphrase_wait"] * 3 + ["passphrase_wrong"] * 3


def test_faults_of_names_and_roles(db):
    assert refusal(people.add, db=db, actor=LI, name=" ", roles=["planner"]).code == "name_empty"
    assert refusal(people.add, db=db, actor=LI, name="a\x1bb", roles=["planner"]).code == "control_character"
    assert refusal(people.add, db=db, actor=LI, name="甲", roles=["boss"]).code == "role_unknown"
    assert refusal(people.add, db=db, actor=LI, name="甲", roles=[]).code == "role_missing"


def test_who_left_signs_no_more_and_comes_back_without_a_passphrase(wang):
    people.remove(wang, actor=LI, name="王工")
    assert people.people(wang) == ()
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "person_unknown"
    people.add(wang, actor=LI, name="王工", roles=["reviewer"])
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "passphrase_missing"
    assert guarding.verify(wang).faults == ()


def test_acts_are_in_the_audit_chain_and_the_passphrase_is_not(wang):
    people.set_roles(wang, actor=LI, name="王工", roles=["admin", "reviewer"])
    wang.close()
    assert "白鹭".encode() not in wang.path.read_bytes()
    with closing(Database.open(wang.url)) as again:
        assert guarding.verify(again).faults == ()


def test_verify_finds_a_passphrase_and_a_role_put_in_by_hand(wang):
    wang.close()
    with closing(sqlite3.connect(wang.path, isolation_level=None)) as raw:
        raw.execute("UPDATE person SET secret = ?", (sealed("an intruder's"),))
        raw.execute("""INSERT INTO person VALUES ('贼', '["reviewer"]', NULL, 0, NULL, 'now', NULL)""")
    with closing(Database.open(wang.url)) as again:
        faults = guarding.verify(again).faults
    assert {(one.code, one.where) for one in faults} == {
        ("person_not_in_audit", "person 王工"), ("person_not_in_audit", "person 贼"),
    }  # fmt: skip
