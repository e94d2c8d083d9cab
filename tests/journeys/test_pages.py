"""The other pages, as a person uses them: the ledger and the map as one, editing, import, export, language, access."""

from __future__ import annotations

import csv
import io
import json
import zipfile

from playwright.sync_api import expect

from tests.journeys.browsing import DESK, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def feature(number: int, west: float | None, **properties: object) -> dict[str, object]:
    """A square of a hectare, or a row without a shape."""
    ring = (
        None
        if west is None
        else [[west, 3_240_000], [west + 100, 3_240_000], [west + 100, 3_240_100], [west, 3_240_100]]
    )
    shape = None if ring is None else {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    return {"type": "Feature", "properties": {"地块编号": f"示例导入-{number}", **properties}, "geometry": shape}


SQUARES = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}},
    "features": [
        feature(1, 500_000, 名称=HOSTILE, 阶段="在库", 怪列=1),
        feature(2, 500_100, 名称=HOSTILE, 阶段="在库", 怪列=2),
        feature(3, None),
    ],
}


def go(page, name: str) -> None:
    page.get_by_test_id("stTopNavLink").filter(has_text=name).click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    wait_for_app(page)


def test_axe_finds_nothing_on_the_card_and_the_selection(page):
    wait_for_map(page)
    Hand(page).go_to("示例DK-006")
    expect(page.locator("h2.parcel")).to_be_visible()
    wait_for_app(page)
    shoot(page, "parcel-zh-1920")
    assert not violations(page)
    page.locator(".st-key-panel").get_by_role("tab", name="选集").click()
    page.locator(".st-key-grow button").click()
    expect(page.locator(".st-key-panel dl.facts").first).to_contain_text("片")
    wait_for_app(page)
    shoot(page, "selection-zh-1920")
    assert not violations(page)


def test_the_language_switch_turns_every_word_and_stays(page):
    wait_for_map(page)
    page.locator(".st-key-language_switch button").click()
    expect(page.locator(".st-key-next_unassigned")).to_contain_text("Next unassigned")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_test_id("stTopNavLink").filter(has_text="Ledger").click()
    expect(page.get_by_role("heading", level=1, name="Ledger")).to_be_visible()
    page.locator(".st-key-language_switch button").click()
    expect(page.get_by_role("heading", level=1, name="地块台账")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_streamlits_own_words_are_chinese(new_tab):
    page = new_tab("/import")
    uploader = page.get_by_test_id("stFileUploader")
    expect(uploader).to_contain_text("选择文件")
    expect(uploader).not_to_contain_text("per file")


def test_what_the_map_selects_the_ledger_shows_and_exports(page):
    wait_for_map(page)
    Hand(page).go_to("示例DK-006")
    expect(page.locator(".parcel-line")).to_contain_text("示例DK-006")
    go(page, "地块台账")
    page.get_by_text("只看选中的 1 宗").click()
    expect(page.locator("p.hint").first).to_contain_text("1 宗")
    with page.expect_download() as waiting:
        page.locator(".st-key-ledger_csv button").click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert len(rows) == 2
    assert "示例DK-006" in rows[1]


def test_a_row_ticked_in_the_ledger_is_selected_on_the_map(page):
    go_from = page.locator('[data-testid="stTopNavLink"]')
    expect(go_from.first).to_be_visible()
    go(page, "地块台账")
    canvas = page.locator('[data-testid="stDataFrame"] canvas').first
    expect(canvas).to_be_visible()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 52)
    expect(page.get_by_text("只看选中的 1 宗")).to_be_visible()
    page.get_by_test_id("stTopNavLink").filter(has_text="一张图").click()
    wait_for_map(page)
    Hand(page).has_selected(1)


def test_a_cell_edited_in_the_ledger_is_saved_and_outlives_a_reload(page):
    go(page, "地块台账")
    page.get_by_text("编辑", exact=True).click()
    expect(page.locator(".st-key-ledger_save")).to_be_visible()
    # the grid that can be edited has taken the other's place
    wait_for_app(page)
    box = page.locator('[data-testid="stDataFrame"] canvas').first.bounding_box()
    assert box is not None
    # by the mouse: the grid takes keys only some time after a cell was chosen
    page.mouse.dblclick(box["x"] + 130, box["y"] + 52)
    page.locator("#portal textarea").fill("改过的名称")
    page.keyboard.press("Enter")
    save = page.locator(".st-key-ledger_save button")
    expect(save).to_be_enabled()
    save.click()
    expect(page.locator("p.done")).to_contain_text("已保存 1 行")
    page.reload()
    wait_for_app(page)
    with page.expect_download() as waiting:
        page.locator(".st-key-ledger_csv button").click()
    assert "改过的名称" in waiting.value.path().read_text("utf-8-sig")


def test_a_file_is_checked_accepted_and_shown_with_its_hostile_name_as_text(page):
    go(page, "导入")
    page.locator('input[type="file"]').set_input_files(
        {"name": "../../示例.geojson", "mimeType": "application/geo+json", "buffer": json.dumps(SQUARES).encode()}
    )
    expect(page.locator(".kpis.six")).to_contain_text("3", timeout=30_000)
    shoot(page, "import-report-zh-1920")
    assert not violations(page)
    accept = page.locator(".st-key-import_accept button")
    expect(accept).to_contain_text("2 行")
    accept.click()
    expect(page.locator("p.done")).to_contain_text("已入库", timeout=20_000)
    page.get_by_test_id("stTopNavLink").filter(has_text="一张图").click()
    wait_for_map(page)
    Hand(page).has_selected(2)
    Hand(page).go_to("示例导入-1")
    expect(page.locator("h2.parcel")).to_have_text(HOSTILE)


def test_a_file_without_a_crs_is_refused_with_the_way_out(page):
    go(page, "导入")
    body = {"type": "Topology", "objects": {"a": {"type": "GeometryCollection", "geometries": []}}, "arcs": []}
    page.locator('input[type="file"]').set_input_files(
        {"name": "x.topojson", "mimeType": "application/json", "buffer": json.dumps(body).encode()}
    )
    expect(page.locator("p.alert").first).to_be_visible(timeout=30_000)
    expect(page.locator(".st-key-import_accept")).to_have_count(0)


def test_an_export_is_taken_away_and_reads_as_geojson(page):
    go(page, "导出")
    page.locator(".st-key-export_make button").click()
    with page.expect_download() as waiting:
        page.locator(".st-key-export_take button").click(timeout=30_000)
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = archive.namelist()
        told = json.loads(archive.read(next(name for name in names if name.endswith(".geojson"))))
    assert any(name.endswith("fields.json") for name in names)
    assert told["type"] == "FeatureCollection"
    assert "crs" not in told
    assert len(told["features"]) >= 300


def test_the_records_say_that_all_is_whole(new_tab):
    page = new_tab("/records", size=DESK)
    page.locator(".st-key-verify button").click()
    expect(page.locator("p.done")).to_contain_text("全部一致", timeout=60_000)
    with page.expect_download() as waiting:
        page.locator(".st-key-backup button").click()
    assert waiting.value.path().read_bytes().startswith(b"SQLite format 3\x00")
