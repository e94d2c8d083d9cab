"""How far the reader process is: a stage and two numbers in one small file, written there and looked at here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

# open: bytes of the file read; scan: bytes that a library reads of it once more; parse: of its text or its objects;
# shape: rows, or entities of a drawing, made into shapes; judge: rows judged, a share a step; write: rows brought back
STAGES: Final = ("open", "scan", "parse", "shape", "judge", "write")
# what the kernel counts: a library that reads on tells nobody
COUNTED: Final = frozenset({"open", "scan"})
# stage, how much is done, of how much (0: nobody knows); an exception that it raises stops the work
Watch = Callable[[str, int, int], None]
_NAME: Final = "progress"
_PAUSE_S: Final = 0.05
_BYTES: Final = 64
_MOST: Final = 1 << 50


def nobody(stage: str, done: int, of: int) -> None:
    """Watch nothing."""


def tell(out: Path, stage: str, done: int, of: int) -> None:
    """Write down how far it is: one write of a fixed length, so that no reader meets half of it."""
    line = f"{stage} {done} {of}".ljust(_BYTES - 1)[: _BYTES - 1] + "\n"
    handle = os.open(out / _NAME, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, line.encode("ascii"), 0)
    finally:
        os.close(handle)


class Teller:
    """A watch that writes down what it hears, each stage at once and then some times a second."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._stage = ""
        self._next = 0.0

    def __call__(self, stage: str, done: int, of: int) -> None:
        """Hear how far it is."""
        now = time.monotonic()
        if stage != self._stage or now >= self._next:
            self._stage, self._next = stage, now + _PAUSE_S
            tell(self._out, stage, min(done, of), of)


def told(out: Path) -> tuple[str, int, int] | None:
    """Read how far it is; None for what is not there or is anything else: a hostile file may write it."""
    words: list[str] = []
    with suppress(OSError), (out / _NAME).open("rb") as file:
        words = file.read(_BYTES).decode("ascii", "replace").split()
    if len(words) != 3 or words[0] not in STAGES or not (words[1].isdecimal() and words[2].isdecimal()):  # noqa: PLR2004 - a stage and two numbers
        return None
    stage, done, of = words[0], int(words[1]), int(words[2])
    return (stage, done, of) if 0 <= done <= max(of, done) <= _MOST else None
