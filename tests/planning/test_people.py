"""People: who may sign, with which passphrase, and what wrong ones cost."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from base64 import b64decode
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from planning import guarding, history, people
from planning.errors import Refused
from planning.passphrases import opens, sealed, wait_s
from store.database import Database
from tests.people_here import DIRECTOR, director, enter
from tests.planning.board import LI

WRONG = "not these"
OTHERS = "quite other words"
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
    enter(db, {"王工": ["reviewer"]}, WORDS)
    return db


def by(db):
    return director(db, WORDS)


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
    people.remove(wang, actor=LI, name="王工", by=by(wang))
    assert [one.name for one in people.people(wang)] == [DIRECTOR]
    assert {one.name: one.left_at is None for one in people.everybody(wang)} == {DIRECTOR: True, "王工": False}
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "person_unknown"
    made = people.add(wang, actor=LI, name="王工", roles=["reviewer"], by=by(wang))
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "passphrase_missing"
    # a code signs nothing
    assert refusal(people.sign, db=wang, name="王工", passphrase=made.code).code == "passphrase_missing"
    assert guarding.verify(wang).faults == ()


def test_acts_are_in_the_audit_chain_and_the_passphrase_is_not(wang):
    people.set_roles(wang, actor=LI, name="王工", roles=["admin", "reviewer"], by=by(wang))
    wang.close()
    assert "白鹭".encode() not in wang.path.read_bytes()
    with closing(Database.open(wang.url)) as again:
        assert guarding.verify(again).faults == ()


def test_verify_finds_a_passphrase_and_a_role_put_in_by_hand(wang):
    wang.close()
    with closing(sqlite3.connect(wang.path, isolation_level=None)) as raw:
        raw.execute("UPDATE person SET secret = ? WHERE name = '王工'", (sealed("an intruder's"),))
        raw.execute("""INSERT INTO person VALUES ('贼', '["reviewer"]', NULL, 0, NULL, 'now', NULL)""")
    with closing(Database.open(wang.url)) as again:
        faults = guarding.verify(again).faults
    assert {(one.code, one.where) for one in faults} == {
        ("person_not_in_audit", "person 王工"), ("person_not_in_audit", "person 贼"),
    }  # fmt: skip


def test_the_first_person_may_give_rights_whatever_was_asked_for(db):
    assert not people.guarded(db)
    assert refusal(people.add, db=db, actor=LI, name="甲", roles=["planner"]).code == "first_passphrase_missing"
    made = people.add(db, actor=LI, name="甲", roles=["planner"], passphrase=WORDS)
    assert made.roles == {"planner", "admin"}
    assert made.can_sign
    assert people.guarded(db)
    assert guarding.verify(db).faults == ()


ACTS = {
    "add": lambda db, **by: people.add(db, actor=LI, name="丁", roles=["reviewer"], **by),
    "set_roles": lambda db, **by: people.set_roles(db, actor=LI, name="王工", roles=["planner", "reviewer"], **by),
    "remove": lambda db, **by: people.remove(db, actor=LI, name="王工", **by),
    "give_code": lambda db, **by: people.give_code(db, actor=LI, name="王工", **by),
}


@pytest.mark.parametrize("name", ACTS)
def test_after_that_only_a_signature_of_somebody_who_may(wang, name):
    act, before = ACTS[name], people.everybody(wang)
    assert refusal(act, db=wang).code == "signature_missing"
    reviewer = people.sign(wang, name="王工", passphrase=WORDS)
    assert refusal(act, db=wang, by=reviewer).code == "not_a_admin"
    old = replace(by(wang), at=(datetime.now(UTC) - timedelta(minutes=11)).isoformat())
    assert refusal(act, db=wang, by=old).code == "signature_old"
    # a word of somebody who never gave a passphrase, in a role that they have not
    assert refusal(act, db=wang, by=replace(by(wang), name="王工")).code == "not_a_admin"
    assert refusal(act, db=wang, by=replace(by(wang), name="没有此人")).code == "person_unknown"
    assert people.everybody(wang) == before
    act(wang, by=by(wang))
    assert people.everybody(wang) != before
    signed = [json.loads(one.detail).get("signed_by") for one in history.latest(wang, limit=1)]
    assert signed == [DIRECTOR]
    assert guarding.verify(wang).faults == ()


def test_the_last_who_may_give_rights_stays(wang):
    for act in (
        lambda: people.remove(wang, actor=LI, name=DIRECTOR, by=by(wang)),
        lambda: people.set_roles(wang, actor=LI, name=DIRECTOR, roles=["planner"], by=by(wang)),
        lambda: people.give_code(wang, actor=LI, name=DIRECTOR, by=by(wang)),
    ):
        assert refusal(act).code == "last_admin"
    people.set_roles(wang, actor=LI, name="王工", roles=["admin"], by=by(wang))
    people.remove(wang, actor=LI, name=DIRECTOR, by=by(wang))
    assert people.guarded(wang)


def test_the_only_one_who_forgot_theirs_is_helped_on_the_server_and_it_shows(wang):
    refused = refusal(people.rescue, db=wang, actor=LI, name="王工", passphrase=OTHERS)
    assert (refused.code, refused.values["known"]) == ("not_last_admin", (DIRECTOR,))
    assert people.rescues(wang) == ()
    people.rescue(wang, actor=LI, name=DIRECTOR, passphrase=OTHERS)
    assert people.guarded(wang)
    assert people.sign(wang, name=DIRECTOR, passphrase=OTHERS, role="admin").name == DIRECTOR
    assert refusal(people.sign, db=wang, name=DIRECTOR, passphrase=WORDS, role="admin").code == "passphrase_wrong"
    assert [(one.name, one.account) for one in people.rescues(wang)] == [(DIRECTOR, LI.name)]
    assert guarding.verify(wang).faults == ()
    # of two, neither is set over their head
    people.set_roles(
        wang, actor=LI, name="王工", roles=["admin"],
        by=people.sign(wang, name=DIRECTOR, passphrase=OTHERS, role="admin"),
    )  # fmt: skip
    assert refusal(people.rescue, db=wang, actor=LI, name=DIRECTOR, passphrase=WORDS).code == "not_last_admin"


def test_a_passphrase_is_changed_by_who_has_it_and_nobody_else(wang):
    change = {"db": wang, "actor": LI, "name": "王工", "passphrase": OTHERS}
    assert refusal(people.set_passphrase, **change).code == "passphrase_wrong"
    assert refusal(people.set_passphrase, **change, held=WRONG).code == "passphrase_wrong"
    people.set_passphrase(**change, held=WORDS)
    assert people.sign(wang, name="王工", passphrase=OTHERS).name == "王工"
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "passphrase_wrong"


def test_a_code_is_for_one_setting_and_what_was_forgotten_signs_no_more(wang):
    code = people.give_code(wang, actor=LI, name="王工", by=by(wang))
    assert refusal(people.sign, db=wang, name="王工", passphrase=WORDS).code == "passphrase_missing"
    people.set_passphrase(wang, actor=LI, name="王工", passphrase=WORDS, held=code)
    assert people.sign(wang, name="王工", passphrase=WORDS).name == "王工"
    again = {"db": wang, "actor": LI, "name": "王工", "passphrase": "an intruder's", "held": code}
    assert refusal(people.set_passphrase, **again).code == "passphrase_wrong"
    assert code.encode() not in wang.path.read_bytes()


def test_people_of_an_earlier_release_without_a_passphrase_need_a_code(wang):
    wang.close()
    with closing(sqlite3.connect(wang.path, isolation_level=None)) as raw:
        raw.execute("UPDATE person SET secret = NULL WHERE name = '王工'")
    with closing(Database.open(wang.url)) as again:
        claim = {"db": again, "actor": LI, "name": "王工", "passphrase": "an intruder's"}
        assert refusal(people.set_passphrase, **claim).code == "code_missing"
