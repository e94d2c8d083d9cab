"""The cases of the rule book on its page: run all of them, and see which an edit would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from layers.rule_cases import CaseResult, Hit
from layers.rules import RuleBook
from planning import rule_book
from planning.errors import Refused
from planning.rule_book import CaseChange
from ui.markup import each, element, group, show
from ui.rule_words import hit_line
from ui.sentences import fault_sentence
from ui.words import t

_RESULTS: Final = "rules_case_results"
MOST_SHOWN: Final = 12


def cases_panel(book: RuleBook) -> None:
    """Run the cases and say which hold."""
    show(element("h2", t("案例"), cls="section"))
    show(element("p", t("案例是一组示例地块和应得的结果，改规则前后都用它们核对。"), cls="hint"))
    if st.button(t("运行全部案例"), key="run_cases"):
        try:
            with st.spinner(t("正在运行案例…")):
                st.session_state[_RESULTS] = (book.revision, rule_book.run_cases(book))
        except Refused as refused:
            told = each(element("p", fault_sentence(one), cls="alert", role="alert") for one in refused.faults)
            show(told)
    held = st.session_state.get(_RESULTS)
    if held is not None and held[0] == book.revision:
        _verdict(held[1])


def changes_list(changes: Sequence[CaseChange]) -> None:
    """Say which cases an edit changes, before and after."""
    if not changes:
        show(element("p", t("没有案例的结果因此改变。"), cls="hint"))
        return
    rows = [
        element(
            "li", element("b", one.name),
            element("span", t("原来："), " ", _lines(one.before.found), cls="line quiet"),
            element("span", t("改后："), " ", _lines(one.after.found), cls="line"),
        )
        for one in changes[:MOST_SHOWN]
    ]  # fmt: skip
    show(
        group(
            element("p", t("这次改动使 {count} 个案例的结果不同：", count=len(changes)), cls="alert", role="status"),
            element("ol", *rows, cls="history case-changes"),
        )
    )


def _verdict(results: Sequence[CaseResult]) -> None:
    failed = [one for one in results if not one.holds]
    if not failed:
        show(element("p", t("{count} 个案例全部符合。", count=len(results)), cls="done", role="status"))
        return
    show(
        element(
            "p", t("{failed} 个案例与应得的结果不同（共 {all} 个）：", failed=len(failed), all=len(results)),
            cls="alert", role="alert",
        )
    )  # fmt: skip
    rows = [
        element(
            "li", element("b", one.name),
            element("span", t("应得："), " ", _lines(one.expected), cls="line"),
            element("span", t("实得："), " ", _lines(one.found), cls="line"),
        )
        for one in failed[:MOST_SHOWN]
    ]  # fmt: skip
    show(element("ol", *rows, cls="history"))


def _lines(hits: Sequence[Hit]) -> str:
    return "；".join(hit_line(hit) for hit in hits) or t("无冲突")
