"""From a snapshot and an order to the bytes of a file: composed, drawn, checked for characters, written."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from briefing import a3 as sheets
from briefing import page
from briefing.atlas import binding
from briefing.atlas.binding import Watch
from briefing.atlas.choosing import Chosen
from briefing.deck import composing as decks
from briefing.faces import faces
from briefing.report import composing as reports
from briefing.slide import Imprint, Slide, Subject
from briefing.snapshot import Snapshot
from briefing.templates.catalogue import TEMPLATES
from briefing.themes import themed
from layers.draw.paper.sheet import Sheet

# faces and settings are the process's: one briefing is drawn at a time
_DRAWING: Final = threading.Lock()


@dataclass(frozen=True, slots=True)
class Size:
    """A size of picture: its width in pixels, and its width in points on a page of 540 points' height."""

    width_px: int
    height_px: int
    width_pt: float


A3: Final = "A3"
SIZES: Final[Mapping[str, Size]] = MappingProxyType({
    "3840x2160": Size(3840, 2160, 960.0),
    "1920x1080": Size(1920, 1080, 960.0),
    "2880x2160": Size(2880, 2160, 720.0),  # 4:3
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: a template by key, a size, and what a person says otherwise."""

    template: str = "overview"
    size: str = "3840x2160"
    title: str = ""
    park: str = ""
    theme: str = ""  # that of the template; "land-use" fills parcels by their land use
    imprint: Imprint = field(default_factory=Imprint)


@dataclass(frozen=True, slots=True)
class Made:
    """A briefing as bytes, its title, the id of its snapshot, and the names that found no place on its map."""

    body: bytes
    title: str
    snapshot_id: str
    dropped: tuple[str, ...]


class CharactersMissing(ValueError):
    """The bundled font lacks characters of the data; ``characters`` holds them. Nothing was drawn."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__(" ".join(f"U+{ord(one):04X}" for one in characters))
        self.characters = characters


def composed(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> Slide:
    """What the slide will say, with the title that a person wrote instead of the composed one, if any."""
    slide = TEMPLATES[order.template].compose(snapshot, Subject(order.park, other))
    slide = themed(slide, snapshot, order.template, park=order.park, theme=order.theme)
    title = " ".join(order.title.split())
    return replace(slide, title=title) if title else slide


def sheet_of(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> tuple[Sheet, Slide, tuple[str, ...]]:
    """The slide on a sheet, its words, and the names that found no place.

    Raises
    ------
    CharactersMissing
        A text holds a character that the bundled font lacks.
    FontsDamaged
        The bundled font is not the one that was built.
    """
    slide = composed(snapshot, order, other)
    first, second = (snapshot, None) if other is None else (other, snapshot)
    sheet, dropped = page.draw(
        slide, first, order.imprint, faces(), width=SIZES[order.size].width_pt, other=second
    )  # fmt: skip
    missing = faces().missing(sheet.texts)
    if missing:
        raise CharactersMissing(missing)
    return sheet, slide, dropped


def mark_of(snapshot: Snapshot, other: Snapshot | None = None) -> str:
    """The id that a briefing prints: that of its snapshot, of two their beginnings."""
    return snapshot.id if other is None else f"{other.id[:6]}-{snapshot.id[:6]}"


def a3(snapshot: Snapshot, order: Order) -> Made:
    """The A3 sheet as georeferenced vector PDF at an exact scale. Raises as ``sheet_of``."""
    with _DRAWING:
        slide = composed(snapshot, order)
        sheet, view, dropped = sheets.draw(slide, snapshot, order.imprint, faces())
        missing = faces().missing(sheet.texts)
        if missing:
            raise CharactersMissing(missing)
        body = sheet.pdf({"Title": slide.subtitle, "Subject": snapshot.id, "Creator": "Chantu"})
        if order.imprint.georeferenced:
            body = sheets.georeferenced(body, view, snapshot.epsg)
        return Made(body, slide.subtitle, snapshot.id, dropped)


def deck(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> Made:
    """The deck as PPTX, of native text, charts, tables and shapes; ``other`` adds a page of what changed.

    Raises as ``sheet_of``.
    """
    with _DRAWING:
        made = decks.compose(
            snapshot, order.imprint, faces(), title=" ".join(order.title.split()), other=other, theme=order.theme
        )
        missing = faces().missing(made.texts)
        if missing:
            raise CharactersMissing(missing)
        mark = mark_of(snapshot, other)
        return Made(made.written(mark), made.title, mark, made.dropped)


def report(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> Made:
    """The report as PDF on A4; ``other`` adds what changed against it. Raises as ``sheet_of``."""
    with _DRAWING:
        made = reports.compose(
            snapshot, order.imprint, faces(), title=" ".join(order.title.split()), other=other, theme=order.theme
        )
        missing = faces().missing(made.texts)
        if missing:
            raise CharactersMissing(missing)
        mark = mark_of(snapshot, other)
        return Made(made.pdf(mark), made.title, mark, made.dropped)


def atlas(snapshot: Snapshot, order: Order, chosen: Sequence[Chosen], watch: Watch = lambda _done, _of: None) -> Made:
    """The atlas as PDF, a page for each that is chosen; ``watch`` hears of each and may end it.

    Raises as ``sheet_of``.
    """

    def check(texts: Sequence[str]) -> None:
        if missing := faces().missing(texts):
            raise CharactersMissing(missing)

    made = binding.bind(
        snapshot, chosen, order.imprint, faces(), check=check, watch=watch, turn=_DRAWING, theme=order.theme
    )
    return Made(made.body, made.title, snapshot.id, made.dropped)


def png(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> Made:
    """A slide as PNG; the same snapshot and order give the same bytes. Raises as ``sheet_of``."""
    with _DRAWING:
        return _png(snapshot, order, other)


def pdf(snapshot: Snapshot, order: Order, other: Snapshot | None = None) -> Made:
    """A slide as one page of vector PDF with its text as text. Raises as ``sheet_of``."""
    with _DRAWING:
        sheet, slide, dropped = sheet_of(snapshot, order, other)
        mark = mark_of(snapshot, other)
        body = sheet.pdf({"Title": slide.title, "Subject": mark, "Creator": "Chantu"})
        return Made(body, slide.title, mark, dropped)


def _png(snapshot: Snapshot, order: Order, other: Snapshot | None) -> Made:
    sheet, slide, dropped = sheet_of(snapshot, order, other)
    mark = mark_of(snapshot, other)
    told = {"Title": slide.title, "Source": mark, "Comment": "示例数据" if snapshot.has_sample else ""}
    body = sheet.png(SIZES[order.size].width_px, {key: text for key, text in told.items() if text})
    return Made(body, slide.title, mark, dropped)
