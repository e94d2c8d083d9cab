"""How far the reader process is: a stage and two numbers in one small file, written there and looked at here."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

# open: bytes read of the file's; judge: rows to be judged, without a measure between; write: rows brought back
STAGES: Final = ("open", "judge", "write")
# stage, how much is done, of how much (0: nobody knows); an exception that it raises stops the work
Watch = Callable[[str, int, int], None]
_NAME: Final = "progress"
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


def told(out: Path) -> tuple[str, int, int] | None:
    """Read how far it is; None for what is not there or is anything else: a hostile file may write it."""
    words: list[str] = []
    with suppress(OSError), (out / _NAME).open("rb") as file:
        words = file.read(_BYTES).decode("ascii", "replace").split()
    if len(words) != 3 or words[0] not in STAGES or not (words[1].isdecimal() and words[2].isdecimal()):  # noqa: PLR2004 - a stage and two numbers
        return None
    stage, done, of = words[0], int(words[1]), int(words[2])
    return (stage, done, of) if 0 <= done <= max(of, done) <= _MOST else None
