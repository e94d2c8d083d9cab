"""Gaps, overlaps and vertices that lie off: what is wrong between parcels that are each sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo._telling import HALF_DIAGONAL, SAME_PLACE_M, Contacts, Piece, first_of, judged, told_pieces, told_vertices

if TYPE_CHECKING:
    from geo.coverage import Layer, Limits

Rows = NDArray[np.int64]
Shapes = NDArray[np.object_]
_POLYGON: Final = 3
_TWIN, _LOOSE, _DOUBLED = 0, 1, 2
# edges are looked at together by squares of as many parcels along a side
_CELL_PARCELS: Final = 2.0
# a ring wider than so many gaps is the outline of a block, no gap between parcels
_SHALLOW_WIDTHS: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Edges:
    """The directed edges of the rows that take part: see geo._coverage.lay_out."""

    xy: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    row: NDArray[np.int32]
    start: Rows
    bounds: NDArray[np.float64]

    def rows_over(self, points: NDArray[np.float64], owner: NDArray[np.int32]) -> Rows:
        """Pairs (point, row) of points in a row other than their owner; on a boundary, in one of those along it."""
        from geo._nearing import inside  # noqa: PLC0415

        bounds = self.bounds.copy()
        bounds[np.diff(self.start) == 0] = np.nan
        x, y = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
        found: Rows = inside(self.xy, self.tail, self.head, self.start, bounds, x, y, owner)
        return found


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left of the loose edges when they are parted where a vertex lies on them: pieces without a twin.

    ``kind`` and ``group`` as in geo._twins.matched; ``edge`` is the edge that each was a piece of.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    row: NDArray[np.int32]
    kind: NDArray[np.uint8]
    group: NDArray[np.int32]
    edge: Rows

    def take(self, kept: NDArray[Any]) -> _Rest:
        return _Rest(*(getattr(self, name)[kept] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class _Rings:
    """Rings of loose edges round what lies outside: see geo._twins.walk."""

    of: Rows
    area: NDArray[np.float64]
    length: NDArray[np.float64]
    first: Rows


def joined(geoms: Shapes, layer: Layer, gone: NDArray[np.bool_], limits: Limits) -> list[dict[str, Any]]:
    """Find what is wrong between rows that are not gone; see geo.coverage for the definitions."""
    from geo._twins import linked, matched, walk  # noqa: PLC0415  (see geo.coverage)

    xy, start = layer.flat.xy, layer.edge_start
    row = np.repeat(np.arange(len(geoms), dtype=np.int32), np.diff(start))
    tail, head = layer.tail, layer.head
    if gone.any():
        kept = ~gone[row]
        tail, head, row = tail[kept], head[kept], row[kept]
        start = np.searchsorted(row, np.arange(len(geoms) + 1)).astype(np.int64)
    edges = _Edges(xy, tail, head, row, start, layer.bounds)
    cell = _cell_m(layer.bounds)
    kind, group = matched(xy, tail, head, cell)
    loose = np.flatnonzero(kind != _TWIN)
    contacts, on, crossing, stirred = _contacts(edges, loose, limits)
    rest = _rest(edges, kind, group, loose, on, cell)
    following, crowded = linked(xy, rest.tail, rest.head, np.arange(len(rest.tail)), cell)
    rings = _Rings(*walk(xy, rest.tail, rest.head, np.arange(len(rest.tail)), following))

    crossed: list[NDArray[Any]] = [
        row[crossing].reshape(-1, 2),
        rest.row[crowded].reshape(-1, 2),
        _doubled(kind, group, row),
        _doubled(rest.kind, rest.group, rest.row),
        _contained(edges, rest, rings),
    ]
    lapping = _marked(len(geoms), *crossed)
    near = np.stack([contacts.mine, contacts.theirs], axis=1)
    touching = np.stack([on.mine, on.theirs], axis=1)
    pairs = np.concatenate([*crossed, near, touching[lapping[touching].any(axis=1)]])
    pieces = _overlaps(geoms, *_unique_pairs(pairs.astype(np.int64), len(geoms)))
    parted = _marked(len(rings.first), rings.of[np.isin(rest.edge, on.edge)])
    uneven = _marked(len(rings.first), rings.of[stirred[rest.edge]])
    pieces += _holes(xy, rest, following, rings, ~uneven, parted, limits)
    uneven[rings.of[crowded]] = True
    beside = _marked(len(geoms), near, touching)
    # the outline of a block is long, and bounds small ground only close to where something lies off or over
    shallow = 2 * rings.area <= _SHALLOW_WIDTHS * limits.gap_width_m * rings.length
    own = uneven[rings.of] & beside[rest.row]
    before, after = np.flatnonzero(following >= 0), following[following >= 0]
    close = [rest.row[after[stirred[rest.edge[before]]]], rest.row[before[stirred[rest.edge[after]]]]]
    own &= shallow[rings.of] | (lapping | _marked(len(geoms), near, *close))[rest.row]
    pieces += _faces(edges, rest.take(own), contacts, pieces, limits)
    plain = judged(xy, _between(geoms, edges, contacts, limits), pieces, limits)
    around = np.flatnonzero(beside)
    return told_pieces(_with_borders(plain.pieces, geoms, around)) + told_vertices(xy, plain)


def _marked(count: int, *numbers: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of ``range(count)`` are among some numbers."""
    found = np.zeros(count, dtype=bool)
    for each in numbers:
        found[each] = True
    return found


