"""The page that a browser opens first: Streamlit's own, told where its server is, asking early for what the map needs.

Streamlit's page is taken as installed. Added are one script of ours before its own, and hints by which the browser
fetches at once what it would otherwise learn of one wait after another: Streamlit's later modules, the map's, Leaflet,
the font. Taken out is the hint for a font that this product does not use.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from layers.draw.desk import compiled
from serve import streamlit_files
from serve.catalogue import Catalogue, catalogue

# the pages of ui/shell.py by their addresses; the map is on the first
PAGES: Final = (
    "/", "/ledger", "/suitability", "/allocation", "/scenarios", "/import", "/export", "/briefing", "/rules", "/people",
    "/records",
)  # fmt: skip
# what every page and what the desk is made of, by the names of Streamlit's modules
ELEMENTS: Final = ("Html", "Button", "StreamlitMarkdown")
DESK_ELEMENTS: Final = (*ELEMENTS, "BidiComponent", "Selectbox", "TextInput")
FONT: Final = "/app/static/fonts/ChantuSansSC-Regular.woff2"
_FONT_HINT: Final = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*/>\s*')
_FIRST_SCRIPT: Final = re.compile(r'(?=<script type="module")')


async def front(request: Request) -> Response:
    """Answer with the page; it is never kept, so that a new release is seen at once."""
    page = _page(with_map=request.url.path == "/")
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


@cache
def _page(*, with_map: bool) -> str:
    held = catalogue()
    page = streamlit_files.page()
    page = page.replace('<html lang="en">', '<html lang="zh-CN">').replace("<title>Streamlit<", "<title>产图 Chantu<")
    page = _FONT_HINT.sub("", page)
    script = f'<script src="{held.url("front/place.js")}"></script>'
    lines = "\n    ".join([script, *_hints(held, with_map=with_map), ""])
    page, placed = _FIRST_SCRIPT.subn(lines, page, count=1)
    # a Streamlit whose page is made otherwise works as it comes, with two failed requests more
    return page if placed else streamlit_files.page()


def _hints(held: Catalogue, *, with_map: bool) -> list[str]:
    modules = streamlit_files.modules_of(DESK_ELEMENTS if with_map else ELEMENTS)
    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    if with_map:
        modules += tuple(held.url(path) for path in sorted(held.files) if re.fullmatch(r"desk/.*\.js", path))
        scripts = (held.url("leaflet/leaflet.js"), f"/fm/{compiled().sha}.js")
        styles = (held.url("leaflet/leaflet.css"), held.url("desk/desk.css"))
    return [
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="{FONT}">',
        *(f'<link rel="modulepreload" href="{address}">' for address in modules),
        *(f'<link rel="preload" as="script" href="{address}">' for address in scripts),
        *(f'<link rel="preload" as="style" href="{address}">' for address in styles),
    ]
