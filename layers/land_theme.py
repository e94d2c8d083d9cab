"""The customary colours of planning maps (规划用地): classes of land use, and which a parcel's code falls under.

The classes are data (``data/rules/land_colors.csv``), each with its source; a code is looked up by the longest
beginning that the table has, as written in the 2023 scheme (digits) or in the letters of GB 50137. A code of any other
scheme falls under a class only where the table names it together with its scheme: ``三调:0601`` is not 06 of 2023.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.style import NONE

THEME: Final = "land-use"
# the province's finer shades before the nation's: of two entries for a code the first palette's holds
PALETTES: Final = ("zhejiang", "national2023")
UNKNOWN: Final = 254  # the byte of a code that no class is for; NONE says that there is no code
# schemes whose codes are written as the table has them; the digits of the trial of 2020 mean the same so far up
_PLAIN: Final = frozenset({"", "2023", "2020", "GB50137", "GB 50137", "LOCAL"})
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_LONGEST_GLYPH: Final = 4
_NEEDED: Final = ("code", "glyph", "name_zh", "name_en", "color")


class LandColorsRefused(ValueError):
    """The table is malformed; ``faults`` holds every (line, code, value) that is wrong."""

    def __init__(self, faults: tuple[tuple[int, str, str], ...]) -> None:
        super().__init__("; ".join(f"line {line}: {code} {value!r}" for line, code, value in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class LandClass:
    """A class of land use as a plan draws it; ``also`` holds its codes in other schemes, parted by ``;``."""

    code: str
    name_zh: str
    name_en: str
    glyph: str
    color: str
    also: str = ""
    source: str = ""

    @property
    def beginnings(self) -> tuple[str, ...]:
        """How codes of the class begin."""
        return tuple(one for one in (self.code, *self.also.split(";")) if one)


def parse_land_classes(text: str, palettes: Sequence[str] = PALETTES) -> tuple[LandClass, ...]:
    """Read the classes of some palettes from CSV text, by their codes; LandColorsRefused when malformed."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in ("palette", *_NEEDED) if name not in (reader.fieldnames or ())]
    if missing:
        raise LandColorsRefused(tuple((1, "column_missing", name) for name in missing))
    rows = [(reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}) for row in reader]
    faults = [fault for line, row in rows for fault in _faults(line, row)]
    if faults:
        raise LandColorsRefused(tuple(faults))
    held: dict[str, LandClass] = {}
    for palette in palettes:
        for _, row in rows:
            if row["palette"] == palette and row["code"] not in held:
                told = {name: row.get(name, "") for name in (*_NEEDED, "also", "source")}
                held[row["code"]] = LandClass(**told)
    return tuple(held[code] for code in sorted(held))


def _faults(line: int, row: Mapping[str, str]) -> list[tuple[int, str, str]]:
    faults = [(line, "value_missing", name) for name in _NEEDED if not row[name]]
    if row["color"] and not _COLOR.fullmatch(row["color"]):
        faults.append((line, "color_malformed", row["color"]))
    if len(row["glyph"]) > _LONGEST_GLYPH:
        faults.append((line, "glyph_too_long", row["glyph"]))
    return faults


def classes_of(codes: Sequence[object], schemes: Sequence[object], classes: Sequence[LandClass]) -> NDArray[np.uint8]:
    """The place in ``classes`` of each code, a byte each: NONE where there is none, UNKNOWN where no class fits."""
    beginnings = {key: at for at, one in reversed([*enumerate(classes)]) for key in one.beginnings}
    found: dict[tuple[str, str], int] = {}
    out = np.empty(len(codes), dtype=np.uint8)
    for row, pair in enumerate(zip(map(_text, codes), map(_text, schemes), strict=True)):
        if pair not in found:
            found[pair] = _class_of(*pair, beginnings)
        out[row] = found[pair]
    return out


def _text(value: object) -> str:
    return value.strip().upper() if isinstance(value, str) else ""


def _class_of(code: str, scheme: str, beginnings: Mapping[str, int]) -> int:
    if not code:
        return NONE
    written = code if scheme in _PLAIN else f"{scheme}:{code}"
    longest = max((key for key in beginnings if written.startswith(key)), key=len, default="")
    return beginnings[longest] if longest else UNKNOWN


def occurring(classes: Sequence[LandClass], held: NDArray[np.uint8]) -> tuple[tuple[LandClass, ...], NDArray[np.uint8]]:
    """The classes that occur, in their order, and the bytes numbered anew."""
    places = [at for at in sorted(set(held.tolist())) if at < UNKNOWN]
    table = np.arange(256, dtype=np.uint8)
    table[places] = np.arange(len(places), dtype=np.uint8)
    return tuple(classes[at] for at in places), table[held]
