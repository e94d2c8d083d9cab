"""A real app on the sample and a real browser for every journey.

``app`` is one server a test file, with a database of its own; ``page`` is a tab opened on it; ``new_tab`` opens more,
as other people would. ``start_app`` serves any other database. A tab fails its test on any request to another host,
any console error and any page error; a test that provokes one says so with ``expected_fault``.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, Literal, Protocol

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.browsing import DESK, LAUNCH, SHOTS, Watch, executable, wait_for_app
from tests.journeys.running import App, command, copied, running

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

_FAILED = pytest.StashKey[bool]()
_WATCHED = pytest.StashKey[list[tuple[Watch, App]]]()

# a journey says what is seen, not how soon: another browser may be busy on the same two cores
expect.set_options(timeout=20_000)


class NewTab(Protocol):
    """Open a tab on the app, at an address of it and in a size of window."""

    def __call__(
        self, path: str = "/", *, on: App | None = None, size: ViewportSize | None = None, moving: bool = False
    ) -> Page: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its tabs are photographed; tell what tabs and app said last."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    if report.failed and report.when == "call":
        watched: list[tuple[Watch, App]] = item.stash.setdefault(_WATCHED, [])
        for number, (watch, app) in enumerate(watched, start=1):
            report.sections.append((f"tab {number}, by {monotonic() - watch.began:.2f} s", "\n".join(watch.spoken)))
            report.sections.append((f"app of tab {number}", app.stands()))
    return report


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the sample once a session; servers get copies."""
    path = tmp_path_factory.mktemp("sample") / "chantu.sqlite"
    command("init", "--sample", database=path)
    return path


@pytest.fixture(scope="module")
def start_app(sample_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., App]]:
    """Serve a database until the test file ends: a copy of the sample, or the one given."""
    with ExitStack() as servers:

        def start(database: Path | None = None) -> App:
            own = database or copied(sample_database, tmp_path_factory.mktemp("app"))
            return servers.enter_context(running(own))

        yield start


@pytest.fixture(scope="module")
def app(start_app: Callable[..., App]) -> App:
    return start_app()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(LAUNCH), headless=True)
        yield browser
        browser.close()


def _person(browser: Browser, *, moving: bool = False) -> BrowserContext:
    """A person's browser, of one who does not like things to move unless said: what flies is only waited for."""
    motion: Literal["no-preference", "reduce"] = "no-preference" if moving else "reduce"
    return browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion=motion)


@pytest.fixture(scope="module")
def first_context(browser: Browser) -> Iterator[BrowserContext]:
    """What a person's browser keeps from page to page: scripts once read are not read again for every test."""
    with _person(browser) as context:
        yield context


@pytest.fixture
def watches() -> list[Watch]:
    return []


@pytest.fixture
def expected_fault(watches: list[Watch]) -> Callable[[str], None]:
    """Say, before it happens, which fault a test provokes: a pattern over its words."""

    def expect_fault(pattern: str) -> None:
        for watch in watches:
            watch.expected.append(re.compile(pattern))

    return expect_fault


@pytest.fixture
def new_tab(
    request: pytest.FixtureRequest, browser: Browser, first_context: BrowserContext, watches: list[Watch]
) -> Iterator[NewTab]:
    """Open tabs: the first in a browser that was used before and remembers nothing said, each other as a stranger's."""
    pages: list[Page] = []

    def open_tab(
        path: str = "/", *, on: App | None = None, size: ViewportSize | None = None, moving: bool = False
    ) -> Page:
        app: App = on or request.getfixturevalue("app")
        page = (_person(browser, moving=moving) if pages or moving else first_context).new_page()
        page.set_viewport_size(size or DESK)
        watch = Watch(origin=app.url)
        watch.over(page)
        watches.append(watch)
        request.node.stash.setdefault(_WATCHED, []).append((watch, app))
        pages.append(page)
        page.goto(app.url + path)
        wait_for_app(page)
        return page

    yield open_tab
    if request.node.stash.get(_FAILED, False):
        _photograph(pages, request.node.name)
    for page in pages:
        if page.context is first_context:
            _forget(page)
        else:
            page.context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_tab: NewTab) -> Page:
    return new_tab()


def _forget(page: Page) -> None:
    """Close a tab, and let the browser keep only what it fetched."""
    if not page.is_closed():
        page.evaluate("() => localStorage.clear()")
        page.close()
    page.context.clear_cookies()


def _photograph(pages: list[Page], name: str) -> None:
    folder = SHOTS / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^\w-]+", "_", name)
    for number, page in enumerate(pages, start=1):
        if not page.is_closed():
            page.screenshot(path=folder / f"{stem}.{number}.png")
