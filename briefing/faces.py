"""The type of a briefing: our own files beside this module, checked before anything is set in them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from layers.draw.paper.type import Faces

FOLDER: Final = Path(__file__).parent / "fonts"


class FontsDamaged(RuntimeError):
    """A font file is missing or is not the one that was built; ``names`` says which."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names)
        self.names = names


@cache
def faces() -> Faces:
    """The three weights.

    Raises
    ------
    FontsDamaged
        A file is missing or changed: nothing may be set in another font instead.
    """
    lines = (FOLDER / "SHA256SUMS").read_text("ascii").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    damaged = [name for name, digest in sums.items() if _digest(FOLDER / name) != digest]
    if damaged:
        raise FontsDamaged(*damaged)
    return Faces(*(str(FOLDER / f"ChantuSansSC-{weight}.ttf") for weight in ("Regular", "Medium", "Bold")))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
