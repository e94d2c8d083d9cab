"""Every page runs, says what it must, and leaves the checking of what a browser sends to the server."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from planning import exporting, registers, remainders
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from ui import desk_acts, export_desk, export_words, import_state, ledger_editor, ledger_export, sentences
from ui.fault_words import FAULTS
from ui.session import Tab

Run = Callable[[str], AppTest]
PAGES = ("desk", "ledger_table", "scenario_desk", "import_desk", "export_desk", "rules_page", "people_page", "records")


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_runs_in_both_languages(run: Run, name: str, language: str) -> None:
    app = run(name)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception


def test_the_overview_tells_the_sum_of_all_parcels(run: Run, atlas: Atlas) -> None:
    total = int(atlas.parcels().centi_m2.sum())
    shown = f"{total * 15 / 10**6 / 10_000:.2f}"
    assert shown in said(run("desk"))


def test_going_to_the_next_unassigned_opens_its_card(run: Run, atlas: Atlas) -> None:
    app = run("desk")
    app.button(key="next_unassigned").click().run()
    assert not app.exception
    first = atlas.parcels().codes[atlas.scenario(2).cluster == 255][0]
    assert str(first) in said(app)


def test_a_brush_without_cluster_or_selection_cannot_paint(run: Run) -> None:
    app = run("desk")
    assert app.button(key="paint").disabled
    app.button(key="next_unassigned").click().run()
    assert app.button(key="paint").disabled
    app.button(key="brush_cluster_2").click().run()
    assert not app.button(key="paint").disabled
    app.button(key="paint").click().run()
    assert "大健康" in said(app)


def test_the_base_shows_a_way_on_instead_of_a_brush(run: Run) -> None:
    app = run("desk")
    app.selectbox(key="scenario_choice").select(1).run()
    assert "只供查看" in said(app)
    app.button(key="new_from_base").click().run()
    assert app.selectbox(key="scenario_choice").value == 3


def test_the_ledger_sorts_pages_and_filters(run: Run, atlas: Atlas) -> None:
    app = run("ledger_table")
    app.selectbox(key="ledger_sort").select("area_mu").run()
    app.toggle(key="ledger_descending").set_value(True).run()
    table = app.dataframe[0].value
    assert table["area_mu"].is_monotonic_decreasing
    assert len(table) == 100
    app.multiselect(key="ledger_cluster").set_value([""]).run()
    left = int((atlas.scenario(2).cluster == 255).sum())
    assert f"{left} 宗" in said(app)


def test_only_what_is_selected_can_be_shown(run: Run, atlas: Atlas) -> None:
    app = run("ledger_table")
    tab: Tab = app.session_state["tab"]
    tab.select(atlas.parcels().ids[5:8])
    app.run()
    app.toggle(key="ledger_only_selected").set_value(True).run()
    assert sorted(app.dataframe[0].value["code"]) == sorted(atlas.parcels().codes[5:8])


def test_the_register_holds_official_areas_and_its_rows_add_up(atlas: Atlas) -> None:
    parcels = atlas.parcels()
    whole = registers.register(parcels, atlas.scenario(2))
    assert round(whole["area_m2"].sum() * 100) == int(parcels.centi_m2.sum())
    assert np.allclose(whole["area_mu"] * 10_000 / 15, whole["area_m2"], atol=0.001)
    assert registers.page_of(whole, number=99, size=100).number == 4
    assert sum(len(registers.page_of(whole, number=n, size=100).rows) for n in range(1, 5)) == len(whole)


def test_stages_sort_in_the_order_of_the_work(atlas: Atlas) -> None:
    rows = registers.chosen(registers.register(atlas.parcels(), atlas.scenario(2)), None, sort="stage")
    stages = list(dict.fromkeys(rows["stage"]))
    assert stages[:3] == ["conceived", "intended", "acquiring"]


def test_edits_are_by_position_and_positions_beyond_the_rows_are_refused() -> None:
    assert ledger_editor.wanted({1: {"name": "甲"}}, [7, 9]) == {9: {"name": "甲"}}
    with pytest.raises(Refused) as refused:
        ledger_editor.wanted({2: {"name": "甲"}, -1: {}}, [7, 9])
    assert [fault.code for fault in refused.value.faults] == ["unknown_row", "unknown_row"]


def editing(app: AppTest) -> AppTest:
    app.toggle(key="ledger_editing").set_value(True).run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ({0: {"area_m2": 1.0}}, "没有「area_m2」"),
        ({0: {"code": "别的"}}, "不能修改"),
        ({0: {"stage": "EVIL"}}, "不在可选项"),
        ({0: {"far_max": 999}}, "超出允许范围"),
        ({0: {"far_min": 5, "far_max": 1}}, "大于上限"),
    ],
)
def test_what_the_browser_forges_in_the_editor_is_refused_by_cell(
    run: Run, atlas: Atlas, edits: dict[int, dict[str, object]], code: str
) -> None:
    app = editing(run("ledger_table"))
    revision = atlas.revision("parcels.fields")
    app.session_state["ledger_editor_0"] = {"edited_rows": edits, "added_rows": [], "deleted_rows": []}
    app.run()
    app.button(key="ledger_save").click().run()
    assert code in said(app)
    assert atlas.revision("parcels.fields") == revision


def name_of_first(atlas: Atlas) -> str:
    return str(atlas.parcels().frame["name"].to_numpy()[0])


def test_an_edit_is_saved_and_can_be_undone_on_the_desk(atlas: Atlas) -> None:
    tab = Tab(atlas.scenario(2))
    one = int(tab.shown.ids[0])
    version = int(atlas.parcels().frame["version"].to_numpy()[0])
    name = name_of_first(atlas)
    ledger_editor.ask(tab, {one: {"name": "改过的名称"}}, {one: version})
    assert name_of_first(atlas) == "改过的名称"
    desk_acts.undo(tab)
    assert name_of_first(atlas) == name


@dataclass
class Upload:
    name: str
    body: bytes = b"x"
    file_id: str = "1"

    def getvalue(self) -> bytes:
        return self.body


def test_uploads_lose_every_path_in_their_names() -> None:
    assert import_state.bundle([Upload("../../etc/x.geojson")])[0] == "x.geojson"
    assert import_state.base_name("C:\\temp\\x.shp") == "x.shp"
    assert import_state.base_name("..") in {"..", "upload"}


def test_a_shapefile_in_parts_becomes_one_zip() -> None:
    name, body = import_state.bundle([Upload("a/x.dbf", b"1"), Upload("..\\x.shp", b"2")])
    assert name == "x.zip"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {one: archive.read(one) for one in archive.namelist()} == {"x.dbf": b"1", "x.shp": b"2"}


def test_the_table_taken_away_holds_the_rows_shown_in_their_order(atlas: Atlas) -> None:
    ids = atlas.parcels().ids[[4, 2, 9]]
    body = ledger_export.table_bytes(atlas, scenario_id=2, ids=ids, form="csv", tongue="zh")
    lines = body.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == list(atlas.parcels().codes[[4, 2, 9]])


def test_an_export_comes_with_the_page_of_its_fields(atlas: Atlas) -> None:
    made = export_desk.make(export_desk.Wanted("parks", 2, "all", "geojson", None), None, atlas)
    with zipfile.ZipFile(io.BytesIO(made.body)) as archive:
        told = json.loads(archive.read("parks-2.geojson"))
    assert len(told["features"]) == len(atlas.layer("parks"))
    assert not made.faults


def test_boundary_points_of_what_conflicts_leave_are_made(atlas: Atlas) -> None:
    park = next(iter(remainders.parks_of(atlas)))
    red_lines = export_desk.RedLines((park,), tuple(remainders.KINDS), less_parcels=False)
    made = export_desk.make(export_desk.Wanted("remainder", 2, "selected", "txt", "EPSG:4528", red_lines), None, atlas)
    assert made.faults == ()
    assert made.body.decode("gb18030").count(",@\r\n") == made.rows > 0


def test_every_form_has_a_name_a_line_and_sentences_for_its_notes() -> None:
    for form in exporting.FORMS:
        assert export_words.form_name(form)
        assert export_words.form_line(form)


def test_the_records_tell_the_whole_chain_and_verify(run: Run) -> None:
    app = run("records")
    app.button(key="verify").click().run()
    assert "全部一致" in said(app)


def test_a_fault_without_a_sentence_is_told_by_its_code() -> None:
    assert "brand_new" in sentences.fault_sentence(Fault("brand_new", {"a": 1}))


def test_every_sentence_of_a_fault_can_be_said_without_its_values() -> None:
    for code in FAULTS:
        assert sentences.fault_sentence(Fault(code))


def test_values_are_said_as_people_write_them() -> None:
    told = sentences.fault_sentence(
        Fault("out_of_range", {"field": "far_max", "value": 25.0, "least": 0.0, "most": None})
    )
    assert told == "25 超出允许范围（0 至 不限）。"
    assert sentences.file_size(1_500_000) == "1.5 MB"
