"""The main job: select, paint, see the sums change, take it back; two people at once; nothing lost."""

from __future__ import annotations

import re
import sqlite3
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.journeys.browsing import WAIT_MS, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand


def ready(page) -> Hand:
    wait_for_map(page)
    return Hand(page)


def pick(page, name: str) -> None:
    button = page.locator(".st-key-brush_clusters").get_by_role("button", name=re.compile(rf"^\d {name}$"))
    button.click()
    expect(page.locator(".st-key-paint").get_by_role("button")).to_be_enabled()


def paint(page) -> None:
    page.locator(".st-key-paint").get_by_role("button").click()


def outcome(page, words: str) -> None:
    expect(page.locator(".st-key-outcome p[role]")).to_contain_text(words)


def scenario(page):
    return page.get_by_role("combobox", name="方案", exact=True)


def choose_parcel(page, code: str) -> None:
    hand = ready(page)
    hand.go_to(code)
    expect(page.locator(".parcel-line")).to_contain_text(code)


def overview(page) -> dict[str, tuple[str, str]]:
    page.locator(".st-key-panel").get_by_role("tab").first.click()
    expect(page.locator("table.bars").first).to_be_visible()
    # read at one go: the panel may be drawn anew between two questions
    rows = page.locator("table.bars").first.evaluate(
        """table => [...table.tBodies[0].rows].map(row => [
             [...row.querySelectorAll("th span")].at(-1).innerText,
             ...[...row.querySelectorAll("td.figure")].map(cell => cell.innerText),
        ])"""
    )
    return {name: (mu, count) for name, mu, count in rows}


def sql_mu(database, scenario: int, cluster: str | None) -> Decimal:
    """The sum by plain SQL over the tables: the scenario's own row, else the base's."""
    with sqlite3.connect(database) as conn:
        names = dict(conn.execute("SELECT id, name_zh FROM cluster"))
        own = {p: (c, i) for p, c, i in conn.execute(
            "SELECT parcel_id, cluster_id, inherits FROM assignment WHERE scenario_id = ?", (scenario,))}  # fmt: skip
        base = dict(conn.execute("SELECT parcel_id, cluster_id FROM assignment WHERE scenario_id = 1"))
        total = Decimal(0)
        for key, area in conn.execute("SELECT id, area_m2 FROM parcels WHERE valid_to IS NULL"):
            held = own.get(key)
            effective = base.get(key) if held is None or held[1] else held[0]
            if names.get(effective) == cluster:
                total += Decimal(str(area)).quantize(Decimal("0.01"))
    return total * Decimal("0.0015")


def shown_mu(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def test_painting_changes_the_sums_and_undo_gives_them_back(page, app):
    choose_parcel(page, "示例DK-005")
    before = overview(page)
    pick(page, "大健康")
    paint(page)
    outcome(page, "大健康")
    after = overview(page)
    assert int(after["大健康"][1]) == int(before["大健康"][1]) + 1
    assert int(after["未分配"][1]) == int(before["未分配"][1]) - 1
    for name, (mu, _) in after.items():
        exact = sql_mu(app.database, 2, None if name == "未分配" else name)
        places = Decimal(1) if exact >= 100 else Decimal("0.01")
        expected = exact.quantize(places, "ROUND_HALF_UP")
        assert (Decimal(0) if mu == "—" else shown_mu(mu)) == expected, name
    page.locator(".st-key-undo_last button").click()
    outcome(page, "已撤销")
    assert overview(page) == before


COLOUR = "document.querySelector('.chantu-desk').desk.state.cluster"


def colour(page, row: int) -> int:
    return int(page.evaluate(f"(row) => {COLOUR}[row]", row))


def becomes(page, row: int, cluster: int) -> None:
    page.wait_for_function(f"([row, cluster]) => {COLOUR}[row] === cluster", arg=[row, cluster], timeout=WAIT_MS)


@pytest.mark.parametrize("by", ["key", "button"])
def test_a_stroke_colours_at_once_and_an_others_change_takes_it_back(new_tab, by):
    mine, theirs = new_tab(), new_tab()
    for page in (mine, theirs):
        choose_parcel(page, "示例DK-019")
    row = Hand(mine).rows()[0]
    before = colour(mine, row)
    pick(theirs, "光电光伏")
    paint(theirs)
    outcome(theirs, "光电光伏")
    pick(mine, "高端装备制造")
    mine.wait_for_function("() => document.querySelector('.chantu-desk').desk.brush === 1", timeout=WAIT_MS)
    # the colour in the very task of the stroke: the server cannot have answered yet
    at_once = mine.evaluate(
        """([row, by]) => {
            const { desk } = document.querySelector('.chantu-desk');
            const key = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
            if (by === 'key') desk.map.getContainer().dispatchEvent(key);
            else document.querySelector('.st-key-paint button').click();
            return desk.state.cluster[row];
        }""",
        [row, by],
    )
    assert at_once == 1
    expect(mine.get_by_role("dialog")).to_contain_text("示例DK-019")
    # as it stood, or as the other made it when that was seen already
    mine.wait_for_function(
        f"([row, known]) => known.includes({COLOUR}[row])", arg=[row, [before, colour(theirs, row)]], timeout=WAIT_MS
    )
    mine.locator(".st-key-all_mine button").click()
    expect(mine.locator(".parcel-cluster")).to_contain_text("高端装备制造")
    becomes(mine, row, 1)
    mine.locator(".st-key-revert button").click()
    outcome(mine, "恢复")
    becomes(mine, row, before)


def test_undo_and_redo_by_the_keyboard(page):
    choose_parcel(page, "示例DK-011")
    before = overview(page)
    pick(page, "现代物流")
    paint(page)
    outcome(page, "现代物流")
    painted = overview(page)
    page.locator(".chantu-map").focus()
    page.keyboard.press("Control+z")
    outcome(page, "已撤销")
    assert overview(page) == before
    page.locator(".chantu-map").focus()
    page.keyboard.press("Control+y")
    outcome(page, "已重做")
    assert overview(page) == painted


def test_what_was_painted_outlives_a_reload_and_shows_in_another_browser(page, new_tab):
    choose_parcel(page, "示例DK-014")
    pick(page, "数字经济")
    paint(page)
    outcome(page, "数字经济")
    painted = overview(page)
    page.reload()
    wait_for_app(page)
    ready(page)
    assert overview(page) == painted
    other = new_tab()
    ready(other)
    assert overview(other) == painted
    other.locator(".st-key-undo").get_by_role("button").click()
    outcome(other, "已撤销")


def test_the_keyboard_alone_picks_and_paints(page):
    choose_parcel(page, "示例DK-016")
    page.locator(".chantu-map").focus()
    page.keyboard.press("4")
    expect(page.locator(".st-key-paint").get_by_role("button")).to_be_enabled()
    page.locator(".chantu-map").focus()
    page.keyboard.press("Enter")
    outcome(page, "芯片半导体")


def test_a_new_scenario_is_painted_apart_from_the_others(page):
    ready(page)
    first = overview(page)
    page.get_by_role("button", name="方案管理").click()
    page.get_by_role("textbox", name="名称", exact=True).fill("示例方案二")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="新建方案（从现状起）").click()
    expect(scenario(page)).to_have_value("示例方案二")
    page.keyboard.press("Escape")
    choose_parcel(page, "示例DK-005")
    pick(page, "针织服装")
    paint(page)
    outcome(page, "针织服装")
    own = overview(page)
    scenario(page).click()
    page.get_by_role("option", name="方案一", exact=True).click()
    expect(scenario(page)).to_have_value("方案一")
    # the choice stands in the box before the panel is drawn anew
    figures = [text for mu_and_count in first.values() for text in mu_and_count]
    expect(page.locator("table.bars").first.locator("tbody td.figure")).to_have_text(figures)
    assert own != first


