"""Questions that the map asks: what lies in this shape, next to these, under this name; how far, how large."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from geo.tiling import LonLatBounds
from geo.units import mu
from layers.draw.rows import RowsRefused, decode_rows, encode_rows
from planning import measuring, selecting
from planning.atlas import Atlas
from planning.snapshots import ParcelSnapshot
from serve.bodies import BodyRefused, points_of, read_object, word_of
from serve.replies import as_json, gone, refused

MOST_FOUND: Final = 12
LONGEST_SEARCH: Final = 80
ASKED_PREDICATES: Final[tuple[Literal["within", "majority", "touches"], ...]] = ("within", "majority", "touches")
KINDS: Final[tuple[Literal["length", "area"], ...]] = ("length", "area")


class Questions:
    """Each answer is worked out in a thread, so that the process goes on serving tiles."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas

    async def select(self, request: Request) -> Response:
        """Parcels by a drawn ring and a predicate."""

        def answer(body: dict[str, object]) -> Response:
            ring = points_of(body.get("shape"), least=3)
            predicate = word_of(body.get("predicate"), among=ASKED_PREDICATES)
            parcels = self._atlas.parcels()
            if body.get("revision") != parcels.revision:
                return gone()
            return _parcels_reply(parcels, selecting.by_shape(self._atlas, ring, predicate))

        return await _asked(request, answer)

    async def neighbours(self, request: Request) -> Response:
        """The neighbours of some parcels, those themselves left out."""

        def answer(body: dict[str, object]) -> Response:
            parcels = self._atlas.parcels()
            if body.get("revision") != parcels.revision:
                return gone()
            rows = decode_rows(str(body.get("rows", "")), count=len(parcels.ids))
            return _parcels_reply(parcels, selecting.neighbours(self._atlas, parcels.ids[rows]))

        return await _asked(request, answer)

    async def extent(self, request: Request) -> Response:
        """The common extent of some parcels: west, south, east, north in degrees."""

        def answer(body: dict[str, object]) -> Response:
            parcels = self._atlas.parcels()
            if body.get("revision") != parcels.revision:
                return gone()
            rows = decode_rows(str(body.get("rows", "")), count=len(parcels.ids))
            return as_json({"bounds": _box(parcels.tiles.bounds_of(rows))})

        return await _asked(request, answer)

    async def measure(self, request: Request) -> Response:
        """A length or an area, in the plane of the storage CRS and on its ellipsoid."""

        def answer(body: dict[str, object]) -> Response:
            kind = word_of(body.get("kind"), among=KINDS)
            points = points_of(body.get("points"), least=3 if kind == "area" else 2)
            measured = measuring.measure(points, kind, epsg=self._atlas.epsg)
            return as_json({"plane": measured.plane, "ellipsoid": measured.ellipsoid})

        return await _asked(request, answer)

    def search(self, request: Request) -> Response:
        """Rows by code or name, with the place to fly to."""
        text = request.query_params.get("q", "").strip()[:LONGEST_SEARCH]
        found = selecting.search(self._atlas, text, MOST_FOUND) if text else []
        return as_json({"found": [self._found(hit.layer, hit.id, hit.code, hit.name) for hit in found]})

    def _found(self, layer: str, one: int, code: str, name: str) -> dict[str, object]:
        snapshot = self._atlas.layer(layer)
        row = int(snapshot.row_of([one])[0])
        box = _box(snapshot.tiles.bounds_of(np.array([row])))
        return {"layer": layer, "row": row, "code": code, "name": name, "bounds": box}


def _box(bounds: LonLatBounds | None) -> list[float] | None:
    return [bounds.west, bounds.south, bounds.east, bounds.north] if bounds else None


async def _asked(request: Request, answer: Callable[[dict[str, object]], Response]) -> Response:
    try:
        body = await read_object(request)
        return await run_in_threadpool(answer, body)
    except BodyRefused as fault:
        return refused(fault.code, status=fault.status)
    except RowsRefused:
        return refused("rows")


def _parcels_reply(parcels: ParcelSnapshot, ids: NDArray[np.int64]) -> Response:
    rows = parcels.row_of(ids)
    area = Decimal(int(parcels.centi_m2[rows].sum())) / 100
    return as_json({"rows": encode_rows(rows), "count": len(rows), "mu": str(mu(area))})
