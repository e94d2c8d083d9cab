"""How long a person waits at the map: first picture, click to highlight, 200 parcels painted, in a real browser.

``python -m benchmarks.map_latency`` measures 13,159 parcels (Cambridge, Massachusetts, when the data set is there, else
made ones) and 100,000 made ones, prints the table and writes it to benchmarks/results/map_latency.md. Times are taken
in the page, from the event to the frame in which the pixel under the pointer has changed; the first picture from the
start of the navigation, in a browser without a cache, to the frame in which every tile in view is painted, with a
server that has been opened once before.
"""

from __future__ import annotations

import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import REAL, REPOSITORY
from tests.fabric import made_town
from tests.journeys.browsing import DESK, LAUNCH, WAIT_MS, executable, wait_for_app
from tests.journeys.running import App, command, running

RESULT: Final = REPOSITORY / "benchmarks" / "results" / "map_latency.md"
CAMBRIDGE: Final = REAL / "cambridge_ma" / "ASSESSING_ParcelsFY2013.topojson"
CLICKS, STROKES, OPENINGS = 12, 6, 4
AIMS_MS: Final = {"first": 1000, "click": 100, "paint": 300}

# resolves with the milliseconds from the next pointer or key event to the frame in which the pixel is another
WATCH: Final = """
([pane, x, y, event]) => new Promise((done) => {
  const pixel = () => {
    for (const canvas of document.querySelectorAll(`.leaflet-chantu-${pane}-pane canvas`)) {
      const box = canvas.getBoundingClientRect();
      if (x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
      const at = (v, from, size) => Math.floor(((v - from) / size) * canvas.width);
      const [px, py] = [at(x, box.left, box.width), at(y, box.top, box.height)];
      return canvas.getContext('2d').getImageData(px, py, 1, 1).data.join();
    }
    return '';
  };
  const before = pixel();
  document.addEventListener(event, () => {
    const start = performance.now();
    const look = () => (pixel() === before ? requestAnimationFrame(look) : done(performance.now() - start));
    look();
  }, { capture: true, once: true });
  window.watching = true;
})
"""


@dataclass(frozen=True)
class Waits:
    """Milliseconds, each measured several times."""

    name: str
    parcels: int
    first_page: list[float]
    first_map: list[float]
    click: list[float]
    paint: list[float]

    def row(self) -> str:
        """A line of the table: median, and the worst in brackets."""
        measured = (self.first_page, self.first_map, self.click, self.paint)
        cells = [f"{statistics.median(waits):.0f} ({max(waits):.0f})" for waits in measured]
        return f"| {self.name} | {self.parcels:,} | {' | '.join(cells)} |"


def open_map(browser: Browser, app: App) -> tuple[Page, float, float]:
    """Open the page without a cache; milliseconds until the map is painted, from the navigation and from mounting."""
    page = browser.new_context(viewport=DESK).new_page()
    page.add_init_script("""
        new MutationObserver(() => {
            const desk = document.querySelector('.chantu-desk');
            if (desk && !window.deskAt) window.deskAt = performance.now();
            if (desk?.dataset.chantuMap === 'ready' && !window.readyAt) window.readyAt = performance.now();
        }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-chantu-map'] });
    """)
    page.goto(app.url)
    page.wait_for_function("() => window.readyAt", timeout=WAIT_MS)
    whole, own = page.evaluate("() => [window.readyAt, window.readyAt - window.deskAt]")
    wait_for_app(page)
    return page, whole, own


def zoom_in(page: Page) -> None:
    """Go to a view in which single parcels can be hit."""
    page.evaluate("""() => {
        const { desk } = document.querySelector('.chantu-desk');
        desk.map.setZoom(16, { animate: false });
    }""")
    page.wait_for_function("() => document.querySelector('.chantu-desk').dataset.chantuMap === 'ready'")
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 400))")


