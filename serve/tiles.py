"""Vector tiles of one or several layers in one answer, kept by revision."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from geo.tiling import TileIndex
from layers.schema import LAYERS
from planning.atlas import Atlas
from serve.conflicts import Conflicts
from serve.replies import FOREVER, as_bytes, gone, missing

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
DEEPEST: Final = 22
KEPT_BYTES: Final = 96 * 1024 * 1024
# level 1 packs tiles to within a few per cent of level 6 at a third of the time
GZIP_LEVEL: Final = 1


class Tiles:
    """Cuts tiles on request and keeps the last ones, packed."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._conflicts = Conflicts(atlas)
        self._kept = _Kept(KEPT_BYTES)

    def tile(self, request: Request) -> Response:
        """Answer with a tile that holds the named layers one after another; 204 when none has anything there."""
        names = request.path_params["names"].split("+")
        revisions = request.path_params["revisions"].split("+")
        z, x, y = (request.path_params[key] for key in "zxy")
        if len(names) != len(revisions) or len(set(names)) != len(names) or not _exists(z, x, y):
            return missing()
        if any(name not in LAYERS and name != "conflicts" for name in names):
            return missing()
        indexes: list[tuple[str, TileIndex | None]] = []
        for name, revision in zip(names, revisions, strict=True):
            present, index = self._index(name)
            if present != revision:
                return gone()
            indexes.append((name, index))
        key = (request.path_params["names"], request.path_params["revisions"], z, x, y)
        packed = self._kept.get(key)
        if packed is None:
            packed = _cut(indexes, z, x, y)
            self._kept.put(key, packed)
        if not packed:
            return Response(status_code=204, headers=FOREVER)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return as_bytes(packed, MEDIA_TYPE, encoding="gzip")
        return as_bytes(gzip.decompress(packed), MEDIA_TYPE)

    def _index(self, name: str) -> tuple[str, TileIndex | None]:
        if name == "conflicts":
            return self._conflicts.revision(), self._conflicts.index()
        snapshot = self._atlas.parcels() if name == "parcels" else self._atlas.layer(name)
        return str(snapshot.revision), snapshot.tiles


def _exists(z: int, x: int, y: int) -> bool:
    return z <= DEEPEST and x < 1 << z and y < 1 << z


def _cut(indexes: list[tuple[str, TileIndex | None]], z: int, x: int, y: int) -> bytes:
    layers = (index.tile(z, x, y, name=name, signs=name == "parcels") for name, index in indexes if index is not None)
    content = b"".join(layers)
    return gzip.compress(content, GZIP_LEVEL, mtime=0) if content else b""


class _Kept:
    """The last used packed tiles, up to a number of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._tiles: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...]) -> bytes | None:
        with self._lock:
            packed = self._tiles.get(key)
            if packed is not None:
                self._tiles.move_to_end(key)
            return packed

    def put(self, key: tuple[object, ...], packed: bytes) -> None:
        with self._lock:
            if key in self._tiles:
                return
            self._tiles[key] = packed
            self._bytes += len(packed) + 200
            while self._bytes > self._most_bytes:
                _, dropped = self._tiles.popitem(last=False)
                self._bytes -= len(dropped) + 200