def _cell_m(bounds: NDArray[np.float64]) -> float:
    """Side of the squares by which edges are dealt out: the larger ones do no harm, the smaller ones little."""
    size = np.maximum(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    size = size[size > 0.0]
    return _CELL_PARCELS * float(np.median(size)) if len(size) else 1.0


def _contacts(edges: _Edges, loose: Rows, limits: Limits) -> tuple[Contacts, Contacts, Rows, NDArray[np.bool_]]:
    """Ends off a loose edge, ends on one exactly, edges that cross, and which edges have others off or across."""
    from geo._nearing import near, parted  # noqa: PLC0415

    xy, tail, head, row = edges.xy, edges.tail, edges.head, edges.row
    reach = max(limits.tolerance_m, limits.gap_width_m)
    lengths = np.hypot(*(xy[head[loose]] - xy[tail[loose]]).T)
    cell = float(lengths.mean()) if len(loose) else 1.0
    places, distance, crossing = near(xy, tail, head, row, loose, reach, cell)
    stirred = _marked(len(tail), crossing, places[distance > SAME_PLACE_M][:, 1:])
    # an end is listed with both of the edges that meet there
    order = np.lexsort((places[:, 2], places[:, 0]))
    order = order[first_of(places[order][:, ::2])]
    places, distance = places[order], distance[order]
    on = distance <= SAME_PLACE_M
    off = np.flatnonzero(~on)
    off = off[~parted(xy, tail, edges.start, row, places[off], distance[off])]
    lying_off, lying_on = (_laid_out(edges, places[which], distance[which]) for which in (off, np.flatnonzero(on)))
    return lying_off, lying_on, crossing, stirred


def _laid_out(edges: _Edges, places: Rows, distance: NDArray[np.float64]) -> Contacts:
    xy, at, edge = edges.xy, places[:, 0], places[:, 2]
    a, b, p = xy[edges.tail[edge]], xy[edges.head[edge]], xy[at]
    along = b - a
    t = np.clip(((p - a) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-300), 0.0, 1.0)
    foot = a + t[:, None] * along
    to_tail, to_head = np.hypot(*(p - a).T), np.hypot(*(p - b).T)
    end = np.where(to_tail <= to_head, edges.tail[edge], edges.head[edge]).astype(np.int64)
    return Contacts(
        at, edges.row[places[:, 1]].astype(np.int64), edge, edges.row[edge].astype(np.int64), distance, foot, end,
        np.minimum(to_tail, to_head),
    )  # fmt: skip


def _rest(
    edges: _Edges, kind: NDArray[np.uint8], group: NDArray[np.int32], loose: Rows, on: Contacts, cell: float
) -> _Rest:
    """Part loose edges at the vertices on them and leave out the pieces that have their twin then."""
    from geo._twins import matched  # noqa: PLC0415

    whole = _Rest(edges.tail[loose], edges.head[loose], edges.row[loose], kind[loose], group[loose], loose)
    if not len(on.at):
        return whole
    xy = edges.xy
    way = np.hypot(*(xy[on.at] - xy[edges.tail[on.edge]]).T)
    order = np.lexsort((way, on.edge))
    edge, at = on.edge[order], on.at[order]
    # parcels that meet in a vertex name it each in their own place
    first = first_of(np.column_stack([edge, xy[at]]))
    edge, at = edge[first], at[first].astype(np.int32)
    place = np.searchsorted(loose, edge)
    tail, head = np.insert(whole.tail, place + 1, at), np.insert(whole.head, place, at)
    of = np.repeat(loose, 1 + np.bincount(place, minlength=len(loose)))
    kind, group = matched(xy, tail, head, cell)
    return _Rest(tail, head, edges.row[of], kind, group, of).take(kind != _TWIN)


def _doubled(kind: NDArray[np.uint8], group: NDArray[np.int32], row: NDArray[np.int32]) -> Rows:
    """Rows that run along one edge with more than one other: each of them with each."""
    edges = np.flatnonzero(kind == _DOUBLED)
    order = np.argsort(group[edges], kind="stable")
    found: list[tuple[int, int]] = []
    groups = np.split(row[edges[order]], np.flatnonzero(np.diff(group[edges[order]])) + 1)
    for members in groups:  # few: edges that three or more parcels claim
        found += [(int(a), int(b)) for at, a in enumerate(members) for b in members[at + 1 :] if a != b]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _contained(edges: _Edges, rest: _Rest, rings: _Rings) -> Rows:
    """Pairs of rows of which one may lie within the other: an edge of each loose ring is looked for in all parcels."""
    middle = (edges.xy[rest.tail[rings.first]] + edges.xy[rest.head[rings.first]]) / 2
    ring, container = edges.rows_over(middle, rest.row[rings.first]).T
    over = np.zeros(len(rings.first), dtype=bool)
    over[ring] = True
    on = np.flatnonzero(over[rings.of])  # few: edges of rings that lie over others
    members = np.unique(np.stack([rings.of[on], rest.row[on]], axis=1).astype(np.int64), axis=0)
    first, end = (np.searchsorted(members[:, 0], ring, side=side) for side in ("left", "right"))
    count = end - first
    member = np.repeat(first - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
    return np.stack([members[member, 1], np.repeat(container, count)], axis=1).astype(np.int64)


def _between(geoms: Shapes, edges: _Edges, contacts: Contacts, limits: Limits) -> Contacts:
    """Leave out contacts across a third parcel: it is thin, or its edge is short, but nothing lies off."""
    from geo._coverage import short  # noqa: PLC0415  (see geo.coverage)

    if not len(contacts.at):
        return contacts
    xy = edges.xy
    middle = (xy[contacts.at] + contacts.foot) / 2
    over = edges.rows_over(middle, contacts.mine.astype(np.int32))
    over = over[over[:, 1] != contacts.theirs[over[:, 0]]]
    third, ends = geoms[over[:, 1]], shapely.points(xy[contacts.at[over[:, 0]]])
    across = shapely.contains_properly(third, shapely.points(middle[over[:, 0]]))
    # what lies in the third parcel itself is an overlap of its own
    across &= ~shapely.contains_properly(third, ends)
    apart = np.zeros(len(contacts.at), dtype=bool)
    apart[over[across, 0]] = True
    brief = np.flatnonzero(short(xy, edges.tail, edges.head, limits.tolerance_m))
    brief = brief[np.hypot(*(xy[edges.head[brief]] - xy[edges.tail[brief]]).T) <= limits.tolerance_m]
    known = {frozenset((tuple(a), tuple(b))) for a, b in zip(
        xy[edges.tail[brief]].tolist(), xy[edges.head[brief]].tolist(), strict=True)}  # fmt: skip
    near = np.flatnonzero((contacts.to_end_m <= limits.tolerance_m) & bool(known))
    ways = zip(xy[contacts.at[near]].tolist(), xy[contacts.end[near]].tolist(), strict=True)
    edge = np.zeros(len(contacts.at), dtype=bool)
    edge[near] = [frozenset((tuple(a), tuple(b))) in known for a, b in ways]
    # a vertex that is on an edge but for the grid tells what thin ground lies there
    edge &= contacts.distance_m > limits.grid_m * HALF_DIAGONAL
    return contacts.take(~apart & ~edge)


def _unique_pairs(pairs: Rows, count: int) -> tuple[Rows, Rows]:
    low, high = pairs.min(axis=1, initial=count), pairs.max(axis=1, initial=-1)
    key = np.unique((low * count + high)[low != high])
    return key // max(count, 1), key % max(count, 1)


def _pieces_of(shapes: Shapes) -> tuple[Shapes, Rows, NDArray[np.float64], NDArray[np.float64]]:
    """Polygons of the shapes that are more than noise, the shape that each is of, area and width."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    inner, of_inner = shapely.get_parts(parts, return_index=True)
    area, length = shapely.area(inner), shapely.length(inner)
    width = 2 * area / np.maximum(length, SAME_PLACE_M)
    kept = (shapely.get_type_id(inner) == _POLYGON) & (width > SAME_PLACE_M)
    return inner[kept], of[of_inner][kept], area[kept], width[kept]


def _overlaps(geoms: Shapes, one: Rows, other: Rows) -> list[Piece]:
    common = shapely.intersection(geoms[one], geoms[other])
    shapes, of, area, width = _pieces_of(common)
    return [
        Piece("overlap", (int(one[at]), int(other[at])), shape, float(m2), float(m))
        for shape, at, m2, m in zip(shapes, of, area, width, strict=True)
    ]


def _holes(
    xy: NDArray[np.float64], rest: _Rest, following: Rows, rings: _Rings, even: NDArray[np.bool_],
    parted: NDArray[np.bool_], limits: Limits,
) -> list[Piece]:  # fmt: skip
    """Small or thin rings round ground of nobody, all of whose vertices are common; of parted edges without rows."""
    area, first = rings.area, rings.first
    width = -2 * area / np.maximum(rings.length, SAME_PLACE_M)
    small = (width > SAME_PLACE_M) & ((-area <= limits.gap_area_m2) | (width <= limits.gap_width_m))
    found: list[Piece] = []
    # where vertices lie off, the ring is more than one piece: see _faces
    for at in np.flatnonzero(small & even).tolist():  # few: the faults themselves
        rim: list[int] = []
        step = int(first[at])
        while not rim or step != first[at]:
            rim.append(step)
            step = int(following[step])
        shape = shapely.Polygon(xy[rest.tail[rim]])
        members = () if parted[at] else tuple(sorted({int(rest.row[edge]) for edge in rim}))
        if shape.is_valid:
            found.append(Piece("gap", members, shape, float(-area[at]), float(width[at])))
    return found


def _with_borders(pieces: list[Piece], geoms: Shapes, rows: Rows) -> list[Piece]:
    """Say of the pieces without rows which of some rows border them, be it in one place."""
    places = [at for at, piece in enumerate(pieces) if not piece.rows]
    shapes = np.array([pieces[at].shape for at in places], dtype=object)
    member, of = shapely.STRtree(shapes).query(geoms[rows], predicate="dwithin", distance=SAME_PLACE_M)
    found = list(pieces)
    for at, members in zip(places, _by_group(of, rows[member], len(shapes)), strict=True):
        found[at] = replace(pieces[at], rows=tuple(sorted(members.tolist())))
    return found


def _faces(edges: _Edges, own: _Rest, contacts: Contacts, known: list[Piece], limits: Limits) -> list[Piece]:
    """Small or thin ground of nobody between edges that come near without common vertices; without rows."""
    if not len(own.row):
        return []
    from geo._faces import faces_between  # noqa: PLC0415  (see geo.coverage)

    xy = edges.xy
    # an opening ends at a vertex where one is near, else at the foot on the edge
    close = contacts.to_end_m <= limits.tolerance_m
    across = np.where(close[:, None], xy[contacts.end], contacts.foot)
    filled = np.arange(len(own.row) + len(across)) < len(own.row)
    between = faces_between(
        np.concatenate([xy[own.tail], xy[contacts.at]]), np.concatenate([xy[own.head], across]), filled
    )
    outer, area, length = between.measured()
    width = 2 * area / np.maximum(length, SAME_PLACE_M)
    small = ~between.held[outer] & (width > SAME_PLACE_M)
    small &= (area <= limits.gap_area_m2) | (width <= limits.gap_width_m)
    faces, area, width = between.polygons(outer[small]), area[small], width[small]
    points = shapely.point_on_surface(faces)
    nobody = np.full(len(faces), -1, dtype=np.int32)
    holes = np.array([one.shape for one in known if one.code == "gap"], dtype=object)
    taken = np.concatenate([
        edges.rows_over(shapely.get_coordinates(points), nobody)[:, 0],
        shapely.STRtree(holes).query(points, predicate="intersects")[0],
    ])  # fmt: skip
    free = np.setdiff1d(np.arange(len(faces)), taken)
    return [
        Piece("gap", (), face, m2, m)
        for face, m2, m in zip(faces[free], area[free].tolist(), width[free].tolist(), strict=True)
    ]


def _by_group(group: Rows, values: NDArray[Any], count: int) -> list[NDArray[Any]]:
    """The values of each group ``range(count)``, in their order."""
    order = np.argsort(group, kind="stable")
    return np.split(values[order], np.searchsorted(group[order], np.arange(1, count))) if count else []
