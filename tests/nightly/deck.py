"""The pages of the deck as LibreOffice shows them, with every text that its file says is on them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pptx import Presentation
from pptx.enum.text import MSO_ANCHOR

from briefing import rendering
from briefing.deck.theme import LATIN, TYPEFACE
from briefing.faces import FOLDER
from briefing.rendering import Order
from briefing.templates.parts import park_name
from layers.draw.paper.placing import Box
from tests.briefing.frozen import Frozen
from tests.nightly.looks import IMPRINT, Expected, Look

_PT: Final = 12_700  # English Metric Units a point
_DOTS: Final = 200
# the deck asks for typefaces of the reader's machine; here it is shown in our own
FONTS: Final = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{folder}</dir>
<cachedir>{cache}</cachedir>
<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Chantu Sans SC</string></edit></match>
<match target="pattern"><test name="family"><string>{latin}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Chantu Sans SC</string></edit></match></fontconfig>
"""


def shown(deck: Path, folder: Path, *, dots: int = _DOTS) -> list[Path]:
    """The deck as LibreOffice prints it, in our own type: one picture a page, of so many dots an inch."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=FOLDER, cache=folder / "cache", family=TYPEFACE, latin=LATIN), "utf-8")
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "FONTCONFIG_FILE": str(fonts)}
    made = folder / f"{deck.stem}.pdf"
    for command in (
        ("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(deck)),
        ("pdftoppm", "-r", str(dots), "-png", str(made), str(folder / "deck")),
    ):
        subprocess.run(command, env=told, check=True, capture_output=True, timeout=300)
    return sorted(folder.glob("deck-*.png"))


def looks(sample: Frozen, folder: Path) -> Iterator[Look]:
    """One look a page."""
    deck = folder / "deck.pptx"
    deck.write_bytes(rendering.deck(sample.after, Order(imprint=IMPRINT), sample.base).body)
    parks = {park_name(name) for name in sample.after.layers["parks"].columns["name"]}
    pictures = shown(deck, folder)
    for nth, (slide, picture) in enumerate(zip(Presentation(str(deck)).slides, pictures, strict=True), 1):
        yield Look(f"deck {nth}", picture, _DOTS / 72, tuple(_texts(slide, parks)))


def _texts(slide: Any, parks: set[str]) -> Iterator[Expected]:
    for shape in every_shape(slide.shapes):
        box = _box(shape)
        if shape.has_text_frame:
            held = [one for one in shape.text_frame.paragraphs if len(one.text) > 1 and not one.text.startswith("‹")]
            for one in held:
                tight = _tight(shape, one, box) if len(held) == 1 else None
                kind = _kind(shape, one.text, parks, is_title=shape == slide.shapes.title)
                yield Expected(kind, one.text, tight or box, is_line=tight is not None)
        elif getattr(shape, "has_table", False):
            cells = {cell.text for row in shape.table.rows for cell in row.cells}
            yield from (Expected("table", text, box, is_line=False) for text in sorted(cells) if len(text) > 1)
        elif getattr(shape, "has_chart", False):
            names = shape.chart.plots[0].categories
            yield from (Expected("legend", text, box, is_line=False) for text in names)


def _kind(shape: Any, text: str, parks: set[str], *, is_title: bool) -> str:
    if is_title:
        return "title"
    if text in parks:
        return "park"
    if shape.name.startswith("注记"):
        return "place or road" if not any(one.isdecimal() for one in text) else "parcel"
    return "call-out" if shape.name == "提示" else "foot" if "快照 " in text or "数据来源" in text else "text"


def _tight(shape: Any, paragraph: Any, box: Box) -> Box | None:
    """The box of a paragraph that stands alone on one line in the middle of its shape; None when it may be longer."""
    sizes = [run.font.size for run in paragraph.runs if run.font.size is not None]
    size = float(max(sizes)) / _PT if sizes else 0.0
    if not size or shape.text_frame.vertical_anchor != MSO_ANCHOR.MIDDLE or len(paragraph.text) * size > box.width:
        return None
    return Box(box.cx, box.cy, box.width, 1.3 * size)


def every_shape(shapes: Any) -> Iterator[Any]:
    """All shapes, those in groups too."""
    for one in shapes:
        if one.shape_type == 6:
            yield from every_shape(one.shapes)
        else:
            yield one


def _box(shape: Any) -> Box:
    left, top, width, height = (float(one or 0) / _PT for one in (shape.left, shape.top, shape.width, shape.height))
    return Box(left + width / 2, top + height / 2, width, height)
