"""A watermark: who made it and when, in rows across the page, pale enough to read through."""

from __future__ import annotations

from typing import Final

from layers.draw.paper.sheet import Sheet

_SIZE_PT: Final = 12.0
_ANGLE: Final = 24.0
# eight of a hundred parts of ink: seen on white and on colour, in the way of neither
_INK: Final = "#1B243014"
_STEP_PT: Final = (210.0, 96.0)


def lay(sheet: Sheet, text: str) -> None:
    """Lay a text over a sheet, over all of it; nothing for no text. The same text gives the same marks."""
    if not text:
        return
    across, down = _STEP_PT
    rows = int(sheet.height_pt // down) + 2
    columns = int(sheet.width_pt // across) + 2
    for row in range(rows):
        # every other row stands half a step on, so that no straight cut takes them all
        shift = across / 2 if row % 2 else 0.0
        for column in range(columns):
            place = column * across - shift
            sheet.text(place, row * down + 30.0, text, _SIZE_PT, weight="medium", color=_INK, angle=_ANGLE)
