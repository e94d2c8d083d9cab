"""The problems of a file in a list and on the map, and the ways to enter it: all, without problems, with some."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import streamlit as st

from layers import figures
from layers.import_checks import check_of
from planning import import_pictures, import_reports, importing
from planning.atlas import Atlas
from planning.findings import ImportFinding
from planning.import_limits import basis_of
from planning.staged import Staged
from ui import office
from ui.desk_map import desk_map
from ui.desk_overview import headline
from ui.import_state import Item
from ui.import_ticks import look_at_picked, selected
from ui.import_words import note_sentence, severity_word
from ui.markup import each, element, show
from ui.session import Tab
from ui.words import language, t

MOST_LISTED: Final = 2_000
_SHORT: Final = 6
# notes on a file without a problem that are to be settled before it is entered all the same
_DOUBTS: Final = frozenset({"shift_suspected", "encoding_doubtful", "codes_made", "area_unit_unknown"})


def counts(staged: Staged) -> None:
    """Draw the figures of the file."""
    told = staged.report
    area = headline(Decimal(told.area_m2))
    cells = (
        (t("文件行数"), figures.count(told.rows), ""),
        (t("可入库"), figures.count(told.taken), ""),
        (t("其中无问题"), figures.count(len(staged.clean_rows)), ""),
        (t("已修正"), figures.count(told.mended), ""),
        (t("不能入库"), figures.count(told.refused), ""),
        (t("可入库面积"), area.text if told.taken else 0, area.unit),
    )
    show(element("dl", each(
        element("div", element("dt", name), element("dd", element("strong", number), " ", element("small", sign)))
        for name, number, sign in cells
    ), cls="kpis six"))  # fmt: skip


def downloads(item: Item, staged: Staged) -> None:
    """Offer the report for the supplier."""
    with st.popover(t("检查报告"), key=f"import_reports_{item.number}", width="content"):
        show(element("p", t("发给供图单位：每一处问题的行号、编号、位置和改法。"), cls="hint"))
        for form, mime in (
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("html", "text/html"),
        ):
            st.download_button(
                form.upper(),
                data=partial(report_bytes, staged, form, english=language() == "en"),
                file_name=f"{Path(staged.report.file).stem[:60]}-{t('检查报告')}.{form}",
                mime=mime,
                key=f"import_report_{form}",
                on_click="ignore",
            )


def report_bytes(staged: Staged, form: str, *, english: bool) -> bytes:
    """The report as it is taken away."""
    with tempfile.TemporaryDirectory(prefix="chantu-out-") as folder:
        out = Path(folder) / f"report.{form}"
        import_reports.write_report(staged, out, form, english=english)
        return out.read_bytes()


def checks(item: Item, staged: Staged, tab: Tab, atlas: Atlas) -> None:
    """List and map side by side, and below them the ways to go on."""
    kind = None if item.kind == "all" else item.kind
    listed, count = staged.findings.listed(kind, most=MOST_LISTED), staged.findings.count_of(kind)
    with st.container(key="import_body", horizontal=True, wrap=False, gap="small"):
        with st.container(key="import_list"):
            _kinds(item, staged)
            doubts = [note for note in staged.report.notes if note.code in _DOUBTS]
            if doubts:
                # beside what is pressed next, not only among the facts of the file
                show(each(element("p", note_sentence(note), cls="doubt", role="status") for note in doubts))
            elif not len(staged.findings):
                show(element("p", t("没有发现问题。"), cls="done", role="status"))
            else:
                _list(item, listed, count)
        with st.container(key="import_map"):
            looked = listed[item.looked] if item.looked is not None and item.looked < len(listed) else None
            _map(item, staged, looked, tab, atlas)
    _acts(item, staged, listed)


def _kinds(item: Item, staged: Staged) -> None:
    found = staged.findings.counts
    if not found:
        return
    key = f"import_kind_{item.number}_{item.reads}"
    st.session_state.setdefault(key, item.kind)
    total = len(staged.findings)

    def chosen() -> None:
        item.kind = st.session_state.get(key) or "all"
        item.looked = None

    st.pills(
        t("问题类型"), ["all", *found], key=key, label_visibility="collapsed", on_change=chosen,
        format_func=lambda code: f"{t('全部') if code == 'all' else check_name(code)} "
        f"{figures.count(total if code == 'all' else found[code])}",
    )  # fmt: skip


def check_name(code: str) -> str:
    """The name of a check in the tab's language."""
    check = check_of(code)
    return check.en if language() == "en" else check.zh


