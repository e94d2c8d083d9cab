"""The page of scenarios: two on one map, merged, reviewed by two, remarked on; and what a colleague changes."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from statistics import median
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from planning import commenting
from planning import scenarios as scenarios_of
from planning.actors import Actor
from planning.atlas import Atlas
from store.database import Database
from tests.conftest import REPOSITORY
from tests.journeys.browsing import LAPTOP, WAIT_MS, shoot, violations, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand
from tests.journeys.running import command, environment
from tests.journeys.test_painting import becomes, choose_parcel, colour, outcome, paint, pick
from tests.people_here import enter

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.journeys.running import App

MINE = ("示例DK-005", "示例DK-011")
WORDS = "eight or more"
WANG = Actor("王工", "app")
HOSTILE = "离学校太近 <img src=x onerror=alert(1)> {{7*7}} $x$"


@pytest.fixture(scope="module")
def app(start_app):
    """Two drafts that went apart: 甲 and 乙 differ in two parcels, and are in conflict over one."""
    served = start_app()
    for name in ("甲", "乙", "丙"):
        command("scenario", "new", name, database=served.database)
    command("assign", "--scenario", "甲", "--cluster", "health", "--codes", ",".join(MINE), database=served.database)
    command("assign", "--scenario", "乙", "--cluster", "digital", "--codes", MINE[0], database=served.database)
    with closing(Database.open(served.database_url)) as db:
        enter(db, {"李工": ["planner"], "王工": ["reviewer"]}, WORDS)
    return served


def scenarios(new_tab, app: App, shown: str, other: str, **options) -> Page:
    with sqlite3.connect(app.database) as conn:
        ids = dict(conn.execute("SELECT name, id FROM scenario"))
    page: Page = new_tab(f"/scenarios?scenario={ids[shown]}", **options)
    wait_for_map(page)
    if other != "现状":
        choose(page, "对照方案", f"对照：{other}")
    return page


def choose(page: Page, box: str, name: str) -> None:
    page.get_by_role("combobox", name=box, exact=True).click()
    page.get_by_role("option", name=name).first.click()
    expect(page.get_by_role("combobox", name=box, exact=True)).to_have_value(re.compile(f"^{name}"))
    wait_for_app(page)


def front(page: Page, name: str) -> None:
    page.locator(".st-key-scenario_panel").get_by_role("tab", name=name, exact=True).click()
    expect(page.get_by_role("tab", name=name, exact=True)).to_have_attribute("aria-selected", "true")
    wait_for_app(page)


def see(page: Page, how: str) -> None:
    page.locator(".st-key-scenario_seen").get_by_text(how, exact=True).click()
    wait_for_app(page)


def said(page: Page, words: str, role: str = "status") -> None:
    line = page.locator(f'.st-key-scenario_panel p.{"done" if role == "status" else "alert"}[role="{role}"]')
    expect(line.first).to_contain_text(words, timeout=WAIT_MS)


def pixels(page: Page, pane: str, row: int) -> str:
    """The colour at the middle of a parcel on the canvases of one pane: what a person sees there of one scenario."""
    return str(page.evaluate(
        """([pane, row]) => {
            const { desk } = document.querySelector('.chantu-desk');
            for (const group of [desk.groups.get('parcels'), ...desk.compare.twin.groups.values()]) {
                if (group.options.pane !== pane) continue;
                for (const tile of group.held.values()) {
                    const signs = tile.layers?.get('a');
                    for (let i = 0; i < (signs?.count ?? 0); i++) {
                        if (signs.ids[i] !== row) continue;
                        const ratio = tile.canvas.width / 512;
                        const x = signs.xy[2 * i] / 8 * ratio, y = signs.xy[2 * i + 1] / 8 * ratio + 14 * ratio;
                        return [...tile.canvas.getContext('2d').getImageData(x, y, 1, 1).data].join();
                    }
                }
            }
            return '';
        }""",
        [pane, row],
    ))  # fmt: skip


def test_two_scenarios_on_one_map_and_in_figures(new_tab, app):
    page = scenarios(new_tab, app, "甲", "乙")
    front(page, "对比")
    expect(page.locator("p.looked[role=status]")).to_contain_text("有 2 宗不同")
    table = page.locator("table.compared")
    expect(table).to_contain_text("大健康")
    hand = Hand(page)
    hand.go_to(MINE[0])
    expect(hand.chip).to_have_attribute("data-count", "1")
    row = hand.rows()[0]
    # the two pictures lie over one another: each has its own colour for the same parcel
    page.wait_for_function(
        "() => document.querySelector('.chantu-desk').desk.compare.twin.groups.get('parcels')?.held.size > 0"
    )
    hand.still()
    before = pixels(page, "chantu-before", row)
    after = pixels(page, "chantu-parcels", row)
    assert before
    assert after
    assert before != after
    handle = page.get_by_role("slider", name="左右拖动")
    at = int(handle.get_attribute("aria-valuenow") or 0)
    handle.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuenow", str(at + 10))
    shoot(page, "scenarios-swipe")


def test_the_second_picture_fetches_no_tile_and_both_maps_move_together(new_tab, app):
    page = scenarios(new_tab, app, "甲", "乙")
    Hand(page).still()
    tiles: list[str] = []
    page.on("request", lambda request: tiles.append(request.url) if "/tiles/parcels/" in request.url else None)
    see(page, "只看方案")
    page.locator(".chantu-map").focus()
    page.keyboard.down("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(1)
    page.keyboard.up("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(0)
    assert tiles == []
    see(page, "两图并列")
    expect(page.locator(".chantu-twin .leaflet-tile").first).to_be_attached()
    where = """() => {
        const { desk } = document.querySelector('.chantu-desk');
        const far = (a, b) => a.latLngToContainerPoint(b.getCenter()).distanceTo(a.getSize().divideBy(2));
        return [far(desk.map, desk.compare.second), desk.map.getZoom() - desk.compare.second.getZoom()];
    }"""
    page.locator(".chantu-map").focus()
    for key in ("ArrowLeft", "ArrowDown", "+"):
        page.keyboard.press(key)
    Hand(page).still()
    # the second map follows when the first has come to rest
    page.wait_for_function(
        f"() => {{ const [far, zoom] = ({where})(); return far < 2 && zoom === 0; }}", timeout=WAIT_MS
    )
    shoot(page, "scenarios-split")


def test_the_base_shows_on_the_desk_while_a_key_is_held(new_tab, app):
    with sqlite3.connect(app.database) as conn:
        (scenario,) = conn.execute("SELECT id FROM scenario WHERE name = '甲'").fetchone()
    page = new_tab(f"/?scenario={scenario}")
    choose_parcel(page, MINE[0])
    row = Hand(page).rows()[0]
    mine = pixels(page, "chantu-parcels", row)
    page.locator(".chantu-map").focus()
    page.keyboard.down("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(1)
    page.wait_for_function(
        "() => document.querySelector('.chantu-desk').desk.compare.twin.groups.get('parcels')?.isLoading() === false"
    )
    assert pixels(page, "chantu-before", row) != mine
    page.keyboard.up("v")
    expect(page.locator('.chantu-desk[data-before="shown"]')).to_have_count(0)


def test_a_merge_asks_for_each_conflict_and_can_be_taken_back(new_tab, app):
    page = scenarios(new_tab, app, "乙", "甲")
    front(page, "合并")
    expect(page.locator("table.merge-counts")).to_contain_text("双方改得不同，要你定")
    do = page.locator(".st-key-merge_do").get_by_role("button")
    expect(do).to_be_disabled()
    page.get_by_text("全部用对方的", exact=True).click()
    expect(do).to_be_enabled()
    expect(do).to_contain_text("合入 2 宗")
    shoot(page, "scenarios-merge")
    do.click()
    said(page, "已合入 2 宗")
    front(page, "对比")
    expect(page.locator("p.looked[role=status]")).to_contain_text("有 0 宗不同")
    front(page, "合并")
    page.locator(".st-key-merge_undo button").click()
    said(page, "已撤销合入")
    front(page, "对比")
    expect(page.locator("p.looked[role=status]")).to_contain_text("有 2 宗不同")


def sign(page: Page, form: str, who: str, verb: str, note: str = "", words: str = WORDS) -> None:
    box = page.locator(f".st-key-review_who_{form}")
    expect(box.get_by_role("combobox")).to_have_value(who, timeout=WAIT_MS)
    page.locator(f".st-key-review_words_{form} input").fill(words)
    page.locator(f".st-key-review_note_{form} textarea").fill(note)
    page.locator(f".st-key-review_do_{verb} button").click()


def test_one_submits_and_another_sends_it_back(new_tab, app):
    mine = scenarios(new_tab, app, "丙", "现状")
    front(mine, "审核")
    sign(mine, "submit", "李工", "submit", "请审", words="wrong words")
    said(mine, "口令不对", role="alert")
    sign(mine, "submit", "李工", "submit", "请审")
    said(mine, "已送审")
    told = [sys.executable, "-m", "cli", "scenario", "send-back", "丙", "--by", "王工", "--reason", "近学校的两宗再议"]
    subprocess.run(told, cwd=REPOSITORY, env=environment(app.database), input=WORDS, text=True, check=True)
    # who submitted sees it without asking
    expect(mine.locator("ol.history")).to_contain_text("近学校的两宗再议", timeout=WAIT_MS)
    expect(mine.locator(".st-key-review_do_submit button")).to_be_visible(timeout=WAIT_MS)


def test_what_one_submitted_another_publishes(new_tab, app):
    told = [sys.executable, "-m", "cli", "scenario", "submit", "丙", "--by", "李工"]
    subprocess.run(told, cwd=REPOSITORY, env=environment(app.database), input=WORDS, text=True, check=True)
    theirs = scenarios(new_tab, app, "丙", "现状")
    front(theirs, "审核")
    sign(theirs, "publish_send_back", "王工", "publish")
    said(theirs, "已发布")
    expect(theirs.locator("dl.facts")).to_contain_text("内容编号")
    with theirs.expect_download() as download:
        theirs.locator(".st-key-review_file button").click()
    assert download.value.path().read_bytes()[:4] == b"PAR1"
    shoot(theirs, "scenarios-published")


def test_a_remark_is_pinned_answered_and_settled(new_tab, app):
    page = scenarios(new_tab, app, "甲", "现状", size=LAPTOP)
    front(page, "意见")
    Hand(page).go_to(MINE[1])
    expect(page.locator(".st-key-remark_form")).to_contain_text(MINE[1])
    page.locator(".st-key-remark_body textarea").fill(HOSTILE)
    page.locator(".st-key-remark_add button").click()
    said(page, "意见已记下")
    flag = page.locator(".chantu-remark")
    expect(flag).to_have_count(1)
    expect(page.locator(".remark-body")).to_have_text(HOSTILE)
    page.locator(".st-key-remark_place button").click()
    expect(page.locator(".st-key-remark_form")).to_contain_text("请在图上单击一点")
    page.wait_for_function("() => document.querySelector('.chantu-desk').desk.data.placing")
    x, y = Hand(page).centre()
    # beside the flag of the first
    page.mouse.click(x - 150, y + 90)
    expect(page.locator(".st-key-remark_form")).to_contain_text("将钉在 X(北)", timeout=WAIT_MS)
    page.locator(".st-key-remark_body textarea").fill("此处有高压线")
    page.locator(".st-key-remark_add button").click()
    expect(flag).to_have_count(2)
    page.locator(".st-key-remark_pick_1 button").click()
    page.locator(".st-key-remark_answer_1 input").fill("已改")
    page.locator(".st-key-remark_send button").click()
    said(page, "回复已记下")
    page.locator('[class*="st-key-remark_settle_1"] button').click()
    said(page, "已处理")
    expect(page.locator(".chantu-remark.settled")).to_have_count(1)
    shoot(page, "scenarios-remarks")
    assert violations(page, within=".st-key-scenario_panel") == []


def test_a_remark_at_a_place_is_opened_answered_and_settled_on_the_desk(new_tab, app):
    with closing(Database.open(app.database_url)) as db:
        atlas = Atlas(db)
        point = atlas.parcels().geoms[0].centroid
        ours = scenarios_of.find(db, "乙").id
        made = commenting.add(db, actor=WANG, scenario_id=ours, body=HOSTILE, place=(point.x + 60, point.y))
        code = str(atlas.parcels().codes[0])
    page = new_tab(f"/?scenario={ours}")
    wait_for_map(page)
    choose_parcel(page, code)
    page.locator(".chantu-remark").click()
    panel = page.locator(".st-key-desk_remark")
    expect(panel.locator(".remark-body")).to_have_text(HOSTILE, timeout=WAIT_MS)
    expect(page.locator(".chantu-remark.chosen")).to_have_count(1)
    # what is selected stays selected
    assert len(Hand(page).rows()) == 1
    answer = panel.get_by_role("textbox", name="回复")
    answer.fill("已改线")
    panel.locator(".st-key-desk_remark_send button").click()
    expect(panel.locator(".remark-answer")).to_contain_text("已改线", timeout=WAIT_MS)
    expect(answer).to_have_value("")
    shoot(page, "desk-remark")
    assert violations(page, within=".st-key-desk_remark") == []
    panel.locator(".st-key-desk_remark_settle button").click()
    expect(panel).to_contain_text("已处理", timeout=WAIT_MS)
    expect(page.locator(".chantu-remark")).to_have_count(0)
    panel.locator(".st-key-desk_remark_close button").click()
    expect(panel).to_have_count(0)
    with closing(Database.open(app.database_url)) as db:
        (thread,) = [one for one in commenting.threads(db, ours) if one.first.id == made.id]
    assert not thread.is_open
    assert [one.body for one in thread.answers] == ["已改线"]


def test_what_changed_since_a_day(new_tab, app):
    page = scenarios(new_tab, app, "甲", "现状", size=LAPTOP)
    front(page, "改动")
    expect(page.locator("p.looked[role=status]")).to_contain_text("处改动")
    page.locator(".st-key-changes_all button").click()
    expect(Hand(page).chip).to_be_visible()
    shoot(page, "scenarios-changes")


def test_a_colleagues_change_is_seen_and_nothing_in_hand_is_lost(new_tab):
    mine, theirs = new_tab(), new_tab()
    choose_parcel(mine, "示例DK-016")
    choose_parcel(theirs, "示例DK-020")
    row = Hand(theirs).rows()[0]
    reason = mine.locator(".st-key-brush_reason input")
    reason.click()
    mine.keyboard.type("写了一半")
    seen = colour(mine, row)
    theirs.locator(".st-key-brush_clusters").get_by_role("button", name=re.compile("现代物流$")).click()
    expect(theirs.get_by_placeholder("分配至「现代物流」")).to_be_visible(timeout=WAIT_MS)
    paint(theirs)
    outcome(theirs, "现代物流")
    # nothing is pressed here
    mine.wait_for_function(
        "([row, seen]) => document.querySelector('.chantu-desk').desk.state.cluster[row] !== seen",
        arg=[row, seen], timeout=WAIT_MS,
    )  # fmt: skip
    becomes(mine, row, colour(theirs, row))
    expect(reason).to_have_value("写了一半")
    expect(reason).to_be_focused()
    assert len(Hand(mine).rows()) == 1
    news = mine.locator(".st-key-load_others button")
    expect(news).to_contain_text("改了 1 宗", timeout=WAIT_MS)
    # nothing else is on its way to the app that would have the panel drawn
    mine.keyboard.press("Tab")
    wait_for_app(mine)
    news.click()
    expect(mine.locator(".parcel-line")).to_contain_text("示例DK-020", timeout=WAIT_MS)
    expect(news).to_have_count(0)


# in the browser, by its own clock: the parcels of a cluster in the legend have become others
FIGURE_AT = """(name) => {
    const read = () => [...document.querySelectorAll('.chantu-legend .table .row')]
        .find((row) => row.querySelector('.name')?.innerText === name)?.querySelector('.count').innerText ?? '0';
    const before = read();
    window.seenAt = null;
    const look = () => {
        if (read() === before) requestAnimationFrame(look);
        else window.seenAt = performance.timeOrigin + performance.now();
    };
    look();
}"""
# a stroke is confirmed: the words beside the brush name its cluster
WORDS_AT = """(name) => {
    window.seenAt = null;
    const look = () => {
        if (!document.querySelector('.st-key-outcome p[role]')?.innerText.includes(name)) requestAnimationFrame(look);
        else window.seenAt = performance.timeOrigin + performance.now();
    };
    look();
}"""
STROKES = ("文化创意", "现代物流")


def test_how_soon_a_colleagues_stroke_is_seen(new_tab, record_property):
    """From the words that confirm it there to the figure of the legend here, with a selection and words half typed."""
    mine, theirs = new_tab(), new_tab()
    choose_parcel(mine, "示例DK-016")
    choose_parcel(theirs, "示例DK-020")
    kept = Hand(mine).rows()
    reason = mine.locator(".st-key-brush_reason input")
    reason.click()
    mine.keyboard.type("写了一半")
    taken = []
    for name in STROKES:
        pick(theirs, name)
        mine.evaluate(FIGURE_AT, name)
        theirs.evaluate(WORDS_AT, name)
        paint(theirs)
        for page in (theirs, mine):
            page.wait_for_function("() => window.seenAt !== null", timeout=WAIT_MS)
        taken.append((mine.evaluate("window.seenAt") - theirs.evaluate("window.seenAt")) / 1000)
        expect(reason).to_have_value("写了一半")
        expect(reason).to_be_focused()
        assert Hand(mine).rows() == kept
    told = f"median {median(taken):.2f} s, longest {max(taken):.2f} s of {len(taken)}"
    record_property("seen_by_a_colleague", told)
    sys.stdout.write(f"seen by a colleague after: {told}\n")
    # far above the aim of 2 s: a busy machine is no fault
    assert max(taken) < 10
