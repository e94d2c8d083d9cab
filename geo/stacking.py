"""How far the shapes of a layer are stacked on one another: what a question over every pair of neighbours will cost.

Parcels lie side by side: each has a handful of neighbours, whatever their number. Shapes that are stacked have all the
others, and the pairs grow with the square of their number. They are counted before any pair is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo._stacks import counted
from geo._tree import tree_of


@dataclass(frozen=True, slots=True)
class Stack:
    """``ways``: of how many rows each is on how many others, in all; ``row`` is on ``on_row`` others, the most."""

    ways: int
    row: int
    on_row: int


def stacked(bounds: NDArray[np.float64], *, most: int, asking: int | None = None) -> Stack:
    """Count on how many others every shape is stacked: each box holds the middle of the other; end at ``most``.

    Parameters
    ----------
    bounds
        West, south, east, north of each shape (n, 4), in any one CRS; a row with NaN is on nothing.
    most
        The count ends there: the work is bounded by it.
    asking
        The first rows, of which it is asked, on any; all by default.

    Returns
    -------
    Stack
        ``row`` -1 when no two are stacked.
    """
    box = np.ascontiguousarray(bounds, dtype=np.float64).reshape(-1, 4).copy()
    box[~np.isfinite(box).all(axis=1)] = np.array([np.inf, np.inf, -np.inf, -np.inf])
    rows = len(box) if asking is None else min(asking, len(box))
    if len(box) < 2 or not rows:  # noqa: PLR2004 - one alone is on nothing
        return Stack(0, -1, 0)
    tree = tree_of(box)
    ways, row, on_row = counted(tree, box[:rows], most)
    return Stack(int(ways), int(row), int(on_row))


def warm() -> None:
    """Load the compiled part."""
    stacked(np.array([[0.0, 0.0, 1.0, 1.0]] * 40), most=10_000)
