"""The pages that are looked at: each as a picture, with every text set on it, its kind, and where it must be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from briefing import a3, rendering
from briefing.atlas import choosing, pages
from briefing.atlas.facts import Measured
from briefing.faces import faces
from briefing.rendering import SIZES, Order
from briefing.report import composing as reports
from briefing.slide import Bars, Imprint, Kpi, Signs, Slide, Table
from briefing.templates.catalogue import TEMPLATES
from briefing.templates.parts import park_name
from layers.draw.paper.placing import Box
from layers.draw.paper.sheet import Sheet, Written
from tests.briefing.frozen import Frozen

# an office that is none, so that the foot of every page has all its parts
IMPRINT: Final = Imprint(office="示例编制单位")
# what must be read back; other names and letters are told only
ASKED: Final = ("title", "key figure", "legend", "park", "call-out", "table", "text", "foot")
TOLD: Final = ("place or road", "parcel", "letter or figure of a map")
_A3_PX: Final = 3308  # 200 dots an inch
_A4_PX: Final = 1654
_CLOSE_UPS: Final = ("稠江崇山产业园", "示例DK-024")
_FOOT_WORDS: Final = ("数据来源：", "快照 ", "数据截至")


@dataclass(frozen=True, slots=True)
class Expected:
    """A text that was set: its kind, and its box in points; ``is_line`` when it stands on one line."""

    kind: str
    text: str
    box: Box
    is_line: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One page: its name, its picture, how many pixels a point of it is, and what has to be read on it."""

    name: str
    picture: Path
    scale: float
    texts: tuple[Expected, ...]


def slides(sample: Frozen, folder: Path) -> Iterator[Look]:
    """Every template in every size, and the close-up of one more park."""
    orders = [Order(key, size, imprint=IMPRINT) for key in TEMPLATES for size in SIZES]
    for order in [*orders, Order("park", park=_CLOSE_UPS[0], imprint=IMPRINT)]:
        other = sample.base if TEMPLATES[order.template].takes_other else None
        sheet, slide, _ = rendering.sheet_of(sample.after, order, other)
        name = f"{order.template}{'-2' if order.park else ''} {order.size}"
        yield _look(folder, name, sheet, SIZES[order.size].width_px, of_slide(sample, slide))


def papers(sample: Frozen, folder: Path) -> Iterator[Look]:
    """The A3 sheet of two templates, a page of the atlas of a park and of a parcel, and the pages of the report."""
    snapshot = sample.after
    for key in ("overview", "park"):
        slide = rendering.composed(snapshot, Order(key))
        sheet, _, _ = a3.draw(slide, snapshot, IMPRINT, faces())
        yield _look(folder, f"a3 {key}", sheet, _A3_PX, of_slide(sample, slide))
    for one in choosing.found(snapshot, _CLOSE_UPS)[0]:
        facts = Measured(snapshot, one.kind).of(one.row)
        sheet, _, _ = pages.draw(snapshot, one, facts, IMPRINT, faces(), pages.Numbered(1, 2))
        title = pages.title(one)
        yield _look(folder, f"atlas {one.kind}", sheet, _A3_PX, _kinds(sample, {title: "title"}, rest="table"))
    made = reports.compose(snapshot, IMPRINT, faces(), other=sample.base)
    heads = {heading: "title" for heading, _ in made.headings}
    for nth, sheet in enumerate(made.sheets, 1):
        yield _look(folder, f"report {nth}", sheet, _A4_PX, _kinds(sample, heads, rest="text"))


Kinds = Callable[[str, float], str]


def of_slide(sample: Frozen, slide: Slide) -> Kinds:
    """The kinds of the texts of a slide."""
    known = {slide.subtitle: "title", f"{slide.subtitle}图": "title", slide.title: "title"}
    known |= dict.fromkeys(slide.captions, "title")
    for kpi in slide.kpis:
        known |= {kpi.label: "key figure", whole(kpi): "key figure"}
    for piece in slide.pieces:
        known[piece.head] = "legend"
        if isinstance(piece, Bars):
            known |= {text: "legend" for row in piece.rows for text in (row.label, row.value)}
            known |= dict.fromkeys(piece.total[:2], "legend")
        elif isinstance(piece, Signs):
            known |= {one.label: "legend" for one in piece.items}
        elif isinstance(piece, Table):
            known |= {column.head: "table" for column in piece.columns}
            known |= {cell: "table" for row in (*piece.rows, piece.total) for cell in row if len(cell) > 1}
    told = slide.callout.lead + slide.callout.body
    return _kinds(sample, {key: kind for key, kind in known.items() if key}, said=told)


def whole(kpi: Kpi) -> str:
    """A key figure with its unit."""
    return f"{kpi.figure.text} {kpi.figure.unit}"


def _kinds(sample: Frozen, known: dict[str, str], *, said: str = "", rest: str = "") -> Kinds:
    layers = sample.after.layers
    parks = {park_name(name) for name in layers["parks"].columns["name"]}
    named = {name for key in ("roads", "towns", "landscape", "facilities") for name in layers[key].columns["name"]}
    codes = tuple(sample.after.parcels.columns["code"])

    def kind(text: str, size: float) -> str:
        bare = text.partition("（")[0]
        if text in parks:
            return "park"
        if text in known:
            return known[text]
        if any(text.startswith(one) or one in text for one in _FOOT_WORDS):
            return "foot"
        if said and len(text) > 1 and text in said:
            return "call-out"
        if bare in named:
            return "place or road"
        if any(code.endswith(text.rpartition(" ")[2]) for code in codes) or text.endswith(" 亩"):
            return "parcel"
        return rest if rest and len(text) > 1 and size >= 7.4 else "letter or figure of a map"

    return kind


def _look(folder: Path, name: str, sheet: Sheet, width_px: int, kinds: Kinds) -> Look:
    path = folder / f"{name.replace(' ', '-')}.png"
    path.write_bytes(sheet.png(width_px, {}))
    texts = tuple(Expected(kinds(one.text, one.size), one.text, one.box) for one in _joined(sheet.written, kinds))
    return Look(name, path, width_px / sheet.width_pt, texts)


def _joined(written: list[Written], kinds: Kinds) -> Iterator[Written]:
    """Lines as they were set; a key figure and its unit beside it are one text."""
    at = 0
    while at < len(written):
        one, after = written[at], written[at + 1] if at + 1 < len(written) else written[at]
        both = f"{one.text} {after.text}"
        if kinds(both, one.size) == "key figure":
            yield Written(both, one.size, _around(one.box, after.box))
            at += 1
        else:
            yield one
        at += 1


def _around(one: Box, other: Box) -> Box:
    corners = np.concatenate([one.corners, other.corners])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Box(float(left + right) / 2, float(top + bottom) / 2, float(right - left), float(bottom - top))
