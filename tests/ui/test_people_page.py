"""The page of people as they use it, and what wants a signature once somebody may give rights."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from planning import guarding, people, rule_book
from planning.actors import Actor
from planning.atlas import Atlas
from planning.import_limits import DEFAULT, import_limits
from planning.person_roles import ROLES
from tests.people_here import DIRECTOR, director, enter
from ui import office, people_page

Run = Callable[[str], AppTest]
WORDS, OTHERS = "eight or more", "quite other words"
HOSTILE = "<b>贼</b> {{7*7}} $x$"


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def press(app: AppTest, key: str) -> str:
    app.button(key=key).click().run()
    assert not app.exception
    return said(app)


def sign(app: AppTest, key: str, who: str = DIRECTOR, words: str = WORDS) -> None:
    app.selectbox(key=f"sign_who_{key}").set_value(who)
    app.text_input(key=f"sign_words_{key}").set_value(words)


def test_the_first_person_is_entered_with_a_passphrase(run: Run, atlas: Atlas) -> None:
    app = run("people_page")
    assert "还没有登记人员" in said(app)
    app.text_input(key="people_name").set_value("王工")
    for fresh, again, told in ((WORDS, OTHERS, "两次输入"), ("short", "short", "口令要 8 到")):
        app.text_input(key="people_fresh").set_value(fresh)
        app.text_input(key="people_again").set_value(again)
        assert told in press(app, "people_first_do")
    app.text_input(key="people_fresh").set_value(WORDS)
    app.text_input(key="people_again").set_value(WORDS)
    assert "已登记，可以授权" in press(app, "people_first_do")
    assert people.sign(atlas.db, name="王工", passphrase=WORDS, role="admin").name == "王工"
    assert not app.text_input(key="people_fresh").value


def test_others_are_entered_by_signature_and_set_their_own_passphrase(run: Run, atlas: Atlas) -> None:
    director(atlas.db, WORDS)
    app = run("people_page")
    app.text_input(key="people_name").set_value("李工")
    app.button_group(key="people_roles").set_value(["planner", "reviewer"])
    assert "请输入签字口令" in press(app, "people_enter_do")
    sign(app, "enter", words="not these")
    assert "口令不对" in press(app, "people_enter_do")
    assert [one.name for one in people.people(atlas.db)] == [DIRECTOR]
    sign(app, "enter")
    found = re.search(r"请把口令码 (\w{16}) 交给「李工」", press(app, "people_enter_do"))
    assert found
    app.selectbox(key="people_own").set_value("李工")
    app.text_input(key="people_held").set_value(found[1])
    app.text_input(key="people_fresh").set_value(OTHERS)
    app.text_input(key="people_again").set_value(OTHERS)
    told = press(app, "people_own_do")
    assert "「李工」的口令已保存" in told
    # the code is not on the page any more
    assert found[1] not in told
    assert people.sign(atlas.db, name="李工", passphrase=OTHERS).name == "李工"
    assert guarding.verify(atlas.db).faults == ()


def test_roles_a_code_and_leaving(run: Run, atlas: Atlas) -> None:
    enter(atlas.db, {"李工": ["planner"]}, WORDS)
    app = run("people_page")
    app.selectbox(key="people_chosen").set_value("李工").run()
    app.button_group(key="people_roles_李工_planner").set_value(["reviewer"])
    sign(app, "change")
    assert "角色已改" in press(app, "people_roles_do")
    assert next(one for one in people.people(atlas.db) if one.name == "李工").roles == {"reviewer"}
    sign(app, "change")
    assert "口令码" in press(app, "people_code_do")
    sign(app, "change")
    assert "已标为离开" in press(app, "people_left_do")
    # the name stays in the list: the records bear it
    assert "李工" in said(app)
    assert "离开" in said(app)
    assert [one.name for one in people.people(atlas.db)] == [DIRECTOR]
    app.selectbox(key="people_chosen").set_value(DIRECTOR).run()
    sign(app, "change")
    assert "唯一能授权的人" in press(app, "people_left_do")


def test_a_passphrase_set_on_the_server_stands_on_the_page(run: Run, atlas: Atlas) -> None:
    enter(atlas.db, {"李工": ["planner"]}, WORDS)
    assert "在服务器上重设" not in said(run("people_page"))
    people.rescue(atlas.db, actor=Actor("<i>机房", "cli"), name=DIRECTOR, passphrase=OTHERS)
    assert f"「{DIRECTOR}」的口令由账号「&lt;i&gt;机房」在服务器上重设" in said(run("people_page"))


def test_a_name_is_text_whatever_it_is_made_of(run: Run, atlas: Atlas) -> None:
    enter(atlas.db, {HOSTILE: ["planner"]}, WORDS)
    app = run("people_page")
    assert "<b>贼" not in said(app)
    assert "&lt;b&gt;贼" in said(app)
    app.selectbox(key="people_chosen").set_value(HOSTILE).run()
    assert not app.exception


def test_every_role_has_a_name() -> None:
    assert len({people_page.role_name(one) for one in ROLES}) == len(ROLES)


def test_a_rule_is_saved_by_signature_once_there_is_somebody(run: Run, atlas: Atlas) -> None:
    code = rule_book.book(atlas.db).rules[0].code
    app = run("rules_page")

    def change(metres: float) -> None:
        version = rule_book.book(atlas.db).rule(code).version
        app.number_input(key=f"rule_distance_{code}_{version}").set_value(metres).run()
        app.text_input(key=f"rule_why_{code}_{version}").set_value("环评批复").run()
        for box in app.checkbox:
            box.check().run()

    change(155.0)
    assert "现在谁都可以保存" in said(app)
    press(app, "rule_save")
    assert rule_book.book(atlas.db).rule(code).version == 2
    enter(atlas.db, {"李工": ["reviewer"]}, WORDS)
    app.run()
    change(165.0)
    assert "现在谁都可以保存" not in said(app)
    assert app.selectbox(key="sign_who_rule").options == [DIRECTOR]
    assert "请输入签字口令" in press(app, "rule_save")
    assert rule_book.book(atlas.db).rule(code).version == 2
    app.text_input(key="sign_words_rule").set_value(WORDS).run()
    press(app, "rule_save")
    assert rule_book.book(atlas.db).rule(code).version == 3
    # the passphrase was forgotten: another edit wants it again
    change(175.0)
    assert not app.text_input(key="sign_words_rule").value


def test_limits_are_saved_by_signature_once_there_is_somebody(run: Run, atlas: Atlas) -> None:
    app = run("records")
    app.number_input(key="limit_tolerance_m_0.1").set_value(0.2)
    app.text_input(key="limit_basis").set_value("院内规定")
    assert "限值已保存" in press(app, "limits_save")
    ours = replace(DEFAULT, tolerance_m=0.2, basis="院内规定")
    assert import_limits(atlas.db) == ours
    director(atlas.db, WORDS)
    app.run()
    assert "请输入签字口令" in press(app, "limits_default")
    assert import_limits(atlas.db) == ours
    app.text_input(key="sign_words_limits").set_value(WORDS)
    assert "限值已保存" in press(app, "limits_default")
    assert import_limits(atlas.db) == DEFAULT


@pytest.mark.parametrize(("account", "painted"), [("office-pc", 0), ("赵审", 0), ("钱工", 1)])
def test_who_asks_by_account_is_another_than_who_signs(
    run: Run, atlas: Atlas, monkeypatch: pytest.MonkeyPatch, account: str, painted: int
) -> None:
    enter(atlas.db, {"赵审": ["planner", "reviewer"], "钱工": ["planner"]}, WORDS)
    monkeypatch.setattr(office, "actor", lambda: Actor(account, "app"))
    app = run("desk")
    tab = app.session_state["tab"]
    one = atlas.parcels().ids_of(["示例DK-028"])
    tab.select(one)
    tab.cluster = "digital"
    app.run()
    app.selectbox(key="gate_signer").set_value("赵审")
    app.text_input(key="gate_override_reason").set_value("占补平衡已批复")
    app.text_input(key="gate_passphrase").set_value(WORDS)
    if account == "office-pc":
        app.selectbox(key="gate_asker").set_value("赵审")
        app.text_input(key="gate_asker_passphrase").set_value(WORDS)
    told = press(app, "gate_sign")
    state = atlas.scenario(2)
    assert (state.code_at(int(atlas.parcels().row_of(one)[0])) == "digital") == painted
    assert ("请由另一位审批人签字" in told) != painted