def _list(item: Item, shown: list[ImportFinding], count: int) -> None:
    english = language() == "en"
    table = pd.DataFrame({
        "severity": [severity_word(one.severity) for one in shown],
        "row": [one.rows[0] for one in shown],
        # before the code and the kind, which a narrow window leaves to the side
        "what": [import_reports.what_of(one, english=english) for one in shown],
        "code": [one.codes[0] if one.codes else "" for one in shown],
        "kind": [check_name(one.code) for one in shown],
        "size": [one.size_m2 if one.size_m2 > 0 else np.nan for one in shown],
    })  # fmt: skip
    key = f"import_problems_{item.number}_{item.reads}_{item.kind}"
    st.dataframe(
        table, key=key, hide_index=True, height=table_height(len(shown)), selection_mode="multi-row",
        on_select=partial(look_at_picked, item, key),
        column_config={
            "severity": st.column_config.TextColumn(t("等级"), width=74),
            "kind": st.column_config.TextColumn(t("问题"), width=108),
            "row": st.column_config.NumberColumn(t("行"), format="%d", width=54),
            "code": st.column_config.TextColumn(t("编号"), width=110),
            "what": st.column_config.TextColumn(t("说明"), width=300),
            "size": st.column_config.NumberColumn(t("大小 ㎡"), format="%.2f", width=84),
        },
    )  # fmt: skip
    if count > MOST_LISTED:
        show(element("p", t("只列出前 {count} 处，其余见检查报告。", count=figures.count(MOST_LISTED)), cls="hint"))


def table_height(rows: int) -> int | Literal["stretch"]:
    """A short list is as high as its lines; a long one takes the place there is and scrolls."""
    return 38 + 35 * rows if rows <= _SHORT else "stretch"


def _map(item: Item, staged: Staged, looked: ImportFinding | None, tab: Tab, atlas: Atlas) -> None:
    mark = import_pictures.mark_of(atlas, staged, looked) if looked is not None else None
    place = (looked.x, looked.y) if looked is not None and mark is not None else None
    draw(item, staged, mark, place, tab, atlas)
    if looked is None:
        show(element("p", t("点一处问题，图上就飞到那里；虚线是文件里的图形。"), cls="hint"))
        return
    english = language() == "en"
    check = check_of(looked.code)
    show(element("p", import_reports.what_of(looked, english=english), " ", check.todo[english], cls="looked"))
    if basis := basis_of(looked.code, staged.limits, english=english):
        show(element("p", basis, cls="hint"))


def draw(
    item: Item, staged: Staged, mark: dict[str, Any] | None, place: tuple[float, float] | None, tab: Tab, atlas: Atlas
) -> None:
    """Show the map with the rows of the file over it, flown to a mark or to the whole file."""
    shown = mark if mark is not None else import_pictures.whole_of(atlas, staged)
    seq = f"{item.number}:{item.seq}"
    desk_map(
        key="import_map_desk", atlas=atlas, state=tab.shown, theme=tab.theme, height="fill",
        over={
            "mark": None if shown is None else shown | {"seq": seq},
            "preview": import_pictures.rows_over(atlas, staged, place),
        },
    )  # fmt: skip


def _acts(item: Item, staged: Staged, listed: list[ImportFinding]) -> None:
    """All, those without problems, those and the ones chosen."""
    whole, clean = staged.report.taken, len(staged.clean_rows)
    takeable = set(staged.rows[staged.takeable].tolist())
    key = f"import_problems_{item.number}_{item.reads}_{item.kind}"
    picked = {row for at in selected(key) if at < len(listed) for row in listed[at].rows} & takeable
    some = sorted({*staged.clean_rows.tolist(), *picked})
    with st.container(key="import_acts", horizontal=True, vertical_alignment="center"):
        st.button(
            t("全部入库 {count} 行", count=figures.count(whole) if whole else 0), key="import_accept",
            type="primary", disabled=not whole, on_click=_enter, args=(item, staged, None),
        )  # fmt: skip
        st.button(
            t("只入库无问题的 {count} 行", count=figures.count(clean) if clean else 0), key="import_clean",
            disabled=not clean or clean == whole, on_click=_enter, args=(item, staged, staged.clean_rows),
        )  # fmt: skip
        if len(some) > clean:
            st.button(
                t("无问题的和选中的 {count} 行", count=figures.count(len(some))), key="import_some",
                on_click=_enter, args=(item, staged, np.array(some, dtype=np.int64)),
            )  # fmt: skip
        if not whole:
            show(element("p", t("没有一行可以入库，原因见上表。"), cls="alert", role="alert"))


def _enter(item: Item, staged: Staged, rows: Any) -> None:
    db, actor = office.database(), office.actor()
    item.enter(lambda watch: importing.accept(db, staged, actor=actor, rows=rows, watch=watch))
