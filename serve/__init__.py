"""HTTP of the same process: tiles, colours, labels, assets, questions; all of it read only."""

from __future__ import annotations

import gc
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import Route

from exchange import scratch
from planning import selecting
from planning.atlas import Atlas
from serve.assets import asset, compiled_map
from serve.conflicts import Conflicts
from serve.facts import Facts
from serve.front import PAGES, front
from serve.guard import Guard, allowed_hosts
from serve.parting import Parting
from serve.promptness import prompt_connections
from serve.questions import Questions
from serve.shelf import Shelf
from serve.tiles import Tiles

__all__ = ["middleware", "prompt_connections", "routes", "warm"]


def routes(atlas: Atlas) -> list[Route]:
    """Every route of the product beside Streamlit's own."""
    tiles, facts, questions = Tiles(atlas), Facts(atlas), Questions(atlas)
    return [
        *(Route(path, front) for path in PAGES),
        Route("/health", facts.health),
        Route("/assets/{sha}/{path:path}", asset),
        Route("/fm/{name}", compiled_map),
        Route("/tiles/{names}/{revisions}/{z:int}/{x:int}/{y:int}.pbf", tiles.tile),
        Route("/state/{scenario:int}/{revision:int}-{parcels:int}-{fields:int}.bin", facts.state),
        Route("/areas/{revision:int}.bin", facts.areas),
        Route("/labels/{layer}/{revision:int}.json", facts.labels),
        Route("/names", facts.names),
        Route("/search", questions.search),
        Route("/select", questions.select, methods=["POST"]),
        Route("/neighbours", questions.neighbours, methods=["POST"]),
        Route("/extent", questions.extent, methods=["POST"]),
        Route("/measure", questions.measure, methods=["POST"]),
    ]


def warm(atlas: Atlas) -> None:
    """Do once, while the first page still loads, what would make the first question slow: read, index, compile."""
    scratch.swept()
    atlas.warm()
    parcels = atlas.parcels()
    if len(parcels.ids):
        selecting.neighbours(atlas, parcels.ids[:1])
        Conflicts(atlas).index()
    # what was read and built stays for good: later collections need not look at it again
    gc.collect()
    gc.freeze()


def middleware(hosts: Sequence[str] | None = None) -> list[Middleware]:
    """What stands before every route and the websocket."""
    guard = Middleware(Guard, hosts=tuple(hosts) if hosts is not None else allowed_hosts())
    return [guard, Middleware(Parting), Middleware(Shelf)]
