"""Compiled kernels on all cores: they release the lock of the interpreter, so plain threads do.

Numba's own parallel loops are not used: their default layer ends the process when two threads of a server start one at
the same time, and they take several times as long to compile.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import numba

Found = TypeVar("Found")

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
    with ThreadPoolExecutor(min(cores, blocks)) as pool:
        return list(pool.map(work, ends[:-1], ends[1:]))
