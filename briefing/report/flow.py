"""Text and pieces one below the other over pages of A4: what does not fit begins the next page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from pypdf import PdfReader, PdfWriter

from briefing import panel
from briefing.slide import Bars, Callout, Kpi, Signs, Table
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces

WIDTH, HEIGHT = 595.28, 841.89  # A4
MARGIN: Final = 54.0
ROOM: Final = WIDTH - 2 * MARGIN
_TOP, _BOTTOM = 74.0, HEIGHT - 64.0
_SIZE, _LEAD = 10.5, 18.0
_PIECE_GAP: Final = 12.0


class Flow:
    """Pages while they are filled; y runs down."""

    def __init__(self, faces: Faces) -> None:
        self._faces = faces
        self.sheets: list[Sheet] = []
        self.headings: list[tuple[str, int]] = []
        self.y = 0.0
        self._tables = 0
        self.turn()

    def table(self) -> str:
        """The number of the next table."""
        self._tables += 1
        return f"表 {self._tables}"

    @property
    def sheet(self) -> Sheet:
        """The page that is being filled."""
        return self.sheets[-1]

    @property
    def left(self) -> float:
        """How much of the page is free."""
        return _BOTTOM - self.y

    def turn(self) -> None:
        """Begin a page."""
        self.sheets.append(Sheet(WIDTH, HEIGHT, self._faces))
        self.y = _TOP

    def need(self, height: float) -> None:
        """Begin a page unless so much is free."""
        if height > self.left:
            self.turn()

    def heading(self, text: str, *, with_: float = 80.0) -> None:
        """Set a heading that is not parted from what follows it."""
        self.need(34.0 + with_)
        self.headings.append((text, len(self.sheets) - 1))
        self.y += 12.0
        self.sheet.rect(MARGIN, self.y + 2.0, 4.0, 14.0, fill=style.ACCENT)
        self.sheet.text(MARGIN + 12.0, self.y + 14.0, text, 14.0, weight="bold")
        self.y += 26.0

    def paragraph(self, text: str, *, color: str = style.INK, size: float = _SIZE) -> None:
        """Set a paragraph, two characters in, as Chinese documents have it."""
        lead = _LEAD * size / _SIZE
        for line in panel.lines_of(self._faces, f"　　{text}" if size == _SIZE else text, size, ROOM):
            self.need(lead)
            self.y += lead
            self.sheet.text(MARGIN, self.y - 0.3 * lead, line, size, color=color)
        self.y += 5.0

    def figures(self, items: tuple[Kpi, ...]) -> None:
        """Key figures side by side on a tint."""
        self.need(74.0)
        self.sheet.rect(MARGIN, self.y, ROOM, 62.0, fill="#F4F6F8")
        panel.kpis(self.sheet, items, MARGIN + 16.0, self.y + 10.0, ROOM - 32.0)
        self.y += 74.0

    def callout(self, one: Callout) -> None:
        """The one box of what is to be done."""
        height = panel.callout_height(self.sheet, one, ROOM)
        self.need(height + _PIECE_GAP)
        panel.callout(self.sheet, one, MARGIN, self.y, ROOM)
        self.y += height + _PIECE_GAP

    def piece(self, piece: Bars | Signs | Table, *, part: float = 1.0) -> None:
        """A chart, a legend or a table as wide as the text, or a part of it; a long table goes on on the next page."""
        while isinstance(piece, Table) and panel.height_of(piece) > self.left:
            first, rest = _parted(piece, self.left)
            if first is None:
                self.turn()
                continue
            self._draw(first, part)
            self.turn()
            piece = rest
        self.need(panel.height_of(piece))
        self._draw(piece, part)

    def _draw(self, piece: Bars | Signs | Table, part: float) -> None:
        panel.draw(self.sheet, piece, MARGIN, self.y, ROOM * part)
        self.y += panel.height_of(piece) + _PIECE_GAP


def _parted(table: Table, height: float) -> tuple[Table | None, Table]:
    """As many rows as fit, and the table of the others; none where fewer than three would."""
    bare = Table(table.head, table.unit, table.columns, ())
    fitting = int(
        (height - panel.height_of(bare))
        // (panel.height_of(Table("", "", table.columns, ((),))) - panel.height_of(bare))
    )
    # what goes on has rows of its own, not a bare total
    fitting = min(fitting, len(table.rows) - 2)
    if fitting < 3:
        return None, table
    first = Table(table.head, table.unit, table.columns, table.rows[:fitting])
    rest = Table(
        f"{table.head}（续）", table.unit, table.columns, table.rows[fitting:], table.total, table.rest, table.measure
    )
    return first, rest


def bookmarked(pdf: bytes, headings: Sequence[tuple[str, int]]) -> bytes:
    """A file with its headings as bookmarks."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for text, page in headings:
        writer.add_outline_item(title=text, page_number=page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
