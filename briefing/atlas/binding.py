"""The pages of an atlas in one file: bookmarks by park, each page georeferenced, progress told, ended at a word."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import Fit

from briefing import a3
from briefing.atlas import index, pages
from briefing.atlas.choosing import Chosen
from briefing.atlas.facts import Measured
from briefing.slide import Imprint
from briefing.snapshot import Snapshot
from briefing.templates.parts import park_name
from briefing.themes import fills
from layers.draw.paper.sheet import Book
from layers.draw.paper.type import Faces
from layers.draw.paper.view import View

# hears how many pages are done, of how many; what it raises ends the work
Watch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Bound:
    """An atlas: the file, its title, every text in it, and the names that found no place."""

    body: bytes
    title: str
    dropped: tuple[str, ...]


def bind(
    snapshot: Snapshot, chosen: Sequence[Chosen], imprint: Imprint, faces: Faces, *,
    check: Callable[[Sequence[str]], None], watch: Watch = lambda _done, _of: None,
    turn: threading.Lock | None = None, theme: str = "",
) -> Bound:  # fmt: skip
    """Draw the pages one after the other; ``check`` looks at the texts of each before it is painted.

    ``turn`` is held while a page is drawn and let go between pages, so that others may draw in between.
    """
    title = f"产业园区与储备地块图册（{len(chosen)} 页）"
    look = fills(theme)
    measured = {"park": Measured(snapshot, "park"), "parcel": Measured(snapshot, "parcel")}
    book = Book({"Title": title, "Subject": snapshot.id, "Creator": "Chantu"})
    views: list[View | None] = []
    dropped: list[str] = []
    holding: AbstractContextManager[Any] = turn if turn is not None else nullcontext()
    with holding:
        leaves = index.draw(snapshot, chosen, imprint, faces, look)
        for leaf in leaves:
            check(leaf.sheet.texts)
            book.add(leaf.sheet)
            views.append(leaf.view)
    of = len(leaves) + len(chosen)
    for nth, one in enumerate(chosen, 1):
        watch(nth - 1, len(chosen))
        with holding:
            facts = measured[one.kind].of(one.row)
            numbered = pages.Numbered(len(leaves) + nth, of)
            sheet, view, left = pages.draw(snapshot, one, facts, imprint, faces, numbered, look)
            check(sheet.texts)
            book.add(sheet)
        views.append(view)
        dropped += left
    watch(len(chosen), len(chosen))
    with holding:
        body = book.pdf()
    lie = views if imprint.georeferenced else [None] * len(views)
    return Bound(_finished(body, snapshot, chosen, lie, leaves), title, tuple(dict.fromkeys(dropped)))


def _finished(
    body: bytes,
    snapshot: Snapshot,
    chosen: Sequence[Chosen],
    views: Sequence[View | None],
    leaves: Sequence[index.Leaf],
) -> bytes:
    """Bookmarks, links from the index to the pages and back, and where each page lies unless the profile forbids it."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(body)))
    above: dict[str, Any] = {}
    for nth, view in enumerate(views):
        if view is not None:
            a3.say_where(writer.pages[nth], view, snapshot.epsg)
    if leaves:
        writer.add_outline_item(title=index.TITLE, page_number=0)
    for nth, leaf in enumerate(leaves):
        for rect, page in leaf.links:
            _link(writer, nth, rect, page - 1)
    for nth, one in enumerate(chosen, len(leaves)):
        if leaves:
            _link(writer, nth, pages.NUMBER_AT, 0)
        park = pages.park_of(snapshot, one)
        if one.kind == "park":
            above[park] = writer.add_outline_item(title=park_name(one.name), page_number=nth)
        else:
            if park not in above:
                above[park] = writer.add_outline_item(title=park_name(park) or "园区外", page_number=nth)
            writer.add_outline_item(title=one.name, page_number=nth, parent=above[park])
    writer.page_mode = "/UseOutlines"
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _link(writer: PdfWriter, page: int, rect: index.Rect, target: int) -> None:
    """A link without a frame of its own from a rectangle of a page (points from the top) to another page."""
    x, y, width, height = rect
    top = float(writer.pages[page].mediabox.height) - y
    writer.add_annotation(
        page_number=page,
        annotation=Link(
            rect=(x, top - height, x + width, top), border=[0, 0, 0], target_page_index=target, fit=Fit.fit()
        ),
    )
