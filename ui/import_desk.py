"""导入: upload a file, see row by row what would be taken, mended and refused, then enter it or let it go."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath, PureWindowsPath
from typing import Any, Final, Protocol

import streamlit as st

from layers.schema import LAYERS
from planning import coordinate_systems, importing
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from planning.importing import Staged
from ui import import_report, office
from ui.crs_offers import offers
from ui.markup import element, show
from ui.opening import latest, ready
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import headed, named, t

TYPES: Final = ("geojson", "json", "topojson", "gpkg", "zip", "shp", "shx", "dbf", "prj", "cpg", "parquet",
                "fgb", "kml", "kmz", "ovkml", "gml", "dxf",
                "txt", "csv", "xlsx", "geojsonl", "geojsons", "ndjson")  # fmt: skip
# what files of an office are in, most usual first; any other EPSG code can be typed
COMMON_CRS: Final = ("EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:4326", "EPSG:3857", "GCJ-02", "BD-09")
_STATE: Final = "import_state"
_UPLOADS: Final = "import_uploads"


class Uploaded(Protocol):
    """A file as Streamlit hands it over; the name is the browser's word and no path."""

    name: str

    def getvalue(self) -> bytes: ...


@dataclass(slots=True)
class Desk:
    """What lies on the import desk of one tab."""

    staged: Staged | None = None
    faults: tuple[Fault, ...] = ()
    entered: tuple[str, int] | None = None
    mapping: dict[str, str] = field(default_factory=dict)


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    tab = ready(atlas)
    desk: Desk = st.session_state.setdefault(_STATE, Desk())
    show(element("h1", t("导入"), cls="title"))
    show(
        element(
            "p",
            t(
                "支持勘测定界界址点 TXT、GeoJSON（含逐行）、TopoJSON、GeoPackage、GeoParquet、Shapefile（zip，或 shp 连同 dbf、shx、prj、cpg 一起选），以及带坐标的 CSV、XLSX。先检查，确认后才入库。"  # noqa: E501  # one sentence
            ),
            cls="lead",
        )
    )
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _ask(desk)
    with right:
        _result(desk, tab, atlas)


def bundle(files: Sequence[Uploaded]) -> tuple[str, bytes]:
    """Give one file as it is, and several (a Shapefile and its siblings) as one zip; names lose any path."""
    if len(files) == 1:
        return base_name(files[0].name), files[0].getvalue()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.writestr(base_name(file.name), file.getvalue())
    main = next((file for file in files if file.name.lower().endswith(".shp")), files[0])
    return f"{PurePath(base_name(main.name)).stem}.zip", body.getvalue()


def base_name(name: str) -> str:
    """The last part of a name, by the rules of either system; never empty."""
    return PureWindowsPath(PurePath(name).name).name or "upload"


def _ask(desk: Desk) -> None:
    layer = st.selectbox(t("导入到图层"), list(LAYERS), key="import_layer", format_func=lambda key: named(LAYERS[key]))
    number = st.session_state.setdefault(_UPLOADS, 0)
    files = st.file_uploader(t("文件"), type=list(TYPES), accept_multiple_files=True, key=f"import_files_{number}")
    crs = st.selectbox(
        t("坐标系（文件没有声明时填写）"), [*COMMON_CRS, *_of_the_office()], index=None, key="import_crs",
        accept_new_options=True,
        format_func=_crs_name, placeholder=t("按文件声明"), filter_mode="contains",
    )  # fmt: skip
    sublayer = _sublayer(desk)
    if st.button(t("读取并检查"), key="import_stage", type="primary", disabled=not files):
        desk.mapping = {}
        with st.spinner(t("正在读取并逐行检查…")):
            stage(desk, files, layer=layer, crs=crs, sublayer=sublayer)
    if desk.staged is not None:
        _columns(desk, files, crs=crs, sublayer=sublayer)


