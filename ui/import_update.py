"""按编号更新: what a file brings, changes and no longer has, field by field, before any of it is accepted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from layers import figures
from layers.schema import LAYERS, LayerSchema
from planning import import_pictures, updating
from planning.atlas import Atlas
from planning.staged import Staged
from planning.updating import EXTRA, SHAPE, Changed, Differences, Gone
from ui import office
from ui.import_checks import draw, table_height
from ui.import_state import Item
from ui.import_ticks import look_at_picked, selected
from ui.markup import each, element, show
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import headed, t, term, unit

MOST_LISTED: Final = 2_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: one cell of a row, or a row that comes or goes."""

    kind: str
    row: int | None
    code: str
    field: str
    old: str
    new: str
    what: Changed | Gone | None


def update(item: Item, staged: Staged, tab: Tab, atlas: Atlas) -> None:
    """Draw the differences and the ways to accept them."""
    found = item.differences
    if found is None:
        for fault in item.comparing.faults if item.comparing is not None else ():
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
        st.button(t("比对库中数据"), key="import_compare", on_click=item.compare)
        return
    lines = lines_of(staged, found)
    listed = [one for one in lines if item.kind in {"all", one.kind}]
    with st.container(key="import_body", horizontal=True, wrap=False, gap="small"):
        with st.container(key="import_list"):
            _kinds(item, found)
            if listed:
                _list(item, listed)
            else:
                show(element("p", t("没有差别：库中与文件一致。") if not lines else t("这一类没有。"),
                             cls="done", role="status"))  # fmt: skip
        with st.container(key="import_map"):
            looked = listed[item.looked] if item.looked is not None and item.looked < len(listed) else None
            _map(item, staged, looked, tab, atlas)
    _acts(item, staged, found, listed)


def counts(staged: Staged, found: Differences) -> None:
    """Draw how many rows come, change, stay and go."""
    told = found.counts
    cells = (
        (t("文件行数"), staged.report.rows), (t("新增"), told["new"]), (t("有改动"), told["changed"]),
        (t("一致"), told["same"]), (t("文件里没有"), told["vanished"]), (t("不能对应"), told["unmatched"]),
    )  # fmt: skip
    show(element("dl", each(
        element("div", element("dt", name), element("dd", element("strong", figures.count(number) if number else 0)))
        for name, number in cells
    ), cls="kpis six"))  # fmt: skip


def lines_of(staged: Staged, found: Differences) -> list[Line]:
    """Every difference as a line of text, new rows first, then changed cells, then what vanished."""
    schema = LAYERS[staged.layer]
    place = {int(row): at for at, row in enumerate(staged.rows)} if found.new or found.unmatched else {}
    lines = [
        Line("new", row, str(staged.given[place[row]] or staged.codes[place[row]]), t("整行"), "",
             _square(float(staged.areas_m2[place[row]])), None)
        for row in found.new
    ]  # fmt: skip
    for one in found.changed:
        for key, cell in one.fields.items():
            old, new = _cell(schema, key, cell.old), _cell(schema, key, cell.new)
            lines.append(Line("changed", one.row, one.code, field_name(schema, key), old, new, one))
        if one.shape is not None:
            shape = one.shape
            new = t("{area}，不重合 {between}", area=_square(shape.after_m2), between=_square(shape.between_m2))
            lines.append(Line("changed", one.row, one.code, t("图形"), _square(shape.before_m2), new, one))
    lines += [Line("vanished", None, gone.code, t("整行"), _square(gone.area_m2), "", gone) for gone in found.vanished]
    lines += [
        Line("unmatched", row, str(staged.codes[place[row]]), t("编号重复或图形已有"), "", "", None)
        for row in found.unmatched
    ]
    return lines


def field_name(schema: LayerSchema, key: str) -> str:
    """A field by its head; the other columns and the boundary have names of their own."""
    if key in {EXTRA, SHAPE}:
        return t("其他列") if key == EXTRA else t("图形")
    return headed(schema.field(key))


def _square(area_m2: float | None) -> str:
    return figures.NOTHING if area_m2 is None or area_m2 != area_m2 else f"{figures.fixed(area_m2, 2)} {unit('㎡')}"  # noqa: PLR0124 - only NaN is not itself


def _cell(schema: LayerSchema, key: str, value: object) -> str:
    if value is None:
        return t("（空）")
    if key == EXTRA and isinstance(value, Mapping):
        return "；".join(f"{name}={'' if held is None else held}" for name, held in value.items())
    terms = None if key == EXTRA else schema.field(key).terms
    if terms is not None:
        return term(terms, value)
    return str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False, default=str)


def _kind_name(kind: str) -> str:
    return {
        "all": t("全部"), "new": t("新增"), "changed": t("有改动"), "vanished": t("文件里没有"),
        "unmatched": t("不能对应"),
    }[kind]  # fmt: skip


