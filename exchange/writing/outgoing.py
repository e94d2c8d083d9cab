"""What goes out, whatever the form: columns named in two languages, rows in batches, and facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from layers.clusters import Cluster
from layers.vocabulary import Vocabulary

# rows held as text at one time: about 4 MB of GeoJSON
BATCH_ROWS: Final = 4_000

SAMPLE_MARK: Final = "示例数据"
SAMPLE_MARK_EN: Final = "示例数据 (sample data)"
# rounding of coordinates can never give the recorded area back exactly
AREA_NOTE: Final = "面积以属性值为准"

ColumnKind = Literal["text", "number", "integer", "date", "boolean", "term", "json"]


@dataclass(frozen=True, slots=True)
class OutColumn:
    """One column: its stable English key, what it holds, and what people call it."""

    key: str
    kind: ColumnKind
    zh: str
    en: str
    unit: str = ""
    terms: Vocabulary | None = None

    def head(self, lang: str) -> str:
        """Column head for people, with the unit."""
        name = self.en if lang == "en" else self.zh
        return (
            f"{name}（{self.unit}）" if self.unit and lang != "en" else f"{name} ({self.unit})" if self.unit else name
        )

    def shown(self, value: Any, lang: str) -> Any:
        """A value for people: terms by name, everything else as it is."""
        if self.kind != "term" or self.terms is None or value is None or value not in self.terms:
            return value
        return self.terms[value].en if lang == "en" else self.terms[value].zh

    def said(self, value: Any, lang: str) -> Any:
        """As ``shown``, and in words where people would see a code: JSON as text, the mark of sample data by name."""
        if self.key == "is_sample":
            return (SAMPLE_MARK if lang != "en" else SAMPLE_MARK_EN) if value else None
        shown = self.shown(value, lang)
        return json.dumps(shown, ensure_ascii=False) if isinstance(shown, dict | list) else shown


@dataclass(frozen=True, slots=True)
class Note:
    """What the form could not hold as it was, or how it was made to: a code and its values."""

    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows: permanent ids, geometries in the storage CRS, and one list a column (None = empty)."""

    ids: NDArray[np.int64]
    geoms: NDArray[np.object_]
    values: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A layer, or a selection of it, on its way out; ``batches`` starts from the first row each time it is called.

    ``facts`` go with the file as they are: layer, scenario, date, source of the areas. ``dimensions`` are those that
    occur among its shapes: 0 points, 1 lines, 2 polygons. ``clusters`` have the colours of the parcels, ``land_uses``
    the Chinese name of each land-use code by (scheme, code).
    """

    layer: str
    epsg: int
    columns: tuple[OutColumn, ...]
    rows: int
    has_sample: bool
    dimensions: tuple[int, ...]
    batches: Callable[[], Iterator[Batch]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    clusters: tuple[Cluster, ...] = ()
    land_uses: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def shape_name(self) -> str:
        """What GDAL calls the shapes when each is made multi-part: one type, or ``Unknown`` when there are several."""
        names = ("MultiPoint", "MultiLineString", "MultiPolygon")
        return names[self.dimensions[0]] if len(self.dimensions) == 1 else "Unknown"
