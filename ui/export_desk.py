"""导出: a layer in a scenario, whole or a part, in a named form, with the page that explains its fields."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from layers import figures
from layers.schema import LAYERS
from planning import exporting
from planning.actors import utc_now
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from ui import conditions, office
from ui.desk_tools import scenario_name
from ui.markup import Html, element, show
from ui.opening import ready
from ui.sentences import fault_sentence, file_size
from ui.session import Ids, Tab
from ui.words import language, named, t

ALL, SELECTED, FILTERED = "all", "selected", "filtered"
LONLAT_2000: Final = "EPSG:4490"
_MADE: Final = "export_made"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked to be exported."""

    layer: str
    scenario_id: int
    part: str
    form: str
    crs: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A file that is ready to be taken, or why there is none."""

    wanted: Wanted
    name: str = ""
    body: bytes = b""
    rows: int = 0
    crs: str = ""
    sha256: str = ""
    faults: tuple[Fault, ...] = ()


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    tab = ready(atlas)
    show(element("h1", t("导出"), cls="title"))
    show(element("p", t("按方案导出图层，供 GIS 使用；面积以属性值为准。示例数据在文件中带有标记。"), cls="lead"))
    left, right = st.columns([1, 1], gap="medium")
    with left:
        wanted = _ask(tab, atlas)
        if st.button(t("生成文件"), key="export_make", type="primary"):
            with st.spinner(t("正在写出文件…")):
                st.session_state[_MADE] = make(wanted, _ids(tab, atlas, wanted), atlas)
    with right:
        made: Made | None = st.session_state.get(_MADE)
        if made is None or made.wanted != wanted:
            show(element("p", t("选好左边各项，点「生成文件」，再从这里下载。"), cls="hint"))
        else:
            _offer(made)


def form_name(form: str) -> str:
    """What a form of file is called."""
    return {
        "geojson": t("GeoJSON（RFC 7946，WGS 84 经纬度）"),
        "geojson-cgcs2000": t("GeoJSON（CGCS2000，非 RFC 7946）"),
        "gpkg": t("GeoPackage"),
        "csv": t("CSV 表格"),
        "xlsx": t("XLSX 表格"),
    }[form]


def make(wanted: Wanted, ids: Ids | None, atlas: Atlas) -> Made:
    """Write the file, and with it the page of its fields."""
    name = f"{wanted.layer}-{wanted.scenario_id}{exporting.FORMS[wanted.form].suffix}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = exporting.export(
                atlas, layer=wanted.layer, scenario_id=wanted.scenario_id, ids=ids, form=wanted.form, crs=wanted.crs,
                out=Path(folder) / name, lang=language(), at=utc_now(),
            )  # fmt: skip
        except Refused as refused:
            return Made(wanted, faults=refused.faults)
        if done.fields_path is None:
            return Made(wanted, name, done.path.read_bytes(), done.rows, done.crs, done.sha256)
        return Made(wanted, f"{name}.zip", _zipped(done.path, done.fields_path), done.rows, done.crs, done.sha256)


def _zipped(*paths: Path) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path in paths:
            archive.write(path, path.name)
    return body.getvalue()


def _ask(tab: Tab, atlas: Atlas) -> Wanted:
    scenarios = {one.id: one for one in atlas.scenarios()}
    layer = st.selectbox(t("图层"), list(LAYERS), key="export_layer", format_func=lambda key: named(LAYERS[key]))
    scenario_id = st.selectbox(
        t("方案"), list(scenarios), index=list(scenarios).index(tab.scenario_id), key="export_scenario",
        format_func=lambda key: scenario_name(scenarios[key]),
    )  # fmt: skip
    part = ALL
    if layer == "parcels":
        part = st.radio(
            t("范围"), [ALL, SELECTED, FILTERED], key="export_part", format_func=lambda key: _part_name(key, tab)
        )
    form = st.radio(t("格式"), list(exporting.FORMS), key="export_form", format_func=form_name)
    crs = None
    if form == "geojson-cgcs2000":
        storage = f"EPSG:{atlas.epsg}"
        crs = st.radio(
            t("坐标系"), list(dict.fromkeys((storage, LONLAT_2000))), key="export_crs",
            format_func=lambda code: (
                t("{code}（经纬度）", code=code) if code == LONLAT_2000 else t("{code}（入库坐标系）", code=code)
            ),
        )  # fmt: skip
    return Wanted(layer, int(scenario_id), part, form, crs)


def _part_name(part: str, tab: Tab) -> str:
    if part == SELECTED:
        return t("图上选中的 {count} 宗", count=figures.count(len(tab.selection)))
    return t("台账筛选出的地块") if part == FILTERED else t("全部")


def _ids(tab: Tab, atlas: Atlas, wanted: Wanted) -> Ids | None:
    if wanted.part == SELECTED:
        return tab.selection
    asked = st.session_state.get("ledger_conditions") or []
    if wanted.part == FILTERED and asked:
        return conditions.matching(tab, atlas, asked)
    return None


def _offer(made: Made) -> None:
    if made.faults:
        for fault in made.faults:
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
        return
    show(element("p", t("文件已生成。"), cls="done", role="status"))
    show(_facts(made))
    st.download_button(
        t("下载"), data=made.body, file_name=made.name, key="export_take", type="primary", on_click="ignore"
    )


def _facts(made: Made) -> Html:
    rows = (
        (t("文件"), made.name),
        (t("记录数"), figures.count(made.rows)),
        (t("大小"), file_size(len(made.body))),
        (t("坐标系"), made.crs),
        (t("校验值（SHA-256）"), made.sha256),
    )
    return element(
        "dl", *(piece for name, value in rows for piece in (element("dt", name), element("dd", value))), cls="facts"
    )
