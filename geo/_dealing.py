"""Items dealt into hands of a few thousand, each of which is then worked on in a core's cache.

A radix partition (Manegold, Boncz and Kersten 2002): count by block, add up, put in place. Within a hand items keep
their order, whatever the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo._threads import in_blocks

_HAND: Final = 4096
_MOST_HANDS: Final = 4096
_SMALLEST_BLOCK: Final = 65_536

Choose = Callable[[int, NDArray[np.uint16], int, int], None]


def dealt(choose: Choose, size: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Items ``range(size)`` in the order of their hands, and where each hand starts.

    ``choose(hands, hand, begin, end)`` fills ``hand[begin:end]`` with numbers below ``hands``, a power of two.
    """
    hands = 1
    while hands < _MOST_HANDS and hands * _HAND < size:
        hands *= 2
    hand = np.zeros(size, np.uint16)

    def count(begin: int, end: int) -> tuple[int, int, NDArray[np.int64]]:
        choose(hands, hand, begin, end)
        return begin, end, np.bincount(hand[begin:end], minlength=hands)

    blocks = in_blocks(count, size, smallest=_SMALLEST_BLOCK)
    counts = np.stack([each[2] for each in blocks])
    start = np.concatenate([[0], np.cumsum(counts.sum(axis=0))]).astype(np.int64)
    place = start[:-1] + np.cumsum(counts, axis=0) - counts
    order = np.empty(size, np.int32)

    def put(first: int, last: int) -> None:
        for nth in range(first, last):
            _put(hand, blocks[nth][0], blocks[nth][1], place[nth], order)

    in_blocks(put, len(blocks), smallest=1)
    return order, start


@njit(cache=True, nogil=True)
def _put(hand, begin, end, place, order):  # type: ignore[no-untyped-def]
    for k in range(begin, end):
        order[place[hand[k]]] = k
        place[hand[k]] += 1
