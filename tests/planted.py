"""A fabric of crooked parcels that fit, and faults planted in it one by one, each far from the next."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

EAST, NORTH = 500_000.0, 3_240_000.0
Ring = NDArray[np.float64]
# what check calls each planted fault
CODE_OF: Final = {
    "gap": "gap", "notch": "gap", "overlap": "overlap", "bulge": "overlap", "contained": "overlap",
    "off_edge": "dangling_vertex", "off_vertex": "near_vertices", "twice": "repeated_vertex", "copy": "duplicate",
    "near_copy": "near_duplicate", "corner_cut": "sliver", "spike": "invalid",
}  # fmt: skip


class Fabric:
    """Rings of parcels, row by row from the south-west; edges between lattice nodes have 0 to 2 vertices between."""

    def __init__(self, rng: np.random.Generator, columns: int = 8, rows: int = 8) -> None:
        self.rng, self.columns = rng, columns
        x, y = np.meshgrid(np.arange(columns + 1) * 40.0 + EAST, np.arange(rows + 1) * 30.0 + NORTH)
        self._nodes = np.round(np.stack([x, y], axis=-1) + rng.uniform(-6, 6, (rows + 1, columns + 1, 2)), 3)
        self._between: dict[tuple[tuple[int, int], tuple[int, int]], Ring] = {}
        self.rings = [self._cell(i, j) for j in range(rows) for i in range(columns)]
        # cells with two others between each two: what is planted in one does not reach the next
        self.sites = [j * columns + i for j in range(1, rows - 1, 3) for i in range(1, columns - 1, 3)]

    @property
    def geoms(self) -> NDArray[np.object_]:
        return np.array([shapely.Polygon(ring) for ring in self.rings], dtype=object)

    def _cell(self, i: int, j: int) -> Ring:
        corners = [(j, i), (j, i + 1), (j + 1, i + 1), (j + 1, i)]
        return np.vstack([self._side(corners[k], corners[(k + 1) % 4]) for k in range(4)])

    def _side(self, one: tuple[int, int], other: tuple[int, int]) -> Ring:
        low, high = min(one, other), max(one, other)
        a, b = self._nodes[low], self._nodes[high]
        if (low, high) not in self._between:
            count = int(self.rng.integers(0, 3))
            t = (np.arange(count) + 1)[:, None] / (count + 1)
            across = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
            self._between[low, high] = np.round(a + t * (b - a) + across * self.rng.uniform(-2, 2, (count, 1)), 3)
        middle = self._between[low, high]
        return np.vstack([self._nodes[one][None], middle if one == low else middle[::-1]])

    def put_in(self, a: Ring, b: Ring, points: list[Ring]) -> None:
        """Put points into the edge a, b wherever it is."""
        for at, ring in enumerate(self.rings):
            following = np.roll(ring, -1, axis=0)
            for start, end, given in ((a, b, points), (b, a, points[::-1])):
                hit = np.flatnonzero((ring == start).all(axis=1) & (following == end).all(axis=1))
                if len(hit):
                    self.rings[at] = np.insert(ring, hit[0] + 1, np.array(given), axis=0)

    def plant(self, kind: str, row: int) -> None:
        """Plant one fault at a parcel; its size is what the kind needs to be told as itself."""
        rng, ring = self.rng, self.rings[row]
        k = int(np.argmax(np.hypot(*(np.roll(ring, -1, axis=0) - ring).T)))
        a, b = ring[k], ring[(k + 1) % len(ring)]
        along = (b - a) / np.hypot(*(b - a))
        inward = np.array([-along[1], along[0]])
        t = rng.uniform(0.3, 0.6)
        at = a + t * (b - a)
        if kind in {"gap", "overlap"}:
            ends = [np.round(a + 0.3 * (b - a), 3), np.round(a + 0.7 * (b - a), 3)]
            self.put_in(a, b, ends)
            moved = self.rings[row].copy()
            shifted = (moved[:, None] == np.array(ends)[None]).all(axis=2).any(axis=1)
            moved[shifted] += inward * rng.uniform(0.05, 0.09) * (1 if kind == "gap" else -1)
            self.rings[row] = np.round(moved, 3)
        elif kind == "off_edge":
            off = inward * rng.uniform(0.002, 0.009) * rng.choice([-1, 1])
            self.rings[row] = np.insert(ring, k + 1, np.round(at + off, 3), axis=0)
        elif kind == "off_vertex":
            turn, moved = rng.uniform(0, 2 * np.pi), ring.copy()
            moved[k] = np.round(a + rng.uniform(0.003, 0.006) * np.array([np.cos(turn), np.sin(turn)]), 3)
            self.rings[row] = moved
        elif kind == "bulge":
            out = -inward * rng.uniform(0.5, 2.0)
            self.rings[row] = np.insert(ring, [k + 1], np.round([at + out, at + along + out], 3), axis=0)
        elif kind == "notch":
            ends = [np.round(at, 3), np.round(at + along, 3)]
            self.put_in(a, b, ends)
            deep = inward * rng.uniform(0.3, 0.7)
            place = np.flatnonzero((self.rings[row] == ends[0]).all(axis=1))[0]
            self.rings[row] = np.insert(self.rings[row], [place + 1], np.round([end + deep for end in ends], 3), axis=0)
        elif kind == "corner_cut":
            self._cut_corner(row)
        elif kind == "twice":
            self.rings[row] = np.insert(ring, k + 1, a, axis=0)
        elif kind == "spike":
            self.rings[row] = np.insert(ring, [k + 1], np.round([a + inward * 3 + along * 3, a], 3), axis=0)
        elif kind == "contained":
            middle = np.round(ring.mean(axis=0), 3)
            self.rings.append(middle + np.array([[0, 0], [2, 0], [2, 2], [0, 2.0]]))
        else:
            self.rings.append(ring + (0.0 if kind == "copy" else np.round(rng.uniform(0.005, 0.03, 2), 3)))

    def _cut_corner(self, row: int) -> None:
        ring = self.rings[row]
        k = _sharpest(ring)
        before, a, after = ring[k - 1], ring[k], ring[(k + 1) % len(ring)]
        back, ahead = (np.round(a + (to - a) / np.hypot(*(to - a)), 3) for to in (before, after))
        self.put_in(before, a, [back])
        self.put_in(a, after, [ahead])
        cut = self.rings[row]
        self.rings[row] = cut[~(cut == a).all(axis=1)]
        self.rings.append(np.array([back, a, ahead]))


def _sharpest(ring: Ring) -> int:
    """The vertex where a ring turns left nearest to square."""
    came, goes = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    cross = came[:, 0] * goes[:, 1] - came[:, 1] * goes[:, 0]
    return int(np.argmax(cross / np.hypot(*came.T) / np.hypot(*goes.T)))
