"""The pages of the deck as LibreOffice shows them, with every text that its file says is on them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pptx import Presentation

from briefing.deck.theme import LATIN, TYPEFACE
from briefing.faces import FOLDER
from briefing.templates.parts import park_name
from layers.draw.paper.placing import Box
from tests.briefing.frozen import Frozen
from tests.nightly.looks import Expected, Look

_PT: Final = 12_700  # English Metric Units a point
_DOTS: Final = 144
# the deck asks for typefaces of the reader's machine; here it is shown in our own
FONTS: Final = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{folder}</dir>
<cachedir>{cache}</cachedir>
<match target="pattern"><test name="family"><string>{family}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Chantu Sans SC</string></edit></match>
<match target="pattern"><test name="family"><string>{latin}</string></test>
<edit name="family" mode="assign" binding="strong"><string>Chantu Sans SC</string></edit></match></fontconfig>
"""


def shown(deck: Path, folder: Path) -> Path:
    """The deck as LibreOffice prints it: one picture a page beside a PDF; the PDF's path."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS.format(folder=FOLDER, cache=folder / "cache", family=TYPEFACE, latin=LATIN), "utf-8")
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "FONTCONFIG_FILE": str(fonts)}
    made = folder / f"{deck.stem}.pdf"
    for command in (
        ("soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(deck)),
        ("pdftoppm", "-r", str(_DOTS), "-png", str(made), str(folder / "deck")),
    ):
        subprocess.run(command, env=told, check=True, capture_output=True, timeout=300)
    return made


def looks(sample: Frozen, deck: Path, folder: Path) -> Iterator[Look]:
    """One look a page."""
    parks = {park_name(name) for name in sample.after.layers["parks"].columns["name"]}
    pictures = sorted(folder.glob("deck-*.png"))
    for nth, (slide, picture) in enumerate(zip(Presentation(str(deck)).slides, pictures, strict=True), 1):
        yield Look(f"deck {nth}", picture, _DOTS / 72, tuple(_texts(slide, parks)))


def _texts(slide: Any, parks: set[str]) -> Iterator[Expected]:
    title = slide.shapes.title
    for shape in every_shape(slide.shapes):
        box = _box(shape)
        if shape.has_text_frame:
            for text in (one.text for one in shape.text_frame.paragraphs):
                kind = (
                    "title"
                    if shape == title
                    else "park"
                    if text in parks
                    else "call-out"
                    if shape.name == "提示"
                    else "text"
                )
                if len(text) > 1 and not text.startswith("‹"):
                    yield Expected(kind, text, box, is_line=kind == "park")
        elif getattr(shape, "has_table", False):
            cells = {cell.text for row in shape.table.rows for cell in row.cells}
            yield from (Expected("table", text, box, is_line=False) for text in sorted(cells) if len(text) > 1)
        elif getattr(shape, "has_chart", False):
            names = shape.chart.plots[0].categories
            yield from (Expected("legend", text, box, is_line=False) for text in names)


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
