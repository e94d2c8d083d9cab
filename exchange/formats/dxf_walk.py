"""A drawing walked once: rows with their layer and record, texts, blocks opened in place, all within limits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import limits, progress
from exchange.errors import FileRefused
from exchange.formats import arcs, dxf_text
from exchange.formats.dxf_outlines import FARTHEST, OUTLINES, Outline, Places, filled
from exchange.progress import Watch

_BY_LAYER: Final = 256
_BY_BLOCK: Final = 0
_MOST_SOUTH: Final = 40


@dataclass(frozen=True, slots=True)
class Drawn:
    """One row: its shape (None = cannot be read), and what the drawing says of it."""

    shape: BaseGeometry | None
    family: str
    kind: str
    layer: str
    handle: str
    color: int | None
    block: str = ""
    south: str = ""
    text: str = ""
    # what an export of this product wrote on it, by key
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A text and where it begins."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where entities of a block come to lie: a matrix for rows (x, y, z, 1), and what they take from the insert."""

    matrix: NDArray[np.float64] | None = None
    stretch: float = 1.0
    layer: str = ""
    color: int | None = None
    block: str = ""
    depth: int = 0

    def placed(self, points: Places) -> Places:
        """Points (n, 2) or (n, 3) in the plane of the drawing."""
        if self.matrix is None:
            return np.ascontiguousarray(points[:, :2])
        high = points if points.shape[1] == 3 else np.column_stack((points, np.zeros(len(points))))  # noqa: PLR2004 - x, y, z
        return np.asarray(high @ self.matrix[:3, :2] + self.matrix[3, :2])


