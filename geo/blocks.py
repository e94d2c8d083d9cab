"""连片: which parcels hang together, and so form one block of land."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def blocks(count: int, adjacency: pd.DataFrame, *, kinds: Sequence[str] = ("edge",)) -> NDArray[np.int64]:
    """Label each of ``count`` rows with its block.

    Parameters
    ----------
    adjacency
        As `geo.adjacency.adjacency` gives it; ``left`` and ``right`` are rows below ``count``.
    kinds
        The kinds of neighbour that join two parcels into one block. By default a corner does not.

    Returns
    -------
    NDArray[int64]
        Labels 0, 1, … in the order of the first member of each block; a parcel alone is a block of its own.
    """
    joined = adjacency["kind"].isin(list(kinds)).to_numpy()
    left = adjacency["left"].to_numpy(dtype=np.int64)[joined]
    right = adjacency["right"].to_numpy(dtype=np.int64)[joined]
    root = _smallest_reachable(count, left, right)
    # roots are the first members themselves, so their order is the order of the blocks
    _, label = np.unique(root, return_inverse=True)
    return label.astype(np.int64)


def _smallest_reachable(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The smallest row that each row can be reached from: hook to the smaller root, then halve the paths."""
    root = np.arange(count, dtype=np.int64)
    while True:
        at_left, at_right = root[left], root[right]
        apart = at_left != at_right
        if not apart.any():
            return root
        low = np.minimum(at_left[apart], at_right[apart])
        high = np.maximum(at_left[apart], at_right[apart])
        np.minimum.at(root, high, low)
        while not np.array_equal(root[root], root):
            root = root[root]
