"""Requests put to an ASGI app as a server would put them, without a server."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from starlette.types import ASGIApp, Message

T = TypeVar("T")

OURS = "http://127.0.0.1:8501"
HOST = "127.0.0.1:8501"


@dataclass(frozen=True)
class Answer:
    """Status, headers by lower-case name, and the body as it came."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def content(self) -> bytes:
        return gzip.decompress(self.raw) if self.headers.get("content-encoding") == "gzip" else self.raw

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Asker:
    """A browser tab of our own page, as far as headers go."""

    app: ASGIApp

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: object) -> Answer:
        """Ask with GET; keywords are the query."""
        return self.ask("GET", path, headers={"Accept-Encoding": "gzip", **(headers or {})}, query=urlencode(query))

    def post(self, path: str, body: object, *, content_type: str = "application/json") -> Answer:
        """Ask with POST; a body that is no bytes or text is sent as JSON."""
        raw = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.ask("POST", path, headers={"Origin": OURS, "Content-Type": content_type}, body=raw)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str], query: str = "", body: bytes = b"") -> Answer:
        """Ask with exactly these headers; the host is ours unless they say another."""
        path, _, in_path = path.partition("?")
        scope = _scope("http", path, query or in_path, headers) | {"method": method, "scheme": "http"}
        told = run_apart(self._run(scope, [{"type": "http.request", "body": body, "more_body": False}]))
        start = next(message for message in told if message["type"] == "http.response.start")
        named = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        raw = b"".join(message.get("body", b"") for message in told if message["type"] == "http.response.body")
        return Answer(start["status"], named, raw)

    def connect(self, path: str, *, headers: Mapping[str, str]) -> list[str]:
        """Open a websocket; give what kind of messages came back."""
        scope = _scope("websocket", path, "", headers) | {"scheme": "ws", "subprotocols": []}
        told = run_apart(self._run(scope, [{"type": "websocket.connect"}]))
        return [str(message["type"]) for message in told]

    async def _run(self, scope: dict[str, object], messages: list[Message]) -> list[Message]:
        told: list[Message] = []

        async def receive() -> Message:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, send)
        return told


def run_apart(asked: Coroutine[Any, Any, T]) -> T:
    """Run on an event loop of its own thread: a browser driven by the same process already runs one in this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asked).result()


def _scope(kind: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, object]:
    named = {"host": HOST} | {name.lower(): value for name, value in headers.items()}
    return {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8501),
    }