class Drawing:
    """The rows that fit ``shapes``, the texts, and what was left; filled by ``walk``."""

    def __init__(self, shapes: tuple[str, ...], watch: Watch = progress.nobody) -> None:
        self._shapes = shapes
        self._watch = watch
        self._most = 0
        self.drawn: list[Drawn] = []
        self.texts: list[Text] = []
        # lines that may close to outlines
        self.sides: list[Drawn] = []
        self.left: Counter[str] = Counter()
        self.arcs = 0
        self.high = 0
        # inserts that were not opened, all or none
        self.closed_blocks = 0
        self._opens = True
        self._seen = 0
        self._vertices = 0

    def over(self, document: Any) -> None:
        """Walk through the model space; blocks are opened when all of them together are few enough."""
        sizes = _Sizes(document)
        opened = sizes.of(document.modelspace(), 0)
        self._opens = opened <= limits.MOST_DXF_OPENED
        self._most = len(document.modelspace()) + (int(opened) if self._opens else 0)
        self.walk(document.modelspace())

    def walk(self, entities: Iterable[Any], frame: _Frame = _Frame()) -> None:
        """Take what fits of the entities of a layout or block."""
        for entity in entities:
            self._watch("shape", min(self._seen, self._most), self._most)
            self._seen += 1
            if self._seen > limits.MOST_DXF_ENTITIES:
                raise FileRefused("dxf_too_large", {"most": limits.MOST_DXF_ENTITIES})
            kind = entity.dxftype()
            if kind == "INSERT":
                self._insert(entity, frame)
            elif kind in _TEXTS:
                self._text(entity, kind, frame)
            elif kind == "HATCH" and "fill" in dxf_text.told(entity):
                # the colour of an outline that this product has written beside it
                continue
            elif kind in OUTLINES:
                self._outline(entity, kind, frame)
            else:
                self.left[kind] += 1

    def _insert(self, insert: Any, frame: _Frame) -> None:
        for attribute in insert.attribs:
            self._text(attribute, "ATTRIB", frame)
        name = str(insert.dxf.get("name", ""))
        if "point" in self._shapes:
            try:
                at = frame.placed(np.array([insert.ocs().to_wcs(insert.dxf.insert).xyz]))
                self._add(insert, "INSERT", frame, "point", shapely.Point(at[0]), text=_attributes(insert), block=name)
            except _UNSOUND:
                self._add(insert, "INSERT", frame, "point", None, block=name)
            return
        if not self._opens:
            self.closed_blocks += 1
            return
        block = insert.block()
        if block is None or block.block.is_xref:
            self.left["INSERT"] += 1
            return
        for one in insert.multi_insert() if insert.mcount > 1 else (insert,):
            self.walk(block, self._within(one, name, frame))

    def _within(self, insert: Any, name: str, frame: _Frame) -> _Frame:
        matrix = np.array(list(insert.matrix44().rows()), dtype=np.float64)
        if frame.matrix is not None:
            matrix = matrix @ frame.matrix
        stretch = float(np.abs(np.linalg.svd(matrix[:2, :2], compute_uv=False)).max())
        layer, color = _layer_of(insert, frame), _color_of(insert, frame)
        return _Frame(matrix, stretch or 1.0, layer, color, frame.block or name, frame.depth + 1)

    def _text(self, entity: Any, kind: str, frame: _Frame) -> None:
        if "polygon" not in self._shapes:
            return
        try:
            if kind == "MTEXT":
                entity.text = dxf_text.unescaped(entity.text)
                place, said = entity.dxf.insert, entity.plain_text()
            else:
                place, said = entity.ocs().to_wcs(entity.get_placement()[1]), entity.plain_text()
            x, y = frame.placed(np.array([place.xyz]))[0]
        except _UNSOUND:
            return
        words = " ".join(dxf_text.unescaped(str(said)).split())
        if words and math.isfinite(x) and math.isfinite(y):
            self.texts.append(Text(float(x), float(y), words))

    def _outline(self, entity: Any, kind: str, frame: _Frame) -> None:
        try:
            outline = OUTLINES[kind](entity, arcs.TOLERANCE_M / frame.stretch)
            if outline is None:
                self.left[kind] += 1
                return
            shape, family = self._shape(outline, entity, frame)
        except _UNSOUND:
            self._add(entity, kind, frame, self._shapes[0], None)
            return
        if kind == "LINE" and "polygon" in self._shapes and family not in self._shapes and shape is not None:
            # it may be a side of an outline: seen when all are there
            self.sides.append(self._drawn(entity, kind, frame, "line", shape))
            return
        if family not in self._shapes:
            self.left[f"{kind} ({family})"] += 1
            return
        self.arcs += outline.curved
        self.high += outline.high
        self._add(entity, kind, frame, family, shape)

    def _shape(self, outline: Outline, entity: Any, frame: _Frame) -> tuple[BaseGeometry | None, str]:
        rings = [self._placed(ring, entity, frame, flat=outline.in_own_plane) for ring in outline.rings]
        if outline.family == "point":
            return shapely.Point(rings[0][0]), "point"
        if outline.fill is not None:
            return filled(rings, outline.fill), "polygon"
        places = rings[0]
        meets = len(places) > 3 and bool((np.abs(places[0] - places[-1]) <= arcs.TOLERANCE_M).all())  # noqa: PLR2004 - a ring
        if "polygon" in self._shapes and (outline.closed or (meets and self._shapes[0] == "polygon")):
            return (shapely.Polygon(places) if len(places) > 2 else None), "polygon"  # noqa: PLR2004 - corners
        if outline.closed:
            places = np.vstack((places, places[:1]))
        if "line" not in self._shapes and len(places) != 2:  # noqa: PLR2004 - a side of an outline
            return None, "line"
        return (shapely.LineString(places) if len(places) > 1 else None), "line"

    def _placed(self, points: Places, entity: Any, frame: _Frame, *, flat: bool) -> Places:
        self._vertices += len(points)
        if self._vertices > limits.MOST_DXF_VERTICES:
            raise FileRefused("dxf_too_large", {"most": limits.MOST_DXF_VERTICES})
        if flat and (ocs := entity.ocs()).transform:
            high = points if points.shape[1] == 3 else np.column_stack((points, np.zeros(len(points))))  # noqa: PLR2004 - x, y, z
            points = high @ np.array(list(ocs.matrix.rows()), dtype=np.float64)[:3, :3]
        placed = frame.placed(points)
        if not (np.abs(placed) < FARTHEST).all():
            raise ValueError(entity)
        return placed

    def _add(
        self, entity: Any, kind: str, frame: _Frame, family: str, shape: BaseGeometry | None, *, text: str = "",
        block: str = "",
    ) -> None:  # fmt: skip
        self.drawn.append(self._drawn(entity, kind, frame, family, shape, text=text, block=block))

    @staticmethod
    def _drawn(
        entity: Any, kind: str, frame: _Frame, family: str, shape: BaseGeometry | None, *, text: str = "",
        block: str = "",
    ) -> Drawn:  # fmt: skip
        return Drawn(
            shape, family, kind, dxf_text.unescaped(_layer_of(entity, frame)), str(entity.dxf.get("handle") or ""),
            _color_of(entity, frame), dxf_text.unescaped(frame.block or block), _south(entity), text,
            dxf_text.told(entity),
        )  # fmt: skip


