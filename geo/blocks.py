"""连片: which parcels hang together, and so form one block of land, and what its outline is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely
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
    return labelled(count, left, right)


def labelled(count: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Label each of ``count`` rows with its block, two rows of a pair being in one; as `blocks` does."""
    root = first_members(np.arange(count, dtype=np.int64), left, right)
    # roots are the first members themselves, so their order is the order of the blocks
    _, label = np.unique(root, return_inverse=True)
    return label.astype(np.int64)


def first_members(known: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first member of each row's block, when pairs are added to what is ``known``; every row alone to begin with.

    Blocks found apart go on from there: ``known`` has the first member of its block for each row, that member included.
    """
    # hook to the smaller root, then halve the paths
    root = known.copy()
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


def outline(geoms: NDArray[np.object_], *, gap_m: float = 0.0) -> shapely.Geometry:
    """The outline of the parcels of one block: their union, gaps of up to ``gap_m`` between them closed.

    Closed by widening and narrowing with square corners, so that straight sides stay where they are; the ground of the
    gaps is inside the outline, and so it can be larger than the parcels.
    """
    union = shapely.union_all(geoms)
    if not gap_m:
        return union
    # a micrometre more, or two sides of just this gap would meet in nothing
    reach = gap_m / 2.0 + 1e-6
    wide = shapely.buffer(union, reach, join_style="mitre")
    return shapely.union(union, shapely.buffer(wide, -reach, join_style="mitre"))
