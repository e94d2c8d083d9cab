"""A person at the map: selecting, searching, measuring, with the mouse and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import shapely
from playwright.sync_api import Page, expect

from tests.fabric import EAST, NORTH, made_town, parcel_cells
from tests.journeys.browsing import LAPTOP, violations
from tests.journeys.conftest import NewTab
from tests.journeys.map_hand import Hand
from tests.journeys.running import App

CELLS = parcel_cells(12, 10)
CENTRES = [(c.x - EAST, c.y - NORTH) for c in shapely.centroid(CELLS)]
# the corners of a box that cuts parcels in every way
BOX = (150.0, 130.0, 530.0, 470.0)


@pytest.fixture(scope="module")
def app(start_app: Callable[..., App], tmp_path_factory: pytest.TempPathFactory) -> App:
    path = tmp_path_factory.mktemp("town") / "chantu.sqlite"
    made_town(path)
    return start_app(path)


@pytest.fixture
def hand(page: Page) -> Hand:
    hand = Hand(page)
    hand.ready()
    return hand


def expected(shape: shapely.Geometry, predicate: str) -> list[int]:
    share = shapely.area(shapely.intersection(CELLS, shape)) / shapely.area(CELLS)
    taken = {"within": share > 1 - 1e-9, "majority": share > 0.5, "touches": share > 0}[predicate]
    return [int(row) for row in taken.nonzero()[0]]


def test_a_click_takes_a_parcel_and_control_adds_and_leaves(hand: Hand) -> None:
    mouse = hand.page.mouse
    mouse.click(*hand.at(*CENTRES[40]))
    hand.has_selected(1)
    assert hand.rows() == [40]
    expect(hand.page.get_by_text("DK-00040").first).to_be_visible()
    hand.page.keyboard.down("Control")
    mouse.click(*hand.at(*CENTRES[41]))
    mouse.click(*hand.at(*CENTRES[42]))
    mouse.click(*hand.at(*CENTRES[40]))
    hand.page.keyboard.up("Control")
    hand.has_selected(2)
    assert hand.rows() == [41, 42]
    mouse.click(*hand.at(-60, -60))
    hand.has_selected(0)


def test_what_is_selected_is_painted(hand: Hand) -> None:
    painted = """() => {
        const canvases = [...document.querySelectorAll('.leaflet-chantu-selected-pane canvas')];
        return canvases.some((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0));
    }"""
    assert not hand.page.evaluate(painted)
    hand.page.mouse.click(*hand.at(*CENTRES[50]))
    hand.page.wait_for_function(painted)


def test_a_box_takes_by_the_predicate_on_screen(hand: Hand) -> None:
    west, south, east, north = BOX
    for place, predicate in enumerate(("within", "majority", "touches"), start=1):
        hand.page.keyboard.press("b")
        hand.page.locator(f".chantu-predicate button:nth-child({place})").click()
        hand.drag([hand.at(west, north), hand.at(east, south)])
        wanted = expected(shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north), predicate)
        hand.has_selected(len(wanted))
        assert hand.rows() == wanted


def test_shift_and_drag_is_a_box_without_choosing_a_tool(hand: Hand) -> None:
    hand.page.keyboard.down("Shift")
    hand.drag([hand.at(150, 470), hand.at(530, 130)])
    hand.page.keyboard.up("Shift")
    wanted = expected(shapely.box(EAST + 150, NORTH + 130, EAST + 530, NORTH + 470), "majority")
    hand.has_selected(len(wanted))
    assert hand.rows() == wanted


def test_a_lasso_and_a_polygon_take_the_same(hand: Hand) -> None:
    corners = [(200.0, 120.0), (700.0, 180.0), (640.0, 600.0), (300.0, 520.0)]
    wanted = expected(shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners]), "majority")
    hand.page.keyboard.press("l")
    hand.drag([hand.at(*corner) for corner in (*corners, corners[0])])
    hand.has_selected(len(wanted))
    assert hand.rows() == wanted
    hand.page.keyboard.press("Escape")
    hand.page.keyboard.press("Escape")
    hand.has_selected(0)
    hand.page.keyboard.press("p")
    for corner in corners:
        hand.page.mouse.click(*hand.at(*corner))
    hand.page.keyboard.press("Enter")
    hand.has_selected(len(wanted))
    assert hand.rows() == wanted


def test_the_selection_grows_to_its_neighbours(hand: Hand) -> None:
    hand.page.mouse.click(*hand.at(*CENTRES[65]))
    hand.has_selected(1)
    hand.page.keyboard.press("n")
    shared_m = shapely.length(shapely.intersection(CELLS, CELLS[65]))
    touching = [int(row) for row in (shared_m > 1).nonzero()[0] if row != 65]
    hand.has_selected(len(touching) + 1)
    assert hand.rows() == sorted([*touching, 65])


def test_a_search_flies_there_and_selects(new_tab: NewTab) -> None:
    hand = Hand(new_tab(moving=True))
    hand.ready()
    hand.page.keyboard.press("/")
    expect(hand.page.locator(".chantu-search input")).to_be_focused()
    hand.page.keyboard.type("dk-00007")
    hand.page.locator("#chantu-found li").first.wait_for()
    hand.page.keyboard.press("Enter")
    hand.has_selected(1)
    hand.still()
    assert hand.rows() == [7]
    x, y = hand.at(*CENTRES[7])
    middle = hand.centre()
    assert abs(x - middle[0]) < 160
    assert abs(y - middle[1]) < 160


def test_a_word_typed_over_the_last_one_and_taken_at_once_goes_to_the_new_place(hand: Hand) -> None:
    hand.go_to("DK-00007")
    hand.has_selected(1)
    # the list that opens first still answers the last word
    hand.page.keyboard.press("/")
    hand.page.locator("#chantu-found li").first.wait_for()
    hand.page.keyboard.type("DK-00099")
    hand.page.keyboard.press("Enter")
    expect(hand.page.locator("#chantu-found")).to_be_hidden()
    hand.page.wait_for_function("() => document.querySelector('.chantu-desk').desk.selection.has(99)")
    assert hand.rows() == [99]


def test_distance_and_area_are_measured(hand: Hand) -> None:
    card = hand.page.locator(".chantu-measure")
    hand.page.keyboard.press("g")
    hand.page.mouse.click(*hand.at(0, 0))
    hand.page.mouse.click(*hand.at(600, 0))
    hand.page.keyboard.press("Enter")
    expect(card).to_contain_text("米")
    # a pixel is some metres here
    expect(card.locator(".value").first).to_have_text(re.compile(r"^(59[4-9]|60[0-6])\.\d+ "))
    hand.page.keyboard.press("m")
    expect(card).to_be_hidden()
    for corner in ((0, 0), (600, 0), (600, 400), (0, 400)):
        hand.page.mouse.click(*hand.at(*corner))
    hand.page.keyboard.press("Enter")
    expect(card).to_contain_text("公顷")
    # 600 m × 400 m = 360 亩, within what a pixel is; the figure follows the drawing, so the last one is waited for
    expect(card.locator(".value").first).to_have_text(re.compile(r"^3(5[3-9]|6[0-7])\.\d+ "))
    hand.page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    hand.has_selected(0)


def test_everything_can_be_selected_without_a_mouse(hand: Hand) -> None:
    page = hand.page
    hand.map.focus()
    page.keyboard.press("x")
    expect(page.locator(".chantu-live")).to_contain_text("十字光标")
    page.keyboard.press("Space")
    hand.has_selected(1)
    first = hand.rows()[0]
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".chantu-live")).to_contain_text("DK-")
    page.keyboard.press("Space")
    hand.has_selected(2)
    assert first in hand.rows()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    hand.has_selected(0)
    page.keyboard.press("a")
    hand.has_selected(120)


def test_keys_are_listed_and_are_silent_while_one_types(hand: Hand) -> None:
    page = hand.page
    page.keyboard.press("?")
    dialog = page.locator("dialog.chantu-help")
    expect(dialog).to_be_visible()
    keys = dialog.locator("kbd").all_inner_texts()
    assert {*"BLPNUGM/FTXK?", "Enter", "Esc", "Ctrl Z", "Delete"} <= set(keys)
    assert violations(page, within="dialog.chantu-help") == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.locator(".chantu-search input").click()
    page.keyboard.type("blp")
    expect(page.locator(".chantu-desk")).to_have_attribute("data-tool", "pick")


def test_the_map_fills_the_screen_and_comes_back(hand: Hand) -> None:
    hand.page.keyboard.press("f")
    hand.page.wait_for_function("() => document.fullscreenElement?.classList.contains('chantu-desk')")
    hand.page.keyboard.press("f")
    hand.page.wait_for_function("() => !document.fullscreenElement")


def test_coordinates_are_north_then_east_in_the_storage_system(hand: Hand) -> None:
    hand.page.mouse.move(*hand.at(400, 300))
    words = hand.page.locator(".chantu-position").inner_text().replace(",", "").split()
    assert words[0] == "X(北)"
    assert float(words[1]) == pytest.approx(NORTH + 300, abs=4)
    assert words[2] == "Y(东)"
    assert float(words[3]) == pytest.approx(EAST + 400, abs=4)


def test_layers_are_switched_by_the_legend(hand: Hand) -> None:
    hand.page.mouse.click(*hand.at(*CENTRES[30]))
    hand.has_selected(1)
    parcels = hand.page.get_by_role("checkbox", name="储备地块")
    parcels.uncheck()
    hand.page.mouse.click(*hand.at(*CENTRES[31]))
    assert hand.rows() == [30]
    parcels.check()
    hand.page.mouse.click(*hand.at(*CENTRES[31]))
    assert hand.rows() == [31]


def test_another_theme_fetches_no_tile(hand: Hand) -> None:
    fetched: list[str] = []
    hand.page.on("request", lambda request: fetched.append(request.url))
    entry = hand.page.locator(".chantu-legend .table .name").first
    before = entry.inner_text()
    hand.page.keyboard.press("t")
    expect(entry).not_to_have_text(before)
    assert not [url for url in fetched if "/tiles/" in url or "/state/" in url]


def test_view_and_selection_outlive_another_page_and_no_rerun_builds_the_map_anew(hand: Hand) -> None:
    page = hand.page
    hand.go_to("DK-00100")
    hand.has_selected(1)
    hand.told()
    page.evaluate("() => { document.querySelector('.chantu-map').mark = 'same'; }")
    page.keyboard.press("t")
    hand.told()
    assert page.evaluate("() => document.querySelector('.chantu-map').mark") == "same"
    desk = "document.querySelector('.chantu-desk').desk"
    view = f"() => [{desk}.map.getZoom(), {desk}.map.getCenter().lat, {desk}.map.getCenter().lng]"
    before = page.evaluate(view)
    page.get_by_role("link", name="地块台账").click()
    expect(page.locator(".chantu-desk")).to_have_count(0)
    page.get_by_role("link", name="一张图").click()
    hand.ready()
    hand.has_selected(1)
    assert hand.rows() == [100]
    assert page.evaluate(view) == pytest.approx(before, abs=2e-5)


def test_the_map_is_accessible(hand: Hand, new_tab: NewTab) -> None:
    hand.page.mouse.click(*hand.at(*CENTRES[30]))
    hand.has_selected(1)
    assert violations(hand.page, within=".chantu-desk") == []
    small = Hand(new_tab("/?lang=en", size=LAPTOP))
    small.ready()
    assert violations(small.page, within=".chantu-desk") == []
