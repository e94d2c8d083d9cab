"""Walking through the faults of the parcels: found, looked at on the map, mended, taken back."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import expect

from planning.features import insert_features
from tests.fabric import EAST, NORTH, TESTER, made_town
from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app, wait_for_map


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, start_app):
    """A town of parcels that fit, and three beside it that do not."""
    path = tmp_path_factory.mktemp("faulty") / "town.sqlite"
    db = made_town(path, columns=6, rows=5)
    west = EAST - 400
    shapes = [
        shapely.box(west, NORTH, west + 100, NORTH + 100),
        shapely.box(west + 97, NORTH, west + 200, NORTH + 100),
        shapely.Polygon([(west, NORTH + 100), (west + 40, NORTH + 100.004), (west + 100, NORTH + 100),
                         (west + 100, NORTH + 180), (west, NORTH + 180)]),
    ]  # fmt: skip
    columns = {"code": ["甲-1", "甲-2", "<b>乙</b>"], "name": ["东", "西", "北"], "stage": "reserved"}
    with db.write() as conn:
        frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=4549)
        insert_features(conn, "parcels", frame, source="test", is_sample=False, actor=TESTER)
    db.close()
    return start_app(path)


def test_faults_are_walked_through_mended_and_taken_back(faulty, new_tab, expected_fault):
    page = new_tab("/", on=faulty, moving=True)
    # between a mend and the map's next picture the browser may ask for tiles of the revision before: it is told so
    expected_fault(r"410 \(Gone\)")
    wait_for_map(page)
    page.locator(".st-key-check_open").get_by_role("button").click()
    check = page.locator(".st-key-check")
    # the first check of a process may still be loading what it runs on
    expect(check).to_contain_text("33 宗，2 处问题", timeout=30_000)
    expect(check.locator("h3.fault")).to_have_text("重叠")
    expect(check).to_contain_text("甲-1、甲-2")
    wait_for_app(page)
    expect(page.locator(".leaflet-chantu-marks-pane canvas")).to_have_count(1)
    shoot(page, "check-overlap")
    # the hint of the button under the mouse is Streamlit's own, outside of the page's landmarks
    assert violations(page, within=".st-key-check") == []
    # by key to the next: the point that lies 4 mm off
    page.locator(".chantu-map").press("]")
    expect(check.locator("h3.fault")).to_have_text("悬挂点")
    expect(check).to_contain_text("0.004 m")
    expect(check).to_contain_text("<b>乙</b>")
    expect(check).to_contain_text("在邻宗的边上补点")
    wait_for_app(page)
    shoot(page, "check-point")
    page.locator(".st-key-check_accept").get_by_role("button").click()
    expect(page.locator(".st-key-check_outcome")).to_contain_text("的边界")
    expect(check).to_contain_text("1 处问题")
    page.locator(".st-key-check_accept").get_by_role("button").click()
    expect(check).to_contain_text("地块之间严丝合缝")
    page.locator(".st-key-check_undo").get_by_role("button").click()
    expect(check.locator("h3.fault")).to_have_text("重叠")
    page.set_viewport_size(LAPTOP)
    wait_for_app(page)
    shoot(page, "check-laptop")
    page.locator(".st-key-check_close").get_by_role("button").click()
    expect(page.locator(".st-key-brush")).to_be_visible()
