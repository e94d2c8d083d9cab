"""Checks of a file beyond whether its shapes are valid: duplicates, overlaps, slivers, areas, forms of codes.

Everything is measured on whole columns and flat arrays; shapes are made of the rows of a finding alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange.errors import FileRefused
from geo.adjacency import adjacency
from geo.flat import FlatPolygons
from geo.partition import bounds_of
from geo.stacking import stacked
from layers.import_checks import SEVERITIES, Severity, check_of
from planning.code_forms import learned
from planning.import_limits import DEFAULT, ImportLimits

# what share of the larger of two the common ground is, from which on they may be the same
_SAME_SHARE: Final = 0.99
_CODES_FOR_A_FORM: Final = 2_000
# land lies side by side, and the flats of a tower are some hundred: so many may lie on others in a piece of ground
_STACKED: Final = 50_000
_STACKED_A_ROW: Final = 20
# strips askew have boxes that lie on each other while they do not: a strip of 1,000 m by 10 m at 45 degrees on 100
_BOXES_A_ROW: Final = 200


@dataclass(frozen=True, slots=True)
class ImportFinding:
    """One problem of a file: ``rows`` count from 1 as in the file, ``stored`` are codes that the database has.

    ``x`` east, ``y`` north in the storage CRS, NaN without a place; ``size`` is m² (sliver, overlap, area apart);
    ``shape`` is what the map shows, None where it is the row itself. ``values`` fill the sentence of the check.
    """

    code: str
    rows: tuple[int, ...]
    codes: tuple[str, ...] = ()
    stored: tuple[str, ...] = ()
    x: float = float("nan")
    y: float = float("nan")
    size_m2: float = 0.0
    values: Mapping[str, Any] = field(default_factory=dict)
    shape: BaseGeometry | None = None

    @property
    def severity(self) -> Severity:
        """What is done about it: refuse, ask, tell."""
        return check_of(self.code).severity


@dataclass(frozen=True, slots=True)
class Incoming:
    """What is checked: sound rows, by position; ``flat`` holds no parts for what is no polygon.

    ``rows`` are the numbers in the file, ``codes`` as the file says ("" = none), ``declared_m2`` NaN where not
    declared, ``own`` the rows of which overlaps count, the others being there as their neighbours, ``bounds`` (n, 4).
    """

    rows: NDArray[np.int64]
    codes: NDArray[np.object_]
    flat: FlatPolygons
    areas_m2: NDArray[np.float64]
    declared_m2: NDArray[np.float64]
    own: NDArray[np.bool_]
    bounds: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """What the layer has already where the file lies; ``all_codes`` are those of the whole layer, or some of them."""

    codes: NDArray[np.object_]
    flat: FlatPolygons
    all_codes: Sequence[str]


def findings(incoming: Incoming, stored: Neighbourhood, *, limits: ImportLimits = DEFAULT) -> list[ImportFinding]:
    """Find every problem, the graver kinds first, then in the order of the file."""
    found = [
        *overlapping(incoming, stored, limits),
        *slivers(incoming, limits),
        *areas_apart(incoming, limits),
        *odd_codes(incoming, stored.all_codes, limits),
    ]
    return in_order(found)


def in_order(found: Sequence[ImportFinding]) -> list[ImportFinding]:
    """The graver first, then by row."""
    return sorted(found, key=lambda one: (SEVERITIES.index(one.severity), one.code, -one.size_m2, one.rows))


def overlapping(incoming: Incoming, stored: Neighbourhood, limits: ImportLimits) -> list[ImportFinding]:
    """Rows drawn over one another, or over what is stored: the same shape twice, or an overlap.

    Raises
    ------
    FileRefused
        ``stacked_on_one_place``: more rows lie on one another than any land has.
    """
    count = len(incoming.rows)
    both = FlatPolygons.joined([incoming.flat, stored.flat])
    # compiled code is made for one layer of arrays: nothing to compare is no question
    if len(both.xy) == 0:
        return []
    refuse_stacks(incoming.rows, bounds_of(both))
    pairs = adjacency(both, tolerance_m=limits.tolerance_m)
    pairs = pairs[(pairs["kind"] == "overlap") & (pairs["left"] < count)]
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    kept = incoming.own[left]
    left, right = left[kept], right[kept]
    if not len(left):
        return []
    _refuse_overlaps(incoming.rows, left, right)
    one, other = both.take(left).shapes(), both.take(right).shapes()
    common = shapely.intersection(one, other)
    area = shapely.area(common)
    same = _same(one, other, area, limits.tolerance_m)
    return [
        _pair(incoming, stored, (int(left[at]), int(right[at])), common[at], float(area[at]), float(same[at]))
        for at in range(len(left))
    ]


def refuse_stacks(rows: NDArray[np.int64], bounds: NDArray[np.float64]) -> None:
    """Refuse before pairs are made, which grow with the square of what lies on one place.

    ``bounds`` are of the rows and of what they lie among.
    """
    most = _STACKED + _BOXES_A_ROW * len(bounds)
    stack = stacked(bounds, most=most, asking=len(rows))
    if stack.ways >= most:
        raise FileRefused("stacked_on_one_place", {"row": int(rows[stack.row]), "on": stack.on_row})


def _refuse_overlaps(rows: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64]) -> None:
    """Refuse before a sentence and a shape are made of every pair: a list of so many is read by nobody."""
    if 2 * len(left) < _STACKED + _STACKED_A_ROW * len(rows):
        return
    on = np.bincount(np.concatenate([left, right[right < len(rows)]]), minlength=len(rows))
    raise FileRefused("stacked_on_one_place", {"row": int(rows[on.argmax()]), "on": int(on.max())})


def _same(
    one: NDArray[np.object_], other: NDArray[np.object_], common_m2: NDArray[np.float64], tolerance_m: float
) -> NDArray[np.float64]:
    """How far apart the boundaries of pairs are that are the same parcel, NaN for other pairs."""
    found = np.full(len(one), np.nan)
    like = common_m2 >= _SAME_SHARE * np.maximum(shapely.area(one), shapely.area(other))
    far = shapely.hausdorff_distance(shapely.boundary(one[like]), shapely.boundary(other[like]))
    found[like] = np.where(far <= tolerance_m, far, np.nan)
    return found


def _pair(
    incoming: Incoming,
    stored: Neighbourhood,
    pair: tuple[int, int],
    common: BaseGeometry,
    area_m2: float,
    apart_m: float,
) -> ImportFinding:
    left, right = pair
    count = len(incoming.rows)
    inside = right < count
    place = shapely.point_on_surface(common)
    rows = [int(incoming.rows[left])] + ([int(incoming.rows[right])] if inside else [])
    codes = [str(incoming.codes[left])] + ([str(incoming.codes[right])] if inside else [])
    values: dict[str, Any] = (
        {"other_row": rows[1], "other_code": codes[1]} if inside else {"stored": str(stored.codes[right - count])}
    )
    if np.isfinite(apart_m):
        code = "shape_twice" if inside else "shape_stored"
        values["distance_m"] = max(round(apart_m, 3), 0.001)
    else:
        code = "overlap" if inside else "overlap_stored"
        values["area_m2"] = round(area_m2, 2)
    return ImportFinding(
        code, tuple(rows), tuple(codes), () if inside else (str(stored.codes[right - count]),),
        float(place.x), float(place.y), area_m2, values, common,
    )  # fmt: skip


def slivers(incoming: Incoming, limits: ImportLimits) -> list[ImportFinding]:
    """Parts of the own rows that are too small or too thin to be a parcel's."""
    flat = incoming.flat
    area, length = _parts(flat)
    width = 2 * area / np.maximum(length, limits.same_place_m)
    found = []
    for part in np.flatnonzero((area < limits.sliver_area_m2) | (width < limits.sliver_width_m)).tolist():
        row = int(np.searchsorted(flat.row_start, part, side="right")) - 1
        if not incoming.own[row]:
            continue
        piece = shapely.get_parts(flat.take(np.array([row])).shapes())[part - flat.row_start[row]]
        place = shapely.point_on_surface(piece)
        values = {"area_m2": round(float(area[part]), 2), "width_m": round(float(width[part]), 3)}
        found.append(_of_row("sliver", incoming, row, values, (place.x, place.y), float(area[part]), piece))
    return found


