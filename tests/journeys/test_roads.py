"""Roads make land ready: the map at a time, a date that is tried, a date that is set and taken back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand

WAIT_MS = 30_000
# nothing while the map is put up anew
TINT = "() => [...(document.querySelector('.chantu-desk')?.desk?.tint?.classes ?? [])].join()"


def opened(page: Page) -> Hand:
    wait_for_map(page)
    page.locator(".st-key-panel").get_by_role("tab", name="道路").click()
    expect(page.locator("table.readiness")).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)
    return Hand(page)


def choose_road(page: Page, words: str) -> None:
    page.locator(".st-key-roads_road input").click()
    page.get_by_role("option", name=re.compile(words)).first.click()
    expect(page.locator(".st-key-roads_write")).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)


def test_the_slider_shows_the_map_at_a_quarter_and_writes_nothing(page: Page) -> None:
    hand = opened(page)
    hand.still()
    shoot(page, "roads")
    now = page.evaluate(TINT)
    assert now
    thumb = page.locator(".st-key-roads_at input")
    thumb.focus()
    for _ in range(18):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"(now) => ![now, ''].includes(({TINT})())", arg=now, timeout=WAIT_MS)
    # the slider tells some quarters on its way: the panel is that of the last
    quarter = page.locator(".st-key-roads_at [data-testid='stSliderThumbValue']").inner_text()
    expect(page.locator("table.readiness")).to_contain_text(f"{quarter}末", timeout=WAIT_MS)
    wait_for_app(page)
    hand.still()
    shoot(page, "roads_earlier")
    assert violations(page, within=".st-key-roads_panel") == []
    # another tab of the panel gives the map its colours back
    page.locator(".st-key-panel").get_by_role("tab", name="总览").click()
    expect(page.locator("table.bars").first).to_be_visible(timeout=WAIT_MS)
    page.wait_for_function("() => document.querySelector('.chantu-desk')?.desk?.theme === 'cluster'", timeout=WAIT_MS)


def test_a_date_is_tried_then_set_then_taken_back(new_tab) -> None:
    page = new_tab(size=LAPTOP)
    hand = opened(page)
    choose_road(page, r"· [1-9]\d* 宗靠它")
    hand.still()
    shoot(page, "roads_road_laptop")
    before = page.evaluate(TINT)
    day = page.locator("[class*='st-key-roads_try_'] input").first
    day.fill("2026-12-31")
    page.keyboard.press("Escape")
    page.locator(".st-key-roads_panel h3.section").click()
    expect(page.get_by_text("正在试算")).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)
    shoot(page, "roads_tried_laptop")
    page.locator(".st-key-roads_write button").click()
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text("通车时间改为 2026-12-31", timeout=WAIT_MS)
    wait_for_app(page)
    page.locator(".st-key-undo_last button").click()
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text("已撤销", timeout=WAIT_MS)
    wait_for_app(page)
    assert page.evaluate(TINT) == before