def stage(desk: Desk, files: Sequence[Uploaded], *, layer: str, crs: str | None, sublayer: str | None) -> None:
    """Read the files and judge every row; what lay on the desk before is let go."""
    clear(desk)
    name, body = bundle(files)
    try:
        desk.staged = importing.stage(
            office.database(), body, name, layer, crs=crs or None, mapping=desk.mapping or None, sublayer=sublayer
        )
    except Refused as refused:
        desk.faults = refused.faults


def clear(desk: Desk) -> None:
    """Let go of what lies on the desk."""
    if desk.staged is not None:
        importing.discard(desk.staged)
    desk.staged, desk.faults, desk.entered = None, (), None


def accept(desk: Desk, tab: Tab, atlas: Atlas) -> None:
    """Enter what can be taken, all in one, and show it."""
    if desk.staged is None:
        return
    try:
        done = importing.accept(office.database(), desk.staged, actor=office.actor())
    except Busy:
        desk.faults = (Fault("busy"),)
    except Refused as refused:
        desk.faults = refused.faults
    else:
        desk.staged, desk.faults, desk.mapping = None, (), {}
        desk.entered = (done.layer, len(done.ids))
        latest(tab, atlas)
        if done.layer == "parcels":
            tab.select(done.ids, fly=True)
        _take_away_uploads()


def _take_away_uploads() -> None:
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1


def _offer_crs(fault: Fault) -> None:
    """Coordinate systems that the numbers allow: a click fills the choice on the left; nothing is read by itself."""
    offered = offers(fault)
    if not offered:
        return
    show(
        element(
            "p",
            t("按坐标数值可能是下面几种（数值不能区分 2000、1980 西安和 1954 北京坐标系，请向来文单位核实）："),
            cls="hint",
        )
    )
    for words, sentence in offered:
        st.button(sentence, key=f"import_offer_{words}", on_click=_choose_crs, args=(words,))


def _of_the_office() -> list[str]:
    """Names of the coordinate systems that the administrator registered; what is wrong with them is said."""
    try:
        return [one.name for one in coordinate_systems.named()]
    except Refused as refused:
        for fault in refused.faults:
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
        return []


def _choose_crs(words: str) -> None:
    st.session_state["import_crs"] = words


def _crs_name(code: str) -> str:
    return {
        "EPSG:4490": t("EPSG:4490 国家2000 经纬度"),
        "EPSG:4549": t("EPSG:4549 国家2000 三度带 120°（不加带号）"),
        "EPSG:4528": t("EPSG:4528 国家2000 三度带 40 带（加带号）"),
        "EPSG:4326": t("EPSG:4326 WGS 84 经纬度"),
        "EPSG:3857": t("EPSG:3857 网络墨卡托"),
        "GCJ-02": t("GCJ-02 偏移经纬度（高德、腾讯、奥维加偏）"),
        "BD-09": t("BD-09 偏移经纬度（百度）"),
    }.get(code, code)


def _sublayer(desk: Desk) -> str | None:
    """Ask which layer of the file when it holds several."""
    told: Mapping[str, Any] = {}
    for fault in desk.faults:
        if fault.code in {"sublayer_needed", "sublayer_unknown"}:
            told = fault.values
    if desk.staged is not None:
        told = next((note.values for note in desk.staged.report.notes if note.code in _CHOICES), {})
    names = [str(name) for name in told.get("sublayers", ())]
    if not names:
        return None
    # a drawing is read as a whole unless one of its layers is asked for
    whole = desk.staged is not None and ("all" in told or "sublayer" not in told)
    options = ["", *names] if whole else names
    now = desk.staged.report.sublayer if desk.staged is not None else None
    said = {str(layer["name"]): _said_of(layer) for layer in told.get("layers", ())}
    return (
        st.selectbox(
            t("文件里的图层"), options, index=options.index(now) if now in options else 0, key="import_sublayer",
            format_func=lambda name: said.get(name, name) if name else t("全部图层"),
        )
        or None
    )  # fmt: skip


