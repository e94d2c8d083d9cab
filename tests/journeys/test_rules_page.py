"""The page of rules: a rule changed with its reason after the cases were seen, in force at once, in both languages."""

from __future__ import annotations

import re
import sqlite3

from playwright.sync_api import expect

from tests.journeys.browsing import LAPTOP, WAIT_MS, shoot, violations, wait_for_app
from tests.journeys.test_gate import gate
from tests.journeys.test_pages import go
from tests.journeys.test_painting import choose_parcel, pick


def opened(page):
    go(page, "规则")
    return page


def choose_rule(page, code: str) -> None:
    box = page.get_by_role("combobox", name="规则", exact=True)
    box.click()
    box.fill(code)
    page.get_by_role("option", name=re.compile(code)).click()
    expect(box).to_have_value(re.compile(code))
    # the fields of the rule before would shut a list that was opened in them
    expect(page.locator(f'[class*="st-key-rule_level_{code}_"]')).to_be_visible()
    wait_for_app(page)


def test_the_book_is_listed_by_kind_and_every_case_holds(new_tab):
    page = opened(new_tab())
    expect(page.locator("table.rules tbody tr")).to_have_count(80)
    shoot(page, "rules")
    page.get_by_role("radio", name="退让").or_(page.get_by_role("button", name="退让")).first.click()
    expect(page.locator("table.rules tbody tr")).to_have_count(19)
    page.locator(".st-key-run_cases button").click()
    expect(page.locator(".st-key-run_cases")).to_be_visible()
    expect(page.get_by_text("24 个案例全部符合。")).to_be_visible(timeout=WAIT_MS)
    assert violations(page) == []


def test_a_rule_is_changed_after_its_cases_were_seen_and_holds_at_once(new_tab, app):
    page = opened(new_tab())
    choose_rule(page, "CT-038")
    page.get_by_role("combobox", name="级别", exact=True).click()
    page.get_by_role("option", name="提示").click()
    expect(page.locator(".case-changes")).to_contain_text("压占永久基本农田 20 米宽", timeout=WAIT_MS)
    save = page.locator(".st-key-rule_save").get_by_role("button")
    expect(save).to_be_disabled()
    page.get_by_role("textbox", name="改动原因").fill("占补平衡试点")
    page.keyboard.press("Tab")
    page.get_by_text("这些案例的结果会变，已经看过").click()
    expect(save).to_be_enabled()
    shoot(page, "rules-edit")
    save.click()
    expect(page.get_by_text("CT-038 已是第 2 版。")).to_be_visible(timeout=WAIT_MS)
    page.locator(".st-key-rule_history summary").click()
    expect(page.locator(".st-key-rule_history")).to_contain_text("占补平衡试点")
    with sqlite3.connect(app.database) as conn:
        told = conn.execute("SELECT version, level, why FROM rule WHERE code = 'CT-038' ORDER BY version").fetchall()
    assert told == [(1, "forbidden", ""), (2, "notice", "占补平衡试点")]
    # the brush of another tab knows it
    other = new_tab()
    choose_parcel(other, "示例DK-028")
    pick(other, "数字经济")
    expect(gate(other)).to_contain_text("提示")
    expect(gate(other).locator(".level.forbidden")).to_have_count(0)


def test_the_book_goes_out_and_an_edited_file_comes_in(new_tab, tmp_path):
    page = opened(new_tab())
    with page.expect_download() as download:
        page.locator(".st-key-rules_export").get_by_role("button").click()
    path = tmp_path / "rules.csv"
    download.value.save_as(path)
    text = path.read_text("utf-8-sig")
    path.write_text(
        text.replace(
            "surface,3360 电镀、阳极氧化,,facilities,school,100,", "surface,3360 电镀、阳极氧化,,facilities,school,150,"
        ),
        "utf-8",
    )
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text("文件里有 1 条与现行规则不同：")).to_be_visible()
    page.get_by_role("textbox", name="采用原因").fill("环评批复 150 米")
    page.keyboard.press("Tab")
    page.locator(".st-key-rules_accept").get_by_role("button").click()
    expect(page.get_by_text("已采用 1 条，各成为新的一版。")).to_be_visible(timeout=WAIT_MS)


def test_the_page_speaks_english_and_fits_a_laptop(new_tab):
    page = new_tab("/rules?lang=en", size=LAPTOP)
    expect(page.locator("h1")).to_have_text("Rules")
    expect(page.locator("table.rules")).to_contain_text("Forbidden")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    shoot(page, "rules-en")
