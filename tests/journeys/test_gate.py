"""The gate before a stroke: what stands against it is shown, nothing is painted silently, and every way on works."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest
from playwright.sync_api import expect

from store.database import Database
from tests.journeys.browsing import LAPTOP, shoot, violations
from tests.journeys.running import App
from tests.journeys.test_painting import choose_parcel, outcome, paint, pick
from tests.people_here import enter

ON_FARMLAND = "示例DK-028"  # 4,602.99 m² of permanent farmland
SUPPLIED = "示例DK-017"
WORD = "签字用的口令一二三"


@pytest.fixture(scope="module")
def app(start_app) -> App:
    started: App = start_app()
    db = Database.open(started.database_url)
    enter(db, {"赵审": ["reviewer"], "钱工": ["planner"]}, WORD)
    db.close()
    return started


def rows(app: App, sql: str, *values: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(app.database) as conn:
        return conn.execute(sql, values).fetchall()


def gate(page):
    return page.locator(".st-key-gate")


def own_cluster(app: App, code: str) -> list[tuple[Any, ...]]:
    return rows(
        app,
        "SELECT c.code, a.reason FROM assignment a JOIN parcels p ON p.id = a.parcel_id "
        "LEFT JOIN cluster c ON c.id = a.cluster_id "
        "WHERE a.scenario_id = 2 AND a.inherits = 0 AND p.code = ? AND p.valid_to IS NULL",
        code,
    )


def test_a_stroke_without_conflict_stays_one_key(page):
    choose_parcel(page, "示例DK-005")
    pick(page, "数字经济")
    expect(gate(page)).to_have_count(0)
    page.locator(".chantu-map").focus()
    page.keyboard.press("Enter")
    outcome(page, "数字经济")


def test_what_is_forbidden_is_shown_before_and_not_painted(page, app):
    choose_parcel(page, ON_FARMLAND)
    pick(page, "数字经济")
    expect(gate(page)).to_contain_text("禁止")
    expect(gate(page)).to_contain_text("永久基本农田")
    expect(gate(page)).to_contain_text("CT-038")
    expect(gate(page)).to_contain_text("《基本农田保护条例》")
    expect(gate(page)).to_contain_text("6.90 亩")  # 4,602.99 m² × 0.0015
    expect(page.locator("[data-chantu-map]")).to_have_attribute("data-gate", "2")
    shoot(page, "gate-forbidden")
    # the key of the stroke paints nothing of it
    page.locator(".chantu-map").focus()
    page.keyboard.press("Enter")
    outcome(page, "规则禁止：1 宗")
    assert own_cluster(app, ON_FARMLAND) == []
    assert violations(page, within=".st-key-gate") == []


def test_the_conflict_is_parted_off_and_the_rest_is_painted(page, app):
    choose_parcel(page, "示例DK-263")
    pick(page, "数字经济")
    page.locator(".st-key-gate_cut").get_by_role("button").click()
    expect(page.locator(".st-key-edit_draft")).to_contain_text("尚未写入")
    shoot(page, "gate-cut")
    page.locator(".st-key-edit_confirm button").click()
    outcome(page, "划出冲突部分")
    # what can be painted is selected: one stroke
    expect(gate(page).locator(".level.forbidden")).to_have_count(0)
    paint(page)
    outcome(page, "数字经济")
    painted = rows(
        app,
        "SELECT SUM(CAST(ROUND(p.area_m2 * 100) AS INTEGER)) FROM parcels p JOIN assignment a ON a.parcel_id = p.id "
        "JOIN cluster c ON c.id = a.cluster_id "
        "WHERE p.code LIKE '示例DK-263%' AND p.valid_to IS NULL AND a.scenario_id = 2 AND c.code = 'digital'",
    )
    whole = rows(app, "SELECT CAST(ROUND(area_m2 * 100) AS INTEGER) FROM parcels WHERE code = '示例DK-263' LIMIT 1")
    # all but the 2,306.31 m² of farmland, to the grain of the grid
    assert abs(whole[0][0] - painted[0][0] - 230_631) < 200


def test_a_reason_is_wanted_and_kept(page, app):
    choose_parcel(page, SUPPLIED)
    pick(page, "数字经济")
    expect(gate(page)).to_contain_text("需论证")
    paint(page)
    outcome(page, "规则要求论证：1 宗")
    assert own_cluster(app, SUPPLIED) == []
    page.get_by_role("textbox", name="论证理由").fill("原受让人同意转产")
    page.locator(".st-key-gate_justified button").click()
    outcome(page, "数字经济")
    assert own_cluster(app, SUPPLIED) == [("digital", "原受让人同意转产")]
    expect(page.locator(".st-key-panel")).to_contain_text("分配理由：原受让人同意转产")


def test_a_reviewer_signs_and_the_card_says_who(page, app):
    choose_parcel(page, "示例DK-288")
    pick(page, "数字经济")
    page.locator(".st-key-gate_override summary").click()
    page.get_by_role("textbox", name="放行理由").fill("占补平衡已批复")
    page.get_by_label("申请人口令").fill(WORD)
    page.get_by_label("口令", exact=True).fill("不对的口令一二三四")
    page.locator(".st-key-gate_sign button").click()
    outcome(page, "口令不对")
    assert own_cluster(app, "示例DK-288") == []
    # the wait after a wrong passphrase is the clock's: the failures are taken back where they are kept
    with sqlite3.connect(app.database) as conn:
        conn.execute("UPDATE person SET failures = 0, failed_at = NULL")
    page.get_by_label("申请人口令").fill(WORD)
    page.get_by_label("口令", exact=True).fill(WORD)
    page.locator(".st-key-gate_sign button").click()
    outcome(page, "数字经济")
    assert [one[0] for one in own_cluster(app, "示例DK-288")] == ["digital"]
    expect(page.locator(".card-rules")).to_contain_text("申请，赵审 于")
    expect(page.locator(".card-rules")).to_contain_text("占补平衡已批复")
    assert rows(app, "SELECT rule, signed_by, reason FROM override") == [("CT-038", "赵审", "占补平衡已批复")]
    shoot(page, "gate-signed")


def test_of_several_only_the_clean_are_painted_and_the_rest_stays_selected(new_tab, app):
    page = new_tab(size=LAPTOP)
    choose_parcel(page, "示例DK-024")
    page.locator(".st-key-panel").get_by_role("tab", name="选集").click()
    page.locator(".st-key-grow button").click()
    expect(page.locator(".st-key-panel")).to_contain_text("连成一片")
    pick(page, "文化创意")
    expect(gate(page)).to_contain_text("禁止")
    shoot(page, "gate-laptop")
    button = page.locator(".st-key-gate_clean").get_by_role("button")
    count = int(re.findall(r"[0-9]+", button.inner_text())[0])
    button.click()
    outcome(page, f"分配 {count} 宗至「文化创意」")
    painted = rows(
        app,
        "SELECT p.code FROM assignment a JOIN parcels p ON p.id = a.parcel_id JOIN cluster c ON c.id = a.cluster_id "
        "WHERE a.scenario_id = 2 AND c.code = 'culture'",
    )
    assert len(painted) == count
    assert ("示例DK-024",) not in painted
    # what could not be painted is still selected
    expect(gate(page)).to_contain_text("示例DK-024")
