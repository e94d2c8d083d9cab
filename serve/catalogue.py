"""The files that the browser loads: where they are, and the addresses that change with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[1]
_TYPES: Final = MappingProxyType(
    {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".png": "image/png"}
)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All files by path below the common hash, so that modules find each other by relative paths."""

    sha: str
    files: Mapping[str, Asset]

    def url(self, path: str) -> str:
        """The address of a file; KeyError when there is no such file."""
        if path not in self.files:
            raise KeyError(path)
        return f"/assets/{self.sha}/{path}"


@cache
def catalogue() -> Catalogue:
    """Read the files once a process: Leaflet from its package, our own browser code, fonts."""
    # XStatic packages are data in a namespace package: nothing of theirs is run
    leaflet = Path(str(files("xstatic.pkg.leaflet"))) / "data"
    sources = {
        "front": (_ROOT / "serve" / "browser", ("*.js",)),
        "desk": (_ROOT / "ui" / "desk_map" / "browser", ("*.js", "*.css")),
        "leaflet": (leaflet, ("leaflet.js", "leaflet.css", "images/*.png")),
        "static": (_ROOT / "ui" / "static", ("**/*.woff2", "**/*.css", "**/*.png")),
    }
    found: dict[str, Asset] = {}
    digest = hashlib.sha256()
    for prefix, (folder, patterns) in sorted(sources.items()):
        for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
            name = f"{prefix}/{path.relative_to(folder).as_posix()}"
            content = path.read_bytes()
            found[name] = Asset(_media_type(path), content)
            digest.update(name.encode() + b"\0" + content)
    return Catalogue(digest.hexdigest()[:16], MappingProxyType(found))


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
