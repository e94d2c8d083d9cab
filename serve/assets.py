"""Files for the browser, and the compiled map, each at an address that names its content."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from layers.draw.desk import compiled
from serve.catalogue import catalogue
from serve.replies import as_bytes, gone, missing


async def asset(request: Request) -> Response:
    """Answer with one file of the catalogue."""
    held = catalogue()
    if request.path_params["sha"] != held.sha:
        return gone()
    found = held.files.get(request.path_params["path"])
    return as_bytes(found.content, found.media_type) if found else missing()


async def compiled_map(request: Request) -> Response:
    """Answer with the folium map as a script."""
    desk = compiled()
    if request.path_params["name"] != f"{desk.sha}.js":
        return gone()
    return as_bytes(desk.script.encode(), "text/javascript")
