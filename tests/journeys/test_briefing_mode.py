"""Briefing mode: the screen is a slide, the address makes it again, keys tell the story, a held key shows the base."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import DESK, LAPTOP, WAIT_MS, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand
from tests.journeys.running import command

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.running import App

VIEW = """() => {
    const { desk } = document.querySelector('.chantu-desk');
    const { lat, lng } = desk.map.getCenter();
    return [lat, lng, desk.map.getZoom()];
}"""
SAID = ("可用储备", "净地可供", "压占管控线", "合计", "需先处置", "内部资料", "草案", "快照", "示例数据", "单位：亩")
CHROME = ('[data-testid="stHeader"]', ".chantu-legend", ".chantu-toolbox", ".chantu-search", ".st-key-language button")
# what runs out of the window, or is cut off
OUT = """nodes => nodes
    .filter(n => !n.closest('.leaflet-container, .unseen') && n.checkVisibility({ opacityProperty: true }))
    .map(n => ({ box: n.getBoundingClientRect(), scroll: n.scrollWidth - n.clientWidth, cls: n.className }))
    .filter(n => n.box.width && (n.box.right > innerWidth + 0.5 || n.box.bottom > innerHeight + 0.5
        || (n.scroll > 1 && /title|told|value|foot/.test(n.cls))))"""
HOSTILE = "近学校 <img src=x onerror=alert(1)> {{7*7}}"


def brief(new_tab, query: str = "scenario=2", **options) -> Page:
    page: Page = new_tab(f"/?mode=brief&{query}", **options)
    shown(page)
    return page


def shown(page: Page) -> None:
    expect(page.locator(".chantu-desk.brief")).to_be_visible(timeout=WAIT_MS)
    wait_for_map(page)
    wait_for_app(page)


def still(page: Page) -> None:
    Hand(page).still()
    wait_for_app(page)


def keep(page: Page, caption: str) -> None:
    page.keyboard.press("s")
    box = page.locator("dialog.chantu-keep input")
    expect(box).to_be_focused()
    box.fill(caption)
    page.keyboard.press("Enter")
    expect(page.locator("dialog.chantu-keep")).to_have_count(0)
    expect(page.locator(".brief-story")).to_contain_text(caption, timeout=WAIT_MS)
    wait_for_app(page)


@pytest.mark.parametrize("size", [DESK, LAPTOP], ids=["1920x1080", "1366x768"])
def test_a_plain_picture_of_the_screen_is_a_slide(new_tab, size):
    page = brief(new_tab, size=size)
    title = page.locator(".brief-title")
    expect(title).to_contain_text(re.compile(r"可用工业用地储备 [\d.]+ 万亩"))
    for words in (
        "可用储备",
        "净地可供",
        "压占管控线",
        "合计",
        "需先处置",
        "内部资料",
        "草案",
        "快照",
        "示例数据",
        "单位：亩",
    ):
        expect(page.locator(".st-key-brief")).to_contain_text(words)
    wide, high = size["width"], size["height"]
    seen = page.locator(".st-key-brief *").evaluate_all(OUT)
    assert seen == []
    for hidden in (
        '[data-testid="stHeader"]',
        ".chantu-legend",
        ".chantu-toolbox",
        ".chantu-search",
        ".st-key-language button",
    ):
        expect(page.locator(hidden).first).to_be_hidden()
    expect(page.locator(".chantu-brief-bar")).to_have_css("opacity", "0")
    box = page.locator(".chantu-desk").bounding_box()
    assert box is not None
    assert box["width"] > 0.65 * wide
    assert box["height"] > 0.78 * high
    shoot(page, f"brief-{wide}")
    assert violations(page, within=".st-key-brief") == []


def test_the_numbers_are_those_of_the_slide_in_print(new_tab, app, tmp_path):
    page = brief(new_tab)
    foot = page.locator(".brief-foot").inner_text()
    command(
        "brief",
        "--scenario",
        "2",
        "--out",
        str(tmp_path / "a.png"),
        "--keep",
        str(tmp_path / "a.brief"),
        database=app.database,
    )
    from briefing import rendering  # noqa: PLC0415 - heavy, and of this test alone
    from briefing.slide import Bars  # noqa: PLC0415
    from briefing.snapshot import unpacked  # noqa: PLC0415

    snapshot = unpacked((tmp_path / "a.brief").read_bytes())
    slide = rendering.composed(snapshot, rendering.Order())
    assert f"快照 {snapshot.id}" in foot
    expect(page.locator(".brief-title")).to_have_text(slide.title)
    told = page.locator(".brief-kpi .figure").all_inner_texts()
    assert told == [one.figure.text for one in slide.kpis]
    assert isinstance(slide.pieces[0], Bars)
    bars = page.locator(".brief-bars tr:not(.sum) td.figure:not(.count)").all_inner_texts()
    assert bars == [row.value for row in slide.pieces[0].rows]
    assert page.locator(".brief-call").inner_text().split("\n")[0] == slide.callout.lead


def test_the_address_makes_it_again_on_any_screen(new_tab):
    page = brief(new_tab, "scenario=2&template=progress")
    page.locator(".chantu-map").focus()
    page.keyboard.press("+")
    still(page)
    page.keyboard.press("t")
    expect(page.locator(".brief-over h2").first).to_contain_text("地块大小", timeout=WAIT_MS)
    page.wait_for_url(re.compile("theme=area"))
    still(page)
    query = page.url.partition("?")[2]
    bounds = "() => document.querySelector('.chantu-desk').desk.map.getBounds().toBBoxString()"
    there = [float(one) for one in page.evaluate(bounds).split(",")]
    other = new_tab(f"/?{query}", size=LAPTOP)
    shown(other)
    expect(other.locator(".brief-title")).to_have_text(page.locator(".brief-title").inner_text())
    expect(other.locator(".brief-over h2").first).to_contain_text("地块大小")
    here = [float(one) for one in other.evaluate(bounds).split(",")]
    # the same ground, but for the panel that is a little wider on a small screen
    assert here == pytest.approx(there, abs=0.06 * (there[2] - there[0]))
    # within a pixel
    assert other.evaluate(VIEW)[:2] == pytest.approx(page.evaluate(VIEW)[:2], abs=4e-4)
    assert re.findall("at=[^&]+", other.url) == re.findall("at=[^&]+", page.url)


def test_a_story_is_kept_and_told_by_keys(new_tab, app: App):
    page = brief(new_tab, "scenario=2&template=park&park=芯片产业园")
    keep(page, "芯片园区")
    first = page.evaluate(VIEW)
    page.keyboard.press("0")
    for _ in range(3):
        page.keyboard.press("-")
    still(page)
    keep(page, HOSTILE[:40])
    assert page.locator(".brief-story").inner_text().endswith(HOSTILE[:40])
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".brief-story")).to_contain_text("1/2", timeout=WAIT_MS)
    still(page)
    assert page.evaluate(VIEW) == pytest.approx(first, abs=1e-3)
    page.keyboard.press("PageUp")
    expect(page.locator(".chantu-live")).to_have_text("已是第一个视图")
    # who opens the address stands at the same view
    again = new_tab(f"/?{page.url.partition('?')[2]}")
    shown(again)
    expect(again.locator(".brief-story")).to_contain_text("芯片园区")
    assert again.evaluate(VIEW) == pytest.approx(first, abs=1e-3)
    with sqlite3.connect(app.database) as conn:
        verbs = [row[0] for row in conn.execute("SELECT verb FROM audit WHERE verb LIKE '%view%' ORDER BY seq")]
    assert verbs == ["save_view", "save_view"]


def test_the_base_shows_while_a_key_is_held(new_tab):
    page = brief(new_tab)
    page.keyboard.down("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(1)
    expect(page.locator(".chantu-live")).to_contain_text("现状")
    page.keyboard.up("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(0)


def test_no_key_of_the_desk_changes_anything_here(new_tab, app: App):
    page = new_tab("/?scenario=2")
    Hand(page).go_to("示例DK-016")
    expect(page.locator(".chantu-chip")).to_be_visible()
    page.get_by_role("button", name="汇报模式").first.click()
    shown(page)
    with sqlite3.connect(app.database) as conn:
        before = conn.execute("SELECT count(*) FROM audit").fetchone()
    for key in ("1", "Enter", "Delete", "k", "u", "c"):
        page.keyboard.press(key)
    wait_for_app(page)
    with sqlite3.connect(app.database) as conn:
        assert conn.execute("SELECT count(*) FROM audit").fetchone() == before


def test_in_from_the_desk_and_out_by_escape(new_tab):
    page = new_tab("/?scenario=2")
    Hand(page).go_to("示例DK-016")
    Hand(page).still()
    there = page.evaluate(VIEW)
    page.get_by_role("button", name="汇报模式").first.click()
    shown(page)
    page.wait_for_url(re.compile("mode=brief"))
    # what the desk showed is what the slide shows
    assert page.evaluate(VIEW) == pytest.approx(there, abs=1e-3)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-tools")).to_be_visible(timeout=WAIT_MS)
    wait_for_map(page)
    assert "mode=brief" not in page.url
    # the selection is where it was
    expect(page.locator(".chantu-chip")).to_be_visible()


def test_from_the_page_of_briefings(new_tab):
    page = new_tab("/briefing?scenario=2")
    page.get_by_role("combobox", name="模板", exact=True).click()
    page.get_by_role("option", name="储备进度").click()
    wait_for_app(page)
    views = page.locator('[class*="st-key-story_name_"] input')
    expect(views.first).to_have_value("芯片园区")
    page.locator('[class*="st-key-story_down_"] button').first.click()
    expect(views.nth(1)).to_have_value("芯片园区", timeout=WAIT_MS)
    views.nth(1).fill("芯片产业园")
    views.nth(1).press("Enter")
    wait_for_app(page)
    shoot(page, "brief-story")
    page.locator('[class*="st-key-story_gone_"] button').first.click()
    expect(views).to_have_count(1, timeout=WAIT_MS)
    expect(views.first).to_have_value("芯片产业园")
    page.locator(".st-key-story_start button").click()
    shown(page)
    expect(page.locator(".brief-title")).to_contain_text("已入库")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".brief-story")).to_contain_text("1/1　芯片产业园", timeout=WAIT_MS)
