"""Pages read as a reader reads them: at first sight, then close by where something is missing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from tests.nightly import eyes
from tests.nightly.looks import Expected, Look
from tests.nightly.matching import Line, Rect, at_place, read_in


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of a text: read at first sight, close by, or not; and what was read instead."""

    kind: str
    text: str
    how: str  # "first", "close", "not"
    instead: str = ""


class Reader:
    """The eyes, as a process of another Python."""

    def __init__(self, python: str) -> None:
        # a proxy that is none: whatever the library would like to fetch, it cannot
        nowhere = dict.fromkeys(("http_proxy", "https_proxy"), "http://127.0.0.1:9")
        told = {"PATH": os.environ["PATH"], **nowhere}
        self._process = subprocess.Popen(
            [python, str(Path(eyes.__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=told
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe(self._process.stdin).close()
        self._process.wait(60)

    def page(self, picture: Path) -> list[Line]:
        """The lines of a page."""
        return self._ask(picture, [])

    def lines(self, picture: Path, crops: Sequence[Sequence[float]]) -> list[str]:
        """One text for each crop: middle, width, height, degrees to turn it level."""
        return [one.text for one in self._ask(picture, crops)] if crops else []

    def _ask(self, picture: Path, crops: Sequence[Sequence[float]]) -> list[Line]:
        into = self._pipe(self._process.stdin)
        into.write(json.dumps({"picture": str(picture), "crops": [list(one) for one in crops]}) + "\n")
        into.flush()
        answer: dict[str, Any] = json.loads(self._pipe(self._process.stdout).readline())
        return [Line(one["text"], _rect(one["box"])) for one in answer["lines"]]

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise BrokenPipeError
        return pipe


def _rect(box: Sequence[float]) -> Rect:
    left, top, right, bottom = box
    return left, top, right, bottom


def read(reader: Reader, look: Look) -> list[Seen]:
    """What became of every text of a page."""
    lines = reader.page(look.picture)
    first = [at_place(lines, _place(one, look.scale)) for one in look.texts]
    missed = [nth for nth, one in enumerate(look.texts) if one.is_line and not read_in(one.text, first[nth])]
    close = dict(zip(missed, reader.lines(look.picture, [_crop(look.texts[nth], look.scale) for nth in missed]),
                     strict=True))  # fmt: skip
    out = []
    for nth, one in enumerate(look.texts):
        if read_in(one.text, first[nth]):
            out.append(Seen(one.kind, one.text, "first"))
        elif read_in(one.text, close.get(nth, "")):
            out.append(Seen(one.kind, one.text, "close"))
        else:
            out.append(Seen(one.kind, one.text, "not", f"{first[nth]} / {close.get(nth, '')}"))
    return out


def _place(one: Expected, scale: float) -> Rect:
    corners = one.box.corners * scale
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _crop(one: Expected, scale: float) -> tuple[float, float, float, float, float]:
    box, air = one.box, 0.5 * one.box.height
    return box.cx * scale, box.cy * scale, (box.width + air) * scale, (box.height + air * 0.6) * scale, -box.angle
