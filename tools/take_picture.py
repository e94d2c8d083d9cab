"""Photograph the desk on the sample for the README: ``CHROMIUM=… python -m tools.take_picture``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tests.journeys.browsing import LAUNCH, executable, wait_for_app, wait_for_map
from tests.journeys.map_hand import Hand
from tests.journeys.running import command, running

PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "desk.png"
WINDOW: Final = (1680, 945)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        database = Path(folder) / "chantu.sqlite"
        command("init", "--sample", database=database)
        with running(database) as app:
            browser = playwright.chromium.launch(executable_path=executable(), args=list(LAUNCH), headless=True)
            page = browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]}, locale="zh-CN")
            page.goto(app.url)
            wait_for_app(page)
            wait_for_map(page)
            hand = Hand(page)
            hand.go_to("稠江崇山产业园")
            hand.still()
            page.locator(".chantu-search input").fill("")
            page.keyboard.press("Escape")
            page.evaluate("() => document.activeElement.blur()")
            page.mouse.move(1, 1)
            wait_for_app(page)
            page.screenshot(path=PICTURE)
            browser.close()


if __name__ == "__main__":
    main()
