"""Finding rows by a piece of their code or name, quickly: all texts lie in one, a line a row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LINE: Final = "\n"


class TextIndex:
    """Texts of a column, folded so that capitals, full-width letters' case and stray line ends make no difference."""

    def __init__(self, texts: NDArray[np.object_]) -> None:
        lines = [folded(text) for text in texts.tolist()]
        self._all = _LINE + _LINE.join(lines) + _LINE
        # where the line of each row starts, just after its line end
        self._start = list(accumulate((len(line) + 1 for line in lines), initial=1))

    def find(self, text: str, limit: int) -> list[tuple[int, int]]:
        """Rows that contain the text, as (rank, row), at most ``limit`` a rank.

        Rank 0 is the same text, 1 begins with it, 2 contains it.
        """
        wanted = folded(text)
        if not wanted:
            return []
        found: dict[int, int] = {}
        for rank, pattern in enumerate((_LINE + wanted + _LINE, _LINE + wanted, wanted)):
            for nth, row in enumerate(self._rows(pattern)):
                if nth >= limit * (rank + 1):
                    break
                found.setdefault(row, rank)
        return [(rank, row) for row, rank in found.items()]

    def containing(self, text: str) -> NDArray[np.int64]:
        """Every row that contains the text, ascending."""
        wanted = folded(text)
        return np.array(list(self._rows(wanted)) if wanted else [], dtype=np.int64)

    def _rows(self, pattern: str) -> Iterator[int]:
        lead = 1 if pattern.startswith(_LINE) else 0
        at = self._all.find(pattern)
        while at >= 0:
            row = bisect_right(self._start, at + lead) - 1
            yield row
            at = self._all.find(pattern, self._start[row + 1] - 1)


def folded(text: object) -> str:
    """A text as it is compared: without case and outer spaces, in one line; nothing for a missing one."""
    return " ".join(text.casefold().split()) if isinstance(text, str) else ""
