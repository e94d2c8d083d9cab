"""导出: a layer in a scenario, or what conflicts leave of a red line, in a named form; what it holds is shown first."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st

from exchange.writing.outgoing import Note
from layers import figures
from layers.schema import LAYERS
from layers.vocabulary import CONSTRAINT_KINDS
from planning import export_profiles, exporting, releasing, remainders
from planning.actors import utc_now
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from planning.releasing import Release
from ui import conditions, office, release_form
from ui.desk_tools import scenario_name
from ui.export_words import crs_line, form_line, form_name, note_line, zone_line
from ui.markup import Html, element, show
from ui.opening import ready
from ui.sentences import fault_sentence, file_size
from ui.session import Ids, Tab
from ui.words import language, named, t

ALL, SELECTED, FILTERED = "all", "selected", "filtered"
_MADE: Final = "export_made"
# rows of a table before it scrolls
_MOST_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class RedLines:
    """What conflicts are taken off: parks by id (the selected parcels when empty), and what is taken off them."""

    parks: tuple[int, ...]
    kinds: tuple[str, ...]
    less_parcels: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked to be exported."""

    layer: str
    scenario_id: int
    part: str
    form: str
    crs: str | None
    red_lines: RedLines | None = None
    profile: str = export_profiles.INTERNAL
    review_number: str = ""


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
    notes: tuple[Note, ...] = ()


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    tab = ready(atlas)
    show(element("h1", t("导出"), cls="title"))
    show(element("p", t("按方案导出图层，供 GIS 使用；面积以属性值为准。示例数据在文件中带有标记。"), cls="lead"))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        wanted = _ask(tab, atlas)
    ids = _ids(tab, atlas, wanted)
    with right:
        show(element("h2", t("文件里有什么"), cls="parcel"))
        told = _told(atlas, wanted, ids)
        if told is None:
            return
        _facts_of(told)
        if st.button(t("生成文件"), key="export_make", type="primary"):
            with st.spinner(t("正在写出 {count} 条…", count=figures.count(told.count))):
                st.session_state[_MADE] = make(wanted, ids, atlas)
        made: Made | None = st.session_state.get(_MADE)
        if made is None or made.wanted != wanted:
            show(element("p", t("核对无误后点「生成文件」，再从这里下载。"), cls="hint"))
        else:
            _offer(made)
        _first_rows(told)


def make(wanted: Wanted, ids: Ids | None, atlas: Atlas) -> Made:
    """Write the file, and with it the page of its fields where the form has one beside it."""
    name = f"{wanted.layer}-{wanted.scenario_id}{exporting.FORMS[wanted.form].suffix}"
    with tempfile.TemporaryDirectory() as folder:
        try:
            given = _release(wanted)
            done = _written(wanted, ids, atlas, Path(folder) / name, given)
            releasing.log(
                atlas.db, given, actor=office.actor(), verb="export_layer", scenario_id=wanted.scenario_id,
                body=done.sha256, layer=wanted.layer, form=wanted.form, rows=done.rows, crs=done.crs,
            )  # fmt: skip
        except Refused as refused:
            return Made(wanted, faults=refused.faults)
        except Busy:
            return Made(wanted, faults=(Fault("busy"),))
        if done.fields_path is None:
            name, body = done.path.name, done.path.read_bytes()
        else:
            name, body = f"{name}.zip", _zipped(done.path, done.fields_path)
        return Made(wanted, name, body, done.rows, done.crs, done.sha256, notes=done.notes)


def _release(wanted: Wanted) -> Release:
    return releasing.release(
        office.database(), wanted.profile, actor=office.actor(), review_number=wanted.review_number
    )  # fmt: skip


