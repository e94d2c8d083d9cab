"""A layer made ready for walking: its coordinates, its pieces and the tree of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo._pieces import Pieces, pieces_of
from geo._threads import seen_as_writable
from geo._tree import Tree, tree_of
from geo.flat import FlatPolygons


class Layer(NamedTuple):
    """Coordinates (metres), pieces, and the tree of the boxes of the pieces."""

    xy: NDArray[np.float64]
    pieces: Pieces
    tree: Tree


def layer_of(flat: FlatPolygons) -> Layer:
    """Make a layer ready."""
    flat = FlatPolygons(
        seen_as_writable(flat.xy),
        seen_as_writable(flat.ring_start),
        seen_as_writable(flat.part_start),
        seen_as_writable(flat.row_start),
    )
    pieces = pieces_of(flat)
    return Layer(flat.xy, pieces, tree_of(pieces.box))
