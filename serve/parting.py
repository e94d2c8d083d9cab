"""A browser that leaves while it is being spoken to is no fault of the server.

A message to a tab that has just been closed fails. Starlette then holds the websocket for closed without having heard
so from the browser, and Streamlit 1.67 ends the conversation with a traceback in the log. Here such a message is
dropped: the next thing that the application hears is that the browser has left, which it ends well.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Parting:
    """ASGI middleware over the websocket."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; say nothing more to who has left."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        left = False

        async def send_if_there(message: Message) -> None:
            nonlocal left
            if left:
                return
            try:
                await send(message)
            except OSError:
                # what servers raise when the connection is gone (ASGI specification, "Disconnected client")
                left = True

        await self.app(scope, receive, send_if_there)