def _written(wanted: Wanted, ids: Ids | None, atlas: Atlas, out: Path, given: Release) -> exporting.Exported:
    if wanted.red_lines is None:
        return exporting.export(
            atlas, layer=wanted.layer, scenario_id=wanted.scenario_id, ids=ids, form=wanted.form, crs=wanted.crs,
            out=out, lang=language(), at=utc_now(), given=given,
        )  # fmt: skip
    return remainders.export(
        atlas, _remainders(wanted.red_lines, ids, atlas), form=wanted.form, out=out, crs=wanted.crs,
        scenario_id=wanted.scenario_id, lang=language(), at=utc_now(), given=given,
    )  # fmt: skip


def _remainders(red_lines: RedLines, ids: Ids | None, atlas: Atlas) -> remainders.Remainders:
    lines = (
        remainders.red_lines_of_layer(atlas, "parks", red_lines.parks)
        if red_lines.parks
        else remainders.red_lines_of_layer(atlas, "parcels", () if ids is None else ids)
    )
    return remainders.remainders(atlas, lines, kinds=red_lines.kinds, less_parcels=red_lines.less_parcels)


def _zipped(*paths: Path) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        for path in paths:
            archive.write(path, path.name)
    return body.getvalue()


def _ask(tab: Tab, atlas: Atlas) -> Wanted:
    scenarios = {one.id: one for one in atlas.scenarios()}
    layer = st.selectbox(
        t("图层"), [*LAYERS, remainders.LAYER], key="export_layer",
        format_func=lambda key: t("红线扣除冲突后的剩余") if key == remainders.LAYER else named(LAYERS[key]),
    )  # fmt: skip
    scenario_id = st.selectbox(
        t("方案"), list(scenarios), index=list(scenarios).index(tab.scenario_id), key="export_scenario",
        format_func=lambda key: scenario_name(scenarios[key]),
    )  # fmt: skip
    given, _ = release_form.asked("export")
    number = str(st.session_state.get("export_review_number", "")).strip() if given is None else given.review_number
    profile = str(st.session_state.get("export_profile", export_profiles.INTERNAL))
    part, red_lines = ALL, None
    if layer == "parcels":
        part = st.radio(
            t("范围"), [ALL, SELECTED, FILTERED], key="export_part", format_func=lambda key: _part_name(key, tab)
        )
    elif layer == remainders.LAYER:
        part, red_lines = SELECTED, _ask_red_lines(tab, atlas)
    forms = list(exporting.FORMS)
    form = st.radio(
        t("格式"), forms, key="export_form", format_func=form_name, captions=[form_line(one) for one in forms]
    )
    crs = _ask_crs(form, atlas)
    return Wanted(layer, int(scenario_id), part, form, crs, red_lines, profile, number)


def _ask_red_lines(tab: Tab, atlas: Atlas) -> RedLines:
    parks = remainders.parks_of(atlas)
    chosen = st.multiselect(
        t("红线取自园区（不选则取图上选中的 {count} 宗地块）", count=figures.count(len(tab.selection))), list(parks),
        key="export_parks", format_func=lambda key: parks[key],
    )  # fmt: skip
    kinds = st.multiselect(
        t("扣除"), list(CONSTRAINT_KINDS), default=list(remainders.KINDS), key="export_kinds",
        format_func=lambda key: named(CONSTRAINT_KINDS[key]),
    )  # fmt: skip
    less = st.checkbox(t("再扣除已有地块"), key="export_less_parcels")
    return RedLines(tuple(chosen), tuple(kinds), less)


def _ask_crs(form: str, atlas: Atlas) -> str | None:
    choices = exporting.crs_choices(form, atlas.epsg)
    if not choices:
        return None
    is_zone = exporting.FORMS[form].crs == "zone"
    return st.radio(
        t("坐标系"), choices, key=f"export_crs_{form}",
        format_func=lambda code: (
            zone_line(code, numbered=choices[0]) if is_zone else crs_line(code, storage=f"EPSG:{atlas.epsg}")
        ),
    )  # fmt: skip


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


