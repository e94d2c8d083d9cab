"""Boundaries on the desk: a parcel is cut by a drawn line, shown, written, taken back; two are merged."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand


def ready(page) -> Hand:
    wait_for_map(page)
    return Hand(page)


def outcome(page, words: str) -> None:
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text(words)


def chip_mu(page) -> Decimal:
    text = page.locator(".chantu-chip .text").inner_text()
    found = re.search(r"·\s*([\d,.]+)", text)
    assert found is not None, text
    return Decimal(found[1].replace(",", ""))


def cut(page, hand: Hand, key: str = "c") -> None:
    """Draw a line from north to south across the selected parcel, and see what it would make."""
    draw_across(page, hand, key)
    expect(page.locator(".st-key-edit_draft")).to_be_visible()
    # the map has heard of it too: keys that confirm or cancel are heard there
    expect(page.locator(".chantu-desk")).not_to_have_attribute("data-plan", "0")


def draw_across(page, hand: Hand, key: str) -> None:
    """Draw a line from north to south across the selected parcel."""
    hand.told()
    (west, north), (east, south) = page.evaluate(
        """async () => {
            const { desk } = document.querySelector('.chantu-desk');
            const asked = { rows: desk.selection.encoded, revision: desk.data.layers.parcels.revision };
            const head = { 'Content-Type': 'application/json' };
            const answer = await fetch('/extent', { method: 'POST', headers: head, body: JSON.stringify(asked) });
            const [w, s, e, n] = (await answer.json()).bounds;
            const box = desk.map.getContainer().getBoundingClientRect();
            return [[n, w], [s, e]].map((at) => desk.map.latLngToContainerPoint(at))
              .map(({ x, y }) => [x + box.x, y + box.y]);
        }"""
    )
    page.locator(".chantu-map").focus()
    page.keyboard.press(key)
    for y in (north - 20, south + 20):
        page.mouse.click((west + east) / 2, y)
    page.keyboard.press("Enter")


def drafted(page) -> list[Decimal]:
    cells = page.locator(".st-key-edit_draft td.figure").all_inner_texts()
    return [Decimal(cell.replace(",", "")) for cell in cells]


def test_a_parcel_is_cut_shown_written_and_taken_back(page):
    hand = ready(page)
    hand.go_to("示例DK-005")
    expect(page.locator(".chantu-chip")).to_have_attribute("data-count", "1")
    before = chip_mu(page)
    cut(page, hand)
    expect(page.locator(".chantu-desk")).to_have_attribute("data-plan", str(len(drafted(page))))
    shoot(page, "editing-preview")
    shown = drafted(page)
    assert abs(sum(shown) - before) <= Decimal("0.01") * (len(shown) + 1)
    page.locator(".st-key-edit_confirm button").click()
    outcome(page, "面积之和不变")
    expect(page.locator(".chantu-chip")).to_have_attribute("data-count", str(len(shown)))
    ready(page)
    assert chip_mu(page) == before
    shoot(page, "editing-done")
    page.locator(".st-key-undo_last button").click()
    outcome(page, "已撤销")
    expect(page.locator(".chantu-chip")).to_have_attribute("data-count", "1")
    assert chip_mu(page) == before


def test_keys_pressed_before_the_preview_comes_are_about_the_draft(page):
    hand = ready(page)
    hand.go_to("示例DK-005")
    chip = page.locator(".chantu-chip")
    expect(chip).to_have_attribute("data-count", "1")
    draw_across(page, hand, "c")
    # nothing has been seen yet: Enter writes nothing and paints nothing, Esc takes back what was asked for
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    hand.told()
    wait_for_app(page)
    expect(page.locator(".st-key-edit_draft")).to_have_count(0)
    expect(page.locator(".chantu-desk")).to_have_attribute("data-plan", "0")
    expect(chip).to_have_attribute("data-count", "1")
    expect(page.locator("ol.history li")).to_have_count(0)
    # and the next one is about the selection again, once the page has heard of the first
    page.wait_for_function("() => document.querySelector('.chantu-desk').desk.draft === ''")
    page.keyboard.press("Escape")
    expect(chip).to_be_hidden()


def test_pieces_are_merged_again_on_a_laptop(new_tab):
    page = new_tab(size=LAPTOP)
    wait_for_app(page)
    hand = ready(page)
    hand.go_to("示例DK-011")
    expect(page.locator(".chantu-chip")).to_have_attribute("data-count", "1")
    before = chip_mu(page)
    cut(page, hand)
    page.locator(".chantu-map").focus()
    page.keyboard.press("Enter")
    outcome(page, "面积之和不变")
    page.locator(".st-key-edit_open").get_by_role("button").click()
    expect(page.locator(".st-key-edit_merge")).to_be_visible()
    wait_for_app(page)
    shoot(page, "editing-panel")
    assert clipped(page) == []
    page.locator(".st-key-edit_merge button").click()
    expect(page.locator(".st-key-edit_draft")).to_be_visible()
    page.locator(".st-key-edit_confirm button").click()
    outcome(page, "合并为一宗")
    expect(page.locator(".chantu-chip")).to_have_attribute("data-count", "1")
    assert abs(chip_mu(page) - before) <= Decimal("0.01")
    # one parcel again: its sides are numbered on the map, and one is chosen
    expect(page.locator(".chantu-desk")).not_to_have_attribute("data-guides", "0")
    wait_for_app(page)
    shoot(page, "editing-sides")
    # the rules on contrast and the like hold for the panel too
    assert violations(page, within=".st-key-edit_panel") == []
    page.locator(".st-key-edit_close button").click()
    expect(page.locator("ol.history li")).to_have_count(2)
    # a road drawn by key takes its width from the panel; the check does not hide what waits
    page.locator(".st-key-check_open").get_by_role("button").click()
    expect(page.locator(".st-key-check")).to_be_visible()
    hand.go_to("示例DK-005")
    cut(page, hand, "w")
    expect(page.locator(".st-key-edit_draft")).to_contain_text("划出为道路用地")
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-check")).to_be_visible()


def clipped(page) -> list[str]:
    """What of the tool row lies outside of it."""
    found: list[str] = page.evaluate(
        """() => {
            const right = document.querySelector('.st-key-tools').getBoundingClientRect().right;
            return [...document.querySelectorAll('.st-key-tools button')]
              .filter((one) => one.getBoundingClientRect().right > right).map((one) => one.textContent);
        }"""
    )
    return found
