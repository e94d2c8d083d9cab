"""A file with planted faults: on the map, in part entered, taken back; and the next file updates in place."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
import shapely
from playwright.sync_api import expect

from tests.fabric import EAST, NORTH, made_town
from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app
from tests.planning.incoming import geojson


@pytest.fixture(scope="module")
def town(tmp_path_factory, start_app):
    path = tmp_path_factory.mktemp("import") / "town.sqlite"
    made_town(path, columns=6, rows=5).close()
    return start_app(path)


def lot(x, *, width=100.0, height=100.0):
    return shapely.box(EAST - 900 + x, NORTH, EAST - 900 + x + width, NORTH + height)


def file(name, *rows):
    return {"name": name, "mimeType": "application/geo+json", "buffer": geojson(*rows)}


def tick(page, line):
    """Tick a line of the list: it is a canvas, with its boxes in a column of their own."""
    box = page.locator(".st-key-import_list [data-testid='stDataFrame']").bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 35 * line + 18)


def test_faults_are_seen_part_is_entered_taken_back_and_updated(town, new_tab, expected_fault):
    page = new_tab("/import", on=town)
    # between an import and the map's next picture the browser may ask for tiles of the revision before: it is told so
    expected_fault(r"410 \(Gone\)")
    rows = [({"DKBH": f"甲-{at:02}", "DKMC": "<b>东</b>"}, lot(110 * at)) for at in range(4)]
    rows[3] = ({"DKBH": "甲-03", "DKMC": "压"}, lot(110 * 3 - 40))
    page.locator('input[type="file"]').set_input_files(file("../../来件.geojson", *rows))
    figures = page.locator(".st-key-import_right .kpis dd strong")
    expect(figures.first).to_have_text("4", timeout=60_000)
    expect(figures.nth(2)).to_have_text("2")
    expect(page.locator('[data-chantu-map="ready"]')).to_be_visible(timeout=30_000)
    # the planted overlap, by a click, on the map
    tick(page, 1)
    expect(page.locator(".st-key-import_map .looked")).to_contain_text("与第 4 行重叠 3,000 ㎡")
    expect(page.locator(".leaflet-chantu-marks-pane canvas")).to_have_count(1)
    wait_for_app(page)
    shoot(page, "import-problem")
    assert violations(page) == []
    page.set_viewport_size(LAPTOP)
    wait_for_app(page)
    shoot(page, "import-laptop")
    expect(page.locator(".st-key-import_accept button")).to_be_in_viewport()
    page.locator(".st-key-import_reports_1 button").first.click()
    with page.expect_download() as waiting:
        page.locator(".st-key-import_report_xlsx button").click()
    book = openpyxl.load_workbook(io.BytesIO(waiting.value.path().read_bytes()))
    assert [row[1] for row in book["问题"].iter_rows(min_row=2, values_only=True)] == ["甲-02"]
    page.keyboard.press("Escape")
    page.locator(".st-key-import_clean button").click()
    done = page.locator(".st-key-import_right p.done")
    expect(done.filter(has_text="已入库：储备地块 2 条")).to_be_visible(timeout=30_000)
    page.locator(".st-key-import_undo button").click()
    expect(done.filter(has_text="注销 2 条")).to_be_visible(timeout=30_000)
    # all of it after all, then the next delivery of the same supplier
    page.locator('input[type="file"]').set_input_files(file("全部.geojson", *rows[:3]))
    expect(page.locator(".st-key-import_accept button")).to_contain_text("3", timeout=60_000)
    page.locator(".st-key-import_accept button").click()
    expect(done.filter(has_text="已入库：储备地块 3 条")).to_be_visible(timeout=30_000)
    newer = [({"DKBH": "甲-00", "DKMC": "改名"}, lot(0)), ({"DKBH": "甲-01", "DKMC": "<b>东</b>"}, lot(110, height=90)),
             ({"DKBH": "甲-09", "DKMC": "新"}, lot(110 * 5))]  # fmt: skip
    page.locator('input[type="file"]').set_input_files(file("更新.geojson", *newer))
    head = page.locator(".st-key-import_head")
    head.get_by_role("radio", name="按编号更新").or_(head.get_by_text("按编号更新")).first.click(timeout=60_000)
    update = page.locator(".st-key-import_update button")
    expect(update).to_contain_text("3", timeout=60_000)
    expect(figures.nth(1)).to_have_text("1")
    expect(figures.nth(2)).to_have_text("2")
    wait_for_app(page)
    shoot(page, "import-update")
    update.click()
    expect(done.filter(has_text="新增 1 条，改动 2 条，注销 0 条")).to_be_visible(timeout=30_000)
    page.locator(".st-key-import_to_map button").click()
    expect(page).to_have_url(re.compile(r"/(desk)?(\?.*)?$"))
    expect(page.locator('[data-chantu-map="ready"]')).to_be_visible(timeout=30_000)


def test_a_large_file_says_how_far_it_is_and_can_be_stopped(town, new_tab):
    page = new_tab("/import", on=town)
    rows = (({"DKBH": f"N{at:05}"}, lot(at % 200 * 12, width=8, height=8)) for at in range(40_000))
    page.locator('input[type="file"]').set_input_files(file("大.geojson", *rows))
    stop = page.locator(".st-key-import_stop button")
    expect(stop).to_be_visible(timeout=60_000)
    stop.click()
    expect(page.locator(".st-key-import_right")).to_contain_text("没有写入任何内容", timeout=30_000)
    expect(page.locator(".st-key-import_retry button")).to_be_visible()
