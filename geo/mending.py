"""How parcels that do not fit together are mended: for each fault of geo.coverage, the ways there are, the best first.

A vertex that lies off is put into the neighbour's edge (or moved onto it); vertices that nearly coincide become one,
that one which changes the least area; a gap or overlap no wider than the tolerance is closed by making the vertices
along it common. A wider gap goes to the neighbour along its longest side, a wider overlap is cut from the larger
parcel, a sliver joins the neighbour along its longest side, of duplicates the later one ends. The other choices follow,
so that a person can take another.

Vertices that stay are left as they are; new ones lie on the grid, and every neighbour whose edge they lie on gets them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo import adjacency, validity
from geo._rings import Points, Shape, has, inserted, moved, once, polygonal, redrawn, vertices, within
from geo.coverage import DEFAULT, SAME_PLACE_M, Limits

WAYS: Final = ("insert", "move", "snap", "give", "cut", "merge", "remove", "repair", "end")
# what is left of a piece when rounding is done
_REST: Final = 0.02
_NOTHING: Final[Mapping[int, Shape]] = {}


@dataclass(frozen=True, slots=True)
class Mend:
    """New shapes for some rows (None ends a row), and what that does to their areas."""

    way: str
    rows: tuple[int, ...]
    shapes: tuple[Shape, ...]
    area_change_m2: tuple[float, ...]

    @property
    def changed_m2(self) -> float:
        """Sum of the changes, whichever way."""
        return float(np.abs(self.area_change_m2).sum())


class Draft:
    """A layer with some rows drawn anew; the layer itself is not changed."""

    def __init__(
        self, geoms: NDArray[np.object_], tree: shapely.STRtree, drawn: Mapping[int, Shape] = _NOTHING
    ) -> None:
        self._geoms = geoms
        self._tree = tree
        self.drawn: dict[int, Shape] = dict(drawn)

    def __getitem__(self, row: int) -> Shape:
        return self.drawn[row] if row in self.drawn else self._geoms[row]

    def copy(self) -> Draft:
        return Draft(self._geoms, self._tree, self.drawn)

    def take(self, mend: Mend) -> None:
        """Draw what a mend proposes."""
        self.drawn.update(zip(mend.rows, mend.shapes, strict=True))

    def around(self, shape: BaseGeometry, reach: float) -> list[int]:
        """Rows whose bounds come within reach of the bounds of a shape, ascending."""
        west, south, east, north = shapely.bounds(shape)
        box = shapely.box(west - reach, south - reach, east + reach, north + reach)
        found = set(self._tree.query(box).tolist())
        found |= {row for row, drawn in self.drawn.items() if drawn is not None and shapely.intersects(box, drawn)}
        return sorted(int(row) for row in found if self[int(row)] is not None)

    def mend_since(self, before: Draft, way: str) -> Mend | None:
        """Return what was drawn since, or None when nothing was, or not soundly."""
        rows = sorted(row for row, drawn in self.drawn.items() if drawn is not before[row])
        rows = [row for row in rows if not _same(self.drawn[row], before[row])]
        shapes = tuple(self.drawn[row] for row in rows)
        sound = all(shape is None or (not shape.is_empty and shape.is_valid) for shape in shapes)
        if not rows or not sound:
            return None
        change = tuple(_area(self.drawn[row]) - _area(before[row]) for row in rows)
        return Mend(way, tuple(rows), shapes, change)


def proposals(draft: Draft, fault: Mapping[str, Any], *, limits: Limits = DEFAULT) -> tuple[Mend, ...]:
    """List the ways to mend one fault (a row of geo.coverage.check), the best first; none where nothing is to be done.

    Rows that were drawn since the check are taken as drawn: what is mended already has no proposal.
    """
    code = str(fault["code"])
    ways = _WAYS_OF[code](draft, fault, limits)
    return tuple(mend for mend in ways if mend is not None)


def mend_all(draft: Draft, faults: pd.DataFrame, *, limits: Limits = DEFAULT) -> tuple[Draft, list[int]]:
    """Take the first proposal of every fault, one after another; return the draft and the faults that had none."""
    mended = draft.copy()
    left: list[int] = []
    for at, fault in enumerate(faults.to_dict("records")):
        ways = proposals(mended, {str(key): value for key, value in fault.items()}, limits=limits)
        if ways:
            mended.take(ways[0])
        else:
            left.append(at)
    return mended, left


# ------------------------------------------------------------------------------------------------------------ vertices


def _vertex(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    """Make the vertices of one place one, in every parcel that comes by."""
    ways = shapely.get_parts(fault["geometry"])
    reach = float(shapely.length(ways).max()) * 1.001 + 1.5 * limits.grid_m
    ends = np.unique(shapely.get_coordinates(ways), axis=0)
    rows = draft.around(fault["geometry"], reach)
    held = [vertices(draft[row]) for row in rows]
    here = np.array([point for point in ends.tolist() if any(has(each, point) for each in held)]).reshape(-1, 2)
    if not len(here):
        return ()
    if len(here) == 1:
        foot = ends[~(ends == here[0]).all(axis=1)]
        inserted = _united(draft, rows, here, here[0], reach, "insert")
        onto = [_united(draft, rows, here, _on_grid(point, limits), reach, "move") for point in foot[:1]]
        return (inserted, *onto)
    snapped = [_united(draft, rows, here, point, reach, "snap") for point in here]
    return sorted((each for each in snapped if each is not None), key=lambda mend: mend.changed_m2)


def _united(draft: Draft, rows: list[int], points: Points, to: Points, reach: float, way: str) -> Mend | None:
    drawn = draft.copy()
    _unite(drawn, rows, points, to, reach)
    return drawn.mend_since(draft, way)


def _unite(draft: Draft, rows: list[int], points: Points, to: Points, reach: float) -> None:
    """Move vertices to one place, and put that place into edges that pass within reach of it."""
    for row in rows:
        shape = draft[row]
        if shape is not None:
            draft.drawn[row] = redrawn(shape, lambda ring: inserted(moved(ring, points, to), to, reach))


def _repeated(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    place = np.array([fault["x"], fault["y"]])
    drawn = draft.copy()
    for row in draft.around(shapely.Point(place), limits.grid_m):
        shape = draft[row]
        if shape is not None:
            drawn.drawn[row] = redrawn(shape, lambda ring: once(ring, place, limits.grid_m))
    return (drawn.mend_since(draft, "remove"),)


# -------------------------------------------------------------------------------------------------------------- pieces


def _overlap(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    one, other = fault["rows"]
    first, second = draft[one], draft[other]
    piece = _common(first, second, fault["geometry"])
    if piece is None:
        return ()
    closed = _closed(draft, piece, (one, other), limits)
    rest = piece.area
    if closed is not None:
        after = draft.copy()
        after.take(closed)
        rest = shapely.area(shapely.intersection(_sound(after[one]), _sound(after[other])))
    large, small = sorted((one, other), key=lambda row: -_area(draft[row]))
    cuts = [_cut(draft, large, small, limits), _cut(draft, small, large, limits)]
    return (closed, *cuts) if rest <= _REST * piece.area and piece.area > 0 else cuts


def _common(first: Shape, second: Shape, near: BaseGeometry) -> BaseGeometry | None:
    """The piece that two parcels share now, where it was found to be shared."""
    if first is None or second is None:
        return None
    parts = shapely.get_parts(shapely.get_parts(shapely.intersection(_sound(first), _sound(second))))
    parts = parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON)]
    parts = parts[2 * shapely.area(parts) / np.maximum(shapely.length(parts), SAME_PLACE_M) > SAME_PLACE_M]
    parts = parts[shapely.area(shapely.intersection(parts, near)) > 0]
    return shapely.union_all(parts) if len(parts) else None


def _cut(draft: Draft, loser: int, keeper: int, limits: Limits) -> Mend | None:
    drawn = draft.copy()
    left = polygonal(shapely.difference(_sound(draft[loser]), _sound(draft[keeper])))
    drawn.drawn[loser] = None if left.is_empty else left
    _settle(drawn, draft, (loser,), limits)
    return drawn.mend_since(draft, "end" if left.is_empty else "cut")


def _gap(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    whole: BaseGeometry = fault["geometry"]
    rows = draft.around(whole, limits.tolerance_m)
    piece = _free(draft, rows, whole)
    if piece.area <= _REST * whole.area:
        return ()
    closed = _closed(draft, piece, tuple(fault["rows"]), limits)
    if closed is not None:
        after = draft.copy()
        after.take(closed)
        if _free(after, rows, whole).area > _REST * whole.area:
            closed = None
    sides = [(float(shapely.length(_along(draft[row], piece))), row) for row in rows]
    takers = [row for length, row in sorted(sides, reverse=True) if length > SAME_PLACE_M]
    given = [_give(draft, row, piece, limits) for row in takers]
    return (closed, *given)


def _free(draft: Draft, rows: list[int], whole: BaseGeometry) -> BaseGeometry:
    taken = shapely.union_all([_sound(draft[row]) for row in rows if draft[row] is not None])
    return polygonal(shapely.difference(whole, taken))


def _along(shape: Shape, piece: BaseGeometry) -> BaseGeometry:
    common = shapely.intersection(shapely.boundary(_sound(shape)), shapely.boundary(piece))
    return common if common.length else shapely.intersection(
        shapely.boundary(piece), shapely.buffer(_sound(shape), SAME_PLACE_M)
    )  # fmt: skip


def _give(draft: Draft, taker: int, piece: BaseGeometry, limits: Limits) -> Mend | None:
    drawn = draft.copy()
    drawn.drawn[taker] = polygonal(shapely.union(_sound(draft[taker]), piece))
    _settle(drawn, draft, (taker,), limits)
    return drawn.mend_since(draft, "give")


def _closed(draft: Draft, piece: BaseGeometry, members: tuple[int, ...], limits: Limits) -> Mend | None:
    """Close a thin piece: what lies on its rim is made common to the parcels on both sides."""
    if 2 * piece.area / max(piece.length, SAME_PLACE_M) > limits.tolerance_m:
        return None
    drawn = draft.copy()
    rows = draft.around(piece, limits.tolerance_m)
    owners = {row: vertices(draft[row]) for row in rows}
    rim = np.unique(shapely.get_coordinates(piece), axis=0)
    rim = np.array([point for point in rim.tolist() if any(has(each, point) for each in owners.values())])
    rim = rim.reshape(-1, 2)
    for points in _groups(rim, [owners[row] for row in members if row in owners], limits.tolerance_m):
        choices = [_united(drawn, rows, points, to, limits.tolerance_m, "snap") for to in points]
        best = min((each for each in choices if each is not None), key=lambda mend: mend.changed_m2, default=None)
        if best is not None:
            drawn.take(best)
    return drawn.mend_since(draft, "snap")


def _groups(rim: Points, owners: list[Points], tolerance: float) -> list[Points]:
    """Vertices that are meant to be one: within the tolerance, and no parcel has two of them."""
    held = [{tuple(point) for point in each.tolist()} for each in owners]
    group = list(range(len(rim)))
    one, other = np.triu_indices(len(rim), k=1)
    apart = np.hypot(*(rim[one] - rim[other]).T)
    for k in np.argsort(apart):
        if apart[k] > tolerance:
            break
        a, b = group[one[k]], group[other[k]]
        together = {tuple(rim[at].tolist()) for at in range(len(rim)) if group[at] in (a, b)}
        if a != b and all(len(together & each) <= 1 for each in held):
            group = [min(a, b) if each in (a, b) else each for each in group]
    return [rim[[at for at in range(len(rim)) if group[at] == number]] for number in sorted(set(group))]


# ------------------------------------------------------------------------------------------------------- whole parcels


def _sliver(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    row = fault["rows"][0]
    shape = draft[row]
    if shape is None:
        return ()
    parts = shapely.get_parts(shape)
    mine = shapely.area(shapely.intersection(_sound_all(parts), fault["geometry"])) > (1 - _REST) * shapely.area(parts)
    if not mine.any() or shapely.area(parts[mine]).sum() > 1.01 * fault["area_m2"] + limits.grid_m:
        return ()
    piece = polygonal(shapely.union_all(parts[mine]))
    rest = polygonal(shapely.union_all(parts[~mine]))
    others = [other for other in draft.around(piece, limits.tolerance_m) if other != row]
    near = np.array([piece, *(_sound(draft[other]) for other in others)], dtype=object)
    met = adjacency.adjacency(near, tolerance_m=min(limits.tolerance_m, limits.grid_m * 2))
    sides = met[(met["left"] == 0) & (met["length_m"] > 0)].sort_values("length_m", ascending=False)
    found: list[Mend | None] = []
    for at in sides["right"].tolist():
        drawn = draft.copy()
        taker = others[at - 1]
        drawn.drawn[taker] = polygonal(shapely.union(_sound(draft[taker]), piece))
        drawn.drawn[row] = None if rest.is_empty else rest
        _settle(drawn, draft, (taker,), limits)
        found.append(drawn.mend_since(draft, "merge"))
    gone = draft.copy()
    gone.drawn[row] = None if rest.is_empty else rest
    return (*found, gone.mend_since(draft, "end"))


def _invalid(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    row = fault["rows"][0]
    shape = draft[row]
    if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"} or shape.is_valid:
        return ()
    mended, _ = validity.repair(shape)
    drawn = draft.copy()
    drawn.drawn[row] = None if mended.is_empty else mended
    _settle(drawn, draft, (row,), limits)
    found = drawn.mend_since(draft, "repair")
    if found is None and not mended.is_empty:  # rounding can fold a thin place: then as it is
        drawn = draft.copy()
        drawn.drawn[row] = mended
        found = drawn.mend_since(draft, "repair")
    return (found,)


def _twins(draft: Draft, fault: Mapping[str, Any], limits: Limits) -> Iterable[Mend | None]:
    del limits
    first, later = fault["rows"]
    if draft[first] is None or draft[later] is None:
        return ()
    found = []
    for row in (later, first):
        drawn = draft.copy()
        drawn.drawn[row] = None
        found.append(drawn.mend_since(draft, "end"))
    return found


_WAYS_OF: Final[dict[str, Callable[[Draft, Mapping[str, Any], Limits], Iterable[Mend | None]]]] = {
    "invalid": _invalid,
    "duplicate": _twins,
    "near_duplicate": _twins,
    "overlap": _overlap,
    "gap": _gap,
    "sliver": _sliver,
    "dangling_vertex": _vertex,
    "near_vertices": _vertex,
    "repeated_vertex": _repeated,
}


# ------------------------------------------------------------------------------------------------------------- drawing


def _settle(draft: Draft, before: Draft, rows: Iterable[int], limits: Limits) -> None:
    """Put vertices that a cut or a union made on the grid, and into the edges of the neighbours that they lie on."""
    reach = 1.5 * limits.grid_m
    for row in rows:
        shape = draft[row]
        if shape is None:
            continue
        changed = shapely.buffer(shapely.symmetric_difference(_sound(shape), _sound(before[row])), reach)
        if changed.is_empty:
            continue
        others = [other for other in draft.around(changed, reach) if other != row]
        old = np.concatenate([within(before[row], changed), *(within(draft[other], changed) for other in others)])
        known = {tuple(point) for point in old.tolist()}
        for point in [each for each in within(shape, changed) if tuple(each.tolist()) not in known]:
            to = _place(point, old, reach, limits)
            shape = redrawn(shape, partial(moved, points=point[None, :], to=to))
            for other in others:
                theirs = draft[other]
                if theirs is not None:
                    draft.drawn[other] = redrawn(theirs, partial(inserted, to=to, reach=reach))
        for point in np.concatenate([within(draft[other], changed) for other in others] or [old]):
            shape = redrawn(shape, partial(inserted, to=point, reach=reach))
        draft.drawn[row] = shape


def _place(point: Points, known: Points, reach: float, limits: Limits) -> Points:
    """Where a new vertex goes: on a vertex that is there, or on the grid."""
    apart = np.hypot(*(known - point).T)
    if len(known) and apart.min() <= reach:
        return np.asarray(known[int(np.argmin(apart))], dtype=np.float64)
    return _on_grid(point, limits)


def _on_grid(point: Points, limits: Limits) -> Points:
    decimals = int(np.ceil(-np.log10(limits.grid_m) - SAME_PLACE_M))
    return np.asarray(np.round(np.round(point / limits.grid_m) * limits.grid_m, max(decimals, 0)), dtype=np.float64)


def _sound(shape: Shape) -> BaseGeometry:
    return shapely.Polygon() if shape is None else validity.repair(shape)[0]


def _sound_all(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return validity.repair_all(shapes)


def _same(one: Shape, other: Shape) -> bool:
    return one is other or (one is not None and other is not None and bool(shapely.equals_exact(one, other, 0.0)))


def _area(shape: Shape) -> float:
    return 0.0 if shape is None else float(shape.area)
