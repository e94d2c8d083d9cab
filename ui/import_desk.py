"""导入: drop files, see what was found and checked, accept all or part, update in place, and take it back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from layers import figures
from layers.schema import LAYERS
from planning import suppliers
from planning.atlas import Atlas
from planning.errors import Fault
from ui import import_checks, import_conformance, import_found, import_result, import_update, office
from ui.import_state import Desk, Item, Wanted, desk
from ui.import_words import refusal_sentence, stage_sentence, state_word
from ui.markup import element, plain, show
from ui.opening import latest, ready
from ui.sentences import fault_sentence, file_size
from ui.session import Tab
from ui.words import named, t

TYPES: Final = ("geojson", "json", "topojson", "gpkg", "zip", "shp", "shx", "dbf", "prj", "cpg", "parquet",
                "fgb", "kml", "kmz", "ovkml", "gml", "dxf",
                "txt", "csv", "xlsx", "geojsonl", "geojsons", "ndjson", "dwg")  # fmt: skip
POLL_SECONDS: Final = 0.5


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    tab = ready(atlas)
    held = desk()
    show(element("h1", t("导入"), cls="title"))
    with st.container(key="import_page", horizontal=True, wrap=False, gap="medium"):
        left, right = st.container(key="import_left"), st.container(key="import_right")
        item = held.current
        if item is not None and item.settle():
            _entered(item, tab, atlas)
        with left:
            _drop(held)
            _files(held)
            if item is not None:
                import_found.found(item)
                import_conformance.conformance(item)
        with right:
            _work(held, tab, atlas)


def _drop(held: Desk) -> None:
    with st.container(key="import_ask", horizontal=True, wrap=False, gap="small"):
        st.selectbox(
            t("导入到图层"), list(LAYERS), key="import_layer", format_func=lambda key: named(LAYERS[key]),
            on_change=_again, args=(held,),
        )  # fmt: skip
        st.selectbox(
            t("供图单位（可不填）"), list(suppliers.suppliers(office.database())), index=None, key="import_supplier",
            accept_new_options=True, placeholder=t("字段对应按单位记住"), on_change=_again,
            args=(held,), filter_mode="contains",
        )  # fmt: skip
    key = f"import_files_{held.uploads}"
    st.file_uploader(
        t("文件（可多个；Shapefile 的各个文件一起放）"), type=list(TYPES), accept_multiple_files=True, key=key,
        on_change=_take, args=(held, key),
    )  # fmt: skip


def _take(held: Desk, key: str) -> None:
    files = st.session_state.get(key)
    if files:
        held.take(files, Wanted(st.session_state.get("import_layer") or next(iter(LAYERS)), supplier=_supplier()))


def _supplier() -> str:
    return suppliers.clean_name(st.session_state.get("import_supplier"))


def _again(held: Desk) -> None:
    """Read the file that is looked at again, for another layer or of another supplier."""
    item = held.current
    if item is not None and item.state in {"ready", "refused", "reading", "stopped"}:
        item.read(Wanted(st.session_state["import_layer"], item.wanted.crs, item.wanted.sublayer,
                         item.wanted.encoding, _supplier()))  # fmt: skip


def _files(held: Desk) -> None:
    """The files of this tab, each with its state; one is looked at, the others wait."""
    if len(held.items) < 2:  # noqa: PLR2004 - one file needs no list
        return
    with st.container(key="import_files", gap=None):
        for one in held.items:
            is_current = one is held.current
            with st.container(key=f"import_file_{one.number}{'_chosen' if is_current else ''}", horizontal=True,
                              vertical_alignment="center", wrap=False, gap="small"):  # fmt: skip
                st.button(
                    plain(one.name), key=f"import_look_{one.number}", type="tertiary",
                    on_click=lambda number=one.number: setattr(held, "chosen", number),
                )  # fmt: skip
                show(element("span", state_word(one.state), cls=f"file-state {one.state}"))


def _work(held: Desk, tab: Tab, atlas: Atlas) -> None:
    """What there is to do with the file that is looked at."""
    item = held.current
    if item is None:
        _nothing()
        return
    if item.at_work is not None:
        _progress(item)
        return
    match item.state:
        case "entered" | "undone":
            import_result.result(held, item, tab, atlas)
        case "refused" | "stopped" | "waiting":
            _refused(held, item)
        case _:
            _ready(held, item, tab, atlas)


def _nothing() -> None:
    show(
        element(
            "p",
            t(
                "支持勘测定界界址点 TXT、Shapefile、GeoPackage、GDB（zip）、DXF、GeoJSON、KML、GML、FlatGeobuf、GeoParquet、TopoJSON，以及带坐标的 CSV、XLSX。先检查，确认后才入库；入库可以撤销。"  # noqa: E501  # one sentence
            ),
            cls="lead",
        )
    )
    show(element("p", t("把文件放到左边；这里会列出读到的内容和每一处问题，并在图上标出。"), cls="hint"))


@st.fragment(run_every=POLL_SECONDS)
def _progress(item: Item) -> None:
    """How far the work is, in what is really counted, and the way out of it."""
    job = item.at_work
    if job is None:
        st.rerun()
    stage, done, of = job.progress
    said = t("正在停止…") if job.is_stopping else stage_sentence(stage, done, of)
    with st.container(key="import_progress"):
        show(element("p", said, cls="hint", role="status"))
        st.progress(min(done / of, 1.0) if of else 0.0)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(t("停止"), key="import_stop", on_click=job.stop, disabled=job.is_stopping)
            size = file_size(item.path.stat().st_size) if item.path.exists() else figures.NOTHING
            show(
                element(
                    "p",
                    t("{file}，{size}，已用 {seconds} 秒", file=item.name, size=size, seconds=int(job.running_s)),
                    cls="hint",
                )
            )
    if job.is_done:
        st.rerun()


def _refused(held: Desk, item: Item) -> None:
    if item.state == "refused" and item.job is not None:
        show(element("p", t("「{file}」没有读入：", file=item.name), cls="hint"))
        for fault in item.job.faults:
            show(element("p", refusal_sentence(fault), cls="alert", role="alert"))
    else:
        show(element("p", t("已停止，没有写入任何内容。"), cls="done", role="status"))
    with st.container(horizontal=True):
        st.button(t("再读一次"), key="import_retry", on_click=item.read)
        st.button(t("移出列表"), key="import_discard", on_click=held.drop, args=(item,))


def _ready(held: Desk, item: Item, tab: Tab, atlas: Atlas) -> None:
    if item.staged is None:
        return
    if item.mode == "insert":
        import_checks.counts(item.staged)
    elif item.differences is not None:
        import_update.counts(item.staged, item.differences)
    with st.container(key="import_head", horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            t("怎样入库"), ["insert", "update"], key=f"import_mode_{item.number}", default=item.mode,
            label_visibility="collapsed", required=True,
            format_func=lambda mode: t("新增入库") if mode == "insert" else t("按编号更新"),
            on_change=_switch, args=(item,),
        )  # fmt: skip
        import_checks.downloads(item, item.staged)
        st.button(t("移出列表"), key="import_discard", on_click=held.drop, args=(item,))
    _told(item)
    if item.mode == "insert":
        import_checks.checks(item, item.staged, tab, atlas)
    else:
        import_update.update(item, item.staged, tab, atlas)


def _switch(item: Item) -> None:
    item.mode = st.session_state[f"import_mode_{item.number}"] or "insert"
    item.looked, item.kind = None, "all"
    item.seq += 1
    if item.mode == "update" and item.comparing is None:
        item.compare()


def _told(item: Item) -> None:
    """Why an acceptance did not go through."""
    job = item.entering
    if job is None or not job.is_done:
        return
    if job.stopped:
        show(element("p", t("已停止，没有写入任何内容。"), cls="done", role="status"))
    faults = job.faults or ((Fault("import_stale"),) if job.conflict is not None else ())
    for fault in faults[:3]:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))


def _entered(item: Item, tab: Tab, atlas: Atlas) -> None:
    latest(tab, atlas)
    if item.accepted is not None and item.accepted.layer == "parcels":
        tab.select(item.accepted.ids, fly=True)
