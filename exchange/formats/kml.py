"""KML and what a KMZ holds: placemarks with their attributes, folders as layers, and nothing that lies elsewhere.

Read by hand and in one pass: GDAL's KML driver drops ``ExtendedData``, and LIBKML makes ``______`` of a ``Data`` whose
name is Chinese (both 3.12.4). Elements are told by their local name, so that KML 2.0 to 2.3, files without a namespace
and the variants of other makers read alike. Links, styles, overlays and schemas are never followed.
"""

from __future__ import annotations

import mmap
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import sample_mark, xml_text
from exchange.formats.layer_choice import Listed, choose, note_of, values_of
from exchange.formats.opened import FileNote, Opened, RowNote, Wanted
from exchange.progress import Watch

_CONTAINERS: Final = frozenset({"Document", "Folder"})
_OVERLAYS: Final = frozenset({"GroundOverlay", "ScreenOverlay", "PhotoOverlay"})
_NUMERIC: Final = frozenset({"int", "uint", "short", "ushort", "float", "double"})
_FAMILY_BY_TYPE: Final = {0: "point", 4: "point", 1: "line", 2: "line", 5: "line", 3: "polygon", 6: "polygon"}
_COLLECTORS: Final[dict[str, Any]] = {
    "polygon": shapely.multipolygons,
    "line": shapely.multilinestrings,
    "point": shapely.multipoints,
}
_UNREADABLE: Final = b""


@dataclass(slots=True)
class _Container:
    """A document or folder; ``parent`` is its place in the list, -1 for none."""

    parent: int
    kind: str
    name: str = ""


@dataclass(slots=True)
class _Placemark:
    container: int
    name: str | None = None
    description: str | None = None
    data: dict[str, str] = field(default_factory=dict)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    closed: bool = False
    high: bool = False


def read(path: Path, wanted: Wanted) -> Opened:
    """Read the placemarks of one folder, with those of the folders in it.

    Raises
    ------
    FileRefused
        No XML, no KML, a document type, or ``sublayer_needed`` when several folders hold what fits.
    """
    document, encoding = xml_text.as_utf8(path, wanted.workspace / "kml")
    walk = _Walk()
    walk.over(document, wanted.watch)
    if not walk.rows:
        raise FileRefused(
            "kml_only_links" if walk.left["NetworkLink"] else "no_rows", {"links": walk.left["NetworkLink"]}
        )
    shapes = [_joined(row.shapes) for row in walk.rows]
    names, beneath = _tree(walk.containers, walk.rows)
    chosen, listed, notes = _chosen(names, beneath, shapes, wanted)
    within = sorted(beneath[chosen])
    rows, shapes = [walk.rows[row] for row in within], [shapes[row] for row in within]
    mends = tuple(RowNote(at, "ring_closed") for at, row in enumerate(rows) if row.closed)
    high = sum(row.high for row in rows)
    notes = (
        FileNote("kml_may_be_shifted"),
        *notes,
        *sample_mark.note_of(walk.notice),
        *([FileNote("heights_dropped", {"rows": high})] if high else []),
        *([FileNote("kml_left", {"links": walk.left["NetworkLink"], "overlays": walk.left["overlays"]})]
          if walk.left.total() else []),
    )  # fmt: skip
    folders = [names[row.container] for row in rows]
    return Opened(
        "KML", _as_wkb(shapes), _columns(rows, folders, walk), "EPSG:4326", "default",
        sublayer=names[chosen] if len(listed) > 1 else "", sublayers=tuple(one.name for one in listed),
        encoding=encoding, notes=notes, mends=mends,
    )  # fmt: skip


