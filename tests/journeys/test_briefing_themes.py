"""Briefing mode by land use and side by side: the address makes it again, no name is cut off at the edge."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import DESK, LAPTOP, violations
from tests.journeys.test_briefing_mode import OUT, brief, shown, still

# how far below the map's upper edge the topmost name of a park begins
ABOVE = """() => {
    const top = document.querySelector('.chantu-desk').getBoundingClientRect().top;
    const names = [...document.querySelectorAll('.chantu-label.parks')].filter((one) => one.checkVisibility());
    return Math.min(...names.map((one) => one.getBoundingClientRect().top)) - top;
}"""


@pytest.mark.parametrize("size", [DESK, LAPTOP], ids=["1920x1080", "1366x768"])
def test_a_slide_by_land_use_is_in_the_address_and_no_name_is_cut_off(new_tab, size):
    page = brief(new_tab, "scenario=2&theme=land-use", size=size)
    for words in ("规划用地", "二类工业用地", "M2", "合计"):
        expect(page.locator(".st-key-brief")).to_contain_text(words)
    still(page)
    assert page.evaluate(ABOVE) >= 0
    assert page.locator(".st-key-brief *").evaluate_all(OUT) == []
    assert "theme=land-use" in page.url
    title = page.locator(".brief-title").inner_text()
    page.reload()
    shown(page)
    expect(page.locator(".brief-title")).to_have_text(title)
    assert violations(page, within=".st-key-brief") == []


def test_two_scenarios_stand_side_by_side_and_move_together(new_tab):
    page = brief(new_tab, "scenario=2&template=comparison&against=1", size=LAPTOP)
    still(page)
    expect(page.locator(".chantu-sides span")).to_have_text(["现状", "方案一"])
    expect(page.locator(".chantu-twin")).to_be_visible()
    assert "against=1" in page.url
    assert page.locator(".st-key-brief *").evaluate_all(OUT) == []
    apart = """() => {
        const { desk } = document.querySelector('.chantu-desk');
        const second = desk.compare.second;
        return desk.map.getCenter().distanceTo(second.getCenter()) + Math.abs(desk.map.getZoom() - second.getZoom());
    }"""
    page.evaluate("() => document.querySelector('.chantu-desk').desk.map.setZoom(14, { animate: false })")
    still(page)
    assert page.evaluate(apart) < 1.0
