"""The rule book to a file and from one: what would change is listed before anything is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from layers.rules import Rule, RuleBook
from planning import rule_book
from planning.errors import Conflict, Fault, Refused
from ui import office, signing
from ui.markup import each, element, show
from ui.rule_words import rule_line
from ui.rules_cases import changes_list
from ui.sentences import fault_sentence
from ui.words import t

_WHY: Final = "rules_file_why"
_OUTCOME: Final = "rules_file_outcome"
MOST_SHOWN: Final = 20
MOST_FAULTS: Final = 20


def files_panel(book: RuleBook) -> None:
    """Offer the book as CSV, and take one that was filled in."""
    show(element("h2", t("导出与导入"), cls="section"))
    st.download_button(
        t("导出规则表 CSV"), data=rule_book.export(book), file_name="chantu-rules.csv", mime="text/csv",
        key="rules_export", on_click="ignore",
    )  # fmt: skip
    given = st.file_uploader(t("导入改好的规则表 CSV"), type=["csv"], key="rules_import")
    if given is not None:
        _given(book, given.getvalue())
    held = st.session_state.get(_OUTCOME)
    if held is not None:
        failed, sentences = held
        show(element("p", " ".join(sentences), cls="alert" if failed else "done", role="alert" if failed else "status"))


def _given(book: RuleBook, raw: bytes) -> None:
    try:
        wanted = rule_book.differing(book, rule_book.read_file(raw))
        changes = rule_book.changes_of_cases(book, book.with_(wanted))
    except Refused as refused:
        show(each(element("p", fault_sentence(one), cls="alert", role="alert") for one in refused.faults[:MOST_FAULTS]))
        return
    if not wanted:
        show(element("p", t("文件与现行规则相同，没有要改的。"), cls="hint"))
        return
    clusters = office.atlas().clusters()
    held = {one.code for one in book.rules}
    rows = [
        element(
            "li", element("b", t("修改") if one.code in held else t("新增")), " ", rule_line(one, clusters),
            element("span", one.basis, cls="line quiet"),
        )
        for one in wanted[:MOST_SHOWN]
    ]  # fmt: skip
    show(element("p", t("文件里有 {count} 条与现行规则不同：", count=len(wanted)), cls="hint"))
    show(element("ol", *rows, cls="history"))
    changes_list(changes)
    st.text_input(t("采用原因"), key=_WHY, max_chars=500)
    signing.ask("rules_file")
    st.button(t("采用这 {count} 条", count=len(wanted)), key="rules_accept", type="primary", on_click=_accept,
              args=(wanted, book.revision))  # fmt: skip


def _accept(wanted: Sequence[Rule], seen: int) -> None:
    try:
        done = rule_book.edit(
            office.database(), actor=office.actor(), rules=list(wanted), seen=seen,
            why=str(st.session_state.get(_WHY, "")), by=signing.given("rules_file"),
        )  # fmt: skip
    except Refused as refused:
        st.session_state[_OUTCOME] = (True, [fault_sentence(one) for one in refused.faults[:MOST_FAULTS]])
    except Conflict as conflict:
        codes = "、".join(clash.code for clash in conflict.conflicts)
        st.session_state[_OUTCOME] = (True, [fault_sentence(Fault("rule_changed_since", {"code": codes}))])
    else:
        st.session_state[_OUTCOME] = (False, [t("已采用 {count} 条，各成为新的一版。", count=len(done.rules))])
