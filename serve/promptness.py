"""Answers leave at once: the server's connections do not hold a body back until its head is acknowledged.

Streamlit 1.67 opens its listening socket without naming TCP, and asyncio turns Nagle's delay off only on sockets that
name it. An answer is written as head and body, so that each one waited for the browser's delayed acknowledgement:
44 ms measured on the loop-back interface for every file, tile and question, and for messages on the websocket.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def prompt_connections() -> Iterator[None]:
    """Turn the delay off on every socket that the running loop is given to listen on; connections inherit it.

    Enter it in the lifespan's start, which the server awaits before it listens.
    """
    loop = asyncio.get_running_loop()
    listen = loop.create_server

    async def create_server(*given: Any, **named: Any) -> asyncio.Server:
        asked = named.get("sock")
        if isinstance(asked, socket.socket) and asked.family in {socket.AF_INET, socket.AF_INET6}:
            asked.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return await listen(*given, **named)

    # an attribute of this one loop: there is no option of Streamlit or uvicorn that reaches the socket
    setattr(loop, "create_server", create_server)  # noqa: B010
    try:
        yield
    finally:
        setattr(loop, "create_server", listen)  # noqa: B010
