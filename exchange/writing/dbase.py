"""dBASE tables of a Shapefile, byte by byte: exact decimals, text cut between characters, GBK where all of it fits.

GDAL would write numbers with fifteen decimals and turn what a code page lacks into question marks.
"""

from __future__ import annotations

import datetime as dt
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, BinaryIO, Final

from exchange.errors import NotWritable
from exchange.writing.arrow_rows import text_of
from exchange.writing.outgoing import OutColumn

MOST_TEXT_BYTES: Final = 254
# what the length of a record has in the head, and the number of columns that old programs take
_MOST_RECORD_BYTES: Final = 65_535
_MOST_COLUMNS: Final = 255
# the longest double in figures, "-1.7976931348623157e+308", and what GDAL and ArcGIS take as width
_MOST_FIGURES: Final = 24
_MOST_DECIMALS: Final = 15
# language driver ids: 0x4D is code page 936, 0 says nothing (the .cpg then does)
_LANGUAGE_IDS: Final = {"gbk": 0x4D, "utf-8": 0x00}


@dataclass
class Measured:
    """What one column needs, found by looking at all its values once."""

    column: OutColumn
    letter: str
    gbk_bytes: int = 1
    utf8_bytes: int = 1
    whole_figures: int = 1
    decimals: int = 0
    unfit: dict[str, int] = field(default_factory=dict)
    cut: int = 0

    def look(self, values: Sequence[Any]) -> None:
        """Take note of the width of some values and of characters that GBK lacks."""
        for value in values:
            if value is None:
                continue
            if self.letter == "C":
                self._look_at_text(text_of(value))
            elif self.letter == "N" and math.isfinite(value):
                figures, _, decimals = plain(value).partition(".")
                self.whole_figures = max(self.whole_figures, len(figures))
                self.decimals = max(self.decimals, len(decimals))

    def _look_at_text(self, text: str) -> None:
        if text.isascii():
            self.gbk_bytes, self.utf8_bytes = max(self.gbk_bytes, len(text)), max(self.utf8_bytes, len(text))
            return
        self.utf8_bytes = max(self.utf8_bytes, len(text.encode("utf-8")))
        self.gbk_bytes = max(self.gbk_bytes, len(text.encode("gbk", "replace")))
        for character in {each for each in text if not in_gbk(each)}:
            self.unfit[character] = self.unfit.get(character, 0) + 1

    def width(self, encoding: str) -> int:
        """Bytes of the column in a record."""
        if self.letter == "C":
            return min(self.gbk_bytes if encoding == "gbk" else self.utf8_bytes, MOST_TEXT_BYTES)
        if self.letter == "N":
            decimals = min(self.decimals, _MOST_DECIMALS)
            if self.decimals > _MOST_DECIMALS:
                return _MOST_FIGURES
            return min(self.whole_figures + (decimals + 1 if decimals else 0), _MOST_FIGURES)
        return {"D": 8, "L": 1}[self.letter]


def measured(column: OutColumn) -> Measured:
    """What a column is in dBASE: text, number, date or truth value; the mark of sample data is text."""
    letters = {"number": "N", "integer": "N", "date": "D", "boolean": "L"}
    return Measured(column, "C" if column.key == "is_sample" else letters.get(column.kind, "C"))


class Table:
    """A table being written: the head first, then records as they come, then the end."""

    def __init__(
        self, file: BinaryIO, columns: Sequence[Measured], names: Sequence[str], *, rows: int, encoding: str
    ) -> None:
        self._file, self._columns, self._encoding = file, columns, encoding
        self._widths = [column.width(encoding) for column in columns]
        record_bytes = 1 + sum(self._widths)
        if record_bytes > _MOST_RECORD_BYTES or len(columns) > _MOST_COLUMNS:
            raise NotWritable(
                "too_wide_for_shapefile", {"columns": len(columns), "bytes": record_bytes, "most": _MOST_COLUMNS}
            )
        today = dt.datetime.now(dt.UTC)
        head = struct.pack(
            "<4BIHH17xB2x", 3, today.year - 1900, today.month, today.day, rows,
            33 + 32 * len(columns), record_bytes, _LANGUAGE_IDS[encoding],
        )  # fmt: skip
        file.write(head)
        for column, name, width in zip(columns, names, self._widths, strict=True):
            decimals = min(column.decimals, _MOST_DECIMALS) if column.letter == "N" else 0
            file.write(struct.pack("<11sc4xBB14x", name.encode("ascii"), column.letter.encode(), width, decimals))
        file.write(b"\r")

    def add(self, values: Iterable[Sequence[Any]]) -> None:
        """Write rows, given as one sequence a column."""
        cells = [
            self._cells(column, width, column_values)
            for column, width, column_values in zip(self._columns, self._widths, values, strict=True)
        ]
        self._file.write(b"".join(b" " + b"".join(row) for row in zip(*cells, strict=True)))

    def end(self) -> None:
        """Close the table."""
        self._file.write(b"\x1a")

    def _cells(self, column: Measured, width: int, values: Sequence[Any]) -> list[bytes]:
        match column.letter:
            case "C":
                return [self._text(column, value, width) for value in values]
            case "D":
                return [_date(value) for value in values]
            case "L":
                return [b"?" if value is None else b"T" if value else b"F" for value in values]
            case _:
                decimals = min(column.decimals, _MOST_DECIMALS)
                return [_number(value, width, decimals) for value in values]

    def _text(self, column: Measured, value: Any, width: int) -> bytes:
        if value is None:
            return b" " * width
        text = text_of(value)
        told = text.encode(self._encoding)
        if len(told) > width:
            column.cut += 1
            told = cut(text, width, self._encoding)
        return told.ljust(width)


def cut(text: str, most: int, encoding: str) -> bytes:
    """As many whole characters from the front as fit into so many bytes."""
    # bytes of half a character at the end are dropped by decoding
    return text.encode(encoding)[:most].decode(encoding, "ignore").encode(encoding)


def plain(value: float) -> str:
    """The shortest figures that are this number, without an exponent."""
    text = repr(value)
    if "e" in text or "inf" in text:
        text = format(Decimal(text), "f")
    return text.removesuffix(".0")


def in_gbk(character: str) -> bool:
    """Whether GBK has a character."""
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _number(value: float | None, width: int, decimals: int) -> bytes:
    if value is None or not math.isfinite(value):
        return b" " * width
    told = f"{value:.{decimals}f}" if decimals else plain(value).partition(".")[0]
    if len(told) > width or (decimals == _MOST_DECIMALS and float(told) != value):
        told = repr(value)
    return told.rjust(width).encode("ascii")


def _date(value: Any) -> bytes:
    return b" " * 8 if value is None else dt.date.fromisoformat(str(value)[:10]).strftime("%Y%m%d").encode("ascii")
