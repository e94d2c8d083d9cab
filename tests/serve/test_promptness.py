"""Connections that the server accepts have Nagle's delay off, also on a socket made without naming TCP."""

from __future__ import annotations

import asyncio
import socket

from serve import prompt_connections
from tests.serve.asking import run_apart


async def _delay_off(listener: socket.socket) -> bool:
    """Listen, connect, and look at the accepted connection."""
    accepted: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    class Look(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            own = transport.get_extra_info("socket")
            accepted.set_result(bool(own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            transport.close()

    server = await asyncio.get_running_loop().create_server(Look, sock=listener)
    async with server:
        _, writer = await asyncio.open_connection(*listener.getsockname())
        found = await accepted
        writer.close()
    return found


def _listener() -> socket.socket:
    made = socket.socket(socket.AF_INET)
    made.bind(("127.0.0.1", 0))
    return made


def test_a_socket_without_a_named_protocol_answers_at_once() -> None:
    async def asked() -> bool:
        with prompt_connections():
            return await _delay_off(_listener())

    assert run_apart(asked())


def test_the_loop_is_left_as_it_was() -> None:
    async def asked() -> bool:
        loop = asyncio.get_running_loop()
        before = loop.create_server
        with prompt_connections():
            pass
        return loop.create_server == before

    assert run_apart(asked())
