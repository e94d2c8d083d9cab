"""A browser that has left: what is said to it is lost, and the application hears that it has left."""

from __future__ import annotations

from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from serve.parting import Parting
from tests.serve.asking import run_apart

SCOPE: Scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [], "query_string": b""}


async def _told(app_wrapper: type[Parting] | None) -> list[str]:
    """What an application that speaks first and listens then gets to know, when the browser leaves in between."""
    heard: list[str] = []
    coming: list[Message] = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1006}]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        await socket.accept()
        for _ in range(2):
            try:
                await socket.send_bytes(b"news")
            except (WebSocketDisconnect, RuntimeError) as error:
                heard.append(type(error).__name__)
        try:
            await socket.receive_bytes()
        except (WebSocketDisconnect, RuntimeError) as error:
            heard.append(type(error).__name__)

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            raise ConnectionResetError

    await (app_wrapper(app) if app_wrapper else app)(SCOPE, receive, send)
    return heard


def test_the_application_hears_only_that_the_browser_has_left() -> None:
    assert run_apart(_told(Parting)) == ["WebSocketDisconnect"]


def test_without_it_the_application_meets_a_fault() -> None:
    assert "WebSocketDisconnected" in run_apart(_told(None))


def test_other_faults_are_not_kept_from_anybody() -> None:
    async def asked() -> str:
        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            await send({"type": "websocket.accept"})

        async def send(_: Message) -> None:
            raise ValueError

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        try:
            await Parting(app)(SCOPE, receive, send)
        except ValueError:
            return "raised"
        return "kept"

    assert run_apart(asked()) == "raised"
