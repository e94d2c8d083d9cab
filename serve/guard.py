"""The door: host and origin checked before anything runs, and the headers that hold the browser to our own code."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_INLINE_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def allowed_hosts() -> tuple[str, ...]:
    """This machine, and the names that ``CHANTU_ALLOWED_HOSTS`` adds (parted by commas, without ports)."""
    added = os.environ.get("CHANTU_ALLOWED_HOSTS", "")
    return ("127.0.0.1", "localhost", "[::1]", *(name.strip().lower() for name in added.split(",") if name.strip()))


@cache
def content_security_policy() -> str:
    """The policy; the one inline script of the installed Streamlit is named by its hash, read at start."""
    page = files("streamlit").joinpath("static", "index.html").read_text(encoding="utf-8")
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in _INLINE_SCRIPT.findall(page))
    return "; ".join((
        "default-src 'self'",
        # components are mounted from blob: addresses that Streamlit makes of our own code
        f"script-src 'self' blob: {hashes}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ))  # fmt: skip


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


class Guard:
    """ASGI middleware round everything, Streamlit's websocket included.

    A request for a host that is not ours is refused (a foreign name that resolves to this machine would otherwise read
    it); so is a websocket, or a request that may change something, that does not come from a page of the same host and
    port.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, then pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._host_known(headers) or not self._origin_right(scope, headers):
            await _refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _host_known(self, headers: Headers) -> bool:
        host = headers.get("host", "").lower()
        name = host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]
        return len(headers.getlist("host")) == 1 and name in self.hosts

    @staticmethod
    def _origin_right(scope: Scope, headers: Headers) -> bool:
        if scope["type"] == "http" and scope["method"] in _SAFE:
            return True
        origin = urlsplit(headers.get("origin", ""))
        return origin.scheme in {"http", "https"} and origin.netloc.lower() == headers.get("host", "").lower()


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403})
        return
    await Response(status_code=403)(scope, receive, send)


def _add_headers(headers: MutableHeaders) -> None:
    headers["Content-Security-Policy"] = content_security_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "SAMEORIGIN"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