class _Sizes:
    """How many entities come out of inserts, without opening one: 1,000 times 1,000 times 1,000 is known at once."""

    def __init__(self, document: Any) -> None:
        self._blocks = document.blocks
        self._known: dict[str, float] = {}

    def of(self, entities: Iterable[Any], depth: int) -> float:
        """Entities of all inserts among these; infinite where a block holds itself or blocks lie too deep."""
        return math.fsum(self._insert(each, depth) for each in entities if each.dxftype() == "INSERT")

    def _insert(self, insert: Any, depth: int) -> float:
        name = str(insert.dxf.get("name", "")).casefold()
        if depth >= limits.MOST_DXF_BLOCK_DEPTH:
            return math.inf
        if name not in self._known:
            # while a block is being counted it is endless: that is what it is if it is met again inside
            self._known[name] = math.inf
            block = insert.block()
            self._known[name] = 0.0 if block is None else len(block) + self.of(block, depth + 1)
        return self._known[name] * max(1, int(insert.mcount))


def _layer_of(entity: Any, frame: _Frame) -> str:
    """Layer of an entity; in a block, layer 0 stands for that of the insert."""
    layer = str(entity.dxf.get("layer", "0"))
    return frame.layer if layer == "0" and frame.layer else layer


def _color_of(entity: Any, frame: _Frame) -> int | None:
    """AutoCAD colour index: the entity's own, that of its layer or of the insert that it comes by."""
    color = int(entity.dxf.get("color", _BY_LAYER))
    if color == _BY_BLOCK and frame.color is not None:
        return frame.color
    if color != _BY_LAYER:
        return color
    document = entity.doc
    layer = (
        document.layers.get(_layer_of(entity, frame))
        if document and _layer_of(entity, frame) in document.layers
        else None
    )
    return abs(int(layer.dxf.color)) if layer is not None else None


def _south(entity: Any) -> str:
    """What CASS wrote on an entity under its registered name."""
    if not entity.has_xdata("SOUTH"):
        return ""
    said = [str(tag.value).strip() for tag in entity.get_xdata("SOUTH")[:_MOST_SOUTH] if tag.code == 1000]  # noqa: PLR2004 - text
    return dxf_text.unescaped(",".join(said))[:500]


def _attributes(insert: Any) -> str:
    said = (dxf_text.unescaped(str(each.dxf.text)).strip() for each in insert.attribs)
    return "；".join(words for words in said if words)[:500]


_TEXTS: Final = frozenset({"TEXT", "MTEXT", "ATTRIB"})
# how a value that is no place ends in ezdxf, numpy and shapely
_UNSOUND: Final = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, RecursionError,
    shapely.errors.ShapelyError,
)  # fmt: skip
