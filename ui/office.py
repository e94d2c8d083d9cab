"""The one database and the one atlas of the process, and who is at the desk."""

from __future__ import annotations

import getpass
import os
import threading
from typing import Final

from planning.actors import Actor
from planning.atlas import Atlas
from store.database import Database, open_default

_HELD: dict[str, Atlas] = {}
_LOCK: Final = threading.Lock()


def atlas() -> Atlas:
    """Return the atlas of the configured database, opened on first use and shared by pages and HTTP routes."""
    with _LOCK:
        url = os.environ.get("CHANTU_DATABASE_URL", "")
        if url not in _HELD:
            _HELD[url] = Atlas(open_default())
        return _HELD[url]


def database() -> Database:
    """Return the configured database."""
    return atlas().db


def actor() -> Actor:
    """Who acts from this page: the name that the office set for this machine, else the program's account."""
    return Actor(os.environ.get("CHANTU_ACTOR") or getpass.getuser(), "app")
