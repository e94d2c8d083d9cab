"""Where members and elements of a JSON text lie: the line and column of the values that have to be shown.

Parsers of JSON forget places. Only when a fault has to be shown is the text gone through again, token by token, and
only as far as the last place that was asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

Path = tuple[str | int, ...]

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


class Place(NamedTuple):
    """Line and column of a value's first character, both from 1; the column counts characters."""

    line: int
    column: int


def place_at(text: str, at: int) -> Place:
    """Line and column of a place in a text."""
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def pointer(path: Path) -> str:
    """The path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def places(text: str, wanted: Collection[Path]) -> dict[Path, Place]:
    """Find the values at these paths in a JSON text that can be parsed; of a name that stands twice, the first."""
    left = set(wanted)
    found: dict[Path, Place] = {}
    lines = _Lines(text)
    for path, at, named in _met(text):
        if not left:
            break
        if not named and path in left:
            left.discard(path)
            found[path] = lines.place(at)
    return found


def repeated_names(text: str) -> list[tuple[Path, Place]]:
    """Paths of the members whose name stood in their object before, with the place of the repeated name."""
    found: list[tuple[Path, Place]] = []
    lines = _Lines(text)
    seen: set[Path] = set()
    for path, at, named in _met(text):
        if named and path in seen:
            found.append((path, lines.place(at)))
        elif named:
            seen.add(path)
    return found


def _met(text: str) -> Iterator[tuple[Path, int, bool]]:
    """Every value, and the name of every member before it: its path, where it begins, whether it is a name."""
    path: list[str | int] = []
    in_object: list[bool] = []
    name_next = False
    for token in _TOKEN.finditer(text):
        word = token.group()
        if word in "}]":
            in_object.pop()
            path.pop()
            name_next = False
        elif word == ",":
            name_next = in_object[-1]
            if not name_next:
                path[-1] = int(path[-1]) + 1
        elif name_next:
            path[-1] = json.loads(word)
            name_next = False
            yield tuple(path), token.start(), True
        elif word != ":":
            yield tuple(path), token.start(), False
            if word in "{[":
                in_object.append(word == "{")
                path.append(0)
                name_next = word == "{"


class _Lines:
    """Line and column of places in a text that come in order."""

    def __init__(self, text: str) -> None:
        self._text, self._line, self._start = text, 1, 0

    def place(self, at: int) -> Place:
        self._line += self._text.count("\n", self._start, at)
        last = self._text.rfind("\n", 0, at)
        self._start = last + 1
        return Place(self._line, at - last)