def _told(atlas: Atlas, wanted: Wanted, ids: Ids | None) -> exporting.Preview | None:
    """What the file will hold; or why it cannot be made is said and nothing given."""
    try:
        given = _release(wanted)
        told = _previewed(atlas, wanted, ids, given)
        release_form.warn([given.warning(_km2(atlas, wanted, ids))], given)
    except Refused as refused:
        _alert(refused.faults)
        return None
    if exporting.FORMS[wanted.form].polygons_only and told.dimensions not in {(2,), ()}:
        _alert((Fault("txt_needs_polygons", {"layer": wanted.layer}),))
        return None
    return told


def _km2(atlas: Atlas, wanted: Wanted, ids: Ids | None) -> float:
    if wanted.layer == remainders.LAYER:
        return 0.0
    layer = atlas.layer(wanted.layer)
    return releasing.covered_km2(layer.geoms if ids is None else layer.geoms[layer.row_of(ids)])


def _facts_of(told: exporting.Preview) -> None:
    facts = [(name, value) for name, value in told.facts if value]
    half = (len(facts) + 1) // 2
    for column, some in zip(st.columns(2, gap="large"), (facts[:half], facts[half:]), strict=True):
        with column:
            show(_pairs(some))


def _first_rows(told: exporting.Preview) -> None:
    said = t("前 {rows} 条，共 {count} 条", rows=len(told.rows), count=figures.count(told.count))
    show(element("p", said, cls="hint"))
    # as text, so that what is empty is shown so, whatever the column holds
    cells = [["" if value is None else str(value) for value in row] for row in told.rows]
    table = pd.DataFrame(cells, columns=list(told.heads), dtype=str)
    st.dataframe(table, hide_index=True, key="export_preview", height=_height(len(table)))


def _height(rows: int) -> int:
    return 35 * (min(rows, _MOST_SHOWN) + 1) + 3


def _previewed(atlas: Atlas, wanted: Wanted, ids: Ids | None, given: Release) -> exporting.Preview:
    if wanted.red_lines is None:
        return exporting.preview(
            atlas, layer=wanted.layer, scenario_id=wanted.scenario_id, ids=ids, form=wanted.form, crs=wanted.crs,
            lang=language(), at=utc_now(), most=_MOST_SHOWN, given=given,
        )  # fmt: skip
    found = _remainders(wanted.red_lines, ids, atlas)
    accounts = pd.DataFrame(
        {
            t("红线"): [one.red_line.name or one.red_line.code for one in found.accounts],
            t("红线面积（㎡）"): [float(one.area_m2) for one in found.accounts],
            t("剩余（㎡）"): [float(one.left_m2) for one in found.accounts],
            t("剩余块数"): [len(one.pieces) for one in found.accounts],
            t("扣除（㎡）"): [float(one.removed_m2) for one in found.accounts],
            t("其中碎面（㎡）"): [float(one.sliver_m2) for one in found.accounts],
        }
    )
    st.dataframe(accounts, hide_index=True, key="export_accounts", height=_height(len(accounts)))
    return remainders.preview(
        atlas, found, scenario_id=wanted.scenario_id, form=wanted.form, crs=wanted.crs, lang=language(), at=utc_now(),
        given=given,
    )  # fmt: skip


def _alert(faults: tuple[Fault, ...]) -> None:
    for fault in faults:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))


def _offer(made: Made) -> None:
    if made.faults:
        _alert(made.faults)
        return
    show(element("p", t("文件已生成。"), cls="done", role="status"))
    for note in made.notes:
        show(element("p", note_line(note), cls="quiet"))
    show(_facts(made))
    st.download_button(
        t("下载"), data=made.body, file_name=made.name, key="export_take", type="primary", on_click="ignore"
    )


def _facts(made: Made) -> Html:
    return _pairs([
        (t("文件"), made.name),
        (t("记录数"), figures.count(made.rows)),
        (t("大小"), file_size(len(made.body))),
        (t("坐标系"), made.crs),
        (t("校验值（SHA-256）"), made.sha256),
    ])  # fmt: skip


def _pairs(rows: list[tuple[str, str]]) -> Html:
    return element(
        "dl", *(piece for name, value in rows for piece in (element("dt", name), element("dd", value))), cls="facts"
    )
