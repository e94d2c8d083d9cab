"""The page that a browser opens first: Streamlit's own, told where its server is, asking early for what the map needs.

Streamlit's page is taken as installed. Added are one script of ours before its own, and hints by which the browser
fetches the map's modules while Streamlit still starts; taken out is the hint for a font that this product does not use.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from serve.catalogue import Catalogue, catalogue

# the pages of ui/shell.py by their addresses; the map is on the first
PAGES: Final = ("/", "/ledger", "/import", "/export", "/records")
_FONT_HINT: Final = re.compile(r'<link\s+rel="preload"[^>]*as="font"[^>]*/>\s*')
_FIRST_SCRIPT: Final = re.compile(r'(?=<script type="module")')


async def front(request: Request) -> Response:
    """Answer with the page; it is never kept, so that a new release is seen at once."""
    page = _page(with_map=request.url.path == "/")
    return HTMLResponse(page, headers={"Cache-Control": "no-cache"})


@cache
def _page(*, with_map: bool) -> str:
    held = catalogue()
    page = files("streamlit").joinpath("static", "index.html").read_text(encoding="utf-8")
    page = page.replace('<html lang="en">', '<html lang="zh-CN">').replace("<title>Streamlit<", "<title>产图 Chantu<")
    page = _FONT_HINT.sub("", page)
    script = f'<script src="{held.url("front/place.js")}"></script>\n    '
    hints = (
        "".join(f'<link rel="modulepreload" href="{address}">\n    ' for address in _modules(held)) if with_map else ""
    )
    page, placed = _FIRST_SCRIPT.subn(script + hints, page, count=1)
    if not placed:
        # a Streamlit whose page is made otherwise: it works as it comes, with two failed requests more
        return files("streamlit").joinpath("static", "index.html").read_text(encoding="utf-8")
    return page


def _modules(held: Catalogue) -> list[str]:
    return [held.url(path) for path in held.files if path.startswith("desk/") and path.endswith(".js")]
