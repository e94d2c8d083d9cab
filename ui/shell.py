"""The shell round every page: the window's title and icon, the look, the language, and the way from page to page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import (
    allocation_page,
    briefing_desk,
    desk,
    export_desk,
    import_desk,
    ledger_table,
    people_page,
    records,
    rules_page,
    scenario_desk,
    suitability_page,
)
from ui.markup import element, show, show_style
from ui.streamlit_words import speak
from ui.words import choose_language, language, settle_language, t

HERE = Path(__file__).parent


def main() -> None:
    """Draw the shell and run the page that was asked for."""
    settle_language()
    st.set_page_config(
        page_title=t("产图 Chantu"), page_icon=str(HERE / "static" / "icon.png"), layout="wide",
        initial_sidebar_state="collapsed",
        menu_items={"Get help": None, "Report a bug": None, "About": None},
    )  # fmt: skip
    st.logo(str(HERE / "static" / "logo.png"), size="medium")
    show_style((HERE / "theme.css").read_text(encoding="utf-8"))
    speak()
    # where other pages send a person to see on the map what they did
    map_page = st.session_state["desk_page"] = st.Page(desk.page, title=t("一张图"), url_path="desk", default=True)
    chosen = st.navigation(
        [
            map_page,
            st.Page(ledger_table.page, title=t("地块台账"), url_path="ledger"),
            st.Page(suitability_page.page, title=t("适宜性"), url_path="suitability"),
            st.Page(allocation_page.page, title=t("分配"), url_path="allocation"),
            st.Page(scenario_desk.page, title=t("方案"), url_path="scenarios"),
            st.Page(import_desk.page, title=t("导入"), url_path="import"),
            st.Page(export_desk.page, title=t("导出"), url_path="export"),
            st.Page(briefing_desk.page, title=t("汇报"), url_path="briefing"),
            st.Page(rules_page.page, title=t("规则"), url_path="rules"),
            st.Page(people_page.page, title=t("人员"), url_path="people"),
            st.Page(records.page, title=t("数据与审计"), url_path="records"),
        ],
        position="top",
    )
    _language_switch()
    chosen.run()
    # says to whoever watches that the page has been drawn to its end
    show(element("span", cls="unseen page-end"))


def _language_switch() -> None:
    other = "en" if language() == "zh" else "zh"
    with st.container(key="language"):
        st.button(
            "English" if other == "en" else "中文", key="language_switch", type="tertiary",
            on_click=choose_language, args=(other,),
        )  # fmt: skip


main()
