"""Type: the faces that a sheet is set in, how wide a text runs in them, and which characters they lack."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, Literal

from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

Weight = Literal["regular", "medium", "bold"]
# advances are read at this size, in points at 72 dpi
_READ_AT: Final = 100.0
# half of the height of a Chinese character above the baseline, in ems: what centres a line of text in a box
MIDDLE_EM: Final = 0.37


@dataclass(frozen=True, slots=True)
class Faces:
    """Paths of TrueType files, one a weight; nothing else of the machine's fonts is ever looked at."""

    regular: str
    medium: str
    bold: str

    def path(self, weight: Weight) -> str:
        """The file of a weight."""
        return {"regular": self.regular, "medium": self.medium, "bold": self.bold}[weight]

    def properties(self, weight: Weight, size_pt: float) -> FontProperties:
        """The face as matplotlib wants it: by file, so that no search takes another one of the same name."""
        return FontProperties(fname=self.path(weight), size=size_pt)

    def width(self, text: str, size_pt: float, weight: Weight = "regular") -> float:
        """How wide a line runs, in points: the sum of advances, which pair kerning changes by less than a hundredth."""
        path = self.path(weight)
        return sum(_advance(path, character) for character in text) * size_pt / _READ_AT

    def missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Characters of the texts that some weight lacks, each once, in order of their numbers."""
        wanted = {character for text in texts for character in text if character != "\n"}
        held = _held(self.regular) & _held(self.medium) & _held(self.bold)
        return tuple(sorted(wanted - held))


@cache
def _font(path: str) -> FT2Font:
    font = FT2Font(path)
    font.set_size(_READ_AT, 72)
    return font


@cache
def _held(path: str) -> frozenset[str]:
    return frozenset(chr(point) for point in _font(path).get_charmap())


@lru_cache(maxsize=32_768)
def _advance(path: str, character: str) -> float:
    if character not in _held(path):
        # it will be refused before anything is painted; until then it is as wide as it is high
        return _READ_AT
    glyph = _font(path).load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65_536.0
