"""Whether a text that was set is what was read at its place: look-alikes are let pass, figures never.

Widths of letters, spaces and marks of their kind count as the same. What is then left may differ by one character in
eight, none in less than five; figures must be the same, each in its order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# after compatibility decomposition (NFKC); "" for marks that are as easily overlooked
_SAME: Final = str.maketrans({
    **dict.fromkeys("—–一−~", "-"), **dict.fromkeys("·・•→…'\"`“”", ""), **dict.fromkeys("【︵", "("),
    **dict.fromkeys("】︶", ")"), "。": ".", "、": ",", ";": ":", "‹": "<", "›": ">", "※": "*", "×": "x",
})  # fmt: skip
_ONE_IN: Final = 8
_STRICT_BELOW: Final = 5

Rect = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read, and where."""

    text: str
    box: Rect


def plain(text: str) -> str:
    """A text without what two readers may write differently."""
    # ㎡ is taken apart by NFKC, and so are letters of full width
    return "".join(unicodedata.normalize("NFKC", text).translate(_SAME).split()).casefold()


def allowed(text: str) -> int:
    """How many characters of a text may be read otherwise."""
    return 0 if len(text) < _STRICT_BELOW else -(-len(text) // _ONE_IN)


def read_in(wanted: str, seen: str) -> bool:
    """Whether a text stands within what was read."""
    want, have = plain(wanted), plain(seen)
    if not want or want in have:
        return True
    distance, start, end = nearest(want, have)
    return distance <= allowed(want) and _figures(want) == _figures(have[start:end])


def nearest(want: str, have: str) -> tuple[int, int, int]:
    """The part of ``have`` that is nearest to ``want``: its edit distance, where it starts and ends (Sellers, 1980)."""
    above = [(row, 0) for row in range(len(want) + 1)]
    best = (len(want), 0, 0)
    for at, letter in enumerate(have, 1):
        now = [(0, at)]
        for row, one in enumerate(want, 1):
            now.append(min(
                (above[row - 1][0] + (one != letter), above[row - 1][1]),
                (above[row][0] + 1, above[row][1]),
                (now[row - 1][0] + 1, now[row - 1][1]),
            ))  # fmt: skip
        above = now
        best = min(best, (now[-1][0], now[-1][1], at))
    return best


def _figures(text: str) -> str:
    return "".join(one for one in text if one.isdecimal())


def at_place(lines: Sequence[Line], box: Rect) -> str:
    """What was read where a text stands, from left to right, line by line."""
    left, top, right, bottom = box
    high = bottom - top
    near = []
    for one in lines:
        shared = min(bottom, one.box[3]) - max(top, one.box[1])
        least = min(high, one.box[3] - one.box[1])
        if shared > 0.4 * least and one.box[0] < right + high * 0.5 and one.box[2] > left - high * 0.5:
            near.append(one)
    near.sort(key=lambda one: (round((one.box[1] + one.box[3]) / 2 / max(high, 1.0)), one.box[0]))
    return "".join(one.text for one in near)
