"""Streamlit's own files, packed and from memory.

Streamlit 1.67 answers each of the hundred files of its front end from the disk, through a thread, unpacked, and leaves
speed to a proxy in front, which an office does not have. Their names bear the hash of their content, so that a browser
keeps them for good.
"""

from __future__ import annotations

import gzip
from typing import Final

import anyio.to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.catalogue import Asset
from serve.streamlit_files import TYPES, by_address

FOREVER: Final = "public, immutable, max-age=31536000"
# ours below /app/static bear no hash
A_DAY: Final = "public, max-age=86400"
FONTS: Final = "/app/static/fonts/"
PACKED: Final = frozenset({".js", ".css", ".svg", ".json"})
LEAST_BYTES: Final = 1_000
_OK: Final = 200


class Shelf:
    """ASGI middleware: answers for ``/static/…``, and lets fonts be kept for a day."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._plain: dict[str, Asset] = {}
        self._packed: dict[str, bytes] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
        elif scope["path"] in by_address():
            await (await self._answer(scope["path"], Headers(scope=scope)))(scope, receive, send)
        elif scope["path"].startswith(FONTS):
            await self.app(scope, receive, _kept_a_day(send))
        else:
            await self.app(scope, receive, send)

    async def _answer(self, path: str, headers: Headers) -> Response:
        if path not in self._plain:
            await anyio.to_thread.run_sync(self._take, path)
        found = self._plain[path]
        extra = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if path in self._packed and "gzip" in headers.get("accept-encoding", ""):
            extra["Content-Encoding"] = "gzip"
            return Response(self._packed[path], headers=extra, media_type=found.media_type)
        return Response(found.content, headers=extra, media_type=found.media_type)

    def _take(self, path: str) -> None:
        source = by_address()[path]
        content = source.read_bytes()
        if source.suffix in PACKED and len(content) > LEAST_BYTES:
            self._packed[path] = gzip.compress(content, 6, mtime=0)
        self._plain[path] = Asset(TYPES[source.suffix], content)


def _kept_a_day(send: Send) -> Send:
    async def send_kept(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == _OK:
            MutableHeaders(scope=message)["Cache-Control"] = A_DAY
        await send(message)

    return send_kept
