"""Each page opens by its own address, in both languages, from this machine alone, in the bundled font and for all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import LAPTOP, shoot, violations, wait_for_app, wait_for_map

PAGES = (
    "",
    "ledger",
    "suitability",
    "allocation",
    "scenarios",
    "import",
    "export",
    "briefing",
    "rules",
    "people",
    "records",
)
FONT_STATES = """async () => {
    await document.fonts.ready
    return [...document.fonts].filter((face) => face.family.includes('Chantu Sans SC')).map((face) => face.status)
}"""


@pytest.mark.parametrize("name", PAGES, ids=lambda name: name or "desk")
def test_a_page_opens_whole_and_turns_to_english(new_tab, name):
    page = new_tab(f"/{name}", size=LAPTOP)
    is_whole(page, name, "zh")
    page.locator(".st-key-language_switch button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    wait_for_app(page)
    is_whole(page, name, "en")


@pytest.mark.parametrize("name", ["", "ledger"], ids=["desk", "ledger"])
def test_an_address_says_the_language(new_tab, name):
    page = new_tab(f"/{name}?lang=en", size=LAPTOP)
    is_whole(page, name, "en")


def is_whole(page, name: str, language: str) -> None:
    """Nothing failed, something is said in this language, and axe-core finds nothing."""
    assert page.locator('[data-testid="stException"]').count() == 0
    assert page.locator('[data-testid="stMain"]').inner_text().strip() != ""
    assert page.evaluate("document.documentElement.lang").startswith(language)
    if not name:
        wait_for_map(page)
    shoot(page, f"{name or 'desk'}-{language}-1366")
    assert not violations(page)


def test_text_is_set_in_the_bundled_font(page):
    assert "loaded" in page.evaluate(FONT_STATES)
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Chantu Sans SC"')


def test_an_address_without_a_page_leads_to_the_desk(page, app, expected_fault):
    expected_fault("The page that you have requested does not seem to exist")
    # Streamlit's own page answers here, and looks for its server below this address first
    expected_fault(r"status of 404 .*/nowhere/_stcore/(health|host-config)")
    page.goto(f"{app.url}/nowhere")
    wait_for_app(page)
    assert page.locator('[data-testid="stException"]').count() == 0
    wait_for_map(page)
