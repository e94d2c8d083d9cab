"""What an import did, its report to take away, the way to the map, and the way back."""

from __future__ import annotations

import json

import streamlit as st

from layers import figures
from layers.schema import LAYERS
from planning.atlas import Atlas
from planning.errors import Clash
from ui.import_state import Desk, Item
from ui.markup import Html, each, element, show
from ui.opening import latest
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import headed, named, t

_MOST_CLASHES = 20


def result(held: Desk, item: Item, tab: Tab, atlas: Atlas) -> None:
    """Say what was done and offer to take it back."""
    done = item.accepted
    if done is None:
        return
    layer = named(LAYERS[done.layer])
    said = t("已入库：{layer} {count} 条。", layer=layer, count=figures.count(len(done.ids)) if len(done.ids) else 0)
    if done.changed or done.ended:
        said = t("已更新：{layer} 新增 {new} 条，改动 {changed} 条，注销 {ended} 条。", layer=layer, new=len(done.ids),
                 changed=len(done.changed), ended=len(done.ended))  # fmt: skip
    if item.undone is not None:
        restored = len(item.undone.restored) + len(item.undone.revived)
        said = t("已撤销第 {batch} 批导入：注销 {ended} 条，复原 {restored} 条。", batch=done.batch_id,
                 ended=len(item.undone.ended), restored=restored)  # fmt: skip
    show(element("p", said, cls="done", role="status"))
    if item.undone is None:
        show(element("p", t("第 {batch} 批：{file}，{taken} 行入库，{refused} 行不能入库，{left} 行没有选。",
                            batch=done.batch_id, file=done.report.file, taken=done.report.taken,
                            refused=done.report.refused, left=done.report.left), cls="hint"))  # fmt: skip
    _conflict(item)
    with st.container(key="import_result", horizontal=True):
        if item.undone is None:
            st.button(t("撤销这次导入"), key="import_undo", on_click=_undo, args=(item, tab, atlas))
        st.button(t("到地图上看"), key="import_to_map", type="primary", on_click=_to_map)
        page = json.dumps(done.report.as_dict(), ensure_ascii=False, indent=1, default=str)
        st.download_button(
            t("下载入库报告"), data=page.encode(),
            file_name="report.json", mime="application/json", key="import_report_json", on_click="ignore",
        )  # fmt: skip
        st.button(t("移出列表"), key="import_discard", on_click=held.drop, args=(item,))
    if st.session_state.pop("import_go", False):
        st.switch_page(st.session_state["desk_page"])


def _to_map() -> None:
    st.session_state["import_go"] = True


def _undo(item: Item, tab: Tab, atlas: Atlas) -> None:
    item.undo()
    if item.undone is not None:
        latest(tab, atlas)


def _conflict(item: Item) -> None:
    """Why it was not taken back: every cell that somebody changed since."""
    for fault in item.undo_faults:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))
    if item.undo_conflict is None or item.accepted is None:
        return
    clashes = item.undo_conflict.conflicts
    show(element("p", t("没有撤销：入库之后有人改过 {count} 处，撤销会丢掉这些改动。", count=len(clashes)),
                 cls="alert", role="alert"))  # fmt: skip
    rows = each(_line(item.accepted.layer, one) for one in clashes[:_MOST_CLASHES])
    head = element("tr", *(element("th", name, scope="col") for name in (t("编号"), t("字段"), t("入库时"), t("现在"))))
    show(element("table", element("thead", head), element("tbody", rows), cls="grid"))


def _line(layer: str, one: Clash) -> Html:
    names = {field.key: headed(field) for field in LAYERS[layer].fields}
    names |= {"cluster": t("产业集群"), "geometry": t("图形"), "valid_to": t("注销"), "extra": t("其他列")}
    old, now = (figures.NOTHING if value is None else str(value) for value in (one.old, one.theirs))
    return element("tr", *(element("td", text) for text in (one.code, names.get(one.field, one.field), old, now)))
