"""The mark of sample data that exports of this product bear, found again wherever the format keeps it."""

from __future__ import annotations

from typing import Final

from exchange.formats.opened import FileNote
from exchange.writing.facts import NAMES
from exchange.writing.outgoing import SAMPLE_MARK

# the key under which the mark is a fact of a file
FACT: Final = "notice"
# as a fact alone, before a title, and at the beginning of all facts in one line
_BEGINNINGS: Final = (SAMPLE_MARK, f"[{SAMPLE_MARK}", *(
    f"{name}{colon}{SAMPLE_MARK}" for name, colon in zip(NAMES[FACT], ("：", ": "), strict=True)
))  # fmt: skip


def is_marked(text: object) -> bool:
    """Whether a fact, a title or a line of facts says that the data are sample data."""
    return isinstance(text, str) and text.lstrip().startswith(_BEGINNINGS)


def note_of(*texts: object) -> tuple[FileNote, ...]:
    """The note that the file says so, if one of the texts does."""
    return (FileNote("sample_mark_in_file"),) if any(map(is_marked, texts)) else ()