def targets(page: Page, count: int) -> list[tuple[float, float, int]]:
    """Places on parcels in the middle of the view, a different parcel each, with its row."""
    found: list[list[float]] = page.evaluate(
        """(count) => {
            const { map, groups } = document.querySelector('.chantu-desk').desk;
            const box = map.getContainer().getBoundingClientRect();
            const seen = new Map();
            for (let y = 160; y < box.height - 160; y += 23) for (let x = 160; x < box.width - 420; x += 31) {
                const row = groups.get('parcels').rowAt(map.containerPointToLatLng([x, y]));
                if (row >= 0 && !seen.has(row)) seen.set(row, [x + box.x, y + box.y, row]);
            }
            const all = [...seen.values()];
            const step = Math.max(1, Math.floor(all.length / count));
            return all.filter((_, i) => i % step === 0).slice(0, count);
        }""",
        count,
    )
    return [(x, y, int(row)) for x, y, row in found]


def watched(page: Page, pane: str, place: tuple[float, float], event: str, act: object) -> float:
    """Milliseconds from an event to the changed pixel."""
    page.evaluate(
        f"(given) => {{ window.took = null; ({WATCH})(given).then((ms) => (window.took = ms)); }}",
        [pane, *place, event],
    )
    act()  # type: ignore[operator]
    page.wait_for_function("() => window.took !== null", timeout=WAIT_MS)
    took: float = page.evaluate("() => window.took")
    return took


def clicks(page: Page) -> list[float]:
    """Click parcels one after another."""
    waits = []
    for x, y, _ in targets(page, CLICKS):
        waits.append(watched(page, "selected", (x, y), "pointerup", lambda x=x, y=y: page.mouse.click(x, y)))
        wait_for_app(page)
    return waits


def strokes(page: Page) -> list[float]:
    """Paint 200 parcels with one cluster after another, by the key."""
    waits = []
    for nth in range(STROKES):
        x, y, row = targets(page, 1)[0]
        page.evaluate(
            """(row) => {
                const { desk } = document.querySelector('.chantu-desk');
                const rows = Array.from({ length: 200 }, (_, i) => Math.max(0, row - 100) + i);
                desk.selection.take([...rows, row].slice(-200), 'replace');
                desk.map.getContainer().focus();
            }""",
            row,
        )
        page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
        wait_for_app(page)
        page.keyboard.press(str(1 + nth % 8))
        page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 300))")
        wait_for_app(page)
        waits.append(watched(page, "parcels", (x, y), "keydown", lambda: page.keyboard.press("Enter")))
        wait_for_app(page)
    return waits


def measure(browser: Browser, name: str, database: Path, parcels: int) -> Waits:
    """Serve a database and wait at its map."""
    with running(database) as app:
        # the first opening is for the server: it reads, indexes and compiles
        open_map(browser, app)[0].context.close()
        pages, maps = [], []
        for _ in range(OPENINGS):
            page, whole, own = open_map(browser, app)
            pages.append(whole)
            maps.append(own)
            page.context.close()
        page, _, _ = open_map(browser, app)
        zoom_in(page)
        waits = Waits(name, parcels, pages, maps, clicks(page), strokes(page))
        page.context.close()
        return waits


def cambridge(folder: Path) -> tuple[str, Path, int]:
    """The real parcels through the command line, or as many made ones."""
    path = folder / "cambridge.sqlite"
    if CAMBRIDGE.is_file():
        command("init", "--crs", "EPSG:32619", database=path)
        command("import", str(CAMBRIDGE), "--layer", "parcels", "--crs", "EPSG:4326", "--accept", database=path)
        return "Cambridge MA", path, 13_159
    made_town(path, columns=123, rows=107)
    return "made", path, 123 * 107


def main() -> None:
    """Measure both, print, and write the page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(LAUNCH), headless=True)
        large = Path(folder) / "large.sqlite"
        made_town(large, columns=400, rows=250)
        waits = [measure(browser, *cambridge(Path(folder))), measure(browser, "made", large, 100_000)]
        browser.close()
    aims = f"first map {AIMS_MS['first']}, click {AIMS_MS['click']}, 200 parcels painted {AIMS_MS['paint']}"
    columns = ("data", "parcels", "page opened → painted", "map mounted → painted", "click → lit", "200 → recoloured")
    page = "\n".join([
        "# Waiting at the map",
        "",
        "Median (worst) in milliseconds; headless Chromium with software drawing, two cores.",
        f"Made by `python -m benchmarks.map_latency`. Aims at either size: {aims}.",
        "",
        f"| {' | '.join(columns)} |",
        "|---|---|---|---|---|---|",
        *(wait.row() for wait in waits),
        "",
    ])  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
