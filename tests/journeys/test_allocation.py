"""Allocation: solved in a process of its own, found again after a refresh, explained, taken as a new scenario."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import DESK, LAPTOP, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand

WAIT_MS = 200_000


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    wait_for_app(page)


def begun(page: Page) -> None:
    wait_for_map(page)
    page.locator(".st-key-alloc_solve button").click()
    expect(page.locator(".st-key-alloc_progress")).to_be_visible(timeout=WAIT_MS)


@pytest.mark.timeout(600)
def test_a_plan_survives_a_refresh_is_explained_and_becomes_a_scenario(new_tab):
    page = new_tab("/allocation", size=DESK)
    begun(page)
    # who opens the page anew finds the work where it is
    page.reload()
    wait_for_app(page)
    expect(page.locator(".st-key-alloc_progress")).to_have_count(0, timeout=WAIT_MS)
    wait_for_app(page)
    tab(page, "结果")
    expect(page.locator("table.alloc-lines")).to_contain_text("芯片半导体", timeout=WAIT_MS)
    expect(page.locator(".st-key-panel p.done")).to_contain_text("至多比它好")
    wait_for_map(page)
    shoot(page, "allocation_result")
    assert violations(page, within=".st-key-panel") == []
    Hand(page).go_to("示例DK-157")
    expect(page.locator(".st-key-panel h2.parcel")).to_contain_text("示例DK-157", timeout=WAIT_MS)
    expect(page.locator("table.alloc-lines")).to_contain_text("亩·分")
    shoot(page, "allocation_why")
    tab(page, "结果")
    page.get_by_label("新方案的名称").fill("优化一")
    page.get_by_label("新方案的名称").press("Enter")
    wait_for_app(page)
    page.locator(".st-key-alloc_accept button").click()
    expect(page.get_by_text("已建立方案「优化一」。")).to_be_visible(timeout=WAIT_MS)
    page.locator(".st-key-alloc_open button").click()
    wait_for_map(page)
    expect(page.get_by_role("combobox", name="方案", exact=True)).to_have_value("优化一", timeout=WAIT_MS)


@pytest.mark.timeout(600)
def test_work_is_stopped_and_the_page_says_so(new_tab):
    page = new_tab("/allocation", size=LAPTOP)
    begun(page)
    page.locator(".st-key-alloc_stop button").click()
    expect(page.locator(".st-key-alloc_progress")).to_have_count(0, timeout=WAIT_MS)
    wait_for_app(page)
    expect(page.locator(".st-key-alloc_solve button")).to_be_enabled()
    shoot(page, "allocation_stopped_laptop")
