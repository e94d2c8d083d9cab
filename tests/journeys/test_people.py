"""The page of people: the first is entered, enters a second by signature, who sets a passphrase by the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import LAPTOP, WAIT_MS, shoot, violations, wait_for_app
from tests.journeys.test_pages import go

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.running import App

WORDS, OTHERS = "eight or more", "quite other words"


@pytest.fixture(scope="module")
def app(start_app) -> App:
    started: App = start_app()
    return started


def fill(page: Page, key: str, text: str) -> None:
    page.locator(f".st-key-{key} input").fill(text)


def press(page: Page, key: str, told: str, role: str = "status") -> str:
    page.locator(f".st-key-{key} button").click()
    line = page.locator(f"p[role={role}]").first
    expect(line).to_contain_text(told, timeout=WAIT_MS)
    wait_for_app(page)
    return line.inner_text()


def test_people_are_entered_and_rules_are_signed_for(new_tab):
    page = new_tab("/rules", size=LAPTOP)
    page.locator(".st-key-rules_list").wait_for()
    distance = page.locator('[class*="st-key-rule_tolerance_"] input').first
    distance.fill("7")
    distance.press("Enter")
    expect(page.get_by_text("现在谁都可以保存")).to_be_visible(timeout=WAIT_MS)
    go(page, "人员")
    fill(page, "people_name", "周主任")
    fill(page, "people_fresh", WORDS)
    fill(page, "people_again", WORDS)
    press(page, "people_first_do", "已登记，可以授权")
    fill(page, "people_name", "李工")
    fill(page, "sign_words_enter", "not these words")
    press(page, "people_enter_do", "口令不对", role="alert")
    fill(page, "sign_words_enter", WORDS)
    told = press(page, "people_enter_do", "请把口令码")
    found = re.search("口令码 ([a-z2-9]{16}) 交给「李工」", told)
    assert found
    shoot(page, "people-code")
    page.locator(".st-key-people_own_open summary").click()
    wait_for_app(page)
    box = page.get_by_role("combobox", name="我是", exact=True)
    box.click()
    box.fill("李工")
    page.get_by_role("option", name="李工").click()
    expect(box).to_have_value("李工")
    fill(page, "people_held", found[1])
    fill(page, "people_fresh", OTHERS)
    fill(page, "people_again", OTHERS)
    press(page, "people_own_do", "「李工」的口令已保存")
    expect(page.locator(".st-key-people_list table")).to_contain_text("李工规划可签字", use_inner_text=False)
    assert violations(page, within='[data-testid="stMain"]') == []
    shoot(page, "people")


def test_a_rule_is_not_saved_without_the_signature(new_tab):
    """Who may give rights is there since the test before."""
    page = new_tab("/rules", size=LAPTOP)
    tolerance = page.locator('[class*="st-key-rule_tolerance_"] input').first
    tolerance.fill("7")
    tolerance.press("Enter")
    words = page.locator(".st-key-sign_words_rule input")
    words.wait_for(timeout=WAIT_MS)
    page.locator('[class*="st-key-rule_why_"] input').fill("试行")
    page.locator('[class*="st-key-rule_why_"] input').press("Enter")
    wait_for_app(page)
    for one in page.locator('[class*="st-key-rule_changes_seen"] label').all():
        one.click()
    shoot(page, "rules-signed")
    press(page, "rule_save", "请输入签字口令", role="alert")
    words.fill(WORDS)
    press(page, "rule_save", "已是第 2 版")
