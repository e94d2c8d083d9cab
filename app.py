"""产图 Chantu: pages and HTTP routes in one process. Start with `streamlit run app.py` or `python -m cli serve`."""

from __future__ import annotations

import faulthandler
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
import streamlit as st

from serve import middleware, prompt_connections, routes, warm
from ui import mishap, office


@asynccontextmanager
async def _warm(_: st.App) -> AsyncIterator[None]:
    """Build the indexes while the first browser still loads its page, so that nobody waits for them."""
    if hasattr(faulthandler, "register"):
        # `kill -USR1` writes where every thread stands into the log, of an app that seems to hang
        faulthandler.register(signal.SIGUSR1)
    with prompt_connections():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.to_thread.run_sync, warm, office.atlas())
            yield


app = st.App(
    "ui/shell.py",
    routes=routes(office.atlas()),
    middleware=middleware(),
    lifespan=_warm,
    on_script_error=mishap.told,
)