def test_the_base_is_read_only_and_says_how_to_go_on(page):
    ready(page)
    scenario(page).click()
    page.get_by_role("option", name="现状", exact=True).click()
    expect(page.locator(".st-key-brush")).to_contain_text("只供查看")
    expect(page.locator(".st-key-paint")).to_have_count(0)
    page.locator(".st-key-new_from_base button").click()
    expect(page.locator(".st-key-brush_clusters")).to_be_visible()
    expect(scenario(page)).not_to_have_value("现状")


def test_going_from_one_unassigned_parcel_to_the_next(page):
    ready(page)
    seen: list[str] = []
    for _ in range(3):
        page.locator(".st-key-next_unassigned button").click()
        for code in seen:
            expect(page.locator(".parcel-line")).not_to_contain_text(code)
        expect(page.locator(".parcel-cluster")).to_contain_text("未分配")
        seen.append(page.locator(".parcel-line").inner_text().split(" ")[0])
    assert len(set(seen)) == 3


def test_a_neighbour_on_the_card_leads_to_its_own_card(page):
    choose_parcel(page, "示例DK-006")
    neighbour = page.locator(".st-key-neighbours button").first
    code = neighbour.inner_text().split(" ")[0]
    neighbour.click()
    expect(page.locator(".parcel-line")).to_contain_text(code)


def test_a_locked_parcel_is_left_and_told(page):
    choose_parcel(page, "示例DK-010")
    page.locator(".st-key-lock button").click()
    outcome(page, "锁定 1 宗")
    pick(page, "大健康")
    paint(page)
    outcome(page, "已锁定")
    expect(page.locator(".parcel-cluster")).to_contain_text("未分配")
    page.locator(".st-key-unlock button").click()
    outcome(page, "解锁 1 宗")


@pytest.mark.parametrize(("choice", "stands"), [("all_mine", "高端装备制造"), ("all_theirs", "光电光伏")])
def test_two_people_at_one_parcel_are_asked_and_nothing_is_lost(new_tab, choice, stands):
    mine, theirs = new_tab(), new_tab()
    for page in (mine, theirs):
        choose_parcel(page, "示例DK-018")
    pick(theirs, "光电光伏")
    paint(theirs)
    outcome(theirs, "光电光伏")
    pick(mine, "高端装备制造")
    paint(mine)
    dialog = mine.get_by_role("dialog")
    expect(dialog).to_contain_text("示例DK-018")
    expect(dialog).to_contain_text("光电光伏")
    expect(dialog).to_contain_text("高端装备制造")
    mine.keyboard.press("Escape")
    expect(mine.locator(".st-key-pending")).to_be_visible()
    mine.locator(".st-key-take_up button").click()
    mine.locator(f".st-key-{choice} button").click()
    expect(mine.get_by_role("dialog")).to_have_count(0)
    expect(mine.locator(".parcel-cluster")).to_contain_text(stands)
    # back to where the next pair of people begins
    mine.locator(".st-key-revert button").click()
    outcome(mine, "恢复")


def test_keys_pressed_faster_than_the_server_answers_are_all_obeyed_in_order(page, app):
    choose_parcel(page, "示例DK-009")
    page.locator("[data-chantu-map]").focus()
    # no waiting in between: choose, paint, undo, choose another, paint
    for key in ("3", "Enter", "Control+z", "4", "Enter"):
        page.keyboard.press(key)
    outcome(page, "芯片半导体")
    with sqlite3.connect(app.database) as conn:
        kinds = conn.execute("SELECT kind, status FROM command ORDER BY id DESC LIMIT 2").fetchall()
    assert kinds == [("assign", "done"), ("assign", "discarded")]
