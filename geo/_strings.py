"""Rings, lines and points of many geometries as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flat import offsets

_POLYGON, _FIRST_MULTI = 3, 4  # type ids of GEOS


@dataclass(frozen=True, slots=True)
class Strings:
    """Coordinate strings one after another.

    ``start[i]:start[i + 1]`` are the rows of ``xy`` of string ``i``; ``feature[i]`` is the geometry it belongs to,
    ascending; ``ring[i]`` says that it is closed (the closing vertex is not repeated).
    """

    xy: NDArray[np.float64]
    start: NDArray[np.int64]
    feature: NDArray[np.int64]
    ring: NDArray[np.bool_]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Number of vertices of each string."""
        return np.diff(self.start)

    def take(self, features: NDArray[np.int64]) -> Strings:
        """Return the strings of some features only, given in ascending order."""
        first = np.searchsorted(self.feature, features, side="left")
        last = np.searchsorted(self.feature, features, side="right")
        return self._pick(_spans(first, last - first))

    def renamed(self, features: NDArray[np.int64]) -> Strings:
        """Return the same strings with feature ``i`` called ``features[i]``."""
        return Strings(self.xy, self.start, features[self.feature], self.ring)

    def _pick(self, strings: NDArray[np.int64]) -> Strings:
        sizes = self.sizes[strings]
        rows = _spans(self.start[:-1][strings], sizes)
        return Strings(self.xy[rows], offsets(sizes), self.feature[strings], self.ring[strings])

    @staticmethod
    def merged(one: Strings, other: Strings) -> Strings:
        """Both together, in the order of their features."""
        together = Strings(
            np.concatenate([one.xy, other.xy]),
            np.concatenate([one.start, other.start[1:] + one.start[-1]]),
            np.concatenate([one.feature, other.feature]),
            np.concatenate([one.ring, other.ring]),
        )
        return together._pick(np.argsort(together.feature, kind="stable"))


def strings_of(geoms: NDArray[np.object_]) -> Strings:
    """Take geometries apart; missing and empty ones have no strings.

    Parts of a mixed collection come as what they are.
    """
    parts, owner = shapely.get_parts(geoms, return_index=True)
    while (nested := shapely.get_type_id(parts) >= _FIRST_MULTI).any():
        inner, inner_owner = shapely.get_parts(parts[nested], return_index=True)
        parts = np.concatenate([parts[~nested], inner])
        owner = np.concatenate([owner[~nested], owner[nested][inner_owner]])
    is_polygon = shapely.get_type_id(parts) == _POLYGON
    rings, ring_part = shapely.get_rings(parts[is_polygon], return_index=True)
    pieces = np.concatenate([rings, parts[~is_polygon]])
    feature = np.concatenate([owner[is_polygon][ring_part], owner[~is_polygon]]).astype(np.int64)
    ring = np.concatenate([np.ones(len(rings), bool), np.zeros(int((~is_polygon).sum()), bool)])

    order = np.argsort(feature, kind="stable")
    pieces, feature, ring = pieces[order], feature[order], ring[order]
    sizes = shapely.get_num_coordinates(pieces).astype(np.int64)
    xy = shapely.get_coordinates(pieces)
    # the closing vertex of a ring says nothing that the ring does not say
    closing = (np.cumsum(sizes) - 1)[ring & (sizes > 0)]
    keep = np.ones(len(xy), bool)
    keep[closing] = False
    return Strings(xy[keep], offsets(sizes - (ring & (sizes > 0))), feature, ring)


def _spans(first: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers first[i], first[i] + 1, … (sizes[i] of them), for each i in turn."""
    before = offsets(sizes)[:-1]
    total = int(sizes.sum())
    return np.arange(total, dtype=np.int64) + np.repeat(first - before, sizes)
