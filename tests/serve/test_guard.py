"""The door: who is let in, and what the browser is told to hold to."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from serve import middleware
from serve.guard import allowed_hosts, content_security_policy
from tests.serve.asking import OURS, Asker


async def _talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("in")
    await socket.close()


@pytest.fixture
def door() -> Asker:
    routes = [
        Route("/", lambda _: PlainTextResponse("in"), methods=["GET", "POST", "PUT", "DELETE"]),
        WebSocketRoute("/_stcore/stream", _talk),
    ]
    return Asker(Starlette(routes=routes, middleware=middleware()))


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "localhost", "[::1]:8501"])
def test_this_machine_is_let_in(door: Asker, host: str) -> None:
    assert door.get("/", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8501", "127.0.0.1.evil.test", "127.0.0.2", "", "localhost@evil.test"]
)
def test_a_foreign_name_for_this_machine_is_refused(door: Asker, host: str) -> None:
    assert door.get("/", headers={"Host": host}).status == 403


def test_names_of_the_office_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANTU_ALLOWED_HOSTS", " Plan.Yiwu.example , ")
    assert allowed_hosts() == ("127.0.0.1", "localhost", "[::1]", "plan.yiwu.example")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (OURS, 200),
        (None, 403),
        ("null", 403),
        ("http://evil.test", 403),
        ("http://127.0.0.1:9999", 403),
        ("http://localhost:8501", 403),
        ("file://127.0.0.1:8501", 403),
    ],
)
def test_what_may_change_something_comes_from_our_own_page(
    door: Asker, method: str, origin: str | None, status: int
) -> None:
    headers = {} if origin is None else {"Origin": origin}
    assert door.ask(method, "/", headers=headers).status == status


def test_the_websocket_opens_for_our_own_page(door: Asker) -> None:
    told = door.connect("/_stcore/stream", headers={"Origin": OURS})
    assert told == ["websocket.accept", "websocket.send", "websocket.close"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.test"}, {"Origin": "http://evil.test", "Host": "evil.test"}, {"Origin": "null"}],
)
def test_the_websocket_stays_shut_for_others(door: Asker, headers: dict[str, str]) -> None:
    assert door.connect("/_stcore/stream", headers=headers) == ["websocket.close"]


def test_every_answer_carries_the_policy(door: Asker) -> None:
    headers = door.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'self'"


def test_the_policy_names_the_inline_script_of_the_installed_streamlit() -> None:
    page = files("streamlit").joinpath("static/index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert inline
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in content_security_policy()
