"""The import desk as a tab has it: files taken once, problems listed, part entered, updates, undo, another encoding."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from exchange.report import Note
from planning.atlas import Atlas
from planning.editing import edit_parcels
from planning.errors import Fault
from tests.planning.incoming import ACTOR, geojson, square
from ui import import_checks, import_update, office
from ui.import_state import Desk, Item, Wanted, grouped
from ui.import_words import evidence_sentence, note_sentence, refusal_sentence, stage_sentence, state_word

Run = Callable[[str], AppTest]
FAR = 40_000.0


@dataclass
class Upload:
    name: str
    body: bytes = b""
    file_id: str = "1"

    def getvalue(self) -> bytes:
        return self.body


def rows(*cells: tuple[dict[str, object], float]) -> bytes:
    return geojson(*((properties, square(x, 20_000.0)) for properties, x in cells))


def read(desk: Desk, name: str, body: bytes, **options: str) -> Item:
    """Drop a file and wait until it was read."""
    desk.take([Upload(name, body, name)], Wanted("parcels", **options))  # type: ignore[arg-type] # texts all
    item = desk.items[-1]
    assert item.job is not None
    assert item.job.wait(60)
    return item


def entered(item: Item) -> None:
    assert item.entering is not None
    assert item.entering.wait(60)
    assert item.entering.faults == ()
    assert item.settle()


def page_of(run: Run, desk: Desk) -> AppTest:
    app = run("import_desk")
    app.session_state["import_desk"] = desk
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def test_parts_of_a_shapefile_go_together_and_other_files_alone() -> None:
    files = [
        Upload("a.SHP"),
        Upload("b.geojson"),
        Upload("a.dbf"),
        Upload("A.prj"),
        Upload("c.dbf"),
        Upload("b.geojson"),
    ]
    assert [[one.name for one in group] for group in grouped(files)] == [
        ["a.SHP", "a.dbf", "A.prj"], ["b.geojson"], ["c.dbf"], ["b.geojson"],
    ]  # fmt: skip


def test_the_same_upload_is_taken_once(atlas: Atlas) -> None:
    desk = Desk()
    one = Upload("a.geojson", rows(({"code": "X1"}, 0)))
    desk.take([one], Wanted("parcels"))
    desk.take([one], Wanted("parcels"))
    assert len(desk.items) == 1
    desk.drop(desk.items[0])
    assert not desk.items
    assert atlas.epsg == 4549


@pytest.mark.parametrize("language", ["zh", "en"])
def test_problems_and_hostile_names_are_on_the_page_as_text(run: Run, language: str) -> None:
    desk = Desk()
    item = read(desk, "<b>x.geojson", rows(({"DKBH": "<i>1</i>", "名<u>": "甲"}, 0), ({"DKBH": "B"}, 60)))
    app = page_of(run, desk)
    app.query_params["lang"] = language
    app.run()
    assert not app.exception
    assert "<b>x" not in said(app)
    assert "&lt;b&gt;x.geojson" in said(app)
    assert app.dataframe[0].value["code"].tolist() == ["<i>1</i>"]
    assert (app.button(key="import_accept").disabled, app.button(key="import_clean").disabled) == (False, True)
    assert item.state == "ready"


def test_without_a_crs_the_page_asks_and_reads_again(run: Run) -> None:
    desk = Desk()
    shape = {"type": "Polygon", "arcs": [[0]]}
    ring = [[503_000, 3_239_000], [503_100, 3_239_000], [503_100, 3_239_100], [503_000, 3_239_000]]
    body = {"type": "Topology", "objects": {"a": shape}, "arcs": [ring]}
    item = read(desk, "x.topojson", json.dumps(body).encode())
    app = page_of(run, desk)
    assert item.state == "refused"
    assert "「x.topojson」没有读入" in said(app)
    assert "横 503000.0 – 503100.0，纵 3239000.0 – 3239100.0" in said(app)
    assert app.selectbox(key=f"import_crs_{item.number}_{item.reads}").value is None


def test_a_file_without_problems_but_with_a_doubt_is_not_called_sound(run: Run) -> None:
    desk = Desk()
    read(desk, "无编号.geojson", rows(({"坐落": "东"}, FAR)))
    app = page_of(run, desk)
    assert not app.exception
    assert 'class="doubt"' in said(app)
    assert "没有发现问题" not in said(app)
    # which column holds the code is asked at once
    mapping = next(box for box in app.expander if box.label.startswith("字段对应"))
    assert mapping.proto.expanded
    read(desk, "有编号.geojson", rows(({"DKBH": "甲-01"}, FAR)))
    desk.chosen = desk.items[-1].number
    app = page_of(run, desk)
    assert 'class="doubt"' not in said(app)
    assert "没有发现问题" in said(app)
    assert not next(box for box in app.expander if box.label.startswith("字段对应")).proto.expanded


def test_of_a_file_that_no_coordinate_system_would_help_none_is_asked(run: Run) -> None:
    desk = Desk()
    item = read(desk, "空.txt", b"")
    app = page_of(run, desk)
    assert item.state == "refused"
    assert "文件是空的" in said(app)
    assert not [one for one in app.selectbox if str(one.key).startswith("import_crs_")]


def test_what_the_page_says_of_coordinates_is_as_the_file_writes_it() -> None:
    values = {"zone": 40, "share": 1.0, "example": 40_503_190.471}
    assert "如 40503190.471" in evidence_sentence(Note("zone_prefix", values))
    metres = Note("looks_like_metres", {"bounds": [503_190.47, 3_239_380.3, 503_915.2, 3_239_724.9]})
    assert "横 503190.5 – 503915.2" in evidence_sentence(metres)
    assert "公顷" in note_sentence(Note("area_unit_found", {"unit": "ha", "fitting": 3, "of": 3}))
    swapped = Fault("outside_storage_crs", {
        "source": "EPSG:4549", "storage": "EPSG:4549", "rows": 30, "advised": [32655],
        "candidates": [{"crs": "EPSG:4549;swapped", "because": "storage"}],
    })  # fmt: skip
    assert "32655" not in refusal_sentence(swapped)
    elsewhere = Fault("outside_storage_crs", {"storage": "EPSG:4549", "rows": 64, "advised": [3826, 32651]})
    assert "EPSG:3826、EPSG:32651" in refusal_sentence(elsewhere)
    old = Fault("crs_needs_parameters", {"source": "EPSG:2364", "target": "EPSG:4326", "datum": "xian 1980"})
    assert "1980 西安坐标系" in refusal_sentence(old)


def test_a_name_in_a_list_to_choose_from_stands_as_it_is(run: Run, tmp_path: Path) -> None:
    # a list shows letters and no Markdown: an escape would be seen
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("甲_1.geojson", "乙_2.geojson"):
            archive.writestr(name, rows(({"code": "X1"}, 0)))
    desk = Desk()
    item = read(desk, "two.zip", path.read_bytes())
    app = page_of(run, desk)
    assert item.state == "refused"
    asked = app.selectbox(key=f"import_sublayer_{item.number}_{item.reads}")
    assert not [one for one in asked.options if "\\" in one]
    assert len([one for one in asked.options if one.startswith(("甲_1", "乙_2"))]) == 2


def test_part_is_entered_and_taken_back(atlas: Atlas, run: Run) -> None:
    desk = Desk()
    item = read(desk, "a.geojson", rows(({"code": "X1"}, 0), ({"code": "X2"}, 60), ({"code": "X3"}, 400)))
    assert item.staged is not None
    before = len(atlas.parcels())
    import_checks._enter(item, item.staged, item.staged.clean_rows)
    entered(item)
    assert len(atlas.parcels()) == before + 1
    app = page_of(run, desk)
    assert "已入库" in said(app)
    app.button(key="import_undo").click().run()
    assert not app.exception
    assert "已撤销" in said(app)
    assert len(atlas.parcels()) == before


@pytest.mark.usefixtures("atlas")
def test_an_entering_that_ends_while_the_page_is_drawn_takes_nothing_from_under_it(run: Run) -> None:
    desk = Desk()
    item = read(desk, "a.geojson", rows(({"code": "X1"}, 0), ({"code": "X2"}, 60)))
    staged = item.staged
    assert staged is not None
    import_checks._enter(item, staged, None)
    assert item.entering is not None
    assert item.entering.wait(60)
    # ended, and the page has not heard of it: still under way, and what a page reads is there
    assert (item.state, item.at_work) == ("entering", item.entering)
    assert staged.folder.exists()
    assert len(staged.findings.listed()) == 1
    app = page_of(run, desk)
    assert "已入库" in said(app)
    assert (item.state, staged.folder.exists(), item.path.parent.exists()) == ("entered", False, False)


def test_an_undo_that_others_stand_in_the_way_of_says_what_they_changed(atlas: Atlas, run: Run) -> None:
    desk = Desk()
    item = read(desk, "a.geojson", rows(({"code": "X1"}, 0)))
    assert item.staged is not None
    import_checks._enter(item, item.staged, None)
    entered(item)
    assert item.accepted is not None
    key = int(item.accepted.ids[0])
    edit_parcels(atlas.db, actor=ACTOR, scenario_id=1, changes={key: {"name": "<b>他人</b>"}})
    app = page_of(run, desk)
    app.button(key="import_undo").click().run()
    assert "有人改过 1 处" in said(app)
    assert "&lt;b&gt;他人&lt;/b&gt;" in said(app)


def test_an_update_shows_every_cell_before_and_after(atlas: Atlas, run: Run) -> None:
    desk = Desk()
    first = read(desk, "a.geojson", rows(({"code": "X1", "name": "旧"}, 0), ({"code": "X2", "name": "旧"}, 300)))
    assert first.staged is not None
    import_checks._enter(first, first.staged, None)
    entered(first)
    item = read(desk, "b.geojson", rows(({"code": "X1", "name": "新"}, 0), ({"code": "X9", "name": "新"}, 900)))
    item.mode = "update"
    item.compare()
    assert item.comparing is not None
    assert item.comparing.wait(60)
    found, staged = item.differences, item.staged
    assert found is not None
    assert staged is not None
    lines = [(one.kind, one.code, one.old, one.new) for one in import_update.lines_of(staged, found)]
    assert ("changed", "X1", "旧", "新") in lines
    assert ("new", "X9", "", "10,000.00 ㎡") in lines
    assert ("vanished", "X2", "10,000.00 ㎡", "") in lines
    desk.chosen = item.number
    app = page_of(run, desk)
    assert "全部更新 2 行" in app.button(key="import_update").label
    import_update._enter(item, staged, found, {"fields": ["name"], "end_vanished": False})
    entered(item)
    frame = atlas.parcels().frame.set_index("code")
    assert frame.loc["X1", "name"] == "新"
    assert len(frame.loc[["X2", "X9"]]) == 2


def test_a_layer_of_lines_has_a_desk_too(run: Run) -> None:
    line = shapely.LineString([(507_000, 3_243_000), (507_300, 3_243_000)])
    desk = Desk()
    desk.take([Upload("r.geojson", geojson(({"code": "R1"}, line)))], Wanted("roads"))
    item = desk.items[0]
    assert item.job is not None
    assert item.job.wait(60)
    app = page_of(run, desk)
    assert not app.button(key="import_accept").disabled
    assert office.atlas().epsg == 4549


def test_evidence_and_progress_are_said_in_words() -> None:
    note = Note("zone_prefix", {"zone": 40, "share": 1.0, "example": "40503190.471"})
    assert evidence_sentence(note) == "东坐标以 40 开头（100% 的点，如 40503190.471）：40 带。"
    assert "new_code" in evidence_sentence(Note("new_code", {"a": 1}))
    assert stage_sentence("open", 500_000, 1_000_000) == "读取文件：500.0 KB / 1.0 MB"
    assert stage_sentence("enter", 0, 1_200) == "入库：0 / 1,200 行"
    assert state_word("entered") == "已入库"


def test_text_is_shown_in_every_encoding_and_read_again_in_the_one_chosen(run: Run, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"地块名称": ["义乌北苑", "稠江东区"]}, geometry=[square(0), square(300)], crs=4549)
    frame.to_file(tmp_path / "a.shp", encoding="gbk")
    parts = [Upload(f"a.{end}", (tmp_path / f"a.{end}").read_bytes(), end) for end in ("shp", "shx", "dbf", "prj")]
    desk = Desk()
    desk.take(parts, Wanted("parcels"))
    item = desk.items[0]
    assert (len(desk.items), item.name) == (1, "a.zip")
    assert item.job is not None
    assert item.job.wait(60)
    app = page_of(run, desk)
    shown = app.radio(key=f"import_encoding_{item.number}")
    assert len(shown.options) > 1
    assert "义乌北苑" in said(app)
    other = next(name for name in shown.options if name != shown.value)
    shown.set_value(other).run()
    assert item.wanted.encoding == other
    assert item.job.wait(60)


def test_a_geojson_is_checked_against_its_standard_when_somebody_asks(run: Run) -> None:
    desk = Desk()
    read(desk, "a.geojson", rows(({"code": "<b>甲</b>"}, FAR)).replace(b'"properties"', b'"Properties"'))
    app = page_of(run, desk)
    assert "RFC 7946" not in said(app)
    app.button(key=f"import_rfc_{desk.items[0].number}").click().run()
    assert "不合 RFC 7946：1 处错误" in said(app)
    shown = next(table.value for table in app.dataframe if "条款" in table.value)
    assert "Feature 缺少 properties（没有属性时写 null）。" in shown["说明"].tolist()
    assert set(shown["行"].tolist()) == {1}
    # other kinds of files are not asked about
    read(desk, "b.csv", "编号,X坐标,Y坐标\n甲,3240000,500000\n".encode())
    desk.chosen = desk.items[-1].number
    app = page_of(run, desk)
    assert not [one for one in app.button if one.label == "检查是否合乎 RFC 7946"]
