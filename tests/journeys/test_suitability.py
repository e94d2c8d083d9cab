"""Suitability: calculated beside the page, ranked, explained, weighed otherwise at once, kept as a model."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsing import DESK, LAPTOP, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand

WAIT_MS = 150_000


def calculated(page: Page) -> Hand:
    wait_for_map(page)
    page.locator(".st-key-suit_calculate button").click()
    expect(page.locator(".st-key-suit_ranking")).to_be_visible(timeout=WAIT_MS)
    wait_for_app(page)
    return Hand(page)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()
    wait_for_app(page)


def fills(page: Page) -> list[str]:
    """The colours of all parcels, as the map paints them."""
    found: list[str] = page.evaluate(
        """() => { const { desk } = document.querySelector('.chantu-desk'); const s = desk.data.tint;
                   return [...atob(s.key)].map((c) => s.fills[c.charCodeAt(0)] ?? ''); }"""
    )
    return found


@pytest.mark.timeout(400)
def test_a_planner_scores_looks_why_and_weighs_otherwise(new_tab):
    page = new_tab("/suitability", size=DESK)
    hand = calculated(page)
    assert len(fills(page)) == 378
    assert page.evaluate("() => document.querySelector('.chantu-desk').desk.theme") == "score"
    expect(page.locator(".suit-missing")).to_contain_text("供电余量 378 宗")
    shoot(page, "suitability_ranking")
    # the parcel that is looked for is explained, part by part
    hand.go_to("示例DK-157")
    expect(page.locator("table.suit-bars")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("table.suit-bars")).to_contain_text("缺数据，不计")
    shoot(page, "suitability_why")
    assert violations(page, within=".st-key-panel") == []
    # another weight is another picture at once, without a calculation
    hand.fetched()
    before = fills(page)
    bytes_ = page.evaluate("() => document.querySelector('.chantu-desk').desk.data.tint.key")
    tab(page, "权重")
    thumb = page.locator(".st-key-suit_weight_arterial_m_0").get_by_role("slider")
    thumb.focus()
    for _ in range(14):
        thumb.press("ArrowLeft")
    wait_for_app(page)
    page.wait_for_function(
        "(was) => document.querySelector('.chantu-desk').desk.data.tint.key !== was", arg=bytes_, timeout=WAIT_MS
    )  # fmt: skip
    wait_for_map(page)
    assert fills(page) != before
    shoot(page, "suitability_weights")
    tab(page, "敏感性")
    expect(page.locator(".st-key-suit_shifts")).to_be_visible()
    shoot(page, "suitability_sensitivity")


@pytest.mark.timeout(400)
def test_comparisons_in_pairs_say_how_consistent_they_are_and_a_model_is_kept(new_tab):
    page = new_tab("/suitability", size=LAPTOP)
    calculated(page)
    tab(page, "权重")
    page.get_by_text("两两比较", exact=True).click()
    wait_for_app(page)
    expect(page.get_by_text("一致性比率 0.000")).to_be_visible(timeout=WAIT_MS)
    shoot(page, "suitability_pairs_laptop")
    page.get_by_label("模型名称").fill("比较出来的")
    page.get_by_label("模型名称").press("Enter")
    wait_for_app(page)
    page.locator(".st-key-suit_save button").click()
    expect(page.get_by_text("已保存：比较出来的 第 1 版。")).to_be_visible(timeout=WAIT_MS)
    tab(page, "曲线")
    expect(page.locator(".st-key-panel img").first).to_be_visible()
    shoot(page, "suitability_curve_laptop")
