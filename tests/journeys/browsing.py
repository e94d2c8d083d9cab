"""A browser tab that is watched: any request elsewhere, any console error, any page error is a fault of the test."""

from __future__ import annotations

import os
import re
import shutil
from collections import deque
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Request, ViewportSize, WebSocket

SHOTS: Final = REPOSITORY / "shots"
DESK: Final[ViewportSize] = {"width": 1920, "height": 1080}
LAPTOP: Final[ViewportSize] = {"width": 1366, "height": 768}
WAIT_MS: Final = 20_000

LAUNCH: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # a request to any other host fails at once, and is seen by the watch
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# said by the browser about itself, not by the app
HARMLESS: Final = (
    # software drawing reads the canvas back: a hint on speed, printed at level "warning" or "error" by version
    re.compile(r"GPU stall due to ReadPixels"),
)


class BrowserMissing(Exception):
    """No Chromium was named by CHROMIUM or found by its usual names."""


def executable() -> str | None:
    """Find the browser: CHROMIUM, then the usual names; None leaves Playwright its own."""
    named = os.environ.get("CHROMIUM")
    if named is not None:
        if not os.access(named, os.X_OK):
            raise BrowserMissing(named)
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass  # no slots: Playwright marks the object whose methods it calls
class Watch:
    """What went wrong in a tab so far, and what a test has said it expects."""

    origin: str
    faults: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)
    began: float = field(default_factory=monotonic)
    spoken: deque[str] = field(default_factory=lambda: deque(maxlen=40))

    def over(self, page: Page) -> None:
        page.on("request", self._requested)
        page.on("websocket", self._connected)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._fault(f"page error: {error}\n{error.stack or ''}"))
        page.on("crash", lambda _: self._fault("the tab crashed"))

    def _requested(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in {"data", "blob", "about"} and self._foreign(request.url):
            self._fault(f"request to another host: {request.url}")

    def _connected(self, socket: WebSocket) -> None:
        if self._foreign(socket.url):
            self._fault(f"websocket to another host: {socket.url}")
        socket.on("framesent", lambda sent: self._spoke("to the app", sent))
        socket.on("framereceived", lambda heard: self._spoke("to the browser", heard))
        socket.on("close", lambda _: self._spoke("closed", ""))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._fault(f"console error: {message.text} ({message.location.get('url', '')})")

    def _spoke(self, way: str, frame: str | bytes) -> None:
        self.spoken.append(f"{monotonic() - self.began:8.2f} s {way}, {len(frame)} bytes: {frame[:60]!r}")

    def _foreign(self, url: str) -> bool:
        return urlsplit(url).netloc != urlsplit(self.origin).netloc

    def _fault(self, what: str) -> None:
        if not any(pattern.search(what) for pattern in (*HARMLESS, *self.expected)):
            self.faults.append(what)


def wait_for_app(page: Page) -> None:
    """Wait until the script of the page has run to its end and nothing is being redrawn."""
    page.locator(".page-end").wait_for(state="attached", timeout=WAIT_MS)
    page.locator("html[data-speaks]").wait_for(state="attached", timeout=WAIT_MS)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=WAIT_MS)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=WAIT_MS)


def wait_for_map(page: Page, *, not_revision: str | None = None) -> str:
    """Wait until the map is painted, and past a revision already seen; give the revision that it shows."""
    root = page.locator('[data-chantu-map="ready"]')
    root.wait_for(timeout=WAIT_MS)
    if not_revision is not None:
        expect(root).not_to_have_attribute("data-revision", not_revision, timeout=WAIT_MS)
    return root.get_attribute("data-revision") or ""


def shoot(page: Page, name: str) -> None:
    """Write a picture of the window to shots/ for a person to look at, when pictures are asked for."""
    if not os.environ.get("CHANTU_SHOTS"):
        return
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def violations(page: Page, *, within: str | None = None) -> list[str]:
    """What axe-core finds, one line a rule: its id, weight, and the first places."""
    found = Axe().run(page, context=within).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}; "
        + " | ".join(str(node["target"][0]) for node in rule["nodes"][:5])
        for rule in found
    ]
