"""Which demands of hanging together the shares of a territory miss, when parcels may be held in part.

For a parcel u, a set S round it and the parcels N(S) that border on S: what has u has a parcel of N(S) too, or has its
root within S; x(u) <= x(N(S)) + r(S). Where territories are one piece and at least so large, and S is smaller, roots
do not count: x(u) <= x(N(S)). The cuts that shares miss most are least cuts of vertices.   Carvajal, Constantino,
Goycoolea, Vielma and Weintraub, Operations Research 61(4), 2013; Fischetti, Leitner, Ljubić et al., Mathematical
Programming Computation 9, 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.territories import Graph, Rows

Floats = NDArray[np.float64]
# what a share may miss before it is told
SLACK = 0.02


@dataclass(frozen=True, slots=True)
class Separator:
    """``target`` is held no more than ``border`` and the roots ``inside`` are; that is empty where none counts."""

    target: int
    border: Rows
    inside: Rows


def separators(
    graph: Graph,
    share: Floats,
    root: Floats,
    size: Floats,
    *,
    least: float,
    most: int,
    every: bool = False,
    slack: float = SLACK,
) -> list[Separator]:
    """Find the demands that ``share`` and ``root`` (by parcel, 0 to 1) miss by more than ``slack``, each once.

    ``least`` is what a territory of one piece comes to at the least, in the unit of ``size``; 0 where it may have
    several pieces. ``most`` targets are looked at; with ``every`` those too that another demand speaks of already.
    """  # fmt: skip
    from geo._separators import BORDER, INSIDE, separators_of  # noqa: PLC0415 - numba takes half a second to load

    found: dict[tuple[int, bytes, bytes], Separator] = {}
    for bound in (0.0, least) if least > 0.0 else (0.0,):
        roots = np.zeros_like(root) if bound else np.maximum(root, 0.0)
        targets, kinds = separators_of(
            graph.start, graph.to, np.maximum(share, 0.0), roots, size, bound, slack, most, every
        )
        for target, kind in zip(targets.tolist(), kinds, strict=True):
            border = np.flatnonzero(kind == BORDER).astype(np.int64)
            inside = np.flatnonzero(kind == INSIDE).astype(np.int64)
            if size[inside].sum() < least * (1.0 - 1e-9):
                inside = inside[:0]
            one = Separator(target, border, inside)
            found[target, border.tobytes(), inside.tobytes()] = one
    return list(found.values())


def warm() -> None:
    """Load the compiled part, so that the first search of a person does not wait for it."""
    line = Graph.of(3, np.array([[0, 1], [1, 2]], dtype=np.int64))
    separators(line, np.array([1.0, 0.2, 0.8]), np.array([1.0, 0.0, 0.0]), np.ones(3), least=2.0, most=4)
