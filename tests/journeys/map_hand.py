"""The hands of a person at the map: where to look, where to click, what to wait for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect
from pyproj import Transformer

from tests.fabric import EAST, NORTH
from tests.journeys.browsing import wait_for_map

TO_LONLAT = Transformer.from_crs(4549, 4490, always_xy=True)

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'


@dataclass(frozen=True)
class Hand:
    """A person at the map of an open page."""

    page: Page

    @property
    def map(self) -> Locator:
        return self.page.locator(".chantu-map")

    @property
    def chip(self) -> Locator:
        return self.page.locator(".chantu-chip")

    def ready(self) -> None:
        wait_for_map(self.page)

    def centre(self) -> tuple[float, float]:
        box = self.map.bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def at(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Where on the screen a place of the made town is: metres east and north of its south-west corner."""
        lon, lat = TO_LONLAT.transform(EAST + x_m, NORTH + y_m)
        place = self.page.evaluate(
            """([lon, lat]) => {
                const { map } = document.querySelector('.chantu-desk').desk;
                const box = map.getContainer().getBoundingClientRect();
                const at = map.latLngToContainerPoint([lat, lon]);
                return [at.x + box.x, at.y + box.y];
            }""",
            [lon, lat],
        )
        return place[0], place[1]

    def rows(self) -> list[int]:
        """The selected rows, as the browser holds them."""
        rows: list[int] = self.page.evaluate(
            "() => [...document.querySelector('.chantu-desk').desk.selection.rows].sort((a, b) => a - b)"
        )
        return rows

    def go_to(self, words: str) -> None:
        """Search, take the first thing found, and wait until the map stands still there."""
        self.page.locator(".chantu-search input").fill(words)
        self.page.locator("#chantu-found li").first.wait_for()
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#chantu-found")).to_be_hidden()
        self.still()

    def still(self) -> None:
        """Wait until nothing moves: the same place for five frames, and everything painted."""
        self.page.wait_for_function(
            """() => new Promise((done) => {
                const pane = document.querySelector('.leaflet-map-pane');
                const look = () => pane.style.transform
                  + [...document.querySelectorAll('.leaflet-tile-container')].map((n) => n.style.transform).join();
                let last = look(), same = 0;
                const step = () => {
                    const now = look();
                    same = now === last ? same + 1 : 0;
                    last = now;
                    same > 8 ? done(true) : requestAnimationFrame(step);
                };
                requestAnimationFrame(step);
            })"""
        )
        self.ready()

    def fetched(self) -> None:
        """Wait until no tile has been asked for during forty frames: layers load one after the other."""
        self.still()
        self.page.wait_for_function(
            """() => new Promise((done) => {
                performance.setResourceTimingBufferSize(10000);
                const asked = () => performance.getEntriesByType('resource').length;
                let last = asked(), same = 0;
                const step = () => {
                    const now = asked();
                    same = now === last ? same + 1 : 0;
                    last = now;
                    same > 40 ? done(true) : requestAnimationFrame(step);
                };
                requestAnimationFrame(step);
            })"""
        )
        self.ready()

    def has_selected(self, count: int | re.Pattern[str]) -> None:
        if count == 0:
            expect(self.chip).to_be_hidden()
        else:
            expect(self.chip).to_have_attribute("data-count", count if isinstance(count, re.Pattern) else str(count))

    def count(self) -> int:
        return int(self.chip.get_attribute("data-count") or "0")

    def told(self) -> None:
        """Wait until Python has heard of it and has drawn what follows."""
        self.page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 60))")
        self.page.locator(SETTLED).wait_for()

    def drag(self, points: list[tuple[float, float]]) -> None:
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point, steps=4)
        mouse.up()
