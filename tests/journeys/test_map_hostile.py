"""Names that would do harm if they were taken for anything but text, shown everywhere that the map shows a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from playwright.sync_api import Page, expect

from tests.fabric import EAST, NORTH, made_town, parcel_cells
from tests.journeys.map_hand import Hand
from tests.journeys.running import App

CENTRES = [(c.x - EAST, c.y - NORTH) for c in shapely.centroid(parcel_cells(12, 10))]
NAMES = (
    '<img src=x onerror="document.body.dataset.fired=1">', "{{7*7}}", "{%if 1%}", "${document.body.dataset.fired=1}",
    "</script><script>document.body.dataset.fired=1</script>", "![x](http://evil.test/x.png)", "`${1}`", "{#",
)  # fmt: skip


@pytest.fixture(scope="module")
def app(start_app: Callable[..., App], tmp_path_factory: pytest.TempPathFactory) -> App:
    path = tmp_path_factory.mktemp("hostile") / "chantu.sqlite"
    made_town(path, names=NAMES)
    return start_app(path)


@pytest.fixture
def hand(page: Page) -> Hand:
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    hand = Hand(page)
    hand.ready()
    return hand


def nothing_happened(page: Page) -> None:
    assert page.evaluate("() => document.body.dataset.fired ?? null") is None
    assert page.evaluate("() => document.querySelectorAll('.chantu-desk img, .chantu-desk script').length") == 0


def test_labels_are_text(hand: Hand) -> None:
    hand.still()
    labels = hand.page.locator(".chantu-label")
    expect(labels.filter(has_text=NAMES[0]).first).to_be_visible()
    nothing_happened(hand.page)


def test_search_and_tooltip_show_each_name_as_it_is(hand: Hand) -> None:
    page = hand.page
    search, found = page.locator(".chantu-search input"), page.locator("#chantu-found")
    for at, name in enumerate(NAMES):
        search.fill(name[:30])
        expect(found.locator(".name").filter(has_text=name).first).to_be_visible()
        x, y = hand.at(*CENTRES[at])
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y)
        expect(page.locator(".chantu-tip")).to_contain_text(name)
        page.mouse.click(x, y)
        hand.has_selected(1)
    hand.told()
    nothing_happened(page)
