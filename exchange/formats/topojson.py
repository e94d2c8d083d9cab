"""TopoJSON: shared arcs put together again into rings and lines, at the full precision of the file.

GDAL's driver walks the list of arcs anew for every reference: 8.8 s for the 13,159 parcels of a 4 MB file, where this
takes a third of a second. The arcs of a ring are joined as the TopoJSON 1.0 specification says (section 2.1.4): each
arc but the first drops its first point, ``~i`` is arc ``i`` backwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats.layer_choice import Listed, choose, families_of
from exchange.formats.opened import Opened, RowNote, Wanted

_UNREADABLE = b""


def read(document: dict[str, Any], wanted: Wanted, *, crs: str | None) -> Opened:
    """Read one object of a topology; the geometries of a collection are the rows.

    Raises
    ------
    FileRefused
        The topology is malformed, or holds several objects and none was named.
    """
    objects = document.get("objects")
    if not isinstance(objects, dict) or not objects or not isinstance(document.get("arcs"), list):
        raise FileRefused("topojson_malformed")
    listed = [Listed(str(name), families_of([""]), _count(member)) for name, member in objects.items()]
    chosen, notes = choose(listed, wanted)
    rows = _rows(objects[chosen])
    if not rows:
        raise FileRefused("no_rows")
    if len(rows) > limits.MOST_ROWS:
        raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
    arcs = _Arcs(document)
    mends: list[RowNote] = []
    wkb = np.full(len(rows), None, dtype=object)
    # one row at a time: arcs are shared and of any length, and 13,000 rows take 0.3 s
    for row, member in enumerate(rows):
        wanted.watch("shape", row, len(rows))
        wkb[row] = _wkb(member, arcs)
        if arcs.dropped_rings:
            mends.append(RowNote(row, "ring_dropped", {"rings": arcs.dropped_rings}))
            arcs.dropped_rings = 0
    names = tuple(one.name for one in listed)
    return Opened("TopoJSON", wkb, _columns(rows), crs, "file" if crs else "none",
                  sublayer=chosen, sublayers=names, notes=notes, mends=tuple(mends))  # fmt: skip


class _Arcs:
    """The arcs of a topology, decoded once; a reference that points nowhere raises ``IndexError``."""

    def __init__(self, document: dict[str, Any]) -> None:
        # rings that quantization has collapsed to less than a triangle, counted for the row at work
        self.dropped_rings = 0
        transform: Any = document.get("transform")
        self.quantized = isinstance(transform, dict)
        try:
            self.scale = np.array(transform["scale"] if self.quantized else (1, 1), dtype=np.float64)
            self.shift = np.array(transform["translate"] if self.quantized else (0, 0), dtype=np.float64)
            self._arcs = [self._decoded(arc) for arc in document["arcs"]]
        except (KeyError, TypeError, ValueError) as error:
            raise FileRefused("topojson_malformed") from error
        if self.scale.shape != (2,) or self.shift.shape != (2,):
            raise FileRefused("topojson_malformed")

    def _decoded(self, arc: list[Any]) -> NDArray[np.float64]:
        points = np.array([position[:2] for position in arc], dtype=np.float64).reshape(-1, 2)
        return np.cumsum(points, axis=0) * self.scale + self.shift if self.quantized else points

    def point(self, position: list[Any]) -> NDArray[np.float64]:
        """Place one position, which is never a difference."""
        return np.array(position[:2], dtype=np.float64).reshape(2) * self.scale + self.shift

    def line(self, references: list[int]) -> NDArray[np.float64]:
        """Join arcs to one line."""
        parts = [self._arcs[~i][::-1] if i < 0 else self._arcs[i] for i in references]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def _count(member: object) -> int | None:
    members = member.get("geometries") if isinstance(member, dict) else None
    return len(members) if isinstance(members, list) else None


def _rows(chosen: object) -> list[Any]:
    if not isinstance(chosen, dict):
        raise FileRefused("topojson_malformed")
    if chosen.get("type") == "GeometryCollection":
        members = chosen.get("geometries")
        if not isinstance(members, list):
            raise FileRefused("topojson_malformed")
        return members
    return [chosen]


def _wkb(member: object, arcs: _Arcs) -> bytes | None:
    if not isinstance(member, dict) or member.get("type") is None:
        return None
    try:
        geometry = _geometry(member, arcs)
    except (KeyError, IndexError, TypeError, ValueError, RecursionError, shapely.errors.ShapelyError):
        return _UNREADABLE
    return bytes(shapely.to_wkb(geometry))


def _geometry(member: dict[str, Any], arcs: _Arcs) -> Any:
    kind, parts = member["type"], member.get("arcs")
    match kind:
        case "Polygon":
            return _polygon(parts, arcs)
        case "MultiPolygon":
            return shapely.multipolygons([each for part in parts or () if not (each := _polygon(part, arcs)).is_empty])
        case "LineString":
            return shapely.linestrings(arcs.line(parts or []))
        case "MultiLineString":
            lines: list[Any] = [shapely.linestrings(arcs.line(part)) for part in parts or ()]
            return shapely.multilinestrings(lines)
        case "Point":
            return shapely.points(arcs.point(member["coordinates"]))
        case "MultiPoint":
            places: list[Any] = [shapely.points(arcs.point(each)) for each in member["coordinates"]]
            return shapely.multipoints(places)
        case "GeometryCollection":
            return shapely.geometrycollections([_geometry(each, arcs) for each in member["geometries"]])
        case _:
            raise ValueError(kind)


def _polygon(rings: list[list[int]] | None, arcs: _Arcs) -> Any:
    """Build a polygon; a ring of less than four positions is left out, with its holes if it is the shell."""
    lines = [arcs.line(ring) for ring in rings or ()]
    sound: list[Any] = [shapely.linearrings(line) for line in lines if len(line) >= 4]  # noqa: PLR2004 - a closed triangle
    arcs.dropped_rings += len(lines) - len(sound)
    if not lines or len(lines[0]) < 4:  # noqa: PLR2004 - a closed triangle
        return shapely.Polygon()
    return shapely.polygons(sound[0], holes=sound[1:] or None)


def _columns(rows: list[Any]) -> tuple[tuple[str, pa.Array], ...]:
    properties = [_properties(row) for row in rows]
    names = dict.fromkeys(name for each in properties for name in each)
    if len(names) > limits.MOST_COLUMNS:
        raise FileRefused("too_many_columns", {"columns": len(names), "most": limits.MOST_COLUMNS})
    return tuple((name, _column([each.get(name) for each in properties])) for name in names)


def _properties(row: object) -> dict[str, Any]:
    if not isinstance(row, dict):
        return {}
    own = row.get("properties")
    named = {str(name): value for name, value in own.items()} if isinstance(own, dict) else {}
    return {"id": row["id"], **named} if "id" in row and "id" not in named else named


def _column(values: list[Any]) -> pa.Array:
    """One column of one type; mixed columns become text, nested values their JSON."""
    plain = [json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value for value in values]
    kinds = {type(value) for value in plain if value is not None}
    if kinds <= {int, float} and len(kinds) == 2:  # noqa: PLR2004 - two of a kind
        return pa.array([None if value is None else float(value) for value in plain], pa.float64())
    if len(kinds) <= 1:
        try:
            return pa.array(plain)
        except (pa.ArrowInvalid, OverflowError):
            return pa.array(list(_texts(plain)), pa.string())
    return pa.array(list(_texts(plain)), pa.string())


def _texts(values: list[Any]) -> Iterator[str | None]:
    for value in values:
        yield None if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
