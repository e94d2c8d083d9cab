"""A GeoJSON file against RFC 7946: every fault with its line, column and section, for the supplier to mend."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from exchange.rfc7946 import Checked
from layers import figures
from planning import validating
from planning.errors import Refused
from ui.geojson_words import RULES
from ui.import_state import Item
from ui.markup import element, show
from ui.sentences import fault_sentence, filled
from ui.words import t

_NAMED: tuple[str, ...] = (".geojson", ".json")


def conformance(item: Item) -> None:
    """Draw the check for a file that is named like GeoJSON; it is made when somebody asks for it."""
    if not item.name.lower().endswith(_NAMED) or item.accepted is not None:
        return
    with st.expander(t("GeoJSON 合规")):
        if st.button(t("检查是否合乎 RFC 7946"), key=f"import_rfc_{item.number}"):
            with st.spinner(t("正在解析文件…")):
                try:
                    item.conformance = validating.validate(item.path, item.name)
                except Refused as refused:
                    for fault in refused.faults:
                        show(element("p", fault_sentence(fault), cls="alert", role="alert"))
        if item.conformance is not None:
            _told(item.conformance)


def _told(told: Checked) -> None:
    advice = sum(told.counts.values()) - told.errors
    if told.valid:
        show(element("p", t("合乎 RFC 7946。"), cls="done", role="status"))
        if advice:
            show(element("p", t("{advice} 条建议，见下表。", advice=figures.count(advice)), cls="hint"))
    else:
        words = t("不合 RFC 7946：{errors} 处错误，{advice} 条建议。", errors=figures.count(told.errors),
                  advice=figures.count(advice))  # fmt: skip
        show(element("p", words, cls="alert", role="alert"))
    if not told.faults:
        return
    st.dataframe(
        pd.DataFrame({
            t("行"): [one.line for one in told.faults],
            t("列"): [one.column for one in told.faults],
            t("说明"): [filled(RULES[one.code], one.values) for one in told.faults],
            t("条款"): [one.section for one in told.faults],
            t("在文件中的位置"): [one.pointer for one in told.faults],
        }),
        hide_index=True, height="content" if len(told.faults) < 12 else 420,  # noqa: PLR2004 - rows on the screen
    )  # fmt: skip
    if sum(told.counts.values()) > len(told.faults):
        show(element("p", t("只列出前 {count} 处。", count=figures.count(len(told.faults))), cls="hint"))
