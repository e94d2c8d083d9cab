"""People from a terminal: passphrases come from stdin, a file or the environment, and are on no line."""

from __future__ import annotations

import io
import json

import pytest

from planning import people
from store.database import Database
from tests.people_here import DIRECTOR, enter

WORDS = "eight or more"
OTHERS = "quite other words"


@pytest.fixture
def typed(run, monkeypatch):
    """Run a command with lines on stdin."""

    def command(*words, lines=()):
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{one}\n" for one in lines)))
        return run(*words)

    return command


@pytest.fixture
def db(run, tmp_path):
    del run  # it copied the sample there
    held = Database.open(f"sqlite:///{tmp_path / 's.sqlite'}")
    yield held
    held.close()


def test_the_first_person_gives_rights_and_others_set_their_own_passphrase(typed, db):
    assert typed("people", "add", "王工", "--roles", "planner", lines=["short"])[0] == 2
    status, out, _ = typed("people", "add", "王工", "--roles", "planner", lines=[WORDS])
    assert status == 0
    assert WORDS not in out
    status, _, err = typed("people", "add", "李工", "--roles", "reviewer")
    assert status == 2
    assert "--by" in err
    assert "王工" in err
    made = json.loads(typed("people", "add", "李工", "--roles", "reviewer", "--by", "王工", "--json", lines=[WORDS])[1])
    assert typed("people", "passphrase", "李工", lines=["wrong code", OTHERS])[0] == 2
    assert typed("people", "passphrase", "李工", lines=[made["code"], OTHERS])[0] == 0
    assert people.sign(db, name="李工", passphrase=OTHERS).name == "李工"
    listed = json.loads(typed("people", "list", "--json")[1])
    assert [(one["name"], one["roles"], one["can_sign"]) for one in listed] == [
        ("李工", ["reviewer"], True), ("王工", ["admin", "planner"], True),
    ]  # fmt: skip


def test_roles_codes_and_leaving_are_signed(typed, db):
    enter(db, {"李工": ["reviewer"]}, WORDS)
    by = ("--by", DIRECTOR)
    for command in (("roles", "李工", "--roles", "planner"), ("code", "李工"), ("remove", "李工")):
        assert typed("people", *command)[0] == 2
        assert typed("people", *command, "--by", "李工", lines=[WORDS])[0] == 2
    assert typed("people", "roles", "李工", "--roles", "planner", *by, lines=[WORDS])[0] == 0
    code = json.loads(typed("people", "code", "李工", *by, "--json", lines=[WORDS])[1])["code"]
    assert typed("people", "passphrase", "李工", lines=[code, OTHERS])[0] == 0
    assert typed("people", "remove", "李工", *by, lines=[WORDS])[0] == 0
    assert typed("people", "remove", DIRECTOR, *by, lines=[WORDS])[0] == 2
    assert "李工" not in typed("people", "list")[1]


def test_the_only_admin_who_forgot_theirs_sets_another_on_the_server(typed, db):
    enter(db, {"李工": ["reviewer"]}, WORDS)
    assert typed("people", "rescue", "李工", lines=[OTHERS])[0] == 2
    assert typed("people", "rescue", DIRECTOR, lines=["short"])[0] == 2
    status, out, _ = typed("people", "rescue", DIRECTOR, lines=[OTHERS])
    assert status == 0
    assert OTHERS not in out
    assert people.sign(db, name=DIRECTOR, passphrase=OTHERS, role="admin").name == DIRECTOR


def test_passphrases_come_from_a_file_or_the_environment_too(typed, db, monkeypatch, tmp_path):
    enter(db, {"李工": ["planner"]}, WORDS)
    monkeypatch.setenv("CHANTU_PASSPHRASE", WORDS)
    assert typed("scenario", "submit", "2", "--by", "李工")[0] == 0
    # two passphrases of one command are two lines
    (tmp_path / "words").write_text(f"{WORDS}\n{OTHERS}\n", "utf-8")
    monkeypatch.setenv("CHANTU_PASSPHRASE_FILE", str(tmp_path / "words"))
    assert typed("people", "passphrase", "李工")[0] == 0
    assert people.sign(db, name="李工", passphrase=OTHERS, role="planner").name == "李工"
    monkeypatch.setenv("CHANTU_PASSPHRASE_FILE", str(tmp_path / "missing"))
    status, _, err = typed("people", "passphrase", "李工")
    assert status == 2
    assert "CHANTU_PASSPHRASE_FILE" in err


def test_refusals_say_what_to_do(typed):
    status, _, err = typed("people", "add", "乙", "--roles", "boss", lines=[WORDS])
    assert status == 2
    assert "planner" in err
    assert typed("people", "roles", "丙", "--roles", "admin")[0] == 2


def test_an_override_is_signed_by_two(typed, db, monkeypatch):
    """The parcel lies on permanent farmland: nobody gives it a cluster alone."""
    enter(db, {"赵审": ["planner", "reviewer"], "钱工": ["planner"]}, WORDS)
    monkeypatch.setenv("CHANTU_ACTOR", "office-pc")
    stroke = ("assign", "--scenario", "2", "--cluster", "digital", "--codes", "示例DK-028")
    status, _, err = typed(*stroke)
    assert status == 2
    assert "--override-by" in err
    signed = (*stroke, "--override-by", "赵审", "--override-reason", "占补平衡已批复")
    assert "--override-reason" in typed(*signed[:-2], lines=[WORDS])[2]
    assert "--asked-by" in typed(*signed, lines=[WORDS])[2]
    assert "赵审" in typed(*signed, "--asked-by", "赵审", lines=[WORDS, WORDS])[2]
    assert typed(*stroke, "--override-reason", "占补平衡已批复")[0] == 2
    assert typed(*signed, "--skip-conflicts")[0] == 2
    assert typed(*signed, "--asked-by", "钱工", lines=["not these", WORDS])[0] == 2
    status, out, err = typed(*signed, "--asked-by", "钱工", "--json", lines=[WORDS, WORDS])
    assert (status, err) == (0, "")
    assert json.loads(out)["changed"] == 1
    assert typed("verify")[0] == 0
    # an account that bears a person's name asks by itself
    typed("undo", "--scenario", "2")
    monkeypatch.setenv("CHANTU_ACTOR", "赵审")
    assert "赵审" in typed(*signed, lines=[WORDS])[2]
    monkeypatch.setenv("CHANTU_ACTOR", "钱工")
    assert typed(*signed, lines=[WORDS])[0] == 0
