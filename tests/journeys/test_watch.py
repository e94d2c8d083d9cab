"""The watch over a tab is itself watched: each kind of fault it must see is provoked once."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.journeys.browsing import Watch, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

PAGE = (
    '<!doctype html><html lang="zh"><title>页</title><link rel="icon" href="data:,"><main><h1>页</h1>{}</main></html>'
)
FAULTS = {
    "another-host": ("<script>fetch('http://elsewhere.invalid/a').catch(() => {})</script>", "request to another host"),
    "another-host-image": ("<img alt='' src='http://elsewhere.invalid/a.png'>", "request to another host"),
    "another-host-socket": ("<script>new WebSocket('ws://elsewhere.invalid/')</script>", "websocket to another host"),
    "console-error": ("<script>console.error('broken')</script>", "console error: broken"),
    "page-error": ("<script>undefinedName()</script>", "page error: undefinedName is not defined"),
    "missing-asset": ("<script src='/missing.js'></script>", "console error: Failed to load resource"),
}


class _Page(BaseHTTPRequestHandler):
    """Answer every address with the body that its query names."""

    def do_GET(self) -> None:
        key = self.path.partition("?")[2]
        body = PAGE.format(FAULTS[key][0] if key in FAULTS else "").encode()
        self.send_response(404 if self.path == "/missing.js" else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the base class's
        pass


@pytest.fixture(scope="module")
def plain_site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def watched(browser: Browser, site: str, key: str) -> list[str]:
    with browser.new_context() as context:
        page = context.new_page()
        watch = Watch(origin=site)
        watch.over(page)
        page.goto(f"{site}/?{key}", wait_until="networkidle")
        return watch.faults


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_in_a_tab_is_seen(browser: Browser, plain_site: str, kind: str) -> None:
    assert any(fault.startswith(FAULTS[kind][1]) for fault in watched(browser, plain_site, kind))


def test_a_page_without_fault_is_left_alone(browser: Browser, plain_site: str) -> None:
    assert watched(browser, plain_site, "nothing") == []


def test_axe_finds_an_image_without_words(browser: Browser, plain_site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(plain_site)
        assert violations(page) == []
        page.evaluate("document.querySelector('main').appendChild(new Image()).src = 'data:,'")
        assert [line.partition(" ")[0] for line in violations(page)] == ["image-alt"]
