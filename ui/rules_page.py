"""规则: the rule book by kind; a rule edited with a reason, what that changes among the cases, its history, files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from layers import figures
from layers.clusters import Cluster
from layers.rules import DISTANT, KINDS, LEVELS, MOST_DISTANCE_M, MOST_TOLERANCE_M2, Rule, RuleBook
from planning import rule_book
from planning.errors import Conflict, Fault, Refused
from planning.rule_book import CaseChange
from ui import office, signing
from ui.markup import Html, each, element, show
from ui.opening import ready
from ui.rule_words import object_name, rule_line, subject_name
from ui.rules_cases import cases_panel, changes_list
from ui.rules_files import files_panel
from ui.sentences import clock_time, fault_sentence
from ui.words import t, term, unit

CHOSEN: Final = "rule_chosen"
KIND: Final = "rules_kind"
_SEEN: Final = "rule_changes_seen"
_OUTCOME: Final = "rules_outcome"
ALL: Final = "all"


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    ready(atlas)
    book = rule_book.book(atlas.db)
    clusters = atlas.clusters()
    show(element("h1", t("规则"), cls="title"))
    show(
        element(
            "p",
            t(
                "分配地块前按这些规则核对：禁止的须审批人签字，需论证的须写理由，提示的只作说明。规则都可改，每次改动成为新的一版。"
            ),
            cls="hint",
        )
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _list(book, clusters)
    with right:
        _editor(book, clusters)
        cases_panel(book)
        files_panel(book)


def _list(book: RuleBook, clusters: Sequence[Cluster]) -> None:
    kind = st.segmented_control(
        t("类型"), [ALL, *KINDS], default=ALL, required=True, key=KIND, label_visibility="collapsed",
        format_func=lambda key: t("全部") if key == ALL else term(KINDS, key),
    )  # fmt: skip
    listed = [one for one in book.rules if kind in {ALL, one.kind}]
    head = element("tr", *(
        element("th", name, scope="col", cls="figure" if figure else None)
        for name, figure in (
            (t("编号"), False), (t("适用"), False), (t("类型"), False), (t("对象"), False), (t("距离（米）"), True),
            (t("级别"), False), (t("依据"), False),
        )
    ))  # fmt: skip
    rows = [element("tr", *_cells(one, clusters), cls=None if one.on else "off") for one in listed]
    with st.container(key="rules_list"):
        show(element("table", element("thead", head), element("tbody", *rows), cls="grid rules"))


def _cells(rule: Rule, clusters: Sequence[Cluster]) -> list[Html]:
    return [
        element("th", rule.code, element("small", "" if rule.on else t("（停用）"), cls="quiet"), scope="row"),
        element("td", subject_name(rule, clusters)),
        element("td", term(KINDS, rule.kind)),
        element("td", object_name(rule, clusters), element("span", rule.reason, cls="line quiet")),
        element("td", figures.trimmed(rule.distance_m) if rule.distance_m else "", cls="figure"),
        element("td", element("b", term(LEVELS, rule.level), cls=f"level {rule.level}")),
        element("td", rule.basis),
    ]


def _editor(book: RuleBook, clusters: Sequence[Cluster]) -> None:
    show(element("h2", t("修改规则"), cls="section"))
    by_code = {one.code: one for one in book.rules}
    if st.session_state.get(CHOSEN) not in by_code:
        st.session_state[CHOSEN] = next(iter(by_code))
    code = st.selectbox(
        t("规则"), list(by_code), key=CHOSEN, format_func=lambda key: rule_line(by_code[key], clusters),
        on_change=_forget, label_visibility="collapsed",
    )  # fmt: skip
    rule = by_code[str(code)]
    edited = _fields(rule)
    changes: tuple[CaseChange, ...] = ()
    if edited.what != rule.what:
        try:
            changes = rule_book.changes_of_cases(book, book.with_([edited]))
        except Refused as refused:
            _told([fault_sentence(one) for one in refused.faults], failed=True)
    if edited.what != rule.what:
        changes_list(changes)
    _save(book, rule, edited, changes)
    _outcome()
    _history(rule.code, clusters)


def _fields(rule: Rule) -> Rule:
    """The rule as the fields on the page have it."""
    key = f"{rule.code}_{rule.version}"
    first, second, third = st.columns([2, 2, 2], vertical_alignment="bottom")
    with first:
        level = st.selectbox(t("级别"), list(LEVELS), index=list(LEVELS).index(rule.level), key=f"rule_level_{key}",
                             format_func=lambda one: term(LEVELS, one))  # fmt: skip
    with second:
        distance = st.number_input(
            t("距离（米）"), min_value=0.0, max_value=MOST_DISTANCE_M, value=rule.distance_m, step=5.0, format="%g",
            key=f"rule_distance_{key}", disabled=rule.kind not in DISTANT,
        )  # fmt: skip
    with third:
        tolerance = st.number_input(
            t("碎片容差（{unit}）", unit=unit("㎡")), min_value=0.0, max_value=MOST_TOLERANCE_M2, step=1.0, format="%g",
            value=rule.tolerance_m2, key=f"rule_tolerance_{key}",
        )  # fmt: skip
    basis = st.text_area(t("依据"), value=rule.basis, max_chars=500, key=f"rule_basis_{key}", height=70)
    on = st.toggle(t("启用"), value=rule.on, key=f"rule_on_{key}")
    return replace(
        rule, level=str(level), distance_m=float(distance) if rule.kind in DISTANT else rule.distance_m,
        tolerance_m2=float(tolerance), basis=str(basis).strip(), on=bool(on),
    )  # fmt: skip


def _save(book: RuleBook, rule: Rule, edited: Rule, changes: Sequence[CaseChange]) -> None:
    why_key = f"rule_why_{rule.code}_{rule.version}"
    st.text_input(t("改动原因"), key=why_key, max_chars=500, placeholder=t("为什么改，谁同意的"))
    seen = True
    if changes:
        seen = st.checkbox(t("这些案例的结果会变，已经看过"), key=f"{_SEEN}_{hash(edited.what)}")
    if edited.what != rule.what:
        signing.ask("rule")
    st.button(
        t("保存为第 {version} 版", version=rule.version + 1), key="rule_save", type="primary",
        disabled=edited.what == rule.what or not seen, on_click=_saved, args=(book.revision, edited, why_key),
    )  # fmt: skip


def _saved(seen: int, edited: Rule, why_key: str) -> None:
    try:
        done = rule_book.edit(
            office.database(),
            actor=office.actor(),
            rules=[edited],
            why=str(st.session_state.get(why_key, "")),
            seen=seen,
            by=signing.given("rule"),
        )
    except Refused as refused:
        st.session_state[_OUTCOME] = ([fault_sentence(one) for one in refused.faults], True)
    except Conflict:
        st.session_state[_OUTCOME] = ([fault_sentence(Fault("rule_changed_since", {"code": edited.code}))], True)
    else:
        st.session_state[_OUTCOME] = (
            [t("{code} 已是第 {version} 版。", code=one.code, version=one.version) for one in done.rules], False
        )  # fmt: skip


def _forget() -> None:
    st.session_state.pop(_OUTCOME, None)


def _outcome() -> None:
    held = st.session_state.get(_OUTCOME)
    if held is not None:
        _told(*held)


def _told(sentences: Sequence[str], failed: bool) -> None:  # noqa: FBT001 - two words of one answer
    show(element("p", " ".join(sentences), cls="alert" if failed else "done", role="alert" if failed else "status"))


def _history(code: str, clusters: Sequence[Cluster]) -> None:
    with st.expander(t("历次版本"), key="rule_history"):
        rows = [
            element(
                "li",
                element("span", clock_time(one.at), cls="quiet"), " ",
                element("b", t("第 {version} 版", version=one.rule.version)), " ", one.by,
                element("span", _state(one.rule, clusters), cls="line"),
                element("span", one.why or t("随产品提供"), cls="line quiet"),
            )
            for one in rule_book.history(office.database(), code)
        ]  # fmt: skip
        show(element("ol", each(rows), cls="history"))


def _state(rule: Rule, clusters: Sequence[Cluster]) -> str:
    told = rule_line(rule, clusters).removeprefix(f"{rule.code} · ")
    return f"{told} · {t('启用') if rule.on else t('停用')} · {rule.basis}"
