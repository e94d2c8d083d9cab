"""The walk over a tree of boxes that counts on how many others each of them is stacked."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from geo._tree import NODE

# shapes over the middle of others, for each pair that is allowed: more of them end the count too
_MET: Final = 20


@njit(cache=True, nogil=True)
def counted(tree, box, most):  # type: ignore[no-untyped-def]
    """On how many others the rows are, ended at ``most``, and the row that is on most."""
    west, south, east, north, order, level = tree.west, tree.south, tree.east, tree.north, tree.order, tree.level
    levels = len(level) - 1
    above = np.empty(levels * NODE + 1, np.int64)
    node = np.empty(levels * NODE + 1, np.int64)
    total, met, best, best_count = 0, 0, -1, 0
    for row in range(len(box)):
        w, s, e, n = box[row, 0], box[row, 1], box[row, 2], box[row, 3]
        if not w <= e:
            continue
        x, y = (w + e) / 2, (s + n) / 2
        count, before = 0, met
        depth = 1
        above[0], node[0] = levels - 1, level[levels - 1]
        while depth:
            depth -= 1
            up, at = above[depth], node[depth]
            # what does not hold the middle of this one holds nothing that does
            if not ((west[at] <= x) & (east[at] >= x) & (south[at] <= y) & (north[at] >= y)):
                continue
            if up == 0:
                met += 1
                other = order[at]
                mx, my = (west[at] + east[at]) / 2, (south[at] + north[at]) / 2
                if (other != row) & (w <= mx) & (e >= mx) & (s <= my) & (n >= my):
                    count += 1
                continue
            first = level[up - 1] + (at - level[up]) * NODE
            for k in range(first, min(first + NODE, level[up])):
                above[depth], node[depth] = up - 1, k
                depth += 1
        total += count
        if count > best_count:
            best, best_count = row, count
        if total >= most:
            break
        # large shapes over many small ones are no stack, and as dear to ask about
        if met > _MET * (most + len(box)):
            return most, row, met - before
    return total, best, best_count