def _kinds(item: Item, found: Differences) -> None:
    counts = found.counts
    options = ["all", *(kind for kind in ("new", "changed", "vanished", "unmatched") if counts[kind])]
    key = f"import_change_{item.number}_{item.reads}"

    def chosen() -> None:
        item.kind = st.session_state.get(key) or "all"
        item.looked = None

    st.pills(
        t("差别"), options, key=key, label_visibility="collapsed", on_change=chosen, default="all",
        format_func=lambda kind: _kind_name(kind) if kind == "all" else f"{_kind_name(kind)} {counts[kind]}",
    )  # fmt: skip


def _list(item: Item, listed: list[Line]) -> None:
    shown = listed[:MOST_LISTED]
    table = pd.DataFrame({
        "kind": [_kind_name(one.kind) for one in shown],
        "code": [one.code for one in shown],
        "field": [one.field for one in shown],
        "old": [one.old for one in shown],
        "new": [one.new for one in shown],
    })  # fmt: skip
    key = list_key(item)
    st.dataframe(
        table, key=key, hide_index=True, height=table_height(len(shown)), selection_mode="multi-row",
        on_select=partial(look_at_picked, item, key),
        column_config={
            "kind": st.column_config.TextColumn(t("差别"), width=78),
            "code": st.column_config.TextColumn(t("编号"), width=98),
            "field": st.column_config.TextColumn(t("字段"), width=76),
            "old": st.column_config.TextColumn(t("原值"), width=100),
            "new": st.column_config.TextColumn(t("新值"), width=190),
        },
    )  # fmt: skip
    if len(listed) > MOST_LISTED:
        show(element("p", t("只列出前 {count} 处。", count=figures.count(MOST_LISTED)), cls="hint"))


def list_key(item: Item) -> str:
    """The key of the list as it is filtered."""
    return f"import_lines_{item.number}_{item.reads}_{item.kind}"


def _map(item: Item, staged: Staged, looked: Line | None, tab: Tab, atlas: Atlas) -> None:
    mark: dict[str, Any] | None = None
    place = None
    if looked is not None and looked.what is not None:
        mark = import_pictures.mark_of_change(atlas, staged, looked.what)
    elif looked is not None and looked.row is not None:
        mark = import_pictures.mark_of_row(atlas, staged, looked.row)
    if looked is not None and looked.row is not None:
        place = import_pictures.place_of(staged, looked.row)
    draw(item, staged, mark, place, tab, atlas)
    if looked is not None:
        # the whole of what the list may have cut off
        show(element("p", f"{looked.code} · {looked.field}：{looked.old} → {looked.new}", cls="looked"))
    show(element("p", t("红色为库中的界线，绿色虚线为更新后的界线。"), cls="hint"))


def _acts(item: Item, staged: Staged, found: Differences, listed: list[Line]) -> None:
    schema = LAYERS[staged.layer]
    keys = list(dict.fromkeys(key for one in found.changed for key in one.fields))
    keys += [SHAPE] if any(one.shape is not None for one in found.changed) else []
    with st.container(key="import_choices", horizontal=True, vertical_alignment="center"):
        fields = st.multiselect(
            t("更新哪些字段"), keys, default=keys, key=f"import_fields_{item.number}_{item.reads}_{item.empties}",
            format_func=lambda key: field_name(schema, key), disabled=not keys, label_visibility="collapsed",
            placeholder=t("更新哪些字段"),
        )  # fmt: skip
        st.checkbox(t("空值也更新"), value=item.empties, key=f"import_empties_{item.number}",
                    on_change=_empties, args=(item,))  # fmt: skip
        ending = st.checkbox(
            t("注销文件里没有的 {count} 行", count=len(found.vanished)), value=False,
            key=f"import_end_{item.number}_{item.reads}", disabled=not found.vanished,
        )  # fmt: skip
    picked = [listed[at] for at in selected(list_key(item)) if at < len(listed)]
    rows = {one.row for one in picked if one.row is not None and one.kind in {"new", "changed"}}
    gone = {one.what.id for one in picked if isinstance(one.what, Gone)}
    count = len(found.new) + len(found.changed) + (len(found.vanished) if ending else 0)
    with st.container(key="import_acts", horizontal=True, vertical_alignment="center"):
        st.button(
            t("全部更新 {count} 行", count=count), key="import_update", type="primary", disabled=not count,
            on_click=_enter, args=(item, staged, found, {"fields": fields, "end_vanished": ending}),
        )  # fmt: skip
        if rows or gone:
            st.button(
                t("只更新选中的 {count} 行", count=len(rows) + len(gone)), key="import_update_some", on_click=_enter,
                args=(item, staged, found,
                      {"fields": fields, "new": rows, "changed": rows, "end_vanished": gone}),
            )  # fmt: skip


def _empties(item: Item) -> None:
    item.empties = bool(st.session_state.get(f"import_empties_{item.number}"))
    item.compare()


def _enter(item: Item, staged: Staged, found: Differences, asked: Mapping[str, Any]) -> None:
    db, actor = office.database(), office.actor()
    item.enter(lambda watch: updating.accept_update(db, staged, found, actor=actor, watch=watch, **asked))