def _parts(flat: FlatPolygons) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Area and perimeter of every part, from the flat arrays."""
    if len(flat.part_start) < 2:  # noqa: PLR2004 - one offset is no part
        return np.zeros(0), np.zeros(0)
    step = np.diff(flat.xy, axis=0, append=flat.xy[-1:])
    # no edge runs from the last vertex of a ring to the first of the next
    last = flat.ring_start[1:] - 1
    length = np.hypot(step[:, 0], step[:, 1])
    length[last] = 0.0
    ring = np.repeat(np.arange(len(flat.ring_start) - 1), np.diff(flat.ring_start))
    # about the first vertex of its ring: differences of large numbers would lose the square metre
    near = flat.xy - flat.xy[flat.ring_start[:-1]][ring]
    cross = near[:-1, 0] * near[1:, 1] - near[1:, 0] * near[:-1, 1]
    cross = np.append(cross, 0.0)
    cross[last] = 0.0
    ring_area = np.abs(np.add.reduceat(cross, flat.ring_start[:-1])) / 2
    first = flat.part_start[:-1]
    shell = np.zeros(len(ring_area), dtype=bool)
    shell[first] = True
    area = np.add.reduceat(np.where(shell, ring_area, -ring_area), first)
    return area, np.add.reduceat(np.add.reduceat(length, flat.ring_start[:-1]), first)


def areas_apart(incoming: Incoming, limits: ImportLimits) -> list[ImportFinding]:
    """Rows whose declared area is not the computed one."""
    declared, computed = incoming.declared_m2, incoming.areas_m2
    apart = np.abs(declared - computed)
    allowed = np.maximum(limits.area_share * declared, limits.area_m2)
    return [
        _of_row("area_differs", incoming, int(row), {
            "declared_m2": round(float(declared[row]), 2), "computed_m2": round(float(computed[row]), 2),
            "difference_m2": round(float(computed[row] - declared[row]), 2),
        }, None, float(apart[row]), None)
        for row in np.flatnonzero(apart > allowed)
    ]  # fmt: skip


def odd_codes(incoming: Incoming, stored: Sequence[str], limits: ImportLimits) -> list[ImportFinding]:
    """Codes that have not the form that most have: of the layer, or where it is another numbering of the file."""
    own = [code for code in incoming.codes.tolist() if code]
    share, rows = limits.pattern_share, limits.pattern_rows
    form, source = learned(stored[:_CODES_FOR_A_FORM], least_share=share, least_codes=rows), "stored"
    if form is None or not any(form.fits(code) for code in own):
        # another numbering than the database's is no fault of each row
        form, source = learned(own, least_share=share, least_codes=rows), "file"
    if form is None:
        return []
    values = {"pattern": form.pattern, "source": source, "share": round(form.share, 3)}
    odd = [row for row, code in enumerate(incoming.codes.tolist()) if code and not form.fits(code)]
    return [_of_row("code_format", incoming, row, values, None, 0.0, None) for row in odd]


def _of_row(
    code: str,
    incoming: Incoming,
    row: int,
    values: Mapping[str, Any],
    place: tuple[float, float] | None,
    size_m2: float,
    shape: BaseGeometry | None,
) -> ImportFinding:
    at = place if place is not None else _middle(incoming.bounds[row])
    return ImportFinding(code, (int(incoming.rows[row]),), (str(incoming.codes[row]),), (), *at, size_m2, values, shape)


def _middle(bounds: NDArray[np.float64]) -> tuple[float, float]:
    x, y = (bounds[:2] + bounds[2:]) / 2
    return float(x), float(y)