def has_placemarks(path: Path) -> bool:
    """Whether the text of a file has the element that rows are made of."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return text.find(b"Placemark") >= 0


class _Walk:
    """One pass over the document; ``rows`` and ``containers`` are what it found."""

    def __init__(self) -> None:
        self.containers: list[_Container] = []
        self.rows: list[_Placemark] = []
        self.left: Counter[str] = Counter()
        # columns that a schema of the file declares, and those of numbers among them
        self.declared: set[str] = set()
        self.numeric: set[str] = set()
        # the fact of the whole document that tells of sample data
        self.notice = ""
        self._path: list[str] = []
        self._open: list[int] = []
        self._row: _Placemark | None = None
        self._text: list[str] = []
        self._data_name = ""
        self._shell: NDArray[np.float64] | None = None
        self._holes: list[NDArray[np.float64]] = []
        self._track: list[list[float]] = []
        self._broken = False
        # what the end of an element within a placemark does
        self._steps: dict[str, Callable[[_Placemark, str, str], None]] = {
            "name": self._name,
            "description": self._description,
            "value": self._value,
            "SimpleData": self._simple,
            "coordinates": self._coordinates,
            "Polygon": self._polygon,
            "coord": self._coord,
            "Track": self._end_of_track,
        }

    def over(self, document: Path, watch: Watch) -> None:
        """Read the whole document."""
        made = xml_text.parser()
        made.StartElementHandler, made.EndElementHandler = self._down, self._up
        made.CharacterDataHandler = self._text.append
        xml_text.parse(document, made, watch)

    def _down(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if not self._path and local.casefold() not in {"kml", "ovkml"}:
            raise FileRefused("unreadable", {"reason": f"<{local[:40]}> is no KML"})
        self._path.append(local)
        if len(self._path) > limits.MOST_XML_DEPTH:
            raise FileRefused("xml_too_deep", {"most": limits.MOST_XML_DEPTH})
        self._text.clear()
        if local in _CONTAINERS:
            self.containers.append(_Container(self._open[-1] if self._open else -1, local))
            self._open.append(len(self.containers) - 1)
        elif local == "Placemark":
            if len(self.rows) == limits.MOST_ROWS:
                raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
            if not self._open:
                self._down_into_nothing()
            self._row = _Placemark(self._open[-1])
        elif local in {"Data", "SimpleData"}:
            self._data_name = attributes.get("name", "")
        elif local == "SimpleField":
            self._declare(attributes.get("name", ""), attributes.get("type", ""))
        elif local == "Polygon":
            self._shell, self._holes, self._broken = None, [], False
        elif local == "NetworkLink":
            self.left["NetworkLink"] += 1
        elif local in _OVERLAYS:
            self.left["overlays"] += 1

    def _declare(self, name: str, kind: str) -> None:
        self.declared.add(name)
        if kind.casefold() in _NUMERIC:
            self.numeric.add(name)

    def _down_into_nothing(self) -> None:
        """A placemark outside of any container lies in one without a name."""
        self.containers.append(_Container(-1, "Document"))
        self._open.append(len(self.containers) - 1)

    def _up(self, _name: str) -> None:
        local = self._path.pop()
        text = "".join(self._text)
        self._text.clear()
        parent = self._path[-1] if self._path else ""
        if local in _CONTAINERS:
            self._open.pop()
        elif self._row is None:
            if local == "name" and parent in _CONTAINERS:
                self.containers[self._open[-1]].name = text.strip()[:200]
            elif local == "value" and self._data_name == sample_mark.FACT:
                self.notice = text
        elif local == "Placemark":
            self.rows.append(self._row)
            self._row = None
        elif (step := self._steps.get(local)) is not None:
            step(self._row, parent, text)

    def _name(self, row: _Placemark, parent: str, text: str) -> None:
        if parent == "Placemark":
            row.name = text.strip()

    def _description(self, row: _Placemark, parent: str, text: str) -> None:
        if parent == "Placemark":
            row.description = text.strip()

    def _value(self, row: _Placemark, parent: str, text: str) -> None:
        if parent == "Data":
            row.data[self._data_name] = text.strip()

    def _simple(self, row: _Placemark, _parent: str, text: str) -> None:
        row.data[self._data_name] = text.strip()

    def _coordinates(self, row: _Placemark, parent: str, text: str) -> None:
        places, high = _places(text)
        row.high |= high
        within = self._path[-2] if len(self._path) > 1 else ""
        if parent == "LinearRing" and within in {"outerBoundaryIs", "innerBoundaryIs"}:
            self._ring(row, places, outer=within == "outerBoundaryIs")
        elif places is None or len(places) < (1 if parent == "Point" else 2):
            row.shapes.append(None)
        elif parent == "Point":
            row.shapes.append(shapely.Point(places[0]))
        elif parent == "LinearRing":
            row.shapes.append(_polygon(places, []))
        else:
            row.shapes.append(shapely.LineString(places))

    def _ring(self, row: _Placemark, places: NDArray[np.float64] | None, *, outer: bool) -> None:
        if places is None or len(places) < 3 or (outer and self._shell is not None):  # noqa: PLR2004 - a ring's corners
            self._broken = True
            return
        row.closed |= bool((places[0] != places[-1]).any())
        if outer:
            self._shell = places
        else:
            self._holes.append(places)

    def _polygon(self, row: _Placemark, _parent: str, _text: str) -> None:
        whole = None if self._broken or self._shell is None else _polygon(self._shell, self._holes)
        row.shapes.append(whole)

    def _coord(self, _row: _Placemark, _parent: str, text: str) -> None:
        try:
            self._track.append([float(number) for number in text.split()[:2]])
        except ValueError:
            self._track.append([])

    def _end_of_track(self, row: _Placemark, _parent: str, _text: str) -> None:
        places, self._track = [place for place in self._track if len(place) == 2], []  # noqa: PLR2004 - lon and lat
        row.shapes.append(shapely.LineString(places) if len(places) > 1 else None)


def _places(text: str) -> tuple[NDArray[np.float64] | None, bool]:
    """Longitudes and latitudes of a list of tuples, and whether one has a height other than 0; None = unreadable."""
    tuples = re.sub(r"\s*,\s*", ",", text.strip()).split()
    try:
        cells = [one.split(",") for one in tuples]
        places = np.array([(float(cell[0]), float(cell[1])) for cell in cells], dtype=np.float64).reshape(-1, 2)
        high = any(len(cell) > 2 and cell[2] not in {"0", "0.0", ""} and float(cell[2]) != 0 for cell in cells)  # noqa: PLR2004 - a third
    except (ValueError, IndexError):
        return None, False
    return places, high


def _polygon(shell: NDArray[np.float64], holes: Sequence[NDArray[np.float64]]) -> BaseGeometry | None:
    try:
        return shapely.Polygon(shell, holes)
    except (shapely.errors.ShapelyError, ValueError):
        return None


def _joined(shapes: Sequence[BaseGeometry | None]) -> BaseGeometry | bytes | None:
    """One geometry of the parts of a placemark; empty bytes when a part cannot be read."""
    if not shapes:
        return None
    parts = [shape for shape in shapes if shape is not None]
    if len(parts) < len(shapes):
        return _UNREADABLE
    if len(parts) == 1:
        return parts[0]
    families = {_FAMILY_BY_TYPE[int(kind)] for kind in shapely.get_type_id(parts)}
    make = _COLLECTORS[families.pop()] if len(families) == 1 else shapely.geometrycollections
    joined: BaseGeometry = make(parts)
    return joined


def _as_wkb(shapes: Sequence[BaseGeometry | bytes | None]) -> NDArray[np.object_]:
    wkb = np.full(len(shapes), None, dtype=object)
    for row, shape in enumerate(shapes):
        wkb[row] = shape if shape is None or isinstance(shape, bytes) else shapely.to_wkb(shape)
    return wkb


def _tree(containers: Sequence[_Container], rows: Sequence[_Placemark]) -> tuple[list[str], list[set[int]]]:
    """Name of each container by its path beneath the root, and the rows in it and in the containers that it holds."""
    names: list[str] = []
    taken: set[str] = set()
    for number, one in enumerate(containers, start=1):
        own = one.name.replace("/", "-") or f"{one.kind} {number}"
        above = one.parent >= 0 and containers[one.parent].parent >= 0
        name = f"{names[one.parent]}/{own}" if above else own
        while name in taken:
            name = f"{name} ({number})"
        taken.add(name)
        names.append(name)
    beneath: list[set[int]] = [set() for _ in containers]
    for at, row in enumerate(rows):
        beneath[row.container].add(at)
    for at in range(len(containers) - 1, -1, -1):
        if containers[at].parent >= 0:
            beneath[containers[at].parent] |= beneath[at]
    return names, beneath


def _chosen(
    names: list[str], beneath: list[set[int]], shapes: Sequence[BaseGeometry | bytes | None], wanted: Wanted
) -> tuple[int, list[Listed], tuple[FileNote, ...]]:
    """Container to read, what there was to choose from, and the note of it."""
    fits = {row for row, shape in enumerate(shapes) if _families(shape) & set(wanted.shapes)} or set(range(len(shapes)))
    told: dict[frozenset[int], int] = {}
    for at, rows in enumerate(beneath):
        # of containers with the same rows that fit, the innermost says best what they are
        if rows & fits:
            told[frozenset(rows & fits)] = at
    listed = [
        Listed(names[at], frozenset().union(*(_families(shapes[row]) for row in rows)), len(beneath[at]))
        for rows, at in sorted(told.items(), key=lambda each: each[1])[: limits.MOST_LAYERS]
    ]
    if wanted.sublayer in names:
        return names.index(wanted.sublayer), listed, note_of(wanted.sublayer, listed)
    if wanted.sublayer is not None or len(listed) == 1:
        chosen, notes = choose(listed, wanted)
        return names.index(chosen), listed, notes
    raise FileRefused("sublayer_needed", {"asked": "", **values_of(listed)})


def _families(shape: BaseGeometry | bytes | None) -> frozenset[str]:
    if shape is None or isinstance(shape, bytes):
        return frozenset()
    kind = int(shapely.get_type_id(shape))
    return (
        frozenset({_FAMILY_BY_TYPE[kind]})
        if kind in _FAMILY_BY_TYPE
        else frozenset().union(*(_families(part) for part in shapely.get_parts(shape)))
    )


def _columns(rows: Sequence[_Placemark], folders: list[str], walk: _Walk) -> tuple[tuple[str, pa.Array], ...]:
    data = list(dict.fromkeys(name for row in rows for name in row.data if name))
    labels = [row.name for row in rows]
    # an attribute called name is what the row is called, and the label of the placemark is made for the globe
    label = "placemark_name" if any(name.casefold() == "name" for name in (*data, *walk.declared)) else "name"
    if label != "name":
        labels = [None if _repeats(row) else row.name for row in rows]
    if len(data) > limits.MOST_COLUMNS:
        raise FileRefused("too_many_columns", {"columns": len(data), "most": limits.MOST_COLUMNS})
    columns: dict[str, pa.Array] = {
        label: pa.array(labels, pa.string()),
        "description": pa.array([row.description for row in rows], pa.string()),
    }
    if len(set(folders)) > 1:
        columns["folder"] = pa.array(folders, pa.string())
    for name in data:
        texts = [row.data.get(name) for row in rows]
        free = next(each for each in _names_from(name) if each not in columns)
        columns[free] = _numbers(texts) if name in walk.numeric else pa.array(texts, pa.string())
    return tuple(columns.items())


def _repeats(row: _Placemark) -> bool:
    """Whether the label says nothing that the attributes do not say: one of them, or code and name as we write them."""
    both = " ".join(row.data[key] for key in ("code", "name") if row.data.get(key))
    return row.name in {None, "", both, *row.data.values()}


def _names_from(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}_{number}" for number in range(2, 1_000))


def _numbers(texts: Sequence[str | None]) -> pa.Array:
    """Numbers where the file says numbers and all of them are, else the text."""
    try:
        return pa.array([float(text) if text else None for text in texts], pa.float64())
    except ValueError:
        return pa.array(texts, pa.string())