_CHOICES: Final = frozenset({"sublayer_chosen", "all_layers_read"})


def _said_of(layer: Mapping[str, Any]) -> str:
    """Name of a layer of a file with its shapes and rows, as far as they are told."""
    name = str(layer["name"])
    kind = {"polygon": t("面"), "line": t("线"), "point": t("点")}.get(str(layer["kind"]), t("混合"))
    if layer["rows"] is None and layer["kind"] == "mixed":
        return name
    if layer["rows"] is None:
        return t("{name}（{kind}）", name=name, kind=kind)
    return t("{name}（{kind}，{rows} 行）", name=name, kind=kind, rows=layer["rows"])


def _columns(desk: Desk, files: Sequence[Uploaded] | None, *, crs: str | None, sublayer: str | None) -> None:
    """Show which column of the file is which field, and let it be changed."""
    if desk.staged is None:
        return
    report, schema = desk.staged.report, LAYERS[desk.staged.layer]
    fields = {one.key: headed(one) for one in schema.fields}
    if desk.staged.layer == "parcels":
        fields["cluster"] = t("产业集群")
    with st.expander(
        t("字段对应（{mapped} 列已对应，{kept} 列原样保留）", mapped=len(report.mapped), kept=len(report.kept))
    ):
        chosen: dict[str, str] = {}
        for at, column in enumerate([*report.mapped, *(name for name in report.kept if name not in report.mapped)]):
            now = report.mapped.get(column, "")
            options = ["", *fields]
            # a column's name is data: it is a placeholder-free option label here, never Markdown
            said, asked = st.columns([1, 1], vertical_alignment="center")
            with said:
                show(element("span", column, cls="column"))
            with asked:
                chosen[column] = str(st.selectbox(
                    t("第 {number} 列对应的字段", number=at + 1), options,
                    index=options.index(now) if now in options else 0,
                    key=f"import_column_{report.sha256[:8]}_{at}", label_visibility="collapsed",
                    format_func=lambda key: fields.get(key, t("不对应，原样保留")),
                ))  # fmt: skip
        changed = {column: key for column, key in chosen.items() if key != report.mapped.get(column, "")}
        if st.button(t("按此对应重新检查"), key="import_again", disabled=not changed or not files) and files:
            desk.mapping = chosen
            with st.spinner(t("正在读取并逐行检查…")):
                stage(desk, files, layer=report.layer, crs=crs, sublayer=sublayer)
            st.rerun()


def _result(desk: Desk, tab: Tab, atlas: Atlas) -> None:
    if desk.faults:
        show(element("p", t("这个文件没有读入："), cls="hint"))
        for fault in desk.faults:
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
            _offer_crs(fault)
        return
    if desk.entered is not None:
        layer, count = desk.entered
        show(
            element(
                "p",
                t("已入库：{layer} {count} 条。", layer=named(LAYERS[layer]), count=count),
                cls="done",
                role="status",
            )
        )
        return
    if desk.staged is None:
        show(element("p", t("选择图层和文件，点「读取并检查」；这里会逐行列出可入库、修补和拒绝的情况。"), cls="hint"))
        return
    import_report.report(desk.staged, atlas)
    count = desk.staged.report.taken
    with st.container(horizontal=True):
        st.button(t("确认入库 {count} 条", count=count), key="import_accept", type="primary", disabled=not count,
                  on_click=accept, args=(desk, tab, atlas))  # fmt: skip
        st.button(t("不要了"), key="import_discard", on_click=clear, args=(desk,))
        st.download_button(
            t("下载检查报告"), data=_report_json(desk.staged.report.as_dict()), file_name="report.json",
            mime="application/json",
            key="import_report", on_click="ignore",
        )  # fmt: skip


def _report_json(report: Mapping[str, Any]) -> bytes:
    return json.dumps(report, ensure_ascii=False, indent=1, default=str).encode()
