"""The 界址点 exchange text taken apart: header words, and one block for each @ line with its boundary points.

Sections stand in [ ] or 【 】. A block begins with a line that ends in ``@``, its values known by their position; what
follows are points: number, ring, X (north), Y (east). Nothing is judged here but whether a line can be a point.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from exchange import limits, progress
from exchange.errors import FileRefused
from exchange.progress import Watch

_SECTION: Final = re.compile(r"^[\[【]\s*([^\]】]*?)\s*[\]】]$")
_HEADER: Final = "属性描述"
# other sections tell what no reader needs, but for the mark that exports of this product bear
MARK: Final = "数据标记"
_BLOCKS: Final = "地块坐标"
# words of the line that explains the columns, in files that carry the explanation along
_EXPLAINS: Final = ("点号", "界址点号", "界址点数")
KINDS: Final = ("面", "线", "点")
_KIND_AT: Final = 4
_NAME_AT: Final = 3
# values of the @ line that have a meaning by position: count, area, code, name, kind, sheet, use, land class
MEANT: Final = 8
_TEXT_SHOWN: Final = 60
# lines between two looks at the clock
_LINES: Final = 4_096
# number, ring, X, Y; without a ring; X and Y alone
_RING_AND_NUMBER: Final = 4
_NUMBER_ONLY: Final = 3
_BARE: Final = 2
RING_OF_NONE: Final = "1"


@dataclass(slots=True)
class Block:
    """One @ line: ``values`` by position (padded to ``MEANT``), ``rest`` raw, and its points column by column."""

    line: int
    values: tuple[str, ...]
    rest: str = ""
    lines: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    rings: list[str] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    width: int = 0
    fault: tuple[str, dict[str, Any]] | None = None

    @property
    def code(self) -> str:
        return self.values[2]

    @property
    def kind(self) -> str:
        """面, 线 or 点; what is none of them is taken for an area, which is what the format is for."""
        return self.values[_KIND_AT] if self.values[_KIND_AT] in KINDS else KINDS[0]


@dataclass(frozen=True, slots=True)
class BoundaryText:
    """The header's words by key (the first that is not empty), and the blocks in the order of the file."""

    header: Mapping[str, str]
    blocks: tuple[Block, ...]


def taken_apart(text: str, watch: Watch = progress.nobody) -> BoundaryText:
    """Read the lines of a whole text.

    Raises
    ------
    FileRefused
        ``text_too_many_lines``, ``line_too_long``, ``boundary_headers_differ`` when two headers in one file say
        different things of the coordinates, ``too_many_rows``.
    """
    header: dict[str, str] = {}
    blocks: list[Block] = []
    section = ""
    for number, line in _lines(text, watch):
        named = _SECTION.match(line)
        if named:
            section = named[1]
        elif line.endswith("@"):
            if not line.startswith(_EXPLAINS):
                blocks.append(_block(line, number))
        elif section not in {"", _HEADER, _BLOCKS}:
            if line.startswith(f"{MARK}="):
                _head(header, line, number)
        elif section == _HEADER or (not blocks and "=" in line.replace("＝", "=")):
            _head(header, line, number)
        elif not line.startswith(_EXPLAINS) and any(map(str.isdecimal, line)):
            if not blocks:
                blocks.append(Block(number, ("",) * MEANT))
            _point(blocks[-1], line, number)
        if len(blocks) > limits.MOST_ROWS:
            raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
    return BoundaryText(header, tuple(blocks))


def _lines(text: str, watch: Watch) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, with their number from 1; a CR alone ends a line as well, as old writers have it."""
    if text.count("\n") + text.count("\r") > 2 * limits.MOST_TEXT_LINES:
        raise FileRefused("text_too_many_lines", {"most": limits.MOST_TEXT_LINES})
    lines = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > limits.MOST_TEXT_LINES:
        raise FileRefused("text_too_many_lines", {"lines": len(lines), "most": limits.MOST_TEXT_LINES})
    for number, line in enumerate(lines, 1):
        if number % _LINES == 0:
            watch("parse", number, len(lines))
        if len(line) > limits.MOST_LINE_CHARACTERS:
            values = {"line": number, "characters": len(line), "most": limits.MOST_LINE_CHARACTERS}
            raise FileRefused("line_too_long", values)
        whole = line.strip(" \t\0\x1a\ufeff\u3000")
        if whole:
            yield number, whole


def _head(header: dict[str, str], line: str, number: int) -> None:
    key, _, value = line.replace("＝", "=", 1).partition("=")
    key, value = key.strip(), value.strip()
    if not value or not key:
        return
    if key in {"坐标系", "带号", "几度分带", "分带", "计量单位"} and header.get(key, value) != value:
        raise FileRefused(
            "boundary_headers_differ", {"line": number, "key": key, "first": header[key][:40], "then": value[:40]}
        )
    header.setdefault(key, value)


def _block(line: str, number: int) -> Block:
    written = line[:-1] if "," in line else line[:-1].replace("，", ",")
    values = [value.strip() for value in written.rstrip().removesuffix(",").split(",")]
    # a comma of the name pushes what follows to the right: the kind, which is one of three words, shows how far
    pushed = next((at for at, value in enumerate(values) if at > _KIND_AT and value in KINDS), _KIND_AT)
    if len(values) > _KIND_AT and values[_KIND_AT] not in KINDS:
        values[_NAME_AT:pushed] = [",".join(values[_NAME_AT:pushed])]
    padded = (*values[:MEANT], *("",) * (MEANT - len(values)))
    return Block(number, padded, ",".join(values[MEANT:]))


def _point(block: Block, line: str, number: int) -> None:
    """Add a point to a block; a line of another width than the first one is cut short or run together."""
    if block.fault is not None:
        return
    fields = [each.strip() for each in line.replace("，", ",").rstrip(",").split(",")]
    if len(fields) == 1:
        fields = line.split()
    width = min(len(fields), _RING_AND_NUMBER)
    block.width = block.width or width
    if width < _BARE or width != block.width:
        block.fault = ("boundary_line_unreadable", {"line": number, "text": line[:_TEXT_SHOWN]})
        return
    at = width - _BARE
    block.lines.append(number)
    block.numbers.append(fields[0] if width >= _NUMBER_ONLY else "")
    block.rings.append(fields[1] if width == _RING_AND_NUMBER else RING_OF_NONE)
    block.first.append(fields[at])
    block.second.append(fields[at + 1])
