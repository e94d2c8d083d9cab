"""What is found between parcels, told as faults: each ground once, by its pieces or by the vertices that lie off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geo.coverage import Limits

Rows = NDArray[np.int64]
Told = list[dict[str, Any]]
SAME_PLACE_M: Final = 1e-6
# how far a place may be from the nearest one on a grid, in steps
HALF_DIAGONAL: Final = 0.5**0.5


@dataclass(frozen=True, slots=True)
class Contacts:
    """Ends of loose edges that come near a loose edge of another row, without being a vertex of it.

    ``at`` is the place of the end in xy, ``mine`` its row, ``edge`` the other edge, ``theirs`` its row;
    ``foot`` the nearest point of the edge, ``end`` the place of the edge's nearer end, ``to_end_m`` the way there.
    """

    at: Rows
    mine: Rows
    edge: Rows
    theirs: Rows
    distance_m: NDArray[np.float64]
    foot: NDArray[np.float64]
    end: Rows
    to_end_m: NDArray[np.float64]

    def take(self, kept: NDArray[Any]) -> Contacts:
        return Contacts(*(getattr(self, name)[kept] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground of nobody, between ``rows``, or of the two parcels in ``rows``; empty as long as nobody has asked."""

    code: str
    rows: tuple[int, ...]
    shape: shapely.Geometry
    area_m2: float
    width_m: float


@dataclass(frozen=True, slots=True)
class Plain:
    """What is to be told: pieces, and contacts by the cluster of vertices that each belongs to.

    ``near`` says of which contacts the end of the edge is the vertex meant.
    """

    pieces: list[Piece]
    contacts: Contacts
    near: NDArray[np.bool_]
    cluster: Rows


def judged(xy: NDArray[np.float64], contacts: Contacts, pieces: list[Piece], limits: Limits) -> Plain:
    """Tell each ground once, by its pieces or by the vertices that lie off: see geo.coverage."""
    from geo._nearing import clusters  # noqa: PLC0415  (see geo.coverage)

    off = contacts.take((contacts.distance_m > SAME_PLACE_M) & (contacts.distance_m <= limits.tolerance_m))
    points, index = _once(np.concatenate([xy[off.at], xy[off.end]]))
    at, end = index[: len(off.at)], index[len(off.at) :]
    near = off.to_end_m <= limits.tolerance_m
    cluster = clusters(len(points), at[near], end[near])
    involved = np.zeros(len(points), dtype=bool)
    involved[at] = True
    involved[end[near]] = True
    shapes = np.array([piece.shape for piece in pieces], dtype=object)
    ends = np.atleast_1d(np.asarray(shapely.points(points[involved]), dtype=object))
    piece, point = shapely.STRtree(ends).query(shapes, predicate="dwithin", distance=limits.tolerance_m)
    size = max(len(points), 1)
    piece, beside = np.divmod(np.unique(piece * size + cluster[involved][point]), size)
    explained = _explained(pieces, np.bincount(piece, minlength=len(pieces)), limits)
    absorbed = np.zeros(len(points), dtype=bool)
    absorbed[beside[~explained[piece]]] = True
    # what keeping coordinates to the grid moves off an edge lies on it, but for the place of the edge's end
    grid = limits.grid_m * HALF_DIAGONAL
    lying_off = np.zeros(len(points), dtype=bool)
    lying_off[cluster[at[(off.distance_m > grid) | (off.to_end_m <= grid)]]] = True
    left = (lying_off & ~absorbed)[cluster[at]]
    plain = [pieces[at] for at in np.flatnonzero(~explained).tolist()]
    return Plain(plain, off.take(left), near[left], cluster[at][left])


def first_of(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each of some sorted rows differs from the one before it."""
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return first


def _once(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], Rows]:
    """Each point once, sorted, and which of these each one is."""
    order = np.lexsort(points.T[::-1])
    first = first_of(points[order])
    index = np.empty(len(points), dtype=np.int64)
    index[order] = np.cumsum(first) - 1
    return points[order[first]], index


def _explained(pieces: list[Piece], touched: Rows, limits: Limits) -> NDArray[np.bool_]:
    """Whether the vertices that touch a piece, of so many clusters, tell it already."""
    width = np.array([piece.width_m for piece in pieces], dtype=np.float64)
    by_one = (touched == 1) & (width <= limits.tolerance_m)
    return np.asarray(by_one | ((touched > 0) & (width <= limits.hair_m)))


def told_pieces(pieces: list[Piece]) -> Told:
    """Tell pieces as faults, at a point of each."""
    places = shapely.get_coordinates(shapely.point_on_surface(np.array([each.shape for each in pieces], dtype=object)))
    return [
        {
            "code": piece.code, "rows": piece.rows, "x": x, "y": y, "geometry": piece.shape,
            "area_m2": piece.area_m2, "width_m": piece.width_m,
        }
        for piece, (x, y) in zip(pieces, places.tolist(), strict=True)
    ]  # fmt: skip


def told_vertices(xy: NDArray[np.float64], plain: Plain) -> Told:
    """Tell each cluster of vertices as a fault; its place and width are those of the longest way."""
    if not len(plain.cluster):
        return []
    order = np.argsort(plain.cluster, kind="stable")
    off, near, cluster = plain.contacts.take(order), plain.near[order], plain.cluster[order]
    first = first_of(cluster[:, None])
    start, nth = np.flatnonzero(first), np.cumsum(first) - 1
    worst = np.lexsort((-np.where(near, off.to_end_m, off.distance_m), nth))[start]
    here, there = xy[off.at], np.where(near[:, None], xy[off.end], off.foot)
    drawn = _drawn(np.column_stack([nth, here, there]))
    owners = zip(*(np.split(rows, start[1:]) for rows in (off.theirs, off.mine)), strict=True)
    return [
        {"code": "near_vertices" if vertices else "dangling_vertex", "rows": _in_turn(theirs.tolist() + mine.tolist()),
         "x": x, "y": y, "geometry": geometry, "width_m": width}
        for vertices, (theirs, mine), (x, y), geometry, width in zip(
            np.logical_or.reduceat(near, start).tolist(), owners, here[worst].tolist(), drawn,
            np.hypot(*(there[worst] - here[worst]).T).tolist(), strict=True)
    ]  # fmt: skip


def _drawn(ways: NDArray[np.float64]) -> NDArray[np.object_]:
    """Draw ways ``(n, 5)``, the number of their cluster first: a line for each cluster, or lines."""
    ways = _once(ways)[0]
    lines = np.asarray(shapely.linestrings(ways[:, 1:].reshape(-1, 2, 2)), dtype=object)
    nth = ways[:, 0].astype(np.int64)
    first = np.flatnonzero(first_of(nth[:, None]))
    several = np.bincount(nth) > 1
    drawn: NDArray[np.object_] = lines[first]
    number = np.cumsum(several) - 1
    of_several = several[nth]
    drawn[several] = shapely.multilinestrings(lines[of_several], indices=number[nth[of_several]])
    return drawn


def _in_turn(rows: list[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(rows))
