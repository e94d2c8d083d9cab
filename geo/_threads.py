"""Compiled kernels on all cores: they release the lock of the interpreter, so plain threads do.

Numba's own parallel loops are not used: their default layer ends the process when two threads of a server start one at
the same time, and they take several times as long to compile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import lru_cache
from itertools import count
from typing import Any, Final, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

Found = TypeVar("Found")
Scalar = TypeVar("Scalar", bound=np.generic)

# blocks of unequal work even out when there are several for each core
_BLOCKS_A_CORE: Final = 6
# below this a thread costs more than it saves
_SMALLEST_BLOCK: Final = 2048


def in_blocks(work: Callable[[int, int], Found], size: int, *, smallest: int = _SMALLEST_BLOCK) -> list[Found]:
    """Results of ``work(begin, end)`` for blocks that together are ``range(size)``, in their order."""
    cores = int(numba.get_num_threads())
    blocks = min(cores * _BLOCKS_A_CORE, -(-size // smallest))
    if blocks <= 1 or cores == 1:
        return [work(0, size)]
    ends = [size * k // blocks for k in range(blocks + 1)]
    found: list[Any] = [None] * blocks
    nth = count()

    def take() -> None:
        while (k := next(nth)) < blocks:
            found[k] = work(ends[k], ends[k + 1])

    # the thread that asks works too, and waits for no thread that has not begun: others may keep them busy
    helpers = _helpers(threading.main_thread().native_id)
    others = [helpers.submit(take) for _ in range(min(cores, blocks) - 1)]
    try:
        take()
    finally:
        wait(begun := [other for other in others if not other.cancel()])
    for other in begun:
        other.result()
    return found


@lru_cache(maxsize=1)
def _helpers(_process: int | None) -> ThreadPoolExecutor:
    """Threads that are kept: to start one takes a tenth of a millisecond. A fork has none of them and makes its own."""
    return ThreadPoolExecutor(max(1, int(numba.get_num_threads()) - 1), thread_name_prefix="kernels")


class _Window:
    """The memory of an array under another flag; it keeps the array alive."""

    def __init__(self, array: NDArray[Any]) -> None:
        self.array = array
        self.__array_interface__ = {**array.__array_interface__, "data": (array.__array_interface__["data"][0], False)}


def seen_as_writable(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """The same memory in one piece, not marked read only, for kernels that only read.

    An array out of a file is read only, and a kernel is compiled anew for such (half a minute, before a person).
    """
    array = np.ascontiguousarray(array)
    return array if array.flags.writeable else np.asarray(_Window(array))
