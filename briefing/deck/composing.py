"""A deck from a snapshot: composed in full, its texts told, and only then written."""

from __future__ import annotations

from dataclasses import dataclass

from briefing.deck import package, pages
from briefing.deck import theme as themes
from briefing.deck.pages import Making
from briefing.slide import Imprint
from briefing.snapshot import Snapshot
from layers.draw.paper.type import Faces


@dataclass(frozen=True, slots=True)
class Composed:
    """A deck before it is written: every text in it, its title, and the names that found no place on its map."""

    making: Making
    texts: tuple[str, ...]
    title: str
    dropped: tuple[str, ...]

    def written(self, mark: str) -> bytes:
        """The file."""
        making = self.making
        return package.written(making.deck, title=self.title, subject=mark, author=making.imprint.office or "Chantu",
                               at=making.snapshot.data_at)  # fmt: skip


def compose(
    snapshot: Snapshot,
    imprint: Imprint,
    faces: Faces,
    *,
    title: str = "",
    other: Snapshot | None = None,
    theme: str = "",
) -> Composed:
    """Compose every page."""
    deck = themes.blank(is_sample=snapshot.has_sample or (other is not None and other.has_sample))
    making = Making(deck, snapshot, other, imprint, faces, title, [], [], theme)
    pages.write(making)
    texts = tuple(text for page in making.pages for text in page.texts if text)
    return Composed(making, texts, title or pages.TITLE, tuple(dict.fromkeys(making.dropped)))
