"""Finding land: conditions in the panel, groups ranked, one click to see one on the map, and why others are not."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand

WAIT_MS = 30_000


def opened(page: Page) -> Hand:
    wait_for_map(page)
    page.locator(".st-key-panel").get_by_role("tab", name="连片").click()
    expect(search(page)).to_be_enabled(timeout=WAIT_MS)
    return Hand(page)


def search(page: Page) -> Locator:
    return page.locator(".st-key-groups_search button")


def asked(page: Page, least_mu: str) -> None:
    area = page.get_by_label("面积至少（亩）")
    area.fill(least_mu)
    area.press("Tab")
    wait_for_app(page)
    search(page).click()
    expect(page.locator(".st-key-groups_panel h3.section")).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)


def group(page: Page, rank: int) -> Locator:
    return page.locator(f".st-key-group_pick_{rank} button")


def mu(text: str) -> Decimal:
    found = re.search(r"([\d,]+\.\d+) 亩", text)
    assert found is not None, text
    return Decimal(found.group(1).replace(",", ""))


def test_a_search_lists_groups_and_one_click_selects_and_shows_one(page: Page) -> None:
    hand = opened(page)
    shoot(page, "groups_form")
    asked(page, "160")
    page.locator(".st-key-groups_size button").nth(1).click()
    expect(group(page, 1)).to_contain_text("2 宗")
    wait_for_app(page)
    before = page.evaluate("() => document.querySelector('.chantu-desk').desk.map.getZoom()")
    label = group(page, 2).inner_text()
    group(page, 2).click()
    hand.has_selected(2)
    expect(page.locator('[class*="st-key-group_pick_2_chosen"]')).to_be_visible()
    hand.still()
    after = page.evaluate("() => document.querySelector('.chantu-desk').desk.map.getZoom()")
    assert after > before
    assert len(hand.rows()) == 2
    assert mu(label) >= 160
    assert f"{mu(label):.1f}" in hand.chip.inner_text()
    # the panel stays with the list
    expect(group(page, 2)).to_be_visible()
    shoot(page, "groups_found")
    assert violations(page, within=".st-key-groups_panel") == []


def test_a_parcel_that_is_clicked_on_the_map_is_explained(page: Page) -> None:
    hand = opened(page)
    asked(page, "600")
    reasons = page.locator(".st-key-groups_reasons")
    if not reasons.locator(".group-reason").first.is_visible():
        reasons.locator("summary").click()
    reasons.locator('[class*="st-key-group_reason_too_small"] button').first.click()
    hand.has_selected(1)
    expect(page.locator(".group-why")).to_contain_text("亩")
    hand.go_to("示例DK-016")
    expect(page.locator(".group-why")).to_contain_text("示例DK-016", timeout=WAIT_MS)
    shoot(page, "groups_why")


def test_all_blocks_are_listed_at_the_size_of_a_laptop(new_tab) -> None:
    page = new_tab(size=LAPTOP)
    hand = opened(page)
    page.locator(".st-key-groups_mode button").nth(1).click()
    first = page.locator(".st-key-block_pick_1 button")
    expect(first).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)
    expect(page.locator(".chantu-desk")).not_to_have_attribute("data-blocks", "0")
    parcels = re.search(r"(\d+) 宗", first.inner_text())
    assert parcels is not None
    first.click()
    hand.has_selected(int(parcels.group(1)))
    panel = page.locator(".st-key-groups_panel").bounding_box()
    button = first.bounding_box()
    assert panel is not None
    assert button is not None
    assert button["x"] + button["width"] <= panel["x"] + panel["width"] + 1
    shoot(page, "groups_blocks_laptop")


def test_groups_are_drawn_on_the_map_and_the_selected_one_is_assigned_and_briefed(page: Page) -> None:
    hand = opened(page)
    asked(page, "160")
    expect(page.locator(".chantu-desk")).not_to_have_attribute("data-blocks", "0", timeout=WAIT_MS)
    expect(page.locator(".group-line").first).to_contain_text("供电")
    group(page, 1).click()
    expect(page.locator(".st-key-group_acts")).to_be_visible(timeout=WAIT_MS)
    hand.still()
    wait_for_app(page)
    with page.expect_download() as download:
        page.locator(".st-key-group_brief_txt button").click()
    text = download.value.path().read_text("utf-8-sig")
    assert "连片用地简报" in text
    assert f"{mu(group(page, 1).inner_text()):,.2f}" in text
    page.locator(".st-key-brush_clusters").get_by_role("button", name=re.compile(r"^\d 大健康$")).click()
    assign = page.locator(".st-key-group_assign").get_by_role("button")
    expect(assign).to_contain_text("大健康", timeout=WAIT_MS)
    wait_for_app(page)
    shoot(page, "groups_chosen")
    assign.click()
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text("大健康", timeout=WAIT_MS)
    wait_for_app(page)
    page.locator(".st-key-undo_last button").click()
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text("已撤销", timeout=WAIT_MS)
