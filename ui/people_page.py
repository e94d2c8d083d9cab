"""人员: who works here and in what roles; entered and given rights by who may, a passphrase set by its owner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from planning import people
from planning.errors import Busy, Fault, Refused
from planning.passphrases import LONGEST
from planning.people import LONGEST_NAME, Person
from planning.person_roles import ROLES
from ui import office, signing
from ui.markup import Html, each, element, plain, show
from ui.opening import ready
from ui.sentences import clock_time, fault_sentence
from ui.words import t

_TOLD: Final = "people_told"
_PENDING: Final = "people_pending"
_NAME: Final = "people_name"
_ROLES: Final = "people_roles"
_FIRST_ROLES: Final = "people_first_roles"
_CHOSEN: Final = "people_chosen"
_OWN: Final = "people_own"
_HELD: Final = "people_held"
_FRESH: Final = "people_fresh"
_AGAIN: Final = "people_again"


def page() -> None:
    """Draw the page."""
    ready(office.atlas())
    _carry_out()
    everybody = people.everybody(office.database())
    here = [one for one in everybody if one.left_at is None]
    show(element("h1", t("人员"), cls="title"))
    show(element("p", t("账号只说明用的是哪台机器；送审、发布、放行、改规则由登记在此的人凭口令签字。"), cls="hint"))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _list(everybody)
    with right:
        _outcome()
        if people.guarded(office.database()):
            _own(here)
            _enter()
            _change(here)
        else:
            _first(here)


def role_name(role: str) -> str:
    """What a role is called."""
    return {"planner": t("规划"), "reviewer": t("审核"), "admin": t("管理")}[role]


def _list(everybody: Sequence[Person]) -> None:
    if not everybody:
        show(element("p", t("还没有登记人员。"), cls="hint"))
        return
    head = element("tr", *(element("th", name, scope="col") for name in (t("姓名"), t("角色"), t("签字"))))
    # those who left come last: they are kept because the records bear their names
    listed = sorted(everybody, key=lambda one: one.left_at is not None)
    rows = [
        element(
            "tr", element("th", one.name, scope="row"),
            element("td", "、".join(role_name(role) for role in ROLES if role in one.roles)),
            element("td", _state(one)), cls="off" if one.left_at else None,
        )
        for one in listed
    ]  # fmt: skip
    with st.container(key="people_list"):
        show(element("table", element("thead", head), element("tbody", *rows), cls="grid"))
    for one in people.rescues(office.database()):
        show(element("p", t("{date}，「{name}」的口令由账号「{account}」在服务器上重设。", date=clock_time(one.at),
                            name=one.name, account=one.account), cls="alert", role="status"))  # fmt: skip
    show(each((
        _meaning(t("规划"), t("送审、撤回，申请放行。")),
        _meaning(t("审核"), t("发布、退回，签字放行；不能是送审人或申请人。")),
        _meaning(
            t("管理"), t("登记人员、授权，改规则和导入限值。请至少两人有此角色：仅一人时忘了口令，须到服务器上重设。")
        ),
    )))  # fmt: skip


def _meaning(name: str, words: str) -> Html:
    return element("p", element("strong", name), " ", words, cls="hint")


def _state(one: Person) -> str:
    if one.left_at is not None:
        return t("{date} 离开", date=clock_time(one.left_at))
    return t("可签字") if one.can_sign else t("未设口令")


def _first(here: Sequence[Person]) -> None:
    """Enter the first who may give rights, with a passphrase; those of an earlier release may be among the people."""
    show(element("h2", t("登记第一人"), cls="section"))
    show(element("p", t("第一人有管理角色，由其登记和授权他人；此后保存规则和限值须由管理人员签字。"), cls="hint"))
    taken = {one.name for one in here}
    with st.form("people_first", border=False):
        st.text_input(t("姓名"), key=_NAME, max_chars=LONGEST_NAME)
        _pick_roles(_FIRST_ROLES, ["admin"])
        _new_passphrase()
        st.form_submit_button(t("登记并设口令"), key="people_first_do", type="primary", on_click=_entered_first)
    if taken:
        show(element("p", t("已登记的人还没有管理角色：请先登记一位管理人员。"), cls="hint"))


def _enter() -> None:
    show(element("h2", t("登记人员"), cls="section"))
    with st.form("people_enter", border=False):
        st.text_input(t("姓名"), key=_NAME, max_chars=LONGEST_NAME)
        _pick_roles(_ROLES, ["planner"])
        signing.ask("enter")
        st.form_submit_button(t("签字并登记"), key="people_enter_do", type="primary", on_click=_entered)


def _change(here: Sequence[Person]) -> None:
    show(element("h2", t("改角色、重设口令、离开"), cls="section"))
    names = [one.name for one in here]
    if st.session_state.get(_CHOSEN) not in names:
        st.session_state[_CHOSEN] = names[0]
    chosen = str(st.selectbox(t("人员"), names, key=_CHOSEN, format_func=plain))
    one = next(one for one in here if one.name == chosen)
    # fields of their own for each: what was picked for one never goes to another
    roles = f"{_ROLES}_{chosen}_{'_'.join(sorted(one.roles))}"
    with st.form("people_change", border=False):
        _pick_roles(roles, [role for role in ROLES if role in one.roles])
        signing.ask("change")
        with st.container(horizontal=True, gap="small"):
            for key, label, act in (
                ("people_roles_do", t("签字并改角色"), partial(_given_roles, roles)),
                ("people_code_do", t("签字并给口令码"), _given_code),
                ("people_left_do", t("签字并标为离开"), _left),
            ):
                st.form_submit_button(label, key=key, on_click=act)


def _own(here: Sequence[Person]) -> None:
    with st.expander(t("设或改我的口令"), key="people_own_open"), st.form("people_own_form", border=False):
        st.selectbox(t("我是"), [one.name for one in here], key=_OWN, format_func=plain)
        st.text_input(t("现在的口令，或口令码"), key=_HELD, type="password", autocomplete="off", max_chars=LONGEST)
        _new_passphrase()
        st.form_submit_button(t("保存口令"), key="people_own_do", type="primary", on_click=_own_passphrase)


def _pick_roles(key: str, given: list[str]) -> None:
    st.session_state.setdefault(key, given)
    st.pills(t("角色"), ROLES, selection_mode="multi", key=key, format_func=role_name)


def _new_passphrase() -> None:
    st.text_input(t("新口令（至少 8 个字）"), key=_FRESH, type="password", autocomplete="off", max_chars=LONGEST)
    st.text_input(t("再输一遍"), key=_AGAIN, type="password", autocomplete="off", max_chars=LONGEST)


def _entered_first() -> None:
    fresh, again = _forgotten(_FRESH), _forgotten(_AGAIN)

    def act() -> str:
        _refuse_different(fresh, again)
        made = people.add(
            office.database(), actor=office.actor(), name=_typed(_NAME), roles=_picked(_FIRST_ROLES), passphrase=fresh
        )
        _forgotten(_NAME)
        return t("「{name}」已登记，可以授权。", name=made.name)

    _attempt(act)


def _entered() -> None:
    def act() -> str:
        by = signing.given("enter")
        made = people.add(office.database(), actor=office.actor(), name=_typed(_NAME), roles=_picked(_ROLES), by=by)
        _forgotten(_NAME)
        return _code_told(made.name, made.code)

    _attempt(act)


def _given_roles(key: str) -> None:
    def act() -> str:
        by = signing.given("change")
        name = _typed(_CHOSEN)
        people.set_roles(office.database(), actor=office.actor(), name=name, roles=_picked(key), by=by)
        return t("「{name}」的角色已改。", name=name)

    _attempt(act)


def _given_code() -> None:
    def act() -> str:
        by = signing.given("change")
        name = _typed(_CHOSEN)
        return _code_told(name, people.give_code(office.database(), actor=office.actor(), name=name, by=by))

    _attempt(act)


def _left() -> None:
    def act() -> str:
        by = signing.given("change")
        name = _typed(_CHOSEN)
        people.remove(office.database(), actor=office.actor(), name=name, by=by)
        return t("「{name}」已标为离开，记录仍在。", name=name)

    _attempt(act)


def _own_passphrase() -> None:
    held, fresh, again = _forgotten(_HELD), _forgotten(_FRESH), _forgotten(_AGAIN)

    def act() -> str:
        _refuse_different(fresh, again)
        name = _typed(_OWN)
        people.set_passphrase(office.database(), actor=office.actor(), name=name, passphrase=fresh, held=held)
        return t("「{name}」的口令已保存。", name=name)

    _attempt(act)


def _code_told(name: str, code: str) -> str:
    return t("请把口令码 {code} 交给「{name}」，只显示这一次；凭它在本页设口令后才能签字。", name=name, code=code)


def _refuse_different(fresh: str, again: str) -> None:
    if fresh != again:
        raise Refused(Fault("passphrases_differ"))


def _typed(key: str) -> str:
    return str(st.session_state.get(key) or "")


def _forgotten(key: str) -> str:
    """What was typed, which the session keeps no longer."""
    typed = _typed(key)
    st.session_state[key] = ""
    return typed


def _picked(key: str) -> list[str]:
    return list(st.session_state.get(key) or ())


def _attempt(act: Callable[[], str]) -> None:
    """Leave an act for the run that follows: a passphrase takes its time to be tried, and a word says so."""
    st.session_state[_PENDING] = act


def _carry_out() -> None:
    """Do what was asked for before anything is drawn, which may still forget what was typed."""
    act = st.session_state.pop(_PENDING, None)
    if act is None:
        return
    with st.spinner(t("正在核对口令…")):
        _carried_out(act)


def _carried_out(act: Callable[[], str]) -> None:
    try:
        st.session_state[_TOLD] = (act(), ())
    except Refused as refused:
        st.session_state[_TOLD] = ("", refused.faults)
    except Busy:
        st.session_state[_TOLD] = ("", (Fault("busy"),))


def _outcome() -> None:
    said, faults = st.session_state.get(_TOLD, ("", ()))
    if faults:
        show(element("p", " ".join(fault_sentence(one) for one in faults), cls="alert", role="alert"))
    elif said:
        show(element("p", said, cls="done", role="status"))
