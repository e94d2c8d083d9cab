"""Streamlit's own browser files, as installed: which there are, and which of them a page comes to need later."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

TYPES: Final[Mapping[str, str]] = MappingProxyType({
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
    ".png": "image/png",
})  # fmt: skip
_IMPORT: Final = re.compile(r"""(?:from|import)["'`]\./([\w.-]+\.js)["'`]""")


@cache
def page() -> str:
    """The page that Streamlit answers with."""
    return (_root() / "index.html").read_text(encoding="utf-8")


@cache
def by_address() -> Mapping[str, Path]:
    """Files by address: a closed list, read once, so that no address reaches any other file."""
    found = (path for path in (_root() / "static").rglob("*") if path.suffix in TYPES and path.is_file())
    return MappingProxyType({f"/{path.relative_to(_root()).as_posix()}": path for path in found})


def modules_of(elements: Iterable[str]) -> tuple[str, ...]:
    """Addresses of the modules of some elements with all that they import, less what the page names itself.

    An element (``Button``) is named as Streamlit's module for it is; one that the installed Streamlit has not is left
    out: what is not asked for early comes when it is needed.
    """
    folder = _root() / "static" / "js"
    waiting = [path.name for name in elements for path in sorted(folder.glob(f"{name}.*.js"))]
    found: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in found and (folder / name).is_file():
            found[name] = None
            waiting += _IMPORT.findall((folder / name).read_text(encoding="utf-8"))
    return tuple(f"/static/js/{name}" for name in found if name not in page())


def _root() -> Path:
    return Path(str(files("streamlit").joinpath("static")))
